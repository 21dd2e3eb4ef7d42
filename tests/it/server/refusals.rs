//! What may not happen is refused with a reason, and leaves nothing behind.

use touchmark_core::id::HashKind;

use super::{branch, guarded, push, pushing, state};
use crate::env::{Person, World};

/// Runs a push that is refused by a rule, and checks that nothing changed; returns what the pusher was told.
#[track_caller]
fn refused(world: &World, person: &Person<'_>, args: &[&str], rule: &str) -> String {
    let before = state(world);
    let told = push(person, args).refused();
    assert!(told.contains(&format!("({rule})")), "{args:?}: {told}");
    assert!(told.contains("remote: hint: "), "{args:?}: {told}");
    assert_eq!(state(world), before, "{args:?}");
    told
}

fn scene() -> World {
    let world = guarded(HashKind::Sha1);
    branch(&world.person("alice"), "one");
    world
}

#[test]
fn namespaces_that_no_forge_has() {
    let world = scene();
    let alice = world.person("alice");
    for name in [
        "refs/replace/x",
        "refs/notes/commits",
        "refs/remotes/origin/x",
        "refs/x",
    ] {
        let to = format!("one:{name}");
        refused(&world, &alice, &["origin", &to], "ref-namespace");
    }
    // All that a clone has: branches, and its view of the server's.
    refused(&world, &alice, &["--mirror", "origin"], "ref-namespace");
    push(&alice, &["origin", "one:refs/heads/x"]).ok();
}

#[test]
fn more_refs_than_a_push_may_name() {
    let world = scene();
    let alice = world.person("alice");
    let names: Vec<String> = (0..1_001)
        .map(|number| format!("one:refs/heads/{number}"))
        .collect();
    let mut args = vec!["origin"];
    args.extend(names.iter().map(String::as_str));
    refused(&world, &alice, &args, "push-form");
    args.pop();
    push(&alice, &args).ok();
}

#[test]
fn options_that_are_none() {
    let world = scene();
    let alice = world.person("alice");
    let long = "a".repeat(1_025);
    for option in ["\u{1b}[2J", "a\tb", long.as_str()] {
        refused(
            &world,
            &alice,
            &["-o", option, "origin", "one"],
            "push-form",
        );
    }
    let many = vec!["-o"; 33]
        .iter()
        .flat_map(|flag| [*flag, "a"])
        .collect::<Vec<_>>();
    refused(
        &world,
        &alice,
        &[many.as_slice(), &["origin", "one"]].concat(),
        "push-form",
    );
    push(&alice, &["-o", &long[1..], "origin", "one"]).ok();
}

#[test]
fn nothing_that_a_pusher_says_acts_on_a_terminal() {
    let world = scene();
    let alice = world.person("alice");
    let name = "one:refs/heads/a\u{202e}b\u{9b}2J";
    let told = refused(&world, &alice, &["origin", name], "ref-name");
    // The client's git says the name as it is; what the server says comes after `remote:`.
    let said: Vec<&str> = told
        .lines()
        .filter(|line| line.starts_with("remote:"))
        .collect();
    let active = ['\u{202e}', '\u{9b}', '\u{1b}'];
    assert!(said.iter().all(|line| !line.contains(active)), "{told}");
    assert!(said[0].contains("a\\u{202e}b\\u{9b}2J"), "{told}");
}

#[test]
fn a_history_that_is_not_whole() {
    let world = scene();
    let alice = world.person("alice");
    // The server of another project, which has none of this history.
    let (server, shallow) = (world.path().join("other.git"), world.path().join("shallow"));
    super::on_server(&world, &["server", "init", server.to_str().unwrap()]).ok();
    let url = format!("file://{}", world.server().display());
    let args = [
        "clone",
        "-q",
        "--depth=1",
        "--branch=one",
        &url,
        shallow.to_str().unwrap(),
    ];
    push(&alice, &["origin", "one"]).ok();
    alice.command("git").args(args).run().ok();
    let to = server.to_str().unwrap();
    let args = [
        "-C",
        shallow.to_str().unwrap(),
        "push",
        to,
        "HEAD:refs/heads/main",
    ];
    let told = alice.command("git").args(args).run().refused();
    assert!(told.contains("shallow"), "{told}");
    let listed = alice.command("git").args(["ls-remote", to]).run().ok();
    assert_eq!(listed, "");
    // Where the server has the whole of it, nothing is missing.
    let commit = [
        "-C",
        shallow.to_str().unwrap(),
        "commit",
        "-qm",
        "x",
        "--allow-empty",
    ];
    alice.command("git").args(commit).run().ok();
    let args = ["-C", shallow.to_str().unwrap(), "push", "origin", "one"];
    let login = alice.command("git").env("TOUCHMARK_PUSHER", "login alice");
    login.args(args).run().ok();
}

