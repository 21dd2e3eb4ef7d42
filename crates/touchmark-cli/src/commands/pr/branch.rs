//! Which local branch a pull request comes from.
//!
//! Git itself keeps it, as `branch.<name>.touchmarkPr` in the clone's configuration: so it follows the branch when that
//! is renamed, and goes with it.

use touchmark_core::id::ObjectId;
use touchmark_git::{RefEdit, Repository};

use crate::output::Output;

/// The last part of the key.
const KEY: &str = "touchmarkPr";

/// Where branches are.
pub(super) const HEADS: &str = "refs/heads/";

/// The branch that is checked out, by its short name.
///
/// # Errors
///
/// When git cannot be run.
pub(super) fn current(repo: &Repository) -> anyhow::Result<Option<String>> {
    let output = repo
        .git()
        .args(["symbolic-ref", "--quiet", "HEAD"])
        .output()?;
    let name = output.text();
    Ok(name.strip_prefix(HEADS).map(str::to_owned))
}

/// The branch that somebody who writes `revision` means: the one that is checked out for `HEAD`.
///
/// # Errors
///
/// When git cannot be run or a ref cannot be read.
fn named(repo: &Repository, revision: &str) -> anyhow::Result<Option<String>> {
    if revision == "HEAD" {
        return current(repo);
    }
    let short = revision.strip_prefix(HEADS).unwrap_or(revision);
    // What is no name of a ref is no branch.
    let there = repo.read_ref(&format!("{HEADS}{short}")).ok().flatten();
    Ok(there.map(|_| short.to_owned()))
}

/// Remembers that the pull request comes from the branch that `revision` means, if it means one.
///
/// The pull request is there whatever comes of this, so failing is a warning.
pub(super) fn remember(repo: &Repository, revision: &str, id: ObjectId, out: &Output) {
    let remembered = named(repo, revision).and_then(|name| {
        let Some(name) = name else { return Ok(()) };
        repo.git()
            .args(["config", "--local", "--replace-all"])
            .arg(format!("branch.{name}.{KEY}"))
            .arg(id.to_string())
            .run()?;
        Ok(())
    });
    if let Err(err) = remembered {
        out.warn(format_args!(
            "this clone does not remember which branch it comes from: {err:#}"
        ));
    }
}

/// The pull request that comes from this branch.
pub(super) fn remembered(repo: &Repository, branch: &str) -> Option<ObjectId> {
    let value = repo.config_string(&format!("branch.{branch}.{KEY}"))?;
    ObjectId::from_hex(&value)
}

/// The branches that the pull request comes from, and that are still there.
///
/// # Errors
///
/// When git cannot be run or a ref cannot be read.
pub(super) fn sources(repo: &Repository, id: ObjectId) -> anyhow::Result<Vec<(String, ObjectId)>> {
    let output = repo
        .git()
        .args(["config", "--null", "--local", "--get-regexp"])
        .arg(r"^branch\..*\.touchmarkpr$")
        .output()?;
    let listed = String::from_utf8_lossy(&output.stdout);
    let wanted = id.to_string();
    let mut found = Vec::new();
    for entry in listed.split('\0') {
        let Some((key, value)) = entry.split_once('\n') else {
            continue;
        };
        let name = key
            .strip_prefix("branch.")
            .and_then(|key| key.rsplit_once('.'));
        let Some((name, _)) = name.filter(|_| value == wanted) else {
            continue;
        };
        let tip = repo.read_ref(&format!("{HEADS}{name}")).ok().flatten();
        found.extend(tip.map(|tip| (name.to_owned(), tip)));
    }
    Ok(found)
}

/// Whether some work tree of the clone has the branch checked out.
///
/// # Errors
///
/// When git cannot be run.
pub(super) fn is_checked_out(repo: &Repository, branch: &str) -> anyhow::Result<bool> {
    let output = repo
        .git()
        .args(["for-each-ref", "--format=%(worktreepath)"])
        .arg(format!("{HEADS}{branch}"))
        .run()?;
    Ok(!output.text().is_empty())
}

/// Moves the pull request's branches along from one head to the next; one that is checked out is left to the person.
///
/// # Errors
///
/// When git cannot be run or a ref cannot be read or written.
pub(super) fn follow(
    repo: &Repository,
    id: ObjectId,
    (old, new): (ObjectId, ObjectId),
    out: &Output,
) -> anyhow::Result<()> {
    for (name, tip) in sources(repo, id)? {
        if tip != old {
            continue;
        }
        if is_checked_out(repo, &name)? {
            out.note(format_args!(
                "{name} is checked out and stays; to move it: git reset --keep {}",
                new.short()
            ));
            continue;
        }
        let message = "touchmark: update";
        repo.transact(&[RefEdit::update(format!("{HEADS}{name}"), old, new, message)])?;
    }
    Ok(())
}
