//! Where a pull request stands: conditions, conflicts by file, and a target that moves.

use serde_json::json;

use super::{approve, branch, changed, commit, forge, land, move_on, open};

#[test]
fn conflicts_are_named_by_file_and_with_what_to_do() {
    let world = forge();
    let alice = world.person("alice");
    branch(&alice, "topic");
    alice.write("README.md", "# Another title\n");
    commit(
        &alice,
        "src/lock.rs",
        &changed(5, "five"),
        "Change two files",
    );
    let pr = open(&alice, "Change two files");
    let clear = alice.json(&["pr", "status", &pr]);
    assert_eq!(clear["pull_requests"][0]["conflicts"], json!(null));

    move_on(&world, "src/lock.rs", &changed(6, "six"));
    move_on(&world, "README.md", "# The other title\n");
    alice.touchmark(&["sync"]).ok();
    let told = alice.touchmark(&["pr", "status", &pr]).ok();
    let short = &pr[..12];
    for line in [
        "main has 2 commits that revision 1 does not have\n",
        "gate: shut",
        "unmet  conflicts with main in 2 files",
        "       README.md: both sides changed the same or neighbouring lines",
        "       src/lock.rs: both sides changed the same or neighbouring lines",
        &format!(
            "to do: git merge origin/main; settle the files and commit; touchmark pr revise {short}"
        ),
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    let document = alice.json(&["pr", "status", &pr]);
    let found = &document["pull_requests"][0]["conflicts"];
    assert_eq!(found["total"], 2);
    assert_eq!(found["paths"][0]["path"], "README.md");
    assert_eq!(found["paths"][0]["kind"], "content");
    // The gate is one, whoever asks.
    let gate = alice.touchmark(&["gate", &pr, "--json"]);
    assert_eq!(gate.status, 3);
    let gate: serde_json::Value = serde_json::from_str(&gate.stdout).unwrap();
    assert_eq!(gate["items"], document["pull_requests"][0]["items"]);
    assert_eq!(gate["reasons"], document["pull_requests"][0]["reasons"]);
    approve(&world.person("bob"), &pr);
    alice.touchmark(&["sync"]).ok();
    let told = alice.touchmark(&["pr", "status", &pr]).ok();
    assert!(
        told.contains("approvals of it stand, and a new revision voids"),
        "{told}"
    );
    let refused = alice.touchmark(&["pr", "merge", &pr]).fails(3);
    assert!(refused.contains("README.md, src/lock.rs"), "{refused}");
}

#[test]
fn each_condition_has_its_remedy() {
    let world = forge();
    let alice = world.person("alice");
    branch(&alice, "topic");
    commit(&alice, "one.txt", "one\n", "Add one");
    let pr = alice.json(&["pr", "open", "--title=Draft", "--draft", "--target=main"]);
    let pr = pr["event"].as_str().unwrap().to_owned();
    let told = alice.touchmark(&["pr", "status"]).ok();
    let short = &pr[..12];
    for line in [
        "main has not moved since revision 1",
        "unmet  open (by every branch)\n       it is a draft",
        &format!("to do: touchmark pr ready {short}"),
        "it has 0 of 1 required approvals of revision 1",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    alice.touchmark(&["pr", "ready", &pr]).ok();
    approve(&world.person("bob"), &pr);
    alice.touchmark(&["sync"]).ok();
    let told = alice.touchmark(&["pr", "status", &pr]).ok();
    assert!(told.contains("\ngate: open\n"), "{told}");
    assert!(told.ends_with(&format!("to land it: touchmark pr merge {short}\n")));
    land(&world, &alice, &pr, "merge");
    let told = alice.touchmark(&["pr", "status", &pr]).ok();
    assert!(told.contains("merged by alice into main as "), "{told}");
}

#[test]
fn a_base_that_moved_under_an_approval_is_said() {
    let world = forge();
    let alice = world.person("alice");
    branch(&alice, "lower");
    commit(&alice, "one.txt", "one\n", "Add one");
    let lower = open(&alice, "Add one");
    alice.git(&["switch", "-q", "-c", "upper"]).ok();
    commit(&alice, "two.txt", "two\n", "Add two");
    let upper = open(&alice, "Add two");
    approve(&world.person("bob"), &upper);
    // The lower part lands as it is, so the upper one now starts later.
    land(&world, &alice, &lower, "merge");
    let told = alice.touchmark(&["pr", "status", &upper]).ok();
    assert!(
        told.contains("main has moved: revision 1 was reviewed from"),
        "{told}"
    );
    assert!(told.contains("approvals of it do not count"), "{told}");
    let document = alice.json(&["pr", "status", &upper]);
    let base = &document["pull_requests"][0]["base"];
    assert_eq!(base["approvals"], "void");
    assert_eq!(base["gained"], 1);
    assert_eq!(base["now"], json!(alice.rev("lower")));
}

#[test]
fn without_an_id_it_is_the_branch_s() {
    let world = forge();
    let alice = world.person("alice");
    let told = alice.touchmark(&["pr", "status"]).fails(4);
    assert!(
        told.contains("there is no pull request of the branch main"),
        "{told}"
    );
    branch(&alice, "topic");
    commit(&alice, "one.txt", "one\n", "Add one");
    let pr = open(&alice, "Add one");
    let of = |person: &crate::env::Person<'_>| {
        let document = person.json(&["pr", "status"]);
        document["pull_requests"][0]["pull_request"].clone()
    };
    assert_eq!(of(&alice), json!(pr));
    // More work on the branch, which is no revision yet, and another name of it.
    commit(&alice, "two.txt", "two\n", "Add two");
    alice.git(&["branch", "-m", "topic", "better.name"]).ok();
    assert_eq!(of(&alice), json!(pr));
    // Somebody else has it by its head, or because they checked it out.
    let bob = world.person("bob");
    bob.touchmark(&["sync"]).ok();
    bob.touchmark(&["pr", "checkout", &pr, "--detach"]).ok();
    assert_eq!(of(&bob), json!(pr));
    bob.touchmark(&["pr", "checkout", &pr]).ok();
    commit(&bob, "three.txt", "three\n", "Add three");
    assert_eq!(of(&bob), json!(pr));
}
