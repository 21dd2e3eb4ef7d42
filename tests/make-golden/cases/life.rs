//! The life of objects: every kind, accepted.

use serde_json::json;
use touchmark_core::event::{
    CheckStatus, CommentId, Decision, DeliveryOutcome, DequeueReason, MergeMethod, Payload, Stance,
    Verdict, payload,
};
use touchmark_core::id::{Digest, HashKind, ObjectId};
use touchmark_core::object::{MODE_FILE, MODE_TREE};

use super::{
    comment, labels, main_branch, open_issue, open_pr, people, pr, review, revision, time, value,
};
use crate::builder::{Builder, Make, usual_policy, usual_signers};
use crate::case::Case;
use crate::people::{AGENT, ALICE, BOB, CAROL, CI, DAVE, EDGE, QUEUE, SEQUENCER, named_key};

pub(super) fn add(cases: &mut Vec<Case>) {
    for hash in [HashKind::Sha1, HashKind::Sha256] {
        cases.push(pull_request(hash));
        cases.push(issue(hash));
        cases.push(policy(hash));
        cases.push(check(hash));
        cases.push(queue(hash));
        cases.push(run(hash));
        cases.push(receipts(hash));
        cases.push(archive(hash));
        cases.push(deliveries(hash));
    }
    cases.push(draft());
    cases.push(guest());
    cases.push(fork());
}

fn name(stem: &str, hash: HashKind) -> String {
    match hash {
        HashKind::Sha1 => stem.to_owned(),
        HashKind::Sha256 => format!("{stem}-sha256"),
    }
}

const DESCRIPTION: &str =
    "Two writers could tear it.\n\n--- not a divider once it is signed\nFixes nothing yet.";

/// Opens a pull request with every list that it may have.
fn open_with_all(b: &mut Builder) -> (String, ObjectId) {
    let opened = payload::Pr {
        labels: labels(&["+bug", "+needs review"]),
        assignees: people(&["+alice", "+@core"]),
        reviewers: people(&["+bob"]),
        ..pr(b)
    };
    let make = Make::new(ALICE, Payload::Pr(opened))
        .subject("Lock the index while it is written")
        .body(DESCRIPTION);
    b.open("pr", make)
}

/// Bob asks for changes, with a suggestion, on lines of both sides and on a whole file.
fn first_review(b: &mut Builder, log: &str) -> ObjectId {
    let tree = b.review_tree(
        &[
            "This lock is never released.\n",
            "Good name.\n",
            "The whole file needs a test.\n",
        ],
        &[(1, b"let guard = lock();\n")],
    );
    let anchors = [
        "1 new src/lock.rs:10-14",
        "2 old src/caf%C3%A9%20x.rs:7",
        "3 new src/lock.rs",
    ];
    let make = Make::new(BOB, review(b, 1, Verdict::RequestChanges, &anchors))
        .body("The order is right, the release is not.")
        .tree(tree);
    b.event(log, make)
}

/// Alice answers and revises, Bob edits, retracts and approves.
fn second_round(b: &mut Builder, log: &str, first: ObjectId) -> ObjectId {
    let answer = CommentId::new(first, 1);
    b.event(
        log,
        Make::new(ALICE, comment(Some(answer))).body("It is now."),
    );
    b.event(
        log,
        Make::new(ALICE, revision(b, 2, None)).body("Release the lock."),
    );
    let resolve = payload::Resolve { comment_id: answer };
    b.event(log, Make::new(ALICE, Payload::Resolve(resolve)));
    let edit = payload::CommentEdit {
        comment_id: CommentId::new(first, 2),
    };
    b.event(
        log,
        Make::new(BOB, Payload::CommentEdit(edit)).body("A good name."),
    );
    let retract = payload::Retract {
        comment_id: CommentId::new(first, 3),
    };
    b.event(log, Make::new(BOB, Payload::Retract(retract)));
    let reply_tree = b.review_tree(&["Thanks.\n"], &[]);
    let anchor = format!("1 reply {answer}");
    let make = Make::new(BOB, review(b, 2, Verdict::Approve, &[&anchor])).tree(reply_tree);
    b.event(log, make)
}

