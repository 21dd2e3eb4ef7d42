//! Issues.

use std::collections::{BTreeMap, BTreeSet};

use super::comments::Comments;
use super::object::{self, Tags, Topic, change_labels, change_people};
use super::{Deleted, IssueState, Reactions, Status};
use crate::event::{Event, Payload, Rule, payload};
use crate::refusal::Refusal;

pub(super) fn start(event: &Event, opened: &payload::Issue, by: &str) -> IssueState {
    let mut state = IssueState {
        admitted: Vec::new(),
        assignees: BTreeSet::new(),
        author: by.to_owned(),
        closed: None,
        comments: Comments::default(),
        deleted: None,
        description: event.body.clone(),
        labels: BTreeSet::new(),
        links: BTreeSet::new(),
        reactions: Reactions::new(),
        redactions: 0,
        status: Status::Open,
        subscriptions: BTreeMap::new(),
        title: event.subject.clone(),
    };
    change_labels(&mut state.labels, &opened.labels);
    change_people(&mut state.assignees, &opened.assignees);
    state
}

pub(super) fn check(state: &IssueState, event: &Event) -> Result<(), Refusal> {
    let wrong = match (&event.payload, &state.deleted) {
        (Payload::Tombstone(_), Some(_)) => "it is deleted already",
        (Payload::Restore(_), None) => "it is not deleted",
        _ => return object::check_shared(&state.comments, state.status, event),
    };
    Err(Refusal::new(Rule::StateDeleted, wrong))
}

pub(super) fn apply(state: &mut IssueState, event: &Event, by: &str) {
    match &event.payload {
        Payload::Tombstone(_) => {
            state.deleted = Some(Deleted {
                by: by.to_owned(),
                event: event.id,
                note: event.body.clone(),
            });
        }
        Payload::Restore(_) => state.deleted = None,
        _ => {}
    }
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
        links: &mut state.links,
        reactions: &mut state.reactions,
        subscriptions: &mut state.subscriptions,
    };
    tags.apply(event, by);
}
