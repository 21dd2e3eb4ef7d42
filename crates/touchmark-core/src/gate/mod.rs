//! The gate: whether a pull request may land now, and on what evidence.
//!
//! Facts that are not in the record (who made the commits of the range, what its checks say) come in as values.

mod approvals;
mod checks;
mod facts;
mod item;
mod owners;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_override;
#[cfg(test)]
mod tests_rules;

pub use approvals::took_part;
pub use facts::{Checks, Facts, OwnersFile, Reported};
pub use item::Item;

use crate::event::Rule;
use crate::id::ObjectId;
use crate::policy::{Action, BranchRule, Policy};
use crate::refusal::Refusal;
use crate::replay::{Outcome, PrState, State};

/// Conditions that an override lets pass; the others say that the record or the code is not what it seems.
const OVERRIDABLE: [&str; 5] = [
    "approvals",
    "changes-requested",
    "threads",
    "check",
    "owners",
];

/// A gate's verdict: the evidence for landing, or every reason against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdicts {
    /// It may land; these events are why.
    Open {
        /// The approvals, check results and overrides that count.
        evidence: Vec<ObjectId>,
    },
    /// It may not.
    Shut(Vec<Refusal>),
}

/// Everything that a gate asks for, and what it found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// The conditions, in a fixed order.
    pub items: Vec<Item>,
}

impl Gate {
    /// Whether nothing stands in the way.
    pub fn is_open(&self) -> bool {
        !self.items.iter().any(Item::shuts)
    }

    /// The verdict in one value.
    pub fn verdicts(&self) -> Verdicts {
        let against: Vec<Refusal> = self
            .items
            .iter()
            .filter(|item| item.shuts())
            .flat_map(|item| item.refusals.clone())
            .collect();
        if against.is_empty() {
            Verdicts::Open {
                evidence: self.evidence(),
            }
        } else {
            Verdicts::Shut(against)
        }
    }

    /// The events that opened it: what meets its conditions, and the overrides of those that are not met.
    pub fn evidence(&self) -> Vec<ObjectId> {
        let mut evidence = Vec::new();
        for item in &self.items {
            let events = match item.overridden {
                Some(over) => vec![over],
                None => item.evidence.clone(),
            };
            for event in events {
                if !evidence.contains(&event) {
                    evidence.push(event);
                }
            }
        }
        evidence
    }
}

/// Judges whether the pull request may land under this policy: [`examine`] in one value.
///
/// A damaged record shuts the gate whatever else it says: a dropped veto never permits.
pub fn judge(outcome: &Outcome, policy: &Policy, facts: &Facts) -> Verdicts {
    examine(outcome, policy, facts).verdicts()
}

/// Examines every condition for landing.
pub fn examine(outcome: &Outcome, policy: &Policy, facts: &Facts) -> Gate {
    let mut items = vec![record(outcome)];
    if let (Some(State::Pr(state)), true) = (&outcome.state, outcome.is_complete()) {
        let (rule, clause) = policy
            .rules
            .branch(state.target.branch().unwrap_or_default());
        items.push(standing(state));
        items.push(moved_base(state, facts));
        let approvals = approvals::counting(state, policy, rule, facts);
        items.extend(approvals::judge(state, policy, rule, &clause, &approvals));
        items.push(approvals::vetoes(state, policy));
        items.extend(open_threads(state, rule, &clause));
        items.extend(checks::judge(policy, rule, &clause, facts));
        items.extend(owners::judge(policy, rule, &clause, facts, &approvals));
        items.extend(paths(state, policy, facts));
        items.extend(signatures(rule, &clause, facts));
        items.extend(compromised(state, facts));
        apply_overrides(&mut items, state, policy, facts);
    }
    if let Some(id) = outcome.log.root() {
        let object = id.short().to_string();
        items.iter_mut().for_each(|item| item.about(&object));
    }
    Gate { items }
}

/// Whether the record can be relied on at all.
fn record(outcome: &Outcome) -> Item {
    let mut item = Item::passed("record", "every branch");
    if !matches!(outcome.state, Some(State::Pr(_))) {
        let reason = "there is no pull request to judge";
        item.refuse(Refusal::new(Rule::RecordError, reason));
    } else if !outcome.is_complete() {
        let reason = "the pull request's comments were not loaded, so nothing can be said of them";
        item.refuse(Refusal::new(Rule::RecordError, reason));
    }
    for rejected in &outcome.rejected {
        let reason = format!(
            "event {} of the record was rejected: {}",
            rejected.event, rejected.refusal
        );
        item.refuse(Refusal::new(Rule::RecordError, reason).with_evidence(rejected.event));
    }
    item
}

fn standing(state: &PrState) -> Item {
    let mut item = Item::passed("open", "every branch");
    if let Err(refusal) = crate::replay::expect_open(state.status) {
        item.refuse(refusal);
    }
    if state.draft {
        let refusal = Refusal::new(Rule::StateDraft, "it is a draft");
        item.refuse(refusal.with_fix("touchmark pr ready OBJECT"));
    }
    item
}