/// Carol asks for the merge that rests on the approval, and Alice carries it out.
fn land(b: &mut Builder, log: &str, approval: ObjectId) -> ObjectId {
    let ask = payload::MergeRequest {
        revision: 2,
        base: b.code("base-2"),
        head: b.code("head-2"),
        method: MergeMethod::Merge,
    };
    let ask = b.event(
        log,
        Make::new(CAROL, Payload::MergeRequest(ask)).body("Before Friday, please."),
    );
    let merge = payload::Merge {
        target: main_branch(),
        revision: 2,
        base: b.code("base-2"),
        head: b.code("head-2"),
        old: b.code("base-2"),
        new: b.code("merged"),
        tree_id: b.code("tree"),
        method: MergeMethod::Merge,
        semantics: 1,
        request: Some(ask),
        evidence: vec![approval],
        time: time(),
    };
    b.event(log, Make::new(ALICE, Payload::Merge(merge)))
}

/// Opened, reviewed, revised, approved, merged: with every optional key.
fn pull_request(hash: HashKind) -> Case {
    let mut b = Builder::new(hash);
    let (log, id) = open_with_all(&mut b);
    let first = first_review(&mut b, &log);
    let approval = second_round(&mut b, &log, first);
    let merge = land(&mut b, &log, approval);
    b.event(&log, Make::new(DAVE, comment(None)).body("It works."));
    Case::new(&name("pull-request", hash), b)
        .fact(&log, "/events", 11)
        .fact(&log, "/state/status", "merged")
        .fact(&log, "/state/merge/event", merge.to_string())
        .fact(&log, "/state/verdicts/bob/revision", 2)
        .fact(&log, "/state/verdicts/bob/event", approval.to_string())
        .fact(&log, "/state/labels", json!(["bug", "needs review"]))
        .fact(&log, "/state/assignees", json!(["@core", "alice"]))
        .fact(
            &log,
            "/state/comments/0/text",
            "The order is right, the release is not.",
        )
        .fact(&log, "/state/comments/0/id", format!("{first}/0"))
        .fact(&log, "/state/comments/1/resolved_by", "alice")
        .fact(
            &log,
            "/state/comments/2/anchor",
            json!({"first": 7, "last": 7, "path": "src/caf%C3%A9%20x.rs", "side": "old"}),
        )
        .fact(&log, "/state/comments/2/edits", 1)
        .fact(&log, "/state/comments/3/retracted", true)
        .fact(&log, "/state/comments/3/text", json!(null))
        .fact(&log, "/state/comments/5/reply_to", format!("{first}/1"))
        .fact(&log, "/state/description", DESCRIPTION)
        .fact(&log, "/state/revisions/0/event", id.to_string())
        .fact(&log, "/state/revisions/1/note", "Release the lock.")
}

fn issue(hash: HashKind) -> Case {
    let mut b = Builder::new(hash);
    let opened = payload::Issue {
        labels: labels(&["+bug", "-none", "+\u{1FAE8} shaking"]),
        assignees: people(&["+bob"]),
    };
    let make = Make::new(DAVE, Payload::Issue(opened)).subject("The index is torn after a crash");
    let (log, _) = b.open("issue", make);
    let said = b.event(&log, Make::new(BOB, comment(None)).body("How often?"));
    let said = CommentId::new(said, 0);
    b.event(
        &log,
        Make::new(DAVE, comment(Some(said))).body("Every time."),
    );
    let change = payload::Label {
        labels: labels(&["-bug", "+crash"]),
    };
    b.event(&log, Make::new(CAROL, Payload::Label(change)));
    let change = payload::Assign {
        assignees: people(&["-bob", "+carol"]),
    };
    b.event(&log, Make::new(DAVE, Payload::Assign(change)));
    let edit = Make::new(DAVE, Payload::Edit(payload::Edit {}))
        .subject("The index is torn after every crash")
        .body("Steps:\n\n1. Crash.\n2. Look.");
    b.event(&log, edit);
    let resolve = Payload::Resolve(payload::Resolve { comment_id: said });
    b.event(&log, Make::new(BOB, resolve));
    let unresolve = Payload::Unresolve(payload::Unresolve { comment_id: said });
    b.event(&log, Make::new(DAVE, unresolve));
    b.event(
        &log,
        Make::new(DAVE, Payload::Close(payload::Close {})).body("Gone."),
    );
    b.event(&log, Make::new(CAROL, Payload::Reopen(payload::Reopen {})));
    Case::new(&name("issue", hash), b)
        .fact(&log, "/state/status", "open")
        .fact(&log, "/state/closed", json!(null))
        .fact(&log, "/state/title", "The index is torn after every crash")
        .fact(&log, "/state/labels", json!(["crash", "\u{1FAE8} shaking"]))
        .fact(&log, "/state/assignees", json!(["carol"]))
        .fact(&log, "/state/comments/0/resolved_by", json!(null))
}

