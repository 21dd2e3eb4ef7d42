//! Which paths differ between two trees. No renames: a path is what it is.

use touchmark_core::id::ObjectId;
use touchmark_core::object::{MODE_GITLINK, MODE_TREE};

use crate::code::CodeError;
use crate::repository::Repository;

/// More differing paths than any change that people review.
const MAX_PATHS: usize = 1_000_000;

/// Directories that are looked at for each path that may differ.
const DIRECTORIES_PER_PATH: usize = 4;

/// Directories that are looked at however few paths may differ: the deepest path has about half as many.
const DIRECTORIES_MIN: usize = 5_000;

/// The longest path git can check out anywhere; it bounds how deep trees are followed.
const MAX_PATH_BYTES: usize = 4_096;

/// What a path holds in one tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The mode, such as `0o100644`; never a directory's.
    pub mode: u32,
    /// The blob, or a gitlink's commit.
    pub id: ObjectId,
}

/// A path that differs; at least one side is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedPath {
    /// The path's raw bytes, parts separated by `/`.
    pub path: Vec<u8>,
    /// What it holds in the base tree.
    pub base: Option<Entry>,
    /// What it holds in the head tree.
    pub head: Option<Entry>,
}

/// Two directories still to be compared, `None` where one side has none.
struct Pair {
    path: Vec<u8>,
    base: Option<ObjectId>,
    head: Option<ObjectId>,
}

impl Repository {
    /// The paths of files, links and gitlinks whose mode or id differs, in byte order.
    ///
    /// Directories are not listed; equal ones are not read.
    ///
    /// # Errors
    ///
    /// [`CodeError`] when a tree cannot be read or there are more than a million paths.
    pub fn changed_paths(
        &self,
        base_tree: ObjectId,
        head_tree: ObjectId,
    ) -> Result<Vec<ChangedPath>, CodeError> {
        self.changed_paths_within(base_tree, head_tree, MAX_PATHS)
    }

    /// As [`Repository::changed_paths`], with at most `limit` paths, for whoever allows fewer than a million.
    ///
    /// # Errors
    ///
    /// As of [`Repository::changed_paths`].
    pub fn changed_paths_within(
        &self,
        base_tree: ObjectId,
        head_tree: ObjectId,
        limit: usize,
    ) -> Result<Vec<ChangedPath>, CodeError> {
        let limit = limit.min(MAX_PATHS);
        let mut changed = Vec::new();
        let mut pending = vec![Pair {
            path: Vec::new(),
            base: Some(base_tree),
            head: Some(head_tree),
        }];
        // Directories count as well, or a tree of nothing but directories would be expanded without end.
        let mut compared = 0;
        let most = limit
            .saturating_mul(DIRECTORIES_PER_PATH)
            .clamp(DIRECTORIES_MIN, MAX_PATHS);
        while let Some(pair) = pending.pop() {
            if pair.base == pair.head {
                continue;
            }
            compared += 1;
            self.compare(&pair, &mut changed, &mut pending)?;
            // Each path may have directories of its own, but no tree of a million is walked for a thousand paths.
            if changed.len() > limit || changed.len() + pending.len() + compared > most {
                return Err(CodeError::TooManyPaths { limit });
            }
        }
        changed.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(changed)
    }

    fn compare(
        &self,
        pair: &Pair,
        changed: &mut Vec<ChangedPath>,
        pending: &mut Vec<Pair>,
    ) -> Result<(), CodeError> {
        let base = self.directory(pair.base)?;
        let head = self.directory(pair.head)?;
        let names: std::collections::BTreeSet<&[u8]> =
            base.keys().chain(head.keys()).map(Vec::as_slice).collect();
        for name in names {
            let (base, head) = (base.get(name).copied(), head.get(name).copied());
            if base == head {
                continue;
            }
            let path = join(&pair.path, name);
            if path.len() > MAX_PATH_BYTES
                && let Some(id) = pair.head.or(pair.base)
            {
                return Err(CodeError::PathTooLong {
                    id,
                    limit: MAX_PATH_BYTES,
                });
            }
            let tree = |entry: Option<Entry>| entry.filter(is_tree).map(|entry| entry.id);
            let file = |entry: Option<Entry>| entry.filter(|entry| !is_tree(entry));
            if tree(base).is_some() || tree(head).is_some() {
                pending.push(Pair {
                    path: path.clone(),
                    base: tree(base),
                    head: tree(head),
                });
            }
            if file(base) != file(head) {
                changed.push(ChangedPath {
                    path,
                    base: file(base),
                    head: file(head),
                });
            }
        }
        Ok(())
    }

    fn directory(
        &self,
        tree: Option<ObjectId>,
    ) -> Result<std::collections::BTreeMap<Vec<u8>, Entry>, CodeError> {
        let Some(id) = tree else {
            return Ok(std::collections::BTreeMap::new());
        };
        let data = self.read_tree(id)?;
        let entries = self.entries(id, &data)?;
        Ok(entries
            .iter()
            .map(|entry| {
                let value = Entry {
                    mode: entry.mode,
                    id: entry.id,
                };
                (entry.name.to_vec(), value)
            })
            .collect())
    }
}

fn join(directory: &[u8], name: &[u8]) -> Vec<u8> {
    if directory.is_empty() {
        return name.to_vec();
    }
    [directory, b"/", name].concat()
}

const fn is_tree(entry: &Entry) -> bool {
    entry.mode == MODE_TREE
}

/// Whether a mode is a file's or a symbolic link's.
pub(crate) const fn is_blob(mode: u32) -> bool {
    mode != MODE_TREE && mode != MODE_GITLINK
}
