//! Work without the server: nothing is lost, whoever comes back first, and every clone ends with the same bytes.

use touchmark_core::id::HashKind;

use super::{delete_cache, forge, open, server_refs, state, without_server};
use crate::env::{Person, World};

/// Two people work on one pull request while the server is away; they come back in the order given.
/// Returns the texts of the comments, as the server's log has them in the end.
fn part_and_meet(order: [&'static str; 2]) -> Vec<String> {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = open(&alice, "topic", "A topic");
    bob.touchmark(&["sync"]).ok();
    without_server(&world, || work_apart(&alice, &bob, &pr));
    for name in order.iter().chain(&order).chain(&order) {
        world.person(name).touchmark(&["sync"]).ok();
    }
    let carol = world.person("carol");
    carol.touchmark(&["sync"]).ok();
    let people = [alice, bob, carol];
    let expected = server_refs(&world);
    let states: Vec<_> = people.iter().map(|person| state(person, &pr)).collect();
    for (person, state_of) in people.iter().zip(&states) {
        assert_eq!(person.refs("refs/forge"), expected, "{}", person.name);
        assert_eq!(person.refs("refs/outbox"), "", "{}", person.name);
        assert_eq!(state_of, &states[0], "{}", person.name);
        person.touchmark(&["verify", "--all"]).ok();
    }
    let label = |name: &str| {
        states[0]["labels"]
            .as_array()
            .unwrap()
            .iter()
            .any(|label| label == name)
    };
    assert!(
        label("from-alice") && label("from-bob"),
        "{}",
        states[0]["labels"]
    );
    assert_eq!(states[0]["verdicts"]["bob"]["verdict"], "approve");
    let comments = states[0]["comments"].as_array().unwrap().iter();
    comments
        .filter_map(|comment| comment["text"].as_str().map(str::to_owned))
        .collect()
}

fn work_apart(alice: &Person<'_>, bob: &Person<'_>, pr: &str) {
    for (person, number) in [(alice, 1), (bob, 1), (alice, 2), (bob, 2)] {
        let body = format!("--body={} {number}", person.name);
        // Nobody takes it: the program says so, with a status of its own, and keeps it.
        person.touchmark(&["pr", "comment", pr, &body]).fails(7);
    }
    for person in [alice, bob] {
        let label = format!("from-{}", person.name);
        person.touchmark(&["pr", "label", pr, &label]).fails(7);
        assert!(
            person.refs("refs/outbox").contains(pr),
            "it is in the outbox"
        );
    }
    bob.touchmark(&["review", "submit", pr, "--approve", "--offline"]);
}

#[test]
fn whoever_comes_back_first_nothing_is_lost() {
    let orders = [["alice", "bob"], ["bob", "alice"]];
    let [mut first, mut second] = orders.map(part_and_meet);
    // Each keeps the order of one's own words; whose come first may differ.
    for texts in [&first, &second] {
        for name in ["alice", "bob"] {
            let own: Vec<_> = texts.iter().filter(|text| text.starts_with(name)).collect();
            assert_eq!(own, [&format!("{name} 1"), &format!("{name} 2")]);
        }
    }
    first.sort();
    second.sort();
    assert_eq!(first, second);
}

#[test]
fn fetching_with_stock_git_overwrites_nothing() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = open(&alice, "topic", "A topic");
    bob.touchmark(&["sync"]).ok();
    bob.touchmark(&["pr", "comment", &pr, "--body=Unpublished", "--offline"]);
    alice
        .touchmark(&["pr", "comment", &pr, "--body=Published"])
        .ok();
    let outbox = bob.refs("refs/outbox");
    assert_eq!(outbox.lines().count(), 1);
    for arguments in [
        ["fetch", "-q", "origin"].as_slice(),
        &["fetch", "-q", "--all", "--prune"],
        &["remote", "update", "--prune"],
        &["pull", "-q", "origin", "main"],
        &["gc", "-q", "--prune=now"],
    ] {
        bob.git(arguments).ok();
        assert_eq!(bob.refs("refs/outbox"), outbox, "{arguments:?}");
    }
    let refspecs = bob
        .git(&["config", "--get-all", "remote.origin.fetch"])
        .ok();
    let forge_specs: Vec<_> = refspecs
        .lines()
        .filter(|spec| spec.contains("refs/forge"))
        .collect();
    assert!(
        !forge_specs.is_empty() && forge_specs.iter().all(|spec| !spec.starts_with('+')),
        "{refspecs}"
    );
    bob.touchmark(&["sync"]).ok();
    alice.touchmark(&["sync"]).ok();
    let texts = state(&alice, &pr)["comments"].to_string();
    assert!(
        texts.contains("Unpublished") && texts.contains("Published"),
        "{texts}"
    );
}

#[test]
fn a_server_that_takes_something_back_is_noticed() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = open(&alice, "topic", "A topic");
    bob.touchmark(&["sync"]).ok();
    let name = format!("refs/forge/pr/{pr}/log");
    bob.touchmark(&["pr", "comment", &pr, "--body=Something"])
        .ok();
    let seen = bob.rev(&name);
    world.on_server(&["update-ref", &name, &pr]);
    bob.touchmark(&["sync"]).fails(5);
    assert_eq!(bob.rev(&name), seen, "what was seen is kept");
}

