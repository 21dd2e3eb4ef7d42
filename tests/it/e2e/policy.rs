//! The policy's way: proposed, endorsed, recorded; whom a rotation takes; keys of one's own.

use serde_json::{Value, json};
use touchmark_core::id::HashKind;

use super::{forge, fsck, open, repository, without_server};
use crate::env::{Person, World};
use crate::keys;

/// As [`forge`], but Alice and Bob are admins, both of whom it takes, and Carol may stand in for them.
fn two_admins(hash: HashKind) -> World {
    let world = forge(hash);
    let alice = world.person("alice");
    edit(&alice, "policy.toml", |text| {
        text.replace("declined = true", "people = [\"carol\"]\nthreshold = 1")
    });
    alice
        .touchmark(&["policy", "propose", "--policy=../policy.toml", "--record"])
        .ok();
    alice.touchmark(&["person", "roles", "bob", "admin"]).ok();
    edit(&alice, "policy.toml", |text| {
        text.replace("format = 2\nthreshold = 1", "format = 2\nthreshold = 2")
    });
    alice
        .touchmark(&["policy", "edit", "--policy=../policy.toml", "--record"])
        .ok();
    for name in ["bob", "carol"] {
        world.person(name).touchmark(&["sync"]).ok();
    }
    world
}

/// Writes a file of the newest policy, changed, beside the clones.
fn edit(person: &Person<'_>, file: &str, change: impl Fn(&str) -> String) {
    let text = person
        .touchmark(&["policy", "show", &format!("--file={file}")])
        .ok();
    let changed = change(&text);
    assert_ne!(changed, text);
    std::fs::write(person.world.path().join(file), changed).unwrap();
}

/// Proposes a changed policy.toml; the proposal's document.
#[track_caller]
fn propose(person: &Person<'_>, change: impl Fn(&str) -> String, more: &[&str]) -> Value {
    edit(person, "policy.toml", change);
    person.json(&[&["policy", "propose", "--policy=../policy.toml"], more].concat())
}

fn id(proposal: &Value) -> String {
    proposal["proposal"].as_str().unwrap().to_owned()
}

fn version(person: &Person<'_>) -> Value {
    person.json(&["policy", "show"])["version"].clone()
}

/// Everybody sees the same policy and nothing that does not count.
#[track_caller]
fn all_agree(world: &World) {
    let shown: Vec<Value> = ["alice", "bob", "carol"]
        .map(|name| {
            let person = world.person(name);
            person.touchmark(&["sync"]).ok();
            person.touchmark(&["verify", "--all"]).ok();
            assert_eq!(person.refs("refs/outbox"), "");
            person.json(&["policy", "show"])
        })
        .into();
    assert!(shown.iter().all(|one| *one == shown[0]), "{shown:?}");
}

