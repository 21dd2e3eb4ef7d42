//! The sequencer's receipts.

use super::{Receipt, ReceiptsState};
use crate::event::{Event, Payload, Rule, payload};
use crate::refusal::Refusal;

pub(super) fn start(event: &Event, by: &str) -> Result<ReceiptsState, Refusal> {
    let receipt =
        of(&event.payload).ok_or_else(|| Refusal::new(Rule::LogRoot, "it is no receipt"))?;
    follows(0, receipt.sequence)?;
    Ok(ReceiptsState {
        latest: read(event, receipt, by),
    })
}

/// What a receipt of either version says: the second one has more files, and the same trailers.
pub(super) fn of(payload: &Payload) -> Option<payload::Receipt> {
    match payload {
        Payload::Receipt(receipt) => Some(receipt.clone()),
        Payload::Receipt2(receipt) => Some(payload::Receipt {
            sequence: receipt.sequence,
            pusher: receipt.pusher.clone(),
            time: receipt.time,
            decision: receipt.decision,
        }),
        _ => None,
    }
}

pub(super) fn check(state: &ReceiptsState, event: &Event) -> Result<(), Refusal> {
    match of(&event.payload) {
        Some(receipt) => follows(state.latest.sequence, receipt.sequence),
        None => Ok(()),
    }
}

pub(super) fn apply(state: &mut ReceiptsState, event: &Event, by: &str) {
    if let Some(receipt) = of(&event.payload) {
        state.latest = read(event, receipt, by);
    }
}

/// Rule `sequence-gap`.
pub(super) fn follows(last: u32, next: u32) -> Result<(), Refusal> {
    if last.checked_add(1) == Some(next) {
        return Ok(());
    }
    let reason = format!("number {next} does not follow number {last}");
    Err(Refusal::new(Rule::SequenceGap, reason))
}

fn read(event: &Event, receipt: payload::Receipt, by: &str) -> Receipt {
    Receipt {
        by: by.to_owned(),
        decision: receipt.decision,
        event: event.id,
        policy: event.policy.unwrap_or(event.id),
        pusher: receipt.pusher.to_string(),
        sequence: receipt.sequence,
        time: receipt.time,
        tree: event.tree,
    }
}
