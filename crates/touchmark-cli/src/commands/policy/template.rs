//! `touchmark policy template`: what the editor starts from.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;

use super::change::{self, Change};
use super::input;
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::{Forge, templates};
use crate::globals::Globals;
use crate::output::Output;
use crate::render::visible_line;

/// List, show and change the templates that descriptions start from.
///
/// The editor of `touchmark issue open` starts from `issue.md`, or with `--template NAME` from `issue.NAME.md`; that of
/// `touchmark pr open` from `pull-request.md` or `pull-request.NAME.md`. Templates are part of the policy, and a change
/// is proposed, endorsed in your name if you are an admin, and recorded if that is enough.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// List the templates; with `--json`: `format`, `templates` (their names).
    List,
    /// Print a template as it is.
    Show {
        /// Its name.
        name: String,
    },
    /// Add or replace a template.
    Set {
        /// Its name: `issue.md`, `issue.bug.md`, `pull-request.md`, …
        name: String,
        /// The file with its text; `-` is standard input.
        file: PathBuf,
    },
    /// Remove a template.
    Remove {
        /// Its name.
        name: String,
    },
}

/// Runs the subcommand.
///
/// # Errors
///
/// There is no such template, its name or text is none that the policy may hold, nothing would change, or a refusal.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    match &args.command {
        Command::List => list(&forge, out),
        Command::Show { name } => match templates::read(&forge, name)? {
            Some(text) => out.bytes(text.as_bytes()),
            None => Err(unknown(name).into()),
        },
        Command::Set { name, file } => {
            let text = input::read(file, &globals.directory)?;
            let mut draft = forge.draft()?;
            draft.templates = templates::with(&forge, draft.templates, name, Some(&text))?;
            propose(&forge, out, draft, format!("Set template {name}"))
        }
        Command::Remove { name } => {
            if templates::read(&forge, name)?.is_none() {
                return Err(unknown(name).into());
            }
            let mut draft = forge.draft()?;
            draft.templates = templates::with(&forge, draft.templates, name, None)?;
            propose(&forge, out, draft, format!("Remove template {name}"))
        }
    }
}

fn propose(
    forge: &Forge,
    out: &Output,
    draft: touchmark_core::decide::policy::Draft,
    title: String,
) -> anyhow::Result<()> {
    let change = Change {
        draft,
        title: Some(title),
        body: None,
        record: true,
    };
    change::make(forge, out, change)
}

fn list(forge: &Forge, out: &Output) -> anyhow::Result<()> {
    let names = templates::names(forge)?;
    if out.is_json() {
        return out.json(&json!({"format": 1, "templates": names}));
    }
    if names.is_empty() {
        out.note("there is no template; touchmark policy template set issue.md FILE adds one");
    }
    for name in names {
        out.line(visible_line(&name))?;
    }
    Ok(())
}

fn unknown(name: &str) -> Failure {
    Failure::new(format!("the policy has no template {name:?}"))
        .hint("touchmark policy template list")
        .exit(ExitCode::NotFound)
}
