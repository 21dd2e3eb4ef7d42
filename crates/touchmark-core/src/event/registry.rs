//! The registry's tables: kinds, rights, roles, logs, enumerations.
//!
//! Generated from `events.toml` by `cargo xtask generate`; do not edit.

use super::spec::{BodyUse, KeySpec, KindSpec, OrElse, Position, Repeat, TreeShape};

/// What a role lets its holders do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// open pull requests and issues
    Open,
    /// comment, reply, resolve one's own threads, join events
    Comment,
    /// give a verdict
    Review,
    /// label, assign, edit, close and reopen what others opened; resolve any thread
    Triage,
    /// edit and retract others' comments
    Moderate,
    /// add a revision to others' pull requests
    Revise,
    /// merge, or ask a land bot to
    Merge,
    /// push to branches that are not protected, and create tags
    Push,
    /// let a pull request land although its gate is shut, where the branch's rule names them
    Override,
    /// let a guest's contribution in
    Admit,
    /// propose a policy and record an endorsed one
    Propose,
    /// count as an admin
    Endorse,
    /// restart a log at a snapshot
    Redact,
    /// report check results
    Check,
    /// keep a merge queue and record bypasses
    Queue,
    /// record agent runs
    Run,
    /// sign receipts and archive folds
    Sequence,
    /// record outgoing deliveries
    Deliver,
    /// record what somebody pushed with a certificate
    Import,
}

impl Right {
    /// All of them, in the registry's order.
    pub const ALL: &[Self] = &[
        Self::Open,
        Self::Comment,
        Self::Review,
        Self::Triage,
        Self::Moderate,
        Self::Revise,
        Self::Merge,
        Self::Push,
        Self::Override,
        Self::Admit,
        Self::Propose,
        Self::Endorse,
        Self::Redact,
        Self::Check,
        Self::Queue,
        Self::Run,
        Self::Sequence,
        Self::Deliver,
        Self::Import,
    ];

    /// As it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Comment => "comment",
            Self::Review => "review",
            Self::Triage => "triage",
            Self::Moderate => "moderate",
            Self::Revise => "revise",
            Self::Merge => "merge",
            Self::Push => "push",
            Self::Override => "override",
            Self::Admit => "admit",
            Self::Propose => "propose",
            Self::Endorse => "endorse",
            Self::Redact => "redact",
            Self::Check => "check",
            Self::Queue => "queue",
            Self::Run => "run",
            Self::Sequence => "sequence",
            Self::Deliver => "deliver",
            Self::Import => "import",
        }
    }

    /// The one that is written like this.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "open" => Some(Self::Open),
            "comment" => Some(Self::Comment),
            "review" => Some(Self::Review),
            "triage" => Some(Self::Triage),
            "moderate" => Some(Self::Moderate),
            "revise" => Some(Self::Revise),
            "merge" => Some(Self::Merge),
            "push" => Some(Self::Push),
            "override" => Some(Self::Override),
            "admit" => Some(Self::Admit),
            "propose" => Some(Self::Propose),
            "endorse" => Some(Self::Endorse),
            "redact" => Some(Self::Redact),
            "check" => Some(Self::Check),
            "queue" => Some(Self::Queue),
            "run" => Some(Self::Run),
            "sequence" => Some(Self::Sequence),
            "deliver" => Some(Self::Deliver),
            "import" => Some(Self::Import),
            _ => None,
        }
    }
}

impl Right {
    /// What it lets one do, as in "may not …".
    pub const fn text(self) -> &'static str {
        match self {
            Self::Open => "open pull requests and issues",
            Self::Comment => "comment, reply, resolve one's own threads, join events",
            Self::Review => "give a verdict",
            Self::Triage => {
                "label, assign, edit, close and reopen what others opened; resolve any thread"
            }
            Self::Moderate => "edit and retract others' comments",
            Self::Revise => "add a revision to others' pull requests",
            Self::Merge => "merge, or ask a land bot to",
            Self::Push => "push to branches that are not protected, and create tags",
            Self::Override => {
                "let a pull request land although its gate is shut, where the branch's rule names them"
            }
            Self::Admit => "let a guest's contribution in",
            Self::Propose => "propose a policy and record an endorsed one",
            Self::Endorse => "count as an admin",
            Self::Redact => "restart a log at a snapshot",
            Self::Check => "report check results",
            Self::Queue => "keep a merge queue and record bypasses",
            Self::Run => "record agent runs",
            Self::Sequence => "sign receipts and archive folds",
            Self::Deliver => "record outgoing deliveries",
            Self::Import => "record what somebody pushed with a certificate",
        }
    }
}

/// The rights that the role `name` grants; `None` if there is no such role.
pub fn role_rights(name: &str) -> Option<&'static [Right]> {
    match name {
        "reporter" => Some(&[Right::Open, Right::Comment]),
        "contributor" => Some(&[Right::Open, Right::Comment, Right::Review, Right::Push]),
        "maintainer" => Some(&[
            Right::Open,
            Right::Comment,
            Right::Review,
            Right::Push,
            Right::Triage,
            Right::Moderate,
            Right::Revise,
            Right::Merge,
            Right::Admit,
            Right::Propose,
        ]),
        "admin" => Some(&[
            Right::Open,
            Right::Comment,
            Right::Review,
            Right::Push,
            Right::Triage,
            Right::Moderate,
            Right::Revise,
            Right::Merge,
            Right::Override,
            Right::Admit,
            Right::Propose,
            Right::Endorse,
            Right::Redact,
        ]),
        "ci" => Some(&[Right::Check]),
        "land" => Some(&[Right::Merge]),
        "queue" => Some(&[Right::Queue]),
        "agent" => Some(&[Right::Run, Right::Comment]),
        "edge" => Some(&[Right::Check, Right::Deliver, Right::Queue]),
        "import" => Some(&[Right::Import]),
        "sequencer" => Some(&[Right::Sequence]),
        _ => None,
    }
}

/// A type of log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogType {
    /// The policy's versions, one a commit.
    Policy,
    /// One policy proposal and what is said of it.
    Proposal,
    /// One pull request.
    Pr,
    /// One issue.
    Issue,
    /// Check results for one commit; `<commit>` is the commit that was checked.
    Check,
    /// The merge queue of one branch, and what bypassed it; `<branch>` is the branch's name without `refs/heads/`, slashes and all.
    Queue,
    /// One agent run.
    Run,
    /// One contribution by a key that the policy does not know; `<key>` is the SHA-256 of the public key blob in 64 hexadecimal digits.
    Guest,
    /// The sequencer's receipts.
    Receipts,
    /// Closed objects, folded.
    Archive,
    /// Outcomes of outgoing deliveries.
    Deliveries,
}

impl LogType {
    /// All of them, in the registry's order.
    pub const ALL: &[Self] = &[
        Self::Policy,
        Self::Proposal,
        Self::Pr,
        Self::Issue,
        Self::Check,
        Self::Queue,
        Self::Run,
        Self::Guest,
        Self::Receipts,
        Self::Archive,
        Self::Deliveries,
    ];

    /// As it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Proposal => "proposal",
            Self::Pr => "pr",
            Self::Issue => "issue",
            Self::Check => "check",
            Self::Queue => "queue",
            Self::Run => "run",
            Self::Guest => "guest",
            Self::Receipts => "receipts",
            Self::Archive => "archive",
            Self::Deliveries => "deliveries",
        }
    }

    /// The one that is written like this.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "policy" => Some(Self::Policy),
            "proposal" => Some(Self::Proposal),
            "pr" => Some(Self::Pr),
            "issue" => Some(Self::Issue),
            "check" => Some(Self::Check),
            "queue" => Some(Self::Queue),
            "run" => Some(Self::Run),
            "guest" => Some(Self::Guest),
            "receipts" => Some(Self::Receipts),
            "archive" => Some(Self::Archive),
            "deliveries" => Some(Self::Deliveries),
            _ => None,
        }
    }
}

