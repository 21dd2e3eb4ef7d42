//! Payloads to trailers and back.
//!
//! Generated from `events.toml` by `cargo xtask generate`; do not edit.

use super::fields::{Fields, Writer};
use super::payload;
use super::registry::{
    CheckStatus, DeliveryOutcome, DequeueReason, Kind, Stance, Subscription, Verdict,
};
use super::value::CommentId;
use crate::id::ObjectId;
use crate::refusal::Refusal;

/// What an event says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// `policy/1`
    Policy(payload::Policy),
    /// `proposal/1`
    Proposal(payload::Proposal),
    /// `endorse/1`
    Endorse(payload::Endorse),
    /// `pr/1`
    Pr(payload::Pr),
    /// `import/1`
    Import(payload::Import),
    /// `issue/1`
    Issue(payload::Issue),
    /// `revision/1`
    Revision(payload::Revision),
    /// `import-revision/1`
    ImportRevision(payload::ImportRevision),
    /// `ready/1`
    Ready(payload::Ready),
    /// `draft/1`
    Draft(payload::Draft),
    /// `edit/1`
    Edit(payload::Edit),
    /// `label/1`
    Label(payload::Label),
    /// `assign/1`
    Assign(payload::Assign),
    /// `request-review/1`
    RequestReview(payload::RequestReview),
    /// `comment/1`
    Comment(payload::Comment),
    /// `comment-edit/1`
    CommentEdit(payload::CommentEdit),
    /// `retract/1`
    Retract(payload::Retract),
    /// `resolve/1`
    Resolve(payload::Resolve),
    /// `unresolve/1`
    Unresolve(payload::Unresolve),
    /// `review/1`
    Review(payload::Review),
    /// `review/2`
    Review2(payload::Review2),
    /// `link/1`
    Link(payload::Link),
    /// `react/1`
    React(payload::React),
    /// `subscribe/1`
    Subscribe(payload::Subscribe),
    /// `tombstone/1`
    Tombstone(payload::Tombstone),
    /// `restore/1`
    Restore(payload::Restore),
    /// `override/1`
    Override(payload::Override),
    /// `merge-request/1`
    MergeRequest(payload::MergeRequest),
    /// `merge/1`
    Merge(payload::Merge),
    /// `close/1`
    Close(payload::Close),
    /// `reopen/1`
    Reopen(payload::Reopen),
    /// `join/1`
    Join(payload::Join),
    /// `admit/1`
    Admit(payload::Admit),
    /// `snapshot/1`
    Snapshot(payload::Snapshot),
    /// `redact/1`
    Redact(payload::Redact),
    /// `check/1`
    Check(payload::Check),
    /// `queue/1`
    Queue(payload::Queue),
    /// `enqueue/1`
    Enqueue(payload::Enqueue),
    /// `dequeue/1`
    Dequeue(payload::Dequeue),
    /// `bypass/1`
    Bypass(payload::Bypass),
    /// `run/1`
    Run(payload::Run),
    /// `run-step/1`
    RunStep(payload::RunStep),
    /// `run-end/1`
    RunEnd(payload::RunEnd),
    /// `receipt/1`
    Receipt(payload::Receipt),
    /// `receipt/2`
    Receipt2(payload::Receipt2),
    /// `archive/1`
    Archive(payload::Archive),
    /// `delivery/1`
    Delivery(payload::Delivery),
}

