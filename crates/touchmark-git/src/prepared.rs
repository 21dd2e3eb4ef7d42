//! A ref transaction between the two halves of a commit: everything is locked and compared, nothing has changed.

use gix::refs::file::Transaction;

use crate::repository::{Repository, reason};
use crate::transaction::TransactError;

/// A transaction whose refs are locked and hold what is expected of them.
///
/// Dropping it lets go of the locks and changes nothing.
#[must_use = "nothing changes until it is committed"]
pub struct Prepared<'r> {
    repository: &'r Repository,
    /// None when every edit only verifies.
    transaction: Option<Transaction<'r, 'r>>,
    /// The locks of refs that are only verified.
    held: Vec<gix::lock::Marker>,
}

impl std::fmt::Debug for Prepared<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prepared")
            .field("repository", &self.repository)
            .field("verified", &self.held.len())
            .finish_non_exhaustive()
    }
}

impl<'r> Prepared<'r> {
    pub(crate) fn new(
        repository: &'r Repository,
        transaction: Transaction<'r, 'r>,
        held: Vec<gix::lock::Marker>,
    ) -> Self {
        Self {
            repository,
            transaction: Some(transaction),
            held,
        }
    }

    pub(crate) fn verified(repository: &'r Repository, held: Vec<gix::lock::Marker>) -> Self {
        Self {
            repository,
            transaction: None,
            held,
        }
    }

    /// Moves the refs.
    ///
    /// # Errors
    ///
    /// [`TransactError::Partial`]: some of them may have moved.
    pub fn commit(self) -> Result<(), TransactError> {
        let Some(transaction) = self.transaction else {
            return Ok(());
        };
        let committer = reflog_committer(self.repository);
        let mut time = gix::date::parse::TimeBuf::default();
        transaction
            .commit(committer.to_ref(&mut time))
            .map_err(|err| TransactError::Partial {
                reason: reason(&err),
            })?;
        drop(self.held);
        Ok(())
    }
}

/// Who the reflog names: git's committer, or this program where none is configured.
fn reflog_committer(repository: &Repository) -> gix::actor::Signature {
    if let Some(Ok(committer)) = repository.inner.committer()
        && let Ok(committer) = committer.to_owned()
    {
        return committer;
    }
    gix::actor::Signature {
        name: "touchmark".into(),
        email: "touchmark@localhost".into(),
        time: gix::date::Time::now_utc(),
    }
}
