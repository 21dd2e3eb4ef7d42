//! `touchmark pr viewed`: which files one has looked at, for oneself.

use std::collections::BTreeMap;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use touchmark_core::event::CodePath;
use touchmark_core::id::ObjectId;
use touchmark_core::object::ObjectType;
use touchmark_core::replay::Revision;
use touchmark_git::{ChangedPath, Entry, Expected, RefEdit, Repository};

use super::Subject;
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;
use crate::render::{counted, visible_line};

/// Where marks are: below the drafts, which are never fetched, pushed or deleted as a cache.
const PREFIX: &str = "refs/drafts/viewed/";

/// The version of what the ref holds.
const FORMAT: u32 = 1;

/// Marks beyond this were not written by this program.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// Mark files of a pull request as viewed, or say which are.
///
/// Paths are from the top of the repository; a folder stands for every changed file in it, and `.` for all of them.
/// A mark is for what a file was and became, so it is gone as soon as a later revision changes either; such a file is
/// shown as changed since. Marks stay on this machine, in the local ref `refs/drafts/viewed/<id>`, like a draft of a
/// review; `touchmark pr diff --stat` and `--name-only` show them.
/// With `--json`: `format`, `pull_request`, `revision` and `files`, a list of `path`, `viewed` and `changed` (since it
/// was viewed).
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The pull request.
    id: String,
    /// The files; without any, nothing is marked and all are listed.
    path: Vec<String>,
    /// Take the marks away.
    #[arg(long, requires = "path")]
    unmark: bool,
}

/// Marks of one pull request, and what its ref holds.
#[derive(Debug)]
pub(super) struct Marks {
    files: BTreeMap<String, Mark>,
    blob: Option<ObjectId>,
}

/// What a file was and became when it was viewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    base: Option<String>,
    head: Option<String>,
}

/// What the ref's blob holds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    /// By path, percent-encoded as in trailers.
    files: BTreeMap<String, Mark>,
    format: u32,
}

/// How somebody stands to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// It is as it was viewed.
    Viewed,
    /// It was viewed, and has changed since.
    Changed,
    /// It was not viewed.
    No,
}

/// Runs the command.
///
/// # Errors
///
/// When a path is none of those that the latest revision changes, or the marks cannot be kept.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let subject = Subject::summary(&forge, &args.id)?;
    let revision = subject.revision(None)?;
    let tree = |commit| forge.repo.tree_of(commit);
    let changed = forge
        .repo
        .changed_paths(tree(revision.base)?, tree(revision.head)?)?;
    let mut marks = Marks::load(&forge.repo, subject.id)?;
    if !args.path.is_empty() {
        args.mark(&mut marks, &changed, &subject, revision)?;
        marks.store(&forge.repo, subject.id)?;
    }
    let files: Vec<(String, Seen)> = changed
        .iter()
        .map(|one| {
            let path = String::from_utf8_lossy(&one.path).into_owned();
            (path, marks.seen(one))
        })
        .collect();
    if out.is_json() {
        return out.json(&json!({
            "files": files.iter().map(document).collect::<Vec<_>>(),
            "format": 1,
            "pull_request": subject.id,
            "revision": revision.number,
        }));
    }
    list(&files, revision.number, out)
}

impl Args {
    /// Sets or takes away the marks of the paths that are named.
    fn mark(
        &self,
        marks: &mut Marks,
        changed: &[ChangedPath],
        subject: &Subject,
        revision: &Revision,
    ) -> anyhow::Result<()> {
        for path in &self.path {
            let mut meant = changed
                .iter()
                .filter(|one| is_within(&one.path, path))
                .peekable();
            if meant.peek().is_none() {
                let number = revision.number;
                let short = subject.id.short();
                return Err(
                    Failure::new(format!("revision {number} does not change {path}"))
                        .hint(format!("touchmark pr diff {short} --name-only"))
                        .exit(ExitCode::NotFound)
                        .into(),
                );
            }
            for one in meant {
                marks.set(one, !self.unmark);
            }
        }
        Ok(())
    }
}

fn document((path, seen): &(String, Seen)) -> Value {
    let (viewed, changed) = (*seen == Seen::Viewed, *seen == Seen::Changed);
    json!({"changed": changed, "path": path, "viewed": viewed})
}