/// What a review says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The signer approves this revision.
    Approve,
    /// The signer objects until they say otherwise.
    RequestChanges,
    /// Comments only; an earlier verdict of the signer stands.
    Comment,
    /// The signer takes their verdict back.
    Withdraw,
}

impl Verdict {
    /// All of them, in the registry's order.
    pub const ALL: &[Self] = &[
        Self::Approve,
        Self::RequestChanges,
        Self::Comment,
        Self::Withdraw,
    ];

    /// As it is written.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::RequestChanges => "request-changes",
            Self::Comment => "comment",
            Self::Withdraw => "withdraw",
        }
    }

    /// The one that is written like this.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "approve" => Some(Self::Approve),
            "request-changes" => Some(Self::RequestChanges),
            "comment" => Some(Self::Comment),
            "withdraw" => Some(Self::Withdraw),
            _ => None,
        }
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl super::value::Value for Verdict {
    fn parse(_kind: crate::id::HashKind, text: &str) -> Option<Self> {
        Self::from_word(text)
    }

    fn write(&self) -> String {
        self.word().to_owned()
    }
}

impl serde::Serialize for Verdict {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl<'de> serde::Deserialize<'de> for Verdict {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::from_word(&word)
            .ok_or_else(|| serde::de::Error::custom(format!("{word:?} is no Verdict")))
    }
}

/// How a pull request lands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MergeMethod {
    /// A merge commit of base and head.
    Merge,
    /// One commit with the whole change.
    Squash,
    /// The commits of the range, one by one, on the target.
    Rebase,
    /// The target moves to the head.
    FastForward,
}

impl MergeMethod {
    /// All of them, in the registry's order.
    pub const ALL: &[Self] = &[Self::Merge, Self::Squash, Self::Rebase, Self::FastForward];

    /// As it is written.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Squash => "squash",
            Self::Rebase => "rebase",
            Self::FastForward => "fast-forward",
        }
    }

    /// The one that is written like this.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "merge" => Some(Self::Merge),
            "squash" => Some(Self::Squash),
            "rebase" => Some(Self::Rebase),
            "fast-forward" => Some(Self::FastForward),
            _ => None,
        }
    }
}

impl std::fmt::Display for MergeMethod {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl super::value::Value for MergeMethod {
    fn parse(_kind: crate::id::HashKind, text: &str) -> Option<Self> {
        Self::from_word(text)
    }

    fn write(&self) -> String {
        self.word().to_owned()
    }
}

impl serde::Serialize for MergeMethod {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl<'de> serde::Deserialize<'de> for MergeMethod {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::from_word(&word)
            .ok_or_else(|| serde::de::Error::custom(format!("{word:?} is no MergeMethod")))
    }
}

/// What an admin says of a policy proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stance {
    /// The admin wants this policy.
    Endorse,
    /// The admin does not. An endorsement that was given before is a signed commit of its own, and still counts in a version that embeds it.
    Object,
}

impl Stance {
    /// All of them, in the registry's order.
    pub const ALL: &[Self] = &[Self::Endorse, Self::Object];

    /// As it is written.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Endorse => "endorse",
            Self::Object => "object",
        }
    }

    /// The one that is written like this.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "endorse" => Some(Self::Endorse),
            "object" => Some(Self::Object),
            _ => None,
        }
    }
}

impl std::fmt::Display for Stance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl super::value::Value for Stance {
    fn parse(_kind: crate::id::HashKind, text: &str) -> Option<Self> {
        Self::from_word(text)
    }

    fn write(&self) -> String {
        self.word().to_owned()
    }
}

impl serde::Serialize for Stance {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl<'de> serde::Deserialize<'de> for Stance {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::from_word(&word)
            .ok_or_else(|| serde::de::Error::custom(format!("{word:?} is no Stance")))
    }
}

/// Where a check or a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckStatus {
    /// It runs.
    Started,
    /// It ended well.
    Success,
    /// It ended and found a fault.
    Failure,
    /// It could not be carried out.
    Error,
    /// It was stopped.
    Cancelled,
    /// It did not apply.
    Skipped,
}

impl CheckStatus {
    /// All of them, in the registry's order.
    pub const ALL: &[Self] = &[
        Self::Started,
        Self::Success,
        Self::Failure,
        Self::Error,
        Self::Cancelled,
        Self::Skipped,
    ];

    /// As it is written.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Error => "error",
            Self::Cancelled => "cancelled",
            Self::Skipped => "skipped",
        }
    }

    /// The one that is written like this.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "started" => Some(Self::Started),
            "success" => Some(Self::Success),
            "failure" => Some(Self::Failure),
            "error" => Some(Self::Error),
            "cancelled" => Some(Self::Cancelled),
            "skipped" => Some(Self::Skipped),
            _ => None,
        }
    }
}

impl std::fmt::Display for CheckStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl super::value::Value for CheckStatus {
    fn parse(_kind: crate::id::HashKind, text: &str) -> Option<Self> {
        Self::from_word(text)
    }

    fn write(&self) -> String {
        self.word().to_owned()
    }
}

impl serde::Serialize for CheckStatus {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl<'de> serde::Deserialize<'de> for CheckStatus {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::from_word(&word)
            .ok_or_else(|| serde::de::Error::custom(format!("{word:?} is no CheckStatus")))
    }
}

/// Why a pull request left the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DequeueReason {
    /// It landed.
    Merged,
    /// A required check failed.
    Failed,
    /// It no longer merges.
    Conflict,
    /// A person took it out.
    Removed,
}

impl DequeueReason {
    /// All of them, in the registry's order.
    pub const ALL: &[Self] = &[Self::Merged, Self::Failed, Self::Conflict, Self::Removed];

    /// As it is written.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Merged => "merged",
            Self::Failed => "failed",
            Self::Conflict => "conflict",
            Self::Removed => "removed",
        }
    }

    /// The one that is written like this.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "merged" => Some(Self::Merged),
            "failed" => Some(Self::Failed),
            "conflict" => Some(Self::Conflict),
            "removed" => Some(Self::Removed),
            _ => None,
        }
    }
}

impl std::fmt::Display for DequeueReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl super::value::Value for DequeueReason {
    fn parse(_kind: crate::id::HashKind, text: &str) -> Option<Self> {
        Self::from_word(text)
    }

    fn write(&self) -> String {
        self.word().to_owned()
    }
}

impl serde::Serialize for DequeueReason {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl<'de> serde::Deserialize<'de> for DequeueReason {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::from_word(&word)
            .ok_or_else(|| serde::de::Error::custom(format!("{word:?} is no DequeueReason")))
    }
}

/// How an attempt to deliver ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeliveryOutcome {
    /// The receiver accepted it.
    Delivered,
    /// It failed and will be tried again.
    Retry,
    /// It failed and is parked.
    Dead,
}

impl DeliveryOutcome {
    /// All of them, in the registry's order.
    pub const ALL: &[Self] = &[Self::Delivered, Self::Retry, Self::Dead];

    /// As it is written.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Retry => "retry",
            Self::Dead => "dead",
        }
    }

    /// The one that is written like this.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "delivered" => Some(Self::Delivered),
            "retry" => Some(Self::Retry),
            "dead" => Some(Self::Dead),
            _ => None,
        }
    }
}

