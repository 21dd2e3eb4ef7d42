//! Twins of the trees: what each shape takes, how comments and anchors belong together, what their text may be.

use super::{Commit, Entry, HASHES, Twins, file, fill, secret, store};
use crate::event::{Rule, Verify};
use crate::id::HashKind;
use crate::object::{MODE_FILE, MODE_GITLINK, MODE_TREE, ObjectType, Objects};

const REVIEW: &str = "\
tree {tree}
parent {1}
author {alice}
committer {alice}

Comment on revision 1

Forge-Event: review/1
Forge-Policy: {2}
Forge-Revision: 1
Forge-Verdict: comment
Forge-Base: {3}
Forge-Head: {4}
Forge-Comment: 1 new src/lock.rs:10-14
Forge-Comment: 2 old src/lock.rs:3
Forge-Comment: 3 reply {5}/1
Forge-Comment: 4 new src
";

const SNAPSHOT: &str = "\
tree {tree}
author {alice}
committer {alice}

Snapshot of 333333333333

Forge-Event: snapshot/1
Forge-Repo: {repo}
Forge-Policy: {2}
Forge-Type: issue
Forge-Object: {3}
Forge-Tip: {4}
";

const PROPOSAL: &str = "\
tree {tree}
author {alice}
committer {alice}

Add Bob

Forge-Event: proposal/1
Forge-Repo: {repo}
Forge-Policy: {2}
Forge-Version: 2
";

const CLOSE: &str = "\
tree {tree}
parent {1}
author {alice}
committer {alice}

Close

Forge-Event: close/1
Forge-Policy: {2}
";

/// A template of this kind with one parent and these trailers.
fn later(kind: &str, subject: &str, trailers: &str) -> String {
    format!(
        "tree {{tree}}\nparent {{1}}\nauthor {{alice}}\ncommitter {{alice}}\n\n{subject}\n\n\
         Forge-Event: {kind}\nForge-Policy: {{2}}\n{trailers}"
    )
}

fn evidence() -> String {
    later(
        "run-step/1",
        "Step Test: success",
        "Forge-Step: Test\nForge-Status: success\nForge-Time: 2026-01-01T00:00:00Z\n",
    )
}

fn receipt() -> String {
    later(
        "receipt/1",
        "Receipt 2",
        "Forge-Sequence: 2\nForge-Pusher: none\nForge-Time: 2026-01-01T00:00:00Z\nForge-Decision: accepted\n",
    )
}

fn archive() -> String {
    later(
        "archive/1",
        "Archive 2",
        "Forge-Sequence: 2\nForge-Time: 2026-01-01T00:00:00Z\n",
    )
}

fn policy() -> String {
    later("policy/1", "Policy version 2", "Forge-Version: 2\n")
}

type Tree = Vec<(String, Entry)>;

fn tree<const N: usize>(entries: [(&str, Entry); N]) -> Tree {
    entries
        .into_iter()
        .map(|(path, entry)| (path.to_owned(), entry))
        .collect()
}

/// The tree with an entry added, or put in the place of one of the same path.
fn with(base: &Tree, path: &str, entry: Entry) -> Tree {
    let mut entries = without(base, path);
    entries.push((path.to_owned(), entry));
    entries
}

/// The tree without a file or directory.
fn without(base: &Tree, path: &str) -> Tree {
    let below = format!("{path}/");
    base.iter()
        .filter(|(found, _)| found != path && !found.starts_with(&below))
        .cloned()
        .collect()
}

fn commit(hash: HashKind, template: &str, entries: &Tree) -> Commit {
    let mut objects = Objects::new(hash);
    let tree = store(&mut objects, entries);
    let payload = fill(hash, template).replace("{tree}", &tree.to_string());
    let raw = secret("alice").sign_commit(payload.as_bytes(), hash);
    Commit { objects, raw }
}

struct Cases {
    hash: HashKind,
    template: String,
    good: Tree,
    twins: Vec<Twins>,
}

impl Cases {
    fn new(hash: HashKind, template: impl Into<String>, good: Tree) -> Self {
        Self {
            hash,
            template: template.into(),
            good,
            twins: Vec::new(),
        }
    }

