//! Joins: events that were made on an older tip.

use serde_json::{Value, json};
use touchmark_core::event::{MergeMethod, Payload, Verdict, payload};
use touchmark_core::id::{HashKind, ObjectId};

use super::policies::advance;
use super::{comment, labels, open_issue, open_pr, review, revision, say};
use crate::builder::{Builder, Make, usual_policy, usual_signers};
use crate::case::Case;
use crate::people::{ALICE, BOB, CAROL, DAVE, Who};

pub(super) fn add(cases: &mut Vec<Case>) {
    cases.push(simple(HashKind::Sha1, "join"));
    cases.push(simple(HashKind::Sha256, "join-sha256"));
    cases.push(nested());
    cases.push(placed_already());
    cases.push(foreign());
    cases.push(overlapping());
    cases.push(side_rejected());
    cases.push(newer_policy());
    cases.push(retired());
    cases.push(time_and_rights());
    cases.push(malformed());
    cases.push(decisions());
    cases.push(older_verdict());
    cases.push(opens_nothing());
}

fn join(who: Who, first: ObjectId, second: ObjectId) -> Make {
    Make::new(who, Payload::Join(payload::Join {})).parents(&[first, second])
}

/// The texts of an issue's comments, in replay order.
fn texts(case: Case, log: &str, texts: &[&str]) -> Case {
    texts.iter().enumerate().fold(case, |case, (index, text)| {
        case.fact(log, format!("/state/comments/{index}/text"), *text)
    })
}

/// Two events on the side, replayed just before the join.
fn simple(hash: HashKind, name: &str) -> Case {
    let mut b = Builder::new(hash);
    let (log, root) = open_issue(&mut b, DAVE);
    let tip = b.event(&log, say(CAROL, "Main."));
    let side = b.side(&[root], say(BOB, "Side one."));
    let side = b.side(&[side], say(BOB, "Side two."));
    b.event(&log, join(CAROL, tip, side));
    b.event(&log, say(DAVE, "After."));
    let case = Case::new(name, b).fact(&log, "/events", 6);
    texts(case, &log, &["Main.", "Side one.", "Side two.", "After."])
}

/// A join in the joined side brings its own second side, just before itself.
fn nested() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, root) = open_issue(&mut b, DAVE);
    let tip = b.event(&log, say(CAROL, "Main."));
    let inner = b.side(&[root], say(DAVE, "Inner."));
    let outer = b.side(&[root], say(BOB, "Outer one."));
    let outer = b.side(&[outer, inner], join(BOB, outer, inner));
    let outer = b.side(&[outer], say(BOB, "Outer two."));
    b.event(&log, join(CAROL, tip, outer));
    let case = Case::new("join-nested", b).fact(&log, "/events", 7);
    texts(case, &log, &["Main.", "Outer one.", "Inner.", "Outer two."])
}

/// The second parent is in the chain already: the join brings nothing, and is none the worse for it.
fn placed_already() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, root) = open_issue(&mut b, DAVE);
    let one = b.event(&log, say(CAROL, "One."));
    let two = b.event(&log, say(CAROL, "Two."));
    let joined = b.event(&log, join(CAROL, two, root));
    let joined = b.event(&log, join(CAROL, joined, one));
    b.event(&log, join(BOB, joined, joined));
    let case = Case::new("join-of-placed", b).fact(&log, "/events", 6);
    texts(case, &log, &["One.", "Two."])
}

/// Sides that do not lead back to this log: of another log, with a hole, of something that is no commit.
fn foreign() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, _) = open_issue(&mut b, DAVE);
    let tip = b.event(&log, say(CAROL, "Main."));
    let (other, other_root) = open_issue(&mut b, DAVE);
    let side = b.side(&[other_root], say(BOB, "Elsewhere."));
    let elsewhere = b.event(&log, join(CAROL, tip, side));
    let hole = b.side(&[b.code("gone")], say(BOB, "After a hole."));
    let hole = b.event(&log, join(CAROL, elsewhere, hole));
    let blob = b.blob(b"no commit\n");
    let blob = b.event(&log, join(CAROL, hole, blob));
    b.event(&log, say(DAVE, "After."));
    let case = Case::new("join-foreign", b)
        .rejects(elsewhere, "log-parents")
        .rejects(hole, "log-parents")
        .rejects(blob, "log-parents")
        .fact(&other, "/events", 1)
        .fact(&log, "/events", 6);
    texts(case, &log, &["Main.", "After."])
}

/// Two joins share a part of their sides; each event is replayed once.
fn overlapping() -> Case {
    let mut b = Builder::new(HashKind::Sha256);
    let (log, root) = open_issue(&mut b, DAVE);
    let tip = b.event(&log, say(CAROL, "Main."));
    let shared = b.side(&[root], say(BOB, "Shared."));
    let left = b.side(&[shared], say(BOB, "Left."));
    let right = b.side(&[shared], say(DAVE, "Right."));
    let joined = b.event(&log, join(CAROL, tip, left));
    b.event(&log, join(CAROL, joined, right));
    let case = Case::new("join-overlapping-sha256", b).fact(&log, "/events", 7);
    texts(case, &log, &["Main.", "Shared.", "Left.", "Right."])
}