impl std::fmt::Display for DeliveryOutcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl super::value::Value for DeliveryOutcome {
    fn parse(_kind: crate::id::HashKind, text: &str) -> Option<Self> {
        Self::from_word(text)
    }

    fn write(&self) -> String {
        self.word().to_owned()
    }
}

impl serde::Serialize for DeliveryOutcome {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl<'de> serde::Deserialize<'de> for DeliveryOutcome {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::from_word(&word)
            .ok_or_else(|| serde::de::Error::custom(format!("{word:?} is no DeliveryOutcome")))
    }
}

/// What the sequencer did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decision {
    /// It accepted a push.
    Accepted,
    /// It finished or undid a push that a crash had cut short.
    Reconciled,
    /// It folded closed objects into the archive.
    Archived,
    /// It replaced a log by its snapshot.
    Redacted,
}

impl Decision {
    /// All of them, in the registry's order.
    pub const ALL: &[Self] = &[
        Self::Accepted,
        Self::Reconciled,
        Self::Archived,
        Self::Redacted,
    ];

    /// As it is written.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Reconciled => "reconciled",
            Self::Archived => "archived",
            Self::Redacted => "redacted",
        }
    }

    /// The one that is written like this.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "accepted" => Some(Self::Accepted),
            "reconciled" => Some(Self::Reconciled),
            "archived" => Some(Self::Archived),
            "redacted" => Some(Self::Redacted),
            _ => None,
        }
    }
}

impl std::fmt::Display for Decision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl super::value::Value for Decision {
    fn parse(_kind: crate::id::HashKind, text: &str) -> Option<Self> {
        Self::from_word(text)
    }

    fn write(&self) -> String {
        self.word().to_owned()
    }
}

impl serde::Serialize for Decision {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl<'de> serde::Deserialize<'de> for Decision {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::from_word(&word)
            .ok_or_else(|| serde::de::Error::custom(format!("{word:?} is no Decision")))
    }
}

/// The type of object that a snapshot restarts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    /// A pull request.
    Pr,
    /// An issue.
    Issue,
}

impl ObjectKind {
    /// All of them, in the registry's order.
    pub const ALL: &[Self] = &[Self::Pr, Self::Issue];

    /// As it is written.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pr => "pr",
            Self::Issue => "issue",
        }
    }

    /// The one that is written like this.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "pr" => Some(Self::Pr),
            "issue" => Some(Self::Issue),
            _ => None,
        }
    }
}

impl std::fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl super::value::Value for ObjectKind {
    fn parse(_kind: crate::id::HashKind, text: &str) -> Option<Self> {
        Self::from_word(text)
    }

    fn write(&self) -> String {
        self.word().to_owned()
    }
}

impl serde::Serialize for ObjectKind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl<'de> serde::Deserialize<'de> for ObjectKind {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::from_word(&word)
            .ok_or_else(|| serde::de::Error::custom(format!("{word:?} is no ObjectKind")))
    }
}

/// How one object is linked to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// The other one waits for it.
    Blocks,
    /// It is the same as the other one.
    Duplicates,
    /// When it is merged, the other one is done.
    Fixes,
    /// They have to do with each other.
    Relates,
}

impl Relation {
    /// All of them, in the registry's order.
    pub const ALL: &[Self] = &[Self::Blocks, Self::Duplicates, Self::Fixes, Self::Relates];

    /// As it is written.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Blocks => "blocks",
            Self::Duplicates => "duplicates",
            Self::Fixes => "fixes",
            Self::Relates => "relates",
        }
    }

    /// The one that is written like this.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "blocks" => Some(Self::Blocks),
            "duplicates" => Some(Self::Duplicates),
            "fixes" => Some(Self::Fixes),
            "relates" => Some(Self::Relates),
            _ => None,
        }
    }
}

impl std::fmt::Display for Relation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl super::value::Value for Relation {
    fn parse(_kind: crate::id::HashKind, text: &str) -> Option<Self> {
        Self::from_word(text)
    }

    fn write(&self) -> String {
        self.word().to_owned()
    }
}

impl serde::Serialize for Relation {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl<'de> serde::Deserialize<'de> for Relation {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::from_word(&word)
            .ok_or_else(|| serde::de::Error::custom(format!("{word:?} is no Relation")))
    }
}

/// A feeling, without a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reaction {
    /// I do not follow.
    Confused,
    /// I am looking.
    Eyes,
    /// I love it.
    Heart,
    /// Something to celebrate.
    Hooray,
    /// That is funny.
    Laugh,
    /// Off it goes.
    Rocket,
    /// I am against it.
    ThumbsDown,
    /// I am for it.
    ThumbsUp,
}

impl Reaction {
    /// All of them, in the registry's order.
    pub const ALL: &[Self] = &[
        Self::Confused,
        Self::Eyes,
        Self::Heart,
        Self::Hooray,
        Self::Laugh,
        Self::Rocket,
        Self::ThumbsDown,
        Self::ThumbsUp,
    ];

    /// As it is written.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Confused => "confused",
            Self::Eyes => "eyes",
            Self::Heart => "heart",
            Self::Hooray => "hooray",
            Self::Laugh => "laugh",
            Self::Rocket => "rocket",
            Self::ThumbsDown => "thumbs-down",
            Self::ThumbsUp => "thumbs-up",
        }
    }

    /// The one that is written like this.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "confused" => Some(Self::Confused),
            "eyes" => Some(Self::Eyes),
            "heart" => Some(Self::Heart),
            "hooray" => Some(Self::Hooray),
            "laugh" => Some(Self::Laugh),
            "rocket" => Some(Self::Rocket),
            "thumbs-down" => Some(Self::ThumbsDown),
            "thumbs-up" => Some(Self::ThumbsUp),
            _ => None,
        }
    }
}

impl std::fmt::Display for Reaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl super::value::Value for Reaction {
    fn parse(_kind: crate::id::HashKind, text: &str) -> Option<Self> {
        Self::from_word(text)
    }

    fn write(&self) -> String {
        self.word().to_owned()
    }
}

impl serde::Serialize for Reaction {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl<'de> serde::Deserialize<'de> for Reaction {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::from_word(&word)
            .ok_or_else(|| serde::de::Error::custom(format!("{word:?} is no Reaction")))
    }
}

/// What somebody wants to hear of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subscription {
    /// Everything.
    Watch,
    /// Nothing.
    Mute,
    /// What concerns them: their own, what they are assigned to or asked for, and where they are mentioned.
    Default,
}

impl Subscription {
    /// All of them, in the registry's order.
    pub const ALL: &[Self] = &[Self::Watch, Self::Mute, Self::Default];

    /// As it is written.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Watch => "watch",
            Self::Mute => "mute",
            Self::Default => "default",
        }
    }

    /// The one that is written like this.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "watch" => Some(Self::Watch),
            "mute" => Some(Self::Mute),
            "default" => Some(Self::Default),
            _ => None,
        }
    }
}

impl std::fmt::Display for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl super::value::Value for Subscription {
    fn parse(_kind: crate::id::HashKind, text: &str) -> Option<Self> {
        Self::from_word(text)
    }

    fn write(&self) -> String {
        self.word().to_owned()
    }
}

impl serde::Serialize for Subscription {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl<'de> serde::Deserialize<'de> for Subscription {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::from_word(&word)
            .ok_or_else(|| serde::de::Error::custom(format!("{word:?} is no Subscription")))
    }
}

