//! Threads of a pull request, each where it stands in the latest revision.

use touchmark_core::anchor::{Position, follow};
use touchmark_core::event::{CodePath, Side};
use touchmark_core::id::ObjectId;
use touchmark_core::replay::{Comment, CommentAnchor, PrState, Revision};
use touchmark_git::{CodeError, Repository};

use super::messages;
use crate::render::{Excerpt, Standing, Thread};

/// A file beyond this is not followed line by line.
pub(crate) const MAX_FILE_BYTES: u64 = 8 * 1024 * 1024;

/// Of a larger file only its own lines are shown, without what they replaced.
const MAX_COMPARED_BYTES: usize = 1024 * 1024;

/// The record refuses suggestions larger than this.
pub(crate) const MAX_SUGGESTION_BYTES: u64 = 1024 * 1024;

/// The threads in the order in which they were started.
pub(crate) fn threads<'a>(repository: &Repository, state: &'a PrState) -> Vec<Thread<'a>> {
    state
        .comments
        .threads()
        .into_iter()
        .map(|(first, replies)| Thread {
            first,
            replies,
            standing: first
                .anchor
                .as_ref()
                .map(|anchor| standing(repository, state, first, anchor)),
            suggestion: first
                .suggestion
                .and_then(|blob| repository.read_blob(blob, MAX_SUGGESTION_BYTES).ok())
                .and_then(|bytes| String::from_utf8(bytes).ok()),
        })
        .collect()
}

fn standing(
    repository: &Repository,
    state: &PrState,
    comment: &Comment,
    anchor: &CommentAnchor,
) -> Standing {
    let unavailable = |reason: &str| Standing::Unavailable {
        reason: reason.to_owned(),
    };
    let then = comment.revision.and_then(|number| state.revision(number));
    let (Some(then), Some(now)) = (then, state.latest()) else {
        return unavailable("the revision is not in the record");
    };
    let lines = anchor.first.zip(anchor.last);
    let failed = |err: anyhow::Error| unavailable(&format!("{err:#}"));
    if let Some(commit) = anchor.message() {
        return messages::standing(repository, now, commit, lines).unwrap_or_else(failed);
    }
    let Some(path) = CodePath::parse(&anchor.path) else {
        return unavailable("the path cannot be read");
    };
    let files = Files {
        repository,
        side: anchor.side,
        path: path.as_bytes(),
    };
    files.standing(then, now, lines).unwrap_or_else(failed)
}

/// The lines of an anchor in the revision that it is of; `None` when it has none, or they are not there.
///
/// # Errors
///
/// When the code cannot be read.
pub(crate) fn excerpt(
    repository: &Repository,
    revision: &Revision,
    anchor: &CommentAnchor,
) -> anyhow::Result<Option<Excerpt>> {
    let Some((first, last)) = anchor.first.zip(anchor.last) else {
        return Ok(None);
    };
    if let Some(commit) = anchor.message() {
        let text = messages::message(repository, commit)?;
        return Ok(Some(Excerpt::of(&text, first, last)));
    }
    let Some(path) = CodePath::parse(&anchor.path) else {
        return Ok(None);
    };
    let path = path.as_bytes();
    let files = Files {
        repository,
        side: anchor.side,
        path,
    };
    let Some(file) = files.read(revision, anchor.side, path)? else {
        return Ok(None);
    };
    files.excerpt(revision, path, &file, first, last).map(Some)
}

/// A file that a thread is about, through the revisions.
struct Files<'a> {
    repository: &'a Repository,
    side: Side,
    path: &'a [u8],
}

impl Files<'_> {
    fn standing(
        &self,
        then: &Revision,
        now: &Revision,
        lines: Option<(u32, u32)>,
    ) -> anyhow::Result<Standing> {
        let here = self.read(now, self.side, self.path)?;
        let renamed = match here {
            Some(_) => None,
            None => self.renamed(then, now)?,
        };
        let path = renamed.as_deref().unwrap_or(self.path);
        let new = match here {
            Some(file) => Some(file),
            None if renamed.is_some() => self.read(now, self.side, path)?,
            None => None,
        };
        let named = renamed
            .as_deref()
            .and_then(CodePath::from_bytes)
            .map(|path| path.to_string());
        let Some((first, last)) = lines else {
            return Ok(match new {
                Some(_) => Standing::File { path: named },
                None => Standing::Outdated { excerpt: None },
            });
        };
        let Some(old) = self.read(then, self.side, self.path)? else {
            anyhow::bail!("the file was not in that revision");
        };
        let position = match &new {
            Some(new) => follow(&old, new, first, last),
            None => Position::Outdated,
        };
        Ok(match (position, new) {
            (Position::Moved { first, last }, Some(new)) => Standing::Lines {
                first,
                last,
                path: named,
                excerpt: self.excerpt(now, path, &new, first, last)?,
            },
            (Position::OutOfRange, _) => anyhow::bail!("the lines were not in that revision"),
            _ => Standing::Outdated {
                excerpt: Some(self.excerpt(then, self.path, &old, first, last)?),
            },
        })
    }

    fn read(
        &self,
        revision: &Revision,
        side: Side,
        path: &[u8],
    ) -> Result<Option<Vec<u8>>, CodeError> {
        self.repository
            .read_blob_at(commit(revision, side), path, MAX_FILE_BYTES)
    }

    /// The lines with what they replaced, or were replaced by, in that revision.
    fn excerpt(
        &self,
        revision: &Revision,
        path: &[u8],
        file: &[u8],
        first: u32,
        last: u32,
    ) -> anyhow::Result<Excerpt> {
        let other = match self.side {
            Side::Old => Side::New,
            Side::New => Side::Old,
        };
        let beside = match self.read(revision, other, path)? {
            // Before it was renamed.
            None => self.read(revision, other, self.path)?,
            found => found,
        }
        .unwrap_or_default();
        if beside.len().max(file.len()) > MAX_COMPARED_BYTES {
            return Ok(Excerpt::of(file, first, last));
        }
        Ok(match self.side {
            Side::Old => Excerpt::of_change(file, &beside, self.side, first, last),
            Side::New => Excerpt::of_change(&beside, file, self.side, first, last),
        })
    }

    /// The path that the file has now, if it was renamed, as stock git finds it.
    fn renamed(&self, then: &Revision, now: &Revision) -> anyhow::Result<Option<Vec<u8>>> {
        let [then, now] = [then, now].map(|revision| commit(revision, self.side).to_string());
        let listed = self
            .repository
            .git()
            .args(["diff", "--name-status", "-z", "--find-renames"])
            .args(["--diff-filter=R", "--no-ext-diff", "--no-textconv"])
            .args([&then, &now])
            .arg("--")
            .run()?;
        // A letter and how alike they are, the old path, the new one.
        let fields: Vec<&[u8]> = listed.stdout.split(|byte| *byte == 0).collect();
        Ok(fields.chunks_exact(3).find_map(|row| match row {
            [_, old, new] if *old == self.path => Some(new.to_vec()),
            _ => None,
        }))
    }
}

