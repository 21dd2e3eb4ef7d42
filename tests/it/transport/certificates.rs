//! The program signs its pushes by the key of its events, whatever git is told, and does without where it cannot.

use touchmark_core::id::HashKind;

use super::sshd::{Access, Sshd};
use super::{Client, Way, fingerprint, founded, held, last_pusher};
use crate::env::{Ready, Run, World};
use crate::keys::{self, Agent};

/// Bob has joined and has a branch that is not proposed yet.
fn bob<'w>(world: &'w World, way: Way<'w>) -> Client<'w> {
    let bob = Client::cloned(world, "bob", way);
    let root = held(world, "refs/forge/policy");
    bob.touchmark(&["join", "--root", &root]).ok();
    bob.branch("topic");
    bob
}

const OPEN: [&str; 4] = ["pr", "open", "--target=main", "--title=A topic"];

/// The program without a terminal, so that nobody can be asked.
fn alone(client: &Client<'_>, args: &[&str]) -> Ready {
    let command = client.command("setsid");
    command.args(["--wait", "touchmark"]).args(args)
}

fn open(bob: &Client<'_>) -> Run {
    alone(bob, &OPEN).run()
}

fn certificate(bob: &Client<'_>) -> String {
    format!("certificate {}", fingerprint(&bob.person))
}

#[test]
fn git_s_own_settings_do_not_get_in_the_way() {
    let world = founded(HashKind::Sha1);
    let bob = bob(&world, Way::File);
    let key = bob.person.private_key().display().to_string();
    for (name, value) in [
        ("touchmark.key", key.as_str()),
        ("gpg.format", "openpgp"),
        ("gpg.program", "false"),
        ("gpg.ssh.program", "false"),
        ("gpg.ssh.defaultKeyCommand", "false"),
        ("user.signingKey", "0123456789ABCDEF"),
        ("push.gpgSign", "true"),
        ("push.followTags", "true"),
        ("push.default", "nothing"),
    ] {
        bob.git(&["config", name, value]).ok();
    }
    open(&bob).ok();
    assert_eq!(last_pusher(&world), certificate(&bob));
}

#[test]
fn a_key_is_found_from_another_folder() {
    let world = founded(HashKind::Sha1);
    let bob = bob(&world, Way::File);
    std::fs::copy(bob.person.private_key(), bob.dir.join("ssh-key")).unwrap();
    std::fs::create_dir(bob.dir.join("below")).unwrap();
    let command = bob.command_in("touchmark", &bob.dir.join("below"));
    command
        .args(["-C", "..", "--key", "ssh-key"])
        .args(OPEN)
        .run()
        .ok();
    assert_eq!(last_pusher(&world), certificate(&bob));
}

#[test]
fn the_agent_signs() {
    let world = founded(HashKind::Sha1);
    let bob = bob(&world, Way::File);
    let agent = Agent::start(&bob.person.home());
    let key = bob.person.private_key();
    let add = bob.command("ssh-add").args([&key]);
    add.env("SSH_AUTH_SOCK", &agent.socket).run().ok();
    std::fs::remove_file(&key).unwrap();
    let open = bob.command("touchmark").args(OPEN);
    open.env("SSH_AUTH_SOCK", &agent.socket).run().ok();
    assert_eq!(last_pusher(&world), certificate(&bob));
}

#[test]
fn a_passphrase_is_asked_for_as_ssh_asks() {
    let world = founded(HashKind::Sha1);
    let bob = bob(&world, Way::File);
    keys::protect(&bob.person.private_key(), "correct horse");
    let ask = bob.person.home().join("askpass");
    std::fs::write(&ask, "#!/bin/sh\necho 'correct horse'\n").unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&ask, mode).unwrap();
    // ssh's own tools would not ask like this, because there is no display.
    let run = alone(&bob, &OPEN).env("SSH_ASKPASS", &ask).run();
    assert!(!run.stderr.contains("not signed"), "{run:?}");
    run.ok();
    assert_eq!(last_pusher(&world), certificate(&bob));
}

/// The event is signed and the key is locked before it is published: there is nobody to ask.
fn locked(world: &World, way: Way<'_>) -> Run {
    let bob = bob(world, way);
    let offline = bob.command("touchmark").args(["--offline"]).args(OPEN);
    offline.run().ok();
    keys::protect(&bob.person.private_key(), "correct horse");
    alone(&bob, &["sync"]).run()
}

#[test]
fn without_a_signature_a_server_that_needs_one_says_so() {
    let world = founded(HashKind::Sha1);
    let told = locked(&world, Way::File).refused();
    assert!(told.contains("warning: the push is not signed"), "{told}");
    assert!(told.contains("passphrase"), "{told}");
    assert!(told.contains("nobody of the policy is proven"), "{told}");
    assert_eq!(held(&world, "refs/forge/pr"), "");
}

#[test]
fn without_a_signature_the_connection_may_do() {
    let world = founded(HashKind::Sha1);
    // ssh itself is given the key that has no passphrase yet.
    let copy = world.path().join("connection");
    std::fs::copy(world.person("bob").private_key(), &copy).unwrap();
    let sshd = Sshd::start(&world, Access::Forced);
    sshd.connect_with(&copy);
    let run = locked(&world, Way::Ssh(&sshd));
    assert!(
        run.stderr.contains("warning: the push is not signed"),
        "{run:?}"
    );
    run.ok();
    let key = fingerprint(&world.person("bob"));
    assert_eq!(last_pusher(&world), format!("key {key}"));
}

#[test]
fn a_server_that_asks_for_no_signature_gets_none() {
    let world = World::new(HashKind::Sha1);
    let alice = Client::at(&world, "alice", Way::File);
    alice.touchmark(&["init", "--no-recovery"]).ok();
    keys::protect(&alice.person.private_key(), "correct horse");
    let run = alone(&alice, &["sync"]).run();
    assert!(!run.stderr.contains("signed"), "{run:?}");
    run.ok();
    assert_ne!(held(&world, "refs/forge/policy"), "");
}
