//! `touchmark policy`: who may do what, and how that changes.

pub(crate) mod change;
mod check;
mod edit;
mod endorse;
pub(crate) mod input;
mod list;
mod log;
mod proposal;
mod propose;
mod record;
mod show;
mod template;
pub(crate) mod toml_text;
mod words;

use clap::{Args as ClapArgs, Subcommand};

use crate::globals::Globals;
use crate::output::Output;

/// Show, check and change the policy: who may do what.
///
/// A change is proposed, endorsed by as many admins as the policy's threshold says, and recorded as the next version.
#[derive(ClapArgs, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Show(show::Args),
    Log(log::Args),
    Check(check::Args),
    Edit(edit::Args),
    Propose(propose::Args),
    List(list::Args),
    Endorse(endorse::Args),
    Record(record::Args),
    Template(template::Args),
}

/// Runs the subcommand.
///
/// # Errors
///
/// What the subcommand says.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    match &args.command {
        Command::Show(args) => show::run(args, globals, out),
        Command::Log(args) => log::run(args, globals, out),
        Command::Check(args) => check::run(args, globals, out),
        Command::Edit(args) => edit::run(args, globals, out),
        Command::Propose(args) => propose::run(args, globals, out),
        Command::List(args) => list::run(args, globals, out),
        Command::Endorse(args) => endorse::run(args, globals, out),
        Command::Record(args) => record::run(args, globals, out),
        Command::Template(args) => template::run(args, globals, out),
    }
}
