//! Issues: opened, talked about, linked, hidden and brought back, offline too; a merge closes what it fixes.

use serde_json::{Value, json};
use touchmark_core::id::HashKind;

use super::{forge, open, repository};
use crate::env::{Person, World};

/// Opens an issue; its id.
fn report(person: &Person<'_>, title: &str) -> String {
    let opened = person.json(&["issue", "open", "--title", title]);
    opened["event"].as_str().unwrap().to_owned()
}

/// What `issue show` says, as a program reads it.
#[track_caller]
fn shown(person: &Person<'_>, issue: &str) -> Value {
    let shown = person.json(&["issue", "show", issue]);
    assert_eq!(shown["log"]["rejected"], json!([]));
    shown
}

/// The state of an issue.
#[track_caller]
fn state(person: &Person<'_>, issue: &str) -> Value {
    shown(person, issue)["log"]["state"].clone()
}

#[test]
fn an_issue_is_opened_changed_closed_and_seen_by_others() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let args = [
        "issue",
        "open",
        "-t",
        "It is torn",
        "-b",
        "Look.",
        "-l",
        "bug",
        "-a",
        "bob",
    ];
    let issue = alice.json(&args)["event"].as_str().unwrap().to_owned();
    bob.touchmark(&["sync"]).ok();
    let seen = state(&bob, &issue);
    assert_eq!(seen["labels"], json!(["bug"]));
    assert_eq!(seen["assignees"], json!(["bob"]));
    bob.touchmark(&["issue", "comment", &issue, "-b", "How often?"])
        .ok();
    bob.touchmark(&["issue", "label", &issue, "-bug", "crash"])
        .ok();
    bob.touchmark(&["issue", "react", &issue, "eyes"]).ok();
    alice.touchmark(&["sync"]).ok();
    let said = state(&alice, &issue)["comments"][0]["id"].clone();
    let said = said.as_str().unwrap();
    alice
        .touchmark(&["issue", "comment", &issue, "-b", "Always.", "--reply", said])
        .ok();
    alice
        .touchmark(&["issue", "react", &issue, "-c", said, "heart", "+laugh"])
        .ok();
    alice
        .touchmark(&["issue", "react", &issue, "-c", said, "-laugh"])
        .ok();
    alice
        .touchmark(&["issue", "edit", &issue, "-t", "It is always torn"])
        .ok();
    alice
        .touchmark(&["issue", "close", &issue, "-b", "Mended."])
        .ok();
    bob.touchmark(&["sync"]).ok();
    is_shown_whole(&bob, &issue);
    bob.touchmark(&["issue", "reopen", &issue]).ok();
    assert_eq!(state(&bob, &issue)["status"], "open");
}

/// Everything that happened to the first test's issue, as a person reads it.
#[track_caller]
fn is_shown_whole(bob: &Person<'_>, issue: &str) {
    let text = bob.touchmark(&["issue", "show", issue]).ok();
    let id = &issue[..12];
    let (one, two) = (comment(bob, issue, 0), comment(bob, issue, 1));
    let expect = format!(
        "issue {id}: It is always torn\nclosed · by alice\nlabels: crash\nassigned: bob\n\n    Look.\n\
         reactions: eyes (bob)\n\nclosed by alice\n  Mended.\n\ndiscussion\n\n  bob ({one}):\n    How often?\n    \
         reactions: heart (alice)\n  alice ({two}):\n    Always.\n"
    );
    assert_eq!(text, expect);
}

/// A comment's name as it is shown.
fn comment(person: &Person<'_>, issue: &str, at: usize) -> String {
    let id = state(person, issue)["comments"][at]["id"].clone();
    let (event, number) = id.as_str().unwrap().split_once('/').unwrap();
    format!("{}/{number}", &event[..12])
}

#[test]
fn comments_are_edited_and_taken_back_by_their_authors() {
    let world = forge(HashKind::Sha256);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let issue = report(&alice, "It is torn");
    alice
        .touchmark(&["issue", "comment", &issue, "-b", "Frist."])
        .ok();
    let name = comment(&alice, &issue, 0);
    alice
        .touchmark(&["issue", "edit-comment", &issue, &name, "-b", "First."])
        .ok();
    let again = ["issue", "edit-comment", &issue, &name, "-b", "First."];
    assert!(
        alice
            .touchmark(&again)
            .refused()
            .contains("the same as before")
    );
    assert_eq!(state(&alice, &issue)["comments"][0]["text"], "First.");
    alice.touchmark(&["issue", "retract", &issue, &name]).ok();
    let told = alice
        .touchmark(&["issue", "retract", &issue, &name])
        .fails(3);
    assert!(told.contains("retracted"), "{told}");
    bob.touchmark(&["sync"]).ok();
    let told = bob.touchmark(&["issue", "show", &issue]).ok();
    assert!(told.contains("(retracted)"), "{told}");
}

