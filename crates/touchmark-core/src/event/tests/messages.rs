//! Twins of the message: text rules, layout, dividers, subject and body.

use super::{Commit, HASHES, Twins, edited, fill, secret, signed};
use crate::event::{Rule, Verify, message};
use crate::id::HashKind;

pub(super) const ISSUE: &str = "\
tree {empty}
author {alice}
committer {alice}

Lock order is wrong

First paragraph.
Second line.

Last paragraph.

Forge-Event: issue/1
Forge-Repo: {repo}
Forge-Policy: {2}
";

const READY: &str = "\
tree {empty}
parent {1}
author {alice}
committer {alice}

Ready for review

Forge-Event: ready/1
Forge-Policy: {2}
";

const REDACT: &str = "\
tree {empty}
parent {1}
author {alice}
committer {alice}

Redact 333333333333

Spam.

Forge-Event: redact/1
Forge-Policy: {2}
Forge-Object: {3}
Forge-Tip: {4}
";

pub(super) fn twins(hash: HashKind) -> Vec<Twins> {
    let mut twins = Vec::new();
    let issues = [TEXT, LAYOUT, SUBJECTS].concat();
    for (template, edits) in [(ISSUE, &*issues), (READY, READIES), (REDACT, REDACTS)] {
        for (rule, from, to) in edits {
            twins.push(edited(hash, *rule, template, from, to));
        }
    }
    let long = "x".repeat(257);
    twins.push(edited(
        hash,
        Rule::SubjectForm,
        ISSUE,
        "Lock order is wrong",
        &long,
    ));
    twins.push(not_utf8(hash));
    twins.push(too_long(hash));
    twins
}

const READIES: &[(Rule, &str, &str)] = &[
    (
        Rule::MessageLayout,
        "\nForge-Event: ready/1\nForge-Policy: {2}\n",
        "",
    ),
    (Rule::MessageLayout, "Ready for review\n\n", ""),
    (
        Rule::SubjectComputed,
        "Ready for review",
        "Ready for Review",
    ),
    (Rule::BodyForm, "\n\nForge-Event", "\n\nNow.\n\nForge-Event"),
];

const REDACTS: &[(Rule, &str, &str)] = &[
    (
        Rule::SubjectComputed,
        "Redact 333333333333",
        "Redact 33333333333",
    ),
    (Rule::BodyForm, "Spam.\n\n", ""),
];

const TEXT: &[(Rule, &str, &str)] = &[
    (Rule::MessageEncoding, "Second", "\u{feff}Second"),
    (Rule::MessageEncoding, "Lock", "\u{feff}Lock"),
    (Rule::MessageControl, "Second", "Sec\u{1b}ond"),
    (Rule::MessageControl, "Second", "Sec\u{0}ond"),
    (Rule::MessageControl, "Second", "Sec\u{7f}ond"),
    (Rule::MessageControl, "Second", "Sec\u{85}ond"),
    (Rule::MessageControl, "line.\n", "line.\r\n"),
    (Rule::MessageBidi, "Second", "Sec\u{202e}ond"),
    (Rule::MessageBidi, "Second", "Sec\u{2066}ond"),
    (Rule::MessageBidi, "Lock", "\u{200f}Lock"),
    (Rule::MessageNfc, "Second", "Se\u{301}cond"),
    (Rule::MessageNfc, "Second", "\u{212b}"),
    (Rule::MessageSpace, "line.\n", "line. \n"),
    (Rule::MessageSpace, "line.\n", "line.\t\n"),
    (Rule::MessageSpace, "wrong\n", "wrong \n"),
    (Rule::MessageSpace, "line.\n\n", "line.\n \n"),
    (Rule::MessageSpace, "issue/1\n", "issue/1 \n"),
];

