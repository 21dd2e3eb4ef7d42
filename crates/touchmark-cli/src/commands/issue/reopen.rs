//! `touchmark issue reopen`: it is not done after all.

use crate::commands::compose::Body;
use crate::commands::object::{self, Object, ObjectType};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Open a closed issue again.
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
/// A refusal when it is open, or the signer is neither its author nor may triage.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let issue = Object::summary(&forge, ObjectType::Issue, &args.id)?;
    object::reopen(&forge, out, &issue, &args.body)
}
