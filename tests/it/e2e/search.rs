//! Lists and searches find what the logs say, by flags, by filters and by words.

use serde_json::{Value, json};
use touchmark_core::id::HashKind;

use super::{forge, open};
use crate::env::{Person, World};

/// Opens an issue; its id.
fn report(person: &Person<'_>, title: &str, more: &[&str]) -> String {
    let opened = person.json(&[&["issue", "open", "-t", title], more].concat());
    opened["event"].as_str().unwrap().to_owned()
}

/// The titles that a list has, in its order.
#[track_caller]
fn titles(person: &Person<'_>, arguments: &[&str]) -> Vec<String> {
    let listed = person.json(arguments);
    let rows = listed["issues"]
        .as_array()
        .or(listed["pull_requests"].as_array());
    rows.or(listed["hits"].as_array())
        .unwrap()
        .iter()
        .map(|row| row["title"].as_str().unwrap().to_owned())
        .collect()
}

/// Three issues: a bug for bob, an urgent one for alice that is closed, and one that is deleted.
fn three() -> World {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    report(
        &alice,
        "Crash in the lock",
        &[
            "-b",
            "It crashes when two take it.",
            "-l",
            "bug",
            "-a",
            "bob",
        ],
    );
    let closed = report(
        &alice,
        "Slow start",
        &["-l", "bug", "-l", "urgent", "-a", "alice"],
    );
    alice.touchmark(&["issue", "close", &closed]).ok();
    let deleted = report(&alice, "Buy cheap locks", &["-l", "spam"]);
    alice.touchmark(&["issue", "delete", &deleted]).ok();
    bob.touchmark(&["sync"]).ok();
    report(
        &bob,
        "Write the manual",
        &["-b", "Chapter on **locks**, please."],
    );
    alice.touchmark(&["sync"]).ok();
    world
}

#[test]
fn issues_are_listed_by_state_label_assignee_and_author() {
    let world = three();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let check = |person: &Person<'_>, more: &[&str], expect: &[&str]| {
        assert_eq!(
            titles(person, &[&["issue", "list"], more].concat()),
            expect,
            "{more:?}"
        );
    };
    check(&alice, &[], &["Write the manual", "Crash in the lock"]);
    check(
        &alice,
        &["--sort=oldest"],
        &["Crash in the lock", "Write the manual"],
    );
    check(&alice, &["--state=closed"], &["Slow start"]);
    check(
        &alice,
        &["--state=all", "-l", "bug"],
        &["Slow start", "Crash in the lock"],
    );
    check(
        &alice,
        &["-s", "all", "-l", "bug", "-l", "urgent"],
        &["Slow start"],
    );
    check(&alice, &["-s", "all", "-n", "1"], &["Write the manual"]);
    check(&alice, &["-a", "bob"], &["Crash in the lock"]);
    check(&bob, &["-a", "@me"], &["Crash in the lock"]);
    check(&bob, &["--author", "@me"], &["Write the manual"]);
    check(&alice, &["--author", "bob"], &["Write the manual"]);
    check(
        &alice,
        &["--search", "locks", "--author=alice"],
        &["Crash in the lock"],
    );
    // What is deleted is hidden, and found by who asks for it.
    check(&alice, &["--deleted"], &["Buy cheap locks"]);
    let row = alice.json(&["issue", "list", "--deleted"])["issues"][0].clone();
    assert_eq!(
        (&row["deleted"], &row["labels"]),
        (&json!(true), &json!(["spam"]))
    );
    assert!(row["number"].is_null(), "this server signs no receipts");
}

#[test]
fn filters_say_what_flags_cannot() {
    let world = three();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let check = |person: &Person<'_>, filter: &str, expect: &[&str]| {
        let found = titles(person, &["issue", "list", "-s", "all", "--filter", filter]);
        assert_eq!(found, expect, "{filter}");
    };
    check(
        &alice,
        r#"label.exists(l, l == "bug") && author == "alice" && state == "open""#,
        &["Crash in the lock"],
    );
    check(
        &bob,
        "me in assignee || author == me",
        &["Write the manual", "Crash in the lock"],
    );
    check(&alice, "size(label) == 0", &["Write the manual"]);
    check(&alice, "idle > 1", &[]);
}

