//! Objects that are restarted at a snapshot, because their history was erased.

use serde_json::{Value, json};
use touchmark_core::event::{CommentId, ObjectKind, Payload, Verdict, payload};
use touchmark_core::id::{Digest, HashKind, ObjectId};
use touchmark_core::object::ObjectType;
use touchmark_core::replay::canonical_json;

use super::{refuse, review, revision, say};
use crate::builder::{Builder, Make};
use crate::case::Case;
use crate::people::{ALICE, BOB, CAROL, DAVE};

pub(super) fn add(cases: &mut Vec<Case>) {
    cases.push(issue(HashKind::Sha1, "snapshot"));
    cases.push(issue(HashKind::Sha256, "snapshot-sha256"));
    cases.push(pull_request());
    cases.push(refuse("snapshot-order", |b, bad| {
        let state = issue_state(b);
        let log = open(b, ObjectKind::Issue, &canonical_json(&state));
        let tip = b.code(if bad { "another tip" } else { "old tip" });
        let id = redact(b, &log, tip);
        b.event(&log, say(BOB, "Goes on."));
        id
    }));
    cases.push(not_second());
    cases.push(bad_states());
    cases.push(bad_pull_requests());
    cases.push(by_maintainer());
    cases.push(dropped_lines());
}

/// An issue as it was before its history was erased.
pub(super) fn issue_state(b: &Builder) -> Value {
    let said = b.code("a comment");
    json!({
        "admitted": [],
        "assignees": ["@core", "bob"],
        "author": "dave",
        "closed": null,
        "comments": [{
            "anchor": null,
            "author": "bob",
            "edits": 1,
            "id": format!("{said}/0"),
            "reply_to": null,
            "resolved_by": null,
            "retracted": false,
            "revision": null,
            "suggestion": null,
            "text": null,
        }],
        "description": null,
        "labels": ["bug"],
        "redactions": 0,
        "status": "open",
        "title": "The index is torn after a crash",
    })
}

/// Starts a log at a snapshot of this text.
fn open(b: &mut Builder, object_type: ObjectKind, state: &str) -> String {
    let make = snapshot(b, object_type, state);
    b.open(object_type.word(), make).0
}

pub(super) fn snapshot(b: &mut Builder, object_type: ObjectKind, state: &str) -> Make {
    let dropped = format!("{}\n{}\n", Digest::of(b"one"), Digest::of(b"two"));
    let files: [(&str, &[u8]); 2] = [
        ("dropped", dropped.as_bytes()),
        ("state.json", state.as_bytes()),
    ];
    let tree = b.folder(&files);
    let payload = payload::Snapshot {
        object_type,
        object: b.code("old object"),
        tip: b.code("old tip"),
    };
    Make::new(ALICE, Payload::Snapshot(payload)).tree(tree)
}

fn redact(b: &mut Builder, log: &str, tip: ObjectId) -> ObjectId {
    let payload = payload::Redact {
        object: b.code("old object"),
        tip,
    };
    b.event(
        log,
        Make::new(ALICE, Payload::Redact(payload)).body("A secret was pasted."),
    )
}

/// Restarted, explained, and talked on: old comments can still be answered.
fn issue(hash: HashKind, name: &str) -> Case {
    let mut b = Builder::new(hash);
    let state = issue_state(&b);
    let log = open(&mut b, ObjectKind::Issue, &canonical_json(&state));
    let tip = b.code("old tip");
    redact(&mut b, &log, tip);
    let old = CommentId::new(b.code("a comment"), 0);
    b.event(
        &log,
        Make::new(DAVE, super::comment(Some(old))).body("As I said."),
    );
    let edit = payload::CommentEdit { comment_id: old };
    b.event(
        &log,
        Make::new(BOB, Payload::CommentEdit(edit)).body("Without the secret."),
    );
    b.event(
        &log,
        Make::new(DAVE, Payload::Close(payload::Close {})).body("Fixed."),
    );
    Case::new(name, b)
        .fact(&log, "/events", 5)
        .fact(&log, "/state/redactions", 1)
        .fact(&log, "/state/author", "dave")
        .fact(&log, "/state/labels", json!(["bug"]))
        .fact(&log, "/state/comments/0/text", "Without the secret.")
        .fact(&log, "/state/comments/0/edits", 2)
        .fact(&log, "/state/comments/1/reply_to", old.to_string())
        .fact(&log, "/state/closed/note", "Fixed.")
}

fn revision_state(b: &Builder, number: u32) -> Value {
    json!({
        "base": b.code(&format!("base-{number}")),
        "by": "alice",
        "event": b.code(&format!("revision-{number}")),
        "head": b.code(&format!("head-{number}")),
        "note": null,
        "number": number,
    })
}

