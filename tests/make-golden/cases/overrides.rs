//! Words that let a pull request land although its gate is shut.

use serde_json::{Value, json};
use touchmark_core::event::{ObjectKind, Payload, payload};
use touchmark_core::id::{HashKind, ObjectId};
use touchmark_core::replay::canonical_json;

use super::snapshots::{kept, pull_request_state, snapshot};
use super::{merge, open_issue, open_pr, revision, say};
use crate::builder::{Builder, Make};
use crate::case::Case;
use crate::people::{ALICE, BOB, CAROL, CI, DAVE, MALLORY, Who};

pub(super) fn add(cases: &mut Vec<Case>) {
    cases.push(accepted(HashKind::Sha1, "override"));
    cases.push(accepted(HashKind::Sha256, "override-sha256"));
    cases.push(who_may());
    cases.push(states());
    cases.push(joined());
    cases.push(elsewhere());
    cases.push(after_snapshot());
}

/// `override/1` of revision `number`, by this person.
pub(super) fn forced(b: &Builder, who: Who, number: u32) -> Make {
    let word = payload::Override {
        revision: number,
        base: b.code(&format!("base-{number}")),
        head: b.code(&format!("head-{number}")),
    };
    Make::new(who, Payload::Override(word)).body("Production is down.")
}

fn print_of(who: Who) -> String {
    who.key().public().fingerprint().to_string()
}

/// Each word is kept, for the revision that it names and with the key that signed it.
fn accepted(hash: HashKind, name: &str) -> Case {
    let mut b = Builder::new(hash);
    let (log, _) = open_pr(&mut b, BOB);
    let (plain, _) = open_pr(&mut b, BOB);
    let one = b.event(&log, forced(&b, ALICE, 1));
    let again = b.event(&log, forced(&b, ALICE, 1).body("It still is.\n\nVery."));
    b.event(&log, Make::new(BOB, revision(&b, 2, None)));
    let two = b.event(&log, forced(&b, ALICE, 2));
    b.event(&log, Make::new(ALICE, Payload::Merge(merge(&b, 2))));
    let entry = |event: ObjectId, note: &str, revision: u32| {
        json!({
            "by": "alice",
            "event": event.to_string(),
            "key": print_of(ALICE),
            "note": note,
            "revision": revision,
        })
    };
    Case::new(name, b)
        .fact(
            &log,
            "/state/overrides",
            json!([
                entry(one, "Production is down.", 1),
                entry(again, "It still is.\n\nVery.", 1),
                entry(two, "Production is down.", 2),
            ]),
        )
        .fact(&log, "/state/status", "merged")
        .fact(&log, "/state/verdicts", json!({}))
        .fact(&plain, "/state/merge", Value::Null)
}

/// Admins alone have the right, but for those to whom a role of the policy's own gives it; a reason is needed.
fn who_may() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, _) = open_pr(&mut b, BOB);
    let [bob, carol, dave, ci] =
        [BOB, CAROL, DAVE, CI].map(|who| b.event(&log, forced(&b, who, 1)));
    let mallory = b.event(&log, forced(&b, MALLORY, 1));
    let silent = b.changed(&log, forced(&b, ALICE, 1), |text| {
        text.replace("Production is down.\n\n", "")
    });
    b.event(&log, say(BOB, "Why?"));
    let case = Case::new("override-rights", b)
        .rejects(mallory, "signer-unknown")
        .rejects(silent, "body-form")
        .fact(&log, "/state/comments/0/author", "bob");
    [bob, carol, dave, ci]
        .into_iter()
        .fold(case, |case, id| case.rejects(id, "right-missing"))
}