fn two_of_two(hash: HashKind) {
    let world = two_admins(hash);
    let (alice, bob, carol) = (
        world.person("alice"),
        world.person("bob"),
        world.person("carol"),
    );
    assert_eq!(version(&carol), 4);
    let stricter = |text: &str| text.replace("approvals = 1", "approvals = 2");
    // A maintainer may propose, and her word is no endorsement.
    let proposal = propose(&carol, stricter, &["--title=Be stricter", "--record"]);
    assert_eq!(proposal["recorded"], Value::Null);
    assert_eq!(proposal["endorsed"]["before"]["given"], json!([]));
    assert_eq!(proposal["endorsed"]["before"]["needed"], 2);
    let id = id(&proposal);
    let told = carol.touchmark(&["policy", "endorse", &id]).fails(3);
    assert!(told.contains("right-missing"), "{told}");
    alice.touchmark(&["sync"]).ok();
    alice
        .touchmark(&["policy", "endorse", &id, "--body=Good."])
        .ok();
    let told = alice.touchmark(&["policy", "record", &id]).fails(3);
    assert!(
        told.contains("1 of 2 admins endorsed it (policy-threshold)") && told.contains("ask bob"),
        "{told}"
    );
    assert_eq!(version(&alice), 4);
    bob.touchmark(&["sync"]).ok();
    let listed = bob.json(&["policy", "list"]);
    let waiting = &listed["proposals"][0];
    assert_eq!(waiting["title"], "Be stricter");
    assert_eq!(waiting["endorsed"]["before"]["given"], json!(["alice"]));
    bob.touchmark(&["policy", "check", &id]).ok();
    bob.touchmark(&["policy", "endorse", &id]).ok();
    bob.touchmark(&["policy", "record", &id]).ok();
    all_agree(&world);
    let log = alice.json(&["policy", "log"]);
    let newest = &log["versions"][0];
    assert_eq!(newest["version"], 5);
    assert_eq!(newest["by"], "bob");
    assert_eq!(newest["endorsed"], json!(["alice", "bob"]));
    assert_eq!(
        newest["changes"],
        json!(["the defaults changed", "rules for branches changed"])
    );
    assert_eq!(newest["proposal"], id.as_str());
    // It is over; the log says so, and nobody endorses it any more.
    assert_eq!(alice.json(&["policy", "list"])["proposals"], json!([]));
    alice.touchmark(&["policy", "endorse", &id]).fails(3);
    fsck(&world, &world.server());
}

#[test]
fn a_change_takes_two_admins() {
    two_of_two(HashKind::Sha1);
}

#[test]
fn a_change_takes_two_admins_in_sha256() {
    two_of_two(HashKind::Sha256);
}

