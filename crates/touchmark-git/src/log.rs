//! Loading a log: every event from a tip, with its files, within budgets.
//!
//! What is loaded was written by others, so nothing is unpacked before its size is known, no tree is expanded, and
//! each object is read once however often it is named.
//! Whether the objects make sense is not judged here: a commit or tree that cannot be parsed is loaded and not
//! followed, and the core reports it.

use std::collections::{BTreeMap, BTreeSet};

use touchmark_core::id::ObjectId;
use touchmark_core::object::{MODE_GITLINK, MODE_TREE, ObjectType, Objects, parse_tree};

use crate::history::links;
use crate::objects::ReadError;
use crate::repository::Repository;
use crate::trace;

/// Limits on what one load may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Bytes of one commit. Default 128 KiB: a message of 64 KiB, its trailers and a signature.
    pub max_commit_bytes: u64,
    /// Commits of one log. Default 1,000,000.
    pub max_commits: usize,
    /// Bytes of one tree object. Default 4 MiB.
    pub max_tree_bytes: u64,
    /// Levels of trees below a commit, its own tree counted. Default 4.
    pub max_tree_depth: usize,
    /// Entries of one commit's tree with everything below, a subtree counted as often as it occurs. Default 25,000.
    pub max_tree_entries: u64,
    /// Bytes of one blob. Default 1 MiB.
    pub max_blob_bytes: u64,
    /// Bytes of all objects of one load together. Default 1 GiB.
    pub max_total_bytes: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            max_commit_bytes: 128 * 1024,
            max_commits: 1_000_000,
            max_tree_bytes: 4 * 1024 * 1024,
            max_tree_depth: 4,
            max_tree_entries: 25_000,
            max_blob_bytes: 1024 * 1024,
            max_total_bytes: 1024 * 1024 * 1024,
        }
    }
}

/// A log could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// An object is not in the repository.
    #[error(
        "object {id} is missing{}; fetch it, or restore it from a clone",
        by(referenced_by)
    )]
    Missing {
        /// The object.
        id: ObjectId,
        /// The object that names it; `None` for the tip.
        referenced_by: Option<ObjectId>,
    },
    /// An object was left out when the repository was cloned.
    #[error("object {id} was left out of this shallow clone; git fetch --unshallow")]
    Shallow {
        /// The object.
        id: ObjectId,
        /// The object that names it.
        referenced_by: Option<ObjectId>,
    },
    /// An object is of another type than the one that names it says.
    #[error(
        "object {id} is a {actual} where a {expected} belongs{}",
        by(referenced_by)
    )]
    WrongType {
        /// The object.
        id: ObjectId,
        /// The type that its name in the other object calls for.
        expected: &'static str,
        /// Its type.
        actual: &'static str,
        /// The object that names it; `None` for the tip.
        referenced_by: Option<ObjectId>,
    },
    /// Something exceeds its budget; nothing more was read.
    #[error("{id} exceeds a limit: {budget}: {actual} of at most {limit}")]
    Budget {
        /// The object at which the limit was reached.
        id: ObjectId,
        /// The field of [`Budget`] that it exceeds.
        budget: &'static str,
        /// The measured value, as far as it was measured.
        actual: u64,
        /// The limit.
        limit: u64,
    },
    /// An object's content does not have the id that it is stored under.
    #[error("object {id} is damaged: its content has another id; run git fsck")]
    Mismatch {
        /// The id under which it is stored.
        id: ObjectId,
    },
    /// An object cannot be read.
    #[error(transparent)]
    Read(ReadError),
}

fn by(referenced_by: &Option<ObjectId>) -> String {
    referenced_by.map_or_else(String::new, |id| format!(" (named by {id})"))
}

impl Repository {
    /// Loads every commit reachable from `tip`, all parents followed, and the trees and blobs of each.
    ///
    /// Commits in `stop` are neither loaded nor walked past: what was verified before needs no reading.
    /// Gitlinks are not followed.
    ///
    /// # Errors
    ///
    /// [`LoadError`] when something is missing, damaged or larger than `budget` allows.
    pub fn load_log(
        &self,
        tip: ObjectId,
        stop: &BTreeSet<ObjectId>,
        budget: &Budget,
    ) -> Result<Objects, LoadError> {
        let begun = trace::begin();
        let mut loader = Loader::new(self, budget);
        loader.commits(tip, stop, Files::Load)?;
        begun.end(|| trace::Step::Log {
            tip,
            objects: loader.objects.iter().count(),
        });
        Ok(loader.objects)
    }

