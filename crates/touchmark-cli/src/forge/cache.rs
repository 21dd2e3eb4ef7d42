//! The cache of verified tips: a state that was replayed, so that only newer events are read and verified.
//!
//! Deleting it costs time only. What has a rejected event is not cached: a later policy could change what it means.
//! Each log has two checkpoints: the whole state for reading, and one without comments for writing,
//! which stays small however long the log is, so that an append costs the same on a long log as on a short one.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_core::replay::{Facts, IssueState, Outcome, PrState, State, Trust, resume};
use touchmark_git::{Budget, Cache, Checkpoint, Repository};

use super::Records;

/// Who wrote a checkpoint; another version of the program may read events otherwise.
pub(crate) const PROGRAM: &str = concat!("touchmark-cli ", env!("CARGO_PKG_VERSION"), " 2");

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    events: u64,
    tip_policy: Option<ObjectId>,
    tip_seconds: i64,
    pr: Option<Box<PrState>>,
    issue: Option<Box<IssueState>>,
}

/// How much of a state is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it.
    Whole,
    /// All but the comments.
    WithoutComments,
}

impl Extent {
    /// What the checkpoint goes by in the cache.
    fn key(self, log: &LogName) -> String {
        match self {
            Self::Whole => log.to_string(),
            Self::WithoutComments => format!("{log} without comments"),
        }
    }
}

/// The state at `tip`, from a cached one and the events since; `None` when it must be replayed whole.
pub(super) fn continue_from(
    records: &Records<'_>,
    log: &LogName,
    tip: ObjectId,
    extent: Extent,
) -> Option<Outcome> {
    let mut cached = load(records, log, extent)?;
    if extent == Extent::WithoutComments {
        cached = cached.without_comments();
    }
    if cached.tip == tip {
        return Some(cached);
    }
    let stop = BTreeSet::from([cached.tip]);
    let objects = records.repo.load_log(tip, &stop, &Budget::default()).ok()?;
    let outcome = resume(records.policies, cached, tip, &objects, Trust::Nothing)?;
    match extent {
        Extent::Whole => store(records, &outcome),
        Extent::WithoutComments => store_as(records, &outcome.clone().without_comments(), extent),
    }
    Some(outcome)
}

/// The state at `tip`, without comments, if it was replayed before.
pub(super) fn known(records: &Records<'_>, log: &LogName, tip: ObjectId) -> Option<Outcome> {
    load(records, log, Extent::WithoutComments).filter(|outcome| outcome.tip == tip)
}

/// Deletes what is kept of a log that is done with. Failing to costs space only.
pub(crate) fn forget(repo: &Repository, log: &LogName) {
    for extent in [Extent::Whole, Extent::WithoutComments] {
        let _ = Cache::of(repo).remove(&extent.key(log));
    }
}

fn load(records: &Records<'_>, log: &LogName, extent: Extent) -> Option<Outcome> {
    let checkpoint = Cache::of(records.repo).load(&extent.key(log), PROGRAM)?;
    if checkpoint.policy != records.policies.latest().map(|(id, _)| id) {
        return None;
    }
    let stored: Stored = serde_json::from_slice(&checkpoint.payload).ok()?;
    let state = match (stored.pr, stored.issue) {
        (Some(pr), None) => State::Pr(pr),
        (None, Some(issue)) => State::Issue(issue),
        _ => return None,
    };
    Some(Outcome {
        log: log.clone(),
        tip: checkpoint.tip,
        events: stored.events,
        rejected: Vec::new(),
        state: Some(state),
        tip_facts: Some(Facts {
            policy: stored.tip_policy,
            seconds: stored.tip_seconds,
        }),
    })
}

/// Keeps a state for the next time. Failing to costs time only.
pub(super) fn store(records: &Records<'_>, outcome: &Outcome) {
    store_as(records, outcome, Extent::Whole);
    let small = outcome.clone().without_comments();
    store_as(records, &small, Extent::WithoutComments);
}

fn store_as(records: &Records<'_>, outcome: &Outcome, extent: Extent) {
    let (Some(facts), true) = (outcome.tip_facts, outcome.is_sound()) else {
        return;
    };
    let (pr, issue) = match &outcome.state {
        Some(State::Pr(state)) => (Some(state.clone()), None),
        Some(State::Issue(state)) => (None, Some(state.clone())),
        _ => return,
    };
    let stored = Stored {
        events: outcome.events,
        tip_policy: facts.policy,
        tip_seconds: facts.seconds,
        pr,
        issue,
    };
    let Ok(payload) = serde_json::to_vec(&stored) else {
        return;
    };
    let checkpoint = Checkpoint {
        program: PROGRAM.to_owned(),
        log_ref: extent.key(&outcome.log),
        tip: outcome.tip,
        policy: records.policies.latest().map(|(id, _)| id),
        payload,
    };
    let _ = Cache::of(records.repo).store(&checkpoint);
}