/// A rejected event on the side, and a rejected join whose side is replayed all the same.
fn side_rejected() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, root) = open_issue(&mut b, DAVE);
    let tip = b.event(&log, say(CAROL, "Main."));
    let bad = b.side(
        &[root],
        say(BOB, "Not Bob's address.").email("dave@example.com"),
    );
    let side = b.side(&[bad], say(BOB, "Side."));
    let joined = b.event(&log, join(CAROL, tip, side));
    let more = b.side(&[side], say(BOB, "More."));
    let stranger = b.event(&log, join(crate::people::MALLORY, joined, more));
    b.event(&log, say(DAVE, "After."));
    let case = Case::new("join-side-rejected", b)
        .rejects(bad, "signer-email")
        .rejects(more, "log-parents")
        .rejects(stranger, "signer-unknown")
        .fact(&log, "/events", 8);
    texts(case, &log, &["Main.", "Side.", "After."])
}

/// Bob's events come in under a policy in which his rights have shrunk.
fn newer_policy() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let first = b.policy.expect("made");
    // Keys are kept for ever, and so are the people who hold them; what goes is the role.
    let toml = usual_policy().replace("[\"contributor\"]", "[]");
    let (log, root) = open_issue(&mut b, DAVE);
    let (closed, closed_root) = open_issue(&mut b, DAVE);
    let side = b.side(&[root], say(BOB, "While I could.").policy(first));
    let late = b.side(&[closed_root], say(BOB, "While I could.").policy(first));
    let second = advance(&mut b, CAROL, &toml, &usual_signers(), &[ALICE]);
    b.event(&log, join(CAROL, root, side).policy(second));
    b.event(&log, say(DAVE, "After.").policy(second));
    // Joined under the first version, the same words count.
    b.event(&closed, join(CAROL, closed_root, late).policy(first));
    let case = Case::new("join-after-removal", b)
        .rejects(side, "right-missing")
        .fact(&log, "/events", 4)
        .fact(&closed, "/events", 3);
    let case = texts(case, &closed, &["While I could."]);
    texts(case, &log, &["After."])
}

/// Bob's key is retired before his events come in; a nested join changes nothing about the version in force.
fn retired() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let first = b.policy.expect("made");
    let (log, root) = open_issue(&mut b, DAVE);
    let inner = b.side(&[root], say(BOB, "Inner.").policy(first));
    let outer = b.side(&[root], say(DAVE, "Outer.").policy(first));
    let outer = b.side(&[outer, inner], join(DAVE, outer, inner).policy(first));
    let line = BOB
        .line()
        .replace("\"git\"", "\"git\",valid-before=\"20250101000000Z\"");
    let signers = usual_signers().replace(&BOB.line(), &line);
    let second = advance(&mut b, CAROL, &usual_policy(), &signers, &[ALICE]);
    b.event(&log, join(CAROL, root, outer).policy(second));
    let case = Case::new("join-after-retirement", b)
        .rejects(inner, "signer-retired")
        .fact(&log, "/events", 5);
    texts(case, &log, &["Outer."])
}

/// A side event is judged against its own parents, and in the state that it meets.
fn time_and_rights() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, root) = open_issue(&mut b, DAVE);
    let said = b.event(&log, say(BOB, "Main."));
    let name = touchmark_core::event::CommentId::new(said, 0);
    // The comment is not before this event in its own history, but it is in replay order.
    let answer = Make::new(DAVE, comment(Some(name))).body("Answer.");
    let side = b.side(&[root], answer);
    let change = payload::Label {
        labels: labels(&["+bug"]),
    };
    let side = b.side(&[side], Make::new(DAVE, Payload::Label(change)));
    let joined = b.event(&log, join(CAROL, said, side));
    let late = b.side(&[root], say(BOB, "Late."));
    let old = b.clock - 60_000;
    let early = b.event(&log, join(CAROL, joined, late).seconds(old));
    b.event(&log, say(DAVE, "After."));
    let case = Case::new("join-too-early", b)
        .rejects(late, "log-parents")
        .rejects(early, "time-order")
        .fact(&log, "/state/labels", json!(["bug"]))
        .fact(&log, "/state/comments/1/reply_to", format!("{said}/0"));
    texts(case, &log, &["Main.", "Answer.", "After."])
}

/// A join that is not well formed brings nothing, so its second parent is not followed.
fn malformed() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, root) = open_issue(&mut b, DAVE);
    let tip = b.event(&log, say(CAROL, "Main."));
    let side = b.side(&[root], say(BOB, "Side."));
    let bad = b.changed(&log, join(CAROL, tip, side), |text| {
        text.replace("\n\nJoin\n", "\n\njoin\n")
    });
    let after = b.event(&log, say(DAVE, "After."));
    // A later join that is well formed brings it.
    b.event(&log, join(CAROL, after, side));
    let case = Case::new("join-malformed", b)
        .rejects(bad, "subject-computed")
        .fact(&log, "/events", 6)
        .fact(&log, "/state/closed", Value::Null);
    texts(case, &log, &["Main.", "After.", "Side."])
}

