//! The three-way merge of trees, as a conversation with a driver that has the objects.
//!
//! Only directories and files that differ on both sides are ever asked for, each combination of three once, however
//! many paths lead to it: a tree of very many paths in few objects takes as long as its few objects do.

use std::collections::{BTreeMap, BTreeSet};

use super::assemble::assemble;
use super::conflict::{ConflictKind, Conflicts};
use super::directory::{self, Directory, Leaf, Name, Three, trivial};
use super::text::{self, Unmerged, merge_counted};
use crate::id::{CollisionError, HashKind, ObjectId};
use crate::object::{ObjectType, Objects, TreeEntry, parse_tree};

/// Combinations of three directories that are asked for at once.
const DIRECTORIES_AT_ONCE: usize = 256;

/// Combinations of three files that are asked for at once.
const FILES_AT_ONCE: usize = 64;

/// How much a merge may take. The limits of the rule are [`Limits::RULE_1`]; a driver may set lower ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Entries of directories that are merged name by name, in all.
    pub entries: u64,
    /// Directories above one that is merged name by name, on the shortest way to it.
    pub depth: u32,
    /// Largest tree object, in bytes.
    pub tree_bytes: u64,
    /// Bytes of the directories and files that are merged, in all; what is part of several merges counts in each.
    pub bytes: u64,
    /// Steps of all alignments: lines that count, times one more than the edits (see [`text`]).
    pub steps: u64,
    /// Conflicts that are listed, which changes no result.
    pub listed: usize,
}

impl Limits {
    /// The limits that are part of merge rule 1.
    pub const RULE_1: Self = Self {
        entries: 1 << 20,
        depth: 512,
        tree_bytes: 8 * 1024 * 1024,
        bytes: 256 * 1024 * 1024,
        steps: 1 << 32,
        listed: 256,
    };
}

/// Which limit a merge passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// [`Limits::entries`].
    Entries,
    /// [`Limits::depth`].
    Depth,
    /// [`Limits::tree_bytes`].
    TreeBytes,
    /// [`Limits::bytes`].
    Bytes,
    /// [`Limits::steps`].
    Steps,
}

/// Why there is no answer, neither a tree nor conflicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The driver does not have an object that is needed.
    #[error("object {id} is missing, so nothing can be merged")]
    Missing {
        /// The object.
        id: ObjectId,
    },
    /// An object is of another type than the entry that names it says, or a tree that is not well formed.
    #[error("object {id} is not what its place in a tree says")]
    Malformed {
        /// The object.
        id: ObjectId,
    },
    /// The merge would take more than is allowed.
    #[error("the merge is too large: {0:?}")]
    TooLarge(Limit),
    /// A result carries the marks of a collision attack.
    #[error(transparent)]
    Collision(#[from] CollisionError),
}

/// An object that is needed to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// The object.
    pub id: ObjectId,
    /// A tree or a blob.
    pub object_type: ObjectType,
    /// A larger one is not read but named in [`Supply::too_large`].
    pub max_bytes: u64,
}

/// What a driver found of what was needed; what is in neither part is missing.
#[derive(Debug, Clone)]
pub struct Supply {
    /// The objects. Others may be among them.
    pub objects: Objects,
    /// Those that are larger than was allowed.
    pub too_large: BTreeSet<ObjectId>,
}

/// Where a merge stands.
#[derive(Debug)]
pub enum Step {
    /// It needs objects.
    Needs(Pending),
    /// It is done.
    Done(Outcome),
}

/// What a merge comes to.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Both changes go together.
    Clean {
        /// The resulting tree.
        tree: ObjectId,
        /// The trees and blobs that were made for it; some may have existed before.
        objects: Objects,
    },
    /// They do not.
    Conflict(Conflicts),
}

/// A merge that waits for objects.
#[derive(Debug)]
pub struct Pending {
    pub(super) kind: HashKind,
    limits: Limits,
    pub(super) directories: Vec<Merging>,
    directory_by_trees: BTreeMap<Three<Option<ObjectId>>, usize>,
    pub(super) files: Vec<File>,
    file_by_blobs: BTreeMap<Three<ObjectId>, usize>,
    /// How many directories and files are merged; of the rest, those before the second pair of numbers are needed.
    done: (usize, usize),
    asked: (usize, usize),
    entries: u64,
    bytes: u64,
    steps: u64,
    pub(super) made: Objects,
}

