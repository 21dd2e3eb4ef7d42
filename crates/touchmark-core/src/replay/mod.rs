//! Replay: what a log's events mean, one after the other.
//!
//! `Replay` folds events into a [`State`]. Each event is judged (`judge`, and the rules beside each type of object)
//! and then either applied, which cannot fail, or kept as a [`Rejected`] value. Nothing is looked up inside the fold.

mod archive;
#[cfg(test)]
mod attacks;
mod check;
mod comments;
mod delivery;
mod device_keys;
mod document;
mod endorsements;
mod import;
mod issue;
mod judge;
#[cfg(test)]
mod laws;
mod object;
mod policy;
mod pr;
mod proposal;
mod queue;
mod receipt;
mod run;
mod snapshot;
mod state;

use std::collections::{BTreeMap, BTreeSet};

pub use comments::{Comment, CommentAnchor, Comments};
pub use document::{canonical_json, log_document, repository_document};
pub use endorsements::{Share, Tally, tree_without_endorsements};
pub(crate) use endorsements::{fits, read_one};
pub use import::FOR;
pub use judge::Signer;
pub use object::expect_open;
pub use policy::replay_policy;
pub(crate) use policy::{check_first_policy, check_next_version};
pub use state::*;

use crate::event::{self, Event, Rule, Verify, payload};
use crate::id::ObjectId;
use crate::log::{LogName, Order, Placed, order};
use crate::object::Objects;
use crate::policy::PolicyChain;
use crate::refusal::Refusal;
use crate::sign::DecodedKeys;

/// An event that counts for nothing, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The event.
    pub event: ObjectId,
    /// Why.
    pub refusal: Refusal,
}

/// What a log means, up to its tip.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The log.
    pub log: LogName,
    /// Its last event.
    pub tip: ObjectId,
    /// How many events were placed in replay order.
    pub events: u64,
    /// The events that count for nothing, in replay order.
    pub rejected: Vec<Rejected>,
    /// What the others amount to; `None` when the log has no accepted first event.
    pub state: Option<State>,
    /// The policy that the tip names and its time: what the next event may not be older than.
    pub tip_facts: Option<Facts>,
}

impl Outcome {
    /// Whether every event counts. A gate on an object with a rejected event is an error, never open.
    pub fn is_sound(&self) -> bool {
        self.rejected.is_empty() && self.state.is_some()
    }
}

impl Outcome {
    /// The same without what was said: small however long the log is, and enough to judge every event that names no comment.
    ///
    /// An event that names one is refused on it, and so is a merge: it fails closed.
    #[must_use]
    pub fn without_comments(mut self) -> Self {
        match &mut self.state {
            Some(State::Pr(state)) => state.comments = Comments::left_out(),
            Some(State::Issue(state)) => state.comments = Comments::left_out(),
            Some(State::Proposal(state)) => state.comments = Comments::left_out(),
            _ => {}
        }
        self
    }

    /// Whether comments were left out.
    pub fn is_complete(&self) -> bool {
        let comments = self.state.as_ref().and_then(State::comments);
        comments.is_none_or(Comments::is_complete)
    }
}

/// What a later event may not be older than.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// The policy that the event names.
    pub policy: Option<ObjectId>,
    /// The committer's time in seconds since 1970.
    pub seconds: i64,
}

impl Facts {
    fn of(event: &Event) -> Self {
        Self {
            policy: event.policy,
            seconds: event.author.seconds,
        }
    }
}

/// Which events need no signature check, because a driver's cache says that it was done.
#[derive(Debug, Clone, Copy)]
pub enum Trust<'a> {
    /// None: check all.
    Nothing,
    /// These.
    Events(&'a BTreeSet<ObjectId>),
    /// All of them.
    Everything,
}

impl Trust<'_> {
    fn verify(self, id: &ObjectId) -> Verify {
        match self {
            Self::Nothing => Verify::Full,
            Self::Events(known) if !known.contains(id) => Verify::Full,
            Self::Events(_) | Self::Everything => Verify::Trusted,
        }
    }
}

