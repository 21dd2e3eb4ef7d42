//! The text rules: one table per rule, the laws of escaping, and the version of the tables.

use proptest::prelude::*;
use regex::Regex;
use unicode_normalization::UnicodeNormalization as _;

use super::*;

#[test]
fn normalisation_tables_are_the_ones_the_inert_list_was_made_for() {
    assert_eq!(
        unicode_normalization::UNICODE_VERSION,
        (18, 0, 0),
        "look for characters after Unicode 14.0 that the new tables reorder, decompose or compose, \
         and add them to nfc_inert in events.toml"
    );
    assert!(
        NFC_INERT.iter().all(|(first, last)| first <= last)
            && NFC_INERT.is_sorted_by(|one, next| one.1 < next.0),
        "the search needs ranges that are sorted and apart"
    );
}

#[test]
fn rules_are_reported_in_order() {
    for (text, expect) in [
        ("", Ok(())),
        ("plain\n\ttext ~", Ok(())),
        ("é 日本 Ελλάδα 👩‍💻 \u{2028}", Ok(())),
        ("\u{feff}a", Err(Rule::MessageEncoding)),
        ("a\u{feff}\u{1}\u{202e}e\u{301}", Err(Rule::MessageEncoding)),
        ("a\0", Err(Rule::MessageControl)),
        ("a\rb", Err(Rule::MessageControl)),
        ("\u{b}", Err(Rule::MessageControl)),
        ("\u{1b}[2J", Err(Rule::MessageControl)),
        ("\u{7f}", Err(Rule::MessageControl)),
        ("\u{80}", Err(Rule::MessageControl)),
        ("\u{9f}\u{202e}e\u{301}", Err(Rule::MessageControl)),
        ("\u{a0}", Ok(())),
        ("\u{61c}", Err(Rule::MessageBidi)),
        ("\u{200d}", Ok(())),
        ("\u{200e}", Err(Rule::MessageBidi)),
        ("\u{200f}", Err(Rule::MessageBidi)),
        ("\u{2010}", Ok(())),
        ("\u{202a}", Err(Rule::MessageBidi)),
        ("\u{202e}e\u{301}", Err(Rule::MessageBidi)),
        ("\u{2065}", Ok(())),
        ("\u{2066}", Err(Rule::MessageBidi)),
        ("\u{2069}", Err(Rule::MessageBidi)),
        ("\u{206a}", Ok(())),
    ] {
        assert_eq!(check(text), expect, "{text:?}");
        assert_eq!(is_clean(text), expect.is_ok());
    }
}

#[test]
fn form_c_is_that_of_unicode_14() {
    for good in [
        "\u{e9}",
        "\u{301}",
        "q\u{301}",
        "a\u{301}".nfc().collect::<String>().as_str(),
        "\u{ac01}",
        // Not composed, because a stopper stands between.
        "e\u{34f}\u{301}",
        // U+0897 has class 230 since Unicode 16.0; before, marks on both sides of it were apart.
        "a\u{897}\u{323}",
        "a\u{327}\u{897}\u{327}",
        // Composites of Unicode 16.0 and the parts that they are made of.
        "\u{11382}\u{113c9}",
        "\u{11383}",
        "\u{105d2}\u{307}",
        "\u{16d63}\u{16d67}",
    ] {
        assert_eq!(check(good), Ok(()), "{good:?}");
    }
    for bad in [
        "e\u{301}",
        "\u{340}",
        "\u{387}",
        "\u{212b}",
        "\u{1100}\u{1161}",
        "\u{f900}",
        "a\u{301}\u{323}",
        "\u{897}e\u{301}",
        "\u{897}\u{301}\u{323}",
        "e\u{301}\u{897}",
        "\u{1d15e}",
        "\u{344}",
    ] {
        assert_eq!(check(bad), Err(Rule::MessageNfc), "{bad:?}");
    }
}

#[test]
fn dividers_are_escaped() {
    for (plain, escaped) in [
        ("", ""),
        ("text", "text"),
        ("--", "--"),
        ("- --", "- --"),
        ("---", " ---"),
        ("----", " ----"),
        ("---anything", " ---anything"),
        ("  ---", "   ---"),
        ("\t---", "\t---"),
        ("a ---", "a ---"),
        ("# ------ >8 ---", " # ------ >8 ---"),
        (" ; - >8 -", "  ; - >8 -"),
        ("# - >8 -x", " # - >8 -x"),
        ("# - >8", "# - >8"),
        ("# >8 -", "# >8 -"),
        ("#  - >8 -", "#  - >8 -"),
        ("a b - >8 -", "a b - >8 -"),
        ("a\tb - >8 -", "a\tb - >8 -"),
        ("é - >8 -", " é - >8 -"),
        ("a\n---\n\n ---\nb", "a\n ---\n\n  ---\nb"),
    ] {
        assert_eq!(escape_dividers(plain), escaped);
        assert_eq!(unescape_dividers(escaped).as_deref(), Ok(plain));
    }
    for bad in ["---", "a\n---", " ---\n# - >8 -\n"] {
        assert_eq!(unescape_dividers(bad), Err(Rule::MessageDivider), "{bad:?}");
    }
}

proptest! {
    #[test]
    fn divider_is_the_pattern(line in "[ ]{0,2}([-#\t>8é ]{0,12}|[^ ]{0,2} -{0,3} >8 [-x]{0,3})") {
        let pattern = Regex::new(r"\A *(---|[^ \t\n]+ -+ >8 -+)").unwrap();
        prop_assert_eq!(is_divider(&line), pattern.is_match(&line));
    }

    #[test]
    fn escaping_is_taken_back(body in "([ ]{0,2}(---|# - >8 -|x)[-x]{0,2}\n?){0,6}") {
        let escaped = escape_dividers(&body);
        let unescaped = unescape_dividers(&escaped);
        prop_assert_eq!(unescaped.as_deref(), Ok(&*body));
        if let Ok(plain) = unescape_dividers(&body) {
            prop_assert_eq!(escape_dividers(&plain), body.as_str());
        }
    }

    #[test]
    fn text_without_later_characters_is_judged_by_the_tables_alone(
        text in "[ae\u{300}-\u{345}\u{1100}-\u{1175}\u{11a8}\u{ac00}\u{9be}\u{9c7}\u{212b}é]{0,8}",
    ) {
        let composed: String = text.nfc().collect();
        prop_assert_eq!(check(&text).is_ok(), composed == text);
        prop_assert_eq!(check(&composed), Ok(()));
    }

    #[test]
    fn rules_are_the_sets_in_the_registry(text in any::<String>()) {
        let control = Regex::new("[\u{0}-\u{8}\u{b}-\u{1f}\u{7f}-\u{9f}]").unwrap();
        let bidi = Regex::new("[\u{61c}\u{200e}\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}]").unwrap();
        let expect = if text.contains('\u{feff}') {
            Some(Rule::MessageEncoding)
        } else if control.is_match(&text) {
            Some(Rule::MessageControl)
        } else if bidi.is_match(&text) {
            Some(Rule::MessageBidi)
        } else {
            None
        };
        let found = check(&text).err().filter(|rule| *rule != Rule::MessageNfc);
        prop_assert_eq!(found, expect);
    }
}
