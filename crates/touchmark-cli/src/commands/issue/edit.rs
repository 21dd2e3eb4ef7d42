//! `touchmark issue edit`: a new title or description.

use crate::commands::object::{self, Object, ObjectType, Retitle};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Change an issue's title or description. What no option gives stays.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The issue.
    id: String,
    #[command(flatten)]
    change: Retitle,
}

/// Runs the command.
///
/// # Errors
///
/// When nothing would change, or a refusal.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let issue = Object::summary(&forge, ObjectType::Issue, &args.id)?;
    object::edit(&forge, out, &issue, &args.change)
}
