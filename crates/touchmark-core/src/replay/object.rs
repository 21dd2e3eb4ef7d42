//! What pull requests, issues and proposals have in common: a title, a discussion, labels, people, opening and closing.

use std::collections::{BTreeMap, BTreeSet};

use super::comments::{Comments, plain};
use super::{Admitted, Closed, Comment, Link, Reactions, Status};
use crate::event::{
    CommentId, Event, LabelChange, LinkChange, Payload, PersonChange, ReactionChange, Rule,
    Subscription, payload,
};
use crate::refusal::Refusal;

/// The parts of an object that can be talked about.
pub(super) struct Topic<'a> {
    pub(super) title: &'a mut String,
    pub(super) description: &'a mut Option<String>,
    pub(super) status: &'a mut Status,
    pub(super) closed: &'a mut Option<Closed>,
    pub(super) comments: &'a mut Comments,
}

/// The parts of an object that is sorted and assigned.
pub(super) struct Tags<'a> {
    pub(super) labels: &'a mut BTreeSet<String>,
    pub(super) assignees: &'a mut BTreeSet<String>,
    pub(super) admitted: &'a mut Vec<Admitted>,
    pub(super) redactions: &'a mut u32,
    pub(super) links: &'a mut BTreeSet<Link>,
    pub(super) reactions: &'a mut Reactions,
    pub(super) subscriptions: &'a mut BTreeMap<String, Subscription>,
}

impl Topic<'_> {
    /// Applies what can happen to any such object.
    pub(super) fn apply(self, event: &Event, by: &str) {
        match &event.payload {
            Payload::Edit(_) => {
                self.title.clone_from(&event.subject);
                self.description.clone_from(&event.body);
            }
            Payload::Close(_) => {
                *self.status = Status::Closed;
                *self.closed = Some(Closed {
                    by: by.to_owned(),
                    event: event.id,
                    note: event.body.clone(),
                });
            }
            Payload::Reopen(_) => {
                *self.status = Status::Open;
                *self.closed = None;
            }
            _ => apply_comments(self.comments, event, by),
        }
    }
}

impl Tags<'_> {
    /// Applies what can happen to any such object.
    pub(super) fn apply(self, event: &Event, by: &str) {
        match &event.payload {
            Payload::Label(change) => change_labels(self.labels, &change.labels),
            Payload::Assign(change) => change_people(self.assignees, &change.assignees),
            Payload::Link(change) => change_links(self.links, &change.links),
            Payload::React(react) if react.comment_id.is_none() => {
                change_reactions(self.reactions, &react.reactions, by);
            }
            Payload::Subscribe(subscribe) => {
                let wish = subscribe.subscription;
                if wish == Subscription::Default {
                    self.subscriptions.remove(by);
                } else {
                    self.subscriptions.insert(by.to_owned(), wish);
                }
            }
            Payload::Admit(admit) => self.admitted.push(Admitted {
                by: by.to_owned(),
                event: event.id,
                guest: admit.guest,
                object: admit.object,
                tip: admit.tip,
            }),
            Payload::Redact(_) => *self.redactions = self.redactions.saturating_add(1),
            _ => {}
        }
    }
}

/// Carries out label changes in order.
pub(super) fn change_labels(labels: &mut BTreeSet<String>, changes: &[LabelChange]) {
    for change in changes {
        if change.add {
            labels.insert(change.label.to_string());
        } else {
            labels.remove(change.label.as_str());
        }
    }
}

/// Carries out changes of assignees or reviewers in order.
pub(super) fn change_people(people: &mut BTreeSet<String>, changes: &[PersonChange]) {
    for change in changes {
        if change.add {
            people.insert(change.party.to_string());
        } else {
            people.remove(change.party.as_str());
        }
    }
}

/// Carries out changes of links in order.
fn change_links(links: &mut BTreeSet<Link>, changes: &[LinkChange]) {
    for change in changes {
        let link = Link {
            object: change.object,
            relation: change.relation,
        };
        if change.add {
            links.insert(link);
        } else {
            links.remove(&link);
        }
    }
}

/// Carries out changes of one person's reactions in order.
fn change_reactions(reactions: &mut Reactions, changes: &[ReactionChange], by: &str) {
    for change in changes {
        if change.add {
            let people = reactions.entry(change.reaction).or_default();
            people.insert(by.to_owned());
        } else if let Some(people) = reactions.get_mut(&change.reaction) {
            people.remove(by);
            if people.is_empty() {
                reactions.remove(&change.reaction);
            }
        }
    }
}

/// Comments, edits and threads: the same on every object that can be talked about.
fn apply_comments(comments: &mut Comments, event: &Event, by: &str) {
    match &event.payload {
        Payload::Comment(comment) => {
            let text = event.body.clone().unwrap_or_default();
            comments.push(Comment {
                reply_to: comment.reply,
                ..plain(event.id, by, text)
            });
        }
        Payload::CommentEdit(edit) => {
            if let Some(comment) = comments.get_mut(&edit.comment_id) {
                comment.text.clone_from(&event.body);
                comment.edits = comment.edits.saturating_add(1);
            }
        }
        Payload::React(react) => {
            let named = react.comment_id.as_ref();
            if let Some(comment) = named.and_then(|id| comments.get_mut(id)) {
                change_reactions(&mut comment.reactions, &react.reactions, by);
            }
        }
        Payload::Retract(retract) => {
            if let Some(comment) = comments.get_mut(&retract.comment_id) {
                comment.text = None;
                comment.suggestion = None;
                comment.retracted = true;
            }
        }
        Payload::Resolve(resolve) => {
            if let Some(comment) = comments.get_mut(&resolve.comment_id) {
                comment.resolved_by.get_or_insert_with(|| by.to_owned());
            }
        }
        Payload::Unresolve(unresolve) => {
            if let Some(comment) = comments.get_mut(&unresolve.comment_id) {
                comment.resolved_by = None;
            }
        }
        _ => {}
    }
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
        | Payload::Retract(payload::Retract { comment_id })
        | Payload::React(payload::React {
            comment_id: Some(comment_id),
            ..
        }) => {
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

/// Whether something open is expected to change: rules `state-merged` and `state-closed`.
///
/// # Errors
///
/// Which of the two it breaks.
pub fn expect_open(status: Status) -> Result<(), Refusal> {
    match status {
        Status::Open => Ok(()),
        Status::Merged => Err(Refusal::new(Rule::StateMerged, "it is merged already")),
        Status::Closed => {
            let refusal = Refusal::new(Rule::StateClosed, "it is closed");
            Err(refusal.with_fix("touchmark pr reopen OBJECT"))
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
