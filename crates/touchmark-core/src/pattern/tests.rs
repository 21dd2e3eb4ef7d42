//! Twins for every element of a pattern, and laws.

use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(pattern: &str, path: impl AsRef<[u8]>, expected: bool) {
    let path = path.as_ref();
    let shown = String::from_utf8_lossy(path);
    let parsed = Pattern::parse(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
    assert_eq!(parsed.matches(path), expected, "{pattern} and {shown}");
}

#[test]
fn patterns_are_anchored_at_both_ends() {
    check("main", "main", true);
    check("main", "main2", false);
    check("main", "xmain", false);
    check("main", "main/x", false);
    check("main", "x/main", false);
    check("main", "Main", false);
    check("a/b", "a/b", true);
    check("a/b", "a", false);
    check("a/b", "", false);
}

#[test]
fn a_star_stays_within_its_component() {
    check("release/*", "release/1.2", true);
    check("release/*", "release/1/2", false);
    check("release/*", "release", false);
    check("*", "main", true);
    check("*", "a/b", false);
    check("*.rs", ".rs", true);
    check("*.rs", "a.rs.rs", true);
    check("*.rs", "a.rs.txt", false);
    check("v*.*", "v1.2", true);
    check("v*.*", "v12", false);
    check("a*b*c", "a-b-b-c", true);
    check("a*b*c", "a-c-b", false);
    check("a*b", "ab", true);
}

#[test]
fn a_question_mark_is_one_character() {
    check("v?", "v1", true);
    check("v?", "v", false);
    check("v?", "v12", false);
    check("a?b", "a/b", false);
    check("caf?", "café", true);
    check("caf?", "cafe\u{301}", false);
    check("caf??", "café", false);
    check("*??", "€", false);
    check("*??", "x€", true);
    check("*??bc", "€bc", false);
    check("*??bc", "x€bc", true);
    // Bytes that are no character count one by one.
    check("a?", b"a\xff", true);
    check("a?", b"a\xff\xfe", false);
    check("a??", b"a\xe2\x82", true);
    check("*é", b"\xff\xc3\xa9", true);
}

#[test]
fn two_stars_are_any_number_of_components() {
    check("**", "a", true);
    check("**", "a/b/c", true);
    check("**/x", "x", true);
    check("**/x", "a/b/x", true);
    check("**/x", "a/b/xx", false);
    check("a/**/b", "a/b", true);
    check("a/**/b", "a/x/y/b", true);
    check("a/**/b", "a/x/y/b/c", false);
    check("a/**/b", "ab", false);
    check("a/**/b/**/c", "a/b/x/b/c", true);
    check("a/**/b/**/c", "a/c/b", false);
    check("**/b/?", "b/b/b/b/c", true);
    check("a/**/**/b", "a/b", true);
}

#[test]
fn an_end_of_slash_or_two_stars_is_everything_below() {
    for pattern in ["infra/", "infra/**", "infra/**/", "infra/**/**"] {
        check(pattern, "infra/main.tf", true);
        check(pattern, "infra/a/b", true);
        check(pattern, "infra", false);
        check(pattern, "infrastructure/a", false);
        check(pattern, "x/infra/a", false);
    }
    check("*/", "a/b", true);
    check("*/", "a", false);
}

/// C10: whatever bytes a name has, they are matched as they are.
#[test]
fn a_pattern_leads_through_what_it_names() {
    let check = |pattern: &str, path: &str, expected: bool| {
        let parsed = Pattern::parse(pattern).unwrap();
        let found = parsed.leads_through(path.as_bytes());
        assert_eq!(found, expected, "{pattern:?} {path:?}");
    };
    for (pattern, path) in [
        ("ci/**", "ci"),
        ("ci/", "ci"),
        ("ci/*.sh", "ci"),
        ("a/b/c", "a"),
        ("a/b/c", "a/b"),
        ("a/*/c", "a/x"),
        ("**/ci/**", "ci"),
        ("**/ci/**", "x/y/ci"),
        ("a/**/b/c", "a"),
        ("a/**/b/c", "a/x/b"),
    ] {
        check(pattern, path, true);
    }
    for (pattern, path) in [
        ("ci/**", "ci/x"),
        ("ci/**", "c"),
        ("ci/**", "x/ci"),
        ("ci", "ci"),
        ("**", "a"),
        ("**/x", "a"),
        ("a/**/b/c", "a/x"),
        ("a/*/c", "a/x/c"),
    ] {
        check(pattern, path, false);
    }
}

#[test]
fn names_are_bytes() {
    check("a b", "a b", true);
    check("docs/*", "docs/\"quoted\"", true);
    check("docs/*", "docs/a\tb\nc", true);
    check("docs/*", b"docs/\xff\xfe", true);
    check("docs/é", "docs/é", true);
    check("docs/é", "docs/e\u{301}", false);
    check("100%", "100%", true);
    check("a!b", "a!b", true);
}

#[test]
fn what_is_no_pattern_says_why() {
    let refused = [
        ("", PatternError::Empty),
        ("/", PatternError::LeadingSlash),
        ("/a", PatternError::LeadingSlash),
        ("a//b", PatternError::EmptyComponent),
        ("a//", PatternError::EmptyComponent),
        ("a/./b", PatternError::DotComponent),
        ("../a", PatternError::DotComponent),
        ("a**", PatternError::PartialDoubleStar),
        ("a/**b/c", PatternError::PartialDoubleStar),
        ("***", PatternError::PartialDoubleStar),
        ("[ab]", PatternError::Character('[')),
        ("a]", PatternError::Character(']')),
        ("{a,b}", PatternError::Character('{')),
        ("a\\*", PatternError::Character('\\')),
        ("!a", PatternError::Character('!')),
        ("a\nb", PatternError::ControlCharacter),
        ("a\u{202e}b", PatternError::ControlCharacter),
        ("a\u{9b}b", PatternError::ControlCharacter),
    ];
    for (text, error) in refused {
        assert_eq!(Pattern::parse(text), Err(error), "{text:?}");
    }
    let longest = "a".repeat(PATTERN_MAX_LEN);
    assert!(Pattern::parse(&longest).is_ok());
    assert_eq!(Pattern::parse(&(longest + "a")), Err(PatternError::TooLong));
}

/// Each would take longer than the universe if a choice were tried twice.
#[test]
fn hostile_patterns_take_no_longer() {
    let stars = "a*".repeat(512);
    let directories = "**/a/".repeat(204) + "b";
    let both = "**/*a*b/".repeat(128);
    let names = "a".repeat(4000);
    let path = "a/".repeat(2000) + "c";
    check(&stars, names.clone() + "b", true);
    check(&stars, names.clone().replacen('a', "b", 1), false);
    check(&(stars[..1000].to_owned() + "c"), &names, false);
    check(&directories, &path, false);
    check(&directories, "a/".repeat(2000) + "b", true);
    check(&both, &path, false);
    check(&both, names, false);
}

/// Says the same in the plainest way: every choice is tried.
fn by_trying(pattern: &[char], text: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['*', '*', '/', rest @ ..] => {
            by_trying(rest, text)
                || (1..text.len()).any(|at| text[at - 1] == '/' && by_trying(rest, &text[at..]))
        }
        ['*', rest @ ..] => (0..=text.len())
            .take_while(|at| !text[..*at].contains(&'/'))
            .any(|at| by_trying(rest, &text[at..])),
        [first, rest @ ..] => text.split_first().is_some_and(|(char, after)| {
            (first == char || (*first == '?' && *char != '/')) && by_trying(rest, after)
        }),
    }
}

