//! What is written before it is signed: accepted exactly when it reads back.

use super::messages::ISSUE;
use super::{HASHES, fill, id, secret};
use crate::event::{Actor, Payload, Rule, Unsigned, Verify, payload};
use crate::id::{Digest, HashKind, ObjectId};
use crate::object::{ObjectType, Objects};

fn issue(hash: HashKind) -> Unsigned {
    Unsigned {
        tree: hash.empty_tree(),
        parents: Vec::new(),
        author: Actor::parse("Alice <alice@example.com> 1760000000 +0200").expect("canonical"),
        subject: Some("Lock order is wrong".to_owned()),
        body: Some("First paragraph.\nSecond line.\n\nLast paragraph.".to_owned()),
        repo: Digest::from_hex(&"5".repeat(64)),
        policy: Some(id(hash, '2')),
        payload: Payload::Issue(payload::Issue {
            labels: Vec::new(),
            assignees: Vec::new(),
        }),
    }
}

fn close(hash: HashKind) -> Unsigned {
    Unsigned {
        parents: vec![id(hash, '1')],
        subject: None,
        repo: None,
        payload: Payload::Close(payload::Close {}),
        ..issue(hash)
    }
}

#[test]
fn bytes_are_as_specified() {
    for hash in HASHES {
        let bytes = issue(hash).encode(hash).expect("a good event");
        assert_eq!(String::from_utf8_lossy(&bytes), fill(hash, ISSUE));
    }
}

#[test]
fn dividers_are_escaped() {
    for hash in HASHES {
        let body = "---\n ---\n- - >8 -\nplain";
        let unsigned = Unsigned {
            body: Some(body.to_owned()),
            ..issue(hash)
        };
        let bytes = unsigned.encode(hash).expect("a good event");
        let text = String::from_utf8_lossy(&bytes);
        assert!(
            text.contains("\n\n ---\n  ---\n - - >8 -\nplain\n\nForge-"),
            "{text}"
        );
        let preview = unsigned.preview(&Objects::new(hash), &secret("alice").public());
        assert_eq!(preview.expect("a good event").body.as_deref(), Some(body));
    }
}

/// What the change makes `encode` and `preview` say.
fn check_refused(base: fn(HashKind) -> Unsigned, change: impl Fn(&mut Unsigned), rule: Rule) {
    for hash in HASHES {
        let mut unsigned = base(hash);
        assert!(unsigned.encode(hash).is_ok(), "the base is good");
        change(&mut unsigned);
        let refusal = unsigned.encode(hash).expect_err(rule.id());
        assert_eq!(refusal.rule, rule, "{refusal}");
        let preview = unsigned.preview(&Objects::new(hash), &secret("alice").public());
        assert_eq!(preview.expect_err(rule.id()), refusal);
    }
}

/// An id of the other hash.
fn foreign(hash: HashKind) -> ObjectId {
    match hash {
        HashKind::Sha1 => id(HashKind::Sha256, '1'),
        HashKind::Sha256 => id(HashKind::Sha1, '1'),
    }
}

#[test]
fn ids_and_parents_that_would_be_refused_are_not_written() {
    for hash in HASHES {
        let zero = ObjectId::zero(hash);
        for bad in [zero, foreign(hash)] {
            for event in [
                Unsigned {
                    tree: bad,
                    ..close(hash)
                },
                Unsigned {
                    parents: vec![bad],
                    ..close(hash)
                },
            ] {
                let refusal = event.encode(hash).expect_err("no such id");
                assert_eq!(refusal.rule, Rule::HeaderForm);
            }
            let event = Unsigned {
                policy: Some(bad),
                ..close(hash)
            };
            let refusal = event.encode(hash).expect_err("no such id");
            assert_eq!(refusal.rule, Rule::TrailerValue);
        }
    }
    check_refused(issue, |event| event.policy = None, Rule::TrailerMissing);
    check_refused(issue, |event| event.repo = None, Rule::TrailerMissing);
    let repo = |event: &mut Unsigned| event.repo = Some(Digest::of(b""));
    check_refused(close, repo, Rule::TrailerUnknown);
    let parent = |event: &mut Unsigned| event.parents.push(id(event.tree.kind(), '2'));
    check_refused(close, parent, Rule::ParentsForm);
}

