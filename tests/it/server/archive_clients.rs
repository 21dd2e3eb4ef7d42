//! Clients of a server that folds: they find what is archived, lose nothing, and take it back out.

use serde_json::json;
use touchmark_core::id::HashKind;

use super::archive::{archive, closed, fold, heads_of, log_of, opened};
use super::{guarded, held};
use crate::env::World;

/// Takes from a clone what no ref of it holds, as time does.
fn forget(person: &crate::env::Person<'_>) {
    person
        .git(&["reflog", "expire", "--expire=now", "--all"])
        .ok();
    person.git(&["gc", "-q", "--prune=now"]).ok();
}

#[test]
fn an_archived_pull_request_is_read_as_before() {
    for hash in [HashKind::Sha1, HashKind::Sha256] {
        let world = guarded(hash);
        let (alice, bob) = (world.person("alice"), world.person("bob"));
        let (id, commit) = closed(&alice, "topic");
        let (other, _) = opened(&alice, "other");
        bob.touchmark(&["sync"]).ok();
        let before = bob.json(&["pr", "show", &id]);
        assert_eq!(fold(&world), 1);
        let told = bob.json(&["sync"]);
        assert_eq!(told["archived"], json!([log_of(&id)]));
        assert_eq!(bob.refs(&format!("refs/forge/pr/{id}")), "");
        forget(&bob);
        assert_ne!(bob.git(&["cat-file", "-e", &id]).status, 0);
        // By its number, its id, and what an id starts with; each time all of it is verified.
        let shown = bob.json(&["pr", "show", "#1"]);
        assert_eq!(shown["log"], before["log"]);
        assert_eq!(bob.json(&["pr", "show", &id[..7]])["log"], before["log"]);
        let verified = bob.json(&["verify", &id]);
        assert_eq!(verified["logs"][0]["rejected"], json!([]));
        let events = bob.json(&["log", &id]);
        assert_eq!(events["events"].as_array().unwrap().len(), 2);
        assert_eq!(events["events"][1]["published"], true);
        let out = bob.touchmark(&["pr", "checkout", "#1", "--detach"]).ok();
        assert!(out.contains("revision 1"), "{out}");
        assert_eq!(bob.rev("HEAD"), commit);
        bob.touchmark(&["verify", "--all"]).ok();
        // What was fetched to look at it stays, and works without the server.
        forget(&bob);
        bob.touchmark(&["--offline", "pr", "show", "#1"]).ok();
        let list = |args: &[&str]| -> Vec<String> {
            let listed = bob.json(&[&["pr", "list"], args].concat());
            let listed = listed["pull_requests"].as_array().unwrap().clone();
            let log = |one: &serde_json::Value| one["log"].as_str().unwrap().to_owned();
            let mut logs: Vec<String> = listed.iter().map(log).collect();
            logs.sort();
            logs
        };
        assert_eq!(list(&["--state=all"]), [log_of(&other)]);
        let mut both = [log_of(&id), log_of(&other)];
        both.sort();
        assert_eq!(list(&["--state=all", "--archived"]), both);
        assert_eq!(list(&["--state=closed", "--archived"]), [log_of(&id)]);
        let hint = bob.touchmark(&["pr", "list", "--state=closed"]);
        assert!(hint.stderr.contains("1 more is in the archive"), "{hint:?}");
    }
}

#[test]
fn a_new_clone_finds_what_was_archived_before() {
    let world = guarded(HashKind::Sha1);
    let alice = world.person("alice");
    let (id, _) = closed(&alice, "topic");
    let (second, _) = closed(&alice, "second");
    assert_eq!(fold(&world), 2);
    let dave = world.person("dave");
    dave.clone_server();
    let root = crate::e2e::repository(&alice);
    dave.touchmark(&["join", "--root", &root]).ok();
    dave.touchmark(&["sync"]).ok();
    assert_eq!(dave.refs("refs/forge/archive"), "");
    // git copies a repository that is on the same disk with all its objects.
    forget(&dave);
    let offline = dave.touchmark(&["--offline", "pr", "show", "#1"]).fails(4);
    assert!(
        offline.contains("is in the archive, and not in this clone"),
        "{offline}"
    );
    let shown = dave.json(&["pr", "show", "#1"]);
    assert_eq!(shown["log"]["state"]["status"], "closed");
    // One is fetched, and not the others.
    assert_eq!(dave.git(&["cat-file", "-e", &id]).status, 0);
    assert_ne!(dave.git(&["cat-file", "-e", &second]).status, 0);
    let audit = dave.json(&["receipts", "verify"]);
    assert_eq!(
        (&audit["folds"], &audit["folds_unseen"]),
        (&json!(1), &json!(1))
    );
    let newest = &dave.json(&["receipts", "log", "--count=1"])["receipts"][0];
    assert_eq!(newest["decision"], "archived");
    let audit = dave.json(&["receipts", "verify", "--archive"]);
    assert_eq!(audit["folds_unseen"], 0);
    assert_eq!(audit["faults"], json!([]));
    dave.touchmark(&["verify", "--all"]).ok();
    assert_eq!(dave.git(&["cat-file", "-e", &second]).status, 0);
}

