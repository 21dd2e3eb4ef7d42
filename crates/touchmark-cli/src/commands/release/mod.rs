//! `touchmark release`: signed tags with notes and files.

mod build;
mod check;
mod create;
mod download;
mod fetched;
mod form;
mod list;
mod notes;
mod show;
mod verify;

use clap::Subcommand;

use crate::globals::Globals;
use crate::output::Output;

/// Make, show and verify releases: signed tags with notes and files.
///
/// A release is an annotated tag, signed as git signs with gpg.format=ssh; git verify-tag verifies it.
/// Its files are the tree of a signed commit without parents, which the tag TAG+assets keeps; the release's own tag
/// names that commit, and each file with its SHA-256 and size. Both tags come in one push. Nothing of it is fetched
/// with the branches.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Create(create::Args),
    List(list::Args),
    #[command(alias = "view")]
    Show(show::Args),
    Download(download::Args),
    Verify(verify::Args),
}

/// Runs the subcommand.
///
/// # Errors
///
/// What the subcommand says.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    match &args.command {
        Command::Create(args) => create::run(args, globals, out),
        Command::List(args) => list::run(args, globals, out),
        Command::Show(args) => show::run(args, globals, out),
        Command::Download(args) => download::run(args, globals, out),
        Command::Verify(args) => verify::run(args, globals, out),
    }
}
