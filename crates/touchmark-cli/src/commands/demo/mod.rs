//! `touchmark demo`

use std::path::PathBuf;

use crate::globals::Globals;
use crate::output::Output;

/// Play the main job with two people and a server, and leave the result to look at
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Where to build it; must be empty or not there [default: a new temporary directory]
    dir: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(_args: &Args, _globals: &Globals, _out: &Output) -> anyhow::Result<()> {
    Ok(())
}
