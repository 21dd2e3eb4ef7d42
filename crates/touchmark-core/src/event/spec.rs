//! What the registry says of a kind; the tables themselves are generated.

use super::registry::{Kind, LogType, Right};

/// What the registry says of a kind.
#[derive(Debug)]
pub struct KindSpec {
    /// The kind.
    pub kind: Kind,
    /// The types of log that it may stand in.
    pub logs: &'static [LogType],
    /// Whether it starts a log, follows, or both.
    pub position: Position,
    /// The least and the greatest number of parents of an event that has some.
    pub parents: (u16, u16),
    /// Its own keys, in order.
    pub keys: &'static [KeySpec],
    /// Whether it has a body.
    pub body: BodyUse,
    /// What its tree holds.
    pub tree: TreeShape,
    /// What its signer needs.
    pub right: Right,
    /// Who may sign it without that right.
    pub or: Option<OrElse>,
    /// Whether the object must be open.
    pub open: bool,
    /// Whether the subject is the user's own text.
    pub user_subject: bool,
}

/// A key as a kind uses it.
#[derive(Debug)]
pub struct KeySpec {
    /// The key.
    pub key: &'static str,
    /// How often it stands.
    pub repeat: Repeat,
}

/// How often a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Exactly once.
    One,
    /// At most once.
    Optional,
    /// Any number of times.
    Many,
    /// At least once.
    Several,
}

/// Where a kind stands in its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// It starts a log.
    Root,
    /// It follows another event.
    Later,
    /// Either.
    Any,
}

/// Whether a kind has a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyUse {
    /// It must.
    Required,
    /// It may.
    Optional,
    /// It must not.
    None,
}

/// What the tree of a kind holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TreeShape {
    /// Nothing.
    Empty,
    /// A policy's files.
    Policy,
    /// Comments and suggestions.
    Review,
    /// Any files.
    Evidence,
    /// A state and the digests of dropped events.
    Snapshot,
    /// A snapshot of refs.
    Receipt,
    /// A snapshot of refs, and what led to it.
    Receipt2,
    /// A push certificate.
    Certificate,
    /// Ids of objects and their tips.
    Archive,
}

/// Who may sign an event without the right that its kind needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrElse {
    /// Whoever opened the object.
    Author,
    /// Whoever wrote the comment that the event is about.
    CommentAuthor,
    /// Whoever wrote the comment that starts the thread, or opened the object.
    Thread,
}
