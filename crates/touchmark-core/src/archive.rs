//! The archive: what may be folded into it, where its tree keeps what, and whether a fold tells the truth.
//!
//! `refs/forge/archive` is a log of the sequencer's. Its tree maps an object's id to its tip, and the parents of a fold
//! beyond the first keep the tips reachable, and for pull requests what keeps their code. An entry is never taken out:
//! while an object has a ref of its own, that counts; when it is folded again, its entry moves on.

use std::collections::{BTreeMap, BTreeSet};

use crate::event::Decision;
use crate::id::{HashKind, ObjectId};
use crate::log::LogName;
use crate::push::RefChange;
use crate::receipt::audit::Differing;
use crate::replay::{Outcome, State, Status};

/// The ref of the archive.
pub const ARCHIVE: &str = "refs/forge/archive";

/// Most parents of a fold beyond the first.
pub const FOLD_PARENTS_MAX: usize = 100;

/// Where the archive's tree has an object's tip.
pub fn archive_path(object: ObjectId) -> String {
    let hex = object.to_string();
    let (first, rest) = hex.split_at(2);
    let (second, rest) = rest.split_at(2);
    format!("{first}/{second}/{rest}")
}

/// An object as it is folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    /// Its log.
    pub log: LogName,
    /// Its id.
    pub object: ObjectId,
    /// Its log's tip.
    pub tip: ObjectId,
    /// What keeps its code reachable, for a pull request.
    pub heads: Option<ObjectId>,
}

/// Why an object is not folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Only pull requests and issues are.
    OtherType,
    /// It is open.
    Open,
    /// Its log has an event that does not count, or no state at all: somebody has to look at it first.
    Damaged,
}

impl Folded {
    /// The object of this log, if it may be folded.
    ///
    /// # Errors
    ///
    /// Why it may not.
    pub fn of(outcome: &Outcome) -> Result<Self, Kept> {
        if !matches!(outcome.log, LogName::Pr(_) | LogName::Issue(_)) {
            return Err(Kept::OtherType);
        }
        let (Some(object), Some(state), true) =
            (outcome.log.root(), &outcome.state, outcome.is_sound())
        else {
            return Err(Kept::Damaged);
        };
        let heads = match (state, state.status()) {
            (_, Some(Status::Open)) => return Err(Kept::Open),
            (State::Pr(state), Some(_)) => Some(state.heads),
            (State::Issue(_), Some(_)) => None,
            _ => return Err(Kept::Damaged),
        };
        Ok(Self {
            log: outcome.log.clone(),
            object,
            tip: outcome.tip,
            heads,
        })
    }

    /// What has to stay reachable.
    fn roots(&self) -> impl Iterator<Item = ObjectId> {
        [self.tip].into_iter().chain(self.heads)
    }
}

/// How many of the first of these objects go into one fold.
pub fn batch(objects: &[Folded]) -> usize {
    let mut kept = BTreeSet::new();
    objects
        .iter()
        .take_while(|one| {
            kept.extend(one.roots());
            kept.len() <= FOLD_PARENTS_MAX
        })
        .count()
}

/// The parents of a fold of these objects that follows `last`: each id once, because git would drop a second one.
pub fn fold_parents(last: ObjectId, objects: &[Folded]) -> Vec<ObjectId> {
    let mut parents = vec![last];
    for id in objects.iter().flat_map(Folded::roots) {
        if !parents.contains(&id) {
            parents.push(id);
        }
    }
    parents
}

/// A receipt that deletes refs of the forge, moves the archive, or says that it folded.
#[derive(Debug, Clone)]
pub struct Fold<'a> {
    /// What it says that it did.
    pub decision: Decision,
    /// What it lists.
    pub changes: &'a [RefChange],
    /// What the archive gained; `None` where the archive is not there to be looked at.
    pub gain: Option<Gain<'a>>,
}

/// What the archive gained by the commits of one receipt.
#[derive(Debug, Clone)]
pub struct Gain<'a> {
    /// The archive's commit that they follow, if there was one.
    pub follows: Option<ObjectId>,
    /// Their parents beyond the first.
    pub kept: &'a [ObjectId],
    /// Every path of the archive's tree that differs.
    pub differing: &'a [Differing],
}

/// Checks that nothing was deleted but what was folded, and that the archive has that; the faults in words.
pub fn check_fold(hash: HashKind, fold: &Fold<'_>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut logs = BTreeMap::new();
    let mut heads = BTreeMap::new();
    let mut archive = None;
    for change in fold.changes {
        let forge = change.name.starts_with("refs/forge/");
        if fold.decision != Decision::Archived {
            if change.name == ARCHIVE {
                faults.push("the archive changed in a receipt that is of no fold".to_owned());
            } else if forge && change.old.is_some() && change.new.is_none() {
                faults.push(format!("{} was deleted", change.name));
            }
            continue;
        }
        match (closed_log(hash, &change.name), change.old, change.new) {
            _ if change.name == ARCHIVE => archive = Some(change),
            (Some((log, true)), Some(old), None) => _ = logs.insert(log, old),
            (Some((log, false)), Some(old), None) => _ = heads.insert(log, old),
            _ => faults.push(format!("a fold changed {}", change.name)),
        }
    }
    if fold.decision != Decision::Archived {
        return faults;
    }
    let Some(archive) = archive.filter(|change| change.new.is_some()) else {
        faults.push("a fold did not move the archive".to_owned());
        return faults;
    };
    for log in logs.keys().filter(|log| log.heads_ref().is_some()) {
        if !heads.contains_key(log) {
            faults.push(format!("a fold took {log} and left its heads"));
        }
    }
    for log in heads.keys().filter(|log| !logs.contains_key(*log)) {
        faults.push(format!("a fold took the heads of {log} and left the log"));
    }
    if let Some(gain) = &fold.gain {
        if gain.follows != archive.old {
            faults.push("a fold does not follow the one before".to_owned());
        }
        check_gain(gain, &logs, &heads, &mut faults);
    }
    faults
}

/// The log of an object that may be folded, from the name of its log (true) or of its heads.
fn closed_log(hash: HashKind, name: &str) -> Option<(LogName, bool)> {
    let (log, is_log) = match name.strip_suffix("/heads") {
        Some(rest) => (LogName::parse(hash, &format!("{rest}/log"))?, false),
        None => (LogName::parse(hash, name)?, true),
    };
    match &log {
        LogName::Issue(_) if is_log => Some((log, is_log)),
        LogName::Pr(_) => Some((log, is_log)),
        _ => None,
    }
}

fn check_gain(
    gain: &Gain<'_>,
    logs: &BTreeMap<LogName, ObjectId>,
    heads: &BTreeMap<LogName, ObjectId>,
    faults: &mut Vec<String>,
) {
    let kept: BTreeSet<&ObjectId> = gain.kept.iter().collect();
    let mut entries: BTreeMap<&str, Option<ObjectId>> = gain
        .differing
        .iter()
        .map(|one| (one.path.as_str(), one.new))
        .collect();
    for (log, tip) in logs {
        let path = log.root().map(archive_path).unwrap_or_default();
        if entries.remove(path.as_str()).flatten() != Some(*tip) {
            faults.push(format!("the archive does not have {log} as it was"));
        }
        if !kept.contains(tip) {
            faults.push(format!("the archive does not keep {log} reachable"));
        }
    }
    for (log, id) in heads {
        if !kept.contains(id) {
            faults.push(format!("the archive does not keep the code of {log}"));
        }
    }
    for path in entries.keys() {
        faults.push(format!("the archive changed at {path} beside the fold"));
    }
}

#[cfg(test)]
mod tests;
