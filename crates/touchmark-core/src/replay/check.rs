//! Check results of one commit.

use std::collections::BTreeMap;

use super::{CheckResult, CheckState};
use crate::event::{Event, Payload, Rule, payload};
use crate::refusal::Refusal;

pub(super) fn start(event: &Event, check: &payload::Check, by: &str) -> CheckState {
    let mut state = CheckState {
        checks: BTreeMap::new(),
        commit: check.commit,
        tree: check.tree_id,
    };
    apply(&mut state, event, by);
    state
}

pub(super) fn check(state: &CheckState, event: &Event) -> Result<(), Refusal> {
    match &event.payload {
        Payload::Check(check) if check.commit != state.commit || check.tree_id != state.tree => {
            let reason = format!(
                "the log is for commit {} with tree {}",
                state.commit, state.tree
            );
            Err(Refusal::new(Rule::CheckMismatch, reason))
        }
        _ => Ok(()),
    }
}

pub(super) fn apply(state: &mut CheckState, event: &Event, by: &str) {
    if let Payload::Check(check) = &event.payload {
        let result = CheckResult {
            by: by.to_owned(),
            event: event.id,
            evidence: event.files.evidence().to_vec(),
            note: event.body.clone(),
            status: check.status,
            time: check.time,
            url: check.url.as_ref().map(ToString::to_string),
        };
        state.checks.insert(check.check.to_string(), result);
    }
}
