//! Refs, paths and anchors that are good or bad: names that reach git and the file system.

use super::*;

#[test]
fn refs_are_branches_and_tags_that_nothing_mistakes() {
    let longest = format!("refs/heads/{}", "x".repeat(244));
    check(
        "ref",
        &[
            "refs/heads/main",
            "refs/tags/v1.0",
            "refs/heads/a/b-c/d",
            "refs/heads/@",
            "refs/heads/head",
            "refs/heads/a/HEAD",
            "refs/heads/HEAD/a",
            "refs/heads/a.lockx",
            "refs/heads/a.LOCK",
            &format!("refs/heads/{}", &SHA1[1..]),
            &format!("refs/heads/x/{SHA1}"),
            &longest,
        ],
        &[
            "",
            "HEAD",
            "main",
            "refs/heads",
            "refs/heads/",
            "refs/notes/x",
            "refs/forge/policy",
            "refs/remotes/origin/main",
            "Refs/heads/main",
            "refs/heads/-x",
            "refs/heads/a/-x",
            "refs/tags/--upload-pack=x",
            "refs/heads/HEAD",
            "refs/tags/HEAD",
            &format!("refs/heads/{SHA1}"),
            &format!("refs/tags/{SHA256}"),
            &format!("refs/heads/{}", SHA1.to_uppercase()),
            &format!("{longest}x"),
        ],
    );
}

#[test]
fn refs_keep_git_s_rules() {
    check(
        "ref",
        &[],
        &[
            "refs/heads/a..b",
            "refs/heads/../x",
            "refs/heads/.x",
            "refs/heads/a/.x",
            "refs/heads/x.lock",
            "refs/heads/x.lock/y",
            "refs/heads/.lock",
            "refs/heads/x.",
            "refs/heads//x",
            "refs/heads/x//y",
            "refs/heads/x/",
            "refs/heads/x@{1}",
            "refs/heads/@{u}",
            "refs/heads/a b",
            "refs/heads/a~1",
            "refs/heads/a^",
            "refs/heads/a:b",
            "refs/heads/a?",
            "refs/heads/*",
            "refs/heads/[a]",
            "refs/heads/a\\b",
            "refs/heads/a\n",
            "refs/heads/a\u{7f}",
            "refs/heads/é",
        ],
    );
}

#[test]
fn refs_have_short_names() {
    let branch = RefName::parse("refs/heads/a/b").unwrap();
    assert_eq!((branch.branch(), branch.short()), (Some("a/b"), "a/b"));
    let tag = RefName::parse("refs/tags/v1").unwrap();
    assert_eq!((tag.branch(), tag.short()), (None, "refs/tags/v1"));
}

const GOOD_PATHS: &[&str] = &[
    "a",
    "src/main.rs",
    "a%20b",
    "%25",
    "%3A",
    "%C3%A9",
    "%FF",
    "%0A",
    "-",
    "~",
    "+@,=",
    "...",
    ".gitignore",
    ".github/x",
    "a.git",
    ".git%20",
    "a/..b",
];

const BAD_PATHS: &[&str] = &[
    "",
    "/",
    "/a",
    "a/",
    "a//b",
    ".",
    "..",
    "./a",
    "../a",
    "a/..",
    "a/./b",
    ".git",
    ".GIT",
    ".gIt/config",
    "a/.Git",
    "%2e%2e",
    "%2E%2E/a",
    "%2Egit",
    "a%2Fb",
    "%41",
    "%61",
    "%30",
    "%2D",
    "%5F",
    "%7E",
    "%2B",
    "%40",
    "%2C",
    "%3D",
    "%c3%a9",
    "%3a",
    "%00",
    "a%00b",
    "%",
    "%2",
    "%G0",
    "%+1",
    "% 1",
    "a b",
    "a:b",
    "é",
    "a\tb",
    "a\nb",
    "%%20",
];

#[test]
fn paths_are_encoded_in_one_way() {
    for good in GOOD_PATHS {
        let path = CodePath::parse(good).expect(good);
        assert_eq!(path.to_string(), *good);
        assert_eq!(CodePath::from_bytes(path.as_bytes()), Some(path));
    }
    for bad in BAD_PATHS {
        assert_eq!(CodePath::parse(bad), None, "{bad:?}");
    }
    let path = CodePath::from_bytes("é/ä b%:".as_bytes()).unwrap();
    assert_eq!(path.to_string(), "%C3%A9/%C3%A4%20b%25%3A");
}

#[test]
fn paths_have_a_longest_length_before_their_encoding() {
    for (text, accepted) in [
        ("x/".repeat(2047) + "xx", true),
        ("x/".repeat(2047) + "xxx", false),
        ("%01".repeat(4096), true),
        ("%01".repeat(4097), false),
    ] {
        assert_eq!(CodePath::parse(&text).is_some(), accepted, "{text}");
    }
}

#[test]
fn anchors_name_a_place() {
    let reply = format!("3 reply {SHA1}/0");
    check(
        "anchor",
        &[
            "1 new a",
            "9999 old src/main.rs:1",
            "2 new a:10-20",
            "2 new a%20b:999999998-999999999",
            &reply,
        ],
        &[
            "",
            "1",
            "1 new",
            "1 new ",
            "0 new a",
            "01 new a",
            "10000 new a",
            "1 New a",
            "1 both a",
            "1  new a",
            "1 new  a",
            "1 new a b",
            "1 new a ",
            "1 new a:",
            "1 new :1",
            "1 new a:0",
            "1 new a:01",
            "1 new a:5-5",
            "1 new a:5-4",
            "1 new a:0-4",
            "1 new a:1-",
            "1 new a:-1",
            "1 new a:1-2-3",
            "1 new a:1:2",
            "1 new a:1000000000",
            "1 new a%3a",
            "1 new ../a",
            "1 new .GIT/config:1",
            "1 reply",
            &format!("1 reply {SHA1}"),
            &format!("1 reply {SHA256}/1"),
            &format!("1 reply {SHA1}/1:2"),
        ],
    );
}

#[test]
fn anchors_of_the_second_version_may_be_in_a_message() {
    check(
        "anchor-2",
        &[
            "1 new a:3",
            &format!("3 reply {SHA1}/0"),
            &format!("1 message {SHA1}"),
            &format!("2 message {SHA1}:1"),
            &format!("3 message {SHA1}:3-5"),
        ],
        &[
            "1 message",
            "1 message a",
            &format!("1 message {SHA256}"),
            &format!("1 message {SHA1}:"),
            &format!("1 message {SHA1}:0"),
            &format!("1 message {SHA1}:5-3"),
            &format!("1 message {SHA1}/1"),
            &format!("1 message {}", "0".repeat(40)),
        ],
    );
    check("anchor", &[], &[&format!("1 message {SHA1}:1")]);
}

#[test]
fn anchors_know_what_they_answer() {
    let reply = format!("3 reply {SHA1}/0");
    let anchor: Anchor = parse(HashKind::Sha1, "2 old a:7").unwrap();
    let Place::Code { side, lines, .. } = &anchor.place else {
        panic!("{anchor:?} is in a file");
    };
    assert_eq!((*side, *lines), (Side::Old, Some((7, 7))));
    assert_eq!(anchor.reply_to(), None);
    let mut anchor: Anchor = parse(HashKind::Sha1, &reply).unwrap();
    let answered = anchor.reply_to().unwrap();
    assert_eq!(answered.to_string(), format!("{SHA1}/0"));
    anchor.map_event(&mut |id| ObjectId::zero(id.kind()));
    assert!(anchor.reply_to().unwrap().event().is_zero());
}
