//! What does not merge, and where.

use std::fmt;

/// Why the entries of one path do not merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConflictKind {
    /// Both sides changed the same lines, or neighbouring ones.
    Content,
    /// Both sides changed a binary file.
    Binary,
    /// One side removed what the other changed.
    ModifyDelete,
    /// Both sides added different things.
    AddAdd,
    /// Both sides changed a symbolic link, a gitlink or something unknown, which is never merged.
    Opaque,
    /// The three are not of one type: a file, a symbolic link, a gitlink.
    TypeChange,
    /// One side has a directory where the other has something else.
    DirectoryFile,
    /// A version is too large to be merged, or the versions differ too much.
    Limit,
}

impl ConflictKind {
    /// Its name, for programs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Binary => "binary",
            Self::ModifyDelete => "modify-delete",
            Self::AddAdd => "add-add",
            Self::Opaque => "opaque",
            Self::TypeChange => "type-change",
            Self::DirectoryFile => "directory-file",
            Self::Limit => "limit",
        }
    }
}

impl fmt::Display for ConflictKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Content => "both sides changed the same or neighbouring lines",
            Self::Binary => "both sides changed a binary file",
            Self::ModifyDelete => "one side removed what the other changed",
            Self::AddAdd => "both sides added different things",
            Self::Opaque => "both sides changed what is never merged",
            Self::TypeChange => "one side changed what type of thing it is",
            Self::DirectoryFile => "it is a directory on one side only",
            Self::Limit => "it is too large, or changed too much, to be merged",
        })
    }
}

/// One path that does not merge. Conflicts sort by the bytes of their paths.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conflict {
    /// The path from the root, with slashes.
    pub path: Vec<u8>,
    /// Why.
    pub kind: ConflictKind,
}

/// All paths that do not merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflicts {
    /// The first of them by path, as many as [`Limits`](super::tree::Limits) has listed.
    pub first: Vec<Conflict>,
    /// How many there are; `u64::MAX` stands for more than fit.
    pub total: u64,
}

impl Conflicts {
    /// The paths in a sentence.
    pub fn paths(&self) -> String {
        let paths: Vec<String> = self
            .first
            .iter()
            .map(|conflict| String::from_utf8_lossy(&conflict.path).into_owned())
            .collect();
        let listed = u64::try_from(paths.len()).unwrap_or(u64::MAX);
        let more = self.total.saturating_sub(listed);
        let mut text = paths.join(", ");
        if more > 0 {
            text.push_str(&format!(", and {more} more"));
        }
        text
    }
}
