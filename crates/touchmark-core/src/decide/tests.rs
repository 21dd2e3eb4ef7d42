//! What a command may do, and what it is refused for before anything is signed.

use super::{Command, Files, Next, first, first_policy, merge, next};
use crate::event::{CommentId, LogType, Payload, Right, Rule, Verdict, Verify, decode, payload};
use crate::gate::Facts;
use crate::log::LogName;
use crate::policy::PolicyChain;
use crate::refusal::Refusal;
use crate::replay::{PrState, State, Status, Trust, replay_policy};
use crate::world::{self, HASH, Rules, World, author, code, comment, review, revision};

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Refusal>, rule: Rule) {
    let refusal = result.expect_err("it must be refused");
    assert_eq!(refusal.rule, rule, "{refusal}");
}

fn state(world: &World) -> PrState {
    match world.outcome().state {
        Some(State::Pr(state)) => *state,
        other => panic!("{other:?}"),
    }
}

/// Facts of a range that Alice wrote, on the base that the first revision has.
fn facts() -> Facts {
    Facts {
        emails: ["alice@example.com".to_owned()].into(),
        people: ["alice".to_owned()].into(),
        merge_base: Some(code("base-1")),
        ..Facts::default()
    }
}

fn land(world: &World, who: &str, facts: &Facts, what: payload::Merge) -> Result<Next, Vec<Rule>> {
    let author = author(who);
    let outcome = world.outcome();
    merge(&world.scene(&author), &outcome, facts, what, None)
        .map_err(|reasons| reasons.iter().map(|refusal| refusal.rule).collect())
}

#[test]
fn nobody_approves_what_they_had_a_hand_in() {
    let mut world = World::with_pr(&Rules::default());
    let approve = |number| Command::new(review(number, Verdict::Approve, &[]));
    refused(world.next("alice", approve(1)), Rule::SelfApproval);
    world.add("bob", revision(2));
    refused(world.next("alice", approve(2)), Rule::SelfApproval);
    refused(world.next("bob", approve(2)), Rule::SelfApproval);
    // They may object, and remark.
    world.verdict("alice", 2, Verdict::RequestChanges);
    world.verdict("alice", 2, Verdict::Withdraw);
    let remark = Command::new(review(2, Verdict::Comment, &[])).body("See there.");
    world.next("bob", remark).unwrap();
    world.verdict("carol", 2, Verdict::Approve);
    assert_eq!(state(&world).verdicts.len(), 1);
}

#[test]
fn only_the_latest_revision_is_approved() {
    let mut world = World::with_pr(&Rules::default());
    world.add("alice", revision(2));
    let approve = Command::new(review(1, Verdict::Approve, &[]));
    refused(world.next("bob", approve), Rule::RevisionStale);
    // Objecting to an older one is on the safe side.
    world.verdict("bob", 1, Verdict::RequestChanges);
}

#[test]
fn a_command_changes_something() {
    let mut world = World::with_pr(&Rules::default());
    let again = payload::Revision {
        revision: 2,
        target: None,
        base: code("base-1"),
        head: code("head-1"),
    };
    let same = Command::new(Payload::Revision(again.clone()));
    refused(world.next("alice", same), Rule::NothingToDo);
    let same_target = payload::Revision {
        target: Some(world::main_branch()),
        ..again.clone()
    };
    let same = Command::new(Payload::Revision(same_target));
    refused(world.next("alice", same), Rule::NothingToDo);
    let edit = || Command::new(Payload::Edit(payload::Edit {})).subject("Title");
    refused(world.next("alice", edit().body("Text")), Rule::NothingToDo);
    world.next("alice", edit().body("More")).unwrap();
    let moved = payload::Revision {
        target: crate::event::RefName::parse("refs/heads/next"),
        ..again.clone()
    };
    world.add("alice", Payload::Revision(moved));
    let other_base = payload::Revision {
        revision: 3,
        base: code("base-2"),
        ..again
    };
    world.add("alice", Payload::Revision(other_base));
}

#[test]
fn a_merge_is_made_by_merge_alone() {
    let rules = Rules {
        approvals: 0,
        ..Rules::default()
    };
    let mut world = World::with_pr(&rules);
    let command = Command::new(Payload::Merge(world::merge(1)));
    refused(world.next("alice", command), Rule::ApprovalsMissing);
    assert!(land(&world, "alice", &facts(), world::merge(1)).is_ok());
}

