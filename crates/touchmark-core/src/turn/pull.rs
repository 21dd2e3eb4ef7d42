//! What a pull request wants of a person.

use super::{Known, Reader, Reason, is_over, mentioned};
use crate::event::{Rule, Verdict};
use crate::replay::PrState;

pub(super) fn reasons(reader: Reader<'_>, state: &PrState, known: Known<'_>) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if !is_over(state.status) {
        let mine = state.author == reader.name;
        if !mine && !state.draft {
            reasons.extend(review(reader, state));
        }
        if mine {
            returned(reader, state, known, &mut reasons);
        }
        if known.against.is_some_and(<[_]>::is_empty) && !state.draft && (mine || known.may_merge) {
            let revision = latest(state);
            reasons.push(Reason::MayLand { revision });
        }
        if !mine && let Some(party) = reader.named_in(&state.assignees) {
            reasons.push(Reason::Assigned { party });
        }
    }
    reasons.extend(mentioned(
        reader,
        &state.author,
        state.description.as_deref(),
        &state.comments,
    ));
    reasons
}

/// What one's own waits for, when it wants nothing of its author.
pub(super) fn waiting(reader: Reader<'_>, state: &PrState) -> Option<Reason> {
    let waits = state.author == reader.name && !is_over(state.status);
    waits.then(|| Reason::Waits {
        reviewers: state.reviewers.iter().cloned().collect(),
        draft: state.draft,
    })
}

fn latest(state: &PrState) -> u32 {
    state.latest().map_or(0, |revision| revision.number)
}

/// A review is wanted by who is asked for one or gave one, as long as they said nothing of the latest revision.
fn review(reader: Reader<'_>, state: &PrState) -> Option<Reason> {
    let to = latest(state);
    let verdict = state.verdicts.get(reader.name).map(|given| given.revision);
    let comments = state
        .comments
        .iter()
        .filter(|comment| comment.author == reader.name);
    let from = comments
        .filter_map(|comment| comment.revision)
        .chain(verdict)
        .max();
    match from {
        Some(from) if from >= to => None,
        Some(from) => Some(Reason::Revised { from, to }),
        None => {
            let party = reader.named_in(&state.reviewers)?;
            Some(Reason::Asked {
                party,
                revision: to,
            })
        }
    }
}

/// What the author has to do: answer, change, mend.
fn returned(reader: Reader<'_>, state: &PrState, known: Known<'_>, reasons: &mut Vec<Reason>) {
    let revision = latest(state);
    for (by, given) in &state.verdicts {
        if given.verdict == Verdict::RequestChanges && given.revision == revision {
            reasons.push(Reason::ChangesAsked {
                by: by.clone(),
                event: given.event,
            });
        }
    }
    for (first, answers) in state.comments.threads() {
        if first.anchor.is_none() || first.resolved_by.is_some() {
            continue;
        }
        let said = std::iter::once(first).chain(answers);
        if let Some(last) = said.rev().find(|comment| !comment.retracted)
            && last.author != reader.name
        {
            reasons.push(Reason::Unanswered {
                by: last.author.clone(),
                comment: last.id,
            });
        }
    }
    for refusal in known.against.unwrap_or_default() {
        let why = refusal.reason.clone();
        match refusal.rule {
            // The base or the target has moved on, so that it needs a new revision.
            Rule::MergeConflict | Rule::RevisionStale => {
                reasons.push(Reason::Conflict { revision, why })
            }
            // Without evidence the check has not reported yet: that is nobody's turn.
            Rule::ChecksMissing if !refusal.evidence.is_empty() => {
                reasons.push(Reason::CheckFailed { revision, why });
            }
            _ => {}
        }
    }
}
