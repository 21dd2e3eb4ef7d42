//! Logs in a repository, replayed from where the cache of verified tips ends: for commands and for hooks alike.

use std::collections::BTreeSet;

use anyhow::Context as _;
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_core::object::Objects;
use touchmark_core::policy::PolicyChain;
use touchmark_core::replay::{self, Outcome, Trust};
use touchmark_git::trace::{self, Step};
use touchmark_git::{Budget, Repository};

use super::cache::{self, Extent};

/// A repository and the policy that its logs are judged by.
#[derive(Clone, Copy)]
pub(crate) struct Records<'a> {
    /// The repository.
    pub(crate) repo: &'a Repository,
    /// The policy's versions.
    pub(crate) policies: &'a PolicyChain,
}

impl Records<'_> {
    /// The state of a log at `tip`; not for the policy's own.
    pub(crate) fn replay_to(&self, log: &LogName, tip: ObjectId) -> anyhow::Result<Outcome> {
        let begun = trace::begin();
        if let Some(outcome) = cache::continue_from(self, log, tip, Extent::Whole) {
            begun.end(|| step(&outcome, true));
            return Ok(outcome);
        }
        let objects = load_whole(self.repo, log, tip)?;
        let outcome = replay::replay(self.policies, log, tip, &objects, Trust::Nothing);
        begun.end(|| step(&outcome, false));
        cache::store(self, &outcome);
        Ok(outcome)
    }

    /// As [`Records::replay_to`], but leaves no checkpoint where there was none: for whoever looks at ten thousand logs once.
    pub(crate) fn glance(&self, log: &LogName, tip: ObjectId) -> anyhow::Result<Outcome> {
        if let Some(outcome) = cache::continue_from(self, log, tip, Extent::Whole) {
            return Ok(outcome);
        }
        let objects = load_whole(self.repo, log, tip)?;
        Ok(replay::replay(
            self.policies,
            log,
            tip,
            &objects,
            Trust::Nothing,
        ))
    }

    /// As [`Records::replay_to`], but the comments may be left out.
    pub(crate) fn summary_at(&self, log: &LogName, tip: ObjectId) -> anyhow::Result<Outcome> {
        let begun = trace::begin();
        match cache::continue_from(self, log, tip, Extent::WithoutComments) {
            Some(outcome) => {
                begun.end(|| step(&outcome, true));
                Ok(outcome)
            }
            None => self.replay_to(log, tip),
        }
    }

    /// As [`Records::summary_at`], but keeps nothing: for a look at many logs that nobody may look at again.
    pub(crate) fn look_at(&self, log: &LogName, tip: ObjectId) -> anyhow::Result<Outcome> {
        if let Some(outcome) = cache::known(self, log, tip) {
            return Ok(outcome);
        }
        let objects = load_whole(self.repo, log, tip)?;
        Ok(replay::replay(
            self.policies,
            log,
            tip,
            &objects,
            Trust::Nothing,
        ))
    }
}

/// A replay, for whoever wants to know what was done.
fn step(outcome: &Outcome, resumed: bool) -> Step<'static> {
    Step::Replay {
        log: outcome.log.to_string(),
        events: outcome.events,
        rejected: outcome.rejected.len(),
        resumed,
    }
}

/// Everything that a replay of a log needs. Receipts and folds hold trees as large as the repository, of which a replay
/// looks at the root alone.
pub(crate) fn load_whole(
    repo: &Repository,
    log: &LogName,
    tip: ObjectId,
) -> anyhow::Result<Objects> {
    let budget = Budget::default();
    let loaded = match log {
        LogName::Receipts | LogName::Archive => repo.load_receipts(tip, &budget),
        _ => repo.load_log(tip, &BTreeSet::new(), &budget),
    };
    loaded.with_context(|| format!("cannot read {log}"))
}
