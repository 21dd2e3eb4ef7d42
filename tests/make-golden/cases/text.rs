//! Text: what may be written, and what may not.

use touchmark_core::event::{Payload, payload};
use touchmark_core::id::HashKind;

use super::{open_issue, say};
use crate::builder::{Builder, Make};
use crate::case::Case;
use crate::people::{BOB, DAVE};

/// Bodies that come back as they are.
const GOOD: &[&str] = &[
    "Plain.",
    "caf\u{e9} \u{1f600} \u{1fae8} \u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
    "q\u{301}, q\u{323}\u{307}: composed as far as it goes",
    "\u{915}\u{93c}: excluded from composition",
    "\u{ac00}\u{d55c}",
    "\u{fb01} stays: compatibility is not canonical",
    // Starters in Unicode 14.0; in later versions of class 230, and U+0323 would go before them.
    "a\u{897}\u{323}",
    "a\u{1acf}\u{316}\u{301}",
    "a\u{10efd}\u{301}\u{10d69}\u{316}",
    // Later versions compose these two into U+105C9.
    "\u{105d2}\u{307}",
    "\u{105c9}",
    "\u{113c2}\u{113c2} \u{16121}\u{1611f} \u{16d67}\u{16d67}",
    "---\n--- a\n----\n",
    "--- >8 ---\nx --- >8 ---\n# ------------------------ >8 ------------------------",
    " --- one space\n  --- two",
    "diff --git a/x b/x\n---\n+++ b/x",
    "--\nnot a divider: it has two",
    "Key: value\nSigned-off-by: Nobody <nobody@example.com>",
    "One.\n\nForge-Event: comment/1\n\nThree.",
    "One.\n\n\n\nFive.",
    "\tcode with a tab\there",
    "\u{5d0}\u{5d1}\u{5d2} and \u{627}\u{644}: letters may go right to left",
    "\u{2028}\u{2029}\u{a0}\u{ad}\u{200b}\u{200c}\u{200d}",
    "# a heading\n\n* a list\n\n```\nfenced\n```",
    "\u{10ffff}\u{e000}\u{fffd}\u{fffe}",
];

/// What is put into a body before it is signed, and the rule.
const BAD: &[(&str, &str)] = &[
    ("e\u{301}", "message-nfc"),
    ("\u{212b}", "message-nfc"),
    ("\u{958}", "message-nfc"),
    ("\u{1100}\u{1161}", "message-nfc"),
    ("\u{ac00}\u{11a8}", "message-nfc"),
    ("q\u{307}\u{323}", "message-nfc"),
    ("\u{344}", "message-nfc"),
    ("\u{2126}", "message-nfc"),
    ("\u{897}e\u{301}", "message-nfc"),
    ("a\u{1acf}o\u{308}", "message-nfc"),
    ("\u{2f800}", "message-nfc"),
    ("\u{1d15e}", "message-nfc"),
    ("\u{feff}", "message-encoding"),
    ("\u{0}", "message-control"),
    ("\r\n", "message-control"),
    ("\u{b}", "message-control"),
    ("\u{1b}[31m", "message-control"),
    ("\u{7f}", "message-control"),
    ("\u{85}", "message-control"),
    ("\u{9f}", "message-control"),
    ("\u{61c}", "message-bidi"),
    ("\u{200e}", "message-bidi"),
    ("\u{200f}", "message-bidi"),
    ("\u{202a}", "message-bidi"),
    ("\u{2066}", "message-bidi"),
    ("\u{2069}", "message-bidi"),
    ("x \nx", "message-space"),
    ("x\t\nx", "message-space"),
    // The rule that comes first is the one told.
    ("e\u{301}\u{202e}", "message-bidi"),
    ("\u{202e}\u{7}", "message-control"),
    ("\u{7}\u{feff}", "message-encoding"),
    ("e\u{301} \nx", "message-nfc"),
];

pub(super) fn add(cases: &mut Vec<Case>) {
    cases.push(good(HashKind::Sha1, "text"));
    cases.push(good(HashKind::Sha256, "text-sha256"));
    cases.push(bad());
    cases.push(invalid_utf8());
    cases.push(subjects());
}