#[test]
fn a_merge_cites_the_approvals_that_opened_the_gate_and_no_others() {
    let mut world = World::with_pr(&Rules::default());
    let bob = world.verdict("bob", 1, Verdict::Approve);
    let carol = world.verdict("carol", 1, Verdict::Approve);
    let claimed = payload::Merge {
        evidence: vec![code("made up")],
        ..world::merge(1)
    };
    let mut facts = facts();
    facts.emails.insert("Carol@example.com".to_owned());
    let next = land(&world, "alice", &facts, claimed).unwrap();
    world.tip = world.sign("alice", &next);
    let landed = state(&world);
    assert_eq!(landed.status, Status::Merged);
    let evidence = landed.merge.expect("it landed").evidence;
    assert_eq!(evidence, [bob]);
    assert!(!evidence.contains(&carol));
}

#[test]
fn a_merge_needs_an_open_gate_a_known_base_and_the_right() {
    let mut world = World::with_pr(&Rules::default());
    let alone = land(&world, "alice", &facts(), world::merge(1));
    assert_eq!(alone.unwrap_err(), [Rule::ApprovalsMissing]);
    world.verdict("bob", 1, Verdict::Approve);
    let unknown = Facts {
        merge_base: None,
        ..facts()
    };
    let unknown = land(&world, "alice", &unknown, world::merge(1));
    assert_eq!(unknown.unwrap_err(), [Rule::RevisionStale]);
    let moved = Facts {
        merge_base: Some(code("elsewhere")),
        ..facts()
    };
    let moved = land(&world, "alice", &moved, world::merge(1));
    assert_eq!(moved.unwrap_err(), [Rule::RevisionStale]);
    let dave = land(&world, "dave", &facts(), world::merge(1));
    assert_eq!(dave.unwrap_err(), [Rule::RightMissing]);
    let another = payload::Merge {
        head: code("another"),
        ..world::merge(1)
    };
    let another = land(&world, "alice", &facts(), another);
    assert_eq!(another.unwrap_err(), [Rule::RevisionUnknown]);
    let partial = world.outcome().without_comments();
    let alice = author("alice");
    let scene = world.scene(&alice);
    let partial = merge(&scene, &partial, &facts(), world::merge(1), None);
    assert_eq!(partial.unwrap_err()[0].rule, Rule::RecordError);
}

#[test]
fn the_newest_policy_judges_a_merge() {
    let rules = Rules::default();
    let mut world = World::with_pr(&rules);
    world.verdict("bob", 1, Verdict::Approve);
    assert!(land(&world, "alice", &facts(), world::merge(1)).is_ok());
    world.change_policy(&rules.retired("bob"));
    let late = land(&world, "alice", &facts(), world::merge(1));
    assert_eq!(late.unwrap_err(), [Rule::ApprovalsMissing]);
}

#[test]
fn a_clock_behind_the_log_does_not_stop_its_owner() {
    let mut world = World::with_pr(&Rules::default());
    let newest = world.outcome().tip_facts.expect("a tip").seconds;
    world.now = newest - 5000;
    let said = world.say("bob", "Slow.");
    let event = decode(&world.objects, &said, Verify::Full).unwrap();
    assert_eq!(event.author.seconds, newest);
    world.now = newest + 5000;
    let said = world.say("bob", "In time.");
    let event = decode(&world.objects, &said, Verify::Full).unwrap();
    assert_eq!(event.author.seconds, newest + 5001);
}

#[test]
fn what_a_replay_would_reject_is_not_signed() {
    let mut world = World::with_pr(&Rules::default());
    let close = || Command::new(Payload::Close(payload::Close {}));
    refused(world.next("dave", close()), Rule::RightMissing);
    let hello = || Command::new(comment()).body("Hello");
    refused(world.next(world::STRANGER, hello()), Rule::SignerUnknown);
    let unknown = Payload::Comment(payload::Comment {
        reply: Some(CommentId::new(code("nothing"), 0)),
    });
    let unknown = Command::new(unknown).body("Yes.");
    refused(world.next("bob", unknown), Rule::CommentUnknown);
    world.next("alice", close()).unwrap();
    let approve = Command::new(review(1, Verdict::Approve, &[]));
    refused(world.next("bob", approve), Rule::StateClosed);
    let rejected = Rules::default();
    let other = World::new(&rejected).newest();
    world.log = LogName::Issue(other);
    refused(world.next("bob", hello()), Rule::RecordError);
}

