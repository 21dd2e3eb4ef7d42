//! Merging trees by the core's rule.

use std::collections::BTreeSet;

use touchmark_core::id::ObjectId;
use touchmark_core::merge::conflict::Conflicts;
use touchmark_core::merge::tree::{Limit, Limits, Outcome, Pending, Refused, Step, Supply, start};
use touchmark_core::object::Objects;
use touchmark_core::rebase::{Rebase, Remade};

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

/// What a rebase comes to.
#[derive(Debug, Clone)]
pub enum Rebased {
    /// Every commit goes onto what came before it.
    Clean {
        /// The commits to make.
        commits: Vec<Remade>,
        /// The trees and blobs that were made for them; some may have existed before.
        objects: Objects,
    },
    /// One does not.
    Conflict {
        /// The rebase, as far as it went.
        rebase: Rebase,
        /// What does not merge.
        conflicts: Conflicts,
    },
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
        let none = Objects::new(self.hash_kind());
        let merged = self.merge_trees_beside(&none, [base, ours, theirs], limits);
        merged.map(|(outcome, _)| outcome)
    }

    /// Rebases a chain of commits as the core says, and writes nothing.
    ///
    /// # Errors
    ///
    /// As of [`Repository::merge_trees_unwritten`], for any of the commits.
    pub fn rebase_unwritten(&self, mut rebase: Rebase) -> Result<Rebased, MergeError> {
        let mut made = Objects::new(self.hash_kind());
        while let Some(trees) = rebase.wanted() {
            let (outcome, left) = self.merge_trees_beside(&made, trees, rebase.limits())?;
            match outcome {
                Outcome::Clean { tree, objects } => {
                    for (_, object) in objects.iter() {
                        made.insert(object.object_type, object.data.clone())
                            .map_err(Refused::Collision)?;
                    }
                    rebase.merged(tree, left);
                }
                Outcome::Conflict(conflicts) => {
                    return Ok(Rebased::Conflict { rebase, conflicts });
                }
            }
        }
        Ok(Rebased::Clean {
            commits: rebase.finish(),
            objects: made,
        })
    }

    /// Merges base, ours and theirs, some of whose objects may be `made` and not written; with what is left of the limits.
    fn merge_trees_beside(
        &self,
        made: &Objects,
        [base, ours, theirs]: [ObjectId; 3],
        limits: Limits,
    ) -> Result<(Outcome, Limits), MergeError> {
        let mut step = start(base, ours, theirs, limits);
        let mut left = limits;
        loop {
            match step {
                Step::Needs(pending) => {
                    let supply = self.supply(&pending, made)?;
                    (step, left) = pending.resume_counted(&supply)?;
                }
                Step::Done(outcome) => return Ok((outcome, left)),
            }
        }
    }

    fn supply(&self, pending: &Pending, made: &Objects) -> Result<Supply, MergeError> {
        let mut objects = Objects::new(self.hash_kind());
        let mut too_large = BTreeSet::new();
        let mut left = pending.bytes_left();
        for need in pending.needs() {
            let own = made.get(&need.id, need.object_type);
            let bytes = match own {
                Some(data) => u64::try_from(data.len()).unwrap_or(u64::MAX),
                // What is missing stays out; the core says so.
                None => match self.header(need.id)? {
                    Some((_, bytes)) => bytes,
                    None => continue,
                },
            };
            if bytes > need.max_bytes {
                too_large.insert(need.id);
                continue;
            }
            left = left
                .checked_sub(bytes)
                .ok_or(Refused::TooLarge(Limit::Bytes))?;
            let found = match own {
                Some(data) => Some((need.object_type, data.to_vec())),
                None => self.read(need.id, need.max_bytes)?,
            };
            if let Some((object_type, data)) = found {
                objects
                    .insert(object_type, data)
                    .map_err(Refused::Collision)?;
            }
        }
        Ok(Supply { objects, too_large })
    }
}
