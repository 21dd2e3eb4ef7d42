//! Offline work that meets others': one's own events are made again on the new tip, others' are joined.

use std::collections::BTreeMap;

use super::{Next, Scene, check_command};
use crate::event::{self, Event, Payload, Rule, Unsigned, Verify, payload};
use crate::id::ObjectId;
use crate::log::LogName;
use crate::object::Objects;
use crate::refusal::Refusal;
use crate::replay::{Outcome, State, Trust, check_next, replay, resume};

/// How far ahead of the judge's clock a new event may be.
const TOLERANCE_SECONDS: i64 = 600;

/// Whether the new tip goes on from the old one along first parents, under the newest policy.
///
/// What is accepted now must not rewind the log, and must not be judged by a policy that somebody has left behind.
fn expect_follows(
    scene: &Scene<'_>,
    before: &Outcome,
    after: &Outcome,
    objects: &Objects,
) -> Result<(), Refusal> {
    let newest = scene.policy()?.0;
    let mut next = Some(after.tip);
    while let Some(id) = next.filter(|id| *id != before.tip) {
        let event = event::decode(objects, &id, Verify::Trusted)?;
        expect_current(scene, &event, newest)?;
        next = event.parents.first().copied();
    }
    if next.is_none() {
        let reason = "the new tip does not go on from the old one";
        return Err(Refusal::new(Rule::LogParents, reason).with_fix("touchmark sync"));
    }
    Ok(())
}

/// What every new event of the chain must keep, the first as well as the last.
fn expect_current(scene: &Scene<'_>, event: &Event, newest: ObjectId) -> Result<(), Refusal> {
    if matches!(event.payload, Payload::Merge(_)) {
        let reason = "a merge is decided by the gate, together with its branch";
        return Err(
            Refusal::new(Rule::ApprovalsMissing, reason).with_fix("touchmark pr merge OBJECT")
        );
    }
    if event.author.seconds > scene.now.saturating_add(TOLERANCE_SECONDS) {
        let reason = "a new event is dated ahead of the clock here, and all that follow would be";
        return Err(Refusal::new(Rule::TimeFuture, reason).with_fix("set the clock that is wrong"));
    }
    if event.policy != Some(newest) {
        let reason = "a new event names an older policy than the newest";
        return Err(Refusal::new(Rule::PolicyOlder, reason).with_fix("touchmark sync"));
    }
    Ok(())
}

/// The event `event` again as the next one of the log that stands as `outcome` says.
///
/// `map` says what became of events that were made again before: ids that it names are replaced.
/// A revision gets the next free number. `objects` holds the event's tree.
///
/// # Errors
///
/// The rule that the event would break on the new tip, such as a comment on what has been retracted.
pub fn recreate(
    scene: &Scene<'_>,
    outcome: &Outcome,
    objects: &Objects,
    event: &Event,
    map: &BTreeMap<ObjectId, ObjectId>,
) -> Result<Next, Refusal> {
    if matches!(event.payload, Payload::Merge(_)) {
        let reason = "a merge is a decision of its moment and is not made again";
        return Err(Refusal::new(Rule::RevisionStale, reason).with_fix("touchmark pr merge OBJECT"));
    }
    if outcome.log == LogName::Policy {
        let reason = "the policy has changed meanwhile, and a version is of the one before it";
        let fix = "touchmark sync --discard policy, then make the change again";
        return Err(Refusal::new(Rule::PolicyVersion, reason).with_fix(fix));
    }
    let (policy, _) = scene.policy()?;
    let mut payload = event.payload.clone();
    payload.map_ids(&mut |id| map.get(&id).copied().unwrap_or(id));
    if let (Payload::Revision(revision), Some(State::Pr(state))) = (&mut payload, &outcome.state) {
        let last = state.latest().map_or(0, |latest| latest.number);
        revision.revision = last.saturating_add(1);
    }
    let user_subject = event.payload.kind().spec().user_subject;
    let newest = outcome.tip_facts.map(|facts| facts.seconds);
    let mut author = scene.actor(newest);
    // When it was written is worth keeping where the new tip allows it.
    author.seconds = newest.map_or(event.author.seconds, |tip| tip.max(event.author.seconds));
    let unsigned = Unsigned {
        tree: event.tree,
        parents: vec![outcome.tip],
        author,
        subject: user_subject.then(|| event.subject.clone()),
        body: event.body.clone(),
        repo: None,
        policy: Some(policy),
        payload,
    };
    let (payload, again) = scene.prepare(&unsigned, objects)?;
    check_next(scene.policies, outcome, &again)?;
    match check_command(scene.policy()?.1, outcome, &again) {
        // What others have done meanwhile is no reason to keep one's own event back.
        Err(refusal) if refusal.rule != Rule::NothingToDo => return Err(refusal),
        _ => {}
    }
    Ok(Next {
        payload,
        objects: Vec::new(),
    })
}

/// The event that brings in others' events, the last of which is `second`.
///
/// # Errors
///
/// The rule that forbids it. Whether the joined events themselves are accepted is known only with the join signed:
/// see [`accept`].
pub fn join(
    scene: &Scene<'_>,
    outcome: &Outcome,
    second: ObjectId,
    second_seconds: i64,
) -> Result<Next, Refusal> {
    let (policy, _) = scene.policy()?;
    let newest = outcome
        .tip_facts
        .map_or(second_seconds, |facts| facts.seconds.max(second_seconds));
    let unsigned = Unsigned {
        tree: scene.hash.empty_tree(),
        parents: vec![outcome.tip, second],
        author: scene.actor(Some(newest)),
        subject: None,
        body: None,
        repo: None,
        policy: Some(policy),
        payload: Payload::Join(payload::Join {}),
    };
    let (payload, event) = scene.prepare(&unsigned, &Objects::new(scene.hash))?;
    check_next(scene.policies, outcome, &event)?;
    Ok(Next {
        payload,
        objects: Vec::new(),
    })
}

/// Replays the log that stands as `before` says up to its new tip, and refuses it if that brings an event that counts for nothing.
///
/// Where the new part is a plain chain, `objects` need only hold that; for a join they hold the whole log.
///
/// # Errors
///
/// The refusal of the first event that `before` did not have among its rejected ones.
pub fn accept(
    scene: &Scene<'_>,
    before: &Outcome,
    tip: ObjectId,
    objects: &Objects,
) -> Result<Outcome, Refusal> {
    let outcome = resume(scene.policies, before.clone(), tip, objects, Trust::Nothing)
        .unwrap_or_else(|| replay(scene.policies, &before.log, tip, objects, Trust::Nothing));
    let known = |event: ObjectId| before.rejected.iter().any(|old| old.event == event);
    match outcome.rejected.iter().find(|new| !known(new.event)) {
        None => {
            expect_follows(scene, before, &outcome, objects)?;
            Ok(outcome)
        }
        Some(new) => Err(new.refusal.clone()),
    }
}
