//! A walk through an event's tree: its directories and files, and the defect that counts.

use std::collections::BTreeSet;

use super::is_empty;
use crate::event::Rule;
use crate::id::ObjectId;
use crate::object::{ObjectType, Objects, TreeEntry, parse_tree};
use crate::refusal::Refusal;

/// No shape allows as many entries as a tree object of this size holds, so longer ones are not read.
const TREE_MAX_LEN: usize = 524_288;

/// A walk through an event's tree that goes on after a defect, because one of an earlier rule may follow.
pub(super) struct Walk<'a> {
    pub(super) objects: &'a Objects,
    /// Of the defects so far, the first of those whose rule comes first.
    first: Option<Refusal>,
    /// Trees that are not well formed: one that is named a thousand times is read once.
    unusable: BTreeSet<ObjectId>,
}

impl<'a> Walk<'a> {
    pub(super) const fn new(objects: &'a Objects) -> Self {
        Self {
            objects,
            first: None,
            unusable: BTreeSet::new(),
        }
    }

    /// The defect that counts, if there was one.
    pub(super) fn finish(self) -> Result<(), Refusal> {
        self.first.map_or(Ok(()), Err)
    }

    pub(super) fn note(&mut self, rule: Rule, reason: impl Into<String>) {
        if self.first.as_ref().is_none_or(|first| rule < first.rule) {
            self.first = Some(Refusal::new(rule, reason));
        }
    }

    pub(super) fn unexpected(&mut self, entry: &TreeEntry<'_>) {
        let reason = format!(
            "the tree has an entry that does not belong there: {:o} \"{}\"",
            entry.mode,
            entry.name.escape_ascii()
        );
        self.note(Rule::TreeShape, reason);
    }

    pub(super) fn directory(&mut self, id: &ObjectId) -> Vec<TreeEntry<'a>> {
        if is_empty(id) || self.unusable.contains(id) {
            return Vec::new();
        }
        let Some(data) = self.objects.get(id, ObjectType::Tree) else {
            self.note(Rule::ObjectMissing, format!("there is no tree {id}"));
            return Vec::new();
        };
        let entries = Some(data)
            .filter(|data| data.len() <= TREE_MAX_LEN)
            .and_then(|data| parse_tree(self.objects.kind(), data));
        entries.unwrap_or_else(|| {
            let reason = format!("the tree {id} is not well formed, or too large");
            self.note(Rule::TreeShape, reason);
            self.unusable.insert(*id);
            Vec::new()
        })
    }

    /// A file's content, empty if it is missing or larger than `max_len` bytes.
    pub(super) fn file(&mut self, id: &ObjectId, max_len: usize) -> &'a [u8] {
        let Some(data) = self.objects.get(id, ObjectType::Blob) else {
            self.note(Rule::ObjectMissing, format!("there is no blob {id}"));
            return &[];
        };
        if data.len() > max_len {
            let reason = format!(
                "the file {id} has {} bytes; at most {max_len} are allowed",
                data.len()
            );
            self.note(Rule::ObjectSize, reason);
            return &[];
        }
        data
    }
}