impl Payload {
    /// The kind of event.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Policy(_) => Kind::Policy,
            Self::Proposal(_) => Kind::Proposal,
            Self::Endorse(_) => Kind::Endorse,
            Self::Pr(_) => Kind::Pr,
            Self::Import(_) => Kind::Import,
            Self::Issue(_) => Kind::Issue,
            Self::Revision(_) => Kind::Revision,
            Self::ImportRevision(_) => Kind::ImportRevision,
            Self::Ready(_) => Kind::Ready,
            Self::Draft(_) => Kind::Draft,
            Self::Edit(_) => Kind::Edit,
            Self::Label(_) => Kind::Label,
            Self::Assign(_) => Kind::Assign,
            Self::RequestReview(_) => Kind::RequestReview,
            Self::Comment(_) => Kind::Comment,
            Self::CommentEdit(_) => Kind::CommentEdit,
            Self::Retract(_) => Kind::Retract,
            Self::Resolve(_) => Kind::Resolve,
            Self::Unresolve(_) => Kind::Unresolve,
            Self::Review(_) => Kind::Review,
            Self::Review2(_) => Kind::Review2,
            Self::Link(_) => Kind::Link,
            Self::React(_) => Kind::React,
            Self::Subscribe(_) => Kind::Subscribe,
            Self::Tombstone(_) => Kind::Tombstone,
            Self::Restore(_) => Kind::Restore,
            Self::Override(_) => Kind::Override,
            Self::MergeRequest(_) => Kind::MergeRequest,
            Self::Merge(_) => Kind::Merge,
            Self::Close(_) => Kind::Close,
            Self::Reopen(_) => Kind::Reopen,
            Self::Join(_) => Kind::Join,
            Self::Admit(_) => Kind::Admit,
            Self::Snapshot(_) => Kind::Snapshot,
            Self::Redact(_) => Kind::Redact,
            Self::Check(_) => Kind::Check,
            Self::Queue(_) => Kind::Queue,
            Self::Enqueue(_) => Kind::Enqueue,
            Self::Dequeue(_) => Kind::Dequeue,
            Self::Bypass(_) => Kind::Bypass,
            Self::Run(_) => Kind::Run,
            Self::RunStep(_) => Kind::RunStep,
            Self::RunEnd(_) => Kind::RunEnd,
            Self::Receipt(_) => Kind::Receipt,
            Self::Receipt2(_) => Kind::Receipt2,
            Self::Archive(_) => Kind::Archive,
            Self::Delivery(_) => Kind::Delivery,
        }
    }

    /// The kind's own trailers, in order.
    pub fn trailers(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Policy(payload) => payload.trailers(),
            Self::Proposal(payload) => payload.trailers(),
            Self::Endorse(payload) => payload.trailers(),
            Self::Pr(payload) => payload.trailers(),
            Self::Import(payload) => payload.trailers(),
            Self::Issue(payload) => payload.trailers(),
            Self::Revision(payload) => payload.trailers(),
            Self::ImportRevision(payload) => payload.trailers(),
            Self::Ready(payload) => payload.trailers(),
            Self::Draft(payload) => payload.trailers(),
            Self::Edit(payload) => payload.trailers(),
            Self::Label(payload) => payload.trailers(),
            Self::Assign(payload) => payload.trailers(),
            Self::RequestReview(payload) => payload.trailers(),
            Self::Comment(payload) => payload.trailers(),
            Self::CommentEdit(payload) => payload.trailers(),
            Self::Retract(payload) => payload.trailers(),
            Self::Resolve(payload) => payload.trailers(),
            Self::Unresolve(payload) => payload.trailers(),
            Self::Review(payload) => payload.trailers(),
            Self::Review2(payload) => payload.trailers(),
            Self::Link(payload) => payload.trailers(),
            Self::React(payload) => payload.trailers(),
            Self::Subscribe(payload) => payload.trailers(),
            Self::Tombstone(payload) => payload.trailers(),
            Self::Restore(payload) => payload.trailers(),
            Self::Override(payload) => payload.trailers(),
            Self::MergeRequest(payload) => payload.trailers(),
            Self::Merge(payload) => payload.trailers(),
            Self::Close(payload) => payload.trailers(),
            Self::Reopen(payload) => payload.trailers(),
            Self::Join(payload) => payload.trailers(),
            Self::Admit(payload) => payload.trailers(),
            Self::Snapshot(payload) => payload.trailers(),
            Self::Redact(payload) => payload.trailers(),
            Self::Check(payload) => payload.trailers(),
            Self::Queue(payload) => payload.trailers(),
            Self::Enqueue(payload) => payload.trailers(),
            Self::Dequeue(payload) => payload.trailers(),
            Self::Bypass(payload) => payload.trailers(),
            Self::Run(payload) => payload.trailers(),
            Self::RunStep(payload) => payload.trailers(),
            Self::RunEnd(payload) => payload.trailers(),
            Self::Receipt(payload) => payload.trailers(),
            Self::Receipt2(payload) => payload.trailers(),
            Self::Archive(payload) => payload.trailers(),
            Self::Delivery(payload) => payload.trailers(),
        }
    }

    /// The subject, unless it is the user's own.
    pub fn computed_subject(&self) -> Option<String> {
        match self {
            Self::Policy(payload) => payload.computed_subject(),
            Self::Proposal(payload) => payload.computed_subject(),
            Self::Endorse(payload) => payload.computed_subject(),
            Self::Pr(payload) => payload.computed_subject(),
            Self::Import(payload) => payload.computed_subject(),
            Self::Issue(payload) => payload.computed_subject(),
            Self::Revision(payload) => payload.computed_subject(),
            Self::ImportRevision(payload) => payload.computed_subject(),
            Self::Ready(payload) => payload.computed_subject(),
            Self::Draft(payload) => payload.computed_subject(),
            Self::Edit(payload) => payload.computed_subject(),
            Self::Label(payload) => payload.computed_subject(),
            Self::Assign(payload) => payload.computed_subject(),
            Self::RequestReview(payload) => payload.computed_subject(),
            Self::Comment(payload) => payload.computed_subject(),
            Self::CommentEdit(payload) => payload.computed_subject(),
            Self::Retract(payload) => payload.computed_subject(),
            Self::Resolve(payload) => payload.computed_subject(),
            Self::Unresolve(payload) => payload.computed_subject(),
            Self::Review(payload) => payload.computed_subject(),
            Self::Review2(payload) => payload.computed_subject(),
            Self::Link(payload) => payload.computed_subject(),
            Self::React(payload) => payload.computed_subject(),
            Self::Subscribe(payload) => payload.computed_subject(),
            Self::Tombstone(payload) => payload.computed_subject(),
            Self::Restore(payload) => payload.computed_subject(),
            Self::Override(payload) => payload.computed_subject(),
            Self::MergeRequest(payload) => payload.computed_subject(),
            Self::Merge(payload) => payload.computed_subject(),
            Self::Close(payload) => payload.computed_subject(),
            Self::Reopen(payload) => payload.computed_subject(),
            Self::Join(payload) => payload.computed_subject(),
            Self::Admit(payload) => payload.computed_subject(),
            Self::Snapshot(payload) => payload.computed_subject(),
            Self::Redact(payload) => payload.computed_subject(),
            Self::Check(payload) => payload.computed_subject(),
            Self::Queue(payload) => payload.computed_subject(),
            Self::Enqueue(payload) => payload.computed_subject(),
            Self::Dequeue(payload) => payload.computed_subject(),
            Self::Bypass(payload) => payload.computed_subject(),
            Self::Run(payload) => payload.computed_subject(),
            Self::RunStep(payload) => payload.computed_subject(),
            Self::RunEnd(payload) => payload.computed_subject(),
            Self::Receipt(payload) => payload.computed_subject(),
            Self::Receipt2(payload) => payload.computed_subject(),
            Self::Archive(payload) => payload.computed_subject(),
            Self::Delivery(payload) => payload.computed_subject(),
        }
    }

    /// The comment that the event is about, for those with `Forge-Comment-Id`.
    pub fn comment_id(&self) -> Option<CommentId> {
        match self {
            Self::Policy(payload) => payload.comment_id(),
            Self::Proposal(payload) => payload.comment_id(),
            Self::Endorse(payload) => payload.comment_id(),
            Self::Pr(payload) => payload.comment_id(),
            Self::Import(payload) => payload.comment_id(),
            Self::Issue(payload) => payload.comment_id(),
            Self::Revision(payload) => payload.comment_id(),
            Self::ImportRevision(payload) => payload.comment_id(),
            Self::Ready(payload) => payload.comment_id(),
            Self::Draft(payload) => payload.comment_id(),
            Self::Edit(payload) => payload.comment_id(),
            Self::Label(payload) => payload.comment_id(),
            Self::Assign(payload) => payload.comment_id(),
            Self::RequestReview(payload) => payload.comment_id(),
            Self::Comment(payload) => payload.comment_id(),
            Self::CommentEdit(payload) => payload.comment_id(),
            Self::Retract(payload) => payload.comment_id(),
            Self::Resolve(payload) => payload.comment_id(),
            Self::Unresolve(payload) => payload.comment_id(),
            Self::Review(payload) => payload.comment_id(),
            Self::Review2(payload) => payload.comment_id(),
            Self::Link(payload) => payload.comment_id(),
            Self::React(payload) => payload.comment_id(),
            Self::Subscribe(payload) => payload.comment_id(),
            Self::Tombstone(payload) => payload.comment_id(),
            Self::Restore(payload) => payload.comment_id(),
            Self::Override(payload) => payload.comment_id(),
            Self::MergeRequest(payload) => payload.comment_id(),
            Self::Merge(payload) => payload.comment_id(),
            Self::Close(payload) => payload.comment_id(),
            Self::Reopen(payload) => payload.comment_id(),
            Self::Join(payload) => payload.comment_id(),
            Self::Admit(payload) => payload.comment_id(),
            Self::Snapshot(payload) => payload.comment_id(),
            Self::Redact(payload) => payload.comment_id(),
            Self::Check(payload) => payload.comment_id(),
            Self::Queue(payload) => payload.comment_id(),
            Self::Enqueue(payload) => payload.comment_id(),
            Self::Dequeue(payload) => payload.comment_id(),
            Self::Bypass(payload) => payload.comment_id(),
            Self::Run(payload) => payload.comment_id(),
            Self::RunStep(payload) => payload.comment_id(),
            Self::RunEnd(payload) => payload.comment_id(),
            Self::Receipt(payload) => payload.comment_id(),
            Self::Receipt2(payload) => payload.comment_id(),
            Self::Archive(payload) => payload.comment_id(),
            Self::Delivery(payload) => payload.comment_id(),
        }
    }

    /// Replaces every object id by what `f` makes of it.
    pub fn map_ids(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId) {
        match self {
            Self::Policy(payload) => payload.map_ids(f),
            Self::Proposal(payload) => payload.map_ids(f),
            Self::Endorse(payload) => payload.map_ids(f),
            Self::Pr(payload) => payload.map_ids(f),
            Self::Import(payload) => payload.map_ids(f),
            Self::Issue(payload) => payload.map_ids(f),
            Self::Revision(payload) => payload.map_ids(f),
            Self::ImportRevision(payload) => payload.map_ids(f),
            Self::Ready(payload) => payload.map_ids(f),
            Self::Draft(payload) => payload.map_ids(f),
            Self::Edit(payload) => payload.map_ids(f),
            Self::Label(payload) => payload.map_ids(f),
            Self::Assign(payload) => payload.map_ids(f),
            Self::RequestReview(payload) => payload.map_ids(f),
            Self::Comment(payload) => payload.map_ids(f),
            Self::CommentEdit(payload) => payload.map_ids(f),
            Self::Retract(payload) => payload.map_ids(f),
            Self::Resolve(payload) => payload.map_ids(f),
            Self::Unresolve(payload) => payload.map_ids(f),
            Self::Review(payload) => payload.map_ids(f),
            Self::Review2(payload) => payload.map_ids(f),
            Self::Link(payload) => payload.map_ids(f),
            Self::React(payload) => payload.map_ids(f),
            Self::Subscribe(payload) => payload.map_ids(f),
            Self::Tombstone(payload) => payload.map_ids(f),
            Self::Restore(payload) => payload.map_ids(f),
            Self::Override(payload) => payload.map_ids(f),
            Self::MergeRequest(payload) => payload.map_ids(f),
            Self::Merge(payload) => payload.map_ids(f),
            Self::Close(payload) => payload.map_ids(f),
            Self::Reopen(payload) => payload.map_ids(f),
            Self::Join(payload) => payload.map_ids(f),
            Self::Admit(payload) => payload.map_ids(f),
            Self::Snapshot(payload) => payload.map_ids(f),
            Self::Redact(payload) => payload.map_ids(f),
            Self::Check(payload) => payload.map_ids(f),
            Self::Queue(payload) => payload.map_ids(f),
            Self::Enqueue(payload) => payload.map_ids(f),
            Self::Dequeue(payload) => payload.map_ids(f),
            Self::Bypass(payload) => payload.map_ids(f),
            Self::Run(payload) => payload.map_ids(f),
            Self::RunStep(payload) => payload.map_ids(f),
            Self::RunEnd(payload) => payload.map_ids(f),
            Self::Receipt(payload) => payload.map_ids(f),
            Self::Receipt2(payload) => payload.map_ids(f),
            Self::Archive(payload) => payload.map_ids(f),
            Self::Delivery(payload) => payload.map_ids(f),
        }
    }

    /// Reads the payload of a `kind` from its trailers.
    ///
    /// # Errors
    ///
    /// Rule `trailer-value` for the first value that does not match its grammar.
    pub(crate) fn read(kind: Kind, fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        match kind {
            Kind::Policy => payload::Policy::read(fields).map(Self::Policy),
            Kind::Proposal => payload::Proposal::read(fields).map(Self::Proposal),
            Kind::Endorse => payload::Endorse::read(fields).map(Self::Endorse),
            Kind::Pr => payload::Pr::read(fields).map(Self::Pr),
            Kind::Import => payload::Import::read(fields).map(Self::Import),
            Kind::Issue => payload::Issue::read(fields).map(Self::Issue),
            Kind::Revision => payload::Revision::read(fields).map(Self::Revision),
            Kind::ImportRevision => payload::ImportRevision::read(fields).map(Self::ImportRevision),
            Kind::Ready => payload::Ready::read(fields).map(Self::Ready),
            Kind::Draft => payload::Draft::read(fields).map(Self::Draft),
            Kind::Edit => payload::Edit::read(fields).map(Self::Edit),
            Kind::Label => payload::Label::read(fields).map(Self::Label),
            Kind::Assign => payload::Assign::read(fields).map(Self::Assign),
            Kind::RequestReview => payload::RequestReview::read(fields).map(Self::RequestReview),
            Kind::Comment => payload::Comment::read(fields).map(Self::Comment),
            Kind::CommentEdit => payload::CommentEdit::read(fields).map(Self::CommentEdit),
            Kind::Retract => payload::Retract::read(fields).map(Self::Retract),
            Kind::Resolve => payload::Resolve::read(fields).map(Self::Resolve),
            Kind::Unresolve => payload::Unresolve::read(fields).map(Self::Unresolve),
            Kind::Review => payload::Review::read(fields).map(Self::Review),
            Kind::Review2 => payload::Review2::read(fields).map(Self::Review2),
            Kind::Link => payload::Link::read(fields).map(Self::Link),
            Kind::React => payload::React::read(fields).map(Self::React),
            Kind::Subscribe => payload::Subscribe::read(fields).map(Self::Subscribe),
            Kind::Tombstone => payload::Tombstone::read(fields).map(Self::Tombstone),
            Kind::Restore => payload::Restore::read(fields).map(Self::Restore),
            Kind::Override => payload::Override::read(fields).map(Self::Override),
            Kind::MergeRequest => payload::MergeRequest::read(fields).map(Self::MergeRequest),
            Kind::Merge => payload::Merge::read(fields).map(Self::Merge),
            Kind::Close => payload::Close::read(fields).map(Self::Close),
            Kind::Reopen => payload::Reopen::read(fields).map(Self::Reopen),
            Kind::Join => payload::Join::read(fields).map(Self::Join),
            Kind::Admit => payload::Admit::read(fields).map(Self::Admit),
            Kind::Snapshot => payload::Snapshot::read(fields).map(Self::Snapshot),
            Kind::Redact => payload::Redact::read(fields).map(Self::Redact),
            Kind::Check => payload::Check::read(fields).map(Self::Check),
            Kind::Queue => payload::Queue::read(fields).map(Self::Queue),
            Kind::Enqueue => payload::Enqueue::read(fields).map(Self::Enqueue),
            Kind::Dequeue => payload::Dequeue::read(fields).map(Self::Dequeue),
            Kind::Bypass => payload::Bypass::read(fields).map(Self::Bypass),
            Kind::Run => payload::Run::read(fields).map(Self::Run),
            Kind::RunStep => payload::RunStep::read(fields).map(Self::RunStep),
            Kind::RunEnd => payload::RunEnd::read(fields).map(Self::RunEnd),
            Kind::Receipt => payload::Receipt::read(fields).map(Self::Receipt),
            Kind::Receipt2 => payload::Receipt2::read(fields).map(Self::Receipt2),
            Kind::Archive => payload::Archive::read(fields).map(Self::Archive),
            Kind::Delivery => payload::Delivery::read(fields).map(Self::Delivery),
        }
    }
}

