//! `touchmark receipts`: the order in which the server accepted pushes.

pub(crate) mod audit;
mod compare;
mod log;
mod verify;

use clap::Subcommand;

use crate::globals::Globals;
use crate::output::Output;

/// Read and verify the server's receipts: one for each push that it accepted, signed, each on the one before
///
/// A receipt holds a snapshot of all refs, what the push changed, who pushed, and what was refused since the receipt
/// before. They come with every fetch; a server that takes one back raises an alarm.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

/// What to do.
#[derive(Subcommand, Debug)]
enum Command {
    Log(log::Args),
    Verify(verify::Args),
    Compare(compare::Args),
}

/// Runs the command.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    match &args.command {
        Command::Log(args) => log::run(args, globals, out),
        Command::Verify(args) => verify::run(args, globals, out),
        Command::Compare(args) => compare::run(args, globals, out),
    }
}
