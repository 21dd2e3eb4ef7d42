//! Who may do what: with the right, without it as the one the kind names, and not at all.

use serde_json::json;
use touchmark_core::event::{CommentId, MergeMethod, Payload, Stance, Verdict, payload};
use touchmark_core::id::{Digest, HashKind, ObjectId};

use super::{comment, labels, merge, open_issue, open_pr, people, review, revision, say};
use crate::builder::{Builder, Make, usual_policy, usual_signers};
use crate::case::Case;
use crate::people::{AGENT, ALICE, BOB, CAROL, CI, DAVE, SEQUENCER, Who};

pub(super) fn add(cases: &mut Vec<Case>) {
    cases.push(comments());
    cases.push(threads());
    cases.push(objects());
    cases.push(reviews());
    cases.push(bots());
    cases.push(proposals());
    cases.push(comment_before_right());
    cases.push(verdicts());
}

fn reject_all(case: Case, rejected: &[ObjectId], rule: &'static str) -> Case {
    rejected
        .iter()
        .fold(case, |case, id| case.rejects(*id, rule))
}

fn edit(comment_id: CommentId) -> Payload {
    Payload::CommentEdit(payload::CommentEdit { comment_id })
}

fn retract(comment_id: CommentId) -> Payload {
    Payload::Retract(payload::Retract { comment_id })
}

fn resolve(comment_id: CommentId) -> Payload {
    Payload::Resolve(payload::Resolve { comment_id })
}

fn unresolve(comment_id: CommentId) -> Payload {
    Payload::Unresolve(payload::Unresolve { comment_id })
}

/// The author of a comment and maintainers edit and retract it; the object's author does not.
fn comments() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, _) = open_issue(&mut b, DAVE);
    let id = CommentId::new(b.event(&log, say(BOB, "One.")), 0);
    let other = CommentId::new(b.event(&log, say(DAVE, "Other.")), 0);
    b.event(&log, Make::new(BOB, edit(id)).body("Two."));
    b.event(&log, Make::new(CAROL, edit(id)).body("Three."));
    let refused = [
        b.event(&log, Make::new(DAVE, edit(id)).body("Four.")),
        b.event(&log, Make::new(DAVE, retract(id))),
        b.event(&log, Make::new(BOB, edit(other)).body("Four.")),
        b.event(&log, Make::new(BOB, retract(other)).body("No.")),
    ];
    b.event(&log, Make::new(CAROL, retract(other)).body("Off topic."));
    let again = b.event(&log, Make::new(DAVE, retract(other)));
    let case = Case::new("comment-rights", b)
        .rejects(again, "comment-retracted")
        .fact(&log, "/state/comments/0/text", "Three.")
        .fact(&log, "/state/comments/0/edits", 2)
        .fact(&log, "/state/comments/0/author", "bob")
        .fact(&log, "/state/comments/1/retracted", true)
        .fact(&log, "/state/comments/1/text", json!(null));
    reject_all(case, &refused, "right-missing")
}

/// Threads are settled by their author, the object's author, and whoever may triage.
fn threads() -> Case {
    let mut b = Builder::new(HashKind::Sha256);
    let (log, _) = open_issue(&mut b, DAVE);
    let id = CommentId::new(b.event(&log, say(AGENT, "One.")), 0);
    let bob = b.event(&log, Make::new(BOB, resolve(id)));
    b.event(&log, Make::new(AGENT, resolve(id)));
    let again = b.event(&log, Make::new(BOB, unresolve(id)));
    b.event(&log, Make::new(DAVE, unresolve(id)));
    b.event(&log, Make::new(DAVE, resolve(id)));
    b.event(&log, Make::new(CAROL, unresolve(id)));
    b.event(&log, Make::new(CAROL, resolve(id)));
    // Resolving once more is no defect; who did it is the last one.
    b.event(&log, Make::new(DAVE, resolve(id)));
    let second = CommentId::new(b.event(&log, say(BOB, "Two.")), 0);
    b.event(&log, Make::new(BOB, unresolve(second)));
    let case = Case::new("thread-rights-sha256", b)
        .fact(&log, "/state/comments/0/author", "agent")
        .fact(&log, "/state/comments/1/resolved_by", json!(null));
    reject_all(case, &[bob, again], "right-missing")
}

