//! The merge of trees, path by path.

use std::collections::BTreeSet;

use super::{HASH, files, load, merge_files, merge_in, store};
use crate::merge::tree::{Limits, Outcome, Refused, Step, Supply, start};
use crate::object::{ObjectType, Objects};

type List<'a> = &'a [(&'a str, &'a str)];

/// Merges both ways round.
#[track_caller]
fn check(base: List<'_>, ours: List<'_>, theirs: List<'_>, expect: Result<List<'_>, &[&str]>) {
    let [base, ours, theirs] = [base, ours, theirs].map(|list| files(list.iter().copied()));
    let expect = match expect {
        Ok(list) => Ok(files(list.iter().copied())),
        Err(conflicts) => Err(conflicts.iter().map(|line| (*line).to_owned()).collect()),
    };
    assert_eq!(merge_files(&base, &ours, &theirs), expect);
    assert_eq!(merge_files(&base, &theirs, &ours), expect, "the other way");
}

const A: (&str, &str) = ("a", "100644 a\n");
const LINES: &str = "100644 1\n2\n3\n";

#[test]
fn changes_of_different_paths_go_together() {
    check(
        &[A, ("d/x", LINES), ("d/y", LINES)],
        &[A, ("d/x", LINES), ("new/file", LINES)],
        &[("a", "100644 A\n"), ("d/x", "120000 a"), ("d/y", LINES)],
        Ok(&[
            ("a", "100644 A\n"),
            ("d/x", "120000 a"),
            ("new/file", LINES),
        ]),
    );
}

#[test]
fn changes_of_one_file_are_merged_as_text() {
    check(
        &[("d/x", LINES)],
        &[("d/x", "100644 one\n2\n3\n")],
        &[("d/x", "100755 1\n2\nthree\n")],
        Ok(&[("d/x", "100755 one\n2\nthree\n")]),
    );
    check(
        &[("d/x", LINES), ("x", LINES)],
        &[("d/x", "100644 one\n2\n3\n"), ("x", "100644 one\n2\n3\n")],
        &[("d/x", "100644 eins\n2\n3\n"), ("x", "100644 eins\n2\n3\n")],
        Err(&["content d/x", "content x"]),
    );
}

#[test]
fn modes_are_merged_apart() {
    check(
        &[("x", LINES)],
        &[("x", "100755 1\n2\n3\n")],
        &[("x", "100644 1\n2\n3\n4\n")],
        Ok(&[("x", "100755 1\n2\n3\n4\n")]),
    );
    check(
        &[],
        &[("x", "100755 1\n")],
        &[("x", "100644 1\n")],
        Err(&["add-add x"]),
    );
}

#[test]
fn only_files_are_merged() {
    check(
        &[("l", "120000 a")],
        &[("l", "120000 b")],
        &[("l", "120000 c")],
        Err(&["opaque l"]),
    );
    check(
        &[("l", "120000 a")],
        &[("l", "120000 b")],
        &[("l", "100644 c")],
        Err(&["type-change l"]),
    );
    check(
        &[("old", "100664 1\n2\n3\n")],
        &[("old", "100664 one\n2\n3\n")],
        &[("old", "100664 1\n2\nthree\n")],
        Err(&["opaque old"]),
    );
    let binary = "100644 \0";
    check(
        &[("x", binary)],
        &[("x", "100644 \0a")],
        &[("x", "100644 \0b")],
        Err(&["binary x"]),
    );
}

#[test]
fn removing_what_changed_is_a_conflict() {
    check(
        &[("d/x", LINES), ("d/y", LINES)],
        &[],
        &[("d/x", LINES), ("d/y", "100644 y\n"), ("d/z", LINES)],
        Err(&["modify-delete d/y"]),
    );
    check(
        &[("d/x", LINES), A],
        &[A],
        &[("d/x", LINES), ("d/z", LINES), A],
        Ok(&[("d/z", LINES), A]),
    );
}

#[test]
fn a_path_is_a_file_or_a_directory() {
    // Nothing of the directory is left, so the file can take its place.
    check(
        &[("d/x", LINES), ("d/y", LINES)],
        &[("d/x", LINES)],
        &[("d", LINES)],
        Ok(&[("d", LINES)]),
    );
    check(
        &[("d/x", LINES)],
        &[("d/x", LINES), ("d/y", LINES)],
        &[("d", LINES)],
        Err(&["directory-file d"]),
    );
    check(
        &[("d", LINES)],
        &[("d", "100644 1\n")],
        &[("d/x", LINES)],
        Err(&["modify-delete d"]),
    );
    check(
        &[("d/x", LINES)],
        &[("d/x", "100644 x\n")],
        &[("d", LINES)],
        Err(&["directory-file d", "modify-delete d/x"]),
    );
    // A file that both replaced.
    check(
        &[("d", LINES)],
        &[("d/x", LINES)],
        &[("d/y", LINES)],
        Ok(&[("d/x", LINES), ("d/y", LINES)]),
    );
}

