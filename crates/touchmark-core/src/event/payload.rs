//! What each kind of event says, typed.
//!
//! Generated from `events.toml` by `cargo xtask generate`; do not edit.

use super::registry::{
    CheckStatus, Decision, DeliveryOutcome, DequeueReason, MergeMethod, ObjectKind, Stance,
    Subscription, Verdict,
};
use super::value::{
    Anchor, Anchor2, CommentId, LabelChange, Line, LinkChange, Name, Nonce, PersonChange, Pusher,
    ReactionChange, RefName, Time, Url,
};
use crate::id::{Digest, ObjectId};
use crate::sign::Fingerprint;

/// `policy/1`: One version of the policy; its tree is the policy. `Forge-Nonce` stands on the first version and only there; `Forge-Origin` only there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// `Forge-Version`: The policy's version.
    pub version: u32,
    /// `Forge-Nonce`: Makes the repository's id its own even if two are made alike.
    pub nonce: Option<Nonce>,
    /// `Forge-Origin`: The repository id that this one was forked from.
    pub origin: Option<Digest>,
    /// `Forge-Proposal`: The proposal that led to this policy.
    pub proposal: Option<ObjectId>,
}

/// `proposal/1`: Proposes a policy: its tree, without `endorsements`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// `Forge-Version`: The policy's version.
    pub version: u32,
}

/// `endorse/1`: An admin's word on the proposal. The commit itself is copied into the policy version as evidence, so it names all that it endorses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endorse {
    /// `Forge-Version`: The policy's version.
    pub version: u32,
    /// `Forge-Tree`: A tree: of the policy that is endorsed, of the commit that was checked, or of the merge's result.
    pub tree_id: ObjectId,
    /// `Forge-Stance`: What the admin says.
    pub stance: Stance,
}

/// `pr/1`: Opens a pull request: subject is the title, body the description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pr {
    /// `Forge-Target`: The branch that the change is for.
    pub target: RefName,
    /// `Forge-Base`: The merge base of target and head when the revision was made.
    pub base: ObjectId,
    /// `Forge-Head`: The revision's last commit.
    pub head: ObjectId,
    /// `Forge-Draft`: The pull request starts as a draft.
    pub draft: bool,
    /// `Forge-Label`: A label that is added or removed.
    pub labels: Vec<LabelChange>,
    /// `Forge-Assignee`: A person or team that is assigned or no longer so.
    pub assignees: Vec<PersonChange>,
    /// `Forge-Reviewer`: A person or team that is asked for a review or no longer so.
    pub reviewers: Vec<PersonChange>,
}

/// `import/1`: A server opens a pull request for somebody who pushed to `refs/for/<branch>` with stock git; the push certificate is its authority and its tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// `Forge-Target`: The branch that the change is for.
    pub target: RefName,
    /// `Forge-Base`: The merge base of target and head when the revision was made.
    pub base: ObjectId,
    /// `Forge-Head`: The revision's last commit.
    pub head: ObjectId,
    /// `Forge-Pusher`: How the pusher was proven.
    pub pusher: Pusher,
}

/// `issue/1`: Opens an issue: subject is the title, body the description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// `Forge-Label`: A label that is added or removed.
    pub labels: Vec<LabelChange>,
    /// `Forge-Assignee`: A person or team that is assigned or no longer so.
    pub assignees: Vec<PersonChange>,
}

/// `revision/1`: A new revision of the code, for the same target or another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// `Forge-Revision`: A revision's number; the event that opens a pull request is revision 1.
    pub revision: u32,
    /// `Forge-Target`: The branch that the change is for.
    pub target: Option<RefName>,
    /// `Forge-Base`: The merge base of target and head when the revision was made.
    pub base: ObjectId,
    /// `Forge-Head`: The revision's last commit.
    pub head: ObjectId,
}

/// `import-revision/1`: A server records a new revision for somebody who pushed to `refs/for/<branch>` with stock git.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRevision {
    /// `Forge-Revision`: A revision's number; the event that opens a pull request is revision 1.
    pub revision: u32,
    /// `Forge-Base`: The merge base of target and head when the revision was made.
    pub base: ObjectId,
    /// `Forge-Head`: The revision's last commit.
    pub head: ObjectId,
    /// `Forge-Pusher`: How the pusher was proven.
    pub pusher: Pusher,
}

