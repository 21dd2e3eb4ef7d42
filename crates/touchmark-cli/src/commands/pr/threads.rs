//! Threads of a pull request, each where it stands in the latest revision.

use touchmark_core::anchor::{Position, follow};
use touchmark_core::event::{CodePath, Side};
use touchmark_core::id::ObjectId;
use touchmark_core::replay::{Comment, CommentAnchor, PrState, Revision};
use touchmark_git::Repository;

use crate::render::{Excerpt, Standing, Thread};

/// A file beyond this is not followed line by line.
pub(crate) const MAX_FILE_BYTES: u64 = 8 * 1024 * 1024;

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
    let Some(path) = CodePath::parse(&anchor.path) else {
        return unavailable("the path cannot be read");
    };
    let then = comment.revision.and_then(|number| state.revision(number));
    let (Some(then), Some(now)) = (then, state.latest()) else {
        return unavailable("the revision is not in the record");
    };
    let read = |revision: &Revision| {
        repository.read_blob_at(
            commit(revision, anchor.side),
            path.as_bytes(),
            MAX_FILE_BYTES,
        )
    };
    let (old, new) = match (read(then), read(now)) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(err), _) | (_, Err(err)) => return unavailable(&err.to_string()),
    };
    let (Some(first), Some(last)) = (anchor.first, anchor.last) else {
        return match new {
            Some(_) => Standing::File,
            None => Standing::Outdated { excerpt: None },
        };
    };
    let Some(old) = old else {
        return unavailable("the file was not in that revision");
    };
    let outdated = || Standing::Outdated {
        excerpt: Some(Excerpt::of(&old, first, last)),
    };
    let Some(new) = new else {
        return outdated();
    };
    match follow(&old, &new, first, last) {
        Position::Moved { first, last } => Standing::Lines {
            first,
            last,
            excerpt: Excerpt::of(&new, first, last),
        },
        Position::Outdated => outdated(),
        Position::OutOfRange => unavailable("the lines were not in that revision"),
    }
}

/// The commit that holds this side of a revision.
pub(crate) const fn commit(revision: &Revision, side: Side) -> ObjectId {
    match side {
        Side::Old => revision.base,
        Side::New => revision.head,
    }
}
