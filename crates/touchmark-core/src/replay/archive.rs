//! The archive of closed objects.

use super::ArchiveState;
use super::receipt::follows;
use crate::event::{Event, Payload, payload};
use crate::refusal::Refusal;

pub(super) fn start(event: &Event, archive: &payload::Archive) -> Result<ArchiveState, Refusal> {
    follows(0, archive.sequence)?;
    Ok(ArchiveState {
        folded: tips(event),
        sequence: archive.sequence,
    })
}

pub(super) fn check(state: &ArchiveState, event: &Event) -> Result<(), Refusal> {
    match &event.payload {
        Payload::Archive(archive) => follows(state.sequence, archive.sequence),
        _ => Ok(()),
    }
}

pub(super) fn apply(state: &mut ArchiveState, event: &Event) {
    if let Payload::Archive(archive) = &event.payload {
        state.folded += tips(event);
        state.sequence = archive.sequence;
    }
}

/// Parents beyond the first are the folded tips, and what keeps the code of pull requests.
fn tips(event: &Event) -> u64 {
    u64::try_from(event.parents.len().saturating_sub(1)).unwrap_or(u64::MAX)
}