/// `ready/1`: The draft is ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {}

/// `draft/1`: Not ready after all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {}

/// `edit/1`: A new title and description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {}

/// `label/1`: Adds and removes labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// `Forge-Label`: A label that is added or removed.
    pub labels: Vec<LabelChange>,
}

/// `assign/1`: Adds and removes assignees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assign {
    /// `Forge-Assignee`: A person or team that is assigned or no longer so.
    pub assignees: Vec<PersonChange>,
}

/// `request-review/1`: Asks people or teams for a review, or no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestReview {
    /// `Forge-Reviewer`: A person or team that is asked for a review or no longer so.
    pub reviewers: Vec<PersonChange>,
}

/// `comment/1`: A comment on the object as a whole, or an answer to any comment. Its name is `<event>/0`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// `Forge-Reply`: The comment that this one answers.
    pub reply: Option<CommentId>,
}

/// `comment-edit/1`: A new text for a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentEdit {
    /// `Forge-Comment-Id`: The comment that the event is about.
    pub comment_id: CommentId,
}

/// `retract/1`: Takes a comment back; its text stays in the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retract {
    /// `Forge-Comment-Id`: The comment that the event is about.
    pub comment_id: CommentId,
}

/// `resolve/1`: The thread that the comment starts is settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolve {
    /// `Forge-Comment-Id`: The comment that the event is about.
    pub comment_id: CommentId,
}

/// `unresolve/1`: The thread is open again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unresolve {
    /// `Forge-Comment-Id`: The comment that the event is about.
    pub comment_id: CommentId,
}

/// `review/1`: A review: one event and one signature, however many comments. The body is the summary. With verdict `comment` the right `comment` is enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// `Forge-Revision`: A revision's number; the event that opens a pull request is revision 1.
    pub revision: u32,
    /// `Forge-Verdict`: What the review says.
    pub verdict: Verdict,
    /// `Forge-Base`: The merge base of target and head when the revision was made.
    pub base: ObjectId,
    /// `Forge-Head`: The revision's last commit.
    pub head: ObjectId,
    /// `Forge-Comment`: An anchored comment; its text is the file `comments/000n`.
    pub comments: Vec<Anchor>,
}

/// `review/2`: A review, as review/1, whose comments may also be about the messages of commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review2 {
    /// `Forge-Revision`: A revision's number; the event that opens a pull request is revision 1.
    pub revision: u32,
    /// `Forge-Verdict`: What the review says.
    pub verdict: Verdict,
    /// `Forge-Base`: The merge base of target and head when the revision was made.
    pub base: ObjectId,
    /// `Forge-Head`: The revision's last commit.
    pub head: ObjectId,
    /// `Forge-Anchor`: An anchored comment, in the code or in a commit's message; its text is the file `comments/000n`.
    pub anchors: Vec<Anchor2>,
}

/// `link/1`: Links the object to others, or no longer. Whether these exist is not looked at: they may arrive after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// `Forge-Link`: A link to another object that is added or removed.
    pub links: Vec<LinkChange>,
}

/// `react/1`: Reacts to a comment, or without `Forge-Comment-Id` to the object's description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct React {
    /// `Forge-Comment-Id`: The comment that the event is about.
    pub comment_id: Option<CommentId>,
    /// `Forge-Reaction`: A reaction of the signer's that is added or removed.
    pub reactions: Vec<ReactionChange>,
}

/// `subscribe/1`: Says what the signer wants to hear of the object. It stands in the record, so that whoever tells people things can honour it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscribe {
    /// `Forge-Subscription`: What the signer wants to hear of the object.
    pub subscription: Subscription,
}

/// `tombstone/1`: Hides the issue. Its history stays, for it is erased by `redact/1` alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {}

/// `restore/1`: Brings a deleted issue back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restore {}

