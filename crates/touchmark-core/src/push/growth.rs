//! Logs: what a push adds to one, event by event.

use std::collections::BTreeSet;

use super::Scene;
use crate::decide::check_command;
use crate::event::{self, Event, Payload, Rule, Verify};
use crate::id::ObjectId;
use crate::log::LogName;
use crate::object::Objects;
use crate::policy::Action;
use crate::refusal::Refusal;
use crate::replay::{Outcome, State, Trust, replay, resume};

/// How far ahead of the judge's clock a new event may be, in seconds.
pub const TOLERANCE_SECONDS: i64 = 600;

/// What a push adds to a log, every event of it accepted.
#[derive(Debug, Clone)]
pub struct Growth {
    /// The log after the push.
    pub outcome: Outcome,
    /// The new events of the chain, oldest first.
    pub events: Vec<Event>,
    /// How many events are new, those that joins bring included.
    pub count: u64,
    /// Whether the log is new.
    pub opened: bool,
    /// The event that merges the pull request, if it is among them.
    pub merge: Option<Merging>,
    /// Revisions that are new.
    pub revisions: BTreeSet<u32>,
}

/// An event that merges, and what it was decided on.
#[derive(Debug, Clone)]
pub struct Merging {
    /// The event.
    pub event: Event,
    /// The pull request right before it.
    pub before: Outcome,
}

/// Judges what a push adds to the log `name`, whose tip moves from where `before` stands to `tip`.
///
/// Where [`is_plain`] says so, `objects` need only hold what is new; else they hold the whole log.
///
/// # Errors
///
/// The refusal of the first event that may not happen, or rule `ref-rewind`.
pub fn grow(
    scene: &Scene<'_>,
    name: &LogName,
    before: Option<&Outcome>,
    tip: ObjectId,
    objects: &Objects,
) -> Result<Growth, Refusal> {
    let old_revisions = before.map(revisions).unwrap_or_default();
    let (mut events, mut merge) = (Vec::new(), None);
    let mut now = before.cloned();
    for id in chain(name, before, tip, objects)? {
        let event = event::decode(objects, &id, Verify::Trusted)?;
        let next = step(scene, name, now.as_ref(), id, objects)?;
        check_event(scene, name, now.as_ref(), &next, &event)?;
        if let (Payload::Merge(_), Some(before)) = (&event.payload, &now) {
            merge = Some(Merging {
                event: event.clone(),
                before: before.clone(),
            });
        }
        events.push(event);
        now = Some(next);
    }
    let Some(outcome) = now.filter(|_| !events.is_empty()) else {
        let reason = format!("{name} would not move");
        return Err(Refusal::new(Rule::RefRewind, reason));
    };
    Ok(Growth {
        count: outcome.events - before.map_or(0, |before| before.events),
        opened: before.is_none(),
        revisions: revisions(&outcome)
            .difference(&old_revisions)
            .copied()
            .collect(),
        outcome,
        events,
        merge,
    })
}

/// Whether the new part of a log is a plain chain of events, so that nothing older is needed to judge it.
///
/// `objects` hold what the old tip does not reach.
pub fn is_plain(before: &Outcome, tip: ObjectId, objects: &Objects) -> bool {
    // The second event of a log may need the first.
    if before.events < 2 {
        return false;
    }
    let mut next = tip;
    while next != before.tip {
        let Ok(event) = event::decode(objects, &next, Verify::Trusted) else {
            return true; // What cannot be read is refused without looking further back.
        };
        match event.parents.as_slice() {
            [parent] => next = *parent,
            _ => return false,
        }
    }
    true
}

fn revisions(outcome: &Outcome) -> BTreeSet<u32> {
    match &outcome.state {
        Some(State::Pr(state)) => state.revisions.iter().map(|one| one.number).collect(),
        _ => BTreeSet::new(),
    }
}

/// The new events of the chain, oldest first: rule `ref-rewind`.
fn chain(
    name: &LogName,
    before: Option<&Outcome>,
    tip: ObjectId,
    objects: &Objects,
) -> Result<Vec<ObjectId>, Refusal> {
    let stop = before.map(|before| before.tip);
    let mut chain = Vec::new();
    let mut next = Some(tip);
    while next != stop {
        let Some(id) = next else {
            let reason = format!("the new tip of {name} does not go on from the old one");
            return Err(Refusal::new(Rule::RefRewind, reason).with_evidence(tip));
        };
        let Some(parents) = crate::log::parents(objects, &id) else {
            // The old tip is a stop for whoever loads, so what lies beyond a rewind is not here.
            let reason = format!("{id} in {name} cannot be read as a commit");
            return Err(Refusal::new(Rule::ObjectMissing, reason).with_evidence(id));
        };
        chain.push(id);
        next = parents.first().copied();
    }
    chain.reverse();
    Ok(chain)
}

/// The log up to `tip`, none of whose new events is rejected.
fn step(
    scene: &Scene<'_>,
    name: &LogName,
    before: Option<&Outcome>,
    tip: ObjectId,
    objects: &Objects,
) -> Result<Outcome, Refusal> {
    let resumed = before
        .and_then(|before| resume(scene.policies, before.clone(), tip, objects, Trust::Nothing));
    let outcome =
        resumed.unwrap_or_else(|| replay(scene.policies, name, tip, objects, Trust::Nothing));
    let known = |event: ObjectId| {
        before.is_some_and(|before| before.rejected.iter().any(|old| old.event == event))
    };
    match outcome.rejected.iter().find(|new| !known(new.event)) {
        Some(new) => Err(new.refusal.clone()),
        None if outcome.state.is_none() => {
            let reason = format!("{name} would have no first event that counts");
            Err(Refusal::new(Rule::RecordError, reason))
        }
        None => Ok(outcome),
    }
}

/// What a server asks of a new event beyond what every replay does.
fn check_event(
    scene: &Scene<'_>,
    name: &LogName,
    before: Option<&Outcome>,
    after: &Outcome,
    event: &Event,
) -> Result<(), Refusal> {
    let (newest, policy) = scene.policy()?;
    let cited = |refusal: Refusal| refusal.with_evidence(event.id);
    if event.author.seconds > scene.now.saturating_add(TOLERANCE_SECONDS) {
        let reason = "a new event is dated ahead of the clock here, and all that follow would be";
        return Err(cited(Refusal::new(Rule::TimeFuture, reason)));
    }
    if event.policy != Some(newest) {
        let reason = "a new event names an older policy than the newest";
        return Err(cited(
            Refusal::new(Rule::PolicyOlder, reason).with_fix("touchmark sync"),
        ));
    }
    if let Some(before) = before {
        match check_command(policy, before, event) {
            // Two people may have had the same idea.
            Err(refusal) if refusal.rule != Rule::NothingToDo => return Err(cited(refusal)),
            _ => {}
        }
    }
    if matches!(name, LogName::Guest(..)) {
        return Ok(());
    }
    let signer = policy.key(&event.signer).map(|key| key.owner.as_str());
    let Some(signer) = signer else {
        return Ok(()); // The replay has refused it.
    };
    match (&event.payload, &after.state) {
        (Payload::Check(check), _) => policy
            .can(signer, Action::Report(check.check.as_str()))
            .require()
            .map_err(cited),
        (Payload::Override(_), Some(State::Pr(state))) => policy
            .can(signer, Action::Override(&state.target))
            .require()
            .map_err(cited),
        _ => Ok(()),
    }
}
