//! The conditions that `format = 2` added: for each one open case, and each thing that shuts it, with its clause.

use super::tests::Case;
use super::{Checks, Facts, OwnersFile, Reported, examine};
use crate::decide::Command;
use crate::event::{CheckStatus, LogType, Name, Payload, Rule, Time, Verdict, payload};
use crate::world::{HASH, Rules, World, code, key, revision};

/// Exactly this condition shuts the gate, for these rules.
#[track_caller]
pub(super) fn shut_by(case: &Case, id: &str, clause: &str, rules: &[Rule]) {
    shut_case("it", case, id, clause, rules);
}

/// The same for one case of several.
#[track_caller]
pub(super) fn shut_case(name: &str, case: &Case, id: &str, clause: &str, rules: &[Rule]) {
    let gate = examine(&case.world.outcome(), &case.rules.policy(), &case.facts);
    let shut: Vec<_> = gate.items.iter().filter(|item| item.shuts()).collect();
    let [item] = shut.as_slice() else {
        panic!("{name}: {shut:?}");
    };
    let found: Vec<Rule> = item.refusals.iter().map(|refusal| refusal.rule).collect();
    assert_eq!(
        (item.id.as_str(), item.clause.as_str()),
        (id, clause),
        "{name}"
    );
    assert_eq!(found, rules, "{name}: {:?}", item.refusals);
}

/// Alice's pull request with Bob's approval, under defaults with these lines and these tables.
pub(super) fn ruled(defaults: &[&str], tables: &[&str]) -> Case {
    let mut case = Case::open();
    for line in defaults {
        case.rules = case.rules.and_default(line);
    }
    for text in tables {
        case.rules = case.rules.and_table(text);
    }
    case
}

const APPROVALS: &[Rule] = &[Rule::ApprovalsMissing];

#[test]
fn approvals_count_from_whom_the_rule_names() {
    let open = ruled(&["from = [\"bob\"]"], &[]);
    open.opens_on(&[open.world.tip]);
    let mut case = ruled(
        &["from = [\"@core\"]"],
        &["[teams.core]\nmembers = [\"carol\"]"],
    );
    shut_by(&case, "approvals", "defaults approvals", APPROVALS);
    let carol = case.world.verdict("carol", 1, Verdict::Approve);
    case.opens_on(&[carol]);
    // A team without members is nobody, not anybody.
    let case = ruled(&["from = [\"@core\"]"], &["[teams.core]\nmembers = []"]);
    shut_by(&case, "approvals", "defaults approvals", APPROVALS);
}

#[test]
fn the_rule_of_the_target_holds_and_not_the_defaults() {
    let main = "[[branch]]\nmatch = [\"main\"]\napprovals = 2";
    let case = ruled(&[], &[main]);
    shut_by(
        &case,
        "approvals",
        "branch[0] \"main\" approvals",
        APPROVALS,
    );
    let case = ruled(&[], &["[[branch]]\nmatch = [\"release\"]\napprovals = 2"]);
    case.opens_on(&[case.world.tip]);
}

#[test]
fn each_group_has_its_approvals() {
    let groups =
        "require = [{ count = 1, from = [\"carol\"] }, { count = 1, from = [\"bob\", \"carol\"] }]";
    let mut case = ruled(&[groups], &[]);
    let bob = case.world.tip;
    shut_by(&case, "approvals:0", "defaults require[0]", APPROVALS);
    // One approval counts in every group that its author is in.
    let carol = case.world.verdict("carol", 1, Verdict::Approve);
    case.opens_on(&[bob, carol]);
    let mut case = ruled(
        &["require = [{ count = 2, from = [\"bob\", \"carol\"] }]"],
        &[],
    );
    shut_by(&case, "approvals:0", "defaults require[0]", APPROVALS);
    case.world.verdict("carol", 1, Verdict::Approve);
    assert!(matches!(case.verdict(), super::Verdicts::Open { .. }));
    // What somebody gave who had a hand in it does not count there either.
    case.facts.people.insert("carol".to_owned());
    shut_by(&case, "approvals:0", "defaults require[0]", APPROVALS);
}

