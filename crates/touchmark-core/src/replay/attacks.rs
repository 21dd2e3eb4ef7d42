//! What somebody might push to change what a log has meant so far, or to be judged by rules that they like better.

use std::collections::BTreeSet;

use super::{Comments, Outcome, State, Trust, canonical_json, replay, resume};
use crate::event::{CommentId, ObjectKind, Payload, Rule, Verdict, payload};
use crate::gate::{Facts, Verdicts};
use crate::id::ObjectId;
use crate::log::LogName;
use crate::refusal::Refusal;
use crate::world::{Rules, STRANGER, World, comment, merge, review};

#[track_caller]
fn refused(result: Result<Outcome, Refusal>, rule: Rule) {
    match result {
        Ok(outcome) => panic!("accepted, with {} events", outcome.events),
        Err(refusal) => assert_eq!(refusal.rule, rule, "{refusal}"),
    }
}

fn join_payload() -> Payload {
    Payload::Join(payload::Join {})
}

#[test]
fn what_goes_on_from_the_tip_is_accepted() {
    let mut world = World::with_pr(&Rules::default());
    let before = world.tip;
    world.say("bob", "One.");
    let after = world.say("carol", "Two.");
    let outcome = world.accept(before, after).unwrap();
    assert_eq!((outcome.tip, outcome.events), (after, 3));
    assert_eq!(outcome.state, world.replay(after).state);
    // Nothing new is nothing bad.
    assert_eq!(world.accept(after, after).unwrap().tip, after);
}

#[test]
fn a_join_of_remarks_is_accepted() {
    let mut world = World::with_pr(&Rules::default());
    let root = world.tip;
    let side = world.say("bob", "Offline.");
    world.tip = root;
    let tip = world.say("carol", "Online.");
    let joined = world.join("alice", tip, side);
    let outcome = world.accept(tip, joined).unwrap();
    assert_eq!(outcome.events, 4);
}

#[test]
fn a_rejected_event_of_before_is_no_reason_against_what_follows() {
    let mut world = World::with_pr(&Rules::default());
    let raw = world.raw(STRANGER, comment()).body("Hello");
    let before = world.push(&raw);
    let after = world.say("bob", "Goes on.");
    assert_eq!(world.accept(before, after).unwrap().rejected.len(), 1);
    let raw = world.raw(STRANGER, comment()).body("Hello again");
    let worse = world.push(&raw);
    refused(world.accept(after, worse), Rule::SignerUnknown);
}

#[test]
fn a_rewind_does_not_drop_a_veto() {
    let mut world = World::with_pr(&Rules::default());
    let root = world.tip;
    let veto = world.verdict("bob", 1, Verdict::RequestChanges);
    refused(world.accept(veto, root), Rule::LogParents);
    world.tip = root;
    let fork = world.say("carol", "Another way.");
    refused(world.accept(veto, fork), Rule::LogParents);
}

#[test]
fn a_join_goes_on_from_the_tip_by_its_first_parent() {
    let mut world = World::with_pr(&Rules::default());
    let root = world.tip;
    let veto = world.verdict("bob", 1, Verdict::RequestChanges);
    world.tip = root;
    let own = world.say("carol", "First!");
    let reversed = world.join("carol", own, veto);
    let result = world.accept(veto, reversed);
    assert!(result.is_err(), "the past would be another");
    // With a remark in the veto's place nothing else is wrong with it.
    world.tip = root;
    let said = world.say("bob", "A remark.");
    let reversed = world.join("carol", own, said);
    refused(world.accept(said, reversed), Rule::LogParents);
}

#[test]
fn every_new_event_names_the_newest_policy() {
    let rules = Rules::default();
    let mut world = World::with_pr(&rules);
    let first = world.newest();
    let said = world.say("alice", "Alice says.");
    let second = world.change_policy(&rules.role("bob", "reporter"));
    let retract = Payload::Retract(payload::Retract {
        comment_id: CommentId::new(said, 0),
    });
    let raw = world.raw("bob", retract).policy(first);
    let old = world.push(&raw);
    refused(world.accept(said, old), Rule::PolicyOlder);
    // Nor is it hidden below an event that names the newest.
    let raw = world.raw("bob", comment()).body("Hi.").policy(second);
    let tip = world.push(&raw);
    assert!(world.replay(tip).is_sound());
    refused(world.accept(said, tip), Rule::PolicyOlder);
}