/// The commit that keeps a revision's head reachable.
pub(super) fn kept(b: &Builder, parents: &[ObjectId]) -> ObjectId {
    let tree = b.hash.empty_tree();
    let parents: String = parents.iter().map(|id| format!("parent {id}\n")).collect();
    let who = "Touchmark <touchmark@localhost> 0 +0000";
    let text = format!(
        "tree {tree}\n{parents}author {who}\ncommitter {who}\n\nKeep a revision's head reachable\n"
    );
    touchmark_core::id::hash_object(b.hash, ObjectType::Commit.name(), text.as_bytes())
        .expect("no collision attack here")
}

pub(super) fn pull_request_state(b: &Builder, heads: ObjectId) -> Value {
    let anchored = |number: u32, first: Value, side: &str| {
        json!({
            "anchor": {"first": first, "last": first, "path": "src/lock.rs", "side": side},
            "author": "bob",
            "edits": 0,
            "id": format!("{}/{number}", b.code("a review")),
            "reply_to": null,
            "resolved_by": "alice",
            "retracted": number == 2,
            "revision": 1,
            "suggestion": null,
            "text": null,
        })
    };
    json!({
        "admitted": [{
            "by": "carol",
            "event": b.code("admit"),
            "guest": "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "object": b.code("guest"),
            "tip": b.code("guest tip"),
        }],
        "assignees": [],
        "author": "alice",
        "closed": null,
        "comments": [anchored(1, json!(7), "new"), anchored(2, json!(null), "old")],
        "description": null,
        "draft": false,
        "heads": heads,
        "labels": [],
        "merge": null,
        "merge_request": null,
        "redactions": 2,
        "reviewers": ["@core"],
        "revisions": [revision_state(b, 1), revision_state(b, 2)],
        "status": "open",
        "target": "refs/heads/main",
        "title": "Lock the index while it is written",
        "verdicts": {},
    })
}

fn pull_request() -> Case {
    let mut b = Builder::new(HashKind::Sha256);
    let first = kept(&b, &[b.code("head-1")]);
    let second = kept(&b, &[first, b.code("head-2")]);
    let third = kept(&b, &[second, b.code("head-3")]);
    let state = pull_request_state(&b, second);
    let log = open(&mut b, ObjectKind::Pr, &canonical_json(&state));
    let tip = b.code("old tip");
    redact(&mut b, &log, tip);
    b.event(&log, Make::new(ALICE, revision(&b, 3, None)));
    let verdict = b.event(&log, Make::new(BOB, review(&b, 2, Verdict::Approve, &[])));
    Case::new("snapshot-pr-sha256", b)
        .fact(&log, "/events", 4)
        .fact(&log, "/state/redactions", 3)
        .fact(&log, "/state/heads", third.to_string())
        .fact(&log, "/state/revisions/2/number", 3)
        .fact(&log, "/state/verdicts/bob/event", verdict.to_string())
        .fact(&log, "/state/comments/0/resolved_by", "alice")
        .fact(&log, "/state/admitted/0/by", "carol")
}

/// `redact/1` in third place, and in a log that starts with no snapshot.
fn not_second() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let state = issue_state(&b);
    let log = open(&mut b, ObjectKind::Issue, &canonical_json(&state));
    let tip = b.code("old tip");
    b.event(&log, say(BOB, "Too early."));
    let late = redact(&mut b, &log, tip);
    let (plain, _) = super::open_issue(&mut b, DAVE);
    let without = redact(&mut b, &plain, tip);
    let again = open(&mut b, ObjectKind::Issue, &canonical_json(&state));
    redact(&mut b, &again, tip);
    let twice = redact(&mut b, &again, tip);
    Case::new("redact-not-second", b)
        .rejects(late, "snapshot-order")
        .rejects(without, "snapshot-order")
        .rejects(twice, "snapshot-order")
        .fact(&log, "/state/redactions", 0)
        .fact(&again, "/state/redactions", 1)
}