#[test]
fn a_server_that_gives_out_nothing_by_id_is_asked_for_the_archive() {
    let world = guarded(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let (id, _) = closed(&alice, "topic");
    assert_eq!(fold(&world), 1);
    bob.touchmark(&["sync"]).ok();
    bob.git(&["config", "protocol.version", "0"]).ok();
    world.on_server(&["config", "uploadpack.allowReachableSHA1InWant", "false"]);
    bob.touchmark(&["pr", "show", &id]).ok();
    assert_ne!(bob.refs("refs/forge/archive"), "");
}

#[test]
fn whoever_goes_on_with_it_takes_it_back_out() {
    let world = guarded(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let (id, commit) = closed(&alice, "topic");
    bob.touchmark(&["sync"]).ok();
    assert_eq!(fold(&world), 1);
    bob.touchmark(&["sync"]).ok();
    forget(&bob);
    forget(&alice);
    // Alice has not heard of the fold, bob has nothing left of it.
    bob.touchmark(&["pr", "comment", "#1", "--body=Once more?"])
        .ok();
    let tip = held(&world, &log_of(&id));
    assert_ne!(tip, "");
    assert_ne!(held(&world, &heads_of(&id)), "");
    alice.touchmark(&["pr", "reopen", &id]).ok();
    bob.touchmark(&["sync"]).ok();
    let shown = bob.json(&["pr", "show", "#1"]);
    assert_eq!(shown["log"]["state"]["status"], "open");
    assert_eq!(shown["log"]["rejected"], json!([]));
    assert_eq!(bob.refs("refs/archived"), "", "it is no longer archived");
    // It keeps its number, and nobody else got it.
    let (next, _) = opened(&alice, "next");
    bob.touchmark(&["sync"]).ok();
    assert_eq!(
        bob.json(&["pr", "show", "#2"])["log"]["log"],
        log_of(&next).as_str()
    );
    // Closed again it goes again, with what was said since, and the code is still there.
    alice.touchmark(&["pr", "close", &id]).ok();
    assert_eq!(fold(&world), 1);
    let kept = world.on_server(&["rev-list", "refs/forge/archive"]);
    assert!(kept.contains(&tip) && kept.contains(&commit));
    bob.touchmark(&["sync"]).ok();
    let shown = bob.json(&["pr", "show", "#1"]);
    let comments = shown["log"]["state"]["comments"].as_array().unwrap();
    assert_eq!(comments.len(), 1);
    let audit = bob.json(&["receipts", "verify", "--archive"]);
    assert_eq!(audit["faults"], json!([]));
}

#[test]
fn unpublished_work_on_what_was_folded_meanwhile_is_not_lost() {
    let world = guarded(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let (id, _) = closed(&alice, "topic");
    bob.touchmark(&["sync"]).ok();
    bob.touchmark(&["--offline", "pr", "comment", &id, "--body=Offline."])
        .ok();
    // Somebody else says something that bob does not have, and then it is folded.
    alice
        .touchmark(&["pr", "comment", &id, "--body=The last word."])
        .ok();
    assert_eq!(fold(&world), 1);
    bob.touchmark(&["sync"]).ok();
    let said = world.on_server(&["log", "--format=%an", &log_of(&id)]);
    assert_eq!(said, "Bob\nAlice\nAlice\nAlice\n");
    assert_eq!(bob.refs("refs/outbox"), "");
    bob.touchmark(&["sync"]).ok();
    assert_eq!(bob.json(&["receipts", "verify"])["pending"], json!([]));
}

#[test]
fn what_goes_without_a_fold_is_an_alarm() {
    let world = guarded(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let (id, _) = closed(&alice, "topic");
    let (other, _) = closed(&alice, "other");
    bob.touchmark(&["sync"]).ok();
    assert_eq!(archive(&world, &["--closed-for=0s", "--limit=1"]).status, 0);
    let (gone, folded) = match held(&world, &log_of(&id)).is_empty() {
        true => (other, id),
        false => (id, other),
    };
    std::fs::remove_file(world.server().join(log_of(&gone))).unwrap();
    let before = bob.refs("refs/forge/pr");
    let told = bob.touchmark(&["sync"]).fails(5);
    assert!(
        told.contains("ALARM") && told.contains(&log_of(&gone)),
        "{told}"
    );
    assert!(!told.contains(&folded), "{told}");
    // All that this clone has stays: it is the proof.
    assert_eq!(bob.refs("refs/forge/pr"), before);
}

/// The server's repository and everything of the archive, by stock git, in a copy of some kind.
fn keeps(world: &World, copy: &std::path::Path, wanted: &[String]) {
    let nobody = world.path().join("home/nobody");
    let git = |args: &[&str]| world.command("git", &nobody, copy).args(args).run().ok();
    git(&["gc", "-q", "--prune=now"]);
    git(&["fsck", "--strict", "--no-progress"]);
    let kept = git(&["rev-list", "--all"]);
    for id in wanted {
        assert!(kept.contains(id.as_str()), "{id} is not in {copy:?}");
    }
}

#[test]
fn stock_git_keeps_everything() {
    let world = guarded(HashKind::Sha1);
    let alice = world.person("alice");
    let mut wanted = Vec::new();
    for name in ["one", "two"] {
        let (id, commit) = closed(&alice, name);
        wanted.extend([held(&world, &log_of(&id)), held(&world, &heads_of(&id))]);
        wanted.extend([id, commit]);
    }
    assert_eq!(fold(&world), 2);
    let nobody = world.path().join("home/nobody");
    let (server, bundle) = (world.server(), world.path().join("all.bundle"));
    let git = |args: &[&str]| {
        let command = world.command("git", &nobody, world.path());
        command.args(args).run().ok()
    };
    keeps(&world, &server, &wanted);
    let path = |name: &str| world.path().join(name);
    let server = server.to_str().unwrap();
    let bundle = bundle.to_str().unwrap();
    git(&["-C", server, "bundle", "create", "-q", bundle, "--all"]);
    git(&["clone", "-q", "--mirror", bundle, "from-bundle.git"]);
    keeps(&world, &path("from-bundle.git"), &wanted);
    git(&["clone", "-q", "--mirror", server, "mirror.git"]);
    keeps(&world, &path("mirror.git"), &wanted);
    // A plain clone, as most are, has none of it until it asks.
    git(&["clone", "-q", server, "plain"]);
    git(&[
        "-C",
        "plain",
        "fetch",
        "-q",
        "origin",
        "refs/forge/*:refs/forge/*",
    ]);
    keeps(&world, &path("plain"), &wanted);
    // The archive says of itself, in stock git, what an object was.
    let id = &wanted[2];
    let entry = format!("refs/forge/archive:{}/{}/{}", &id[..2], &id[2..4], &id[4..]);
    let shown = git(&["-C", server, "log", "--format=%an %s", &entry]);
    assert!(shown.ends_with("Alice one\n"), "{shown}");
}

/// Between a fold and a reopening a clone has no ref of its own to compare with: the fold is what it has seen.
#[test]
fn what_comes_back_without_what_was_folded_is_an_alarm() {
    let world = guarded(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let (pr, _) = closed(&alice, "topic");
    bob.touchmark(&["sync"]).ok();
    let (log, heads) = (log_of(&pr), heads_of(&pr));
    let (tip, kept) = (held(&world, &log), held(&world, &heads));
    let first = world.on_server(&["rev-list", "--max-parents=0", &tip]);
    assert_eq!(fold(&world), 1);
    bob.touchmark(&["sync"]).ok();
    let put = |name: &str, id: &str| {
        world.on_server(&["-c", "core.hooksPath=/dev/null", "update-ref", name, id]);
    };
    put(&heads, &kept);
    put(&log, first.trim());
    let told = bob.touchmark(&["sync"]).fails(5);
    assert!(told.contains("came back from its archive"), "{told}");
    // Put back with everything that was folded, it is no reason for one.
    put(&log, &tip);
    bob.touchmark(&["sync"]).ok();
}

/// A ref that went without a receipt is not one that was folded once and has come back since.
#[test]
fn a_fold_that_was_undone_excuses_nothing() {
    let world = guarded(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let (pr, _) = closed(&alice, "topic");
    bob.touchmark(&["sync"]).ok();
    assert_eq!(fold(&world), 1);
    alice.touchmark(&["sync"]).ok();
    alice
        .touchmark(&["pr", "comment", &pr, "-b", "Again."])
        .ok();
    for name in [log_of(&pr), heads_of(&pr)] {
        world.on_server(&["-c", "core.hooksPath=/dev/null", "update-ref", "-d", &name]);
    }
    let told = bob.touchmark(&["sync"]).fails(5);
    assert!(told.contains("it no longer has"), "{told}");
}
