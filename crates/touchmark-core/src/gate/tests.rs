//! The gate: one open case, and each thing that shuts it or must not.

use super::{Facts, Verdicts, judge, took_part};
use crate::decide::{self, Command};
use crate::event::{CommentId, LogType, Payload, Rule, Verdict, payload};
use crate::id::ObjectId;
use crate::log::LogName;
use crate::replay::State;
use crate::world::{Rules, STRANGER, World, author, code, comment, merge, review, revision};

/// Alice has opened a pull request, Bob has approved it, and one approval is enough.
pub(super) struct Case {
    pub(super) world: World,
    pub(super) rules: Rules,
    pub(super) facts: Facts,
}

impl Case {
    pub(super) fn open() -> Self {
        let rules = Rules::default();
        let mut world = World::with_pr(&rules);
        world.verdict("bob", 1, Verdict::Approve);
        let facts = Facts {
            emails: ["alice@example.com".to_owned()].into(),
            people: ["alice".to_owned()].into(),
            merge_base: Some(code("base-1")),
            ..Facts::default()
        };
        Self {
            world,
            rules,
            facts,
        }
    }

    /// No approval yet.
    pub(super) fn fresh() -> Self {
        let mut case = Self::open();
        let root = case.world.log.root().expect("a pull request");
        case.world.tip = root;
        case
    }

    /// A second revision, whose base has moved along.
    pub(super) fn revise(&mut self, who: &'static str) {
        self.world.add(who, revision(2));
        self.facts.merge_base = Some(code("base-2"));
    }

    fn judge(&self) -> Verdicts {
        self.world.gate(&self.rules, &self.facts)
    }

    #[track_caller]
    pub(super) fn shut(&self, rules: &[Rule]) {
        let Verdicts::Shut(reasons) = self.judge() else {
            panic!("the gate is open");
        };
        let found: Vec<Rule> = reasons.iter().map(|refusal| refusal.rule).collect();
        assert_eq!(found, rules, "{reasons:?}");
    }

    #[track_caller]
    pub(super) fn opens_on(&self, expected: &[ObjectId]) {
        match self.judge() {
            Verdicts::Open { evidence } => assert_eq!(evidence, expected),
            Verdicts::Shut(reasons) => panic!("{reasons:?}"),
        }
    }
}

const MISSING: &[Rule] = &[Rule::ApprovalsMissing];

#[test]
fn an_approval_opens_it() {
    let case = Case::open();
    case.opens_on(&[case.world.tip]);
    Case::fresh().shut(MISSING);
}

#[test]
fn who_had_a_hand_in_the_change_does_not_count() {
    type Change = fn(&mut Case);
    let changes: [(&str, Change); 4] = [
        ("authored", |case| {
            case.facts.emails.insert("bob@example.com".to_owned());
        }),
        ("co-authored under another spelling", |case| {
            case.facts.emails.insert("Bob@Example.COM".to_owned());
        }),
        ("signed or pushed", |case| {
            case.facts.people.insert("bob".to_owned());
        }),
        ("opened", |case| {
            case.world = World::new(&case.rules);
            case.world.open("bob", false);
            let approve = review(1, Verdict::Approve, &[]);
            let raw = case.world.raw("bob", approve);
            case.world.push(&raw);
        }),
    ];
    for (name, change) in changes {
        let mut case = Case::open();
        change(&mut case);
        assert!(matches!(case.judge(), Verdicts::Shut(_)), "{name}");
        case.shut(MISSING);
        let carol = case.world.verdict("carol", 1, Verdict::Approve);
        case.opens_on(&[carol]);
    }
}

#[test]
fn who_made_a_revision_does_not_count_even_if_a_later_one_is_by_another() {
    let mut case = Case::fresh();
    case.revise("bob");
    case.world.add("alice", revision(3));
    case.facts.merge_base = Some(code("base-3"));
    let approve = case.world.raw("bob", review(3, Verdict::Approve, &[]));
    case.world.push(&approve);
    case.shut(MISSING);
    let carol = case.world.verdict("carol", 3, Verdict::Approve);
    case.opens_on(&[carol]);
}

