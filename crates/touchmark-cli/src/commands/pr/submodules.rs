//! Submodules that a change moves: which commit each of them had, and which it gets.

use serde_json::{Value, json};
use touchmark_core::id::ObjectId;
use touchmark_core::object::MODE_GITLINK;
use touchmark_git::{ChangedPath, Entry};

use crate::render::visible_line;

/// A submodule of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Submodule {
    path: String,
    old: Option<ObjectId>,
    new: Option<ObjectId>,
}

/// The submodules among the paths that differ.
pub(super) fn submodules(changed: &[ChangedPath]) -> Vec<Submodule> {
    let commit = |entry: Option<Entry>| {
        entry
            .filter(|entry| entry.mode == MODE_GITLINK)
            .map(|entry| entry.id)
    };
    changed
        .iter()
        .map(|one| Submodule {
            path: String::from_utf8_lossy(&one.path).into_owned(),
            old: commit(one.base),
            new: commit(one.head),
        })
        .filter(|one| one.old.is_some() || one.new.is_some())
        .collect()
}

impl Submodule {
    /// In a line: `path  old..new`.
    pub(super) fn line(&self) -> String {
        let path = visible_line(&self.path);
        match (self.old, self.new) {
            (Some(old), Some(new)) => format!("{path}  {}..{}", old.short(), new.short()),
            (None, Some(new)) => format!("{path}  added at {}", new.short()),
            (Some(old), None) => format!("{path}  removed, was at {}", old.short()),
            (None, None) => path,
        }
    }

    /// As data: `path`, `old` and `new`, null where there is none.
    pub(super) fn document(&self) -> Value {
        json!({"new": self.new, "old": self.old, "path": self.path})
    }
}
