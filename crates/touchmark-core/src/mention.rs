//! Who is mentioned in a text: `@name` for a person or a team.
//!
//! Code is not speech: what stands in a code span, a fenced block or an indented one mentions nobody,
//! and neither does an e-mail address, a path, or the name of a package such as `@types/node`.

use std::collections::BTreeSet;

use crate::policy::Policy;

/// Longest name that is looked for.
const NAME_MAX_LEN: usize = 64;

/// The names after an `@`, without it and in small letters. Whether anyone is called so, [`mentioned`] says.
pub fn names(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut paragraph = String::new();
    let mut fence: Option<(char, usize)> = None;
    for line in text.lines() {
        let line = unquoted(line);
        match (fence, fence_of(line)) {
            (Some((char, len)), other) => {
                let ends = other
                    .is_some_and(|(c, n, rest)| c == char && n >= len && rest.trim().is_empty());
                if ends {
                    fence = None;
                }
            }
            (None, Some((char, len, rest))) if char == '~' || !rest.contains('`') => {
                in_paragraph(&std::mem::take(&mut paragraph), &mut found);
                fence = Some((char, len));
            }
            (None, _) if line.trim().is_empty() => {
                in_paragraph(&std::mem::take(&mut paragraph), &mut found);
            }
            // An indented block cannot interrupt a paragraph.
            (None, _)
                if paragraph.is_empty() && (line.starts_with("    ") || line.starts_with('\t')) => {
            }
            (None, _) => {
                paragraph.push_str(line);
                paragraph.push('\n');
            }
        }
    }
    in_paragraph(&paragraph, &mut found);
    found
}

/// The people whom a text mentions: those of the policy who are named, or who are in a team that is.
///
/// Whoever the policy does not know reads nothing here, and is told nothing.
pub fn mentioned<'a>(text: &str, policy: &'a Policy) -> BTreeSet<&'a str> {
    let mut people = BTreeSet::new();
    for name in names(text) {
        if let Some((person, _)) = policy.people.get_key_value(&name) {
            people.insert(person.as_str());
        }
        if let Some(team) = policy.teams.get(&name) {
            let known = team.iter().filter(|name| policy.people.contains_key(*name));
            people.extend(known.map(String::as_str));
        }
    }
    people
}

/// The line without the marks of a quotation.
fn unquoted(line: &str) -> &str {
    let mut rest = line;
    while let Some(inner) = rest.trim_start_matches(' ').strip_prefix('>') {
        rest = inner.strip_prefix(' ').unwrap_or(inner);
    }
    rest
}

/// The character and length of a fence that the line begins with, and what follows it.
fn fence_of(line: &str) -> Option<(char, usize, &str)> {
    let inner = line.trim_start_matches(' ');
    let char = inner.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let rest = inner.trim_start_matches(char);
    let len = inner.len() - rest.len();
    (len >= 3 && line.len() - inner.len() <= 3).then_some((char, len, rest))
}

/// Looks outside of code spans: from a run of backticks to the next run of the same length.
fn in_paragraph(text: &str, found: &mut BTreeSet<String>) {
    let runs = backtick_runs(text);
    let (mut from, mut at) = (0, 0);
    while let Some((start, len)) = runs.get(at).copied() {
        let later = runs.iter().enumerate().skip(at + 1);
        match later.into_iter().find(|(_, (_, other))| *other == len) {
            Some((closing, (end, _))) => {
                in_prose(text.get(from..start).unwrap_or_default(), found);
                from = end + len;
                at = closing + 1;
            }
            None => at += 1,
        }
    }
    in_prose(text.get(from..).unwrap_or_default(), found);
}

/// Where each run of backticks begins, and how long it is.
fn backtick_runs(text: &str) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, _) in text.match_indices('`') {
        match runs.last_mut() {
            Some((start, len)) if *start + *len == at => *len += 1,
            _ => runs.push((at, 1)),
        }
    }
    runs
}

fn in_prose(text: &str, found: &mut BTreeSet<String>) {
    for (at, _) in text.match_indices('@') {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        if before.is_some_and(|c| c.is_alphanumeric() || "._-+/@\\".contains(c)) {
            continue;
        }
        let rest = text.get(at + 1..).unwrap_or_default();
        let in_name = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        let end = rest.find(|c| !in_name(c)).unwrap_or(rest.len());
        let after = rest.get(end..).and_then(|text| text.chars().next());
        if after.is_some_and(|c| c.is_alphanumeric() || "@/".contains(c)) {
            continue;
        }
        // A full stop behind a name ends the sentence.
        let name = rest.get(..end).unwrap_or_default();
        let name = name.trim_end_matches(['.', '-', '_']);
        if (1..=NAME_MAX_LEN).contains(&name.len()) {
            found.insert(name.to_ascii_lowercase());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &[&str]) {
        let found = names(text);
        assert_eq!(
            found.iter().map(String::as_str).collect::<Vec<_>>(),
            expect,
            "{text:?}"
        );
    }

    #[test]
    fn names_after_an_at_are_mentions() {
        check("@bob, see this", &["bob"]);
        check("ask @bob.", &["bob"]);
        check(
            "(@core) and @Alice: \"@carol\"",
            &["alice", "carol", "core"],
        );
        check("@a.b-c_d!", &["a.b-c_d"]);
        check("> @bob said\n\nyes", &["bob"]);
        check("@", &[]);
        check("@ bob", &[]);
        check("@bob@", &[]);
    }

    #[test]
    fn addresses_paths_and_packages_are_none() {
        check("mail bob@example.com", &[]);
        check("<alice+x@example.com>", &[]);
        check("@bob@social.example", &[]);
        check("npm i @types/node", &[]);
        check("https://example.com/@bob", &[]);
        check("é@bob and bob@é", &[]);
        check("\\@bob", &[]);
    }

    #[test]
    fn code_mentions_nobody() {
        check("run `@bob` now", &[]);
        check("``a ` @bob`` @carol", &["carol"]);
        check("an open ` and @bob", &["bob"]);
        check("`over\nlines @bob`", &[]);
        check("`not over\n\nparagraphs @bob`", &["bob"]);
        check("```\n@bob\n```\n@carol", &["carol"]);
        check("~~~ text\n@bob\n```\n@dave\n~~~\n@carol", &["carol"]);
        check("````\n```\n@bob\n````\n@carol", &["carol"]);
        check("```\nnever closed @bob", &[]);
        check("> ```\n> @bob\n> ```\n@carol", &["carol"]);
        check("text\n\n    @bob\n\n@carol", &["carol"]);
        check("text\n    @bob goes on", &["bob"]);
        check("``` `` @bob", &["bob"]);
    }

    #[test]
    fn a_hostile_text_costs_little() {
        let ticks: String = (1..300).map(|len| "`".repeat(len) + " ").collect();
        check(&format!("{ticks}@bob"), &["bob"]);
        assert_eq!(names(&"@a ".repeat(20_000)).len(), 1);
    }
}
