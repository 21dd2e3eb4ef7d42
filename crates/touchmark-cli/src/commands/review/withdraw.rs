//! `touchmark review withdraw`: take one's own verdict back.

use touchmark_core::event::{Payload, Verdict, payload};

use crate::commands::compose::Body;
use crate::commands::pr::{Subject, record};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Take back your approval or your request for changes.
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
/// A refusal when you have given no verdict.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let subject = Subject::summary(&forge, &args.id)?;
    let given = subject.state()?.verdicts.get(&forge.me()?.person);
    let revision = subject.revision(given.map(|given| given.revision))?;
    let payload = payload::Review {
        revision: revision.number,
        verdict: Verdict::Withdraw,
        base: revision.base,
        head: revision.head,
        comments: Vec::new(),
    };
    let command = record::plain(Payload::Review(payload), args.body.given()?);
    let said = format!(
        "withdrew your verdict on revision {} of pull request {}",
        revision.number,
        subject.id.short()
    );
    record(&forge, out, &subject.log, command, &said)
}
