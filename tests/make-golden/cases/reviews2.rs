//! Reviews of the second version, whose comments may be about the messages of commits.

use serde_json::json;
use touchmark_core::event::{Anchor2, CommentId, Payload, Verdict, payload};
use touchmark_core::id::{HashKind, ObjectId};

use super::{open_pr, value};
use crate::builder::{Builder, Make};
use crate::case::Case;
use crate::people::{ALICE, BOB, CAROL, DAVE, Who};

pub(super) fn add(cases: &mut Vec<Case>) {
    cases.push(reviews(HashKind::Sha1, "review-2"));
    cases.push(reviews(HashKind::Sha256, "review-2-sha256"));
    cases.push(suggestion());
}

/// A review by `who` whose comments stand at these places.
fn review(b: &mut Builder, log: &str, who: Who, verdict: Verdict, anchors: &[String]) -> ObjectId {
    let texts = vec!["Hm.\n"; anchors.len()];
    let tree = b.review_tree(&texts, &[]);
    review_with(b, log, who, verdict, anchors, tree)
}

fn review_with(
    b: &mut Builder,
    log: &str,
    who: Who,
    verdict: Verdict,
    anchors: &[String],
    tree: ObjectId,
) -> ObjectId {
    let payload = Payload::Review2(payload::Review2 {
        revision: 1,
        verdict,
        base: b.code("base-1"),
        head: b.code("head-1"),
        anchors: anchors.iter().map(|at| value::<Anchor2>(at)).collect(),
    });
    b.event(log, Make::new(who, payload).tree(tree))
}

/// A verdict with comments on code and on messages and an answer; what only needs the right to comment; what breaks.
fn reviews(hash: HashKind, name: &str) -> Case {
    let mut b = Builder::new(hash);
    let (log, _) = open_pr(&mut b, ALICE);
    let commit = b.code("head-1");
    let tree = b.review_tree(&["A typo.\n", "Better so.\n", "Why?\n"], &[(2, b"x\n")]);
    let anchors = [
        format!("1 message {commit}:1"),
        "2 new src/lock.rs:10-14".to_owned(),
        format!("3 message {commit}"),
    ];
    let first = review_with(&mut b, &log, BOB, Verdict::RequestChanges, &anchors, tree);
    let answer = [format!("1 reply {}", CommentId::new(first, 1))];
    let second = review(&mut b, &log, BOB, Verdict::Approve, &answer);
    let said = [format!("1 message {commit}:2-3")];
    review(&mut b, &log, DAVE, Verdict::Comment, &said);
    // Dave may comment and no more.
    let right = review(&mut b, &log, DAVE, Verdict::Approve, &said);
    let unknown = [format!("1 reply {}", CommentId::new(first, 4))];
    let unknown = review(&mut b, &log, CAROL, Verdict::Comment, &unknown);
    let place = |first, last| json!({"first": first, "last": last, "path": format!("message:{commit}"), "side": "new"});
    Case::new(name, b)
        .rejects(right, "right-missing")
        .rejects(unknown, "comment-unknown")
        .fact(&log, "/state/comments/0/anchor", place(json!(1), json!(1)))
        .fact(
            &log,
            "/state/comments/2/anchor",
            place(json!(null), json!(null)),
        )
        .fact(&log, "/state/comments/3/reply_to", format!("{first}/1"))
        .fact(&log, "/state/comments/4/anchor", place(json!(2), json!(3)))
        .fact(&log, "/state/verdicts/bob/event", second.to_string())
}

/// A suggestion replaces lines of code, and none of a message.
fn suggestion() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, _) = open_pr(&mut b, ALICE);
    let tree = b.review_tree(&["Better so.\n"], &[(1, b"x\n")]);
    let good = ["1 new src/lock.rs:1".to_owned()];
    review_with(&mut b, &log, CAROL, Verdict::Comment, &good, tree);
    let bad = [format!("1 message {}:1", b.code("head-1"))];
    let bad = review_with(&mut b, &log, CAROL, Verdict::Comment, &bad, tree);
    Case::new("review-2-suggestion", b).rejects(bad, "tree-pairing")
}
