//! Whether a pull request may land now: the gate's verdict, and whether its code goes together with the target.

use std::collections::BTreeSet;

use touchmark_core::gate::{self, Facts, Verdicts};
use touchmark_core::id::ObjectId;
use touchmark_core::replay::Status;

use super::{Subject, landing, taking_part};
use crate::forge::Forge;

/// What is known of a pull request's landing.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    /// Every reason against it, or the evidence for it.
    pub(crate) verdicts: Verdicts,
    /// The tree that the target gets; `None` when there is none, or the target is not known.
    pub(crate) tree: Option<ObjectId>,
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
    let mut facts = taking_part::facts(&forge.repo, policy, revision)?;
    facts.merge_base = match tip {
        Some(tip) => forge.repo.merge_base(tip, revision.head)?,
        None => None,
    };
    let mut verdicts = gate::judge(&subject.outcome, policy, &facts);
    let mut tree = None;
    if let (Status::Open, Some(tip)) = (state.status, tip) {
        match landing::tree(forge, subject, tip)? {
            Ok(merged) => tree = Some(merged),
            Err(refusal) => {
                let mut reasons = match verdicts {
                    Verdicts::Open { .. } => Vec::new(),
                    Verdicts::Shut(reasons) => reasons,
                };
                reasons.push(refusal);
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
        verdicts,
        tree,
        facts,
        took_part,
    })
}
