//! The last part of a merge: from the merged names to trees, or to the list of what does not merge.

use super::conflict::{Conflict, ConflictKind, Conflicts};
use super::directory::{Directory, Entry, Leaf, compare};
use super::tree::{File, Merging, Outcome, Refused, Slot};
use crate::id::ObjectId;
use crate::object::{MODE_TREE, ObjectType, Objects, TreeEntry, write_tree};

/// Listed paths have no more bytes than this in all.
const LISTED_BYTES: usize = 1 << 20;

/// What became of a directory that was merged.
#[derive(Debug, Clone, Copy)]
struct Built {
    /// Its tree; `None` when it is empty or has conflicts.
    tree: Option<ObjectId>,
    conflicts: u64,
}

/// What became of a name.
struct Made {
    leaf: Option<Entry>,
    tree: Option<ObjectId>,
    /// The conflict of the path itself.
    conflict: Option<ConflictKind>,
    /// Conflicts below it.
    below: u64,
}

struct Assembly<'a> {
    directories: &'a [Merging],
    files: &'a [File],
    /// By directory.
    built: Vec<Option<Built>>,
    empty_tree: ObjectId,
    objects: Objects,
}

/// Builds the result of a merge, of which `directories[0]` is the root.
pub(super) fn assemble(
    objects: Objects,
    directories: &[Merging],
    files: &[File],
    listed: usize,
) -> Result<Outcome, Refused> {
    let mut assembly = Assembly {
        directories,
        files,
        built: vec![None; directories.len()],
        empty_tree: objects.kind().empty_tree(),
        objects,
    };
    // Directories before those that they are in. No tree can contain itself, so this comes to an end.
    let mut path = vec![(0, 0)];
    while let Some((directory, slot)) = path.pop() {
        let open = directories[directory].slots[slot..]
            .iter()
            .enumerate()
            .find_map(|(index, slot)| {
                let inner = slot.merging?;
                assembly.built[inner].is_none().then_some((index, inner))
            });
        match open {
            Some((index, inner)) => path.extend([(directory, slot + index), (inner, 0)]),
            None => assembly.build(directory)?,
        }
    }
    assembly.outcome(listed)
}

impl Assembly<'_> {
    fn built(&self, directory: usize) -> Built {
        self.built[directory].unwrap_or(Built {
            tree: None,
            conflicts: 0,
        })
    }

    fn build(&mut self, directory: usize) -> Result<(), Refused> {
        let mut entries = Vec::new();
        let mut conflicts: u64 = 0;
        for slot in &self.directories[directory].slots {
            let made = self.make(slot);
            conflicts = conflicts
                .saturating_add(made.below)
                .saturating_add(made.conflict.is_some().into());
            let tree = made.tree.map(|id| (MODE_TREE, id));
            entries.extend(made.leaf.or(tree).map(|(mode, id)| TreeEntry {
                mode,
                name: &slot.name,
                id,
            }));
        }
        let tree = if conflicts > 0 || entries.is_empty() {
            None
        } else {
            let data = write_tree(entries);
            Some(self.objects.insert(ObjectType::Tree, data)?)
        };
        self.built[directory] = Some(Built { tree, conflicts });
        Ok(())
    }

    fn make(&self, slot: &Slot) -> Made {
        let leaf = match (slot.leaf, slot.file) {
            (Leaf::Entry(entry), _) => Ok(Some(entry)),
            (Leaf::Text { mode, .. }, Some(file)) => {
                self.files[file].result.map(|blob| Some((mode, blob)))
            }
            (Leaf::Conflict(kind), _) => Err(kind),
            (Leaf::Absent | Leaf::Text { .. }, _) => Ok(None),
        };
        let inner = match (slot.directory, slot.merging) {
            (Directory::Whole(id), _) => Built {
                tree: (id != self.empty_tree).then_some(id),
                conflicts: 0,
            },
            (Directory::Merge(_), Some(inner)) => self.built(inner),
            (Directory::Absent | Directory::Merge(_), _) => Built {
                tree: None,
                conflicts: 0,
            },
        };
        let has_directory = inner.tree.is_some() || inner.conflicts > 0;
        let conflict = match leaf {
            Ok(Some(_)) if has_directory => Some(ConflictKind::DirectoryFile),
            Ok(_) => None,
            Err(kind) => Some(kind),
        };
        Made {
            leaf: leaf.unwrap_or(None),
            tree: inner.tree,
            conflict,
            below: inner.conflicts,
        }
    }

    fn outcome(mut self, listed: usize) -> Result<Outcome, Refused> {
        let root = self.built(0);
        if root.conflicts > 0 {
            return Ok(Outcome::Conflict(Conflicts {
                first: self.list(listed),
                total: root.conflicts,
            }));
        }
        let tree = match root.tree {
            Some(tree) => tree,
            None => self.objects.insert(ObjectType::Tree, Vec::new())?,
        };
        Ok(Outcome::Clean {
            tree,
            objects: self.objects,
        })
    }

    /// The first conflicts by path.
    fn list(&self, listed: usize) -> Vec<Conflict> {
        let mut found = Vec::new();
        let mut bytes = 0;
        let mut open = vec![(0, self.conflicts_in(0))];
        let mut path: Vec<u8> = Vec::new();
        while let Some((length, items)) = open.last_mut() {
            path.truncate(*length);
            let Some(item) = items.pop() else {
                open.pop();
                continue;
            };
            path.extend_from_slice(item.name);
            if found.len() == listed || bytes + path.len() > LISTED_BYTES {
                break;
            }
            match item.what {
                What::Path(kind) => {
                    bytes += path.len();
                    found.push(Conflict {
                        path: path.clone(),
                        kind,
                    });
                }
                What::Below(directory) => {
                    path.push(b'/');
                    open.push((path.len(), self.conflicts_in(directory)));
                }
            }
        }
        found
    }

    /// The names of a directory with conflicts, the last by path first.
    fn conflicts_in(&self, directory: usize) -> Vec<Item<'_>> {
        let mut items = Vec::new();
        for slot in &self.directories[directory].slots {
            let made = self.make(slot);
            let name = slot.name.as_slice();
            items.extend(made.conflict.map(|kind| Item {
                name,
                what: What::Path(kind),
            }));
            if let Some(inner) = slot.merging.filter(|_| made.below > 0) {
                items.push(Item {
                    name,
                    what: What::Below(inner),
                });
            }
        }
        items.sort_by(|a, b| compare(b.key(), a.key()));
        items
    }
}

/// A name with conflicts.
struct Item<'a> {
    name: &'a [u8],
    what: What,
}

enum What {
    /// The path itself has one.
    Path(ConflictKind),
    /// The directory of this number has some.
    Below(usize),
}

impl<'a> Item<'a> {
    const fn key(&self) -> (&'a [u8], bool) {
        (self.name, matches!(self.what, What::Below(_)))
    }
}