/// Replays the log `name` whose last event is `tip`, under the given policy.
///
/// For the policy's own log use [`replay_policy`].
pub fn replay(
    policies: &PolicyChain,
    name: &LogName,
    tip: ObjectId,
    objects: &Objects,
    trust: Trust<'_>,
) -> Outcome {
    let mut replay = Replay::new(policies, name.clone(), tip);
    match order(objects, name, tip, None) {
        Order::Complete(placed) => {
            for event in placed {
                replay.take(objects, event, trust);
            }
        }
        Order::Unreadable(id) => replay.unreadable(id),
    }
    replay.outcome
}

/// Continues the replay that ended in `outcome` up to the later tip `tip`; `objects` need only hold what is new.
///
/// `None` when that cannot be done from what is known: the new part has a join, or does not lead back to the old tip.
/// Then [`replay`] the whole log.
pub fn resume(
    policies: &PolicyChain,
    outcome: Outcome,
    tip: ObjectId,
    objects: &Objects,
    trust: Trust<'_>,
) -> Option<Outcome> {
    let old = outcome.tip;
    let Order::Complete(placed) = order(objects, &outcome.log, tip, Some(old)) else {
        return None;
    };
    let linear = |event: &Placed| {
        event.id == event.chain
            && crate::log::parents(objects, &event.id).is_some_and(|parents| parents.len() == 1)
    };
    // The second event of a log may need the first one, to see what it restarts from.
    if !placed.iter().all(linear) || outcome.state.is_none() || outcome.events < 2 {
        return None;
    }
    let mut replay = Replay {
        policies,
        facts: outcome
            .tip_facts
            .map(|facts| (old, facts))
            .into_iter()
            .collect(),
        snapshot: None,
        join: None,
        keys: DecodedKeys::default(),
        outcome,
    };
    replay.outcome.tip = tip;
    for event in placed {
        replay.take(objects, event, trust);
    }
    Some(replay.outcome)
}

/// Judges an event that is to follow a log's tip, as a replay would.
pub(crate) fn check_next(
    policies: &PolicyChain,
    outcome: &Outcome,
    event: &Event,
) -> Result<(), Refusal> {
    let Some(state) = &outcome.state else {
        let reason = "the log has no accepted first event: nothing can follow it";
        return Err(Refusal::new(Rule::RecordError, reason));
    };
    let facts = outcome
        .tip_facts
        .map(|facts| (outcome.tip, facts))
        .into_iter()
        .collect();
    let position = judge::Position {
        first: false,
        foreign: false,
        object: Some(state.log_type()),
        in_force: event.policy,
        facts: &facts,
    };
    let signer = judge::place(policies, &outcome.log, event, &position)?;
    state.check(event, &signer)?;
    // Whoever erases writes the reason right after the snapshot: nothing else can be the second event there.
    snapshot::check_redact(event, None)
}

/// Judges an event that is to start the log `name`, as a replay would.
pub(crate) fn check_first(
    policies: &PolicyChain,
    name: &LogName,
    event: &Event,
) -> Result<(), Refusal> {
    let position = judge::Position {
        first: true,
        foreign: false,
        object: None,
        in_force: event.policy,
        facts: &BTreeMap::new(),
    };
    let signer = judge::place(policies, name, event, &position)?;
    State::start(event, &signer).map(|_| ())
}

struct Replay<'a> {
    policies: &'a PolicyChain,
    /// Facts of the well-formed events so far, which later events are compared with.
    facts: BTreeMap<ObjectId, Facts>,
    /// What the log restarts from, if its first event is a snapshot.
    snapshot: Option<payload::Snapshot>,
    /// The last join of the chain that brought something, and whether it stands.
    join: Option<(ObjectId, bool)>,
    keys: DecodedKeys,
    outcome: Outcome,
}

