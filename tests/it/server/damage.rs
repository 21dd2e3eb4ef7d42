//! A server that has lost what it decides on: it refuses, and works again when that is back.

use std::path::{Path, PathBuf};

use touchmark_core::id::HashKind;

use super::{branch, guarded, held, on_server, push, state};
use crate::env::World;

/// Where an object is by itself.
fn object_file(world: &World, id: &str) -> PathBuf {
    let (folder, name) = id.split_at(2);
    world.server().join("objects").join(folder).join(name)
}

/// While `file` is gone, or has bytes changed, a push of a new branch is refused and changes nothing.
fn refused_without(world: &World, what: &str, file: &Path) {
    let whole = std::fs::read(file).unwrap_or_else(|err| panic!("{what}: {err}"));
    let mut changed = whole.clone();
    let middle = changed.len() / 2;
    // A single byte of a packed file can change without changing what is unpacked.
    for byte in &mut changed[middle - 4..middle + 4] {
        *byte ^= 0x55;
    }
    let mode = std::fs::metadata(file).unwrap().permissions();
    let alice = world.person("alice");
    for damage in [None, Some(changed)] {
        std::fs::remove_file(file).unwrap();
        if let Some(bytes) = &damage {
            std::fs::write(file, bytes).unwrap();
        }
        let one = held(world, "refs/heads/one");
        let told = push(&alice, &["-q", "origin", "one"]);
        assert_ne!(told.status, 0, "{what}: {told:?}");
        assert!(!told.stderr.contains("defect"), "{what}: {told:?}");
        assert_eq!(held(world, "refs/heads/one"), one, "{what}");
        let server = world.server();
        let told = on_server(world, &["server", "check", server.to_str().unwrap()]);
        assert!(told.status != 0, "{what}: {told:?}");
        let _ = std::fs::remove_file(file);
        std::fs::write(file, &whole).unwrap();
        std::fs::set_permissions(file, mode.clone()).unwrap();
    }
}

/// Whatever byte of the file of `id` is changed, `server check` finds it, though the file may still unpack.
fn found_out_wherever(world: &World, what: &str, id: &str) {
    let file = &object_file(world, id);
    let content = || {
        let nobody = world.path().join("home/nobody");
        let git = world.command("git", &nobody, &world.server());
        git.args(["cat-file", "commit", id]).run().stdout
    };
    let right = content();
    let whole = std::fs::read(file).unwrap_or_else(|err| panic!("{what}: {err}"));
    let mode = std::fs::metadata(file).unwrap().permissions();
    let server = world.server();
    for at in (8..whole.len() - 8).step_by(whole.len().div_ceil(24)) {
        let mut changed = whole.clone();
        changed[at] ^= 0x01;
        std::fs::remove_file(file).unwrap();
        std::fs::write(file, changed).unwrap();
        if content() == right {
            // What repeats can be packed in more ways than one.
            continue;
        }
        let told = on_server(world, &["server", "check", server.to_str().unwrap()]);
        assert_ne!(told.status, 0, "{what}, byte {at}: {told:?}");
    }
    std::fs::remove_file(file).unwrap();
    std::fs::write(file, &whole).unwrap();
    std::fs::set_permissions(file, mode).unwrap();
}

#[test]
fn a_ref_or_an_object_that_is_lost_or_damaged() {
    let world = guarded(HashKind::Sha1);
    let alice = world.person("alice");
    branch(&alice, "one");
    let (policy, receipts) = ("refs/forge/policy", "refs/forge/receipts");
    let before = state(&world).refs;
    for name in [policy, receipts] {
        let tip = held(&world, name);
        let tree = world.on_server(&["rev-parse", &format!("{tip}^{{tree}}")]);
        refused_without(&world, name, &world.server().join(name));
        refused_without(&world, &format!("{name}'s tip"), &object_file(&world, &tip));
        let tree = object_file(&world, tree.trim());
        refused_without(&world, &format!("{name}'s tree"), &tree);
        found_out_wherever(&world, name, &tip);
    }
    assert_eq!(state(&world).refs, before);
    push(&alice, &["-q", "origin", "one"]).ok();
    world.on_server(&["fsck", "--no-progress", "--strict"]);
}
