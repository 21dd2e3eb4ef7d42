//! `touchmark pr diff`: what a revision changes.

use serde_json::json;

use super::{Subject, patch};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Show what a revision changes, as stock `git diff` does: from its merge base to its head.
///
/// At a terminal it has git's colours, and control characters in the code are written out; a pipe gets git's output as
/// it is.
/// With `--json`: `format`, `base`, `head` and the `patch`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The pull request.
    id: String,
    /// The revision; the latest by default.
    #[arg(long, value_name = "N")]
    revision: Option<u32>,
    /// Show only what changed since this revision.
    #[arg(long, value_name = "N")]
    since: Option<u32>,
    /// Show how much changed in which files.
    #[arg(long, conflicts_with = "name_only")]
    stat: bool,
    /// Show only the names of changed files.
    #[arg(long)]
    name_only: bool,
}

/// Runs the command.
///
/// # Errors
///
/// When there is no such revision, or its code is not here.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let subject = Subject::summary(&forge, &args.id)?;
    let revision = subject.revision(args.revision)?;
    let base = match args.since {
        Some(number) => subject.revision(Some(number))?.head,
        None => revision.base,
    };
    let mut git = forge.repo.git().args([
        "diff",
        "--no-color",
        "--no-ext-diff",
        "--no-textconv",
        "--no-renames",
    ]);
    if args.stat {
        git = git.arg("--stat");
    }
    if args.name_only {
        git = git.arg("--name-only");
    }
    let output = git
        .args([base.to_string(), revision.head.to_string()])
        .arg("--")
        .run()?;
    if out.is_json() {
        let patch = String::from_utf8_lossy(&output.stdout);
        let head = revision.head;
        return out.json(&json!({"base": base, "format": 1, "head": head, "patch": patch}));
    }
    patch::show(&forge.repo, out, &output.stdout)
}
