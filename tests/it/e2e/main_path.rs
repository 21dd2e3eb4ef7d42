//! The main job: a pull request is opened, reviewed with comments on lines, revised, approved and merged.

use serde_json::json;
use touchmark_core::id::HashKind;

use super::{forge, fsck, open, server_refs, state};
use crate::env::{Person, World};

fn play(hash: HashKind) {
    let world = forge(hash);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = open(&alice, "lock-order", "Make the lock order explicit");

    bob.touchmark(&["sync"]).ok();
    assert_eq!(state(&bob, &pr)["title"], "Make the lock order explicit");
    bob.touchmark(&[
        "review",
        "comment",
        &pr,
        "src/lock.rs:5",
        "--body=Why five?",
    ])
    .ok();
    bob.write("../word", "line 5, in words\n");
    bob.touchmark(&[
        "review",
        "comment",
        &pr,
        "src/lock.rs:4-5",
        "--body=Or so.",
        "--suggest=../word",
    ])
    .ok();
    bob.touchmark(&[
        "review",
        "submit",
        &pr,
        "--request-changes",
        "--body=One question.",
    ])
    .ok();

    answer(&alice, &pr);

    bob.touchmark(&["sync"]).ok();
    bob.touchmark(&["review", "submit", &pr, "--approve"]).ok();
    alice.touchmark(&["pr", "merge", &pr]).ok();

    bob.touchmark(&["sync"]).ok();
    check(&world, &pr);
}

/// Alice may not merge yet; she changes the code, answers, and resolves the thread.
fn answer(alice: &Person<'_>, pr: &str) {
    alice.touchmark(&["sync"]).ok();
    let reviewed = state(alice, pr);
    assert_eq!(
        reviewed["comments"].as_array().unwrap().len(),
        3,
        "a summary and two anchors"
    );
    assert_eq!(reviewed["comments"][1]["anchor"]["path"], "src/lock.rs");
    assert_eq!(reviewed["verdicts"]["bob"]["verdict"], "request-changes");
    let refusal = alice.touchmark(&["pr", "merge", pr]).fails(3);
    assert!(
        refusal.contains("error: ") && refusal.contains("hint: "),
        "{refusal}"
    );
    alice.write("src/lock.rs", &crate::env::numbered_lines(21));
    alice.commit("Go back to digits");
    alice.touchmark(&["pr", "revise", pr]).ok();
    let comment = reviewed["comments"][1]["id"].as_str().unwrap().to_owned();
    alice
        .touchmark(&["pr", "comment", pr, "--reply", &comment, "--body=Changed."])
        .ok();
    alice.touchmark(&["review", "resolve", pr, &comment]).ok();
}

/// Everybody sees what landed, verifies everything, and git finds nothing wrong.
fn check(world: &World, pr: &str) {
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let merged = state(&bob, pr);
    assert_eq!(merged["status"], "merged");
    assert_eq!(merged["merge"]["by"], "alice");
    assert_eq!(
        merged["merge"]["new"],
        json!(world.on_server(&["rev-parse", "main"]).trim())
    );
    assert_eq!(
        merged["merge"]["tree"],
        json!(world.on_server(&["rev-parse", "main^{tree}"]).trim())
    );
    for person in [&alice, &bob] {
        person.touchmark(&["verify", "--all"]).ok();
        assert_eq!(person.refs("refs/outbox"), "");
        fsck(world, &person.dir());
    }
    fsck(world, &world.server());
    assert!(server_refs(world).contains(&format!("refs/forge/pr/{pr}/heads ")));
}

#[test]
fn with_sha1() {
    play(HashKind::Sha1);
}

#[test]
fn with_sha256() {
    play(HashKind::Sha256);
}

#[test]
fn an_author_s_own_approval_does_not_count() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    let pr = open(&alice, "alone", "Decide alone");
    let refusal = alice
        .touchmark(&["review", "submit", &pr, "--approve"])
        .fails(3);
    assert!(refusal.contains("(self-approval)"), "{refusal}");
    let before = world.on_server(&["rev-parse", "main"]);
    alice.touchmark(&["pr", "merge", &pr]).fails(3);
    assert_eq!(world.on_server(&["rev-parse", "main"]), before);
}

#[test]
fn a_stranger_can_write_nothing_that_counts() {
    let world = forge(HashKind::Sha1);
    let (alice, mallory) = (world.person("alice"), world.person("mallory"));
    let pr = open(&alice, "topic", "A topic");
    mallory.clone_server();
    mallory.touchmark(&["join", "--root", &super::repository(&alice)]);
    let before = server_refs(&world);
    let refusal = mallory
        .touchmark(&["pr", "comment", &pr, "--body=Hello"])
        .refused();
    assert!(refusal.contains("error: "), "{refusal}");
    assert_eq!(server_refs(&world), before);
}

#[test]
fn the_demo_plays() {
    let world = World::empty(HashKind::Sha1);
    let nobody = world.person("nobody");
    let program = crate::workspace::program("touchmark");
    let told = world
        .command(program, &nobody.home(), world.path())
        .args(["demo", "stage"])
        .run()
        .ok();
    // What it ends with are commands to type: they run.
    let commands = told.split("Read it and check it yourself:").nth(1).unwrap();
    let mut ran = 0;
    for line in commands.lines().filter(|line| line.starts_with("git ")) {
        let line = line.replace("[WORLD]", &world.path().to_string_lossy());
        let run = world
            .command("sh", &nobody.home(), world.path())
            .args(["-c", &line])
            .run();
        assert_ne!(run.ok(), "  ", "{line}");
        ran += 1;
    }
    assert!(ran >= 4, "{commands}");
    for place in ["server.git", "alice", "bob"] {
        fsck(&world, &world.path().join("stage").join(place));
    }
}

#[test]
fn a_reviewer_whom_the_policy_does_not_know_is_warned_of() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    let pr = open(&alice, "topic", "A topic");
    for (name, known) in [
        ("bob", true),
        ("bbo", false),
        ("@core", true),
        ("-bbo", true),
    ] {
        for command in ["request", "assign"] {
            let run = alice.touchmark(&["pr", command, &pr, name]);
            let warned = run.stderr.contains("warning: the policy knows nobody");
            assert_eq!(warned, !known, "{command} {name}: {run:?}");
            run.ok();
        }
    }
}
