//! What `format = 2` adds: what is read, and what is refused by which key and for what reason.

use super::{key, line, read};
use crate::event::{MergeMethod, Right};
use crate::policy::{BranchRule, Guests, Limits, Policy, parse};

/// The policy with this above the people is refused with these words.
#[track_caller]
fn check(head: &str, expected: &str) {
    let error = read(head).expect_err("the policy has a defect");
    assert_eq!(error.to_string(), expected, "{head}");
}

/// The same where the reason is that of the TOML reader, which shows the place.
#[track_caller]
fn check_toml(head: &str, part: &str) {
    let error = read(head).expect_err("the policy has a defect");
    assert_eq!((error.file, &error.key), ("policy.toml", &None), "{head}");
    assert!(error.reason.contains(part), "{head}: {}", error.reason);
}

fn good(head: &str) -> Policy {
    read(head).unwrap_or_else(|error| panic!("{head}: {error}"))
}

#[test]
fn names_that_are_not_good() {
    for (head, expected) in [
        (
            "teams.bob.members = []",
            "policy.toml, teams.bob: a person or bot has this name",
        ),
        (
            "teams.ci.members = []",
            "policy.toml, teams.ci: a person or bot has this name",
        ),
        (
            "teams.Core.members = []",
            "policy.toml, teams.Core: not a name, which is as a person's",
        ),
        (
            "teams.core.members = [\"bob\", \"bob\"]",
            "policy.toml, teams.core.members: a name stands twice",
        ),
        (
            "teams.core.members = [\"ci\"]",
            "policy.toml, teams.core.members: \"ci\" is nobody of people",
        ),
        (
            "roles.Triager.rights = []",
            "policy.toml, roles.Triager: not a name, which is as a person's",
        ),
        (
            "roles.land.rights = []",
            "policy.toml, roles.land: every policy has this role already",
        ),
        (
            "roles.triager.rights = [\"endorse\"]",
            "policy.toml, roles.triager.rights: \"endorse\" is no right that a role of one's own can give",
        ),
        (
            "roles.triager.rights = [\"tirage\"]",
            "policy.toml, roles.triager.rights: \"tirage\" is no right that a role of one's own can give",
        ),
        (
            "roles.triager.rights = [\"push\", \"push\"]",
            "policy.toml, roles.triager.rights: push stands twice",
        ),
    ] {
        check(head, expected);
    }
}

#[test]
fn parties_that_are_not_good() {
    for (head, expected) in [
        (
            "defaults.from = [\"eve\"]",
            "policy.toml, defaults.from: \"eve\" is no person or bot of the policy",
        ),
        (
            "defaults.merge = []",
            "policy.toml, defaults.merge: names nobody; leave it out where anybody with the right is meant",
        ),
        (
            "branch = [{ match = [\"main\"], from = [] }]",
            "policy.toml, branch[0].from: names nobody; leave it out where anybody with the right is meant",
        ),
        (
            "defaults.merge = [\"@eve\"]",
            "policy.toml, defaults.merge: \"@eve\" is no team of the policy",
        ),
        (
            "teams.core.members = []\ndefaults.create = [\"core\"]",
            "policy.toml, defaults.create: \"core\" is no person or bot of the policy",
        ),
        (
            "defaults.delete = [\"bob\", \"bob\"]",
            "policy.toml, defaults.delete: bob stands twice",
        ),
        (
            "path = [{ match = [\"a\"], write = [\"bob\"] }, { match = [\"a\"], write = [\"x\"] }]",
            "policy.toml, path[1].write: \"x\" is no person or bot of the policy",
        ),
        (
            "tag = [{ match = [\"a\"], move = [\"x\"] }]",
            "policy.toml, tag[0].move: \"x\" is no person or bot of the policy",
        ),
    ] {
        check(head, expected);
    }
    let many: String = (0..1001).map(|number| format!("\"p{number}\", ")).collect();
    check(
        &format!("defaults.override = [{many}]"),
        "policy.toml, defaults.override: more than 1000 names",
    );
}

