//! The lines that let the policy's keys connect.

use touchmark_core::id::HashKind;

use super::sshd::lines;
use super::{fingerprint, founded};
use crate::env::{Run, World};

fn print(world: &World, arguments: &[&str]) -> Run {
    let nobody = world.person("nobody").home();
    let command = world.command("touchmark", &nobody, world.path());
    command
        .args(["server", "authorized-keys", "server.git"])
        .args(arguments)
        .run()
}

#[test]
fn each_person_has_a_line_and_the_server_s_own_keys_have_none() {
    let world = founded(HashKind::Sha1);
    let told = lines(&world);
    let owners: Vec<&str> = told
        .lines()
        .filter_map(|line| line.rsplit(' ').next())
        .collect();
    assert_eq!(owners.len(), 2, "{told}");
    for name in ["alice", "bob"] {
        let line = told.lines().find(|line| line.ends_with(name)).unwrap();
        let print = fingerprint(&world.person(name));
        let shell = format!(
            " server shell --root '{}' --pusher-key {print}\" ssh-ed25519 ",
            world.path().display()
        );
        assert!(line.starts_with("restrict,command=\"'/"), "{line}");
        assert!(line.contains(&shell), "{line}");
    }
}

#[test]
fn sshd_may_ask_for_one_key() {
    let world = founded(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let public = std::fs::read_to_string(alice.private_key().with_extension("pub")).unwrap();
    let base64 = public.split(' ').nth(1).unwrap();
    for (word, lines) in [
        (fingerprint(&alice).as_str(), 1),
        (base64, 1),
        ("SHA256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0),
        ("alice", 0),
        ("", 0),
    ] {
        let told = print(&world, &[word]).ok();
        assert_eq!(told.lines().count(), lines, "{word}: {told}");
        assert!(!told.contains(&fingerprint(&bob)));
    }
}

#[test]
fn a_retired_key_has_no_line() {
    let world = founded(HashKind::Sha1);
    let before = lines(&world);
    let alice = super::Client::at(&world, "alice", super::Way::File);
    let old = fingerprint(&alice.person);
    let other = crate::keys::write("alice's other", &world.path().join("other"));
    let public = other.with_extension("pub").display().to_string();
    alice.touchmark(&["key", "add", &public]).ok();
    alice.touchmark(&["key", "retire", &old]).ok();
    alice.touchmark(&["sync"]).ok();
    let after = lines(&world);
    assert!(before.contains(&old), "{before}");
    assert!(!after.contains(&old), "{after}");
    assert_eq!(
        after
            .lines()
            .filter(|line| line.ends_with(" alice"))
            .count(),
        1
    );
}

#[test]
fn without_a_policy_nobody_connects() {
    let world = World::empty(HashKind::Sha1);
    let nobody = world.person("nobody").home();
    let make = world.command("touchmark", &nobody, world.path());
    make.args(["server", "init", "server.git"]).run().ok();
    assert_eq!(print(&world, &[]).ok(), "");
}

#[test]
fn what_cannot_stand_in_a_line_is_refused() {
    let world = founded(HashKind::Sha1);
    let told = print(&world, &["--root=/srv\nssh-ed25519"]).refused();
    assert!(told.contains("authorized_keys"), "{told}");
}
