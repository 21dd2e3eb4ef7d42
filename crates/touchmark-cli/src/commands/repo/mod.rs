//! `touchmark repo`: repositories as such.

mod init;
mod template;

use clap::Subcommand;

use crate::globals::Globals;
use crate::output::Output;

/// Make repositories from templates.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Init(init::Args),
}

/// Runs the subcommand.
///
/// # Errors
///
/// What the subcommand says.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    match &args.command {
        Command::Init(args) => init::run(args, globals, out),
    }
}
