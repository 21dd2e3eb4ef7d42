//! A review that is being written: kept as a local ref until it is submitted, and never pushed.
//!
//! `refs/drafts/pr/<id>` names a tree: `draft.json`, and beside it the suggested replacements as raw bytes, so that
//! git's garbage collection keeps them and `git cat-file` shows them.

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use touchmark_core::event::{CodePath, CommentId, Side};
use touchmark_core::id::ObjectId;
use touchmark_core::object::{MODE_FILE, ObjectType, TreeEntry, write_tree};
use touchmark_core::replay::{CommentAnchor, Revision};
use touchmark_git::{Expected, RefEdit, Repository};

use crate::commands::pr::{MAX_FILE_BYTES, commit};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::render;

/// Where drafts of reviews of pull requests are.
const PREFIX: &str = "refs/drafts/pr/";

/// The file with everything but the suggestions.
const DRAFT_FILE: &str = "draft.json";

/// The version of that file.
const FORMAT: u32 = 1;

/// A draft larger than this is no draft that this program wrote.
const MAX_DRAFT_BYTES: u64 = 16 * 1024 * 1024;

/// A review that is being written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Draft {
    /// The comments, in the order in which they were made.
    pub(crate) comments: Vec<DraftComment>,
    /// The file's version.
    format: u32,
    /// The revision that is reviewed.
    pub(crate) revision: u32,
}

/// A comment of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DraftComment {
    /// What it is about.
    pub(crate) about: About,
    /// The blob that it suggests in place of the lines.
    pub(crate) suggestion: Option<ObjectId>,
    /// What it says.
    pub(crate) text: String,
}

/// What a comment of a draft is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum About {
    /// A place in the code.
    Code {
        /// First line from 1, `None` for the whole file.
        first: Option<u32>,
        /// Last line.
        last: Option<u32>,
        /// The path, percent-encoded as in trailers.
        path: String,
        /// Which side of the change.
        side: Side,
    },
    /// The message of a commit.
    Message {
        /// The commit.
        commit: ObjectId,
        /// First line from 1, `None` for the whole message.
        first: Option<u32>,
        /// Last line.
        last: Option<u32>,
    },
    /// Another comment.
    Reply {
        /// That comment.
        to: CommentId,
    },
}

impl About {
    /// What it is about, in a few words.
    pub(crate) fn place(&self) -> String {
        match (self, self.anchor()) {
            (Self::Reply { to }, _) => format!("answer to {}", render::comment_name(to)),
            (_, Some(anchor)) => render::place(&anchor),
            (_, None) => String::new(),
        }
    }

    /// Where it stands in the code, if it does.
    pub(crate) fn anchor(&self) -> Option<CommentAnchor> {
        match self {
            Self::Reply { .. } => None,
            Self::Message {
                commit,
                first,
                last,
            } => Some(CommentAnchor::in_message(*commit, first.zip(*last))),
            Self::Code {
                first,
                last,
                path,
                side,
            } => Some(CommentAnchor {
                first: *first,
                last: *last,
                path: path.clone(),
                side: *side,
            }),
        }
    }

    /// The lines that are meant, byte by byte; none when it is about no lines.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub(crate) fn lines(
        &self,
        repository: &Repository,
        revision: &Revision,
    ) -> anyhow::Result<Vec<u8>> {
        let Self::Code {
            first: Some(first),
            last: Some(last),
            path,
            side,
        } = self
        else {
            return Ok(Vec::new());
        };
        let Some(path) = CodePath::parse(path) else {
            return Ok(Vec::new());
        };
        let file = repository
            .read_blob_at(commit(revision, *side), path.as_bytes(), MAX_FILE_BYTES)?
            .unwrap_or_default();
        let lines = (1_u32..).zip(file.split_inclusive(|byte| *byte == b'\n'));
        Ok(lines
            .filter(|(number, _)| (first..=last).contains(&number))
            .flat_map(|(_, line)| line)
            .copied()
            .collect())
    }
}