/// A kind of event, with its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `policy/1`: One version of the policy; its tree is the policy. `Forge-Nonce` stands on the first version and only there; `Forge-Origin` only there.
    Policy,
    /// `proposal/1`: Proposes a policy: its tree, without `endorsements`.
    Proposal,
    /// `endorse/1`: An admin's word on the proposal. The commit itself is copied into the policy version as evidence, so it names all that it endorses.
    Endorse,
    /// `pr/1`: Opens a pull request: subject is the title, body the description.
    Pr,
    /// `import/1`: A server opens a pull request for somebody who pushed to `refs/for/<branch>` with stock git; the push certificate is its authority and its tree.
    Import,
    /// `issue/1`: Opens an issue: subject is the title, body the description.
    Issue,
    /// `revision/1`: A new revision of the code, for the same target or another one.
    Revision,
    /// `import-revision/1`: A server records a new revision for somebody who pushed to `refs/for/<branch>` with stock git.
    ImportRevision,
    /// `ready/1`: The draft is ready.
    Ready,
    /// `draft/1`: Not ready after all.
    Draft,
    /// `edit/1`: A new title and description.
    Edit,
    /// `label/1`: Adds and removes labels.
    Label,
    /// `assign/1`: Adds and removes assignees.
    Assign,
    /// `request-review/1`: Asks people or teams for a review, or no longer.
    RequestReview,
    /// `comment/1`: A comment on the object as a whole, or an answer to any comment. Its name is `<event>/0`.
    Comment,
    /// `comment-edit/1`: A new text for a comment.
    CommentEdit,
    /// `retract/1`: Takes a comment back; its text stays in the history.
    Retract,
    /// `resolve/1`: The thread that the comment starts is settled.
    Resolve,
    /// `unresolve/1`: The thread is open again.
    Unresolve,
    /// `review/1`: A review: one event and one signature, however many comments. The body is the summary. With verdict `comment` the right `comment` is enough.
    Review,
    /// `review/2`: A review, as review/1, whose comments may also be about the messages of commits.
    Review2,
    /// `link/1`: Links the object to others, or no longer. Whether these exist is not looked at: they may arrive after it.
    Link,
    /// `react/1`: Reacts to a comment, or without `Forge-Comment-Id` to the object's description.
    React,
    /// `subscribe/1`: Says what the signer wants to hear of the object. It stands in the record, so that whoever tells people things can honour it.
    Subscribe,
    /// `tombstone/1`: Hides the issue. Its history stays, for it is erased by `redact/1` alone.
    Tombstone,
    /// `restore/1`: Brings a deleted issue back.
    Restore,
    /// `override/1`: Somebody takes it on themselves to let the revision land without the approvals, checks or owners that it lacks; the body says why.
    Override,
    /// `merge-request/1`: A person asks a land bot to merge.
    MergeRequest,
    /// `merge/1`: The target branch moves, in the same transaction.
    Merge,
    /// `close/1`: Closes the object without merging.
    Close,
    /// `reopen/1`: Opens a closed object again.
    Reopen,
    /// `join/1`: Brings in events that others made on an older tip: the first parent is the log's tip, the second the last of those events.
    Join,
    /// `admit/1`: Lets a guest's contribution in, up to the tip that it names; it carries no approval.
    Admit,
    /// `snapshot/1`: Restarts an object whose history is erased: its tree holds the state without text, and the digests of the events that were dropped.
    Snapshot,
    /// `redact/1`: Why the object was restarted; the body gives the reason.
    Redact,
    /// `check/1`: A check starts, or ends with its result. Evidence (logs, SARIF, coverage) is the tree.
    Check,
    /// `queue/1`: Starts the log of a branch's merge queue.
    Queue,
    /// `enqueue/1`: A pull request enters the queue.
    Enqueue,
    /// `dequeue/1`: A pull request leaves the queue.
    Dequeue,
    /// `bypass/1`: The branch moved without the forge's gate; recorded by whoever noticed.
    Bypass,
    /// `run/1`: Starts an agent run: subject is the task in a line, body the whole task.
    Run,
    /// `run-step/1`: One step of the run, with its evidence.
    RunStep,
    /// `run-end/1`: The run ends.
    RunEnd,
    /// `receipt/1`: One accepted push: its tree is a snapshot of all other refs, and of the numbers given to objects.
    Receipt,
    /// `receipt/2`: One accepted push, as receipt/1, and beside the snapshot what the push changed and what was refused since the receipt before.
    Receipt2,
    /// `archive/1`: Closed objects are folded: parents beyond the first are their tips and, for pull requests, what `…/heads` held, each id once; the tree is the one before with the entries of these objects. The first archive commit is empty.
    Archive,
    /// `delivery/1`: One attempt to deliver; the body may hold the receiver's answer, shortened.
    Delivery,
}

impl Kind {
    /// All of them, in the registry's order.
    pub const ALL: &[Self] = &[
        Self::Policy,
        Self::Proposal,
        Self::Endorse,
        Self::Pr,
        Self::Import,
        Self::Issue,
        Self::Revision,
        Self::ImportRevision,
        Self::Ready,
        Self::Draft,
        Self::Edit,
        Self::Label,
        Self::Assign,
        Self::RequestReview,
        Self::Comment,
        Self::CommentEdit,
        Self::Retract,
        Self::Resolve,
        Self::Unresolve,
        Self::Review,
        Self::Review2,
        Self::Link,
        Self::React,
        Self::Subscribe,
        Self::Tombstone,
        Self::Restore,
        Self::Override,
        Self::MergeRequest,
        Self::Merge,
        Self::Close,
        Self::Reopen,
        Self::Join,
        Self::Admit,
        Self::Snapshot,
        Self::Redact,
        Self::Check,
        Self::Queue,
        Self::Enqueue,
        Self::Dequeue,
        Self::Bypass,
        Self::Run,
        Self::RunStep,
        Self::RunEnd,
        Self::Receipt,
        Self::Receipt2,
        Self::Archive,
        Self::Delivery,
    ];

