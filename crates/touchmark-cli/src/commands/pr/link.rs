//! `touchmark pr link`: how it has to do with others.

use crate::commands::object::{self, Links, Object, ObjectType};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Link a pull request to other issues or pull requests, or no longer.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The pull request.
    id: String,
    #[command(flatten)]
    links: Links,
}

/// Runs the command.
///
/// # Errors
///
/// When another object is not here, or a refusal.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let pull_request = Object::summary(&forge, ObjectType::PullRequest, &args.id)?;
    object::link(&forge, out, &pull_request, &args.links)
}
