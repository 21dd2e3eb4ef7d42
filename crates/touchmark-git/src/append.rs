//! Appending events to a log.

use touchmark_core::id::ObjectId;
use touchmark_core::object::ObjectType;

use crate::history::links;
use crate::objects::WriteError;
use crate::repository::Repository;
use crate::transaction::{RefEdit, TransactError};

/// New events for one log, and what has to happen together with them.
#[derive(Debug, Clone, Copy)]
pub struct Append<'a> {
    /// The log's ref.
    pub log_ref: &'a str,
    /// The tip that the events were made on; `None` for a new log.
    pub expected: Option<ObjectId>,
    /// The commits' content, oldest first; each has the one before it as its first parent, the first has `expected`.
    pub commits: &'a [Vec<u8>],
    /// Trees, blobs and other commits that these need, in any order.
    pub objects: &'a [(ObjectType, Vec<u8>)],
    /// Other refs that move, or are only verified, in the same transaction.
    pub edits: &'a [RefEdit],
    /// One line for the reflog.
    pub message: &'a str,
}

/// Nothing was appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// There is no event to append.
    #[error("no event to append to {log_ref}")]
    Empty {
        /// The log's ref.
        log_ref: String,
    },
    /// A commit does not stand on the one before it.
    #[error(
        "event {id} cannot be appended to {log_ref}: its first parent is {actual}, not {expected}"
    )]
    NotAChain {
        /// The log's ref.
        log_ref: String,
        /// The commit.
        id: ObjectId,
        /// Its first parent, or "nothing".
        actual: String,
        /// What its first parent has to be, or "nothing".
        expected: String,
    },
    /// An object could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The refs could not be moved.
    #[error(transparent)]
    Transact(#[from] TransactError),
}

impl AppendError {
    /// Whether loading and deciding again may help.
    pub const fn is_conflict(&self) -> bool {
        matches!(self, Self::Transact(err) if err.is_conflict())
    }
}

impl Repository {
    /// Writes the events' objects, then moves the log's ref and all others in one compare-and-swap transaction.
    /// Returns the log's new tip.
    ///
    /// # Errors
    ///
    /// [`AppendError`]; no ref has moved then unless it holds [`TransactError::Partial`].
    pub fn append(&self, append: &Append<'_>) -> Result<ObjectId, AppendError> {
        let log_ref = || append.log_ref.to_owned();
        for (object_type, data) in append.objects {
            self.write(*object_type, data)?;
        }
        let mut tip = append.expected;
        for commit in append.commits {
            let id = self.write(ObjectType::Commit, commit)?;
            let parent =
                links(self.hash_kind(), commit).and_then(|links| links.parents.first().copied());
            if parent != tip {
                let shown = |id: Option<ObjectId>| {
                    id.map_or_else(|| "nothing".to_owned(), |id| id.to_string())
                };
                return Err(AppendError::NotAChain {
                    log_ref: log_ref(),
                    id,
                    actual: shown(parent),
                    expected: shown(tip),
                });
            }
            tip = Some(id);
        }
        let (Some(tip), false) = (tip, append.commits.is_empty()) else {
            return Err(AppendError::Empty { log_ref: log_ref() });
        };
        let mut edits = vec![RefEdit {
            name: log_ref(),
            expected: append.expected.into(),
            new: Some(tip),
            message: append.message.to_owned(),
        }];
        edits.extend_from_slice(append.edits);
        self.transact(&edits)?;
        Ok(tip)
    }
}
