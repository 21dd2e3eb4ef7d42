//! Going through all receipts: signatures, order, and whether each tells the truth about its push.

use std::collections::BTreeMap;

use anyhow::Context as _;
use touchmark_core::archive::{ARCHIVE, Fold, Gain, check_fold};
use touchmark_core::event::Decision;
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_core::push::RefChange;
use touchmark_core::receipt::audit::{Differing, Step, check_step};
use touchmark_core::receipt::snapshot_path;
use touchmark_core::replay::{self, Outcome, Trust};
use touchmark_git::Budget;

use crate::facts::{Read, Receipts};
use crate::forge::{FORGE, Forge, RECEIPTS};
use crate::progress::Progress;

/// What going through the receipts found.
pub(super) struct Audit {
    /// How many receipts there are.
    pub(super) receipts: u64,
    /// How many refused pushes they hold.
    pub(super) denials: usize,
    /// What does not hold, with the receipt.
    pub(super) faults: Vec<(Option<ObjectId>, String)>,
    /// Forge refs here that the newest receipt does not cover yet.
    pub(super) pending: Vec<String>,
    /// How many folds there are.
    pub(super) folds: usize,
    /// How many of them were not compared with the archive, which is not here.
    pub(super) folds_unseen: usize,
}

/// Goes through all receipts, the oldest first.
///
/// # Errors
///
/// When they cannot be read.
pub(super) fn audit(forge: &Forge) -> anyhow::Result<Option<Audit>> {
    let repo = &forge.repo;
    let Some(tip) = repo.read_ref(RECEIPTS)? else {
        return Ok(None);
    };
    let receipts = Receipts::new(repo, Some(tip));
    let mut audit = Audit {
        receipts: 0,
        denials: 0,
        faults: Vec::new(),
        pending: Vec::new(),
        folds: 0,
        folds_unseen: 0,
    };
    signatures(forge, tip, &mut audit)?;
    let mut line = Vec::new();
    let mut next = receipts.latest()?;
    while let Some(receipt) = next {
        next = match receipt.parent {
            Some(parent) => receipts.read(parent)?,
            None => None,
        };
        line.push(receipt);
    }
    line.reverse();
    let mut before: Option<&Read> = None;
    let mut folded = BTreeMap::new();
    let progress = Progress::start("checking receipts", line.len());
    for receipt in &line {
        progress.step();
        step(forge, &receipts, before, receipt, &mut audit)?;
        let changes = receipts.changes(receipt.tree)?;
        for reason in returned(forge, &mut folded, receipt, &changes)? {
            audit.faults.push((Some(receipt.id), reason));
        }
        before = Some(receipt);
    }
    if let Some(latest) = before {
        compare_refs(forge, latest, &mut audit)?;
    }
    Ok(Some(audit))
}

/// The receipts that do not count, each with why: every one must be signed by somebody who may by the policy that it
/// names, which is never older than that of the receipt before, and they count up without a gap.
///
/// # Errors
///
/// When they cannot be read.
pub(crate) fn rejected(forge: &Forge, tip: ObjectId) -> anyhow::Result<Vec<(ObjectId, String)>> {
    let each = replayed(forge, tip)?.rejected.into_iter();
    Ok(each
        .map(|rejected| (rejected.event, rejected.refusal.to_string()))
        .collect())
}

fn replayed(forge: &Forge, tip: ObjectId) -> anyhow::Result<Outcome> {
    let objects = forge
        .repo
        .load_receipts(tip, &Budget::default())
        .context("cannot read the receipts")?;
    Ok(replay::replay(
        &forge.policies,
        &LogName::Receipts,
        tip,
        &objects,
        Trust::Nothing,
    ))
}

fn signatures(forge: &Forge, tip: ObjectId, audit: &mut Audit) -> anyhow::Result<()> {
    let outcome = replayed(forge, tip)?;
    audit.receipts = outcome.events;
    for rejected in &outcome.rejected {
        let reason = rejected.refusal.to_string();
        audit.faults.push((Some(rejected.event), reason));
    }
    Ok(())
}

fn step(
    forge: &Forge,
    receipts: &Receipts<'_>,
    before: Option<&Read>,
    receipt: &Read,
    audit: &mut Audit,
) -> anyhow::Result<()> {
    let changes = receipts.changes(receipt.tree)?;
    audit.denials += receipts.denials(receipt.tree)?.len();
    for reason in rewinds(forge, &changes)? {
        audit.faults.push((Some(receipt.id), reason));
    }
    fold(forge, receipt, &changes, audit)?;
    let Some(before) = before else {
        return Ok(()); // The first one takes in what was there.
    };
    let differing = differing(forge, before.tree, receipt.tree)?;
    let found = check_step(&Step {
        changes: &changes,
        differing: &differing,
        policy: receipt.policy,
        snapshot_policy: receipts.value_at(receipt.id, "refs/forge/policy")?,
    });
    let faults = found.into_iter().map(|reason| (Some(receipt.id), reason));
    audit.faults.extend(faults);
    Ok(())
}

