//! The policy's own log: each version must be endorsed by the admins before it, but for one's own device keys.

use std::collections::{BTreeMap, BTreeSet};

use super::judge::{self, signer};
use super::{Facts, Outcome, Rejected, State, Trust, device_keys};
use crate::event::{self, Event, Payload, Right, Rule, Stance, Verify, payload};
use crate::id::{ObjectId, hash_object};
use crate::log::{LogName, Order, order};
use crate::object::{ObjectType, Objects, parse_tree, write_tree};
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
        expect_endorsed(self.objects, event, parent_id, parent, &policy)?;
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

/// Rule `policy-threshold`: enough admins before and after have endorsed this very tree.
fn expect_endorsed(
    objects: &Objects,
    event: &Event,
    parent_id: ObjectId,
    parent: &Policy,
    policy: &Policy,
) -> Result<(), Refusal> {
    let refuse = |reason: String| Err(Refusal::new(Rule::PolicyThreshold, reason));
    let Payload::Policy(version) = &event.payload else {
        return refuse("it is no policy version".to_owned());
    };
    let Some(tree) = tree_without_endorsements(objects, event.tree) else {
        return refuse("its tree cannot be read".to_owned());
    };
    let endorsers = read_endorsements(objects, event, parent_id, version.version, tree)?;
    let persons = |by: &Policy| -> BTreeSet<String> {
        endorsers
            .iter()
            .filter_map(|endorsement| signer(by, endorsement).ok().map(str::to_owned))
            .collect()
    };
    let (before, after) = (persons(parent), persons(policy));
    let count = |persons: &BTreeSet<String>, admins: &BTreeSet<&str>| {
        persons
            .iter()
            .filter(|name| admins.contains(name.as_str()))
            .count()
    };
    let enough =
        |count: usize, threshold: u32| u32::try_from(count).is_ok_and(|count| count >= threshold);
    let admins = (parent.admins(), policy.admins());
    let recovered = parent.recovery.as_ref().is_some_and(|recovery| {
        let people = recovery.people.iter().map(String::as_str).collect();
        enough(count(&before, &people), recovery.threshold)
    });
    let endorsed = count(&before, &admins.0);
    if !recovered && !enough(endorsed, parent.threshold) {
        return refuse(format!(
            "{endorsed} of {} admins endorsed it",
            parent.threshold
        ));
    }
    let endorsed = count(&after, &admins.1);
    if admins.0 != admins.1 && !enough(endorsed, policy.threshold) {
        return refuse(format!(
            "{endorsed} of {} new admins endorsed it",
            policy.threshold
        ));
    }
    Ok(())
}

/// The endorsements that a version embeds, each of exactly this version and tree.
fn read_endorsements(
    objects: &Objects,
    event: &Event,
    parent_id: ObjectId,
    version: u32,
    tree: ObjectId,
) -> Result<Vec<Event>, Refusal> {
    let mut endorsers = Vec::new();
    for (name, content) in event.files.endorsements() {
        let endorsement = read_endorsement(objects, *name, content)?;
        let fits = match &endorsement.payload {
            Payload::Endorse(word) => {
                word.stance == Stance::Endorse
                    && word.version == version
                    && word.tree_id == tree
                    && endorsement.policy == Some(parent_id)
            }
            _ => false,
        };
        if !fits {
            let reason = format!("endorsement {name} is not of this version and tree");
            return Err(Refusal::new(Rule::PolicyThreshold, reason));
        }
        endorsers.push(endorsement);
    }
    Ok(endorsers)
}

/// An endorsement as it is embedded: the content of a commit, which must have the id that names the file.
fn read_endorsement(objects: &Objects, name: ObjectId, content: &[u8]) -> Result<Event, Refusal> {
    let refuse = |reason: String| Refusal::new(Rule::PolicyThreshold, reason);
    let mut alone = Objects::new(objects.kind());
    let id = alone.insert(ObjectType::Commit, content.to_vec());
    if id != Ok(name) {
        return Err(refuse(format!(
            "endorsement {name} is not the commit of that id"
        )));
    }
    // Trees of endorsements are empty, and the empty tree need not be stored.
    event::decode(&alone, &name, Verify::Full)
        .map_err(|refusal| refuse(format!("endorsement {name}: {refusal}")))
}

/// The id of a policy's tree without the entry `endorsements`: what admins endorse.
pub fn tree_without_endorsements(objects: &Objects, tree: ObjectId) -> Option<ObjectId> {
    let data = objects.get(&tree, ObjectType::Tree)?;
    let entries = parse_tree(objects.kind(), data)?;
    let kept = entries
        .into_iter()
        .filter(|entry| entry.name != b"endorsements");
    hash_object(objects.kind(), "tree", &write_tree(kept)).ok()
}