const LAYOUT: &[(Rule, &str, &str)] = &[
    (Rule::MessageLayout, "wrong\n\n", "wrong\n"),
    (Rule::MessageLayout, "wrong\n\n", "wrong\n\n\n"),
    (Rule::MessageLayout, "Lock order is wrong\n", "\n"),
    (Rule::MessageLayout, "Lock order", "\nLock order"),
    (Rule::MessageLayout, "Policy: {2}\n", "Policy: {2}"),
    (Rule::MessageLayout, "Policy: {2}\n", "Policy: {2}\n\n"),
    (
        Rule::MessageLayout,
        "Last paragraph.\n\n",
        "Last paragraph.\n\n\n",
    ),
    (Rule::MessageDivider, "Second line.", "---"),
    (Rule::MessageDivider, "Second line.", "--- a/file"),
    (Rule::MessageDivider, "Second line.", "# - >8 -"),
    (
        Rule::MessageDivider,
        "Second line.",
        "x ------ >8 ------ cut",
    ),
    (
        Rule::TrailerForm,
        "Forge-Event: issue/1",
        "Forge-Event:issue/1",
    ),
    (
        Rule::TrailerForm,
        "Forge-Event: issue/1",
        "Forge-Event:  issue/1",
    ),
    (
        Rule::TrailerForm,
        "Forge-Event: issue/1",
        "Forge-Event: \tissue/1",
    ),
    (Rule::TrailerForm, "Forge-Event: issue/1", "Forge-Event"),
    (
        Rule::TrailerForm,
        "Forge-Event: issue/1",
        "Forge Event: issue/1",
    ),
    (
        Rule::TrailerForm,
        "Forge-Event: issue/1",
        "-Forge-Event: issue/1",
    ),
    (
        Rule::TrailerForm,
        "Forge-Event: issue/1",
        "Förge-Event: issue/1",
    ),
    (Rule::TrailerForm, "{repo}\n", "{repo}\n folded\n"),
    (Rule::TrailerForm, "{repo}\n", "{repo}\nForge-2: x\n"),
    (
        Rule::EventUnknown,
        "Last paragraph.\n\n",
        "Last paragraph.\n\nKey: value\n",
    ),
    (
        Rule::EventUnknown,
        "Policy: {2}\n",
        "Policy: {2}\n\nKey: value\n",
    ),
];

const SUBJECTS: &[(Rule, &str, &str)] = &[
    (Rule::SubjectForm, "Lock", " Lock"),
    (Rule::SubjectForm, "Lock order", "Lock\torder"),
    (Rule::SubjectForm, "Lock", "--- Lock"),
    (Rule::SubjectForm, "Lock order", "Lock - >8 - order"),
];

fn not_utf8(hash: HashKind) -> Twins {
    let payload = fill(hash, ISSUE);
    let mut bytes = payload.clone().into_bytes();
    let at = payload.find("Second").expect("in the template");
    bytes[at] = 0xff;
    Twins {
        rule: Rule::MessageEncoding,
        name: "not UTF-8".to_owned(),
        good: signed(hash, ISSUE),
        bad: Commit::new(hash, secret("alice").sign_commit(&bytes, hash)),
    }
}

/// The good twin has the longest message, the bad one a byte more.
fn too_long(hash: HashKind) -> Twins {
    let payload = fill(hash, ISSUE);
    let (_, message) = payload.split_once("\n\n").expect("headers end");
    let room = message::MESSAGE_MAX_LEN - message.len();
    let with = |more: usize| ISSUE.replace("Second", &format!("{}Second", "x".repeat(room + more)));
    Twins {
        rule: Rule::MessageSize,
        name: "one byte too long".to_owned(),
        good: signed(hash, &with(0)),
        bad: signed(hash, &with(1)),
    }
}

/// Body and what it is written as.
fn check_body(written: &str, read: &str) {
    for hash in HASHES {
        let template = ISSUE.replace("First paragraph.\nSecond line.\n\nLast paragraph.", written);
        let event = signed(hash, &template).decode(Verify::Full);
        let event = event.unwrap_or_else(|refusal| panic!("{written:?}: {refusal}"));
        assert_eq!(event.body.as_deref(), Some(read), "{written:?}");
        assert_eq!(event.subject, "Lock order is wrong");
    }
}

#[test]
fn bodies_are_unescaped() {
    check_body("plain", "plain");
    check_body("a\n\n\n\nb", "a\n\n\n\nb");
    check_body("  indented\nno\ttab problem", "  indented\nno\ttab problem");
    check_body(" ---", "---");
    check_body("   ---x", "  ---x");
    check_body(" # --- >8 -\n # --- >8", "# --- >8 -\n # --- >8");
    check_body("-- \u{20ac}\n--", "-- \u{20ac}\n--");
    check_body("a\tb - >8 -", "a\tb - >8 -");
    check_body("Forge-Event: issue/1", "Forge-Event: issue/1");
    check_body(
        "Forge-Event: issue/1\n\nForge-Event: pr/1",
        "Forge-Event: issue/1\n\nForge-Event: pr/1",
    );
}

#[test]
fn messages_without_body_have_none() {
    for hash in HASHES {
        let event = signed(hash, READY)
            .decode(Verify::Full)
            .expect("a good event");
        assert_eq!(event.body, None);
        assert_eq!(event.subject, "Ready for review");
    }
}

#[test]
fn text_after_unicode_14_is_inert() {
    // U+1E4EE (Unicode 15) has a combining class in newer tables; here it is a starter like any other.
    check_body("x\u{1e4ee}\u{1e4ef}", "x\u{1e4ee}\u{1e4ef}");
}