/// Three directories that are merged name by name.
#[derive(Debug)]
pub(super) struct Merging {
    trees: Three<Option<ObjectId>>,
    depth: u32,
    pub(super) slots: Vec<Slot>,
}

/// Three files whose content is merged.
#[derive(Debug)]
pub(super) struct File {
    blobs: Three<ObjectId>,
    pub(super) result: Result<ObjectId, ConflictKind>,
}

/// One name in a directory.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) name: Vec<u8>,
    pub(super) leaf: Leaf,
    /// Which of the files it is, if it is one.
    pub(super) file: Option<usize>,
    pub(super) directory: Directory,
    /// Which of the directories it is, if it is one that is merged.
    pub(super) merging: Option<usize>,
}

/// Begins the merge of the trees `ours` and `theirs`, both grown from `base`.
pub fn start(base: ObjectId, ours: ObjectId, theirs: ObjectId, limits: Limits) -> Step {
    let kind = base.kind();
    if let Some(tree) = trivial([base, ours, theirs]) {
        return Step::Done(Outcome::Clean {
            tree,
            objects: Objects::new(kind),
        });
    }
    let mut pending = Pending {
        kind,
        limits,
        directories: Vec::new(),
        directory_by_trees: BTreeMap::new(),
        files: Vec::new(),
        file_by_blobs: BTreeMap::new(),
        done: (0, 0),
        asked: (1, 0),
        entries: 0,
        bytes: 0,
        steps: 0,
        made: Objects::new(kind),
    };
    pending.add_directory([Some(base), Some(ours), Some(theirs)], 0);
    Step::Needs(pending)
}

impl Pending {
    /// The objects that it needs next, in the order of their ids.
    pub fn needs(&self) -> BTreeSet<Need> {
        let trees = self.directories[self.done.0..self.asked.0]
            .iter()
            .flat_map(|directory| directory.trees)
            .flatten()
            .map(|id| Need {
                id,
                object_type: ObjectType::Tree,
                max_bytes: self.limits.tree_bytes,
            });
        let blobs = self.files[self.done.1..self.asked.1]
            .iter()
            .flat_map(|file| file.blobs)
            .map(|id| Need {
                id,
                object_type: ObjectType::Blob,
                max_bytes: u64::try_from(text::MAX_BYTES).unwrap_or(u64::MAX),
            });
        trees.chain(blobs).collect()
    }

    /// How many bytes it will still take. A driver whose objects come to more can stop: the answer is a refusal.
    pub const fn bytes_left(&self) -> u64 {
        self.limits.bytes - self.bytes
    }

    /// Goes on with what was needed.
    ///
    /// # Errors
    ///
    /// [`Refused`] when something is missing, malformed or beyond a limit.
    pub fn resume(self, supply: &Supply) -> Result<Step, Refused> {
        self.resume_counted(supply).map(|(step, _)| step)
    }

    /// As [`Pending::resume`], with what is left of the limits, for whoever has several merges share them.
    ///
    /// # Errors
    ///
    /// As of [`Pending::resume`].
    pub fn resume_counted(mut self, supply: &Supply) -> Result<(Step, Limits), Refused> {
        for index in self.done.0..self.asked.0 {
            self.expand(index, supply)?;
        }
        for index in self.done.1..self.asked.1 {
            self.merge_file(index, supply)?;
        }
        self.done = self.asked;
        self.asked = (
            self.directories
                .len()
                .min(self.done.0 + DIRECTORIES_AT_ONCE),
            self.files.len().min(self.done.1 + FILES_AT_ONCE),
        );
        let left = self.left();
        if self.asked == self.done {
            let outcome = assemble(
                self.made,
                &self.directories,
                &self.files,
                self.limits.listed,
            )?;
            return Ok((Step::Done(outcome), left));
        }
        Ok((Step::Needs(self), left))
    }

    const fn left(&self) -> Limits {
        Limits {
            entries: self.limits.entries.saturating_sub(self.entries),
            bytes: self.limits.bytes.saturating_sub(self.bytes),
            steps: self.limits.steps.saturating_sub(self.steps),
            ..self.limits
        }
    }

