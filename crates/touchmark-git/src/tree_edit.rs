//! Changing a tree in a few places: only the directories on the way are read and written.

use std::collections::BTreeMap;

use touchmark_core::id::ObjectId;
use touchmark_core::object::{MODE_TREE, ObjectType, TreeEntry, write_tree};

use crate::code::CodeError;
use crate::diff::Entry;
use crate::objects::WriteError;
use crate::repository::Repository;

/// Deepest path that is edited, in components; receipts need nine.
const DEPTH_MAX: usize = 64;

/// A tree could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// A tree on the way cannot be read.
    #[error(transparent)]
    Read(#[from] CodeError),
    /// A changed tree cannot be stored.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A path is empty, or has more components than is allowed.
    #[error("the path \"{path}\" cannot be edited in a tree")]
    Path {
        /// The path.
        path: String,
    },
}

/// What is to be done in one directory.
#[derive(Default)]
struct Edits<'a> {
    here: BTreeMap<&'a [u8], Option<Entry>>,
    below: BTreeMap<&'a [u8], Edits<'a>>,
}

impl Repository {
    /// The tree `root` with each path holding what is given, or nothing where that is `None`; `None` for no tree at all.
    ///
    /// Directories that become empty go; files that stand where a directory is needed make way. The new trees are
    /// written, sorted as git sorts them.
    ///
    /// # Errors
    ///
    /// [`EditError`].
    pub fn edit_tree(
        &self,
        root: Option<ObjectId>,
        changes: &BTreeMap<Vec<u8>, Option<Entry>>,
    ) -> Result<Option<ObjectId>, EditError> {
        let mut edits = Edits::default();
        for (path, entry) in changes {
            edits.add(path, *entry)?;
        }
        self.edit_directory(root, &edits)
    }

    fn edit_directory(
        &self,
        tree: Option<ObjectId>,
        edits: &Edits<'_>,
    ) -> Result<Option<ObjectId>, EditError> {
        let data = match tree {
            Some(id) => self.read_tree(id)?,
            None => Vec::new(),
        };
        let mut entries: BTreeMap<Vec<u8>, (u32, ObjectId)> = match tree {
            Some(id) => self
                .entries(id, &data)?
                .into_iter()
                .map(|entry| (sort_key(entry.name, entry.mode), (entry.mode, entry.id)))
                .collect(),
            None => BTreeMap::new(),
        };
        for (name, below) in &edits.below {
            let key = sort_key(name, MODE_TREE);
            let old = entries.get(&key).map(|(_, id)| *id);
            match self.edit_directory(old, below)? {
                Some(id) => {
                    entries.remove(*name);
                    entries.insert(key, (MODE_TREE, id));
                }
                None => {
                    entries.remove(&key);
                }
            }
        }
        for (name, entry) in &edits.here {
            entries.remove(*name);
            if let Some(entry) = entry {
                entries.remove(&sort_key(name, MODE_TREE));
                entries.insert(name.to_vec(), (entry.mode, entry.id));
            }
        }
        if entries.is_empty() {
            return Ok(None);
        }
        let content = write_tree(entries.iter().map(|(key, (mode, id))| TreeEntry {
            mode: *mode,
            name: key.strip_suffix(b"/").unwrap_or(key),
            id: *id,
        }));
        Ok(Some(self.write(ObjectType::Tree, &content)?))
    }
}

impl<'a> Edits<'a> {
    fn add(&mut self, path: &'a [u8], entry: Option<Entry>) -> Result<(), EditError> {
        let refused = || EditError::Path {
            path: path.escape_ascii().to_string(),
        };
        let parts: Vec<&[u8]> = path.split(|byte| *byte == b'/').collect();
        if parts.len() > DEPTH_MAX || parts.iter().any(|part| part.is_empty()) {
            return Err(refused());
        }
        let (name, folders) = parts.split_last().ok_or_else(refused)?;
        let mut edits = self;
        for folder in folders {
            edits = edits.below.entry(folder).or_default();
        }
        edits.here.insert(name, entry);
        Ok(())
    }
}

/// git sorts a directory as if its name ended in a slash.
fn sort_key(name: &[u8], mode: u32) -> Vec<u8> {
    let mut key = name.to_vec();
    if mode == MODE_TREE {
        key.push(b'/');
    }
    key
}