#[test]
fn a_retired_key_does_not_speak_under_the_policy_it_liked() {
    let rules = Rules::default();
    let mut world = World::with_pr(&rules);
    let first = world.newest();
    let before = world.tip;
    world.change_policy(&rules.retired("bob"));
    let approve = review(1, Verdict::Approve, &[]);
    let raw = world.raw("bob", approve.clone()).policy(first);
    let old = world.put(&raw);
    refused(world.accept(before, old), Rule::PolicyOlder);
    let raw = world.raw("bob", approve);
    let new = world.put(&raw);
    refused(world.accept(before, new), Rule::SignerRetired);
}

#[test]
fn a_side_is_not_judged_by_an_old_policy_that_an_old_join_names() {
    let rules = Rules::default();
    let mut world = World::with_pr(&rules);
    let (root, first) = (world.tip, world.newest());
    let raw = world.raw("bob", comment()).body("While I could.");
    let side = world.put(&raw);
    world.change_policy(&rules.role("bob", ""));
    let raw = world.raw("carol", join_payload()).policy(first);
    let joined = world.put(&raw.on(&[root, side]));
    refused(world.accept(root, joined), Rule::PolicyOlder);
    let joined = world.join("carol", root, side);
    refused(world.accept(root, joined), Rule::RightMissing);
}

#[test]
fn the_future_is_refused() {
    let mut world = World::with_pr(&Rules::default());
    let before = world.tip;
    let now = world.now;
    for (ahead, fits) in [(600, true), (601, false), (999_999_000_000, false)] {
        let raw = world.raw("bob", comment()).body("Later.");
        let later = world.put(&raw.seconds(now + ahead));
        match world.accept(before, later) {
            Ok(_) => assert!(fits, "{ahead}"),
            Err(refusal) => assert!(!fits && refusal.rule == Rule::TimeFuture, "{refusal}"),
        }
    }
    // Nor does a later event of today hide it: time does not run backwards.
    let raw = world.raw("bob", comment()).body("Later.");
    world.tip = world.put(&raw.seconds(now + 5000));
    let tip = world.say("carol", "After.");
    refused(world.accept(before, tip), Rule::TimeFuture);
}

#[test]
fn an_old_approval_is_not_joined_over_a_newer_word() {
    let facts = Facts::default();
    for newer in [Verdict::RequestChanges, Verdict::Withdraw] {
        let rules = Rules::default();
        let mut world = World::with_pr(&rules);
        let root = world.tip;
        // Signed and never published, or published elsewhere.
        let old = world.verdict("bob", 1, Verdict::Approve);
        world.tip = root;
        world.say("carol", "Meanwhile.");
        if newer == Verdict::Withdraw {
            world.verdict("bob", 1, Verdict::Approve);
        }
        let tip = world.verdict("bob", 1, newer);
        let joined = world.join("carol", tip, old);
        refused(world.accept(tip, joined), Rule::JoinedDecision);
        world.tip = joined;
        assert!(matches!(world.gate(&rules, &facts), Verdicts::Shut(_)));
        let Some(State::Pr(state)) = world.outcome().state else {
            panic!("no pull request");
        };
        let standing = state.verdicts.get("bob").map(|given| given.verdict);
        assert_ne!(standing, Some(Verdict::Approve), "{newer:?}");
    }
}

#[test]
fn no_merge_is_joined_and_none_is_pushed_as_an_event_alone() {
    let rules = Rules {
        approvals: 0,
        ..Rules::default()
    };
    let mut world = World::with_pr(&rules);
    let root = world.tip;
    let raw = world.raw("carol", Payload::Merge(merge(1)));
    let landed = world.put(&raw);
    assert!(world.replay(landed).is_sound());
    refused(world.accept(root, landed), Rule::ApprovalsMissing);
    // Nor below another event, or at the end of a side.
    let raw = world.raw("bob", comment()).body("Thanks.");
    let after = world.put(&raw.on(&[landed]));
    refused(world.accept(root, after), Rule::ApprovalsMissing);
    let tip = world.say("bob", "Meanwhile.");
    let joined = world.join("carol", tip, landed);
    refused(world.accept(tip, joined), Rule::JoinedDecision);
}

#[test]
fn a_bad_signature_is_found_whoever_accepts() {
    let mut world = World::with_pr(&Rules::default());
    let before = world.tip;
    let raw = world.raw("bob", comment()).body("Not Bob.");
    let forged = world.put_unsigned(&raw);
    refused(world.accept(before, forged), Rule::SignatureBad);
    let raw = world.raw("bob", comment()).body("Not his address.");
    let other = world.put(&raw.email("carol@example.com"));
    refused(world.accept(before, other), Rule::SignerEmail);
}

