//! What a log means: one state for each type of object. Field names are the state document's keys.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::comments::Comments;
use crate::event::{
    CheckStatus, Decision, DeliveryOutcome, MergeMethod, Reaction, RefName, Relation, Stance,
    Subscription, Time, Verdict,
};
use crate::id::{Digest, ObjectId};
use crate::policy::PolicyState;
use crate::sign::Fingerprint;

/// The state of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum State {
    /// A pull request.
    Pr(Box<PrState>),
    /// An issue.
    Issue(Box<IssueState>),
    /// A policy proposal.
    Proposal(Box<ProposalState>),
    /// The policy.
    Policy(Box<PolicyState>),
    /// The checks of a commit.
    Check(CheckState),
    /// A merge queue.
    Queue(QueueState),
    /// An agent run.
    Run(Box<RunState>),
    /// The receipts.
    Receipts(ReceiptsState),
    /// The archive.
    Archive(ArchiveState),
    /// The deliveries.
    Deliveries(DeliveriesState),
}

/// Where an object stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Open.
    Open,
    /// Closed without merging.
    Closed,
    /// Merged.
    Merged,
}

impl Status {
    /// The word that the state document has.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Merged => "merged",
        }
    }
}

/// The event that closed an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closed {
    /// Who.
    pub by: String,
    /// The event.
    pub event: ObjectId,
    /// Why.
    pub note: Option<String>,
}

/// A guest's contribution that was let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Admitted {
    /// Who let it in.
    pub by: String,
    /// The event.
    pub event: ObjectId,
    /// The guest's key.
    pub guest: Fingerprint,
    /// The guest's object.
    pub object: ObjectId,
    /// Its last event that counts.
    pub tip: ObjectId,
}

/// What hid an issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deleted {
    /// Who.
    pub by: String,
    /// The event.
    pub event: ObjectId,
    /// Why.
    pub note: Option<String>,
}

/// A link from an object to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The other object.
    pub object: ObjectId,
    /// How it is linked to that.
    pub relation: Relation,
}

/// Who has which reaction.
pub type Reactions = BTreeMap<Reaction, BTreeSet<String>>;

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrState {
    /// Contributions of guests that were let in.
    pub admitted: Vec<Admitted>,
    /// Who is assigned.
    pub assignees: BTreeSet<String>,
    /// Who opened it.
    pub author: String,
    /// What closed it.
    pub closed: Option<Closed>,
    /// Everything said.
    pub comments: Comments,
    /// What it is about.
    pub description: Option<String>,
    /// Whether it is a draft.
    pub draft: bool,
    /// What `…/heads` must point to.
    pub heads: ObjectId,
    /// Its labels.
    pub labels: BTreeSet<String>,
    /// Its links to other objects; left out of the document when there is none.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub links: BTreeSet<Link>,
    /// How it was merged.
    pub merge: Option<Merge>,
    /// Who asked a bot to merge it.
    pub merge_request: Option<MergeRequest>,
    /// Who took it on themselves to let it land; left out of the document when nobody did, as it was before there were any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Override>,
    /// Reactions to its description; left out of the document when there is none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reactions: Reactions,
    /// How often its history was erased.
    pub redactions: u32,
    /// Who is asked for a review.
    pub reviewers: BTreeSet<String>,
    /// Its revisions, the latest last.
    pub revisions: Vec<Revision>,
    /// Where it stands.
    pub status: Status,
    /// What people want to hear of it; left out of the document when nobody said.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub subscriptions: BTreeMap<String, Subscription>,
    /// The branch that it is for.
    pub target: RefName,
    /// Its title.
    pub title: String,
    /// The verdict of each person who gave one.
    pub verdicts: BTreeMap<String, GivenVerdict>,
}

/// One revision of a pull request's code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revision {
    /// The merge base.
    pub base: ObjectId,
    /// Who made it.
    pub by: String,
    /// The event.
    pub event: ObjectId,
    /// Its last commit.
    pub head: ObjectId,
    /// What its author says of it.
    pub note: Option<String>,
    /// Its number, from 1.
    pub number: u32,
}

/// A person's verdict and what it binds to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenVerdict {
    /// The review.
    pub event: ObjectId,
    /// The key that signed it: a gate counts it only while the policy does.
    pub key: Fingerprint,
    /// The revision that it is of.
    pub revision: u32,
    /// What it says.
    pub verdict: Verdict,
}

/// Somebody asked a land bot to merge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MergeRequest {
    /// Who.
    pub by: String,
    /// The event.
    pub event: ObjectId,
    /// How it is to land.
    pub method: MergeMethod,
    /// What they say.
    pub note: Option<String>,
    /// The revision that they mean.
    pub revision: u32,
}

/// Somebody lets a revision land although its gate is shut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// Who.
    pub by: String,
    /// The event.
    pub event: ObjectId,
    /// The key that signed it: a gate counts it only while the policy does.
    pub key: Fingerprint,
    /// Why.
    pub note: Option<String>,
    /// The revision that they mean.
    pub revision: u32,
}

/// How a pull request landed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    /// The merge base.
    pub base: ObjectId,
    /// Who signed it.
    pub by: String,
    /// The event.
    pub event: ObjectId,
    /// The events that the decision rests on.
    pub evidence: Vec<ObjectId>,
    /// The revision's head.
    pub head: ObjectId,
    /// How it landed.
    pub method: MergeMethod,
    /// What the branch pointed to after.
    pub new: ObjectId,
    /// What they say.
    pub note: Option<String>,
    /// What the branch pointed to before.
    pub old: ObjectId,
    /// The request that a bot carried out.
    pub request: Option<ObjectId>,
    /// The revision that landed.
    pub revision: u32,
    /// The version of the merge rule.
    pub semantics: u32,
    /// The branch.
    pub target: RefName,
    /// When, by the signer's clock.
    pub time: Time,
    /// The tree of the result.
    pub tree: ObjectId,
}

