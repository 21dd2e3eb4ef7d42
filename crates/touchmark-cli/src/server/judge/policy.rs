//! The policy's own ref: the first version on a server, and later ones.

use std::collections::BTreeSet;

use touchmark_core::event::Rule;
use touchmark_core::log::LogName;
use touchmark_core::policy::PolicyChain;
use touchmark_core::push::{Place, Scene, Whole, founding, succession};
use touchmark_core::refusal::Refusal;
use touchmark_core::replay::{Trust, replay_policy};
use touchmark_git::{Budget, Repository};

use super::super::{refuse, setup};
use super::view::View;
use super::{Asked, fault};

/// A server without a policy takes a policy, alone, and nothing else.
pub(super) fn found(
    repo: &Repository,
    view: &View,
    asked: &[Asked<'_>],
    now: i64,
) -> Result<PolicyChain, Vec<Refusal>> {
    let founds = |one: &Asked<'_>| one.place == Place::Log(LogName::Policy);
    let (Some(tip), [_]) = (
        asked
            .iter()
            .find(|one| founds(one))
            .and_then(|one| one.command.new),
        asked,
    ) else {
        let reason = "this server has no policy yet; the first push brings it, and nothing else";
        let refusal = Refusal::new(Rule::ServerSetup, reason);
        return Err(vec![
            refusal.with_fix("touchmark init --sequencer KEY, then touchmark sync"),
        ]);
    };
    let objects = repo
        .load_log(tip, &BTreeSet::new(), &Budget::default())
        .map_err(|err| fault::load("refs/forge/policy", err))?;
    let (chain, outcome) = replay_policy(tip, &objects, Trust::Nothing);
    let founder = setup::founder(repo).map_err(|err| fault::other(&err))?;
    founding(now, &chain, &outcome, &view.sequencer, founder.as_ref())
        .map_err(|refusal| vec![refusal])?;
    Ok(chain)
}

/// Later versions follow the ones before, and the sequencer stays known.
pub(super) fn succeed(
    repo: &Repository,
    view: &View,
    scene: &Scene<'_>,
    asked: &[Asked<'_>],
    whole: &mut Whole,
) -> Result<Option<PolicyChain>, Vec<Refusal>> {
    let moved = asked
        .iter()
        .find(|one| one.place == Place::Log(LogName::Policy));
    let Some(moved) = moved else {
        return Ok(None);
    };
    let Some(tip) = moved.command.new else {
        return Err(refuse(Rule::RefDelete, "the policy is not deleted"));
    };
    let objects = repo
        .load_log(tip, &BTreeSet::new(), &Budget::default())
        .map_err(|err| fault::load("refs/forge/policy", err))?;
    let (chain, outcome) = replay_policy(tip, &objects, Trust::Nothing);
    succession(scene, &chain, &outcome, &view.sequencer).map_err(|refusal| vec![refusal])?;
    whole.policy = true;
    Ok(Some(chain))
}
