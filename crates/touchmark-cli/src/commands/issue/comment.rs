//! `touchmark issue comment`: say something.

use crate::commands::object::{self, ObjectType, Say};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Comment on an issue, or answer a comment.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The issue.
    id: String,
    #[command(flatten)]
    say: Say,
}

/// Runs the command.
///
/// # Errors
///
/// When there is no text, or a refusal.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    object::comment(&forge, out, ObjectType::Issue, &args.id, &args.say)
}