#[test]
fn an_endorsement_that_was_taken_back_is_not_embedded() {
    let world = two_admins(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let proposal = propose(
        &alice,
        |text| text.replace("approvals = 1", "approvals = 0"),
        &["--record"],
    );
    let id = id(&proposal);
    bob.touchmark(&["sync"]).ok();
    bob.touchmark(&["policy", "endorse", &id]).ok();
    alice
        .touchmark(&["policy", "endorse", &id, "--object", "--body=I was wrong."])
        .ok();
    alice.touchmark(&["policy", "record", &id]).fails(3);
    bob.touchmark(&["sync"]).ok();
    let told = bob.touchmark(&["policy", "record", &id]).fails(3);
    assert!(told.contains("1 of 2 admins"), "{told}");
}

#[test]
fn new_admins_are_asked_too() {
    let world = two_admins(HashKind::Sha1);
    let (alice, bob, carol) = (
        world.person("alice"),
        world.person("bob"),
        world.person("carol"),
    );
    let rotate = |text: &str| {
        text.replace("roles = [\"admin\"]", "roles = [\"maintainer\"]")
            .replacen(
                "emails = [\"carol@example.com\"]\nroles = [\"maintainer\"]",
                "emails = [\"carol@example.com\"]\nroles = [\"admin\"]",
                1,
            )
            .replace("threshold = 2", "threshold = 1")
    };
    let id = id(&propose(&alice, rotate, &["--record"]));
    bob.touchmark(&["sync"]).ok();
    bob.touchmark(&["policy", "endorse", &id]).ok();
    let told = bob.touchmark(&["policy", "record", &id]).fails(3);
    assert!(told.contains("0 of 1 new admins endorsed it"), "{told}");
    // Carol is no admin yet, so her word stands in no log.
    carol.touchmark(&["sync"]).ok();
    carol.touchmark(&["policy", "endorse", &id]).fails(3);
    carol
        .touchmark(&["policy", "endorse", &id, "--output=../carol.endorsement"])
        .ok();
    let record = [
        "policy",
        "record",
        &id,
        "--endorsement=../carol.endorsement",
    ];
    bob.touchmark(&record).ok();
    all_agree(&world);
    assert_eq!(alice.json(&["policy", "show"])["admins"], json!(["carol"]));
    // Whoever was admin is none any more.
    let alone = propose(
        &alice,
        |text| text.replace("approvals = 1", "approvals = 0"),
        &["--record"],
    );
    assert_eq!(alone["recorded"], Value::Null);
    alice
        .touchmark(&["policy", "endorse", &self::id(&alone)])
        .fails(3);
}

#[test]
fn the_recovery_set_replaces_admins_who_lost_their_keys() {
    let world = two_admins(HashKind::Sha1);
    let carol = world.person("carol");
    let own = |text: &str| {
        text.replace("roles = [\"admin\"]", "roles = []")
            .replace("roles = [\"maintainer\"]", "roles = [\"admin\"]")
            .replace("threshold = 2", "threshold = 1")
    };
    edit(&carol, "policy.toml", own);
    let files = "--policy=../policy.toml";
    carol
        .touchmark(&["policy", "endorse", files, "--output=../own"])
        .ok();
    carol
        .touchmark(&["policy", "record", files, "--endorsement=../own"])
        .ok();
    all_agree(&world);
    assert_eq!(carol.json(&["policy", "show"])["admins"], json!(["carol"]));
    // A word on one policy is none on another.
    edit(&carol, "policy.toml", |text| {
        text.replace("approvals = 1", "approvals = 0")
    });
    let told = carol
        .touchmark(&["policy", "record", files, "--endorsement=../own"])
        .fails(3);
    assert!(told.contains("endorses something else"), "{told}");
}

#[test]
fn people_see_to_their_own_keys_and_nobody_else_s() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let phone = keys::write("phone", &world.path().join("phone"));
    let public = format!("{}.pub", phone.display());
    let unknown = ["--key", phone.to_str().unwrap()];
    let pr = open(&alice, "topic", "A topic");
    bob.touchmark(&["sync"]).ok();
    let comment = ["pr", "comment", &pr, "--body=From the phone"];
    bob.touchmark(&[unknown.as_slice(), &comment].concat())
        .fails(3);
    // Bob is a maintainer, and needs nobody for this.
    bob.touchmark(&["key", "add", &public, "--comment=phone"])
        .ok();
    assert_eq!(version(&bob), 2);
    bob.touchmark(&[unknown.as_slice(), &comment].concat()).ok();
    all_agree(&world);
    let listed = alice.json(&["key", "list", "bob"]);
    assert_eq!(listed["keys"][1]["comment"], "phone");
    let print = listed["keys"][0]["key"].as_str().unwrap();
    // Alice is an admin, and still these are not her own keys.
    let told = alice.touchmark(&["key", "retire", print]).fails(3);
    assert!(told.contains("the key is bob's, not yours"), "{told}");
    alice.touchmark(&["key", "add", &public]).refused();
    bob.touchmark(&["key", "retire", print]).ok();
    let told = bob.touchmark(&comment).fails(3);
    assert!(told.contains("is retired"), "{told}");
    bob.touchmark(&[unknown.as_slice(), &comment].concat()).ok();
    let last = [unknown.as_slice(), &["key", "retire", &public]].concat();
    let told = bob.touchmark(&last).fails(3);
    assert!(told.contains("your only key in use"), "{told}");
    let told = alice.json(&["policy", "log"]);
    assert_eq!(told["versions"].as_array().unwrap().len(), 2);
    alice.touchmark(&["sync"]).ok();
    let told = alice.json(&["policy", "log"]);
    assert_eq!(told["versions"][0]["by"], "bob");
    assert_eq!(told["versions"][0]["endorsed"], json!([]));
}

/// What `can` says, with the status that it ends with.
#[track_caller]
fn can(person: &Person<'_>, words: &[&str], status: i32) -> String {
    let run = person.touchmark(&[&["can"], words].concat());
    assert_eq!(
        run.status, status,
        "{words:?}: {} {}",
        run.stdout, run.stderr
    );
    run.stdout.trim().to_owned()
}

