//! The policy's next version: its files, proposals, endorsements, and what is published before what.

use std::collections::BTreeSet;

use anyhow::Context as _;
use touchmark_core::decide::policy::{self, Draft};
use touchmark_core::decide::{Author, Next};
use touchmark_core::event::{self, Payload, Stance, Verify};
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_core::object::{ObjectType, Objects};
use touchmark_core::replay::Tally;
use touchmark_git::Budget;

use super::Forge;
use super::publish::Patience;
use super::reconcile::unpublished;
use super::templates;
use crate::errors::Failure;
use crate::signers_file;

/// How often a write is decided again when another process of the same person got in between.
const ATTEMPTS: usize = 20;

/// Endorsements: commits by id, with their content.
pub(crate) type Endorsements = Vec<(ObjectId, Vec<u8>)>;

impl Forge {
    /// The objects of a log.
    pub(crate) fn objects(&self, log: &LogName) -> anyhow::Result<Objects> {
        let tip = self
            .tip(log)?
            .with_context(|| format!("there is no {log} here"))?;
        self.repo
            .load_log(tip, &BTreeSet::new(), &Budget::default())
            .with_context(|| format!("cannot read {log}"))
    }

    /// The files of a version of the policy.
    pub(crate) fn draft_of(&self, version: ObjectId) -> anyhow::Result<Draft> {
        let objects = self.objects(&LogName::Policy)?;
        let event = event::decode(&objects, &version, Verify::Trusted)?;
        Draft::read(&objects, event.tree).context("the policy's files cannot be read")
    }

    /// The files of the newest version.
    pub(crate) fn draft(&self) -> anyhow::Result<Draft> {
        let (newest, _) = self
            .policies
            .latest()
            .context("the policy does not count")?;
        self.draft_of(newest)
    }

    /// Opens a proposal, in the outbox.
    pub(crate) fn propose(
        &self,
        draft: &Draft,
        title: &str,
        body: Option<String>,
    ) -> anyhow::Result<LogName> {
        let mut objects = self.objects(&LogName::Policy)?;
        templates::load(self, draft.templates, &mut objects)?;
        let next = policy::propose(&self.scene()?, &objects, draft, title.to_owned(), body)?;
        let id = self.sign_and_store(&next)?;
        let log = LogName::Proposal(id);
        anyhow::ensure!(self.move_outbox(&log, id)?, "{log} exists already");
        Ok(log)
    }

    /// Writes one's word on a proposal into its log, in the outbox.
    pub(crate) fn endorse(
        &self,
        log: &LogName,
        stance: Stance,
        body: Option<&String>,
    ) -> anyhow::Result<ObjectId> {
        self.append(log, |objects| {
            let outcome = self.load(log)?;
            let body = body.cloned();
            Ok(policy::endorse(
                &self.scene()?,
                &outcome,
                objects,
                stance,
                body,
            )?)
        })
    }

    /// One's endorsement of a draft, in no log: the commit's id and content.
    pub(crate) fn endorse_apart(
        &self,
        draft: &Draft,
        author: &Author,
        sign: impl FnOnce(&Next) -> anyhow::Result<ObjectId>,
        body: Option<String>,
    ) -> anyhow::Result<(ObjectId, Vec<u8>)> {
        let scene = touchmark_core::decide::Scene {
            hash: self.repo.hash_kind(),
            policies: &self.policies,
            author,
            now: self.now(),
        };
        let id = sign(&policy::endorse_apart(&scene, draft, body)?)?;
        let commit = self.repo.read(id, Budget::default().max_commit_bytes)?;
        match commit {
            Some((ObjectType::Commit, content)) => Ok((id, content)),
            _ => anyhow::bail!("the endorsement that was just written is gone"),
        }
    }

    /// How far these endorsements of a draft go.
    pub(crate) fn tally(&self, draft: &Draft, given: &Endorsements) -> anyhow::Result<Tally> {
        let hash = self.repo.hash_kind();
        Ok(policy::tally(&self.policies, hash, draft, given)?)
    }

    /// Records the next version of the policy, in the outbox, and tells stock git of its keys.
    pub(crate) fn record_version(
        &self,
        draft: &Draft,
        endorsements: &Endorsements,
        proposal: Option<ObjectId>,
        body: Option<&String>,
    ) -> anyhow::Result<ObjectId> {
        let id = self.append(&LogName::Policy, |objects| {
            let outcome = self.load(&LogName::Policy)?;
            let (words, body) = (endorsements.clone(), body.cloned());
            let scene = self.scene()?;
            let mut objects = objects.clone();
            templates::load(self, draft.templates, &mut objects)?;
            Ok(policy::version(
                &scene, &outcome, &objects, draft, words, proposal, body,
            )?)
        })?;
        signers_file::refresh(&self.repo, id)?;
        Ok(id)
    }

    /// Signs what `make` decides on a log's objects and appends it to the outbox.
    fn append(
        &self,
        log: &LogName,
        make: impl Fn(&Objects) -> anyhow::Result<Next>,
    ) -> anyhow::Result<ObjectId> {
        let mut patience = Patience::default();
        for _ in 0..ATTEMPTS {
            let id = self.sign_and_store(&make(&self.objects(log)?)?)?;
            match self.move_outbox(log, id) {
                Ok(true) => return Ok(id),
                Ok(false) => {}
                Err(err) if patience.with(&err) => {}
                Err(err) => return Err(err),
            }
        }
        Err(
            Failure::new(format!("{log} keeps being changed by another process"))
                .hint("try again when it has ended")
                .into(),
        )
    }

    /// The policy that a log's new events name: a proposal's are of the version that the server has,
    /// because the next one embeds them.
    pub(super) fn policy_for(&self, log: &LogName) -> anyhow::Result<Option<ObjectId>> {
        let newest = self.policies.latest().map(|(id, _)| id);
        Ok(match log {
            LogName::Proposal(_) => self.published_tip(&LogName::Policy)?.or(newest),
            _ => newest,
        })
    }

    /// Whether a log is a proposal all of which is about versions that the server has.
    pub(super) fn builds_on_published(&self, log: &LogName) -> anyhow::Result<bool> {
        let (LogName::Proposal(_), Some(published)) = (log, self.published_tip(&LogName::Policy)?)
        else {
            return Ok(false);
        };
        let named = self.summary(log)?.tip_facts.and_then(|facts| facts.policy);
        let position = |id: ObjectId| self.policies.position(&id);
        Ok(named.and_then(position) <= position(published))
    }

    /// Publishes the proposals that unpublished versions come from: on a server that has those, they would be too late.
    pub(super) fn publish_proposals(&self) -> anyhow::Result<()> {
        let name = super::outbox_name(&LogName::Policy.to_string());
        let Some(tip) = self.repo.read_ref(&name)? else {
            return Ok(());
        };
        let new = unpublished(self, tip, self.published_tip(&LogName::Policy)?)?;
        let waiting = self.outbox()?;
        for id in &new.events {
            let event = event::decode(&new.objects, id, Verify::Trusted)?;
            let Payload::Policy(version) = &event.payload else {
                continue;
            };
            let proposal = version.proposal.map(LogName::Proposal);
            if let Some(log) = proposal.filter(|log| waiting.contains(log))
                && self.builds_on_published(&log)?
            {
                self.publish_in_detail(&log)?;
            }
        }
        Ok(())
    }
}
