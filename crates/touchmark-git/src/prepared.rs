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
///
/// `gix` would find out the local time zone for that, and read the whole time zone database; every push would wait.
fn reflog_committer(repository: &Repository) -> gix::actor::Signature {
    let known = |variable: &str, keys: [&str; 2], fallback: &str| {
        let configured = keys
            .into_iter()
            .find_map(|key| repository.config_string(key));
        let known = std::env::var(variable).ok().or(configured);
        let clean: String = known
            .unwrap_or_default()
            .chars()
            .filter(|c| !c.is_control() && !matches!(c, '<' | '>'))
            .collect();
        match clean.trim() {
            "" => fallback.into(),
            name => name.into(),
        }
    };
    gix::actor::Signature {
        name: known(
            "GIT_COMMITTER_NAME",
            ["committer.name", "user.name"],
            "touchmark",
        ),
        email: known(
            "GIT_COMMITTER_EMAIL",
            ["committer.email", "user.email"],
            "touchmark@localhost",
        ),
        time: gix::date::Time::now_utc(),
    }
}
