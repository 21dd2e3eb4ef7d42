//! What somebody might write into a log to be counted where they must not, and rules whose order two readers could differ on.

use serde_json::{Value, json};
use touchmark_core::event::{Payload, Stance, Verdict, payload};
use touchmark_core::id::{Digest, HashKind, ObjectId};
use touchmark_core::object::ObjectType;
use touchmark_core::sign::attach_signature;

use super::policies::{LOG, advance, endorsement, policy, version};
use super::{open_issue, open_pr, review, say, time};
use crate::builder::{Builder, Make, usual_policy, usual_signers};
use crate::case::Case;
use crate::people::{ALICE, BOB, CAROL, DAVE, SEQUENCER, Who};

pub(super) fn add(cases: &mut Vec<Case>) {
    cases.push(forged_endorsement());
    cases.push(misnamed_endorsement());
    cases.push(objection_of_an_admin());
    cases.push(endorsement_by_bot());
    cases.push(admin_bot_alone());
    cases.push(policy_join());
    cases.push(origin_and_proposal());
    cases.push(proposal_on_first());
    cases.push(forged_join());
    cases.push(forged_second_parent());
    cases.push(second_parent_later());
    cases.push(nested_foreign());
    cases.push(archive_later());
    cases.push(withdraw_when_closed());
    cases.push(unknown_reply_when_closed());
}

/// The commit of `make` with a signature of other bytes.
fn forged(b: &mut Builder, reference: &str, make: &Make) -> ObjectId {
    let payload = b.unsigned(reference, make);
    let armor = make.who.key().sign(b"something else");
    let commit = attach_signature(&payload, &armor, b.hash);
    b.commit(reference, commit)
}

fn join(who: Who, first: ObjectId, second: ObjectId) -> Make {
    Make::new(who, Payload::Join(payload::Join {})).parents(&[first, second])
}

/// What version 2 of the usual policy is made of: the first version, and the tree that is endorsed.
fn next_version(b: &mut Builder) -> (ObjectId, ObjectId) {
    let tree = b.policy_tree(&usual_policy(), &usual_signers(), &[]);
    (b.refs[LOG], tree)
}

fn usual() -> (String, String) {
    (usual_policy(), usual_signers())
}

/// Alice never signed the endorsement that bears her key.
fn forged_endorsement() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (first, tree) = next_version(&mut b);
    let make = endorsement(ALICE, first, 2, tree).parents(&[first]);
    let word = forged(&mut b, "refs/none", &make);
    b.refs.remove("refs/none");
    let files = usual();
    let id = version(&mut b, CAROL, 2, (&files.0, &files.1), &[word]);
    Case::new("policy-endorsement-forged", b)
        .rejects(id, "policy-threshold")
        .fact(LOG, "/state/version", 1)
}

/// A good endorsement, in a file that is named after another commit.
fn misnamed_endorsement() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (first, tree) = next_version(&mut b);
    let word = b.side(&[first], endorsement(ALICE, first, 2, tree));
    let content = b.objects.get(&word, ObjectType::Commit);
    let content = content.expect("just made").to_vec();
    let name = b.code("another commit").to_string();
    let folder = b.folder(&[(name.as_str(), content.as_slice())]);
    let toml = b.blob(usual_policy().as_bytes());
    let signers = b.blob(usual_signers().as_bytes());
    let file = touchmark_core::object::MODE_FILE;
    let full = b.tree(&[
        (file, "policy.toml", toml),
        (file, "allowed_signers", signers),
        (touchmark_core::object::MODE_TREE, "endorsements", folder),
    ]);
    let payload = payload::Policy {
        version: 2,
        nonce: None,
        origin: None,
        proposal: None,
    };
    let make = Make::new(CAROL, Payload::Policy(payload));
    let id = b.event(LOG, make.tree(full).policy(first));
    Case::new("policy-endorsement-misnamed", b)
        .rejects(id, "policy-threshold")
        .fact(LOG, "/state/version", 1)
}

/// The only word is an admin's, and it is an objection.
fn objection_of_an_admin() -> Case {
    let mut b = Builder::new(HashKind::Sha256);
    let (first, tree) = next_version(&mut b);
    let word = payload::Endorse {
        version: 2,
        tree_id: tree,
        stance: Stance::Object,
    };
    let make = Make::new(ALICE, Payload::Endorse(word)).policy(first);
    let word = b.side(&[first], make);
    let files = usual();
    let id = version(&mut b, CAROL, 2, (&files.0, &files.1), &[word]);
    Case::new("policy-objection-sha256", b)
        .rejects(id, "policy-threshold")
        .fact(LOG, "/state/version", 1)
}

const ROBOT: Who = Who {
    id: "robot",
    name: "Robot",
    role: "admin",
};

