//! Attacks on the policy itself: its versions, who decides on them, and what a server shows of it.

use std::path::Path;

use touchmark_core::event::Verdict;
use touchmark_core::id::HashKind;

use super::hands::{DAVE, Draft, signer_line, to_policy};
use super::stage::{Stage, signed, to_log};

const ONE: &str = "[[branch]]\nmatch = [\"main\"]\napprovals = 1\n";
const TWO: &str = "[[branch]]\nmatch = [\"main\"]\napprovals = 2\n";
const NONE: &str = "[[branch]]\nmatch = [\"main\"]\napprovals = 0\n";

/// The same with another role for somebody.
fn with_role(draft: &Draft, person: &str, from: &str, to: &str) -> Draft {
    let entry = |role: &str| format!("[\"{person}@example.com\"]\nroles = [\"{role}\"]");
    let changed = Draft {
        toml: draft.toml.replace(&entry(from), &entry(to)),
        ..draft.clone()
    };
    assert_ne!(changed.toml, draft.toml);
    changed
}

/// C1: the policy is rolled back to an older valid version, gets another content under the same number, or skips a
/// number, each with an admin's endorsement; or an endorsement of an earlier version is used again.
/// Refused: ref-rewind, policy-version, policy-threshold
#[test]
fn c1_a_policy_that_does_not_go_on() {
    let stage = Stage::with_policy(ONE);
    let dave = stage.person("dave");
    let second = stage.draft(TWO);
    let word = stage.endorsement(&dave, "alice", &second).bytes();
    let other = stage.endorsed(&dave, &stage.draft(NONE), &["alice"]);
    stage.record(&dave, &second, &["alice"]);
    for back in [second.parent, other] {
        stage.refuses(&dave, "ref-rewind", &[&format!("+{}", to_policy(back))]);
    }
    let third = stage.draft(ONE);
    for number in [1, 2, 4] {
        let wrong = Draft {
            number,
            ..third.clone()
        };
        let version = stage.endorsed(&dave, &wrong, &["alice"]);
        stage.refuses(&dave, "policy-version", &[&to_policy(version)]);
    }
    stage.record(&dave, &third, &["alice"]);
    // Alice has wanted just this once; that was of another version.
    let again = stage.draft(TWO);
    let version = stage.drafted(&dave, "alice", &again, &[word]);
    stage.refuses(&dave, "policy-threshold", &[&to_policy(version)]);
    stage.record(&dave, &again, &["alice"]);
}

/// C2: a threshold that nobody has to meet or nobody can meet; one admin who fills it twice, with two words or two keys.
/// Refused: policy-form, policy-threshold
#[test]
fn c2_a_threshold_that_is_none() {
    let stage = Stage::with_policy(ONE);
    let dave = stage.person("dave");
    let mut draft = with_role(&stage.draft(ONE), "bob", "maintainer", "admin");
    draft.signers += &signer_line("alice", "alice-laptop");
    let with_threshold = |number: u32| Draft {
        toml: (draft.toml).replace("\nthreshold = 1\n", &format!("\nthreshold = {number}\n")),
        ..draft.clone()
    };
    for number in [0, 3] {
        let version = stage.endorsed(&dave, &with_threshold(number), &["alice", "bob"]);
        let told = stage.refuses(&dave, "policy-form", &[&to_policy(version)]);
        assert!(told.contains("policy.toml, threshold"), "{told}");
    }
    stage.record(&dave, &with_threshold(2), &["alice", "bob"]);
    let next = Draft {
        parent: stage.policy(),
        number: 3,
        toml: with_threshold(2)
            .toml
            .replace("approvals = 1", "approvals = 2"),
        ..draft
    };
    let word = stage.endorsement(&dave, "alice", &next);
    let mut again = stage.endorsement(&dave, "alice", &next);
    again.unsigned.author.seconds += 1;
    let payload = again.unsigned.encode(HashKind::Sha1).unwrap();
    for second in [again.bytes(), signed(&payload, "alice-laptop")] {
        let version = stage.drafted(&dave, "alice", &next, &[word.bytes(), second]);
        let told = stage.refuses(&dave, "policy-threshold", &[&to_policy(version)]);
        assert!(told.contains("1 of 2 admins"), "{told}");
    }
    stage.record(&dave, &next, &["alice", "bob"]);
}

