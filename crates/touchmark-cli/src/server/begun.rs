//! That a server has given receipts: should their ref be lost, it must not begin at one again as if nothing had been.

use std::fs::OpenOptions;
use std::path::PathBuf;

use touchmark_core::event::Rule;
use touchmark_core::refusal::Refusal;
use touchmark_git::Repository;

use super::own_folder;

/// Remembers that there are receipts from now on.
///
/// That it cannot be written stops no push: every clone notices lost receipts too.
pub(super) fn remember(repo: &Repository) {
    let path = path(repo);
    if !path.exists() {
        let _ = OpenOptions::new().create(true).append(true).open(path);
    }
}

/// Refuses to begin anew where receipts were given before.
pub(super) fn refuse_again(repo: &Repository) -> Result<(), Vec<Refusal>> {
    if !happened(repo) {
        return Ok(());
    }
    let reason = "the receipts are gone, and this server has given some";
    let fix = "who runs the server: put refs/forge/receipts back as a clone has it; to begin anew, which every clone \
               will report, remove touchmark/receipted";
    Err(vec![Refusal::new(Rule::ServerError, reason).with_fix(fix)])
}

/// Whether this server has given receipts.
pub(super) fn happened(repo: &Repository) -> bool {
    path(repo).exists()
}

fn path(repo: &Repository) -> PathBuf {
    own_folder(repo).join("receipted")
}