    /// As [`Repository::load_log`], without trees and blobs.
    ///
    /// # Errors
    ///
    /// As [`Repository::load_log`].
    pub fn load_commits(
        &self,
        tip: ObjectId,
        stop: &BTreeSet<ObjectId>,
        budget: &Budget,
    ) -> Result<Objects, LoadError> {
        let mut loader = Loader::new(self, budget);
        loader.commits(tip, stop, Files::LeaveOut)?;
        Ok(loader.objects)
    }

    /// Loads a log of receipts or folds: every commit along first parents, and of each one's tree the entries at its root.
    ///
    /// A receipt's tree grows with the repository, and nearly all of it is the one before's.
    ///
    /// # Errors
    ///
    /// As [`Repository::load_log`].
    pub fn load_receipts(&self, tip: ObjectId, budget: &Budget) -> Result<Objects, LoadError> {
        let mut loader = Loader::new(self, budget);
        loader.commits(tip, &BTreeSet::new(), Files::Roots)?;
        Ok(loader.objects)
    }

    /// Loads a tree with everything below, such as the policy's.
    ///
    /// # Errors
    ///
    /// As [`Repository::load_log`].
    pub fn load_tree(&self, tree: ObjectId, budget: &Budget) -> Result<Objects, LoadError> {
        let mut loader = Loader::new(self, budget);
        loader.root_tree(tree, None)?;
        Ok(loader.objects)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Files {
    Load,
    Roots,
    LeaveOut,
}

/// What is known of a tree that has been loaded.
#[derive(Clone, Copy, Default)]
struct Shape {
    /// Levels of trees, this one counted.
    levels: usize,
    /// Entries with everything below, a subtree counted as often as it occurs.
    entries: u64,
}

struct Loader<'a> {
    repository: &'a Repository,
    budget: &'a Budget,
    objects: Objects,
    shapes: BTreeMap<ObjectId, Shape>,
    total_bytes: u64,
}

impl<'a> Loader<'a> {
    fn new(repository: &'a Repository, budget: &'a Budget) -> Self {
        Self {
            repository,
            budget,
            objects: Objects::new(repository.hash_kind()),
            shapes: BTreeMap::new(),
            total_bytes: 0,
        }
    }

    fn commits(
        &mut self,
        tip: ObjectId,
        stop: &BTreeSet<ObjectId>,
        files: Files,
    ) -> Result<(), LoadError> {
        let empty_tree = self.objects.kind().empty_tree();
        let mut commits = 0;
        let mut pending = vec![(tip, None)];
        while let Some((id, referenced_by)) = pending.pop() {
            if stop.contains(&id) || self.objects.contains(&id) {
                continue;
            }
            commits += 1;
            if commits > self.budget.max_commits {
                return Err(exceeded(
                    id,
                    "max_commits",
                    commits as u64,
                    self.budget.max_commits as u64,
                ));
            }
            let limit = ("max_commit_bytes", self.budget.max_commit_bytes);
            self.load(id, ObjectType::Commit, limit, referenced_by)?;
            let data = self
                .objects
                .get(&id, ObjectType::Commit)
                .unwrap_or_default();
            let Some(links) = links(self.objects.kind(), data) else {
                continue;
            };
            // Beyond the first, a fold's parents are the tips of the logs that it keeps, and what keeps their code.
            let followed = match files {
                Files::Roots => 1,
                Files::Load | Files::LeaveOut => links.parents.len(),
            };
            let parents = links.parents.iter().take(followed);
            pending.extend(parents.map(|parent| (*parent, Some(id))));
            if links.tree == empty_tree {
                continue;
            }
            match files {
                Files::Load => self.root_tree(links.tree, Some(id))?,
                Files::Roots => {
                    let limit = ("max_tree_bytes", self.budget.max_tree_bytes);
                    self.load(links.tree, ObjectType::Tree, limit, Some(id))?;
                }
                Files::LeaveOut => {}
            }
        }
        Ok(())
    }

    fn root_tree(
        &mut self,
        id: ObjectId,
        referenced_by: Option<ObjectId>,
    ) -> Result<(), LoadError> {
        let shape = self.tree(id, referenced_by, self.budget.max_tree_depth)?;
        self.check_shape(id, shape)
    }

