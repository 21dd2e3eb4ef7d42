//! The gate: whether a pull request may land now, and on what evidence.
//!
//! Facts that are not in the record (who made the commits of the range) come in as values.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::event::{Right, Rule, Verdict};
use crate::id::ObjectId;
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::replay::{GivenVerdict, Outcome, PrState, State};

/// What the gate must know that the record does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// E-mail addresses of everyone who authored, co-authored or committed a commit of the range.
    pub emails: BTreeSet<String>,
    /// Names of people whose key signed a commit of the range, or who pushed it.
    pub people: BTreeSet<String>,
    /// Where the head parts from the target as it is now, if the target is known: approvals bind the base.
    pub merge_base: Option<ObjectId>,
}

/// A gate's verdict: the evidence for landing, or every reason against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdicts {
    /// It may land; these events are why.
    Open {
        /// The approvals that count.
        evidence: Vec<ObjectId>,
    },
    /// It may not.
    Shut(Vec<Refusal>),
}

/// Judges whether the pull request may land under this policy.
///
/// A damaged record shuts the gate whatever else it says: a dropped veto never permits.
pub fn judge(outcome: &Outcome, policy: &Policy, facts: &Facts) -> Verdicts {
    let Some(State::Pr(state)) = &outcome.state else {
        let reason = "there is no pull request to judge";
        return Verdicts::Shut(vec![Refusal::new(Rule::RecordError, reason)]);
    };
    if !outcome.is_complete() {
        let reason = "the pull request's comments were not loaded, so nothing can be said of them";
        return Verdicts::Shut(vec![Refusal::new(Rule::RecordError, reason)]);
    }
    let mut reasons: Vec<Refusal> = outcome
        .rejected
        .iter()
        .map(|rejected| {
            let reason = format!(
                "event {} of the record was rejected: {}",
                rejected.event, rejected.refusal
            );
            Refusal::new(Rule::RecordError, reason).with_evidence(rejected.event)
        })
        .collect();
    reasons.extend(crate::replay::expect_open(state.status).err());
    if state.draft {
        let refusal = Refusal::new(Rule::StateDraft, "it is a draft");
        reasons.push(refusal.with_fix(format!("touchmark pr ready{}", named(outcome))));
    }
    reasons.extend(moved_base(state, facts, &named(outcome)));
    let evidence = approvals(state, policy, facts);
    reasons.extend(vetoes(state, policy));
    let needed = usize::try_from(policy.defaults.approvals).unwrap_or(usize::MAX);
    if evidence.len() < needed {
        let reason = format!(
            "it has {} of {needed} required approvals of revision {}",
            evidence.len(),
            state.latest().map_or(0, |latest| latest.number)
        );
        let refusal = Refusal::new(Rule::ApprovalsMissing, reason);
        reasons.push(refusal.with_fix(format!(
            "touchmark review submit{} --approve, by somebody else",
            named(outcome)
        )));
    }
    if policy.defaults.resolve_threads {
        reasons.extend(open_threads(state, &named(outcome)));
    }
    if reasons.is_empty() {
        Verdicts::Open { evidence }
    } else {
        Verdicts::Shut(reasons)
    }
}

/// The pull request as commands name it, after a space.
fn named(outcome: &Outcome) -> String {
    outcome
        .log
        .root()
        .map_or_else(String::new, |id| format!(" {}", id.short()))
}

/// Whether the person had a hand in the change: then their approval does not count.
pub fn took_part(state: &PrState, policy: &Policy, facts: &Facts, person: &str) -> bool {
    state.author == person
        || state.revisions.iter().any(|revision| revision.by == person)
        || facts.people.contains(person)
        || policy.identity(person).is_some_and(|identity| {
            identity.emails.iter().any(|email| {
                facts
                    .emails
                    .iter()
                    .any(|named| named.eq_ignore_ascii_case(email))
            })
        })
}

/// The approvals of the latest revision that count: by people who may review and had no hand in the change.
fn approvals(state: &PrState, policy: &Policy, facts: &Facts) -> Vec<ObjectId> {
    let latest = state.latest().map(|latest| latest.number);
    state
        .verdicts
        .iter()
        .filter(|(person, given)| {
            given.verdict == Verdict::Approve
                && Some(given.revision) == latest
                && policy.people.contains_key(*person)
                && counts(policy, person, given)
                && !took_part(state, policy, facts, person)
        })
        .map(|(_, given)| given.event)
        .collect()
}

/// Whether an approval counts: the policy that judges still knows the person as a reviewer, and the key as theirs and in use.
///
/// A request for changes needs less: retiring a key must not drop a veto.
fn counts(policy: &Policy, person: &str, given: &GivenVerdict) -> bool {
    policy.grants(person, Right::Review) && policy.fingerprints(person).0.contains(&given.key)
}

/// A request for changes stands, whatever revision it was of, until its author says otherwise or loses the right.
fn vetoes(state: &PrState, policy: &Policy) -> Vec<Refusal> {
    state
        .verdicts
        .iter()
        .filter(|(person, given)| {
            given.verdict == Verdict::RequestChanges && policy.grants(person, Right::Review)
        })
        .map(|(person, given)| {
            let reason = format!("{person} asks for changes on revision {}", given.revision);
            Refusal::new(Rule::ApprovalsMissing, reason)
                .with_evidence(given.event)
                .with_fix(format!("ask {person} to review the latest revision"))
        })
        .collect()
}

/// The base that was reviewed must still be where target and head part.
fn moved_base(state: &PrState, facts: &Facts, object: &str) -> Option<Refusal> {
    let latest = state.latest()?;
    let base = facts.merge_base.filter(|base| *base != latest.base)?;
    let reason = format!(
        "revision {} starts from {}, but parts from the target at {}",
        latest.number,
        latest.base.short(),
        base.short()
    );
    let fix = format!("touchmark pr revise{object} --head {}", latest.head.short());
    Some(Refusal::new(Rule::RevisionStale, reason).with_fix(fix))
}

/// Threads on code that are not settled; one that was taken back without an answer needs no settling.
fn open_threads(state: &PrState, object: &str) -> Option<Refusal> {
    let open = state
        .comments
        .threads()
        .into_iter()
        .filter(|(head, answers)| {
            head.anchor.is_some()
                && head.resolved_by.is_none()
                && (!head.retracted || !answers.is_empty())
        })
        .count();
    (open > 0).then(|| {
        let threads = if open == 1 {
            "thread is"
        } else {
            "threads are"
        };
        Refusal::new(Rule::ThreadsOpen, format!("{open} {threads} not resolved"))
            .with_fix(format!("touchmark review resolve{object} COMMENT"))
    })
}