/// A draft and what its ref holds: what the next change has to replace.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    /// The pull request.
    pub(crate) id: ObjectId,
    /// The draft.
    pub(crate) draft: Draft,
    /// What the ref holds; `None` when the draft has not been stored yet.
    tree: Option<ObjectId>,
}

impl Stored {
    /// A new draft of a review of `revision`; nothing is stored.
    pub(crate) const fn new(id: ObjectId, revision: u32) -> Self {
        let draft = Draft {
            comments: Vec::new(),
            format: FORMAT,
            revision,
        };
        Self {
            id,
            draft,
            tree: None,
        }
    }

    /// The draft of a review of this pull request, if there is one.
    ///
    /// # Errors
    ///
    /// When the draft cannot be read.
    pub(crate) fn load(repository: &Repository, id: ObjectId) -> anyhow::Result<Option<Self>> {
        let name = ref_name(id);
        let Some(tree) = repository.read_ref(&name)? else {
            return Ok(None);
        };
        let draft = read(repository, tree).with_context(|| {
            format!("cannot read the draft; look at it with git ls-tree {name}, drop it with git update-ref -d {name}")
        })?;
        Ok(Some(Self {
            id,
            draft,
            tree: Some(tree),
        }))
    }

    /// Where the comment with this number, counted from 1, is in the list.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub(crate) fn position(&self, number: &str) -> anyhow::Result<usize> {
        let count = self.draft.comments.len();
        number
            .parse::<usize>()
            .ok()
            .and_then(|number| number.checked_sub(1))
            .filter(|at| *at < count)
            .ok_or_else(|| {
                Failure::new(format!("the draft has no comment {number}"))
                    .hint(format!("touchmark review status {}", self.id.short()))
                    .exit(ExitCode::NotFound)
                    .into()
            })
    }

    /// Stores the draft.
    ///
    /// # Errors
    ///
    /// When it cannot be written, or another process has changed it since it was loaded.
    pub(crate) fn store(&mut self, repository: &Repository) -> anyhow::Result<()> {
        let json = serde_json::to_vec_pretty(&self.draft)?;
        let file = |name, id| TreeEntry {
            mode: MODE_FILE,
            name,
            id,
        };
        let names: Vec<(String, ObjectId)> = self
            .draft
            .comments
            .iter()
            .zip(1_u32..)
            .filter_map(|(comment, n)| Some((format!("suggestion-{n:04}"), comment.suggestion?)))
            .collect();
        let json = repository.write(ObjectType::Blob, &json)?;
        let suggestions = names.iter().map(|(name, id)| file(name.as_bytes(), *id));
        let entries = suggestions.chain([file(DRAFT_FILE.as_bytes(), json)]);
        let tree = repository.write(ObjectType::Tree, &write_tree(entries))?;
        self.replace(repository, Some(tree))
    }

    /// Deletes the draft.
    ///
    /// # Errors
    ///
    /// When another process has changed it since it was loaded.
    pub(crate) fn delete(&mut self, repository: &Repository) -> anyhow::Result<()> {
        if self.tree.is_none() {
            return Ok(());
        }
        self.replace(repository, None)
    }

    fn replace(&mut self, repository: &Repository, new: Option<ObjectId>) -> anyhow::Result<()> {
        let edit = RefEdit {
            name: ref_name(self.id),
            expected: Expected::from(self.tree),
            new,
            message: "review draft".to_owned(),
        };
        repository
            .transact(&[edit])
            .context("the draft was changed by another command; try again")?;
        self.tree = new;
        Ok(())
    }
}

/// The pull requests that have a draft, in id order.
///
/// # Errors
///
/// When the refs cannot be read.
pub(crate) fn all(repository: &Repository) -> anyhow::Result<Vec<ObjectId>> {
    let refs = repository.refs(PREFIX)?;
    Ok(refs
        .keys()
        .filter_map(|name| ObjectId::from_hex(name.strip_prefix(PREFIX)?))
        .collect())
}

