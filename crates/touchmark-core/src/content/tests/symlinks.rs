//! Attack F2: links that lead elsewhere.

use proptest::prelude::*;

use super::super::symlinks::{TARGET_MAX_LEN, check};
use super::super::{ContentFault, SymlinkFault};

#[track_caller]
fn judge(path: &str, target: impl AsRef<[u8]>, expected: Option<SymlinkFault>) {
    let target = target.as_ref();
    let shown = target.escape_ascii().to_string();
    let expected = expected.map_or(Ok(()), |fault| Err(ContentFault::Symlink(fault)));
    assert_eq!(
        check(path.as_bytes(), target),
        expected,
        "{path} to {shown}"
    );
}

#[test]
fn targets_outside_of_the_tree_are_refused() {
    for (path, target) in [
        ("a", ".."),
        ("a", "../x"),
        ("a", "x/../../y"),
        ("a", "./.././x"),
        ("a", "x//../../y"),
        ("d/a", "../.."),
        ("d/e/a", "../../../x"),
        ("d/a", "..\\..\\x"),
        ("a", "x\\..\\..\\y"),
        ("a", "x/..\\../y"),
        // On Unix the first two steps are one.
        ("a", "x\\y/../.."),
        ("d/a", "../d/../../e/x"),
    ] {
        judge(path, target, Some(SymlinkFault::Outside));
    }
    for (path, target) in [
        ("a", "."),
        ("a", "b"),
        ("a", "x/../y"),
        ("a", "...x"),
        ("a", "..x/y"),
        ("d/a", ".."),
        ("d/a", "../x"),
        ("d/e/a", "../../x"),
        ("d/a", "..\\x"),
        ("a", "x\\y"),
        ("a", "x/y/../.."),
    ] {
        judge(path, target, None);
    }
}

#[test]
fn absolute_targets_are_refused() {
    for target in [
        "/",
        "/etc/passwd",
        "//server/x",
        "\\",
        "\\\\server\\x",
        "\\??\\C:\\x",
        "C:\\x",
        "c:/x",
        "C:x",
    ] {
        judge("d/e/a", target, Some(SymlinkFault::Absolute));
    }
    for target in ["etc/passwd", "C", "CC:x", "1:x", "x/C:", "~/x"] {
        judge("d/e/a", target, None);
    }
}

#[test]
fn targets_in_dot_git_are_refused() {
    for target in [
        ".git",
        ".git/hooks/pre-commit",
        "x/.GIT/config",
        "GIT~1/hooks",
        "x\\.git\\config",
        ".git /x",
        ".g\u{200c}it",
        ".git::$INDEX_ALLOCATION/x",
    ] {
        judge("a", target, Some(SymlinkFault::DotGit));
        judge("d/a", format!("../{target}"), Some(SymlinkFault::DotGit));
    }
    for target in [".github/x", ".gitignore", "git/x", "x.git/config"] {
        judge("a", target, None);
    }
}

#[test]
fn targets_that_are_no_names_are_refused() {
    judge("a", "", Some(SymlinkFault::Empty));
    for target in ["a\0", "a\n", "\u{1b}[0m", "a\u{202e}b", "a\u{9b}", "a\t"] {
        judge("a", target, Some(SymlinkFault::ControlCharacter));
    }
    for target in [b"caf\xe9".as_slice(), "é".as_bytes(), b"a b", b"\"a\""] {
        judge("a", target, None);
    }
    let longest = "x".repeat(TARGET_MAX_LEN);
    judge("a", &longest, None);
    judge("a", longest + "x", Some(SymlinkFault::TooLong));
}

proptest! {
    #[test]
    fn any_bytes_are_judged(path: Vec<u8>, target: Vec<u8>) {
        let _judged = check(&path, &target);
    }

    #[test]
    fn a_walk_is_outside_when_it_was_ever_above_the_root(
        depth in 0..4usize,
        steps in proptest::collection::vec(prop_oneof![Just(".."), Just("."), Just("x")], 1..8),
    ) {
        let path = "d/".repeat(depth) + "a";
        let mut level = i64::try_from(depth).expect("small");
        let mut lowest = level;
        for step in &steps {
            level += match *step { ".." => -1, "." => 0, _ => 1 };
            lowest = lowest.min(level);
        }
        for slash in ["/", "\\"] {
            let judged = check(path.as_bytes(), steps.join(slash).as_bytes());
            prop_assert_eq!(judged.is_err(), lowest < 0);
        }
    }
}
