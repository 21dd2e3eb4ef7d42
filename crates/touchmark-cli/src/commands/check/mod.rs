//! `touchmark check`: what checks say of commits.

mod list;
mod report;

use clap::{Args as ClapArgs, Subcommand};

use crate::globals::Globals;
use crate::output::Output;

/// Report what a check says of a commit, and list what checks say.
///
/// A result is an event that the bot's key signs, in a log of the commit. Which checks a branch requires, and by whom,
/// the policy says: `checks = [{ name = "build", by = ["ci"] }]`.
#[derive(ClapArgs, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Report(report::Args),
    List(list::Args),
}

/// Runs the subcommand.
///
/// # Errors
///
/// What the subcommand says.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    match &args.command {
        Command::Report(args) => report::run(args, globals, out),
        Command::List(args) => list::run(args, globals, out),
    }
}
