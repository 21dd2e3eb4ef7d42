//! A rebase that lands: each commit of the range made again by the rule, by whoever merges, and nothing else.

use super::Scene;
use super::growth::Merging;
use super::landing::{Landing, signed_by_merger};
use crate::code::CodeCommit;
use crate::event::{Rule, payload};
use crate::id::ObjectId;
use crate::policy::Policy;
use crate::rebase::{Remade, committer};
use crate::refusal::Refusal;
use crate::sign::split_signature;

/// Checks that what lands are the commits that the rule makes, one for one; that they come to the merge's tree is
/// checked by then.
pub(super) fn check(
    scene: &Scene<'_>,
    merging: &Merging,
    merge: &payload::Merge,
    landing: &Landing,
) -> Result<(), Refusal> {
    let (_, policy) = scene.policy()?;
    let Some(rebased) = &landing.rebased else {
        let reason = "the commits of the range are not known, so nothing can be said of the rebase";
        return Err(Refusal::new(Rule::MergeResult, reason));
    };
    let made = rebased.made.as_ref().map_err(Clone::clone)?;
    if made.is_empty() {
        let reason = "the target has every change of the range already, so no commit is left";
        return Err(Refusal::new(Rule::NothingToDo, reason));
    }
    if rebased.landed.len() != made.len() {
        let reason = format!(
            "the rebase of the range comes to {} on {}, and {} would land",
            counted(made.len()),
            merge.old.short(),
            counted(rebased.landed.len())
        );
        return Err(Refusal::new(Rule::MergeResult, reason).with_evidence(landing.new));
    }
    let mut parent = merge.old;
    for (remade, (id, raw)) in made.iter().zip(&rebased.landed) {
        let commit = CodeCommit::parse(scene.hash, raw)?;
        one(scene, policy, merging, (remade, parent), &commit, raw)
            .map_err(|reason| Refusal::new(Rule::MergeResult, reason).with_evidence(*id))?;
        parent = *id;
    }
    if parent != landing.new {
        let reason = "what was looked at is not what lands";
        return Err(Refusal::new(Rule::MergeResult, reason).with_evidence(landing.new));
    }
    Ok(())
}

/// One commit that lands is the one that is made again on `parent`, signed and committed by whoever merges.
fn one(
    scene: &Scene<'_>,
    policy: &Policy,
    merging: &Merging,
    (remade, parent): (&Remade, ObjectId),
    commit: &CodeCommit,
    raw: &[u8],
) -> Result<(), String> {
    let from = remade.from.short();
    let Some(merger) = signed_by_merger(policy, merging, commit) else {
        return Err(format!(
            "what lands for {from} is not signed by a key in use of whoever merges"
        ));
    };
    let emails = policy.identity(merger).map(|one| &one.emails);
    let named = commit.committer.as_ref().zip(emails);
    if !named.is_some_and(|(named, own)| own.contains(&named.email)) {
        return Err(format!(
            "the committer of what lands for {from} is not {merger}"
        ));
    }
    if commit.parents != [parent] {
        return Err(format!(
            "what lands for {from} does not follow {}",
            parent.short()
        ));
    }
    if commit.tree != remade.tree {
        return Err(format!(
            "what lands for {from} has another tree than the merge rule makes, {}",
            remade.tree.short()
        ));
    }
    let payload = committer(raw).map(|line| remade.payload(parent, line));
    let signed = split_signature(raw, scene.hash).ok();
    match (payload, signed) {
        (Some(expected), Some((payload, _))) if expected == payload => Ok(()),
        _ => Err(format!(
            "what lands for {from} has another author or message, or a header of its own"
        )),
    }
}

fn counted(commits: usize) -> String {
    match commits {
        1 => "1 commit".to_owned(),
        more => format!("{more} commits"),
    }
}
