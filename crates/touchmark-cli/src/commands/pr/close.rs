//! `touchmark pr close`: close without merging.

use crate::commands::compose::Body;
use crate::commands::object::{self, Object, ObjectType};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Close a pull request without merging it.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The pull request.
    id: String,
    #[command(flatten)]
    body: Body,
}

/// Runs the command.
///
/// # Errors
///
/// A refusal when it is not open, or the signer is neither its author nor may triage.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let pull_request = Object::summary(&forge, ObjectType::PullRequest, &args.id)?;
    object::close(&forge, out, &pull_request, &args.body)
}
