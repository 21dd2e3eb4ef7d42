//! Who may do what, with the clause that says so.

use super::read;
use crate::event::{RefName, Right};
use crate::policy::{Action, Policy};

const RULES: &str = r#"
teams.core.members = ["alice", "carol"]
teams.empty.members = []
defaults = { checks = [{ name = "lint", by = ["ci", "bob"] }] }
branch = [
  { match = ["main"], merge = ["@core", "land"], delete = ["alice"], override = ["carol", "alice"], checks = [{ name = "build", by = ["ci"] }] },
  { match = ["release/**"], create = ["@core", "dave"], checks = [{ name = "build", by = ["land", "alice"] }] },
  { match = ["scratch/**", "main"], protected = false },
  { match = ["frozen"], merge = ["@empty"] },
]
tag = [
  { match = ["v*"], create = ["carol"], move = ["alice"], delete = ["@core"] },
  { match = ["nightly"] },
]
path = [
  { match = ["docs/"], write = ["@core"] },
  { match = ["docs/api/"], write = ["alice", "bob"] },
  { match = ["src/lib.rs"], branches = ["main"], write = [] },
]
"#;

fn policy() -> Policy {
    read(RULES).expect("a good policy")
}

fn name(text: &str) -> RefName {
    RefName::parse(text).expect("a good name")
}

/// The answer begins with these words, and its rule is the one named.
#[track_caller]
fn check(policy: &Policy, who: &str, action: Action<'_>, rule: &str, expected: &str) {
    let answer = policy.can(who, action);
    assert_eq!(answer.to_string(), expected, "{who} {action:?}");
    assert_eq!(answer.rule.id(), rule, "{who} {action:?}");
    let refusal = answer.clone().require().err();
    assert_eq!(refusal.is_some(), !answer.allowed);
    if let Some(refusal) = refusal {
        assert_eq!(refusal.rule, answer.rule);
        assert!(
            refusal.reason.starts_with(&answer.clause),
            "{}",
            refusal.reason
        );
    }
}

#[test]
fn rights() {
    let policy = policy();
    let rule = "right-missing";
    let ask = |who, right, expected| check(&policy, who, Action::Use(right), rule, expected);
    ask(
        "bob",
        Right::Push,
        "allow, by role contributor: bob has the right \"push\"",
    );
    ask(
        "carol",
        Right::Admit,
        "allow, by role maintainer: carol has the right \"admit\"",
    );
    ask(
        "ci",
        Right::Check,
        "allow, by role ci: ci has the right \"check\"",
    );
    let answer = policy.can("dave", Action::Use(Right::Comment));
    assert!(!answer.allowed);
    assert_eq!(answer.clause, "roles of dave");
    assert!(
        answer.reason.ends_with("the right \"comment\" is missing"),
        "{answer}"
    );
    ask(
        "eve",
        Right::Open,
        "deny, by people and bots: the policy knows nobody called eve",
    );
    ask(
        "@core",
        Right::Open,
        "deny, by people and bots: the policy knows nobody called @core",
    );
}

#[test]
fn branches() {
    let policy = policy();
    let (main, scratch) = (name("refs/heads/main"), name("refs/heads/scratch/bob/x"));
    let (release, other) = (name("refs/heads/release/1"), name("refs/heads/other"));
    let rule = "branch-right";
    let ask = |who, action, expected| check(&policy, who, action, rule, expected);
    ask(
        "dave",
        Action::CreateBranch(&release),
        "allow, by branch[1] \"release/**\" create: dave is among those who may create refs/heads/release/1",
    );
    ask(
        "bob",
        Action::CreateBranch(&release),
        "deny, by branch[1] \"release/**\" create: only @core, dave may create refs/heads/release/1",
    );
    ask(
        "alice",
        Action::CreateBranch(&other),
        "deny, by defaults create: nobody may create refs/heads/other",
    );
    ask(
        "alice",
        Action::DeleteBranch(&main),
        "allow, by branch[0] \"main\" delete: alice is among those who may delete refs/heads/main",
    );
    ask(
        "carol",
        Action::DeleteBranch(&main),
        "deny, by branch[0] \"main\" delete: only alice may delete refs/heads/main",
    );
    for action in [
        Action::CreateBranch(&scratch),
        Action::DeleteBranch(&scratch),
        Action::PushBranch(&scratch),
    ] {
        ask(
            "bob",
            action,
            "allow, by role contributor: bob has the right \"push\"",
        );
        let answer = policy.can("ci", action);
        assert_eq!(
            (answer.allowed, answer.clause.as_str()),
            (false, "roles of ci")
        );
    }
    check(
        &policy,
        "alice",
        Action::PushBranch(&main),
        "branch-protected",
        "deny, by branch[0] \"main\" protected: refs/heads/main moves only by merging a pull request",
    );
}