/// A reporter, who may not moderate.
fn reporter(world: &World) -> Person<'_> {
    let dave = world.person("dave");
    let key = dave.private_key().with_extension("pub");
    let alice = world.person("alice");
    let key = key.display().to_string();
    let add = ["person", "add", "dave", "Dave", "dave@example.com", &key];
    alice
        .touchmark(&[&add[..], &["--role=reporter"]].concat())
        .ok();
    alice.touchmark(&["sync"]).ok();
    dave.clone_server();
    dave.touchmark(&["join", "--root", &repository(&alice)])
        .ok();
    dave
}

#[test]
fn a_deleted_issue_is_hidden_and_comes_back() {
    let world = forge(HashKind::Sha1);
    let dave = reporter(&world);
    let bob = world.person("bob");
    bob.touchmark(&["sync"]).ok();
    let issue = report(&dave, "Buy cheap watches");
    bob.touchmark(&["sync"]).ok();
    let told = dave.touchmark(&["issue", "delete", &issue]).fails(3);
    assert!(told.contains("moderate"), "{told}");
    bob.touchmark(&["issue", "delete", &issue, "-b", "Spam."])
        .ok();
    let told = bob.touchmark(&["issue", "delete", &issue]).fails(3);
    assert!(told.contains("deleted already"), "{told}");
    let told = bob.touchmark(&["issue", "show", &issue]).ok();
    assert!(told.contains("\ndeleted · by dave\n"), "{told}");
    assert!(told.contains("\ndeleted by bob\n  Spam.\n"), "{told}");
    // Who and when is in git's own log.
    let log = format!("refs/forge/issue/{issue}/log");
    let told = bob.git(&["log", "-1", "--format=%an: %s: %b", &log]).ok();
    assert!(told.starts_with("Bob: Delete: Spam."), "{told}");
    dave.touchmark(&["sync"]).ok();
    dave.touchmark(&["issue", "restore", &issue]).fails(3);
    bob.touchmark(&["issue", "restore", &issue]).ok();
    assert_eq!(state(&bob, &issue)["deleted"], Value::Null);
    bob.touchmark(&["issue", "restore", &issue]).fails(3);
}

#[test]
fn links_are_seen_from_both_sides_and_go_again() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    let (one, two) = (report(&alice, "One"), report(&alice, "Two"));
    let pr = open(&alice, "topic", "A topic");
    alice
        .touchmark(&["issue", "link", &one, &two, "--relation=blocks"])
        .ok();
    alice
        .touchmark(&["pr", "link", &pr, &one, "--relation=fixes"])
        .ok();
    let text = alice.touchmark(&["issue", "show", &one]).ok();
    let (short_two, short_pr) = (&two[..12], &pr[..12]);
    assert!(
        text.contains(&format!(
            "\nlinks\n  blocks issue {short_two}: Two\n  is fixed by pull request {short_pr}: A topic\n"
        )),
        "{text}"
    );
    assert_eq!(shown(&alice, &two)["links"][0]["direction"], "from");
    alice
        .touchmark(&["pr", "link", &pr, &one, "--relation=fixes", "--remove"])
        .ok();
    assert_eq!(shown(&alice, &one)["links"].as_array().unwrap().len(), 1);
    let told = alice.touchmark(&["issue", "link", &one, &one]).fails(2);
    assert!(told.contains("itself"), "{told}");
    let told = alice.touchmark(&["pr", "link", &pr, "policy"]).fails(2);
    assert!(told.contains("neither"), "{told}");
}

#[test]
fn issues_are_written_offline_and_published_by_a_sync() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let args = ["issue", "open", "--offline", "-t", "Written on a train"];
    let told = alice.touchmark(&args).ok();
    assert!(told.contains("opened issue"), "{told}");
    bob.touchmark(&["sync"]).ok();
    let ids = bob.git(&["for-each-ref", "refs/forge/issue"]).ok();
    assert_eq!(ids, "");
    alice.touchmark(&["sync"]).ok();
    bob.touchmark(&["sync"]).ok();
    let ids = bob
        .git(&["for-each-ref", "--format=%(refname)", "refs/forge/issue"])
        .ok();
    let id = ids.trim().split('/').nth(3).unwrap().to_owned();
    assert_eq!(state(&bob, &id)["title"], "Written on a train");
}
