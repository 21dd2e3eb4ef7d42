//! The push as a whole: what belongs together moves together, and nobody moves what they may not.

use super::code::{BranchMove, NewCommit, TagMove};
use super::growth::Growth;
use super::landing::{Landing, land};
use super::{Proof, Scene, branch, commits, tag};
use crate::event::{Pusher, Rule};
use crate::gate::Facts;
use crate::id::{Digest, ObjectId};
use crate::log::LogName;
use crate::refusal::Refusal;
use crate::replay::State;

/// A pull request's `heads` after the push.
#[derive(Debug, Clone)]
pub struct Heads {
    /// The pull request.
    pub pr: ObjectId,
    /// What the push moves it to; `None` when it stays.
    pub moved: Option<ObjectId>,
    /// What it holds in the end.
    pub value: Option<ObjectId>,
    /// What the pull request's revisions make it.
    pub expected: Option<ObjectId>,
}

/// A merge in the push, with what its gate must know.
#[derive(Debug, Clone)]
pub struct LandingFacts {
    /// The pull request's log.
    pub log: LogName,
    /// The code.
    pub landing: Landing,
    /// What the gate is judged on.
    pub facts: Facts,
}

/// Everything that a push wants, with the facts to judge it.
#[derive(Debug, Clone, Default)]
pub struct Whole {
    /// Logs that grow; each was judged by [`super::grow`].
    pub logs: Vec<Growth>,
    /// Whether the policy moves; it was judged by [`super::founding`] or [`super::succession`].
    pub policy: bool,
    /// The `heads` of every pull request that the push touches.
    pub heads: Vec<Heads>,
    /// Branches that move together with a merge.
    pub landings: Vec<LandingFacts>,
    /// Other branches that move.
    pub branches: Vec<BranchMove>,
    /// Tags that move.
    pub tags: Vec<TagMove>,
    /// Commits of code that come with new revisions.
    pub commits: Vec<NewCommit>,
    /// How many logs each guest that pushes has before the push.
    pub guest_logs: Vec<(Digest, usize)>,
}

/// Judges the push as a whole.
///
/// # Errors
///
/// Every rule that it breaks; nothing of it happens then.
pub fn decide(scene: &Scene<'_>, proof: &Proof, whole: &Whole) -> Result<(), Vec<Refusal>> {
    let (_, policy) = scene.policy().map_err(|refusal| vec![refusal])?;
    let mut refusals = Vec::new();
    refusals.extend(carrier(scene, proof, whole).err());
    refusals.extend(
        whole
            .heads
            .iter()
            .filter_map(|heads| check_heads(heads).err()),
    );
    refusals.extend(commits(policy, &whole.commits, false));
    for growth in &whole.logs {
        refusals.extend(guest(scene, proof, whole, growth).err());
    }
    refusals.extend(landings(scene, whole));
    for change in &whole.branches {
        refusals.extend(branch(scene, proof, change).err().unwrap_or_default());
    }
    refusals.extend(
        whole
            .tags
            .iter()
            .filter_map(|change| tag(scene, proof, change).err()),
    );
    if refusals.is_empty() {
        Ok(())
    } else {
        Err(refusals)
    }
}

/// Merges and moves of their branches, each of which comes with the other.
fn landings(scene: &Scene<'_>, whole: &Whole) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    let alone = || {
        let reason = "a merge comes together with the move of its branch, in one push";
        Refusal::new(Rule::MergeMismatch, reason)
    };
    for growth in &whole.logs {
        let Some(merging) = &growth.merge else {
            continue;
        };
        let mut landings = whole.landings.iter();
        match landings.find(|one| one.log == growth.outcome.log) {
            Some(one) => {
                let judged = land(scene, merging, &one.landing, &one.facts);
                refusals.extend(judged.err().unwrap_or_default());
            }
            None => refusals.push(alone().with_evidence(merging.event.id)),
        }
    }
    for (at, landing) in whole.landings.iter().enumerate() {
        let merges = |growth: &Growth| growth.merge.is_some() && growth.outcome.log == landing.log;
        let earlier = whole.landings.iter().take(at);
        let again = |one: &LandingFacts| {
            one.log == landing.log || one.landing.branch == landing.landing.branch
        };
        if !whole.logs.iter().any(merges) || earlier.clone().any(again) {
            refusals.push(alone().with_evidence(landing.landing.new));
        }
    }
    refusals
}

/// Events are their signers' word, whoever carries them; but only somebody who is known may carry them here.
fn carrier(scene: &Scene<'_>, proof: &Proof, whole: &Whole) -> Result<(), Refusal> {
    let (_, policy) = scene.policy()?;
    let only_guests = whole
        .logs
        .iter()
        .all(|growth| matches!(growth.outcome.log, LogName::Guest(..)));
    let brings = whole.policy || !whole.logs.is_empty() || !whole.heads.is_empty();
    if !brings || proof.person.is_some() || policy.rules.anonymous_push {
        return Ok(());
    }
    if only_guests && !whole.policy && whole.heads.is_empty() {
        return Ok(());
    }
    Err(proof.unproven())
}

