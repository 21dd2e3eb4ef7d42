//! The policy's own log: each version must be endorsed by the admins before it, but for one's own device keys.

use std::collections::BTreeMap;

use super::endorsements::{self, Tally};
use super::judge::{self, signer};
use super::{Facts, Outcome, Rejected, State, Trust, device_keys};
use crate::event::{self, Event, Payload, Right, Rule, Verify, payload};
use crate::id::ObjectId;
use crate::log::{LogName, Order, order};
use crate::object::Objects;
use crate::policy::{Policy, PolicyChain, parse};
use crate::refusal::Refusal;

/// Replays `refs/forge/policy`, whose last commit is `tip`.
pub fn replay_policy(tip: ObjectId, objects: &Objects, trust: Trust<'_>) -> (PolicyChain, Outcome) {
    let mut replay = PolicyReplay {
        objects,
        chain: PolicyChain::default(),
        facts: BTreeMap::new(),
        tree: None,
        broken: false,
    };
    let mut outcome = Outcome {
        log: LogName::Policy,
        tip,
        events: 0,
        rejected: Vec::new(),
        state: None,
        tip_facts: None,
    };
    let placed = match order(objects, &LogName::Policy, tip, None) {
        Order::Complete(placed) => placed,
        Order::Unreadable(id) => {
            let reason = "the commit is not in the repository or cannot be read";
            let refusal = Refusal::new(Rule::ObjectMissing, reason);
            outcome.rejected.push(Rejected { event: id, refusal });
            return (replay.chain, outcome);
        }
    };
    for event in placed {
        let first = outcome.events == 0;
        outcome.events += 1;
        if !first && replay.chain.latest().is_none() {
            continue;
        }
        let result = event::decode(objects, &event.id, trust.verify(&event.id))
            .and_then(|event| replay.take(&event, first));
        if let Err(refusal) = result {
            replay.broken = true;
            outcome.rejected.push(Rejected {
                event: event.id,
                refusal: refusal.with_evidence(event.id),
            });
        }
    }
    outcome.state = replay
        .chain
        .state()
        .map(|state| State::Policy(Box::new(state)));
    outcome.tip_facts = replay.facts.get(&tip).copied();
    (replay.chain, outcome)
}

/// Judges a version that is to follow the tip of the policy's log, as a replay would.
///
/// `objects` holds the tip and the trees of both.
pub(crate) fn check_next_version(
    objects: &Objects,
    policies: &PolicyChain,
    outcome: &Outcome,
    event: &Event,
) -> Result<(), Refusal> {
    let newest = policies.latest().map(|(id, _)| id);
    if !outcome.is_sound() || newest != Some(outcome.tip) {
        let reason = "the policy has a version that does not count, and nothing can follow it";
        return Err(Refusal::new(Rule::RecordError, reason));
    }
    let tip = event::decode(objects, &outcome.tip, Verify::Trusted)?;
    let mut replay = PolicyReplay {
        objects,
        chain: policies.clone(),
        facts: BTreeMap::from([(tip.id, Facts::of(&tip))]),
        tree: Some(tip.tree),
        broken: false,
    };
    replay.take(event, false)
}

struct PolicyReplay<'a> {
    objects: &'a Objects,
    chain: PolicyChain,
    facts: BTreeMap<ObjectId, Facts>,
    /// The tree of the newest accepted version.
    tree: Option<ObjectId>,
    /// A version was rejected: nothing can follow it.
    broken: bool,
}

impl PolicyReplay<'_> {
    fn take(&mut self, event: &Event, first: bool) -> Result<(), Refusal> {
        self.facts.insert(event.id, Facts::of(event));
        let Payload::Policy(version) = &event.payload else {
            let reason = format!(
                "{} has no place in the policy's log",
                event.payload.kind().tag()
            );
            let rule = if first { Rule::LogRoot } else { Rule::LogKind };
            return Err(Refusal::new(rule, reason));
        };
        if self.broken {
            let reason = "the version before it was rejected";
            return Err(Refusal::new(Rule::LogParents, reason));
        }
        let policy = parse(event.files.policy_toml(), event.files.allowed_signers())
            .map_err(|error| Refusal::new(Rule::PolicyForm, error.to_string()))?;
        if first {
            self.take_first(event, version, policy)
        } else {
            self.take_later(event, version, policy)
        }
    }

    fn take_first(
        &mut self,
        event: &Event,
        version: &payload::Policy,
        policy: Policy,
    ) -> Result<(), Refusal> {
        expect_version(version.version, 1)?;
        check_first_policy(&policy, event)?;
        if !event.files.endorsements().is_empty() {
            let reason = "the first version cannot be endorsed";
            return Err(Refusal::new(Rule::PolicyThreshold, reason));
        }
        self.chain.start(event.payload_digest());
        self.tree = Some(event.tree);
        self.chain.push(event.id, policy);
        Ok(())
    }

    fn take_later(
        &mut self,
        event: &Event,
        version: &payload::Policy,
        policy: Policy,
    ) -> Result<(), Refusal> {
        let Some((parent_id, parent)) = self.chain.latest() else {
            return Err(Refusal::new(
                Rule::LogParents,
                "there is no version before it",
            ));
        };
        policy
            .check_follows(parent)
            .map_err(|error| Refusal::new(Rule::PolicyForm, error.to_string()))?;
        let count = u32::try_from(self.chain.ids().count()).unwrap_or(u32::MAX);
        expect_version(version.version, count.saturating_add(1))?;
        if event.policy != Some(parent_id) {
            let reason = "a version names its parent as the policy that it follows";
            return Err(Refusal::new(Rule::PolicyUnknown, reason));
        }
        judge::check_order(event, &self.facts, |_| None, None)?;
        let author = signer(parent, event)?;
        if self.tree.is_some_and(|tree| {
            device_keys::only_own(self.objects, parent, author, tree, &policy, event)
        }) {
            self.tree = Some(event.tree);
            self.chain.push(event.id, policy);
            return Ok(());
        }
        let recovers = parent
            .recovery
            .as_ref()
            .is_some_and(|recovery| recovery.people.contains(author));
        if !recovers && !parent.grants(author, Right::Propose) {
            let reason = format!("{author} may not record a policy");
            return Err(Refusal::new(Rule::RightMissing, reason));
        }
        let endorsers = endorsements::read(self.objects, event, parent_id)?;
        Tally::of(parent, &policy, &endorsers).require()?;
        self.tree = Some(event.tree);
        self.chain.push(event.id, policy);
        Ok(())
    }
}

/// Whether the event may start the policy that it holds: its signer is an admin there.
pub(crate) fn check_first_policy(policy: &Policy, event: &Event) -> Result<(), Refusal> {
    let author = signer(policy, event)?;
    if policy.admins().contains(author) {
        return Ok(());
    }
    let reason = format!("{author} is no admin in the policy that they start");
    Err(Refusal::new(Rule::RightMissing, reason))
}

fn expect_version(found: u32, expected: u32) -> Result<(), Refusal> {
    if found == expected {
        return Ok(());
    }
    let reason = format!("it says version {found} where version {expected} is due");
    Err(Refusal::new(Rule::PolicyVersion, reason))
}
