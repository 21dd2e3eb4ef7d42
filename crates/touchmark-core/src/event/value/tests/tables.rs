//! Texts that are good or bad, type by type, where a mistake would let a trick through.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::*;

const FINGERPRINT: &str = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";

#[test]
fn ids_are_of_the_repository_s_hash() {
    let (zero, zero256) = ("0".repeat(40), "0".repeat(64));
    let upper = SHA1.to_uppercase();
    check(
        "oid",
        &[SHA1],
        &["", SHA256, &zero, &zero256, &upper, &SHA1[1..]],
    );
    assert!(parse::<ObjectId>(HashKind::Sha256, SHA256).is_some());
    assert!(parse::<ObjectId>(HashKind::Sha256, SHA1).is_none());
    // A digest is not an object id: nothing forbids any of its values.
    check(
        "digest",
        &[SHA256, &zero256],
        &[SHA1, &SHA256.to_uppercase()],
    );
    let name = |id: &str, number: &str| format!("{id}/{number}");
    check(
        "comment-id",
        &[&name(SHA1, "0"), &name(SHA1, "9999")],
        &[
            SHA1,
            &name(SHA1, ""),
            &name(SHA1, "00"),
            &name(SHA1, "01"),
            &name(SHA1, "+1"),
            &name(SHA1, "10000"),
            &name(SHA1, "1/1"),
            &name(SHA256, "1"),
            &name(&zero, "1"),
        ],
    );
}

#[test]
fn numbers_have_one_spelling() {
    check(
        "count",
        &["1", "10", "999999999"],
        &[
            "",
            "0",
            "01",
            "+1",
            "-1",
            "1 ",
            "1000000000",
            "٣",
            "1_000",
            "0x1",
        ],
    );
    let nonce = "00ff0123456789abcdef0123456789ab";
    check(
        "nonce",
        &[nonce, &"0".repeat(32)],
        &[
            "",
            &nonce[1..],
            &nonce.to_uppercase(),
            &format!("+{}", &nonce[1..]),
            SHA1,
        ],
    );
    assert_eq!(Nonce::from_bytes([0xab; 16]).to_string(), "ab".repeat(16));
}

#[test]
fn times_are_dates_of_the_calendar() {
    check(
        "time",
        &[
            "1970-01-01T00:00:00Z",
            "2024-02-29T23:59:59Z",
            "2000-02-29T00:00:00Z",
            "9999-12-31T23:59:59Z",
        ],
        &[
            "",
            "1969-12-31T23:59:59Z",
            "0000-01-01T00:00:00Z",
            "2023-02-29T00:00:00Z",
            "2100-02-29T00:00:00Z",
            "2024-04-31T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-00-01T00:00:00Z",
            "2024-01-00T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:60:00Z",
            "2016-12-31T23:59:60Z",
            "2024-01-01 00:00:00Z",
            "2024-01-01t00:00:00z",
            "2024-01-01T00:00:00+00:00",
            "2024-01-01T00:00:00.0Z",
            "2024-1-01T00:00:00Z",
            "+024-01-01T00:00:00Z",
            "2024-+1-01T00:00:00Z",
            "2024-01-01T-1:00:00Z",
            "10000-01-01T00:00:00Z",
            "2024-01-01T00:00:00Z ",
            "202é-01-01T00:00:00Z",
        ],
    );
    assert_eq!(Time::from_seconds(-1), None);
    assert_eq!(Time::from_seconds(253_402_300_800), None);
    let time = Time::from_seconds(1_760_000_000).unwrap();
    assert_eq!(time.to_string(), "2025-10-09T08:53:20Z");
}

