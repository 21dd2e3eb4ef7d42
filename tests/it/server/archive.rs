//! Folding: what goes, what stays, and that a crash or a race leaves nothing half done.

use serde_json::json;
use touchmark_core::id::HashKind;

use super::crashes::wait_for;
use super::{guarded, held, on_server, passing_files, pushing, state};
use crate::env::{Person, Ready, Run, World};

/// Opens a pull request of one commit on a branch of its own, and returns its id and the commit.
pub(super) fn opened(person: &Person<'_>, name: &str) -> (String, String) {
    person
        .git(&["switch", "-q", "-c", name, "origin/main"])
        .ok();
    person.write(&format!("{name}.txt"), &format!("{name}\n"));
    let commit = person.commit(&format!("Add {name}"));
    person.git(&["switch", "-q", "main"]).ok();
    person.git(&["branch", "-q", "-m", name, "gone"]).ok();
    let opened = person.json(&[
        "pr",
        "open",
        "--head=gone",
        "--target=main",
        "--title",
        name,
    ]);
    person.git(&["branch", "-q", "-D", "gone"]).ok();
    (opened["event"].as_str().unwrap().to_owned(), commit)
}

/// As [`opened`], and closes it.
pub(super) fn closed(person: &Person<'_>, name: &str) -> (String, String) {
    let made = opened(person, name);
    person.touchmark(&["pr", "close", &made.0]).ok();
    made
}

/// Runs `server archive` with these arguments.
pub(super) fn archive(world: &World, args: &[&str]) -> Run {
    let server = world.server();
    let command = ["server", "archive", server.to_str().unwrap()];
    on_server(world, &[&command[..], args].concat())
}

/// Folds everything that is closed, and says how many objects that were.
#[track_caller]
pub(super) fn fold(world: &World) -> usize {
    let told = archive(world, &["--closed-for=0s", "--json"]).ok();
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["damaged"], json!([]));
    told["folded"].as_array().unwrap().len()
}

pub(super) fn log_of(id: &str) -> String {
    format!("refs/forge/pr/{id}/log")
}

pub(super) fn heads_of(id: &str) -> String {
    format!("refs/forge/pr/{id}/heads")
}

#[test]
fn what_is_closed_long_enough_goes_and_the_rest_stays() {
    let world = guarded(HashKind::Sha1);
    let alice = world.person("alice");
    let (old, commit) = closed(&alice, "old");
    let (open, _) = opened(&alice, "open");
    let before = state(&world).refs;
    // Thirty days are the default, and a minute passes from one command to the next.
    assert_eq!(archive(&world, &[]).ok(), "folded 0 objects\n");
    assert_eq!(
        archive(&world, &["--closed-for=1h"]).ok(),
        "folded 0 objects\n"
    );
    let told = archive(&world, &["--closed-for=0s", "--dry-run"]).ok();
    assert_eq!(
        told,
        format!("pr     {}\nwould fold 1 object\n", &old[..12])
    );
    assert_eq!(state(&world).refs, before);
    // Whatever else was pushed, by the receipts nothing happened to this one since.
    let (new, _) = closed(&alice, "new");
    let closed_at = receipt_seconds(&world, &log_of(&old));
    let age = world.seconds() - closed_at;
    let told = archive(&world, &[&format!("--closed-for={age}s")]).ok();
    assert_eq!(told, "folded 1 object\n");
    assert_eq!(held(&world, &log_of(&old)), "");
    assert_eq!(held(&world, &heads_of(&old)), "");
    for id in [&open, &new] {
        assert_ne!(held(&world, &log_of(id)), "", "{id}");
        assert_ne!(held(&world, &heads_of(id)), "", "{id}");
    }
    let entry = format!("{}/{}/{}", &old[..2], &old[2..4], &old[4..]);
    let listed = world.on_server(&["ls-tree", "-r", "refs/forge/archive"]);
    assert!(
        listed.starts_with("160000 commit ") && listed.ends_with(&format!("\t{entry}\n")),
        "{listed}"
    );
    let kept = world.on_server(&["rev-list", "refs/forge/archive"]);
    assert!(kept.contains(&commit) && kept.contains(&old), "{kept}");
    // Only so many at a time, if so asked; and an open one never.
    let (newer, _) = closed(&alice, "newer");
    assert_eq!(
        archive(&world, &["--closed-for=0s", "--limit=1"]).ok(),
        "folded 1 object\n"
    );
    assert_eq!(fold(&world), 1);
    assert_eq!(fold(&world), 0);
    assert_eq!(
        held(&world, &log_of(&new)) + &held(&world, &log_of(&newer)),
        ""
    );
    assert_ne!(held(&world, &log_of(&open)), "");
    let alice = alice.json(&["receipts", "verify"]);
    assert_eq!(alice["faults"], json!([]));
    assert_eq!(passing_files(&world.server()), Vec::<String>::new());
}

/// When the newest receipt was signed that moved this ref.
fn receipt_seconds(world: &World, name: &str) -> i64 {
    for receipt in world
        .on_server(&["rev-list", "--first-parent", "refs/forge/receipts"])
        .lines()
    {
        let changes = format!("{receipt}:changes");
        if world
            .on_server(&["cat-file", "blob", &changes])
            .contains(name)
        {
            let seconds = world.on_server(&["log", "-1", "--format=%at", receipt]);
            return seconds.trim().parse().unwrap();
        }
    }
    panic!("no receipt has {name}");
}

