//! The push as a whole: what belongs together, guests, and who may carry others' events.

use super::landing::Case;
use super::{all_refused, grown, nobody, proven, scene};
use crate::decide::Command;
use crate::event::{LogType, Payload, Pusher, Rule, payload};
use crate::id::Digest;
use crate::log::LogName;
use crate::push::{Growth, Heads, Proof, Scene, Whole, decide};
use crate::world::{HASH, Rules, STRANGER, World, code, key};

fn heads(value: &str, expected: &str) -> Heads {
    Heads {
        pr: code("pr"),
        moved: Some(code(value)),
        value: Some(code(value)),
        expected: Some(code(expected)),
    }
}

#[test]
fn a_merge_and_its_branch_move_together() {
    let (world, whole) = Case::good().whole();
    let judge = |whole: &Whole| decide(&scene(&world), &proven("carol"), whole);
    assert!(judge(&whole).is_ok());
    // Whoever carries it: the event is its signer's word.
    assert!(decide(&scene(&world), &proven("dave"), &whole).is_ok());
    let mismatch = &[Rule::MergeMismatch];
    let mut event_only = whole.clone();
    event_only.landings.clear();
    all_refused("no branch", judge(&event_only), mismatch);
    let mut other_log = whole.clone();
    other_log.landings[0].log = LogName::Pr(code("another"));
    let both = &[Rule::MergeMismatch, Rule::MergeMismatch];
    all_refused("another's branch", judge(&other_log), both);
    let mut branch_only = whole.clone();
    branch_only.logs.clear();
    all_refused("no event", judge(&branch_only), mismatch);
    let mut without = whole.clone();
    without.logs[0].merge = None;
    all_refused("no merge", judge(&without), mismatch);
    let mut twice = whole.clone();
    twice.landings.push(whole.landings[0].clone());
    all_refused("twice", judge(&twice), mismatch);
}

#[test]
fn heads_are_what_the_revisions_make_them() {
    let world = World::new(&Rules::default());
    let judge = |heads: Heads| {
        let whole = Whole {
            heads: vec![heads],
            ..Whole::default()
        };
        decide(&scene(&world), &proven("dave"), &whole)
    };
    assert!(judge(heads("a", "a")).is_ok());
    all_refused("another", judge(heads("a", "b")), &[Rule::HeadsMismatch]);
    let none = Heads {
        value: None,
        expected: None,
        ..heads("a", "a")
    };
    all_refused("of nothing", judge(none), &[Rule::HeadsMismatch]);
    let gone = Heads {
        value: None,
        ..heads("a", "a")
    };
    all_refused("not pushed", judge(gone), &[Rule::HeadsMismatch]);
}

/// A new pull request of Alice's.
fn opened(rules: &Rules) -> (World, Whole) {
    let world = World::with_pr(rules);
    let whole = Whole {
        logs: vec![grown(&world, None).expect("good")],
        ..Whole::default()
    };
    (world, whole)
}

#[test]
fn somebody_who_is_known_carries_others_events() {
    let (world, whole) = opened(&Rules::default());
    let judge = |proof: &Proof, whole: &Whole| decide(&scene(&world), proof, whole);
    assert!(judge(&proven("dave"), &whole).is_ok());
    all_refused("nobody", judge(&nobody(), &whole), &[Rule::PusherUnproven]);
    let heads = Whole {
        heads: vec![heads("a", "a")],
        ..Whole::default()
    };
    all_refused("heads", judge(&nobody(), &heads), &[Rule::PusherUnproven]);
    let policy = Whole {
        policy: true,
        ..Whole::default()
    };
    all_refused("policy", judge(&nobody(), &policy), &[Rule::PusherUnproven]);
    // A certificate by a key that the policy does not know proves nobody.
    let stranger = Proof {
        pusher: Pusher::Certificate(key(STRANGER).public().fingerprint()),
        person: None,
    };
    all_refused(
        "a stranger",
        judge(&stranger, &whole),
        &[Rule::PusherUnproven],
    );
    // Where the policy says so, anybody carries what others signed.
    let (world, whole) = opened(&Rules::default().and_table("[push]\nanonymous = true"));
    assert!(decide(&scene(&world), &nobody(), &whole).is_ok());
    assert!(decide(&scene(&world), &nobody(), &policy).is_ok());
}

