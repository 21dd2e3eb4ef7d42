//! Moving refs: one atomic transaction with the value that each ref is expected to have.
//!
//! `gix` locks and writes the refs. This module adds what a compare-and-swap that a forge stands on needs beyond that:
//! - A ref that is only verified stays locked until the others are written, or a policy could change in between.
//! - The expected values are read once more, from disk, while every lock is held. `gix` 0.90 reads `packed-refs` before
//!   it locks that file, and stock git keeps what it read as long as the file's size, time and inode are the same,
//!   which under constant maintenance they are: racing with `git pack-refs` in a loop, `git update-ref` (2.47.3) lost
//!   acknowledged updates in a quarter of the runs of a test that this module passes.
//! - For the same reason a deletion, which rewrites `packed-refs`, is only made when that file did not change meanwhile.
//! - Creating a ref that exists with the wanted value is a conflict, so that of two writers only one is told yes.

use std::collections::BTreeSet;
use std::time::Duration;

use gix::lock::acquire::Fail;
use gix::refs::Target;
use gix::refs::transaction::{Change, LogChange, PreviousValue, RefLog};
use serde::{Deserialize, Serialize};
use touchmark_core::id::ObjectId;

use crate::prepared::Prepared;
use crate::refs::{RefError, check_name};
use crate::repository::{Repository, reason};
use crate::trace;

/// How long to wait for another process that holds a ref's lock; such locks live for milliseconds.
pub(crate) const REF_LOCK_WAIT: Duration = Duration::from_millis(1_000);

/// How long to wait for `packed-refs.lock`, held while all packed refs are rewritten.
const PACKED_LOCK_WAIT: Duration = Duration::from_millis(5_000);

/// How often a transaction starts again when maintenance moves refs under it; each time nothing has changed.
const UNSETTLED_TRIES: usize = 10;

/// What a ref must hold for an edit to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Expected {
    /// There must be no such ref.
    MustNotExist,
    /// The ref must hold this id.
    MustBe(ObjectId),
}

impl Expected {
    /// The id that the ref must hold, `None` when it must not exist.
    pub const fn id(self) -> Option<ObjectId> {
        match self {
            Self::MustNotExist => None,
            Self::MustBe(id) => Some(id),
        }
    }
}

impl From<Option<ObjectId>> for Expected {
    fn from(id: Option<ObjectId>) -> Self {
        id.map_or(Self::MustNotExist, Self::MustBe)
    }
}

/// One ref's part in a transaction.
///
/// When `new` equals what is expected the ref is only verified: it is locked, compared and left alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefEdit {
    /// The full name, `refs/…`.
    pub name: String,
    /// What the ref must hold now.
    pub expected: Expected,
    /// What it holds afterwards; `None` deletes it.
    pub new: Option<ObjectId>,
    /// One line for the reflog, where git keeps one for this ref.
    pub message: String,
}

impl RefEdit {
    /// Creates a ref that must not exist.
    pub fn create(name: impl Into<String>, new: ObjectId, message: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            expected: Expected::MustNotExist,
            new: Some(new),
            message: message.into(),
        }
    }

    /// Moves a ref from `old` to `new`.
    pub fn update(
        name: impl Into<String>,
        old: ObjectId,
        new: ObjectId,
        message: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            expected: Expected::MustBe(old),
            new: Some(new),
            message: message.into(),
        }
    }

    /// Deletes a ref that holds `old`, and its reflog.
    pub fn delete(name: impl Into<String>, old: ObjectId) -> Self {
        Self {
            name: name.into(),
            expected: Expected::MustBe(old),
            new: None,
            message: String::new(),
        }
    }

    /// Lets the transaction happen only if the ref holds `value`, or does not exist when that is `None`.
    pub fn verify(name: impl Into<String>, value: Option<ObjectId>) -> Self {
        Self {
            name: name.into(),
            expected: value.into(),
            new: value,
            message: String::new(),
        }
    }

    /// Whether the ref is only compared with what is expected.
    pub fn is_verify(&self) -> bool {
        self.expected.id() == self.new
    }
}