    /// As it is written.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Policy => "policy/1",
            Self::Proposal => "proposal/1",
            Self::Endorse => "endorse/1",
            Self::Pr => "pr/1",
            Self::Import => "import/1",
            Self::Issue => "issue/1",
            Self::Revision => "revision/1",
            Self::ImportRevision => "import-revision/1",
            Self::Ready => "ready/1",
            Self::Draft => "draft/1",
            Self::Edit => "edit/1",
            Self::Label => "label/1",
            Self::Assign => "assign/1",
            Self::RequestReview => "request-review/1",
            Self::Comment => "comment/1",
            Self::CommentEdit => "comment-edit/1",
            Self::Retract => "retract/1",
            Self::Resolve => "resolve/1",
            Self::Unresolve => "unresolve/1",
            Self::Review => "review/1",
            Self::Review2 => "review/2",
            Self::Link => "link/1",
            Self::React => "react/1",
            Self::Subscribe => "subscribe/1",
            Self::Tombstone => "tombstone/1",
            Self::Restore => "restore/1",
            Self::Override => "override/1",
            Self::MergeRequest => "merge-request/1",
            Self::Merge => "merge/1",
            Self::Close => "close/1",
            Self::Reopen => "reopen/1",
            Self::Join => "join/1",
            Self::Admit => "admit/1",
            Self::Snapshot => "snapshot/1",
            Self::Redact => "redact/1",
            Self::Check => "check/1",
            Self::Queue => "queue/1",
            Self::Enqueue => "enqueue/1",
            Self::Dequeue => "dequeue/1",
            Self::Bypass => "bypass/1",
            Self::Run => "run/1",
            Self::RunStep => "run-step/1",
            Self::RunEnd => "run-end/1",
            Self::Receipt => "receipt/1",
            Self::Receipt2 => "receipt/2",
            Self::Archive => "archive/1",
            Self::Delivery => "delivery/1",
        }
    }

    /// The one that is written like this.
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag {
            "policy/1" => Some(Self::Policy),
            "proposal/1" => Some(Self::Proposal),
            "endorse/1" => Some(Self::Endorse),
            "pr/1" => Some(Self::Pr),
            "import/1" => Some(Self::Import),
            "issue/1" => Some(Self::Issue),
            "revision/1" => Some(Self::Revision),
            "import-revision/1" => Some(Self::ImportRevision),
            "ready/1" => Some(Self::Ready),
            "draft/1" => Some(Self::Draft),
            "edit/1" => Some(Self::Edit),
            "label/1" => Some(Self::Label),
            "assign/1" => Some(Self::Assign),
            "request-review/1" => Some(Self::RequestReview),
            "comment/1" => Some(Self::Comment),
            "comment-edit/1" => Some(Self::CommentEdit),
            "retract/1" => Some(Self::Retract),
            "resolve/1" => Some(Self::Resolve),
            "unresolve/1" => Some(Self::Unresolve),
            "review/1" => Some(Self::Review),
            "review/2" => Some(Self::Review2),
            "link/1" => Some(Self::Link),
            "react/1" => Some(Self::React),
            "subscribe/1" => Some(Self::Subscribe),
            "tombstone/1" => Some(Self::Tombstone),
            "restore/1" => Some(Self::Restore),
            "override/1" => Some(Self::Override),
            "merge-request/1" => Some(Self::MergeRequest),
            "merge/1" => Some(Self::Merge),
            "close/1" => Some(Self::Close),
            "reopen/1" => Some(Self::Reopen),
            "join/1" => Some(Self::Join),
            "admit/1" => Some(Self::Admit),
            "snapshot/1" => Some(Self::Snapshot),
            "redact/1" => Some(Self::Redact),
            "check/1" => Some(Self::Check),
            "queue/1" => Some(Self::Queue),
            "enqueue/1" => Some(Self::Enqueue),
            "dequeue/1" => Some(Self::Dequeue),
            "bypass/1" => Some(Self::Bypass),
            "run/1" => Some(Self::Run),
            "run-step/1" => Some(Self::RunStep),
            "run-end/1" => Some(Self::RunEnd),
            "receipt/1" => Some(Self::Receipt),
            "receipt/2" => Some(Self::Receipt2),
            "archive/1" => Some(Self::Archive),
            "delivery/1" => Some(Self::Delivery),
            _ => None,
        }
    }
}

impl Kind {
    /// What the registry says of the kind.
    pub const fn spec(self) -> &'static KindSpec {
        match self {
            Self::Policy => &POLICY_1,
            Self::Proposal => &PROPOSAL_1,
            Self::Endorse => &ENDORSE_1,
            Self::Pr => &PR_1,
            Self::Import => &IMPORT_1,
            Self::Issue => &ISSUE_1,
            Self::Revision => &REVISION_1,
            Self::ImportRevision => &IMPORT_REVISION_1,
            Self::Ready => &READY_1,
            Self::Draft => &DRAFT_1,
            Self::Edit => &EDIT_1,
            Self::Label => &LABEL_1,
            Self::Assign => &ASSIGN_1,
            Self::RequestReview => &REQUEST_REVIEW_1,
            Self::Comment => &COMMENT_1,
            Self::CommentEdit => &COMMENT_EDIT_1,
            Self::Retract => &RETRACT_1,
            Self::Resolve => &RESOLVE_1,
            Self::Unresolve => &UNRESOLVE_1,
            Self::Review => &REVIEW_1,
            Self::Review2 => &REVIEW_2,
            Self::Link => &LINK_1,
            Self::React => &REACT_1,
            Self::Subscribe => &SUBSCRIBE_1,
            Self::Tombstone => &TOMBSTONE_1,
            Self::Restore => &RESTORE_1,
            Self::Override => &OVERRIDE_1,
            Self::MergeRequest => &MERGE_REQUEST_1,
            Self::Merge => &MERGE_1,
            Self::Close => &CLOSE_1,
            Self::Reopen => &REOPEN_1,
            Self::Join => &JOIN_1,
            Self::Admit => &ADMIT_1,
            Self::Snapshot => &SNAPSHOT_1,
            Self::Redact => &REDACT_1,
            Self::Check => &CHECK_1,
            Self::Queue => &QUEUE_1,
            Self::Enqueue => &ENQUEUE_1,
            Self::Dequeue => &DEQUEUE_1,
            Self::Bypass => &BYPASS_1,
            Self::Run => &RUN_1,
            Self::RunStep => &RUN_STEP_1,
            Self::RunEnd => &RUN_END_1,
            Self::Receipt => &RECEIPT_1,
            Self::Receipt2 => &RECEIPT_2,
            Self::Archive => &ARCHIVE_1,
            Self::Delivery => &DELIVERY_1,
        }
    }
}

static POLICY_1: KindSpec = KindSpec {
    kind: Kind::Policy,
    logs: &[LogType::Policy],
    position: Position::Any,
    parents: (1, 1),
    keys: &[
        KeySpec {
            key: "Forge-Version",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Nonce",
            repeat: Repeat::Optional,
        },
        KeySpec {
            key: "Forge-Origin",
            repeat: Repeat::Optional,
        },
        KeySpec {
            key: "Forge-Proposal",
            repeat: Repeat::Optional,
        },
    ],
    body: BodyUse::Optional,
    tree: TreeShape::Policy,
    right: Right::Propose,
    or: None,
    open: false,
    user_subject: false,
};

static PROPOSAL_1: KindSpec = KindSpec {
    kind: Kind::Proposal,
    logs: &[LogType::Proposal],
    position: Position::Root,
    parents: (1, 1),
    keys: &[KeySpec {
        key: "Forge-Version",
        repeat: Repeat::One,
    }],
    body: BodyUse::Optional,
    tree: TreeShape::Policy,
    right: Right::Propose,
    or: None,
    open: false,
    user_subject: true,
};

static ENDORSE_1: KindSpec = KindSpec {
    kind: Kind::Endorse,
    logs: &[LogType::Proposal],
    position: Position::Later,
    parents: (1, 1),
    keys: &[
        KeySpec {
            key: "Forge-Version",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Tree",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Stance",
            repeat: Repeat::One,
        },
    ],
    body: BodyUse::Optional,
    tree: TreeShape::Empty,
    right: Right::Endorse,
    or: None,
    open: false,
    user_subject: false,
};

static PR_1: KindSpec = KindSpec {
    kind: Kind::Pr,
    logs: &[LogType::Pr, LogType::Guest],
    position: Position::Root,
    parents: (1, 1),
    keys: &[
        KeySpec {
            key: "Forge-Target",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Base",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Head",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Draft",
            repeat: Repeat::Optional,
        },
        KeySpec {
            key: "Forge-Label",
            repeat: Repeat::Many,
        },
        KeySpec {
            key: "Forge-Assignee",
            repeat: Repeat::Many,
        },
        KeySpec {
            key: "Forge-Reviewer",
            repeat: Repeat::Many,
        },
    ],
    body: BodyUse::Optional,
    tree: TreeShape::Empty,
    right: Right::Open,
    or: None,
    open: false,
    user_subject: true,
};

static IMPORT_1: KindSpec = KindSpec {
    kind: Kind::Import,
    logs: &[LogType::Pr],
    position: Position::Root,
    parents: (1, 1),
    keys: &[
        KeySpec {
            key: "Forge-Target",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Base",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Head",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Pusher",
            repeat: Repeat::One,
        },
    ],
    body: BodyUse::Optional,
    tree: TreeShape::Certificate,
    right: Right::Import,
    or: None,
    open: false,
    user_subject: true,
};