impl payload::Policy {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            version: fields.one("Forge-Version")?,
            nonce: fields.optional("Forge-Nonce")?,
            origin: fields.optional("Forge-Origin")?,
            proposal: fields.optional("Forge-Proposal")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Version", &self.version);
        writer.optional("Forge-Nonce", &self.nonce);
        writer.optional("Forge-Origin", &self.origin);
        writer.optional("Forge-Proposal", &self.proposal);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some(format!("Policy version {}", self.version))
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId) {
        self.proposal = self.proposal.map(&mut *f);
    }
}

impl payload::Proposal {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            version: fields.one("Forge-Version")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Version", &self.version);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        None
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, _f: &mut dyn FnMut(ObjectId) -> ObjectId) {}
}

impl payload::Endorse {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            version: fields.one("Forge-Version")?,
            tree_id: fields.one("Forge-Tree")?,
            stance: fields.one("Forge-Stance")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Version", &self.version);
        writer.one("Forge-Tree", &self.tree_id);
        writer.one("Forge-Stance", &self.stance);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some(match self.stance {
            Stance::Endorse => format!("Endorse policy version {}", self.version),
            Stance::Object => format!("Object to policy version {}", self.version),
        })
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId) {
        self.tree_id = f(self.tree_id);
    }
}

