//! Remedies for events that do not belong where they are put: the log, the policy, the signer, the clock.

use touchmark_core::event::{Payload, Rule, payload};
use touchmark_core::id::{Digest, HashKind};

use super::{id, opened, pushed, tip, told};
use crate::attacks::stage::{MAIN, Raw, Stage, to_log};
use crate::env::{Person, Run};
use crate::keys;

/// Somebody says something with touchmark.
fn comment(person: &Person<'_>, pr: &str) -> Run {
    person.touchmark(&["pr", "comment", pr, "--body=Hello."])
}

#[test]
fn what_is_in_the_wrong_log_is_said_in_its_own() {
    let stage = Stage::new();
    let pr = opened(&stage, "topic");
    let (alice, dave) = (stage.person("alice"), stage.person("dave"));
    let issue = dave.json(&["issue", "open", "--title=It breaks", "--body=x"]);
    let issue = issue["event"].as_str().unwrap().to_owned();
    let other = opened(&stage, "other");
    // The first event of one log in another.
    let refspec = format!("{pr}:refs/forge/issue/{pr}/log");
    told(pushed(&dave, &[&refspec]), Rule::LogRoot)
        .step(&dave, "touchmark log", &[("OBJECT", &pr)])
        .prints("topic")
        .step(&dave, "git fsck", &[])
        .mends(comment(&dave, &pr));
    // An event of a kind that no issue has.
    let ready = stage.raw("dave", Some(id(&issue)), Payload::Ready(payload::Ready {}));
    let refspec = format!("{}:refs/forge/issue/{issue}/log", ready.write(&dave));
    told(pushed(&dave, &[&refspec]), Rule::LogKind)
        .step(&dave, "touchmark log", &[("OBJECT", &issue)])
        .prints("It breaks")
        .step(&dave, "git fsck", &[])
        .mends(dave.touchmark(&["issue", "comment", &issue, "--body=Hello."]));
    // A join of what is no part of this log.
    let mut join = stage.raw(
        "dave",
        Some(tip(&stage, &pr)),
        Payload::Join(payload::Join {}),
    );
    join.unsigned.parents.push(id(&other));
    let refspec = to_log(join.write(&dave), id(&pr));
    told(pushed(&dave, &[&refspec]), Rule::LogParents)
        .step(&dave, "touchmark log", &[("OBJECT", &pr)])
        .prints("topic")
        .step(&dave, "git fsck", &[])
        .mends(comment(&dave, &pr));
    // One of another project.
    let asked = Payload::Issue(payload::Issue {
        labels: Vec::new(),
        assignees: Vec::new(),
    });
    let mut foreign = stage.raw("alice", None, asked);
    foreign.unsigned.repo = Some(Digest::of(b"another project"));
    foreign.unsigned.subject = Some("Elsewhere".to_owned());
    let foreign = foreign.write(&alice);
    let refspec = format!("{foreign}:refs/forge/issue/{foreign}/log");
    told(pushed(&alice, &[&refspec]), Rule::LogRepo)
        .step(&alice, "git remote", &[])
        .prints("server.git")
        .mends(alice.touchmark(&["issue", "open", "--title=Here", "--body=x"]));
}

#[test]
fn the_newest_policy_is_fetched() {
    let stage = Stage::new();
    let pr = opened(&stage, "topic");
    let dave = stage.person("dave");
    let old = stage.policy();
    let mut unknown = stage.comment("dave", id(&pr), "Hello.");
    let draft = stage.endorsed(&dave, &stage.draft(MAIN), &["alice"]);
    unknown.unsigned.policy = Some(draft);
    let refspec = to_log(unknown.write(&dave), id(&pr));
    told(pushed(&dave, &[&refspec]), Rule::PolicyUnknown)
        .run(&dave, &[])
        .mends(comment(&dave, &pr));
    // A version later, and somebody has spoken under it.
    stage.record(&dave, &stage.draft(MAIN), &["alice"]);
    stage.person("bob").touchmark(&["sync"]).ok();
    comment(&stage.person("bob"), &pr).ok();
    dave.touchmark(&["sync"]).ok();
    let mut older = stage.comment("dave", tip(&stage, &pr), "Hello.");
    older.unsigned.policy = Some(old);
    let refspec = to_log(older.write(&dave), id(&pr));
    told(pushed(&dave, &[&refspec]), Rule::PolicyOlder)
        .run(&dave, &[])
        .mends(comment(&dave, &pr));
}

