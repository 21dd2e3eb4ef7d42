//! What may happen happens as with stock git: the same words, the same ends, the same refs.

use touchmark_core::id::HashKind;

use super::{branch, guarded, held, push, pushing, state};
use crate::env::{Person, World};

/// Pushes one after another, as alice or bob types them behind `git push`.
const PUSHES: &[(&str, &[&str])] = &[
    ("alice", &["origin", "one"]),
    ("alice", &["origin", "one"]),
    (
        "alice",
        &["origin", "one:refs/heads/two", "one:refs/heads/three", "v1"],
    ),
    ("alice", &["--atomic", "origin", "two:two", "one:four"]),
    ("bob", &["origin", "other:two"]),
    ("bob", &["--force", "origin", "other:two"]),
    ("bob", &["--force-with-lease=two", "origin", "main:two"]),
    ("alice", &["--force-with-lease=two", "origin", "one:two"]),
    ("alice", &["--force-with-lease=two:", "origin", "one:two"]),
    (
        "alice",
        &["-o", "topic=a b", "-o", "", "origin", "one:five"],
    ),
    ("alice", &["--signed=yes", "origin", "one:six"]),
    ("alice", &["--dry-run", "origin", "one:seven"]),
    ("alice", &["--porcelain", "origin", "one:seven"]),
    ("alice", &["-q", "origin", "one:eight"]),
    ("alice", &["--no-verify", "--thin", "origin", "two:nine"]),
    ("alice", &["--follow-tags", "origin", "two:nine"]),
    ("alice", &["origin", "--tags"]),
    ("alice", &["origin", ":three"]),
    ("alice", &["origin", ":three"]),
    ("alice", &["origin", "--delete", "four", "five"]),
    ("alice", &["--atomic", "origin", ":six", "nothing:eight"]),
    ("bob", &["--atomic", "origin", "other:nine", "other:ten"]),
    ("bob", &["origin", "other:nine", "other:ten"]),
    ("bob", &["origin", "+other:nine", "v2:refs/tags/v1"]),
    ("bob", &["--all", "origin"]),
    ("alice", &["--prune", "origin", "refs/heads/*:refs/heads/*"]),
];

/// Branches and tags in the clones of alice and bob.
fn ready(world: &World) {
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    branch(&alice, "one");
    branch(&alice, "two");
    alice.git(&["tag", "v1", "one"]).ok();
    alice
        .git(&["tag", "-a", "-m", "Version 2", "v2", "two"])
        .ok();
    branch(&bob, "other");
    bob.git(&["tag", "v2", "other"]).ok();
}

/// The same world with a server of stock git, which takes the same pushes.
fn stock(world: &World) -> World {
    let twin = world.twin();
    for name in ["alice", "bob"] {
        let url = twin.server();
        let args = ["remote", "set-url", "origin", url.to_str().unwrap()];
        twin.person(name).git(&args).ok();
        world.person(name).git(&["remote", "-v"]).ok();
    }
    for hook in ["pre-receive", "proc-receive", "reference-transaction"] {
        std::fs::remove_file(twin.server().join("hooks").join(hook)).unwrap();
    }
    for key in [
        "receive.procReceiveRefs",
        "receive.denyDeletes",
        "receive.denyNonFastForwards",
    ] {
        twin.on_server(&["config", "--unset", key]);
        world.on_server(&["version"]);
    }
    twin
}

fn tracked(person: &Person<'_>) -> String {
    person.refs("refs/remotes/")
}

fn as_with_stock_git(hash: HashKind) {
    let own = guarded(hash);
    ready(&own);
    let stock = stock(&own);
    for (who, args) in PUSHES {
        let mut told = Vec::new();
        for world in [&stock, &own] {
            let person = world.person(who);
            let run = push(&person, args);
            let code = world.on_server(&["for-each-ref", "refs/heads", "refs/tags"]);
            told.push((run.status, run.stdout, run.stderr, code, tracked(&person)));
        }
        assert_eq!(told[0], told[1], "{who}: git push {}", args.join(" "));
    }
    assert_eq!(super::passing_files(&own.server()), Vec::<String>::new());
}

#[test]
fn pushes_go_as_with_stock_git_with_sha1() {
    as_with_stock_git(HashKind::Sha1);
}

#[test]
fn pushes_go_as_with_stock_git_with_sha256() {
    as_with_stock_git(HashKind::Sha256);
}

#[test]
fn a_push_is_whole_though_nobody_asked_for_that() {
    let world = guarded(HashKind::Sha1);
    let alice = world.person("alice");
    branch(&alice, "one");
    let before = state(&world);
    let told = push(&alice, &["origin", "one", "one:refs/unknown/one"]).refused();
    assert!(told.contains("(ref-namespace)"), "{told}");
    assert_eq!(state(&world), before);
    push(&alice, &["origin", "one", "one:refs/heads/known"]).ok();
    assert_eq!(
        held(&world, "refs/heads/one"),
        held(&world, "refs/heads/known")
    );
}

#[test]
fn the_server_keeps_reflogs_and_runs_post_receive() {
    let world = guarded(HashKind::Sha1);
    let alice = world.person("alice");
    let hook = world.server().join("hooks/post-receive");
    std::fs::write(&hook, "#!/bin/sh\ncat >seen\n").unwrap();
    set_mode(&hook, 0o755);
    let one = branch(&alice, "one");
    push(&alice, &["origin", "one"]).ok();
    let zero = "0".repeat(40);
    let seen = std::fs::read_to_string(world.server().join("seen")).unwrap();
    assert_eq!(seen, format!("{zero} {one} refs/heads/one\n"));
    let log = world.on_server(&["log", "-g", "--format=%H", "refs/heads/one"]);
    assert_eq!(log.trim(), one);
}

#[test]
fn the_hooks_see_who_pushes() {
    let world = guarded(HashKind::Sha1);
    let alice = world.person("alice");
    branch(&alice, "one");
    let paused = world.path().join("paused");
    let fault = format!("left:pause={}", paused.display());
    let child = pushing(&alice, &["--signed=yes", "-o", "a=b", "origin", "one"])
        .env("TOUCHMARK_FAULT", fault)
        .env("REMOTE_ADDR", "192.0.2.7")
        .spawn();
    super::crashes::wait_for(&paused.with_extension("waiting"));
    let folder = world.server().join("touchmark/pushes");
    let file = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap();
    let mode = std::os::unix::fs::MetadataExt::mode(&file.metadata().unwrap());
    assert_eq!(mode & 0o777, 0o600);
    let decision = std::fs::read_to_string(file.path()).unwrap();
    std::fs::write(&paused, "").unwrap();
    assert!(child.wait_with_output().unwrap().status.success());
    let decision: serde_json::Value = serde_json::from_str(&decision).unwrap();
    let pusher = &decision["push"]["pusher"];
    assert_eq!(pusher["certificate"]["nonce"], "Ok");
    assert_eq!(pusher["transport"], serde_json::json!({"Login": "alice"}));
    assert_eq!(pusher["address"], "192.0.2.7");
    assert_eq!(decision["push"]["options"], serde_json::json!(["a=b"]));
    let id = pusher["certificate"]["id"].as_str().unwrap();
    let certificate = world.on_server(&["cat-file", "blob", id]);
    assert!(certificate.contains("BEGIN SSH SIGNATURE"), "{certificate}");
}

fn set_mode(path: &std::path::Path, mode: u32) {
    let mode = std::os::unix::fs::PermissionsExt::from_mode(mode);
    std::fs::set_permissions(path, mode).unwrap();
}
