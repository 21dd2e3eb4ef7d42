//! `touchmark pr draft`: back to draft.

use touchmark_core::event::{Payload, payload};

use super::{Subject, record};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Turn a pull request back into a draft: it cannot be merged until it is ready again.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The pull request.
    id: String,
}

/// Runs the command.
///
/// # Errors
///
/// A refusal when it is a draft already, or the signer is neither its author nor may triage.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let subject = Subject::summary(&forge, &args.id)?;
    let command = record::plain(Payload::Draft(payload::Draft {}), None);
    let said = format!("pull request {} is a draft", subject.id.short());
    record(&forge, out, &subject.log, command, &said)
}
