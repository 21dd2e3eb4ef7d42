//! The policy's own log: how it starts on a server, and how it goes on.

use super::Scene;
use crate::event::{Right, Rule};
use crate::id::ObjectId;
use crate::policy::{Policy, PolicyChain};
use crate::refusal::Refusal;
use crate::replay::Outcome;
use crate::sign::PublicKey;

/// Judges the policy that starts a repository: `chain` and `outcome` are its replay.
///
/// It is taken only if it is not dated ahead of `now`, if it knows this server's sequencer, and if its signer is the founder, where the server was made
/// for one.
///
/// # Errors
///
/// What is wrong with it.
pub fn founding(
    now: i64,
    chain: &PolicyChain,
    outcome: &Outcome,
    sequencer: &PublicKey,
    founder: Option<&PublicKey>,
) -> Result<(), Refusal> {
    let policy = sound(chain, outcome)?;
    expect_not_ahead(now, outcome)?;
    expect_sequencer(policy, sequencer)?;
    let first = chain.ids().next().and_then(|id| chain.get(&id));
    let theirs = |first: &Policy, founder: &PublicKey| {
        first
            .key(founder)
            .is_some_and(|key| first.admins().contains(key.owner.as_str()))
    };
    match (first, founder) {
        (_, None) => Ok(()),
        (Some(first), Some(founder)) if theirs(first, founder) => Ok(()),
        _ => {
            let reason = "this server was made for another founder, whose key is no admin's here";
            Err(Refusal::new(Rule::ServerSetup, reason))
        }
    }
}

/// Judges versions that follow: `chain` and `outcome` are the replay of the log with them.
///
/// # Errors
///
/// Rule `ref-rewind` when they do not follow the versions so far, the refusal of the first that does not count, or
/// rule `server-setup` when the sequencer would not be known any more.
pub fn succession(
    scene: &Scene<'_>,
    chain: &PolicyChain,
    outcome: &Outcome,
    sequencer: &PublicKey,
) -> Result<(), Refusal> {
    let policy = sound(chain, outcome)?;
    let before: Vec<ObjectId> = scene.policies.ids().collect();
    let after: Vec<ObjectId> = chain.ids().collect();
    if after.len() <= before.len() || !after.starts_with(&before) {
        let reason = "the policy would lose a version that was accepted";
        return Err(Refusal::new(Rule::RefRewind, reason));
    }
    expect_not_ahead(scene.now, outcome)?;
    expect_sequencer(policy, sequencer)
}

fn expect_not_ahead(now: i64, outcome: &Outcome) -> Result<(), Refusal> {
    let ahead = outcome
        .tip_facts
        .is_some_and(|facts| facts.seconds > now.saturating_add(super::TOLERANCE_SECONDS));
    if ahead {
        let reason = "the version is dated ahead of the clock here";
        return Err(Refusal::new(Rule::TimeFuture, reason));
    }
    Ok(())
}

fn sound<'a>(chain: &'a PolicyChain, outcome: &Outcome) -> Result<&'a Policy, Refusal> {
    if let Some(rejected) = outcome.rejected.first() {
        return Err(rejected.refusal.clone());
    }
    match chain.latest() {
        Some((_, policy)) => Ok(policy),
        None => Err(Refusal::new(
            Rule::PolicyUnknown,
            "there is no policy in it",
        )),
    }
}

fn expect_sequencer(policy: &Policy, sequencer: &PublicKey) -> Result<(), Refusal> {
    let known = policy.key(sequencer).is_some_and(|key| {
        key.retired.is_none()
            && policy.bots.contains_key(&key.owner)
            && policy.grants(&key.owner, Right::Sequence)
    });
    if known {
        return Ok(());
    }
    let reason = format!(
        "the policy gives no bot with the key {} the right to sign this server's receipts",
        sequencer.fingerprint()
    );
    let fix = "touchmark server init PATH prints the key; touchmark init --sequencer KEY names it";
    Err(Refusal::new(Rule::ServerSetup, reason).with_fix(fix))
}
