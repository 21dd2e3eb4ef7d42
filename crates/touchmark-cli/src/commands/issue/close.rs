//! `touchmark issue close`: it is done.

use crate::commands::compose::Body;
use crate::commands::object::{self, Object, ObjectType};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Close an issue.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The issue.
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
    let issue = Object::summary(&forge, ObjectType::Issue, &args.id)?;
    object::close(&forge, out, &issue, &args.body)
}