impl payload::Pr {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            target: fields.one("Forge-Target")?,
            base: fields.one("Forge-Base")?,
            head: fields.one("Forge-Head")?,
            draft: fields.yes("Forge-Draft")?,
            labels: fields.many("Forge-Label")?,
            assignees: fields.many("Forge-Assignee")?,
            reviewers: fields.many("Forge-Reviewer")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Target", &self.target);
        writer.one("Forge-Base", &self.base);
        writer.one("Forge-Head", &self.head);
        writer.yes("Forge-Draft", &self.draft);
        writer.many("Forge-Label", &self.labels);
        writer.many("Forge-Assignee", &self.assignees);
        writer.many("Forge-Reviewer", &self.reviewers);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        None
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId) {
        self.base = f(self.base);
        self.head = f(self.head);
    }
}

impl payload::Import {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            target: fields.one("Forge-Target")?,
            base: fields.one("Forge-Base")?,
            head: fields.one("Forge-Head")?,
            pusher: fields.one("Forge-Pusher")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Target", &self.target);
        writer.one("Forge-Base", &self.base);
        writer.one("Forge-Head", &self.head);
        writer.one("Forge-Pusher", &self.pusher);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        None
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId) {
        self.base = f(self.base);
        self.head = f(self.head);
    }
}

