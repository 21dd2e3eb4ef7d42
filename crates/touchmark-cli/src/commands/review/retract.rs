//! `touchmark review retract`: take a comment back.

use touchmark_core::event::{Payload, payload};

use super::target;
use crate::commands::compose::Body;
use crate::commands::pr::record;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Take back a comment. Its text stays in the history, but is not shown any more.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The comment; before it the pull request, which may be left out.
    #[arg(value_name = "[ID] COMMENT", num_args = 1..=2, required = true)]
    words: Vec<String>,
    #[command(flatten)]
    body: Body,
}

/// Runs the command.
///
/// # Errors
///
/// A refusal when it is retracted already, or neither the signer's nor may the signer moderate.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let (subject, comment_id) = target::comment(&forge, &args.words)?;
    let payload = Payload::Retract(payload::Retract { comment_id });
    let command = record::plain(payload, args.body.given()?);
    let said = format!("retracted a comment on pull request {}", subject.id.short());
    record(&forge, out, &subject.log, command, &said)
}
