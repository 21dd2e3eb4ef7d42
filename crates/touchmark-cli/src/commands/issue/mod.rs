//! `touchmark issue`: issues.

mod assign;
mod close;
mod comment;
mod delete;
mod edit;
mod edit_comment;
mod label;
mod link;
mod list;
mod mute;
mod open;
mod react;
mod reopen;
mod restore;
mod retract;
mod show;
mod unwatch;
mod watch;

use clap::{Args as ClapArgs, Subcommand};

use crate::globals::Globals;
use crate::output::Output;

/// Open, list, show, change and close issues.
///
/// An issue is named by its number, by its id, or by the first characters of its id, at least four.
#[derive(ClapArgs, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    #[command(alias = "create")]
    Open(open::Args),
    List(list::Args),
    #[command(alias = "view")]
    Show(show::Args),
    Comment(comment::Args),
    Edit(edit::Args),
    Label(label::Args),
    Assign(assign::Args),
    Link(link::Args),
    React(react::Args),
    EditComment(edit_comment::Args),
    Retract(retract::Args),
    Close(close::Args),
    Reopen(reopen::Args),
    Delete(delete::Args),
    Restore(restore::Args),
    Watch(watch::Args),
    Mute(mute::Args),
    Unwatch(unwatch::Args),
}

/// Runs the subcommand.
///
/// # Errors
///
/// What the subcommand says.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    match &args.command {
        Command::Open(args) => open::run(args, globals, out),
        Command::List(args) => list::run(args, globals, out),
        Command::Show(args) => show::run(args, globals, out),
        Command::Comment(args) => comment::run(args, globals, out),
        Command::Edit(args) => edit::run(args, globals, out),
        Command::Label(args) => label::run(args, globals, out),
        Command::Assign(args) => assign::run(args, globals, out),
        Command::Link(args) => link::run(args, globals, out),
        Command::React(args) => react::run(args, globals, out),
        Command::EditComment(args) => edit_comment::run(args, globals, out),
        Command::Retract(args) => retract::run(args, globals, out),
        Command::Close(args) => close::run(args, globals, out),
        Command::Reopen(args) => reopen::run(args, globals, out),
        Command::Delete(args) => delete::run(args, globals, out),
        Command::Restore(args) => restore::run(args, globals, out),
        Command::Watch(args) => watch::run(args, globals, out),
        Command::Mute(args) => mute::run(args, globals, out),
        Command::Unwatch(args) => unwatch::run(args, globals, out),
    }
}