#[test]
fn took_part_looks_at_the_record_and_the_facts() {
    let case = Case::open();
    let outcome = case.world.outcome();
    let Some(State::Pr(state)) = &outcome.state else {
        panic!("no pull request");
    };
    let policy = case.rules.policy();
    let none = Facts::default();
    assert!(took_part(state, &policy, &none, "alice"));
    assert!(!took_part(state, &policy, &none, "bob"));
    assert!(!took_part(state, &policy, &case.facts, "nobody"));
}

#[test]
fn an_approval_is_of_one_revision() {
    let mut case = Case::open();
    case.revise("alice");
    case.shut(MISSING);
    let again = case.world.verdict("bob", 2, Verdict::Approve);
    case.opens_on(&[again]);
}

#[test]
fn an_approval_needs_a_reviewer_and_a_key_of_today() {
    type Change = fn(&mut Rules);
    let changes: [(&str, Change); 4] = [
        ("retired key", |rules| rules.retired.push("bob")),
        ("no role", |rules| {
            rules.roles.insert("bob", "");
        }),
        ("no right to review", |rules| {
            rules.roles.insert("bob", "reporter");
        }),
        ("left", |rules| rules.gone.push("bob")),
    ];
    for (name, change) in changes {
        let mut case = Case::open();
        change(&mut case.rules);
        assert!(matches!(case.judge(), Verdicts::Shut(_)), "{name}");
        case.shut(MISSING);
    }
}

#[test]
fn a_bot_does_not_approve_but_may_object() {
    let mut case = Case::fresh();
    case.world.verdict("ci", 1, Verdict::Approve);
    case.shut(MISSING);
    let mut case = Case::open();
    case.world.verdict("ci", 1, Verdict::RequestChanges);
    case.shut(MISSING);
}

#[test]
fn as_many_approvals_as_the_policy_says() {
    let mut case = Case::open();
    let bob = case.world.tip;
    case.rules.approvals = 2;
    case.shut(MISSING);
    let carol = case.world.verdict("carol", 1, Verdict::Approve);
    case.opens_on(&[bob, carol]);
    let mut case = Case::fresh();
    case.rules.approvals = 0;
    case.opens_on(&[]);
    case.world.verdict("carol", 1, Verdict::RequestChanges);
    case.shut(MISSING);
}

#[test]
fn a_request_for_changes_stands_until_its_author_says_otherwise() {
    let mut case = Case::open();
    let veto = case.world.verdict("carol", 1, Verdict::RequestChanges);
    let Verdicts::Shut(reasons) = case.judge() else {
        panic!("the gate is open");
    };
    assert_eq!(reasons[0].evidence, [veto]);
    case.shut(MISSING);
    // Not even a new revision, that Bob approves, takes it away.
    case.revise("alice");
    case.world.verdict("bob", 2, Verdict::Approve);
    case.shut(MISSING);
    // Nor does a new key of hers.
    case.rules.retired.push("carol");
    case.shut(MISSING);
    let gone = case.world.tip;
    case.world.verdict("carol", 2, Verdict::Withdraw);
    assert!(matches!(case.judge(), Verdicts::Open { .. }));
    case.world.tip = gone;
    case.world.verdict("carol", 2, Verdict::Approve);
    assert!(matches!(case.judge(), Verdicts::Open { .. }));
    case.world.tip = gone;
    case.rules.roles.insert("carol", "reporter");
    assert!(matches!(case.judge(), Verdicts::Open { .. }));
}

#[test]
fn a_damaged_record_shuts_it() {
    let mut case = Case::open();
    let raw = case.world.raw(STRANGER, comment()).body("Hello");
    let bad = case.world.push(&raw);
    case.shut(&[Rule::RecordError]);
    let Verdicts::Shut(reasons) = case.judge() else {
        panic!("the gate is open");
    };
    assert_eq!(reasons[0].evidence, [bad]);
}

