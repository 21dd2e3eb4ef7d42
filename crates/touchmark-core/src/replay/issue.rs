//! Issues, and the rules that issues share with pull requests and proposals.

use std::collections::BTreeSet;

use super::comments::Comments;
use super::pr::{apply_comments, change_labels, change_people, closed};
use super::{Admitted, Comment, IssueState, Status};
use crate::event::{CommentId, Event, Payload, Rule, payload};
use crate::refusal::Refusal;

pub(super) fn start(event: &Event, opened: &payload::Issue, by: &str) -> IssueState {
    let mut state = IssueState {
        admitted: Vec::new(),
        assignees: BTreeSet::new(),
        author: by.to_owned(),
        closed: None,
        comments: Comments::default(),
        description: event.body.clone(),
        labels: BTreeSet::new(),
        redactions: 0,
        status: Status::Open,
        title: event.subject.clone(),
    };
    change_labels(&mut state.labels, &opened.labels);
    change_people(&mut state.assignees, &opened.assignees);
    state
}

pub(super) fn check(state: &IssueState, event: &Event) -> Result<(), Refusal> {
    check_shared(&state.comments, state.status, event)
}

/// The rules of every object that can be talked about, closed and reopened.
pub(super) fn check_shared(
    comments: &Comments,
    status: Status,
    event: &Event,
) -> Result<(), Refusal> {
    match &event.payload {
        Payload::Comment(comment) => comment
            .reply
            .map_or(Ok(()), |to| expect_comment(comments, &to).map(|_| ())),
        Payload::CommentEdit(payload::CommentEdit { comment_id })
        | Payload::Retract(payload::Retract { comment_id }) => {
            if expect_comment(comments, comment_id)?.retracted {
                let reason = format!("comment {comment_id} is retracted");
                return Err(Refusal::new(Rule::CommentRetracted, reason));
            }
            Ok(())
        }
        Payload::Resolve(payload::Resolve { comment_id })
        | Payload::Unresolve(payload::Unresolve { comment_id }) => {
            match expect_comment(comments, comment_id)?.reply_to {
                None => Ok(()),
                Some(to) => {
                    let reason = format!("comment {comment_id} answers another one");
                    let fix = format!("resolve the comment that it answers: {to}");
                    Err(Refusal::new(Rule::ThreadHead, reason).with_fix(fix))
                }
            }
        }
        Payload::Reopen(_) => match status {
            Status::Closed => Ok(()),
            Status::Merged => Err(Refusal::new(Rule::StateMerged, "it is merged")),
            Status::Open => Err(Refusal::new(Rule::StateOpen, "it is open already")),
        },
        _ => Ok(()),
    }
}

/// Rules `state-merged` and `state-closed`.
pub(super) fn expect_open(status: Status) -> Result<(), Refusal> {
    match status {
        Status::Open => Ok(()),
        Status::Merged => Err(Refusal::new(Rule::StateMerged, "it is merged already")),
        Status::Closed => {
            let refusal = Refusal::new(Rule::StateClosed, "it is closed");
            Err(refusal.with_fix("touchmark pr reopen"))
        }
    }
}

/// Rule `comment-unknown`.
pub(super) fn expect_comment<'a>(
    comments: &'a Comments,
    id: &CommentId,
) -> Result<&'a Comment, Refusal> {
    comments
        .get(id)
        .ok_or_else(|| Refusal::new(Rule::CommentUnknown, format!("there is no comment {id}")))
}

pub(super) fn apply(state: &mut IssueState, event: &Event, by: &str) {
    match &event.payload {
        Payload::Edit(_) => {
            state.title.clone_from(&event.subject);
            state.description.clone_from(&event.body);
        }
        Payload::Label(change) => change_labels(&mut state.labels, &change.labels),
        Payload::Assign(change) => change_people(&mut state.assignees, &change.assignees),
        Payload::Admit(admit) => state.admitted.push(Admitted {
            by: by.to_owned(),
            event: event.id,
            guest: admit.guest.clone(),
            object: admit.object,
            tip: admit.tip,
        }),
        Payload::Redact(_) => state.redactions += 1,
        Payload::Close(_) => {
            state.status = Status::Closed;
            state.closed = Some(closed(event, by));
        }
        Payload::Reopen(_) => {
            state.status = Status::Open;
            state.closed = None;
        }
        _ => apply_comments(&mut state.comments, event, by),
    }
}
