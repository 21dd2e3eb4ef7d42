//! Issues on a server that gives them numbers: named by them, and closed by the merge that fixes them.

use touchmark_core::id::HashKind;

use super::guarded;
use crate::env::{Person, World};

/// A world with issues #1 to #3, of which a pull request of Alice's, #4, fixes the first two.
fn reported() -> World {
    let world = guarded(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    for title in ["Torn", "Slow", "Ugly"] {
        alice.touchmark(&["issue", "open", "-t", title]).ok();
    }
    alice.touchmark(&["sync"]).ok();
    alice.git(&["switch", "-q", "-c", "topic"]).ok();
    alice.write("src/lock.rs", &crate::env::numbered_lines(21));
    alice.commit("One line more\n\nCloses #2, see #3.");
    let words = ["--title=One line more", "--body=This fixes: #1."];
    alice
        .touchmark(&[&["pr", "open", "--target=main"], &words[..]].concat())
        .ok();
    bob.touchmark(&["sync"]).ok();
    bob.touchmark(&["review", "submit", "4", "--approve"]).ok();
    world
}

/// Where the three issues stand.
fn standing(person: &Person<'_>) -> Vec<String> {
    person.touchmark(&["sync"]).ok();
    let status = |number: &&str| {
        let shown = person.json(&["issue", "show", number]);
        let status = &shown["log"]["state"]["status"];
        status.as_str().unwrap().to_owned()
    };
    ["1", "#2", "3"].iter().map(status).collect()
}

#[test]
fn a_merge_closes_what_it_fixes() {
    let world = reported();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    assert_eq!(standing(&bob), ["open", "open", "open"]);
    let told = bob.touchmark(&["issue", "show", "1"]).ok();
    assert!(told.contains("\n  is fixed by pull request "), "{told}");
    let merged = alice.touchmark(&["pr", "merge", "4"]);
    let told = &merged.stderr;
    assert_eq!(told.matches("closed issue").count(), 2, "{told}");
    merged.ok();
    assert_eq!(standing(&bob), ["closed", "closed", "open"]);
    let told = bob.touchmark(&["issue", "show", "2"]).ok();
    assert!(told.starts_with("issue #2 ("), "{told}");
    let why = "closed by alice\n  Fixed by pull request #4 (";
    assert!(told.contains(why), "{told}");
    bob.touchmark(&["receipts", "verify"]).ok();
}

#[test]
fn a_merge_into_another_branch_closes_nothing() {
    let world = reported();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let other = ["refs/remotes/origin/HEAD", "refs/remotes/origin/next"];
    alice.git(&["symbolic-ref", other[0], other[1]]).ok();
    let merged = alice.touchmark(&["pr", "merge", "4"]);
    assert!(!merged.stderr.contains("closed issue"), "{}", merged.stderr);
    merged.ok();
    assert_eq!(standing(&bob), ["open", "open", "open"]);
}

#[test]
fn a_number_says_what_it_is_of() {
    let world = reported();
    let bob = world.person("bob");
    bob.touchmark(&["sync"]).ok();
    let told = bob.touchmark(&["pr", "show", "1"]).fails(4);
    assert!(
        told.contains("1 is no pull request: it is an issue"),
        "{told}"
    );
    let told = bob.touchmark(&["issue", "show", "#4"]).fails(4);
    assert!(
        told.contains("#4 is no issue: it is a pull request"),
        "{told}"
    );
    let told = bob.touchmark(&["issue", "show", "5"]).fails(4);
    assert!(told.contains("no object with the number #5"), "{told}");
}

#[test]
fn lists_show_numbers_and_the_servers_times() {
    let world = guarded(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    // Written long before it was sent: what counts is when the server took it.
    let written = alice.json(&["--offline", "issue", "open", "-t", "Torn"]);
    let before = &alice.json(&["issue", "list"])["issues"][0].clone();
    assert!(before["number"].is_null(), "{before}");
    for _ in 0..100 {
        world
            .command("true", &alice.home(), &alice.dir())
            .run()
            .ok();
    }
    alice.touchmark(&["sync"]).ok();
    alice.touchmark(&["issue", "open", "-t", "Slow"]).ok();
    for person in [&alice, &bob] {
        person.touchmark(&["sync"]).ok();
        let listed = person.touchmark(&["issue", "list", "--sort=oldest"]).ok();
        let id = &written["event"].as_str().unwrap()[..12];
        assert!(
            listed.starts_with(&format!("{id}  #1  open    Torn  (by alice)\n")),
            "{listed}"
        );
        assert!(listed.contains("  #2  open    Slow"), "{listed}");
        let row = &person.json(&["issue", "list", "--filter=number == 1"])["issues"][0].clone();
        let (then, now) = (
            before["opened"].as_i64().unwrap(),
            row["opened"].as_i64().unwrap(),
        );
        assert!(now - then > 100 * 60, "{then} {now}");
        assert_eq!(row["opened"], row["updated"]);
    }
    // An event that is not sent yet has its author's time.
    bob.touchmark(&["--offline", "issue", "comment", "1", "-b", "Where?"])
        .ok();
    let row = &bob.json(&["issue", "list", "--sort=updated"])["issues"][0].clone();
    assert_eq!(row["number"], 1);
    assert!(row["updated"].as_i64() > row["opened"].as_i64(), "{row}");
}
