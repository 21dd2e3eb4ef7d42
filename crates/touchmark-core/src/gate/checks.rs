//! Required checks: each must have succeeded on the head, by the word of whom the rule names.

use super::facts::Facts;
use super::item::Item;
use crate::event::{CheckStatus, Right, Rule};
use crate::policy::{BranchRule, Policy, RequiredCheck};
use crate::refusal::Refusal;

pub(super) fn judge(policy: &Policy, rule: &BranchRule, clause: &str, facts: &Facts) -> Vec<Item> {
    rule.checks
        .iter()
        .enumerate()
        .map(|(at, required)| one(policy, required, &format!("{clause} checks[{at}]"), facts))
        .collect()
}

fn one(policy: &Policy, required: &RequiredCheck, clause: &str, facts: &Facts) -> Item {
    let name = &required.name;
    let mut item = Item::passed(&format!("check:{name}"), clause);
    let missing = |reason: String| Refusal::new(Rule::ChecksMissing, reason);
    let Some(checks) = &facts.checks else {
        item.refuse(missing(
            "what checks say of the head is not known".to_owned(),
        ));
        return item;
    };
    if let Some(rejected) = checks.rejected {
        let reason = format!("event {} of the checks' log was rejected", rejected.short());
        item.refuse(Refusal::new(Rule::RecordError, reason).with_evidence(rejected));
        return item;
    }
    let by: Vec<&str> = required.by.iter().map(String::as_str).collect();
    let by = by.join(" or ");
    let Some(result) = checks.results.get(name) else {
        let refusal = missing(format!("the check {name:?} has not reported on the head"));
        item.refuse(refusal.with_fix(format!("wait for {by} to report {name:?}")));
        return item;
    };
    let in_use = result
        .key
        .is_some_and(|key| policy.fingerprints(&result.by).0.contains(&key));
    if !policy.names(&required.by, &result.by) || !policy.grants(&result.by, Right::Check) {
        let reason = format!(
            "the check {name:?} was reported by {}, not by {by}",
            result.by
        );
        item.refuse(Refusal::new(Rule::CheckSigner, reason).with_evidence(result.event));
    } else if !in_use || facts.void.contains(&result.event) {
        let reason = format!("the check {name:?} was signed by a key that is no longer in use");
        item.refuse(Refusal::new(Rule::CheckSigner, reason).with_evidence(result.event));
    } else if result.status != CheckStatus::Success {
        let reason = format!(
            "the check {name:?} says {:?}, not success",
            result.status.word()
        );
        let refusal = missing(reason).with_evidence(result.event);
        item.refuse(refusal.with_fix(format!(
            "mend what {name:?} found, then: touchmark pr revise OBJECT"
        )));
    } else {
        item.evidence(result.event);
    }
    item
}
