//! The inbox says whose turn it is, and why.

use serde_json::{Value, json};
use touchmark_core::id::HashKind;

use super::{forge, open};
use crate::env::Person;

/// What is in somebody's inbox after a sync: title, section and the words of the reasons.
#[track_caller]
fn inbox(person: &Person<'_>) -> Vec<(String, String, Vec<String>)> {
    person.touchmark(&["sync"]).ok();
    let shown = person.json(&["inbox"]);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let reasons = |entry: &Value| {
        let reasons = entry["reasons"].as_array().unwrap();
        reasons
            .iter()
            .map(|reason| text(&reason["reason"]))
            .collect()
    };
    let entries = shown["entries"].as_array().unwrap();
    entries
        .iter()
        .map(|entry| {
            (
                text(&entry["title"]),
                text(&entry["section"]),
                reasons(entry),
            )
        })
        .collect()
}

#[track_caller]
fn holds(person: &Person<'_>, expect: &[(&str, &str, &[&str])]) {
    let found = inbox(person);
    let found: Vec<(&str, &str, Vec<&str>)> = found
        .iter()
        .map(|(title, section, reasons)| {
            (
                title.as_str(),
                section.as_str(),
                reasons.iter().map(String::as_str).collect(),
            )
        })
        .collect();
    let expect: Vec<(&str, &str, Vec<&str>)> = expect
        .iter()
        .map(|(title, section, reasons)| (*title, *section, reasons.to_vec()))
        .collect();
    assert_eq!(found, expect);
}

#[test]
fn a_change_goes_back_and_forth_until_it_lands() {
    let world = forge(HashKind::Sha1);
    let (alice, bob, carol) = (
        world.person("alice"),
        world.person("bob"),
        world.person("carol"),
    );
    let pr = open(&alice, "topic", "A topic");
    holds(&alice, &[("A topic", "waiting", &["waits"])]);
    holds(&bob, &[]);
    alice.touchmark(&["pr", "request", &pr, "bob"]).ok();
    holds(&bob, &[("A topic", "review", &["asked"])]);
    holds(&carol, &[]);
    bob.touchmark(&["review", "submit", &pr, "--request-changes", "--body=No."])
        .ok();
    holds(&bob, &[]);
    holds(&alice, &[("A topic", "returned", &["changes-asked"])]);
    alice.write("src/lock.rs", "other\n");
    alice.commit("Do it otherwise");
    alice.touchmark(&["pr", "revise", &pr]).ok();
    holds(&bob, &[("A topic", "review", &["revised"])]);
    bob.touchmark(&["review", "submit", &pr, "--approve"]).ok();
    // The gate is open: it is ready for its author, and for a maintainer who was not asked.
    holds(&alice, &[("A topic", "ready", &["may-land"])]);
    holds(&carol, &[("A topic", "ready", &["may-land"])]);
    let text = carol.touchmark(&["inbox"]).ok();
    assert!(text.starts_with("Ready to land\n  "), "{text}");
    assert!(
        text.contains("(pull request by alice; nothing stands against its landing)"),
        "{text}"
    );
    // The target moves on, and they no longer go together.
    carol.git(&["switch", "-q", "main"]).ok();
    carol.write("src/lock.rs", "a third way\n");
    carol.commit("Go a third way");
    carol.git(&["push", "-q", "origin", "main"]).ok();
    holds(&alice, &[("A topic", "returned", &["conflict"])]);
    holds(&carol, &[]);
    alice.touchmark(&["pr", "close", &pr]).ok();
    for person in [&alice, &bob, &carol] {
        holds(person, &[]);
    }
}

#[test]
fn mentions_watching_and_muting_are_honoured() {
    let world = forge(HashKind::Sha1);
    let (alice, bob, carol) = (
        world.person("alice"),
        world.person("bob"),
        world.person("carol"),
    );
    let body =
        "--body=@bob knows; `@carol` is code, carol@example.com an address, @mallory nobody.";
    let opened = alice.json(&["issue", "open", "-t", "A report", body]);
    let issue = opened["event"].as_str().unwrap();
    holds(&bob, &[("A report", "mentions", &["mentioned"])]);
    holds(&carol, &[]);
    carol.touchmark(&["issue", "watch", issue]).ok();
    holds(&carol, &[]);
    bob.touchmark(&["issue", "comment", issue, "-b", "I do."])
        .ok();
    holds(&bob, &[]);
    holds(&carol, &[("A report", "watching", &["moved"])]);
    carol.touchmark(&["issue", "mute", issue]).ok();
    alice
        .touchmark(&["issue", "comment", issue, "-b", "@carol!"])
        .ok();
    alice.touchmark(&["issue", "assign", issue, "carol"]).ok();
    holds(&carol, &[]);
    carol.touchmark(&["issue", "mute", issue]).fails(1);
    carol.touchmark(&["issue", "unwatch", issue]).ok();
    holds(
        &carol,
        &[("A report", "mentions", &["mentioned", "assigned"])],
    );
}

#[test]
fn what_was_seen_to_comes_back_with_something_new() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let opened = alice.json(&["issue", "open", "-t", "A report", "-a", "bob"]);
    let issue = opened["event"].as_str().unwrap();
    let before = ("A report", "assigned", ["assigned"].as_slice());
    holds(&bob, &[before]);
    bob.touchmark(&["inbox", "done", issue]).ok();
    holds(&bob, &[]);
    // It is no cache that remembers this, and news that do not concern bob do not bring it back.
    std::fs::remove_dir_all(bob.dir().join(".git/touchmark/cache")).unwrap();
    alice
        .touchmark(&["issue", "comment", issue, "-b", "Hm."])
        .ok();
    holds(&bob, &[]);
    bob.touchmark(&["inbox", "done", issue]).fails(4);
    bob.touchmark(&["inbox", "undone", issue]).ok();
    holds(&bob, &[before]);
    bob.touchmark(&["inbox", "done", "--all"]).ok();
    alice
        .touchmark(&["issue", "comment", issue, "-b", "@bob?"])
        .ok();
    holds(&bob, &[("A report", "mentions", &["mentioned"])]);
    let shown = bob.json(&["inbox", "--section=review"]);
    assert_eq!(
        (&shown["entries"], &shown["counts"]["mentions"]),
        (&json!([]), &json!(1))
    );
}