/// C3: the admins are replaced with the word of the old ones alone, or of the new ones alone.
/// Refused: policy-threshold
#[test]
fn c3_admins_replaced_by_one_side_alone() {
    let stage = Stage::with_policy(ONE);
    let dave = stage.person("dave");
    let promoted = with_role(&stage.draft(ONE), "bob", "maintainer", "admin");
    let draft = with_role(&promoted, "alice", "admin", "maintainer");
    for one in ["alice", "bob"] {
        let version = stage.endorsed(&dave, &draft, &[one]);
        stage.refuses(&dave, "policy-threshold", &[&to_policy(version)]);
    }
    stage.record(&dave, &draft, &["alice", "bob"]);
}

/// C4: the policy is loosened in the same push as the merge, or the move of the branch, that it would allow.
/// Refused: approvals-missing, branch-protected, policy-unknown
#[test]
fn c4_a_policy_loosened_in_the_same_push() {
    let stage = Stage::with_policy(ONE);
    let dave = stage.person("dave");
    let head = stage.code(
        &dave,
        stage.main(),
        DAVE,
        &[(b"src/new.rs", Some(b"new\n"))],
    );
    let pr = stage.propose(&dave, "dave", head);
    let version = stage.endorsed(&dave, &stage.draft(NONE), &["alice"]);
    let [branch, log] = stage.landing(&dave, "carol", &pr);
    stage.refuses(
        &dave,
        "approvals-missing",
        &[&to_policy(version), &branch, &log],
    );
    // Nor may the branch move by itself, for all that the new version says.
    let open = format!("{NONE}protected = false\n");
    let unprotected = stage.endorsed(&dave, &stage.draft(&open), &["alice"]);
    let moved = format!("{}:refs/heads/main", pr.head);
    stage.refuses(
        &dave,
        "branch-protected",
        &[&to_policy(unprotected), &moved],
    );
    // The event may as well name the version that comes with it.
    let mut comment = stage.comment("carol", pr.tip, "By the new policy.");
    comment.unsigned.policy = Some(version);
    let comment = comment.write(&dave);
    stage.refuses(
        &dave,
        "policy-unknown",
        &[&to_policy(version), &to_log(comment, pr.id)],
    );
    stage.accepts(&dave, &[&to_policy(version)]);
    stage.accepts_merge(&dave, "carol", &pr);
}

/// C5: a key is enrolled in the same push as the approval that it signs.
/// Refused: signer-unknown, policy-unknown
#[test]
fn c5_a_key_enrolled_in_the_same_push() {
    let stage = Stage::with_policy(ONE);
    let dave = stage.person("dave");
    let head = stage.code(
        &dave,
        stage.main(),
        DAVE,
        &[(b"src/new.rs", Some(b"new\n"))],
    );
    let mut pr = stage.propose(&dave, "dave", head);
    let mut draft = stage.draft(&format!(
        "[people.erin]\nname = \"Erin\"\nemails = [\"erin@example.com\"]\nroles = [\"maintainer\"]\n{ONE}"
    ));
    draft.signers += &signer_line("erin", "erin");
    let version = stage.endorsed(&dave, &draft, &["alice"]);
    for (policy, rule) in [
        (draft.parent, "signer-unknown"),
        (version, "policy-unknown"),
    ] {
        let mut raw = stage.verdict("erin", &pr, Verdict::Approve);
        raw.unsigned.policy = Some(policy);
        let approval = raw.write(&dave);
        stage.refuses(
            &dave,
            rule,
            &[&to_policy(version), &to_log(approval, pr.id)],
        );
    }
    stage.accepts(&dave, &[&to_policy(version)]);
    stage.approve(&dave, "erin", &mut pr);
    stage.accepts_merge(&dave, "carol", &pr);
}