impl payload::Issue {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            labels: fields.many("Forge-Label")?,
            assignees: fields.many("Forge-Assignee")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.many("Forge-Label", &self.labels);
        writer.many("Forge-Assignee", &self.assignees);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        None
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, _f: &mut dyn FnMut(ObjectId) -> ObjectId) {}
}

impl payload::Revision {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            revision: fields.one("Forge-Revision")?,
            target: fields.optional("Forge-Target")?,
            base: fields.one("Forge-Base")?,
            head: fields.one("Forge-Head")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Revision", &self.revision);
        writer.optional("Forge-Target", &self.target);
        writer.one("Forge-Base", &self.base);
        writer.one("Forge-Head", &self.head);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some(format!("Revision {}", self.revision))
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId) {
        self.base = f(self.base);
        self.head = f(self.head);
    }
}

impl payload::ImportRevision {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            revision: fields.one("Forge-Revision")?,
            base: fields.one("Forge-Base")?,
            head: fields.one("Forge-Head")?,
            pusher: fields.one("Forge-Pusher")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Revision", &self.revision);
        writer.one("Forge-Base", &self.base);
        writer.one("Forge-Head", &self.head);
        writer.one("Forge-Pusher", &self.pusher);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some(format!("Revision {}", self.revision))
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId) {
        self.base = f(self.base);
        self.head = f(self.head);
    }
}

impl payload::Ready {
    fn read(_fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {})
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn computed_subject(&self) -> Option<String> {
        Some("Ready for review".to_owned())
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, _f: &mut dyn FnMut(ObjectId) -> ObjectId) {}
}

impl payload::Draft {
    fn read(_fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {})
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn computed_subject(&self) -> Option<String> {
        Some("Back to draft".to_owned())
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, _f: &mut dyn FnMut(ObjectId) -> ObjectId) {}
}

impl payload::Edit {
    fn read(_fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {})
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn computed_subject(&self) -> Option<String> {
        None
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, _f: &mut dyn FnMut(ObjectId) -> ObjectId) {}
}

impl payload::Label {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            labels: fields.many("Forge-Label")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.many("Forge-Label", &self.labels);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some(format!("Label {}", Writer::list(&self.labels)))
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, _f: &mut dyn FnMut(ObjectId) -> ObjectId) {}
}

impl payload::Assign {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            assignees: fields.many("Forge-Assignee")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.many("Forge-Assignee", &self.assignees);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some(format!("Assign {}", Writer::list(&self.assignees)))
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, _f: &mut dyn FnMut(ObjectId) -> ObjectId) {}
}

impl payload::RequestReview {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            reviewers: fields.many("Forge-Reviewer")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.many("Forge-Reviewer", &self.reviewers);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some(format!("Request review: {}", Writer::list(&self.reviewers)))
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, _f: &mut dyn FnMut(ObjectId) -> ObjectId) {}
}

impl payload::Comment {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            reply: fields.optional("Forge-Reply")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.optional("Forge-Reply", &self.reply);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some("Comment".to_owned())
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId) {
        self.reply = self.reply.map(|id| id.map_event(f));
    }
}

impl payload::CommentEdit {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            comment_id: fields.one("Forge-Comment-Id")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Comment-Id", &self.comment_id);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some("Edit comment".to_owned())
    }

    fn comment_id(&self) -> Option<CommentId> {
        Some(self.comment_id)
    }

    fn map_ids(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId) {
        self.comment_id = self.comment_id.map_event(f);
    }
}

