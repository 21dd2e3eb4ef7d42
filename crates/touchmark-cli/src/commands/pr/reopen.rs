//! `touchmark pr reopen`: open again what was closed.

use crate::commands::compose::Body;
use crate::commands::object::{self, Object, ObjectType};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Open a closed pull request again.
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
/// A refusal when it is open or merged, or the signer is neither its author nor may triage.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let pull_request = Object::summary(&forge, ObjectType::PullRequest, &args.id)?;
    object::reopen(&forge, out, &pull_request, &args.body)
}