fn differing(forge: &Forge, before: ObjectId, after: ObjectId) -> anyhow::Result<Vec<Differing>> {
    let changed = forge.repo.changed_paths(before, after)?;
    let differing = changed.into_iter().map(|one| Differing {
        path: String::from_utf8_lossy(&one.path).into_owned(),
        old: one.base.map(|entry| entry.id),
        new: one.head.map(|entry| entry.id),
    });
    Ok(differing.collect())
}

/// What the commits of the archive from `old` to `new` follow, and what they keep.
fn gained(
    forge: &Forge,
    old: Option<ObjectId>,
    new: ObjectId,
) -> anyhow::Result<(Option<ObjectId>, Vec<ObjectId>)> {
    let mut kept = Vec::new();
    let mut next = Some(new);
    while let Some(id) = next.filter(|id| Some(*id) != old) {
        let mut parents = forge.repo.parents_of(id)?.into_iter();
        next = parents.next();
        kept.extend(parents);
    }
    Ok((next, kept))
}

/// Nothing was deleted but what was folded; and where the archive is here, it has that.
fn fold(
    forge: &Forge,
    receipt: &Read,
    changes: &[RefChange],
    audit: &mut Audit,
) -> anyhow::Result<()> {
    let repo = &forge.repo;
    let moved = changes.iter().find(|change| change.name == ARCHIVE);
    let seen = match moved.and_then(|change| Some((change.old, change.new?))) {
        Some((old, new)) if repo.contains(new) => {
            let before = match old {
                Some(old) => repo.tree_of(old)?,
                None => repo.hash_kind().empty_tree(),
            };
            let differing = differing(forge, before, repo.tree_of(new)?)?;
            let (follows, kept) = gained(forge, old, new)?;
            Some((follows, kept, differing))
        }
        _ => None,
    };
    if receipt.decision == Decision::Archived {
        audit.folds += 1;
        audit.folds_unseen += usize::from(seen.is_none());
    }
    let found = check_fold(
        repo.hash_kind(),
        &Fold {
            decision: receipt.decision,
            changes,
            gain: seen.as_ref().map(|(follows, kept, differing)| Gain {
                follows: *follows,
                kept,
                differing,
            }),
        },
    );
    let faults = found.into_iter().map(|reason| (Some(receipt.id), reason));
    audit.faults.extend(faults);
    Ok(())
}

/// What was folded and has come back goes on from what was folded; `folded` holds the refs that are folded so far.
fn returned(
    forge: &Forge,
    folded: &mut BTreeMap<String, ObjectId>,
    receipt: &Read,
    changes: &[RefChange],
) -> anyhow::Result<Vec<String>> {
    let repo = &forge.repo;
    let mut faults = Vec::new();
    for change in changes {
        match (change.old, change.new) {
            (Some(old), None) if receipt.decision == Decision::Archived => {
                folded.insert(change.name.clone(), old);
            }
            (None, Some(new)) => {
                let Some(tip) = folded.remove(&change.name) else {
                    continue;
                };
                let here = repo.contains(tip) && repo.contains(new);
                if here && tip != new && !repo.is_ancestor(tip, new)? {
                    let name = &change.name;
                    faults.push(format!("{name} came back without what was folded"));
                }
            }
            _ => {}
        }
    }
    Ok(faults)
}

/// No log of the forge was rewound, whatever a receipt says.
fn rewinds(forge: &Forge, changes: &[RefChange]) -> anyhow::Result<Vec<String>> {
    let mut faults = Vec::new();
    for change in changes
        .iter()
        .filter(|change| change.name.starts_with(FORGE))
    {
        if let (Some(old), Some(new)) = (change.old, change.new) {
            let here = forge.repo.contains(old) && forge.repo.contains(new);
            if !here {
                continue; // Archived, or not fetched: other checks speak of it.
            }
            if !forge.repo.is_ancestor(old, new)? {
                faults.push(format!("{} was rewound", change.name));
            }
        }
    }
    Ok(faults)
}

/// What is here and the newest receipt agree; what is newer than it is pending.
fn compare_refs(forge: &Forge, latest: &Read, audit: &mut Audit) -> anyhow::Result<()> {
    let held = forge.repo.refs(FORGE)?;
    // Nobody fetches the archive but when it is asked for, so it may well be an older one.
    let others = |name: &str| name != RECEIPTS && name != ARCHIVE;
    for (name, id) in held.iter().filter(|(name, _)| others(name)) {
        let path = snapshot_path(name);
        let receipted = forge.repo.entry_at(latest.tree, path.as_bytes())?;
        match receipted {
            Some((_, receipted)) if receipted == *id => {}
            Some((_, receipted))
                if !forge.repo.contains(receipted) || forge.repo.is_ancestor(*id, receipted)? =>
            {
                let reason = format!("{name} here is behind the newest receipt");
                audit.faults.push((Some(latest.id), reason));
            }
            _ => audit.pending.push(name.clone()),
        }
    }
    Ok(())
}