/// A bot with the role of an admin is no admin: its endorsement counts for nothing, though it may record a version.
fn endorsement_by_bot() -> Case {
    let (toml, signers) = policy(1, "declined = true", &[ALICE, BOB]);
    let toml = toml + &ROBOT.table("bots");
    let signers = signers + &ROBOT.line();
    let mut b = Builder::empty(HashKind::Sha1);
    let first = b.start_policy(&toml, &signers);
    let good = advance(&mut b, ROBOT, &toml, &signers, &[ALICE]);
    let tree = b.policy_tree(&toml, &signers, &[]);
    let word = b.side(&[good], endorsement(ROBOT, good, 3, tree));
    let bad = version(&mut b, ROBOT, 3, (&toml, &signers), &[word]);
    Case::new("policy-endorsement-by-bot", b)
        .rejects(bad, "policy-threshold")
        .fact(LOG, "/state/admins", json!(["alice"]))
        .fact(LOG, "/state/bots/robot/roles", json!(["admin"]))
        .fact(LOG, "/state/versions", json!([first, good]))
}

/// A policy whose only admin is a bot has none.
fn admin_bot_alone() -> Case {
    let bob = Who {
        role: "maintainer",
        ..BOB
    };
    let (toml, signers) = policy(1, "declined = true", &[bob]);
    let toml = toml + &ROBOT.table("bots");
    let signers = signers + &ROBOT.line();
    let mut b = Builder::empty(HashKind::Sha1);
    let id = b.start_policy_as(ROBOT, &toml, &signers, None);
    Case::new("policy-form-admin-bot", b)
        .rejects(id, "policy-form")
        .fact(LOG, "/state", Value::Null)
}

/// A join has no place in the policy's log, and no version comes in through one.
fn policy_join() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let first = b.refs[LOG];
    let second = advance(&mut b, CAROL, &usual_policy(), &usual_signers(), &[ALICE]);
    b.refs.insert(LOG.to_owned(), first);
    let joined = b.event(LOG, join(CAROL, first, second).policy(first));
    b.policy = Some(first);
    let (issue, _) = open_issue(&mut b, DAVE);
    Case::new("policy-join", b)
        .rejects(joined, "log-kind")
        .fact(LOG, "/events", 2)
        .fact(LOG, "/state/versions", json!([first]))
        .fact(&issue, "/state/status", "open")
}

/// `Forge-Origin` stands on a first version only, `Forge-Proposal` on later ones.
fn origin_and_proposal() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let first = b.refs[LOG];
    let line = format!(
        "Forge-Version: 2\nForge-Origin: {}\n",
        Digest::of(b"origin")
    );
    let make = |b: &mut Builder| {
        let tree = b.policy_tree(&usual_policy(), &usual_signers(), &[]);
        let word = b.side(&[first], endorsement(ALICE, first, 2, tree));
        let tree = b.policy_tree(&usual_policy(), &usual_signers(), &[word]);
        let payload = payload::Policy {
            version: 2,
            nonce: None,
            origin: None,
            proposal: Some(first),
        };
        let make = Make::new(CAROL, Payload::Policy(payload));
        make.tree(tree).policy(first).parents(&[first])
    };
    let good = make(&mut b);
    b.event(LOG, good);
    let bad = make(&mut b).parents(&[b.refs[LOG]]);
    let bad = b.changed(LOG, bad, |text| text.replace("Forge-Version: 2\n", &line));
    Case::new("policy-origin-on-second", b)
        .rejects(bad, "trailer-unknown")
        .fact(LOG, "/state/version", 2)
}

/// No proposal led to a first version.
fn proposal_on_first() -> Case {
    let mut b = Builder::empty(HashKind::Sha1);
    let tree = b.policy_tree(&usual_policy(), &usual_signers(), &[]);
    let payload = payload::Policy {
        version: 1,
        nonce: Some(touchmark_core::event::Nonce::from_bytes([7; 16])),
        origin: None,
        proposal: None,
    };
    let make = Make::new(ALICE, Payload::Policy(payload)).tree(tree);
    let line = format!("Forge-Proposal: {}", b.code("proposal"));
    let id = b.changed(LOG, make, |text| format!("{text}{line}\n"));
    Case::new("policy-proposal-on-first", b)
        .rejects(id, "trailer-unknown")
        .fact(LOG, "/state", Value::Null)
}

/// A join that nobody signed brings nothing; the side comes in with a later one.
fn forged_join() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, root) = open_issue(&mut b, DAVE);
    let tip = b.event(&log, say(CAROL, "Main."));
    let side = b.side(&[root], say(BOB, "Side."));
    let bad = forged(&mut b, &log, &join(CAROL, tip, side));
    b.event(&log, say(DAVE, "After."));
    Case::new("join-forged", b)
        .rejects(bad, "signature-bad")
        .fact(&log, "/events", 4)
        .fact(&log, "/state/comments/1/text", "After.")
}

/// A second parent that nobody signed has no time and names no policy: the join is judged without it.
fn forged_second_parent() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, root) = open_issue(&mut b, DAVE);
    let tip = b.event(&log, say(CAROL, "Main."));
    let side = b.side(&[root], say(BOB, "Side."));
    let late = say(BOB, "Late.").parents(&[side]).seconds(b.clock + 90_000);
    let bad = forged(&mut b, "refs/none", &late);
    b.refs.remove("refs/none");
    b.event(&log, join(CAROL, tip, bad));
    b.event(&log, say(DAVE, "After."));
    Case::new("join-forged-side", b)
        .rejects(bad, "signature-bad")
        .fact(&log, "/events", 6)
        .fact(&log, "/state/comments/1/text", "Side.")
        .fact(&log, "/state/comments/2/text", "After.")
}

