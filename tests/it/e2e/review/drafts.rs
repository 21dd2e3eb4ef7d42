//! Drafts of reviews: they stay here until they are submitted, as one event.

use serde_json::json;
use touchmark_core::id::HashKind;

use crate::e2e::{forge, open, server_refs, state};

#[test]
fn comments_of_a_draft_are_changed_and_dropped_before_anybody_sees_them() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = open(&alice, "topic", "Name a line");
    bob.touchmark(&["sync"]).ok();
    let before = server_refs(&world);
    let said = bob.touchmark(&["review", "start", &pr]).ok();
    assert!(said.starts_with("started a review of "), "{said}");
    for (place, text) in [
        ("3", "--body=One."),
        ("5", "--body=Two."),
        ("7", "--body=Three."),
    ] {
        let place = format!("src/lock.rs:{place}");
        bob.touchmark(&["review", "comment", &place, text]).ok();
    }
    bob.touchmark(&["review", "edit", "2", "--body=Two, again."])
        .ok();
    bob.touchmark(&["review", "edit", &pr, "3", "--body=Four."])
        .ok();
    bob.touchmark(&["review", "drop", "1"]).ok();
    for words in [["edit", "3"], ["edit", "0"], ["edit", "x"], ["drop", "3"]] {
        let body = ["--body=No."];
        let body = if words[0] == "edit" { &body[..] } else { &[] };
        let args = [&["review"], &words[..], body].concat();
        let refused = bob.touchmark(&args).fails(4);
        assert!(refused.contains("the draft has no comment"), "{refused}");
    }
    let status = bob.touchmark(&["review", "status"]).ok();
    let expect =
        "2 comments\n  1  src/lock.rs:5\n     Two, again.\n  2  src/lock.rs:7\n     Four.\n";
    assert!(status.ends_with(expect), "{status}");
    assert_eq!(server_refs(&world), before);

    bob.touchmark(&["review", "submit", "--comment"]).ok();
    alice.touchmark(&["sync"]).ok();
    let texts: Vec<_> = state(&alice, &pr)["comments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|comment| comment["text"].clone())
        .collect();
    assert_eq!(texts, [json!("Two, again."), json!("Four.")]);
    let events = world.on_server(&["rev-list", "--count", &format!("refs/forge/pr/{pr}/log")]);
    assert_eq!(events.trim(), "2");
}
