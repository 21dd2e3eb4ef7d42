//! `touchmark pr reopen`: open again what was closed.

use touchmark_core::event::{Payload, payload};

use super::{Subject, record};
use crate::commands::compose::Body;
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
    let subject = Subject::summary(&forge, &args.id)?;
    let command = record::plain(Payload::Reopen(payload::Reopen {}), args.body.given()?);
    let said = format!("reopened pull request {}", subject.id.short());
    record(&forge, out, &subject.log, command, &said)
}
