//! Rules of stages read and form, each broken by one event between others that are fine.

use touchmark_core::event::{CommentId, Payload, Verdict, payload};
use touchmark_core::id::{HashKind, ObjectId};
use touchmark_core::object::{MODE_FILE, MODE_TREE};

use super::{comment, open_issue, open_pr, refuse, refuse_in, review, say};
use crate::builder::{Builder, Make};
use crate::case::Case;
use crate::people::{ALICE, BOB, DAVE};

/// Rule, what stands in Bob's remark, what is put in its place before it is signed.
const CHANGES: &[(&str, &str, &str)] = &[
    ("header-form", "\nauthor ", "\nencoding UTF-8\nauthor "),
    ("author-form", " +0200\n", " -0000\n"),
    ("author-committer", "committer Bob", "committer Rob"),
    ("message-encoding", "A remark.", "A\u{feff} remark."),
    ("message-control", "A remark.", "A\u{7} remark."),
    ("message-bidi", "A remark.", "A \u{202e}remark."),
    ("message-nfc", "A remark.", "A re\u{301}mark."),
    ("message-space", "A remark.", "A remark. "),
    ("message-layout", "A remark.\n", "A remark.\n\n"),
    ("message-divider", "A remark.", "--- A remark."),
    ("subject-computed", "\n\nComment\n", "\n\nComments\n"),
    ("body-form", "A remark.\n\n", ""),
    (
        "trailer-form",
        "Forge-Policy",
        "Forge_Note: x\nForge-Policy",
    ),
    ("event-unknown", "comment/1", "comment/2"),
    (
        "trailer-unknown",
        "Forge-Policy",
        "Forge-Note: x\nForge-Policy",
    ),
    ("trailer-missing", "Forge-Policy", "Forge-Reply"),
    ("trailer-value", "Forge-Policy: ", "Forge-Policy: 0"),
];

pub(super) fn add(cases: &mut Vec<Case>) {
    for (rule, from, to) in CHANGES {
        cases.push(refuse(rule, |b, bad| {
            remark(b, |text| if bad { text.replace(from, to) } else { text })
        }));
    }
    cases.push(object_missing());
    cases.push(object_size());
    cases.push(commit_size());
    cases.push(message_size());
    cases.push(subject_form());
    cases.push(trailer_repeated());
    cases.push(trailer_order());
    cases.push(parents_form());
    cases.push(tree_shape());
    cases.push(tree_pairing());
    cases.push(tree_text());
    cases.push(missing_lines());
    cases.push(many_headers());
    cases.push(many_trailers());
    cases.push(many_trees());
}

/// An issue in which Bob's remark is changed before it is signed; what follows still counts.
fn remark(b: &mut Builder, change: impl FnOnce(String) -> String) -> ObjectId {
    let (log, _) = open_issue(b, DAVE);
    let id = b.changed(&log, say(BOB, "A remark."), change);
    b.event(&log, say(DAVE, "The next."));
    id
}

/// The tree is not in the repository.
fn object_missing() -> Case {
    refuse("object-missing", |b, bad| {
        let (log, _) = open_issue(b, DAVE);
        let tree = if bad {
            b.code("a tree")
        } else {
            b.hash.empty_tree()
        };
        b.event(&log, say(BOB, "A remark.").tree(tree))
    })
}

/// A review with one comment of this text.
fn review_saying(b: &mut Builder, text: &str) -> ObjectId {
    let (log, _) = open_pr(b, ALICE);
    let tree = b.review_tree(&[text], &[]);
    let payload = review(b, 1, Verdict::Comment, &["1 new a.rs:1"]);
    b.event(&log, Make::new(BOB, payload).tree(tree))
}

/// Lines of `x` that are `len` bytes together.
fn long(len: usize) -> String {
    let mut text = "xxxxxxxxxxxxxxx\n".repeat(len / 16 + 1);
    text.truncate(len - 1);
    // The cut can come right after a line feed, which would make an empty last line.
    text.pop();
    text + "x\n"
}

/// One byte more than a comment may have.
fn object_size() -> Case {
    refuse("object-size", |b, bad| {
        let text = long(65_536 + usize::from(bad));
        assert_eq!(text.len(), 65_536 + usize::from(bad));
        review_saying(b, &text)
    })
}