#[test]
fn a_kept_approval_is_of_the_same_change_by_the_rule_and_the_facts() {
    let mut case = ruled(&["keep_approvals = true"], &[]);
    let bob = case.world.tip;
    case.revise("alice");
    shut_by(&case, "approvals", "defaults approvals", APPROVALS);
    case.facts.same_change.insert(2);
    shut_by(&case, "approvals", "defaults approvals", APPROVALS);
    case.facts.same_change.insert(1);
    case.opens_on(&[bob]);
    // Only where the rule says so.
    let mut strict = Case::open();
    strict.revise("alice");
    strict.facts.same_change.insert(1);
    shut_by(&strict, "approvals", "defaults approvals", APPROVALS);
}

/// A gate that asks for the check `build` by the bot `ci`, which says this of the head.
pub(super) fn checked(status: CheckStatus) -> Case {
    let mut case = ruled(&["checks = [{ name = \"build\", by = [\"ci\"] }]"], &[]);
    case.rules = case.rules.role("ci", "ci");
    let reported = Reported {
        by: "ci".to_owned(),
        key: Some(key("ci").public().fingerprint()),
        event: code("result"),
        status,
    };
    case.facts.checks = Some(Checks {
        results: [("build".to_owned(), reported)].into(),
        rejected: None,
    });
    case
}

fn change_result(case: &mut Case, change: impl Fn(&mut Reported)) {
    let checks = case.facts.checks.as_mut().expect("checks");
    checks.results.values_mut().for_each(change);
}

#[test]
fn a_required_check_has_succeeded() {
    let case = checked(CheckStatus::Success);
    case.opens_on(&[case.world.tip, code("result")]);
    for status in CheckStatus::ALL {
        if *status != CheckStatus::Success {
            let case = checked(*status);
            let rules = &[Rule::ChecksMissing];
            shut_by(&case, "check:build", "defaults checks[0]", rules);
        }
    }
}

#[test]
fn what_is_not_that_check_by_that_bot_with_that_key_shuts_it() {
    type Change = fn(&mut Case);
    let cases: [(&str, Rule, Change); 10] = [
        ("unknown", Rule::ChecksMissing, |case| {
            case.facts.checks = None;
        }),
        ("not reported", Rule::ChecksMissing, |case| {
            case.facts.checks = Some(Checks::default());
        }),
        ("another's name", Rule::ChecksMissing, |case| {
            let checks = case.facts.checks.as_mut().expect("checks");
            let result = checks.results.remove("build").expect("a result");
            checks.results.insert("Build".to_owned(), result);
        }),
        ("a damaged log", Rule::RecordError, |case| {
            let checks = case.facts.checks.as_mut().expect("checks");
            checks.rejected = Some(code("bad"));
        }),
        ("by another", Rule::CheckSigner, |case| {
            change_result(case, |one| one.by = "bob".to_owned());
        }),
        ("without the right", Rule::CheckSigner, |case| {
            case.rules.roles.insert("ci", "land");
        }),
        ("by a retired key", Rule::CheckSigner, |case| {
            case.rules.retired.push("ci");
        }),
        ("by another's key", Rule::CheckSigner, |case| {
            change_result(case, |one| {
                one.key = Some(key("bob").public().fingerprint());
            });
        }),
        ("by a key that is not known", Rule::CheckSigner, |case| {
            change_result(case, |one| one.key = None);
        }),
        ("void", Rule::CheckSigner, |case| {
            case.facts.void.insert(code("result"));
        }),
    ];
    for (name, rule, change) in cases {
        let mut case = checked(CheckStatus::Success);
        change(&mut case);
        shut_case(name, &case, "check:build", "defaults checks[0]", &[rule]);
    }
}

