//! `touchmark issue delete`: hide it.

use touchmark_core::event::{Payload, payload};

use crate::commands::compose::Body;
use crate::commands::object::{Object, ObjectType};
use crate::commands::pr::record;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Hide an issue. Its history stays, and `touchmark issue restore` brings it back.
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
/// A refusal when it is deleted already, or the signer may not moderate.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let issue = Object::summary(&forge, ObjectType::Issue, &args.id)?;
    let payload = Payload::Tombstone(payload::Tombstone {});
    let said = format!("deleted {}", issue.called());
    let command = record::plain(payload, args.body.given()?);
    record(&forge, out, &issue.log, command, &said)
}