proptest! {
    #[test]
    fn reading_any_text_is_safe(text: String, path: Vec<u8>) {
        if let Ok(pattern) = Pattern::parse(&text) {
            prop_assert_eq!(pattern.to_string(), text);
            pattern.matches(&path);
        }
    }

    #[test]
    fn a_path_without_wildcards_matches_itself_alone(
        path in "[a-zé.]{1,4}(/[a-zé ]{1,4}){0,4}",
        other in "[a-zé]{1,4}(/[a-zé ]{1,4}){0,4}",
    ) {
        if let Ok(pattern) = Pattern::parse(&path) {
            prop_assert!(pattern.matches(path.as_bytes()));
            prop_assert_eq!(pattern.matches(other.as_bytes()), path == other);
        } else {
            prop_assert!(path.split('/').any(|part| part == "." || part == ".."));
        }
    }

    #[test]
    fn matching_is_trying_every_choice(
        pattern in "((\\*\\*/){0,2}[ab?*]{1,4}/){0,3}[ab?*]{1,4}",
        path in "([abé]{1,3}/){0,5}[abé]{1,3}",
    ) {
        if let Ok(parsed) = Pattern::parse(&pattern) && !pattern.ends_with("**") {
            let chars = |text: &str| text.chars().collect::<Vec<char>>();
            let expected = by_trying(&chars(&pattern), &chars(&path));
            prop_assert_eq!(parsed.matches(path.as_bytes()), expected, "{} and {}", pattern, path);
        }
    }
}
