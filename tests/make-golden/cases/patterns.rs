//! Patterns of rules: what is one, and what is not.

use serde_json::Value;
use touchmark_core::id::HashKind;

use super::policies::LOG;
use crate::builder::Builder;
use crate::case::Case;
use crate::people::ALICE;

/// What is a pattern, however odd.
const GOOD: [&str; 23] = [
    "**",
    "**/",
    "**/x",
    "x/**",
    "x/**/y",
    "**/**",
    "*",
    "?",
    "x*y?z",
    "*/*",
    "x/",
    "x*/",
    "?*?",
    "...",
    ".x",
    "x.",
    "-x",
    " x y ",
    "x!",
    "#",
    "\u{e9}/\u{fffd}",
    "~@:^",
    "x\u{200b}y",
];

/// What is none, by the name of its defect.
const BAD: [(&str, &str); 28] = [
    ("empty", ""),
    ("tab", "x\ty"),
    ("line-feed", "x\n"),
    ("nul", "\u{0}"),
    ("escape", "x\u{1b}"),
    ("delete", "x\u{7f}"),
    ("c1", "x\u{85}"),
    ("bidi", "x\u{202e}y"),
    ("mark", "\u{200f}x"),
    ("byte-order-mark", "\u{feff}x"),
    ("not-nfc", "e\u{301}"),
    ("bracket", "[x"),
    ("bracket-end", "x]"),
    ("brace", "{x,y"),
    ("brace-end", "x}"),
    ("backslash", "x\\*"),
    ("negated", "!x"),
    ("slash", "/"),
    ("slash-first", "/x"),
    ("slash-twice", "x//y"),
    ("slash-twice-last", "x//"),
    ("dot", "./x"),
    ("dot-inside", "x/./y"),
    ("dot-last", "x/."),
    ("dots", "../x"),
    ("dots-below", "x/../"),
    ("stars-beside", "x**"),
    ("stars-three", "x/***/y"),
];

pub(super) fn add(cases: &mut Vec<Case>) {
    let longest = "x".repeat(1024);
    let good: Vec<&str> = GOOD.into_iter().chain([longest.as_str()]).collect();
    let (b, _) = start(&good);
    cases.push(Case::new("patterns", b).fact(LOG, "/state/version", 1));
    let longer = "x".repeat(1025);
    for (name, text) in BAD.into_iter().chain([("long", longer.as_str())]) {
        let (b, id) = start(&["x", text]);
        cases.push(
            Case::new(&format!("pattern-{name}"), b)
                .rejects(id, "policy-form")
                .fact(LOG, "/state", Value::Null),
        );
    }
}

/// A policy whose rule for paths has these patterns.
fn start(patterns: &[&str]) -> (Builder, touchmark_core::id::ObjectId) {
    let list: Vec<String> = patterns.iter().map(|text| quoted(text)).collect();
    let toml = format!(
        "format = 2\nthreshold = 1\nrecovery.declined = true\npath = [{{ match = [{}], write = [] }}]\n{}",
        list.join(", "),
        ALICE.table("people")
    );
    let mut b = Builder::empty(HashKind::Sha1);
    let id = b.start_policy(&toml, &ALICE.line());
    (b, id)
}

/// A basic string of TOML 1.0 with every character but plain ones escaped.
fn quoted(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|char| match char {
            ' ' | '!' | '#'..='[' | ']'..='~' => char.to_string(),
            _ => format!("\\U{:08X}", u32::from(char)),
        })
        .collect();
    format!("\"{escaped}\"")
}
