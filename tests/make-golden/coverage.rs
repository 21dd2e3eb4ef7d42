//! What the golden logs must have between them: every kind and key accepted, every rule of a replay broken.

use std::collections::BTreeSet;

use touchmark_core::event::{Kind, Rule};
use touchmark_core::id::HashKind;

use crate::case::Case;

/// The least number of golden logs, and of those whose repositories are SHA-256.
const LOGS: (usize, usize) = (60, 8);

/// Everything that no case has.
pub(crate) fn gaps(cases: &[Case]) -> Vec<String> {
    let mut gaps = kinds_and_keys(cases);
    gaps.extend(rules(cases));
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    if names.len() != cases.len() {
        gaps.push("two golden logs have the same name".to_owned());
    }
    let sha256 = cases.iter().filter(|case| case.hash() == HashKind::Sha256);
    if cases.len() < LOGS.0 || sha256.count() < LOGS.1 {
        gaps.push("there are too few golden logs".to_owned());
    }
    gaps
}

/// Every kind is accepted somewhere, with every key that it may have.
fn kinds_and_keys(cases: &[Case]) -> Vec<String> {
    let mut found = BTreeSet::new();
    for payload in cases.iter().flat_map(Case::accepted) {
        let tag = payload.kind().tag();
        found.insert((tag, ""));
        found.extend(payload.trailers().into_iter().map(|(key, _)| (tag, key)));
    }
    let mut gaps = Vec::new();
    for kind in Kind::ALL {
        let keys = kind.spec().keys.iter().map(|key| key.key);
        for key in std::iter::once("").chain(keys) {
            if !found.contains(&(kind.tag(), key)) {
                gaps.push(format!(
                    "no golden log has {} accepted with {key:?}",
                    kind.tag()
                ));
            }
        }
    }
    gaps
}

/// Every rule of a replay is broken in a case that is named after it.
fn rules(cases: &[Case]) -> Vec<String> {
    let of_replay = Rule::ALL.iter().filter(|rule| rule.stage() != "decide");
    let missing = of_replay.filter(|rule| {
        let name = format!("refuse-{}", rule.id());
        !cases
            .iter()
            .any(|case| case.name == name && case.breaks(rule.id()))
    });
    missing
        .map(|rule| format!("no golden log is called refuse-{} and breaks it", rule.id()))
        .collect()
}
