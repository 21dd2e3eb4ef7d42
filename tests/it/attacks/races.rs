//! Attacks by timing: what moves while a push is judged, and what comes all at once.

use std::path::PathBuf;
use std::process::{Child, Output};
use std::time::{Duration, Instant};

use touchmark_core::event::Verdict;
use touchmark_core::sign::attach_signature;

use super::landing::{Code, NONE, ONE, args};
use super::stage::{Stage, key, to_log, write};
use crate::env::Person;

/// A push that stands still once it is judged.
pub(super) struct Paused {
    file: PathBuf,
    child: Child,
}

impl Paused {
    pub(super) fn start(stage: &Stage, person: &Person<'_>, name: &str, refspecs: &[&str]) -> Self {
        let file = stage.world.path().join(name);
        let push = ["push", "-q", "--signed", "origin"];
        let child = person
            .command("git")
            .env(
                "TOUCHMARK_FAULT",
                format!("judged:pause={}", file.display()),
            )
            .args([&push[..], refspecs].concat())
            .spawn();
        let waiting = PathBuf::from(format!("{}.waiting", file.display()));
        let until = Instant::now() + Duration::from_secs(100);
        while !waiting.exists() {
            assert!(Instant::now() < until, "the push is not judged");
            std::thread::sleep(Duration::from_millis(5));
        }
        Self { file, child }
    }

    pub(super) fn go_on(self) -> Output {
        std::fs::write(&self.file, "").unwrap();
        self.child.wait_with_output().unwrap()
    }

    /// Goes on, and is refused by this rule.
    #[track_caller]
    pub(super) fn refused(self, rule: &str) {
        let output = self.go_on();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{told}");
        assert!(told.contains(&format!("({rule})")), "{told}");
    }
}

/// E1: a branch is made while the policy that forbids it comes in: after the push was judged by the older one.
/// Refused: branch-right
#[test]
fn e1_the_policy_is_tightened_while_a_push_is_judged() {
    let stage = Stage::with_policy(ONE);
    let (alice, bob, carol) = (
        stage.person("alice"),
        stage.person("bob"),
        stage.person("carol"),
    );
    let shut = Paused::start(&stage, &bob, "shut", &["main:refs/heads/release/1"]);
    let free = Paused::start(&stage, &carol, "free", &["main:refs/heads/work"]);
    let tighter = format!("{ONE}[[branch]]\nmatch = [\"release/**\"]\nprotected = true\n");
    let text = stage.policy_toml(&tighter);
    std::fs::write(stage.world.path().join("policy.toml"), text).unwrap();
    let before = stage.policy();
    alice
        .touchmark(&["policy", "edit", "--policy=../policy.toml", "--record"])
        .ok();
    assert_ne!(stage.policy(), before);
    let refs = stage.refs();
    shut.refused("branch-right");
    assert_eq!(stage.refs(), refs);
    let output = free.go_on();
    assert!(output.status.success(), "{output:?}");
}

/// E2: a push that is not atomic, so that only the branch may land: the branch alone, the event alone, both with an
/// event that says something else, and both while the log moves on.
/// Refused: branch-protected, merge-mismatch, push-moved
#[test]
fn e2_only_the_branch_lands() {
    let stage = Stage::with_policy(NONE);
    let alice = stage.person("alice");
    let pr = stage.open(&alice, "topic");
    let code = Code::of(&stage, &alice, "topic");
    let merge = code.merge(&stage, "carol", pr, &alice);
    let [branch, event] = merge.refspecs(pr);
    stage.refuses(&alice, "branch-protected", &[&branch]);
    stage.refuses(&alice, "merge-mismatch", &[&event]);
    let other = code.merge_event(&stage, "carol", pr, code.head);
    let other = to_log(other.write(&alice), pr);
    stage.refuses(&alice, "merge-mismatch", &[&branch, &other]);
    let paused = Paused::start(&stage, &alice, "merge", &[&branch, &event]);
    let comment = stage.comment("bob", pr, "Wait.").write(&alice);
    stage.accepts(&alice, &[&to_log(comment, pr)]);
    let refs = stage.refs();
    paused.refused("push-moved");
    assert_eq!(stage.refs(), refs);
    let refspecs = code.merge(&stage, "carol", comment, &alice).refspecs(pr);
    stage.accepts(&alice, &args(&refspecs));
}

