//! Submodules: shown as old and new commit, merged as entries, and there in a recursive clone.

use serde_json::json;

use super::{branch, commit, forge, land, move_on, open};
use crate::env::{Person, World};

/// A library beside the server, with two commits; their ids.
fn library(world: &World) -> [String; 2] {
    let nobody = world.person("nobody");
    let run = |dir: &std::path::Path, args: &[&str]| {
        world
            .command("git", &nobody.home(), dir)
            .args(args)
            .run()
            .ok()
    };
    run(world.path(), &["init", "-q", "-b", "main", "library"]);
    let dir = world.path().join("library");
    ["first", "second"].map(|text| {
        std::fs::write(dir.join("lib.txt"), format!("{text}\n")).unwrap();
        run(&dir, &["add", "--all"]);
        run(
            &dir,
            &["commit", "-q", "-m", &format!("The {text} version")],
        );
        run(&dir, &["rev-parse", "HEAD"]).trim().to_owned()
    })
}

/// Points the submodule to a commit and opens a pull request of it.
fn moved(person: &Person<'_>, name: &str, to: &str) -> String {
    branch(person, name);
    person.git(&["submodule", "update", "-q", "--init"]).ok();
    person.git(&["-C", "lib", "checkout", "-q", to]).ok();
    person.commit("Move the library");
    open(person, "Move the library")
}

/// Alice's pull request that adds the library at its first version has landed.
fn added(world: &World, first: &str) -> String {
    let alice = world.person("alice");
    branch(&alice, "add");
    let add = [
        "submodule",
        "--quiet",
        "add",
        "-b",
        "main",
        "../library",
        "lib",
    ];
    alice.git(&add).ok();
    alice.git(&["-C", "lib", "checkout", "-q", first]).ok();
    alice.commit("Add the library");
    let pr = open(&alice, "Add the library");
    land(world, &alice, &pr, "squash");
    pr
}

#[test]
fn a_change_is_shown_from_old_to_new() {
    let world = forge();
    let [first, second] = library(&world);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = added(&world, &first);
    let shown = bob.json(&["pr", "show", &pr]);
    assert_eq!(
        shown["submodules"],
        json!([{"path": "lib", "old": null, "new": first}])
    );
    alice.touchmark(&["sync"]).ok();
    let pr = moved(&alice, "move", &second);
    let line = format!("lib  {}..{}", &first[..12], &second[..12]);
    let shown = alice.touchmark(&["pr", "show", &pr]).ok();
    assert!(
        shown.contains(&format!("\nsubmodules\n  {line}\n")),
        "{shown}"
    );
    // With the commits in between where they are here, and without them where they are not.
    let diff = alice.touchmark(&["pr", "diff", &pr]).ok();
    let (old, new) = (&first[..7], &second[..7]);
    assert_eq!(
        diff,
        format!("Submodule lib {old}..{new}:\n  > The second version\n")
    );
    bob.touchmark(&["sync"]).ok();
    let diff = bob.touchmark(&["pr", "diff", &pr]).ok();
    assert_eq!(
        diff,
        format!("Submodule lib {old}...{new} (commits not present)\n")
    );
    let data = bob.json(&["pr", "diff", &pr]);
    assert_eq!(
        data["submodules"],
        json!([{"path": "lib", "old": first, "new": second}])
    );
    let patch = data["patch"].as_str().unwrap();
    assert!(patch.contains(&format!(
        "-Subproject commit {first}\n+Subproject commit {second}\n"
    )));
}

#[test]
fn what_lands_is_there_in_a_recursive_clone() {
    let world = forge();
    let [first, second] = library(&world);
    let alice = world.person("alice");
    added(&world, &first);
    for (method, to) in [("rebase", &second), ("merge", &first), ("squash", &second)] {
        alice.touchmark(&["sync"]).ok();
        let pr = moved(&alice, method, to);
        // The link is an entry like any other: what else the target gains does not touch it.
        move_on(&world, &format!("{method}.txt"), "other\n");
        land(&world, &alice, &pr, method);
        let clone = format!("clone-{method}");
        let (from, home) = (world.server(), alice.home());
        let args = ["clone", "-q", "--recurse-submodules"];
        world
            .command("git", &home, world.path())
            .args(args)
            .args([from.to_str().unwrap(), &clone])
            .run()
            .ok();
        let dir = world.path().join(&clone);
        let text = std::fs::read_to_string(dir.join("lib/lib.txt")).unwrap();
        let expect = if *to == first { "first\n" } else { "second\n" };
        assert_eq!(text, expect, "{method}");
        let status = ["submodule", "status"];
        let told = world.command("git", &home, &dir).args(status).run().ok();
        assert!(told.starts_with(&format!(" {to} lib")), "{told}");
    }
}

#[test]
fn two_sides_that_move_it_conflict() {
    let world = forge();
    let [first, second] = library(&world);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    added(&world, &first);
    alice.touchmark(&["sync"]).ok();
    let pr = moved(&alice, "move", &second);
    bob.touchmark(&["sync"]).ok();
    branch(&bob, "away");
    bob.git(&["rm", "-q", "lib", ".gitmodules"]).ok();
    bob.git(&["commit", "-q", "-m", "Drop the library"]).ok();
    let away = open(&bob, "Drop the library");
    let carol = world.person("carol");
    carol.touchmark(&["sync"]).ok();
    carol
        .touchmark(&["review", "submit", &away, "--approve"])
        .ok();
    bob.touchmark(&["pr", "merge", &away]).ok();
    alice.touchmark(&["sync"]).ok();
    let told = alice.touchmark(&["pr", "status", &pr]).ok();
    assert!(
        told.contains("lib: one side removed what the other changed"),
        "{told}"
    );
    commit(&alice, "note.txt", "note\n", "Write a note");
    assert_eq!(alice.touchmark(&["pr", "update", &pr]).status, 3);
}
