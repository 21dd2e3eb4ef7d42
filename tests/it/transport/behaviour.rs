//! What stock git's options do by each of the ways: the same as without our hooks, or a refusal with its reason.

use std::fmt::Write as _;

use touchmark_core::id::HashKind;

use super::sshd::{Access, Sshd};
use super::web::Web;
use super::{Client, Way, by_each_way, founded, held, last_pusher, refs};
use crate::env::{Run, World};

/// Bob's clone, whose pushes are signed; that no way needs, and no way minds.
fn bob<'w>(world: &'w World, way: Way<'w>) -> Client<'w> {
    Client::cloned(world, "bob", way)
}

fn push(client: &Client<'_>, args: &[&str]) -> Run {
    client.git(&[&["push", "--signed"], args].concat())
}

/// Refused for this reason, and nothing has moved.
#[track_caller]
fn refused(world: &World, client: &Client<'_>, args: &[&str], reason: &str) {
    let before = refs(world);
    let told = push(client, args).refused();
    assert!(told.contains(reason), "{told}");
    assert_eq!(refs(world), before, "{args:?}");
}

#[test]
fn leases_and_atomic_pushes() {
    by_each_way(|world, way| {
        let bob = bob(world, way);
        let first = bob.branch("one");
        let other = bob.branch("two");
        push(&bob, &["--atomic", "origin", "one", "two"]).ok();
        assert_eq!(held(world, "refs/heads/one"), first);
        assert_eq!(held(world, "refs/heads/two"), other);
        bob.git(&["commit", "-q", "--amend", "-m", "Two, anew"])
            .ok();
        let stale = format!("--force-with-lease=two:{first}");
        refused(world, &bob, &[&stale, "origin", "two"], "stale info");
        refused(world, &bob, &["origin", "two"], "non-fast-forward");
        bob.branch("three");
        let unknown = ["--atomic", "origin", "three", "three:refs/unknown/three"];
        refused(world, &bob, &unknown, "refs/unknown/three");
        let lease = format!("--force-with-lease=two:{other}");
        push(&bob, &[&lease, "origin", "two"]).ok();
        assert_eq!(held(world, "refs/heads/two"), bob.rev("two"));
    });
}

#[test]
fn tags_deletions_and_mirrors() {
    by_each_way(|world, way| {
        let bob = bob(world, way);
        bob.branch("one");
        bob.git(&["tag", "light"]).ok();
        bob.git(&["tag", "-a", "-m", "heavy", "heavy"]).ok();
        push(&bob, &["origin", "one", "light", "heavy"]).ok();
        assert_eq!(held(world, "refs/tags/heavy"), bob.rev("heavy"));
        bob.branch("two");
        bob.git(&["tag", "-f", "light"]).ok();
        refused(world, &bob, &["-f", "origin", "light"], "(tag-right)");
        refused(world, &bob, &["origin", ":heavy"], "(tag-right)");
        push(&bob, &["origin", ":one"]).ok();
        assert_eq!(held(world, "refs/heads/one"), "");
        refused(world, &bob, &["origin", ":main"], "(push-checked-out)");
        refused(
            world,
            &bob,
            &["origin", ":refs/forge/policy"],
            "(ref-delete)",
        );
        refused(world, &bob, &["--mirror", "origin"], "(ref-delete)");
    });
}

#[test]
fn a_change_for_a_branch_becomes_a_pull_request() {
    by_each_way(|world, way| {
        let bob = bob(world, way);
        bob.branch("topic");
        let told = push(&bob, &["-o", "a=b", "origin", "HEAD:refs/for/main"]);
        let pr = told.stderr.split_once("-o pr=").unwrap().1.to_owned();
        let pr = pr.split(' ').next().unwrap();
        assert_eq!(told.status, 0, "{told:?}");
        bob.git(&["commit", "-q", "--allow-empty", "-m", "More"])
            .ok();
        let option = format!("pr={pr}");
        push(&bob, &["-o", &option, "origin", "HEAD:refs/for/main"]).ok();
        let log = format!("refs/forge/pr/{pr}/log");
        assert_eq!(held(world, "refs/for"), "");
        let events = world.on_server(&["rev-list", "--first-parent", "--count", &log]);
        assert_eq!(events.trim(), "2");
        assert!(last_pusher(world).starts_with("certificate "));
    });
}

#[test]
fn a_shallow_clone_cannot_push_new_history() {
    by_each_way(|world, way| {
        let alice = Client::at(world, "alice", Way::File);
        alice.git(&["fetch", "-q"]).ok();
        alice.branch("long");
        alice
            .git(&["commit", "-q", "--allow-empty", "-m", "Longer"])
            .ok();
        push(&alice, &["origin", "long"]).ok();
        let bob = bob(world, way);
        let url = match way {
            Way::File => format!("file://{}", world.server().display()),
            way => way.url(world, "bob"),
        };
        let clone = bob.command_in("git", world.path());
        let arguments = ["clone", "-q", "--depth=1", "--branch=long", &url, "shallow"];
        clone.args(arguments).run().ok();
        let shallow = Client {
            dir: world.path().join("shallow"),
            ..bob
        };
        // What it lacks the server has: to git that is no shallow push.
        shallow.git(&["switch", "-q", "-c", "on-top"]).ok();
        shallow
            .git(&["commit", "-q", "--allow-empty", "-m", "Top"])
            .ok();
        push(&shallow, &["origin", "on-top"]).ok();
        // Nobody has the parents of this one.
        let file = shallow.dir.join(".git/shallow");
        let tip = shallow.rev("HEAD");
        std::fs::write(file, format!("{tip}\n")).unwrap();
        shallow.git(&["switch", "-q", "--orphan", "cut"]).ok();
        shallow
            .git(&["commit", "-q", "--allow-empty", "-m", "Cut"])
            .ok();
        let cut = shallow.rev("HEAD");
        std::fs::write(shallow.dir.join(".git/shallow"), format!("{cut}\n{tip}\n")).unwrap();
        refused(world, &shallow, &["origin", "cut"], "shallow");
    });
}

#[test]
fn large_pushes_and_long_negotiations() {
    let world = founded(HashKind::Sha1);
    let web = Web::start(&world);
    let sshd = Sshd::start(&world, Access::Forced);
    let bob = bob(&world, Way::Http(&web));
    bob.git(&["switch", "-q", "-c", "large"]).ok();
    let mut text = String::new();
    let mut state = 1u64;
    for _ in 0..200_000 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        write!(text, "{:x}", state >> 33).unwrap();
    }
    std::fs::write(bob.dir.join("large"), text).unwrap();
    bob.git(&["add", "--all"]).ok();
    bob.git(&["commit", "-q", "-m", "Large"]).ok();
    // More than git sends in one piece: chunks, whose sum no header tells.
    bob.git(&["push", "origin", "large"]).ok();
    assert_eq!(last_pusher(&world), "login bob");
    // So many commits that the server does not know are told of in a compressed request.
    for number in 0..64 {
        let message = format!("{number}");
        bob.git(&["commit", "-q", "--allow-empty", "-m", &message])
            .ok();
    }
    let alice = Client::cloned(&world, "alice", Way::Ssh(&sshd));
    alice.branch("elsewhere");
    alice.git(&["push", "origin", "elsewhere"]).ok();
    bob.git(&["fetch", "-q", "origin"]).ok();
    assert_eq!(bob.rev("origin/elsewhere"), alice.rev("elsewhere"));
}
