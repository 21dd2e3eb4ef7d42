//! What a push adds to a log: every new event counts, under the newest policy, on top of what was there.

use super::{grown, refused, scene};
use crate::decide::Command;
use crate::event::{CheckStatus, LogType, Name, Payload, Rule, Time, Verdict, payload};
use crate::log::LogName;
use crate::object::Objects;
use crate::push::{TOLERANCE_SECONDS, grow, is_plain};
use crate::world::{HASH, Rules, STRANGER, World, code, comment, merge, review, revision};

#[test]
fn a_new_log_is_named_after_its_first_event() {
    let mut world = World::with_pr(&Rules::default());
    let root = world.tip;
    world.say("bob", "Hello.");
    let growth = grown(&world, None).expect("good");
    assert!(growth.opened);
    assert_eq!((growth.count, growth.events.len()), (2, 2));
    assert_eq!(growth.revisions, [1].into());
    assert!(growth.merge.is_none());
    assert_eq!(growth.outcome.tip, world.tip);
    world.log = LogName::Pr(code("elsewhere"));
    refused(grown(&world, None), Rule::LogRoot);
    // Nor is an issue of that name a pull request.
    world.log = LogName::Issue(root);
    refused(grown(&world, None), Rule::LogRoot);
}

#[test]
fn what_goes_on_is_told_event_by_event() {
    let mut world = World::with_pr(&Rules::default());
    let before = world.tip;
    let one = world.add("alice", revision(2));
    let two = world.verdict("bob", 2, Verdict::Approve);
    let raw = world.raw("carol", Payload::Merge(merge(2)));
    let three = world.push(&raw);
    let growth = grown(&world, Some(before)).expect("good");
    let ids: Vec<_> = growth.events.iter().map(|event| event.id).collect();
    assert_eq!(ids, [one, two, three]);
    assert!(!growth.opened);
    assert_eq!(growth.revisions, [2].into());
    let merging = growth.merge.expect("it merges");
    assert_eq!((merging.event.id, merging.before.tip), (three, two));
}

#[test]
fn a_log_only_goes_on_from_its_tip() {
    let mut world = World::with_pr(&Rules::default());
    let root = world.tip;
    let veto = world.verdict("bob", 1, Verdict::RequestChanges);
    // Back, nowhere, and another way.
    world.tip = root;
    refused(grown(&world, Some(veto)), Rule::RefRewind);
    world.tip = veto;
    refused(grown(&world, Some(veto)), Rule::RefRewind);
    world.tip = root;
    world.say("carol", "Another way.");
    refused(grown(&world, Some(veto)), Rule::RefRewind);
    // Another object's events.
    let other = World::with_pr(&Rules::default().and_default("")).tip;
    world.tip = other;
    assert!(grown(&world, Some(veto)).is_err());
}

#[test]
fn what_is_not_there_is_not_judged_good() {
    let mut world = World::with_pr(&Rules::default());
    let before = world.outcome();
    let tip = world.say("bob", "Hello.");
    let none = Objects::new(HASH);
    let found = grow(&scene(&world), &world.log, Some(&before), tip, &none);
    refused(found, Rule::ObjectMissing);
    // A blob is no event.
    let blob = world.insert(crate::object::ObjectType::Blob, b"x".to_vec());
    world.tip = blob;
    refused(grown(&world, Some(before.tip)), Rule::ObjectMissing);
}

#[test]
fn the_newest_policy_judges_every_new_event() {
    let rules = Rules::default();
    let mut world = World::with_pr(&rules);
    let (before, first) = (world.tip, world.newest());
    let second = world.change_policy(&rules.role("bob", "reporter"));
    let raw = world.raw("bob", comment()).body("Old.").policy(first);
    world.push(&raw);
    refused(grown(&world, Some(before)), Rule::PolicyOlder);
    // Nor is it hidden below one that names the newest.
    let raw = world.raw("bob", comment()).body("New.").policy(second);
    world.push(&raw);
    refused(grown(&world, Some(before)), Rule::PolicyOlder);
    world.tip = before;
    let raw = world.raw("bob", comment()).body("New.").policy(second);
    world.push(&raw);
    assert!(grown(&world, Some(before)).is_ok());
    let approve = world.raw("bob", review(1, Verdict::Approve, &[]));
    world.push(&approve);
    refused(grown(&world, Some(before)), Rule::RightMissing);
}

#[test]
fn nothing_is_dated_ahead_of_the_clock_here() {
    let mut world = World::with_pr(&Rules::default());
    let (before, now) = (world.tip, world.now);
    for (ahead, fits) in [(TOLERANCE_SECONDS, true), (TOLERANCE_SECONDS + 1, false)] {
        let raw = world.raw("bob", comment()).body("Later.");
        world.tip = world.put(&raw.seconds(now + ahead));
        match grown(&world, Some(before)) {
            Ok(_) => assert!(fits, "{ahead}"),
            Err(refusal) => assert!(!fits && refusal.rule == Rule::TimeFuture, "{refusal}"),
        }
        world.tip = before;
    }
    // Not a new log either.
    world.now += 5000;
    world.open("alice", false);
    world.now -= 5000;
    refused(grown(&world, None), Rule::TimeFuture);
}

#[test]
fn a_rejected_event_is_refused_and_an_old_one_is_not_held_against_what_follows() {
    let mut world = World::with_pr(&Rules::default());
    let root = world.tip;
    let raw = world.raw(STRANGER, comment()).body("Hello.");
    let bad = world.push(&raw);
    let refusal = refused(grown(&world, Some(root)), Rule::SignerUnknown);
    assert_eq!(refusal.evidence, [bad]);
    // Hidden below a good one.
    let good = world.say("bob", "Good.");
    refused(grown(&world, Some(root)), Rule::SignerUnknown);
    assert!(grown(&world, Some(bad)).is_ok());
    let raw = world.raw("bob", comment()).body("Not Bob.");
    world.tip = world.put_unsigned(&raw);
    refused(grown(&world, Some(good)), Rule::SignatureBad);
}

