//! Templates of the policy: what a description starts from.

use serde_json::json;
use touchmark_core::id::HashKind;

use super::{forge, open};
use crate::env::Person;

fn set(person: &Person<'_>, name: &str, text: &str) -> crate::env::Run {
    person.write("../template", text);
    person.touchmark(&["policy", "template", "set", name, "../template"])
}

#[test]
fn a_description_starts_from_a_template() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let text = "## Steps\n\n1. \n\n## Seen\n";
    set(&alice, "issue.bug.md", text).ok();
    set(&alice, "pull-request.fix.md", "Fixes #\n").ok();
    alice.touchmark(&["sync"]).ok();
    bob.touchmark(&["sync"]).ok();
    let listed = bob.json(&["policy", "template", "list"]);
    let names = ["issue.bug.md", "pull-request.fix.md"];
    assert_eq!(listed["templates"], json!(names));
    let shown = bob
        .touchmark(&["policy", "template", "show", names[0]])
        .ok();
    assert_eq!(shown, text);
    let args = ["issue", "open", "-t", "Torn", "--template", "bug"];
    let issue = bob.json(&args)["event"].as_str().unwrap().to_owned();
    let state = &bob.json(&["issue", "show", &issue])["log"]["state"];
    assert_eq!(state["description"], "## Steps\n\n1.\n\n## Seen");
    let missing = bob.touchmark(&["issue", "open", "-t", "Torn", "--template", "idea"]);
    let told = missing.fails(4);
    assert!(told.contains("no template \"issue.idea.md\""), "{told}");
    open(&bob, "topic", "A topic");
    bob.git(&["switch", "-q", "-c", "again"]).ok();
    bob.write("src/lock.rs", "other");
    bob.commit("Again");
    let args = [
        "pr",
        "open",
        "--target=main",
        "-t",
        "Again",
        "--template",
        "fix",
    ];
    let pr = bob.json(&args)["event"].as_str().unwrap().to_owned();
    assert_eq!(super::state(&bob, &pr)["description"], "Fixes #");
    // Stock git shows it too, and a template that nobody wants goes.
    let file = format!("refs/forge/policy:templates/{}", names[0]);
    assert_eq!(bob.git(&["show", &file]).ok(), text);
    alice
        .touchmark(&["policy", "template", "remove", names[0]])
        .ok();
    let told = alice.touchmark(&["policy", "template", "remove", names[0]]);
    told.fails(4);
    alice.touchmark(&["verify", "--all"]).ok();
}

#[test]
fn a_template_is_endorsed_as_every_change_of_the_policy() {
    let world = forge(HashKind::Sha256);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    alice.touchmark(&["person", "roles", "bob", "admin"]).ok();
    let policy = alice
        .touchmark(&["policy", "show", "--file=policy.toml"])
        .ok();
    alice.write(
        "../policy.toml",
        &policy.replace("threshold = 1", "threshold = 2"),
    );
    let propose = ["policy", "propose", "--policy=../policy.toml", "--record"];
    alice.touchmark(&propose).ok();
    alice.touchmark(&["sync"]).ok();
    bob.touchmark(&["sync"]).ok();
    let told = set(&alice, "issue.md", "What, and why?\n");
    assert!(told.stderr.contains("not recorded yet"), "{}", told.stderr);
    let proposal = told.ok();
    assert!(proposal.contains("Set template issue.md"), "{proposal}");
    bob.touchmark(&["sync"]).ok();
    let listed = bob.json(&["policy", "list"]);
    let id = listed["proposals"][0]["proposal"]
        .as_str()
        .unwrap()
        .to_owned();
    bob.touchmark(&["policy", "endorse", &id]).ok();
    bob.touchmark(&["policy", "record", &id]).ok();
    alice.touchmark(&["sync"]).ok();
    let shown = alice
        .touchmark(&["policy", "template", "show", "issue.md"])
        .ok();
    assert_eq!(shown, "What, and why?\n");
    alice.touchmark(&["verify", "--all"]).ok();
}

#[test]
fn what_is_no_template_is_refused() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    for (name, text) in [("a/b", "x"), (".hidden", "x"), ("issue.md", "\u{1b}[2J")] {
        let told = set(&alice, name, text).fails(2);
        assert!(told.contains("template"), "{told}");
    }
    set(&alice, "issue.md", "x\n").ok();
    let told = set(&alice, "issue.md", "x\n").fails(3);
    assert!(told.contains("nothing-to-do"), "{told}");
}
