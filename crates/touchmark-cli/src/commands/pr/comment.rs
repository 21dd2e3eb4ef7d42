//! `touchmark pr comment`: say something about the pull request as a whole, or answer a comment.

use crate::commands::object::{self, ObjectType, Say};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Comment on a pull request as a whole, or answer any comment on it at once.
///
/// To comment on code, and to answer as part of a review, see `touchmark review comment`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The pull request.
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
    object::comment(&forge, out, ObjectType::PullRequest, &args.id, &args.say)
}
