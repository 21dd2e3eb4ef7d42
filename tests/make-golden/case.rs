//! One golden log: a repository, and what the specification says of it.

use anyhow::{Context as _, Result, ensure};
use base64ct::{Base64, Encoding as _};
use serde_json::{Value, json};
use touchmark_core::id::ObjectId;
use touchmark_core::object::{ObjectType, parse_tree};
use touchmark_core::replay::{canonical_json, repository_document};

use crate::builder::Builder;

/// A golden log to be.
pub(crate) struct Case {
    pub(crate) name: String,
    repository: Builder,
    /// Every event that must be rejected, and by which rule.
    rejected: Vec<(ObjectId, &'static str)>,
    /// What must stand in the log of this ref, at this JSON pointer.
    facts: Vec<(String, &'static str, Value)>,
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
        pointer: &'static str,
        value: impl Into<Value>,
    ) -> Self {
        self.facts
            .push((reference.to_owned(), pointer, value.into()));
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

    fn log(&self) -> Result<String> {
        let objects = self.repository.objects.iter().map(|(_, object)| {
            let mut entry = json!({"type": object.object_type.name()});
            let tree = (object.object_type == ObjectType::Tree)
                .then(|| parse_tree(self.repository.hash, &object.data))
                .flatten();
            if let Some(entries) = tree {
                entry["entries"] = entries
                    .iter()
                    .map(|one| {
                        json!([
                            format!("{:o}", one.mode),
                            String::from_utf8_lossy(one.name),
                            one.id
                        ])
                    })
                    .collect();
            } else if let Ok(text) = std::str::from_utf8(&object.data) {
                entry["text"] = text.into();
            } else {
                entry["base64"] = Base64::encode_string(&object.data).into();
            }
            entry
        });
        Ok(canonical_json(&json!({
            "format": 1,
            "hash": self.repository.hash.name(),
            "objects": objects.collect::<Vec<_>>(),
            "refs": self.repository.refs,
        })))
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