#[test]
fn names_leave_no_room_for_lookalikes() {
    let longest = "a".repeat(64);
    let too_long = "a".repeat(65);
    let person_bad = [
        "", "Alice", "alicé", ".a", "a.", "-a", "a_", "a b", "@", "@@a", "a@b", "a\n", &too_long,
    ];
    check("person", &["a", "0", "a.b-c_d", &longest], &person_bad);
    check("person", &[], &["@a"]);
    check("party", &["a", "@a", &format!("@{longest}")], &person_bad);
    check(
        "person-change",
        &["+a", "-a", "+@a", "-@core.team"],
        &["", "a", "+", "-", "+@", "++a", "+-a", "@+a", "+a ", "+A"],
    );
    let hundred = format!("x{}x", " ".repeat(98));
    check(
        "name",
        &["a", "CI / build (linux x)", "9)", &hundred],
        &[
            "",
            " a",
            "a ",
            "(a",
            "/a",
            "a:b",
            "naïve",
            "a\tb",
            &format!("{hundred}x"),
        ],
    );
}

#[test]
fn lines_of_text_keep_the_text_rules() {
    let label = "é".repeat(32);
    check(
        "label",
        &[
            "a",
            "good first issue",
            "+1",
            "-1",
            "@x",
            "kind: bug",
            "日本",
            &label,
        ],
        &[
            "",
            " ",
            " a",
            "a ",
            "a,b",
            "a\tb",
            "a\nb",
            "\u{1b}[2J",
            "\u{202e}x",
            "e\u{301}",
            "\u{feff}x",
            "a\u{85}",
            &format!("{label}x"),
        ],
    );
    check(
        "label-change",
        &["+a", "-a", "++1", "--1", "+-", &format!("+{label}")],
        &[
            "",
            "a",
            "+",
            "-",
            "+ a",
            "+a ",
            "+a,b",
            "+e\u{301}",
            &format!("+{label}x"),
        ],
    );
}

#[test]
fn links_and_reactions_are_words() {
    let id = "7a".repeat(20);
    let link = |words: &str| format!("{words} {id}");
    check(
        "link-change",
        &[
            &link("+fixes"),
            &link("-blocks"),
            &link("+duplicates"),
            &link("-relates"),
        ],
        &[
            "",
            "+fixes",
            "+fixes ",
            &id,
            &link("fixes"),
            &link("+Fixes"),
            &link("+fixes "),
            &link("++fixes"),
            &link("+closes"),
            &format!("+fixes {}", "0".repeat(40)),
            &format!("+fixes {}", "7a".repeat(32)),
            &format!("+fixes {}", "7a".repeat(19)),
            &format!("+fixes {id} "),
        ],
    );
    check(
        "reaction-change",
        &["+thumbs-up", "-thumbs-down", "+eyes"],
        &[
            "",
            "+",
            "eyes",
            "+Eyes",
            "++1",
            "+eyes ",
            "+ eyes",
            "+thumbs_up",
            "\u{1f44d}",
        ],
    );
}

#[test]
fn lines_have_no_outer_spaces() {
    let line = "x".repeat(1024);
    check(
        "line",
        &["a", "a, b", "agent 1.0 (model)", &line],
        &[
            "",
            " a",
            "a ",
            "a\tb",
            "a\nb",
            "a\rb",
            "\u{200f}",
            &format!("{line}x"),
        ],
    );
}

#[test]
fn addresses_are_of_the_web() {
    check(
        "url",
        &[
            "http://a",
            "https://example.com/?a=b#c%20",
            &format!("https://{}", "x".repeat(2000)),
        ],
        &[
            "",
            "https://",
            "ftp://a",
            "HTTPS://a",
            "https:/a",
            "javascript:alert(1)",
            "https://a b",
            "https://é",
            "https://a\"b",
            "https://<a>",
            &format!("https://{}", "x".repeat(2001)),
        ],
    );
}

