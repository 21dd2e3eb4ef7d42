//! Conflicts as people are told of them: each file, why, and what to type next.

use touchmark_core::event::Rule;
use touchmark_core::id::ObjectId;
use touchmark_core::merge::conflict::Conflicts;
use touchmark_core::refusal::Refusal;

use crate::output::Output;

/// What to type.
pub(super) struct Settle(pub(super) String);

impl Settle {
    /// In the work tree, with the pull request's code checked out.
    pub(super) fn by(id: ObjectId, command: &str) -> Self {
        let short = id.short();
        Self(format!(
            "touchmark pr checkout {short}; {command}; settle the files and commit; touchmark pr revise {short}"
        ))
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
