//! The record: the pinned root, the policy, the receipts, and the clock that they are compared with.

use touchmark_git::Trust;

use super::{Clone, Finding};
use crate::facts::Receipts;
use crate::forge::{Forge, RECEIPTS};
use crate::render::{counted, instant};

/// A receipt may be this many seconds ahead of the clock here, in seconds.
const SKEW_MAX_SECONDS: i64 = 5 * 60;

/// Whether the clone has joined, and its policy counts from the pinned root on.
pub(super) fn policy(clone: &Clone<'_>) -> anyhow::Result<Vec<Finding>> {
    let forge = Forge::open_in(clone.repo.clone(), clone.globals)?;
    let versions = forge.policies.ids().count();
    let repository = forge.policies.repository();
    let id = repository.map_or_else(String::new, |id| id.to_string());
    Ok(vec![Finding::ok(format!(
        "joined repository {id}, whose policy has {}",
        counted(versions, "version")
    ))])
}

/// Whether the receipts here are those that this clone has seen.
pub(super) fn receipts(clone: &Clone<'_>) -> anyhow::Result<Vec<Finding>> {
    let seen = Trust::of(clone.repo).receipt()?;
    let here = clone.repo.read_ref(RECEIPTS)?;
    let finding = match (seen, here) {
        (None, None) => Finding::skipped("there are no receipts: the server keeps none, or none came yet"),
        (Some(seen), Some(here)) if seen == here => {
            let latest = Receipts::new(clone.repo, Some(here)).latest()?;
            let number = latest.map_or(0, |latest| latest.sequence);
            Finding::ok(format!("receipt {number} is the newest seen"))
        }
        (None, Some(_)) => Finding::warning("receipts came with git fetch, and nobody has looked who signed them")
            .mend("touchmark sync"),
        (Some(seen), None) => Finding::alarm(format!("the receipts are gone, although this clone has seen {}", seen.short()))
            .because("without them nothing says what the server took, and when")
            .mend("touchmark sync (fetches them again, or says that the server lost them)"),
        (Some(seen), Some(here)) if clone.repo.contains(seen) && clone.repo.is_ancestor(seen, here)? => {
            Finding::warning("newer receipts came with git fetch, and nobody has looked who signed them")
                .mend("touchmark sync")
        }
        (Some(seen), Some(_)) => Finding::alarm(format!("the receipts here do not descend from {}, which this clone has seen", seen.short()))
            .because("they were rewound or replaced, here or by a fetch that was forced")
            .mend(format!("git update-ref {RECEIPTS} {seen}; then touchmark sync (says whether the server has them)")),
    };
    Ok(vec![finding])
}

/// Whether the clock agrees with the newest receipt.
pub(super) fn clock(clone: &Clone<'_>) -> anyhow::Result<Vec<Finding>> {
    let tip = clone.repo.read_ref(RECEIPTS)?;
    let Some(latest) = Receipts::new(clone.repo, tip).latest()? else {
        return Ok(vec![Finding::skipped(
            "there is no receipt to compare the clock with",
        )]);
    };
    let ahead = latest.seconds - clone.now;
    let finding = if ahead > SKEW_MAX_SECONDS {
        let minutes = usize::try_from(ahead / 60).unwrap_or(usize::MAX);
        Finding::warning(format!(
            "the clock here is {} behind the newest receipt",
            counted(minutes, "minute")
        ))
        .because("what you sign would carry a time that was not; times decide nothing, but people read them")
        .mend("set the clock, here or on the server")
    } else {
        Finding::ok(format!(
            "the newest receipt is of {}",
            instant(latest.seconds, clone.now)
        ))
    };
    Ok(vec![finding])
}