/// `override/1`: Somebody takes it on themselves to let the revision land without the approvals, checks or owners that it lacks; the body says why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// `Forge-Revision`: A revision's number; the event that opens a pull request is revision 1.
    pub revision: u32,
    /// `Forge-Base`: The merge base of target and head when the revision was made.
    pub base: ObjectId,
    /// `Forge-Head`: The revision's last commit.
    pub head: ObjectId,
}

/// `merge-request/1`: A person asks a land bot to merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeRequest {
    /// `Forge-Revision`: A revision's number; the event that opens a pull request is revision 1.
    pub revision: u32,
    /// `Forge-Base`: The merge base of target and head when the revision was made.
    pub base: ObjectId,
    /// `Forge-Head`: The revision's last commit.
    pub head: ObjectId,
    /// `Forge-Method`: How the change lands.
    pub method: MergeMethod,
}

/// `merge/1`: The target branch moves, in the same transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// `Forge-Target`: The branch that the change is for.
    pub target: RefName,
    /// `Forge-Revision`: A revision's number; the event that opens a pull request is revision 1.
    pub revision: u32,
    /// `Forge-Base`: The merge base of target and head when the revision was made.
    pub base: ObjectId,
    /// `Forge-Head`: The revision's last commit.
    pub head: ObjectId,
    /// `Forge-Old`: What the branch pointed to before.
    pub old: ObjectId,
    /// `Forge-New`: What the branch points to after.
    pub new: ObjectId,
    /// `Forge-Tree`: A tree: of the policy that is endorsed, of the commit that was checked, or of the merge's result.
    pub tree_id: ObjectId,
    /// `Forge-Method`: How the change lands.
    pub method: MergeMethod,
    /// `Forge-Semantics`: The version of the merge rule that the result was computed by.
    pub semantics: u32,
    /// `Forge-Request`: The person's `merge-request/1` event that a land bot carries out.
    pub request: Option<ObjectId>,
    /// `Forge-Evidence`: An event that the decision rests on: an approval, a check result.
    pub evidence: Vec<ObjectId>,
    /// `Forge-Time`: When it was decided or happened, by the signer's clock. Times decide nothing.
    pub time: Time,
}

/// `close/1`: Closes the object without merging.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {}

/// `reopen/1`: Opens a closed object again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reopen {}

/// `join/1`: Brings in events that others made on an older tip: the first parent is the log's tip, the second the last of those events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {}

/// `admit/1`: Lets a guest's contribution in, up to the tip that it names; it carries no approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admit {
    /// `Forge-Guest`: The guest's key.
    pub guest: Fingerprint,
    /// `Forge-Object`: The object's id: its first event.
    pub object: ObjectId,
    /// `Forge-Tip`: The last event of a log.
    pub tip: ObjectId,
}

/// `snapshot/1`: Restarts an object whose history is erased: its tree holds the state without text, and the digests of the events that were dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// `Forge-Type`: The type of the object.
    pub object_type: ObjectKind,
    /// `Forge-Object`: The object's id: its first event.
    pub object: ObjectId,
    /// `Forge-Tip`: The last event of a log.
    pub tip: ObjectId,
}

/// `redact/1`: Why the object was restarted; the body gives the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redact {
    /// `Forge-Object`: The object's id: its first event.
    pub object: ObjectId,
    /// `Forge-Tip`: The last event of a log.
    pub tip: ObjectId,
}

/// `check/1`: A check starts, or ends with its result. Evidence (logs, SARIF, coverage) is the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// `Forge-Commit`: The commit that was checked.
    pub commit: ObjectId,
    /// `Forge-Tree`: A tree: of the policy that is endorsed, of the commit that was checked, or of the merge's result.
    pub tree_id: ObjectId,
    /// `Forge-Check`: The check's name.
    pub check: Name,
    /// `Forge-Status`: Where the check, step or run stands.
    pub status: CheckStatus,
    /// `Forge-Url`: Where a person can read more.
    pub url: Option<Url>,
    /// `Forge-Time`: When it was decided or happened, by the signer's clock. Times decide nothing.
    pub time: Time,
}

/// `queue/1`: Starts the log of a branch's merge queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// `Forge-Target`: The branch that the change is for.
    pub target: RefName,
}

