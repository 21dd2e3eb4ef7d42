//! `touchmark explain` says what something is and whether it counts; `--trace` says what was done for it.

use serde_json::{Value, json};
use touchmark_core::id::HashKind;

use super::{forge, open};
use crate::env::Person;
use crate::server::{guarded, own};

#[track_caller]
fn explained(person: &Person<'_>, thing: &str) -> Value {
    person.json(&["explain", thing])
}

#[test]
fn every_rule_is_explained() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    let document = explained(&alice, "signer-email");
    assert_eq!(document["kind"], "rule");
    assert_eq!(document["stage"], "log");
    let tests = document["tested_by"].as_array().unwrap();
    assert!(
        tests.contains(&json!("a1_a_valid_key_under_another_name")),
        "{document}"
    );
    let told = alice.anywhere(&["explain", "approvals-missing"]).ok();
    assert!(
        told.starts_with("rule approvals-missing\n  must hold:"),
        "{told}"
    );
    assert!(told.contains("next step:"), "{told}");
}

#[test]
fn a_refusal_s_json_is_explained() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = open(&alice, "topic", "A topic");
    bob.touchmark(&["sync"]).ok();
    let refused = bob.touchmark(&["pr", "merge", &pr, "--json"]).fails(3);
    let command = bob.command("touchmark").stdin(refused.as_bytes());
    let told = command.args(["explain", "-"]).run().ok();
    assert!(
        told.contains("rule:           approvals-missing: "),
        "{told}"
    );
    assert!(told.contains("next step:"), "{told}");
    let last = refused.lines().last().unwrap();
    let document = explained(&bob, last);
    assert_eq!(document["kind"], "refusal");
    assert_eq!(document["errors"][0]["code"], "approvals-missing");
    let error = bob.touchmark(&["explain", "{\"a\": 1}"]).fails(2);
    assert!(error.contains("neither errors nor a rule"), "{error}");
}