#[test]
fn filters_are_saved_under_a_name() {
    let world = three();
    let alice = world.person("alice");
    let listed = ["issue", "list", "-f", "mine"];
    let told = alice.touchmark(&listed).fails(2);
    assert!(
        told.contains("there is nothing called \"mine\" in it"),
        "{told}"
    );
    alice
        .touchmark(&["filter", "save", "mine", "me in assignee"])
        .ok();
    assert_eq!(
        titles(&alice, &[&listed[..], &["-s", "all"]].concat()),
        ["Slow start"]
    );
    assert_eq!(titles(&alice, &listed), [""; 0]);
    let saved = alice.json(&["filter", "list"]);
    assert_eq!(
        saved["filters"],
        json!([{"expression": "me in assignee", "name": "mine"}])
    );
    alice.touchmark(&["filter", "delete", "mine"]).ok();
    alice.touchmark(&["filter", "delete", "mine"]).fails(4);
    alice.touchmark(&listed).fails(2);
    for (name, filter) in [
        ("label", "draft"),
        ("../x", "draft"),
        ("good", "labl == 'x'"),
        ("good", "title"),
    ] {
        let run = alice.touchmark(&["filter", "save", name, filter]);
        assert!(run.status != 0, "{run:?}");
    }
    let told = alice
        .touchmark(&["pr", "list", "-f", "autor == 'bob'"])
        .fails(2);
    assert!(told.contains("hint: did you mean author?"), "{told}");
}

#[test]
fn words_are_found_in_titles_descriptions_and_comments() {
    let world = three();
    let alice = world.person("alice");
    let pr = open(&alice, "topic", "Take locks in order");
    let said = "--body=The manual says nothing of deadlocks.";
    alice.touchmark(&["pr", "comment", &pr, said]).ok();
    let check = |words: &[&str], expect: &[&str]| {
        assert_eq!(
            titles(&alice, &[&["search"], words].concat()),
            expect,
            "{words:?}"
        );
    };
    // The word in the title is worth more than the one in a description; what is deleted is not searched.
    check(
        &["lock"],
        &[
            "Take locks in order",
            "Crash in the lock",
            "Write the manual",
        ],
    );
    check(&["--only=pr", "lock"], &["Take locks in order"]);
    check(&["manual"], &["Write the manual", "Take locks in order"]);
    check(&["nothing", "of"], &["Take locks in order"]);
    check(&["deadl*"], &["Take locks in order"]);
    check(&["\"order locks\""], &[]);
    check(&["CRASHING"], &["Crash in the lock"]);
    check(&["nobody", "OR", "lock"], &[]);
    check(&["title:lock", "AND", "x\"y"], &[]);
    alice.touchmark(&["search", "***"]).fails(2);
    let hit = alice.json(&["search", "deadlocks"])["hits"][0].clone();
    assert_eq!(hit["snippet"], "The manual says nothing of deadlocks.");
    let text = alice.touchmark(&["search", "deadlocks"]).ok();
    assert!(
        text.contains("Take locks in order  (pull request by alice)\n    The manual says"),
        "{text}"
    );
}

#[test]
fn lists_are_data_too() {
    let world = three();
    let bob = world.person("bob");
    report(&bob, "=HYPERLINK(\"http://x\"), now", &["--label==1"]);
    let csv = bob.touchmark(&["issue", "list", "--csv"]).ok();
    let lines: Vec<&str> = csv.split("\r\n").collect();
    assert_eq!(
        lines.len(),
        5,
        "a line of names, three issues, and the end: {csv}"
    );
    assert!(
        lines[0].starts_with("number,id,kind,state,draft,deleted,title,author,"),
        "{csv}"
    );
    assert!(
        lines[1].contains(",\"'=HYPERLINK(\"\"http://x\"\"), now\",bob,,\"'=1\",,"),
        "{csv}"
    );
    let row: &Value = &bob.json(&["issue", "list", "--author=alice"])["issues"][0];
    let mut fields: Vec<&str> = row
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    fields.sort_unstable();
    let expect = "approved assignees author comments deleted draft id kind labels links log number objected \
        open_threads opened reviewers revisions state target tip title updated";
    assert_eq!(fields, expect.split_whitespace().collect::<Vec<_>>());
    assert_eq!(
        row["log"],
        format!("refs/forge/issue/{}/log", row["id"].as_str().unwrap())
    );
    assert_eq!(row["comments"], 0);
}
