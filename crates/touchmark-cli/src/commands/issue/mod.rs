//! `touchmark issue`: issues.

mod list;

use clap::{Args as ClapArgs, Subcommand};

use crate::globals::Globals;
use crate::output::Output;

/// List issues.
#[derive(ClapArgs, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    List(list::Args),
}

/// Runs the subcommand.
///
/// # Errors
///
/// What the subcommand says.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    match &args.command {
        Command::List(args) => list::run(args, globals, out),
    }
}