/// Copies a server as it is, to be shown later or to somebody else.
fn copy(stage: &Stage, to: &Path) {
    let from = stage.world.server();
    let status = std::process::Command::new("cp")
        .args(["-r".as_ref(), from.as_os_str(), to.as_os_str()])
        .status()
        .unwrap();
    assert!(status.success(), "cp");
}

/// C12: a server shows a client an older state that was good in its time: all of it, or the policy alone.
/// Client: the alarm of `touchmark sync`, and nothing here goes back.
#[test]
fn c12_an_older_state_is_served() {
    let stage = Stage::with_policy(ONE);
    let (dave, bob) = (stage.person("dave"), stage.person("bob"));
    let (server, old, now) = (
        stage.world.server(),
        stage.world.path().join("old.git"),
        stage.world.path().join("now.git"),
    );
    bob.touchmark(&["sync"]).ok();
    copy(&stage, &old);
    stage.record(&dave, &stage.draft(TWO), &["alice"]);
    bob.touchmark(&["sync"]).ok();
    let seen = bob.refs("refs/forge");

    std::fs::rename(&server, &now).unwrap();
    std::fs::rename(&old, &server).unwrap();
    let told = bob.touchmark(&["sync"]).fails(5);
    assert!(
        told.contains("ALARM") && told.contains("refs/forge/receipts"),
        "{told}"
    );
    assert_eq!(bob.refs("refs/forge"), seen);

    std::fs::rename(&server, &old).unwrap();
    std::fs::rename(&now, &server).unwrap();
    bob.touchmark(&["sync"]).ok();
    // Whoever runs the server can turn its hooks off, and a client notices all the same.
    let back = [
        "-c",
        "core.hooksPath=/dev/null",
        "update-ref",
        "refs/forge/policy",
    ];
    stage
        .world
        .on_server(&[&back[..], &["refs/forge/policy~1"]].concat());
    let told = bob.touchmark(&["sync"]).fails(5);
    assert!(told.contains("refs/forge/policy"), "{told}");
    assert_eq!(bob.refs("refs/forge"), seen);
}

/// C13: a server shows two clients two histories, each good by itself and signed by its sequencer.
/// Client: the alarm of `touchmark sync` with the other client's clone as its remote: neither view's receipts descend
/// from the other's.
#[test]
fn c13_two_views_for_two_clients() {
    let stage = Stage::with_policy(ONE);
    let (dave, bob, carol) = (
        stage.person("dave"),
        stage.person("bob"),
        stage.person("carol"),
    );
    let split = stage.world.path().join("split.git");
    copy(&stage, &split);
    stage.record(&dave, &stage.draft(TWO), &["alice"]);
    bob.touchmark(&["sync"]).ok();
    dave.touchmark(&["sync"]).ok();
    // The other half of the project pushes and fetches elsewhere, and sees nothing amiss.
    let url = split.to_str().unwrap();
    carol.git(&["remote", "set-url", "origin", url]).ok();
    carol.git(&["switch", "-q", "-c", "topic"]).ok();
    carol.write("src/new.rs", "new\n");
    carol.commit("Change it");
    carol
        .touchmark(&["pr", "open", "--target=main", "--title=A change"])
        .ok();
    carol.touchmark(&["sync"]).ok();
    let receipts = "refs/forge/receipts";
    for (name, other) in [("bob", &carol), ("carol", &bob)] {
        assert_ne!(stage.person(name).rev(receipts), other.rev(receipts));
    }
    let ask = |person: &crate::env::Person<'_>, of: &crate::env::Person<'_>| {
        let path = of.dir();
        person
            .git(&["remote", "add", of.name, path.to_str().unwrap()])
            .ok();
        person.git(&["config", "touchmark.remote", of.name]).ok();
        person.touchmark(&["sync"])
    };
    ask(&bob, &dave).ok();
    let seen = bob.refs("refs/forge");
    let told = ask(&bob, &carol).fails(5);
    assert!(told.contains("ALARM") && told.contains(receipts), "{told}");
    let kept = bob.refs("refs/forge");
    assert!(seen.lines().all(|line| kept.contains(line)), "{kept}");
    let told = ask(&carol, &bob).fails(5);
    assert!(told.contains("ALARM") && told.contains(receipts), "{told}");
}
