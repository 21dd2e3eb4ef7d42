//! Threads about the messages of commits, which a rebase writes anew.

use anyhow::Context as _;
use touchmark_core::anchor::{Position, follow};
use touchmark_core::id::ObjectId;
use touchmark_core::object::ObjectType;
use touchmark_core::replay::{CommentAnchor, Revision};
use touchmark_git::Repository;

use crate::render::{Excerpt, Standing};

/// A commit's headers and message beyond this are not read.
const MAX_COMMIT_BYTES: u64 = 1024 * 1024;

/// The message of a commit as it is stored: what stands after the first empty line.
///
/// # Errors
///
/// When it cannot be read.
pub(crate) fn message(repository: &Repository, commit: ObjectId) -> anyhow::Result<Vec<u8>> {
    let data = match repository.read(commit, MAX_COMMIT_BYTES)? {
        Some((ObjectType::Commit, data)) => data,
        _ => anyhow::bail!("the commit {} is not here", commit.short()),
    };
    let end = data
        .windows(2)
        .position(|pair| pair == b"\n\n")
        .with_context(|| format!("the commit {} has no message", commit.short()))?;
    Ok(data.get(end + 2..).unwrap_or_default().to_vec())
}

/// Where a thread about the message of `commit` stands in the latest revision: at that commit, or at the only one whose
/// message begins with the same line.
pub(super) fn standing(
    repository: &Repository,
    now: &Revision,
    commit: ObjectId,
    lines: Option<(u32, u32)>,
) -> anyhow::Result<Standing> {
    let old = message(repository, commit)?;
    let here = successor(repository, now, commit, &old)?;
    let path = here
        .filter(|here| *here != commit)
        .map(|here| CommentAnchor::in_message(here, None).path);
    let Some((first, last)) = lines else {
        return Ok(match here {
            Some(_) => Standing::File { path },
            None => Standing::Outdated { excerpt: None },
        });
    };
    let new = here.map(|here| message(repository, here)).transpose()?;
    let position = new
        .as_deref()
        .map_or(Position::Outdated, |new| follow(&old, new, first, last));
    Ok(match (position, new) {
        (Position::Moved { first, last }, Some(new)) => Standing::Lines {
            first,
            last,
            path,
            excerpt: Excerpt::of(&new, first, last),
        },
        (Position::OutOfRange, _) => anyhow::bail!("the lines were not in that message"),
        _ => Standing::Outdated {
            excerpt: Some(Excerpt::of(&old, first, last)),
        },
    })
}

fn successor(
    repository: &Repository,
    now: &Revision,
    commit: ObjectId,
    old: &[u8],
) -> anyhow::Result<Option<ObjectId>> {
    let commits = repository.commits_between(now.base, now.head)?;
    if commits.contains(&commit) {
        return Ok(Some(commit));
    }
    let title = title(old);
    let mut alike = Vec::new();
    for id in commits {
        if self::title(&message(repository, id)?) == title {
            alike.push(id);
        }
    }
    Ok(match alike.as_slice() {
        [only] => Some(*only),
        _ => None,
    })
}

fn title(message: &[u8]) -> Vec<u8> {
    let line = message.split(|byte| *byte == b'\n').next();
    line.unwrap_or_default().to_vec()
}