/// A proposal, two endorsements, and the version that embeds one of them.
fn policy(hash: HashKind) -> Case {
    let mut b = Builder::new(hash);
    let first = b.policy.expect("made");
    let toml = usual_policy().replace(
        "declined = true\n",
        "declined = true\n\n[defaults]\napprovals = 2\nresolve_threads = true\n",
    );
    let tree = b.policy_tree(&toml, &usual_signers(), &[]);
    let proposal = Payload::Proposal(payload::Proposal { version: 2 });
    let make = Make::new(CAROL, proposal)
        .subject("Two approvals")
        .body("One is not enough.")
        .tree(tree);
    let (log, proposal) = b.open("proposal", make);
    b.event(&log, Make::new(BOB, comment(None)).body("At last."));
    let word = |stance| {
        Payload::Endorse(payload::Endorse {
            version: 2,
            tree_id: tree,
            stance,
        })
    };
    b.event(&log, Make::new(ALICE, word(Stance::Object)).body("Why?"));
    let endorsement = b.event(&log, Make::new(ALICE, word(Stance::Endorse)));
    let tree = b.policy_tree(&toml, &usual_signers(), &[endorsement]);
    let version = payload::Policy {
        version: 2,
        nonce: None,
        origin: None,
        proposal: Some(proposal),
    };
    let make = Make::new(CAROL, Payload::Policy(version)).tree(tree);
    let second = b.event("refs/forge/policy", make);
    b.policy = Some(second);
    b.event(&log, Make::new(CAROL, Payload::Close(payload::Close {})));
    Case::new(&name("policy", hash), b)
        .fact(
            "refs/forge/policy",
            "/state/versions",
            json!([first.to_string(), second.to_string()]),
        )
        .fact(
            "refs/forge/policy",
            "/state/defaults",
            json!({"approvals": 2, "resolve_threads": true}),
        )
        .fact("refs/forge/policy", "/state/admins", json!(["alice"]))
        .fact(&log, "/state/stances/alice/stance", "endorse")
        .fact(&log, "/state/status", "closed")
}

fn check(hash: HashKind) -> Case {
    let mut b = Builder::new(hash);
    let (commit, tree) = (b.code("commit"), b.code("tree"));
    let log = format!("refs/forge/check/{commit}/log");
    let report = |check: &str, status, url: Option<&str>| {
        Payload::Check(payload::Check {
            commit,
            tree_id: tree,
            check: value(check),
            status,
            url: url.map(value),
            time: time(),
        })
    };
    b.event(
        &log,
        Make::new(
            CI,
            report(
                "unit tests",
                CheckStatus::Started,
                Some("https://ci.example.com/1"),
            ),
        ),
    );
    b.event(
        &log,
        Make::new(CI, report("lint", CheckStatus::Success, None)),
    );
    let deep = b.folder(&[("report.sarif", b"{}"), ("log.txt", b"failed\n")]);
    let blob = b.blob(b"1 failed\n");
    let evidence = b.tree(&[(MODE_TREE, "unit", deep), (MODE_FILE, "summary.txt", blob)]);
    let make = Make::new(CI, report("unit tests", CheckStatus::Failure, None))
        .body("1 of 300 failed.")
        .tree(evidence);
    let last = b.event(&log, make);
    use CheckStatus::{Cancelled, Error, Skipped};
    for status in [Error, Cancelled, Skipped] {
        b.event(&log, Make::new(EDGE, report(status.word(), status, None)));
    }
    Case::new(&name("check", hash), b)
        .fact(&log, "/state/checks/unit tests/status", "failure")
        .fact(&log, "/state/checks/unit tests/event", last.to_string())
        .fact(
            &log,
            "/state/checks/unit tests/evidence",
            json!(["summary.txt", "unit/log.txt", "unit/report.sarif"]),
        )
        .fact(&log, "/state/checks/unit tests/url", json!(null))
        .fact(&log, "/state/checks/lint/by", "ci")
}

