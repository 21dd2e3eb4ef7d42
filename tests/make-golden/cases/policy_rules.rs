//! What `format = 2` adds to `policy.toml`: what is well formed, and what is not.

use serde_json::{Value, json};
use touchmark_core::id::HashKind;

use super::policies::{LOG, advance};
use crate::builder::{Builder, usual_policy, usual_signers};
use crate::case::Case;
use crate::people::{ALICE, BOB, CI, DAVE, named_key};

/// A policy that has every key, and in which each defect below is one replacement.
const RULES: &str = r#"format = 2
threshold = 1
recovery = { declined = true }
teams = { core = { members = ["alice", "bob"] }, empty = { members = [] } }
roles = { triager = { rights = ["comment", "triage"] }, idle = { rights = [] } }
defaults = { protected = true, approvals = 2, from = ["bob"], methods = ["merge", "squash"] }
branch = [{ match = ["main", "release/**"], approvals = 0, require = [{ count = 2, from = ["@core"] }], checks = [{ name = "build (x86)", by = ["ci"] }], keep_approvals = true, resolve_threads = true, codeowners = true, owners_required = true, signed_commits = true, merge = ["alice"], create = [], delete = ["@empty"], override = ["alice", "@core"] }, { match = ["*"], protected = false }]
tag = [{ match = ["v*"], create = ["@core"], move = [], delete = ["alice"], signed = true }]
path = [{ match = ["docs/"], branches = ["next"], write = ["bob", "ci"] }, { match = ["secret"], write = [] }]
limits = { push_refs = 10, push_events = 11, push_commits = 12, push_paths = 13, push_objects = 14, push_bytes = 15, file_bytes = 16 }
guests = { open = true, logs = 3, events = 20 }
push = { anonymous = true, secrets = false }
compromised = [{ key = "KEY", after = "AFTER" }]

[people.alice]
name = "Alice"
emails = ["alice@example.com"]
roles = ["admin"]

[people.bob]
name = "Bob"
emails = ["bob@example.com"]
roles = ["triager", "reporter"]

[bots.ci]
name = "CI"
emails = ["ci@example.com"]
roles = ["ci", "idle"]
"#;

