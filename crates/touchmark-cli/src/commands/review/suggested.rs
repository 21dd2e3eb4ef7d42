//! The suggestions that are to be taken, by file.

use std::collections::BTreeMap;

use anyhow::Context as _;
use touchmark_core::event::{CodePath, CommentId, Rule};
use touchmark_core::id::ObjectId;
use touchmark_core::object::{MODE_EXECUTABLE, MODE_FILE, ObjectType};
use touchmark_core::refusal::Refusal;
use touchmark_core::suggestion::{Suggestion, Unfit, apply};
use touchmark_git::{Entry, Repository};

use super::apply::nothing;
use crate::commands::pr::{MAX_FILE_BYTES, MAX_SUGGESTION_BYTES, Subject};
use crate::errors::Failure;
use crate::render::{comment_name, counted, visible_line};

/// A title that is longer is cut to what it is about.
const TITLE_MAX_LEN: usize = 72;

/// Suggestions by the path of their file.
#[derive(Debug)]
pub(super) struct Suggested {
    files: BTreeMap<Vec<u8>, Vec<One>>,
}

/// One suggestion with everything that is needed to take it.
#[derive(Debug)]
struct One {
    comment: CommentId,
    then: Vec<u8>,
    first: u32,
    last: u32,
    replacement: Vec<u8>,
}

impl Suggested {
    /// Reads what these comments suggest.
    ///
    /// # Errors
    ///
    /// When one is retracted or suggests nothing, or its code is not here.
    pub(super) fn gather(
        repository: &Repository,
        subject: &Subject,
        comments: &[CommentId],
    ) -> anyhow::Result<Self> {
        let mut files: BTreeMap<Vec<u8>, Vec<One>> = BTreeMap::new();
        for id in comments {
            let (path, one) = One::read(repository, subject, *id)?;
            files.entry(path).or_default().push(one);
        }
        Ok(Self { files })
    }

    /// The files that change.
    pub(super) fn paths(&self) -> impl Iterator<Item = &[u8]> {
        self.files.keys().map(Vec::as_slice)
    }

    /// What is done, in a line.
    pub(super) fn title(&self) -> String {
        let number: usize = self.files.values().map(Vec::len).sum();
        let what = match number {
            1 => "Apply suggestion".to_owned(),
            _ => format!("Apply {}", counted(number, "suggestion")),
        };
        let mut paths = self.paths();
        match (paths.next(), paths.next()) {
            (Some(path), None) => {
                let path = visible_line(&String::from_utf8_lossy(path));
                Some(format!("{what} to {path}"))
                    .filter(|title| title.len() <= TITLE_MAX_LEN)
                    .unwrap_or(what)
            }
            _ => what,
        }
    }

    /// The tree of the latest revision with all suggestions taken; it is written.
    ///
    /// # Errors
    ///
    /// When one does not fit, or they change nothing.
    pub(super) fn tree(
        &self,
        repository: &Repository,
        subject: &Subject,
    ) -> anyhow::Result<ObjectId> {
        let latest = subject.revision(None)?;
        let root = repository.tree_of(latest.head)?;
        let mut changes = BTreeMap::new();
        let mut unfit = Vec::new();
        for (path, suggestions) in &self.files {
            let entry = file_at(repository, root, path)?;
            let now = match entry {
                Some(entry) => Some(repository.read_blob(entry.id, MAX_FILE_BYTES)?),
                None => None,
            };
            let suggestions: Vec<Suggestion<'_>> = suggestions.iter().map(One::view).collect();
            match (apply(now.as_deref(), &suggestions), entry) {
                (Ok(file), Some(Entry { mode, .. })) => {
                    let id = repository.write(ObjectType::Blob, &file)?;
                    changes.insert(path.clone(), Some(Entry { mode, id }));
                }
                // Nothing fits into a file that is not there.
                (Ok(_), None) => {}
                (Err(reasons), _) => unfit.extend(reasons),
            }
        }
        if !unfit.is_empty() {
            return Err(self.refused(subject, &unfit).into());
        }
        let tree = repository
            .edit_tree(Some(root), &changes)?
            .context("there would be no file left")?;
        if tree == root {
            let reason = format!("revision {} has these lines already", latest.number);
            return Err(Refusal::new(Rule::NothingToDo, reason).into());
        }
        Ok(tree)
    }

    /// Every reason, and how to take those that are in nobody's way.
    fn refused(&self, subject: &Subject, unfit: &[Unfit]) -> Failure {
        let reasons: Vec<String> = unfit.iter().map(ToString::to_string).collect();
        let short = subject.id.short();
        let failure = Failure::new(format!("no suggestion was taken: {}", reasons.join("; ")))
            .hint(format!("touchmark pr show {short}"));
        let in_the_way = |id: CommentId| unfit.iter().flat_map(Unfit::comments).any(|at| at == id);
        let fit: Vec<String> = self
            .files
            .values()
            .flatten()
            .filter(|one| !in_the_way(one.comment))
            .map(|one| comment_name(&one.comment))
            .collect();
        if fit.is_empty() {
            return failure;
        }
        failure.hint(format!("touchmark review apply {short} {}", fit.join(" ")))
    }
}

impl One {
    /// The suggestion of a comment, and the path of its file.
    fn read(
        repository: &Repository,
        subject: &Subject,
        id: CommentId,
    ) -> anyhow::Result<(Vec<u8>, Self)> {
        let name = comment_name(&id);
        let state = subject.state()?;
        let comment = state
            .comments
            .get(&id)
            .with_context(|| format!("there is no comment {name}"))?;
        if comment.retracted {
            let reason = format!("comment {name} is retracted");
            return Err(Refusal::new(Rule::CommentRetracted, reason).into());
        }
        let (Some(blob), Some(anchor)) = (comment.suggestion, &comment.anchor) else {
            return Err(nothing(&name, "suggests nothing", subject));
        };
        let (Some(path), Some(first), Some(last)) =
            (CodePath::parse(&anchor.path), anchor.first, anchor.last)
        else {
            return Err(nothing(&name, "is about no lines", subject));
        };
        let revision = subject.revision(comment.revision)?;
        let then = repository
            .read_blob_at(revision.head, path.as_bytes(), MAX_FILE_BYTES)?
            .with_context(|| {
                let number = revision.number;
                format!("the file that {name} is about was not in revision {number}")
            })?;
        let one = Self {
            comment: id,
            then,
            first,
            last,
            replacement: repository.read_blob(blob, MAX_SUGGESTION_BYTES)?,
        };
        Ok((path.as_bytes().to_vec(), one))
    }

    fn view(&self) -> Suggestion<'_> {
        Suggestion {
            comment: self.comment,
            then: &self.then,
            first: self.first,
            last: self.last,
            replacement: &self.replacement,
        }
    }
}

/// The regular file at `path`; a link or anything else is none.
fn file_at(repository: &Repository, root: ObjectId, path: &[u8]) -> anyhow::Result<Option<Entry>> {
    let found = repository.entry_at(root, path)?;
    Ok(found
        .filter(|(mode, _)| matches!(*mode, MODE_FILE | MODE_EXECUTABLE))
        .map(|(mode, id)| Entry { mode, id }))
}
