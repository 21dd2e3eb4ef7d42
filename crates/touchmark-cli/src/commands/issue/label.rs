//! `touchmark issue label`: labels.

use crate::commands::object::{self, Object, ObjectType};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Add labels to an issue, or remove them.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The issue.
    id: String,
    /// A label to add; with a leading `-` one to remove.
    #[arg(required = true, allow_hyphen_values = true, value_name = "[+|-]LABEL")]
    changes: Vec<String>,
}

/// Runs the command.
///
/// # Errors
///
/// A refusal when the signer is neither the author nor may triage.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let issue = Object::summary(&forge, ObjectType::Issue, &args.id)?;
    object::label(&forge, out, &issue, &args.changes)
}
