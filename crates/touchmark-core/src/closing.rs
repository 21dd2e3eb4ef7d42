//! Which issues a text says that it settles: `Fixes #12`.
//!
//! The words are those that people know from other forges: close, fix and resolve in their usual forms.

use std::collections::BTreeSet;

use crate::event::Relation;
use crate::id::ObjectId;
use crate::replay::PrState;

/// The words before a number that say that the issue is settled.
const WORDS: [&str; 9] = [
    "close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved",
];

/// A number has at most this many digits, as the record's counts.
const DIGITS_MAX: usize = 9;

/// The numbers of the issues that the text settles. What stands in code does not count.
pub fn closes(text: &str) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    for line in prose(text) {
        let mut words = line.split_whitespace().peekable();
        while let Some(word) = words.next() {
            let Some(next) = words.peek().filter(|_| is_closing(word)) else {
                continue;
            };
            found.extend(number(next));
        }
    }
    found
}

/// A merge closes at most so many issues: the pull request's author, who may not close them, could name any number.
pub const CLOSED_MAX: usize = 20;

/// What a pull request says that it settles; whose number is which, the receipts say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settled {
    /// Objects that it is linked to so.
    pub objects: BTreeSet<ObjectId>,
    /// Numbers in its texts.
    pub numbers: BTreeSet<u32>,
}

/// What a pull request settles: by its links, its description, and these texts, its commits' messages for example.
pub fn settled<'a>(state: &'a PrState, texts: impl IntoIterator<Item = &'a str>) -> Settled {
    let links = state.links.iter();
    let fixes = links.filter(|link| link.relation == Relation::Fixes);
    let texts = state.description.as_deref().into_iter().chain(texts);
    Settled {
        objects: fixes.map(|link| link.object).collect(),
        numbers: texts.flat_map(closes).collect(),
    }
}

fn is_closing(word: &str) -> bool {
    let word = word.trim_start_matches(|first: char| !first.is_alphanumeric());
    let word = word.strip_suffix(':').unwrap_or(word);
    WORDS.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// `#12`, with whatever punctuation around it.
fn number(word: &str) -> Option<u32> {
    let word = word.trim_start_matches(['(', '[', '"', '\'']);
    let rest = word.strip_prefix('#')?;
    let end = rest
        .find(|next: char| !next.is_ascii_digit())
        .unwrap_or(rest.len());
    let (digits, after) = rest.split_at(end);
    let ends =
        after.starts_with(|next: char| next.is_alphanumeric() || matches!(next, '_' | '-' | '/'));
    if ends || digits.len() > DIGITS_MAX {
        return None;
    }
    digits.parse().ok().filter(|number| *number > 0)
}

/// The lines of a text without fenced code, and without what stands between backticks.
fn prose(text: &str) -> Vec<String> {
    let mut fence: Option<&str> = None;
    let mut lines = Vec::new();
    for line in text.lines() {
        let start = line.trim_start();
        let mark = ["```", "~~~"]
            .into_iter()
            .find(|mark| start.starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            (Some(_), _) => {}
            (None, None) => lines.push(outside_backticks(line)),
        }
    }
    lines
}

fn outside_backticks(line: &str) -> String {
    // A backtick without its partner is only a character.
    let parts: Vec<&str> = line.split('`').collect();
    let paired = parts.len() - usize::from(parts.len().is_multiple_of(2));
    parts
        .iter()
        .enumerate()
        .map(|(at, part)| match at {
            at if at >= paired || at.is_multiple_of(2) => format!("{part} "),
            _ => "` ".to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[u32]) {
        let found: Vec<u32> = closes(text).into_iter().collect();
        assert_eq!(found, expect, "{text:?}");
    }

    #[test]
    fn links_description_and_texts_settle() {
        let id = |digit: &str| ObjectId::from_hex(&digit.repeat(40)).expect("an id");
        let state = serde_json::json!({
            "admitted": [], "assignees": [], "author": "alice", "closed": null, "comments": [],
            "description": "Fixes #1, see #2", "draft": false, "heads": id("9"), "labels": [],
            "links": [{"object": id("a"), "relation": "fixes"}, {"object": id("b"), "relation": "blocks"}],
            "merge": null, "merge_request": null, "redactions": 0, "reviewers": [], "revisions": [],
            "status": "open", "target": "refs/heads/main", "title": "Closes #9", "verdicts": {},
        });
        let state: PrState = serde_json::from_value(state).expect("a state");
        let found = settled(&state, ["Closes #3", "about #4"]);
        assert_eq!(found.objects, BTreeSet::from([id("a")]));
        assert_eq!(found.numbers, BTreeSet::from([1, 3]));
    }

    #[test]
    fn the_usual_words_settle_an_issue() {
        check("Fixes #12", &[12]);
        check("fix #1, closes: #2. Resolved (#3)", &[1, 2, 3]);
        check("This FIXED #4; see #5", &[4]);
        check("(closes #6)", &[6]);
        check("Fixes #7.\n\nResolves #8", &[7, 8]);
    }

    #[test]
    fn other_words_and_other_numbers_do_not() {
        for text in [
            "#12",
            "prefixes #12",
            "fixes 12",
            "fixes issue #12",
            "fixes #",
            "fixes #0",
            "fixes #12a",
            "fixes #12/3",
            "fixes #1234567890",
            "fixes\n#12x",
            "fixes #-1",
        ] {
            check(text, &[]);
        }
    }

    #[test]
    fn code_is_no_prose() {
        check("write `fixes #12` to close it", &[]);
        check("```\nfixes #12\n```\nfixes #13", &[13]);
        check("~~~\nfixes #12\n```\n~~~\nfixes #13", &[13]);
        check("fixes `this` #12", &[]);
        check("a ` alone, fixes #12", &[12]);
        check("`code` fixes #12", &[12]);
    }
}
