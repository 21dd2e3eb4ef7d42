//! The proposal that a command is about.

use touchmark_core::decide::policy::{self, Draft};
use touchmark_core::event::LogType;
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_core::object::Objects;
use touchmark_core::replay::{Outcome, ProposalState, Tally};

use crate::forge::{Endorsements, Forge};

/// A proposal, replayed.
pub(crate) struct Proposal {
    /// Its log.
    pub(crate) log: LogName,
    /// Its id.
    pub(crate) id: ObjectId,
    outcome: Outcome,
    objects: Objects,
}

impl Proposal {
    /// The proposal whose id starts with `prefix`.
    pub(crate) fn find(forge: &Forge, prefix: &str) -> anyhow::Result<Self> {
        Self::load(forge, forge.resolve(LogType::Proposal, prefix)?)
    }

    /// The proposal of this log.
    pub(crate) fn load(forge: &Forge, log: LogName) -> anyhow::Result<Self> {
        let outcome = forge.load(&log)?;
        let objects = forge.objects(&log)?;
        let id = log.root().unwrap_or(outcome.tip);
        Ok(Self {
            log,
            id,
            outcome,
            objects,
        })
    }

    /// What its log means.
    pub(crate) fn state(&self) -> anyhow::Result<&ProposalState> {
        Ok(policy::proposal(&self.outcome)?)
    }

    /// The proposed files.
    pub(crate) fn draft(&self) -> anyhow::Result<Draft> {
        Ok(policy::proposed(self.state()?, &self.objects)?)
    }

    /// The endorsements that stand.
    pub(crate) fn given(&self) -> anyhow::Result<Endorsements> {
        Ok(policy::given(&self.outcome, &self.objects)?)
    }

    /// How far they go; an error when it builds on another version than the newest.
    pub(crate) fn tally(&self, forge: &Forge) -> anyhow::Result<Tally> {
        policy::expect_on_newest(&forge.policies, self.state()?)?;
        forge.tally(&self.draft()?, &self.given()?)
    }
}
