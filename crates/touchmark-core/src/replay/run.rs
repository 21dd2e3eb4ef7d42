//! Agent runs.

use super::{RunEnd, RunState, RunStep};
use crate::event::{Event, Payload, Rule, payload};
use crate::refusal::Refusal;

pub(super) fn start(event: &Event, run: &payload::Run, by: &str) -> RunState {
    RunState {
        agent: run.agent.to_string(),
        by: by.to_owned(),
        description: event.body.clone(),
        ended: None,
        event: event.id,
        started: run.time,
        steps: Vec::new(),
        task: event.subject.clone(),
    }
}

pub(super) fn check(state: &RunState) -> Result<(), Refusal> {
    match state.ended {
        None => Ok(()),
        Some(_) => Err(Refusal::new(Rule::RunEnded, "the run has ended")),
    }
}

pub(super) fn apply(state: &mut RunState, event: &Event, by: &str) {
    match &event.payload {
        Payload::RunStep(step) => state.steps.push(RunStep {
            by: by.to_owned(),
            event: event.id,
            evidence: event.files.evidence().to_vec(),
            name: step.step.to_string(),
            note: event.body.clone(),
            status: step.status,
            time: step.time,
        }),
        Payload::RunEnd(end) => {
            state.ended = Some(RunEnd {
                by: by.to_owned(),
                event: event.id,
                evidence: end.evidence.clone(),
                note: event.body.clone(),
                status: end.status,
                time: end.time,
            });
        }
        _ => {}
    }
}