impl<'a> Replay<'a> {
    fn new(policies: &'a PolicyChain, log: LogName, tip: ObjectId) -> Self {
        let outcome = Outcome {
            log,
            tip,
            events: 0,
            rejected: Vec::new(),
            state: None,
            tip_facts: None,
        };
        Self {
            policies,
            facts: BTreeMap::new(),
            snapshot: None,
            join: None,
            keys: DecodedKeys::default(),
            outcome,
        }
    }

    fn unreadable(&mut self, id: ObjectId) {
        let refusal = Refusal::new(
            Rule::ObjectMissing,
            "the commit is not in the repository or cannot be read",
        );
        self.reject(id, refusal);
    }

    fn reject(&mut self, event: ObjectId, refusal: Refusal) {
        self.outcome.rejected.push(Rejected {
            event,
            refusal: refusal.with_evidence(event),
        });
    }

    /// Judges one event and applies or rejects it.
    fn take(&mut self, objects: &Objects, placed: Placed, trust: Trust<'_>) {
        let first = self.outcome.events == 0;
        self.outcome.events += 1;
        if !first && self.outcome.state.is_none() {
            return;
        }
        let verify = trust.verify(&placed.id);
        let result = event::decode_with(objects, &placed.id, verify, &mut self.keys)
            .and_then(|event| self.step(objects, &event, placed, first));
        if let Err(refusal) = result {
            self.reject(placed.id, refusal);
        }
        if placed.id == self.outcome.tip {
            self.outcome.tip_facts = self.facts.get(&placed.id).copied();
        }
    }

    fn step(
        &mut self,
        objects: &Objects,
        event: &Event,
        placed: Placed,
        first: bool,
    ) -> Result<(), Refusal> {
        // Later events are compared with this one even if it is rejected below.
        self.facts.insert(event.id, Facts::of(event));
        if placed.id != placed.chain && !self.join_stands(objects, placed.chain) {
            let reason = format!(
                "the join {} that brings it is itself rejected",
                placed.chain
            );
            return Err(Refusal::new(Rule::LogParents, reason));
        }
        let in_force = self.policy_in_force(objects, event, placed);
        let signer = judge::place(
            self.policies,
            &self.outcome.log,
            event,
            &judge::Position {
                first,
                foreign: placed.foreign,
                object: self.outcome.state.as_ref().map(State::log_type),
                in_force,
                facts: &self.facts,
            },
        )?;
        match &mut self.outcome.state {
            None => {
                self.outcome.state = Some(State::start(event, &signer)?);
                self.snapshot = snapshot::of(event);
            }
            Some(state) => {
                state.check(event, &signer)?;
                if placed.id != placed.chain {
                    state.check_joined(event)?;
                }
                let second = self.outcome.events == 2;
                snapshot::check_redact(event, self.snapshot.as_ref().filter(|_| second))?;
                state.apply(event, &signer);
            }
        }
        Ok(())
    }

    /// Whether the join of the chain may bring anything: it is judged before what it brings.
    fn join_stands(&mut self, objects: &Objects, join: ObjectId) -> bool {
        if let Some((last, stands)) = self.join
            && last == join
        {
            return stands;
        }
        let stands = self.judge_join(objects, join).is_ok();
        self.join = Some((join, stands));
        stands
    }

    fn judge_join(&self, objects: &Objects, join: ObjectId) -> Result<(), Refusal> {
        // Its form was verified when the log was put in order.
        let join = event::decode(objects, &join, Verify::Trusted)?;
        let mut facts = BTreeMap::new();
        for parent in &join.parents {
            let known = self.facts.get(parent).copied();
            let read = || event::decode(objects, parent, Verify::Full).ok();
            facts.extend(
                known
                    .or_else(|| read().map(|event| Facts::of(&event)))
                    .map(|facts| (*parent, facts)),
            );
        }
        let position = judge::Position {
            first: false,
            foreign: false,
            object: self.outcome.state.as_ref().map(State::log_type),
            in_force: join.policy,
            facts: &facts,
        };
        let signer = judge::place(self.policies, &self.outcome.log, &join, &position)?;
        match &self.outcome.state {
            Some(state) => judge::standing(state, &join, &signer),
            None => Ok(()),
        }
    }