#[test]
fn the_policy_is_not_changed_by_a_plain_command() {
    let world = World::new(&Rules::default());
    let outcome = replay_policy(world.newest(), &world.objects, Trust::Nothing).1;
    let alice = author("alice");
    let version = Payload::Policy(payload::Policy {
        version: 2,
        nonce: None,
        origin: None,
        proposal: None,
    });
    let result = next(&world.scene(&alice), &outcome, Command::new(version));
    refused(result, Rule::PolicyThreshold);
}

#[test]
fn an_object_is_opened_as_what_it_is() {
    let world = World::new(&Rules::default());
    let alice = author("alice");
    let issue = || {
        let issue = payload::Issue {
            labels: Vec::new(),
            assignees: Vec::new(),
        };
        Command::new(Payload::Issue(issue)).subject("Title")
    };
    assert!(first(&world.scene(&alice), LogType::Issue, issue()).is_ok());
    for log in [LogType::Pr, LogType::Queue, LogType::Check, LogType::Policy] {
        refused(first(&world.scene(&alice), log, issue()), Rule::LogRoot);
    }
    let stranger = author(world::STRANGER);
    let result = first(&world.scene(&stranger), LogType::Issue, issue());
    refused(result, Rule::SignerUnknown);
    let none = PolicyChain::default();
    let scene = super::Scene {
        policies: &none,
        ..world.scene(&alice)
    };
    refused(first(&scene, LogType::Issue, issue()), Rule::PolicyUnknown);
}

#[test]
fn a_policy_is_started_by_one_of_its_admins() {
    let (toml, signers) = Rules::default().files();
    let start = |who: &str, toml: &str| {
        first_policy(
            HASH,
            &author(who),
            1,
            [1; 16],
            toml.as_bytes(),
            signers.as_bytes(),
        )
    };
    assert!(start("alice", &toml).is_ok());
    refused(start("bob", &toml), Rule::RightMissing);
    refused(start(world::STRANGER, &toml), Rule::SignerUnknown);
    refused(start("alice", "format = 2\n"), Rule::PolicyForm);
}

#[test]
fn a_bot_with_the_role_of_an_admin_is_no_admin() {
    let rules = Rules::default().role("ci", "admin");
    let (toml, signers) = rules.files();
    let start = first_policy(
        HASH,
        &author("ci"),
        1,
        [1; 16],
        toml.as_bytes(),
        signers.as_bytes(),
    );
    refused(start, Rule::RightMissing);
    assert!(rules.policy().grants("ci", Right::Endorse));
    assert!(!rules.policy().admins().contains("ci"));
}

#[test]
fn the_files_of_a_review_become_its_comments() {
    let mut world = World::with_pr(&Rules::default());
    let files = Files::Review {
        comments: vec!["Why?".to_owned(), "Better:\n\n".to_owned()],
        suggestions: [(2, b"fn new() {}\n".to_vec())].into(),
    };
    let anchors = ["1 old src/a.rs", "2 new src/b.rs:3-4"];
    let command = Command::new(review(1, Verdict::Comment, &anchors)).files(files);
    assert!(!command.names_comment());
    let event = world.next("dave", command).unwrap();
    let comments: Vec<_> = state(&world).comments.iter().cloned().collect();
    let texts: Vec<_> = comments.iter().map(|one| one.text.as_deref()).collect();
    assert_eq!(texts, [Some("Why?"), Some("Better:")]);
    assert_eq!(comments[1].id, CommentId::new(event, 2));
    assert!(comments[0].suggestion.is_none() && comments[1].suggestion.is_some());
}

#[test]
fn commands_say_whether_they_name_a_comment() {
    let comment_id = CommentId::new(code("a comment"), 0);
    let reply = payload::Comment {
        reply: Some(comment_id),
    };
    let anchor = format!("1 reply {comment_id}");
    let naming = [
        Payload::Comment(reply),
        Payload::Retract(payload::Retract { comment_id }),
        Payload::Resolve(payload::Resolve { comment_id }),
        review(1, Verdict::Comment, &[&anchor]),
    ];
    for payload in naming {
        assert!(Command::new(payload.clone()).names_comment(), "{payload:?}");
    }
    for payload in [comment(), revision(2), review(1, Verdict::Approve, &[])] {
        assert!(
            !Command::new(payload.clone()).names_comment(),
            "{payload:?}"
        );
    }
}

#[test]
fn an_empty_body_is_none() {
    let command = Command::new(comment()).body("");
    assert_eq!(command.body, None);
    let world = World::with_pr(&Rules::default());
    let bob = author("bob");
    let result = next(&world.scene(&bob), &world.outcome(), command);
    refused(result, Rule::BodyForm);
}