#[test]
fn only_an_open_pull_request_that_is_no_draft() {
    let mut case = Case::open();
    case.world.add("alice", Payload::Draft(payload::Draft {}));
    case.shut(&[Rule::StateDraft]);
    let mut case = Case::open();
    case.world.add("alice", Payload::Close(payload::Close {}));
    case.shut(&[Rule::StateClosed]);
    let mut case = Case::open();
    let raw = case.world.raw("alice", Payload::Merge(merge(1)));
    case.world.push(&raw);
    case.shut(&[Rule::StateMerged]);
}

#[test]
fn an_issue_does_not_land() {
    let mut world = World::new(&Rules::default());
    let issue = Payload::Issue(payload::Issue {
        labels: Vec::new(),
        assignees: Vec::new(),
    });
    let alice = author("alice");
    let command = Command::new(issue).subject("Title");
    let next = decide::first(&world.scene(&alice), LogType::Issue, command);
    world.tip = world.sign("alice", &next.expect("may open"));
    world.log = LogName::Issue(world.tip);
    let found = world.gate(&Rules::default(), &Facts::default());
    assert!(matches!(found, Verdicts::Shut(reasons) if reasons[0].rule == Rule::RecordError));
}

fn resolve(comment_id: CommentId) -> Payload {
    Payload::Resolve(payload::Resolve { comment_id })
}

#[test]
fn threads_on_code_are_settled_where_the_policy_asks_for_it() {
    let mut case = Case::open();
    let approval = case.world.tip;
    let thread = case.world.thread("carol");
    case.opens_on(&[approval]);
    case.rules.resolve_threads = true;
    case.shut(&[Rule::ThreadsOpen]);
    case.world.add("carol", resolve(thread));
    case.opens_on(&[approval]);
    let unresolve = payload::Unresolve { comment_id: thread };
    case.world.add("carol", Payload::Unresolve(unresolve));
    case.shut(&[Rule::ThreadsOpen]);
}

#[test]
fn a_retracted_thread_is_open_only_if_somebody_answered() {
    let mut case = Case::open();
    let approval = case.world.tip;
    case.rules.resolve_threads = true;
    let thread = case.world.thread("carol");
    let start = case.world.tip;
    let retract = Payload::Retract(payload::Retract { comment_id: thread });
    case.world.add("carol", retract.clone());
    case.opens_on(&[approval]);
    case.world.tip = start;
    let answer = payload::Comment {
        reply: Some(thread),
    };
    let command = Command::new(Payload::Comment(answer)).body("Because.");
    case.world.next("alice", command).unwrap();
    case.world.add("carol", retract);
    case.shut(&[Rule::ThreadsOpen]);
}

#[test]
fn a_remark_on_the_whole_is_no_thread_on_code() {
    let mut case = Case::open();
    let approval = case.world.tip;
    case.rules.resolve_threads = true;
    case.world.say("carol", "Nice.");
    case.opens_on(&[approval]);
}

#[test]
fn without_what_was_said_nothing_lands() {
    let case = Case::open();
    let outcome = case.world.outcome().without_comments();
    let found = judge(&outcome, &case.rules.policy(), &case.facts);
    assert!(matches!(found, Verdicts::Shut(reasons) if reasons[0].rule == Rule::RecordError));
}

#[test]
fn the_base_that_was_reviewed_is_still_the_base() {
    let mut case = Case::open();
    case.facts.merge_base = Some(code("elsewhere"));
    case.shut(&[Rule::RevisionStale]);
    // Whoever only looks may not know the target; whoever merges must: `decide::merge` asks for it.
    case.facts.merge_base = None;
    case.opens_on(&[case.world.tip]);
}

#[test]
fn every_reason_is_told() {
    let mut case = Case::fresh();
    case.rules.resolve_threads = true;
    case.world.thread("carol");
    case.world.verdict("carol", 1, Verdict::RequestChanges);
    case.world.add("alice", Payload::Draft(payload::Draft {}));
    let raw = case.world.raw(STRANGER, comment()).body("Hello");
    case.world.push(&raw);
    case.facts.merge_base = Some(code("elsewhere"));
    case.shut(&[
        Rule::RecordError,
        Rule::StateDraft,
        Rule::RevisionStale,
        Rule::ApprovalsMissing,
        Rule::ApprovalsMissing,
        Rule::ThreadsOpen,
    ]);
}
