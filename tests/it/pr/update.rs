//! What the target has gained comes into a pull request, without a work tree.

use super::{approve, branch, changed, commit, forge, land, move_on, open, work_tree};
use crate::env::{Person, World};

/// Alice's pull request of two commits from `topic`; she has gone back to `main`, which has moved on.
fn behind(world: &World) -> String {
    let alice = world.person("alice");
    branch(&alice, "topic");
    commit(&alice, "src/lock.rs", &changed(5, "five"), "Name line 5");
    commit(&alice, "two.txt", "two\n", "Add two");
    let pr = open(&alice, "Two changes");
    alice.git(&["switch", "-q", "main"]).ok();
    move_on(world, "src/lock.rs", &changed(15, "fifteen"));
    pr
}

fn latest(person: &Person<'_>, pr: &str) -> serde_json::Value {
    let shown = person.json(&["pr", "show", pr]);
    let revisions = shown["log"]["state"]["revisions"].as_array().unwrap();
    revisions.last().unwrap().clone()
}

#[test]
fn the_target_is_merged_in_and_the_branch_follows() {
    let world = forge();
    let alice = world.person("alice");
    let pr = behind(&world);
    let (old, before) = (alice.rev("topic"), work_tree(&alice));
    let updated = alice.json(&["pr", "update", &pr]);
    assert_eq!(work_tree(&alice), before, "no work tree is touched");
    let head = updated["head"].as_str().unwrap();
    assert_eq!(alice.rev("topic"), head, "the branch follows");
    let main = alice.rev("origin/main");
    let parents = alice.git(&["log", "-1", "--format=%P", head]).ok();
    assert_eq!(parents.trim(), format!("{old} {main}"));
    let subject = alice.git(&["log", "-1", "--format=%s", head]).ok();
    assert_eq!(subject, "Merge branch 'main' into topic\n");
    let revision = latest(&alice, &pr);
    assert_eq!(revision["number"], 2);
    assert_eq!(revision["base"], main.as_str());
    assert_eq!(revision["head"], head);
    let text = alice.git(&["show", &format!("{head}:src/lock.rs")]).ok();
    assert!(
        text.contains("five\n") && text.contains("fifteen\n"),
        "{text}"
    );
    let told = alice.touchmark(&["pr", "update", &pr]).fails(3);
    assert!(
        told.contains("revision 2 has everything that main has"),
        "{told}"
    );
    land(&world, &alice, &pr, "merge");
}

#[test]
fn the_commits_are_made_again_on_the_target() {
    let world = forge();
    let alice = world.person("alice");
    let pr = behind(&world);
    // Bob updates what is Alice's, and the authors stay.
    let bob = world.person("bob");
    let updated = bob.json(&["pr", "update", &pr, "--rebase", "--body=On the new main."]);
    let head = updated["head"].as_str().unwrap();
    let log = bob
        .git(&[
            "log",
            "--format=%an %cn %s",
            &format!("origin/main..{head}"),
        ])
        .ok();
    assert_eq!(log, "Alice Bob Add two\nAlice Bob Name line 5\n");
    assert_eq!(latest(&bob, &pr)["note"], "On the new main.");
    // Alice's own branch is where she left it.
    alice.touchmark(&["sync"]).ok();
    assert_ne!(alice.rev("topic"), head);
    approve(&world.person("carol"), &pr);
    alice
        .touchmark(&["pr", "merge", &pr, "--method=rebase"])
        .ok();
}

#[test]
fn a_branch_that_is_checked_out_stays_and_is_named() {
    let world = forge();
    let alice = world.person("alice");
    let pr = behind(&world);
    alice.git(&["switch", "-q", "topic"]).ok();
    let (old, before) = (alice.rev("topic"), work_tree(&alice));
    let run = alice.touchmark(&["pr", "update", &pr]);
    assert_eq!(run.status, 0, "{run:?}");
    let hint = run
        .stderr
        .lines()
        .find(|line| line.contains("topic is checked out"));
    let command = hint.unwrap().split("git ").nth(1).unwrap();
    assert_eq!(alice.rev("topic"), old);
    assert_eq!(work_tree(&alice), before);
    // What it says to type does it.
    let words: Vec<&str> = command.split(' ').collect();
    alice.git(&words).ok();
    assert_eq!(latest(&alice, &pr)["head"], alice.rev("topic").as_str());
    assert_eq!(alice.git(&["status", "--porcelain"]).ok(), "");
}

#[test]
fn conflicts_are_named_and_nothing_is_changed() {
    let world = forge();
    let alice = world.person("alice");
    let pr = behind(&world);
    move_on(&world, "src/lock.rs", &changed(5, "V"));
    for how in [&[][..], &["--rebase"]] {
        let refs = alice.refs("refs/heads");
        let run = alice.touchmark(&[&["pr", "update", &pr], how].concat());
        let told = run.fails(3);
        assert!(
            told.contains("  src/lock.rs: both sides changed the same or neighbouring lines"),
            "{told}"
        );
        assert!(told.contains("(merge-conflict)"), "{told}");
        let hint = told
            .lines()
            .find(|line| line.starts_with("hint: "))
            .unwrap();
        assert!(hint.contains("hint: git switch topic; git "), "{told}");
        assert_eq!(alice.refs("refs/heads"), refs);
        assert_eq!(latest(&alice, &pr)["number"], 1);
    }
    // The hint, typed.
    let short = &pr[..12];
    alice.git(&["switch", "-q", "topic"]).ok();
    alice.git(&["merge", "-q", "origin/main"]).fails(1);
    commit(&alice, "src/lock.rs", &changed(5, "five, V"), "Merge main");
    alice.touchmark(&["pr", "revise", short]).ok();
    land(&world, &alice, &pr, "merge");
}

#[test]
fn commits_are_signed_where_git_or_the_policy_asks_for_it() {
    let world = forge();
    let alice = world.person("alice");
    let pr = behind(&world);
    let signature = |head: &str| alice.git(&["log", "-1", "--format=%G?", head]).ok();
    let plain = alice.json(&["pr", "update", &pr]);
    assert_eq!(signature(plain["head"].as_str().unwrap()), "N\n");
    move_on(&world, "more.txt", "more\n");
    alice.git(&["config", "commit.gpgSign", "true"]).ok();
    let signed = alice.json(&["pr", "update", &pr]);
    assert_eq!(signature(signed["head"].as_str().unwrap()), "G\n");
}

#[test]
fn commits_are_signed_where_the_branch_s_rule_asks_for_it() {
    let world = forge();
    let alice = world.person("alice");
    let pr = behind(&world);
    let policy = ["policy", "show", "--file", "policy.toml"];
    let policy = alice.touchmark(&policy).ok();
    let policy = policy.replacen("[[branch]]\n", "[[branch]]\nsigned_commits = true\n", 1);
    alice.write("../policy.toml", &policy);
    let propose = [
        "policy",
        "propose",
        "--policy",
        "../policy.toml",
        "--record",
    ];
    alice.touchmark(&propose).ok();
    let updated = alice.json(&["pr", "update", &pr, "--rebase"]);
    let head = updated["head"].as_str().unwrap();
    let range = format!("origin/main..{head}");
    let signatures = alice.git(&["log", "--format=%G? %an", &range]).ok();
    assert_eq!(signatures, "G Alice\nG Alice\n");
    // The unsigned ones could not have landed, and these can.
    land(&world, &alice, &pr, "merge");
}