/// States that are not canonical, still hold text, or are no state at all.
fn bad_states() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let good = issue_state(&b);
    let text = canonical_json(&good);
    let with = |pointer: &str, value: Value| {
        let mut state = good.clone();
        if let Some(place) = state.pointer_mut(pointer) {
            *place = value;
        }
        canonical_json(&state)
    };
    let mut missing = good.clone();
    let mut more = good.clone();
    if let (Some(missing), Some(more)) = (missing.as_object_mut(), more.as_object_mut()) {
        missing.remove("labels");
        more.insert("more".to_owned(), json!(null));
    }
    let states = [
        with("/comments/0/text", json!("A secret.")),
        with("/comments/0/suggestion", json!(b.code("blob"))),
        with("/description", json!("A secret.")),
        with("/status", json!("merged")),
        with("/labels", json!("bug")),
        with("/comments/0/edits", json!(-1)),
        canonical_json(&missing),
        canonical_json(&more),
        text.trim_end().to_owned(),
        format!("{text}\n"),
        text.replace("  ", "   "),
        text.replace("\"bug\"", "\"\\u0062ug\""),
        text.replace("torn", "t\u{f6}rn \\u00e9"),
        good.to_string(),
        "null\n".to_owned(),
        String::new(),
    ];
    let mut logs = Vec::new();
    for state in states {
        logs.push(open(&mut b, ObjectKind::Issue, &state));
    }
    let ids: Vec<ObjectId> = logs.iter().map(|log| b.refs[log]).collect();
    let make = snapshot(&mut b, ObjectKind::Pr, &text);
    let (misplaced, wrong_type) = b.open("issue", make);
    let case = Case::new("snapshot-states", b)
        .rejects(wrong_type, "log-kind")
        .fact(&misplaced, "/state", Value::Null);
    let case = ids
        .into_iter()
        .fold(case, |case, id| case.rejects(id, "tree-text"));
    logs.iter()
        .fold(case, |case, log| case.fact(log, "/state", Value::Null))
}

/// States of pull requests that give a verdict, or whose parts do not belong together.
fn bad_pull_requests() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let heads = b.code("heads");
    let good = pull_request_state(&b, heads);
    let verdict = json!({"bob": {
        "event": heads,
        "key": BOB.key().public().fingerprint().to_string(),
        "revision": 2,
        "verdict": "approve",
    }});
    let closed = json!({"by": "alice", "event": heads, "note": null});
    let mut twice = good["comments"].clone();
    twice[1]["id"] = twice[0]["id"].clone();
    let mut forward = good["comments"].clone();
    forward[0]["reply_to"] = forward[1]["id"].clone();
    let defects = [
        ("verdicts", verdict),
        ("revisions", json!([])),
        ("revisions", json!([revision_state(&b, 2)])),
        (
            "revisions",
            json!([revision_state(&b, 1), revision_state(&b, 1)]),
        ),
        ("closed", closed),
        ("status", json!("closed")),
        ("status", json!("merged")),
        ("comments", twice),
        ("comments", forward),
        ("redactions", json!(1_000_000_000_u64)),
        ("redactions", json!(4_294_967_295_u64)),
    ];
    let mut events = Vec::new();
    for (key, value) in defects {
        let mut state = good.clone();
        state[key] = value;
        let make = snapshot(&mut b, ObjectKind::Pr, &canonical_json(&state));
        events.push(b.open("pr", make).1);
    }
    let log = open(&mut b, ObjectKind::Pr, &canonical_json(&good));
    let case = Case::new("snapshot-pull-requests", b).fact(&log, "/state/redactions", 2);
    events
        .into_iter()
        .fold(case, |case, event| case.rejects(event, "tree-text"))
}

/// Erasing is for admins; and a snapshot of another type does not start this log.
fn by_maintainer() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let state = canonical_json(&issue_state(&b));
    let mut make = snapshot(&mut b, ObjectKind::Issue, &state);
    let good = b.open("issue", make.clone()).0;
    make.who = CAROL;
    let (log, id) = b.open("issue", make.clone());
    make.who = ALICE;
    let (misplaced, wrong) = b.open("pr", make);
    Case::new("snapshot-rights", b)
        .rejects(id, "right-missing")
        .rejects(wrong, "log-kind")
        .fact(&log, "/state", Value::Null)
        .fact(&misplaced, "/state", Value::Null)
        .fact(&good, "/state/status", "open")
}

/// `dropped` is digests, one a line, or nothing.
fn dropped_lines() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let state = canonical_json(&issue_state(&b));
    let digest = Digest::of(b"one").to_string();
    let mut restart = |dropped: &str| {
        let make = snapshot(&mut b, ObjectKind::Issue, &state);
        let files: [(&str, &[u8]); 2] = [
            ("dropped", dropped.as_bytes()),
            ("state.json", state.as_bytes()),
        ];
        let tree = b.folder(&files);
        b.open("issue", make.tree(tree))
    };
    let (log, _) = restart("");
    let bad = [
        digest.clone(),
        format!("{digest}\n\n"),
        format!("{}\n", digest.to_uppercase()),
        format!("{digest} \n"),
        "\n".to_owned(),
    ];
    let rejected = bad.map(|dropped| restart(&dropped).1);
    let case = Case::new("snapshot-dropped", b).fact(&log, "/state/status", "open");
    rejected
        .into_iter()
        .fold(case, |case, id| case.rejects(id, "tree-text"))
}