/// An issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssueState {
    /// Contributions of guests that were let in.
    pub admitted: Vec<Admitted>,
    /// Who is assigned.
    pub assignees: BTreeSet<String>,
    /// Who opened it.
    pub author: String,
    /// What closed it.
    pub closed: Option<Closed>,
    /// Everything said.
    pub comments: Comments,
    /// What hid it; left out of the document while nothing has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<Deleted>,
    /// What it is about.
    pub description: Option<String>,
    /// Its labels.
    pub labels: BTreeSet<String>,
    /// Its links to other objects; left out of the document when there is none.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub links: BTreeSet<Link>,
    /// Reactions to its description; left out of the document when there is none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reactions: Reactions,
    /// How often its history was erased.
    pub redactions: u32,
    /// Where it stands.
    pub status: Status,
    /// What people want to hear of it; left out of the document when nobody said.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub subscriptions: BTreeMap<String, Subscription>,
    /// Its title.
    pub title: String,
}

/// A policy proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposalState {
    /// Who proposed it.
    pub author: String,
    /// What closed it.
    pub closed: Option<Closed>,
    /// Everything said.
    pub comments: Comments,
    /// Why.
    pub description: Option<String>,
    /// The version that it builds on.
    pub policy: ObjectId,
    /// What each admin says.
    pub stances: BTreeMap<String, GivenStance>,
    /// Where it stands.
    pub status: Status,
    /// Its title.
    pub title: String,
    /// The proposed tree.
    pub tree: ObjectId,
    /// The version that it would be.
    pub version: u32,
}

/// An admin's word on a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenStance {
    /// The endorsement.
    pub event: ObjectId,
    /// What it says.
    pub stance: Stance,
}

/// The checks of one commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckState {
    /// What each check says.
    pub checks: BTreeMap<String, CheckResult>,
    /// The commit.
    pub commit: ObjectId,
    /// Its tree.
    pub tree: ObjectId,
}

/// What a check says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckResult {
    /// Who reported it.
    pub by: String,
    /// The event.
    pub event: ObjectId,
    /// Paths of files in the event's tree.
    pub evidence: Vec<String>,
    /// What it says.
    pub note: Option<String>,
    /// Where it stands.
    pub status: CheckStatus,
    /// When, by the reporter's clock.
    pub time: Time,
    /// Where a person can read more.
    pub url: Option<String>,
}

/// A merge queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueueState {
    /// Moves of the branch that did not come through the gate.
    pub bypasses: Vec<Bypass>,
    /// What waits, in order.
    pub entries: Vec<QueueEntry>,
    /// The branch.
    pub target: RefName,
}

/// A move of a branch that did not come through the gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bypass {
    /// Who recorded it.
    pub by: String,
    /// The event.
    pub event: ObjectId,
    /// After.
    pub new: ObjectId,
    /// What they say.
    pub note: Option<String>,
    /// Before.
    pub old: ObjectId,
    /// Who pushed, as far as it is proven.
    pub pusher: String,
    /// When it was seen.
    pub time: Time,
}

/// A pull request in a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueueEntry {
    /// Who put it there.
    pub by: String,
    /// The event.
    pub event: ObjectId,
    /// The head that was enqueued.
    pub head: ObjectId,
    /// The pull request.
    pub pull_request: ObjectId,
    /// Its revision.
    pub revision: u32,
}

/// An agent run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunState {
    /// The agent.
    pub agent: String,
    /// Who runs it.
    pub by: String,
    /// The task in full.
    pub description: Option<String>,
    /// How it ended.
    pub ended: Option<RunEnd>,
    /// The first event.
    pub event: ObjectId,
    /// When it started.
    pub started: Time,
    /// What it did.
    pub steps: Vec<RunStep>,
    /// The task in a line.
    pub task: String,
}

/// A step of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunStep {
    /// Who recorded it.
    pub by: String,
    /// The event.
    pub event: ObjectId,
    /// Paths of files in the event's tree.
    pub evidence: Vec<String>,
    /// The step.
    pub name: String,
    /// What it says.
    pub note: Option<String>,
    /// How it went.
    pub status: CheckStatus,
    /// When.
    pub time: Time,
}

/// The end of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunEnd {
    /// Who recorded it.
    pub by: String,
    /// The event.
    pub event: ObjectId,
    /// The events that it cites.
    pub evidence: Vec<ObjectId>,
    /// What it says.
    pub note: Option<String>,
    /// How it ended.
    pub status: CheckStatus,
    /// When.
    pub time: Time,
}

/// The receipts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptsState {
    /// The latest one.
    pub latest: Receipt,
}

/// One receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Who signed it.
    pub by: String,
    /// What was done.
    pub decision: Decision,
    /// The event.
    pub event: ObjectId,
    /// The policy that it was done under.
    pub policy: ObjectId,
    /// Who pushed.
    pub pusher: String,
    /// Its number.
    pub sequence: u32,
    /// When.
    pub time: Time,
    /// The snapshot of all refs.
    pub tree: ObjectId,
}

/// The archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchiveState {
    /// How many tips were folded.
    pub folded: u64,
    /// The number of the last fold.
    pub sequence: u32,
}

/// The deliveries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveriesState {
    /// The latest attempt of each.
    pub deliveries: BTreeMap<Digest, Delivery>,
}

/// An attempt to deliver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// Its number.
    pub attempt: u32,
    /// The event.
    pub event: ObjectId,
    /// What the receiver said.
    pub note: Option<String>,
    /// How it ended.
    pub outcome: DeliveryOutcome,
    /// When.
    pub time: Time,
}