/// A join is not before its second parent either.
fn second_parent_later() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, root) = open_issue(&mut b, DAVE);
    let tip = b.event(&log, say(CAROL, "Main."));
    let late = b.clock + 90_000;
    let side = b.side(&[root], say(BOB, "Side.").seconds(late));
    let early = b.event(&log, join(CAROL, tip, side));
    let same = b.side(&[root], say(BOB, "Another.").seconds(late));
    b.event(&log, join(CAROL, early, same).seconds(late));
    b.event(&log, say(DAVE, "After.").seconds(late));
    Case::new("join-before-second-parent", b)
        .rejects(side, "log-parents")
        .rejects(early, "time-order")
        .fact(&log, "/events", 7)
        .fact(&log, "/state/comments/1/text", "Another.")
}

/// A foreign join on a good join's side is rejected alone.
fn nested_foreign() -> Case {
    let mut b = Builder::new(HashKind::Sha256);
    let (log, root) = open_issue(&mut b, DAVE);
    let (_, elsewhere) = open_issue(&mut b, DAVE);
    let tip = b.event(&log, say(CAROL, "Main."));
    let side = b.side(&[root], say(BOB, "Side."));
    let nested = b.side(&[side, elsewhere], join(BOB, side, elsewhere));
    let after = b.side(&[nested], say(BOB, "After it."));
    b.event(&log, join(CAROL, tip, after));
    Case::new("join-nested-foreign-sha256", b)
        .rejects(nested, "log-parents")
        .fact(&log, "/events", 6)
        .fact(&log, "/state/comments/2/text", "After it.")
}

/// A fold is compared with the fold before it, not with the tips that it folds.
fn archive_later() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let log = "refs/forge/archive";
    let fold = |sequence| {
        let fold = payload::Archive {
            sequence,
            time: time(),
        };
        Make::new(SEQUENCER, Payload::Archive(fold))
    };
    let first = b.event(log, fold(1));
    let old = b.policy.expect("made");
    let (issue_log, root) = open_issue(&mut b, DAVE);
    let now = b.clock;
    let second = advance(&mut b, CAROL, &usual_policy(), &usual_signers(), &[ALICE]);
    let tip = b.event(
        &issue_log,
        say(DAVE, "Late.").seconds(now + 90_000).policy(second),
    );
    let make = fold(2).parents(&[first, tip]).seconds(now).policy(old);
    let two = b.event(log, make);
    let early = fold(3).parents(&[two, root]).seconds(now - 1).policy(old);
    let early = b.event(log, early);
    Case::new("archive-of-later-tip", b)
        .rejects(early, "time-order")
        .fact(log, "/state/folded", 1)
        .fact(log, "/state/sequence", 2)
}

/// Withdrawing what was not given: that is told before the pull request's being closed.
fn withdraw_when_closed() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, _) = open_pr(&mut b, ALICE);
    let approve = review(&b, 1, Verdict::Approve, &[]);
    b.event(&log, Make::new(CAROL, approve));
    b.event(&log, Make::new(ALICE, Payload::Close(payload::Close {})));
    let withdraw = review(&b, 1, Verdict::Withdraw, &[]);
    let none = b.event(&log, Make::new(BOB, withdraw.clone()));
    let closed = b.event(&log, Make::new(CAROL, withdraw));
    Case::new("withdraw-when-closed", b)
        .rejects(none, "verdict-unknown")
        .rejects(closed, "state-closed")
        .fact(&log, "/state/verdicts/carol/verdict", "approve")
}

/// An answer to nothing is told before the pull request's being closed, and so is a revision that is not there.
fn unknown_reply_when_closed() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, _) = open_pr(&mut b, ALICE);
    b.event(&log, Make::new(ALICE, Payload::Close(payload::Close {})));
    let tree = b.review_tree(&["What?\n"], &[]);
    let nothing = b.code("no comment");
    let anchor = format!("1 reply {nothing}/0");
    let lost = review(&b, 1, Verdict::Approve, &[&anchor]);
    let lost = b.event(&log, Make::new(BOB, lost).tree(tree));
    let unknown = review(&b, 2, Verdict::Approve, &[&anchor]);
    let unknown = b.event(&log, Make::new(BOB, unknown).tree(tree));
    let closed = review(&b, 1, Verdict::Approve, &[]);
    let closed = b.event(&log, Make::new(BOB, closed));
    let remark = review(&b, 1, Verdict::Comment, &[]);
    b.event(&log, Make::new(BOB, remark).body("A pity."));
    Case::new("review-when-closed", b)
        .rejects(lost, "comment-unknown")
        .rejects(unknown, "revision-unknown")
        .rejects(closed, "state-closed")
        .fact(&log, "/state/comments/0/text", "A pity.")
}
