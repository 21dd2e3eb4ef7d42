//! What changed from one revision to another, without what only the target brought.
//!
//! The older change is carried to where the newer one starts, by the merge rule; what then differs from the newer head
//! is what its author did. So a rebase, or a merge of the target, shows nothing of its own.

use std::collections::BTreeSet;

use touchmark_core::id::ObjectId;
use touchmark_core::merge::conflict::Conflicts;
use touchmark_core::merge::tree::Outcome;
use touchmark_core::replay::{PrState, Revision};
use touchmark_git::Repository;

use super::Subject;
use crate::errors::Failure;
use crate::exit_codes::ExitCode;

/// What to compare with the newer head.
#[derive(Debug)]
pub(super) struct Since {
    /// The older revision's number.
    pub(super) revision: u32,
    /// The older head.
    pub(super) head: ObjectId,
    /// The tree to compare from.
    pub(super) tree: ObjectId,
    /// What keeps the older change from the newer base. Then `tree` is the older head's, and only `paths` are shown.
    pub(super) conflicts: Option<Conflicts>,
    /// The paths that either revision changes.
    pub(super) paths: BTreeSet<Vec<u8>>,
}

/// Compares two revisions.
///
/// # Errors
///
/// When their code cannot be read or merged.
pub(super) fn since(
    repo: &Repository,
    older: &Revision,
    newer: &Revision,
) -> anyhow::Result<Since> {
    let [base, onto, head] =
        [older.base, newer.base, older.head].map(|commit| repo.tree_of(commit));
    let (base, onto, head) = (base?, onto?, head?);
    let mut since = Since {
        revision: older.number,
        head: older.head,
        tree: head,
        conflicts: None,
        paths: BTreeSet::new(),
    };
    match repo.merge_trees(base, onto, head)? {
        Outcome::Clean { tree, .. } => since.tree = tree,
        Outcome::Conflict(conflicts) => {
            since.conflicts = Some(conflicts);
            let own = repo.changed_paths(base, head)?;
            let new = repo.changed_paths(onto, repo.tree_of(newer.head)?)?;
            since.paths = own.into_iter().chain(new).map(|one| one.path).collect();
        }
    }
    Ok(since)
}

/// The latest revision that this person has reviewed: given a verdict on, or commented on in a review.
///
/// # Errors
///
/// When there is none.
pub(super) fn reviewed<'a>(subject: &'a Subject, person: &str) -> anyhow::Result<&'a Revision> {
    let state = subject.state()?;
    match last(state, person) {
        Some(number) => subject.revision(Some(number)),
        None => Err(Failure::new(format!(
            "{person} has not reviewed {} yet",
            subject.id.short()
        ))
        .hint(format!("touchmark pr diff {}", subject.id.short()))
        .exit(ExitCode::NotFound)
        .into()),
    }
}

fn last(state: &PrState, person: &str) -> Option<u32> {
    let given = state.verdicts.get(person).map(|given| given.revision);
    let own = state.comments.iter().filter(|one| one.author == person);
    own.filter_map(|comment| comment.revision)
        .chain(given)
        .max()
}
