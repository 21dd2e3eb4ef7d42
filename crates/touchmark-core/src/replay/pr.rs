//! Pull requests.

use std::collections::{BTreeMap, BTreeSet};

use super::comments::Comments;
use super::object::{self, Tags, Topic, change_labels, change_people};
use super::{
    GivenVerdict, Merge, MergeRequest, Override, PrState, Reactions, Revision, Signer, Status,
    import,
};
use crate::event::{Event, Payload, Rule, Verdict, payload};
use crate::heads;
use crate::id::ObjectId;
use crate::refusal::Refusal;

pub(super) fn start(event: &Event, opened: &payload::Pr, by: &str) -> PrState {
    let mut state = PrState {
        admitted: Vec::new(),
        assignees: BTreeSet::new(),
        author: by.to_owned(),
        closed: None,
        comments: Comments::default(),
        description: event.body.clone(),
        draft: opened.draft,
        heads: heads::next(None, opened.head),
        labels: BTreeSet::new(),
        links: BTreeSet::new(),
        merge: None,
        merge_request: None,
        overrides: Vec::new(),
        reactions: Reactions::new(),
        redactions: 0,
        reviewers: BTreeSet::new(),
        revisions: vec![Revision {
            base: opened.base,
            by: by.to_owned(),
            event: event.id,
            head: opened.head,
            note: None,
            number: 1,
        }],
        status: Status::Open,
        subscriptions: BTreeMap::new(),
        target: opened.target.clone(),
        title: event.subject.clone(),
        verdicts: BTreeMap::new(),
    };
    change_labels(&mut state.labels, &opened.labels);
    change_people(&mut state.assignees, &opened.assignees);
    change_people(&mut state.reviewers, &opened.reviewers);
    state
}

impl PrState {
    /// The latest revision.
    pub fn latest(&self) -> Option<&Revision> {
        self.revisions.last()
    }

    /// The revision with this number.
    pub fn revision(&self, number: u32) -> Option<&Revision> {
        self.revisions
            .iter()
            .rev()
            .find(|revision| revision.number == number)
    }

    /// The revision that an event names, if it has this base and head: rule `revision-unknown`.
    fn named(&self, number: u32, base: ObjectId, head: ObjectId) -> Result<&Revision, Refusal> {
        self.revision(number)
            .filter(|revision| revision.base == base && revision.head == head)
            .ok_or_else(|| {
                let reason = format!("there is no revision {number} with head {head}");
                Refusal::new(Rule::RevisionUnknown, reason)
            })
    }

    fn topic(&mut self) -> Topic<'_> {
        Topic {
            title: &mut self.title,
            description: &mut self.description,
            status: &mut self.status,
            closed: &mut self.closed,
            comments: &mut self.comments,
        }
    }

    fn tags(&mut self) -> Tags<'_> {
        Tags {
            labels: &mut self.labels,
            assignees: &mut self.assignees,
            admitted: &mut self.admitted,
            redactions: &mut self.redactions,
            links: &mut self.links,
            reactions: &mut self.reactions,
            subscriptions: &mut self.subscriptions,
        }
    }

    fn number(&self) -> u32 {
        self.latest().map_or(0, |revision| revision.number)
    }

    fn expect_draft(&self, draft: bool) -> Result<(), Refusal> {
        if self.draft == draft {
            return Ok(());
        }
        let refusal = if draft {
            Refusal::new(Rule::StateDraft, "it is not a draft")
        } else {
            Refusal::new(Rule::StateDraft, "it is a draft").with_fix("touchmark pr ready OBJECT")
        };
        Err(refusal)
    }

    /// Appends a revision, given by its number, base and head.
    fn revise(&mut self, event: &Event, by: &str, (number, base, head): (u32, ObjectId, ObjectId)) {
        self.revisions.push(Revision {
            base,
            by: by.to_owned(),
            event: event.id,
            head,
            note: event.body.clone(),
            number,
        });
        self.heads = heads::next(Some(self.heads), head);
        self.merge_request = None;
    }

    /// Rule `revision-sequence`.
    fn expect_number(&self, number: u32) -> Result<(), Refusal> {
        if self.number().checked_add(1) == Some(number) {
            return Ok(());
        }
        let reason = format!(
            "revision {number} does not follow revision {}",
            self.number()
        );
        Err(Refusal::new(Rule::RevisionSequence, reason))
    }

    /// Rules of what lands: not a draft, and the latest revision as it is.
    fn expect_landable(&self, number: u32, base: ObjectId, head: ObjectId) -> Result<(), Refusal> {
        self.named(number, base, head)?;
        if number == self.number() {
            return Ok(());
        }
        let reason = format!("revision {number} is not the latest, {}", self.number());
        Err(Refusal::new(Rule::RevisionStale, reason))
    }
}

