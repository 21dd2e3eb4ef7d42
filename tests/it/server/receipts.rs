//! Receipts: what they say of pushes and refusals, what finds out a lie, and numbers.

use serde_json::{Value, json};
use touchmark_core::id::HashKind;

use super::{guarded, push};
use crate::env::{Person, World};

/// A world in which Alice has opened a pull request, and a push of hers to `main` was refused.
fn busy() -> World {
    let world = guarded(HashKind::Sha1);
    let alice = world.person("alice");
    alice.git(&["switch", "-q", "-c", "topic"]).ok();
    alice.write("src/lock.rs", &crate::env::numbered_lines(21));
    alice.commit("One line more");
    alice
        .touchmark(&["pr", "open", "--target=main", "--title=One line more"])
        .ok();
    let refused = push(&alice, &["-q", "origin", "HEAD:main"]).refused();
    assert!(refused.contains("(branch-protected)"), "{refused}");
    alice.touchmark(&["sync"]).ok();
    alice
        .touchmark(&["pr", "comment", "#1", "--body=Look."])
        .ok();
    world.person("bob").touchmark(&["sync"]).ok();
    world
}

fn verified(person: &Person<'_>) -> Value {
    person.json(&["receipts", "verify"])
}

#[test]
fn every_push_has_a_receipt_and_every_refusal_is_sealed() {
    let world = busy();
    let bob = world.person("bob");
    let document = verified(&bob);
    assert_eq!(document["faults"], json!([]));
    assert_eq!(document["pending"], json!([]));
    let log = bob.json(&["receipts", "log", "--count=100"]);
    let receipts = log["receipts"].as_array().unwrap();
    assert_eq!(json!(receipts.len()), document["receipts"]);
    let denials: Vec<&str> = receipts
        .iter()
        .flat_map(|receipt| receipt["denials"].as_array().unwrap())
        .map(|line| line.as_str().unwrap())
        .collect();
    let about_main = |line: &&&str| line.contains("branch-protected\t1\trefs/heads/main");
    assert_eq!(denials.iter().filter(about_main).count(), 1, "{denials:?}");
    let newest = receipts[0]["changes"].as_array().unwrap();
    let names: Vec<&str> = newest
        .iter()
        .map(|change| change["name"].as_str().unwrap())
        .collect();
    assert!(
        matches!(names.as_slice(), [name] if name.ends_with("/log")),
        "{names:?}"
    );
    bob.touchmark(&["verify", "--all"]).ok();
}

#[test]
fn numbers_name_objects_by_the_receipts() {
    let world = busy();
    let bob = world.person("bob");
    let shown = bob.json(&["pr", "show", "#1"]);
    assert_eq!(shown["log"]["state"]["title"], "One line more");
    let missing = bob.touchmark(&["pr", "show", "#2"]).fails(4);
    assert!(missing.contains("#2"), "{missing}");
}

#[test]
fn a_receipt_that_was_rewritten_is_found_out() {
    let world = busy();
    let bob = world.person("bob");
    let honest = bob.rev("refs/forge/receipts");
    let text = bob.git(&["cat-file", "commit", &honest]).ok();
    let changed = text.replace("Forge-Decision: accepted", "Forge-Decision: archived");
    std::fs::write(bob.dir().join("../changed"), changed).unwrap();
    let forged = bob
        .git(&["hash-object", "-w", "-t", "commit", "../changed"])
        .ok();
    bob.git(&["update-ref", "refs/forge/receipts", forged.trim()])
        .ok();
    let told = bob.touchmark(&["receipts", "verify"]).fails(6);
    assert!(told.contains("signature-bad"), "{told}");
    bob.git(&["update-ref", "refs/forge/receipts", &honest])
        .ok();
    bob.touchmark(&["receipts", "verify"]).ok();
}

/// Writes a receipt over `tree` that follows `last`, signed by the sequencer's own key with stock git.
fn seal(world: &World, last: &str, number: u64, tree: &str) -> String {
    let policy = world.person("bob").rev("refs/forge/policy");
    seal_under(world, last, number, tree, &policy)
}

/// The same, with the policy that it names.
fn seal_under(world: &World, last: &str, number: u64, tree: &str, policy: &str) -> String {
    let bob = world.person("bob");
    let message = format!(
        "Receipt {number}\n\nForge-Event: receipt/2\nForge-Policy: {policy}\nForge-Sequence: {number}\n\
         Forge-Pusher: none\nForge-Time: 2026-01-01T00:00:00Z\nForge-Decision: accepted\n"
    );
    std::fs::write(bob.dir().join("../message"), message).unwrap();
    let key = world.server().join("touchmark/sequencer");
    let signing = format!("user.signingKey={}", key.display());
    let mut command = bob.command("git");
    for who in ["AUTHOR", "COMMITTER"] {
        command = command
            .env(&format!("GIT_{who}_NAME"), "Sequencer")
            .env(&format!("GIT_{who}_EMAIL"), "sequencer@forge.invalid");
    }
    let commit = ["commit-tree", "-S", tree, "-p", last, "-F", "../message"];
    let made = command.args(["-c", &signing]).args(commit).run().ok();
    made.trim().to_owned()
}

