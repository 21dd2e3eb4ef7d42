//! Rules of stage log, each broken by one event.

use serde_json::{Value, json};
use touchmark_core::event::{Payload, Verdict, payload};
use touchmark_core::id::{Digest, HashKind, ObjectId};

use super::policies::advance;
use super::{comment, labels, merge, open_issue, open_pr, pr, refuse, refuse_in, review, say};
use crate::builder::{Builder, Make, START, usual_policy, usual_signers};
use crate::case::Case;
use crate::people::{ALICE, BOB, CAROL, DAVE, MALLORY, Who};

pub(super) fn add(cases: &mut Vec<Case>) {
    cases.push(log_root());
    cases.push(refuse("log-kind", log_kind));
    cases.push(refuse("log-parents", log_parents));
    cases.push(log_repo());
    cases.push(refuse("policy-unknown", |b, bad| {
        let (log, _) = open_issue(b, DAVE);
        let policy = if bad {
            b.code("no policy")
        } else {
            b.policy.expect("made")
        };
        b.event(&log, say(BOB, "A remark.").policy(policy))
    }));
    cases.push(policy_older());
    cases.push(refuse_in(HashKind::Sha256, "time-order", |b, bad| {
        let (log, _) = open_issue(b, DAVE);
        // A parent's own second is no step back.
        let opened = b.clock;
        b.event(&log, say(BOB, "A remark.").seconds(opened - i64::from(bad)))
    }));
    cases.push(refuse("signer-unknown", |b, bad| {
        let (log, _) = open_issue(b, DAVE);
        b.event(&log, say(if bad { MALLORY } else { BOB }, "A remark."))
    }));
    cases.push(signer_retired());
    cases.push(refuse("signer-email", |b, bad| {
        let (log, _) = open_issue(b, DAVE);
        let email = if bad {
            "carol@example.com"
        } else {
            "bob@example.com"
        };
        b.event(&log, say(BOB, "A remark.").email(email))
    }));
    cases.push(refuse("right-missing", |b, bad| {
        let (log, _) = open_issue(b, ALICE);
        let change = payload::Label {
            labels: labels(&["+bug"]),
        };
        b.event(
            &log,
            Make::new(if bad { BOB } else { CAROL }, Payload::Label(change)),
        )
    }));
    cases.push(guest_by_another());
    cases.push(guest_rights());
    cases.push(guest_issue());
    cases.push(without_policy());
    cases.push(first_policy_rejected());
    cases.push(roots());
}

/// The ref is named after another id; with it everything else in the log goes.
fn log_root() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, id) = open_issue(&mut b, DAVE);
    let (other, root) = open_issue(&mut b, BOB);
    let tip = b.event(&other, say(DAVE, "Lost."));
    b.refs.remove(&other);
    let misnamed = format!("refs/forge/issue/{}/log", b.code("another"));
    b.refs.insert(misnamed.clone(), tip);
    Case::new("refuse-log-root", b)
        .rejects(root, "log-root")
        .fact(&log, "/tip", id.to_string())
        .fact(&misnamed, "/state", Value::Null)
        .fact(&misnamed, "/events", 2)
}

fn log_kind(b: &mut Builder, bad: bool) -> ObjectId {
    let (log, _) = if bad {
        open_issue(b, DAVE)
    } else {
        open_pr(b, DAVE)
    };
    let id = b.event(
        &log,
        Make::new(BOB, review(b, 1, Verdict::Comment, &[])).body("Hm."),
    );
    b.event(&log, say(BOB, "The next."));
    id
}

/// A join with the events of another log.
fn log_parents(b: &mut Builder, bad: bool) -> ObjectId {
    let (log, root) = open_issue(b, DAVE);
    let tip = b.event(&log, say(BOB, "One."));
    let (other, other_root) = open_issue(b, DAVE);
    b.refs.remove(&other);
    let side = b.side(&[if bad { other_root } else { root }], say(BOB, "Two."));
    let join = Make::new(CAROL, Payload::Join(payload::Join {})).parents(&[tip, side]);
    let join = b.event(&log, join);
    b.event(&log, say(BOB, "Three."));
    join
}