fn queue(hash: HashKind) -> Case {
    let mut b = Builder::new(hash);
    let log = "refs/forge/queue/release/1.0/log";
    let target: touchmark_core::event::RefName = value("refs/heads/release/1.0");
    let start = Payload::Queue(payload::Queue {
        target: target.clone(),
    });
    b.event(log, Make::new(QUEUE, start));
    let (one, two) = (b.code("pr one"), b.code("pr two"));
    let head = b.code("head");
    for pull_request in [one, two] {
        let enter = payload::Enqueue {
            pull_request,
            revision: 3,
            head,
        };
        b.event(log, Make::new(QUEUE, Payload::Enqueue(enter)));
    }
    let leave = payload::Dequeue {
        pull_request: one,
        reason: DequeueReason::Failed,
    };
    b.event(
        log,
        Make::new(QUEUE, Payload::Dequeue(leave)).body("unit tests failed"),
    );
    let enter = payload::Enqueue {
        pull_request: one,
        revision: 4,
        head,
    };
    b.event(log, Make::new(QUEUE, Payload::Enqueue(enter)));
    let key = named_key("bob").public().fingerprint();
    let bypass = payload::Bypass {
        target,
        old: b.code("old"),
        new: b.code("new"),
        pusher: value(&format!("key {key}")),
        time: time(),
    };
    b.event(log, Make::new(EDGE, Payload::Bypass(bypass)));
    Case::new(&name("queue", hash), b)
        .fact(log, "/state/entries/0/pull_request", two.to_string())
        .fact(log, "/state/entries/1/revision", 4)
        .fact(log, "/state/bypasses/0/by", "edge")
}

fn run(hash: HashKind) -> Case {
    let mut b = Builder::new(hash);
    let start = payload::Run {
        agent: value("fixer 1.2"),
        time: time(),
    };
    let make = Make::new(AGENT, Payload::Run(start))
        .subject("Make the test pass")
        .body("The whole task.");
    let (log, _) = b.open("run", make);
    let step = |status| {
        Payload::RunStep(payload::RunStep {
            step: value("build"),
            status,
            time: time(),
        })
    };
    b.event(&log, Make::new(AGENT, step(CheckStatus::Started)));
    let tree = b.folder(&[("log.txt", b"ok\n")]);
    let last = b.event(
        &log,
        Make::new(AGENT, step(CheckStatus::Success)).tree(tree),
    );
    let end = payload::RunEnd {
        status: CheckStatus::Success,
        evidence: vec![last],
        time: time(),
    };
    b.event(&log, Make::new(AGENT, Payload::RunEnd(end)).body("Done."));
    Case::new(&name("run", hash), b)
        .fact(&log, "/state/task", "Make the test pass")
        .fact(&log, "/state/steps/1/evidence", json!(["log.txt"]))
        .fact(&log, "/state/ended/status", "success")
}

fn receipts(hash: HashKind) -> Case {
    let mut b = Builder::new(hash);
    let log = "refs/forge/receipts";
    let key = named_key("alice").public().fingerprint();
    let pushers = [
        format!("certificate {key}"),
        "login bob".to_owned(),
        "import github".to_owned(),
        "none".to_owned(),
    ];
    let decisions = [
        Decision::Accepted,
        Decision::Reconciled,
        Decision::Archived,
        Decision::Redacted,
    ];
    let heads = b.tree(&[(0o160_000, "main", b.code("main"))]);
    let refs = b.tree(&[(MODE_TREE, "heads", heads)]);
    let numbers = b.tree(&[(0o160_000, "1", b.code("pr"))]);
    let numbers = b.tree(&[(MODE_TREE, "0", numbers)]);
    let tree = b.tree(&[(MODE_TREE, "refs", refs), (MODE_TREE, "numbers", numbers)]);
    for ((pusher, decision), sequence) in pushers.iter().zip(decisions).zip(1..) {
        let receipt = payload::Receipt {
            sequence,
            pusher: value(pusher),
            time: time(),
            decision,
        };
        b.event(
            log,
            Make::new(SEQUENCER, Payload::Receipt(receipt)).tree(tree),
        );
    }
    Case::new(&name("receipts", hash), b)
        .fact(log, "/state/latest/sequence", 4)
        .fact(log, "/state/latest/pusher", "none")
        .fact(log, "/state/latest/tree", tree.to_string())
}

fn archive(hash: HashKind) -> Case {
    let mut b = Builder::new(hash);
    let log = "refs/forge/archive";
    let (issue_log, issue) = open_issue(&mut b, DAVE);
    let fold = |sequence| {
        Payload::Archive(payload::Archive {
            sequence,
            time: time(),
        })
    };
    let first = b.event(log, Make::new(SEQUENCER, fold(1)));
    let hex = issue.to_string();
    let leaf = b.tree(&[(0o160_000, &hex[4..], issue)]);
    let middle = b.tree(&[(MODE_TREE, &hex[2..4], leaf)]);
    let tree = b.tree(&[(MODE_TREE, &hex[..2], middle)]);
    b.refs.remove(&issue_log);
    let make = Make::new(SEQUENCER, fold(2))
        .tree(tree)
        .parents(&[first, issue]);
    b.event(log, make);
    Case::new(&name("archive", hash), b)
        .fact(log, "/state/folded", 1)
        .fact(log, "/state/sequence", 2)
        .fact(log, "/events", 2)
}

