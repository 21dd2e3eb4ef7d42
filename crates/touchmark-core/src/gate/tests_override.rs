//! Overrides: whose count, for which revision, and what they let pass.

use super::tests::Case;
use super::tests_rules::{checked, owned, ruled, shut_by, shut_case};
use super::{Gate, OwnersFile, examine};
use crate::decide::Command;
use crate::event::{CheckStatus, MergeMethod, Payload, Rule, Verdict, payload};
use crate::id::ObjectId;
use crate::world::{STRANGER, code, comment, revision};

/// A request that a bot merge this revision.
pub(super) fn ask(number: u32) -> Payload {
    Payload::MergeRequest(payload::MergeRequest {
        revision: number,
        base: code(&format!("base-{number}")),
        head: code(&format!("head-{number}")),
        method: MergeMethod::Squash,
    })
}

impl Case {
    fn overrides(&mut self, who: &'static str, number: u32) -> ObjectId {
        let over = Payload::Override(payload::Override {
            revision: number,
            base: code(&format!("base-{number}")),
            head: code(&format!("head-{number}")),
        });
        let command = Command::new(over).body("It burns.");
        self.world.next(who, command).expect("may happen")
    }

    pub(super) fn verdict(&self) -> super::Verdicts {
        self.world.gate(&self.rules, &self.facts)
    }

    /// The evidence, if it is open.
    pub(super) fn evidence(&self) -> Vec<ObjectId> {
        match self.verdict() {
            super::Verdicts::Open { evidence } => evidence,
            super::Verdicts::Shut(_) => Vec::new(),
        }
    }

    fn examine(&self) -> Gate {
        examine(&self.world.outcome(), &self.rules.policy(), &self.facts)
    }
}

/// No approval, and Alice's override is there, which the rule counts.
fn overridden() -> (Case, ObjectId) {
    let mut case = Case::fresh();
    case.rules = case.rules.and_default("override = [\"alice\"]");
    let over = case.overrides("alice", 1);
    (case, over)
}

const APPROVALS: &[Rule] = &[Rule::ApprovalsMissing];

#[test]
fn an_override_opens_it_and_is_the_evidence() {
    let (case, over) = overridden();
    case.opens_on(&[over]);
    let gate = case.examine();
    let passed: Vec<_> = gate
        .items
        .iter()
        .filter(|item| item.overridden.is_some())
        .collect();
    assert_eq!(passed.len(), 1);
    // What is missing is still told.
    assert_eq!(passed[0].id, "approvals");
    assert_eq!(passed[0].refusals.len(), 1);
}

#[test]
fn it_counts_only_from_whom_the_rule_names_and_with_a_key_of_today() {
    type Change = fn(&mut Case);
    let changes: [(&str, Change); 6] = [
        ("nobody is named", |case| case.rules.defaults.clear()),
        ("another is named", |case| {
            case.rules.defaults = "override = [\"carol\"]\n".to_owned();
        }),
        ("named for another branch", |case| {
            case.rules.defaults.clear();
            case.rules.tables =
                "[[branch]]\nmatch = [\"next\"]\noverride = [\"alice\"]\n".to_owned();
        }),
        ("a role without the right", |case| {
            case.rules.roles.insert("bob", "admin");
            case.rules.roles.insert("alice", "maintainer");
        }),
        ("a retired key", |case| case.rules.retired.push("alice")),
        ("void", |case| {
            case.facts.void.insert(case.world.tip);
        }),
    ];
    for (name, change) in changes {
        let (mut case, _) = overridden();
        change(&mut case);
        shut_case(name, &case, "approvals", "defaults approvals", APPROVALS);
    }
}

#[test]
fn it_counts_for_the_latest_revision_only() {
    let (mut case, _) = overridden();
    case.world.add("alice", revision(2));
    case.facts.merge_base = Some(code("base-2"));
    // Not even where approvals are kept.
    case.rules = case.rules.and_default("keep_approvals = true");
    case.facts.same_change.insert(1);
    shut_by(&case, "approvals", "defaults approvals", APPROVALS);
    let over = case.overrides("alice", 2);
    case.opens_on(&[over]);
}

