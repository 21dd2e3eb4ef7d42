//! `touchmark server maintain`

use std::path::PathBuf;

use serde_json::json;

use super::refused;
use crate::globals::Globals;
use crate::output::Output;
use crate::render::counted;
use crate::server::{setup, upkeep};

/// Pack the refs and objects of a server's repository
///
/// Refs are packed while no push is applied; pushes wait for that. Objects are packed beside them.
/// Run it from time to time instead of git gc, which would ask the hooks about every ref.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Where the repository is
    path: PathBuf,
}

/// Runs the command.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let repo = setup::open(&globals.directory.join(&args.path))?;
    let stale = upkeep::maintain(&repo).map_err(refused)?;
    if out.is_json() {
        return out.json(&json!({"format": 1, "stale_files": stale}));
    }
    out.line(format_args!(
        "packed; removed {} of dead pushes",
        counted(stale, "file")
    ))
}