    fn bad(&mut self, rule: Rule, name: &str, entries: &Tree) {
        self.twins.push(Twins {
            rule,
            name: name.to_owned(),
            good: commit(self.hash, &self.template, &self.good),
            bad: commit(self.hash, &self.template, entries),
        });
    }

    fn bad_with(&mut self, rule: Rule, path: &str, entry: Entry) {
        let entries = with(&self.good, path, entry);
        self.bad(rule, &format!("another {path}"), &entries);
    }

    fn bad_without(&mut self, rule: Rule, path: &str) {
        let entries = without(&self.good, path);
        self.bad(rule, &format!("no {path}"), &entries);
    }
}

pub(super) fn twins(hash: HashKind) -> Vec<Twins> {
    [
        empty(hash),
        review_shapes(hash),
        review_pairs(hash),
        review_texts(hash),
        anchors(hash),
        evidence_twins(hash),
        policies(hash),
        endorsements(hash),
        snapshots(hash),
        folds(hash),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn empty(hash: HashKind) -> Vec<Twins> {
    let mut cases = Cases::new(hash, CLOSE, tree([]));
    cases.bad_with(Rule::TreeShape, "a", file("a\n"));
    cases.twins
}

fn review_tree() -> Tree {
    tree([
        ("comments/0001", file("One.\n\nMore.\n")),
        ("comments/0002", file("Zwei ü.\n")),
        ("comments/0003", file("---\n")),
        ("comments/0004", file("x\n")),
        ("suggestions/0001", file([0xff, 0x00])),
    ])
}

fn review_shapes(hash: HashKind) -> Vec<Twins> {
    let mut cases = Cases::new(hash, REVIEW, review_tree());
    for name in ["comments", "suggestions"] {
        let bare = without(&cases.good, name);
        for (rule, entry) in [
            (Rule::ObjectMissing, Entry::Missing(MODE_TREE)),
            (Rule::TreeShape, Entry::EmptyDirectory),
            (Rule::TreeShape, file("x\n")),
        ] {
            cases.bad(rule, name, &with(&bare, name, entry));
        }
    }
    for (path, too_long) in [("comments/0002", 65_537), ("suggestions/0001", 1_048_577)] {
        cases.bad_with(Rule::ObjectMissing, path, Entry::Missing(MODE_FILE));
        cases.bad_with(Rule::ObjectSize, path, file("x".repeat(too_long)));
        cases.bad_with(Rule::TreeShape, path, Entry::Odd(0o100_755));
        cases.bad_with(Rule::TreeShape, path, Entry::Odd(0o120_000));
        cases.bad_with(Rule::TreeShape, path, Entry::Missing(MODE_GITLINK));
    }
    for name in [
        "README",
        "0001",
        "comments/0000",
        "comments/5",
        "comments/00005",
    ] {
        cases.bad_with(Rule::TreeShape, name, file("x\n"));
    }
    for name in [
        "comments/000x",
        "comments/+005",
        "other/0001",
        "Comments/0001",
    ] {
        cases.bad_with(Rule::TreeShape, name, file("x\n"));
    }
    cases.bad_without(Rule::TreeShape, "comments");
    cases.twins
}

fn review_pairs(hash: HashKind) -> Vec<Twins> {
    let mut cases = Cases::new(hash, REVIEW, review_tree());
    cases.bad(Rule::TreePairing, "the empty tree", &tree([]));
    cases.bad_without(Rule::TreePairing, "comments/0002");
    cases.bad_without(Rule::TreePairing, "comments/0004");
    cases.bad_with(Rule::TreePairing, "comments/0005", file("x\n"));
    for number in 2..=5 {
        let path = format!("suggestions/000{number}");
        cases.bad_with(Rule::TreePairing, &path, file("x\n"));
    }
    cases.twins
}

const BAD_TEXTS: &[&[u8]] = &[
    b"",
    b"\n",
    b"x",
    b"x\n\n",
    b"\nx\n",
    b"x \n",
    b"x\t\n",
    b"x\n \ny\n",
    b"x\r\n",
    b"\x1b[2J\n",
    b"\xff\n",
    "\u{202e}x\n".as_bytes(),
    "e\u{301}\n".as_bytes(),
    "\u{feff}x\n".as_bytes(),
];

fn review_texts(hash: HashKind) -> Vec<Twins> {
    let mut cases = Cases::new(hash, REVIEW, review_tree());
    for text in BAD_TEXTS {
        cases.bad_with(Rule::TreeText, "comments/0002", file(*text));
    }
    cases.twins
}

/// Twins whose trailers differ.
fn anchors(hash: HashKind) -> Vec<Twins> {
    let edits = [
        ("Comment: 2 old", "Comment: 5 old"),
        (
            "Comment: 1 new src/lock.rs:10-14",
            "Comment: 1 old src/lock.rs:10-14",
        ),
        (
            "Comment: 1 new src/lock.rs:10-14",
            "Comment: 1 new src/lock.rs",
        ),
        ("Forge-Comment: 4 new src\n", ""),
        (
            "Forge-Comment: 4 new src\n",
            "Forge-Comment: 4 new src\nForge-Comment: 5 new src\n",
        ),
        (
            "Forge-Comment: 4 new src\n",
            "Forge-Comment: 4 new src\nForge-Comment: 4 new a\n",
        ),
    ];
    let entries = review_tree();
    edits
        .into_iter()
        .map(|(from, to)| {
            assert!(REVIEW.contains(from), "{from:?} is not in the template");
            Twins {
                rule: Rule::TreePairing,
                name: format!("{from:?} to {to:?}"),
                good: commit(hash, REVIEW, &entries),
                bad: commit(hash, &REVIEW.replacen(from, to, 1), &entries),
            }
        })
        .collect()
}

fn evidence_twins(hash: HashKind) -> Vec<Twins> {
    let good = tree([
        ("log.txt", file("x")),
        ("not-here", Entry::Missing(MODE_FILE)),
        ("a/b/c/d", file("x")),
        ("hollow", Entry::EmptyDirectory),
    ]);
    let mut cases = Cases::new(hash, evidence(), good);
    let long = "n".repeat(256);
    for path in [
        "a/b/c/e/f",
        "a b",
        "ä",
        "..",
        ".",
        ".git",
        "a/.GIT",
        long.as_str(),
    ] {
        cases.bad_with(Rule::TreeShape, path, file("x"));
    }
    cases.bad_with(Rule::TreeShape, "log.txt", Entry::Odd(0o120_000));
    cases.bad_with(Rule::TreeShape, "log.txt", Entry::Missing(MODE_GITLINK));
    cases.bad_with(Rule::ObjectMissing, "hollow", Entry::Missing(MODE_TREE));
    let many = |count: usize| -> Tree {
        (0..count)
            .map(|number| (format!("f{number}"), file("x")))
            .collect()
    };
    let mut full = Cases::new(hash, evidence(), many(1000));
    full.bad(Rule::TreeShape, "1001 entries", &many(1001));
    let deep = with(&many(999), "d/f", file("x"));
    full.bad(Rule::TreeShape, "1001 entries in all", &deep);
    cases.twins.extend(full.twins);
    cases.twins
}

fn policy_tree() -> Tree {
    tree([
        ("policy.toml", file("format = 1\n")),
        ("allowed_signers", file("")),
        ("templates/issue.md", Entry::Missing(MODE_FILE)),
    ])
}

fn policies(hash: HashKind) -> Vec<Twins> {
    let mut twins = Vec::new();
    for template in [policy(), PROPOSAL.to_owned()] {
        let mut cases = Cases::new(hash, template, policy_tree());
        for path in ["policy.toml", "allowed_signers"] {
            cases.bad_without(Rule::TreeShape, path);
            cases.bad_with(Rule::TreeShape, path, Entry::EmptyDirectory);
            cases.bad_with(Rule::ObjectMissing, path, Entry::Missing(MODE_FILE));
            cases.bad_with(Rule::ObjectSize, path, file("x".repeat(1_048_577)));
        }
        cases.bad_with(Rule::TreeShape, "README", file("x"));
        cases.bad_with(Rule::TreeShape, "templates/a b", file("x"));
        let bare = without(&cases.good, "templates");
        let hollow = with(&bare, "templates", Entry::EmptyDirectory);
        cases.bad(Rule::TreeShape, "empty templates", &hollow);
        twins.extend(cases.twins);
    }
    twins
}

fn endorsements(hash: HashKind) -> Vec<Twins> {
    let named = |digit| format!("endorsements/{}", super::id(hash, digit));
    let path = named('7');
    let good = with(&policy_tree(), &path, file("any bytes"));
    let mut cases = Cases::new(hash, policy(), good);
    cases.bad_with(Rule::ObjectMissing, &path, Entry::Missing(MODE_FILE));
    cases.bad_with(Rule::ObjectSize, &path, file("x".repeat(131_073)));
    cases.bad_with(Rule::TreeShape, "endorsements/alice", file("x"));
    let upper = named('a').replace('a', "A");
    cases.bad_with(Rule::TreeShape, &upper, file("x"));
    let hollow = with(&policy_tree(), "endorsements", Entry::EmptyDirectory);
    cases.bad(Rule::TreeShape, "no endorsement", &hollow);
    let many = |count: usize| -> Tree {
        let width = hash.hex_len();
        let name = |number| format!("endorsements/{number:0width$}");
        let files = (1..=count).map(|number| (name(number), file("x")));
        policy_tree().into_iter().chain(files).collect()
    };
    let mut full = Cases::new(hash, policy(), many(100));
    full.bad(Rule::TreeShape, "101 endorsements", &many(101));
    let mut proposal = Cases::new(hash, PROPOSAL, policy_tree());
    proposal.bad_with(Rule::TreeShape, &path, file("x"));
    [cases.twins, full.twins, proposal.twins]
        .into_iter()
        .flatten()
        .collect()
}

fn snapshots(hash: HashKind) -> Vec<Twins> {
    let digest = format!("{}\n", "ab".repeat(32));
    let good = tree([
        ("dropped", file(digest.as_str())),
        ("state.json", file("{}\n")),
    ]);
    let mut cases = Cases::new(hash, SNAPSHOT, good);
    for path in ["dropped", "state.json"] {
        cases.bad_without(Rule::TreeShape, path);
        cases.bad_with(Rule::ObjectMissing, path, Entry::Missing(MODE_FILE));
        cases.bad_with(Rule::TreeShape, path, Entry::Odd(0o100_755));
        cases.bad_with(Rule::ObjectSize, path, file("x".repeat(16_777_217)));
    }
    cases.bad_with(Rule::TreeShape, "README", file("x"));
    for text in [
        digest.trim_end(),
        &digest.to_uppercase(),
        "ab\n",
        "\n",
        &format!("{digest}\n"),
    ] {
        cases.bad_with(Rule::TreeText, "dropped", file(text));
    }
    cases.twins
}

fn folds(hash: HashKind) -> Vec<Twins> {
    let good = tree([
        ("refs/heads/main", Entry::Missing(MODE_GITLINK)),
        ("numbers/0/1", Entry::Missing(MODE_GITLINK)),
        ("aliases/ab/cd", Entry::Missing(MODE_GITLINK)),
    ]);
    let mut receipts = Cases::new(hash, receipt(), good);
    receipts.bad_without(Rule::TreeShape, "refs");
    receipts.bad_with(Rule::TreeShape, "other/1", file("x"));
    receipts.bad(
        Rule::TreeShape,
        "refs is a file",
        &with(&without(&receipts.good, "refs"), "refs", file("x")),
    );
    let good = tree([
        ("ab/cd/ef", Entry::Missing(MODE_GITLINK)),
        ("09", Entry::Missing(MODE_TREE)),
    ]);
    let mut archives = Cases::new(hash, archive(), good);
    archives.bad_with(Rule::TreeShape, "AB/cd", file("x"));
    archives.bad_with(Rule::TreeShape, "abc/d", file("x"));
    archives.bad_with(Rule::TreeShape, "g0/d", file("x"));
    archives.bad_with(Rule::TreeShape, "cd", file("x"));
    receipts.twins.extend(archives.twins);
    receipts.twins
}

#[test]
fn review_files_are_read() {
    for hash in HASHES {
        let event = commit(hash, REVIEW, &review_tree())
            .decode(Verify::Full)
            .expect("a good event");
        let files = &event.files;
        assert_eq!(files.comment(1), Some("One.\n\nMore."));
        assert_eq!(files.comment(4), Some("x"));
        assert_eq!(files.comment(5), None);
        assert_eq!(files.suggestion_bytes(1), Some([0xff, 0x00].as_slice()));
        let blob = crate::id::hash_object(hash, "blob", &[0xff, 0x00]).expect("no collision");
        assert_eq!(
            (files.suggestion(1), files.suggestion(2)),
            (Some(blob), None)
        );
        assert_eq!((files.evidence(), files.snapshot()), ([].as_slice(), None));
    }
}

#[test]
fn evidence_paths_are_sorted() {
    let entries = tree([
        ("b", file("1")),
        ("a/c", file("1")),
        ("a.b", file("1")),
        ("a-b/x", file("1")),
    ]);
    for hash in HASHES {
        let event = commit(hash, &evidence(), &entries)
            .decode(Verify::Full)
            .expect("a good event");
        assert_eq!(event.files.evidence(), ["a-b/x", "a.b", "a/c", "b"]);
    }
}

#[test]
fn malformed_trees_have_no_shape() {
    for hash in HASHES {
        let mut objects = Objects::new(hash);
        let tree = objects
            .insert(ObjectType::Tree, b"100644 x".to_vec())
            .expect("no collision");
        let payload = fill(hash, &evidence()).replace("{tree}", &tree.to_string());
        let raw = secret("alice").sign_commit(payload.as_bytes(), hash);
        let refusal = Commit { objects, raw }
            .decode(Verify::Full)
            .expect_err("malformed");
        assert_eq!(refusal.rule, Rule::TreeShape);
    }
}

#[test]
fn earlier_rules_win_wherever_they_are_broken() {
    for hash in HASHES {
        let mut entries = with(&review_tree(), "comments/0001", file("x"));
        let mut check = |path: &str, entry: Entry, rule: Rule| {
            entries = with(&entries, path, entry);
            let refusal = commit(hash, REVIEW, &entries)
                .decode(Verify::Full)
                .expect_err("bad");
            assert_eq!(refusal.rule, rule, "{path}: {refusal}");
        };
        check("suggestions/0002", file("x"), Rule::TreePairing);
        check("zoo", file("x"), Rule::TreeShape);
        check("comments/0003", file("x".repeat(65_537)), Rule::ObjectSize);
        check(
            "suggestions/0001",
            Entry::Missing(MODE_FILE),
            Rule::ObjectMissing,
        );
    }
}

#[test]
fn repeated_directories_do_not_multiply() {
    // A thousand names for one large directory: reading stops at the first that passes the limit.
    for hash in HASHES {
        let mut objects = Objects::new(hash);
        let large: Tree = (0..900)
            .map(|number| (format!("f{number}"), file("x")))
            .collect();
        let large = store(&mut objects, &large);
        let names: Vec<String> = (0..999).map(|number| format!("d{number}")).collect();
        let root = crate::object::write_tree(names.iter().map(|name| crate::object::TreeEntry {
            mode: MODE_TREE,
            name: name.as_bytes(),
            id: large,
        }));
        let root = objects
            .insert(ObjectType::Tree, root)
            .expect("no collision");
        let payload = fill(hash, &evidence()).replace("{tree}", &root.to_string());
        let raw = secret("alice").sign_commit(payload.as_bytes(), hash);
        let refusal = Commit { objects, raw }
            .decode(Verify::Full)
            .expect_err("too many");
        assert_eq!(refusal.rule, Rule::TreeShape);
    }
}
