//! `touchmark demo`

mod code;
mod stage;
mod story;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::json;

use self::stage::Stage;
use self::story::{Ending, play};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::globals::Globals;
use crate::output::{Output, Style};
use crate::render::shell_word;

/// Play the main job with two people and a server, and leave the result to look at
///
/// Makes a bare server repository and two clones in DIR (server.git, alice, bob, and their keys in keys), and runs
/// the program's own commands in them: Alice opens a pull request, Bob reviews it with comments on lines and a
/// suggestion, Alice revises, Bob approves, Alice merges, both synchronise and verify everything.
/// Nothing outside DIR is read or written; your own git configuration and keys play no part.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Where to build it; must be empty or not there [default: a new temporary directory]
    dir: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let directory = directory(args, globals)?;
    let stage = Stage::new(&directory, out)?;
    let ending = play(&stage)?;
    if out.is_json() {
        return out.json(&json!({
            "directory": directory.display().to_string(),
            "events": ending.events,
            "format": 1,
            "merged": ending.merged,
            "pull_request": ending.pull_request,
        }));
    }
    curtain(&directory, &ending, out)
}

/// The empty directory to build in.
fn directory(args: &Args, globals: &Globals) -> anyhow::Result<PathBuf> {
    let Some(dir) = &args.dir else {
        let dir = tempfile::Builder::new()
            .prefix("touchmark-demo-")
            .tempdir()
            .context("cannot make a temporary directory")?;
        return Ok(dir.keep());
    };
    let dir = globals.directory.join(dir);
    let failed = || format!("cannot use {}", dir.display());
    if dir.exists()
        && std::fs::read_dir(&dir)
            .with_context(failed)?
            .next()
            .is_some()
    {
        return Err(Failure::new(format!("{} is not empty", dir.display()))
            .hint("name a directory that is not there yet: touchmark demo DIR")
            .exit(ExitCode::Usage)
            .into());
    }
    std::fs::create_dir_all(&dir).with_context(failed)?;
    dir.canonicalize().with_context(failed)
}

/// Says what to type to look at the result.
fn curtain(directory: &Path, ending: &Ending, out: &Output) -> anyhow::Result<()> {
    out.line("")?;
    let title = "All of it is plain git. Read it and check it yourself:";
    out.line(out.paint(Style::Bold, title))?;
    for (what, command) in things_to_try(directory, ending) {
        out.line("")?;
        out.line(format_args!("# {what}"))?;
        out.line(command)?;
    }
    out.line("")?;
    out.line(format_args!("It stays in {}.", directory.display()))
}

/// What there is to see, and the command that shows it.
fn things_to_try(directory: &Path, ending: &Ending) -> Vec<(&'static str, String)> {
    let alice = format!("git -C {}", quoted(&directory.join("alice")));
    let bob = quoted(&directory.join("bob"));
    let pr = &ending.pull_request;
    let short = pr.get(..12).unwrap_or(pr);
    let log = format!("refs/forge/pr/{pr}/log");
    // The program need not be on the search path: cargo may have started it.
    let touchmark =
        std::env::current_exe().map_or_else(|_| "touchmark".to_owned(), |path| quoted(&path));
    let merged = &ending.merged;
    let approval = &ending.approval;
    vec![
        (
            "the pull request, as stock git shows it",
            format!("{alice} log {log}"),
        ),
        (
            "Bob's approval, verified by stock git",
            format!("{alice} verify-commit -v {approval}"),
        ),
        (
            "every event of it, verified by stock git",
            format!("{alice} verify-commit $({alice} rev-list {log})"),
        ),
        (
            "what landed",
            format!("{alice} log --graph --show-signature {merged}"),
        ),
        (
            "the policy: who may do what",
            format!("git -C {bob} show refs/forge/policy:policy.toml"),
        ),
        (
            "the same with this program",
            format!("{touchmark} -C {bob} pr show {short}"),
        ),
        (
            "every rule, from the first event on",
            format!("{touchmark} -C {bob} verify --all"),
        ),
    ]
}

/// A path as a shell reads it.
fn quoted(path: &Path) -> String {
    shell_word(&path.display().to_string())
}
