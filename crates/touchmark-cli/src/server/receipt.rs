//! The receipt of a push: what the sequencer signs.

use touchmark_core::refusal::Refusal;
use touchmark_git::{RefEdit, Repository};

use super::push::{Decision, Push};

/// Writes the commit of a push's receipt, and returns how the receipts' ref moves to it.
///
/// It is called under the queue's lock, after everything else was decided; nobody else makes receipts meanwhile.
/// This version makes none.
///
/// # Errors
///
/// Why there can be none: then the push does not happen.
#[expect(clippy::unnecessary_wraps, reason = "making a receipt can fail")]
pub(crate) fn next_receipt(
    _repo: &Repository,
    _push: &Push,
    _decision: &Decision,
) -> Result<Option<RefEdit>, Vec<Refusal>> {
    Ok(None)
}
