//! Checks: bots report them, gates look at them.

use serde_json::{Value, json};
use touchmark_core::id::HashKind;

use super::{forge, open, repository};
use crate::env::{Person, World};

/// A clone of a bot that may report checks; its key stands in the policy.
fn bot<'a>(world: &'a World, name: &'static str) -> Person<'a> {
    let (bot, alice) = (world.person(name), world.person("alice"));
    let key = std::fs::read_to_string(bot.private_key().with_extension("pub")).unwrap();
    let key: Vec<&str> = key.split(' ').take(2).collect();
    let policy = alice
        .touchmark(&["policy", "show", "--file=policy.toml"])
        .ok();
    let signers = alice
        .touchmark(&["policy", "show", "--file=allowed_signers"])
        .ok();
    let table = format!(
        "\n[bots.{name}]\nname = \"Bot\"\nemails = [\"{name}@example.com\"]\nroles = [\"ci\"]\n"
    );
    alice.write("../policy.toml", &format!("{policy}{table}"));
    let line = format!(
        "{name}@example.com namespaces=\"git\" {}\n",
        key.join(" ").trim()
    );
    alice.write("../signers", &format!("{signers}{line}"));
    let files = ["--policy=../policy.toml", "--signers=../signers"];
    alice
        .touchmark(&[&["policy", "propose", "--record"], &files[..]].concat())
        .ok();
    alice.touchmark(&["sync"]).ok();
    bot.clone_server();
    bot.touchmark(&["join", "--root", &repository(&alice)]).ok();
    bot
}

/// What the checks of a commit say, by name.
fn checks(person: &Person<'_>, commit: &str) -> Value {
    let listed = person.json(&["check", "list", commit]);
    let checks = listed["checks"].as_object().unwrap().iter();
    let word = |(name, result): (&String, &Value)| (name.clone(), result["status"].clone());
    Value::Object(checks.map(word).collect())
}

#[test]
fn a_required_check_opens_the_gate_by_its_bot_s_word_alone() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let ci = bot(&world, "ci");
    let policy = alice
        .touchmark(&["policy", "show", "--file=policy.toml"])
        .ok();
    let required = "match = [\"main\"]\nchecks = [{ name = \"build\", by = [\"ci\"] }]";
    let policy = policy.replace("match = [\"main\"]", required);
    alice.write(
        "../policy.toml",
        &policy.replace("approvals = 1", "approvals = 0"),
    );
    let propose = ["policy", "propose", "--policy=../policy.toml", "--record"];
    alice.touchmark(&propose).ok();
    let pr = open(&alice, "topic", "A topic");
    let head = alice.rev("HEAD");
    let told = alice.touchmark(&["gate", &pr]);
    assert!(
        told.stdout.contains("shut   check:build"),
        "{}",
        told.stdout
    );
    let told = alice
        .touchmark(&["check", "report", "build", "success"])
        .fails(3);
    assert!(told.contains("right-missing"), "{told}");
    ci.touchmark(&["sync"]).ok();
    ci.git(&[
        "fetch",
        "-q",
        "origin",
        &format!("refs/forge/pr/{pr}/heads"),
    ])
    .ok();
    let report = |status: &str| {
        let url = "--url=https://ci.example.com/1";
        ci.touchmark(&["check", "report", "build", status, "-c", &head, url])
            .ok();
        bob.touchmark(&["sync"]).ok();
        bob.touchmark(&["gate", &pr]).stdout
    };
    let told = report("started");
    assert!(told.contains("shut   check:build"), "{told}");
    let told = report("failure");
    assert!(told.contains("shut   check:build"), "{told}");
    let told = report("success");
    assert!(told.contains("open   check:build"), "{told}");
    let told = bob.touchmark(&["check", "list", &head]).ok();
    assert_eq!(told, "build: success, by ci, https://ci.example.com/1\n");
    ci.touchmark(&["check", "report", "build", "well", "-c", &head])
        .fails(2);
}

#[test]
fn two_bots_report_on_one_commit_at_the_same_time() {
    let world = forge(HashKind::Sha256);
    let alice = world.person("alice");
    let (one, two) = (bot(&world, "ci"), bot(&world, "lint"));
    one.touchmark(&["sync"]).ok();
    let head = alice.rev("origin/main");
    for (person, name) in [(&one, "build"), (&two, "style")] {
        person
            .touchmark(&["check", "report", name, "success", "-c", &head, "--offline"])
            .ok();
    }
    for person in [&one, &two, &one, &alice] {
        person.touchmark(&["sync"]).ok();
    }
    let both = json!({"build": "success", "style": "success"});
    assert_eq!(checks(&alice, &head), both);
    assert_eq!(checks(&one, &head), both);
    alice.touchmark(&["verify", "--all"]).ok();
}