#[test]
fn authors_that_would_be_refused_are_not_written() {
    for name in ["", "a\nparent x", "a <b> 1 +0000", " a", "A\u{301}"] {
        let set = |event: &mut Unsigned| event.author.name = name.to_owned();
        check_refused(issue, set, Rule::AuthorForm);
    }
    for seconds in [-1, 1_000_000_000_000, i64::MIN] {
        let set = |event: &mut Unsigned| event.author.seconds = seconds;
        check_refused(issue, set, Rule::AuthorForm);
    }
    for zone in ["", "Z", "+0200\n", "-0000"] {
        let set = |event: &mut Unsigned| event.author.zone = zone.to_owned();
        check_refused(issue, set, Rule::AuthorForm);
    }
}

#[test]
fn texts_that_would_read_otherwise_are_not_written() {
    let subject = |text: &str, rule| {
        let set = |event: &mut Unsigned| event.subject = Some(text.to_owned());
        check_refused(issue, set, rule);
    };
    subject("", Rule::SubjectForm);
    subject("--- x", Rule::SubjectForm);
    subject(&"x".repeat(257), Rule::SubjectForm);
    subject("x ", Rule::MessageSpace);
    subject("x\ny", Rule::SubjectForm);
    subject("x\n\ny", Rule::SubjectForm);
    subject("x\u{202e}", Rule::MessageBidi);
    check_refused(issue, |event| event.subject = None, Rule::SubjectForm);
    check_refused(
        close,
        |event| event.subject = Some("Closed".to_owned()),
        Rule::SubjectComputed,
    );
    let body = |text: &str, rule| {
        let set = |event: &mut Unsigned| event.body = Some(text.to_owned());
        check_refused(issue, set, rule);
    };
    body("", Rule::MessageLayout);
    body("x\n", Rule::MessageLayout);
    body("\nx", Rule::MessageLayout);
    body("x ", Rule::MessageSpace);
    body("x\r\ny", Rule::MessageControl);
    body("e\u{301}", Rule::MessageNfc);
    body(&"x".repeat(65_536), Rule::MessageSize);
}

#[test]
fn a_subject_cannot_smuggle_a_body_in() {
    check_refused(
        |hash| Unsigned {
            body: None,
            ..issue(hash)
        },
        |event| event.subject = Some("title\n\nbody".to_owned()),
        Rule::SubjectForm,
    );
}

#[test]
fn previews_are_the_signed_event_without_its_id() {
    for hash in HASHES {
        let mut objects = Objects::new(hash);
        let alice = secret("alice");
        for unsigned in [issue(hash), close(hash)] {
            let preview = unsigned.preview(&objects, &alice.public()).expect("good");
            let bytes = unsigned.encode(hash).expect("good");
            let id = objects
                .insert(ObjectType::Commit, alice.sign_commit(&bytes, hash))
                .expect("no collision");
            let mut event = crate::event::decode(&objects, &id, Verify::Full).expect("good");
            assert_eq!(event.id, id);
            assert_eq!(event.to_unsigned(), unsigned);
            assert_eq!(event.payload_digest(), Digest::of(&bytes));
            event.id = ObjectId::zero(hash);
            assert_eq!(event, preview);
        }
        let unsigned = Unsigned {
            tree: id(hash, '9'),
            ..issue(hash)
        };
        let refusal = unsigned
            .preview(&objects, &alice.public())
            .expect_err("no tree");
        assert_eq!(refusal.rule, Rule::ObjectMissing);
    }
}
