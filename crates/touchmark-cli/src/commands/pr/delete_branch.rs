//! The branches that a merged pull request came from go, on the server and here, if nobody has moved them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use touchmark_core::event::payload;
use touchmark_core::id::ObjectId;
use touchmark_git::Repository;

use super::{Subject, branch};
use crate::forge::{Ending, Forge, Push, push};
use crate::output::Output;
use crate::render::shell_word;

/// What became of the branches.
#[derive(Debug, Default)]
pub(super) struct Deleted {
    /// Those that are gone, as people name them.
    gone: Vec<String>,
    /// Those that stay, and why.
    kept: Vec<String>,
}

impl Deleted {
    /// Says it in words.
    ///
    /// # Errors
    ///
    /// When nothing can be printed.
    pub(super) fn tell(&self, out: &Output) -> anyhow::Result<()> {
        for name in &self.gone {
            out.line(format_args!("deleted the branch {name}"))?;
        }
        for why in &self.kept {
            out.note(why);
        }
        Ok(())
    }

    /// As data.
    pub(super) fn document(&self) -> Value {
        json!({"deleted": self.gone, "kept": self.kept})
    }
}

/// Deletes what has landed: the branch that this clone knows the pull request to come from, else the only one on the
/// server that holds the head of one of its revisions.
///
/// One that holds anything else was moved by somebody, and stays.
/// The merge stands whatever comes of this, so nothing here is an error.
pub(super) fn delete(
    forge: &Forge,
    remote: &str,
    subject: &Subject,
    merge: &payload::Merge,
) -> Deleted {
    let mut deleted = Deleted::default();
    if let Err(err) = try_delete(forge, remote, subject, merge, &mut deleted) {
        deleted.kept.push(format!("a branch stays: {err:#}"));
    }
    deleted
}

fn try_delete(
    forge: &Forge,
    remote: &str,
    subject: &Subject,
    merge: &payload::Merge,
    deleted: &mut Deleted,
) -> anyhow::Result<()> {
    let revisions = subject.state()?.revisions.iter();
    let heads: BTreeSet<ObjectId> = revisions.map(|revision| revision.head).collect();
    let prefix = format!("refs/remotes/{remote}/");
    let there: BTreeMap<String, ObjectId> = forge
        .repo
        .refs(&prefix)?
        .into_iter()
        .filter_map(|(name, tip)| Some((name.strip_prefix(&prefix)?.to_owned(), tip)))
        .filter(|(name, _)| name != "HEAD" && name != merge.target.short())
        .collect();
    let mut names: Vec<String> = branch::sources(&forge.repo, subject.id)?
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| name != merge.target.short())
        .collect();
    if names.is_empty() {
        for (name, tip) in there.iter().filter(|(_, tip)| heads.contains(tip)) {
            // An earlier revision's head may be the tip of a branch of somebody else's, which has not landed.
            if forge.repo.is_ancestor(*tip, merge.head)? {
                names.push(name.clone());
            } else {
                deleted.kept.push(format!(
                    "{name} on {remote} holds an earlier revision, and stays: git push {remote} --delete {}",
                    shell_word(name)
                ));
            }
        }
        if names.len() > 1 {
            let names = names.join(", ");
            let why = format!(
                "{names} hold what has landed; say which one goes: git push {remote} --delete BRANCH"
            );
            deleted.kept.push(why);
            return Ok(());
        }
    }
    if names.is_empty() && deleted.kept.is_empty() {
        let why =
            "there is no branch to delete: the pull request came from none that is still there";
        deleted.kept.push(why.to_owned());
    }
    for name in names {
        if let Some(tip) = there.get(&name) {
            on_server(forge, remote, &name, *tip, &heads, deleted)?;
        }
        here(&forge.repo, &name, &heads, deleted)?;
    }
    Ok(())
}

fn on_server(
    forge: &Forge,
    remote: &str,
    name: &str,
    tip: ObjectId,
    heads: &BTreeSet<ObjectId>,
    deleted: &mut Deleted,
) -> anyhow::Result<()> {
    let moved =
        || format!("{name} on {remote} stays: it was moved since, and holds more than has landed");
    if !heads.contains(&tip) {
        deleted.kept.push(moved());
        return Ok(());
    }
    let gone = Push {
        name: format!("{}{name}", branch::HEADS),
        expected: Some(tip),
        new: None,
    };
    match push(forge, remote, &[gone])? {
        Ending::Taken => deleted.gone.push(format!("{name} on {remote}")),
        Ending::Raced => deleted.kept.push(moved()),
        Ending::Refused(words) => {
            let why = format!(
                "{name} stays on {remote}, which refuses to delete it; the merge stands: {words}"
            );
            deleted.kept.push(why);
        }
        Ending::Unreachable(words) => {
            deleted
                .kept
                .push(format!("{name} stays on {remote}: {words}"));
        }
    }
    Ok(())
}

fn here(
    repo: &Repository,
    name: &str,
    heads: &BTreeSet<ObjectId>,
    deleted: &mut Deleted,
) -> anyhow::Result<()> {
    let full = format!("{}{name}", branch::HEADS);
    let Some(tip) = repo.read_ref(&full)? else {
        return Ok(());
    };
    if !heads.contains(&tip) {
        let why = format!("{name} stays here: it holds something else than has landed");
        deleted.kept.push(why);
    } else if branch::is_checked_out(repo, name)? {
        let why = format!(
            "{name} stays here: it is checked out; git switch BRANCH, then git branch -D {name}"
        );
        deleted.kept.push(why);
    } else {
        repo.git()
            .args(["branch", "--quiet", "-D", "--", name])
            .run()?;
        deleted.gone.push(name.to_owned());
    }
    Ok(())
}
