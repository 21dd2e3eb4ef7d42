//! Merging trees by the core's rule.

use std::collections::BTreeSet;

use touchmark_core::id::ObjectId;
use touchmark_core::merge::tree::{Limit, Limits, Outcome, Pending, Refused, Step, Supply, start};
use touchmark_core::object::Objects;

use crate::objects::{ReadError, WriteError};
use crate::repository::Repository;

/// Trees could not be merged; conflicts are no error.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// The rule has no answer.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// An object is damaged.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// What was made cannot be stored.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl Repository {
    /// Merges the trees `ours` and `theirs`, both grown from `base`, and writes what the result needs.
    ///
    /// # Errors
    ///
    /// [`MergeError`] when an object is missing or damaged, a limit is passed, or the result cannot be written.
    pub fn merge_trees(
        &self,
        base: ObjectId,
        ours: ObjectId,
        theirs: ObjectId,
    ) -> Result<Outcome, MergeError> {
        let outcome = self.merge_trees_unwritten(base, ours, theirs, Limits::RULE_1)?;
        if let Outcome::Clean { objects, .. } = &outcome {
            for (_, object) in objects.iter() {
                self.write(object.object_type, &object.data)?;
            }
        }
        Ok(outcome)
    }

    /// Merges as [`Repository::merge_trees`] does, within limits of one's own, and writes nothing.
    ///
    /// # Errors
    ///
    /// [`MergeError`] when an object is missing or damaged, or a limit is passed.
    pub fn merge_trees_unwritten(
        &self,
        base: ObjectId,
        ours: ObjectId,
        theirs: ObjectId,
        limits: Limits,
    ) -> Result<Outcome, MergeError> {
        let mut step = start(base, ours, theirs, limits);
        loop {
            match step {
                Step::Needs(pending) => {
                    let supply = self.supply(&pending)?;
                    step = pending.resume(&supply)?;
                }
                Step::Done(outcome) => return Ok(outcome),
            }
        }
    }

    fn supply(&self, pending: &Pending) -> Result<Supply, MergeError> {
        let mut objects = Objects::new(self.hash_kind());
        let mut too_large = BTreeSet::new();
        let mut left = pending.bytes_left();
        for need in pending.needs() {
            // What is missing stays out; the core says so.
            let Some((_, bytes)) = self.header(need.id)? else {
                continue;
            };
            if bytes > need.max_bytes {
                too_large.insert(need.id);
                continue;
            }
            left = left
                .checked_sub(bytes)
                .ok_or(Refused::TooLarge(Limit::Bytes))?;
            if let Some((object_type, data)) = self.read(need.id, need.max_bytes)? {
                objects
                    .insert(object_type, data)
                    .map_err(Refused::Collision)?;
            }
        }
        Ok(Supply { objects, too_large })
    }
}