/// E3: an approval comes in one push with the merge that it allows: somebody's own, one under another's name, one
/// whose signature is of something else.
/// Refused: self-approval, signer-email, signature-bad
#[test]
fn e3_an_approval_in_one_push_with_the_merge() {
    let stage = Stage::with_policy(ONE);
    let alice = stage.person("alice");
    let pr = stage.open(&alice, "topic");
    let code = Code::of(&stage, &alice, "topic");
    let own = code.verdict(&stage, "alice", pr, Verdict::Approve);
    let honest = code.verdict(&stage, "bob", pr, Verdict::Approve);
    let sha1 = touchmark_core::id::HashKind::Sha1;
    let payload = honest.unsigned.encode(sha1).unwrap();
    let signed = |by: &str, what: &[u8]| {
        let armor = key(by).sign(what);
        write(&alice, "commit", &attach_signature(&payload, &armor, sha1))
    };
    for (approval, rule) in [
        (own.write(&alice), "self-approval"),
        (signed("alice", &payload), "signer-email"),
        (signed("bob", b"something else"), "signature-bad"),
    ] {
        let refspecs = code.merge(&stage, "carol", approval, &alice).refspecs(pr);
        stage.refuses(&alice, rule, &args(&refspecs));
    }
    let approval = honest.write(&alice);
    let refspecs = code.merge(&stage, "carol", approval, &alice).refspecs(pr);
    stage.accepts(&alice, &args(&refspecs));
}

/// E6: two people merge the same pull request at once.
/// Refused: push-moved
#[test]
fn e6_two_equal_merges_at_once() {
    let stage = Stage::with_policy(NONE);
    let alice = stage.person("alice");
    let pr = stage.open(&alice, "topic");
    let code = Code::of(&stage, &alice, "topic");
    let late = code.merge(&stage, "carol", pr, &alice);
    let early = code.merge(&stage, "bob", pr, &alice);
    let paused = Paused::start(&stage, &alice, "late", &args(&late.refspecs(pr)));
    stage.accepts(&alice, &args(&early.refspecs(pr)));
    let refs = stage.refs();
    paused.refused("push-moved");
    assert_eq!(stage.refs(), refs);
    assert_eq!(stage.on_server_id("refs/heads/main"), early.commit);
    let log = format!("refs/forge/pr/{pr}/log");
    assert_eq!(stage.on_server_id(&log), early.event);
}

/// How many comments come at once.
const COMMENTS: usize = 60;

/// E8: sixty comments on one object at once: each that the server has acknowledged is there afterwards.
/// Refused: push-moved, ref-rewind
#[test]
fn e8_many_comments_at_once() {
    let stage = Stage::new();
    let alice = stage.person("alice");
    let pr = stage.open(&alice, "topic");
    let mut tips = vec![pr];
    for number in 1..=COMMENTS {
        let tip = *tips.last().unwrap();
        let comment = stage.comment("bob", tip, &format!("Comment {number}."));
        tips.push(comment.write(&alice));
    }
    let children: Vec<_> = tips[1..]
        .iter()
        .map(|tip| {
            let push = alice.command("git");
            let args = ["push", "-q", "--signed", "origin", &to_log(*tip, pr)];
            (*tip, push.args(args).spawn())
        })
        .collect();
    let mut acknowledged = Vec::new();
    for (tip, child) in children {
        let output = child.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        if output.status.success() {
            acknowledged.push(tip);
        } else {
            // Who asks late sees what is there, and gives up by itself.
            let known = ["(push-moved)", "(ref-rewind)", "[rejected]"];
            assert!(known.iter().any(|word| told.contains(word)), "{told}");
        }
    }
    assert!(!acknowledged.is_empty());
    let log = format!("refs/forge/pr/{pr}/log");
    let survived = stage.world.on_server(&["rev-list", "--first-parent", &log]);
    for tip in acknowledged {
        assert!(survived.contains(&tip.to_string()), "{tip} is lost");
    }
    let last = *tips.last().unwrap();
    stage.accepts(&alice, &[&to_log(last, pr)]);
    let count = ["rev-list", "--first-parent", "--count", &log];
    let count = stage.world.on_server(&count);
    assert_eq!(count.trim(), (COMMENTS + 1).to_string());
}