/// A transaction was not made. Unless the variant says otherwise no ref has changed.
#[derive(Debug, thiserror::Error)]
pub enum TransactError {
    /// A ref holds something else than expected: somebody was faster. Load, decide and try again.
    #[error(
        "{name} holds {}, not {} as expected: somebody else moved it",
        shown(*actual), shown(*expected)
    )]
    Conflict {
        /// The ref.
        name: String,
        /// What it was expected to hold, `None` for no ref.
        expected: Option<ObjectId>,
        /// What it holds, `None` for no ref.
        actual: Option<ObjectId>,
    },
    /// Another process holds a lock for longer than refs are locked for.
    #[error(
        "a lock stays in place: {reason}; if no git process runs in this repository, delete the .lock file"
    )]
    Locked {
        /// Which lock, as the store says it.
        reason: String,
    },
    /// Maintenance moved refs under the transaction again and again: `git pack-refs` removes the directories that it
    /// leaves empty, while a lock is being made in one, and a ref's file between two looks at it.
    #[error("maintenance keeps moving refs: {reason}; try again")]
    Unsettled {
        /// What the store says.
        reason: String,
    },
    /// The transaction names the same ref twice.
    #[error("the ref {name} occurs twice in one transaction")]
    Doubled {
        /// The ref.
        name: String,
    },
    /// A ref cannot be made because of another one: `a` and `a/b` cannot both exist.
    #[error("{name} cannot be created while {other} exists: one is a directory of the other")]
    Nested {
        /// The ref that was to be created.
        name: String,
        /// The one that is there.
        other: String,
    },
    /// An id belongs to the other hash kind, or is all zeros.
    #[error("{name} cannot hold {id}: it is not an object id of this repository")]
    Id {
        /// The ref.
        name: String,
        /// The id.
        id: ObjectId,
    },
    /// The object that a ref was to hold is not in the repository.
    #[error("{name} cannot hold {id}: there is no such object; write or fetch it first")]
    NoObject {
        /// The ref.
        name: String,
        /// The id.
        id: ObjectId,
    },
    /// A ref is misnamed, symbolic or damaged.
    #[error(transparent)]
    Ref(#[from] RefError),
    /// The transaction could not be prepared.
    #[error("cannot prepare the ref transaction: {reason}")]
    Prepare {
        /// Why.
        reason: String,
    },
    /// Writing failed after it had begun: some refs may have changed. Read them before doing anything else.
    #[error(
        "the ref transaction failed midway and some refs may have changed: {reason}; read them again"
    )]
    Partial {
        /// Why.
        reason: String,
    },
}

impl TransactError {
    /// Whether loading and deciding again may help: somebody else wrote, or is writing.
    pub const fn is_conflict(&self) -> bool {
        matches!(
            self,
            Self::Conflict { .. } | Self::Locked { .. } | Self::Unsettled { .. }
        )
    }
}

fn shown(id: Option<ObjectId>) -> String {
    id.map_or_else(|| "nothing".to_owned(), |id| id.short())
}

impl Repository {
    /// Makes all edits or none, each only if its ref holds what is expected.
    ///
    /// Against other processes, git's own among them, the transaction is atomic; against a crash of the machine it is
    /// not, as git's own is not with refs in files.
    ///
    /// # Errors
    ///
    /// [`TransactError::Conflict`] when a ref holds something else; no ref has changed then.
    pub fn transact(&self, edits: &[RefEdit]) -> Result<(), TransactError> {
        let begun = trace::begin();
        let moved = self.prepare(edits).and_then(Prepared::commit);
        begun.end(|| trace::Step::Moved {
            names: edits.iter().map(|edit| edit.name.as_str()).collect(),
            done: moved.is_ok(),
        });
        moved
    }

    /// This repository, where moving refs writes no reflogs: what is left to do when a disk is full.
    pub fn without_reflogs(&self) -> Self {
        let mut quiet = self.clone();
        quiet.inner.refs.write_reflog = gix::refs::store::WriteReflog::Disable;
        quiet
    }

