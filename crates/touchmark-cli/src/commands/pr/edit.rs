//! `touchmark pr edit`: a new title or description.

use crate::commands::object::{self, Object, ObjectType, Retitle};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Change a pull request's title or description. What no option gives stays.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The pull request.
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
    let pull_request = Object::summary(&forge, ObjectType::PullRequest, &args.id)?;
    object::edit(&forge, out, &pull_request, &args.change)
}
