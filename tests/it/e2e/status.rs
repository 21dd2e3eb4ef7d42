//! `touchmark status` shows on one screen what waits for whom, from what is here.

use serde_json::json;
use touchmark_core::id::HashKind;

use super::{forge, open, without_server};
use crate::env::Person;

/// The ids in a section.
#[track_caller]
fn ids(person: &Person<'_>, section: &str) -> Vec<String> {
    let document = person.json(&["status"]);
    let entries = document[section].as_array().unwrap().iter();
    entries
        .map(|entry| entry["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn one_screen_shows_what_waits_for_whom() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let told = bob.touchmark(&["status"]).ok();
    assert!(
        told.starts_with("you: bob (maintainer), signing with SHA256:"),
        "{told}"
    );
    assert!(told.ends_with("nothing waits for you\n"), "{told}");
    let pr = open(&alice, "topic", "A topic");
    alice.touchmark(&["pr", "request", &pr, "bob"]).ok();
    assert_eq!(ids(&alice, "mine"), [pr.as_str()]);
    assert_eq!(
        ids(&bob, "reviews"),
        [""; 0],
        "nothing is asked of the server"
    );
    bob.touchmark(&["sync"]).ok();
    without_server(&world, || assert_eq!(ids(&bob, "reviews"), [pr.as_str()]));
    assert_eq!(ids(&bob, "mine"), [""; 0]);
    let document = alice.json(&["status"]);
    assert_eq!(document["mine"][0]["gate"], false);
    let told = alice.touchmark(&["status"]).ok();
    assert!(told.contains("your open pull requests\n"), "{told}");
    assert!(told.contains("A topic: "), "{told}");
    // Said, and so it waits no more; a new revision asks again.
    bob.touchmark(&["review", "submit", &pr, "--approve"]).ok();
    assert_eq!(ids(&bob, "reviews"), [""; 0]);
    alice.touchmark(&["sync"]).ok();
    assert_eq!(alice.json(&["status"])["mine"][0]["gate"], true);
    alice.write("topic.txt", "more\n");
    alice.commit("More");
    alice.touchmark(&["pr", "revise", &pr]).ok();
    bob.touchmark(&["sync"]).ok();
    assert_eq!(ids(&bob, "reviews"), [pr.as_str()]);
}

#[test]
fn what_is_not_published_and_drafts_are_shown() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = open(&alice, "topic", "A topic");
    bob.touchmark(&["sync"]).ok();
    bob.touchmark(&["pr", "comment", "--offline", &pr, "--body=Hello"])
        .ok();
    bob.touchmark(&["review", "start", &pr]).ok();
    let document = bob.json(&["status"]);
    let log = format!("refs/forge/pr/{pr}/log");
    assert_eq!(document["unpublished"], json!([{"events": 1, "log": log}]));
    assert_eq!(document["drafts"], json!([pr]));
    bob.touchmark(&["sync"]).ok();
    assert_eq!(bob.json(&["status"])["unpublished"], json!([]));
}

#[test]
fn proposals_wait_for_admins_who_said_nothing() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    bob.touchmark(&["sync"]).ok();
    let text = bob.git(&["show", "refs/forge/policy:policy.toml"]).ok();
    bob.write("../policy.toml", &format!("{text}\n# a remark\n"));
    let proposed = bob.json(&[
        "policy",
        "propose",
        "--policy=../policy.toml",
        "--title=A remark",
    ]);
    let id = proposed["proposal"].as_str().unwrap().to_owned();
    alice.touchmark(&["sync"]).ok();
    assert_eq!(ids(&alice, "proposals"), [id.as_str()]);
    assert_eq!(ids(&bob, "proposals"), [""; 0], "bob is no admin");
    alice.touchmark(&["policy", "endorse", &id]).ok();
    assert_eq!(ids(&alice, "proposals"), [""; 0]);
}

#[test]
fn alarms_are_on_the_screen() {
    let world = crate::server::guarded(HashKind::Sha1);
    let bob = world.person("bob");
    assert_eq!(bob.json(&["status"])["alarms"], json!([]));
    assert!(bob.json(&["status"])["server"]["sequence"].as_u64() > Some(0));
    bob.git(&["update-ref", "refs/forge/receipts", "refs/forge/receipts~1"])
        .ok();
    let told = bob.touchmark(&["status"]).ok();
    assert!(
        told.contains("alarms\n  alarm: the receipts here do not descend from"),
        "{told}"
    );
    let stranger = world.person("stranger").private_key();
    let key = format!("--key={}", stranger.display());
    let told = bob.touchmark(&[&key, "status"]).ok();
    assert!(
        told.starts_with("you: not known (the policy does not know the key"),
        "{told}"
    );
}
