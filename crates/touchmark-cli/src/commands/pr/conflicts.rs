//! Conflicts as people are told of them: each file, why, and what to type next.

use touchmark_core::event::Rule;
use touchmark_core::id::ObjectId;
use touchmark_core::merge::conflict::Conflicts;
use touchmark_core::refusal::Refusal;
use touchmark_git::Repository;

use super::branch;
use crate::output::Output;

/// What to type.
pub(super) struct Settle(pub(super) String);

impl Settle {
    /// In the work tree, with the pull request's code checked out: on the branch that it came from, if that is here.
    ///
    /// # Errors
    ///
    /// When git cannot be run.
    pub(super) fn by(
        repo: &Repository,
        id: ObjectId,
        head: ObjectId,
        command: &str,
    ) -> anyhow::Result<Self> {
        let short = id.short();
        let own = branch::sources(repo, id)?
            .into_iter()
            .find(|(_, tip)| *tip == head)
            .map(|(name, _)| name);
        let first = match own {
            None => format!("touchmark pr checkout {short}; "),
            Some(name) if branch::current(repo)?.as_ref() == Some(&name) => String::new(),
            Some(name) => format!("git switch {name}; "),
        };
        Ok(Self(format!(
            "{first}{command}; settle the files and commit; touchmark pr revise {short}"
        )))
    }
}

/// Names the files on standard error, and makes the refusal.
pub(super) fn refuse(
    out: &Output,
    conflicts: &Conflicts,
    reason: String,
    settle: &Settle,
) -> anyhow::Error {
    if !out.is_json() {
        for conflict in &conflicts.first {
            let path = String::from_utf8_lossy(&conflict.path);
            out.note(format_args!("  {path}: {}", conflict.kind));
        }
    }
    Refusal::new(Rule::MergeConflict, reason)
        .with_fix(settle.0.clone())
        .into()
}
