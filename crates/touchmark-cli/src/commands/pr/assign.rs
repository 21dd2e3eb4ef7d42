//! `touchmark pr assign`: who works on it.

use touchmark_core::event::{Payload, payload};

use super::{Subject, record, values};
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
    let subject = Subject::summary(&forge, &args.id)?;
    let assignees = values::person_changes(&args.changes)?;
    values::warn_of_strangers(forge.policy(), &assignees, out);
    let payload = Payload::Assign(payload::Assign { assignees });
    let said = format!("assignees of pull request {} changed", subject.id.short());
    record(
        &forge,
        out,
        &subject.log,
        record::plain(payload, None),
        &said,
    )
}
