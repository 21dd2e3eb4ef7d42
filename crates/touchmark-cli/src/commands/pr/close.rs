//! `touchmark pr close`: close without merging.

use touchmark_core::event::{Payload, payload};

use super::{Subject, record};
use crate::commands::compose::Body;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Close a pull request without merging it.
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
/// A refusal when it is not open, or the signer is neither its author nor may triage.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let subject = Subject::summary(&forge, &args.id)?;
    let command = record::plain(Payload::Close(payload::Close {}), args.body.given()?);
    let said = format!("closed pull request {}", subject.id.short());
    record(&forge, out, &subject.log, command, &said)
}
