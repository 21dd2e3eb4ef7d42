//! `touchmark filter`: filters with a name.

use clap::{Args as ClapArgs, Subcommand};
use serde_json::json;

use super::listing::refuse;
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::filter::{self, Filter, SCHEMA};
use crate::globals::Globals;
use crate::output::Output;
use crate::render;
use touchmark_git::Repository;

/// Name filters, and see what they can ask.
///
/// A filter is an expression in CEL, the Common Expression Language, for `--filter` of `touchmark pr list` and
/// `touchmark issue list`. It is checked before it is used: names, types, and that it is true or false.
///
///     label.exists(l, l == "bug") && author != me
///
///     "urgent" in label && idle > 7
///
/// Saved filters are this clone's own, in `.git/touchmark/filters`.
#[derive(ClapArgs, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Save a filter under a name, in place of an older one.
    Save {
        /// The name: small letters, digits and dashes.
        name: String,
        /// The expression.
        #[arg(allow_hyphen_values = true)]
        expression: String,
    },
    /// List the saved filters. With `--json`: `format`, and `filters` with `expression` and `name`.
    List,
    /// Delete a saved filter.
    Delete {
        /// The name.
        name: String,
    },
    /// List what filters can ask.
    ///
    /// With `--json`: `format`, and `fields` with `name`, `text` and `type` (`bool`, `int`, `string`, `list(string)`).
    Fields,
}

/// Runs the subcommand.
///
/// # Errors
///
/// The expression or the name is none, there is no such filter, or it cannot be written.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let repo = || Repository::discover(&globals.directory);
    match &args.command {
        Command::Save { name, expression } => save(&repo()?, out, name, expression),
        Command::List => list(&repo()?, out),
        Command::Delete { name } => delete(&repo()?, out, name),
        Command::Fields => fields(out),
    }
}

fn save(repo: &Repository, out: &Output, name: &str, expression: &str) -> anyhow::Result<()> {
    let path = filter::saved_path(repo, name)?;
    Filter::parse(expression, SCHEMA).map_err(|wrong| refuse(expression, wrong))?;
    let failed = |err: std::io::Error| {
        Failure::new(format!("cannot write {}: {err}", path.display()))
            .hint("look at the folder's permissions and the disk")
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
        let file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        std::fs::write(file.path(), format!("{expression}\n")).map_err(failed)?;
        file.persist(&path).map_err(|err| failed(err.error))?;
    }
    out.line(format_args!("saved filter {name}"))
}

fn list(repo: &Repository, out: &Output) -> anyhow::Result<()> {
    let saved = filter::saved_filters(repo);
    if out.is_json() {
        let each = saved
            .iter()
            .map(|saved| json!({"expression": saved.expression, "name": saved.name}));
        return out.json(&json!({"filters": each.collect::<Vec<_>>(), "format": 1}));
    }
    if saved.is_empty() {
        out.note("there are no saved filters; touchmark filter save NAME EXPRESSION makes one");
    }
    for one in &saved {
        out.line(format_args!(
            "{}  {}",
            one.name,
            render::visible_line(&one.expression)
        ))?;
    }
    Ok(())
}

fn delete(repo: &Repository, out: &Output, name: &str) -> anyhow::Result<()> {
    let path = filter::saved_path(repo, name)?;
    std::fs::remove_file(&path).map_err(|err| {
        let failure = if err.kind() == std::io::ErrorKind::NotFound {
            Failure::new(format!("there is no filter called {name}")).exit(ExitCode::NotFound)
        } else {
            Failure::new(format!("cannot delete {}: {err}", path.display()))
        };
        failure.hint("touchmark filter list")
    })?;
    out.line(format_args!("deleted filter {name}"))
}

fn fields(out: &Output) -> anyhow::Result<()> {
    if !out.is_json() {
        return out.text(&filter::manual());
    }
    let each = SCHEMA
        .iter()
        .map(|field| json!({"name": field.name, "text": field.text, "type": field.holds.cel()}));
    out.json(&json!({"fields": each.collect::<Vec<_>>(), "format": 1}))
}
