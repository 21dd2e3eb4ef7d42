//! Whom each way proves to have pushed.

use touchmark_core::id::HashKind;

use super::sshd::{Access, Sshd};
use super::web::Web;
use super::{Client, Way, by_each_way, fingerprint, founded, held, last_pusher, now, refs};
use crate::env::World;

/// A branch of alice's that is pushed without a signature; what the receipt says, or the refusal.
fn unsigned(world: &World, way: Way<'_>) -> Result<String, String> {
    let alice = Client::cloned(world, "alice", way);
    let before = refs(world);
    let tip = alice.branch("plain");
    let run = alice.git(&["push", "origin", "plain"]);
    if run.status == 0 {
        assert_eq!(held(world, "refs/heads/plain"), tip);
        return Ok(last_pusher(world));
    }
    assert_eq!(refs(world), before);
    Err(run.stderr)
}

#[test]
fn a_file_proves_nothing() {
    let world = founded(HashKind::Sha1);
    let told = unsigned(&world, Way::File).unwrap_err();
    assert!(told.contains("(pusher-unproven)"), "{told}");
}

#[test]
fn git_shell_proves_nothing() {
    let world = founded(HashKind::Sha1);
    let sshd = Sshd::start(&world, Access::GitShell);
    let told = unsigned(&world, Way::Ssh(&sshd)).unwrap_err();
    assert!(told.contains("(pusher-unproven)"), "{told}");
}

#[test]
fn the_forced_command_proves_a_key() {
    for access in [Access::Forced, Access::Asked] {
        let world = founded(HashKind::Sha1);
        let sshd = Sshd::start(&world, access);
        let key = fingerprint(&world.person("alice"));
        assert_eq!(unsigned(&world, Way::Ssh(&sshd)), Ok(format!("key {key}")));
    }
}

#[test]
fn a_password_proves_a_login() {
    let world = founded(HashKind::Sha1);
    let web = Web::start(&world);
    assert_eq!(
        unsigned(&world, Way::Http(&web)),
        Ok("login alice".to_owned())
    );
}

#[test]
fn a_certificate_proves_its_key_by_any_way() {
    by_each_way(|world, way| {
        let bob = Client::cloned(world, "bob", way);
        let tip = bob.branch("signed");
        bob.git(&["push", "--signed", "origin", "signed"]).ok();
        assert_eq!(held(world, "refs/heads/signed"), tip);
        let key = fingerprint(&bob.person);
        assert_eq!(last_pusher(world), format!("certificate {key}"));
    });
}

#[test]
fn with_sha256_too() {
    let world = founded(HashKind::Sha256);
    let sshd = Sshd::start(&world, Access::Forced);
    let web = Web::start(&world);
    let bob = Client::cloned(&world, "bob", Way::Ssh(&sshd));
    bob.branch("signed");
    bob.git(&["push", "--signed", "origin", "signed"]).ok();
    let told = unsigned(&world, Way::Http(&web));
    assert_eq!(told, Ok("login alice".to_owned()));
}

#[test]
fn the_program_signs_what_it_pushes() {
    by_each_way(|world, way| {
        let bob = Client::cloned(world, "bob", way);
        let root = held(world, "refs/forge/policy");
        bob.touchmark(&["join", "--root", &root]).ok();
        bob.branch("topic");
        bob.touchmark(&["pr", "open", "--target=main", "--title=A topic"])
            .ok();
        let key = fingerprint(&bob.person);
        assert_eq!(last_pusher(world), format!("certificate {key}"));
        let logs = world.on_server(&["for-each-ref", "refs/forge/pr"]);
        assert_eq!(logs.lines().count(), 2, "log and heads: {logs}");
        assert_eq!(bob.git(&["for-each-ref", "refs/outbox"]).ok(), "");
    });
}

#[test]
fn everybody_reads_the_record() {
    by_each_way(|world, way| {
        let way = match way {
            Way::Http(web) => Way::Anonymous(web),
            way => way,
        };
        let bob = Client::cloned(world, "bob", way);
        let refspec = "refs/forge/*:refs/forge/*";
        bob.git(&["fetch", "-q", "origin", refspec]).ok();
        assert_eq!(
            bob.rev("refs/forge/receipts"),
            held(world, "refs/forge/receipts")
        );
        assert_eq!(bob.rev("origin/main"), held(world, "refs/heads/main"));
    });
}

#[test]
fn a_certificate_for_another_person_than_the_connection_is_refused() {
    let world = founded(HashKind::Sha1);
    let web = Web::start(&world);
    let bob = Client::cloned(&world, "bob", Way::Http(&web));
    bob.branch("topic");
    let key = world.person("alice").private_key();
    let before = refs(&world);
    let signing = format!("user.signingKey={}", key.display());
    let told = bob
        .git(&["-c", &signing, "push", "--signed", "origin", "topic"])
        .refused();
    assert!(told.contains("(pusher-unproven)"), "{told}");
    assert_eq!(refs(&world), before);
}

#[test]
fn a_password_of_somebody_whom_the_policy_does_not_know_proves_nothing() {
    let world = founded(HashKind::Sha1);
    let web = Web::start(&world);
    let stranger = Client::cloned(&world, "stranger", Way::Http(&web));
    stranger.branch("topic");
    let told = stranger.git(&["push", "origin", "topic"]).refused();
    assert!(told.contains("(pusher-unproven)"), "{told}");
}

#[test]
fn the_server_s_clock_is_the_machine_s() {
    let world = founded(HashKind::Sha1);
    let sshd = Sshd::start(&world, Access::Forced);
    let begun = i64::try_from(now()).unwrap();
    unsigned(&world, Way::Ssh(&sshd)).unwrap();
    let date = world.on_server(&["log", "-1", "--format=%ct", "refs/forge/receipts"]);
    assert!((begun..begun + 600).contains(&date.trim().parse().unwrap()));
}