pub(super) fn check(state: &PrState, event: &Event, signer: &Signer<'_>) -> Result<(), Refusal> {
    match &event.payload {
        Payload::Revision(new) => state.expect_number(new.revision),
        Payload::ImportRevision(new) => {
            state.expect_number(new.revision)?;
            import::check_revision(state, event, new, signer).map(|_| ())
        }
        Payload::Override(over) => {
            state.expect_draft(false)?;
            state.expect_landable(over.revision, over.base, over.head)
        }
        Payload::Ready(_) => state.expect_draft(true),
        Payload::Draft(_) => state.expect_draft(false),
        Payload::MergeRequest(ask) => {
            state.expect_draft(false)?;
            state.expect_landable(ask.revision, ask.base, ask.head)
        }
        Payload::Merge(merge) => {
            state.expect_draft(false)?;
            if merge.target != state.target {
                let reason = format!("it is for {}, not for {}", state.target, merge.target);
                return Err(Refusal::new(Rule::TargetMismatch, reason));
            }
            state.expect_landable(merge.revision, merge.base, merge.head)
        }
        other => match other.review() {
            Some(review) => check_review(state, &review, signer),
            None => object::check_shared(&state.comments, state.status, event),
        },
    }
}

/// Rule `joined-decision`.
pub(super) fn check_joined(event: &Event) -> Result<(), Refusal> {
    let decides = match &event.payload {
        Payload::Merge(_)
        | Payload::MergeRequest(_)
        | Payload::Override(_)
        | Payload::Resolve(_)
        | Payload::Ready(_)
        | Payload::Reopen(_) => true,
        other => other
            .review()
            .is_some_and(|review| review.verdict != Verdict::Comment),
    };
    if !decides {
        return Ok(());
    }
    let reason = format!(
        "{} of that kind cannot come in through a join",
        event.payload.kind().tag()
    );
    let refusal = Refusal::new(Rule::JoinedDecision, reason);
    Err(refusal.with_fix("its author publishes it: touchmark sync"))
}

fn check_review(
    state: &PrState,
    review: &payload::Review,
    signer: &Signer<'_>,
) -> Result<(), Refusal> {
    state.named(review.revision, review.base, review.head)?;
    for anchor in &review.comments {
        if let Some(to) = anchor.reply_to() {
            object::expect_comment(&state.comments, &to)?;
        }
    }
    if review.verdict == Verdict::Comment {
        return Ok(());
    }
    let standing = state.verdicts.get(&signer.name);
    if review.verdict == Verdict::Withdraw && standing.is_none() {
        let reason = format!("{} has given no verdict", signer.name);
        return Err(Refusal::new(Rule::VerdictUnknown, reason));
    }
    if let Some(standing) = standing.filter(|standing| review.revision < standing.revision) {
        let reason = format!(
            "{} has given a verdict on revision {}, which one on revision {} must not touch",
            signer.name, standing.revision, review.revision
        );
        return Err(Refusal::new(Rule::RevisionStale, reason));
    }
    object::expect_open(state.status)
}

pub(super) fn apply(state: &mut PrState, event: &Event, signer: &Signer<'_>) {
    let by = signer.name.as_str();
    match &event.payload {
        Payload::ImportRevision(new) => {
            // It was checked; a certificate that proves nothing would leave the record as it is.
            if let Ok(person) = import::check_revision(state, event, new, signer) {
                state.revise(event, person, (new.revision, new.base, new.head));
            }
        }
        Payload::Override(over) => state.overrides.push(overridden(event, over, by)),
        Payload::Revision(new) => {
            state.revise(event, by, (new.revision, new.base, new.head));
            if let Some(target) = &new.target {
                state.target = target.clone();
            }
        }
        Payload::Ready(_) => state.draft = false,
        Payload::Draft(_) => state.draft = true,
        Payload::RequestReview(ask) => change_people(&mut state.reviewers, &ask.reviewers),
        Payload::MergeRequest(ask) => state.merge_request = Some(requested(event, ask, by)),
        Payload::Merge(merge) => {
            state.status = Status::Merged;
            state.merge = Some(merged(event, merge, by));
        }
        other => match other.review() {
            Some(review) => apply_review(state, event, &review, by),
            None => {
                state.topic().apply(event, by);
                state.tags().apply(event, by);
            }
        },
    }
}

fn apply_review(state: &mut PrState, event: &Event, review: &payload::Review, by: &str) {
    match review.verdict {
        Verdict::Approve | Verdict::RequestChanges => {
            let given = GivenVerdict {
                event: event.id,
                key: event.signer.fingerprint(),
                revision: review.revision,
                verdict: review.verdict,
            };
            state.verdicts.insert(by.to_owned(), given);
        }
        Verdict::Withdraw => {
            state.verdicts.remove(by);
        }
        Verdict::Comment => {}
    }
    state
        .comments
        .push_review(event, by, review.revision, &review.comments);
}

fn overridden(event: &Event, over: &payload::Override, by: &str) -> Override {
    Override {
        by: by.to_owned(),
        event: event.id,
        key: event.signer.fingerprint(),
        note: event.body.clone(),
        revision: over.revision,
    }
}

fn requested(event: &Event, ask: &payload::MergeRequest, by: &str) -> MergeRequest {
    MergeRequest {
        by: by.to_owned(),
        event: event.id,
        method: ask.method,
        note: event.body.clone(),
        revision: ask.revision,
    }
}

fn merged(event: &Event, merge: &payload::Merge, by: &str) -> Merge {
    Merge {
        base: merge.base,
        by: by.to_owned(),
        event: event.id,
        evidence: merge.evidence.clone(),
        head: merge.head,
        method: merge.method,
        new: merge.new,
        note: event.body.clone(),
        old: merge.old,
        request: merge.request,
        revision: merge.revision,
        semantics: merge.semantics,
        target: merge.target.clone(),
        time: merge.time,
        tree: merge.tree_id,
    }
}