fn log_repo() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let opened = Payload::Pr(pr(&b));
    let make = Make::new(ALICE, opened).subject("A change");
    let (good, _) = b.open("pr", make.clone());
    let (log, id) = b.open("pr", make.repo(Digest::of(b"another repository")));
    b.event(&log, say(BOB, "Lost."));
    Case::new("refuse-log-repo", b)
        .rejects(id, "log-repo")
        .fact(&good, "/state/status", "open")
        .fact(&log, "/state", Value::Null)
}

/// Once an event names version 2, none that follows names version 1.
fn policy_older() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let first = b.policy.expect("made");
    let (log, _) = open_issue(&mut b, DAVE);
    let toml = usual_policy().replace("\"Carol\"", "\"Caroline\"");
    let second = advance(&mut b, CAROL, &toml, &usual_signers(), &[ALICE]);
    b.event(&log, say(BOB, "By the first.").policy(first));
    b.event(&log, say(BOB, "By the second.").policy(second));
    let bad = b.event(&log, say(BOB, "By the first again.").policy(first));
    // The rejected event keeps all form rules, so what it names counts for the next one: the first is not older.
    b.event(&log, say(BOB, "Goes on.").policy(first));
    b.event(&log, say(BOB, "And on.").policy(second));
    Case::new("refuse-policy-older", b)
        .rejects(bad, "policy-older")
        .fact(&log, "/events", 6)
        .fact(&log, "/state/comments/2/text", "Goes on.")
}

/// Bob's key is retired by version 2; what he signs under version 1 still counts.
fn signer_retired() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let first = b.policy.expect("made");
    let (log, _) = open_issue(&mut b, DAVE);
    let retired = BOB
        .line()
        .replace("\"git\"", "\"git\",valid-before=\"20251009085320Z\"");
    let signers = usual_signers().replace(&BOB.line(), &retired);
    let second = advance(&mut b, CAROL, &usual_policy(), &signers, &[ALICE]);
    b.event(&log, say(BOB, "Under the first.").policy(first));
    let bad = b.event(&log, say(BOB, "Under the second.").policy(second));
    let early = b.event(&log, say(BOB, "At an earlier time.").policy(second));
    b.event(&log, say(DAVE, "Goes on.").policy(second));
    let fingerprint = BOB.key().public().fingerprint().to_string();
    Case::new("refuse-signer-retired", b)
        .rejects(bad, "signer-retired")
        .rejects(early, "signer-retired")
        .fact(
            "refs/forge/policy",
            "/state/people/bob/retired",
            json!([fingerprint]),
        )
        .fact("refs/forge/policy", "/state/people/bob/keys", json!([]))
        .fact(&log, "/state/comments/1/text", "Goes on.")
}

/// A guest's issue, in the log of the guest's key.
fn open_guest(b: &mut Builder, who: Who, key_of: Who) -> (String, ObjectId) {
    let key = Digest::of(&key_of.key().public().to_blob());
    let (log, id) = open_pr(b, who);
    b.refs.remove(&log);
    let log = format!("refs/forge/guest/{key}/{id}/log");
    b.refs.insert(log.clone(), id);
    (log, id)
}

fn guest_by_another() -> Case {
    let mut b = Builder::new(HashKind::Sha256);
    let (log, _) = open_guest(&mut b, MALLORY, MALLORY);
    let bob = b.event(&log, say(BOB, "Welcome."));
    b.event(&log, say(MALLORY, "Thanks."));
    let (foreign, root) = open_guest(&mut b, ALICE, MALLORY);
    Case::new("guest-by-another-sha256", b)
        .rejects(bob, "signer-unknown")
        .rejects(root, "signer-unknown")
        .fact(&log, "/events", 3)
        .fact(&log, "/state/comments/0/text", "Thanks.")
        .fact(&foreign, "/state", Value::Null)
}

