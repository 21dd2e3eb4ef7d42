//! The comments of an object, in replay order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Reactions;
use crate::event::{Anchor, CommentId, Event, Place, Side};
use crate::id::ObjectId;

/// The comments of an object: a list in replay order that can be asked by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Comment>", into = "Vec<Comment>")]
pub struct Comments {
    list: Vec<Comment>,
    index: BTreeMap<CommentId, usize>,
    /// Whether older ones were left out: see [`Outcome::without_comments`](super::Outcome::without_comments).
    partial: bool,
}

/// One comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comment {
    /// Where it stands in the code, if it does.
    pub anchor: Option<CommentAnchor>,
    /// Who wrote it.
    pub author: String,
    /// How often it was edited.
    pub edits: u32,
    /// Its name.
    pub id: CommentId,
    /// Who reacted to it, and how; left out of the document when nobody did.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reactions: Reactions,
    /// The comment that it answers.
    pub reply_to: Option<CommentId>,
    /// Who settled the thread that it starts.
    pub resolved_by: Option<String>,
    /// Whether it was taken back.
    pub retracted: bool,
    /// The revision that it was made on.
    pub revision: Option<u32>,
    /// The blob that it suggests in place of the anchored lines.
    pub suggestion: Option<ObjectId>,
    /// What it says now.
    pub text: Option<String>,
}

/// A place in the code. Lines are counted from 1; a comment on a whole file has none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommentAnchor {
    /// First line.
    pub first: Option<u32>,
    /// Last line.
    pub last: Option<u32>,
    /// The path, percent-encoded.
    pub path: String,
    /// Which side of the change.
    pub side: Side,
}

/// What stands before a commit's id where the path would; no path has a colon that is not encoded.
const MESSAGE: &str = "message:";

impl CommentAnchor {
    /// A place in the message of a commit: in the state it looks like a file of the new side, whose path says so.
    pub fn in_message(commit: ObjectId, lines: Option<(u32, u32)>) -> Self {
        Self {
            first: lines.map(|(first, _)| first),
            last: lines.map(|(_, last)| last),
            path: format!("{MESSAGE}{commit}"),
            side: Side::New,
        }
    }

    /// The commit whose message it is in, if it is in one.
    pub fn message(&self) -> Option<ObjectId> {
        ObjectId::from_hex(self.path.strip_prefix(MESSAGE)?)
    }
}

impl From<Vec<Comment>> for Comments {
    fn from(list: Vec<Comment>) -> Self {
        let index = list
            .iter()
            .enumerate()
            .map(|(at, comment)| (comment.id, at))
            .collect();
        Self {
            list,
            index,
            partial: false,
        }
    }
}

impl From<Comments> for Vec<Comment> {
    fn from(comments: Comments) -> Self {
        comments.list
    }
}

impl Comments {
    /// The comment with this name.
    pub fn get(&self, id: &CommentId) -> Option<&Comment> {
        self.index.get(id).and_then(|at| self.list.get(*at))
    }

    pub(super) fn get_mut(&mut self, id: &CommentId) -> Option<&mut Comment> {
        self.index.get(id).and_then(|at| self.list.get_mut(*at))
    }

    /// No comments, and the knowledge that there may be some.
    pub(super) fn left_out() -> Self {
        Self {
            partial: true,
            ..Self::default()
        }
    }

    /// Whether these are all: nothing may be concluded from what a partial list does not have.
    pub const fn is_complete(&self) -> bool {
        !self.partial
    }

    /// All comments, in replay order.
    pub fn iter(&self) -> impl Iterator<Item = &Comment> {
        self.list.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The comments that start a thread, each with its answers.
    pub fn threads(&self) -> Vec<(&Comment, Vec<&Comment>)> {
        let mut threads: Vec<(&Comment, Vec<&Comment>)> = Vec::new();
        let mut thread_of: BTreeMap<CommentId, usize> = BTreeMap::new();
        for comment in &self.list {
            match comment.reply_to.and_then(|to| thread_of.get(&to).copied()) {
                Some(at) => {
                    thread_of.insert(comment.id, at);
                    if let Some(thread) = threads.get_mut(at) {
                        thread.1.push(comment);
                    }
                }
                None => {
                    thread_of.insert(comment.id, threads.len());
                    threads.push((comment, Vec::new()));
                }
            }
        }
        threads
    }

    pub(super) fn push(&mut self, comment: Comment) {
        self.index.insert(comment.id, self.list.len());
        self.list.push(comment);
    }

    /// Adds what a review says: its summary, then its anchored comments.
    pub(super) fn push_review(
        &mut self,
        event: &Event,
        author: &str,
        revision: u32,
        anchors: &[Anchor],
    ) {
        if let Some(body) = &event.body {
            let comment = Comment {
                revision: Some(revision),
                ..plain(event.id, author, body.clone())
            };
            self.push(comment);
        }
        for anchor in anchors {
            let (place, reply_to) = match &anchor.place {
                Place::Reply(to) => (None, Some(*to)),
                Place::Code { side, path, lines } => {
                    let anchor = CommentAnchor {
                        first: lines.map(|(first, _)| first),
                        last: lines.map(|(_, last)| last),
                        path: path.to_string(),
                        side: *side,
                    };
                    (Some(anchor), None)
                }
                Place::Message { commit, lines } => {
                    (Some(CommentAnchor::in_message(*commit, *lines)), None)
                }
            };
            let comment = Comment {
                anchor: place,
                id: CommentId::new(event.id, anchor.number),
                reply_to,
                revision: Some(revision),
                suggestion: event.files.suggestion(anchor.number),
                text: event.files.comment(anchor.number).map(str::to_owned),
                ..plain(event.id, author, String::new())
            };
            self.push(comment);
        }
    }

    /// Whether names are distinct and answers follow what they answer, as a snapshot must have it.
    pub(super) fn are_linked(&self) -> bool {
        let before =
            |id: &CommentId, at: usize| self.index.get(id).is_some_and(|found| *found < at);
        self.index.len() == self.list.len()
            && self
                .list
                .iter()
                .enumerate()
                .all(|(at, comment)| comment.reply_to.is_none_or(|to| before(&to, at)))
    }

    /// Whether every text, suggestion and reaction is gone, as a snapshot must have it.
    pub(super) fn is_bare(&self) -> bool {
        self.list.iter().all(|comment| {
            comment.text.is_none() && comment.suggestion.is_none() && comment.reactions.is_empty()
        })
    }
}

/// The comment that an event's own body is.
pub(super) fn plain(event: ObjectId, author: &str, text: String) -> Comment {
    Comment {
        anchor: None,
        author: author.to_owned(),
        edits: 0,
        id: CommentId::new(event, 0),
        reactions: Reactions::new(),
        reply_to: None,
        resolved_by: None,
        retracted: false,
        revision: None,
        suggestion: None,
        text: Some(text),
    }
}
