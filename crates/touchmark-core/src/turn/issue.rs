//! What an issue wants of a person.

use super::{Reader, Reason, is_over, mentioned};
use crate::replay::IssueState;

pub(super) fn reasons(reader: Reader<'_>, state: &IssueState) -> Vec<Reason> {
    if state.deleted.is_some() {
        return Vec::new();
    }
    let mut reasons = Vec::new();
    if !is_over(state.status)
        && let Some(party) = reader.named_in(&state.assignees)
    {
        reasons.push(Reason::Assigned { party });
    }
    reasons.extend(mentioned(
        reader,
        &state.author,
        state.description.as_deref(),
        &state.comments,
    ));
    reasons
}