#[test]
fn branches_that_are_not_good() {
    for (head, expected) in [
        (
            "defaults.match = [\"a\"]",
            "policy.toml, defaults.match: the defaults hold for all",
        ),
        (
            "branch = [{}]",
            "policy.toml, branch[0].match: 1 to 1000 patterns are needed",
        ),
        (
            "branch = [{ match = [\"/a\"] }]",
            "policy.toml, branch[0].match: \"/a\": the pattern starts with a slash; it is anchored without one",
        ),
        (
            "branch = [{ match = [\"e\u{301}\"] }]",
            "policy.toml, branch[0].match: \"e\\u{301}\": it is not in Unicode normalisation form C, or has a byte order mark",
        ),
        (
            "defaults.approvals = 101",
            "policy.toml, defaults.approvals: 101 is not from 0 to 100",
        ),
        (
            "branch = [{ match = [\"a\"], approvals = -1 }]",
            "policy.toml, branch[0].approvals: -1 is not from 0 to 100",
        ),
    ] {
        check(head, expected);
    }
}

#[test]
fn what_a_branch_asks_for_that_is_not_good() {
    for (head, expected) in [
        (
            "defaults.require = [{ count = 0, from = [\"bob\"] }]",
            "policy.toml, defaults.require[0].count: 0 is not from 1 to 100",
        ),
        (
            "defaults.require = [{ count = 1, from = [] }]",
            "policy.toml, defaults.require[0]: from names nobody",
        ),
        (
            "defaults.checks = [{ name = \"a\", by = [] }]",
            "policy.toml, defaults.checks[0]: by names nobody who may report it",
        ),
        (
            "defaults.checks = [{ name = \" a\", by = [\"ci\"] }]",
            "policy.toml, defaults.checks[0].name: not a check's name",
        ),
        (
            "defaults.checks = [{ name = \"a\", by = [\"ci\"] }, { name = \"a\", by = [\"bob\"] }]",
            "policy.toml, defaults.checks: a stands twice",
        ),
        (
            "defaults.methods = []",
            "policy.toml, defaults.methods: at least one is needed",
        ),
        (
            "defaults.methods = [\"octopus\"]",
            "policy.toml, defaults.methods: \"octopus\" is no method",
        ),
        (
            "defaults.methods = [\"merge\", \"merge\"]",
            "policy.toml, defaults.methods: merge stands twice",
        ),
    ] {
        check(head, expected);
    }
}

#[test]
fn amounts_that_are_not_good() {
    for (head, expected) in [
        (
            "limits.push_refs = 0",
            "policy.toml, limits.push_refs: 0 is not from 1 to 1000000000",
        ),
        (
            "limits.push_objects = 1000000001",
            "policy.toml, limits.push_objects: 1000000001 is not from 1 to 1000000000",
        ),
        (
            "limits.file_bytes = 1099511627777",
            "policy.toml, limits.file_bytes: 1099511627777 is not from 1 to 1099511627776",
        ),
        (
            "limits.push_bytes = -1",
            "policy.toml, limits.push_bytes: -1 is not from 1 to 1099511627776",
        ),
        (
            "guests.logs = 0",
            "policy.toml, guests.logs: 0 is not from 1 to 10000",
        ),
        (
            "guests.events = 10001",
            "policy.toml, guests.events: 10001 is not from 1 to 10000",
        ),
    ] {
        check(head, expected);
    }
    let rules = "{ match = [\"a\"] }, ".repeat(1001);
    check(
        &format!("tag = [{rules}]"),
        "policy.toml, tag: more than 1000",
    );
}

#[test]
fn compromised_keys_that_are_not_good() {
    let print = key("bob").public().fingerprint().to_string();
    let entry = |key: &str, after: &str| format!("{{ key = \"{key}\", after = \"{after}\" }}");
    let after = "1".repeat(40);
    let stranger = key("eve").public().fingerprint().to_string();
    for (list, expected) in [
        (
            entry(&stranger, &after),
            "policy.toml, compromised[0].key: allowed_signers has no such key",
        ),
        (
            format!("{0}, {0}", entry(&print, &after)),
            "policy.toml, compromised[1].key: the key is named already",
        ),
        (
            entry("bob", &after),
            "policy.toml, compromised[0].key: not a key's fingerprint, SHA256:\u{2026}",
        ),
        (
            entry(&print, &"0".repeat(64)),
            "policy.toml, compromised[0].after: not a receipt's id in full",
        ),
    ] {
        check(&format!("compromised = [{list}]"), expected);
    }
}

