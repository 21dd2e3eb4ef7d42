//! Each parser accepts a text exactly if the registry's pattern matches and the prose rules hold.

use super::*;

/// Texts that the mutations insert: what the grammars treat in some special way.
const INSERTED: &[&str] = &[
    "",
    " ",
    "\t",
    "\n",
    "\r",
    "\0",
    "\u{7f}",
    "\u{85}",
    "\u{202e}",
    "\u{feff}",
    "\u{301}",
    "é",
    "/",
    "//",
    "%",
    "%2F",
    "%2f",
    "%41",
    "%00",
    "%3A",
    "%C3%A9",
    ".",
    "..",
    "../",
    "/.git",
    ".lock",
    "@",
    "@{",
    "-",
    "+",
    ":",
    ":1",
    ":3-2",
    "~",
    "^",
    ":",
    "?",
    "*",
    "[",
    "\\",
    "\"",
    "<",
    ">",
    ",",
    "=",
    "0",
    "1",
    "9",
    "00",
    "a",
    "A",
    "f",
    "g",
    "Z",
    "HEAD",
    "#",
    "refs/heads/",
    "0000",
];

/// The rules that the registry states in prose, written as plainly as can be.
fn prose_holds(name: &str, kind: HashKind, text: &str) -> bool {
    text::is_clean(text)
        && match name {
            "oid" => id_holds(kind, text),
            "time" => time_holds(text),
            "ref" => ref_holds(text),
            "label" => text.len() <= 64,
            "label-change" => text.len() <= 65,
            "line" => text.len() <= 1024,
            "fingerprint" => fingerprint_holds(text),
            "comment-id" => id_holds(kind, text.split('/').next().unwrap()),
            "link-change" => id_holds(kind, text.split(' ').nth(1).unwrap()),
            "anchor" | "anchor-2" => anchor_holds(kind, text),
            "pusher" => {
                !text.starts_with("certificate ") && !text.starts_with("key ")
                    || fingerprint_holds(text)
            }
            _ => true,
        }
}

fn id_holds(kind: HashKind, id: &str) -> bool {
    id.len() == kind.hex_len() && id.bytes().any(|digit| digit != b'0')
}

fn time_holds(text: &str) -> bool {
    let number = |range: std::ops::Range<usize>| text[range].parse::<u32>().unwrap();
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    year >= 1970
        && (1..=days).contains(&day)
        && number(11..13) < 24
        && number(14..16) < 60
        && number(17..19) < 60
}

fn ref_holds(text: &str) -> bool {
    // `git help check-ref-format`, in its order, then Touchmark's own.
    let refused = Regex::new(concat!(
        r"/\.|\.lock(/|\z)|\.\.|[\x00-\x20\x7f~^:?*\[]|/\z|//|\.\z|@\{|\\",
        r"|/-|\Arefs/(heads|tags)/(HEAD|[0-9a-fA-F]{40}|[0-9a-fA-F]{64})\z",
    ));
    text.len() <= 255 && !refused.unwrap().is_match(text)
}

fn fingerprint_holds(text: &str) -> bool {
    // 32 bytes leave the last of 43 characters four bits, so its lowest two are zero.
    text.ends_with([
        'A', 'E', 'I', 'M', 'Q', 'U', 'Y', 'c', 'g', 'k', 'o', 's', 'w', '0', '4', '8',
    ])
}

fn anchor_holds(kind: HashKind, text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    if words[1] == "reply" {
        return id_holds(kind, words[2].split('/').next().unwrap());
    }
    let (at, lines) = words[2].split_once(':').unwrap_or((words[2], "1"));
    let ascending = lines
        .split_once('-')
        .is_none_or(|(first, last)| first.parse::<u32>().unwrap() < last.parse::<u32>().unwrap());
    ascending
        && match words[1] {
            "message" => id_holds(kind, at),
            _ => path_holds(at),
        }
}

fn path_holds(path: &str) -> bool {
    let encoded = Regex::new(r"\A([A-Za-z0-9._~/+@,=-]|%[0-9A-F]{2})+\z").unwrap();
    let needless =
        Regex::new("%(2B|2C|2D|2E|2F|3[0-9]|3D|4[0-9A-F]|5[0-9A]|5F|6[1-9A-F]|7[0-9A]|7E|00)")
            .unwrap();
    // What needs no encoding stands for itself, so components can be told without decoding.
    let refused = Regex::new(r"(?i)(\A|/)(\.|\.\.|\.git)?(/|\z)").unwrap();
    // Only where the encoding is right does every per cent sign stand for two more digits.
    encoded.is_match(path)
        && !needless.is_match(path)
        && !refused.is_match(path)
        && path.len() - 2 * path.matches('%').count() <= 4096
}

/// A text made from the pattern, then changed in up to three places.
fn texts(pattern: &str) -> impl Strategy<Value = String> {
    let edit = (any::<Index>(), 0..3usize, select(INSERTED));
    let made = string_regex(pattern).unwrap();
    (made, prop::collection::vec(edit, 0..4)).prop_map(|(made, edits)| {
        let mut chars: Vec<char> = made.chars().collect();
        for (at, removed, inserted) in edits {
            let at = at.index(chars.len() + 1);
            let end = chars.len().min(at + removed);
            chars.splice(at..end, inserted.chars());
        }
        chars.into_iter().collect()
    })
}

