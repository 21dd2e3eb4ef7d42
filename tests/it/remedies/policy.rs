//! Remedies for changes of the policy.

use serde_json::Value;
use touchmark_core::event::{Payload, Rule, Stance, payload};

use super::{id, pushed, told};
use crate::attacks::stage::Stage;
use crate::env::Person;

/// Writes `policy.toml`, changed, beside the clones.
fn edit(person: &Person<'_>, from: &str, to: &str) {
    let text = person
        .touchmark(&["policy", "show", "--file=policy.toml"])
        .ok();
    let changed = text.replacen(from, to, 1);
    assert_ne!(changed, text);
    std::fs::write(person.world.path().join("policy.toml"), changed).unwrap();
}

#[test]
fn versions_are_well_formed_and_endorsed() {
    let stage = Stage::new();
    let (alice, bob) = (stage.person("alice"), stage.person("bob"));
    let propose = || {
        let file = "--policy=../policy.toml";
        alice.touchmark(&["policy", "propose", file, "--record"])
    };
    edit(&alice, "approvals = 1", "aprovals = 1");
    let remedy = told(propose(), Rule::PolicyForm).says("correct it there");
    edit(&alice, "approvals = 1", "approvals = 2");
    remedy.mends(propose());
    let roles = ["person", "roles", "bob", "admin"];
    alice.touchmark(&roles).ok();
    edit(&alice, "threshold = 1", "threshold = 2");
    propose().ok();
    // From now on it takes both.
    edit(&alice, "approvals = 2", "approvals = 1");
    let proposed = alice.json(&["policy", "propose", "--policy=../policy.toml"]);
    let proposal = proposed["proposal"].as_str().unwrap();
    alice.touchmark(&["policy", "endorse", proposal]).ok();
    bob.touchmark(&["sync"]).ok();
    let record = || alice.touchmark(&["policy", "record", proposal]);
    let remedy = told(record(), Rule::PolicyThreshold).step(&bob, "touchmark policy endorse", &[]);
    alice.touchmark(&["sync"]).ok();
    remedy
        .step(&alice, "touchmark policy record", &[])
        .mends(alice.touchmark(&["policy", "show"]));
    assert_eq!(
        alice.json(&["policy", "list"])["proposals"],
        Value::Array(Vec::new())
    );
}

#[test]
fn an_endorsement_is_of_what_is_proposed() {
    let stage = Stage::new();
    let alice = stage.person("alice");
    edit(&alice, "approvals = 1", "approvals = 2");
    let proposed = alice.json(&["policy", "propose", "--policy=../policy.toml"]);
    let proposal = proposed["proposal"].as_str().unwrap();
    let log = format!("refs/forge/proposal/{proposal}/log");
    let word = Payload::Endorse(payload::Endorse {
        version: 2,
        tree_id: id(&alice.rev("main^{tree}")),
        stance: Stance::Endorse,
    });
    let tip = stage.on_server_id(&log);
    let other = stage.raw("alice", Some(tip), word).write(&alice);
    told(
        pushed(&alice, &[&format!("{other}:{log}")]),
        Rule::ProposalMismatch,
    )
    .run(&alice, &[])
    .prints(&proposal[..12])
    .mends(alice.touchmark(&["policy", "endorse", proposal]));
}