#[test]
fn a_log_of_checks_says_who_signed_and_whether_it_is_whole() {
    let mut world = World::new(&Rules::default().role("ci", "ci"));
    let check = |name: &str, status| {
        Command::new(Payload::Check(payload::Check {
            commit: code("head-1"),
            tree_id: code("tree"),
            check: Name::parse(name).expect("a name"),
            status,
            url: None,
            time: Time::from_seconds(5).expect("a time"),
        }))
    };
    let build = check("build", CheckStatus::Success);
    let first = world.start("ci", LogType::Check, build).expect("may");
    let lint = world.next("ci", check("lint", CheckStatus::Failure));
    let checks = Checks::of(&world.outcome(), &world.objects);
    assert_eq!(checks.rejected, None);
    let reported = checks.results.get("build").expect("reported");
    assert_eq!((reported.by.as_str(), reported.event), ("ci", first));
    assert_eq!(reported.key, Some(key("ci").public().fingerprint()));
    let reported = checks.results.get("lint").expect("reported");
    assert_eq!(reported.event, lint.expect("may"));
    assert_eq!(reported.status, CheckStatus::Failure);
    // Without the events, the key is not known.
    let none = crate::object::Objects::new(HASH);
    let checks = Checks::of(&world.outcome(), &none);
    assert_eq!(checks.results["build"].key, None);
    let bad = check("build", CheckStatus::Failure).payload;
    let raw = world.raw("bob", bad);
    let bad = world.push(&raw);
    let checks = Checks::of(&world.outcome(), &world.objects);
    assert_eq!(checks.rejected, Some(bad));
}

/// A gate that asks the owners in this file about these paths.
pub(super) fn owned(file: &str, paths: &[&str]) -> Case {
    let mut case = ruled(
        &["codeowners = true"],
        &["[teams.core]\nmembers = [\"bob\"]"],
    );
    case.facts.code_owners = OwnersFile::File(file.as_bytes().to_vec());
    case.facts.paths = Some(paths.iter().map(|path| path.as_bytes().to_vec()).collect());
    case
}

const OWNERS: &str = "defaults codeowners";

#[test]
fn an_owner_of_every_changed_path_has_approved() {
    for file in [
        "* @bob\n",
        "* @Bob\n",
        "* @carol @bob\n",
        "* @core\n",
        "* @some/core\n",
        "* bob@example.com\n",
        "* Bob@Example.com\n",
        "* @carol\nsrc/ @bob\n",
        // A path that nobody owns needs nobody's approval where the rule does not ask for an owner.
        "* @carol\nsrc/\n",
        "docs/ @carol\n",
        "",
    ] {
        let case = owned(file, &["src/lib.rs"]);
        assert_eq!(case.evidence(), [case.world.tip], "{file}");
    }
    for file in [
        "* @carol\n",
        "* @alice\n",
        "* @bob\nsrc/ @carol\n",
        "*.rs carol@example.com\n",
    ] {
        let case = owned(file, &["src/lib.rs"]);
        shut_case(file, &case, "owners", OWNERS, &[Rule::OwnersMissing]);
    }
    // No path of several is left out.
    let case = owned("* @bob\ndocs/ @carol\n", &["docs/a", "src/lib.rs"]);
    shut_by(&case, "owners", OWNERS, &[Rule::OwnersMissing]);
}

#[test]
fn an_owners_approval_counts_as_approvals_do() {
    let mut case = owned("* @bob\n", &["src/lib.rs"]);
    case.rules.approvals = 0;
    case.facts.people.insert("bob".to_owned());
    shut_by(&case, "owners", OWNERS, &[Rule::OwnersMissing]);
    let mut case = owned("* @bob\n", &["src/lib.rs"]);
    case.rules.approvals = 0;
    case.facts.void.insert(case.world.tip);
    shut_by(&case, "owners", OWNERS, &[Rule::OwnersMissing]);
}