impl payload::Retract {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            comment_id: fields.one("Forge-Comment-Id")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Comment-Id", &self.comment_id);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some("Retract comment".to_owned())
    }

    fn comment_id(&self) -> Option<CommentId> {
        Some(self.comment_id)
    }

    fn map_ids(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId) {
        self.comment_id = self.comment_id.map_event(f);
    }
}

impl payload::Resolve {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            comment_id: fields.one("Forge-Comment-Id")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Comment-Id", &self.comment_id);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some("Resolve thread".to_owned())
    }

    fn comment_id(&self) -> Option<CommentId> {
        Some(self.comment_id)
    }

    fn map_ids(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId) {
        self.comment_id = self.comment_id.map_event(f);
    }
}

impl payload::Unresolve {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            comment_id: fields.one("Forge-Comment-Id")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Comment-Id", &self.comment_id);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some("Reopen thread".to_owned())
    }

    fn comment_id(&self) -> Option<CommentId> {
        Some(self.comment_id)
    }

    fn map_ids(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId) {
        self.comment_id = self.comment_id.map_event(f);
    }
}

impl payload::Review {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            revision: fields.one("Forge-Revision")?,
            verdict: fields.one("Forge-Verdict")?,
            base: fields.one("Forge-Base")?,
            head: fields.one("Forge-Head")?,
            comments: fields.many("Forge-Comment")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Revision", &self.revision);
        writer.one("Forge-Verdict", &self.verdict);
        writer.one("Forge-Base", &self.base);
        writer.one("Forge-Head", &self.head);
        writer.many("Forge-Comment", &self.comments);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some(match self.verdict {
            Verdict::Approve => format!("Approve revision {}", self.revision),
            Verdict::Comment => format!("Comment on revision {}", self.revision),
            Verdict::RequestChanges => format!("Request changes on revision {}", self.revision),
            Verdict::Withdraw => format!("Withdraw verdict on revision {}", self.revision),
        })
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId) {
        self.base = f(self.base);
        self.head = f(self.head);
        self.comments
            .iter_mut()
            .for_each(|anchor| anchor.map_event(f));
    }
}

impl payload::Review2 {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            revision: fields.one("Forge-Revision")?,
            verdict: fields.one("Forge-Verdict")?,
            base: fields.one("Forge-Base")?,
            head: fields.one("Forge-Head")?,
            anchors: fields.many("Forge-Anchor")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Revision", &self.revision);
        writer.one("Forge-Verdict", &self.verdict);
        writer.one("Forge-Base", &self.base);
        writer.one("Forge-Head", &self.head);
        writer.many("Forge-Anchor", &self.anchors);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some(match self.verdict {
            Verdict::Approve => format!("Approve revision {}", self.revision),
            Verdict::Comment => format!("Comment on revision {}", self.revision),
            Verdict::RequestChanges => format!("Request changes on revision {}", self.revision),
            Verdict::Withdraw => format!("Withdraw verdict on revision {}", self.revision),
        })
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId) {
        self.base = f(self.base);
        self.head = f(self.head);
        self.anchors
            .iter_mut()
            .for_each(|anchor| anchor.map_event(f));
    }
}

impl payload::Link {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            links: fields.many("Forge-Link")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.many("Forge-Link", &self.links);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some("Change links".to_owned())
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, _f: &mut dyn FnMut(ObjectId) -> ObjectId) {}
}

impl payload::React {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            comment_id: fields.optional("Forge-Comment-Id")?,
            reactions: fields.many("Forge-Reaction")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.optional("Forge-Comment-Id", &self.comment_id);
        writer.many("Forge-Reaction", &self.reactions);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some("React".to_owned())
    }

    fn comment_id(&self) -> Option<CommentId> {
        self.comment_id
    }

    fn map_ids(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId) {
        self.comment_id = self.comment_id.map(|id| id.map_event(f));
    }
}

impl payload::Subscribe {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            subscription: fields.one("Forge-Subscription")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Subscription", &self.subscription);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some(match self.subscription {
            Subscription::Default => "Neither watch nor mute".to_owned(),
            Subscription::Mute => "Mute".to_owned(),
            Subscription::Watch => "Watch".to_owned(),
        })
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, _f: &mut dyn FnMut(ObjectId) -> ObjectId) {}
}

impl payload::Tombstone {
    fn read(_fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {})
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn computed_subject(&self) -> Option<String> {
        Some("Delete".to_owned())
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, _f: &mut dyn FnMut(ObjectId) -> ObjectId) {}
}

impl payload::Restore {
    fn read(_fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {})
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn computed_subject(&self) -> Option<String> {
        Some("Restore".to_owned())
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, _f: &mut dyn FnMut(ObjectId) -> ObjectId) {}
}

impl payload::Override {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            revision: fields.one("Forge-Revision")?,
            base: fields.one("Forge-Base")?,
            head: fields.one("Forge-Head")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Revision", &self.revision);
        writer.one("Forge-Base", &self.base);
        writer.one("Forge-Head", &self.head);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some(format!("Override the gate for revision {}", self.revision))
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId) {
        self.base = f(self.base);
        self.head = f(self.head);
    }
}