#[test]
fn anonymous_pushes_bring_events_and_no_code() {
    let world = World::new(
        &Rules::default()
            .and_table("[push]\nanonymous = true\n[[branch]]\nmatch = [\"**\"]\nprotected = false"),
    );
    let whole = Whole {
        branches: vec![crate::push::BranchMove {
            name: super::name("refs/heads/x"),
            old: None,
            new: Some(code("new")),
            new_type: Some(crate::object::ObjectType::Commit),
            is_protected_history: false,
            is_first: false,
            commits: Vec::new(),
            paths: [].into(),
        }],
        tags: vec![crate::push::TagMove {
            name: super::name("refs/tags/x"),
            old: None,
            new: Some(code("new")),
            new_type: Some(crate::object::ObjectType::Commit),
            signer: None,
            commit: Some(code("new")),
            commits: Vec::new(),
        }],
        ..Whole::default()
    };
    let found = decide(&scene(&world), &nobody(), &whole);
    all_refused("both", found, &[Rule::PusherUnproven, Rule::PusherUnproven]);
    assert!(decide(&scene(&world), &proven("dave"), &whole).is_ok());
}

#[test]
fn without_a_policy_nothing_else_is_taken() {
    let policies = crate::policy::PolicyChain::default();
    let bare = Scene {
        hash: HASH,
        policies: &policies,
        now: 0,
    };
    let found = decide(&bare, &proven("alice"), &Whole::default());
    all_refused("nothing", found, &[Rule::ServerSetup]);
}

const OPEN: &str = "[guests]\nopen = true\nlogs = 2\nevents = 2";

/// A guest's issues, each a log of its own.
fn guests(rules: &Rules, count: usize) -> (World, Vec<Growth>) {
    let mut world = World::new(rules);
    let mut all = Vec::new();
    for number in 0..count {
        let issue = Payload::Issue(payload::Issue {
            labels: Vec::new(),
            assignees: Vec::new(),
        });
        let command = Command::new(issue).subject(format!("Issue {number}"));
        world.start(STRANGER, LogType::Guest, command).expect("may");
        all.push(grown(&world, None).expect("good"));
    }
    (world, all)
}

fn guest_proof(who: &str) -> Proof {
    Proof {
        pusher: Pusher::Certificate(key(who).public().fingerprint()),
        person: None,
    }
}

fn judge_guests(
    rules: &Rules,
    count: usize,
    have: usize,
    proof: &Proof,
) -> Result<(), Vec<crate::refusal::Refusal>> {
    let (world, logs) = guests(rules, count);
    let print = Digest::of(&key(STRANGER).public().to_blob());
    let whole = Whole {
        logs,
        guest_logs: vec![(print, have)],
        ..Whole::default()
    };
    decide(&scene(&world), proof, &whole)
}

#[test]
fn a_guest_pushes_their_own_contribution() {
    let open = Rules::default().and_table(OPEN);
    let own = guest_proof(STRANGER);
    assert!(judge_guests(&open, 1, 0, &own).is_ok());
    assert!(judge_guests(&open, 1, 0, &proven("dave")).is_ok());
    for other in [nobody(), guest_proof("eve")] {
        let found = judge_guests(&open, 1, 0, &other);
        all_refused("another", found, &[Rule::PusherUnproven]);
    }
    let anonymous = open.clone().and_table("[push]\nanonymous = true");
    assert!(judge_guests(&anonymous, 1, 0, &nobody()).is_ok());
    let shut = Rules::default();
    let found = judge_guests(&shut, 1, 0, &own);
    all_refused("shut", found, &[Rule::GuestLimit]);
    // Nor does somebody who is known carry it there.
    let found = judge_guests(&shut, 1, 0, &proven("alice"));
    all_refused("shut", found, &[Rule::GuestLimit]);
}

#[test]
fn a_guest_has_so_many_contributions_and_no_more() {
    let open = Rules::default().and_table(OPEN);
    let own = guest_proof(STRANGER);
    let judge = |count, have| judge_guests(&open, count, have, &own);
    assert!(judge(2, 0).is_ok());
    assert!(judge(1, 1).is_ok());
    all_refused("one more", judge(1, 2), &[Rule::GuestLimit]);
    // Not even all in one push.
    let all = &[Rule::GuestLimit; 3];
    all_refused("at once", judge(3, 0), all);
    all_refused("in two", judge(2, 1), &[Rule::GuestLimit; 2]);
}

#[test]
fn a_guests_contribution_goes_on_up_to_its_limit() {
    let open = Rules::default().and_table(OPEN);
    let (mut world, _) = guests(&open, 1);
    let before = world.tip;
    world.say(STRANGER, "More.");
    let print = Digest::of(&key(STRANGER).public().to_blob());
    let judge = |world: &World| {
        let whole = Whole {
            logs: vec![grown(world, Some(before)).expect("good")],
            guest_logs: vec![(print, 2)],
            ..Whole::default()
        };
        decide(&scene(world), &guest_proof(STRANGER), &whole)
    };
    // It is not new, so the number of contributions does not matter.
    assert!(judge(&world).is_ok());
    world.say(STRANGER, "Still more.");
    all_refused("too long", judge(&world), &[Rule::GuestLimit]);
}
