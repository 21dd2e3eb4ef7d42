//! What changed since a revision, or since one's own review, without what only the target brought.

use serde_json::json;

use super::{branch, changed, commit, forge, move_on, open};
use crate::env::{Person, World};

/// Alice's pull request for line 5, which Bob has reviewed.
fn reviewed(world: &World) -> String {
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    branch(&alice, "topic");
    commit(&alice, "src/lock.rs", &changed(5, "five"), "Name line 5");
    let pr = open(&alice, "Name line 5");
    bob.touchmark(&["sync"]).ok();
    bob.touchmark(&["review", "submit", &pr, "--comment", "--body=Hm."])
        .ok();
    alice.touchmark(&["sync"]).ok();
    pr
}

fn since_review(person: &Person<'_>, pr: &str) -> serde_json::Value {
    person.touchmark(&["sync"]).ok();
    person.json(&["pr", "diff", pr, "--since-review"])
}

#[test]
fn where_only_the_base_moved_nothing_is_shown() {
    let world = forge();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = reviewed(&world);
    move_on(&world, "src/lock.rs", &changed(15, "fifteen"));
    move_on(&world, "other.txt", "other\n");
    // By merge, by rebase, and by stock git.
    alice.touchmark(&["pr", "update", &pr]).ok();
    let shown = since_review(&bob, &pr);
    assert_eq!(shown["patch"], "");
    assert_eq!(shown["files"], json!([]));
    let exact = json!({"conflicts": [], "exact": true, "revision": 1});
    assert_eq!(shown["since"], exact);
    move_on(&world, "more.txt", "more\n");
    alice.git(&["fetch", "-q"]).ok();
    alice.git(&["switch", "-q", "topic"]).ok();
    alice.git(&["rebase", "-q", "origin/main"]).ok();
    alice.touchmark(&["pr", "revise", &pr]).ok();
    assert_eq!(since_review(&bob, &pr)["patch"], "");
    for since in ["1", "2"] {
        let printed = bob.touchmark(&["pr", "diff", &pr, "--since", since]).ok();
        assert_eq!(printed, "", "since {since}");
    }
    // Without it everything that the change is made of is there.
    let whole = bob.touchmark(&["pr", "diff", &pr]).ok();
    assert!(
        whole.contains("+five") && !whole.contains("fifteen"),
        "{whole}"
    );
}

#[test]
fn what_the_author_changed_is_shown_without_the_rebase() {
    let world = forge();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = reviewed(&world);
    move_on(&world, "src/lock.rs", &changed(15, "fifteen"));
    alice.git(&["fetch", "-q"]).ok();
    alice.git(&["rebase", "-q", "origin/main"]).ok();
    let text = changed(5, "V").replace("line 15\n", "fifteen\n");
    commit(&alice, "src/lock.rs", &text, "Name it otherwise");
    alice.touchmark(&["pr", "revise", &pr]).ok();
    let shown = since_review(&bob, &pr);
    let patch = shown["patch"].as_str().unwrap();
    let lines: Vec<&str> = patch
        .lines()
        .filter(|line| {
            line.starts_with(['+', '-']) && !line.starts_with("+++") && !line.starts_with("---")
        })
        .collect();
    assert_eq!(lines, ["-five", "+V"], "{patch}");
    assert_eq!(shown["files"][0]["path"], "src/lock.rs");
}

#[test]
fn a_revision_that_does_not_go_there_is_compared_as_it_is_and_said() {
    let world = forge();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = reviewed(&world);
    move_on(&world, "other.txt", "other\n");
    move_on(&world, "src/lock.rs", &changed(5, "No. 5"));
    alice.git(&["fetch", "-q"]).ok();
    alice
        .git(&["switch", "-q", "-C", "topic", "origin/main"])
        .ok();
    commit(&alice, "src/lock.rs", &changed(5, "V"), "Name line 5");
    alice.touchmark(&["pr", "revise", &pr]).ok();
    let shown = since_review(&bob, &pr);
    assert_eq!(shown["since"]["exact"], false);
    assert_eq!(shown["since"]["conflicts"], json!(["src/lock.rs"]));
    let patch = shown["patch"].as_str().unwrap();
    assert!(patch.contains("-five") && patch.contains("+V"), "{patch}");
    assert!(
        !patch.contains("other.txt"),
        "only what either changes: {patch}"
    );
    let run = bob.touchmark(&["pr", "diff", &pr, "--since=1"]);
    assert!(
        run.stderr
            .contains("revision 1 does not go onto the base of revision 2 in src/lock.rs"),
        "{run:?}"
    );
}

#[test]
fn whose_review_it_is_is_one_s_own() {
    let world = forge();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = reviewed(&world);
    let told = alice
        .touchmark(&["pr", "diff", &pr, "--since-review"])
        .fails(4);
    assert!(told.contains("alice has not reviewed"), "{told}");
    let run = bob.touchmark(&["pr", "diff", &pr, "--since-review"]);
    assert_eq!(run.stdout, "");
    assert_eq!(run.stderr, "revision 1 is the latest\n");
    // A verdict on the next revision, and then another one.
    for (number, words) in [(2, "V"), (3, "fifth")] {
        commit(&alice, "src/lock.rs", &changed(5, words), words);
        alice.touchmark(&["pr", "revise", &pr]).ok();
        let shown = since_review(&bob, &pr);
        assert_eq!(shown["since"]["revision"], number - 1);
        bob.touchmark(&["review", "submit", &pr, "--approve"]).ok();
        alice.touchmark(&["sync"]).ok();
    }
    let shown = bob.json(&["pr", "diff", &pr, "--since=1"]);
    let patch = shown["patch"].as_str().unwrap();
    assert!(patch.contains("-five\n+fifth"), "{patch}");
}