/// What an object's author may do without a role, and others may not.
fn objects() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, _) = open_pr(&mut b, DAVE);
    let all = |b: &Builder, number| {
        [
            revision(b, number, None),
            Payload::Draft(payload::Draft {}),
            Payload::Ready(payload::Ready {}),
            Payload::Label(payload::Label {
                labels: labels(&["+bug"]),
            }),
            Payload::Assign(payload::Assign {
                assignees: people(&["+dave"]),
            }),
            Payload::RequestReview(payload::RequestReview {
                reviewers: people(&["+bob"]),
            }),
            Payload::Close(payload::Close {}),
            Payload::Reopen(payload::Reopen {}),
        ]
    };
    let mut refused = Vec::new();
    for payload in all(&b, 2) {
        refused.push(b.event(&log, Make::new(BOB, payload)));
    }
    let title = Make::new(BOB, Payload::Edit(payload::Edit {})).subject("Bob's title");
    refused.push(b.event(&log, title));
    for (who, number) in [(DAVE, 2), (CAROL, 3)] {
        for payload in all(&b, number) {
            b.event(&log, Make::new(who, payload));
        }
    }
    let title = Make::new(DAVE, Payload::Edit(payload::Edit {})).subject("Dave's title");
    b.event(&log, title);
    let case = Case::new("object-rights", b)
        .fact(&log, "/state/title", "Dave's title")
        .fact(&log, "/state/revisions/2/by", "carol")
        .fact(&log, "/state/author", "dave");
    reject_all(case, &refused, "right-missing")
}

/// Reporters comment on revisions but give no verdict; contributors give one but do not merge.
fn reviews() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, _) = open_pr(&mut b, ALICE);
    let ask = payload::MergeRequest {
        revision: 1,
        base: b.code("base-1"),
        head: b.code("head-1"),
        method: MergeMethod::Squash,
    };
    let admit = payload::Admit {
        guest: BOB.key().public().fingerprint(),
        object: b.code("object"),
        tip: b.code("tip"),
    };
    let refused = [
        b.event(&log, Make::new(DAVE, review(&b, 1, Verdict::Approve, &[]))),
        b.event(
            &log,
            Make::new(DAVE, review(&b, 1, Verdict::RequestChanges, &[])),
        ),
        b.event(&log, Make::new(DAVE, review(&b, 1, Verdict::Withdraw, &[]))),
        b.event(&log, Make::new(BOB, Payload::Merge(merge(&b, 1)))),
        b.event(&log, Make::new(BOB, Payload::MergeRequest(ask.clone()))),
        b.event(&log, Make::new(BOB, Payload::Admit(admit))),
        b.event(
            &log,
            Make::new(CI, comment(None)).body("A bot without the right."),
        ),
    ];
    b.event(
        &log,
        Make::new(DAVE, review(&b, 1, Verdict::Comment, &[])).body("A remark."),
    );
    b.event(
        &log,
        Make::new(CAROL, Payload::MergeRequest(ask)).body("Please."),
    );
    let case = Case::new("review-rights", b)
        .fact(&log, "/state/comments/0/author", "dave")
        .fact(&log, "/state/comments/0/revision", 1)
        .fact(&log, "/state/merge_request/method", "squash")
        .fact(&log, "/state/merge_request/note", "Please.")
        .fact(&log, "/state/merge", json!(null));
    reject_all(case, &refused, "right-missing")
}

/// Bots have their one right and no other; people do not have the bots'.
fn bots() -> Case {
    let mut b = Builder::new(HashKind::Sha256);
    let log = "refs/forge/deliveries";
    let delivery = |attempt| {
        Payload::Delivery(payload::Delivery {
            delivery: Digest::of(b"a delivery"),
            attempt,
            outcome: touchmark_core::event::DeliveryOutcome::Retry,
            time: super::time(),
        })
    };
    b.event(log, Make::new(crate::people::EDGE, delivery(1)));
    let refused = [
        b.event(log, Make::new(ALICE, delivery(2))),
        b.event(log, Make::new(SEQUENCER, delivery(2))),
    ];
    let archive = "refs/forge/archive";
    let fold = payload::Archive {
        sequence: 1,
        time: super::time(),
    };
    let first = b.event(archive, Make::new(ALICE, Payload::Archive(fold)));
    let case = Case::new("bot-rights-sha256", b)
        .rejects(first, "right-missing")
        .fact(
            log,
            format!("/state/deliveries/{}/attempt", Digest::of(b"a delivery")),
            1,
        );
    reject_all(case, &refused, "right-missing")
}

