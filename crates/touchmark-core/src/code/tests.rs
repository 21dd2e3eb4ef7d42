//! Commits that git writes are read, and others are refused.

use super::{CodeCommit, Named};
use crate::id::HashKind;

const TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

fn commit(headers: &str, message: &str) -> String {
    format!("{headers}\n{message}")
}

fn plain() -> String {
    format!(
        "tree {TREE}\nparent {TREE}\nauthor Ann <ann@example.org> 1 +0000\ncommitter Bo <bo@example.org> 1 +0000\n"
    )
}

fn parse(text: &str) -> Result<CodeCommit, String> {
    CodeCommit::parse(HashKind::Sha1, text.as_bytes()).map_err(|refusal| refusal.to_string())
}

#[test]
fn everyone_a_commit_names_is_found() {
    let message = "Subject\n\nCo-Authored-By: Cy <cy@example.org>\nmore text\n\nco-authored-by:Di <di@example.org>\nco-authored-by nobody\n";
    let read = parse(&commit(&plain(), message)).expect("well formed");
    let emails: Vec<&str> = read.people().map(|named| named.email.as_str()).collect();
    assert_eq!(
        emails,
        [
            "ann@example.org",
            "bo@example.org",
            "cy@example.org",
            "di@example.org"
        ]
    );
    assert_eq!(read.signer, None);
    assert_eq!(read.parents.len(), 1);
    assert!(!read.poses_as_event);
}

#[test]
fn a_message_cannot_pose_as_a_header() {
    let text = format!("tree {TREE}\n\nauthor Eve <eve@example.org> 1 +0000\n");
    let read = CodeCommit::read_leniently(HashKind::Sha1, text.as_bytes()).expect("a tree");
    assert_eq!(read.author, None::<Named>);
    assert!(parse(&text).is_err());
}

#[test]
fn headers_that_git_does_not_write_are_refused() {
    let head = plain();
    let swapped = head
        .lines()
        .rev()
        .map(|line| format!("{line}\n"))
        .collect::<String>();
    let signed = |name: &str| format!("{head}{name} x\n y\n");
    for (bad, headers) in [
        (
            "two committers",
            format!("{head}committer Eve <e@e> 1 +0000\n"),
        ),
        ("out of order", swapped),
        (
            "no author",
            head.replace("author Ann <ann@example.org> 1 +0000\n", ""),
        ),
        ("an unsigned channel", signed("gpgsig-extra")),
        ("another spelling", signed("GPGSIG")),
        (
            "an early stranger",
            format!("tree {TREE}\nx y\n{}", &head[46..]),
        ),
        ("a zero byte", head.replace("Ann", "A\0n")),
        ("an id cut short", head.replacen(TREE, &TREE[1..], 1)),
        ("two trees", format!("tree {TREE}\n{head}")),
        (
            "an author without an address",
            head.replace("<ann@example.org>", "ann@example.org"),
        ),
        ("an open address", head.replace("bo@example.org>", "bo@")),
    ] {
        let found = parse(&commit(&headers, "s\n"));
        assert!(found.is_err(), "{bad}: {found:?}");
    }
    for (good, headers) in [
        ("plain", head.clone()),
        ("signed", signed("gpgsig")),
        ("with an encoding", format!("{head}encoding ISO-8859-1\n")),
        ("by another tool", format!("{head}change-id abc\n")),
        (
            "a root",
            format!(
                "tree {TREE}\n{}",
                head.split_once("author")
                    .map(|(_, rest)| format!("author{rest}"))
                    .unwrap_or_default()
            ),
        ),
    ] {
        assert!(parse(&commit(&headers, "s\n")).is_ok(), "{good}");
    }
}

#[test]
fn a_commit_has_one_signature_for_each_hash() {
    let with = |more: &str| format!("{}gpgsig x\n y\n{more}", plain());
    let parsed = |headers: &str| parse(&commit(headers, "s\n"));
    assert!(parsed(&with("gpgsig-sha256 z\n y\n")).is_ok());
    for again in ["gpgsig z\n y\n", "gpgsig-sha256 z\n y\ngpgsig-sha256 z\n"] {
        assert!(parsed(&with(again)).is_err(), "{again}");
    }
}

#[test]
fn a_message_that_poses_as_an_event_is_known() {
    for (message, poses) in [
        ("s\n\nForge-Event: review/1\n", true),
        ("s\n\nforge-event: review/1\n", true),
        ("s\n\nSee Forge-Event: review/1\n", false),
    ] {
        let read = parse(&commit(&plain(), message)).expect("well formed");
        assert_eq!(read.poses_as_event, poses, "{message}");
    }
}