#[test]
fn trust_is_of_the_events_that_it_names() {
    let mut world = World::with_pr(&Rules::default());
    let root = world.tip;
    let raw = world.raw("bob", comment()).body("Not Bob.");
    let forged = world.put_unsigned(&raw);
    let rejected = |known: &[ObjectId]| {
        let known: BTreeSet<ObjectId> = known.iter().copied().collect();
        let trust = Trust::Events(&known);
        let outcome = replay(&world.policies, &world.log, forged, &world.objects, trust);
        let rejected = outcome.rejected.iter();
        rejected.map(|one| one.refusal.rule).collect::<Vec<_>>()
    };
    assert_eq!(rejected(&[]), [Rule::SignatureBad]);
    assert_eq!(rejected(&[root]), [Rule::SignatureBad]);
    assert_eq!(rejected(&[root, forged]), []);
}

fn resumed(world: &World, from: ObjectId, to: ObjectId) -> Option<Outcome> {
    let before = world.replay(from);
    resume(&world.policies, before, to, &world.objects, Trust::Nothing)
}

#[test]
fn only_a_plain_chain_from_a_log_with_a_state_is_resumed() {
    let mut world = World::with_pr(&Rules::default());
    let root = world.tip;
    let one = world.say("bob", "One.");
    let two = world.say("bob", "Two.");
    // The second event may be about the first one, which is not kept.
    assert!(resumed(&world, root, one).is_none());
    let outcome = resumed(&world, one, two).expect("a plain chain");
    assert_eq!(outcome.state, world.replay(two).state);
    assert_eq!((outcome.events, outcome.tip), (3, two));
    assert!(resumed(&world, two, one).is_none());
    world.tip = root;
    let side = world.say("carol", "Side.");
    let joined = world.join("carol", two, side);
    assert!(resumed(&world, two, joined).is_none());
    // A log whose first event is rejected has no state to go on from.
    world.log = LogName::Issue(root);
    assert!(world.replay(two).state.is_none());
    assert!(resumed(&world, one, two).is_none());
}

/// A snapshot of a state, signed by Alice, and the log that it starts.
fn snapshot(world: &mut World, state: &str) -> ObjectId {
    let files: [(&str, &[u8]); 2] = [("dropped", b""), ("state.json", state.as_bytes())];
    let tree = world.folder(&files);
    let payload = Payload::Snapshot(payload::Snapshot {
        object_type: ObjectKind::Pr,
        object: world.tip,
        tip: world.tip,
    });
    let repository = world.policies.repository();
    let raw = world.raw("alice", payload).on(&[]).tree(tree);
    let id = world.put(&raw.repository(repository));
    world.log = LogName::Pr(id);
    id
}

#[test]
fn a_snapshot_gives_nobody_a_verdict() {
    let mut world = World::with_pr(&Rules::default());
    world.verdict("bob", 1, Verdict::Approve);
    let Some(State::Pr(mut state)) = world.outcome().state else {
        panic!("no pull request");
    };
    state.description = None;
    state.comments = Comments::default();
    let id = snapshot(&mut world, &canonical_json(&state));
    let outcome = world.replay(id);
    assert!(outcome.state.is_none());
    assert_eq!(outcome.rejected[0].refusal.rule, Rule::TreeText);
    state.verdicts.clear();
    let id = snapshot(&mut world, &canonical_json(&state));
    assert!(world.replay(id).is_sound());
}

#[test]
fn a_redaction_follows_its_snapshot_also_when_the_log_is_taken_in_two_steps() {
    let mut world = World::with_pr(&Rules::default());
    let object = world.tip;
    let Some(State::Pr(mut state)) = world.outcome().state else {
        panic!("no pull request");
    };
    state.description = None;
    let start = snapshot(&mut world, &canonical_json(&state));
    let redact = Payload::Redact(payload::Redact {
        object,
        tip: object,
    });
    let raw = world.raw("alice", redact.clone()).body("A secret.");
    let second = world.put(&raw.on(&[start]));
    let accepted = world.accept(start, second);
    assert!(accepted.is_ok_and(|outcome| outcome.is_sound()));
    let raw = world.raw("alice", redact).body("Another.");
    let third = world.put(&raw.on(&[second]));
    refused(world.accept(second, third), Rule::SnapshotOrder);
}
