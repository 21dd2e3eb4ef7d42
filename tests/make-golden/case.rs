//! One golden log: a repository, and what the specification says of it.

use anyhow::{Context as _, Result, ensure};
use base64ct::{Base64, Encoding as _};
use serde_json::{Value, json};
use touchmark_core::event::{Payload, Verify, decode};
use touchmark_core::id::{HashKind, ObjectId};
use touchmark_core::log::LogName;
use touchmark_core::object::{Object, ObjectType, TreeEntry, parse_tree};
use touchmark_core::replay::{canonical_json, repository_document};

use crate::builder::Builder;

/// A golden log to be.
pub(crate) struct Case {
    pub(crate) name: String,
    repository: Builder,
    /// Every event that must be rejected, and by which rule.
    rejected: Vec<(ObjectId, &'static str)>,
    /// What must stand in the log of this ref, at this JSON pointer.
    facts: Vec<(String, String, Value)>,
}

impl Case {
    /// A case in which every event is accepted.
    pub(crate) fn new(name: &str, repository: Builder) -> Self {
        Self {
            name: name.to_owned(),
            repository,
            rejected: Vec::new(),
            facts: Vec::new(),
        }
    }

    /// The event must be rejected by the rule.
    pub(crate) fn rejects(mut self, event: ObjectId, rule: &'static str) -> Self {
        self.rejected.push((event, rule));
        self
    }

    /// The log of `reference` must have `value` at `pointer`.
    pub(crate) fn fact(
        mut self,
        reference: &str,
        pointer: impl Into<String>,
        value: impl Into<Value>,
    ) -> Self {
        self.facts
            .push((reference.to_owned(), pointer.into(), value.into()));
        self
    }

    /// The golden log and its document, if the core agrees with the case.
    pub(crate) fn finish(&self) -> Result<(String, String)> {
        let document = repository_document(&self.repository.refs, &self.repository.objects);
        let value: Value = serde_json::from_str(&document)?;
        let logs = value["logs"].as_array().context("the document has logs")?;
        let mut rejected: Vec<String> = logs
            .iter()
            .flat_map(|log| log["rejected"].as_array().into_iter().flatten())
            .map(|one| format!("{} {}", text(&one["event"]), text(&one["rule"])))
            .collect();
        let mut expected: Vec<String> = self
            .rejected
            .iter()
            .map(|(event, rule)| format!("{event} {rule}"))
            .collect();
        rejected.sort();
        expected.sort();
        ensure!(
            rejected == expected,
            "rejected {rejected:#?}, expected {expected:#?}"
        );
        for (reference, pointer, expected) in &self.facts {
            let log = logs.iter().find(|log| text(&log["log"]) == *reference);
            let found = log.and_then(|log| log.pointer(pointer));
            ensure!(
                found == Some(expected),
                "{pointer} is {found:?}, expected {expected}"
            );
        }
        Ok((self.log()?, document))
    }

    /// The hash of the repository.
    pub(crate) fn hash(&self) -> HashKind {
        self.repository.hash
    }

    /// Whether an event is expected to break this rule.
    pub(crate) fn breaks(&self, rule: &str) -> bool {
        self.rejected.iter().any(|(_, broken)| *broken == rule)
    }

    /// What the accepted events in the logs' chains say.
    pub(crate) fn accepted(&self) -> Vec<Payload> {
        let mut payloads = Vec::new();
        for (name, tip) in &self.repository.refs {
            if LogName::parse(self.repository.hash, name).is_none() {
                continue;
            }
            let mut chain = Vec::new();
            let mut next = Some(*tip);
            while let Some(id) = next {
                let event = decode(&self.repository.objects, &id, Verify::Trusted);
                next = event
                    .as_ref()
                    .ok()
                    .and_then(|event| event.parents.first().copied());
                chain.push((id, event));
            }
            let rejected = |id: &ObjectId| self.rejected.iter().any(|(one, _)| one == id);
            // Behind a rejected root, and before what cannot be read, nothing counts.
            if chain
                .last()
                .is_none_or(|(root, event)| rejected(root) || event.is_err())
            {
                continue;
            }
            let accepted = chain.into_iter().filter(|(id, _)| !rejected(id));
            payloads.extend(accepted.filter_map(|(_, event)| Some(event.ok()?.payload)));
        }
        payloads
    }

    /// An object as a golden log holds it.
    fn stored(&self, object: &Object) -> Value {
        let mut entry = json!({"type": object.object_type.name()});
        let entries = (object.object_type == ObjectType::Tree)
            .then(|| parse_tree(self.repository.hash, &object.data))
            .flatten()
            .and_then(|entries| listed(&entries));
        if let Some(entries) = entries {
            entry["entries"] = entries.into();
        } else if let Ok(text) = std::str::from_utf8(&object.data) {
            entry["text"] = text.into();
        } else {
            entry["base64"] = Base64::encode_string(&object.data).into();
        }
        entry
    }

    fn log(&self) -> Result<String> {
        let objects = self.repository.objects.iter();
        let objects = objects.map(|(_, object)| self.stored(object));
        Ok(canonical_json(&json!({
            "format": 1,
            "hash": self.repository.hash.name(),
            "objects": objects.collect::<Vec<_>>(),
            "refs": self.repository.refs,
        })))
    }
}

/// A tree's entries as a golden log lists them, if all names are text.
fn listed(entries: &[TreeEntry<'_>]) -> Option<Vec<Value>> {
    let rows = entries.iter().map(|entry| {
        let name = std::str::from_utf8(entry.name).ok()?;
        Some(json!([format!("{:o}", entry.mode), name, entry.id]))
    });
    rows.collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
