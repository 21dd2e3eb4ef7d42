//! Making a server's repository, and finding what is wrong with one.

use std::os::unix::fs::PermissionsExt as _;

use touchmark_core::id::HashKind;

use super::{install, on_server};
use crate::env::World;

fn init(world: &World, args: &[&str]) -> crate::env::Run {
    on_server(world, &[&["server", "init"], args].concat())
}

fn problems(world: &World) -> Vec<String> {
    let server = world.server();
    let run = on_server(
        world,
        &["server", "check", server.to_str().unwrap(), "--json"],
    );
    let told: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let problems = told["problems"].as_array().unwrap();
    assert_eq!(run.status, i32::from(!problems.is_empty()));
    problems
        .iter()
        .map(|problem| problem["text"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_repository_is_made_and_made_again() {
    for hash in [HashKind::Sha1, HashKind::Sha256] {
        let world = World::empty(hash);
        world.person("nobody");
        let server = world.server();
        let path = server.to_str().unwrap();
        let format = format!("--object-format={}", hash.name());
        let told = init(&world, &[path, &format]).ok();
        assert!(told.contains("sequencer ssh-ed25519 AAAA"), "{told}");
        assert_eq!(problems(&world), Vec::<String>::new());
        let key = server.join("touchmark/sequencer");
        assert_eq!(
            std::fs::metadata(&key).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let (config, secret) = (server.join("config"), std::fs::read(&key).unwrap());
        let before = std::fs::read(&config).unwrap();
        let again = init(&world, &[path]).ok();
        assert!(again.contains("installed 0 hooks, set 0 values"), "{again}");
        assert_eq!(std::fs::read(&config).unwrap(), before);
        assert_eq!(std::fs::read(&key).unwrap(), secret);
        assert_eq!(
            told.split("sequencer").nth(1),
            again.split("sequencer").nth(1)
        );
        let other = if hash == HashKind::Sha1 {
            "sha256"
        } else {
            "sha1"
        };
        init(&world, &[path, "--object-format", other]).refused();
    }
}

#[test]
fn what_cannot_be_a_server_is_refused() {
    let world = World::new(HashKind::Sha1);
    let clone = world.person("alice").dir();
    let told = init(&world, &[clone.to_str().unwrap()]).refused();
    assert!(
        told.contains("has a work tree") && told.contains("git clone --bare"),
        "{told}"
    );
    let alice = world.person("alice");
    let shallow = world.path().join("shallow.git");
    alice.write("more", "more");
    alice.commit("More");
    let url = format!("file://{}", clone.display());
    alice
        .git(&[
            "clone",
            "-q",
            "--bare",
            "--depth=1",
            &url,
            shallow.to_str().unwrap(),
        ])
        .ok();
    let told = init(&world, &[shallow.to_str().unwrap()]).refused();
    assert!(told.contains("shallow"), "{told}");
    let tables = world.path().join("tables.git");
    let made = alice.git(&[
        "init",
        "-q",
        "--bare",
        "--ref-format=reftable",
        tables.to_str().unwrap(),
    ]);
    // Older versions of git have no such format.
    if made.status == 0 {
        let told = init(&world, &[tables.to_str().unwrap()]).refused();
        assert!(told.contains("git refs migrate"), "{told}");
    }
}

#[test]
fn hooks_of_others_are_not_overwritten() {
    let world = World::new(HashKind::Sha1);
    let hook = world.server().join("hooks/pre-receive");
    std::fs::write(&hook, "#!/bin/sh\nexit 0\n").unwrap();
    let server = world.server();
    let told = init(&world, &[server.to_str().unwrap()]).refused();
    assert!(told.contains("hooks/pre-receive"), "{told}");
    assert_eq!(
        std::fs::read_to_string(&hook).unwrap(),
        "#!/bin/sh\nexit 0\n"
    );
    assert!(!world.server().join("hooks/proc-receive").exists());
    std::fs::remove_file(&hook).unwrap();
    install(&world);
}

#[test]
fn everything_that_is_wrong_is_named() {
    let world = World::new(HashKind::Sha1);
    install(&world);
    assert_eq!(problems(&world), Vec::<String>::new());
    let server = world.server();
    let mode = |path: &str, mode: u32| {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(server.join(path), mode).unwrap();
    };
    world.on_server(&["config", "receive.procReceiveRefs", "refs/heads"]);
    world.on_server(&["config", "--unset", "receive.certNonceSeed"]);
    world.on_server(&["config", "receive.maxInputSize", "2g"]);
    world.on_server(&["config", "core.hooksPath", "elsewhere"]);
    mode("hooks/pre-receive", 0o644);
    std::fs::remove_file(server.join("hooks/proc-receive")).unwrap();
    std::fs::write(server.join("hooks/reference-transaction"), "#!/bin/sh\n").unwrap();
    std::fs::write(server.join("hooks/update"), "#!/bin/sh\n").unwrap();
    mode("touchmark/sequencer", 0o644);
    mode("config", 0o666);
    let found = problems(&world).join("\n");
    for expected in [
        "receive.procReceiveRefs is not refs/",
        "receive.certNonceSeed is not set",
        "git looks for hooks in elsewhere",
        "hooks/pre-receive may not be run",
        "hooks/proc-receive is missing",
        "hooks/reference-transaction is somebody else's",
        "no push runs the hook",
        "touchmark/sequencer is open to others",
        "config is open to others",
    ] {
        assert!(found.contains(expected), "{expected}: {found}");
    }
    assert_eq!(found.lines().count(), 9, "{found}");
    for name in ["hooks/reference-transaction", "hooks/update"] {
        std::fs::remove_file(server.join(name)).unwrap();
    }
    world.on_server(&["config", "--unset", "core.hooksPath"]);
    mode("touchmark/sequencer", 0o600);
    mode("config", 0o600);
    install(&world);
    assert_eq!(problems(&world), Vec::<String>::new());
}
