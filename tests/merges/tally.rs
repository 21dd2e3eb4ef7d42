//! What came out, counted.

use std::collections::BTreeMap;

use touchmark_core::merge::conflict::Conflict;
use touchmark_core::merge::tree::Outcome;

use crate::history::{History, Merge};
use crate::stock::{Ours, Stock};

/// How often the core and git agree, by what they made of a merge.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Agreement {
    pub(crate) equal: usize,
    pub(crate) different: usize,
    pub(crate) only_ours: usize,
    pub(crate) only_git: usize,
    pub(crate) neither: usize,
}

/// The counts and times of one repository.
pub(crate) struct Tally {
    pub(crate) name: String,
    pub(crate) fast_forward: usize,
    pub(crate) other_bases: usize,
    pub(crate) same: Agreement,
    pub(crate) default: Agreement,
    /// Merges with no answer, because a limit was passed or an object was missing.
    pub(crate) refused: usize,
    /// The kinds of conflict in merges that only git has clean, by its plumbing.
    pub(crate) kinds: BTreeMap<&'static str, usize>,
    pub(crate) ours_seconds: Vec<f64>,
    pub(crate) git_seconds: Vec<f64>,
    pub(crate) batch_seconds: f64,
}

impl Tally {
    pub(crate) fn new(history: &History) -> Self {
        Self {
            name: history.name.clone(),
            fast_forward: history.fast_forward,
            other_bases: history.other_bases,
            same: Agreement::default(),
            default: Agreement::default(),
            refused: 0,
            kinds: BTreeMap::new(),
            ours_seconds: Vec::new(),
            git_seconds: Vec::new(),
            batch_seconds: 0.0,
        }
    }

    /// Counts one merge, and says on standard error where it differs.
    pub(crate) fn add(&mut self, merge: &Merge, ours: &Ours, same: &Stock, default: &Stock) {
        let none = Vec::new();
        let (tree, conflicts) = match &ours.outcome {
            Ok(Outcome::Clean { tree, .. }) => (Some(*tree), &none),
            Ok(Outcome::Conflict(conflicts)) => (None, &conflicts.first),
            Err(refused) => {
                eprintln!("{} {}: refused: {refused}", self.name, merge.commit);
                self.refused += 1;
                (None, &none)
            }
        };
        for (agreement, stock) in [(&mut self.same, same), (&mut self.default, default)] {
            *match (tree, stock) {
                (Some(tree), Stock::Clean(other)) if tree == *other => &mut agreement.equal,
                (Some(_), Stock::Clean(_)) => &mut agreement.different,
                (Some(_), Stock::Conflict(_)) => &mut agreement.only_ours,
                (None, Stock::Clean(_)) => &mut agreement.only_git,
                (None, Stock::Conflict(_)) => &mut agreement.neither,
            } += 1;
        }
        let about = format!("{} {}", self.name, merge.commit);
        match (tree, same) {
            (Some(tree), Stock::Clean(other)) if tree != *other => {
                eprintln!("{about}: different: {tree} and by git {other}");
            }
            (Some(tree), Stock::Conflict(paths)) => {
                eprintln!("{about}: only ours: {tree}; git: {}", paths.join(" "));
            }
            (None, Stock::Clean(_)) => {
                for conflict in conflicts {
                    *self.kinds.entry(conflict.kind.name()).or_default() += 1;
                }
                eprintln!("{about}: only git: {}", list(conflicts));
            }
            _ => {}
        }
    }

    /// Notes how long the merge took the core, and a process of git.
    pub(crate) fn time(&mut self, ours: f64, git: f64) {
        self.ours_seconds.push(ours);
        self.git_seconds.push(git);
    }
}

fn list(conflicts: &[Conflict]) -> String {
    let line = |conflict: &Conflict| {
        let path = String::from_utf8_lossy(&conflict.path);
        format!("{} {path}", conflict.kind.name())
    };
    conflicts.iter().map(line).collect::<Vec<_>>().join(", ")
}