/// A draft, a revision that there is not or that is not the latest, and an object that is not open.
fn states() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, _) = open_pr(&mut b, BOB);
    let unknown = b.event(&log, forced(&b, ALICE, 2));
    let other = payload::Override {
        revision: 1,
        base: b.code("base-1"),
        head: b.code("head-2"),
    };
    let other = Make::new(ALICE, Payload::Override(other)).body("x");
    let other = b.event(&log, other);
    b.event(&log, Make::new(BOB, revision(&b, 2, None)));
    let stale = b.event(&log, forced(&b, ALICE, 1));
    b.event(&log, Make::new(BOB, Payload::Draft(payload::Draft {})));
    // Told before the other two.
    let draft = [1, 2, 3].map(|number| b.event(&log, forced(&b, ALICE, number)));
    b.event(&log, Make::new(BOB, Payload::Close(payload::Close {})));
    let closed = b.event(&log, forced(&b, ALICE, 2));
    b.event(&log, Make::new(BOB, Payload::Reopen(payload::Reopen {})));
    b.event(&log, Make::new(BOB, Payload::Ready(payload::Ready {})));
    let good = b.event(&log, forced(&b, ALICE, 2));
    b.event(&log, Make::new(ALICE, Payload::Merge(merge(&b, 2))));
    let merged = b.event(&log, forced(&b, ALICE, 2));
    let case = Case::new("override-states", b)
        .rejects(unknown, "revision-unknown")
        .rejects(other, "revision-unknown")
        .rejects(stale, "revision-stale")
        .rejects(closed, "state-closed")
        .rejects(merged, "state-merged")
        .fact(&log, "/state/overrides/0/event", good.to_string());
    draft
        .into_iter()
        .fold(case, |case, id| case.rejects(id, "state-draft"))
}

/// An old word is brought in by another hand, when the revision that it names is the latest and when it no longer is.
fn joined() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, root) = open_pr(&mut b, BOB);
    let word = forced(&b, ALICE, 1);
    let side = b.side(&[root], word);
    let said = b.event(&log, say(BOB, "Wait."));
    let join =
        |first, second| Make::new(DAVE, Payload::Join(payload::Join {})).parents(&[first, second]);
    b.event(&log, join(said, side));
    let late = b.side(&[said], forced(&b, ALICE, 1).body("Late."));
    let next = b.event(&log, Make::new(BOB, revision(&b, 2, None)));
    b.event(&log, join(next, late));
    Case::new("override-joined", b)
        .rejects(side, "joined-decision")
        .rejects(late, "revision-stale")
        .fact(&log, "/events", 7)
        .fact(&log, "/state/revisions/1/number", 2)
}

/// Issues and guests' contributions have none.
fn elsewhere() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (issue, _) = open_issue(&mut b, ALICE);
    let in_issue = b.event(&issue, forced(&b, ALICE, 1));
    let key = touchmark_core::id::Digest::of(&MALLORY.key().public().to_blob());
    let pr = Payload::Pr(super::pr(&b));
    let make = Make::new(MALLORY, pr).subject("A gift");
    let (guest, _) = b.open(&format!("guest/{key}"), make);
    let in_guest = b.event(&guest, forced(&b, MALLORY, 1));
    Case::new("override-elsewhere", b)
        .rejects(in_issue, "log-kind")
        .rejects(in_guest, "log-kind")
        .fact(&issue, "/state/status", "open")
        .fact(&guest, "/state/status", "open")
}

/// A snapshot brings no words of before, in whatever form; words that come after it count.
fn after_snapshot() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let first = kept(&b, &[b.code("head-1")]);
    let heads = kept(&b, &[first, b.code("head-2")]);
    let good = pull_request_state(&b, heads);
    let entry = json!({
        "by": "alice",
        "event": heads,
        "key": print_of(ALICE),
        "note": null,
        "revision": 2,
    });
    let mut refused = Vec::new();
    for words in [json!([]), Value::Null, json!([entry]), json!({})] {
        let mut state = good.clone();
        state["overrides"] = words;
        let make = snapshot(&mut b, ObjectKind::Pr, &canonical_json(&state));
        refused.push(b.open("pr", make).1);
    }
    let make = snapshot(&mut b, ObjectKind::Pr, &canonical_json(&good));
    let (log, _) = b.open("pr", make);
    let word = b.event(&log, forced(&b, ALICE, 2));
    let case =
        Case::new("override-snapshot", b).fact(&log, "/state/overrides/0/event", word.to_string());
    refused
        .into_iter()
        .fold(case, |case, id| case.rejects(id, "tree-text"))
}
