//! Lists come from one cached file, and say what the logs say.

use std::path::PathBuf;

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

fn index(person: &Person<'_>) -> PathBuf {
    person.dir().join(".git/touchmark/cache/index.sqlite")
}

#[test]
fn a_damaged_index_is_made_anew() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    let pr = open(&alice, "topic", "A topic");
    let listed = || alice.touchmark(&["pr", "list"]);
    let expect = listed().ok();
    assert!(expect.contains(&pr[..12]), "{expect}");
    let whole = std::fs::read(index(&alice)).unwrap();
    let title = whole
        .windows(7)
        .position(|text| text == b"A topic")
        .unwrap();
    let mut other_title = whole.clone();
    other_title[title..title + 7].copy_from_slice(b"B topic");
    let mut no_tables = whole.clone();
    no_tables[100..4096].fill(0);
    let cases = [
        ("no database", b"nothing".to_vec()),
        ("empty", Vec::new()),
        ("cut", whole[..whole.len() / 2].to_vec()),
        ("no tables", no_tables),
        ("another title", other_title),
    ];
    for (name, content) in cases {
        for suffix in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", index(&alice).display()));
        }
        std::fs::write(index(&alice), content).unwrap();
        let run = listed();
        assert_eq!(
            (run.stdout.as_str(), run.stderr.as_str()),
            (expect.as_str(), ""),
            "{name}"
        );
        // It is whole again, not merely stepped around.
        assert!(
            std::fs::read(index(&alice))
                .unwrap()
                .starts_with(b"SQLite format 3"),
            "{name}"
        );
        assert_eq!(listed().ok(), expect, "{name}");
    }
}

#[test]
fn lists_do_without_a_file_where_none_can_be_written() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    open(&alice, "topic", "A topic");
    let expect = alice.touchmark(&["pr", "list"]).ok();
    let cache = alice.dir().join(".git/touchmark/cache");
    std::fs::remove_dir_all(&cache).unwrap();
    // A file in the folder's place: nobody can write below it, not even root.
    std::fs::write(&cache, "").unwrap();
    assert_eq!(alice.touchmark(&["pr", "list"]).ok(), expect);
    let found = alice.touchmark(&["search", "topic"]).ok();
    assert!(found.contains("A topic"), "{found}");
}

#[test]
fn many_processes_may_list_at_once() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    for name in ["one", "two", "three"] {
        alice.touchmark(&["issue", "open", "-t", name]).ok();
    }
    for _ in 0..3 {
        std::fs::remove_dir_all(alice.dir().join(".git/touchmark/cache")).unwrap();
        let home = alice.home();
        let running: Vec<_> = (0..8)
            .map(|_| {
                let program = crate::workspace::program("touchmark");
                let command = world.command(program, &home, &alice.dir());
                command.args(["issue", "list", "--json"]).spawn()
            })
            .collect();
        for child in running {
            let output = child.wait_with_output().unwrap();
            let told = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && told.is_empty(), "{told}");
            let listed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(listed["issues"].as_array().unwrap().len(), 3);
        }
    }
}

#[test]
fn only_the_log_that_moved_is_read_again() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    let pr = open(&alice, "topic", "A topic");
    let issue = alice.json(&["issue", "open", "-t", "A report"]);
    let issue = issue["event"].as_str().unwrap();
    for list in [["pr", "list"], ["issue", "list"]] {
        alice.touchmark(&list).ok();
    }
    // The issue's only event goes away: its row is still there, for its tip has not moved.
    let loose = alice
        .dir()
        .join(format!(".git/objects/{}/{}", &issue[..2], &issue[2..]));
    let content = std::fs::read(&loose).unwrap();
    std::fs::remove_file(&loose).unwrap();
    alice
        .touchmark(&["--offline", "pr", "label", &pr, "bug"])
        .ok();
    assert!(alice.touchmark(&["pr", "list"]).ok().contains("bug"));
    assert!(
        alice
            .touchmark(&["issue", "list"])
            .ok()
            .contains("A report")
    );
    // Without the index it is missed, said so, and found again when it has come back.
    std::fs::remove_dir_all(alice.dir().join(".git/touchmark/cache")).unwrap();
    for _ in 0..2 {
        let run = alice.touchmark(&["issue", "list"]);
        assert!(
            run.stderr.contains(issue) && !run.stdout.contains("A report"),
            "{run:?}"
        );
    }
    std::fs::write(&loose, content).unwrap();
    let run = alice.touchmark(&["issue", "list"]);
    assert!(
        run.stdout.contains("A report") && run.stderr.is_empty(),
        "{run:?}"
    );
}
