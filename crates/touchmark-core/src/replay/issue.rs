//! Issues.

use std::collections::BTreeSet;

use super::comments::Comments;
use super::object::{self, Tags, Topic, change_labels, change_people};
use super::{IssueState, Status};
use crate::event::{Event, payload};
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
    object::check_shared(&state.comments, state.status, event)
}

pub(super) fn apply(state: &mut IssueState, event: &Event, by: &str) {
    let topic = Topic {
        title: &mut state.title,
        description: &mut state.description,
        status: &mut state.status,
        closed: &mut state.closed,
        comments: &mut state.comments,
    };
    topic.apply(event, by);
    let tags = Tags {
        labels: &mut state.labels,
        assignees: &mut state.assignees,
        admitted: &mut state.admitted,
        redactions: &mut state.redactions,
    };
    tags.apply(event, by);
}