#[test]
fn what_toml_itself_does_not_give() {
    for (head, part) in [
        ("teams.core = {}", "missing field `members`"),
        ("teams.core = [[\"bob\"]]", "expected a table"),
        ("limits = [1, 1, 1, 1, 1, 1, 1]", "expected a table"),
        ("branch = [[[\"a\"]]]", "expected a table"),
        ("limits.push_files = 1", "unknown field `push_files`"),
        ("defaults.protected = 1", "expected a boolean"),
        ("path = [{ match = [\"a\"] }]", "missing field `write`"),
        ("freeze = true", "unknown field `freeze`"),
    ] {
        check_toml(head, part);
    }
    let signers = line("alice");
    let person = "name = \"Alice\"\nemails = [\"alice@example.com\"]\nroles = [\"admin\"]\n";
    let listed = "people.alice = [\"Alice\", [\"alice@example.com\"], [\"admin\"]]\n";
    let head = "threshold = 1\nrecovery.declined = true\n";
    for (toml, accepted) in [
        (format!("format = 1\n{head}[people.alice]\n{person}"), true),
        (format!("format = 1\n{head}{listed}"), false),
        (
            format!("format = 1\n{head}teams = {{}}\n[people.alice]\n{person}"),
            false,
        ),
        (
            format!("format = 1\n{head}defaults.protected = true\n[people.alice]\n{person}"),
            false,
        ),
        (
            format!("format = 2\n{head}defaults.protected = true\n[people.alice]\n{person}"),
            true,
        ),
        (format!("format = 3\n{head}[people.alice]\n{person}"), false),
    ] {
        let read = parse(toml.as_bytes(), signers.as_bytes());
        assert_eq!(read.is_ok(), accepted, "{toml}: {read:?}");
    }
}

#[test]
fn what_is_left_out_is_strict() {
    let policy = good("");
    let rules = &policy.rules;
    assert_eq!(rules.branch_defaults, BranchRule::strict(1, false));
    assert!(rules.branch_defaults.protected);
    assert_eq!(rules.limits, Limits::default());
    assert_eq!(rules.guests, Guests::default());
    assert!(!rules.guests.open && !rules.anonymous_push && rules.scan_secrets);
    assert_eq!(
        (rules.branches.len(), rules.tags.len(), rules.paths.len()),
        (0, 0, 0)
    );
}

#[test]
fn a_rule_has_from_the_defaults_what_it_leaves_out() {
    let policy = good(
        "teams.core.members = [\"carol\"]\n\
        defaults = { approvals = 2, from = [\"@core\"], methods = [\"squash\"], codeowners = true }\n\
        branch = [{ match = [\"main\"], approvals = 3 }, { match = [\"x\"], from = [\"alice\"], codeowners = false }]",
    );
    let [main, other] = policy.rules.branches.as_slice() else {
        panic!("two rules");
    };
    assert_eq!((main.approvals, other.approvals), (3, 2));
    assert!(main.from.contains("@core") && !other.from.contains("@core"));
    assert!(main.codeowners && !other.codeowners);
    assert_eq!(main.methods, [MergeMethod::Squash].into());
    assert_eq!(policy.defaults.approvals, 2);
}

#[test]
fn own_roles_grant_their_rights_and_no_other() {
    let head = "roles.triager.rights = [\"triage\"]\nroles.idle.rights = []\n";
    let toml = format!(
        "format = 2\nthreshold = 1\nrecovery.declined = true\n{head}{}",
        super::PEOPLE
    );
    let toml = toml.replace("roles = []", "roles = [\"idle\", \"triager\"]");
    let policy = parse(toml.as_bytes(), line("alice").as_bytes()).expect("a good policy");
    assert_eq!(policy.granting("dave", Right::Triage), Some("triager"));
    assert!(!policy.grants("dave", Right::Comment));
    assert!(!policy.grants("triager", Right::Triage), "a role is nobody");
    assert_eq!(policy.admins(), ["alice"].into());
}

#[test]
fn a_compromised_key_stays_so() {
    let with = |names: &[&str]| {
        let entries: String = names
            .iter()
            .map(|name| {
                let print = key(name).public().fingerprint();
                format!("{{ key = \"{print}\", after = \"{}\" }}, ", "1".repeat(40))
            })
            .collect();
        good(&format!("compromised = [{entries}]"))
    };
    with(&["carol", "bob"])
        .check_follows(&with(&["bob"]))
        .expect("one more");
    with(&["bob"])
        .check_follows(&with(&[]))
        .expect("one at all");
    let error = with(&["carol"])
        .check_follows(&with(&["bob"]))
        .expect_err("one is lost");
    let print = key("bob").public().fingerprint();
    assert_eq!(
        error.to_string(),
        format!("policy.toml, compromised: the key {print} was compromised and stays so")
    );
}
