//! Events that are made again on a tip that others have moved, and joins.

use std::collections::BTreeMap;

use super::{Command, join, recreate};
use crate::event::{self, CommentId, Event, Payload, Rule, Verdict, Verify, payload};
use crate::id::ObjectId;
use crate::refusal::Refusal;
use crate::replay::{PrState, State};
use crate::world::{Rules, World, author, code, comment, merge, review, revision};

/// Makes an event again on the world's tip, which it becomes.
fn again(
    world: &mut World,
    who: &str,
    event: &Event,
    map: &BTreeMap<ObjectId, ObjectId>,
) -> Result<ObjectId, Refusal> {
    let author = author(who);
    let outcome = world.outcome();
    let next = recreate(&world.scene(&author), &outcome, &world.objects, event, map)?;
    world.tip = world.sign(who, &next);
    Ok(world.tip)
}

fn read(world: &World, id: ObjectId) -> Event {
    event::decode(&world.objects, &id, Verify::Full).expect("well formed")
}

fn state(world: &World) -> PrState {
    let outcome = world.outcome();
    assert!(outcome.is_sound(), "{:?}", outcome.rejected);
    match outcome.state {
        Some(State::Pr(state)) => *state,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn refused(result: Result<ObjectId, Refusal>, rule: Rule) {
    let refusal = result.expect_err("it must be refused");
    assert_eq!(refusal.rule, rule, "{refusal}");
}

#[test]
fn a_revision_gets_the_next_number() {
    let mut world = World::with_pr(&Rules::default());
    let root = world.tip;
    let offline = payload::Revision {
        revision: 2,
        target: None,
        base: code("base-1"),
        head: code("offline"),
    };
    let offline = world.add("alice", Payload::Revision(offline));
    world.tip = root;
    world.add("bob", revision(2));
    let offline = read(&world, offline);
    again(&mut world, "alice", &offline, &BTreeMap::new()).unwrap();
    let latest = state(&world).revisions.pop().expect("three");
    assert_eq!((latest.number, latest.head), (3, code("offline")));
}

#[test]
fn names_of_what_was_made_again_are_replaced() {
    let mut world = World::with_pr(&Rules::default());
    let root = world.tip;
    let said = world.say("bob", "Offline.");
    let edit = payload::CommentEdit {
        comment_id: CommentId::new(said, 0),
    };
    let edit = Command::new(Payload::CommentEdit(edit)).body("Offline, better.");
    let edited = world.next("bob", edit).unwrap();
    world.tip = root;
    world.say("carol", "Meanwhile.");
    let (said, edited) = (read(&world, said), read(&world, edited));
    let none = BTreeMap::new();
    refused(
        again(&mut world, "bob", &edited, &none),
        Rule::CommentUnknown,
    );
    let new = again(&mut world, "bob", &said, &none).unwrap();
    let map = [(said.id, new)].into();
    again(&mut world, "bob", &edited, &map).unwrap();
    let comments: Vec<_> = state(&world).comments.iter().cloned().collect();
    assert_eq!(comments[1].text.as_deref(), Some("Offline, better."));
    assert_eq!(comments.len(), 2);
}

#[test]
fn an_approval_that_has_become_ones_own_or_stale_is_not_made_again() {
    let mut world = World::with_pr(&Rules::default());
    let root = world.tip;
    let approval = world.verdict("bob", 1, Verdict::Approve);
    let approval = read(&world, approval);
    let none = BTreeMap::new();
    world.tip = root;
    world.say("carol", "Meanwhile.");
    let fine = world.tip;
    again(&mut world, "bob", &approval, &none).unwrap();
    assert!(state(&world).verdicts.contains_key("bob"));
    world.tip = fine;
    world.add("alice", revision(2));
    refused(
        again(&mut world, "bob", &approval, &none),
        Rule::RevisionStale,
    );
    world.tip = root;
    let raw = world.raw("alice", review(1, Verdict::Approve, &[]));
    let own = world.put(&raw);
    let own = read(&world, own);
    refused(again(&mut world, "alice", &own, &none), Rule::SelfApproval);
}

#[test]
fn a_merge_is_not_made_again() {
    let mut world = World::with_pr(&Rules::default());
    let raw = world.raw("alice", Payload::Merge(merge(1)));
    let landed = world.put(&raw);
    let landed = read(&world, landed);
    refused(
        again(&mut world, "alice", &landed, &BTreeMap::new()),
        Rule::RevisionStale,
    );
}

#[test]
fn what_others_did_meanwhile_is_no_reason_to_drop_ones_own() {
    let mut world = World::with_pr(&Rules::default());
    let root = world.tip;
    let edit = || Command::new(Payload::Edit(payload::Edit {})).subject("Better title");
    let offline = world.next("alice", edit()).unwrap();
    world.tip = root;
    world.next("carol", edit()).unwrap();
    let offline = read(&world, offline);
    again(&mut world, "alice", &offline, &BTreeMap::new()).unwrap();
    assert_eq!(state(&world).title, "Better title");
}

#[test]
fn it_keeps_its_time_where_it_can_and_names_the_newest_policy() {
    let rules = Rules::default();
    let mut world = World::with_pr(&rules);
    let root = world.tip;
    let raw = world.raw("bob", comment()).body("Later.").seconds(50_000);
    let later = world.put(&raw);
    let early = world.say("bob", "Early.");
    world.tip = root;
    world.now = 20_000;
    world.say("carol", "Meanwhile.");
    let second = world.change_policy(&rules);
    let none = BTreeMap::new();
    let early = read(&world, early);
    let made = again(&mut world, "bob", &early, &none).unwrap();
    let made = read(&world, made);
    assert_eq!((made.author.seconds, made.policy), (20_001, Some(second)));
    let later = read(&world, later);
    let made = again(&mut world, "bob", &later, &none).unwrap();
    assert_eq!(read(&world, made).author.seconds, 50_000);
    assert!(state(&world).comments.len() == 3);
}

#[test]
fn a_join_is_not_older_than_either_side() {
    let mut world = World::with_pr(&Rules::default());
    let tip = world.tip;
    let raw = world.raw("bob", comment()).body("Side.").seconds(50_000);
    let side = world.put(&raw);
    let carol = author("carol");
    let next = join(&world.scene(&carol), &world.outcome(), side, 50_000).unwrap();
    let joined = world.sign("carol", &next);
    let event = read(&world, joined);
    assert_eq!(event.author.seconds, 50_000);
    assert_eq!(event.parents, [tip, side]);
    world.tip = joined;
    assert_eq!(state(&world).comments.len(), 1);
    let stranger = author(crate::world::STRANGER);
    let result = join(&world.scene(&stranger), &world.outcome(), side, 1);
    assert_eq!(result.unwrap_err().rule, Rule::SignerUnknown);
}
