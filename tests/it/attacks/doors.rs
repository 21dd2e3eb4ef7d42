//! Attacks through other doors than a push, and on the hooks themselves.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use touchmark_core::id::ObjectId;

use super::landing::{Code, NONE, ONE, args};
use super::stage::{Stage, hash_object, to_log};
use crate::env::{Person, Run};

/// A push that the server's hooks are to fail in.
fn failing(person: &Person<'_>, fault: &str, refspecs: &[&str]) -> Run {
    let push = ["push", "-q", "--signed", "origin"];
    let command = person.command("git").env("TOUCHMARK_FAULT", fault);
    command.args([&push[..], refspecs].concat()).run()
}

/// E4: refs change without a push: by `update-ref`, by a fetch as a mirror job does it; and with the hooks switched off,
/// after which nothing that rests on such a ref is accepted until it is again what the last receipt says.
/// Refused: server-door
#[test]
fn e4_a_write_that_is_no_push() {
    let stage = Stage::with_policy(NONE);
    let alice = stage.person("alice");
    let pr = stage.open(&alice, "topic");
    let raw = stage.comment("bob", pr, "Not pushed.");
    let first = raw.write(&alice);
    hash_object(&stage.world.server(), "commit", &raw.bytes());
    let second = stage.comment("bob", first, "Pushed.").write(&alice);
    let log = format!("refs/forge/pr/{pr}/log");
    let first_hex = first.to_string();
    alice
        .git(&["update-ref", "refs/scratch/log", &first_hex])
        .ok();
    alice
        .git(&["update-ref", "refs/scratch/main", "topic"])
        .ok();
    let clone = alice.dir();
    let clone = clone.to_str().unwrap();
    let fetched = format!("+refs/scratch/log:{log}");
    let home = stage.person("nobody").home();
    let before = stage.refs();
    for door in [
        &["update-ref", &log, &first_hex][..],
        &["update-ref", "-d", &log],
        &["fetch", "-q", clone, &fetched],
        &["fetch", "-q", clone, "+refs/scratch/main:refs/heads/main"],
        &["branch", "-f", "other", "main"],
    ] {
        let command = stage.world.command("git", &home, &stage.world.server());
        let told = command.args(door).run().refused();
        assert!(told.contains("(server-door)"), "{door:?}: {told}");
        assert_eq!(stage.refs(), before);
    }
    stage.by_hand(&log, Some(first));
    stage.refuses_late(&alice, "server-door", &[&to_log(second, pr)]);
    stage.by_hand(&log, Some(pr));
    land_on_what_was_moved(&stage, pr);
    stage.accepts(&alice, &[&to_log(second, pr)]);
}

/// A pull request does not land on a branch that somebody has moved.
fn land_on_what_was_moved(stage: &Stage, pr: ObjectId) {
    let alice = stage.person("alice");
    alice.git(&["switch", "-q", "-c", "fix", "main"]).ok();
    alice.write("fix.txt", "fixed\n");
    let fix = ObjectId::from_hex(&alice.commit("Fix")).unwrap();
    stage.accepts(&alice, &["fix:refs/heads/fix"]);
    let main = stage.on_server_id("refs/heads/main");
    stage.by_hand("refs/heads/main", Some(fix));
    let code = Code::of(stage, &alice, "topic");
    let merged = ["merge-tree", "--write-tree", "fix", "topic"];
    let code = Code {
        tree: ObjectId::from_hex(alice.git(&merged).ok().trim()).unwrap(),
        ..code
    };
    let refspecs = code.merge(stage, "carol", pr, &alice).refspecs(pr);
    stage.refuses_late(&alice, "server-door", &args(&refspecs));
    stage.by_hand("refs/heads/main", Some(main));
}

