//! One condition of a gate: what it is, which clause asks for it, and whether it is met.

use serde::Serialize;

use crate::event::Rule;
use crate::id::ObjectId;
use crate::refusal::Refusal;

/// One condition of a gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Its stable name, such as `approvals` or `check:build`.
    pub id: String,
    /// The part of the policy that asks for it.
    pub clause: String,
    /// The events that meet it, or that stand against it.
    pub evidence: Vec<ObjectId>,
    /// Why it is not met; nothing when it is.
    pub refusals: Vec<Refusal>,
    /// The override that lets it pass all the same.
    pub overridden: Option<ObjectId>,
}

impl Item {
    pub(super) fn passed(id: &str, clause: &str) -> Self {
        Self {
            id: id.to_owned(),
            clause: clause.to_owned(),
            evidence: Vec::new(),
            refusals: Vec::new(),
            overridden: None,
        }
    }

    pub(super) fn refused(id: &str, clause: &str, refusals: Vec<Refusal>) -> Self {
        let mut item = Self::passed(id, clause);
        for refusal in refusals {
            item.refuse(refusal);
        }
        item
    }

    pub(super) fn failed(id: &str, clause: &str, rule: Rule, reason: impl Into<String>) -> Self {
        Self::refused(id, clause, vec![Refusal::new(rule, reason)])
    }

    pub(super) fn evidence(&mut self, event: ObjectId) {
        if !self.evidence.contains(&event) {
            self.evidence.push(event);
        }
    }

    pub(super) fn refuse(&mut self, refusal: Refusal) {
        for event in &refusal.evidence {
            self.evidence(*event);
        }
        self.refusals.push(refusal);
    }

    /// Names the pull request in what there is to do.
    pub(super) fn about(&mut self, object: &str) {
        let refusals = std::mem::take(&mut self.refusals).into_iter();
        self.refusals = refusals.map(|refusal| refusal.about(object)).collect();
    }

    /// Whether it stands in the way of landing.
    pub fn shuts(&self) -> bool {
        !self.refusals.is_empty() && self.overridden.is_none()
    }
}
