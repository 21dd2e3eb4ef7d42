//! Paths of anchors, and values with a grammar of their own.

use serde_json::json;
use touchmark_core::event::{Payload, Verdict, payload};
use touchmark_core::id::HashKind;

use super::{labels, open_issue, open_pr, review, say};
use crate::builder::{Builder, Make};
use crate::case::Case;
use crate::people::{ALICE, BOB, DAVE};

/// Places that may be anchored.
const GOOD: &[&str] = &[
    "new a",
    "old src/lib.rs",
    "new src/lib.rs:1",
    "old src/lib.rs:1-2",
    "new src/lib.rs:999999998-999999999",
    "new caf%C3%A9/%20%25%3A%23",
    "new %FF%FE%01",
    "new -._~/+@,=",
    "new a/..b/...",
    "new .gitignore/.github/x.git",
    "new %22%5C%3C%3E%5B",
    "new a%3A7:7",
    "old %0A",
];

/// Places that may not.
const BAD: &[&str] = &[
    "new %41",
    "new caf%c3%a9",
    "new a%2Fb",
    "new a%00b",
    "new /a",
    "new a/",
    "new a//b",
    "new ./a",
    "new a/.",
    "new a/../b",
    "new .git/config",
    "new a/.GiT",
    "new a:0",
    "new a:01",
    "new a:2-1",
    "new a:2-2",
    "new a:1-",
    "new a:1000000000",
    "new a%",
    "new a%4",
    "new a%zz",
    "new a%7E",
    "new a#b",
    "new \u{e9}",
    "new a b",
    "both a",
    "new",
    "reply x/0",
];

pub(super) fn add(cases: &mut Vec<Case>) {
    cases.push(good_paths());
    cases.push(bad_paths());
    cases.push(suggestions());
    cases.push(bad_values());
    cases.push(bad_refs());
}

fn good_paths() -> Case {
    let mut b = Builder::new(HashKind::Sha256);
    let (log, _) = open_pr(&mut b, ALICE);
    let anchors: Vec<String> = (1..)
        .zip(GOOD)
        .map(|(n, place)| format!("{n} {place}"))
        .collect();
    let anchors: Vec<&str> = anchors.iter().map(String::as_str).collect();
    let texts = vec!["Here.\n"; GOOD.len()];
    let tree = b.review_tree(&texts, &[]);
    let payload = review(&b, 1, Verdict::Comment, &anchors);
    let event = b.event(&log, Make::new(BOB, payload).tree(tree));
    Case::new("paths", b)
        .fact(
            &log,
            "/state/comments/0/anchor",
            json!({"first": null, "last": null, "path": "a", "side": "new"}),
        )
        .fact(&log, "/state/comments/4/anchor/last", 999_999_999)
        .fact(&log, "/state/comments/6/anchor/path", "%FF%FE%01")
        .fact(
            &log,
            "/state/comments/11/anchor",
            json!({"first": 7, "last": 7, "path": "a%3A7", "side": "new"}),
        )
        .fact(&log, "/state/comments/12/id", format!("{event}/13"))
}

fn bad_paths() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, _) = open_pr(&mut b, ALICE);
    let tree = b.review_tree(&["Here.\n"], &[]);
    let make = Make::new(BOB, review(&b, 1, Verdict::Comment, &["1 new a:7"])).tree(tree);
    let mut rejected = Vec::new();
    for place in BAD {
        let id = b.changed(&log, make.clone(), |event| event.replace("new a:7", place));
        rejected.push(id);
    }
    for number in ["0", "01", "10000", "x"] {
        let anchor = format!("{number} new a:7");
        rejected.push(b.changed(&log, make.clone(), |event| {
            event.replace("1 new a:7", &anchor)
        }));
    }
    b.event(&log, make);
    let case = Case::new("paths-refused", b)
        .fact(&log, "/events", rejected.len() + 2)
        .fact(&log, "/state/comments/0/anchor/path", "a");
    rejected
        .into_iter()
        .fold(case, |case, id| case.rejects(id, "trailer-value"))
}