/// E5: the hooks crash, are killed (as for want of memory), or take too long, before and after the push is judged.
/// Refused: server-error
#[test]
fn e5_hooks_that_fail() {
    let stage = Stage::with_policy(ONE);
    let alice = stage.person("alice");
    alice.git(&["switch", "-q", "-c", "work"]).ok();
    alice.write("work.txt", "work\n");
    alice.commit("Work");
    let refspec = ["work:refs/heads/work"];
    let before = stage.everything();
    for fault in ["judged:panic", "judged:kill"] {
        let told = failing(&alice, fault, &refspec);
        assert_ne!(told.status, 0, "{fault}");
        let words = told.stderr.contains("(server-error)");
        assert_eq!(words, fault.ends_with("panic"), "{told:?}");
        stage.expect_unchanged(&before);
    }
    stage
        .world
        .on_server(&["config", "touchmark.hookTimeout", "1"]);
    let never = stage.world.path().join("never");
    let told = failing(
        &alice,
        &format!("judged:pause={}", never.display()),
        &refspec,
    );
    let told = told.refused();
    assert!(
        told.contains("(server-error)") && told.contains("longer than"),
        "{told}"
    );
    stage.expect_unchanged(&before);
    stage
        .world
        .on_server(&["config", "--unset", "touchmark.hookTimeout"]);
    // From here on git has let the objects in, and no ref knows them.
    let before = stage.refs();
    for fault in ["taken:kill", "entered:panic", "intended:kill"] {
        let told = failing(&alice, fault, &refspec);
        assert_ne!(told.status, 0, "{fault}");
        assert_eq!(stage.refs(), before, "{fault}");
    }
    stage.accepts(&alice, &refspec);
}

/// E7: push options as input of an enemy: control characters, too long, too many, shell words, paths in place of ids.
/// Refused: push-form
#[test]
fn e7_push_options_of_an_enemy() {
    let stage = Stage::with_policy(ONE);
    let alice = stage.person("alice");
    alice.git(&["switch", "-q", "-c", "work"]).ok();
    alice.write("work.txt", "work\n");
    alice.commit("Work");
    let branch = "work:refs/heads/work";
    let long = format!("-o{}", "x".repeat(1025));
    for option in ["-o\u{1b}[31mred", "-opr=\u{9b}2J", long.as_str()] {
        stage.refuses_push(&alice, "push-form", &["--signed", option, branch]);
    }
    let many: Vec<&str> = [&["--signed"][..], &["-ox"; 33], &[branch]].concat();
    stage.refuses_push(&alice, "push-form", &many);
    let owned = stage.world.path().join("owned");
    let shell = format!("-opr=$(touch {})", owned.display());
    for option in [shell.as_str(), "-opr=../../policy", "-opr=policy"] {
        let told = stage.refuses_push(
            &alice,
            "push-form",
            &["--signed", option, "work:refs/for/main"],
        );
        assert!(!told.contains('\u{1b}'), "{told}");
    }
    let harmless = shell.replace("-opr=", "-o");
    let taken = alice.git(&["push", "-q", "--signed", &harmless, "origin", branch]);
    taken.ok();
    assert!(!owned.exists());
}

/// E9: the server dies between its two hooks, and its decision stays; another push comes without being judged; two
/// pushes have the same parent process.
/// Refused: push-unjudged
#[test]
fn e9_decisions_that_are_not_of_this_push() {
    let stage = Stage::with_policy(ONE);
    let alice = stage.person("alice");
    let refspec = ["main:refs/heads/work"];
    let before = stage.refs();
    assert_ne!(failing(&alice, "left:kill", &refspec).status, 0);
    let pushes = stage.world.server().join("touchmark/pushes");
    let left = std::fs::read_dir(&pushes).unwrap().count();
    assert_eq!(left, 1, "the decision stays");
    assert_eq!(stage.refs(), before);
    let hook = stage.world.server().join("hooks/pre-receive");
    let real = hook.with_extension("real");
    std::fs::rename(&hook, &real).unwrap();
    stage.refuses_late(&alice, "push-unjudged", &refspec);
    // A process that judges two pushes before it applies any.
    twice(&hook, &real);
    stage.refuses(&alice, "push-unjudged", &refspec);
    std::fs::rename(&real, &hook).unwrap();
    stage.accepts(&alice, &refspec);
}

/// Puts a hook in place that runs the real one twice.
fn twice(hook: &Path, real: &Path) {
    let run = format!("printf '%s\\n' \"$commands\" | '{}'", real.display());
    let script = format!("#!/bin/sh\ncommands=$(cat)\n{run} && {run}\n");
    std::fs::write(hook, script).unwrap();
    std::fs::set_permissions(hook, std::fs::Permissions::from_mode(0o755)).unwrap();
}