fn good(hash: HashKind, name: &str) -> Case {
    let mut b = Builder::new(hash);
    let (log, _) = open_issue(&mut b, DAVE);
    let bodies: Vec<&str> = GOOD
        .iter()
        .map(|body| body.trim_end_matches('\n'))
        .collect();
    for body in &bodies {
        b.event(&log, say(BOB, body));
    }
    let case = Case::new(name, b).fact(&log, "/events", bodies.len() + 1);
    bodies.iter().enumerate().fold(case, |case, (index, body)| {
        case.fact(&log, format!("/state/comments/{index}/text"), *body)
    })
}

fn bad() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, _) = open_issue(&mut b, DAVE);
    let mut rejected = Vec::new();
    for (text, rule) in BAD {
        let id = b.changed(&log, say(BOB, "A remark."), |event| {
            event.replace("remark", &format!("remark{text}x"))
        });
        rejected.push((id, *rule));
    }
    b.event(&log, say(BOB, "A remark."));
    let case = Case::new("text-refused", b)
        .fact(&log, "/events", BAD.len() + 2)
        .fact(&log, "/state/comments/0/text", "A remark.");
    rejected
        .into_iter()
        .fold(case, |case, (id, rule)| case.rejects(id, rule))
}

/// Bytes that are no UTF-8: cut short, overlong, a surrogate, beyond the last code point.
fn invalid_utf8() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, _) = open_issue(&mut b, DAVE);
    let spoilt: [&[u8]; 6] = [
        b"\xff",
        b"\xc3",
        b"\xc0\xaf",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xe2\x82",
    ];
    let mut rejected = Vec::new();
    for bytes in spoilt {
        let payload = b.unsigned(&log, &say(BOB, "A remark."));
        let at = payload
            .windows(6)
            .position(|six| six == b"remark")
            .unwrap_or_default();
        let (before, after) = payload.split_at(at);
        let payload = [before, bytes, after].concat();
        let signed = BOB.key().sign_commit(&payload, b.hash);
        rejected.push(b.commit(&log, signed));
    }
    let payload = b.unsigned(&log, &say(BOB, "A remark."));
    let name = [b"author B\xffb".as_slice(), b"committer B\xffb"];
    let mut spoilt = payload;
    for (from, to) in [b"author Bob".as_slice(), b"committer Bob"]
        .into_iter()
        .zip(name)
    {
        let at = spoilt
            .windows(from.len())
            .position(|part| part == from)
            .unwrap_or_default();
        spoilt.splice(at..at + from.len(), to.iter().copied());
    }
    let signed = BOB.key().sign_commit(&spoilt, b.hash);
    let author = b.commit(&log, signed);
    b.event(&log, say(BOB, "A remark."));
    let case = Case::new("text-not-utf8", b)
        .rejects(author, "author-form")
        .fact(&log, "/events", rejected.len() + 3);
    rejected
        .into_iter()
        .fold(case, |case, id| case.rejects(id, "message-encoding"))
}

/// Subjects with a user's text.
fn subjects() -> Case {
    let mut b = Builder::new(HashKind::Sha256);
    let (log, _) = open_issue(&mut b, DAVE);
    let edit = |subject: &str| Make::new(DAVE, Payload::Edit(payload::Edit {})).subject(subject);
    let longest = "\u{e9}".repeat(128);
    let last = [longest.as_str(), "x", "Forge-Event: x", "-- x"];
    let mut rejected = Vec::new();
    for text in [
        "x\tx",
        " x",
        "---",
        "--- x",
        "----",
        "x --- >8 ---",
        &"\u{e9}".repeat(129),
    ] {
        let id = b.changed(&log, edit("A title"), |event| {
            event.replace("A title", text)
        });
        rejected.push((id, "subject-form"));
    }
    for text in last {
        b.event(&log, edit(text));
    }
    let case = Case::new("subjects", b)
        .fact(&log, "/events", rejected.len() + 5)
        .fact(&log, "/state/title", "-- x");
    rejected
        .into_iter()
        .fold(case, |case, (id, rule)| case.rejects(id, rule))
}
