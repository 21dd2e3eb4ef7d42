//! What is replayed, and what goes on after an event that is not understood.

use serde_json::Value;
use touchmark_core::event::{Payload, payload};
use touchmark_core::id::HashKind;
use touchmark_core::object::ObjectType;

use super::{open_issue, say};
use crate::builder::{Builder, Make};
use crate::case::Case;
use crate::people::{BOB, CAROL, DAVE};

pub(super) fn add(cases: &mut Vec<Case>) {
    cases.push(unknown_in_the_middle());
    cases.push(first_rejected());
    cases.push(missing_commit(HashKind::Sha1, "missing-commit"));
    cases.push(missing_commit(HashKind::Sha256, "missing-commit-sha256"));
    cases.push(unreadable_commit());
    cases.push(unreadable_tree());
    cases.push(unreadable_tail());
    cases.push(tip_is_no_commit());
}

/// Kinds and versions of a later time are rejected, and what follows still counts.
fn unknown_in_the_middle() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, _) = open_issue(&mut b, DAVE);
    b.event(&log, say(BOB, "Before."));
    let version = b.changed(&log, say(BOB, "Later."), |text| {
        text.replace("comment/1", "comment/2")
    });
    let kind = b.changed(&log, say(BOB, "Later."), |text| {
        text.replace("Forge-Event: comment/1", "Forge-Event: poll/1")
            .replace("\n\nComment\n", "\n\nA poll\n")
    });
    b.event(&log, say(DAVE, "After."));
    Case::new("unknown-kinds", b)
        .rejects(version, "event-unknown")
        .rejects(kind, "event-unknown")
        .fact(&log, "/events", 5)
        .fact(&log, "/state/comments/1/text", "After.")
}

/// Nothing is judged after a first event that was rejected: only it is told.
fn first_rejected() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let make = Make::new(
        BOB,
        Payload::Issue(payload::Issue {
            labels: Vec::new(),
            assignees: Vec::new(),
        }),
    );
    let make = make.subject("A title").email("dave@example.com");
    let (log, id) = b.open("issue", make);
    b.event(&log, say(DAVE, "Lost."));
    b.changed(&log, say(DAVE, "Lost."), |text| {
        text.replace("comment/1", "poll/1")
    });
    Case::new("first-rejected", b)
        .rejects(id, "signer-email")
        .fact(&log, "/state", Value::Null)
        .fact(&log, "/events", 3)
}

/// A hole in the chain makes the whole log unreadable.
fn missing_commit(hash: HashKind, name: &str) -> Case {
    let mut b = Builder::new(hash);
    let (log, _) = open_issue(&mut b, DAVE);
    let gone = b.code("gone");
    b.event(&log, say(BOB, "After the hole.").parents(&[gone]));
    b.event(&log, say(BOB, "And on."));
    let (other, _) = open_issue(&mut b, DAVE);
    Case::new(name, b)
        .rejects(gone, "object-missing")
        .fact(&log, "/state", Value::Null)
        .fact(&log, "/events", 0)
        .fact(&other, "/state/status", "open")
}

/// A commit whose parent line cannot be read is as good as missing.
fn unreadable_commit() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, id) = open_issue(&mut b, DAVE);
    let broken = b.changed(&log, say(BOB, "A remark."), |text| {
        text.replace(&format!("parent {id}"), &format!("parent  {id}"))
    });
    b.event(&log, say(BOB, "And on."));
    Case::new("unreadable-parent", b)
        .rejects(broken, "object-missing")
        .fact(&log, "/state", Value::Null)
        .fact(&log, "/events", 0)
}

/// So is one whose tree line cannot, each here in a log of its own: in upper case, all zeros, with two spaces.
fn unreadable_tree() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let mut logs = Vec::new();
    let zeros = format!("tree {}", "0".repeat(40));
    let written = format!("tree {}", b.hash.empty_tree());
    for line in [
        written.to_uppercase().replace("TREE", "tree"),
        zeros,
        written.replace(' ', "  "),
    ] {
        let (log, _) = open_issue(&mut b, DAVE);
        let broken = b.changed(&log, say(BOB, "A remark."), |text| {
            text.replacen(&written, &line, 1)
        });
        b.event(&log, say(BOB, "And on."));
        logs.push((log, broken));
    }
    let case = Case::new("unreadable-tree", b);
    logs.into_iter().fold(case, |case, (log, broken)| {
        case.rejects(broken, "object-missing")
            .fact(&log, "/state", Value::Null)
            .fact(&log, "/events", 0)
    })
}

/// A commit that can be followed but has nothing else right is rejected alone.
fn unreadable_tail() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, id) = open_issue(&mut b, DAVE);
    let tree = b.hash.empty_tree();
    let stub = b.commit(
        &log,
        format!("tree {tree}\nparent {id}\nnothing\n").into_bytes(),
    );
    b.event(&log, say(BOB, "And on."));
    Case::new("stub-commit", b)
        .rejects(stub, "header-form")
        .fact(&log, "/state/comments/0/text", "And on.")
        .fact(&log, "/events", 3)
}

/// The ref of a log points to a blob.
fn tip_is_no_commit() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, _) = open_issue(&mut b, CAROL);
    let blob = b.insert(ObjectType::Blob, b"no commit\n".to_vec());
    b.refs.insert(log.clone(), blob);
    Case::new("tip-is-a-blob", b)
        .rejects(blob, "object-missing")
        .fact(&log, "/state", Value::Null)
        .fact(&log, "/tip", blob.to_string())
}
