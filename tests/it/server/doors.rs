//! Every other door is shut, and maintenance passes.

use touchmark_core::id::HashKind;

use super::{branch, guarded, held, on_server, push, state};
use crate::env::World;

/// A server with two refs that are loose, one that is packed and one that is both.
fn scene() -> World {
    let world = guarded(HashKind::Sha1);
    let alice = world.person("alice");
    branch(&alice, "one");
    push(&alice, &["origin", "main:packed", "main:both"]).ok();
    on_server(
        &world,
        &["server", "maintain", world.server().to_str().unwrap()],
    )
    .ok();
    push(&alice, &["origin", "one:both", "one:loose"]).ok();
    world
}

/// Runs git on the server.
fn git(world: &World, args: &[&str]) -> crate::env::Run {
    let command = world.command("git", &world.path().join("home/nobody"), &world.server());
    let who = [
        "-c",
        "user.name=Nobody",
        "-c",
        "user.email=nobody@example.com",
    ];
    command.args(who).args(args).run()
}

#[test]
fn refs_do_not_change_by_anything_but_a_push() {
    let world = scene();
    let clone = world.person("alice").dir();
    let clone = clone.to_str().unwrap();
    let main = held(&world, "refs/heads/main");
    let one = held(&world, "refs/heads/loose");
    let doors: &[&[&str]] = &[
        &["update-ref", "refs/heads/new", &main],
        &["update-ref", "refs/heads/loose", &main],
        &["update-ref", "refs/heads/packed", &one],
        &["update-ref", "refs/heads/both", &main],
        &["update-ref", "-d", "refs/heads/loose"],
        &["update-ref", "-d", "refs/heads/packed"],
        &["update-ref", "-d", "refs/heads/both"],
        &["update-ref", "-d", "refs/heads/both", &one],
        &["update-ref", "refs/forge/policy", &main],
        &["update-ref", "-d", "refs/forge/policy"],
        &["branch", "-f", "loose", "main"],
        &["branch", "-D", "loose"],
        &["branch", "-m", "loose", "other"],
        &["tag", "v1", "main"],
        &["symbolic-ref", "refs/heads/loose", "refs/heads/main"],
        &["fetch", "-q", clone, "+one:refs/heads/packed"],
        &[
            "fetch",
            "-q",
            clone,
            "+refs/heads/*:refs/heads/*",
            "--prune",
        ],
        &["notes", "add", "-m", "x", "main"],
        &["replace", &main, &one],
    ];
    for args in doors {
        let before = state(&world).refs;
        let told = git(&world, args).refused();
        assert!(told.contains("(server-door)"), "{args:?}: {told}");
        assert_eq!(state(&world).refs, before, "{args:?}");
    }
}

#[test]
fn what_changes_no_ref_passes() {
    let world = scene();
    let main = held(&world, "refs/heads/main");
    let before = state(&world).refs;
    for args in [
        ["symbolic-ref", "HEAD", "refs/heads/loose"],
        ["symbolic-ref", "HEAD", "refs/heads/main"],
        ["update-ref", "ORIG_HEAD", &main],
        ["update-ref", "refs/heads/main", &main],
    ] {
        git(&world, &args).ok();
    }
    for args in [
        &["pack-refs", "--all"][..],
        &["gc", "--quiet", "--prune=now"],
        &["pack-refs", "--all", "--no-prune"],
        &["reflog", "expire", "--expire=now", "--all"],
        &["repack", "-adq"],
        &["fsck", "--no-progress"],
    ] {
        git(&world, args).ok();
        assert_eq!(state(&world).refs, before, "{args:?}");
    }
    let loose = world.server().join("refs/heads/loose");
    assert!(!loose.exists(), "what was to be packed is packed");
    // A push still goes where it did, packed or not.
    let alice = world.person("alice");
    push(&alice, &["origin", "+main:loose", ":both"]).ok();
    assert_eq!(held(&world, "refs/heads/both"), "");
}

#[test]
fn maintenance_waits_for_pushes_and_pushes_for_it() {
    let world = scene();
    let alice = world.person("alice");
    let paused = world.path().join("paused");
    let child = super::pushing(&alice, &["origin", "one:refs/heads/late"])
        .env(
            "TOUCHMARK_FAULT",
            format!("prepared:pause={}", paused.display()),
        )
        .spawn();
    super::crashes::wait_for(&paused.with_extension("waiting"));
    let server = world.server();
    let maintenance = world
        .command(
            crate::workspace::program("touchmark"),
            &world.path().join("home/nobody"),
            world.path(),
        )
        .args(["server", "maintain", server.to_str().unwrap()])
        .spawn();
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(!server.join("packed-refs.lock").exists() || !server.join("refs/heads/late").exists());
    std::fs::write(&paused, "").unwrap();
    assert!(child.wait_with_output().unwrap().status.success());
    assert!(maintenance.wait_with_output().unwrap().status.success());
    let packed = std::fs::read_to_string(server.join("packed-refs")).unwrap();
    assert!(packed.contains("refs/heads/late"), "{packed}");
}

#[test]
fn what_goes_around_the_hooks_is_found_out_by_the_receipts() {
    let world = scene();
    let alice = world.person("alice");
    // Stock git copies a branch without asking any hook.
    git(&world, &["branch", "-c", "loose", "other"]).ok();
    let before = state(&world);
    let told = push(&alice, &["origin", "+main:other"]).refused();
    assert!(told.contains("(server-door)"), "{told}");
    assert_eq!(state(&world), before);
    push(&alice, &["origin", "+main:loose"]).ok();
}