#[test]
fn a_namespace_within_the_repository() {
    let world = scene();
    let alice = world.person("alice");
    let before = state(&world);
    let told = pushing(&alice, &["origin", "one"])
        .env("GIT_NAMESPACE", "x")
        .run()
        .refused();
    assert!(told.contains("(push-namespace)"), "{told}");
    assert_eq!(state(&world), before);
}

#[test]
fn a_transport_that_makes_no_sense() {
    let world = scene();
    let alice = world.person("alice");
    for value in ["alice", "login a b", "key SHA256:x"] {
        let command = pushing(&alice, &["origin", "one"]);
        let told = command.env("TOUCHMARK_PUSHER", value).run().refused();
        assert!(told.contains("(server-configuration)"), "{told}");
    }
}

#[test]
fn branches_that_are_in_use() {
    let world = scene();
    let alice = world.person("alice");
    refused(&world, &alice, &["origin", ":main"], "push-checked-out");
    world.on_server(&["worktree", "add", "-q", "--detach", "../tree"]);
    push(&alice, &["origin", "one"]).ok();
    let tree = world.path().join("tree");
    let switch = ["-C", tree.to_str().unwrap(), "switch", "-q", "one"];
    world.on_server(&switch);
    for args in [["origin", ":one"], ["origin", "+main:one"]] {
        refused(&world, &alice, &args, "push-checked-out");
    }
}

#[test]
fn symbolic_refs_and_what_they_point_to() {
    let world = scene();
    let alice = world.person("alice");
    world.on_server(&[
        "-c",
        "core.hooksPath=/dev/null",
        "symbolic-ref",
        "refs/heads/latest",
        "refs/heads/main",
    ]);
    refused(&world, &alice, &["origin", "+one:latest"], "push-symbolic");
    // git itself refuses a part of this one after it was judged.
    let told = push(&alice, &["origin", "one:main", "+one:latest"]).refused();
    assert!(told.contains("(push-symbolic)"), "{told}");
}

#[test]
fn a_repository_in_which_git_would_apply_pushes_itself() {
    let world = scene();
    let alice = world.person("alice");
    world.on_server(&["config", "receive.shallowUpdate", "true"]);
    refused(&world, &alice, &["origin", "one"], "server-configuration");
    world.on_server(&["config", "receive.shallowUpdate", "false"]);
    world.on_server(&["config", "receive.procReceiveRefs", "refs/forge"]);
    refused(&world, &alice, &["origin", "one"], "server-configuration");
    // Without the first hook git asks the second, and without the setting the guard is what is left.
    world.on_server(&["config", "receive.procReceiveRefs", "refs/"]);
    let (hook, away) = (
        world.server().join("hooks/pre-receive"),
        world.server().join("hooks/away"),
    );
    std::fs::rename(&hook, &away).unwrap();
    let told = push(&alice, &["origin", "one"]).refused();
    assert!(told.contains("(push-unjudged)"), "{told}");
    world.on_server(&["config", "--unset", "receive.procReceiveRefs"]);
    let told = push(&alice, &["origin", "one"]).refused();
    assert!(told.contains("(server-door)"), "{told}");
    assert_eq!(super::held(&world, "refs/heads/one"), "");
    std::fs::rename(&away, &hook).unwrap();
    super::install(&world);
    push(&alice, &["origin", "one"]).ok();
}

#[test]
fn a_hook_that_cannot_run() {
    let world = scene();
    let alice = world.person("alice");
    for name in ["pre-receive", "proc-receive"] {
        let hook = world.server().join("hooks").join(name);
        let script = std::fs::read_to_string(&hook).unwrap();
        let gone = script.replace("touchmark' hook", "gone' hook");
        assert_ne!(script, gone);
        std::fs::write(&hook, gone).unwrap();
        let before = state(&world).refs;
        push(&alice, &["origin", "one"]).refused();
        assert_eq!(state(&world).refs, before);
        std::fs::write(&hook, script).unwrap();
    }
    push(&alice, &["origin", "one"]).ok();
}

#[test]
fn a_small_pack_that_is_large_unpacked() {
    let world = scene();
    let alice = world.person("alice");
    let zeros = vec![0; 129 * 1024 * 1024];
    std::fs::write(alice.dir().join("zeros"), zeros).unwrap();
    alice.git(&["switch", "-q", "-c", "bomb"]).ok();
    alice.commit("Add zeros");
    let told = refused(&world, &alice, &["origin", "bomb"], "push-size");
    assert!(told.contains("135266304 bytes"), "{told}");
    // Many small ones, packed: each is allowed, together they are a bomb.
    alice.git(&["reset", "-q", "--hard", "main"]).ok();
    for number in 0..120 {
        let mut zeros = vec![0; 3 * 1024 * 1024];
        zeros[0] = number;
        std::fs::write(alice.dir().join(format!("{number}.bin")), zeros).unwrap();
    }
    alice.commit("Add many zeros");
    let told = refused(&world, &alice, &["origin", "bomb"], "push-size");
    assert!(told.contains("more than 256 times as many"), "{told}");
}