    fn add_directory(&mut self, trees: Three<Option<ObjectId>>, depth: u32) -> usize {
        let index = self.directories.len();
        *self.directory_by_trees.entry(trees).or_insert_with(|| {
            self.directories.push(Merging {
                trees,
                depth,
                slots: Vec::new(),
            });
            index
        })
    }

    fn add_file(&mut self, blobs: Three<ObjectId>) -> usize {
        let index = self.files.len();
        *self.file_by_blobs.entry(blobs).or_insert_with(|| {
            self.files.push(File {
                blobs,
                result: Err(ConflictKind::Limit),
            });
            index
        })
    }

    /// Finds out which names of a directory need merging.
    fn expand(&mut self, index: usize, supply: &Supply) -> Result<(), Refused> {
        let Merging { trees, depth, .. } = self.directories[index];
        let mut parsed: Three<Vec<TreeEntry<'_>>> = Default::default();
        for (side, id) in trees.into_iter().enumerate() {
            if let Some(id) = id {
                let data = self
                    .find(id, ObjectType::Tree, self.limits.tree_bytes, supply)?
                    .ok_or(Refused::TooLarge(Limit::TreeBytes))?;
                let malformed = Refused::Malformed { id };
                parsed[side] = parse_tree(self.kind, data).ok_or(malformed)?;
                self.entries += count(parsed[side].len());
            }
        }
        if self.entries > self.limits.entries {
            return Err(Refused::TooLarge(Limit::Entries));
        }
        let mut slots = Vec::new();
        for name in directory::names(&parsed) {
            slots.push(self.slot(&name, depth)?);
        }
        self.directories[index].slots = slots;
        Ok(())
    }

    fn slot(&mut self, name: &Name<'_>, depth: u32) -> Result<Slot, Refused> {
        let file = match name.leaf {
            Leaf::Text { blobs, .. } => Some(self.add_file(blobs)),
            _ => None,
        };
        let merging = match name.directory {
            Directory::Merge(_) if depth >= self.limits.depth => {
                return Err(Refused::TooLarge(Limit::Depth));
            }
            Directory::Merge(trees) => Some(self.add_directory(trees, depth + 1)),
            _ => None,
        };
        Ok(Slot {
            name: name.name.to_vec(),
            leaf: name.leaf,
            file,
            directory: name.directory,
            merging,
        })
    }

    fn merge_file(&mut self, index: usize, supply: &Supply) -> Result<(), Refused> {
        let max_bytes = count(text::MAX_BYTES);
        let mut versions: Three<&[u8]> = [&[]; 3];
        let mut all = true;
        for (side, id) in self.files[index].blobs.into_iter().enumerate() {
            match self.find(id, ObjectType::Blob, max_bytes, supply)? {
                Some(data) => versions[side] = data,
                None => all = false,
            }
        }
        if !all {
            return Ok(());
        }
        let [base, ours, theirs] = versions;
        let merged = merge_counted(base, ours, theirs);
        self.steps = self.steps.saturating_add(merged.steps);
        if self.steps > self.limits.steps {
            return Err(Refused::TooLarge(Limit::Steps));
        }
        self.files[index].result = match merged.result {
            Ok(text) => Ok(self.made.insert(ObjectType::Blob, text)?),
            Err(Unmerged::Content) => Err(ConflictKind::Content),
            Err(Unmerged::Binary) => Err(ConflictKind::Binary),
            Err(Unmerged::Limit) => Err(ConflictKind::Limit),
        };
        Ok(())
    }

    /// An object that was asked for; `None` when it is too large.
    fn find<'a>(
        &mut self,
        id: ObjectId,
        object_type: ObjectType,
        max_bytes: u64,
        supply: &'a Supply,
    ) -> Result<Option<&'a [u8]>, Refused> {
        if supply.too_large.contains(&id) {
            return Ok(None);
        }
        if !supply.objects.contains(&id) {
            return Err(Refused::Missing { id });
        }
        let data = supply
            .objects
            .get(&id, object_type)
            .ok_or(Refused::Malformed { id })?;
        let bytes = count(data.len());
        if bytes > max_bytes {
            return Ok(None);
        }
        if bytes > self.bytes_left() {
            return Err(Refused::TooLarge(Limit::Bytes));
        }
        self.bytes += bytes;
        Ok(Some(data))
    }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