#[test]
fn can_answers_with_the_clause() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    let rules = "\n[[path]]\nmatch = [\"infra/**\"]\nwrite = [\"@security\"]\n\n[[tag]]\nmatch = [\"v*\"]\nmove = [\"alice\"]\n";
    edit(&alice, "policy.toml", |text| {
        format!("{text}\n[teams.security]\nmembers = [] # nobody yet\n{rules}")
    });
    let propose = ["policy", "propose", "--policy=../policy.toml", "--record"];
    alice.touchmark(&propose).ok();
    let deny = "deny, by path[0] \"infra/**\" write: only @security may write \"infra/x\"";
    let write = ["bob", "write", "infra/x", "--on=main"];
    assert_eq!(can(&alice, &write, 3), deny);
    alice.touchmark(&["team", "add", "security", "bob"]).ok();
    assert_eq!(
        can(&alice, &write, 0),
        "allow, by paths: no rule for the path excludes them"
    );
    let text = alice
        .touchmark(&["policy", "show", "--file=policy.toml"])
        .ok();
    assert!(
        text.contains("members = [\"bob\"] # nobody yet\n"),
        "{text}"
    );
    assert_eq!(alice.touchmark(&["team", "list"]).ok(), "@security: bob\n");
    alice.touchmark(&["team", "remove", "security", "bob"]).ok();
    assert_eq!(can(&alice, &write, 3), deny);
    for (words, status, answer) in [
        (
            ["bob", "merge", "main"].as_slice(),
            0,
            "allow, by role maintainer: bob has the right \"merge\"",
        ),
        (
            &["bob", "push", "main"],
            3,
            "deny, by branch[0] \"main\" protected: refs/heads/main moves only by merging a pull request",
        ),
        (
            &["bob", "push", "topic"],
            0,
            "allow, by role maintainer: bob has the right \"push\"",
        ),
        (
            &["alice", "create", "main"],
            0,
            "allow, by branch[0] \"main\" create: alice is among those who may create refs/heads/main",
        ),
        (
            &["alice", "delete", "main"],
            3,
            "deny, by branch[0] \"main\" delete: nobody may delete refs/heads/main",
        ),
        (
            &["alice", "move-tag", "v1"],
            0,
            "allow, by tag[0] \"v*\" move: alice is among those who may move refs/tags/v1",
        ),
        (
            &["bob", "push", "refs/tags/v1"],
            3,
            "deny, by tag[0] \"v*\" move: only alice may move refs/tags/v1",
        ),
        (
            &["bob", "endorse"],
            3,
            "deny, by roles of bob: bob may not count as an admin: the right \"endorse\" is missing",
        ),
        (
            &["bob", "report", "test"],
            3,
            "deny, by roles of bob: bob may not report check results: the right \"check\" is missing",
        ),
        (&["nobody", "merge"], 4, ""),
        (&["bob", "fly"], 2, ""),
        (&["bob", "write"], 2, ""),
    ] {
        assert_eq!(can(&alice, words, status), answer, "{words:?}");
    }
    let document = alice.touchmark(&["can", "bob", "push", "main", "--json"]);
    let printed: Value = serde_json::from_str(&document.stdout).unwrap();
    assert_eq!(printed["allowed"], false);
    assert_eq!(printed["rule"], "branch-protected");
}

#[test]
fn a_defect_is_told_with_file_line_and_key() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    let check = |change: &dyn Fn(&str) -> String, expected: &str| {
        edit(&alice, "policy.toml", change);
        for command in [
            ["check", "--policy=../policy.toml"],
            ["propose", "--file=../policy.toml"],
        ] {
            let told = alice
                .touchmark(&[&["policy"], command.as_slice()].concat())
                .fails(3);
            assert!(told.contains(expected), "{told}");
        }
    };
    check(
        &|text| text.replace("threshold = 1", "threshold = 0"),
        "policy.toml, line 4, threshold: 0 is not from 1 to 1, the number of admins (policy-form)",
    );
    check(
        &|text| text.replace("create = [\"alice\"]", "create = [\"alise\"]"),
        "branch[0].create: \"alise\" is no person or bot of the policy",
    );
    check(&|text| format!("{text}x = \n"), "TOML parse error at line");
    edit(&alice, "allowed_signers", |text| {
        text.lines()
            .skip(1)
            .map(|line| format!("{line}\n"))
            .collect()
    });
    let signers = ["policy", "check", "--signers=../allowed_signers"];
    let told = alice.touchmark(&signers).fails(3);
    assert!(told.contains("allowed_signers: the key SHA256:"), "{told}");
    assert_eq!(version(&alice), 1);
    // What is well formed and cannot be meant is warned of.
    edit(&alice, "policy.toml", |text| {
        text.replacen("protected = true", "protected = true\napprovals = 9", 1)
    });
    let warned = alice.json(&["policy", "check", "--policy=../policy.toml"]);
    let keys: Vec<&str> = warned["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["key"].as_str().unwrap())
        .collect();
    assert_eq!(keys, ["threshold", "bots", "branch[0].approvals"]);
    assert_eq!(warned["warnings"][2]["line"], 17);
}

