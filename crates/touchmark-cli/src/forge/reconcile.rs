//! Unpublished events that meet a newer tip: one's own are made again on it, others' are joined to it.

use std::collections::BTreeSet;

use anyhow::Context as _;
use touchmark_core::decide;
use touchmark_core::event::{self, Event, Verify};
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_core::object::Objects;
use touchmark_core::replay::Outcome;
use touchmark_git::{Budget, RefEdit};

use super::publish::clear_outbox;
use super::write::heads_edit;
use super::{Forge, IdMap, outbox_name};
use crate::next_steps::about;

/// What bringing the outbox up to date did.
#[derive(Debug, Default)]
pub(super) struct Reconciled {
    /// Events that were made again: old id to new one.
    pub(super) renamed: IdMap,
    /// Whether others' events were joined.
    pub(super) joined: bool,
}

impl Reconciled {
    /// Adds what a later step did.
    pub(super) fn then(&mut self, later: Self) {
        for id in self.renamed.values_mut() {
            if let Some(newer) = later.renamed.get(id) {
                *id = *newer;
            }
        }
        let known: BTreeSet<ObjectId> = self.renamed.values().copied().collect();
        let fresh = later
            .renamed
            .into_iter()
            .filter(|(_, new)| !known.contains(new));
        self.renamed.extend(fresh);
        self.joined |= later.joined;
    }
}

/// Events that the server does not have.
pub(super) struct Unpublished {
    /// Their ids, oldest first, along first parents.
    pub(super) events: Vec<ObjectId>,
    /// What the outbox's tip reaches; only what is new if the outbox is ahead of the server.
    pub(super) objects: Objects,
    /// Whether the outbox follows what the server has.
    pub(super) ahead: bool,
}

/// What `tip` has over `published`.
pub(super) fn unpublished(
    forge: &Forge,
    tip: ObjectId,
    published: Option<ObjectId>,
) -> anyhow::Result<Unpublished> {
    let load = |tip, known: &BTreeSet<ObjectId>| {
        forge
            .repo
            .load_log(tip, known, &Budget::default())
            .context("cannot read a log")
    };
    // Usually nobody was faster, and only what is new need be read.
    let ahead = match published {
        Some(published) => forge.repo.is_ancestor(published, tip)?,
        None => false,
    };
    let objects = load(tip, &BTreeSet::from_iter(published.filter(|_| ahead)))?;
    let known = match published {
        Some(published) if !ahead => Some(load(published, &BTreeSet::new())?),
        _ => None,
    };
    let is_known = |id: &ObjectId| {
        Some(*id) == published || known.as_ref().is_some_and(|known| known.contains(id))
    };
    let mut events = Vec::new();
    let mut next = Some(tip);
    while let Some(id) = next.filter(|id| !is_known(id)) {
        events.push(id);
        next = super::write::first_parent(&forge.repo, id)?;
    }
    events.reverse();
    Ok(Unpublished {
        events,
        objects,
        ahead,
    })
}

/// Brings the log's outbox up to date with what the server has.
///
/// # Errors
///
/// An event is refused on the new tip. Then the outbox stays as it is.
pub(super) fn reconcile(forge: &Forge, log: &LogName) -> anyhow::Result<Reconciled> {
    let name = log.to_string();
    let live = forge.repo.read_ref(&name)?;
    let Some(own) = forge.repo.read_ref(&outbox_name(&name))? else {
        return Ok(Reconciled::default());
    };
    let Some(published) = forge.published_tip(log)? else {
        return Ok(Reconciled::default());
    };
    let new = unpublished(forge, own, Some(published))?;
    if new.events.is_empty() {
        clear_outbox(forge, log)?;
        return Ok(Reconciled::default());
    }
    let mut events = Vec::new();
    for id in &new.events {
        events.push(event::decode(&new.objects, id, Verify::Full)?);
    }
    // An event that names a policy which has been replaced meanwhile would be refused: it is made again under the newest.
    let newest = forge.policy_for(log)?;
    // A version of the policy names the one before it, and is the newest itself.
    let is_policy = *log == LogName::Policy;
    if new.ahead && (is_policy || events.iter().all(|event| event.policy == newest)) {
        return Ok(Reconciled::default());
    }
    let mut done = Reconciled::default();
    let me = forge.me()?;
    let all_own = events.iter().all(|event| {
        let owner = forge
            .policy()
            .key(&event.signer)
            .map(|key| key.owner.as_str());
        owner == Some(me.person.as_str()) && event.parents.len() < 2
    });
    if new.ahead && !all_own {
        return Ok(Reconciled::default());
    }
    let base = forge.replay_to(log, published)?;
    let tip = if all_own {
        recreate_all(forge, &new.objects, &events, &base, &mut done.renamed)
    } else {
        done.joined = true;
        join(forge, &events, &base)
    }
    .with_context(|| stuck(log))?;
    replace_outbox(forge, log, own, tip, live)?;
    Ok(done)
}

/// What to say when events cannot be brought up to date.
fn stuck(log: &LogName) -> String {
    let object = log.root().map_or_else(|| log.to_string(), |id| id.short());
    format!(
        "an unpublished event of {object} no longer applies, and stays in the outbox \
         (touchmark sync --discard {object} takes it out)"
    )
}

/// One's own events again, one after the other, on the tip of `base`.
fn recreate_all(
    forge: &Forge,
    objects: &Objects,
    events: &[Event],
    base: &Outcome,
    renamed: &mut IdMap,
) -> anyhow::Result<ObjectId> {
    let mut outcome = base.clone();
    for event in events {
        let next = decide::recreate(&forge.scene()?, &outcome, objects, event, renamed)
            .map_err(|refusal| about(refusal, &base.log))?;
        let id = forge.sign_and_store(&next)?;
        renamed.insert(event.id, id);
        outcome = accept(forge, &outcome, id, false)?;
    }
    Ok(outcome.tip)
}

/// A join that brings in the last of `events`, which others made too.
fn join(forge: &Forge, events: &[Event], base: &Outcome) -> anyhow::Result<ObjectId> {
    let last = events.last().context("there is nothing to join")?;
    let next = decide::join(&forge.scene()?, base, last.id, last.author.seconds)?;
    let id = forge.sign_and_store(&next)?;
    Ok(accept(forge, base, id, true)?.tip)
}

/// The state with `tip`; a refusal when that brings an event that does not count.
///
/// A log of one event is replayed whole, because its second event may need the first.
fn accept(forge: &Forge, before: &Outcome, tip: ObjectId, joins: bool) -> anyhow::Result<Outcome> {
    let linear = !joins && before.events > 1;
    let known = BTreeSet::from_iter(linear.then_some(before.tip));
    let objects = forge.repo.load_log(tip, &known, &Budget::default())?;
    Ok(decide::accept(&forge.scene()?, before, tip, &objects)?)
}

fn replace_outbox(
    forge: &Forge,
    log: &LogName,
    own: ObjectId,
    tip: ObjectId,
    live: Option<ObjectId>,
) -> anyhow::Result<()> {
    let name = log.to_string();
    let message = "touchmark: bring up to date";
    let mut edits = vec![
        RefEdit::update(outbox_name(&name), own, tip, message),
        RefEdit::verify(&name, live),
    ];
    let outcome = forge.replay_to(log, tip)?;
    edits.extend(heads_edit(&forge.repo, &outcome)?);
    Ok(forge.repo.transact(&edits)?)
}
