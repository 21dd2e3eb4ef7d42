//! Reading refs.
//!
//! A loose file is always looked at before `packed-refs`: `git pack-refs` first publishes the packed value and then
//! deletes the file, so that in this order a ref that is being packed is seen in one place or the other.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use touchmark_core::id::ObjectId;

use crate::repository::{Repository, core_id, reason};
use crate::trace;

/// Namespaces that each worktree has for itself; they are not part of the shared repository.
const PER_WORKTREE: [&str; 3] = ["refs/bisect/", "refs/worktree/", "refs/rewritten/"];

/// A ref could not be read.
#[derive(Debug, thiserror::Error)]
pub enum RefError {
    /// The name breaks git's rules for ref names, or is not a full name that all worktrees share.
    #[error("\"{name}\" is not the full name of a ref: {reason}")]
    Name {
        /// The name as given.
        name: String,
        /// The rule that it breaks.
        reason: String,
    },
    /// The ref points to another ref, where an object id is needed.
    #[error("{name} is a symbolic ref to {target}; name {target} itself")]
    Symbolic {
        /// The ref.
        name: String,
        /// The ref that it points to.
        target: String,
    },
    /// The ref's file holds neither an object id of this repository's kind nor a ref name.
    #[error(
        "the ref {name} is damaged; restore it from its reflog or a clone, or delete it with git update-ref -d"
    )]
    Damaged {
        /// The ref.
        name: String,
    },
    /// A file could not be read.
    #[error("cannot read {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// `packed-refs` could not be read.
    #[error("cannot read packed-refs: {reason}; git pack-refs --all rewrites it")]
    Packed {
        /// Why.
        reason: String,
    },
}

/// What a ref holds.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    Object(ObjectId),
    Symbolic(String),
}

impl Repository {
    /// The refs whose full name starts with `prefix`, with the id that each holds (an annotated tag's own id).
    ///
    /// `refs/forge/` lists that namespace, an empty prefix everything below `refs/`.
    /// Symbolic refs, the refs that a worktree has for itself, and names that are not UTF-8 are left out.
    ///
    /// # Errors
    ///
    /// [`RefError`] when one of them is damaged or cannot be read: a missing ref must not look like one never made.
    pub fn refs(&self, prefix: &str) -> Result<BTreeMap<String, ObjectId>, RefError> {
        let prefix = if prefix.is_empty() { "refs/" } else { prefix };
        let begun = trace::begin();
        check_prefix(prefix)?;
        let mut loose = BTreeMap::new();
        let directory = prefix
            .rsplit_once('/')
            .map_or("refs", |(directory, _)| directory);
        self.walk_loose(directory, prefix, &mut loose)?;
        let mut refs: BTreeMap<String, ObjectId> = BTreeMap::new();
        if let Some(packed) = self.packed_refs()? {
            let entries = packed.iter_prefixed(prefix.into()).map_err(packed_error)?;
            for entry in entries {
                let entry = entry.map_err(packed_error)?;
                if let (Ok(name), Some(id)) = (
                    std::str::from_utf8(entry.name.as_bstr()),
                    core_id(&entry.target()),
                ) {
                    refs.insert(name.to_owned(), id);
                }
            }
        }
        for (name, target) in loose {
            match target {
                Target::Object(id) => refs.insert(name, id),
                Target::Symbolic(_) => refs.remove(&name),
            };
        }
        refs.retain(|name, _| !PER_WORKTREE.iter().any(|own| name.starts_with(own)));
        begun.end(|| trace::Step::Refs {
            prefix,
            count: refs.len(),
        });
        Ok(refs)
    }

    /// The id that the ref `name` holds; `None` when there is no such ref.
    ///
    /// # Errors
    ///
    /// [`RefError::Symbolic`] when it points to another ref; others when it is damaged or cannot be read.
    pub fn read_ref(&self, name: &str) -> Result<Option<ObjectId>, RefError> {
        check_name(name)?;
        match self.loose_ref(name)? {
            Some(id) => Ok(Some(id)),
            None => self.packed_ref(name),
        }
    }

    /// The id in the ref's own file; the caller has checked the name.
    pub(crate) fn loose_ref(&self, name: &str) -> Result<Option<ObjectId>, RefError> {
        match self.read_loose(&self.common_dir().join(name), name)? {
            Some(Target::Object(id)) => Ok(Some(id)),
            Some(Target::Symbolic(target)) => Err(RefError::Symbolic {
                name: name.to_owned(),
                target,
            }),
            None => Ok(None),
        }
    }

    /// The id in `packed-refs`; the caller has checked the name.
    pub(crate) fn packed_ref(&self, name: &str) -> Result<Option<ObjectId>, RefError> {
        let Some(packed) = self.packed_refs()? else {
            return Ok(None);
        };
        let entry = packed.try_find(name).map_err(packed_error)?;
        Ok(entry.and_then(|entry| core_id(&entry.target())))
    }

    /// The full name of the branch that `HEAD` points to, born or not; `None` when `HEAD` is detached.
    ///
    /// # Errors
    ///
    /// [`RefError`] when `HEAD` is damaged or missing.
    pub fn head_ref(&self) -> Result<Option<String>, RefError> {
        match self.read_loose(&self.git_dir().join("HEAD"), "HEAD")? {
            Some(Target::Symbolic(name)) => Ok(Some(name)),
            Some(Target::Object(_)) => Ok(None),
            None => Err(RefError::Damaged {
                name: "HEAD".to_owned(),
            }),
        }
    }

