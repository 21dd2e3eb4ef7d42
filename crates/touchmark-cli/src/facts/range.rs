//! The commits of a range: who made them, and which paths they touch.

use std::collections::BTreeSet;

use anyhow::Context as _;
use touchmark_core::code::{CodeCommit, Named};
use touchmark_core::id::ObjectId;
use touchmark_core::object::ObjectType;
use touchmark_core::push::NewCommit;
use touchmark_git::{ChangedPath, CodeError, Repository};

/// A commit's headers and message beyond this are not read; git itself has no limit.
const MAX_COMMIT_BYTES: u64 = 1024 * 1024;

/// Commits between two points, and what they change.
#[derive(Debug, Clone, Default)]
pub(crate) struct Range {
    /// Every commit that head has and base has not, after its parents.
    pub(crate) commits: Vec<NewCommit>,
    /// The changes of each of these commits, by its place in `commits`.
    pub(crate) changes: Vec<Vec<ChangedPath>>,
    /// What differs between base and head.
    pub(crate) net: Vec<ChangedPath>,
}

impl Range {
    /// Every path that is touched, in any commit or in all together: what one commit does and the next undoes counts.
    pub(crate) fn paths(&self) -> BTreeSet<Vec<u8>> {
        let own = self
            .commits
            .iter()
            .flat_map(|new| new.paths.iter().cloned());
        own.chain(self.net.iter().map(|changed| changed.path.clone()))
            .collect()
    }

    /// Every changed entry, of commits and of all together.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &ChangedPath> {
        self.changes.iter().flatten().chain(&self.net)
    }
}

/// The range from `base` to `head`; without a base everything that `head` reaches.
///
/// # Errors
///
/// When a commit or tree cannot be read: nothing must be judged on half of the facts.
pub(crate) fn range(
    repo: &Repository,
    base: Option<ObjectId>,
    head: ObjectId,
) -> anyhow::Result<Range> {
    range_within(repo, base, head, usize::MAX)
}

/// As [`range`], with at most `paths` changed paths, counted in every commit and in all together.
///
/// A few objects can hold more paths than anybody could look at, so the walk ends where the limit is.
///
/// # Errors
///
/// As of [`range`], or that there are more.
pub(crate) fn range_within(
    repo: &Repository,
    base: Option<ObjectId>,
    head: ObjectId,
    paths: usize,
) -> anyhow::Result<Range> {
    let mut left = paths;
    let ids = match base {
        Some(base) => repo.commits_between(base, head),
        None => repo.history(head),
    };
    let ids = ids.with_context(|| {
        format!(
            "cannot read the commits up to {}; fetch them: touchmark sync",
            head.short()
        )
    })?;
    let mut range = Range::default();
    for id in ids {
        let commit = read(repo, id)?;
        let changes = changes(repo, &commit, left)?;
        left = left.saturating_sub(changes.len());
        let paths = changes.iter().map(|changed| changed.path.clone()).collect();
        range.commits.push(NewCommit { id, commit, paths });
        range.changes.push(changes);
    }
    let empty = repo.hash_kind().empty_tree();
    let from = base.map_or(Ok(empty), |base| repo.tree_of(base))?;
    range.net = repo.changed_paths_within(from, repo.tree_of(head)?, left)?;
    Ok(range)
}

/// Everyone that the commits of a range name as author or co-author, without doubles.
pub(crate) fn named_authors(range: &Range) -> BTreeSet<Named> {
    range
        .commits
        .iter()
        .flat_map(|new| new.commit.author.iter().chain(&new.commit.co_authors))
        .cloned()
        .collect()
}

fn read(repo: &Repository, id: ObjectId) -> anyhow::Result<CodeCommit> {
    let commit = match repo.read(id, MAX_COMMIT_BYTES)? {
        Some((ObjectType::Commit, data)) => CodeCommit::read_leniently(repo.hash_kind(), &data),
        _ => None,
    };
    commit.with_context(|| {
        format!("{id} is not a commit of this repository; fetch it: touchmark sync")
    })
}

/// What a commit changes: against its parent, and with several only what differs from each of them.
///
/// So what a merge takes from one side is that side's change, and what it slips in is its own.
fn changes(
    repo: &Repository,
    commit: &CodeCommit,
    limit: usize,
) -> anyhow::Result<Vec<ChangedPath>> {
    let empty = repo.hash_kind().empty_tree();
    let mut parents = commit.parents.iter();
    let first = parents
        .next()
        .map_or(Ok(empty), |parent| repo.tree_of(*parent))?;
    // What a merge takes from one side is counted there, however much it is.
    let most = if parents.len() == 0 {
        limit
    } else {
        usize::MAX
    };
    let mut changed = repo.changed_paths_within(first, commit.tree, most)?;
    for parent in parents {
        let other: BTreeSet<Vec<u8>> = repo
            .changed_paths(repo.tree_of(*parent)?, commit.tree)?
            .into_iter()
            .map(|changed| changed.path)
            .collect();
        changed.retain(|one| other.contains(&one.path));
    }
    if changed.len() > limit {
        return Err(CodeError::TooManyPaths { limit }.into());
    }
    Ok(changed)
}