#[test]
fn the_editor_s_text_is_kept_when_it_is_wrong() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    let run = |script: &str| {
        let program = crate::workspace::program("touchmark").to_str().unwrap();
        alice
            .command(program)
            .args(["policy", "edit", "--record"])
            .env("TOUCHMARK_EDITOR", script)
            .run()
    };
    let told = run("sed -i 's/approvals = 1/approvals = many/'").fails(3);
    assert!(
        told.contains("what you wrote is in") && told.contains("TOUCHMARK_POLICY.toml"),
        "{told}"
    );
    let kept = std::fs::read_to_string(alice.dir().join(".git/TOUCHMARK_POLICY.toml")).unwrap();
    assert!(kept.contains("approvals = many"), "{kept}");
    run("true").fails(3);
    assert_eq!(version(&alice), 1);
    run("sed -i 's/approvals = 1/approvals = 2/'").ok();
    assert_eq!(version(&alice), 2);
}

#[test]
fn a_key_that_somebody_may_have_is_revoked_and_people_come_and_go() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let dora = keys::write("dora", &world.path().join("dora"));
    let public = format!("{}.pub", dora.display());
    alice
        .touchmark(&["person", "add", "dora", "Dora", "dora@example.com", &public])
        .ok();
    can(&alice, &["dora", "review"], 0);
    alice
        .touchmark(&["team", "add", "core", "dora", "bob"])
        .ok();
    alice.touchmark(&["person", "retire", "dora"]).ok();
    can(&alice, &["dora", "review"], 3);
    assert_eq!(alice.touchmark(&["team", "list"]).ok(), "@core: bob\n");
    let receipt = alice.rev("refs/forge/policy");
    let bobs = bob.private_key().with_extension("pub");
    let revoke = [
        "key",
        "revoke",
        bobs.to_str().unwrap(),
        "--compromised-after",
        &receipt,
        "--record",
    ];
    alice.touchmark(&revoke).ok();
    all_agree(&world);
    let key = &alice.json(&["key", "list", "bob"])["keys"][0];
    assert_eq!(key["compromised_after"], receipt.as_str());
    assert_ne!(key["retired"], Value::Null);
    let pr = open(&alice, "topic", "A topic");
    bob.touchmark(&["sync"]).ok();
    bob.touchmark(&["pr", "comment", &pr, "--body=Mine"])
        .fails(3);
    // It stays so.
    let told = alice.json(&["policy", "log"]);
    assert_eq!(told["versions"].as_array().unwrap().len(), 5);
    edit(&alice, "policy.toml", |text| {
        text.split("\n[[compromised]]").next().unwrap().to_owned()
    });
    let propose = ["policy", "propose", "--policy=../policy.toml"];
    let told = alice.touchmark(&propose).fails(3);
    assert!(told.contains("was compromised and stays so"), "{told}");
}