static ISSUE_1: KindSpec = KindSpec {
    kind: Kind::Issue,
    logs: &[LogType::Issue, LogType::Guest],
    position: Position::Root,
    parents: (1, 1),
    keys: &[
        KeySpec {
            key: "Forge-Label",
            repeat: Repeat::Many,
        },
        KeySpec {
            key: "Forge-Assignee",
            repeat: Repeat::Many,
        },
    ],
    body: BodyUse::Optional,
    tree: TreeShape::Empty,
    right: Right::Open,
    or: None,
    open: false,
    user_subject: true,
};

static REVISION_1: KindSpec = KindSpec {
    kind: Kind::Revision,
    logs: &[LogType::Pr, LogType::Guest],
    position: Position::Later,
    parents: (1, 1),
    keys: &[
        KeySpec {
            key: "Forge-Revision",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Target",
            repeat: Repeat::Optional,
        },
        KeySpec {
            key: "Forge-Base",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Head",
            repeat: Repeat::One,
        },
    ],
    body: BodyUse::Optional,
    tree: TreeShape::Empty,
    right: Right::Revise,
    or: Some(OrElse::Author),
    open: true,
    user_subject: false,
};

static IMPORT_REVISION_1: KindSpec = KindSpec {
    kind: Kind::ImportRevision,
    logs: &[LogType::Pr],
    position: Position::Later,
    parents: (1, 1),
    keys: &[
        KeySpec {
            key: "Forge-Revision",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Base",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Head",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Pusher",
            repeat: Repeat::One,
        },
    ],
    body: BodyUse::Optional,
    tree: TreeShape::Certificate,
    right: Right::Import,
    or: None,
    open: true,
    user_subject: false,
};

static READY_1: KindSpec = KindSpec {
    kind: Kind::Ready,
    logs: &[LogType::Pr, LogType::Guest],
    position: Position::Later,
    parents: (1, 1),
    keys: &[],
    body: BodyUse::None,
    tree: TreeShape::Empty,
    right: Right::Triage,
    or: Some(OrElse::Author),
    open: true,
    user_subject: false,
};

static DRAFT_1: KindSpec = KindSpec {
    kind: Kind::Draft,
    logs: &[LogType::Pr, LogType::Guest],
    position: Position::Later,
    parents: (1, 1),
    keys: &[],
    body: BodyUse::None,
    tree: TreeShape::Empty,
    right: Right::Triage,
    or: Some(OrElse::Author),
    open: true,
    user_subject: false,
};

static EDIT_1: KindSpec = KindSpec {
    kind: Kind::Edit,
    logs: &[
        LogType::Pr,
        LogType::Issue,
        LogType::Proposal,
        LogType::Guest,
    ],
    position: Position::Later,
    parents: (1, 1),
    keys: &[],
    body: BodyUse::Optional,
    tree: TreeShape::Empty,
    right: Right::Triage,
    or: Some(OrElse::Author),
    open: false,
    user_subject: true,
};

static LABEL_1: KindSpec = KindSpec {
    kind: Kind::Label,
    logs: &[LogType::Pr, LogType::Issue, LogType::Guest],
    position: Position::Later,
    parents: (1, 1),
    keys: &[KeySpec {
        key: "Forge-Label",
        repeat: Repeat::Several,
    }],
    body: BodyUse::None,
    tree: TreeShape::Empty,
    right: Right::Triage,
    or: Some(OrElse::Author),
    open: false,
    user_subject: false,
};

static ASSIGN_1: KindSpec = KindSpec {
    kind: Kind::Assign,
    logs: &[LogType::Pr, LogType::Issue, LogType::Guest],
    position: Position::Later,
    parents: (1, 1),
    keys: &[KeySpec {
        key: "Forge-Assignee",
        repeat: Repeat::Several,
    }],
    body: BodyUse::None,
    tree: TreeShape::Empty,
    right: Right::Triage,
    or: Some(OrElse::Author),
    open: false,
    user_subject: false,
};

static REQUEST_REVIEW_1: KindSpec = KindSpec {
    kind: Kind::RequestReview,
    logs: &[LogType::Pr, LogType::Guest],
    position: Position::Later,
    parents: (1, 1),
    keys: &[KeySpec {
        key: "Forge-Reviewer",
        repeat: Repeat::Several,
    }],
    body: BodyUse::None,
    tree: TreeShape::Empty,
    right: Right::Triage,
    or: Some(OrElse::Author),
    open: true,
    user_subject: false,
};

static COMMENT_1: KindSpec = KindSpec {
    kind: Kind::Comment,
    logs: &[
        LogType::Pr,
        LogType::Issue,
        LogType::Proposal,
        LogType::Guest,
    ],
    position: Position::Later,
    parents: (1, 1),
    keys: &[KeySpec {
        key: "Forge-Reply",
        repeat: Repeat::Optional,
    }],
    body: BodyUse::Required,
    tree: TreeShape::Empty,
    right: Right::Comment,
    or: None,
    open: false,
    user_subject: false,
};

static COMMENT_EDIT_1: KindSpec = KindSpec {
    kind: Kind::CommentEdit,
    logs: &[
        LogType::Pr,
        LogType::Issue,
        LogType::Proposal,
        LogType::Guest,
    ],
    position: Position::Later,
    parents: (1, 1),
    keys: &[KeySpec {
        key: "Forge-Comment-Id",
        repeat: Repeat::One,
    }],
    body: BodyUse::Required,
    tree: TreeShape::Empty,
    right: Right::Moderate,
    or: Some(OrElse::CommentAuthor),
    open: false,
    user_subject: false,
};

static RETRACT_1: KindSpec = KindSpec {
    kind: Kind::Retract,
    logs: &[
        LogType::Pr,
        LogType::Issue,
        LogType::Proposal,
        LogType::Guest,
    ],
    position: Position::Later,
    parents: (1, 1),
    keys: &[KeySpec {
        key: "Forge-Comment-Id",
        repeat: Repeat::One,
    }],
    body: BodyUse::Optional,
    tree: TreeShape::Empty,
    right: Right::Moderate,
    or: Some(OrElse::CommentAuthor),
    open: false,
    user_subject: false,
};

static RESOLVE_1: KindSpec = KindSpec {
    kind: Kind::Resolve,
    logs: &[
        LogType::Pr,
        LogType::Issue,
        LogType::Proposal,
        LogType::Guest,
    ],
    position: Position::Later,
    parents: (1, 1),
    keys: &[KeySpec {
        key: "Forge-Comment-Id",
        repeat: Repeat::One,
    }],
    body: BodyUse::None,
    tree: TreeShape::Empty,
    right: Right::Triage,
    or: Some(OrElse::Thread),
    open: false,
    user_subject: false,
};

static UNRESOLVE_1: KindSpec = KindSpec {
    kind: Kind::Unresolve,
    logs: &[
        LogType::Pr,
        LogType::Issue,
        LogType::Proposal,
        LogType::Guest,
    ],
    position: Position::Later,
    parents: (1, 1),
    keys: &[KeySpec {
        key: "Forge-Comment-Id",
        repeat: Repeat::One,
    }],
    body: BodyUse::None,
    tree: TreeShape::Empty,
    right: Right::Triage,
    or: Some(OrElse::Thread),
    open: false,
    user_subject: false,
};

static REVIEW_1: KindSpec = KindSpec {
    kind: Kind::Review,
    logs: &[LogType::Pr, LogType::Guest],
    position: Position::Later,
    parents: (1, 1),
    keys: &[
        KeySpec {
            key: "Forge-Revision",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Verdict",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Base",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Head",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Comment",
            repeat: Repeat::Many,
        },
    ],
    body: BodyUse::Optional,
    tree: TreeShape::Review,
    right: Right::Review,
    or: None,
    open: false,
    user_subject: false,
};

