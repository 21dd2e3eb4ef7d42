//! Opening a repository and its plain facts.

use std::path::{Path, PathBuf};

use touchmark_core::id::{HashKind, ObjectId};

use crate::child::Git;
use crate::pack_cache::PackCache;

/// No single allocation for an object may be larger; it bounds delta bases, whose size no header of the result tells.
const ALLOCATION_LIMIT_BYTES: usize = 512 * 1024 * 1024;

/// A git repository on disk.
///
/// Reading ignores replace refs and grafts: an id always means the object whose content has that id.
/// Ref namespaces (`GIT_NAMESPACE`) are not applied.
/// The value is `Send` but not `Sync`: clone it for each thread.
#[derive(Clone)]
pub struct Repository {
    pub(crate) inner: gix::Repository,
    /// Where objects are looked up, in order; the repository's own database is the last.
    pub(crate) readers: Vec<gix::odb::Handle>,
    git_dir: PathBuf,
    common_dir: PathBuf,
    work_dir: Option<PathBuf>,
    kind: HashKind,
}

/// A repository could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is none, or it is damaged.
    #[error("cannot open a git repository at {}: {reason}", path.display())]
    NotARepository {
        /// Where it was looked for.
        path: PathBuf,
        /// What git's format asks for and was not found.
        reason: String,
    },
    /// It belongs to another user, so its configuration could run that user's programs.
    #[error(
        "the repository at {} belongs to another user; if you trust it: git config --global --add safe.directory {}",
        path.display(), path.display()
    )]
    Untrusted {
        /// The repository.
        path: PathBuf,
    },
    /// Its refs are stored in a format that this program cannot read.
    #[error(
        "the repository at {} keeps its refs in the format \"{format}\", which is not supported: git refs migrate --ref-format=files",
        path.display()
    )]
    RefFormat {
        /// The repository's git directory.
        path: PathBuf,
        /// The value of `extensions.refStorage`.
        format: String,
    },
    /// Its objects are named by a hash function that this program does not know.
    #[error("the repository at {} uses an unknown hash function", path.display())]
    HashKind {
        /// The repository's git directory.
        path: PathBuf,
    },
    /// An object directory cannot be read.
    #[error("cannot read the object directory {}", path.display())]
    ObjectDirectory {
        /// The directory.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl std::fmt::Debug for Repository {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Repository")
            .field("git_dir", &self.git_dir)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl Repository {
    /// Opens the repository at exactly `path`: a work tree, a `.git` directory or a bare repository.
    ///
    /// # Errors
    ///
    /// [`OpenError`] when there is none, it is another user's, or its format is not supported.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::open_in_quarantine(path, &[])
    }

    /// Opens the repository that `directory` lies in, searching upwards as git does.
    ///
    /// # Errors
    ///
    /// As [`Repository::open`].
    pub fn discover(directory: impl AsRef<Path>) -> Result<Self, OpenError> {
        let directory = directory.as_ref();
        let not_found = |err: &gix::Error| OpenError::NotARepository {
            path: directory.to_owned(),
            reason: reason(err),
        };
        let (found, _trust) = gix::discover::upwards(directory).map_err(|err| not_found(&err))?;
        let (git_dir, work_dir) = found.into_repository_and_work_tree_directories();
        Self::open(work_dir.unwrap_or(git_dir))
    }

    /// Opens `path` with additional object directories that are searched first.
    ///
    /// git keeps a push's objects in such a directory (`GIT_OBJECT_DIRECTORY`, `GIT_QUARANTINE_PATH`)
    /// while `pre-receive` judges them.
    ///
    /// # Errors
    ///
    /// As [`Repository::open`].
    pub fn open_in_quarantine(
        path: impl AsRef<Path>,
        object_directories: &[PathBuf],
    ) -> Result<Self, OpenError> {
        let options = gix::open::Options::default();
        Self::of(open_gix(path.as_ref(), options)?, object_directories)
    }

    /// Opens `path` by its own configuration alone: neither the environment nor the user's or the system's files count.
    ///
    /// For programs whose environment somebody else may have written.
    ///
    /// # Errors
    ///
    /// As [`Repository::open`].
    pub fn open_isolated(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let options = gix::open::Options::isolated();
        Self::of(open_gix(path.as_ref(), options)?, &[])
    }

    fn of(mut inner: gix::Repository, object_directories: &[PathBuf]) -> Result<Self, OpenError> {
        inner.clear_namespace();
        let git_dir = inner.git_dir().to_owned();
        let kind = match inner.object_hash() {
            gix::hash::Kind::Sha1 => HashKind::Sha1,
            gix::hash::Kind::Sha256 => HashKind::Sha256,
            _ => return Err(OpenError::HashKind { path: git_dir }),
        };
        let own = inner.objects.store_ref().path().to_owned();
        let mut readers = Vec::with_capacity(object_directories.len() + 1);
        for directory in object_directories {
            let mut reader = open_objects(directory, inner.object_hash())?;
            // Nothing is added to a quarantine any more, so what is not in it need not be looked for again.
            reader.refresh_never();
            readers.push(reader);
        }
        readers.push(open_objects(&own, inner.object_hash())?);
        let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        Ok(Self {
            git_dir: absolute(&git_dir),
            common_dir: absolute(inner.common_dir()),
            work_dir: inner.workdir().map(absolute),
            inner,
            readers,
            kind,
        })
    }

    /// The hash function that names this repository's objects.
    pub const fn hash_kind(&self) -> HashKind {
        self.kind
    }

    /// The git directory; in a linked worktree, that worktree's own.
    pub fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// The git directory that all worktrees share: objects, refs, configuration, `touchmark/`.
    pub fn common_dir(&self) -> &Path {
        &self.common_dir
    }

    /// The checked-out files' root, if there is one.
    pub fn work_dir(&self) -> Option<&Path> {
        self.work_dir.as_deref()
    }

    /// Whether the repository has no work tree.
    pub fn is_bare(&self) -> bool {
        self.work_dir.is_none()
    }

    /// Whether some history was left out when it was cloned.
    pub fn is_shallow(&self) -> bool {
        let file = self.common_dir.join("shallow");
        std::fs::metadata(file).is_ok_and(|file| file.len() > 0)
    }

    /// One value of git's configuration, such as `user.signingkey`; `None` when unset or not UTF-8.
    ///
    /// Values are those at the time of opening.
    pub fn config_string(&self, key: &str) -> Option<String> {
        let value = self.inner.config_snapshot().string(key)?;
        String::from_utf8(value.into()).ok()
    }

    /// All values of a key of git's configuration that may be given several times, in git's order.
    ///
    /// Values that are not UTF-8 are left out. Values are those at the time of opening.
    pub fn config_strings(&self, key: &str) -> Vec<String> {
        let config = self.inner.config_snapshot();
        let values = config.plumbing().strings(key).unwrap_or_default();
        values
            .into_iter()
            .filter_map(|value| String::from_utf8(value.into()).ok())
            .collect()
    }

    /// One value of git's configuration as a truth value; `None` when unset or not one.
    ///
    /// Values are those at the time of opening.
    pub fn config_bool(&self, key: &str) -> Option<bool> {
        self.inner.config_snapshot().boolean(key)
    }

    /// A call of stock git in this repository.
    pub fn git(&self) -> Git {
        let directory = self.work_dir().unwrap_or(&self.git_dir);
        // Naming the git directory keeps git from finding another one from the same place.
        Git::new(directory)
            .arg("--git-dir")
            .arg(&self.git_dir)
            .option(
                self.work_dir
                    .as_ref()
                    .map(|dir| ("--work-tree", dir.as_path())),
            )
    }

    /// The repository's own object database as it is now.
    pub(crate) fn own_objects(&self) -> Result<gix::odb::Handle, OpenError> {
        let path = self.inner.objects.store_ref().path().to_owned();
        open_objects(&path, self.inner.object_hash())
    }

    /// An id as `gix` wants it; `None` when it is of the other hash kind and so cannot be in this repository.
    pub(crate) fn gix_id(&self, id: &ObjectId) -> Option<gix::ObjectId> {
        if id.kind() != self.kind {
            return None;
        }
        gix::ObjectId::try_from(id.as_bytes()).ok()
    }
}

