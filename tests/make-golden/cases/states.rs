//! Rules of stage state, each broken by one event.

use touchmark_core::event::{
    CheckStatus, CommentId, Decision, MergeMethod, Payload, RefName, Stance, Verdict, payload,
};
use touchmark_core::id::{HashKind, ObjectId};
use touchmark_core::object::MODE_TREE;

use super::{
    comment, merge, open_issue, open_pr, pr, refuse, refuse_in, review, revision, say, time, value,
};
use crate::builder::{Builder, Make, usual_policy, usual_signers};
use crate::case::Case;
use crate::people::{AGENT, ALICE, BOB, CAROL, CI, DAVE, QUEUE, SEQUENCER};

pub(super) fn add(cases: &mut Vec<Case>) {
    cases.push(refuse("state-closed", state_closed));
    cases.push(refuse_in(HashKind::Sha256, "state-open", state_open));
    cases.push(refuse("state-merged", state_merged));
    cases.push(refuse("state-draft", state_draft));
    cases.push(refuse("revision-sequence", |b, bad| {
        let (log, _) = open_pr(b, ALICE);
        let payload = revision(b, if bad { 3 } else { 2 }, None);
        b.event(&log, Make::new(ALICE, payload))
    }));
    cases.push(refuse("revision-unknown", |b, bad| {
        let (log, _) = open_pr(b, ALICE);
        let mut payload = review(b, 1, Verdict::Approve, &[]);
        if let (true, Payload::Review(review)) = (bad, &mut payload) {
            review.head = b.code("head-2");
        }
        b.event(&log, Make::new(BOB, payload))
    }));
    cases.push(refuse("revision-stale", revision_stale));
    cases.push(refuse("target-mismatch", target_mismatch));
    cases.push(refuse("comment-unknown", comment_unknown));
    cases.push(refuse("comment-retracted", comment_retracted));
    cases.push(refuse_in(HashKind::Sha256, "thread-head", thread_head));
    cases.push(refuse("verdict-unknown", verdict_unknown));
    cases.push(refuse("proposal-mismatch", proposal_mismatch));
    cases.push(refuse("check-mismatch", check_mismatch));
    cases.push(refuse("queue-entry", queue_entry));
    cases.push(refuse("run-ended", run_ended));
    cases.push(sequence_gap());
    cases.push(archive_gap());
    cases.push(merged_for_good());
    cases.push(checks_bound());
    cases.push(queue_and_others());
}

fn state_closed(b: &mut Builder, bad: bool) -> ObjectId {
    let (log, _) = open_pr(b, ALICE);
    if bad {
        b.event(&log, Make::new(ALICE, Payload::Close(payload::Close {})));
    }
    b.event(&log, Make::new(ALICE, revision(b, 2, None)))
}

fn state_open(b: &mut Builder, bad: bool) -> ObjectId {
    let (log, _) = open_issue(b, DAVE);
    if !bad {
        b.event(&log, Make::new(DAVE, Payload::Close(payload::Close {})));
    }
    b.event(&log, Make::new(DAVE, Payload::Reopen(payload::Reopen {})))
}

fn state_merged(b: &mut Builder, bad: bool) -> ObjectId {
    let (log, _) = open_pr(b, ALICE);
    let end = if bad {
        Payload::Merge(merge(b, 1))
    } else {
        Payload::Close(payload::Close {})
    };
    b.event(&log, Make::new(CAROL, end));
    b.event(&log, Make::new(ALICE, Payload::Reopen(payload::Reopen {})))
}

fn state_draft(b: &mut Builder, bad: bool) -> ObjectId {
    let opened = payload::Pr {
        draft: bad,
        ..pr(b)
    };
    let (log, _) = b.open(
        "pr",
        Make::new(BOB, Payload::Pr(opened)).subject("A change"),
    );
    let event = b.event(&log, Make::new(BOB, Payload::Draft(payload::Draft {})));
    b.event(&log, Make::new(BOB, Payload::Ready(payload::Ready {})));
    event
}

fn revision_stale(b: &mut Builder, bad: bool) -> ObjectId {
    let (log, _) = open_pr(b, ALICE);
    if bad {
        b.event(&log, Make::new(ALICE, revision(b, 2, None)));
    }
    let ask = payload::MergeRequest {
        revision: 1,
        base: b.code("base-1"),
        head: b.code("head-1"),
        method: MergeMethod::Rebase,
    };
    b.event(&log, Make::new(CAROL, Payload::MergeRequest(ask)))
}

fn target_mismatch(b: &mut Builder, bad: bool) -> ObjectId {
    let (log, _) = open_pr(b, ALICE);
    let target: RefName = value(if bad {
        "refs/heads/next"
    } else {
        "refs/heads/main"
    });
    let merge = payload::Merge {
        target,
        method: MergeMethod::FastForward,
        ..merge(b, 1)
    };
    b.event(&log, Make::new(CAROL, Payload::Merge(merge)))
}

