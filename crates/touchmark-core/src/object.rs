//! Raw git objects as the core receives them: bytes by id, read by a driver and checked here.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::id::{CollisionError, HashKind, ObjectId, hash_object};

/// The type of a git object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObjectType {
    /// A commit.
    Commit,
    /// A tree.
    Tree,
    /// A blob.
    Blob,
    /// An annotated tag.
    Tag,
}

impl ObjectType {
    /// git's name for the type.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Tree => "tree",
            Self::Blob => "blob",
            Self::Tag => "tag",
        }
    }

    /// The type with git's name `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "commit" => Some(Self::Commit),
            "tree" => Some(Self::Tree),
            "blob" => Some(Self::Blob),
            "tag" => Some(Self::Tag),
            _ => None,
        }
    }
}

/// One git object: its type and its content without git's header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// The object's type.
    pub object_type: ObjectType,
    /// What `git cat-file <type> <id>` prints.
    pub data: Vec<u8>,
}

/// A set of objects by id, all of one hash kind; every id was computed from the content on insertion.
#[derive(Debug, Clone)]
pub struct Objects {
    kind: HashKind,
    map: BTreeMap<ObjectId, Object>,
}

impl Objects {
    /// An empty set for a repository of this hash kind.
    pub const fn new(kind: HashKind) -> Self {
        Self {
            kind,
            map: BTreeMap::new(),
        }
    }

    /// The hash kind of every id in the set.
    pub const fn kind(&self) -> HashKind {
        self.kind
    }

    /// Adds an object and returns the id computed from its content.
    ///
    /// # Errors
    ///
    /// [`CollisionError`] when SHA-1's collision detection fires; nothing is added.
    pub fn insert(
        &mut self,
        object_type: ObjectType,
        data: Vec<u8>,
    ) -> Result<ObjectId, CollisionError> {
        let id = hash_object(self.kind, object_type.name(), &data)?;
        self.map.insert(id, Object { object_type, data });
        Ok(id)
    }

    /// The content of the object `id` if it is here and of type `object_type`.
    pub fn get(&self, id: &ObjectId, object_type: ObjectType) -> Option<&[u8]> {
        self.map
            .get(id)
            .filter(|object| object.object_type == object_type)
            .map(|object| object.data.as_slice())
    }

    /// Whether the object is in the set, of whatever type.
    pub fn contains(&self, id: &ObjectId) -> bool {
        self.map.contains_key(id)
    }

    /// All objects in id order.
    pub fn iter(&self) -> impl Iterator<Item = (&ObjectId, &Object)> {
        self.map.iter()
    }

    /// Number of objects.
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Whether the set holds no object.
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }
}

/// One entry of a tree object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeEntry<'a> {
    /// The mode, as octal text in the object (`100644`, `40000`, …).
    pub mode: u32,
    /// The name's raw bytes.
    pub name: &'a [u8],
    /// The entry's object.
    pub id: ObjectId,
}

/// Mode of a regular file.
pub const MODE_FILE: u32 = 0o100_644;
/// Mode of a regular file that may be run.
pub const MODE_EXECUTABLE: u32 = 0o100_755;
/// Mode of a directory.
pub const MODE_TREE: u32 = 0o040_000;
/// Mode of a gitlink.
pub const MODE_GITLINK: u32 = 0o160_000;

/// Splits a tree object into its entries; `None` when it is not well formed
/// (mode with leading zero or unknown digits, empty name, a slash in a name, wrong order, doubled names, cut short).
pub fn parse_tree(kind: HashKind, data: &[u8]) -> Option<Vec<TreeEntry<'_>>> {
    let mut entries: Vec<TreeEntry<'_>> = Vec::new();
    let mut rest = data;
    while !rest.is_empty() {
        let space = rest.iter().position(|byte| *byte == b' ')?;
        let digits = &rest[..space];
        if digits.is_empty() || digits.len() > 6 || digits[0] == b'0' {
            return None;
        }
        let mode = digits.iter().try_fold(0u32, |mode, digit| match digit {
            b'0'..=b'7' => Some(mode * 8 + u32::from(digit - b'0')),
            _ => None,
        })?;
        rest = &rest[space + 1..];
        let end = rest.iter().position(|byte| *byte == 0)?;
        let name = &rest[..end];
        if name.is_empty() || name.contains(&b'/') {
            return None;
        }
        let id = ObjectId::from_bytes(rest.get(end + 1..end + 1 + kind.byte_len())?)?;
        rest = &rest[end + 1 + kind.byte_len()..];
        let entry = TreeEntry { mode, name, id };
        if let Some(last) = entries.last()
            && in_git_order(last, &entry).is_ge()
        {
            return None;
        }
        entries.push(entry);
    }
    // A file and a directory of one name are not always neighbours.
    let mut names: Vec<&[u8]> = entries.iter().map(|entry| entry.name).collect();
    names.sort_unstable();
    names
        .windows(2)
        .all(|pair| pair[0] != pair[1])
        .then_some(entries)
}

/// Writes a tree object; entries are sorted as git sorts them.
pub fn write_tree<'a>(entries: impl IntoIterator<Item = TreeEntry<'a>>) -> Vec<u8> {
    let mut entries: Vec<_> = entries.into_iter().collect();
    entries.sort_by(in_git_order);
    let mut data = Vec::new();
    for entry in entries {
        data.extend_from_slice(format!("{:o} ", entry.mode).as_bytes());
        data.extend_from_slice(entry.name);
        data.push(0);
        data.extend_from_slice(entry.id.as_bytes());
    }
    data
}

/// git compares directory names as if they ended in a slash.
fn in_git_order(a: &TreeEntry<'_>, b: &TreeEntry<'_>) -> Ordering {
    let slash = |entry: &TreeEntry<'_>| (entry.mode == MODE_TREE).then_some(&b'/');
    let left = a.name.iter().chain(slash(a));
    left.cmp(b.name.iter().chain(slash(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(mode: u32, name: &str) -> TreeEntry<'_> {
        TreeEntry {
            mode,
            name: name.as_bytes(),
            id: HashKind::Sha1.empty_tree(),
        }
    }

    #[test]
    fn trees_round_trip_in_git_s_order() {
        let data = write_tree([
            entry(MODE_TREE, "a"),
            entry(MODE_FILE, "a.b"),
            entry(MODE_FILE, "a-b"),
        ]);
        let names: Vec<_> = parse_tree(HashKind::Sha1, &data)
            .expect("just written")
            .iter()
            .map(|entry| String::from_utf8_lossy(entry.name).into_owned())
            .collect();
        assert_eq!(names, ["a-b", "a.b", "a"]);
    }

    #[test]
    fn malformed_trees_are_refused() {
        let good = write_tree([entry(MODE_FILE, "a"), entry(MODE_FILE, "b")]);
        assert!(parse_tree(HashKind::Sha1, &good).is_some());
        let half = good.len() / 2;
        let swapped = [&good[half..], &good[..half]].concat();
        let doubled = [&good[..half], &good[..half]].concat();
        let zero_padded = [b"0".as_slice(), &good].concat();
        let apart = write_tree([
            entry(MODE_FILE, "a"),
            entry(MODE_FILE, "a.b"),
            entry(MODE_TREE, "a"),
        ]);
        for bad in [
            &good[..good.len() - 1],
            &swapped,
            &doubled,
            &zero_padded,
            &apart,
        ] {
            assert!(parse_tree(HashKind::Sha1, bad).is_none());
        }
    }
}