#[test]
fn a_path_has_an_owner_where_the_rule_asks_for_one() {
    let required = |file: &str| {
        let mut case = owned(file, &["src/lib.rs"]);
        case.rules = case.rules.and_default("owners_required = true");
        case
    };
    let case = required("* @bob\n");
    case.opens_on(&[case.world.tip]);
    for file in ["docs/ @bob\n", "* @bob\nsrc/\n", ""] {
        shut_case(
            file,
            &required(file),
            "owners",
            OWNERS,
            &[Rule::OwnersMissing],
        );
    }
    let mut case = required("");
    case.facts.code_owners = OwnersFile::Absent;
    shut_by(&case, "owners", OWNERS, &[Rule::OwnersMissing]);
    // An owner is required, and need not approve.
    let mut case = ruled(&["owners_required = true"], &[]);
    case.facts.paths = Some([b"src/lib.rs".to_vec()].into());
    case.facts.code_owners = OwnersFile::File(b"* @carol\n".to_vec());
    case.opens_on(&[case.world.tip]);
    case.facts.code_owners = OwnersFile::File(b"docs/ @carol\n".to_vec());
    shut_by(&case, "owners", OWNERS, &[Rule::OwnersMissing]);
}

#[test]
fn owners_that_cannot_be_told_shut_it() {
    type Change = fn(&mut Case);
    let file = |text: &str| OwnersFile::File(text.as_bytes().to_vec());
    let cases: [(&str, Rule, OwnersFile); 6] = [
        ("unknown", Rule::OwnersForm, OwnersFile::Unknown),
        (
            "unreadable",
            Rule::OwnersForm,
            OwnersFile::Unreadable("a link".to_owned()),
        ),
        ("invalid", Rule::OwnersForm, file("* @bob\n!docs/ @bob\n")),
        ("a stranger", Rule::OwnersForm, file("* @bob\nx @nobody\n")),
        (
            "a stranger's address",
            Rule::OwnersForm,
            file("* @bob\nx x@example.org\n"),
        ),
        ("a bot", Rule::OwnersForm, file("* @bob\nx @ci\n")),
    ];
    for (name, rule, file) in cases {
        let mut case = owned("* @bob\n", &["src/lib.rs"]);
        case.facts.code_owners = file;
        shut_case(name, &case, "owners", OWNERS, &[rule]);
    }
    let changes: [Change; 2] = [
        |case| case.facts.paths = None,
        |case| {
            case.facts.paths = None;
            case.facts.code_owners = OwnersFile::Absent;
        },
    ];
    for change in changes {
        let mut case = owned("* @bob\n", &["src/lib.rs"]);
        change(&mut case);
        shut_by(&case, "owners", OWNERS, &[Rule::OwnersMissing]);
    }
    // Where there is no file nobody owns anything.
    let mut case = owned("", &["src/lib.rs"]);
    case.facts.code_owners = OwnersFile::Absent;
    case.opens_on(&[case.world.tip]);
}

