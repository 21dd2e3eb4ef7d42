//! `touchmark pr assign`: who works on it.

use crate::commands::object::{self, Object, ObjectType};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Assign people or teams to a pull request, or no longer.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The pull request.
    id: String,
    /// A person or `@team` to assign; with a leading `-` one to assign no longer.
    #[arg(
        required = true,
        allow_hyphen_values = true,
        value_name = "[+|-]PERSON"
    )]
    changes: Vec<String>,
}

/// Runs the command.
///
/// # Errors
///
/// A refusal when the signer is neither the author nor may triage.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let pull_request = Object::summary(&forge, ObjectType::PullRequest, &args.id)?;
    object::assign(&forge, out, &pull_request, &args.changes)
}
