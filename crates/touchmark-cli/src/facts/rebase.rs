//! What a range comes to on another commit: made by whoever lands it, and made again by whoever checks it.

use anyhow::Context as _;
use touchmark_core::id::ObjectId;
use touchmark_core::merge::conflict::Conflicts;
use touchmark_core::object::{ObjectType, Objects};
use touchmark_core::rebase::{Chain, MAX_COMMITS, Remade};
use touchmark_core::refusal::Refusal;
use touchmark_git::{Rebased, Repository};

/// A commit beyond this is not made again; git itself has no limit.
const MAX_COMMIT_BYTES: u64 = 256 * 1024;

/// A range on another commit.
pub(crate) struct Rebasing {
    /// The commits to make, oldest first.
    pub(crate) commits: Vec<Remade>,
    /// The objects to write first.
    pub(crate) objects: Objects,
}

/// Why a range does not go onto another commit.
pub(crate) struct Stuck {
    /// In the words of the rule.
    pub(crate) refusal: Refusal,
    /// What conflicts, if that is why.
    pub(crate) conflicts: Option<Conflicts>,
}

/// Rebases what `head` has and `base` has not onto `onto`; nothing is written.
///
/// # Errors
///
/// When commits or trees cannot be read, or a merge passes a limit of the rule.
pub(crate) fn rebase(
    repo: &Repository,
    base: ObjectId,
    head: ObjectId,
    onto: ObjectId,
) -> anyhow::Result<Result<Rebasing, Stuck>> {
    let mut commits = Vec::new();
    // One more than the limit is enough to be told so.
    for id in repo
        .commits_between(base, head)?
        .into_iter()
        .take(MAX_COMMITS + 1)
    {
        commits.push((id, raw(repo, id)?));
    }
    let start = (base, repo.tree_of(base)?);
    let chain = match Chain::new(repo.hash_kind(), start, head, commits) {
        Ok(chain) => chain,
        Err(refusal) => {
            let conflicts = None;
            return Ok(Err(Stuck { refusal, conflicts }));
        }
    };
    let rebased = repo
        .rebase_unwritten(chain.onto(repo.tree_of(onto)?))
        .context("cannot rebase the commits")?;
    Ok(match rebased {
        Rebased::Clean { commits, objects } => Ok(Rebasing { commits, objects }),
        Rebased::Conflict { rebase, conflicts } => Err(Stuck {
            refusal: rebase.conflict(&conflicts),
            conflicts: Some(conflicts),
        }),
    })
}

/// The commits that lead from `old` to `new` by first parents, oldest first, with their content: at most one more than
/// a rebase may have, and without any if the walk does not come to `old`.
///
/// # Errors
///
/// When one cannot be read.
pub(crate) fn gained(
    repo: &Repository,
    old: ObjectId,
    new: ObjectId,
) -> anyhow::Result<Vec<(ObjectId, Vec<u8>)>> {
    let mut commits = Vec::new();
    let mut next = Some(new);
    while let Some(id) = next.filter(|id| *id != old) {
        if commits.len() > MAX_COMMITS {
            return Ok(Vec::new());
        }
        let raw = raw(repo, id)?;
        next = touchmark_core::code::CodeCommit::read_leniently(repo.hash_kind(), &raw)
            .and_then(|commit| commit.parents.first().copied());
        commits.push((id, raw));
    }
    if next.is_none() {
        return Ok(Vec::new());
    }
    commits.reverse();
    Ok(commits)
}

fn raw(repo: &Repository, id: ObjectId) -> anyhow::Result<Vec<u8>> {
    match repo.read(id, MAX_COMMIT_BYTES)? {
        Some((ObjectType::Commit, raw)) => Ok(raw),
        _ => anyhow::bail!("{id} is not a commit of this repository; fetch it: touchmark sync"),
    }
}
