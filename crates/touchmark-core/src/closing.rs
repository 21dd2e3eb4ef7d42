//! Which issues a text says that it settles: `Fixes #12`.
//!
//! The words are those that people know from other forges: close, fix and resolve in their usual forms.

use std::collections::BTreeSet;

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

/// The numbers that the text names, settled or not.
pub fn names(text: &str) -> BTreeSet<u32> {
    let lines = prose(text);
    let words = lines.iter().flat_map(|line| line.split_whitespace());
    words.filter_map(number).collect()
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
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expect: &[u32]) {
        let found: Vec<u32> = closes(text).into_iter().collect();
        assert_eq!(found, expect, "{text:?}");
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

    #[test]
    fn what_is_named_is_found() {
        let found: Vec<u32> = names("see #5, (#6) and fixes #7, not `#8` nor a#9")
            .into_iter()
            .collect();
        assert_eq!(found, [5, 6, 7]);
    }

    proptest! {
        /// What settles an issue names it, whatever the text.
        #[test]
        fn what_is_settled_is_named(text in "([a-z#0-9 `(.\n]|fixes |closes: )*") {
            prop_assert!(closes(&text).is_subset(&names(&text)));
        }
    }
}