/// Git may be told to prune, to force everything, or to print otherwise: the program's own fetch keeps what it saw.
#[test]
fn no_configuration_of_git_hides_what_a_server_takes_back() {
    for (key, value) in [
        ("fetch.prune", "true"),
        ("remote.origin.prune", "true"),
        ("remote.origin.fetch", "+refs/*:refs/*"),
        ("fetch.output", "compact"),
    ] {
        let world = forge(HashKind::Sha1);
        let (alice, bob) = (world.person("alice"), world.person("bob"));
        let pr = open(&alice, "topic", "A topic");
        bob.touchmark(&["sync"]).ok();
        let name = format!("refs/forge/pr/{pr}/log");
        bob.touchmark(&["pr", "comment", &pr, "--body=Something"])
            .ok();
        let seen = bob.rev(&name);
        bob.git(&["config", "--add", key, value]).ok();
        for taken_back in [["update-ref", &name, &pr], ["update-ref", "-d", &name]] {
            world.on_server(&taken_back);
            // It is no less of an alarm the second time.
            for _ in 0..2 {
                bob.touchmark(&["sync"]).fails(5);
                assert_eq!(bob.rev(&name), seen, "{key} {value}: what was seen is kept");
            }
        }
    }
}

#[test]
fn joining_turns_off_pruning() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    bob.git(&["config", "fetch.prune", "true"]).ok();
    bob.touchmark(&["join", "--root", &super::repository(&alice)])
        .ok();
    let pr = open(&alice, "topic", "A topic");
    bob.touchmark(&["sync"]).ok();
    let seen = bob.refs("refs/forge");
    world.on_server(&["update-ref", "-d", &format!("refs/forge/pr/{pr}/log")]);
    bob.git(&["fetch", "-q", "origin"]).ok();
    assert_eq!(bob.refs("refs/forge"), seen);
    bob.touchmark(&["sync"]).fails(5);
}

#[test]
fn a_mirror_clone_publishes_and_keeps_its_unpublished_work() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = open(&alice, "topic", "A topic");
    bob.touchmark(&["sync"]).ok();
    for (key, value) in [
        ("fetch", "+refs/*:refs/*"),
        ("mirror", "true"),
        ("prune", "true"),
    ] {
        bob.git(&["config", "--add", &format!("remote.origin.{key}"), value])
            .ok();
    }
    bob.touchmark(&["pr", "comment", &pr, "--body=From a mirror", "--offline"])
        .ok();
    bob.touchmark(&["sync"]).ok();
    assert_eq!(bob.refs("refs/outbox"), "");
    alice.touchmark(&["sync"]).ok();
    let comments = state(&alice, &pr)["comments"].to_string();
    assert!(comments.contains("From a mirror"), "{comments}");
}

/// What was killed leaves its lock behind, as git does: the program names it soon instead of trying on and on.
#[test]
fn a_lock_that_was_left_behind_is_named() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    let pr = open(&alice, "topic", "A topic");
    let name = format!("refs/forge/pr/{pr}/log.lock");
    let lock = alice.dir().join(".git").join(&name);
    std::fs::write(&lock, "").unwrap();
    let comment = ["pr", "comment", &pr, "--body=Locked out"];
    let told = alice.touchmark(&comment).fails(1);
    assert!(told.contains(&format!("refs/forge/pr/{pr}/log")), "{told}");
    assert!(told.contains("delete the .lock file"), "{told}");
    assert_eq!(alice.refs("refs/outbox"), "");
    let bob = world.person("bob");
    bob.touchmark(&["sync"]).ok();
    bob.touchmark(&["pr", "comment", &pr, "--body=Fetched"])
        .ok();
    let told = alice.touchmark(&["sync"]).fails(7);
    assert!(told.contains("cannot keep what origin has"), "{told}");
    std::fs::remove_file(&lock).unwrap();
    alice.touchmark(&comment).ok();
}

#[test]
fn the_cache_can_be_deleted_at_any_time() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    let pr = open(&alice, "topic", "A topic");
    let documents = |world: &World| {
        let alice = world.person("alice");
        (
            alice.json(&["pr", "show", &pr]),
            alice.json(&["pr", "list"]),
            alice.json(&["verify", "--all"]),
        )
    };
    for round in 0..3 {
        alice
            .touchmark(&["pr", "comment", &pr, &format!("--body=Number {round}")])
            .ok();
        let warm = documents(&world);
        delete_cache(&alice);
        assert_eq!(documents(&world), warm);
        delete_cache(&alice);
    }
    assert_eq!(state(&alice, &pr)["comments"].as_array().unwrap().len(), 3);
}

#[test]
fn a_damaged_cache_changes_nothing() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    let pr = open(&alice, "topic", "A topic");
    alice.touchmark(&["pr", "comment", &pr, "--body=One"]).ok();
    let before = alice.json(&["pr", "show", &pr]);
    let mut damaged = 0;
    let mut folders = vec![alice.dir().join(".git/touchmark/cache")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let mut bytes = std::fs::read(&path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0x20;
            std::fs::write(&path, bytes).unwrap();
            damaged += 1;
        }
    }
    assert!(damaged > 0);
    assert_eq!(alice.json(&["pr", "show", &pr]), before);
}