static REVIEW_2: KindSpec = KindSpec {
    kind: Kind::Review2,
    logs: &[LogType::Pr, LogType::Guest],
    position: Position::Later,
    parents: (1, 1),
    keys: &[
        KeySpec {
            key: "Forge-Revision",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Verdict",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Base",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Head",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Anchor",
            repeat: Repeat::Many,
        },
    ],
    body: BodyUse::Optional,
    tree: TreeShape::Review,
    right: Right::Review,
    or: None,
    open: false,
    user_subject: false,
};

static LINK_1: KindSpec = KindSpec {
    kind: Kind::Link,
    logs: &[LogType::Pr, LogType::Issue],
    position: Position::Later,
    parents: (1, 1),
    keys: &[KeySpec {
        key: "Forge-Link",
        repeat: Repeat::Several,
    }],
    body: BodyUse::None,
    tree: TreeShape::Empty,
    right: Right::Triage,
    or: Some(OrElse::Author),
    open: false,
    user_subject: false,
};

static REACT_1: KindSpec = KindSpec {
    kind: Kind::React,
    logs: &[LogType::Pr, LogType::Issue],
    position: Position::Later,
    parents: (1, 1),
    keys: &[
        KeySpec {
            key: "Forge-Comment-Id",
            repeat: Repeat::Optional,
        },
        KeySpec {
            key: "Forge-Reaction",
            repeat: Repeat::Several,
        },
    ],
    body: BodyUse::None,
    tree: TreeShape::Empty,
    right: Right::Comment,
    or: None,
    open: false,
    user_subject: false,
};

static SUBSCRIBE_1: KindSpec = KindSpec {
    kind: Kind::Subscribe,
    logs: &[LogType::Pr, LogType::Issue],
    position: Position::Later,
    parents: (1, 1),
    keys: &[KeySpec {
        key: "Forge-Subscription",
        repeat: Repeat::One,
    }],
    body: BodyUse::None,
    tree: TreeShape::Empty,
    right: Right::Comment,
    or: None,
    open: false,
    user_subject: false,
};

static TOMBSTONE_1: KindSpec = KindSpec {
    kind: Kind::Tombstone,
    logs: &[LogType::Issue],
    position: Position::Later,
    parents: (1, 1),
    keys: &[],
    body: BodyUse::Optional,
    tree: TreeShape::Empty,
    right: Right::Moderate,
    or: None,
    open: false,
    user_subject: false,
};

static RESTORE_1: KindSpec = KindSpec {
    kind: Kind::Restore,
    logs: &[LogType::Issue],
    position: Position::Later,
    parents: (1, 1),
    keys: &[],
    body: BodyUse::Optional,
    tree: TreeShape::Empty,
    right: Right::Moderate,
    or: None,
    open: false,
    user_subject: false,
};

static OVERRIDE_1: KindSpec = KindSpec {
    kind: Kind::Override,
    logs: &[LogType::Pr],
    position: Position::Later,
    parents: (1, 1),
    keys: &[
        KeySpec {
            key: "Forge-Revision",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Base",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Head",
            repeat: Repeat::One,
        },
    ],
    body: BodyUse::Required,
    tree: TreeShape::Empty,
    right: Right::Override,
    or: None,
    open: true,
    user_subject: false,
};

static MERGE_REQUEST_1: KindSpec = KindSpec {
    kind: Kind::MergeRequest,
    logs: &[LogType::Pr],
    position: Position::Later,
    parents: (1, 1),
    keys: &[
        KeySpec {
            key: "Forge-Revision",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Base",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Head",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Method",
            repeat: Repeat::One,
        },
    ],
    body: BodyUse::Optional,
    tree: TreeShape::Empty,
    right: Right::Merge,
    or: None,
    open: true,
    user_subject: false,
};

static MERGE_1: KindSpec = KindSpec {
    kind: Kind::Merge,
    logs: &[LogType::Pr],
    position: Position::Later,
    parents: (1, 1),
    keys: &[
        KeySpec {
            key: "Forge-Target",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Revision",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Base",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Head",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Old",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-New",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Tree",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Method",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Semantics",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Request",
            repeat: Repeat::Optional,
        },
        KeySpec {
            key: "Forge-Evidence",
            repeat: Repeat::Many,
        },
        KeySpec {
            key: "Forge-Time",
            repeat: Repeat::One,
        },
    ],
    body: BodyUse::Optional,
    tree: TreeShape::Empty,
    right: Right::Merge,
    or: None,
    open: true,
    user_subject: false,
};

static CLOSE_1: KindSpec = KindSpec {
    kind: Kind::Close,
    logs: &[
        LogType::Pr,
        LogType::Issue,
        LogType::Proposal,
        LogType::Guest,
    ],
    position: Position::Later,
    parents: (1, 1),
    keys: &[],
    body: BodyUse::Optional,
    tree: TreeShape::Empty,
    right: Right::Triage,
    or: Some(OrElse::Author),
    open: true,
    user_subject: false,
};

static REOPEN_1: KindSpec = KindSpec {
    kind: Kind::Reopen,
    logs: &[
        LogType::Pr,
        LogType::Issue,
        LogType::Proposal,
        LogType::Guest,
    ],
    position: Position::Later,
    parents: (1, 1),
    keys: &[],
    body: BodyUse::Optional,
    tree: TreeShape::Empty,
    right: Right::Triage,
    or: Some(OrElse::Author),
    open: false,
    user_subject: false,
};

static JOIN_1: KindSpec = KindSpec {
    kind: Kind::Join,
    logs: &[
        LogType::Pr,
        LogType::Issue,
        LogType::Proposal,
        LogType::Guest,
    ],
    position: Position::Later,
    parents: (2, 2),
    keys: &[],
    body: BodyUse::None,
    tree: TreeShape::Empty,
    right: Right::Comment,
    or: None,
    open: false,
    user_subject: false,
};

static ADMIT_1: KindSpec = KindSpec {
    kind: Kind::Admit,
    logs: &[LogType::Pr, LogType::Issue],
    position: Position::Later,
    parents: (1, 1),
    keys: &[
        KeySpec {
            key: "Forge-Guest",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Object",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Tip",
            repeat: Repeat::One,
        },
    ],
    body: BodyUse::Optional,
    tree: TreeShape::Empty,
    right: Right::Admit,
    or: None,
    open: false,
    user_subject: false,
};

static SNAPSHOT_1: KindSpec = KindSpec {
    kind: Kind::Snapshot,
    logs: &[LogType::Pr, LogType::Issue],
    position: Position::Root,
    parents: (1, 1),
    keys: &[
        KeySpec {
            key: "Forge-Type",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Object",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Tip",
            repeat: Repeat::One,
        },
    ],
    body: BodyUse::None,
    tree: TreeShape::Snapshot,
    right: Right::Redact,
    or: None,
    open: false,
    user_subject: false,
};

static REDACT_1: KindSpec = KindSpec {
    kind: Kind::Redact,
    logs: &[LogType::Pr, LogType::Issue],
    position: Position::Later,
    parents: (1, 1),
    keys: &[
        KeySpec {
            key: "Forge-Object",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Tip",
            repeat: Repeat::One,
        },
    ],
    body: BodyUse::Required,
    tree: TreeShape::Empty,
    right: Right::Redact,
    or: None,
    open: false,
    user_subject: false,
};