#[test]
fn a_forge_starts_with_its_branch_protected_and_its_server_s_bots() {
    let world = World::new(HashKind::Sha1);
    let alice = world.person("alice");
    let sequencer = keys::write("sequencer", &world.path().join("keys"));
    let literal = std::fs::read_to_string(sequencer.with_extension("pub")).unwrap();
    let import = keys::write("import", &world.path().join("import")).with_extension("pub");
    let bots = [
        format!("--sequencer={}", literal.trim()),
        format!("--import-key={}", import.display()),
    ];
    let init = ["init", "--no-recovery", &bots[0], &bots[1]];
    alice.touchmark(&init).ok();
    can(&alice, &["sequencer", "sequence"], 0);
    can(&alice, &["import", "import"], 0);
    can(&alice, &["alice", "push", "main"], 3);
    can(&alice, &["alice", "push", "topic"], 0);
    // With both files the check needs no forge.
    for file in ["policy.toml", "allowed_signers"] {
        edit(&alice, file, |text| format!("{text}# the end\n"));
    }
    let files = ["--policy=policy.toml", "--signers=allowed_signers"];
    let checked = alice.json(&[["-C", "..", "policy", "check"].as_slice(), &files].concat());
    let keys: Vec<&Value> = checked["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["key"])
        .collect();
    assert_eq!(
        keys,
        ["threshold", "defaults.approvals", "branch[0].approvals"]
    );
}

/// Lets the server write down what it is pushed, in the order of arrival.
fn log_pushes(world: &World) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let pushes = world.path().join("pushes");
    let hooks = world.server().join("hooks");
    std::fs::create_dir_all(&hooks).unwrap();
    let hook = hooks.join("pre-receive");
    let script = format!("#!/bin/sh\ncat >> {}\n", pushes.display());
    std::fs::write(&hook, script).unwrap();
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
    pushes
}

#[test]
fn a_change_that_was_made_offline_arrives_whole() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    without_server(&world, || {
        alice.touchmark(&["team", "add", "core", "bob"]).fails(7);
    });
    assert_eq!(alice.refs("refs/outbox").lines().count(), 2);
    let pushes = log_pushes(&world);
    alice.touchmark(&["sync"]).ok();
    // A server that has the version would take its endorsements too late.
    let pushed = std::fs::read_to_string(pushes).unwrap();
    let refs: Vec<&str> = pushed
        .lines()
        .filter_map(|line| line.split(' ').nth(2))
        .collect();
    assert!(refs[0].starts_with("refs/forge/proposal/"), "{refs:?}");
    assert_eq!(refs[1..], ["refs/forge/policy"]);
    all_agree(&world);
    assert_eq!(version(&alice), 2);
}

/// The proposal is on the server, the endorsement and the version are not: neither is made again on the other.
#[test]
fn an_endorsement_and_the_version_that_embeds_it_arrive_together() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    let id = id(&propose(
        &alice,
        |text| text.replace("approvals = 1", "approvals = 2"),
        &[],
    ));
    without_server(&world, || {
        alice.touchmark(&["policy", "endorse", &id]).fails(7);
        alice.touchmark(&["policy", "record", &id]).fails(7);
    });
    let word = alice.rev(&format!("refs/outbox/proposal/{id}/log"));
    alice.touchmark(&["sync"]).ok();
    assert_eq!(alice.rev(&format!("refs/forge/proposal/{id}/log")), word);
    all_agree(&world);
    assert_eq!(version(&alice), 2);
}

#[test]
fn whoever_comes_second_is_told_to_start_again() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let phone = keys::write("phone", &world.path().join("phone"));
    let public = format!("{}.pub", phone.display());
    bob.touchmark(&["key", "add", &public, "--offline"]).ok();
    alice.touchmark(&["team", "add", "core", "bob"]).ok();
    let told = bob.touchmark(&["sync"]).fails(7);
    assert!(told.contains("the policy has changed meanwhile"), "{told}");
    bob.touchmark(&["sync", "--discard=policy"]).ok();
    bob.touchmark(&["key", "add", &public]).ok();
    all_agree(&world);
    assert_eq!(version(&alice), 3);
    assert_eq!(repository(&alice), repository(&bob));
}
