//! Restarting an object at a snapshot, the only way to erase text.

use super::document::canonical_json;
use super::{IssueState, PrState, State, Status};
use serde_json::Value;

use crate::event::{Event, ObjectKind, Payload, Rule, payload};
use crate::refusal::Refusal;

/// The greatest count that a snapshot's state may have.
const COUNT_MAX: u64 = 999_999_999;

/// The state that a snapshot holds: rule `tree-text` when it is not a canonical state without text.
pub(super) fn start(event: &Event, snapshot: &payload::Snapshot) -> Result<State, Refusal> {
    parse(event, snapshot.object_type).ok_or_else(|| {
        let reason = "state.json is not a canonical state without text";
        Refusal::new(Rule::TreeText, reason)
    })
}

fn parse(event: &Event, object_type: ObjectKind) -> Option<State> {
    let bytes = event.files.snapshot()?;
    let value = serde_json::from_slice(bytes).ok()?;
    if !counts_are_small(&value) {
        return None;
    }
    let state = match object_type {
        ObjectKind::Pr => {
            let state: PrState = serde_json::from_slice(bytes).ok()?;
            State::Pr(Box::new(
                Some(state).filter(|state| pr_is_bare(state) && pr_is_whole(state))?,
            ))
        }
        ObjectKind::Issue => {
            let state: IssueState = serde_json::from_slice(bytes).ok()?;
            State::Issue(Box::new(
                Some(state).filter(|state| issue_is_bare(state) && issue_is_whole(state))?,
            ))
        }
    };
    (canonical_json(&state).as_bytes() == bytes).then_some(state)
}

/// Counts are as large as trailers can write them, so that counting on from them cannot overflow.
fn counts_are_small(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_u64().is_some_and(|number| number <= COUNT_MAX),
        Value::Array(list) => list.iter().all(counts_are_small),
        Value::Object(map) => map.values().all(counts_are_small),
        Value::Null | Value::Bool(_) | Value::String(_) => true,
    }
}

fn pr_is_bare(state: &PrState) -> bool {
    state.description.is_none()
        && state.comments.is_bare()
        && state.verdicts.is_empty()
        && state.overrides.is_empty()
        && state.links.is_empty()
        && state.reactions.is_empty()
        && state.subscriptions.is_empty()
        && state
            .closed
            .as_ref()
            .is_none_or(|closed| closed.note.is_none())
        && state
            .merge
            .as_ref()
            .is_none_or(|merge| merge.note.is_none())
        && state
            .merge_request
            .as_ref()
            .is_none_or(|ask| ask.note.is_none())
        && state
            .revisions
            .iter()
            .all(|revision| revision.note.is_none())
}

fn issue_is_bare(state: &IssueState) -> bool {
    state.description.is_none()
        && state.deleted.is_none()
        && state.links.is_empty()
        && state.reactions.is_empty()
        && state.subscriptions.is_empty()
        && state.comments.is_bare()
        && state
            .closed
            .as_ref()
            .is_none_or(|closed| closed.note.is_none())
}

/// Whether the parts of a state belong together, so that what follows can rely on it.
fn pr_is_whole(state: &PrState) -> bool {
    !state.revisions.is_empty()
        && (1..)
            .zip(&state.revisions)
            .all(|(number, revision)| revision.number == number)
        && (state.status == Status::Closed) == state.closed.is_some()
        && (state.status == Status::Merged) == state.merge.is_some()
        && state.comments.are_linked()
}

fn issue_is_whole(state: &IssueState) -> bool {
    state.status != Status::Merged
        && (state.status == Status::Closed) == state.closed.is_some()
        && state.comments.are_linked()
}

/// What the log restarts from, if this first event is a snapshot.
pub(super) fn of(event: &Event) -> Option<payload::Snapshot> {
    match &event.payload {
        Payload::Snapshot(snapshot) => Some(snapshot.clone()),
        _ => None,
    }
}

/// Rule `snapshot-order`; `snapshot` is what the log starts with, if this is its second event.
pub(super) fn check_redact(
    event: &Event,
    snapshot: Option<&payload::Snapshot>,
) -> Result<(), Refusal> {
    let Payload::Redact(redact) = &event.payload else {
        return Ok(());
    };
    if snapshot.is_some_and(|start| start.object == redact.object && start.tip == redact.tip) {
        return Ok(());
    }
    let reason = "it does not directly follow a snapshot of the same object and tip";
    Err(Refusal::new(Rule::SnapshotOrder, reason))
}
