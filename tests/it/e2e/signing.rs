//! Where keys come from: files, files with a passphrase, and ssh-agent.

use std::process::Command;

use touchmark_core::id::HashKind;

use super::{forge, open, state};
use crate::keys::{self, Agent};

#[test]
fn a_key_that_only_the_agent_has() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = open(&alice, "topic", "A topic");
    bob.touchmark(&["sync"]).ok();
    let agent = Agent::start(&bob.home());
    let key = bob.private_key();
    let added = bob
        .command("ssh-add")
        .args([&key])
        .env("SSH_AUTH_SOCK", &agent.socket)
        .run();
    added.ok();
    std::fs::remove_file(&key).unwrap();
    let comment = ["pr", "comment", &pr, "--body=By the agent"];
    let without = bob.touchmark(&comment).refused();
    assert!(without.contains("hint: "), "{without}");
    bob.command("touchmark")
        .args(comment)
        .env("SSH_AUTH_SOCK", &agent.socket)
        .run()
        .ok();
    alice.touchmark(&["sync"]).ok();
    assert_eq!(state(&alice, &pr)["comments"][0]["author"], "bob");
    alice
        .git(&["verify-commit", &format!("refs/forge/pr/{pr}/log")])
        .ok();
}

#[test]
fn a_key_with_a_passphrase() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    let pr = open(&alice, "topic", "A topic");
    keys::protect(&alice.private_key(), "correct horse");
    let comment = ["pr", "comment", &pr, "--body=With a passphrase"];
    let without = alice.touchmark(&comment).refused();
    assert!(without.contains("passphrase"), "{without}");
    for (said, right) in [("wrong donkey", false), ("correct horse", true)] {
        let ask = alice.home().join("askpass");
        std::fs::write(&ask, format!("#!/bin/sh\necho '{said}'\n")).unwrap();
        Command::new("chmod").arg("755").arg(&ask).status().unwrap();
        let run = alice
            .command("touchmark")
            .args(comment)
            .env("SSH_ASKPASS", &ask)
            .env("SSH_ASKPASS_REQUIRE", "force")
            .run();
        assert_eq!(run.status == 0, right, "{run:?}");
    }
    assert_eq!(state(&alice, &pr)["comments"].as_array().unwrap().len(), 1);
}

#[test]
fn a_key_that_the_policy_does_not_know() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    let pr = open(&alice, "topic", "A topic");
    let foreign = world.person("mallory").private_key();
    let refusal = alice
        .touchmark(&[
            "pr",
            "comment",
            &pr,
            "--body=x",
            "--key",
            foreign.to_str().unwrap(),
        ])
        .refused();
    assert!(
        refusal.contains("error: ") && refusal.contains("hint: "),
        "{refusal}"
    );
}

#[test]
fn a_path_that_git_takes_for_an_openpgp_key_is_used_or_explained() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = open(&alice, "topic", "A topic");
    bob.touchmark(&["sync"]).ok();
    let moved = bob.home().join("signing-key");
    std::fs::rename(bob.private_key(), &moved).unwrap();
    for line in ["gpg.format", "user.signingkey", "touchmark.key"] {
        // Whether it was set does not matter.
        let _ = bob.git(&["config", "--global", "--unset-all", line]);
    }
    bob.git(&["config", "user.signingkey", moved.to_str().unwrap()])
        .ok();
    let comment = ["pr", "comment", &pr, "--body=By a path"];
    bob.touchmark(&comment).ok();
    bob.git(&["config", "gpg.format", "openpgp"]).ok();
    let told = bob.touchmark(&comment).fails(4);
    assert!(
        told.contains("user.signingkey") && told.contains("gpg.format"),
        "{told}"
    );
}