/// Defects, one a line: a name, what stands in the policy, and what is put in its place.
const NAMES: &str = r#"
format-three | format = 2 | format = 3
format-zero | format = 2 | format = 0
format-text | format = 2 | format = "2"
format-missing | format = 2 | NOTHING
key-unknown | push = { | pull = {
teams-key | empty = { members = [] } | empty = { members = [], name = "x" }
team-list | { members = ["alice", "bob"] } | [["alice", "bob"]]
team-members-missing | empty = { members = [] } | empty = {}
team-of-person | empty = { | alice = { members = [] }, empty = {
team-of-bot | empty = { | ci = { members = [] }, empty = {
team-name | empty = { | Empty = { members = [] }, empty = {
team-member-bot | members = ["alice", "bob"] | members = ["alice", "ci"]
team-member-team | members = ["alice", "bob"] | members = ["alice", "@empty"]
team-member-unknown | members = ["alice", "bob"] | members = ["alice", "eve"]
team-member-twice | members = ["alice", "bob"] | members = ["bob", "bob"]
roles-key | idle = { rights = [] } | idle = { rights = [], name = "x" }
role-rights-missing | idle = { rights = [] } | idle = {}
role-name | idle = { | Idle = { rights = [] }, idle = {
role-built-in | idle = { | agent = { rights = ["run", "comment"] }, idle = {
role-endorse | "comment", "triage" | "comment", "endorse"
role-right-unknown | "comment", "triage" | "comment", "admin"
role-right-twice | "comment", "triage" | "triage", "triage"
role-unknown | "triager", "reporter" | "trier", "reporter"
role-twice | "triager", "reporter" | "triager", "triager"
party-unknown | from = ["bob"] | from = ["eve"]
party-team-unknown | from = ["bob"] | from = ["@eve"]
party-team-plain | from = ["bob"] | from = ["core"]
party-person-as-team | from = ["bob"] | from = ["@bob"]
party-twice | from = ["bob"] | from = ["bob", "bob"]
party-role | from = ["bob"] | from = ["triager"]
party-text | from = ["bob"] | from = "bob"
party-number | from = ["bob"] | from = [1]
"#;

/// The same for branches.
const BRANCHES: &str = r#"
defaults-match | protected = true | match = ["**"]
defaults-key | protected = true | frozen = true
branch-key | keep_approvals | freeze = true, keep_approvals
branch-match-missing | { match = ["*"], protected = false } | { protected = false }
branch-match-empty | match = ["*"] | match = []
branch-match-text | match = ["*"] | match = "*"
branch-protected | protected = false | protected = 0
branch-approvals-negative | approvals = 0 | approvals = -1
branch-approvals-high | approvals = 0 | approvals = 101
branch-approvals-float | approvals = 0 | approvals = 1.0
branch-approvals-boolean | approvals = 0 | approvals = true
default-approvals-high | approvals = 2 | approvals = 101
require-key | { count = 2, from | { count = 2, of = 3, from
require-count-zero | count = 2 | count = 0
require-count-high | count = 2 | count = 101
require-count-missing | count = 2, | NOTHING
require-from-missing | { count = 2, from = ["@core"] } | { count = 2 }
require-from-empty | { count = 2, from = ["@core"] } | { count = 2, from = [] }
require-from-unknown | { count = 2, from = ["@core"] } | { count = 2, from = ["@more"] }
checks-key | { name = "build (x86)", | { name = "build (x86)", on = "x",
check-name | "build (x86)" | "build: x86"
check-name-long | "build (x86)" | "BIG"
check-twice | by = ["ci"] }] | by = ["ci"] }, { name = "build (x86)", by = ["alice"] }]
check-by-missing | , by = ["ci"] } | }
check-by-empty | by = ["ci"] | by = []
check-by-unknown | by = ["ci"] | by = ["cd"]
methods-empty | ["merge", "squash"] | []
methods-unknown | ["merge", "squash"] | ["merge", "octopus"]
methods-twice | ["merge", "squash"] | ["merge", "merge"]
merge-unknown | merge = ["alice"] | merge = ["eve"]
merge-empty | merge = ["alice"] | merge = []
from-empty | from = ["bob"] | from = []
create-unknown | create = [] | create = ["eve"]
delete-unknown | delete = ["@empty"] | delete = ["@eve"]
override-unknown | override = ["alice" | override = ["eve"
signed-text | signed_commits = true | signed_commits = "yes"
"#;

/// The same for tags, paths, limits, guests, pushes and compromised keys.
const OTHERS: &str = r#"
tag-key | signed = true | signed = true, annotated = true
tag-match-missing | { match = ["v*"], create | { create
tag-create-unknown | create = ["@core"] | create = ["@eve"]
tag-move-unknown | move = [] | move = ["eve"]
tag-delete-twice | delete = ["alice"] | delete = ["alice", "alice"]
tag-signed | signed = true }] | signed = 1 }]
path-key | write = [] | write = [], read = []
path-match-empty | match = ["secret"] | match = []
path-write-missing | { match = ["secret"], write = [] } | { match = ["secret"] }
path-write-unknown | write = [] | write = ["eve"]
path-branches-empty | branches = ["next"] | branches = []
path-branches-pattern | branches = ["next"] | branches = ["/next"]
limits-key | push_refs = 10 | push_files = 10
limits-list | { push_refs = 10, push_events = 11, push_commits = 12, push_paths = 13, push_objects = 14, push_bytes = 15, file_bytes = 16 } | [10, 11, 12, 13, 14, 15, 16]
limit-zero | push_refs = 10 | push_refs = 0
limit-negative | push_events = 11 | push_events = -1
limit-high | push_objects = 14 | push_objects = 1000000001
limit-bytes-zero | push_bytes = 15 | push_bytes = 0
limit-bytes-high | push_bytes = 15 | push_bytes = 1099511627777
limit-file-high | file_bytes = 16 | file_bytes = 1099511627777
limit-beyond | file_bytes = 16 | file_bytes = 18446744073709551617
guests-key | guests = { | guests = { refs = 1,
guests-open | open = true | open = 1
guests-logs-zero | logs = 3 | logs = 0
guests-events-high | events = 20 | events = 10001
push-key | anonymous = true | guests = true
push-anonymous | anonymous = true | anonymous = "yes"
push-list | { anonymous = true, secrets = false } | [true, false]
compromised-key | after = | when = 1, after =
compromised-key-missing | key = "KEY", | NOTHING
compromised-key-unknown | KEY | SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
compromised-key-form | KEY | SHA512:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
compromised-key-twice | compromised = [{ | compromised = [{ key = "KEY", after = "AFTER" }, {
compromised-after-missing | , after = "AFTER" | NOTHING
compromised-after-short | AFTER | 0123456789abcdef
compromised-after-zeros | AFTER | 0000000000000000000000000000000000000000
compromised-after-capitals | AFTER | 0123456789ABCDEF0123456789abcdef01234567
"#;

/// Tables that a policy of format 1 must not have.
const OF_ONE: [&str; 10] = [
    "teams = {}",
    "roles = {}",
    "branch = []",
    "tag = []",
    "path = []",
    "limits = {}",
    "guests = {}",
    "push = {}",
    "compromised = []",
    "defaults = { protected = true }",
];

pub(super) fn add(cases: &mut Vec<Case>) {
    cases.push(plain());
    cases.push(all(HashKind::Sha1, "policy-rules"));
    cases.push(all(HashKind::Sha256, "policy-rules-sha256"));
    cases.push(bounds());
    for table in OF_ONE {
        let (name, _) = table.split_once(' ').expect("written so");
        let toml = format!("{table}\n{}", usual_policy());
        cases.push(refused(&format!("of-one-{name}"), &toml, &usual_signers()));
    }
    for line in [NAMES, BRANCHES, OTHERS].join("\n").lines() {
        let mut parts = line.splitn(3, " | ");
        let (Some(name), Some(from), Some(to)) = (parts.next(), parts.next(), parts.next()) else {
            assert_eq!(line, "", "a line is a name and two texts");
            continue;
        };
        assert!(
            RULES.contains(from),
            "{name}: {from:?} does not stand in the policy"
        );
        let toml = RULES.replacen(from, to, 1);
        cases.push(refused(name, &filled(&toml), &signers()));
    }
    too_many(cases);
}

/// The policy's text with what is not known before the keys are.
fn filled(toml: &str) -> String {
    let key = BOB.key().public().fingerprint();
    toml.replace("NOTHING", "")
        .replace("KEY", &key.to_string())
        .replace("AFTER", "0123456789abcdef0123456789abcdef01234567")
        .replace("BIG", &"x".repeat(101))
}

fn signers() -> String {
    ALICE.line() + &BOB.line() + &CI.line()
}

fn refused(name: &str, toml: &str, signers: &str) -> Case {
    let mut b = Builder::empty(HashKind::Sha1);
    let id = b.start_policy(toml, signers);
    Case::new(&format!("policy-rules-{name}"), b)
        .rejects(id, "policy-form")
        .fact(LOG, "/state", Value::Null)
}

/// A policy of format 2 may say no more than one of format 1.
fn plain() -> Case {
    let mut b = Builder::empty(HashKind::Sha1);
    let toml = usual_policy().replacen("format = 1", "format = 2", 1);
    b.start_policy(&toml, &usual_signers());
    Case::new("policy-format-two", b)
        .fact(LOG, "/state/version", 1)
        .fact(LOG, "/state/defaults/approvals", 1)
}

fn all(hash: HashKind, name: &str) -> Case {
    let mut b = Builder::empty(hash);
    b.start_policy(&filled(RULES), &signers());
    Case::new(name, b)
        .fact(LOG, "/state/version", 1)
        .fact(
            LOG,
            "/state/people/bob/roles",
            json!(["reporter", "triager"]),
        )
        .fact(LOG, "/state/bots/ci/roles", json!(["ci", "idle"]))
        .fact(
            LOG,
            "/state/defaults",
            json!({"approvals": 2, "resolve_threads": false}),
        )
}

/// The least and the greatest of everything, in TOML's longer form; the second version goes from the one to the other.
fn bounds() -> Case {
    let text = |count: u64, bytes: u64, guests: u32, approvals: u32, lists: usize| {
        let patterns = vec!["\"x\""; lists].join(", ");
        let rules: String = (0..lists).map(|_| "[[tag]]\nmatch = [\"v\"]\n").collect();
        let groups = vec!["{ count = 100, from = [\"bob\"] }"; lists].join(", ");
        let key = named_key("bob").public().fingerprint();
        format!(
            "format = 2\nthreshold = 1\nrecovery.declined = true\n\
            limits.push_refs = {count}\nlimits.push_objects = {count}\nlimits.push_bytes = {bytes}\n\
            limits.file_bytes = {bytes}\nguests.logs = {guests}\nguests.events = {guests}\n\
            defaults.approvals = {approvals}\ndefaults.resolve_threads = true\n\
            defaults.require = [{groups}]\n\
            [[path]]\nmatch = [{patterns}]\nwrite = []\n{rules}\
            [[compromised]]\nkey = \"{key}\"\nafter = \"{}\"\n{}{}",
            "a".repeat(if lists == 1 { 40 } else { 64 }),
            ALICE.table("people"),
            BOB.table("people"),
        )
    };
    let signers = ALICE.line() + &BOB.line();
    let mut b = Builder::empty(HashKind::Sha1);
    b.start_policy(&text(1, 1, 1, 0, 1), &signers);
    let most = text(1_000_000_000, 1 << 40, 10_000, 100, 1000);
    let two = advance(&mut b, ALICE, &most, &signers, &[ALICE]);
    Case::new("policy-rules-bounds", b)
        .fact(LOG, "/state/versions/1", two.to_string())
        .fact(
            LOG,
            "/state/defaults",
            json!({"approvals": 100, "resolve_threads": true}),
        )
}

/// One more than a list may have.
fn too_many(cases: &mut Vec<Case>) {
    let patterns = vec!["\"x\""; 1001].join(", ");
    let rules = vec!["{ match = [\"v\"] }"; 1001].join(", ");
    let groups = vec!["{ count = 1, from = [\"bob\"] }"; 1001].join(", ");
    for (name, added) in [
        ("patterns", format!("tag = [{{ match = [{patterns}] }}]\n")),
        ("tables", format!("tag = [{rules}]\n")),
        ("groups", format!("defaults.require = [{groups}]\n")),
    ] {
        let toml = format!("format = 2\nthreshold = 1\nrecovery.declined = true\n{added}");
        let toml = toml + &ALICE.table("people") + &BOB.table("people") + &DAVE.table("people");
        let signers = ALICE.line() + &BOB.line() + &DAVE.line();
        cases.push(refused(&format!("too-many-{name}"), &toml, &signers));
    }
}
