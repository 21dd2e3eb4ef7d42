//! Twins of the headers: size, order, syntax, author and committer.

use super::{Commit, Twins, edited, signed, tampered};
use crate::event::{Actor, COMMIT_MAX_LEN, Rule, Verify};
use crate::id::HashKind;
use crate::object::{ObjectType, Objects};

const COMMENT: &str = "\
tree {empty}
parent {1}
author {alice}
committer {alice}

Comment

Hello.

Forge-Event: comment/1
Forge-Policy: {2}
";

pub(super) fn twins(hash: HashKind) -> Vec<Twins> {
    let mut twins: Vec<Twins> = EDITS
        .iter()
        .map(|(rule, from, to)| edited(hash, *rule, COMMENT, from, to))
        .collect();
    for header in ["tree {empty}", "parent {1}"] {
        let (name, _) = header.split_once(' ').expect("name and value");
        for digits in [
            "5".repeat(HashKind::Sha1.hex_len() + HashKind::Sha256.hex_len() - hash.hex_len()),
            "0".repeat(hash.hex_len()),
            "A".repeat(hash.hex_len()),
            "HEAD".to_owned(),
        ] {
            let to = format!("{name} {digits}");
            twins.push(edited(hash, Rule::HeaderForm, COMMENT, header, &to));
        }
    }
    twins.extend(signature_headers(hash));
    twins.extend(AUTHORS.iter().map(|(from, to)| Twins {
        rule: Rule::AuthorForm,
        name: format!("author {from:?} to {to:?}"),
        good: signed(hash, &COMMENT.replace("{alice}", ALICE)),
        bad: signed(
            hash,
            &COMMENT.replace("{alice}", &ALICE.replacen(from, to, 1)),
        ),
    }));
    twins.push(size(hash));
    twins.push(cut_short(hash));
    twins
}

const EDITS: &[(Rule, &str, &str)] = &[
    (Rule::ObjectMissing, "tree {empty}", "tree {3}"),
    (Rule::HeaderForm, "tree {empty}\n", ""),
    (Rule::HeaderForm, "tree {empty}", "tree  {empty}"),
    (Rule::HeaderForm, "tree", "Tree"),
    (Rule::HeaderForm, "parent {1}", "parent {1} "),
    (Rule::HeaderForm, "parent {1}\n", "\nparent {1}\n"),
    (Rule::HeaderForm, "committer", "encoding UTF-8\ncommitter"),
    (Rule::HeaderForm, "committer {alice}\n", ""),
    (
        Rule::HeaderForm,
        "committer {alice}\n",
        "committer {alice}\nmergetag x\n",
    ),
    (
        Rule::HeaderForm,
        "author {alice}\n",
        "committer {alice}\nauthor {alice}\n",
    ),
    (
        Rule::HeaderForm,
        "author {alice}\n",
        "author {alice}\nauthor {alice}\n",
    ),
    (
        Rule::HeaderForm,
        "author {alice}\n",
        "author {alice}\nparent {2}\n",
    ),
    (
        Rule::AuthorCommitter,
        "committer {alice}",
        "committer {alice} ",
    ),
    (
        Rule::AuthorCommitter,
        "committer {alice}",
        "committer nobody",
    ),
];

/// Lines that nobody signed, after the signature and in its place.
fn signature_headers(hash: HashKind) -> Vec<Twins> {
    let header = hash.signature_header();
    let end = "-----END SSH SIGNATURE-----\n";
    let begin = format!("\n{header} ");
    [
        (end, format!("{end}gpgsig-x unsigned\n")),
        (end, format!("{end}{header} again\n")),
        (end, format!("{end}x-note unsigned\n")),
        (begin.as_str(), format!("\n{header}x ")),
        (begin.as_str(), format!("\n{header}\n ")),
    ]
    .into_iter()
    .map(|(from, to)| tampered(hash, Rule::HeaderForm, COMMENT, from, &to))
    .collect()
}

const ALICE: &str = "Alice <alice@example.com> 1760000000 +0200";

const AUTHORS: &[(&str, &str)] = &[
    ("Alice", ""),
    ("Alice", " Alice"),
    ("Alice", "Alice "),
    ("Alice", "Al\tice"),
    ("Alice", "Al\u{7}ice"),
    ("Alice", "Al\u{202e}ice"),
    ("Alice", "Ali\u{301}ce"),
    ("Alice", "Al>ice"),
    ("Alice", "A<ice"),
    ("alice@example.com", ""),
    ("alice@example.com", "alice example.com"),
    ("> 1760000000", ">  1760000000"),
    ("1760000000", "01760000000"),
    ("1760000000", "-1"),
    ("1760000000", "+1"),
    ("1760000000", ""),
    ("1760000000", "1234567890123"),
    ("+0200", "-0000"),
    ("+0200", "+1500"),
    ("+0200", "+0260"),
    ("+0200", "+200"),
    ("+0200", "+02000"),
    ("+0200", "0200"),
    ("+0200", "+0200 "),
    ("+0200", "+02:0"),
    (" +0200", ""),
];

/// A commit that is one byte longer than the longest: by a longer message, which is then too long too.
fn size(hash: HashKind) -> Twins {
    let good = signed(hash, COMMENT);
    let room = COMMIT_MAX_LEN + 1 - good.raw.len();
    let bad = signed(
        hash,
        &COMMENT.replace("Hello.", &format!("Hello.{}", "x".repeat(room))),
    );
    assert_eq!(bad.raw.len(), COMMIT_MAX_LEN + 1);
    Twins {
        rule: Rule::ObjectSize,
        name: "one byte too long".to_owned(),
        good,
        bad,
    }
}

fn cut_short(hash: HashKind) -> Twins {
    let good = signed(hash, COMMENT);
    let end = good
        .raw
        .windows(2)
        .position(|pair| pair == b"\n\n")
        .expect("headers end");
    Twins {
        rule: Rule::HeaderForm,
        name: "cut before the empty line".to_owned(),
        bad: Commit::new(hash, &good.raw[..=end]),
        good,
    }
}

#[test]
fn missing_commits_are_missing() {
    for hash in super::HASHES {
        let mut objects = Objects::new(hash);
        let blob = objects
            .insert(ObjectType::Blob, b"x".to_vec())
            .expect("no collision");
        for id in [super::id(hash, '1'), blob] {
            let refusal = crate::event::decode(&objects, &id, Verify::Full).expect_err("no commit");
            assert_eq!(refusal.rule, Rule::ObjectMissing);
        }
    }
}

#[test]
fn author_lines_round_trip() {
    for line in [
        ALICE,
        "A <a@b> 0 +0000",
        "Zoë van der Ö, Jr. <zoë@exämple.org> 999999999999 -1459",
        "漢字 (x) \"y\" <1@2> 1 +1400",
    ] {
        let actor = Actor::parse(line).expect(line);
        assert_eq!(actor.to_string(), line);
    }
    let longest = format!("{} <{}> 1 +0000", "n".repeat(256), "e".repeat(256));
    assert!(Actor::parse(&longest).is_some());
    assert!(Actor::parse(&longest.replacen("nn", "nnn", 1)).is_none());
    assert!(Actor::parse(&longest.replacen("ee", "eee", 1)).is_none());
}