#[test]
fn tags() {
    let policy = policy();
    let (version, nightly) = (name("refs/tags/v1"), name("refs/tags/nightly"));
    let other = name("refs/tags/other");
    let ask = |who, action, expected| check(&policy, who, action, "tag-right", expected);
    ask(
        "carol",
        Action::CreateTag(&version),
        "allow, by tag[0] \"v*\" create: carol is among those who may create refs/tags/v1",
    );
    ask(
        "bob",
        Action::CreateTag(&version),
        "deny, by tag[0] \"v*\" create: only carol may create refs/tags/v1",
    );
    ask(
        "bob",
        Action::CreateTag(&nightly),
        "allow, by role contributor: bob has the right \"push\"",
    );
    ask(
        "bob",
        Action::CreateTag(&other),
        "allow, by role contributor: bob has the right \"push\"",
    );
    assert!(!policy.can("dave", Action::CreateTag(&other)).allowed);
    ask(
        "alice",
        Action::MoveTag(&version),
        "allow, by tag[0] \"v*\" move: alice is among those who may move refs/tags/v1",
    );
    ask(
        "carol",
        Action::MoveTag(&version),
        "deny, by tag[0] \"v*\" move: only alice may move refs/tags/v1",
    );
    ask(
        "alice",
        Action::MoveTag(&nightly),
        "deny, by tag[1] \"nightly\" move: nobody may move refs/tags/nightly",
    );
    ask(
        "carol",
        Action::DeleteTag(&version),
        "allow, by tag[0] \"v*\" delete: carol is among those who may delete refs/tags/v1",
    );
    ask(
        "alice",
        Action::DeleteTag(&other),
        "deny, by tags without a rule: a tag stays as it was made: nobody may delete refs/tags/other",
    );
}

#[test]
fn merges() {
    let policy = policy();
    let (main, other) = (name("refs/heads/main"), name("refs/heads/other"));
    let frozen = name("refs/heads/frozen");
    let ask = |who: &str, name: &RefName, expected: &str| {
        check(&policy, who, Action::Merge(name), "merge-right", expected)
    };
    for who in ["alice", "carol", "land"] {
        let expected = format!(
            "allow, by branch[0] \"main\" merge: {who} is among those who may merge into refs/heads/main"
        );
        ask(who, &main, &expected);
    }
    ask(
        "land",
        &other,
        "allow, by role land: land has the right \"merge\"",
    );
    ask(
        "alice",
        &frozen,
        "deny, by branch[3] \"frozen\" merge: only @empty may merge into refs/heads/frozen",
    );
    let answer = policy.can("bob", Action::Merge(&main));
    assert_eq!(
        (answer.allowed, answer.clause.as_str()),
        (false, "roles of bob")
    );
}

#[test]
fn overrides() {
    let policy = policy();
    let (main, other) = (name("refs/heads/main"), name("refs/heads/other"));
    let ask = |who: &str, name: &RefName, expected: &str| {
        check(
            &policy,
            who,
            Action::Override(name),
            "right-missing",
            expected,
        );
    };
    ask(
        "alice",
        &main,
        "allow, by branch[0] \"main\" override: alice is among those who may override the gate of refs/heads/main",
    );
    ask(
        "alice",
        &other,
        "deny, by defaults override: nobody may override the gate of refs/heads/other",
    );
    // The rule names her, but no role gives her the right.
    let answer = policy.can("carol", Action::Override(&main));
    assert_eq!(
        (answer.allowed, answer.clause.as_str()),
        (false, "roles of carol")
    );
}

#[test]
fn paths() {
    let policy = policy();
    let ask = |who, branch, path: &'static str, expected| {
        let action = Action::Write {
            branch,
            path: path.as_bytes(),
        };
        check(&policy, who, action, "path-right", expected);
    };
    let free = "allow, by paths: no rule for the path excludes them";
    ask("dave", "main", "README.md", free);
    ask("dave", "other", "src/lib.rs", free);
    ask("carol", "main", "docs/guide.md", free);
    ask("alice", "main", "docs/api/x", free);
    // All rules that hold must let them: each excludes one of the two.
    ask(
        "bob",
        "main",
        "docs/api/x",
        "deny, by path[0] \"docs/\" write: only @core may write \"docs/api/x\"",
    );
    ask(
        "carol",
        "main",
        "docs/api/x",
        "deny, by path[1] \"docs/api/\" write: only alice, bob may write \"docs/api/x\"",
    );
    ask(
        "alice",
        "main",
        "src/lib.rs",
        "deny, by path[2] \"src/lib.rs\" write: nobody may write \"src/lib.rs\"",
    );
}

#[test]
fn reports() {
    let policy = policy();
    let ask = |who, check_name, expected| {
        check(
            &policy,
            who,
            Action::Report(check_name),
            "check-signer",
            expected,
        );
    };
    ask(
        "ci",
        "build",
        "allow, by checks \"build\": ci has the right \"check\"",
    );
    ask(
        "ci",
        "lint",
        "allow, by checks \"lint\": ci has the right \"check\"",
    );
    ask(
        "ci",
        "spelling",
        "allow, by role ci: ci has the right \"check\"",
    );
    // Named, but without the right.
    for (who, check) in [("alice", "build"), ("bob", "lint"), ("land", "build")] {
        let answer = policy.can(who, Action::Report(check));
        assert_eq!(
            (answer.allowed, answer.clause),
            (false, format!("roles of {who}"))
        );
    }
    let reserved = RULES.replace("by = [\"ci\"] }", "by = [\"land\"] }");
    let reserved = read(&reserved).expect("a good policy");
    check(
        &reserved,
        "ci",
        Action::Report("build"),
        "check-signer",
        "deny, by checks \"build\": only alice, land may report \"build\"",
    );
}