fn list(files: &[(String, Seen)], revision: u32, out: &Output) -> anyhow::Result<()> {
    let viewed = files.iter().filter(|(_, seen)| *seen == Seen::Viewed);
    out.line(format_args!(
        "viewed {} of {} of revision {revision}",
        viewed.count(),
        counted(files.len(), "file"),
    ))?;
    for (path, seen) in files {
        let word = match seen {
            Seen::Viewed => "viewed ",
            Seen::Changed => "changed",
            Seen::No => "-      ",
        };
        out.line(format_args!("  {word}  {}", visible_line(path)))?;
    }
    Ok(())
}

/// Whether a path is the one that is named, or below it.
fn is_within(path: &[u8], named: &str) -> bool {
    let named = named.trim_end_matches('/').as_bytes();
    let below = || {
        path.strip_prefix(named)
            .is_some_and(|rest| rest.first() == Some(&b'/'))
    };
    named == b"." || path == named || below()
}

impl Marks {
    /// The marks of this pull request.
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    pub(super) fn load(repo: &Repository, id: ObjectId) -> anyhow::Result<Self> {
        let name = format!("{PREFIX}{id}");
        let blob = repo.read_ref(&name)?;
        let files = match blob {
            None => BTreeMap::new(),
            Some(blob) => read(repo, blob).with_context(|| {
                format!(
                    "cannot read which files were viewed; drop it with git update-ref -d {name}"
                )
            })?,
        };
        Ok(Self { files, blob })
    }

    /// How the person stands to a file.
    pub(super) fn seen(&self, one: &ChangedPath) -> Seen {
        let mark =
            CodePath::from_bytes(&one.path).and_then(|path| self.files.get(&path.to_string()));
        match mark {
            None => Seen::No,
            Some(mark) if *mark == Mark::of(one) => Seen::Viewed,
            Some(_) => Seen::Changed,
        }
    }

    fn set(&mut self, one: &ChangedPath, viewed: bool) {
        // A path that no comment may stand at cannot be kept, and is never viewed.
        let Some(path) = CodePath::from_bytes(&one.path) else {
            return;
        };
        if viewed {
            self.files.insert(path.to_string(), Mark::of(one));
        } else {
            self.files.remove(&path.to_string());
        }
    }

    fn store(&mut self, repo: &Repository, id: ObjectId) -> anyhow::Result<()> {
        let stored = Stored {
            files: self.files.clone(),
            format: FORMAT,
        };
        let new = if self.files.is_empty() {
            None
        } else {
            let json = serde_json::to_vec_pretty(&stored)?;
            Some(repo.write(ObjectType::Blob, &json)?)
        };
        if new == self.blob {
            return Ok(());
        }
        let edit = RefEdit {
            name: format!("{PREFIX}{id}"),
            expected: Expected::from(self.blob),
            new,
            message: "viewed files".to_owned(),
        };
        repo.transact(&[edit])
            .context("the marks were changed by another command; try again")?;
        self.blob = new;
        Ok(())
    }
}

impl Mark {
    fn of(one: &ChangedPath) -> Self {
        let entry = |entry: Entry| format!("{:o} {}", entry.mode, entry.id);
        Self {
            base: one.base.map(entry),
            head: one.head.map(entry),
        }
    }
}

fn read(repo: &Repository, blob: ObjectId) -> anyhow::Result<BTreeMap<String, Mark>> {
    let stored: Stored = serde_json::from_slice(&repo.read_blob(blob, MAX_BYTES)?)?;
    anyhow::ensure!(
        stored.format == FORMAT,
        "they have format {}, and this version of touchmark knows {FORMAT}",
        stored.format
    );
    Ok(stored.files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_stand_for_what_is_in_them() {
        for (path, named, expect) in [
            ("src/a.rs", "src/a.rs", true),
            ("src/a.rs", "src", true),
            ("src/a.rs", "src/", true),
            ("src/a.rs", ".", true),
            ("src/a.rs", "sr", false),
            ("srcs/a.rs", "src", false),
            ("src", "src/a.rs", false),
        ] {
            assert_eq!(is_within(path.as_bytes(), named), expect, "{path} {named}");
        }
    }
}
