//! Whose turn it is: which objects want something of a person, and why.
//!
//! A pure rule over states, the policy and what the gate says. Only people of the policy are told anything,
//! and nobody is told of what they have muted. Seen or not is a set of [`Reason::key`]s that the caller keeps:
//! a reason that is new has a new key, so that what was put away comes back when something new concerns the person.

mod issue;
mod pull;
mod reason;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::event::{CommentId, Subscription};
use crate::id::ObjectId;
use crate::mention;
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::replay::{Comments, State, Status};

pub use reason::{Reason, Section};

/// What is known of an object beside its state.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// What stands against its landing: nothing when its gate is open; `None` when that was not asked.
    pub against: Option<&'a [Refusal]>,
    /// Whether the person may merge into its target.
    pub may_merge: bool,
    /// The person whose event is the last one.
    pub last_by: Option<&'a str>,
}

/// A person who is told things.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// The name in the policy.
    pub name: &'a str,
    /// The policy, which knows the teams.
    pub policy: &'a Policy,
}

/// An object that wants something of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The section that it stands in: that of its weightiest reason.
    pub section: Section,
    /// Why, the weightiest first.
    pub reasons: Vec<Reason>,
}

impl Reader<'_> {
    /// The name, or the first team of theirs, that stands in a list of people and `@teams`.
    fn named_in(&self, list: &BTreeSet<String>) -> Option<String> {
        if list.contains(self.name) {
            return Some(self.name.to_owned());
        }
        let teams = list.iter().filter_map(|name| name.strip_prefix('@'));
        let mut own = teams.filter(|team| self.is_in(team));
        own.next().map(|team| format!("@{team}"))
    }

    fn is_in(&self, team: &str) -> bool {
        let team = self.policy.teams.get(team);
        team.is_some_and(|people| people.contains(self.name))
    }
}

/// What an object wants of a person; `None` when it wants nothing.
///
/// Reasons whose keys are in `seen` were put away. What waits for others stays: it tells, and asks for nothing.
pub fn entry(
    reader: Reader<'_>,
    state: &State,
    tip: ObjectId,
    known: Known<'_>,
    seen: &BTreeSet<String>,
) -> Option<Entry> {
    if !reader.policy.people.contains_key(reader.name)
        || wish(state, reader.name) == Some(Subscription::Mute)
    {
        return None;
    }
    let mut reasons = match state {
        State::Pr(state) => pull::reasons(reader, state, known),
        State::Issue(state) => issue::reasons(reader, state),
        _ => return None,
    };
    let watched = wish(state, reader.name) == Some(Subscription::Watch);
    if watched && known.last_by != Some(reader.name) {
        reasons.push(Reason::Moved { tip });
    }
    reasons.retain(|reason| !seen.contains(&reason.key()));
    if let (State::Pr(state), true) = (state, reasons.is_empty()) {
        reasons.extend(pull::waiting(reader, state));
    }
    reasons.sort_by_key(Reason::section);
    let section = reasons.first()?.section();
    Some(Entry { section, reasons })
}

/// What a person wants to hear of an object, if they said so.
fn wish(state: &State, name: &str) -> Option<Subscription> {
    match state {
        State::Pr(state) => state.subscriptions.get(name).copied(),
        State::Issue(state) => state.subscriptions.get(name).copied(),
        _ => None,
    }
}

/// Everyone whom an object may want something of, by its state alone: people, and `@teams`.
///
/// [`entry`] is `None` for everyone who is not among them, themselves or by a team, unless the gate lets them merge it.
pub fn concerned(state: &State, policy: &Policy) -> BTreeSet<String> {
    let (author, assignees, comments, description, subscriptions) = match state {
        State::Pr(state) => (
            &state.author,
            &state.assignees,
            &state.comments,
            &state.description,
            &state.subscriptions,
        ),
        State::Issue(state) => (
            &state.author,
            &state.assignees,
            &state.comments,
            &state.description,
            &state.subscriptions,
        ),
        _ => return BTreeSet::new(),
    };
    let mut concerned = BTreeSet::from([author.clone()]);
    concerned.extend(assignees.iter().cloned());
    if let State::Pr(state) = state {
        concerned.extend(state.reviewers.iter().cloned());
        concerned.extend(state.verdicts.keys().cloned());
    }
    concerned.extend(subscriptions.keys().cloned());
    let texts = comments.iter().filter_map(|comment| comment.text.as_ref());
    for text in description.iter().chain(texts) {
        let people = mention::mentioned(text, policy);
        concerned.extend(people.into_iter().map(str::to_owned));
    }
    concerned.extend(comments.iter().map(|comment| comment.author.clone()));
    concerned
}

/// The newest mention of the person by somebody else, after which they have said nothing.
fn mentioned(
    reader: Reader<'_>,
    author: &str,
    description: Option<&str>,
    comments: &Comments,
) -> Option<Reason> {
    let mentions = |text: &str| mention::mentioned(text, reader.policy).contains(reader.name);
    let mut newest: Option<(Option<CommentId>, &str)> = None;
    if author != reader.name && description.is_some_and(mentions) {
        newest = Some((None, author));
    }
    for comment in comments.iter() {
        if comment.author == reader.name {
            newest = None;
        } else if comment.text.as_deref().is_some_and(mentions) {
            newest = Some((Some(comment.id), &comment.author));
        }
    }
    newest.map(|(comment, by)| Reason::Mentioned {
        by: by.to_owned(),
        comment,
    })
}

/// Whether the object is done with.
fn is_over(status: Status) -> bool {
    status != Status::Open
}