/// The core's form of an id.
pub(crate) fn core_id(id: &gix::oid) -> Option<ObjectId> {
    ObjectId::from_bytes(id.as_bytes())
}

fn open_gix(path: &Path, options: gix::open::Options) -> Result<gix::Repository, OpenError> {
    let options = options
        .bail_if_untrusted(true)
        .config_overrides(["core.useReplaceRefs=false"]);
    let failed = |err: gix::Error| {
        let reason = reason(&err);
        if err.classify().is_permission_denied() || reason.contains("safe.directory") {
            // git wants the absolute path in its configuration.
            return OpenError::Untrusted {
                path: std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
            };
        }
        OpenError::NotARepository {
            path: path.to_owned(),
            reason,
        }
    };
    let repo = options.open(path).map_err(failed)?.to_thread_local();
    let format = repo
        .config_snapshot()
        .string("extensions.refStorage")
        .map(|format| format.to_string());
    match format {
        Some(format) if format != "files" => Err(OpenError::RefFormat {
            path: repo.git_dir().to_owned(),
            format,
        }),
        _ => Ok(repo),
    }
}

fn open_objects(directory: &Path, kind: gix::hash::Kind) -> Result<gix::odb::Handle, OpenError> {
    let options = gix::odb::store::init::Options {
        alloc_limit_bytes: Some(ALLOCATION_LIMIT_BYTES),
        ..Default::default()
    };
    // No replacements are passed, so none can apply.
    let handle = gix::odb::at_opts(directory, kind, None, options).map_err(|source| {
        OpenError::ObjectDirectory {
            path: directory.to_owned(),
            source,
        }
    })?;
    Ok(handle.with_pack_cache(|| Box::new(PackCache::new())))
}

/// What a `gix` error says, from the outermost message to the cause, on one line.
pub(crate) fn reason(err: &gix::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in err.iter_errors().map(ToString::to_string) {
        if !part.is_empty() && parts.last() != Some(&part) {
            parts.push(part);
        }
    }
    parts.join(": ")
}