    /// The policy that the event of the chain names: the event itself, or the join that brought it.
    fn policy_in_force(
        &self,
        objects: &Objects,
        event: &Event,
        placed: Placed,
    ) -> Option<ObjectId> {
        if placed.chain == placed.id {
            return event.policy;
        }
        event::decode(objects, &placed.chain, Verify::Trusted)
            .ok()
            .and_then(|join| join.policy)
    }
}

impl State {
    /// The state that a first event makes.
    fn start(event: &Event, signer: &Signer<'_>) -> Result<Self, Refusal> {
        use crate::event::Payload as P;
        judge::right(event, signer, false)?;
        let by = signer.name.as_str();
        Ok(match &event.payload {
            P::Pr(opened) => Self::Pr(Box::new(pr::start(event, opened, by))),
            P::Issue(opened) => Self::Issue(Box::new(issue::start(event, opened, by))),
            P::Snapshot(snapshot) => snapshot::start(event, snapshot)?,
            P::Proposal(proposed) => {
                Self::Proposal(Box::new(proposal::start(event, proposed, signer)?))
            }
            P::Check(check) => Self::Check(check::start(event, check, by)),
            P::Queue(queue) => Self::Queue(queue::start(queue)),
            P::Run(run) => Self::Run(Box::new(run::start(event, run, by))),
            P::Import(import) => Self::Pr(Box::new(import::start(event, import, signer)?)),
            P::Receipt(_) | P::Receipt2(_) => Self::Receipts(receipt::start(event, by)?),
            P::Archive(archive) => Self::Archive(archive::start(event, archive)?),
            P::Delivery(delivery) => Self::Deliveries(delivery::start(event, delivery)),
            _ => {
                let reason = format!("{} cannot start a log", event.payload.kind().tag());
                return Err(Refusal::new(Rule::LogRoot, reason));
            }
        })
    }

    /// Whether the event may happen now: its right and every rule of stage *state*.
    pub(crate) fn check(&self, event: &Event, signer: &Signer<'_>) -> Result<(), Refusal> {
        judge::standing(self, event, signer)?;
        match self {
            Self::Pr(state) => pr::check(state, event, signer),
            Self::Issue(state) => issue::check(state, event),
            Self::Proposal(state) => proposal::check(state, event),
            Self::Check(state) => check::check(state, event),
            Self::Queue(state) => queue::check(state, event),
            Self::Run(state) => run::check(state),
            Self::Receipts(state) => receipt::check(state, event),
            Self::Archive(state) => archive::check(state, event),
            Self::Policy(_) | Self::Deliveries(_) => Ok(()),
        }
    }

    /// Rule `joined-decision`, for what came in through a join: an older word of somebody's must not undo a newer one.
    fn check_joined(&self, event: &Event) -> Result<(), Refusal> {
        match self {
            Self::Pr(_) => pr::check_joined(event),
            _ => Ok(()),
        }
    }

    /// Applies an event that [`State::check`] let pass.
    pub(crate) fn apply(&mut self, event: &Event, signer: &Signer<'_>) {
        let by = signer.name.as_str();
        match self {
            Self::Pr(state) => pr::apply(state, event, signer),
            Self::Issue(state) => issue::apply(state, event, by),
            Self::Proposal(state) => proposal::apply(state, event, by),
            Self::Check(state) => check::apply(state, event, by),
            Self::Queue(state) => queue::apply(state, event, by),
            Self::Run(state) => run::apply(state, event, by),
            Self::Receipts(state) => receipt::apply(state, event, by),
            Self::Archive(state) => archive::apply(state, event),
            Self::Deliveries(state) => delivery::apply(state, event),
            Self::Policy(_) => {}
        }
    }
}