    /// The full names of the branches that are checked out in linked worktrees.
    ///
    /// # Errors
    ///
    /// [`RefError::Io`].
    pub fn linked_heads(&self) -> Result<Vec<String>, RefError> {
        let path = self.common_dir().join("worktrees");
        let failed = |source| RefError::Io {
            path: path.clone(),
            source,
        };
        let worktrees = match std::fs::read_dir(&path) {
            Ok(worktrees) => worktrees,
            Err(err) if is_absent(&err) => return Ok(Vec::new()),
            Err(err) => return Err(failed(err)),
        };
        let mut heads = Vec::new();
        for worktree in worktrees {
            let head = worktree.map_err(failed)?.path().join("HEAD");
            // One that is being made or removed has none, and a detached one is at no branch.
            let content = std::fs::read_to_string(head).unwrap_or_default();
            if let Some(name) = content.strip_prefix("ref:") {
                heads.push(name.trim().to_owned());
            }
        }
        Ok(heads)
    }

    /// The packed refs as they are on disk now; a kept copy would be judged by its file's time, which is too coarse.
    fn packed_refs(&self) -> Result<Option<gix::refs::packed::Buffer>, RefError> {
        self.inner.refs.open_packed_buffer().map_err(packed_error)
    }

    fn read_loose(&self, path: &Path, name: &str) -> Result<Option<Target>, RefError> {
        let content = match std::fs::read(path) {
            Ok(content) => content,
            Err(err) if is_absent(&err) => return Ok(None),
            Err(source) => {
                return Err(RefError::Io {
                    path: path.to_owned(),
                    source,
                });
            }
        };
        let damaged = || RefError::Damaged {
            name: name.to_owned(),
        };
        let text = std::str::from_utf8(&content).map_err(|_| damaged())?;
        if let Some(target) = text.strip_prefix("ref:") {
            return Ok(Some(Target::Symbolic(target.trim().to_owned())));
        }
        ObjectId::from_hex(text.trim_end())
            .filter(|id| id.kind() == self.hash_kind() && !id.is_zero())
            .map(|id| Some(Target::Object(id)))
            .ok_or_else(damaged)
    }

    /// Collects the loose refs below `directory` (relative to the common directory) that start with `prefix`.
    fn walk_loose(
        &self,
        directory: &str,
        prefix: &str,
        found: &mut BTreeMap<String, Target>,
    ) -> Result<(), RefError> {
        let mut pending = vec![directory.to_owned()];
        while let Some(directory) = pending.pop() {
            let path = self.common_dir().join(&directory);
            let failed = |source| RefError::Io {
                path: path.clone(),
                source,
            };
            let entries = match std::fs::read_dir(&path) {
                Ok(entries) => entries,
                Err(err) if is_absent(&err) => continue,
                Err(err) => return Err(failed(err)),
            };
            for entry in entries {
                let entry = entry.map_err(failed)?;
                let Ok(file_name) = entry.file_name().into_string() else {
                    continue;
                };
                let name = format!("{directory}/{file_name}");
                let is_directory = entry.path().is_dir();
                if is_directory {
                    let below = format!("{name}/");
                    if below.starts_with(prefix) || prefix.starts_with(&below) {
                        pending.push(name);
                    }
                } else if name.starts_with(prefix)
                    && check_name(&name).is_ok()
                    && let Some(target) = self.read_loose(&entry.path(), &name)?
                {
                    found.insert(name, target);
                }
            }
        }
        Ok(())
    }
}

/// Whether the error says that there is no such file; a path through a file or to a directory is none either.
fn is_absent(err: &std::io::Error) -> bool {
    matches!(
        err.kind(),
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory
    )
}

fn packed_error(err: gix::Error) -> RefError {
    RefError::Packed {
        reason: reason(&err),
    }
}

/// Refuses prefixes that would leave `refs/`.
fn check_prefix(prefix: &str) -> Result<(), RefError> {
    let inside = prefix.starts_with("refs/")
        && !prefix.contains("//")
        && prefix.split('/').all(|part| part != "." && part != "..");
    if inside {
        return Ok(());
    }
    Err(RefError::Name {
        name: prefix.to_owned(),
        reason: "a prefix starts with refs/".to_owned(),
    })
}

/// Refuses what git refuses as a ref name, short names, and names that only one worktree has.
///
/// # Errors
///
/// [`RefError::Name`].
pub fn check_name(name: &str) -> Result<(), RefError> {
    let refuse = |reason: String| RefError::Name {
        name: name.to_owned(),
        reason,
    };
    if !name.starts_with("refs/") {
        return Err(refuse("it does not start with refs/".to_owned()));
    }
    if PER_WORKTREE.iter().any(|own| name.starts_with(own)) {
        return Err(refuse("each worktree has its own".to_owned()));
    }
    gix::refs::FullName::try_from(name)
        .map(|_| ())
        .map_err(|err| refuse(err.to_string()))
}
