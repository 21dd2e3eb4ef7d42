//! The state document: the JSON in which two implementations agree byte for byte.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{Outcome, Trust, replay, replay_policy};
use crate::id::ObjectId;
use crate::log::LogName;
use crate::object::Objects;

/// Writes a value as canonical JSON: keys sorted by code point, two spaces of indent, one final line feed.
pub fn canonical_json(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).map_or(Value::Null, sorted);
    let mut text = serde_json::to_string_pretty(&value).unwrap_or_default();
    text.push('\n');
    text
}

/// Sorts keys itself: whether `serde_json` does depends on a feature that any dependency can switch.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let keys: BTreeMap<String, Value> = map.into_iter().collect();
            Value::Object(
                keys.into_iter()
                    .map(|(key, value)| (key, sorted(value)))
                    .collect::<Map<_, _>>(),
            )
        }
        Value::Array(list) => Value::Array(list.into_iter().map(sorted).collect()),
        other => other,
    }
}

/// The document of one log.
pub fn log_document(outcome: &Outcome) -> Value {
    let rejected: Vec<Value> = outcome
        .rejected
        .iter()
        .map(|rejected| json!({"event": rejected.event, "rule": rejected.refusal.rule.id()}))
        .collect();
    json!({
        "events": outcome.events,
        "log": outcome.log.to_string(),
        "rejected": rejected,
        "state": outcome.state,
        "tip": outcome.tip,
        "type": outcome.log.log_type().name(),
    })
}

/// Replays every log among `refs` and writes the document of the whole repository.
pub fn repository_document(refs: &BTreeMap<String, ObjectId>, objects: &Objects) -> String {
    let policy_ref = LogName::Policy.to_string();
    let (policies, mut policy_outcome) = match refs.get(&policy_ref) {
        Some(tip) => {
            let (policies, outcome) = replay_policy(*tip, objects, Trust::Nothing);
            (policies, Some(outcome))
        }
        None => Default::default(),
    };
    let mut logs = Vec::new();
    for (name, tip) in refs {
        let outcome = match LogName::parse(objects.kind(), name) {
            None => continue,
            Some(LogName::Policy) => policy_outcome.take(),
            Some(log) => Some(replay(&policies, &log, *tip, objects, Trust::Nothing)),
        };
        logs.extend(outcome.as_ref().map(log_document));
    }
    canonical_json(&json!({"format": 1, "logs": logs, "repository": policies.repository()}))
}
