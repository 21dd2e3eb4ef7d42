//! Which files one has looked at: marks that stay here, and go when the file changes.

use serde_json::{Value, json};

use super::{branch, commit, forge, move_on, open};
use crate::env::{Person, World};

/// The marks: path, viewed, changed since.
fn marks(person: &Person<'_>, pr: &str) -> Vec<Value> {
    let listed = person.json(&["pr", "viewed", pr]);
    listed["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| json!([file["path"], file["viewed"], file["changed"]]))
        .collect()
}

/// One file changes, and the target moves on under the others.
fn change_one(world: &World, pr: &str) {
    let alice = world.person("alice");
    move_on(world, "other.txt", "other\n");
    commit(&alice, "src/one.rs", "second\n", "Change one");
    alice.touchmark(&["pr", "revise", pr]).ok();
    alice.touchmark(&["pr", "update", pr]).ok();
    world.person("bob").touchmark(&["sync"]).ok();
}

#[test]
fn a_mark_stays_until_its_file_changes() {
    let world = forge();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    branch(&alice, "topic");
    for path in ["a b.txt", "src/one.rs", "src/two.rs", "z.txt"] {
        alice.write(path, "first\n");
    }
    alice.commit("Write files");
    let pr = open(&alice, "Write files");
    bob.touchmark(&["sync"]).ok();
    let told = bob
        .touchmark(&["pr", "viewed", &pr, "a b.txt", "src/"])
        .ok();
    assert_eq!(
        told,
        "viewed 3 of 4 files of revision 1\n  viewed   a b.txt\n  viewed   src/one.rs\n  viewed   src/two.rs\n  -        z.txt\n"
    );
    let names = bob.touchmark(&["pr", "diff", &pr, "--name-only"]).ok();
    assert_eq!(
        names,
        "a b.txt  (viewed)\nsrc/one.rs  (viewed)\nsrc/two.rs  (viewed)\nz.txt\n"
    );
    let stat = bob.touchmark(&["pr", "diff", &pr, "--stat"]).ok();
    assert!(stat.contains("src/one.rs | 1 +  (viewed)\n"), "{stat}");
    assert!(stat.contains(" z.txt      | 1 +\n"), "{stat}");
    // Others see nothing of it, on the server or in their clone.
    let none = alice.touchmark(&["pr", "diff", &pr, "--name-only"]).ok();
    assert_eq!(none, "a b.txt\nsrc/one.rs\nsrc/two.rs\nz.txt\n");
    bob.touchmark(&["sync"]).ok();
    assert_eq!(world.on_server(&["for-each-ref", "refs/drafts"]), "");

    change_one(&world, &pr);
    // The cache is not where marks are.
    std::fs::remove_dir_all(bob.dir().join(".git/touchmark/cache")).unwrap();
    bob.git(&["gc", "-q", "--prune=now"]).ok();
    let expect = [
        json!(["a b.txt", true, false]),
        json!(["src/one.rs", false, true]),
        json!(["src/two.rs", true, false]),
        json!(["z.txt", false, false]),
    ];
    assert_eq!(marks(&bob, &pr), expect);
    let names = bob.touchmark(&["pr", "diff", &pr, "--name-only"]).ok();
    assert!(names.contains("src/one.rs\n"), "{names}");
    let listed = bob.json(&["pr", "diff", &pr]);
    assert_eq!(
        listed["files"][0],
        json!({"path": "a b.txt", "viewed": true})
    );

    bob.touchmark(&["pr", "viewed", &pr, ".", "--unmark"]).ok();
    assert!(marks(&bob, &pr).iter().all(|mark| mark[1] == false));
    assert_eq!(bob.refs("refs/drafts"), "", "no mark, no ref");
}

#[test]
fn only_what_the_revision_changes_is_marked() {
    let world = forge();
    let alice = world.person("alice");
    branch(&alice, "topic");
    commit(&alice, "one.txt", "one\n", "Add one");
    let pr = open(&alice, "Add one");
    let told = alice
        .touchmark(&["pr", "viewed", &pr, "one.txt", "README.md"])
        .fails(4);
    assert!(
        told.contains("revision 1 does not change README.md"),
        "{told}"
    );
    assert_eq!(marks(&alice, &pr), [json!(["one.txt", false, false])]);
}
