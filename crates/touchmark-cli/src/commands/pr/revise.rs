//! `touchmark pr revise`: a new revision of the code.

use touchmark_core::event::{Payload, payload};

use super::{Subject, branch, code, record, values};
use crate::commands::compose::Body;
use crate::forge::{Forge, choose_remote};
use crate::globals::Globals;
use crate::output::Output;

/// Add a revision: the code as it is now, for the same target or another one.
///
/// Approvals are of a revision; those of earlier ones do not count for this one.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The pull request.
    id: String,
    /// The last commit of the change; a branch, tag or commit.
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    head: String,
    /// Another branch that the change is for.
    #[arg(long, short = 'T', value_name = "BRANCH")]
    target: Option<String>,
    #[command(flatten)]
    body: Body,
}

/// Runs the command.
///
/// # Errors
///
/// When nothing changed, or a refusal.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let subject = Subject::summary(&forge, &args.id)?;
    let state = subject.state()?;
    let latest = subject.revision(None)?;
    let target = match &args.target {
        Some(name) => values::branch(name)?,
        None => state.target.clone(),
    };
    let head = code::resolve(&forge.repo, &args.head)?;
    let remote = choose_remote(&forge.repo)?;
    let tip = code::target_tip(&forge.repo, remote.as_deref(), &target)?;
    let base = code::base(&forge.repo, &target, tip, head)?;
    let number = latest.number.saturating_add(1);
    let payload = payload::Revision {
        revision: number,
        target: Some(target).filter(|target| *target != state.target),
        base,
        head,
    };
    let command = record::plain(Payload::Revision(payload), args.body.given()?);
    let said = format!(
        "added revision {number} to pull request {}",
        subject.id.short()
    );
    record(&forge, out, &subject.log, command, &said)?;
    branch::remember(&forge.repo, &args.head, subject.id, out);
    Ok(())
}
