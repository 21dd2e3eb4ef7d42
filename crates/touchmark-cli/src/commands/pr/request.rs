//! `touchmark pr request`: who is asked for a review.

use touchmark_core::event::{Payload, payload};

use super::{Subject, record, values};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Ask people or teams for a review, or no longer.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The pull request.
    id: String,
    /// A person or `@team` to ask; with a leading `-` one to ask no longer.
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
    let reviewers = values::person_changes(&forge, &args.changes)?;
    values::warn_of_strangers(forge.policy(), &reviewers, out);
    let payload = Payload::RequestReview(payload::RequestReview { reviewers });
    let said = format!("reviewers of pull request {} changed", subject.id.short());
    record(
        &forge,
        out,
        &subject.log,
        record::plain(payload, None),
        &said,
    )
}
