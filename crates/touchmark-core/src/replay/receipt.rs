//! The sequencer's receipts.

use super::{Receipt, ReceiptsState};
use crate::event::{Event, Payload, Rule, payload};
use crate::refusal::Refusal;

pub(super) fn start(
    event: &Event,
    receipt: &payload::Receipt,
    by: &str,
) -> Result<ReceiptsState, Refusal> {
    follows(0, receipt.sequence)?;
    Ok(ReceiptsState {
        latest: read(event, receipt, by),
    })
}

pub(super) fn check(state: &ReceiptsState, event: &Event) -> Result<(), Refusal> {
    match &event.payload {
        Payload::Receipt(receipt) => follows(state.latest.sequence, receipt.sequence),
        _ => Ok(()),
    }
}

pub(super) fn apply(state: &mut ReceiptsState, event: &Event, by: &str) {
    if let Payload::Receipt(receipt) = &event.payload {
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

fn read(event: &Event, receipt: &payload::Receipt, by: &str) -> Receipt {
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
