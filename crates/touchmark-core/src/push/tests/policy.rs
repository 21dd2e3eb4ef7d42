//! The policy's own log on a server: its founding, and what follows.

use super::{refused, scene};
use crate::event::Rule;
use crate::policy::PolicyChain;
use crate::push::{founding, succession};
use crate::refusal::Refusal;
use crate::replay::{Outcome, Trust, replay_policy};
use crate::sign::PublicKey;
use crate::world::{Rules, World, key};

/// The bot `ci` is the sequencer.
fn rules() -> Rules {
    Rules::default().role("ci", "sequencer")
}

fn replayed(world: &World, tip: crate::id::ObjectId) -> (PolicyChain, Outcome) {
    replay_policy(tip, &world.objects, Trust::Nothing)
}

fn found(rules: &Rules, sequencer: &str, founder: Option<&PublicKey>) -> Result<(), Refusal> {
    let world = World::new(rules);
    let (chain, outcome) = replayed(&world, world.newest());
    founding(NOW, &chain, &outcome, &key(sequencer).public(), founder)
}

/// The server's clock; the worlds here begin at 1000.
const NOW: i64 = 2000;

#[test]
fn a_policy_that_knows_the_sequencer_and_the_founder_starts_a_repository() {
    assert_eq!(found(&rules(), "ci", None), Ok(()));
    let alice = key("alice").public();
    assert_eq!(found(&rules(), "ci", Some(&alice)), Ok(()));
    // The founder's key must be an admin's.
    for other in ["carol", "mallory"] {
        let other = key(other).public();
        refused(found(&rules(), "ci", Some(&other)), Rule::ServerSetup);
    }
}

#[test]
fn the_sequencer_is_a_bot_with_the_right_and_a_key_in_use() {
    for (rules, sequencer) in [
        (rules(), "mallory"),
        (Rules::default(), "ci"),
        (rules().retired("ci"), "ci"),
        // A person's word must never be mistaken for a server's.
        (Rules::default().role("dave", "sequencer"), "dave"),
    ] {
        refused(found(&rules, sequencer, None), Rule::ServerSetup);
    }
}

#[test]
fn what_does_not_count_starts_nothing() {
    let world = World::new(&rules());
    let (chain, mut outcome) = replayed(&world, world.newest());
    let sequencer = key("ci").public();
    let none = founding(NOW, &PolicyChain::default(), &outcome, &sequencer, None);
    refused(none, Rule::PolicyUnknown);
    // Everything that follows would have to be dated ahead as well.
    let early = founding(1000 - 601, &chain, &outcome, &sequencer, None);
    refused(early, Rule::TimeFuture);
    outcome.rejected.push(crate::replay::Rejected {
        event: world.newest(),
        refusal: Refusal::new(Rule::PolicyForm, "bad"),
    });
    let found = founding(NOW, &chain, &outcome, &sequencer, None);
    refused(found, Rule::PolicyForm);
}

/// What a server says to the next version, signed by this person.
fn follow(who: &'static str, next: &Rules) -> Result<(), Refusal> {
    let mut world = World::new(&rules());
    world.now += 1;
    let tip = world.next_policy(who, next);
    let (chain, outcome) = replayed(&world, tip);
    succession(&scene(&world), &chain, &outcome, &key("ci").public())
}

#[test]
fn the_next_version_follows() {
    let next = rules().role("bob", "reporter");
    assert_eq!(follow("alice", &next), Ok(()));
    assert_eq!(follow("carol", &next), Ok(()));
    refused(follow("dave", &next), Rule::RightMissing);
}

#[test]
fn a_version_that_drops_the_sequencer_is_refused() {
    for next in [rules().role("ci", "ci"), rules().retired("ci")] {
        refused(follow("alice", &next), Rule::ServerSetup);
    }
}

#[test]
fn no_accepted_version_is_lost() {
    let mut world = World::new(&rules());
    let first = world.newest();
    let second = world.change_policy(&rules().role("bob", "reporter"));
    let sequencer = key("ci").public();
    // Nothing new, a rewind, and another second version.
    for tip in [second, first] {
        let (chain, outcome) = replayed(&world, tip);
        let found = succession(&scene(&world), &chain, &outcome, &sequencer);
        refused(found, Rule::RefRewind);
    }
    let mut other = World::new(&rules());
    other.now += 1;
    let fork = other.next_policy("alice", &rules().role("bob", "admin"));
    let (chain, outcome) = replayed(&other, fork);
    let found = succession(&scene(&world), &chain, &outcome, &sequencer);
    refused(found, Rule::RefRewind);
    // Nor is another repository's history put in its place, however long.
    other.now += 5;
    other.change_policy(&rules().role("bob", "admin"));
    other.change_policy(&rules());
    let (chain, outcome) = replayed(&other, other.newest());
    let found = succession(&scene(&world), &chain, &outcome, &sequencer);
    refused(found, Rule::RefRewind);
}

#[test]
fn a_version_is_not_dated_ahead_of_the_clock_here() {
    let mut world = World::new(&rules());
    world.now += 5000;
    let tip = world.next_policy("alice", &rules().role("bob", "reporter"));
    world.now -= 5000;
    let (chain, outcome) = replayed(&world, tip);
    let found = succession(&scene(&world), &chain, &outcome, &key("ci").public());
    refused(found, Rule::TimeFuture);
}
