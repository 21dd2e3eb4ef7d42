//! What follows a merge: its branch goes, it is reverted, it is brought to another branch.

use serde_json::json;

use super::{approve, branch, changed, commit, forge, land, move_on, open, work_tree};
use crate::env::{Person, World};
use crate::server::{held, push};

/// Alice's pull request of two commits from `topic`, which is on the server, too; `main` is checked out.
fn proposed(world: &World) -> String {
    let alice = world.person("alice");
    branch(&alice, "topic");
    commit(&alice, "src/lock.rs", &changed(5, "five"), "Name line 5");
    commit(&alice, "two.txt", "two\n", "Add two");
    push(&alice, &["-q", "origin", "topic"]).ok();
    let pr = open(&alice, "Two changes");
    alice.git(&["switch", "-q", "main"]).ok();
    approve(&world.person("bob"), &pr);
    pr
}

fn merge(person: &Person<'_>, pr: &str) -> crate::env::Run {
    person.touchmark(&["pr", "merge", pr, "--method=squash", "--delete-branch"])
}

#[test]
fn the_branch_goes_on_the_server_and_here() {
    let world = forge();
    let alice = world.person("alice");
    let pr = proposed(&world);
    let told = merge(&alice, &pr).ok();
    assert!(
        told.contains("deleted the branch topic on origin\n"),
        "{told}"
    );
    assert!(told.contains("deleted the branch topic\n"), "{told}");
    assert_eq!(held(&world, "refs/heads/topic"), "");
    assert_eq!(alice.refs("refs/heads/topic"), "");
    assert_eq!(alice.refs("refs/remotes/origin/topic"), "");
    // The code of the revision is still there for everybody.
    alice.touchmark(&["pr", "diff", &pr]).ok();
}

#[test]
fn whoever_did_not_open_it_deletes_the_one_branch_that_holds_it() {
    let world = forge();
    let bob = world.person("bob");
    let pr = proposed(&world);
    let merged = bob.json(&["pr", "merge", &pr, "--delete-branch"]);
    assert_eq!(
        merged["branches"],
        json!({"deleted": ["topic on origin"], "kept": []})
    );
    assert_eq!(held(&world, "refs/heads/topic"), "");
}

#[test]
fn a_branch_that_somebody_moved_stays() {
    let world = forge();
    let alice = world.person("alice");
    let pr = proposed(&world);
    let bob = world.person("bob");
    bob.git(&["fetch", "-q"]).ok();
    bob.git(&["switch", "-q", "topic"]).ok();
    let moved = commit(&bob, "three.txt", "three\n", "Add three");
    push(&bob, &["-q", "origin", "topic"]).ok();
    alice.git(&["switch", "-q", "topic"]).ok();
    let run = merge(&alice, &pr);
    assert_eq!(run.status, 0, "{run:?}");
    assert!(
        run.stderr.contains("topic on origin stays: it was moved"),
        "{run:?}"
    );
    assert!(
        run.stderr.contains("topic stays here: it is checked out"),
        "{run:?}"
    );
    assert_eq!(held(&world, "refs/heads/topic"), moved);
    assert_eq!(alice.git(&["branch", "--show-current"]).ok(), "topic\n");
}

#[test]
fn a_policy_that_keeps_branches_is_told_of_and_the_merge_stands() {
    let world = forge();
    let alice = world.person("alice");
    let pr = proposed(&world);
    // Carol may merge, and delete no branch.
    let policy = alice.touchmark(&["policy", "show", "--file", "policy.toml"]);
    let rule = "[[branch]]\nmatch = [\"topic\"]\nprotected = true\ndelete = [\"alice\"]\n";
    let policy = policy
        .ok()
        .replacen("[[branch]]", &format!("{rule}[[branch]]"), 1);
    alice.write("../policy.toml", &policy);
    let propose = [
        "policy",
        "propose",
        "--policy",
        "../policy.toml",
        "--record",
    ];
    alice.touchmark(&propose).ok();
    let carol = world.person("carol");
    let run = merge(&carol, &pr);
    assert_eq!(run.status, 0, "{run:?}");
    assert!(
        run.stderr
            .contains("refuses to delete it; the merge stands"),
        "{run:?}"
    );
    assert_ne!(held(&world, "refs/heads/topic"), "");
    assert_eq!(
        carol.json(&["pr", "show", &pr])["log"]["state"]["status"],
        "merged"
    );
}