/// A commit of more than 131072 bytes is not even looked into.
fn commit_size() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, _) = open_issue(&mut b, DAVE);
    let bad = b.changed(&log, say(BOB, "A remark."), |text| {
        text.replace("A remark.\n", &long(140_000))
    });
    let next = b.event(&log, say(DAVE, "The next."));
    Case::new("commit-too-large", b)
        .rejects(bad, "object-size")
        .fact(&log, "/tip", next.to_string())
        .fact(&log, "/events", 3)
}

/// Exactly as long as a message may be, and one byte longer.
fn message_size() -> Case {
    refuse("message-size", |b, bad| {
        remark(b, |text| {
            let message = text
                .split_once("\n\n")
                .map_or(0, |(_, message)| message.len());
            let room = 65_536 - message + "A remark.\n".len() + usize::from(bad);
            text.replace("A remark.\n", &long(room))
        })
    })
}

/// A title that starts with a space.
fn subject_form() -> Case {
    refuse("subject-form", |b, bad| {
        let (log, _) = open_issue(b, DAVE);
        let make = Make::new(DAVE, Payload::Edit(payload::Edit {})).subject("A title");
        b.changed(&log, make, |text| {
            if bad {
                text.replace("A title", " A title")
            } else {
                text
            }
        })
    })
}

fn trailer_line(text: &str, key: &str) -> String {
    let line = text.lines().find(|line| line.starts_with(key));
    format!("{}\n", line.unwrap_or_default())
}

fn trailer_repeated() -> Case {
    refuse("trailer-repeated", |b, bad| {
        remark(b, |text| {
            let line = trailer_line(&text, "Forge-Policy: ");
            if bad {
                text.replace(&line, &line.repeat(2))
            } else {
                text
            }
        })
    })
}

fn trailer_order() -> Case {
    refuse_in(HashKind::Sha256, "trailer-order", |b, bad| {
        let (log, _) = open_issue(b, DAVE);
        let said = b.event(&log, say(DAVE, "Well?"));
        let reply = comment(Some(CommentId::new(said, 0)));
        b.changed(&log, Make::new(BOB, reply).body("Well."), |text| {
            let line = trailer_line(&text, "Forge-Policy: ");
            if bad {
                format!("{}{line}", text.replace(&line, ""))
            } else {
                text
            }
        })
    })
}

fn parents_form() -> Case {
    refuse("parents-form", |b, bad| {
        let (log, root) = open_issue(b, DAVE);
        b.event(&log, say(DAVE, "Well?"));
        let id = b.changed(&log, say(BOB, "A remark."), |text| {
            let second = format!("\nparent {root}\nauthor ");
            if bad {
                text.replace("\nauthor ", &second)
            } else {
                text
            }
        });
        b.event(&log, say(DAVE, "The next."));
        id
    })
}

/// A comment has no files.
fn tree_shape() -> Case {
    refuse("tree-shape", |b, bad| {
        let (log, _) = open_issue(b, DAVE);
        let tree = b.folder(&[("file", b"x\n")]);
        let tree = if bad { tree } else { b.hash.empty_tree() };
        b.event(&log, say(BOB, "A remark.").tree(tree))
    })
}

/// A suggestion for a whole file.
fn tree_pairing() -> Case {
    refuse("tree-pairing", |b, bad| {
        let (log, _) = open_pr(b, ALICE);
        let tree = b.review_tree(&["So.\n"], &[(1, b"x\n")]);
        let anchor = if bad { "1 new a.rs" } else { "1 new a.rs:3" };
        let payload = review(b, 1, Verdict::Comment, &[anchor]);
        b.event(&log, Make::new(BOB, payload).tree(tree))
    })
}

/// A comment file without its last line feed.
fn tree_text() -> Case {
    refuse("tree-text", |b, bad| {
        review_saying(b, if bad { "So." } else { "So.\n" })
    })
}

