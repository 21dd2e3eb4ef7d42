//! Folding closed objects into the archive, in turn with the pushes.

use std::collections::BTreeSet;

use touchmark_core::archive::{Folded, Kept, batch};
use touchmark_core::event::{Decision as Word, Rule};
use touchmark_core::log::LogName;
use touchmark_core::policy::PolicyChain;
use touchmark_core::refusal::Refusal;
use touchmark_git::Repository;

use super::apply::{Failed, try_once};
use super::limits::LIMITS;
use super::receipt::Occasion;
use super::step::{Step, reached};
use super::watch::Watch;
use super::{guards, journal, judge, queue, refuse, server_error};
use crate::facts::Receipts;
use crate::forge::{RECEIPTS, Records, forget, load_policy};

/// Most commits of the archive in one transaction: while it runs pushes wait, and each of them rewrites `packed-refs`.
const COMMITS_MAX: usize = 10;

/// What is to be folded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    /// How long nothing may have been said of an object, by the receipts, in seconds.
    pub(crate) closed_for: i64,
    /// Most objects.
    pub(crate) limit: usize,
    /// The time, in seconds since 1970.
    pub(crate) now: i64,
}

/// What can be folded now.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// The objects, in the order of their logs' names.
    pub(crate) objects: Vec<Folded>,
    /// A sentence for each object that cannot be, though nothing was said of it for as long.
    pub(crate) damaged: Vec<String>,
}

/// The logs that a receipt newer than some time tells of.
enum Recent {
    /// These.
    Named(BTreeSet<String>),
    /// All that there are: the first receipt is as new.
    All,
}

/// Finds what can be folded: closed, and untouched for long enough by the receipts' time, not by any author's.
///
/// # Errors
///
/// When refs, receipts or the policy cannot be read.
pub(crate) fn plan(repo: &Repository, wanted: &Wanted) -> Result<Plan, Vec<Refusal>> {
    let since = wanted.now.saturating_sub(wanted.closed_for);
    let recent = match recent(repo, since).map_err(|err| other(&err))? {
        Recent::Named(recent) => recent,
        Recent::All => return Ok(Plan::default()),
    };
    let policies = policies(repo)?;
    let records = Records {
        repo,
        policies: &policies,
    };
    let mut plan = Plan::default();
    for prefix in ["refs/forge/issue/", "refs/forge/pr/"] {
        let refs = repo.refs(prefix).map_err(|err| server_error(&err))?;
        for (name, tip) in &refs {
            if plan.objects.len() == wanted.limit {
                return Ok(plan);
            }
            let Some(log) = LogName::parse(repo.hash_kind(), name) else {
                continue;
            };
            if recent.contains(name) {
                continue;
            }
            let found = match records.look_at(&log, *tip) {
                Ok(outcome) => Folded::of(&outcome),
                Err(_) => Err(Kept::Damaged),
            };
            match found {
                Ok(object) if heads_hold(&object, &refs) => plan.objects.push(object),
                Err(Kept::Open | Kept::OtherType) => {}
                Ok(_) | Err(Kept::Damaged) => plan.damaged.push(format!(
                    "{log} is not folded: touchmark verify OBJECT (says what is wrong with it)"
                )),
            }
        }
    }
    Ok(plan)
}

/// Whether what keeps the code is there as the log says.
fn heads_hold(
    object: &Folded,
    refs: &std::collections::BTreeMap<String, touchmark_core::id::ObjectId>,
) -> bool {
    match object.log.heads_ref() {
        Some(name) => refs.get(&name).copied() == object.heads,
        None => true,
    }
}

/// The logs that moved after `since`.
fn recent(repo: &Repository, since: i64) -> anyhow::Result<Recent> {
    let receipts = Receipts::new(repo, repo.read_ref(RECEIPTS)?);
    let mut named = BTreeSet::new();
    let Some(mut receipt) = receipts.latest()? else {
        return Ok(Recent::All);
    };
    while receipt.seconds > since {
        let changes = receipts.changes(receipt.tree)?;
        named.extend(changes.into_iter().map(|change| change.name));
        receipt = match receipt.parent {
            Some(parent) => receipts
                .read(parent)?
                .ok_or_else(|| anyhow::anyhow!("{} is no receipt", parent.short()))?,
            // It took in what was there, and nobody knows since when that was.
            None => return Ok(Recent::All),
        };
    }
    Ok(Recent::Named(named))
}

fn policies(repo: &Repository) -> Result<PolicyChain, Vec<Refusal>> {
    let name = LogName::Policy.to_string();
    match repo.read_ref(&name).map_err(|err| server_error(&err))? {
        Some(tip) => Ok(load_policy(repo, tip).map_err(|err| other(&err))?.0),
        None => Ok(PolicyChain::default()),
    }
}

/// Folds objects that were found, so many at a time in one transaction with one receipt; those that were folded.
///
/// Pushes get their turn in between. What has moved since it was found stays.
///
/// # Errors
///
/// Why a fold did not happen; those before it have.
pub(crate) fn fold(
    repo: &Repository,
    objects: &[Folded],
    now: i64,
) -> Result<Vec<Folded>, Vec<Refusal>> {
    let mut folded = Vec::new();
    let mut left = objects;
    while !left.is_empty() {
        let (these, rest) = left.split_at(several(left));
        folded.extend(fold_several(repo, these, now)?);
        left = rest;
    }
    for one in &folded {
        forget(repo, &one.log);
    }
    Ok(folded)
}

/// How many of the first of these objects go into one transaction.
fn several(objects: &[Folded]) -> usize {
    let mut count = 0;
    for _ in 0..COMMITS_MAX {
        let left = objects.get(count..).unwrap_or_default();
        count += batch(left);
    }
    count.max(1)
}

fn fold_several(
    repo: &Repository,
    objects: &[Folded],
    now: i64,
) -> Result<Vec<Folded>, Vec<Refusal>> {
    let _turn = queue::enter(repo, LIMITS.queue)?;
    reached(Step::Entered);
    journal::reconcile(repo)?;
    reached(Step::Reconciled);
    let mut still = Vec::new();
    for object in objects {
        if guards::read(repo, &object.log.to_string())? == Some(object.tip) {
            still.push(object.clone());
        }
    }
    if still.is_empty() {
        return Ok(still);
    }
    let decision = judge::fold(repo, &still, now)?;
    let occasion = Occasion {
        word: Word::Archived,
        now,
    };
    match try_once(repo, occasion, &decision, &Watch::new(LIMITS.hook)) {
        Ok(()) => Ok(still),
        Err(Failed::Moved(moved)) => Err(refuse(Rule::PushMoved, moved)),
        Err(Failed::Refused(refusals)) => Err(refusals),
    }
}

fn other(err: &anyhow::Error) -> Vec<Refusal> {
    refuse(Rule::ServerError, format!("{err:#}"))
}
