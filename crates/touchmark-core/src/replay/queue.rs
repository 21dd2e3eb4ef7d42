//! Merge queues.

use super::{Bypass, QueueEntry, QueueState};
use crate::event::{Event, Payload, Rule, payload};
use crate::refusal::Refusal;

pub(super) fn start(queue: &payload::Queue) -> QueueState {
    QueueState {
        bypasses: Vec::new(),
        entries: Vec::new(),
        target: queue.target.clone(),
    }
}

pub(super) fn check(state: &QueueState, event: &Event) -> Result<(), Refusal> {
    let waits = |id| state.entries.iter().any(|entry| entry.pull_request == id);
    let refuse = |rule, reason: String| Err(Refusal::new(rule, reason));
    match &event.payload {
        Payload::Enqueue(new) if waits(new.pull_request) => refuse(
            Rule::QueueEntry,
            format!("pull request {} is in the queue", new.pull_request),
        ),
        Payload::Dequeue(gone) if !waits(gone.pull_request) => refuse(
            Rule::QueueEntry,
            format!("pull request {} is not in the queue", gone.pull_request),
        ),
        Payload::Bypass(bypass) if bypass.target != state.target => refuse(
            Rule::TargetMismatch,
            format!(
                "the queue is for {}, not for {}",
                state.target, bypass.target
            ),
        ),
        _ => Ok(()),
    }
}

pub(super) fn apply(state: &mut QueueState, event: &Event, by: &str) {
    match &event.payload {
        Payload::Enqueue(new) => state.entries.push(QueueEntry {
            by: by.to_owned(),
            event: event.id,
            head: new.head,
            pull_request: new.pull_request,
            revision: new.revision,
        }),
        Payload::Dequeue(gone) => state
            .entries
            .retain(|entry| entry.pull_request != gone.pull_request),
        Payload::Bypass(bypass) => state.bypasses.push(Bypass {
            by: by.to_owned(),
            event: event.id,
            new: bypass.new,
            note: event.body.clone(),
            old: bypass.old,
            pusher: bypass.pusher.to_string(),
            time: bypass.time,
        }),
        _ => {}
    }
}