#[test]
fn a_long_list_of_paths_is_cut_short_and_not_dropped() {
    let paths: Vec<String> = (0..30).map(|number| format!("src/{number}")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let case = owned("* @carol\n", &paths);
    shut_by(&case, "owners", OWNERS, &[Rule::OwnersMissing; 21]);
}

const DOCS: &str = "[[path]]\nmatch = [\"docs/\"]\nbranches = [\"main\"]\nwrite = [\"alice\", \"@core\"]\n[teams.core]\nmembers = [\"dave\"]";

fn touching(path: &str) -> Case {
    let mut case = ruled(&[], &[DOCS]);
    case.facts.paths = Some([path.as_bytes().to_vec()].into());
    case
}

#[test]
fn everyone_whose_change_it_is_may_write_what_it_touches() {
    let case = touching("docs/a");
    case.opens_on(&[case.world.tip]);
    let shut = |case: &Case| shut_by(case, "paths", "path", &[Rule::PathRight]);
    let mut case = touching("docs/a");
    case.facts.paths = None;
    shut(&case);
    // Each reviser, also when the latest revision is by somebody else.
    case = touching("docs/a");
    case.world.add("carol", revision(2));
    case.world.add("alice", revision(3));
    case.facts.merge_base = Some(code("base-3"));
    case.world.verdict("bob", 3, Verdict::Approve);
    shut(&case);
    // Whoever opened it.
    case = touching("docs/a");
    case.rules.tables = DOCS.replace("\"alice\", ", "");
    shut(&case);
    // Other paths and other branches are free.
    case.facts.paths = Some([b"src/a".to_vec()].into());
    case.opens_on(&[case.world.tip]);
    let mut case = touching("docs/a");
    case.rules.tables = DOCS.replace("\"alice\", ", "").replace("main", "next");
    case.opens_on(&[case.world.tip]);
}

#[test]
fn every_commit_is_signed_where_the_rule_asks_for_it() {
    let mut case = ruled(&["signed_commits = true"], &[]);
    let clause = "defaults signed_commits";
    shut_by(&case, "commits-signed", clause, &[Rule::CommitSignature]);
    case.facts.unsigned = Some(vec![code("one"), code("two")]);
    let both = &[Rule::CommitSignature; 2];
    shut_by(&case, "commits-signed", clause, both);
    case.facts.unsigned = Some(Vec::new());
    case.opens_on(&[case.world.tip]);
    let mut case = Case::open();
    case.facts.unsigned = Some(vec![code("one")]);
    case.opens_on(&[case.world.tip]);
}

#[test]
fn what_a_compromised_key_signed_counts_for_nothing() {
    let mut case = Case::open();
    case.facts.void.insert(case.world.tip);
    shut_by(&case, "approvals", "defaults approvals", APPROVALS);
    // The latest revision, whoever has approved it since.
    let mut case = Case::open();
    let root = case.world.log.root().expect("a pull request");
    case.facts.void.insert(root);
    shut_by(&case, "keys", "compromised", &[Rule::KeyCompromised]);
    // A revision that a good key has replaced does not matter any more.
    case.revise("alice");
    let bob = case.world.verdict("bob", 2, Verdict::Approve);
    case.opens_on(&[bob]);
    // Who asks a bot to merge.
    let mut case = Case::open();
    let approval = case.world.tip;
    let asked = case.world.add("carol", super::tests_override::ask(1));
    case.opens_on(&[approval]);
    case.facts.void.insert(asked);
    shut_by(&case, "keys", "compromised", &[Rule::KeyCompromised]);
    // A veto stands all the same: it opens nothing.
    let mut case = Case::open();
    let veto = case.world.verdict("carol", 1, Verdict::RequestChanges);
    case.facts.void.insert(veto);
    shut_by(&case, "changes-requested", "every branch", APPROVALS);
}

#[test]
fn evidence_is_what_met_the_conditions_and_each_event_once() {
    let mut case = checked(CheckStatus::Success);
    let groups = "require = [{ count = 1, from = [\"bob\"] }]\ncodeowners = true";
    case.rules = case.rules.and_default(groups);
    case.facts.paths = Some([b"a".to_vec()].into());
    case.facts.code_owners = OwnersFile::File(b"* @bob\n".to_vec());
    case.opens_on(&[case.world.tip, code("result")]);
}

#[test]
fn nothing_is_known_of_an_object_that_is_no_pull_request() {
    let gate = examine(
        &World::new(&Rules::default()).outcome(),
        &Rules::default().policy(),
        &Facts::default(),
    );
    let ids: Vec<&str> = gate.items.iter().map(|item| item.id.as_str()).collect();
    assert_eq!(ids, ["record"]);
    assert!(!gate.is_open());
}