/// Rejects each change of Bob's remark in one issue, all of them after one another.
fn changes(name: &str, list: &[(&'static str, &str, &str)]) -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, _) = open_issue(&mut b, DAVE);
    let rejected: Vec<_> = list
        .iter()
        .map(|(rule, from, to)| {
            let id = b.changed(&log, say(BOB, "A remark."), |text| {
                assert!(text.contains(from));
                text.replace(from, to)
            });
            (id, *rule)
        })
        .collect();
    b.event(&log, say(BOB, "A remark."));
    let case = Case::new(name, b)
        .fact(&log, "/events", list.len() + 2)
        .fact(&log, "/state/comments/0/text", "A remark.")
        .fact(&log, "/state/comments/0/author", "bob");
    rejected
        .into_iter()
        .fold(case, |case, (id, rule)| case.rejects(id, rule))
}

fn many_headers() -> Case {
    changes(
        "headers-and-authors",
        &[
            (
                "author-form",
                "Bob <bob@example.com>",
                "Bob  <bob@example.com>",
            ),
            (
                "author-form",
                "Bob <bob@example.com>",
                " Bob <bob@example.com>",
            ),
            (
                "author-form",
                "Bob <bob@example.com>",
                "Bob <bob @example.com>",
            ),
            ("author-form", "Bob <bob@example.com>", "Bob <>"),
            ("author-form", "Bob <bob@example.com>", "<bob@example.com>"),
            (
                "author-form",
                "Bob <bob@example.com>",
                "B<b <bob@example.com>",
            ),
            (
                "author-form",
                "Bob <bob@example.com>",
                "Bo\u{202e}b <bob@example.com>",
            ),
            ("author-form", " +0200\n", " +1500\n"),
            ("author-form", " +0200\n", " +0260\n"),
            ("author-form", " +0200\n", " 0200\n"),
            ("author-form", "> 17", "> 017"),
            ("author-form", "> 17", "> -17"),
            ("author-form", "> 17", "> 17170000000"),
            ("author-committer", "committer Bob", "committer Bob Bob"),
            ("author-committer", "committer Bob", "committer  Bob"),
            ("header-form", "\ncommitter ", "\ncommitter\t"),
            ("header-form", "\nauthor ", "\nauthor: "),
            ("header-form", "\ncommitter ", "\nmergetag x\ncommitter "),
        ],
    )
}

fn many_trailers() -> Case {
    changes(
        "messages-and-trailers",
        &[
            (
                "event-unknown",
                "Forge-Event: comment/1",
                "Forge-Event: comment/01",
            ),
            (
                "event-unknown",
                "Forge-Event: comment/1",
                "Forge-event: comment/1",
            ),
            (
                "event-unknown",
                "Forge-Event: comment/1",
                "Note: x\nForge-Event: comment/1",
            ),
            ("event-unknown", "comment/1", "guess/1"),
            ("trailer-unknown", "Forge-Policy", "Forge-policy"),
            ("trailer-form", "Forge-Policy: ", "Forge-Policy:"),
            (
                "trailer-unknown",
                "Forge-Policy",
                "Forge-Repo: 00\nForge-Policy",
            ),
            ("message-layout", "\n\nComment\n\n", "\n\n\n\n"),
            ("trailer-form", "Forge-Policy: ", "Forge-Policy:  "),
            (
                "trailer-form",
                "Forge-Event: comment/1",
                "Forge-Event: comment/1\n  folded",
            ),
            ("trailer-form", "Forge-Policy: ", "Forge-Policy : "),
            (
                "trailer-missing",
                "Forge-Event: comment/1\nForge-Policy",
                "Forge-Event: label/1\nForge-Policy",
            ),
            ("message-layout", "\n\nComment\n\n", "\n\nComment\n"),
            ("message-layout", "\n\nComment\n\n", "\n\nComment\n\n\n"),
            ("message-layout", "\n\nComment\n\n", "\n\n\nComment\n\n"),
            ("message-space", "A remark.", "A remark.\t"),
            ("message-control", "A remark.\n", "A remark.\r\n"),
            ("message-divider", "A remark.", "x --- >8 ---"),
            ("subject-computed", "\n\nComment\n", "\n\ncomment\n"),
        ],
    )
}

/// What is missing from the end: the final line feed, the message, the body.
fn missing_lines() -> Case {
    let mut b = Builder::new(HashKind::Sha256);
    let (log, _) = open_issue(&mut b, DAVE);
    let cut = b.changed(&log, say(BOB, "A remark."), |text| {
        text.trim_end().to_owned()
    });
    let doubled = b.changed(&log, say(BOB, "A remark."), |text| format!("{text}\n"));
    let no_trailers = b.changed(&log, say(BOB, "A remark."), |text| {
        let end = text
            .find("\n\nForge-Event")
            .map_or(text.len(), |end| end + 1);
        text.chars().take(end).collect()
    });
    let empty = b.changed(&log, say(BOB, "A remark."), |text| {
        let end = text.find("\n\n").map_or(text.len(), |end| end + 2);
        text.chars().take(end).collect()
    });
    b.event(&log, say(BOB, "A remark."));
    Case::new("missing-lines", b)
        .rejects(cut, "message-layout")
        .rejects(doubled, "message-layout")
        .rejects(no_trailers, "trailer-form")
        .rejects(empty, "message-layout")
        .fact(&log, "/events", 6)
}

/// Trees of reviews that break a rule.
fn bad_trees(b: &mut Builder) -> Vec<(ObjectId, &'static str)> {
    let text = b.blob(b"So.\n");
    let texts = b.tree(&[(MODE_FILE, "0001", text)]);
    let executable = b.tree(&[(0o100_755, "0001", text)]);
    let badly_named = b.tree(&[(MODE_FILE, "1", text)]);
    let second = b.tree(&[(MODE_FILE, "0002", text)]);
    let both = b.tree(&[(MODE_FILE, "0001", text), (MODE_FILE, "0002", text)]);
    let missing = b.tree(&[(MODE_FILE, "0001", b.code("no blob"))]);
    let comments = |b: &mut Builder, id| b.tree(&[(MODE_TREE, "comments", id)]);
    vec![
        (comments(b, executable), "tree-shape"),
        (comments(b, badly_named), "tree-shape"),
        (b.tree(&[(MODE_FILE, "comments", text)]), "tree-shape"),
        (
            b.tree(&[(MODE_TREE, "comments", texts), (MODE_FILE, "note", text)]),
            "tree-shape",
        ),
        (b.tree(&[(MODE_TREE, "suggestions", texts)]), "tree-shape"),
        (comments(b, second), "tree-pairing"),
        (comments(b, both), "tree-pairing"),
        (b.hash.empty_tree(), "tree-pairing"),
        (comments(b, missing), "object-missing"),
        (
            b.tree(&[
                (MODE_TREE, "comments", texts),
                (MODE_TREE, "suggestions", second),
            ]),
            "tree-pairing",
        ),
    ]
}

/// Trees of reviews that are wrong in their own ways; the rule that comes first is told.
fn many_trees() -> Case {
    let mut b = Builder::new(HashKind::Sha256);
    let (log, _) = open_pr(&mut b, ALICE);
    let trees = bad_trees(&mut b);
    let good = b.review_tree(&["So.\n"], &[]);
    let mut rejected = Vec::new();
    for (tree, rule) in trees {
        let payload = review(&b, 1, Verdict::Comment, &["1 new a.rs:3"]);
        rejected.push((b.event(&log, Make::new(BOB, payload).tree(tree)), rule));
    }
    for text in [
        "\nSo.\n",
        "So.\n\n",
        "So. \n",
        "",
        "So.\r\n",
        "e\u{301}\n",
        "\u{feff}So.\n",
    ] {
        let tree = b.review_tree(&[text], &[]);
        let payload = review(&b, 1, Verdict::Comment, &["1 new a.rs:3"]);
        rejected.push((
            b.event(&log, Make::new(BOB, payload).tree(tree)),
            "tree-text",
        ));
    }
    let tree = good;
    let payload = review(&b, 1, Verdict::Comment, &["2 new a.rs:3"]);
    rejected.push((
        b.event(&log, Make::new(BOB, payload).tree(tree)),
        "tree-pairing",
    ));
    let payload = review(&b, 1, Verdict::Comment, &["1 new a.rs:3"]);
    b.event(&log, Make::new(BOB, payload).tree(tree));
    let case = Case::new("review-trees", b)
        .fact(&log, "/events", rejected.len() + 2)
        .fact(&log, "/state/comments/0/text", "So.");
    rejected
        .into_iter()
        .fold(case, |case, (id, rule)| case.rejects(id, rule))
}
