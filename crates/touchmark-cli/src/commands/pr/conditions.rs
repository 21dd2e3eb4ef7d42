//! Each condition of a pull request's gate, with what would meet it: as lines, and as data.

use serde_json::{Value, json};
use touchmark_core::gate::{Gate, Item, Verdicts};

use super::judged::Judged;
use crate::next_steps::next_step;
use crate::output::Output;
use crate::render::visible_line;

/// The conditions as data: `id`, `pass`, `clause`, `evidence`, `reasons`, `overridden`.
pub(crate) fn items(gate: &Gate) -> Vec<Value> {
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
pub(crate) fn reasons(judged: &Judged) -> Vec<Value> {
    match &judged.verdicts {
        Verdicts::Open { .. } => Vec::new(),
        Verdicts::Shut(refusals) => refusals.iter().map(|refusal| json!(refusal)).collect(),
    }
}

/// Prints a line for each condition, and what stands against it.
///
/// # Errors
///
/// When nothing can be printed.
pub(crate) fn tell(judged: &Judged, out: &Output) -> anyhow::Result<()> {
    for person in &judged.took_part {
        out.note(format_args!(
            "{person} had a hand in the change, so an approval of theirs does not count"
        ));
    }
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
    Ok(())
}

const fn mark(item: &Item) -> &'static str {
    match (item.refusals.is_empty(), item.overridden) {
        (true, _) => "met   ",
        (false, Some(_)) => "passed",
        (false, None) => "unmet ",
    }
}