fn deliveries(hash: HashKind) -> Case {
    let mut b = Builder::new(hash);
    let log = "refs/forge/deliveries";
    let delivery = Digest::of(b"event subscription");
    let outcomes = [
        DeliveryOutcome::Retry,
        DeliveryOutcome::Delivered,
        DeliveryOutcome::Dead,
    ];
    for (outcome, attempt) in outcomes.into_iter().zip(1..) {
        let delivery = if attempt == 3 {
            Digest::of(b"another")
        } else {
            delivery
        };
        let tried = payload::Delivery {
            delivery,
            attempt,
            outcome,
            time: time(),
        };
        b.event(
            log,
            Make::new(EDGE, Payload::Delivery(tried)).body("200 OK"),
        );
    }
    Case::new(&name("deliveries", hash), b).fact(log, "/events", 3)
}

/// Drafts, review requests, retargeting, withdrawal, closing.
fn draft() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let opened = payload::Pr {
        draft: true,
        ..pr(&b)
    };
    let (log, _) = b.open("pr", Make::new(BOB, Payload::Pr(opened)).subject("A draft"));
    b.event(&log, Make::new(BOB, Payload::Ready(payload::Ready {})));
    b.event(&log, Make::new(CAROL, Payload::Draft(payload::Draft {})));
    b.event(&log, Make::new(BOB, Payload::Ready(payload::Ready {})));
    let ask = payload::RequestReview {
        reviewers: people(&["+alice", "+@security", "-carol"]),
    };
    b.event(&log, Make::new(BOB, Payload::RequestReview(ask)));
    b.event(&log, Make::new(ALICE, review(&b, 1, Verdict::Approve, &[])));
    b.event(
        &log,
        Make::new(ALICE, review(&b, 1, Verdict::Withdraw, &[])).body("I was wrong."),
    );
    b.event(
        &log,
        Make::new(DAVE, review(&b, 1, Verdict::Comment, &[])).body("Only a remark."),
    );
    b.event(
        &log,
        Make::new(BOB, revision(&b, 2, Some(value("refs/heads/next")))),
    );
    b.event(
        &log,
        Make::new(BOB, Payload::Close(payload::Close {})).body("Another time."),
    );
    Case::new("draft", b)
        .fact(&log, "/state/status", "closed")
        .fact(&log, "/state/closed/note", "Another time.")
        .fact(&log, "/state/target", "refs/heads/next")
        .fact(&log, "/state/reviewers", json!(["@security", "alice"]))
        .fact(&log, "/state/verdicts", json!({}))
        .fact(&log, "/state/draft", false)
}

/// A guest's contribution, and how it is let in; an object restarted at a snapshot.
fn guest() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let mallory = crate::people::MALLORY;
    let key = Digest::of(&mallory.key().public().to_blob());
    let (log, id) = open_pr(&mut b, mallory);
    let tip = b.refs.remove(&log).expect("just opened");
    let log = format!("refs/forge/guest/{key}/{id}/log");
    b.refs.insert(log.clone(), tip);
    let tip = b.event(&log, Make::new(mallory, comment(None)).body("Please."));
    let (pr_log, _) = open_pr(&mut b, CAROL);
    let admit = payload::Admit {
        guest: mallory.key().public().fingerprint(),
        object: id,
        tip,
    };
    b.event(&pr_log, Make::new(CAROL, Payload::Admit(admit)));
    Case::new("guest", b)
        .fact(&log, "/type", "guest")
        .fact(
            &log,
            "/state/author",
            mallory.key().public().fingerprint().to_string(),
        )
        .fact(&pr_log, "/state/admitted/0/tip", tip.to_string())
}

/// A fork's policy names where it comes from.
fn fork() -> Case {
    let mut b = Builder::empty(HashKind::Sha1);
    let origin = Digest::of(b"the other repository");
    b.start_policy_as(ALICE, &usual_policy(), &usual_signers(), Some(origin));
    Case::new("fork", b).fact("refs/forge/policy", "/state/version", 1)
}
