//! `touchmark server archive`

use std::path::PathBuf;

use serde_json::{Value, json};
use touchmark_core::archive::Folded;

use super::refused;
use crate::clock;
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::globals::Globals;
use crate::output::Output;
use crate::render::counted;
use crate::server::archive::{self, Wanted};
use crate::server::configuration::{ARCHIVE_AFTER, After, archive_after, parse_age};
use crate::server::setup;

/// Fold closed pull requests and issues into the archive, so that every push and fetch has fewer refs to go through
///
/// What is merged or closed, and was not moved by any push for as long, loses its own refs and is kept by
/// refs/forge/archive, with its code. Nothing is lost, and nobody needs to know: clients find it by its id and number,
/// fetch it when they ask for it, and whoever goes on with it takes it back out. Some
/// hundreds at a time go in one transaction with a receipt, and pushes get their turn in between.
/// `server maintain` does it too.
/// With --json: `folded` (`log`, `tip`), `damaged` (sentences), `dry_run`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Where the repository is
    path: PathBuf,
    /// How long a push must be ago that said something of the object, by the receipt's time: a number with s, m, h or d;
    /// otherwise what git's touchmark.archiveAfter says, or 30d
    #[arg(long, value_name = "AGE", value_parser = age)]
    closed_for: Option<i64>,
    /// Only say what would be folded
    #[arg(long, short = 'n')]
    dry_run: bool,
    /// Fold N objects at most
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

fn age(text: &str) -> Result<i64, String> {
    parse_age(text).ok_or_else(|| "a number with s, m, h or d, such as 30d".to_owned())
}

/// Runs the command.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let repo = setup::open(&globals.directory.join(&args.path))?;
    let closed_for = match args.closed_for {
        Some(age) => age,
        None => match archive_after(&repo)? {
            After::Seconds(age) => age,
            After::Never => {
                return Err(Failure::new(format!(
                    "this server folds nothing: git's {ARCHIVE_AFTER} is never"
                ))
                .hint("touchmark server archive PATH --closed-for 30d")
                .exit(ExitCode::Usage)
                .into());
            }
        },
    };
    let now = clock::now()?;
    let wanted = Wanted {
        closed_for,
        limit: args.limit.unwrap_or(usize::MAX),
        now,
    };
    let plan = archive::plan(&repo, &wanted).map_err(refused)?;
    for damaged in &plan.damaged {
        out.warn(damaged);
    }
    let folded = match args.dry_run {
        true => plan.objects,
        false => archive::fold(&repo, &plan.objects, now).map_err(refused)?,
    };
    if out.is_json() {
        let as_json = |one: &Folded| json!({"log": one.log.to_string(), "tip": one.tip});
        let listed: Vec<Value> = folded.iter().map(as_json).collect();
        return out.json(&json!({
            "damaged": plan.damaged,
            "dry_run": args.dry_run,
            "folded": listed,
            "format": 1,
        }));
    }
    if args.dry_run {
        for one in &folded {
            let kind = one.log.log_type().name();
            out.line(format_args!("{kind:<6} {}", one.object.short()))?;
        }
        return out.line(format_args!(
            "would fold {}",
            counted(folded.len(), "object")
        ));
    }
    out.line(format_args!("folded {}", counted(folded.len(), "object")))
}