/// `enqueue/1`: A pull request enters the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enqueue {
    /// `Forge-Pull-Request`: A pull request's id.
    pub pull_request: ObjectId,
    /// `Forge-Revision`: A revision's number; the event that opens a pull request is revision 1.
    pub revision: u32,
    /// `Forge-Head`: The revision's last commit.
    pub head: ObjectId,
}

/// `dequeue/1`: A pull request leaves the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dequeue {
    /// `Forge-Pull-Request`: A pull request's id.
    pub pull_request: ObjectId,
    /// `Forge-Reason`: Why the pull request left the queue.
    pub reason: DequeueReason,
}

/// `bypass/1`: The branch moved without the forge's gate; recorded by whoever noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bypass {
    /// `Forge-Target`: The branch that the change is for.
    pub target: RefName,
    /// `Forge-Old`: What the branch pointed to before.
    pub old: ObjectId,
    /// `Forge-New`: What the branch points to after.
    pub new: ObjectId,
    /// `Forge-Pusher`: How the pusher was proven.
    pub pusher: Pusher,
    /// `Forge-Time`: When it was decided or happened, by the signer's clock. Times decide nothing.
    pub time: Time,
}

/// `run/1`: Starts an agent run: subject is the task in a line, body the whole task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// `Forge-Agent`: The agent that runs, with its version.
    pub agent: Line,
    /// `Forge-Time`: When it was decided or happened, by the signer's clock. Times decide nothing.
    pub time: Time,
}

/// `run-step/1`: One step of the run, with its evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunStep {
    /// `Forge-Step`: The step's name.
    pub step: Name,
    /// `Forge-Status`: Where the check, step or run stands.
    pub status: CheckStatus,
    /// `Forge-Time`: When it was decided or happened, by the signer's clock. Times decide nothing.
    pub time: Time,
}

/// `run-end/1`: The run ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunEnd {
    /// `Forge-Status`: Where the check, step or run stands.
    pub status: CheckStatus,
    /// `Forge-Evidence`: An event that the decision rests on: an approval, a check result.
    pub evidence: Vec<ObjectId>,
    /// `Forge-Time`: When it was decided or happened, by the signer's clock. Times decide nothing.
    pub time: Time,
}

/// `receipt/1`: One accepted push: its tree is a snapshot of all other refs, and of the numbers given to objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// `Forge-Sequence`: The number of this record in its log, from 1.
    pub sequence: u32,
    /// `Forge-Pusher`: How the pusher was proven.
    pub pusher: Pusher,
    /// `Forge-Time`: When it was decided or happened, by the signer's clock. Times decide nothing.
    pub time: Time,
    /// `Forge-Decision`: What the sequencer did.
    pub decision: Decision,
}

/// `receipt/2`: One accepted push, as receipt/1, and beside the snapshot what the push changed and what was refused since the receipt before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt2 {
    /// `Forge-Sequence`: The number of this record in its log, from 1.
    pub sequence: u32,
    /// `Forge-Pusher`: How the pusher was proven.
    pub pusher: Pusher,
    /// `Forge-Time`: When it was decided or happened, by the signer's clock. Times decide nothing.
    pub time: Time,
    /// `Forge-Decision`: What the sequencer did.
    pub decision: Decision,
}

/// `archive/1`: Closed objects are folded: parents beyond the first are their tips and, for pull requests, what `…/heads` held, each id once; the tree is the one before with the entries of these objects. The first archive commit is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    /// `Forge-Sequence`: The number of this record in its log, from 1.
    pub sequence: u32,
    /// `Forge-Time`: When it was decided or happened, by the signer's clock. Times decide nothing.
    pub time: Time,
}

/// `delivery/1`: One attempt to deliver; the body may hold the receiver's answer, shortened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// `Forge-Delivery`: The delivery's id: the SHA-256 of event id, a space and subscription name.
    pub delivery: Digest,
    /// `Forge-Attempt`: The attempt's number, from 1.
    pub attempt: u32,
    /// `Forge-Outcome`: How the attempt ended.
    pub outcome: DeliveryOutcome,
    /// `Forge-Time`: When it was decided or happened, by the signer's clock. Times decide nothing.
    pub time: Time,
}