#[test]
fn conflicts_are_in_the_order_of_paths() {
    let changed = |text: &'static str| {
        [
            ("a/x", text),
            ("a-b", text),
            ("a.b", text),
            ("a/b/c", text),
            ("ab", text),
        ]
    };
    check(
        &changed(LINES),
        &changed("100644 x\n"),
        &changed("100644 y\n"),
        Err(&[
            "content a-b",
            "content a.b",
            "content a/b/c",
            "content a/x",
            "content ab",
        ]),
    );
}

#[test]
fn empty_directories_vanish() {
    check(
        &[("d/x", LINES), ("d/y", LINES)],
        &[("d/x", LINES)],
        &[("d/y", LINES)],
        Ok(&[]),
    );
    let mut objects = Objects::new(HASH);
    let trees = [
        &files([("d/x", LINES), ("d/y", LINES)]),
        &files([("d/x", LINES)]),
        &files([("d/y", LINES)]),
    ]
    .map(|files| store(&mut objects, files));
    let (outcome, _) = merge_in(&objects, trees, Limits::RULE_1);
    let Ok(Outcome::Clean { tree, objects }) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(tree, HASH.empty_tree());
    assert_eq!(load(&objects, tree), files([]));
}

#[test]
fn only_what_differs_on_both_sides_is_asked_for() {
    let mut objects = Objects::new(HASH);
    let unchanged = [("same/x", LINES), ("theirs/x", LINES), ("ours/x", LINES)];
    let base = files(unchanged.into_iter().chain([("both/x", LINES)]));
    let mut ours = base.clone();
    ours.insert("ours/x".to_owned(), "100644 o\n".to_owned());
    ours.insert("both/y".to_owned(), "100644 o\n".to_owned());
    let mut theirs = base.clone();
    theirs.insert("theirs/x".to_owned(), "100644 t\n".to_owned());
    theirs.insert("both/z".to_owned(), "100644 t\n".to_owned());
    let trees = [&base, &ours, &theirs].map(|files| store(&mut objects, files));
    let (outcome, asked) = merge_in(&objects, trees, Limits::RULE_1);
    assert!(matches!(outcome, Ok(Outcome::Clean { .. })), "{outcome:?}");
    // Three roots, three times the one directory that both changed, and no file.
    assert_eq!(asked.len(), 6);
}

#[test]
fn what_is_missing_or_wrong_is_refused() {
    let mut objects = Objects::new(HASH);
    let trees = ["1\n", "2\n", "3\n"].map(|text| {
        let file = format!("100644 {text}");
        store(&mut objects, &files([("x", file.as_str())]))
    });
    let nothing = Objects::new(HASH);
    let (outcome, _) = merge_in(&nothing, trees, Limits::RULE_1);
    assert!(
        matches!(outcome, Err(Refused::Missing { .. })),
        "{outcome:?}"
    );

    let blobs = ["a", "b", "c"].map(|text| {
        let text = text.as_bytes().to_vec();
        objects.insert(ObjectType::Blob, text).unwrap()
    });
    let Step::Needs(pending) = start(blobs[0], blobs[1], blobs[2], Limits::RULE_1) else {
        panic!("three different ones");
    };
    let supply = Supply {
        objects,
        too_large: [].into(),
    };
    let refused = pending.resume(&supply);
    assert!(
        matches!(refused, Err(Refused::Malformed { .. })),
        "{refused:?}"
    );
}

#[test]
fn what_a_merge_takes_is_gone_from_what_is_left() {
    let mut objects = Objects::new(HASH);
    let texts = ["p\nx\na\nb\n", "p\nx\nb\na\n", "P\nx\na\nb\n"];
    let trees = texts.map(|text| store(&mut objects, &files([("f", &*format!("100644 {text}"))])));
    let supply = Supply {
        objects,
        too_large: BTreeSet::new(),
    };
    let [base, ours, theirs] = trees;
    let Step::Needs(pending) = start(base, ours, theirs, Limits::RULE_1) else {
        panic!("it needs the trees");
    };
    let (step, left) = pending.resume_counted(&supply).unwrap();
    assert_eq!(left.entries, Limits::RULE_1.entries - 3);
    let Step::Needs(pending) = step else {
        panic!("it needs the files");
    };
    let (step, last) = pending.resume_counted(&supply).unwrap();
    assert!(matches!(step, Step::Done(Outcome::Clean { .. })));
    assert_eq!(left.bytes - last.bytes, 24, "three files of eight bytes");
    assert!(last.steps < left.steps);
}