#[test]
fn a_later_one_that_does_not_count_does_not_hide_one_that_does() {
    let (mut case, over) = overridden();
    let later = case.overrides("alice", 1);
    case.opens_on(&[later]);
    case.facts.void.insert(later);
    case.opens_on(&[over]);
}

#[test]
fn it_lets_pass_what_people_decide() {
    let over = "override = [\"alice\"]";
    let name = |case: &mut Case| {
        case.rules = case.rules.clone().and_default(over);
    };
    let mut threads = ruled(&[over], &[]);
    threads.rules.resolve_threads = true;
    threads.world.thread("carol");
    let mut vetoed = ruled(&[over], &[]);
    vetoed.world.verdict("carol", 1, Verdict::RequestChanges);
    let groups = ruled(
        &[over, "require = [{ count = 1, from = [\"carol\"] }]"],
        &[],
    );
    let mut failed = checked(CheckStatus::Failure);
    name(&mut failed);
    let mut unowned = owned("* @carol\n", &["a"]);
    name(&mut unowned);
    let mut broken = owned("! @carol\n", &["a"]);
    name(&mut broken);
    broken.facts.code_owners = OwnersFile::Unknown;
    let cases = [
        ("threads", threads),
        ("changes-requested", vetoed),
        ("approvals:0", groups),
        ("check:build", failed),
        ("owners", unowned),
        ("owners", broken),
    ];
    for (id, mut case) in cases {
        assert!(!case.examine().is_open(), "{id}");
        let over = case.overrides("alice", 1);
        let gate = case.examine();
        let passed: Vec<_> = gate
            .items
            .iter()
            .filter(|item| item.overridden.is_some())
            .collect();
        assert_eq!(passed.len(), 1, "{id}");
        assert_eq!(
            (passed[0].id.as_str(), passed[0].overridden),
            (id, Some(over))
        );
        assert!(gate.is_open(), "{id}");
    }
}

#[test]
fn it_never_lets_pass_what_is_not_as_it_seems() {
    type Change = fn(&mut Case);
    let changes: [(&str, &str, Rule, Change); 7] = [
        ("record", "every branch", Rule::RecordError, |case| {
            let raw = case.world.raw(STRANGER, comment()).body("Hello");
            case.world.push(&raw);
        }),
        ("base", "every branch", Rule::RevisionStale, |case| {
            case.facts.merge_base = Some(code("elsewhere"));
        }),
        ("open", "every branch", Rule::StateDraft, |case| {
            case.world.add("alice", Payload::Draft(payload::Draft {}));
        }),
        ("open", "every branch", Rule::StateClosed, |case| {
            case.world.add("alice", Payload::Close(payload::Close {}));
        }),
        ("paths", "path", Rule::PathRight, |case| {
            case.rules = case
                .rules
                .clone()
                .and_table("[[path]]\nmatch = [\"a\"]\nwrite = []");
            case.facts.paths = Some([b"a".to_vec()].into());
        }),
        (
            "commits-signed",
            "defaults signed_commits",
            Rule::CommitSignature,
            |case| {
                case.rules = case.rules.clone().and_default("signed_commits = true");
                case.facts.unsigned = Some(vec![code("one")]);
            },
        ),
        ("keys", "compromised", Rule::KeyCompromised, |case| {
            let root = case.world.log.root().expect("a pull request");
            case.facts.void.insert(root);
        }),
    ];
    for (id, clause, rule, change) in changes {
        let (mut case, _) = overridden();
        change(&mut case);
        shut_case(id, &case, id, clause, &[rule]);
    }
}

#[test]
fn what_was_left_out_of_the_record_shuts_it_before_any_override() {
    let (case, _) = overridden();
    let outcome = case.world.outcome().without_comments();
    let gate = examine(&outcome, &case.rules.policy(), &case.facts);
    assert!(!gate.is_open());
    assert!(gate.items.iter().all(|item| item.overridden.is_none()));
}