#[test]
fn maintenance_folds_by_a_schedule_of_its_own() {
    let world = guarded(HashKind::Sha1);
    let (id, _) = closed(&world.person("alice"), "topic");
    let server = world.server();
    let maintain = ["server", "maintain", server.to_str().unwrap(), "--json"];
    let archived = || -> serde_json::Value {
        let told = on_server(&world, &maintain).ok();
        serde_json::from_str::<serde_json::Value>(&told).unwrap()["archived"].clone()
    };
    let set = |value: &str| _ = world.on_server(&["config", "touchmark.archiveAfter", value]);
    assert_eq!(archived(), 0);
    set("never");
    assert_eq!(archived(), 0);
    let told = archive(&world, &[]).fails(2);
    assert!(told.contains("touchmark.archiveAfter is never"), "{told}");
    set("soon");
    let told = on_server(&world, &maintain).refused();
    assert!(told.contains("which is no time"), "{told}");
    let told = on_server(&world, &["server", "check", server.to_str().unwrap()]);
    assert!(told.stdout.contains("touchmark.archiveAfter"), "{told:?}");
    set("0s");
    assert_eq!(archived(), 1);
    assert_eq!(held(&world, &log_of(&id)), "");
    world.on_server(&["fsck", "--strict", "--no-progress"]);
}

/// Runs `server archive` with a fault, over everything that is closed.
fn faulty(world: &World, fault: &str) -> Ready {
    let server = world.server();
    let program = crate::workspace::program("touchmark");
    let args = ["server", "archive", server.to_str().unwrap()];
    world
        .command(program, &world.path().join("home/nobody"), world.path())
        .env("TOUCHMARK_FAULT", fault)
        .args(args)
        .args(["--closed-for=0s", "--json"])
}

/// A fold that dies at a step, and whether anything of it happened after the next push.
fn dies(world: &World, step: &str) -> bool {
    let alice = world.person("alice");
    let pulls = ["a", "b"].map(|name| closed(&alice, &format!("{step}-{name}")).0);
    let names: Vec<String> = pulls
        .iter()
        .flat_map(|id| [log_of(id), heads_of(id), "refs/forge/archive".to_owned()])
        .collect();
    let values = || -> Vec<String> { names.iter().map(|name| held(world, name)).collect() };
    let before = values();
    let died = faulty(world, &format!("{step}:kill")).run();
    assert_ne!(died.status, 0, "{step}: {died:?}");
    let refspec = format!("main:refs/heads/after/{step}");
    pushing(&alice, &["-q", "origin", &refspec]).run().ok();
    let after = values();
    let happened = after != before;
    if happened {
        for (name, value) in names.iter().zip(&after) {
            let is_archive = name == "refs/forge/archive";
            assert_eq!(value.is_empty(), !is_archive, "{step}: {name}");
        }
    }
    assert_eq!(fold(world), if happened { 0 } else { 2 }, "{step}");
    let kept = world.on_server(&["rev-list", "refs/forge/archive"]);
    assert!(before.iter().all(|id| kept.contains(id)), "{step}");
    assert_eq!(
        passing_files(&world.server()),
        Vec::<String>::new(),
        "{step}"
    );
    happened
}

#[test]
fn a_fold_that_dies_is_whole_or_nothing() {
    let world = guarded(HashKind::Sha1);
    for step in ["entered", "reconciled", "receipt", "intended", "prepared"] {
        assert!(!dies(&world, step), "{step}");
    }
    for step in ["receipted", "committed", "settled"] {
        assert!(dies(&world, step), "{step}");
    }
    let alice = world.person("alice");
    alice.touchmark(&["sync"]).ok();
    let audit = alice.json(&["receipts", "verify", "--archive"]);
    assert_eq!(audit["faults"], json!([]));
    assert_eq!(audit["folds"], 8);
    assert_eq!(audit["folds_unseen"], 0);
}

#[test]
fn a_comment_that_meets_a_fold_takes_the_object_back_out() {
    let world = guarded(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let (id, _) = closed(&alice, "topic");
    bob.touchmark(&["sync"]).ok();
    let paused = world.path().join("paused");
    let folding = faulty(&world, &format!("prepared:pause={}", paused.display())).spawn();
    wait_for(&paused.with_extension("waiting"));
    std::thread::scope(|scope| {
        let said = scope.spawn(|| bob.touchmark(&["pr", "comment", &id, "--body=Wait."]));
        // However far the push has come by then: it finds no ref, or one that goes while it is judged.
        std::thread::sleep(std::time::Duration::from_millis(300));
        std::fs::write(&paused, "").unwrap();
        assert!(folding.wait_with_output().unwrap().status.success());
        said.join().unwrap().ok();
    });
    let archived = world.on_server(&["ls-tree", "-r", "refs/forge/archive"]);
    assert!(archived.contains(&id[4..]), "{archived}");
    let said = world.on_server(&["log", "-1", "--format=%an %s", &log_of(&id)]);
    assert_eq!(said, "Bob Comment\n");
    alice.touchmark(&["sync"]).ok();
    let audit = alice.json(&["receipts", "verify", "--archive"]);
    assert_eq!(audit["faults"], json!([]));
}

#[test]
fn what_moves_between_finding_and_folding_stays() {
    let world = guarded(HashKind::Sha1);
    let (id, _) = closed(&world.person("alice"), "topic");
    let paused = world.path().join("paused");
    let folding = faulty(&world, &format!("entered:pause={}", paused.display())).spawn();
    wait_for(&paused.with_extension("waiting"));
    // It has the queue by then, so this does what a push just before it would have done.
    let other = world.on_server(&["rev-parse", &format!("{}^", log_of(&id))]);
    std::fs::write(world.server().join(log_of(&id)), &other).unwrap();
    std::fs::write(&paused, "").unwrap();
    let told = folding.wait_with_output().unwrap();
    let told: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!(told["folded"], json!([]));
    assert_eq!(held(&world, &log_of(&id)), other.trim());
    assert_eq!(held(&world, "refs/forge/archive"), "");
}
