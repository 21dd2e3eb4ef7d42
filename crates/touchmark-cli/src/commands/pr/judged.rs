//! Whether a pull request may land now: the gate's verdict, and whether its code goes together with the target.

use std::collections::BTreeSet;

use touchmark_core::gate::{self, Facts, Gate, Verdicts};
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_core::merge::conflict::Conflicts;
use touchmark_core::refusal::Refusal;
use touchmark_core::replay::Status;

use super::{Subject, landing};
use crate::facts::{self, Place, Receipts};
use crate::forge::{Forge, RECEIPTS};

/// What is known of a pull request's landing.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    /// Each condition of the gate.
    pub(crate) gate: Gate,
    /// Every reason against it, or the evidence for it.
    pub(crate) verdicts: Verdicts,
    /// The tree that the target gets; `None` when there is none, or the target is not known.
    pub(crate) tree: Option<ObjectId>,
    /// Why the code does not land, whatever the gate says.
    pub(crate) blocked: Option<Refusal>,
    /// What does not go together with the target.
    pub(crate) conflicts: Option<Conflicts>,
    /// What the gate was judged by.
    pub(crate) facts: Facts,
    /// People whose approval does not count because they had a hand in the change.
    pub(crate) took_part: BTreeSet<String>,
}

/// Judges the latest revision, with the target at `tip` where that is known.
///
/// # Errors
///
/// When the code cannot be read: nothing can be said of it then.
pub(crate) fn judge(
    forge: &Forge,
    subject: &Subject,
    tip: Option<ObjectId>,
) -> anyhow::Result<Judged> {
    let state = subject.state()?;
    let policy = forge.policy();
    let revision = subject.revision(None)?;
    let check_log = forge.tip(&LogName::Check(revision.head))?;
    let receipts = forge.repo.read_ref(RECEIPTS)?;
    let place = Place {
        repo: &forge.repo,
        policies: &forge.policies,
        receipts: Receipts::new(&forge.repo, receipts),
    };
    let facts = facts::gather(&place, &subject.outcome, state, tip, check_log)?;
    let gate = gate::examine(&subject.outcome, policy, &facts);
    let mut verdicts = gate.verdicts();
    let (mut tree, mut blocked, mut conflicts) = (None, None, None);
    if let (Status::Open, Some(tip)) = (state.status, tip) {
        match landing::tree(forge, subject, tip)? {
            Ok(merged) => tree = Some(merged),
            Err(stuck) => {
                conflicts = stuck.conflicts;
                let mut reasons = match verdicts {
                    Verdicts::Open { .. } => Vec::new(),
                    Verdicts::Shut(reasons) => reasons,
                };
                reasons.push(stuck.refusal.clone());
                blocked = Some(stuck.refusal);
                verdicts = Verdicts::Shut(reasons);
            }
        }
    }
    let took_part = state
        .verdicts
        .keys()
        .filter(|person| gate::took_part(state, policy, &facts, person))
        .cloned()
        .collect();
    Ok(Judged {
        gate,
        verdicts,
        tree,
        blocked,
        conflicts,
        facts,
        took_part,
    })
}