#[test]
fn fingerprints_and_pushers_are_canonical() {
    // The same digest with spare bits set in the last character.
    let spare = FINGERPRINT.replace("SuFU", "SuFV");
    let key = format!("key {FINGERPRINT}");
    check(
        "fingerprint",
        &[FINGERPRINT],
        &[
            "",
            "SHA256:",
            &spare,
            &format!("{FINGERPRINT}="),
            &FINGERPRINT[7..],
            "MD5:00",
        ],
    );
    check(
        "pusher",
        &[
            "none",
            &key,
            &format!("certificate {FINGERPRINT}"),
            "login alice",
            "import a b/c",
        ],
        &[
            "",
            "none ",
            "None",
            "key",
            "key ",
            &format!("key {spare}"),
            &format!("key  {FINGERPRINT}"),
            "login Alice",
            "login @a",
            "import ",
            "import a ",
            "login alice x",
            FINGERPRINT,
        ],
    );
}

#[test]
fn author_parts_have_bounds() {
    let longest = "é".repeat(128);
    for good in ["A", "Alice B. Clark", "日本", "a,b", longest.as_str()] {
        assert!(is_author_name(good), "{good:?}");
    }
    for bad in [
        "", " ", " a", "a ", "a<b", "a>b", "a\tb", "a\nb", "a\u{1}", "e\u{301}",
    ] {
        assert!(!is_author_name(bad), "{bad:?}");
        assert!(!is_author_email(bad), "{bad:?}");
    }
    assert!(!is_author_name(&format!("{longest}x")));
    assert!(is_author_email("alice@example.com") && is_author_email("nobody"));
    assert!(!is_author_email("alice b@example.com"));
}

/// Checks that a document holds the value as its text and reads it back, and refuses another text.
fn check_serde<T>(kind: HashKind, text: &str, bad: &str)
where
    T: Value + Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let value: T = parse(kind, text).expect(text);
    let json = serde_json::to_string(&value).unwrap();
    assert_eq!(json, serde_json::to_string(text).unwrap());
    assert_eq!(serde_json::from_str::<T>(&json).unwrap(), value);
    let bad = serde_json::to_string(bad).unwrap();
    assert!(serde_json::from_str::<T>(&bad).is_err(), "{bad}");
}

#[test]
fn documents_hold_values_as_text() {
    let sha1 = HashKind::Sha1;
    check_serde::<Person>(sha1, "alice", "Alice");
    check_serde::<Party>(sha1, "@core", "@@core");
    check_serde::<PersonChange>(sha1, "+@core", "core");
    check_serde::<Label>(sha1, "kind: bug", "a,b");
    check_serde::<LabelChange>(sha1, "-kind: bug", "bug");
    check_serde::<ReactionChange>(sha1, "+heart", "heart");
    check_serde::<Name>(sha1, "CI / build", "CI:build");
    check_serde::<Line>(sha1, "agent 1.0", " agent");
    check_serde::<Url>(sha1, "https://example.com/", "example.com");
    check_serde::<Nonce>(sha1, &"0f".repeat(16), "0f");
    check_serde::<RefName>(sha1, "refs/heads/main", "main");
    check_serde::<Time>(sha1, "2025-10-09T08:53:20Z", "2025-10-09");
    check_serde::<Pusher>(sha1, "login alice", "login");
    check_serde::<Fingerprint>(sha1, FINGERPRINT, "SHA256:");
    check_serde::<Digest>(sha1, SHA256, SHA1);
    for (kind, id) in [(sha1, SHA1), (HashKind::Sha256, SHA256)] {
        check_serde::<ObjectId>(kind, id, "00");
        check_serde::<LinkChange>(kind, &format!("-blocks {id}"), id);
        check_serde::<CommentId>(kind, &format!("{id}/3"), id);
        check_serde::<Anchor>(kind, &format!("1 reply {id}/3"), "1 reply");
        check_serde::<Anchor2>(kind, &format!("1 message {id}:3"), "1 message");
    }
    assert_eq!(serde_json::to_string(&Side::New).unwrap(), "\"new\"");
    let path: CodePath = serde_json::from_str("\"a%20b\"").unwrap();
    assert_eq!(path.as_bytes(), b"a b");
}
