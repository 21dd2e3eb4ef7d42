//! `touchmark pr label`: labels.

use touchmark_core::event::{Payload, payload};

use super::{Subject, record, values};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Add labels to a pull request, or remove them.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The pull request.
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
    let subject = Subject::summary(&forge, &args.id)?;
    let labels = values::label_changes(&args.changes)?;
    let payload = Payload::Label(payload::Label { labels });
    let said = format!("labels of pull request {} changed", subject.id.short());
    record(
        &forge,
        out,
        &subject.log,
        record::plain(payload, None),
        &said,
    )
}
