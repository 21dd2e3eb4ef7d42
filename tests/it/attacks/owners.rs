//! Attacks on what is ruled by path: code owners, and who may write.

use super::hands::{Change, DAVE, Edit};
use super::stage::{Stage, write};
use crate::env::Person;

/// What Dave proposes on what `main` holds: one commit after another.
fn change(stage: &Stage, dave: &Person<'_>, by: &'static str, commits: &[&[Edit<'_>]]) -> Change {
    let mut head = stage.main();
    for edits in commits {
        head = stage.code(dave, head, DAVE, edits);
    }
    stage.propose(dave, by, head)
}

/// Lands files as an admin's change.
fn land(stage: &Stage, dave: &Person<'_>, edits: &[Edit<'_>]) {
    let pr = change(stage, dave, "alice", &[edits]);
    stage.accepts_merge(dave, "carol", &pr);
}

const OWNED: &str = "[[branch]]\nmatch = [\"main\"]\napprovals = 0\ncodeowners = true\n";

/// Only Alice may write what is in `ci`.
const GUARDED: &str = "[[branch]]\nmatch = [\"main\"]\napprovals = 0\ncodeowners = true\n\
                       [[path]]\nmatch = [\"ci/**\", \"secrets/**\"]\nwrite = [\"alice\"]\n";

/// C6: a change edits CODEOWNERS so that its own owner may approve it.
/// Refused: owners-missing
#[test]
fn c6_code_owners_edited_in_the_same_change() {
    let stage = Stage::with_policy(OWNED);
    let dave = stage.person("dave");
    land(&stage, &dave, &[(b"CODEOWNERS", Some(b"/src/ @carol\n"))]);
    let mut pr = change(
        &stage,
        &dave,
        "dave",
        &[&[
            (b"CODEOWNERS", Some(b"/src/ @bob\n")),
            (b"src/new.rs", Some(b"new\n")),
        ]],
    );
    stage.approve(&dave, "bob", &mut pr);
    let told = stage.refuses_merge(&dave, "bob", &pr, "owners-missing");
    assert!(told.contains("needs the approval of @carol"), "{told}");
    // A file at a place that counts before it does not help either.
    let mut pr = change(
        &stage,
        &dave,
        "dave",
        &[&[
            (b".github/CODEOWNERS", Some(b"/src/ @bob\n")),
            (b"src/new.rs", Some(b"new\n")),
        ]],
    );
    stage.approve(&dave, "bob", &mut pr);
    stage.refuses_merge(&dave, "bob", &pr, "owners-missing");
    stage.approve(&dave, "carol", &mut pr);
    stage.accepts_merge(&dave, "bob", &pr);
}

/// C7: CODEOWNERS has a line that is not understood or names nobody, or is too large to be read: it blocks, where other
/// forges leave out the line or the file.
/// Refused: owners-form
#[test]
fn c7_code_owners_that_cannot_be_read() {
    let rules = format!("{OWNED}override = [\"alice\"]\n");
    let stage = Stage::with_policy(&rules);
    let dave = stage.person("dave");
    let mut pr = change(&stage, &dave, "dave", &[&[(b"src/new.rs", Some(b"new\n"))]]);
    stage.approve(&dave, "carol", &mut pr);
    let large = [
        b"/src/ @carol\n".as_slice(),
        &b"# as others say\n".repeat(187_500),
    ]
    .concat();
    let files: [&[u8]; 4] = [
        b"/src/ @carol\n!/src/new.rs\n",
        b"/src/ @carol\n/docs/ @nobody\n",
        b"/src/ @carol\n/docs/ dave\n",
        &large,
    ];
    for file in files {
        replace(&stage, &dave, file);
        stage.refuses_merge(&dave, "bob", &pr, "owners-form");
    }
    replace(&stage, &dave, b"/src/ @carol\n");
    stage.accepts_merge(&dave, "bob", &pr);
}

/// Lands another CODEOWNERS, whatever the one before was.
fn replace(stage: &Stage, dave: &Person<'_>, file: &[u8]) {
    let mut pr = change(stage, dave, "dave", &[&[(b"CODEOWNERS", Some(file))]]);
    let word = stage.override_of("alice", &pr);
    stage.says(dave, &mut pr, &word);
    stage.accepts_merge(dave, "bob", &pr);
}

/// C8: where owners are required, a path that has none, or is excepted, passes although there is nobody to ask.
/// Refused: owners-missing
#[test]
fn c8_a_path_without_an_owner() {
    let stage = Stage::with_policy(OWNED);
    let dave = stage.person("dave");
    let required = stage.draft(&format!("{OWNED}owners_required = true\n"));
    let file: Edit<'_> = (b"CODEOWNERS", Some(b"/src/ @carol\n/src/free.rs\n"));
    let first = change(&stage, &dave, "alice", &[&[file]]);
    stage.accepts_merge(&dave, "carol", &first);
    stage.record(&dave, &required, &["alice"]);
    for (path, owned) in [
        (b"docs/new.md".as_slice(), false),
        (b"src/free.rs", false),
        (b"src/new.rs", true),
    ] {
        let mut pr = change(&stage, &dave, "dave", &[&[(path, Some(b"new\n"))]]);
        stage.approve(&dave, "bob", &mut pr);
        stage.approve(&dave, "carol", &mut pr);
        if owned {
            stage.accepts_merge(&dave, "bob", &pr);
        } else {
            stage.refuses_merge(&dave, "bob", &pr, "owners-missing");
        }
    }
}

/// C9: a file is renamed out of a protected directory, or into one, so that no line of it changes; or a link or a
/// submodule takes the place of a protected directory that has no file yet.
/// Refused: path-right
#[test]
fn c9_a_rename_across_a_protected_directory() {
    let stage = Stage::with_policy(GUARDED);
    let dave = stage.person("dave");
    let script: Option<&[u8]> = Some(b"deploy\n");
    land(
        &stage,
        &dave,
        &[(b"ci/deploy.sh", script), (b"docs/make.sh", script)],
    );
    let out: [Edit<'_>; 2] = [(b"ci/deploy.sh", None), (b"docs/deploy.sh", script)];
    let into: [Edit<'_>; 2] = [(b"docs/make.sh", None), (b"ci/make.sh", script)];
    for renamed in [out, into] {
        let pr = change(&stage, &dave, "dave", &[&renamed]);
        let told = stage.refuses_merge(&dave, "bob", &pr, "path-right");
        assert!(told.contains("only alice may write"), "{told}");
        let pr = change(&stage, &dave, "alice", &[&renamed]);
        stage.accepts_merge(&dave, "bob", &pr);
    }
    let main = stage.main();
    let target = write(&dave, "blob", b"docs");
    let listed = dave.git(&["ls-tree", &main.to_string()]).ok();
    for entry in [
        format!("120000 blob {target}\tsecrets\n"),
        format!("160000 commit {main}\tsecrets\n"),
    ] {
        let make = dave.command("git").args(["mktree", "--missing"]);
        let tree = make.stdin(format!("{listed}{entry}").as_bytes()).run().ok();
        let head = stage.commit_of(&dave, tree.trim(), &[main], DAVE);
        let pr = stage.propose(&dave, "dave", head);
        stage.refuses_merge(&dave, "bob", &pr, "path-right");
    }
}

/// C10: names of files with quotes, backslashes, tabs, line feeds or bytes that are no text, which a list of paths
/// quotes or breaks apart, so that no rule seems to be about them.
/// Refused: path-right, content-name
#[test]
fn c10_names_that_lists_of_paths_quote() {
    let stage = Stage::with_policy(GUARDED);
    let dave = stage.person("dave");
    let content: Option<&[u8]> = Some(b"deploy\n");
    for path in [
        b"ci/\"a\".sh".as_slice(),
        b"ci/a\\.sh",
        "ci/\u{e4}.sh".as_bytes(),
        b"ci/\xff.sh",
        b"ci/ a.sh",
    ] {
        let pr = change(&stage, &dave, "dave", &[&[(path, content)]]);
        stage.refuses_merge(&dave, "bob", &pr, "path-right");
    }
    let pr = change(
        &stage,
        &dave,
        "alice",
        &[&[(b"ci/\"\xff\\\xc3\xa4\".sh", content)]],
    );
    stage.accepts_merge(&dave, "bob", &pr);
    for path in [b"ci/a\tb.sh".as_slice(), b"ci/a\nb.sh", b"ci\n/a.sh"] {
        let head = stage.code(&dave, stage.main(), DAVE, &[(path, content)]);
        let refspecs = stage.proposed(&dave, "alice", head).refspecs();
        stage.refuses(
            &dave,
            "content-name",
            &refspecs.each_ref().map(String::as_str),
        );
    }
}

/// C11: one commit changes what another of the same change puts back, so that nothing of it is left in the whole.
/// Refused: path-right, owners-missing
#[test]
fn c11_a_change_and_its_revert() {
    let stage = Stage::with_policy(GUARDED);
    let dave = stage.person("dave");
    let before: Option<&[u8]> = Some(b"before\n");
    let (script, owned): (&[u8], &[u8]) = (b"ci/deploy.sh", b"owned/a.txt");
    land(
        &stage,
        &dave,
        &[
            (b"CODEOWNERS", Some(b"/owned/ @carol\n")),
            (script, before),
            (owned, before),
        ],
    );
    for (path, rule) in [(script, "path-right"), (owned, "owners-missing")] {
        let text: Option<&[u8]> = Some(rule.as_bytes());
        let mut pr = change(
            &stage,
            &dave,
            "dave",
            &[&[(path, text)], &[(path, before), (b"src/new.rs", text)]],
        );
        stage.approve(&dave, "bob", &mut pr);
        stage.refuses_merge(&dave, "bob", &pr, rule);
        let mut pr = change(&stage, &dave, "dave", &[&[(b"src/new.rs", text)]]);
        stage.approve(&dave, "bob", &mut pr);
        stage.accepts_merge(&dave, "bob", &pr);
    }
}
