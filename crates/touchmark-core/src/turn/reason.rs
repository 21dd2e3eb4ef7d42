//! Why an object stands in an inbox, and where.

use std::fmt;

use crate::event::CommentId;
use crate::id::{Digest, ObjectId};

/// A part of an inbox, the weightiest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// Somebody waits for the person's review.
    Review,
    /// The person's own, to go on with.
    Returned,
    /// May land.
    Ready,
    /// The person was mentioned.
    Mentions,
    /// Given to the person.
    Assigned,
    /// Something happened that they want to hear of.
    Watching,
    /// The person's own, where others are next.
    Waiting,
}

impl Section {
    /// All of them, in their order.
    pub const ALL: [Self; 7] = [
        Self::Review,
        Self::Returned,
        Self::Ready,
        Self::Mentions,
        Self::Assigned,
        Self::Watching,
        Self::Waiting,
    ];

    /// The word for it in data and on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Review => "review",
            Self::Returned => "returned",
            Self::Ready => "ready",
            Self::Mentions => "mentions",
            Self::Assigned => "assigned",
            Self::Watching => "watching",
            Self::Waiting => "waiting",
        }
    }

    /// The heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Review => "Needs my review",
            Self::Returned => "Returned to me",
            Self::Ready => "Ready to land",
            Self::Mentions => "Mentions",
            Self::Assigned => "Assigned to me",
            Self::Watching => "Watching",
            Self::Waiting => "Waiting for others",
        }
    }
}

/// Why an object wants something of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A review is asked for, of the person or of a team of theirs.
    Asked {
        /// The name that stands in the list.
        party: String,
        /// The revision to review.
        revision: u32,
    },
    /// The person reviewed an older revision.
    Revised {
        /// That one.
        from: u32,
        /// The latest.
        to: u32,
    },
    /// Somebody asks for changes of the latest revision.
    ChangesAsked {
        /// Who.
        by: String,
        /// The review.
        event: ObjectId,
    },
    /// A thread on the person's change is open, and another had the last word.
    Unanswered {
        /// Who.
        by: String,
        /// That word.
        comment: CommentId,
    },
    /// The change does not go together with its target.
    Conflict {
        /// The revision.
        revision: u32,
        /// What the gate says.
        why: String,
    },
    /// A check says no.
    CheckFailed {
        /// The revision.
        revision: u32,
        /// What the gate says.
        why: String,
    },
    /// Nothing stands against its landing.
    MayLand {
        /// The revision.
        revision: u32,
    },
    /// A text mentions the person or a team of theirs.
    Mentioned {
        /// Who.
        by: String,
        /// The comment; `None` for the description.
        comment: Option<CommentId>,
    },
    /// It is assigned to the person or to a team of theirs.
    Assigned {
        /// The name that stands in the list.
        party: String,
    },
    /// Something happened to what the person watches.
    Moved {
        /// The last event.
        tip: ObjectId,
    },
    /// Others are next.
    Waits {
        /// Who is asked for a review; nobody is for a draft, or while nobody was asked.
        reviewers: Vec<String>,
        /// Whether it is a draft.
        draft: bool,
    },
}

impl Reason {
    /// Where it belongs.
    pub const fn section(&self) -> Section {
        match self {
            Self::Asked { .. } | Self::Revised { .. } => Section::Review,
            Self::ChangesAsked { .. }
            | Self::Unanswered { .. }
            | Self::Conflict { .. }
            | Self::CheckFailed { .. } => Section::Returned,
            Self::MayLand { .. } => Section::Ready,
            Self::Mentioned { .. } => Section::Mentions,
            Self::Assigned { .. } => Section::Assigned,
            Self::Moved { .. } => Section::Watching,
            Self::Waits { .. } => Section::Waiting,
        }
    }

    /// The word for it in data.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Asked { .. } => "asked",
            Self::Revised { .. } => "revised",
            Self::ChangesAsked { .. } => "changes-asked",
            Self::Unanswered { .. } => "unanswered",
            Self::Conflict { .. } => "conflict",
            Self::CheckFailed { .. } => "check-failed",
            Self::MayLand { .. } => "may-land",
            Self::Mentioned { .. } => "mentioned",
            Self::Assigned { .. } => "assigned",
            Self::Moved { .. } => "moved",
            Self::Waits { .. } => "waits",
        }
    }

    /// What tells this reason from one that is new: the same as long as nothing new concerns the person.
    pub fn key(&self) -> String {
        let word = self.word();
        match self {
            Self::Asked { revision, .. } | Self::MayLand { revision } => {
                format!("{word} {revision}")
            }
            Self::Revised { to, .. } => format!("{word} {to}"),
            Self::ChangesAsked { event, .. } => format!("{word} {event}"),
            Self::Unanswered { comment, .. } => format!("{word} {comment}"),
            Self::Conflict { revision, why } | Self::CheckFailed { revision, why } => {
                format!("{word} {revision} {}", Digest::of(why.as_bytes()))
            }
            Self::Mentioned { comment, .. } => match comment {
                Some(comment) => format!("{word} {comment}"),
                None => word.to_owned(),
            },
            Self::Assigned { .. } | Self::Waits { .. } => word.to_owned(),
            Self::Moved { tip } => format!("{word} {tip}"),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked { party, .. } if party.starts_with('@') => {
                write!(f, "{party} is asked for a review")
            }
            Self::Asked { .. } => f.write_str("you are asked for a review"),
            Self::Revised { from, to } => {
                write!(
                    f,
                    "revision {to} is new since your review of revision {from}"
                )
            }
            Self::ChangesAsked { by, .. } => write!(f, "{by} asks for changes"),
            Self::Unanswered { by, .. } => write!(f, "a thread waits for your answer to {by}"),
            Self::Conflict { why, .. } | Self::CheckFailed { why, .. } => f.write_str(why),
            Self::MayLand { .. } => f.write_str("nothing stands against its landing"),
            Self::Mentioned { by, comment: None } => {
                write!(f, "{by} mentions you in the description")
            }
            Self::Mentioned { by, .. } => write!(f, "{by} mentions you in a comment"),
            Self::Assigned { party } if party.starts_with('@') => {
                write!(f, "it is assigned to {party}")
            }
            Self::Assigned { .. } => f.write_str("it is assigned to you"),
            Self::Moved { .. } => f.write_str("something happened to it"),
            Self::Waits { draft: true, .. } => f.write_str("it is a draft"),
            Self::Waits { reviewers, .. } if reviewers.is_empty() => {
                f.write_str("nobody is asked for a review")
            }
            Self::Waits { reviewers, .. } => {
                write!(f, "{} is asked for a review", reviewers.join(", "))
            }
        }
    }
}