/// The base that was reviewed must still be where target and head part.
fn moved_base(state: &PrState, facts: &Facts) -> Item {
    let mut item = Item::passed("base", "every branch");
    if let (Some(latest), Some(base)) = (state.latest(), facts.merge_base)
        && base != latest.base
    {
        let reason = format!(
            "revision {} starts from {}, but parts from the target at {}",
            latest.number,
            latest.base.short(),
            base.short()
        );
        let fix = format!("touchmark pr revise OBJECT --head {}", latest.head.short());
        item.refuse(Refusal::new(Rule::RevisionStale, reason).with_fix(fix));
    }
    item
}

/// Threads on code that are not settled; one that was taken back without an answer needs no settling.
fn open_threads(state: &PrState, rule: &BranchRule, clause: &str) -> Option<Item> {
    if !rule.resolve_threads {
        return None;
    }
    let mut item = Item::passed("threads", &format!("{clause} resolve_threads"));
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
    if open > 0 {
        let threads = if open == 1 {
            "thread is"
        } else {
            "threads are"
        };
        let refusal = Refusal::new(Rule::ThreadsOpen, format!("{open} {threads} not resolved"));
        item.refuse(refusal.with_fix("touchmark review resolve OBJECT COMMENT"));
    }
    Some(item)
}

/// Everyone whose change it is may write every path that it touches.
fn paths(state: &PrState, policy: &Policy, facts: &Facts) -> Option<Item> {
    if policy.rules.paths.is_empty() {
        return None;
    }
    let mut item = Item::passed("paths", "path");
    let Some(paths) = &facts.paths else {
        let reason = "the changed paths are not known";
        return Some(Item::failed("paths", "path", Rule::PathRight, reason));
    };
    let branch = state.target.branch().unwrap_or_default();
    let mut people: Vec<&str> = vec![&state.author];
    for revision in &state.revisions {
        if !people.contains(&revision.by.as_str()) {
            people.push(&revision.by);
        }
    }
    for path in paths {
        for person in &people {
            if let Err(refusal) = policy.can(person, Action::Write { branch, path }).require() {
                item.refuse(refusal);
            }
        }
    }
    item.refusals.truncate(20);
    Some(item)
}

/// Every commit that lands is signed, where the rule asks for it.
fn signatures(rule: &BranchRule, clause: &str, facts: &Facts) -> Option<Item> {
    if !rule.signed_commits {
        return None;
    }
    let clause = format!("{clause} signed_commits");
    let mut item = Item::passed("commits-signed", &clause);
    match &facts.unsigned {
        None => {
            let reason = "the commits' signatures are not known";
            item.refuse(Refusal::new(Rule::CommitSignature, reason));
        }
        Some(unsigned) => {
            for commit in unsigned.iter().take(20) {
                let reason = format!("commit {} is not signed by a key in use", commit.short());
                item.refuse(Refusal::new(Rule::CommitSignature, reason).with_evidence(*commit));
            }
        }
    }
    Some(item)
}

/// A revision that a compromised key made is nobody's word, whoever has approved it since.
fn compromised(state: &PrState, facts: &Facts) -> Option<Item> {
    let void = |event: &ObjectId| facts.void.contains(event);
    let latest = state.latest().map(|latest| latest.event);
    let asked = state.merge_request.as_ref().map(|ask| ask.event);
    let mut item = Item::passed("keys", "compromised");
    for event in latest.iter().chain(&asked).filter(|event| void(event)) {
        let reason = format!(
            "{} was signed by a key that was compromised by then",
            event.short()
        );
        item.refuse(Refusal::new(Rule::KeyCompromised, reason).with_evidence(*event));
    }
    item.shuts().then_some(item)
}

/// Marks what an override of the latest revision lets pass, by somebody whose override the branch's rule counts.
fn apply_overrides(items: &mut [Item], state: &PrState, policy: &Policy, facts: &Facts) {
    let latest = state.latest().map(|latest| latest.number);
    let counting = state.overrides.iter().rev().find(|over| {
        Some(over.revision) == latest
            && !facts.void.contains(&over.event)
            && policy.people.contains_key(&over.by)
            && policy.fingerprints(&over.by).0.contains(&over.key)
            && policy
                .can(&over.by, Action::Override(&state.target))
                .allowed
    });
    let Some(over) = counting else {
        return;
    };
    for item in items.iter_mut().filter(|item| item.shuts()) {
        let kind = item.id.split(':').next().unwrap_or_default();
        // A damaged record is no condition that somebody could take on themselves.
        let damaged = item
            .refusals
            .iter()
            .any(|one| one.rule == Rule::RecordError);
        if OVERRIDABLE.contains(&kind) && !damaged {
            item.overridden = Some(over.event);
        }
    }
}