/// Suggestions are any bytes; none at all delete the lines.
fn suggestions() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, _) = open_pr(&mut b, ALICE);
    let raw: &[u8] = b"\xff\xfe \r\n\0 \xe2\x80\xae";
    let files: [(u32, &[u8]); 3] = [(1, raw), (2, b""), (4, b"let x = 1; \n\n")];
    let tree = b.review_tree(&["One.\n", "Two.\n", "Three.\n", "Four.\n"], &files);
    let anchors = [
        "1 new a.rs:1",
        "2 new a.rs:2-9",
        "3 old a.rs:2",
        "4 new b.rs:1",
    ];
    let payload = review(&b, 1, Verdict::RequestChanges, &anchors);
    b.event(&log, Make::new(BOB, payload).tree(tree));
    let ids: Vec<String> = files
        .iter()
        .map(|(_, data)| b.blob(data).to_string())
        .collect();
    let old = b.review_tree(&["One.\n"], &[(1, b"x")]);
    let payload = review(&b, 1, Verdict::Comment, &["1 old a.rs:1"]);
    let old = b.event(&log, Make::new(BOB, payload).tree(old));
    Case::new("suggestions", b)
        .rejects(old, "tree-pairing")
        .fact(&log, "/state/comments/0/suggestion", ids[0].as_str())
        .fact(&log, "/state/comments/1/suggestion", ids[1].as_str())
        .fact(&log, "/state/comments/2/suggestion", json!(null))
        .fact(&log, "/state/comments/3/suggestion", ids[2].as_str())
        .fact(&log, "/state/comments/3/revision", 1)
        .fact(&log, "/state/verdicts/bob/verdict", "request-changes")
}

/// Labels at the edges of their grammar.
fn bad_values() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, _) = open_issue(&mut b, DAVE);
    let longest = format!("+{}", "x".repeat(64));
    let change = payload::Label {
        labels: labels(&[&longest, "+a b", "++", "-none"]),
    };
    b.event(&log, Make::new(DAVE, Payload::Label(change)));
    let change = payload::Label {
        labels: labels(&["+ok"]),
    };
    let too_long = format!("+{}", "x".repeat(65));
    let mut rejected = Vec::new();
    // The subject names the labels as well, so both are changed.
    for label in ["ok", "+", "+a,b", "+a\tb", "*ok", too_long.as_str()] {
        let make = Make::new(DAVE, Payload::Label(change.clone()));
        rejected.push(b.changed(&log, make, |event| event.replace("+ok", label)));
    }
    b.event(&log, say(DAVE, "The next."));
    let case = Case::new("labels", b).fact(&log, "/events", 9).fact(
        &log,
        "/state/labels",
        json!(["+", "a b", "x".repeat(64)]),
    );
    rejected
        .into_iter()
        .fold(case, |case, id| case.rejects(id, "trailer-value"))
}

/// Names that are no branch or tag.
const BAD_REFS: &[&str] = &[
    "main",
    "refs/heads/",
    "refs/heads/HEAD",
    "refs/heads/-x",
    "refs/heads/a/-x",
    "refs/heads/a..b",
    "refs/heads/a.lock",
    "refs/heads/a.lock/b",
    "refs/heads/.a",
    "refs/heads/a/.b",
    "refs/heads/a.",
    "refs/heads/a@{b",
    "refs/heads/a~b",
    "refs/heads/a^b",
    "refs/heads/a:b",
    "refs/heads/a?b",
    "refs/heads/a*b",
    "refs/heads/a[b",
    "refs/heads/a\\b",
    "refs/heads/a//b",
    "refs/heads/a/",
    "refs/notes/a",
    "refs/heads/\u{e9}",
];

/// Targets that are no branch.
fn bad_refs() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, _) = open_pr(&mut b, ALICE);
    let hex = "0123456789abcdef0123456789abcdef01234567";
    let long_and_hex = [
        format!("refs/heads/{hex}"),
        format!("refs/heads/{}", "x".repeat(245)),
    ];
    let refs = BAD_REFS
        .iter()
        .copied()
        .chain(long_and_hex.iter().map(String::as_str));
    let make = Make::new(
        ALICE,
        super::revision(&b, 2, Some(super::value("refs/heads/main"))),
    );
    let mut rejected = Vec::new();
    for name in refs {
        let to = format!("Forge-Target: {name}\n");
        let change = |event: String| event.replace("Forge-Target: refs/heads/main\n", &to);
        rejected.push(b.changed(&log, make.clone(), change));
    }
    let longest = format!("refs/heads/{}", "x".repeat(244));
    let good = [
        longest.as_str(),
        "refs/tags/v1",
        "refs/heads/@",
        "refs/heads/a@b/{c}",
        "refs/heads/head",
    ];
    for (number, name) in (2..).zip(good) {
        b.event(
            &log,
            Make::new(ALICE, super::revision(&b, number, Some(super::value(name)))),
        );
    }
    let case = Case::new("targets", b).fact(&log, "/state/target", "refs/heads/head");
    rejected
        .into_iter()
        .fold(case, |case, id| case.rejects(id, "trailer-value"))
}