#[test]
fn a_revert_takes_back_what_landed_and_names_it() {
    for method in ["merge", "squash", "rebase"] {
        let world = forge();
        let alice = world.person("alice");
        let pr = proposed(&world);
        alice
            .touchmark(&["pr", "merge", &pr, "--method", method])
            .ok();
        move_on(&world, "later.txt", "later\n");
        let before = work_tree(&alice);
        let reverted = alice.json(&["pr", "revert", &pr]);
        assert_eq!(work_tree(&alice), before);
        let name = format!("revert-{}", &pr[..12]);
        assert_eq!(reverted["branch"], name.as_str());
        assert_eq!(reverted["head"], alice.rev(&name).as_str());
        let new = reverted["event"].as_str().unwrap();
        let state = &alice.json(&["pr", "show", new])["log"]["state"];
        assert_eq!(state["title"], "Revert \"Two changes\"");
        assert!(state["description"].as_str().unwrap().contains(&pr));
        let commits = alice.git(&["rev-list", "--count", &format!("origin/main..{name}")]);
        assert_eq!(commits.ok(), "1\n");
        land(&world, &alice, new, "squash");
        let there = |path: &str| {
            let path = format!("origin/main:{path}");
            alice.git(&["cat-file", "-e", &path]).status == 0
        };
        assert!(!there("two.txt") && there("later.txt"), "{method}");
        let told = alice
            .touchmark(&["pr", "revert", &pr, "--branch=again"])
            .fails(1);
        assert!(told.contains("main has nothing left of"), "{told}");
    }
}

#[test]
fn a_revert_that_conflicts_names_the_files() {
    let world = forge();
    let alice = world.person("alice");
    let pr = proposed(&world);
    let told = alice.touchmark(&["pr", "revert", &pr]).fails(1);
    assert!(told.contains("is not merged"), "{told}");
    alice.touchmark(&["pr", "merge", &pr]).ok();
    move_on(&world, "two.txt", "two and a half\n");
    let told = alice.touchmark(&["pr", "revert", &pr]).fails(3);
    assert!(
        told.contains("  two.txt: one side removed what the other changed"),
        "{told}"
    );
    assert!(told.contains("git revert -m 1 "), "{told}");
    assert_eq!(alice.refs("refs/heads/revert-*"), "");
}

/// A branch `release` on the server, as `main` is now, which only merges move.
fn release(world: &World) {
    let alice = world.person("alice");
    alice.git(&["fetch", "-q"]).ok();
    push(&alice, &["-q", "origin", "origin/main:refs/heads/release"]).ok();
}

#[test]
fn a_cherry_pick_brings_the_commits_to_another_branch() {
    let world = forge();
    let alice = world.person("alice");
    release(&world);
    let pr = proposed(&world);
    move_on(&world, "later.txt", "later\n");
    alice
        .touchmark(&["pr", "merge", &pr, "--method=squash"])
        .ok();
    let before = work_tree(&alice);
    let bob = world.person("bob");
    let picked = bob.json(&["pr", "cherry-pick", &pr, "--to=release"]);
    assert_eq!(work_tree(&alice), before);
    let name = format!("cherry-pick-{}-release", &pr[..12]);
    assert_eq!(picked["branch"], name.as_str());
    let log = bob
        .git(&[
            "log",
            "--format=%an %cn %s",
            &format!("origin/release..{name}"),
        ])
        .ok();
    assert_eq!(log, "Alice Bob Add two\nAlice Bob Name line 5\n");
    let new = picked["event"].as_str().unwrap();
    let state = &bob.json(&["pr", "show", new])["log"]["state"];
    assert_eq!(state["title"], "Two changes (for release)");
    assert_eq!(state["target"], "refs/heads/release");
    assert!(state["description"].as_str().unwrap().contains(&pr));
    let told = bob
        .touchmark(&["pr", "cherry-pick", &pr, "--to=release"])
        .fails(2);
    assert!(told.contains("choose another one: --branch NAME"), "{told}");
}

#[test]
fn a_range_with_a_merge_becomes_one_commit() {
    let world = forge();
    let alice = world.person("alice");
    release(&world);
    let pr = proposed(&world);
    move_on(&world, "later.txt", "later\n");
    alice.touchmark(&["pr", "update", &pr]).ok();
    let run = alice.touchmark(&["pr", "cherry-pick", &pr, "--to=release"]);
    assert_eq!(run.status, 0, "{run:?}");
    assert!(
        run.stderr.contains("so the change becomes one commit"),
        "{run:?}"
    );
    let name = format!("cherry-pick-{}-release", &pr[..12]);
    let changed = alice
        .git(&["diff", "--name-only", "origin/release", &name])
        .ok();
    assert_eq!(changed, "src/lock.rs\ntwo.txt\n");
    let commits = alice.git(&["rev-list", "--count", &format!("origin/release..{name}")]);
    assert_eq!(commits.ok(), "1\n");
}

#[test]
fn a_cherry_pick_that_conflicts_names_the_files() {
    let world = forge();
    let alice = world.person("alice");
    release(&world);
    move_on(&world, "src/lock.rs", &changed(5, "V"));
    branch(&alice, "topic");
    commit(&alice, "src/lock.rs", &changed(5, "VV"), "Change line 5");
    let pr = open(&alice, "Change line 5");
    let told = alice
        .touchmark(&["pr", "cherry-pick", &pr, "--to=release"])
        .fails(3);
    assert!(told.contains("  src/lock.rs: both sides changed"), "{told}");
    assert!(told.contains("git cherry-pick "), "{told}");
    assert_eq!(alice.refs("refs/heads/cherry-pick-*"), "");
}