/// Proposals: who proposes, who endorses, and that the last word counts.
fn proposals() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let tree = b.policy_tree(&usual_policy(), &usual_signers(), &[]);
    let make = |who, version| {
        Make::new(who, Payload::Proposal(payload::Proposal { version }))
            .subject("As it is")
            .tree(tree)
    };
    let (by_bob, bob) = b.open("proposal", make(BOB, 2));
    let (too_far, third) = b.open("proposal", make(CAROL, 3));
    let (log, _) = b.open("proposal", make(CAROL, 2));
    let word = |stance, version| {
        Payload::Endorse(payload::Endorse {
            version,
            tree_id: tree,
            stance,
        })
    };
    let carol = b.event(&log, Make::new(CAROL, word(Stance::Endorse, 2)));
    let version = b.event(&log, Make::new(ALICE, word(Stance::Endorse, 3)));
    b.event(&log, Make::new(ALICE, word(Stance::Endorse, 2)));
    let last = b.event(
        &log,
        Make::new(ALICE, word(Stance::Object, 2)).body("On reflection."),
    );
    b.event(&log, Make::new(CAROL, Payload::Close(payload::Close {})));
    Case::new("proposal-rights", b)
        .rejects(bob, "right-missing")
        .rejects(third, "policy-version")
        .rejects(carol, "right-missing")
        .rejects(version, "proposal-mismatch")
        .fact(&by_bob, "/state", json!(null))
        .fact(&too_far, "/state", json!(null))
        .fact(
            &log,
            "/state/stances",
            json!({"alice": {"event": last.to_string(), "stance": "object"}}),
        )
        .fact(&log, "/state/status", "closed")
}

/// A comment that does not exist is told before a right that is not there.
fn comment_before_right() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, id) = open_issue(&mut b, DAVE);
    let nowhere = CommentId::new(id, 0);
    let refused = [
        b.event(&log, Make::new(CI, edit(nowhere)).body("x")),
        b.event(&log, Make::new(BOB, retract(nowhere))),
        b.event(&log, Make::new(BOB, resolve(nowhere))),
        b.event(&log, Make::new(CAROL, unresolve(nowhere))),
    ];
    let case = Case::new("comment-unknown-first", b).fact(&log, "/state/comments", json!([]));
    reject_all(case, &refused, "comment-unknown")
}

/// A verdict stands until its signer gives another, whatever revisions come.
fn verdicts() -> Case {
    let mut b = Builder::new(HashKind::Sha256);
    let (log, _) = open_pr(&mut b, ALICE);
    let first = b.event(
        &log,
        Make::new(BOB, review(&b, 1, Verdict::RequestChanges, &[])),
    );
    b.event(&log, Make::new(ALICE, revision(&b, 2, None)));
    let old = b.event(&log, Make::new(CAROL, review(&b, 1, Verdict::Approve, &[])));
    b.event(
        &log,
        Make::new(BOB, review(&b, 2, Verdict::Comment, &[])).body("Better."),
    );
    // One may even approve one's own change: that is for the gate, not for the replay.
    let own = b.event(&log, Make::new(ALICE, review(&b, 2, Verdict::Approve, &[])));
    let key = |who: Who| who.key().public().fingerprint().to_string();
    Case::new("verdicts-sha256", b).fact(
        &log,
        "/state/verdicts",
        json!({
            "alice": {"event": own.to_string(), "key": key(ALICE), "revision": 2, "verdict": "approve"},
            "bob": {"event": first.to_string(), "key": key(BOB), "revision": 1, "verdict": "request-changes"},
            "carol": {"event": old.to_string(), "key": key(CAROL), "revision": 1, "verdict": "approve"},
        }),
    )
}