/// An old word of Bob's is brought over his newer one: it counts for nothing, and so does every joined verdict, and a request to merge.
fn decisions() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, root) = open_pr(&mut b, ALICE);
    let approve = review(&b, 1, Verdict::Approve, &[]);
    let approval = b.side(&[root], Make::new(BOB, approve.clone()));
    let remark = review(&b, 1, Verdict::Comment, &[]);
    let remark = b.side(&[approval], Make::new(BOB, remark).body("By the way."));
    let ask = payload::MergeRequest {
        revision: 1,
        base: b.code("base-1"),
        head: b.code("head-1"),
        method: MergeMethod::Merge,
    };
    let ask = b.side(&[remark], Make::new(CAROL, Payload::MergeRequest(ask)));
    let carol = b.side(&[ask], Make::new(CAROL, approve));
    let withdraw = review(&b, 1, Verdict::Withdraw, &[]);
    let withdrawn = b.side(&[carol], Make::new(BOB, withdraw));
    let veto = review(&b, 1, Verdict::RequestChanges, &[]);
    let veto = b.event(&log, Make::new(BOB, veto));
    b.event(&log, join(DAVE, veto, withdrawn));
    Case::new("refuse-joined-decision", b)
        .rejects(approval, "joined-decision")
        .rejects(ask, "joined-decision")
        .rejects(carol, "joined-decision")
        .rejects(withdrawn, "joined-decision")
        .fact(&log, "/state/verdicts/bob/event", veto.to_string())
        .fact(&log, "/state/merge_request", json!(null))
        .fact(&log, "/state/comments/0/text", "By the way.")
}

/// A verdict on an older revision does not replace one on a newer, whether it gives or takes.
fn older_verdict() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, _) = open_pr(&mut b, ALICE);
    b.event(&log, Make::new(ALICE, revision(&b, 2, None)));
    let veto = review(&b, 2, Verdict::RequestChanges, &[]);
    let veto = b.event(&log, Make::new(BOB, veto));
    let approve = review(&b, 1, Verdict::Approve, &[]);
    let approval = b.event(&log, Make::new(BOB, approve.clone()));
    let withdraw = review(&b, 1, Verdict::Withdraw, &[]);
    let withdrawn = b.event(&log, Make::new(BOB, withdraw));
    let remark = review(&b, 1, Verdict::Comment, &[]);
    b.event(&log, Make::new(BOB, remark).body("On the first one."));
    let other = b.event(&log, Make::new(CAROL, approve));
    Case::new("verdict-on-older-revision", b)
        .rejects(approval, "revision-stale")
        .rejects(withdrawn, "revision-stale")
        .fact(&log, "/state/verdicts/bob/event", veto.to_string())
        .fact(&log, "/state/verdicts/carol/event", other.to_string())
}

/// Nothing that opens a pull request's gate comes in through a join: no settled thread, no end of a draft, no reopening.
/// An issue has no gate, so its threads may be settled so.
fn opens_nothing() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let opened = payload::Pr {
        draft: true,
        ..super::pr(&b)
    };
    let make = Make::new(ALICE, Payload::Pr(opened)).subject("A draft");
    let (log, _) = b.open("pr", make);
    let said = b.event(&log, say(BOB, "Is this right?"));
    let closed = b.event(&log, Make::new(ALICE, Payload::Close(payload::Close {})));
    let settle = |said| {
        let comment_id = touchmark_core::event::CommentId::new(said, 0);
        Payload::Resolve(payload::Resolve { comment_id })
    };
    let resolved = b.side(&[closed], Make::new(ALICE, settle(said)));
    let reopen = Payload::Reopen(payload::Reopen {});
    let reopened = b.side(&[resolved], Make::new(ALICE, reopen.clone()));
    let again = b.event(&log, Make::new(ALICE, reopen));
    let ready = b.side(
        &[again],
        Make::new(ALICE, Payload::Ready(payload::Ready {})),
    );
    b.event(&log, join(CAROL, again, ready));
    b.event(&log, Make::new(ALICE, Payload::Close(payload::Close {})));
    let tip = b.refs.get(&log).copied().expect("just written");
    b.event(&log, join(CAROL, tip, reopened));
    let (issue, _) = open_issue(&mut b, DAVE);
    let asked = b.event(&issue, say(BOB, "How often?"));
    let settled = b.side(&[asked], Make::new(DAVE, settle(asked)));
    let more = b.event(&issue, say(CAROL, "Often."));
    b.event(&issue, join(CAROL, more, settled));
    Case::new("join-opens-nothing", b)
        .rejects(ready, "joined-decision")
        .rejects(resolved, "joined-decision")
        .rejects(reopened, "joined-decision")
        .fact(&log, "/state/status", "closed")
        .fact(&log, "/state/draft", true)
        .fact(&log, "/state/comments/0/resolved_by", json!(null))
        .fact(&issue, "/state/comments/0/resolved_by", "dave")
}
