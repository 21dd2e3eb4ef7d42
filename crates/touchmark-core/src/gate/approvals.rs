//! Approvals and requests for changes: whose count, and for what.

use super::facts::Facts;
use super::item::Item;
use crate::event::{Right, Rule, Verdict};
use crate::id::ObjectId;
use crate::policy::{BranchRule, Parties, Policy};
use crate::refusal::Refusal;
use crate::replay::{GivenVerdict, PrState};

/// An approval that counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Approval<'a> {
    pub(super) person: &'a str,
    pub(super) event: ObjectId,
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

/// The approvals that count: of the latest revision, by people who may review and had no hand in the change.
pub(super) fn counting<'a>(
    state: &'a PrState,
    policy: &Policy,
    rule: &BranchRule,
    facts: &Facts,
) -> Vec<Approval<'a>> {
    let latest = state.latest().map(|latest| latest.number);
    let of_this_change = |given: &GivenVerdict| {
        Some(given.revision) == latest
            || (rule.keep_approvals && facts.same_change.contains(&given.revision))
    };
    state
        .verdicts
        .iter()
        .filter(|(person, given)| {
            given.verdict == Verdict::Approve
                && of_this_change(given)
                && policy.people.contains_key(*person)
                && counts(policy, person, given)
                && !facts.void.contains(&given.event)
                && !took_part(state, policy, facts, person)
        })
        .map(|(person, given)| Approval {
            person,
            event: given.event,
        })
        .collect()
}

/// Whether an approval counts: the policy that judges still knows the person as a reviewer, and the key as theirs and in use.
///
/// A request for changes needs less: retiring a key must not drop a veto.
fn counts(policy: &Policy, person: &str, given: &GivenVerdict) -> bool {
    policy.grants(person, Right::Review) && policy.fingerprints(person).0.contains(&given.key)
}

/// Whether there are enough approvals, and enough from each group that the rule names.
pub(super) fn judge(
    state: &PrState,
    policy: &Policy,
    rule: &BranchRule,
    clause: &str,
    approvals: &[Approval<'_>],
) -> Vec<Item> {
    let revision = state.latest().map_or(0, |latest| latest.number);
    let ask = |id: &str, clause: String, needed: u32, from: &Parties| {
        let given: Vec<&Approval<'_>> = approvals
            .iter()
            .filter(|one| from.is_empty() || policy.names(from, one.person))
            .collect();
        let mut item = Item::passed(id, &clause);
        given.iter().for_each(|one| item.evidence(one.event));
        if u32::try_from(given.len()).unwrap_or(u32::MAX) < needed {
            let whom: Vec<&str> = from.iter().map(String::as_str).collect();
            let (of, ask) = match whom.as_slice() {
                [] => (String::new(), "somebody else".to_owned()),
                whom => (format!(" from {}", whom.join(", ")), whom.join(" or ")),
            };
            let reason = format!(
                "it has {} of {needed} required approvals{of} of revision {revision}",
                given.len()
            );
            let fix = format!("touchmark review submit OBJECT --approve, by {ask}");
            item.refuse(Refusal::new(Rule::ApprovalsMissing, reason).with_fix(fix));
        }
        item
    };
    let mut items = vec![ask(
        "approvals",
        format!("{clause} approvals"),
        rule.approvals,
        &rule.from,
    )];
    for (at, group) in rule.require.iter().enumerate() {
        let id = format!("approvals:{at}");
        items.push(ask(
            &id,
            format!("{clause} require[{at}]"),
            group.count,
            &group.from,
        ));
    }
    items
}

/// A request for changes stands, whatever revision it was of, until its author says otherwise or loses the right.
pub(super) fn vetoes(state: &PrState, policy: &Policy) -> Item {
    let mut item = Item::passed("changes-requested", "every branch");
    for (person, given) in &state.verdicts {
        if given.verdict == Verdict::RequestChanges && policy.grants(person, Right::Review) {
            let reason = format!("{person} asks for changes on revision {}", given.revision);
            item.refuse(
                Refusal::new(Rule::ApprovalsMissing, reason)
                    .with_evidence(given.event)
                    .with_fix(format!("ask {person} to review the latest revision")),
            );
        }
    }
    item
}
