//! Reading the code that a log is about: trees and files of commits.

use touchmark_core::id::ObjectId;
use touchmark_core::object::{ObjectType, TreeEntry, parse_tree};

use crate::diff::Entry;
use crate::history::links;
use crate::objects::ReadError;
use crate::repository::Repository;

/// A directory of code may be large; a tree object beyond this is refused unread.
const MAX_CODE_TREE_BYTES: u64 = 64 * 1024 * 1024;

/// Code could not be read or compared.
#[derive(Debug, thiserror::Error)]
pub enum CodeError {
    /// An object is not in the repository.
    #[error("object {id} is not in the repository; fetch it")]
    Missing {
        /// The object.
        id: ObjectId,
    },
    /// An object is of another type than asked for.
    #[error("object {id} is a {actual}, not a {expected}")]
    WrongType {
        /// The object.
        id: ObjectId,
        /// The type asked for.
        expected: &'static str,
        /// Its type.
        actual: &'static str,
    },
    /// A commit or tree cannot be parsed.
    #[error("object {id} is not well formed; run git fsck")]
    Malformed {
        /// The object.
        id: ObjectId,
    },
    /// Two trees differ in more paths than are compared.
    #[error("the trees differ in more than {limit} paths; split the change")]
    TooManyPaths {
        /// The limit.
        limit: usize,
    },
    /// A tree nests deeper than paths may be long.
    #[error("a path below {id} is longer than {limit} bytes")]
    PathTooLong {
        /// The tree.
        id: ObjectId,
        /// The limit in bytes.
        limit: usize,
    },
    /// An object is damaged or too large.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A call of git failed.
    #[error(transparent)]
    Git(#[from] crate::child::GitError),
}

impl Repository {
    /// The tree of a commit.
    ///
    /// # Errors
    ///
    /// [`CodeError`] when the commit cannot be read.
    pub fn tree_of(&self, commit: ObjectId) -> Result<ObjectId, CodeError> {
        let data = self.read_commit(commit)?;
        links(self.hash_kind(), &data)
            .map(|links| links.tree)
            .ok_or(CodeError::Malformed { id: commit })
    }

    /// The parents of a commit, in order.
    ///
    /// # Errors
    ///
    /// [`CodeError`] when the commit cannot be read.
    pub fn parents_of(&self, commit: ObjectId) -> Result<Vec<ObjectId>, CodeError> {
        let data = self.read_commit(commit)?;
        links(self.hash_kind(), &data)
            .map(|links| links.parents)
            .ok_or(CodeError::Malformed { id: commit })
    }

    /// The mode and id that `path` has in `tree`, whatever it is; `None` when there is no such path.
    ///
    /// # Errors
    ///
    /// [`CodeError`] when a tree on the way cannot be read.
    pub fn entry_at(
        &self,
        tree: ObjectId,
        path: &[u8],
    ) -> Result<Option<(u32, ObjectId)>, CodeError> {
        let mut parts = path.split(|byte| *byte == b'/').peekable();
        let mut tree = tree;
        while let Some(part) = parts.next() {
            let data = self.read_tree(tree)?;
            let entries = self.entries(tree, &data)?;
            let Some(entry) = entries.iter().find(|entry| entry.name == part) else {
                return Ok(None);
            };
            if parts.peek().is_none() {
                return Ok(Some((entry.mode, entry.id)));
            }
            if entry.mode != touchmark_core::object::MODE_TREE {
                return Ok(None);
            }
            tree = entry.id;
        }
        Ok(None)
    }

    /// The entries of a tree, by name.
    ///
    /// # Errors
    ///
    /// [`CodeError`] when the tree cannot be read.
    pub fn tree_entries(&self, tree: ObjectId) -> Result<Vec<(Vec<u8>, Entry)>, CodeError> {
        let data = self.read_tree(tree)?;
        let entries = self.entries(tree, &data)?;
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

    /// The content of the file (or the target of the symbolic link) `path` in `commit`; `None` when there is none.
    ///
    /// # Errors
    ///
    /// [`CodeError`] when it is larger than `max_bytes` or something on the way cannot be read.
    pub fn read_blob_at(
        &self,
        commit: ObjectId,
        path: &[u8],
        max_bytes: u64,
    ) -> Result<Option<Vec<u8>>, CodeError> {
        let tree = self.tree_of(commit)?;
        let Some((mode, id)) = self.entry_at(tree, path)? else {
            return Ok(None);
        };
        if !crate::diff::is_blob(mode) {
            return Ok(None);
        }
        self.read_typed(id, ObjectType::Blob, max_bytes).map(Some)
    }

    /// The content of the blob `id`.
    ///
    /// # Errors
    ///
    /// [`CodeError`] when it is no blob, larger than `max_bytes`, missing or damaged.
    pub fn read_blob(&self, id: ObjectId, max_bytes: u64) -> Result<Vec<u8>, CodeError> {
        self.read_typed(id, ObjectType::Blob, max_bytes)
    }

    /// A tree object's content; the empty tree need not be stored, as for git.
    pub(crate) fn read_tree(&self, id: ObjectId) -> Result<Vec<u8>, CodeError> {
        if id == self.hash_kind().empty_tree() {
            return Ok(Vec::new());
        }
        self.read_typed(id, ObjectType::Tree, MAX_CODE_TREE_BYTES)
    }

    pub(crate) fn entries<'a>(
        &self,
        id: ObjectId,
        data: &'a [u8],
    ) -> Result<Vec<TreeEntry<'a>>, CodeError> {
        parse_tree(self.hash_kind(), data).ok_or(CodeError::Malformed { id })
    }

    fn read_typed(
        &self,
        id: ObjectId,
        expected: ObjectType,
        max_bytes: u64,
    ) -> Result<Vec<u8>, CodeError> {
        let (actual, data) = self.read(id, max_bytes)?.ok_or(CodeError::Missing { id })?;
        if actual != expected {
            return Err(CodeError::WrongType {
                id,
                expected: expected.name(),
                actual: actual.name(),
            });
        }
        Ok(data)
    }
}
