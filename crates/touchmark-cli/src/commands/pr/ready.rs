//! `touchmark pr ready`: a draft is ready for review.

use touchmark_core::event::{Payload, payload};

use super::{Subject, record};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Say that a draft is ready for review.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The pull request.
    id: String,
}

/// Runs the command.
///
/// # Errors
///
/// A refusal when it is not a draft, or the signer is neither its author nor may triage.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let subject = Subject::summary(&forge, &args.id)?;
    let command = record::plain(Payload::Ready(payload::Ready {}), None);
    let said = format!("pull request {} is ready for review", subject.id.short());
    record(&forge, out, &subject.log, command, &said)
}
