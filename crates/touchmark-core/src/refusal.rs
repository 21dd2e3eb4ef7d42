//! Refusals: which rule a record or a command breaks, why, and what to do about it.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::event::Rule;
use crate::id::ObjectId;

/// Why something is not accepted. Refusals are values: reading a bad record yields them beside the state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The rule that is broken; serialised as its id.
    #[serde(serialize_with = "rule_id")]
    pub rule: Rule,
    /// What is wrong, in words for people: lower case, no full stop.
    pub reason: String,
    /// The objects that show it, such as the event that was rejected.
    pub evidence: Vec<ObjectId>,
    /// What to do about it, if anything is known to help.
    pub fix: Option<String>,
}

impl Refusal {
    /// A refusal without evidence and fix.
    pub fn new(rule: Rule, reason: impl Into<String>) -> Self {
        Self {
            rule,
            reason: reason.into(),
            evidence: Vec::new(),
            fix: None,
        }
    }

    /// The same with one more object that shows it.
    #[must_use]
    pub fn with_evidence(mut self, object: ObjectId) -> Self {
        self.evidence.push(object);
        self
    }

    /// The same with advice; it replaces earlier advice.
    #[must_use]
    pub fn with_fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// The same with the name of what it is about in the place of `OBJECT` in its advice.
    #[must_use]
    pub fn about(mut self, object: &str) -> Self {
        self.fix = self.fix.map(|fix| fix.replace("OBJECT", object));
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.reason, self.rule.id())
    }
}

impl std::error::Error for Refusal {}

fn rule_id<S: Serializer>(rule: &Rule, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(rule.id())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::HashKind;

    #[test]
    fn refusals_name_their_rule() {
        let id = HashKind::Sha1.empty_tree();
        let refusal = Refusal::new(Rule::MessageNfc, "the body is not in form C")
            .with_evidence(id)
            .with_fix("write it again");
        assert_eq!(
            refusal.to_string(),
            "the body is not in form C (message-nfc)"
        );
        assert_eq!(
            serde_json::to_string(&refusal).unwrap(),
            format!(
                r#"{{"rule":"message-nfc","reason":"the body is not in form C","evidence":["{id}"],"fix":"write it again"}}"#
            )
        );
    }
}
