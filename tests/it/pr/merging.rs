//! Every method of landing, with what stock git sees of it.

use touchmark_core::id::HashKind;

use super::{approve, branch, changed, commit, forge, land, move_on, open, work_tree};
use crate::env::{Person, World};
use crate::server::guarded;

/// A pull request of Alice's of two commits by two people, on a `main` that has moved on since.
fn two_commits(world: &World) -> String {
    let alice = world.person("alice");
    branch(&alice, "topic");
    commit(
        &alice,
        "src/lock.rs",
        &changed(5, "line five"),
        "Name line 5\n\nIt matters.",
    );
    alice.write("two.txt", "two\n");
    alice.git(&["add", "--all"]).ok();
    let author = "--author=Zoe <zoe@example.org>";
    alice.git(&["commit", "-q", "-m", "Add two", author]).ok();
    let pr = open(&alice, "Two changes");
    move_on(world, "other.txt", "other\n");
    alice.touchmark(&["sync"]).ok();
    pr
}

fn log(person: &Person<'_>, format: &str) -> String {
    let format = format!("--format={format}");
    person
        .git(&["log", "--reverse", "-2", &format, "origin/main"])
        .ok()
}

fn rebase(hash: HashKind) {
    let world = guarded(hash);
    let alice = world.person("alice");
    let pr = two_commits(&world);
    let old = alice.rev("origin/main");
    let before = work_tree(&alice);
    land(&world, &alice, &pr, "rebase");
    assert_eq!(work_tree(&alice), before, "the work tree is not touched");
    assert_eq!(
        log(&alice, "%an %cn %G? %s|%b"),
        "Alice Alice G Name line 5|It matters.\n\nZoe Alice G Add two|\n"
    );
    assert_eq!(alice.rev("origin/main~2"), old);
    let dates = |range: &str| alice.git(&["log", "--format=%ad", range]).ok();
    assert_eq!(
        dates("origin/main~2..origin/main"),
        dates(&format!("{old}..topic"))
    );
    let shown = alice.json(&["pr", "show", &pr]);
    assert_eq!(shown["log"]["state"]["merge"]["method"], "rebase");
    for path in ["two.txt", "other.txt"] {
        alice
            .git(&["cat-file", "-e", &format!("origin/main:{path}")])
            .ok();
    }
    alice.touchmark(&["verify", "--all"]).ok();
}

#[test]
fn commits_are_rebased_with_author_and_message() {
    rebase(HashKind::Sha1);
}

#[test]
fn commits_are_rebased_with_sha256() {
    rebase(HashKind::Sha256);
}

#[test]
fn commits_are_squashed_into_one_that_names_everybody() {
    let world = forge();
    let alice = world.person("alice");
    let pr = two_commits(&world);
    let old = alice.rev("origin/main");
    let before = work_tree(&alice);
    land(&world, &alice, &pr, "squash");
    assert_eq!(work_tree(&alice), before);
    let parents = alice.git(&["log", "-1", "--format=%P", "origin/main"]);
    assert_eq!(parents.ok().trim(), old);
    let told = alice
        .git(&["log", "-1", "--format=%G? %s%n%(trailers)", "origin/main"])
        .ok();
    assert_eq!(
        told,
        format!(
            "G Two changes\nForge-Pull-Request: {pr}\nCo-authored-by: Zoe <zoe@example.org>\n\n"
        )
    );
}

#[test]
fn a_merge_commit_has_target_and_head_as_parents() {
    let world = forge();
    let alice = world.person("alice");
    let pr = two_commits(&world);
    let old = alice.rev("origin/main");
    let before = work_tree(&alice);
    land(&world, &alice, &pr, "merge");
    assert_eq!(work_tree(&alice), before);
    assert_eq!(alice.rev("origin/main^1"), old);
    assert_eq!(alice.rev("origin/main^2"), alice.rev("topic"));
    let checked = alice.git(&["verify-commit", "origin/main"]);
    assert_eq!(checked.status, 0, "{checked:?}");
}

#[test]
fn a_rebase_leaves_out_what_is_there_already() {
    let world = forge();
    let alice = world.person("alice");
    let pr = two_commits(&world);
    move_on(&world, "two.txt", "two\n");
    land(&world, &alice, &pr, "rebase");
    let told = alice.git(&["log", "--format=%s", "-2", "origin/main"]).ok();
    assert_eq!(told, "Name line 5\nWrite two.txt\n");
}

#[test]
fn a_rebase_with_nothing_left_says_so() {
    let world = forge();
    let alice = world.person("alice");
    branch(&alice, "topic");
    commit(&alice, "two.txt", "two\n", "Add two");
    let pr = open(&alice, "Add two");
    move_on(&world, "two.txt", "two\n");
    approve(&world.person("bob"), &pr);
    let told = alice
        .touchmark(&["pr", "merge", &pr, "--method=rebase"])
        .fails(3);
    assert!(told.contains("so no commit is left"), "{told}");
    assert!(told.contains("hint: touchmark pr close"), "{told}");
}

#[test]
fn a_rebase_that_cannot_be_says_which_commit_and_what_to_do() {
    let world = forge();
    let alice = world.person("alice");
    branch(&alice, "topic");
    // The first commit conflicts with main, the second takes it back.
    commit(
        &alice,
        "src/lock.rs",
        &changed(5, "line five"),
        "Name line 5",
    );
    let first = alice.rev("HEAD");
    commit(
        &alice,
        "src/lock.rs",
        &changed(15, "line fifteen"),
        "Name line 15",
    );
    let pr = open(&alice, "Name lines");
    move_on(&world, "src/lock.rs", &changed(5, "line No. 5"));
    approve(&world.person("bob"), &pr);
    let told = alice
        .touchmark(&["pr", "merge", &pr, "--method=rebase"])
        .fails(3);
    assert!(
        told.contains(&format!(
            "commit {} does not go onto the target in src/lock.rs",
            &first[..12]
        )),
        "{told}"
    );
    assert!(told.contains("--method squash, or merge"), "{told}");
    alice
        .touchmark(&["pr", "merge", &pr, "--method=squash"])
        .ok();
}

#[test]
fn a_merge_in_the_range_is_not_rebased() {
    let world = forge();
    let alice = world.person("alice");
    let pr = two_commits(&world);
    alice.git(&["merge", "-q", "--no-edit", "origin/main"]).ok();
    alice.touchmark(&["pr", "revise", &pr]).ok();
    approve(&world.person("bob"), &pr);
    let told = alice
        .touchmark(&["pr", "merge", &pr, "--method=rebase"])
        .fails(3);
    assert!(told.contains("is a merge, which is not rebased"), "{told}");
    alice
        .touchmark(&["pr", "merge", &pr, "--method=merge"])
        .ok();
}
