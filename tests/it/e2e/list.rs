//! Lists come from one cached file, and say what the logs say.

use touchmark_core::id::HashKind;

use super::{forge, open};
use crate::env::Person;

/// The list as it is, and as it is without a cache.
#[track_caller]
fn listed(person: &Person<'_>) -> String {
    let all = ["pr", "list", "--state=all"];
    let warm = person.touchmark(&all).ok();
    let again = person.touchmark(&all).ok();
    let cache = person.dir().join(".git/touchmark/cache");
    std::fs::remove_dir_all(cache).unwrap();
    let cold = person.touchmark(&all).ok();
    assert_eq!(warm, again);
    assert_eq!(warm, cold);
    cold
}

#[test]
fn a_list_follows_the_logs() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    let first = open(&alice, "one", "The first");
    assert_eq!(listed(&alice).lines().count(), 1);
    alice.git(&["switch", "-q", "main"]).ok();
    let second = open(&alice, "two", "The second");
    let before = listed(&alice);
    assert_eq!(before.lines().count(), 2, "{before}");
    alice.touchmark(&["pr", "label", &first, "bug"]).ok();
    let told = listed(&alice);
    assert!(told.contains("The first  (by alice; bug)"), "{told}");
    alice.touchmark(&["pr", "close", &second]).ok();
    assert!(listed(&alice).contains("closed"), "a status that moved");
    let open = alice.touchmark(&["pr", "list"]).ok();
    assert!(!open.contains("The second"), "{open}");
    // What another clone said comes in, and what only one has said is seen by that one.
    let bob = world.person("bob");
    bob.touchmark(&["sync"]).ok();
    assert!(listed(&bob).contains("(by alice; bug)"));
    bob.touchmark(&["pr", "label", "--offline", &first, "urgent"])
        .ok();
    assert!(listed(&bob).contains("bug, urgent"));
    assert!(!listed(&alice).contains("urgent"));
}
