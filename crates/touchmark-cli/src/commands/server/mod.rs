//! `touchmark server`: making and keeping a server's repository.

mod archive;
mod authorized_keys;
mod check;
mod init;
mod maintain;
mod repair;
mod shell;

use clap::Subcommand;
use touchmark_core::refusal::Refusal;

use crate::errors::Refusals;
use crate::globals::Globals;
use crate::output::Output;

/// Make a bare repository one that refuses what the policy does not let in, and look after it
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

/// What to do.
#[derive(Subcommand, Debug)]
enum Command {
    Init(init::Args),
    Check(check::Args),
    Maintain(maintain::Args),
    Archive(archive::Args),
    Repair(repair::Args),
    AuthorizedKeys(authorized_keys::Args),
    Shell(shell::Args),
}

/// Runs the command.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    match &args.command {
        Command::Init(args) => init::run(args, globals, out),
        Command::Check(args) => check::run(args, globals, out),
        Command::Maintain(args) => maintain::run(args, globals, out),
        Command::Archive(args) => archive::run(args, globals, out),
        Command::Repair(args) => repair::run(args, globals, out),
        Command::AuthorizedKeys(args) => authorized_keys::run(args, globals, out),
        Command::Shell(args) => shell::run(args, globals),
    }
}

/// Refusals of the server's parts as this program's other errors are.
fn refused(refusals: Vec<Refusal>) -> anyhow::Error {
    Refusals(refusals).into()
}