/// The tree of a receipt without a branch and without its list of changes.
fn without_main(world: &World, receipt: &str) -> String {
    let bob = world.person("bob");
    let listed = bob.git(&["ls-tree", "-r", receipt]).ok();
    let kept: String = listed
        .lines()
        .filter(|line| !line.ends_with("\trefs/heads/main") && !line.ends_with("\tchanges"))
        .map(|line| format!("{line}\n"))
        .collect();
    std::fs::write(bob.dir().join("../entries"), kept).unwrap();
    let script = "git update-index --index-info <../entries && git write-tree --missing-ok";
    let made = bob
        .command("sh")
        .env("GIT_INDEX_FILE", world.path().join("lying-index"))
        .args(["-c", script])
        .run()
        .ok();
    made.trim().to_owned()
}

#[test]
fn a_server_that_lies_about_a_push_is_found_out() {
    let world = busy();
    let bob = world.person("bob");
    let last = bob.rev("refs/forge/receipts");
    let number = verified(&bob)["receipts"].as_u64().unwrap() + 1;
    let lie = seal(&world, &last, number, &without_main(&world, &last));
    bob.git(&["update-ref", "refs/forge/receipts", &lie]).ok();
    let told = bob.touchmark(&["receipts", "verify"]).fails(6);
    let lie = "refs/heads/main changed and is not listed";
    assert!(told.contains(lie), "{told}");
}

/// Whoever has the sequencer's key could give back what somebody has lost since, by a receipt that names the policy of then.
#[test]
fn a_receipt_that_goes_back_to_an_older_policy_is_an_alarm() {
    let world = busy();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let old = bob.rev("refs/forge/policy");
    alice.touchmark(&["team", "add", "core", "bob"]).ok();
    bob.touchmark(&["sync"]).ok();
    let last = bob.rev("refs/forge/receipts");
    let number = verified(&bob)["receipts"].as_u64().unwrap() + 1;
    let tree = bob.rev(&format!("{last}^{{tree}}"));
    let put = |policy: &str| {
        let lie = seal_under(&world, &last, number, &tree, policy);
        bob.git(&["update-ref", "refs/heads/lie", &lie]).ok();
        let from = bob.dir();
        let refspec = "+refs/heads/lie:refs/forge/receipts";
        let args = ["fetch", "-q", from.to_str().unwrap(), refspec];
        world.on_server(&[&["-c", "core.hooksPath=/dev/null"], &args[..]].concat());
    };
    put(&old);
    let told = bob.touchmark(&["sync"]).fails(5);
    assert!(told.contains("older policy"), "{told}");
    put(&bob.rev("refs/forge/policy"));
    world.person("carol").touchmark(&["sync"]).ok();
}

#[test]
fn people_compare_what_they_have_seen() {
    let world = busy();
    let (alice, bob, carol) = (
        world.person("alice"),
        world.person("bob"),
        world.person("carol"),
    );
    alice.touchmark(&["sync"]).ok();
    let relation = |person: &Person<'_>, other: &str| {
        person.json(&["receipts", "compare", other])["relation"].clone()
    };
    let newest = bob.rev("refs/forge/receipts");
    let older = carol.rev("refs/forge/receipts");
    assert_eq!(relation(&alice, &newest), "same");
    assert_eq!(relation(&alice, &older), "older");
    let told = carol.touchmark(&["receipts", "compare", &newest]).fails(5);
    assert!(told.contains("ALARM"), "{told}");
    carol.touchmark(&["sync"]).ok();
    assert_eq!(relation(&carol, &newest), "same");
    bob.touchmark(&["receipts", "compare", "1234"]).fails(2);
}

#[test]
fn a_gate_says_of_each_condition_what_decides() {
    let world = busy();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let shut = bob.touchmark(&["gate", "#1", "--json"]);
    assert_eq!(shut.status, 3, "{}", shut.stderr);
    let document: Value = serde_json::from_str(&shut.stdout).unwrap();
    assert_eq!(document["open"], false);
    let item = |document: &Value, id: &str| {
        let items = document["items"].as_array().unwrap();
        items.iter().find(|item| item["id"] == id).unwrap().clone()
    };
    let approvals = item(&document, "approvals");
    assert_eq!(approvals["pass"], false);
    assert_eq!(approvals["reasons"][0]["rule"], "approvals-missing");
    assert!(approvals["clause"].as_str().unwrap().contains("\"main\""));
    assert!(
        !approvals["reasons"][0]["remedy"]
            .as_str()
            .unwrap()
            .is_empty()
    );
    bob.touchmark(&["review", "submit", "#1", "--approve"]).ok();
    let open = bob.json(&["gate", "#1"]);
    assert_eq!(open["open"], true);
    let evidence = &item(&open, "approvals")["evidence"];
    assert_eq!(evidence.as_array().unwrap().len(), 1);
    alice.touchmark(&["pr", "merge", "#1"]).ok();
}