impl payload::MergeRequest {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            revision: fields.one("Forge-Revision")?,
            base: fields.one("Forge-Base")?,
            head: fields.one("Forge-Head")?,
            method: fields.one("Forge-Method")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Revision", &self.revision);
        writer.one("Forge-Base", &self.base);
        writer.one("Forge-Head", &self.head);
        writer.one("Forge-Method", &self.method);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some(format!("Ask to merge revision {}", self.revision))
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId) {
        self.base = f(self.base);
        self.head = f(self.head);
    }
}

impl payload::Merge {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            target: fields.one("Forge-Target")?,
            revision: fields.one("Forge-Revision")?,
            base: fields.one("Forge-Base")?,
            head: fields.one("Forge-Head")?,
            old: fields.one("Forge-Old")?,
            new: fields.one("Forge-New")?,
            tree_id: fields.one("Forge-Tree")?,
            method: fields.one("Forge-Method")?,
            semantics: fields.one("Forge-Semantics")?,
            request: fields.optional("Forge-Request")?,
            evidence: fields.many("Forge-Evidence")?,
            time: fields.one("Forge-Time")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Target", &self.target);
        writer.one("Forge-Revision", &self.revision);
        writer.one("Forge-Base", &self.base);
        writer.one("Forge-Head", &self.head);
        writer.one("Forge-Old", &self.old);
        writer.one("Forge-New", &self.new);
        writer.one("Forge-Tree", &self.tree_id);
        writer.one("Forge-Method", &self.method);
        writer.one("Forge-Semantics", &self.semantics);
        writer.optional("Forge-Request", &self.request);
        writer.many("Forge-Evidence", &self.evidence);
        writer.one("Forge-Time", &self.time);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some(format!(
            "Merge revision {} into {}",
            self.revision,
            self.target.short()
        ))
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId) {
        self.base = f(self.base);
        self.head = f(self.head);
        self.old = f(self.old);
        self.new = f(self.new);
        self.tree_id = f(self.tree_id);
        self.request = self.request.map(&mut *f);
        self.evidence.iter_mut().for_each(|id| *id = f(*id));
    }
}

impl payload::Close {
    fn read(_fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {})
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn computed_subject(&self) -> Option<String> {
        Some("Close".to_owned())
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, _f: &mut dyn FnMut(ObjectId) -> ObjectId) {}
}

impl payload::Reopen {
    fn read(_fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {})
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn computed_subject(&self) -> Option<String> {
        Some("Reopen".to_owned())
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, _f: &mut dyn FnMut(ObjectId) -> ObjectId) {}
}

impl payload::Join {
    fn read(_fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {})
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn computed_subject(&self) -> Option<String> {
        Some("Join".to_owned())
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, _f: &mut dyn FnMut(ObjectId) -> ObjectId) {}
}

impl payload::Admit {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            guest: fields.one("Forge-Guest")?,
            object: fields.one("Forge-Object")?,
            tip: fields.one("Forge-Tip")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Guest", &self.guest);
        writer.one("Forge-Object", &self.object);
        writer.one("Forge-Tip", &self.tip);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some(format!("Admit {}", self.object.short()))
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId) {
        self.object = f(self.object);
        self.tip = f(self.tip);
    }
}

impl payload::Snapshot {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            object_type: fields.one("Forge-Type")?,
            object: fields.one("Forge-Object")?,
            tip: fields.one("Forge-Tip")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Type", &self.object_type);
        writer.one("Forge-Object", &self.object);
        writer.one("Forge-Tip", &self.tip);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some(format!("Snapshot of {}", self.object.short()))
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId) {
        self.object = f(self.object);
        self.tip = f(self.tip);
    }
}

impl payload::Redact {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            object: fields.one("Forge-Object")?,
            tip: fields.one("Forge-Tip")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Object", &self.object);
        writer.one("Forge-Tip", &self.tip);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some(format!("Redact {}", self.object.short()))
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId) {
        self.object = f(self.object);
        self.tip = f(self.tip);
    }
}

impl payload::Check {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            commit: fields.one("Forge-Commit")?,
            tree_id: fields.one("Forge-Tree")?,
            check: fields.one("Forge-Check")?,
            status: fields.one("Forge-Status")?,
            url: fields.optional("Forge-Url")?,
            time: fields.one("Forge-Time")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Commit", &self.commit);
        writer.one("Forge-Tree", &self.tree_id);
        writer.one("Forge-Check", &self.check);
        writer.one("Forge-Status", &self.status);
        writer.optional("Forge-Url", &self.url);
        writer.one("Forge-Time", &self.time);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some(match self.status {
            CheckStatus::Cancelled => format!("{} was cancelled", self.check),
            CheckStatus::Error => format!("{} could not run", self.check),
            CheckStatus::Failure => format!("{} failed", self.check),
            CheckStatus::Skipped => format!("{} was skipped", self.check),
            CheckStatus::Started => format!("{} started", self.check),
            CheckStatus::Success => format!("{} succeeded", self.check),
        })
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId) {
        self.commit = f(self.commit);
        self.tree_id = f(self.tree_id);
    }
}

impl payload::Queue {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            target: fields.one("Forge-Target")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Target", &self.target);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some(format!("Queue for {}", self.target.short()))
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, _f: &mut dyn FnMut(ObjectId) -> ObjectId) {}
}