static CHECK_1: KindSpec = KindSpec {
    kind: Kind::Check,
    logs: &[LogType::Check],
    position: Position::Any,
    parents: (1, 1),
    keys: &[
        KeySpec {
            key: "Forge-Commit",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Tree",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Check",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Status",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Url",
            repeat: Repeat::Optional,
        },
        KeySpec {
            key: "Forge-Time",
            repeat: Repeat::One,
        },
    ],
    body: BodyUse::Optional,
    tree: TreeShape::Evidence,
    right: Right::Check,
    or: None,
    open: false,
    user_subject: false,
};

static QUEUE_1: KindSpec = KindSpec {
    kind: Kind::Queue,
    logs: &[LogType::Queue],
    position: Position::Root,
    parents: (1, 1),
    keys: &[KeySpec {
        key: "Forge-Target",
        repeat: Repeat::One,
    }],
    body: BodyUse::None,
    tree: TreeShape::Empty,
    right: Right::Queue,
    or: None,
    open: false,
    user_subject: false,
};

static ENQUEUE_1: KindSpec = KindSpec {
    kind: Kind::Enqueue,
    logs: &[LogType::Queue],
    position: Position::Later,
    parents: (1, 1),
    keys: &[
        KeySpec {
            key: "Forge-Pull-Request",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Revision",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Head",
            repeat: Repeat::One,
        },
    ],
    body: BodyUse::None,
    tree: TreeShape::Empty,
    right: Right::Queue,
    or: None,
    open: false,
    user_subject: false,
};

static DEQUEUE_1: KindSpec = KindSpec {
    kind: Kind::Dequeue,
    logs: &[LogType::Queue],
    position: Position::Later,
    parents: (1, 1),
    keys: &[
        KeySpec {
            key: "Forge-Pull-Request",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Reason",
            repeat: Repeat::One,
        },
    ],
    body: BodyUse::Optional,
    tree: TreeShape::Empty,
    right: Right::Queue,
    or: None,
    open: false,
    user_subject: false,
};

static BYPASS_1: KindSpec = KindSpec {
    kind: Kind::Bypass,
    logs: &[LogType::Queue],
    position: Position::Later,
    parents: (1, 1),
    keys: &[
        KeySpec {
            key: "Forge-Target",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Old",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-New",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Pusher",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Time",
            repeat: Repeat::One,
        },
    ],
    body: BodyUse::Optional,
    tree: TreeShape::Empty,
    right: Right::Queue,
    or: None,
    open: false,
    user_subject: false,
};

static RUN_1: KindSpec = KindSpec {
    kind: Kind::Run,
    logs: &[LogType::Run],
    position: Position::Root,
    parents: (1, 1),
    keys: &[
        KeySpec {
            key: "Forge-Agent",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Time",
            repeat: Repeat::One,
        },
    ],
    body: BodyUse::Optional,
    tree: TreeShape::Empty,
    right: Right::Run,
    or: None,
    open: false,
    user_subject: true,
};

static RUN_STEP_1: KindSpec = KindSpec {
    kind: Kind::RunStep,
    logs: &[LogType::Run],
    position: Position::Later,
    parents: (1, 1),
    keys: &[
        KeySpec {
            key: "Forge-Step",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Status",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Time",
            repeat: Repeat::One,
        },
    ],
    body: BodyUse::Optional,
    tree: TreeShape::Evidence,
    right: Right::Run,
    or: None,
    open: false,
    user_subject: false,
};

static RUN_END_1: KindSpec = KindSpec {
    kind: Kind::RunEnd,
    logs: &[LogType::Run],
    position: Position::Later,
    parents: (1, 1),
    keys: &[
        KeySpec {
            key: "Forge-Status",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Evidence",
            repeat: Repeat::Many,
        },
        KeySpec {
            key: "Forge-Time",
            repeat: Repeat::One,
        },
    ],
    body: BodyUse::Optional,
    tree: TreeShape::Empty,
    right: Right::Run,
    or: None,
    open: false,
    user_subject: false,
};

static RECEIPT_1: KindSpec = KindSpec {
    kind: Kind::Receipt,
    logs: &[LogType::Receipts],
    position: Position::Any,
    parents: (1, 1),
    keys: &[
        KeySpec {
            key: "Forge-Sequence",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Pusher",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Time",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Decision",
            repeat: Repeat::One,
        },
    ],
    body: BodyUse::None,
    tree: TreeShape::Receipt,
    right: Right::Sequence,
    or: None,
    open: false,
    user_subject: false,
};

static RECEIPT_2: KindSpec = KindSpec {
    kind: Kind::Receipt2,
    logs: &[LogType::Receipts],
    position: Position::Any,
    parents: (1, 1),
    keys: &[
        KeySpec {
            key: "Forge-Sequence",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Pusher",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Time",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Decision",
            repeat: Repeat::One,
        },
    ],
    body: BodyUse::None,
    tree: TreeShape::Receipt2,
    right: Right::Sequence,
    or: None,
    open: false,
    user_subject: false,
};

static ARCHIVE_1: KindSpec = KindSpec {
    kind: Kind::Archive,
    logs: &[LogType::Archive],
    position: Position::Any,
    parents: (1, 101),
    keys: &[
        KeySpec {
            key: "Forge-Sequence",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Time",
            repeat: Repeat::One,
        },
    ],
    body: BodyUse::None,
    tree: TreeShape::Archive,
    right: Right::Sequence,
    or: None,
    open: false,
    user_subject: false,
};

static DELIVERY_1: KindSpec = KindSpec {
    kind: Kind::Delivery,
    logs: &[LogType::Deliveries],
    position: Position::Any,
    parents: (1, 1),
    keys: &[
        KeySpec {
            key: "Forge-Delivery",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Attempt",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Outcome",
            repeat: Repeat::One,
        },
        KeySpec {
            key: "Forge-Time",
            repeat: Repeat::One,
        },
    ],
    body: BodyUse::Optional,
    tree: TreeShape::Empty,
    right: Right::Deliver,
    or: None,
    open: false,
    user_subject: false,
};

/// Ranges of code points, both ends included, that came after Unicode 14.0 and would not be inert in newer tables.
pub const NFC_INERT: &[(u32, u32)] = &[
    (0x5c8, 0x5c9),
    (0x897, 0x897),
    (0x1acf, 0x1af0),
    (0x105c9, 0x105c9),
    (0x105d2, 0x105d2),
    (0x105da, 0x105da),
    (0x105e4, 0x105e4),
    (0x10d69, 0x10d6d),
    (0x10ecb, 0x10ecf),
    (0x10ef0, 0x10efb),
    (0x10efd, 0x10eff),
    (0x11382, 0x11385),
    (0x1138b, 0x1138b),
    (0x1138e, 0x1138e),
    (0x11390, 0x11391),
    (0x113b8, 0x113b8),
    (0x113bb, 0x113bb),
    (0x113c2, 0x113c2),
    (0x113c5, 0x113c5),
    (0x113c7, 0x113c9),
    (0x113ce, 0x113d0),
    (0x11f41, 0x11f42),
    (0x1611e, 0x16129),
    (0x1612f, 0x1612f),
    (0x16d63, 0x16d63),
    (0x16d67, 0x16d6a),
    (0x1d127, 0x1d128),
    (0x1d250, 0x1d252),
    (0x1d25b, 0x1d25c),
    (0x1d25f, 0x1d25f),
    (0x1d280, 0x1d281),
    (0x1e08f, 0x1e08f),
    (0x1e4ec, 0x1e4ef),
    (0x1e5ee, 0x1e5ef),
    (0x1e6e3, 0x1e6e3),
    (0x1e6e6, 0x1e6e6),
    (0x1e6ee, 0x1e6ef),
    (0x1e6f5, 0x1e6f5),
];