fn comment_unknown(b: &mut Builder, bad: bool) -> ObjectId {
    let (log, _) = open_issue(b, DAVE);
    let said = b.event(&log, say(DAVE, "Well?"));
    let reply = comment(Some(CommentId::new(said, u32::from(bad))));
    b.event(&log, Make::new(BOB, reply).body("Well."))
}

fn comment_retracted(b: &mut Builder, bad: bool) -> ObjectId {
    let (log, _) = open_issue(b, DAVE);
    let comment_id = CommentId::new(b.event(&log, say(BOB, "Well?")), 0);
    if bad {
        b.event(
            &log,
            Make::new(BOB, Payload::Retract(payload::Retract { comment_id })),
        );
    }
    let edit = Payload::CommentEdit(payload::CommentEdit { comment_id });
    b.event(&log, Make::new(BOB, edit).body("Well."))
}

fn thread_head(b: &mut Builder, bad: bool) -> ObjectId {
    let (log, _) = open_issue(b, DAVE);
    let head = CommentId::new(b.event(&log, say(BOB, "Well?")), 0);
    let reply = Make::new(DAVE, comment(Some(head))).body("Well.");
    let reply = CommentId::new(b.event(&log, reply), 0);
    let comment_id = if bad { reply } else { head };
    b.event(
        &log,
        Make::new(DAVE, Payload::Resolve(payload::Resolve { comment_id })),
    )
}

fn verdict_unknown(b: &mut Builder, bad: bool) -> ObjectId {
    let (log, _) = open_pr(b, ALICE);
    // Only a verdict of one's own can be withdrawn.
    let who = if bad { CAROL } else { BOB };
    b.event(
        &log,
        Make::new(who, review(b, 1, Verdict::RequestChanges, &[])),
    );
    b.event(&log, Make::new(BOB, review(b, 1, Verdict::Withdraw, &[])))
}

fn proposal_mismatch(b: &mut Builder, bad: bool) -> ObjectId {
    let tree = b.policy_tree(&usual_policy(), &usual_signers(), &[]);
    let proposal = Payload::Proposal(payload::Proposal { version: 2 });
    let make = Make::new(CAROL, proposal).subject("As it is").tree(tree);
    let (log, _) = b.open("proposal", make);
    let word = payload::Endorse {
        version: 2,
        tree_id: if bad { b.code("another tree") } else { tree },
        stance: Stance::Endorse,
    };
    b.event(&log, Make::new(ALICE, Payload::Endorse(word)))
}

fn report(commit: ObjectId, tree: ObjectId) -> Payload {
    Payload::Check(payload::Check {
        commit,
        tree_id: tree,
        check: value("test"),
        status: CheckStatus::Success,
        url: None,
        time: time(),
    })
}

fn check_mismatch(b: &mut Builder, bad: bool) -> ObjectId {
    let commit = b.code(if bad { "bad commit" } else { "good commit" });
    let log = format!("refs/forge/check/{commit}/log");
    let tree = b.code("tree");
    b.event(&log, Make::new(CI, report(commit, tree)));
    let tree = if bad { b.code("another tree") } else { tree };
    b.event(&log, Make::new(CI, report(commit, tree)))
}

fn start_queue(b: &mut Builder, branch: &str) -> String {
    let log = format!("refs/forge/queue/{branch}/log");
    let target = value(&format!("refs/heads/{branch}"));
    b.event(
        &log,
        Make::new(QUEUE, Payload::Queue(payload::Queue { target })),
    );
    log
}

fn enqueue(b: &Builder, name: &str) -> Make {
    let enter = payload::Enqueue {
        pull_request: b.code(name),
        revision: 1,
        head: b.code("head-1"),
    };
    Make::new(QUEUE, Payload::Enqueue(enter))
}

fn queue_entry(b: &mut Builder, bad: bool) -> ObjectId {
    let log = start_queue(b, if bad { "bad" } else { "good" });
    b.event(&log, enqueue(b, "one"));
    let name = if bad { "one" } else { "two" };
    b.event(&log, enqueue(b, name))
}

fn run_ended(b: &mut Builder, bad: bool) -> ObjectId {
    let start = payload::Run {
        agent: value("fixer 1.2"),
        time: time(),
    };
    let (log, _) = b.open(
        "run",
        Make::new(AGENT, Payload::Run(start)).subject("Fix it"),
    );
    if bad {
        let end = payload::RunEnd {
            status: CheckStatus::Cancelled,
            evidence: Vec::new(),
            time: time(),
        };
        b.event(&log, Make::new(AGENT, Payload::RunEnd(end)));
    }
    let step = payload::RunStep {
        step: value("build"),
        status: CheckStatus::Started,
        time: time(),
    };
    b.event(&log, Make::new(AGENT, Payload::RunStep(step)))
}

fn receipt(b: &mut Builder, sequence: u32) -> ObjectId {
    let refs = b.folder(&[("x", b"")]);
    let tree = b.tree(&[(MODE_TREE, "refs", refs)]);
    let receipt = payload::Receipt {
        sequence,
        pusher: value("none"),
        time: time(),
        decision: Decision::Accepted,
    };
    b.event(
        "refs/forge/receipts",
        Make::new(SEQUENCER, Payload::Receipt(receipt)).tree(tree),
    )
}

