//! What becomes of one name in a directory, as far as its three entries tell.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::conflict::ConflictKind;
use crate::id::ObjectId;
use crate::object::{MODE_EXECUTABLE, MODE_FILE, MODE_TREE, TreeEntry};

/// Base, ours, theirs.
pub(super) type Three<T> = [T; 3];

/// A mode and an id.
pub(super) type Entry = (u32, ObjectId);

/// The result for what is not a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaf {
    /// Nothing is there.
    Absent,
    /// One of the three.
    Entry(Entry),
    /// A regular file whose content is to be merged.
    Text { mode: u32, blobs: Three<ObjectId> },
    /// It does not merge.
    Conflict(ConflictKind),
}

/// The result for a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Directory {
    /// Nothing is there.
    Absent,
    /// One of the three, as it is.
    Whole(ObjectId),
    /// It is to be merged name by name.
    Merge(Three<Option<ObjectId>>),
}

/// One name, and what becomes of it.
#[derive(Debug)]
pub(super) struct Name<'a> {
    pub(super) name: &'a [u8],
    pub(super) leaf: Leaf,
    pub(super) directory: Directory,
}

/// The one of three that two of them decide: the one that changed, or both if they agree.
pub(super) fn trivial<T: PartialEq + Copy>([base, ours, theirs]: Three<T>) -> Option<T> {
    if ours == theirs || theirs == base {
        return Some(ours);
    }
    (ours == base).then_some(theirs)
}

/// Goes through three directories name by name, in the order of the names' bytes.
pub(super) fn names<'a>(trees: &Three<Vec<TreeEntry<'a>>>) -> Vec<Name<'a>> {
    let mut by_name: BTreeMap<&[u8], Three<Option<Entry>>> = BTreeMap::new();
    for (side, tree) in trees.iter().enumerate() {
        for entry in tree {
            by_name.entry(entry.name).or_default()[side] = Some((entry.mode, entry.id));
        }
    }
    by_name
        .into_iter()
        .map(|(name, entries)| {
            let (leaf, directory) = decide(entries);
            Name {
                name,
                leaf,
                directory,
            }
        })
        .collect()
}

fn decide(entries: Three<Option<Entry>>) -> (Leaf, Directory) {
    let is_tree = |entry: &Entry| entry.0 == MODE_TREE;
    let leaves = entries.map(|entry| entry.filter(|entry| !is_tree(entry)));
    let trees = entries.map(|entry| entry.filter(is_tree).map(|(_, id)| id));
    let directory = match trivial(trees) {
        Some(tree) => tree.map_or(Directory::Absent, Directory::Whole),
        None => Directory::Merge(trees),
    };
    (leaf(leaves), directory)
}

fn leaf(leaves: Three<Option<Entry>>) -> Leaf {
    if let Some(leaf) = trivial(leaves) {
        return leaf.map_or(Leaf::Absent, Leaf::Entry);
    }
    let [Some(base), Some(ours), Some(theirs)] = leaves else {
        return Leaf::Conflict(match leaves[0] {
            Some(_) => ConflictKind::ModifyDelete,
            None => ConflictKind::AddAdd,
        });
    };
    let modes = [base.0, ours.0, theirs.0];
    let is_regular = |mode: &u32| *mode == MODE_FILE || *mode == MODE_EXECUTABLE;
    if !modes.iter().all(is_regular) {
        let one_type = modes.iter().all(|mode| *mode == base.0);
        return Leaf::Conflict(if one_type {
            ConflictKind::Opaque
        } else {
            ConflictKind::TypeChange
        });
    }
    let blobs = [base.1, ours.1, theirs.1];
    match (trivial(modes), trivial(blobs)) {
        (Some(mode), Some(blob)) => Leaf::Entry((mode, blob)),
        (Some(mode), None) => Leaf::Text { mode, blobs },
        // Of three modes that are each one of two, two are equal.
        (None, _) => Leaf::Conflict(ConflictKind::TypeChange),
    }
}

/// Where a name stands among the paths of its directory: a directory's paths go on with a slash.
pub(super) fn compare(a: (&[u8], bool), b: (&[u8], bool)) -> Ordering {
    let slash = |directory: bool| directory.then_some(&b'/');
    let left = a.0.iter().chain(slash(a.1));
    left.cmp(b.0.iter().chain(slash(b.1)))
}