#[test]
fn nobody_approves_their_own_change_by_pushing_revision_and_approval_together() {
    let mut world = World::with_pr(&Rules::default());
    let before = world.tip;
    let approve = world.raw("alice", review(1, Verdict::Approve, &[]));
    world.push(&approve);
    refused(grown(&world, Some(before)), Rule::SelfApproval);
    world.tip = before;
    world.add("bob", revision(2));
    let approve = world.raw("bob", review(2, Verdict::Approve, &[]));
    world.push(&approve);
    refused(grown(&world, Some(before)), Rule::SelfApproval);
    // An approval of what is not the latest counts for nothing, and is refused for that.
    world.tip = before;
    world.add("bob", revision(2));
    let approve = world.raw("carol", review(1, Verdict::Approve, &[]));
    world.push(&approve);
    refused(grown(&world, Some(before)), Rule::RevisionStale);
}

#[test]
fn two_people_may_have_had_the_same_idea() {
    let mut world = World::with_pr(&Rules::default());
    let before = world.tip;
    let edit = world.raw("carol", Payload::Edit(payload::Edit {}));
    let edit = edit.subject("Title").body("Text");
    world.push(&edit);
    assert!(grown(&world, Some(before)).is_ok());
}

#[test]
fn a_join_brings_remarks_and_no_decisions() {
    let mut world = World::with_pr(&Rules::default());
    let root = world.tip;
    let side = world.say("bob", "Offline.");
    world.tip = root;
    let tip = world.say("carol", "Online.");
    world.tip = world.join("alice", tip, side);
    let growth = grown(&world, Some(tip)).expect("good");
    assert_eq!((growth.count, growth.events.len()), (2, 1));
    // The past must not become another.
    let turned = world.join("alice", side, tip);
    world.tip = turned;
    refused(grown(&world, Some(tip)), Rule::RefRewind);
    world.tip = root;
    let approval = world.verdict("bob", 1, Verdict::Approve);
    world.tip = world.join("alice", tip, approval);
    refused(grown(&world, Some(tip)), Rule::JoinedDecision);
    world.tip = root;
    let raw = world.raw(STRANGER, comment()).body("Hello.");
    let stranger = world.put(&raw);
    world.tip = world.join("alice", tip, stranger);
    refused(grown(&world, Some(tip)), Rule::SignerUnknown);
}

fn check(name: &str) -> Command {
    Command::new(Payload::Check(payload::Check {
        commit: code("head-1"),
        tree_id: code("tree"),
        check: Name::parse(name).expect("a name"),
        status: CheckStatus::Success,
        url: None,
        time: Time::from_seconds(5).expect("a time"),
    }))
}

#[test]
fn a_check_that_a_rule_requires_is_reported_by_whom_it_names() {
    let rules = Rules::default()
        .role("ci", "ci")
        .role("dave", "ci")
        .and_table("[[branch]]\nmatch = [\"x\"]\nchecks = [{ name = \"build\", by = [\"ci\"] }]");
    let mut world = World::new(&rules);
    world
        .start("ci", LogType::Check, check("build"))
        .expect("may");
    assert!(grown(&world, None).is_ok());
    let first = world.tip;
    world.next("dave", check("lint")).expect("may");
    assert!(grown(&world, Some(first)).is_ok());
    let lint = world.tip;
    world.next("dave", check("build")).expect("replay takes it");
    refused(grown(&world, Some(lint)), Rule::CheckSigner);
    world
        .start("dave", LogType::Check, check("build"))
        .expect("replay takes it");
    refused(grown(&world, None), Rule::CheckSigner);
}

#[test]
fn an_override_is_pushed_by_whom_the_rule_names() {
    let over = || {
        Command::new(Payload::Override(payload::Override {
            revision: 1,
            base: code("base-1"),
            head: code("head-1"),
        }))
        .body("It burns.")
    };
    for (defaults, fits) in [
        ("", false),
        ("override = [\"bob\"]", false),
        ("override = [\"alice\"]", true),
    ] {
        let mut world = World::with_pr(&Rules::default().and_default(defaults));
        let before = world.tip;
        world.next("alice", over()).expect("replay takes it");
        match grown(&world, Some(before)) {
            Ok(_) => assert!(fits, "{defaults}"),
            Err(refusal) => assert!(!fits && refusal.rule == Rule::RightMissing, "{refusal}"),
        }
    }
}

#[test]
fn only_a_chain_on_more_than_one_event_is_plain() {
    let mut world = World::with_pr(&Rules::default());
    let root = world.outcome();
    let one = world.say("bob", "One.");
    assert!(!is_plain(&root, one, &world.objects));
    let before = world.outcome();
    let two = world.say("bob", "Two.");
    assert!(is_plain(&before, two, &world.objects));
    let side = world.say("carol", "Three.");
    world.tip = two;
    let tip = world.say("bob", "Four.");
    let joined = world.join("bob", tip, side);
    assert!(!is_plain(&before, joined, &world.objects));
    assert!(!is_plain(&before, root.tip, &world.objects));
    // It is refused without looking further.
    assert!(is_plain(&before, two, &Objects::new(HASH)));
}

#[test]
fn without_a_policy_no_event_is_taken() {
    let world = World::with_pr(&Rules::default());
    let policies = crate::policy::PolicyChain::default();
    let bare = crate::push::Scene {
        policies: &policies,
        ..scene(&world)
    };
    let found = grow(&bare, &world.log, None, world.tip, &world.objects);
    assert!(found.is_err());
}