impl payload::Enqueue {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            pull_request: fields.one("Forge-Pull-Request")?,
            revision: fields.one("Forge-Revision")?,
            head: fields.one("Forge-Head")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Pull-Request", &self.pull_request);
        writer.one("Forge-Revision", &self.revision);
        writer.one("Forge-Head", &self.head);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some(format!(
            "Enqueue {} revision {}",
            self.pull_request.short(),
            self.revision
        ))
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId) {
        self.pull_request = f(self.pull_request);
        self.head = f(self.head);
    }
}

impl payload::Dequeue {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            pull_request: fields.one("Forge-Pull-Request")?,
            reason: fields.one("Forge-Reason")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Pull-Request", &self.pull_request);
        writer.one("Forge-Reason", &self.reason);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some(match self.reason {
            DequeueReason::Conflict => format!("Dequeue {}: conflict", self.pull_request.short()),
            DequeueReason::Failed => {
                format!("Dequeue {}: a check failed", self.pull_request.short())
            }
            DequeueReason::Merged => format!("Dequeue {}: merged", self.pull_request.short()),
            DequeueReason::Removed => format!("Dequeue {}: removed", self.pull_request.short()),
        })
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId) {
        self.pull_request = f(self.pull_request);
    }
}

impl payload::Bypass {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            target: fields.one("Forge-Target")?,
            old: fields.one("Forge-Old")?,
            new: fields.one("Forge-New")?,
            pusher: fields.one("Forge-Pusher")?,
            time: fields.one("Forge-Time")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Target", &self.target);
        writer.one("Forge-Old", &self.old);
        writer.one("Forge-New", &self.new);
        writer.one("Forge-Pusher", &self.pusher);
        writer.one("Forge-Time", &self.time);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some(format!("Bypass of {}", self.target.short()))
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId) {
        self.old = f(self.old);
        self.new = f(self.new);
    }
}

impl payload::Run {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            agent: fields.one("Forge-Agent")?,
            time: fields.one("Forge-Time")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Agent", &self.agent);
        writer.one("Forge-Time", &self.time);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        None
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, _f: &mut dyn FnMut(ObjectId) -> ObjectId) {}
}

impl payload::RunStep {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            step: fields.one("Forge-Step")?,
            status: fields.one("Forge-Status")?,
            time: fields.one("Forge-Time")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Step", &self.step);
        writer.one("Forge-Status", &self.status);
        writer.one("Forge-Time", &self.time);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some(format!("Step {}: {}", self.step, self.status))
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, _f: &mut dyn FnMut(ObjectId) -> ObjectId) {}
}

impl payload::RunEnd {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            status: fields.one("Forge-Status")?,
            evidence: fields.many("Forge-Evidence")?,
            time: fields.one("Forge-Time")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Status", &self.status);
        writer.many("Forge-Evidence", &self.evidence);
        writer.one("Forge-Time", &self.time);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some(format!("Run ended: {}", self.status))
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId) {
        self.evidence.iter_mut().for_each(|id| *id = f(*id));
    }
}

impl payload::Receipt {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            sequence: fields.one("Forge-Sequence")?,
            pusher: fields.one("Forge-Pusher")?,
            time: fields.one("Forge-Time")?,
            decision: fields.one("Forge-Decision")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Sequence", &self.sequence);
        writer.one("Forge-Pusher", &self.pusher);
        writer.one("Forge-Time", &self.time);
        writer.one("Forge-Decision", &self.decision);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some(format!("Receipt {}", self.sequence))
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, _f: &mut dyn FnMut(ObjectId) -> ObjectId) {}
}

impl payload::Receipt2 {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            sequence: fields.one("Forge-Sequence")?,
            pusher: fields.one("Forge-Pusher")?,
            time: fields.one("Forge-Time")?,
            decision: fields.one("Forge-Decision")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Sequence", &self.sequence);
        writer.one("Forge-Pusher", &self.pusher);
        writer.one("Forge-Time", &self.time);
        writer.one("Forge-Decision", &self.decision);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some(format!("Receipt {}", self.sequence))
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, _f: &mut dyn FnMut(ObjectId) -> ObjectId) {}
}

impl payload::Archive {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            sequence: fields.one("Forge-Sequence")?,
            time: fields.one("Forge-Time")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Sequence", &self.sequence);
        writer.one("Forge-Time", &self.time);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some(format!("Archive {}", self.sequence))
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, _f: &mut dyn FnMut(ObjectId) -> ObjectId) {}
}

impl payload::Delivery {
    fn read(fields: &mut Fields<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            delivery: fields.one("Forge-Delivery")?,
            attempt: fields.one("Forge-Attempt")?,
            outcome: fields.one("Forge-Outcome")?,
            time: fields.one("Forge-Time")?,
        })
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let mut writer = Writer::default();
        writer.one("Forge-Delivery", &self.delivery);
        writer.one("Forge-Attempt", &self.attempt);
        writer.one("Forge-Outcome", &self.outcome);
        writer.one("Forge-Time", &self.time);
        writer.finish()
    }

    fn computed_subject(&self) -> Option<String> {
        Some(match self.outcome {
            DeliveryOutcome::Dead => format!("Gave up, attempt {}", self.attempt),
            DeliveryOutcome::Delivered => format!("Delivered, attempt {}", self.attempt),
            DeliveryOutcome::Retry => format!("Failed, attempt {}", self.attempt),
        })
    }

    fn comment_id(&self) -> Option<CommentId> {
        None
    }

    fn map_ids(&mut self, _f: &mut dyn FnMut(ObjectId) -> ObjectId) {}
}