fn check_heads(heads: &Heads) -> Result<(), Refusal> {
    if heads.value == heads.expected && heads.expected.is_some() {
        return Ok(());
    }
    let reason = format!(
        "the heads of {} would not be what its revisions make them: push log and heads together",
        heads.pr.short()
    );
    Err(Refusal::new(Rule::HeadsMismatch, reason).with_fix("touchmark sync"))
}

/// Guests contribute within limits, and only by themselves.
fn guest(scene: &Scene<'_>, proof: &Proof, whole: &Whole, growth: &Growth) -> Result<(), Refusal> {
    let LogName::Guest(key, _) = &growth.outcome.log else {
        return Ok(());
    };
    let (_, policy) = scene.policy()?;
    let limits = policy.rules.guests;
    let refuse = |reason: String| Err(Refusal::new(Rule::GuestLimit, reason));
    if !limits.open {
        return refuse("guests cannot contribute here: ask to be added to the policy".to_owned());
    }
    // Else somebody's pull request could be there twice, once as a guest's.
    let member = growth.events.iter().find_map(|event| {
        let key = policy.key(&event.signer)?;
        Some(key.owner.as_str())
    });
    if let (true, Some(member)) = (growth.opened, member) {
        return refuse(format!("{member} is in the policy, and so no guest"));
    }
    let own = growth.events.iter().any(|event| {
        matches!(proof.pusher, Pusher::Certificate(print) if print == event.signer.fingerprint())
    });
    if proof.person.is_none() && !own && !policy.rules.anonymous_push {
        let reason = "a guest pushes their own contribution, with a push certificate";
        return Err(Refusal::new(Rule::PusherUnproven, reason).with_fix("git push --signed"));
    }
    let have = whole.guest_logs.iter().find(|(guest, _)| guest == key);
    let have = have.map_or(0, |(_, count)| *count);
    // Those that come in one push count together, or the limit would be one of patience.
    let opens = |one: &&Growth| {
        one.opened && matches!(&one.outcome.log, LogName::Guest(guest, _) if guest == key)
    };
    let all = have.saturating_add(whole.logs.iter().filter(opens).count());
    if growth.opened && all > usize::try_from(limits.logs).unwrap_or(usize::MAX) {
        return refuse(format!(
            "a guest may have {} contributions here",
            limits.logs
        ));
    }
    if growth.outcome.events > u64::from(limits.events) {
        return refuse(format!(
            "a guest's contribution may have {} events",
            limits.events
        ));
    }
    if !matches!(growth.outcome.state, Some(State::Pr(_) | State::Issue(_))) {
        return refuse("a guest opens pull requests and issues".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::first_policy;
    use crate::event::{Payload, payload};
    use crate::push::grow;
    use crate::replay::{Trust, replay_policy};
    use crate::world::{HASH, Rules, STRANGER, World, author, key};

    /// A repository that takes guests.
    fn open_world() -> World {
        let mut world = World::new(&Rules::default());
        let (toml, signers) = Rules::default().files();
        let toml = toml.replace("format = 1", "format = 2") + "[guests]\nopen = true\n";
        let (toml, signers) = (toml.as_bytes(), signers.as_bytes());
        let first = first_policy(HASH, &author("alice"), 1000, [2; 16], toml, signers);
        let id = world.sign("alice", &first.expect("a good policy"));
        world.policies = replay_policy(id, &world.objects, Trust::Nothing).0;
        world
    }

    /// What is said of an issue that somebody opens as a guest.
    fn as_guest(who: &'static str, person: Option<&str>) -> Result<(), Vec<Refusal>> {
        let mut world = open_world();
        let issue = Payload::Issue(payload::Issue {
            labels: Vec::new(),
            assignees: Vec::new(),
        });
        let raw = world.raw(who, issue).on(&[]).subject("Broken");
        let repository = world.policies.repository();
        let id = world.put(&raw.repository(repository));
        let key = key(who).public();
        let log = LogName::Guest(Digest::of(&key.to_blob()), id);
        let scene = Scene {
            hash: HASH,
            policies: &world.policies,
            now: world.now,
        };
        let growth = grow(&scene, &log, None, id, &world.objects).expect("it may happen");
        let proof = Proof {
            pusher: Pusher::Certificate(key.fingerprint()),
            person: person.map(str::to_owned),
        };
        let whole = Whole {
            logs: vec![growth],
            ..Whole::default()
        };
        decide(&scene, &proof, &whole)
    }

    #[test]
    fn nobody_of_the_policy_is_a_guest() {
        assert_eq!(as_guest(STRANGER, None), Ok(()));
        let refusals = as_guest("bob", Some("bob")).expect_err("Bob is in the policy");
        assert_eq!(refusals[0].rule, Rule::GuestLimit);
    }
}