#[test]
fn clocks_are_set() {
    let stage = Stage::new();
    let pr = opened(&stage, "topic");
    let dave = stage.person("dave");
    let mut early = stage.comment("dave", id(&pr), "Hello.");
    early.unsigned.author.seconds -= 100_000;
    let refspec = to_log(early.write(&dave), id(&pr));
    told(pushed(&dave, &[&refspec]), Rule::TimeOrder)
        .says("set this machine's clock")
        .mends(comment(&dave, &pr));
    let mut ahead = stage.comment("dave", tip(&stage, &pr), "Hello.");
    ahead.unsigned.author.seconds += 3_600;
    let refspec = to_log(ahead.write(&dave), id(&pr));
    told(pushed(&dave, &[&refspec]), Rule::TimeFuture)
        .says("set the clock that is wrong")
        .mends(comment(&dave, &pr));
}

#[test]
fn the_signer_is_known_and_has_the_right() {
    let stage = Stage::new();
    let pr = opened(&stage, "topic");
    let (alice, dave) = (stage.person("alice"), stage.person("dave"));
    let mallory = stage.person("mallory");
    mallory.clone_server();
    let root = stage.repository();
    mallory.touchmark(&["join", "--root", &root]).ok();
    let stranger = stage.comment("mallory", id(&pr), "Hello.");
    let refspec = to_log(stranger.write(&dave), id(&pr));
    let remedy = told(pushed(&dave, &[&refspec]), Rule::SignerUnknown)
        .step(&mallory, "touchmark join", &[])
        .prints("ssh-ed25519 ");
    let key = mallory.private_key().with_extension("pub");
    let who = [
        "mallory",
        "Mallory",
        "mallory@example.com",
        key.to_str().unwrap(),
    ];
    alice
        .touchmark(&[&["person", "add"][..], &who].concat())
        .ok();
    mallory.touchmark(&["sync"]).ok();
    remedy.mends(comment(&mallory, &pr));
    another_key(&stage, &pr);
    another_address(&stage, &pr);
    dave.touchmark(&["sync"]).ok();
    let label = ["pr", "label", &pr, "+urgent"];
    alice.touchmark(&["sync"]).ok();
    let remedy = told(dave.touchmark(&label), Rule::RightMissing)
        .run(&alice, &[("PERSON", "dave"), ("ROLES", "maintainer")]);
    dave.touchmark(&["sync"]).ok();
    remedy.mends(dave.touchmark(&label));
}

/// Bob has another key than before.
fn another_key(stage: &Stage, pr: &str) {
    let (bob, dave) = (stage.person("bob"), stage.person("dave"));
    let new = keys::write("bob-2", &bob.home().join("new"));
    let new = new.to_str().unwrap();
    let add = || bob.touchmark(&["key", "add", &format!("{new}.pub")]);
    // The policy has got a version that Bob does not know yet.
    told(add(), Rule::PolicyVersion).run(&bob, &[]).mends(add());
    let old = bob.private_key().with_extension("pub");
    bob.touchmark(&["--key", new, "key", "retire", old.to_str().unwrap()])
        .ok();
    dave.touchmark(&["sync"]).ok();
    let retired = stage.comment("bob", tip(stage, pr), "Hello.");
    let refspec = to_log(retired.write(&dave), id(pr));
    told(pushed(&dave, &[&refspec]), Rule::SignerRetired)
        .says("--key PATH")
        .mends(bob.touchmark(&["--key", new, "pr", "comment", pr, "--body=Hello."]));
}

/// Stock git writes the address that it is configured with.
fn another_address(stage: &Stage, pr: &str) {
    let dave = stage.person("dave");
    dave.touchmark(&["sync"]).ok();
    dave.git(&["config", "user.email", "dave@elsewhere.example"])
        .ok();
    let by_git = |raw: &Raw| {
        let payload = raw.payload();
        dave.write(".git/message", payload.split_once("\n\n").unwrap().1);
        let parent = raw.unsigned.parents[0].to_string();
        let tree = HashKind::Sha1.empty_tree().to_string();
        let event = dave.git(&[
            "commit-tree",
            "-S",
            &tree,
            "-p",
            &parent,
            "-F",
            ".git/message",
        ]);
        pushed(&dave, &[&to_log(id(&event.ok()), id(pr))])
    };
    let raw = stage.comment("dave", tip(stage, pr), "Hello.");
    told(by_git(&raw), Rule::SignerEmail)
        .run(&dave, &[("ADDRESS", "dave@example.com")])
        .mends(by_git(&raw));
}