/// The commit that holds this side of a revision.
pub(crate) const fn commit(revision: &Revision, side: Side) -> ObjectId {
    match side {
        Side::Old => revision.base,
        Side::New => revision.head,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use touchmark_core::event::CommentId;
    use touchmark_core::object::{MODE_FILE, ObjectType, TreeEntry, write_tree};
    use touchmark_git::Git;

    use super::*;
    use crate::render::Paint;

    /// A commit that has `content` as the file `f`, or no file.
    fn commit_of(repository: &Repository, content: Option<&str>) -> ObjectId {
        let blob = content.map(|content| {
            repository
                .write(ObjectType::Blob, content.as_bytes())
                .expect("a blob")
        });
        let tree = write_tree(blob.map(|id| TreeEntry {
            mode: MODE_FILE,
            name: b"f",
            id,
        }));
        let tree = repository.write(ObjectType::Tree, &tree).expect("a tree");
        let line = "A <a@example.org> 1 +0000";
        let text = format!("tree {tree}\nauthor {line}\ncommitter {line}\n\nc\n");
        repository
            .write(ObjectType::Commit, text.as_bytes())
            .expect("a commit")
    }

    fn check(then: Option<&str>, now: Option<&str>, lines: Option<(u32, u32)>) -> Standing {
        let place = tempfile::tempdir().expect("a directory");
        Git::new(place.path())
            .args(["init", "--quiet"])
            .run()
            .expect("git runs");
        let repository = Repository::open(place.path()).expect("a repository");
        let id = repository.hash_kind().empty_tree();
        let revision = |number: u32, content| {
            let head = commit_of(&repository, content);
            json!({"base": head, "by": "a", "event": id, "head": head, "note": null, "number": number})
        };
        let state: PrState = serde_json::from_value(json!({
            "admitted": [], "assignees": [], "author": "a", "closed": null,
            "comments": [{
                "anchor": {
                    "first": lines.map(|(first, _)| first), "last": lines.map(|(_, last)| last),
                    "path": "f", "side": "new",
                },
                "author": "a", "edits": 0, "id": CommentId::new(id, 1), "reply_to": null,
                "resolved_by": null, "retracted": false, "revision": 1, "suggestion": null, "text": "t",
            }],
            "description": null, "draft": false, "heads": id, "labels": [], "merge": null,
            "merge_request": null, "redactions": 0, "reviewers": [],
            "revisions": [revision(1, then), revision(2, now)],
            "status": "open", "target": "refs/heads/main", "title": "t", "verdicts": {},
        }))
        .expect("a state");
        let mut threads = threads(&repository, &state);
        assert_eq!(threads.len(), 1);
        threads.remove(0).standing.expect("it is about code")
    }

    #[test]
    fn lines_are_followed_to_the_latest_revision() {
        let standing = check(Some("a\nb\nc\n"), Some("x\na\nb\nc\n"), Some((2, 3)));
        assert!(
            matches!(
                standing,
                Standing::Lines {
                    first: 3,
                    last: 4,
                    ..
                }
            ),
            "{standing:?}"
        );
    }

    #[test]
    fn changed_lines_are_outdated_and_shown_as_they_were() {
        for now in [Some("a\nB\nc\n"), None] {
            match check(Some("a\nb\nc\n"), now, Some((2, 2))) {
                Standing::Outdated {
                    excerpt: Some(excerpt),
                } => assert!(
                    excerpt.render(Paint::plain()).contains("> 2 | b"),
                    "{now:?}"
                ),
                other => unreachable!("{now:?}: {other:?}"),
            }
        }
    }

    #[test]
    fn whole_files_stand_while_they_are_there() {
        let there = Standing::File { path: None };
        assert_eq!(check(Some("a\n"), Some("b\n"), None), there);
        let gone = Standing::Outdated { excerpt: None };
        assert_eq!(check(Some("a\n"), None, None), gone);
    }

    #[test]
    fn what_was_never_there_says_so() {
        for (then, lines) in [(Some("a\n"), (5, 6)), (None, (1, 1))] {
            let standing = check(then, Some("a\n"), Some(lines));
            assert!(
                matches!(standing, Standing::Unavailable { .. }),
                "{standing:?}"
            );
        }
    }
}