/// The pull request of the only draft there is.
///
/// # Errors
///
/// When there is none, or more than one.
pub(crate) fn only(repository: &Repository) -> anyhow::Result<ObjectId> {
    let drafts = all(repository)?;
    match drafts.as_slice() {
        [id] => Ok(*id),
        [] => Err(Failure::new("there is no draft of a review")
            .hint("touchmark review start ID")
            .exit(ExitCode::NotFound)
            .into()),
        several => {
            let ids: Vec<String> = several.iter().map(ObjectId::short).collect();
            Err(Failure::new("there are drafts of several reviews")
                .hint(format!("name the pull request: {}", ids.join(", ")))
                .exit(ExitCode::NotFound)
                .into())
        }
    }
}

fn ref_name(id: ObjectId) -> String {
    format!("{PREFIX}{id}")
}

fn read(repository: &Repository, tree: ObjectId) -> anyhow::Result<Draft> {
    let (_, blob) = repository
        .entry_at(tree, DRAFT_FILE.as_bytes())?
        .context("the tree has no draft.json")?;
    let json = repository.read_blob(blob, MAX_DRAFT_BYTES)?;
    let draft: Draft = serde_json::from_slice(&json)?;
    anyhow::ensure!(
        draft.format == FORMAT,
        "it has format {}, and this version of touchmark knows {FORMAT}",
        draft.format
    );
    Ok(draft)
}

#[cfg(test)]
mod tests {
    use touchmark_git::Git;

    use super::*;

    fn repository(place: &std::path::Path) -> Repository {
        Git::new(place)
            .args(["init", "--quiet"])
            .run()
            .expect("git runs");
        Repository::open(place).expect("a repository")
    }

    #[test]
    fn a_draft_is_kept_until_it_is_deleted() {
        let place = tempfile::tempdir().expect("a directory");
        let repository = repository(place.path());
        let id = repository.hash_kind().empty_tree();
        let suggestion = repository
            .write(ObjectType::Blob, b"\xff\n")
            .expect("a blob");
        let mut stored = Stored::new(id, 2);
        stored.draft.comments.push(DraftComment {
            about: About::Code {
                first: Some(3),
                last: Some(4),
                path: "a%20b".to_owned(),
                side: Side::Old,
            },
            suggestion: Some(suggestion),
            text: "Hm.".to_owned(),
        });
        stored.store(&repository).expect("it is stored");
        let name = ref_name(id);
        let tree = repository.read_ref(&name).expect("refs").expect("a ref");
        // Reachable from the ref, so that garbage collection keeps it.
        let entry = repository.entry_at(tree, b"suggestion-0001");
        assert_eq!(entry.expect("a tree").map(|(_, id)| id), Some(suggestion));
        let mut read = Stored::load(&repository, id)
            .expect("it is read")
            .expect("a draft");
        assert_eq!(read.draft, stored.draft);
        assert_eq!(all(&repository).expect("refs"), [id]);
        assert_eq!(only(&repository).expect("one"), id);
        read.delete(&repository).expect("it is deleted");
        assert!(Stored::load(&repository, id).expect("refs").is_none());
        assert!(only(&repository).is_err());
    }

    #[test]
    fn a_change_by_another_command_is_not_overwritten() {
        let place = tempfile::tempdir().expect("a directory");
        let repository = repository(place.path());
        let id = repository.hash_kind().empty_tree();
        let mut one = Stored::new(id, 1);
        let mut two = Stored::new(id, 2);
        one.store(&repository).expect("it is stored");
        assert!(two.store(&repository).is_err());
        let mut again = Stored::load(&repository, id)
            .expect("it is read")
            .expect("a draft");
        again.delete(&repository).expect("it is deleted");
        one.draft.revision = 3;
        assert!(one.store(&repository).is_err());
    }
}
