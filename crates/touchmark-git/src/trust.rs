//! What this clone has decided to believe: the pinned root of the policy and the highest receipt seen.
//!
//! This is not a cache. Without it a server could show another history, so damage is an error and never a fresh start,
//! and a value is only replaced by someone who knows the old one.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gix::lock::acquire::Fail;
use touchmark_core::id::{Digest, ObjectId};

use crate::repository::Repository;

const MAGIC: &str = "touchmark-trust 1";

const LOCK_WAIT: Duration = Duration::from_secs(5);

/// The repository that this clone believes to be a clone of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinnedRoot {
    /// The repository id: the SHA-256 of the first policy's signed payload.
    pub repository_id: Digest,
    /// The commit of the first policy.
    pub policy_root: ObjectId,
}

/// The trust store cannot be read or must not be changed.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// A file is not what was written.
    #[error(
        "{} is damaged; restore it from a backup, or compare the repository id with a person you trust and delete the file",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// Another root is pinned.
    #[error(
        "this clone is pinned to repository {} (policy {}), not {} (policy {}): the server shows another repository",
        pinned.repository_id, pinned.policy_root, offered.repository_id, offered.policy_root
    )]
    OtherRoot {
        /// What is pinned.
        pinned: Box<PinnedRoot>,
        /// What was to be pinned.
        offered: Box<PinnedRoot>,
    },
    /// The highest receipt is not the one that the caller knew.
    #[error("the highest receipt is {}, not {} as expected: another process has seen more", shown(*actual), shown(*expected))]
    ReceiptMoved {
        /// What the caller expected.
        expected: Option<ObjectId>,
        /// What is stored.
        actual: Option<ObjectId>,
    },
    /// A file could not be read, written or locked.
    #[error("cannot use {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

fn shown(id: Option<ObjectId>) -> String {
    id.map_or_else(|| "none".to_owned(), |id| id.to_string())
}

/// The directory `touchmark/trust/` of a repository.
#[derive(Debug, Clone)]
pub struct Trust {
    directory: PathBuf,
}

impl Trust {
    /// The trust store of a repository, shared by its worktrees.
    pub fn of(repository: &Repository) -> Self {
        Self {
            directory: repository.common_dir().join("touchmark").join("trust"),
        }
    }

    /// The pinned root; `None` in a clone that has none yet.
    ///
    /// # Errors
    ///
    /// [`TrustError`] when the file is damaged or cannot be read.
    pub fn root(&self) -> Result<Option<PinnedRoot>, TrustError> {
        let path = self.path("root");
        let Some(fields) = read(&path, ["repository", "policy-root"])? else {
            return Ok(None);
        };
        let [repository, policy] = fields;
        match (Digest::from_hex(&repository), ObjectId::from_hex(&policy)) {
            (Some(repository_id), Some(policy_root)) => Ok(Some(PinnedRoot {
                repository_id,
                policy_root,
            })),
            _ => Err(TrustError::Damaged { path }),
        }
    }

    /// Pins the root; pinning the same one again changes nothing.
    ///
    /// # Errors
    ///
    /// [`TrustError::OtherRoot`] when another one is pinned; it stays.
    pub fn pin(&self, root: &PinnedRoot) -> Result<(), TrustError> {
        let lock = self.lock("root")?;
        match self.root()? {
            Some(pinned) if pinned == *root => Ok(()),
            Some(pinned) => Err(TrustError::OtherRoot {
                pinned: Box::new(pinned),
                offered: Box::new(*root),
            }),
            None => self.write(
                lock,
                &format!(
                    "{MAGIC}\nrepository {}\npolicy-root {}\n",
                    root.repository_id, root.policy_root
                ),
            ),
        }
    }

    /// The highest receipt that this clone has seen.
    ///
    /// # Errors
    ///
    /// [`TrustError`] when the file is damaged or cannot be read.
    pub fn receipt(&self) -> Result<Option<ObjectId>, TrustError> {
        let path = self.path("receipt");
        let Some([receipt]) = read(&path, ["receipt"])? else {
            return Ok(None);
        };
        ObjectId::from_hex(&receipt)
            .map(Some)
            .ok_or(TrustError::Damaged { path })
    }

    /// Replaces the highest receipt `expected` by `new`, which the caller has found to descend from it.
    ///
    /// # Errors
    ///
    /// [`TrustError::ReceiptMoved`] when another receipt is stored; it stays.
    pub fn set_receipt(&self, expected: Option<ObjectId>, new: ObjectId) -> Result<(), TrustError> {
        let lock = self.lock("receipt")?;
        let actual = self.receipt()?;
        if actual == Some(new) {
            return Ok(());
        }
        if actual != expected {
            return Err(TrustError::ReceiptMoved { expected, actual });
        }
        self.write(lock, &format!("{MAGIC}\nreceipt {new}\n"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    fn lock(&self, name: &str) -> Result<gix::lock::File, TrustError> {
        let path = self.path(name);
        let io = |source| TrustError::Io {
            path: path.clone(),
            source,
        };
        std::fs::create_dir_all(&self.directory).map_err(io)?;
        gix::lock::File::acquire_to_update_resource(
            &path,
            Fail::AfterDurationWithBackoff(LOCK_WAIT),
            None,
            0,
        )
        .map_err(|err| io(std::io::Error::other(err)))
    }

    /// Writes through the lock's file, so that readers see the old or the new content and a crash leaves one of them.
    fn write(&self, mut lock: gix::lock::File, content: &str) -> Result<(), TrustError> {
        let path = lock.resource_path();
        let io = |source| TrustError::Io {
            path: path.clone(),
            source,
        };
        lock.with_mut(|file| {
            file.write_all(content.as_bytes())?;
            file.sync_all()
        })
        .map_err(io)?;
        lock.commit().map_err(|err| io(err.error))?;
        sync_directory(&self.directory).map_err(io)
    }
}

/// The rename is only durable once the directory is; where directories cannot be opened there is nothing to sync.
fn sync_directory(directory: &Path) -> std::io::Result<()> {
    if cfg!(unix) {
        std::fs::File::open(directory)?.sync_all()?;
    }
    Ok(())
}

/// The values of exactly the lines `<key> <value>` with these keys, after the magic line; `None` without a file.
fn read<const N: usize>(path: &Path, keys: [&str; N]) -> Result<Option<[String; N]>, TrustError> {
    let damaged = || TrustError::Damaged {
        path: path.to_owned(),
    };
    let content = match std::fs::read(path) {
        Ok(content) => content,
        Err(err) if err.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => {
            return Err(TrustError::Io {
                path: path.to_owned(),
                source,
            });
        }
    };
    let content = String::from_utf8(content).map_err(|_| damaged())?;
    let body = content.strip_suffix('\n').ok_or_else(damaged)?;
    let mut lines = body.split('\n');
    if lines.next() != Some(MAGIC) {
        return Err(damaged());
    }
    let mut values = Vec::with_capacity(N);
    for key in keys {
        let value = lines
            .next()
            .and_then(|line| line.strip_prefix(key)?.strip_prefix(' '))
            .ok_or_else(damaged)?;
        values.push(value.to_owned());
    }
    if lines.next().is_some() {
        return Err(damaged());
    }
    values.try_into().map(Some).map_err(|_| damaged())
}
