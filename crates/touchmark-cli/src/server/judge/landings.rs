//! Merges: the code that is to land, and what the gate must know.

use touchmark_core::code::CodeCommit;
use touchmark_core::event::{MergeMethod, Payload, Rule, payload};
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_core::merge::tree::{Limits, Outcome as Merged};
use touchmark_core::object::ObjectType;
use touchmark_core::push::{Growth, Landing, LandingFacts, Rebased, Scene, Whole};
use touchmark_core::refusal::Refusal;
use touchmark_git::Repository;

use super::super::refuse;
use super::logs::pr_state;
use super::view::View;
use super::{Asked, fault};
use crate::facts::{self, Place};

/// A merge commit is read whole; git has no limit of its own.
const MAX_COMMIT_BYTES: u64 = 1024 * 1024;

/// Gathers the facts for every merge of the push.
pub(super) fn gather(
    repo: &Repository,
    view: &View,
    scene: &Scene<'_>,
    asked: &[Asked<'_>],
    whole: &mut Whole,
) -> Result<(), Vec<Refusal>> {
    let mut landings = Vec::new();
    for growth in &whole.logs {
        if let Some(facts) = one(repo, view, scene, asked, growth)? {
            landings.push(facts);
        }
    }
    whole.landings = landings;
    Ok(())
}

fn one(
    repo: &Repository,
    view: &View,
    _scene: &Scene<'_>,
    asked: &[Asked<'_>],
    growth: &Growth,
) -> Result<Option<LandingFacts>, Vec<Refusal>> {
    let Some(merging) = &growth.merge else {
        return Ok(None);
    };
    let (Payload::Merge(merge), Some(state)) = (&merging.event.payload, pr_state(&merging.before))
    else {
        return Ok(None);
    };
    let branch = asked
        .iter()
        .find(|one| one.command.name == merge.target.as_str());
    let Some((command, new)) = branch.and_then(|one| Some((one.command, one.command.new?))) else {
        return Ok(None); // The core says what is missing.
    };
    let Some(old) = command.old else {
        let reason = format!("{} does not exist, so nothing can land on it", merge.target);
        return Err(refuse(Rule::MergeMismatch, reason));
    };
    let check_log = LogName::Check(merge.head).to_string();
    let check_log = view.read(repo, &check_log)?;
    let place = Place {
        repo,
        policies: &view.policies,
        receipts: view.history(repo),
    };
    let facts = facts::gather(&place, &merging.before, state, Some(old), check_log)
        .map_err(|err| fault::code(&err))?;
    let mut landing = landing(repo, command.name.clone(), old, new, merge.base, merge.head)?;
    if merge.method == MergeMethod::Rebase {
        let rebased = rebased(repo, merge, old, new);
        landing.rebased = Some(rebased.map_err(|err| fault::merge(&err))?);
    }
    Ok(Some(LandingFacts {
        log: growth.outcome.log.clone(),
        landing,
        facts,
    }))
}

/// What the range comes to on the old value, and what the branch gains instead.
fn rebased(
    repo: &Repository,
    merge: &payload::Merge,
    old: ObjectId,
    new: ObjectId,
) -> anyhow::Result<Rebased> {
    let made = facts::rebase(repo, merge.base, merge.head, old)?;
    Ok(Rebased {
        made: made
            .map(|rebasing| rebasing.commits)
            .map_err(|stuck| stuck.refusal),
        landed: facts::gained(repo, old, new)?,
    })
}

fn landing(
    repo: &Repository,
    branch: String,
    old: ObjectId,
    new: ObjectId,
    base: ObjectId,
    head: ObjectId,
) -> Result<Landing, Vec<Refusal>> {
    let code = |err: touchmark_git::CodeError| fault::code(&err.into());
    let raw = match repo.read(new, MAX_COMMIT_BYTES) {
        Ok(Some((ObjectType::Commit, raw))) => raw,
        Ok(_) => {
            let reason = format!("{branch} would hold something else than a commit");
            return Err(refuse(Rule::RefObject, reason));
        }
        Err(err) => return Err(fault::code(&err.into())),
    };
    let commit = CodeCommit::parse(repo.hash_kind(), &raw).map_err(|refusal| vec![refusal])?;
    let head_tree = repo.tree_of(head).map_err(code)?;
    let (base_tree, old_tree) = (
        repo.tree_of(base).map_err(code)?,
        repo.tree_of(old).map_err(code)?,
    );
    let merged = repo
        .merge_trees_unwritten(base_tree, old_tree, head_tree, Limits::RULE_1)
        .map_err(|err| fault::merge(&err.into()))?;
    Ok(Landing {
        branch,
        old: Some(old),
        new,
        commit,
        old_in_head: repo.is_ancestor(old, head).map_err(code)?,
        head_in_old: repo.is_ancestor(head, old).map_err(code)?,
        head_tree,
        merged: match merged {
            Merged::Clean { tree, .. } => Ok(tree),
            Merged::Conflict(conflicts) => Err(conflicts
                .first
                .iter()
                .map(|one| one.path.escape_ascii().to_string())
                .collect()),
        },
        rebased: None,
    })
}
