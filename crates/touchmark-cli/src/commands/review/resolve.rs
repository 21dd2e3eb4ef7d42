//! `touchmark review resolve`: a thread is settled.

use touchmark_core::event::{Payload, payload};

use super::target;
use crate::commands::pr::record;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Say that a thread is settled.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The comment that starts the thread; before it the pull request, which may be left out.
    #[arg(value_name = "[ID] COMMENT", num_args = 1..=2, required = true)]
    words: Vec<String>,
}

/// Runs the command.
///
/// # Errors
///
/// A refusal when the comment is a reply, or the signer neither started the thread nor may triage.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let (subject, comment_id) = target::comment(&forge, &args.words)?;
    let payload = Payload::Resolve(payload::Resolve { comment_id });
    let said = format!("resolved a thread of pull request {}", subject.id.short());
    record(
        &forge,
        out,
        &subject.log,
        record::plain(payload, None),
        &said,
    )
}