#[test]
fn objects_and_events_are_explained() {
    let world = guarded(HashKind::Sha1);
    let alice = world.person("alice");
    let pr = opened(&alice);
    let document = explained(&alice, "#1");
    assert_eq!(document["object"], pr.as_str());
    assert_eq!(
        (&document["kind"], &document["status"]),
        (&json!("object"), &json!("open"))
    );
    assert_eq!(document["gate"], false);
    assert_eq!(document["reasons"][0]["rule"], "approvals-missing");
    assert_eq!(explained(&alice, &pr)["number"], 1);
    let comment = alice.rev(&format!("refs/forge/pr/{pr}/log"));
    let document = explained(&alice, &comment);
    assert_eq!(document["kind"], "event");
    assert_eq!(
        (&document["counts"], &document["published"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(
        (&document["signed_by"], &document["place"]),
        (&json!("alice"), &json!(2))
    );
    let receipt = document["receipt"].as_str().unwrap().to_owned();
    assert_eq!(receipt, alice.rev("refs/forge/receipts"));
    // One that is signed by somebody else than it says, and that nobody published.
    let bob = world.person("bob");
    own(&bob, &["sync".to_owned()]).ok();
    let forged = forged(&bob, &pr);
    let document = explained(&bob, &forged);
    assert_eq!(
        (&document["counts"], &document["published"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(document["rule"], "signer-email");
    // The receipt itself.
    let document = explained(&alice, &receipt);
    assert_eq!(
        (&document["kind"], &document["counts"]),
        (&json!("receipt"), &json!(true))
    );
    let pusher = document["pusher"].as_str().unwrap();
    assert!(pusher.starts_with("certificate SHA256:"), "{pusher}");
    assert!(
        document["changes"].to_string().contains(&comment),
        "{document}"
    );
}

/// Opens a pull request and comments on it; both are published.
fn opened(alice: &Person<'_>) -> String {
    alice.git(&["switch", "-q", "-c", "topic"]).ok();
    alice.write("topic.txt", "x\n");
    alice.commit("A topic");
    let run = |args: &[&str]| {
        own(
            alice,
            &args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>(),
        )
        .ok()
    };
    let opened = run(&["pr", "open", "--target=main", "--title=A topic", "--json"]);
    let opened: Value = serde_json::from_str(&opened).unwrap();
    let pr = opened["event"].as_str().unwrap().to_owned();
    run(&["pr", "comment", &pr, "--body=Hello"]);
    run(&["sync"]);
    pr
}

/// An event under alice's name by bob's key, in the outbox of bob's clone.
fn forged(bob: &Person<'_>, pr: &str) -> String {
    let log = format!("refs/forge/pr/{pr}/log");
    let tip = bob.rev(&log);
    let policy = bob.rev("refs/forge/policy");
    let message = format!("Comment\n\nA word\n\nForge-Event: comment/1\nForge-Policy: {policy}\n");
    let tree = bob.git(&["mktree"]).ok();
    let key = bob.private_key();
    let made = bob
        .command("git")
        .args([
            "-c",
            "gpg.format=ssh",
            "-c",
            &format!("user.signingKey={}", key.display()),
        ])
        .args(["commit-tree", "-S", "-p", &tip, "-m", &message, tree.trim()])
        .env("GIT_AUTHOR_NAME", "Alice")
        .env("GIT_AUTHOR_EMAIL", "alice@example.com")
        .env("GIT_COMMITTER_NAME", "Alice")
        .env("GIT_COMMITTER_EMAIL", "alice@example.com")
        .run()
        .ok();
    let id = made.trim().to_owned();
    bob.git(&["update-ref", &log.replace("refs/forge", "refs/outbox"), &id])
        .ok();
    id
}

#[test]
fn code_is_explained_by_what_landed_it() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = open(&alice, "topic", "A topic");
    let head = alice.rev("HEAD");
    let document = explained(&alice, &head);
    assert_eq!(document["kind"], "code");
    assert_eq!(document["landed"], false);
    bob.touchmark(&["sync"]).ok();
    bob.touchmark(&["review", "submit", &pr, "--approve"]).ok();
    bob.touchmark(&["pr", "merge", &pr]).ok();
    alice.touchmark(&["sync"]).ok();
    for commit in [head, alice.rev("origin/main")] {
        let document = explained(&alice, &commit);
        assert_eq!(document["landed"], alice.rev("origin/main").as_str());
        assert_eq!(document["pull_request"], format!("refs/forge/pr/{pr}/log"));
        let approvals = document["approvals"].to_string();
        assert!(approvals.contains("bob ("), "{document}");
        assert_eq!(document["revisions"], 1);
    }
    let document = explained(&alice, &alice.rev("origin/main~1"));
    assert_eq!(document["pull_request"], json!(null));
    let error = alice.touchmark(&["explain", "nothing-like-it"]).fails(4);
    assert!(
        error.contains("nothing here that nothing-like-it names"),
        "{error}"
    );
}

#[test]
fn refs_are_explained_by_the_clauses_of_the_policy() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    let document = explained(&alice, "main");
    assert_eq!(
        (&document["kind"], &document["ref"]),
        (&json!("ref"), &json!("refs/heads/main"))
    );
    assert_eq!(document["push"], json!({}));
    assert_eq!(document["merge"]["bob"], "role maintainer");
    // It says what `can` says.
    for who in ["alice", "bob", "carol"] {
        let may = alice.touchmark(&["can", who, "tag", "v1"]).status == 0;
        let document = explained(&alice, "refs/tags/v1");
        assert_eq!(document["create"].get(who).is_some(), may, "{who}");
    }
    let told = alice.touchmark(&["explain", "refs/forge/receipts"]).ok();
    assert!(told.contains("(ref-owner)"), "{told}");
    let told = alice.touchmark(&["explain", "refs/weird/x"]).ok();
    assert!(told.contains("(ref-namespace)"), "{told}");
}

#[test]
fn a_trace_says_what_was_done_and_no_secret() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    let pr = open(&alice, "topic", "A topic");
    let shown = alice.touchmark(&["--trace", "pr", "show", &pr]);
    let lines: Vec<Value> = shown
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for what in ["git", "refs", "log", "replay"] {
        let step = lines.iter().find(|line| line["trace"] == what);
        let step = step.unwrap_or_else(|| panic!("{what}: {}", shown.stderr));
        assert!(step["took_us"].is_u64(), "{step}");
    }
    let replay = lines.iter().find(|line| line["trace"] == "replay").unwrap();
    assert_eq!(
        (&replay["events"], &replay["rejected"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(shown.stdout, alice.touchmark(&["pr", "show", &pr]).ok());
    alice
        .git(&[
            "remote",
            "set-url",
            "origin",
            "https://alice:geheim@127.0.0.1:1/x.git",
        ])
        .ok();
    let told = alice.touchmark(&["--trace", "sync"]).refused();
    assert!(told.contains("\"trace\":\"git\""), "{told}");
    assert!(!told.contains("geheim"), "{told}");
}