    /// Locks every ref of a transaction and compares it with what is expected; nothing has changed then.
    ///
    /// Until the returned value is committed or dropped nobody else can move these refs.
    ///
    /// # Errors
    ///
    /// [`TransactError::Conflict`] when a ref holds something else; no lock is held then.
    pub fn prepare(&self, edits: &[RefEdit]) -> Result<Prepared<'_>, TransactError> {
        self.check_edits(edits)?;
        let mut tries = 1;
        loop {
            match self.attempt(edits) {
                Err(TransactError::Unsettled { .. }) if tries < UNSETTLED_TRIES => tries += 1,
                result => return result,
            }
        }
    }

    fn attempt(&self, edits: &[RefEdit]) -> Result<Prepared<'_>, TransactError> {
        let mut held = Vec::new();
        let mut verifies: Vec<_> = edits.iter().filter(|edit| edit.is_verify()).collect();
        // Everyone locks in the order of names, so two transactions cannot wait for each other.
        verifies.sort_by(|a, b| a.name.cmp(&b.name));
        for edit in verifies {
            held.push(self.lock_ref(&edit.name)?);
        }
        let changes: Vec<_> = edits.iter().filter(|edit| !edit.is_verify()).collect();
        if changes.is_empty() {
            self.check_values(edits)?;
            return Ok(Prepared::verified(self, held));
        }
        // Cheaper and plainer than to learn it from the store's error; the check under the locks follows.
        self.check_values(edits)?;
        self.check_nesting(edits)?;
        let packed = self.packed_before_deletion(&changes)?;
        if packed.is_some() {
            // What the store kept is judged by the file's time, which is too coarse.
            self.inner
                .refs
                .force_refresh_packed_buffer()
                .map_err(|err| lock_error(&err, reason(&err)))?;
        }
        let transaction = self
            .inner
            .refs
            .transaction()
            .prepare(
                changes
                    .iter()
                    .map(|edit| self.gix_edit(edit))
                    .collect::<Result<Vec<_>, _>>()?,
                Fail::AfterDurationWithBackoff(REF_LOCK_WAIT),
                Fail::AfterDurationWithBackoff(PACKED_LOCK_WAIT),
            )
            .map_err(|err| self.prepare_error(edits, &err))?;
        self.check_values(edits)?;
        if packed != self.packed_before_deletion(&changes)? {
            return Err(TransactError::Unsettled {
                reason: "packed-refs was rewritten".to_owned(),
            });
        }
        Ok(Prepared::new(self, transaction, held))
    }

    /// The content of `packed-refs` if a deletion is going to rewrite it from what `gix` reads next.
    fn packed_before_deletion(
        &self,
        changes: &[&RefEdit],
    ) -> Result<Option<Vec<u8>>, TransactError> {
        if changes.iter().all(|edit| edit.new.is_some()) {
            return Ok(None);
        }
        let path = self.inner.refs.packed_refs_path();
        let content = match std::fs::read(&path) {
            Ok(content) => Some(content),
            Err(err) if err.kind() == std::io::ErrorKind::NotFound => None,
            Err(source) => return Err(RefError::Io { path, source }.into()),
        };
        Ok(content)
    }

    /// Checks what can be checked before anything is locked.
    pub(crate) fn check_edits(&self, edits: &[RefEdit]) -> Result<(), TransactError> {
        let mut names = BTreeSet::new();
        for edit in edits {
            check_name(&edit.name)?;
            if !names.insert(edit.name.as_str()) {
                return Err(TransactError::Doubled {
                    name: edit.name.clone(),
                });
            }
            for id in edit.expected.id().iter().chain(&edit.new) {
                if id.kind() != self.hash_kind() || id.is_zero() {
                    return Err(TransactError::Id {
                        name: edit.name.clone(),
                        id: *id,
                    });
                }
            }
            if let Some(id) = edit.new
                && !edit.is_verify()
                && !self.contains(id)
            {
                return Err(TransactError::NoObject {
                    name: edit.name.clone(),
                    id,
                });
            }
        }
        Ok(())
    }

    /// Compares every ref with what is expected of it.
    pub(crate) fn check_values(&self, edits: &[RefEdit]) -> Result<(), TransactError> {
        for edit in edits {
            let actual = self.read_ref(&edit.name)?;
            if actual != edit.expected.id() {
                return Err(TransactError::Conflict {
                    name: edit.name.clone(),
                    expected: edit.expected.id(),
                    actual,
                });
            }
        }
        Ok(())
    }

    /// Refuses a new ref that lies below an existing one or above one, unless that one goes in the same transaction.
    pub(crate) fn check_nesting(&self, edits: &[RefEdit]) -> Result<(), TransactError> {
        let goes = |name: &str| {
            edits
                .iter()
                .any(|other| other.name == name && other.new.is_none())
        };
        let created = |edit: &&RefEdit| edit.expected.id().is_none() && edit.new.is_some();
        for edit in edits.iter().filter(created) {
            let nested = |other: &str| TransactError::Nested {
                name: edit.name.clone(),
                other: other.to_owned(),
            };
            let parents = edit.name.match_indices('/').map(|(at, _)| &edit.name[..at]);
            for parent in parents.filter(|parent| check_name(parent).is_ok()) {
                if self.read_ref(parent)?.is_some() && !goes(parent) {
                    return Err(nested(parent));
                }
            }
            let below = self.refs(&format!("{}/", edit.name))?;
            if let Some(child) = below.keys().find(|name| !goes(name)) {
                return Err(nested(child));
            }
        }
        Ok(())
    }

    /// Takes the lock that git takes to change the ref; it is released when the value is dropped.
    fn lock_ref(&self, name: &str) -> Result<gix::lock::Marker, TransactError> {
        gix::lock::Marker::acquire_to_hold_resource(
            self.common_dir().join(name),
            Fail::AfterDurationWithBackoff(REF_LOCK_WAIT),
            Some(self.common_dir().join("refs")),
            0,
        )
        .map_err(|err| lock_error(&err, format!("{name}: {}", reason(&err))))
    }

    fn gix_edit(&self, edit: &RefEdit) -> Result<gix::refs::transaction::RefEdit, TransactError> {
        let name = gix::refs::FullName::try_from(edit.name.as_str()).map_err(|err| {
            TransactError::Prepare {
                reason: err.to_string(),
            }
        })?;
        let target = |id: ObjectId| {
            self.gix_id(&id)
                .map(Target::Object)
                .ok_or_else(|| TransactError::Id {
                    name: edit.name.clone(),
                    id,
                })
        };
        let expected = match edit.expected {
            Expected::MustNotExist => PreviousValue::MustNotExist,
            Expected::MustBe(id) => PreviousValue::MustExistAndMatch(target(id)?),
        };
        let change = match edit.new {
            Some(new) => Change::Update {
                log: LogChange {
                    mode: RefLog::AndReference,
                    force_create_reflog: false,
                    message: one_line(&edit.message).into(),
                },
                expected,
                new: target(new)?,
            },
            None => Change::Delete {
                expected,
                log: RefLog::AndReference,
            },
        };
        Ok(gix::refs::transaction::RefEdit::new(name, change))
    }

    /// Finds out what a failed preparation means; all of its locks are gone by now.
    fn prepare_error(&self, edits: &[RefEdit], err: &gix::Error) -> TransactError {
        use gix::refs::file::transaction::prepare::{MustNotExist, ReferenceOutOfDate};
        let observed = err
            .downcast_any_ref::<ReferenceOutOfDate>()
            .map(|err| (&err.full_name, &err.actual))
            .or_else(|| {
                err.downcast_any_ref::<MustNotExist>()
                    .map(|err| (&err.full_name, &err.actual))
            });
        if let Some((name, actual)) = observed
            && let Some(edit) = edits.iter().find(|edit| name == edit.name.as_str())
        {
            return TransactError::Conflict {
                name: edit.name.clone(),
                expected: edit.expected.id(),
                actual: actual.try_id().and_then(crate::repository::core_id),
            };
        }
        if let Err(refused) = self
            .check_values(edits)
            .and_then(|()| self.check_nesting(edits))
        {
            return refused;
        }
        // The values are as expected now, so what stopped us has passed, unless a lock was left behind.
        lock_error(err, reason(err))
    }
}

pub(crate) fn lock_error(err: &gix::Error, reason: String) -> TransactError {
    if err.classify().can_retry() {
        TransactError::Locked { reason }
    } else if is_unsettled(err) {
        TransactError::Unsettled { reason }
    } else {
        TransactError::Prepare { reason }
    }
}

/// Whether a failure to lock or read a ref only shows that files and directories came and went meanwhile.
fn is_unsettled(err: &gix::Error) -> bool {
    use std::io::ErrorKind::{AlreadyExists, DirectoryNotEmpty, NotADirectory, NotFound};
    let passing = [AlreadyExists, DirectoryNotEmpty, NotADirectory, NotFound];
    err.classify().is_not_found()
        || err
            .iter_errors()
            .filter_map(|err| err.downcast_ref::<std::io::Error>())
            .any(|err| passing.contains(&err.kind()))
}

/// Reflog entries are single lines.
fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}
