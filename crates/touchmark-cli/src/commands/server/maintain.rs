//! `touchmark server maintain`

use std::path::PathBuf;

use serde_json::json;

use super::refused;
use crate::clock;
use crate::globals::Globals;
use crate::output::Output;
use crate::render::counted;
use crate::server::archive::Wanted;
use crate::server::configuration::{After, archive_after};
use crate::server::{setup, upkeep};

/// Fold what is long closed into the archive, and pack the refs and objects of a server's repository
///
/// Closed and merged pull requests and closed issues are folded as by `server archive`, when no push has moved them for
/// 30 days; git's touchmark.archiveAfter says another time (12h, 90d), or never.
/// Refs are packed while no push is applied; pushes wait for that. Objects are packed beside them.
/// Run it from time to time instead of git gc, which would ask the hooks about every ref.
/// With --json: `archived` (how many), `stale_files`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Where the repository is
    path: PathBuf,
}

/// Runs the command.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let repo = setup::open(&globals.directory.join(&args.path))?;
    let wanted = match archive_after(&repo)? {
        After::Never => None,
        After::Seconds(closed_for) => Some(Wanted {
            closed_for,
            limit: usize::MAX,
            now: clock::now()?,
        }),
    };
    let done = upkeep::maintain(&repo, wanted.as_ref()).map_err(refused)?;
    for damaged in &done.damaged {
        out.warn(damaged);
    }
    let (folded, stale) = (done.folded, done.stale);
    if out.is_json() {
        return out.json(&json!({"archived": folded, "format": 1, "stale_files": stale}));
    }
    let archived = match folded {
        0 => String::new(),
        _ => format!("folded {}; ", counted(folded, "object")),
    };
    out.line(format_args!(
        "{archived}packed; removed {} of dead pushes",
        counted(stale, "file")
    ))
}