/// A repository has one log of receipts, so the twin comes after the gap.
fn sequence_gap() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    receipt(&mut b, 1);
    let gap = receipt(&mut b, 3);
    let good = receipt(&mut b, 2);
    let again = receipt(&mut b, 2);
    Case::new("refuse-sequence-gap", b)
        .rejects(gap, "sequence-gap")
        .rejects(again, "sequence-gap")
        .fact(
            "refs/forge/receipts",
            "/state/latest/event",
            good.to_string(),
        )
        .fact("refs/forge/receipts", "/events", 4)
}

/// A first number other than 1 is the first event's fault, and nothing is left.
fn archive_gap() -> Case {
    let mut b = Builder::new(HashKind::Sha256);
    let log = "refs/forge/archive";
    let fold = |sequence| {
        Make::new(
            SEQUENCER,
            Payload::Archive(payload::Archive {
                sequence,
                time: time(),
            }),
        )
    };
    let first = b.event(log, fold(2));
    b.event(log, fold(1));
    Case::new("archive-starts-at-two", b)
        .rejects(first, "sequence-gap")
        .fact(log, "/state", serde_json::Value::Null)
        .fact(log, "/events", 2)
}

/// What a merged pull request still takes, and what it does not.
fn merged_for_good() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, _) = open_pr(&mut b, ALICE);
    b.event(&log, Make::new(CAROL, Payload::Merge(merge(&b, 1))));
    let late = [
        Make::new(ALICE, revision(&b, 2, None)),
        Make::new(CAROL, Payload::Merge(merge(&b, 1))),
        Make::new(CAROL, Payload::Close(payload::Close {})),
        Make::new(CAROL, Payload::Reopen(payload::Reopen {})),
        Make::new(ALICE, Payload::Draft(payload::Draft {})),
        Make::new(BOB, review(&b, 1, Verdict::Approve, &[])),
        Make::new(BOB, review(&b, 1, Verdict::RequestChanges, &[])),
    ];
    let rejected: Vec<ObjectId> = late.into_iter().map(|make| b.event(&log, make)).collect();
    b.event(
        &log,
        Make::new(BOB, review(&b, 1, Verdict::Comment, &[])).body("Late."),
    );
    let edit = Make::new(ALICE, Payload::Edit(payload::Edit {})).subject("Another title");
    b.event(&log, edit);
    let case = Case::new("merged-for-good", b)
        .fact(&log, "/state/status", "merged")
        .fact(&log, "/state/merge/method", "squash")
        .fact(&log, "/state/title", "Another title")
        .fact(&log, "/state/comments/0/text", "Late.")
        .fact(&log, "/state/verdicts", serde_json::json!({}));
    rejected
        .into_iter()
        .fold(case, |case, id| case.rejects(id, "state-merged"))
}

/// A check names the commit of its log from the first event on.
fn checks_bound() -> Case {
    let mut b = Builder::new(HashKind::Sha256);
    let (commit, other, tree) = (b.code("commit"), b.code("other"), b.code("tree"));
    let log = format!("refs/forge/check/{commit}/log");
    let first = b.event(&log, Make::new(CI, report(other, tree)));
    let second_log = format!("refs/forge/check/{other}/log");
    b.event(&second_log, Make::new(CI, report(other, tree)));
    let second = b.event(&second_log, Make::new(CI, report(commit, tree)));
    let person = b.event(&second_log, Make::new(ALICE, report(other, tree)));
    Case::new("checks-of-another-commit", b)
        .rejects(first, "log-root")
        .rejects(second, "check-mismatch")
        .rejects(person, "right-missing")
        .fact(&log, "/state", serde_json::Value::Null)
        .fact(&second_log, "/state/checks/test/status", "success")
}

fn queue_and_others() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let log = start_queue(&mut b, "main");
    let leave = payload::Dequeue {
        pull_request: b.code("one"),
        reason: touchmark_core::event::DequeueReason::Conflict,
    };
    let empty = b.event(&log, Make::new(QUEUE, Payload::Dequeue(leave)));
    b.event(&log, enqueue(&b, "one"));
    let bypass = payload::Bypass {
        target: value("refs/heads/next"),
        old: b.code("old"),
        new: b.code("new"),
        pusher: value("login bob"),
        time: time(),
    };
    let elsewhere = b.event(&log, Make::new(QUEUE, Payload::Bypass(bypass)));
    let other = "refs/forge/queue/other/log";
    let target = value("refs/heads/main");
    let root = b.event(
        other,
        Make::new(QUEUE, Payload::Queue(payload::Queue { target })),
    );
    Case::new("queue-refusals", b)
        .rejects(empty, "queue-entry")
        .rejects(elsewhere, "target-mismatch")
        .rejects(root, "log-root")
        .fact(&log, "/state/entries/0/by", "queue")
        .fact(other, "/state", serde_json::Value::Null)
}
