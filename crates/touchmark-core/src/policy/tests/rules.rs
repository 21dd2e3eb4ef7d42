//! Which rule holds: the first for branches and tags, all for paths.

use super::read;
use crate::policy::Rules;

fn rules(head: &str) -> Rules {
    read(head).expect("a good policy").rules
}

#[test]
fn the_first_branch_rule_that_matches_holds() {
    let rules = rules(
        "defaults.approvals = 7\n\
        branch = [{ match = [\"main\", \"release/*\"], approvals = 1 }, { match = [\"release/**\"], approvals = 2 }, \
        { match = [\"**\"], approvals = 3 }]",
    );
    for (name, approvals, clause) in [
        ("main", 1, "branch[0] \"main\""),
        ("release/1", 1, "branch[0] \"main\""),
        ("release/1/x", 2, "branch[1] \"release/**\""),
        ("release", 3, "branch[2] \"**\""),
        ("Main", 3, "branch[2] \"**\""),
        ("main2", 3, "branch[2] \"**\""),
    ] {
        let (rule, found) = rules.branch(name);
        assert_eq!(
            (rule.approvals, found.as_str()),
            (approvals, clause),
            "{name}"
        );
    }
}

#[test]
fn the_defaults_hold_for_the_rest() {
    let rules = rules("defaults.approvals = 7\nbranch = [{ match = [\"main\"] }]");
    let (rule, clause) = rules.branch("next");
    assert_eq!((rule.approvals, clause.as_str()), (7, "defaults"));
    assert_eq!(rules.branch("").1, "defaults");
}

#[test]
fn the_first_tag_rule_that_matches_holds() {
    let rules = rules("tag = [{ match = [\"v*\"], signed = true }, { match = [\"v1*\", \"x\"] }]");
    let found = |name: &str| rules.tag(name).map(|(rule, clause)| (rule.signed, clause));
    assert_eq!(found("v1"), Some((true, "tag[0] \"v*\"".to_owned())));
    assert_eq!(found("x"), Some((false, "tag[1] \"v1*\"".to_owned())));
    assert_eq!(found("y"), None);
    assert_eq!(found("a/v1"), None);
}

#[test]
fn every_path_rule_that_matches_holds() {
    let rules = rules(
        "path = [{ match = [\"a\", \"docs/\"], write = [] }, { match = [\"docs/**\"], branches = [\"main\", \"r/*\"], write = [] }, \
        { match = [\"**/x\"], branches = [\"r/1\"], write = [] }]",
    );
    let found = |branch: &str, path: &str| -> Vec<String> {
        let all = rules.path(branch, path.as_bytes());
        all.map(|(_, clause)| clause).collect()
    };
    let [one, two, three] = ["path[0] \"a\"", "path[1] \"docs/**\"", "path[2] \"**/x\""];
    assert_eq!(found("main", "docs/x"), [one, two]);
    assert_eq!(found("r/1", "docs/x"), [one, two, three]);
    assert_eq!(found("next", "docs/x"), [one]);
    assert_eq!(found("r/1", "x"), [three]);
    assert_eq!(found("r/1/x", "docs"), [] as [&str; 0]);
}

#[test]
fn a_check_is_found_in_all_rules_and_the_defaults() {
    let rules = rules(
        "defaults.checks = [{ name = \"a\", by = [\"ci\"] }]\n\
        branch = [{ match = [\"x\"], checks = [{ name = \"a\", by = [\"bob\"] }, { name = \"b\", by = [\"bob\"] }] }, { match = [\"y\"] }]",
    );
    let found = |name: &str| -> Vec<Vec<String>> {
        let all = rules.check(name);
        all.map(|check| check.by.iter().cloned().collect())
            .collect()
    };
    // The second rule has the default's check.
    assert_eq!(found("a"), [["bob"], ["ci"], ["ci"]]);
    assert_eq!(found("b"), [["bob"]]);
    assert!(found("A").is_empty());
}
