//! `touchmark issue react`: a feeling, without a text.

use crate::commands::object::{self, ObjectType, Reactions};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// React to an issue or to a comment on it.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The issue.
    id: String,
    #[command(flatten)]
    reactions: Reactions,
}

/// Runs the command.
///
/// # Errors
///
/// When one is no reaction, or a refusal.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    object::react(&forge, out, ObjectType::Issue, &args.id, &args.reactions)
}
