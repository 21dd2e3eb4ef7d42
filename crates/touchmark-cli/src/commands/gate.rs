//! `touchmark gate`

use serde_json::json;
use touchmark_core::gate::Verdicts;

use super::pr::judged::judge;
use super::pr::{Subject, code, conditions, status};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::{Forge, choose_remote};
use crate::globals::Globals;
use crate::output::Output;

/// Say of each condition for merging a pull request whether it is met, by which clause of the policy, and what would help
///
/// The server asks the same of every merge; `touchmark pr status` shows it with where the branches are. Ends with exit status 3 when the gate is shut.
/// With --json: `open`, `pull_request`, and `items`, a list of `id`, `pass`, `clause`, `evidence` (events), `reasons`
/// (`rule`, `reason`, `remedy`) and `overridden` (the event that lets it pass all the same, or null).
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The pull request
    id: String,
}

/// Runs the command.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let subject = Subject::find(&forge, &args.id)?;
    let remote = choose_remote(&forge.repo)?;
    let target = &subject.state()?.target;
    let tip = code::target_tip(&forge.repo, remote.as_deref(), target)?;
    let judged = judge(&forge, &subject, Some(tip))?;
    let open = matches!(judged.verdicts, Verdicts::Open { .. });
    if out.is_json() {
        out.json(&json!({
            "format": 1,
            "items": conditions::items(&judged.gate),
            "open": open,
            "pull_request": subject.id,
            "reasons": conditions::reasons(&judged),
        }))?;
    } else {
        conditions::tell(&judged, out)?;
        status::tell_conflicts(&subject, &judged, out)?;
    }
    if open {
        return Ok(());
    }
    Err(
        Failure::new(format!("the gate of {} is shut", subject.id.short()))
            .exit(ExitCode::Refused)
            .into(),
    )
}