/// More texts where the registry's pattern alone seldom makes good ones.
fn more_texts(name: &str) -> Option<&'static str> {
    Some(match name {
        "time" => "(19[67]|20[02]|999)[0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]Z",
        "ref" => {
            r"refs/(heads|tags)/([a-z@{./-]|\.lock|HEAD|\.\.){1,6}|refs/heads/[0-9a-fA-F]{39,41}"
        }
        "label" => "[a-zé :+@-]{0,66}",
        "label-change" => "[+-][a-zé :+@-]{0,66}",
        "line" => "[a-zé ,]{0,20}|[x]{1020,1028}",
        "link-change" => "[+-](fixes|blocks|Fixes|fixed) ([0-9a-f]{40}|0{40}|[0-9a-f]{39})",
        "comment-id" => "([0-9a-f]{40}|0{40})/[0-9]{1,5}",
        "anchor" => {
            r"[0-9]{1,5} (old|new) ([a-zGIT]|[./+@,=~-]|\.git|%[0-9A-Fa-f]{2}|%(20|25|3A|C3)){1,9}(:[0-9]{1,2}(-[0-9]{1,2})?)?"
        }
        "anchor-2" => {
            r"[0-9]{1,3} (message|new|old) ([0-9a-f]{40}|[0-9a-f]{64}|0{40}|[a-z%]{1,3})(:[0-9]{1,2}(-[0-9]{1,2})?)?"
        }
        "pusher" => {
            "(none|key|login|import)( [a-zA-Z0-9 ._-]{0,8})?|key SHA256:[A-Za-z0-9+/]{42}[AEIM]"
        }
        "fingerprint" => "SHA256:[A-Za-z0-9+/]{42}[AEIMBCz]",
        "oid" => "[0-9a-f]{40}|0{40}|0{64}",
        "count" => "[0-9]{0,11}",
        _ => return None,
    })
}

fn check(name: &str, pattern: &Regex, text: &str) -> Result<(), TestCaseError> {
    for kind in [HashKind::Sha1, HashKind::Sha256] {
        let expect = pattern.is_match(text) && prose_holds(name, kind, text);
        let found = rewrite_as(name, kind, text);
        prop_assert_eq!(
            found.as_deref(),
            expect.then_some(text),
            "{}: {:?}",
            name,
            text
        );
    }
    Ok(())
}

#[test]
fn parsers_accept_what_the_registry_does_and_write_it_back() {
    for (name, pattern) in patterns() {
        // The generated code reads the word itself.
        if name == "yes" {
            continue;
        }
        let whole = Regex::new(&format!(r"\A(?:{pattern})\z")).unwrap();
        let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
            cases: 300,
            failure_persistence: None,
            ..ProptestConfig::default()
        });
        for made in std::iter::once(pattern.as_str()).chain(more_texts(&name)) {
            let outcome = runner.run(&texts(made), |text| check(&name, &whole, &text));
            outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
}

#[test]
fn the_generated_texts_are_both_good_and_bad() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for (name, pattern) in patterns() {
        if name == "yes" {
            continue;
        }
        let made = texts(more_texts(&name).unwrap_or(&pattern));
        let mut accepted = 0;
        for _ in 0..300 {
            let text = made.new_tree(&mut runner).unwrap().current();
            accepted += usize::from(rewrite_as(&name, HashKind::Sha1, &text).is_some());
        }
        assert!((5..=295).contains(&accepted), "{name}: {accepted} of 300");
    }
}

proptest! {
    #[test]
    fn any_bytes_that_are_a_path_round_trip(
        bytes in prop::collection::vec(
            prop_oneof![any::<u8>(), select(&b"/.git%GIT~a"[..])],
            0..24,
        ),
    ) {
        if let Some(path) = CodePath::from_bytes(&bytes) {
            let text = path.to_string();
            prop_assert!(path_holds(&text), "{}", text);
            prop_assert_eq!(path.as_bytes(), &bytes);
            prop_assert_eq!(CodePath::parse(&text), Some(path));
        } else {
            let bad = bytes.contains(&0)
                || bytes.split(|byte| *byte == b'/').any(|part| {
                    let part = part.to_ascii_lowercase();
                    [&b""[..], b".", b"..", b".git"].contains(&part.as_slice())
                });
            prop_assert!(bad, "{:?}", bytes);
        }
    }

    #[test]
    fn any_second_of_the_range_round_trips(seconds in 0..=253_402_300_799i64) {
        let time = Time::from_seconds(seconds).unwrap();
        prop_assert_eq!(time.seconds(), seconds);
        prop_assert!(time_holds(&time.to_string()));
        prop_assert_eq!(Time::parse(&time.to_string()), Some(time));
    }

    #[test]
    fn author_parts_are_text_without_brackets(
        part in "[a-zé<> \t\n\u{301}\u{202e}\u{85}@.]{0,8}|[aé]{125,260}",
    ) {
        let common = (1..=256).contains(&part.len())
            && !part.contains(['<', '>', '\t', '\n'])
            && text::is_clean(&part);
        let outer = part.trim_matches(' ') == part;
        prop_assert_eq!(is_author_name(&part), common && outer);
        prop_assert_eq!(is_author_email(&part), common && !part.contains(' '));
    }
}
