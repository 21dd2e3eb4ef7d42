//! `touchmark gate`

use serde_json::{Value, json};
use touchmark_core::gate::{Gate, Item};

use super::pr::Subject;
use super::pr::code;
use super::pr::judged::{Judged, judge};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::{Forge, choose_remote};
use crate::globals::Globals;
use crate::next_steps::next_step;
use crate::output::Output;
use crate::render::visible_line;

/// Say of each condition for merging a pull request whether it is met, by which clause of the policy, and what would help
///
/// The server asks the same of every merge. Ends with exit status 3 when the gate is shut.
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
    let open = matches!(judged.verdicts, touchmark_core::gate::Verdicts::Open { .. });
    if out.is_json() {
        out.json(&json!({
            "format": 1,
            "items": items(&judged.gate),
            "open": open,
            "pull_request": subject.id,
            "reasons": reasons(&judged),
        }))?;
    } else {
        tell(&judged, out)?;
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

fn items(gate: &Gate) -> Vec<Value> {
    gate.items
        .iter()
        .map(|item| {
            let reasons: Vec<Value> = item
                .refusals
                .iter()
                .map(|refusal| {
                    json!({
                        "reason": refusal.reason,
                        "remedy": refusal.fix.as_deref().unwrap_or(next_step(refusal.rule)),
                        "rule": refusal.rule.id(),
                    })
                })
                .collect();
            json!({
                "clause": item.clause,
                "evidence": item.evidence,
                "id": item.id,
                "overridden": item.overridden,
                "pass": !item.shuts(),
                "reasons": reasons,
            })
        })
        .collect()
}

/// Every reason against landing, those that lie in the code included.
fn reasons(judged: &Judged) -> Vec<Value> {
    match &judged.verdicts {
        touchmark_core::gate::Verdicts::Open { .. } => Vec::new(),
        touchmark_core::gate::Verdicts::Shut(refusals) => {
            refusals.iter().map(|refusal| json!(refusal)).collect()
        }
    }
}

fn tell(judged: &Judged, out: &Output) -> anyhow::Result<()> {
    for item in &judged.gate.items {
        out.line(format_args!(
            "{} {} (by {})",
            mark(item),
            item.id,
            item.clause
        ))?;
        for event in &item.evidence {
            out.line(format_args!("       on {}", event.short()))?;
        }
        for refusal in &item.refusals {
            out.line(format_args!("       {}", visible_line(&refusal.reason)))?;
            let step = refusal.fix.as_deref().unwrap_or(next_step(refusal.rule));
            out.line(format_args!("       to do: {}", visible_line(step)))?;
        }
        if let Some(over) = item.overridden {
            out.line(format_args!("       overridden by {}", over.short()))?;
        }
    }
    if let (touchmark_core::gate::Verdicts::Shut(refusals), true) =
        (&judged.verdicts, judged.gate.is_open())
    {
        for refusal in refusals {
            out.line(format_args!("shut   code"))?;
            out.line(format_args!("       {}", visible_line(&refusal.reason)))?;
        }
    }
    Ok(())
}

const fn mark(item: &Item) -> &'static str {
    match (item.refusals.is_empty(), item.overridden) {
        (true, _) => "open  ",
        (false, Some(_)) => "passed",
        (false, None) => "shut  ",
    }
}
