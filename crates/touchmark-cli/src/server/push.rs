//! A push as the hooks see it, and what judging it comes to.

use serde::{Deserialize, Serialize};
use touchmark_core::id::ObjectId;
use touchmark_git::{Incoming, RefEdit};

use super::pusher::PusherFacts;
use super::receipt::Seal;

/// A push as the hooks see it.
///
/// Every push is applied as a whole, whether the client asked for that (`--atomic`) or not, so that is not part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Push {
    /// What it asks for, in the client's order; no ref occurs twice.
    pub(crate) commands: Vec<Command>,
    /// Who pushes, as far as the transport knows.
    pub(crate) pusher: PusherFacts,
    /// What the client said with `-o`, in order.
    pub(crate) options: Vec<String>,
    /// How much it brings, which is known only while its objects are apart from the repository.
    pub(crate) brings: Incoming,
    /// When it is judged, in seconds since 1970.
    pub(crate) now: i64,
}

/// One ref that a push asks to change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Command {
    /// The full name, by git's rules for names.
    pub(crate) name: String,
    /// What the client saw there; `None` for no ref.
    pub(crate) old: Option<ObjectId>,
    /// What it is to hold; `None` to delete it. Never equal to `old` when both are `None`.
    pub(crate) new: Option<ObjectId>,
}

/// What is to happen with a push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Decision {
    /// What moves. It may name other refs than the commands do: a push to `refs/for/main` makes a log of its own.
    pub(crate) changes: Vec<RefEdit>,
    /// Refs that the decision rests on, with what they held; they are verified in the transaction.
    pub(crate) reads: Vec<(String, Option<ObjectId>)>,
    /// The policy that the push was judged by.
    pub(crate) policy: Option<ObjectId>,
    /// What the client is told of each command, in their order.
    pub(crate) reports: Vec<Report>,
    /// Lines for the pusher.
    pub(crate) notes: Vec<String>,
    /// What the receipt says beside what moves.
    pub(crate) seal: Seal,
}

/// What the client is told of one command that was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Report {
    /// The command's ref.
    pub(crate) name: String,
    /// What was done instead, if it is something else than the command says; often nothing, sometimes several refs.
    pub(crate) landings: Vec<Landing>,
}

/// A ref that a command moved though it asked for another one, or to another place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Landing {
    /// The ref, if it is not the command's.
    pub(crate) name: Option<String>,
    /// What it held before, if that is not the command's old value; all zeros for no ref.
    pub(crate) old: Option<ObjectId>,
    /// What it holds now, if that is not the command's new value; all zeros for no ref.
    pub(crate) new: Option<ObjectId>,
    /// Whether it was not a fast-forward.
    pub(crate) forced: bool,
}