    /// Both limits hold for the whole tree of a commit, so they are checked on its root and, to stop early, below.
    fn check_shape(&self, id: ObjectId, shape: Shape) -> Result<(), LoadError> {
        if shape.levels > self.budget.max_tree_depth {
            let limit = self.budget.max_tree_depth as u64;
            return Err(exceeded(id, "max_tree_depth", shape.levels as u64, limit));
        }
        if shape.entries > self.budget.max_tree_entries {
            let limit = self.budget.max_tree_entries;
            return Err(exceeded(id, "max_tree_entries", shape.entries, limit));
        }
        Ok(())
    }

    /// Loads a tree and what is below it; the recursion is as deep as `levels_left`, which the budget bounds.
    fn tree(
        &mut self,
        id: ObjectId,
        referenced_by: Option<ObjectId>,
        levels_left: usize,
    ) -> Result<Shape, LoadError> {
        if let Some(shape) = self.shapes.get(&id) {
            return Ok(*shape);
        }
        if levels_left == 0 {
            let limit = self.budget.max_tree_depth as u64;
            return Err(exceeded(id, "max_tree_depth", limit + 1, limit));
        }
        let limit = ("max_tree_bytes", self.budget.max_tree_bytes);
        self.load(id, ObjectType::Tree, limit, referenced_by)?;
        let data = self.objects.get(&id, ObjectType::Tree).unwrap_or_default();
        let entries: Vec<(u32, ObjectId)> = parse_tree(self.objects.kind(), data)
            .unwrap_or_default()
            .iter()
            .map(|entry| (entry.mode, entry.id))
            .collect();
        let mut shape = Shape {
            levels: 1,
            entries: entries.len() as u64,
        };
        self.check_shape(id, shape)?;
        for (mode, entry) in entries {
            match mode {
                MODE_GITLINK => {}
                MODE_TREE => {
                    let below = self.tree(entry, Some(id), levels_left - 1)?;
                    shape.levels = shape.levels.max(below.levels.saturating_add(1));
                    shape.entries = shape.entries.saturating_add(below.entries);
                    self.check_shape(id, shape)?;
                }
                _ => self.blob(entry, id)?,
            }
        }
        self.shapes.insert(id, shape);
        Ok(shape)
    }

    fn blob(&mut self, id: ObjectId, referenced_by: ObjectId) -> Result<(), LoadError> {
        if self.objects.get(&id, ObjectType::Blob).is_some() {
            return Ok(());
        }
        let limit = ("max_blob_bytes", self.budget.max_blob_bytes);
        self.load(id, ObjectType::Blob, limit, Some(referenced_by))
    }

    /// Reads one object after its header has shown that it is of the right type and within its limits.
    fn load(
        &mut self,
        id: ObjectId,
        object_type: ObjectType,
        (budget, limit): (&'static str, u64),
        referenced_by: Option<ObjectId>,
    ) -> Result<(), LoadError> {
        let Some((actual, bytes)) = self.repository.header(id).map_err(LoadError::Read)? else {
            return Err(self.missing(id, referenced_by));
        };
        if actual != object_type {
            return Err(LoadError::WrongType {
                id,
                expected: object_type.name(),
                actual: actual.name(),
                referenced_by,
            });
        }
        if bytes > limit {
            return Err(exceeded(id, budget, bytes, limit));
        }
        self.total_bytes = self.total_bytes.saturating_add(bytes);
        if self.total_bytes > self.budget.max_total_bytes {
            let limit = self.budget.max_total_bytes;
            return Err(exceeded(id, "max_total_bytes", self.total_bytes, limit));
        }
        let mut data = Vec::new();
        if self
            .repository
            .read_into(id, &mut data)
            .map_err(LoadError::Read)?
            != Some(object_type)
        {
            return Err(self.missing(id, referenced_by));
        }
        match self.objects.insert(object_type, data) {
            Ok(computed) if computed == id => Ok(()),
            _ => Err(LoadError::Mismatch { id }),
        }
    }

    fn missing(&self, id: ObjectId, referenced_by: Option<ObjectId>) -> LoadError {
        if self.repository.is_shallow() {
            return LoadError::Shallow { id, referenced_by };
        }
        LoadError::Missing { id, referenced_by }
    }
}

const fn exceeded(id: ObjectId, budget: &'static str, actual: u64, limit: u64) -> LoadError {
    LoadError::Budget {
        id,
        budget,
        actual,
        limit,
    }
}