/// A guest has the rights `open` and `comment` and those of an author, and any e-mail; guests' logs take no merges.
fn guest_rights() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, _) = open_guest(&mut b, MALLORY, MALLORY);
    let approve = b.event(
        &log,
        Make::new(MALLORY, review(&b, 1, Verdict::Approve, &[])),
    );
    let merge = b.event(&log, Make::new(MALLORY, Payload::Merge(merge(&b, 1))));
    let change = payload::Label {
        labels: labels(&["+please"]),
    };
    b.event(&log, Make::new(MALLORY, Payload::Label(change)));
    b.event(&log, Make::new(MALLORY, super::revision(&b, 2, None)));
    b.event(
        &log,
        say(MALLORY, "Ping.").email("someone.else@example.net"),
    );
    b.event(
        &log,
        Make::new(MALLORY, review(&b, 2, Verdict::Comment, &[])).body("See."),
    );
    b.event(&log, Make::new(MALLORY, Payload::Close(payload::Close {})));
    Case::new("guest-rights", b)
        .rejects(approve, "right-missing")
        .rejects(merge, "log-kind")
        .fact(&log, "/state/labels", json!(["please"]))
        .fact(
            &log,
            "/state/comments/0/author",
            MALLORY.key().public().fingerprint().to_string(),
        )
        .fact(&log, "/state/status", "closed")
}

/// A guest's issue is no pull request: kinds of the other are no part of its log.
fn guest_issue() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let key = Digest::of(&MALLORY.key().public().to_blob());
    let (log, id) = open_issue(&mut b, MALLORY);
    b.refs.remove(&log);
    let log = format!("refs/forge/guest/{key}/{id}/log");
    b.refs.insert(log.clone(), id);
    let revision = b.event(&log, Make::new(MALLORY, super::revision(&b, 2, None)));
    let review = b.event(
        &log,
        Make::new(MALLORY, review(&b, 1, Verdict::Comment, &[])),
    );
    b.event(&log, say(MALLORY, "An issue it is."));
    Case::new("guest-issue", b)
        .rejects(revision, "log-kind")
        .rejects(review, "log-kind")
        .fact(&log, "/state/comments/0/text", "An issue it is.")
}

/// Without a policy nothing counts.
fn without_policy() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (issue, root) = open_issue(&mut b, DAVE);
    let (other, other_root) = open_issue(&mut b, DAVE);
    b.event(&other, say(DAVE, "Hello?"));
    b.refs.remove("refs/forge/policy");
    Case::new("without-policy", b)
        .rejects(root, "log-repo")
        .rejects(other_root, "log-repo")
        .fact(&issue, "/state", Value::Null)
        .fact(&other, "/events", 2)
}

/// The first policy's signer must be an admin in it.
fn first_policy_rejected() -> Case {
    let mut b = Builder::empty(HashKind::Sha256);
    let first = b.start_policy_as(CAROL, &usual_policy(), &usual_signers(), None);
    let (issue, root) = open_issue(&mut b, DAVE);
    Case::new("first-policy-by-maintainer-sha256", b)
        .rejects(first, "right-missing")
        .rejects(root, "log-repo")
        .fact("refs/forge/policy", "/state", Value::Null)
        .fact(&issue, "/state", Value::Null)
}

/// What cannot start a log, and names that are no logs.
fn roots() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (issue, id) = open_issue(&mut b, DAVE);
    // An issue in the place of a pull request.
    let misplaced = format!("refs/forge/pr/{id}/log");
    b.refs.insert(misplaced.clone(), id);
    // A comment that claims to be first.
    let make = Make::new(BOB, comment(None)).body("First!");
    let orphan = b.changed("refs/none", make.parents(&[id]), |text| {
        let parent = format!("parent {id}\n");
        let repo = Digest::of(b"repository");
        text.replace(&parent, "")
            .replace("Forge-Policy", &format!("Forge-Repo: {repo}\nForge-Policy"))
    });
    b.refs.remove("refs/none");
    let orphaned = format!("refs/forge/issue/{orphan}/log");
    b.refs.insert(orphaned.clone(), orphan);
    for other in [
        "refs/forge/issue/1/log",
        "refs/forge/pr",
        "refs/forge/x/log",
        "refs/heads/main",
    ] {
        b.refs.insert(other.to_owned(), id);
    }
    b.refs.insert(format!("refs/forge/issue/{id}/heads"), id);
    assert!(b.clock > START);
    Case::new("roots", b)
        .rejects(id, "log-root")
        .rejects(orphan, "parents-form")
        .fact(&issue, "/state/status", "open")
        .fact(&misplaced, "/state", Value::Null)
        .fact(&orphaned, "/state", Value::Null)
}
