//! `touchmark doctor` finds what is broken, and each remedy that it prints mends it.

use serde_json::Value;
use touchmark_core::id::HashKind;

use super::forge;
use crate::env::{Person, Ready};
use crate::server::guarded;

/// The program in a person's clone; a transport that knows them stands by.
fn program(person: &Person<'_>) -> Ready {
    let program = crate::workspace::program("touchmark").to_str().unwrap();
    let login = format!("login {}", person.name);
    person.command(program).env("TOUCHMARK_PUSHER", login)
}

/// What the doctor says; the exit status belongs to it.
#[track_caller]
fn examined(command: Ready) -> (i32, Value) {
    let run = command.args(["doctor", "--json"]).run();
    let printed = serde_json::from_str(&run.stdout);
    (
        run.status,
        printed.unwrap_or_else(|error| panic!("{error}: {run:?}")),
    )
}

/// The findings of one check.
fn of(document: &Value, check: &str) -> Vec<Value> {
    let findings = document["findings"].as_array().unwrap().iter();
    findings
        .filter(|found| found["check"] == check)
        .cloned()
        .collect()
}

/// The level of a check, when all that it finds has the same.
#[track_caller]
fn level(person: &Person<'_>, check: &str) -> String {
    let (_, document) = examined(program(person));
    let found = of(&document, check);
    assert!(!found.is_empty(), "{check}");
    let levels: Vec<&str> = found
        .iter()
        .map(|found| found["level"].as_str().unwrap())
        .collect();
    assert!(levels.iter().all(|level| *level == levels[0]), "{found:?}");
    levels[0].to_owned()
}

/// A shell command in the clone, as somebody would paste it.
#[track_caller]
fn paste(person: &Person<'_>, line: &str) {
    let login = format!("login {}", person.name);
    let world = person.world.path().to_string_lossy();
    let line = line.split(" (").next().unwrap().replace("; then ", " && ");
    let line = line.replace("[WORLD]", &world);
    person
        .command("sh")
        .env("TOUCHMARK_PUSHER", login)
        .args(["-c", &line])
        .run()
        .ok();
}

/// The check finds something of this level, whose first remedy makes it go away; returns the remedy.
#[track_caller]
fn mended(person: &Person<'_>, check: &str, expected: &str) -> String {
    let (status, document) = examined(program(person));
    let found = of(&document, check);
    let bad = found.iter().find(|found| found["level"] == expected);
    let bad = bad.unwrap_or_else(|| panic!("{check}: {document:#}"));
    let exit = match expected {
        "warning" => 0,
        "problem" => 1,
        _ => 5,
    };
    assert_eq!(status, exit, "{document:#}");
    assert!(bad["why"].is_string() || check == "server", "{bad}");
    let remedy = bad["remedies"][0].as_str().unwrap().to_owned();
    paste(person, &remedy);
    let (_, document) = examined(program(person));
    for found in of(&document, check) {
        assert_eq!(found["level"], "ok", "after {remedy}: {found}");
    }
    remedy
}

#[test]
fn a_clone_that_is_well_needs_nothing() {
    let world = guarded(HashKind::Sha1);
    let bob = world.person("bob");
    assert_eq!(
        mended(&bob, "pre-push", "warning"),
        "touchmark pre-push --install"
    );
    let told = program(&bob).args(["doctor", "-q"]).run().ok();
    assert_eq!(told, "nothing is wrong\n");
    let told = program(&bob).args(["doctor"]).run().ok();
    for check in [
        "git", "locks", "remote", "server", "receipts", "key", "signers",
    ] {
        let line = told
            .lines()
            .find(|line| line.contains(&format!(" {check} ")));
        assert!(
            line.is_some_and(|line| line.starts_with("ok ")),
            "{check}: {told}"
        );
    }
    let offline = program(&bob).args(["doctor", "--offline"]).run().ok();
    assert!(offline.contains("skipped  server"), "{offline}");
}

#[test]
fn what_git_would_do_to_the_record_is_found_and_mended() {
    let world = guarded(HashKind::Sha1);
    let bob = world.person("bob");
    let forced = "+refs/forge/*:refs/forge/*";
    bob.git(&["config", "--add", "remote.origin.fetch", forced])
        .ok();
    let remedy = mended(&bob, "fetching", "problem");
    assert!(remedy.contains(forced), "{remedy}");
    bob.git(&["config", "remote.origin.prune", "true"]).ok();
    mended(&bob, "fetching", "problem");
    bob.git(&["config", "--unset-all", "remote.origin.fetch", "refs/forge"])
        .ok();
    assert_eq!(mended(&bob, "fetching", "warning"), "touchmark join");
    // What git shows instead of what was signed.
    let head = bob.rev("HEAD");
    let other = bob.rev("refs/forge/policy");
    bob.git(&["replace", "-f", &head, &other]).ok();
    mended(&bob, "objects", "warning");
    std::fs::create_dir_all(bob.dir().join(".git/info")).unwrap();
    bob.write(".git/info/grafts", &format!("{head}\n"));
    mended(&bob, "objects", "warning");
}

#[test]
fn a_shallow_clone_is_found_and_mended() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    alice.write("more.txt", "more\n");
    alice.commit("Add more");
    alice.git(&["push", "-q", "origin", "main"]).ok();
    let bob = world.person("bob");
    std::fs::remove_dir_all(bob.dir()).unwrap();
    let url = format!("file://{}", world.server().display());
    let to = bob.dir();
    let args = ["clone", "-q", "--depth=1", &url, to.to_str().unwrap()];
    world
        .command("git", &bob.home(), world.path())
        .args(args)
        .run()
        .ok();
    mended(&bob, "objects", "problem");
}

#[test]
fn what_was_left_behind_is_found_and_removed() {
    let world = guarded(HashKind::Sha1);
    let bob = world.person("bob");
    // One of a moment ago may well belong to a process that runs.
    let fresh = ".git/refs/forge/policy.lock";
    bob.write(fresh, "");
    let touch = |path: &str, seconds: i64| {
        let date = format!("@{seconds}");
        bob.command("touch").args(["-d", &date, path]).run().ok();
    };
    touch(fresh, world.seconds());
    assert_eq!(level(&bob, "locks"), "ok");
    touch(fresh, world.seconds() - 3600);
    let remedy = mended(&bob, "locks", "problem");
    assert!(remedy.ends_with("refs/forge/policy.lock"), "{remedy}");
    bob.write(".git/index.lock", "");
    touch(".git/index.lock", world.seconds() - 3600);
    mended(&bob, "locks", "problem");
    bob.write(".git/touchmark/cache/x.1-0.tmp", "half");
    touch(".git/touchmark/cache/x.1-0.tmp", world.seconds() - 3600);
    mended(&bob, "cache", "warning");
}

#[test]
fn an_old_git_is_found() {
    let world = forge(HashKind::Sha1);
    let bob = world.person("bob");
    let real = bob.command("sh").args(["-c", "command -v git"]).run().ok();
    let script = format!(
        "#!/bin/sh\nfor word; do [ \"$word\" = version ] && echo git version 2.20.1 && exit; done\nexec {} \"$@\"\n",
        real.trim()
    );
    bob.write("old/git", &script);
    bob.command("chmod").args(["+x", "old/git"]).run().ok();
    let path = format!(
        "{}:{}",
        bob.dir().join("old").display(),
        std::env::var("PATH").unwrap()
    );
    let (status, document) = examined(program(&bob).env("PATH", path));
    assert_eq!(status, 1);
    let found = &of(&document, "git")[0];
    assert_eq!(found["level"], "problem");
    assert_eq!(found["remedies"][0], "install git 2.34 or later");
    assert_eq!(level(&bob, "git"), "ok");
}

#[test]
fn the_way_to_the_server_is_looked_at() {
    let world = guarded(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let url = bob
        .git(&["remote", "get-url", "origin"])
        .ok()
        .replace("[WORLD]", world.path().to_str().unwrap());
    let wrong = ["remote", "set-url", "origin", "../nowhere.git"];
    bob.git(&wrong).ok();
    let (status, document) = examined(program(&bob));
    assert_eq!(status, 1);
    let found = &of(&document, "server")[0];
    assert_eq!(found["level"], "problem");
    let remedy = found["remedies"][1].as_str().unwrap();
    paste(&bob, &remedy.replace("URL", url.trim()));
    assert_eq!(level(&bob, "server"), "ok");
    // What others have published meanwhile.
    alice.git(&["switch", "-q", "-c", "topic"]).ok();
    alice.write("topic.txt", "x");
    alice.commit("A topic");
    crate::server::push(&alice, &["-q", "origin", "topic"]).ok();
    assert_eq!(mended(&bob, "server", "warning"), "touchmark sync");
    bob.git(&["remote", "remove", "origin"]).ok();
    let (_, document) = examined(program(&bob));
    let remedy = of(&document, "remote")[0]["remedies"][0]
        .as_str()
        .unwrap()
        .to_owned();
    paste(&bob, &remedy.replace("URL", url.trim()));
    assert_eq!(level(&bob, "remote"), "ok");
    assert_eq!(level(&bob, "fetching"), "warning");
}

#[test]
fn a_clone_that_has_not_joined_is_told_to() {
    let world = guarded(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let root = crate::e2e::repository(&alice);
    std::fs::remove_dir_all(bob.dir().join(".git/touchmark/trust")).unwrap();
    let (status, document) = examined(program(&bob));
    assert_eq!(status, 1);
    let found = &of(&document, "policy")[0];
    assert_eq!(found["level"], "problem");
    let remedy = found["remedies"][0].as_str().unwrap();
    assert_eq!(remedy, "touchmark join");
    paste(&bob, &format!("{remedy} --root {root}"));
    assert_eq!(level(&bob, "policy"), "ok");
    bob.git(&["update-ref", "-d", "refs/forge/policy"]).ok();
    let (_, document) = examined(program(&bob));
    let remedy = of(&document, "policy")[0]["remedies"][0]
        .as_str()
        .unwrap()
        .to_owned();
    paste(&bob, &remedy);
    assert_eq!(level(&bob, "policy"), "ok");
}

#[test]
fn receipts_that_are_gone_or_rewound_are_an_alarm() {
    let world = guarded(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    bob.git(&["update-ref", "-d", "refs/forge/receipts"]).ok();
    mended(&bob, "receipts", "alarm");
    let seen = bob.rev("refs/forge/receipts");
    bob.git(&["update-ref", "refs/forge/receipts", "refs/forge/receipts~1"])
        .ok();
    let remedy = mended(&bob, "receipts", "alarm");
    assert!(remedy.contains(&seen), "{remedy}");
    // A server that took a receipt back is no finding that a command here could mend.
    let before = world.on_server(&["rev-parse", "refs/forge/receipts~1"]);
    std::fs::write(world.server().join("refs/forge/receipts"), &before).unwrap();
    let (status, document) = examined(program(&bob));
    assert_eq!(status, 5);
    assert_eq!(of(&document, "server")[0]["level"], "alarm");
    std::fs::write(
        world.server().join("refs/forge/receipts"),
        format!("{seen}\n"),
    )
    .unwrap();
    assert_eq!(level(&bob, "server"), "ok");
    // Stock git brings newer ones, and does not look who signed them.
    alice.git(&["switch", "-q", "-c", "topic"]).ok();
    alice.write("topic.txt", "x");
    alice.commit("A topic");
    crate::server::push(&alice, &["-q", "origin", "topic"]).ok();
    bob.git(&["fetch", "-q"]).ok();
    let (_, document) = examined(program(&bob));
    let found = &of(&document, "receipts")[0];
    assert_eq!(
        (&found["level"], &found["remedies"][0]),
        (&"warning".into(), &"touchmark sync".into())
    );
    paste(&bob, "touchmark sync");
    assert_eq!(level(&bob, "receipts"), "ok");
}

#[test]
fn a_clock_that_is_behind_is_found() {
    let world = guarded(HashKind::Sha1);
    let bob = world.person("bob");
    assert_eq!(level(&bob, "clock"), "ok");
    let behind = (world.seconds() - 7200).to_string();
    let (status, document) = examined(program(&bob).env("TOUCHMARK_NOW", behind));
    assert_eq!(status, 0);
    let found = &of(&document, "clock")[0];
    assert_eq!(found["level"], "warning");
    assert!(
        found["text"].as_str().unwrap().contains("minutes behind"),
        "{found}"
    );
}

#[test]
fn keys_that_cannot_sign_are_found_and_replaced() {
    let world = forge(HashKind::Sha1);
    let bob = world.person("bob");
    assert_eq!(level(&bob, "key"), "ok");
    // A key that nobody knows, while the right one lies in ~/.ssh.
    let stranger = world.person("stranger").private_key();
    bob.git(&["config", "touchmark.key", stranger.to_str().unwrap()])
        .ok();
    let remedy = mended(&bob, "key", "problem");
    assert!(remedy.starts_with("touchmark config set key "), "{remedy}");
    assert!(remedy.ends_with(".ssh/id_ed25519.pub"), "{remedy}");
    // A file that is not there.
    bob.touchmark(&["config", "set", "key", "/gone"]).ok();
    let (status, document) = examined(program(&bob));
    assert_eq!(status, 1);
    let found = &of(&document, "key")[0];
    assert!(found["text"].as_str().unwrap().contains("gone"), "{found}");
    paste(&bob, "touchmark config set key ~/.ssh/id_ed25519");
    assert_eq!(level(&bob, "key"), "ok");
}

#[test]
fn a_retired_key_is_found() {
    let world = forge(HashKind::Sha1);
    let bob = world.person("bob");
    // Another device's key; the old one stays in ~/.ssh, and git is told to use it.
    let device = world.person("device").private_key();
    let public = device.with_extension("pub");
    bob.touchmark(&["key", "add", public.to_str().unwrap()])
        .ok();
    let ssh = bob.home().join(".ssh");
    std::fs::copy(&device, ssh.join("laptop")).unwrap();
    std::fs::copy(&public, ssh.join("laptop.pub")).unwrap();
    let old = bob.private_key();
    let old = old.to_str().unwrap();
    let retire = ["key", "retire", &format!("{old}.pub")];
    bob.touchmark(&[&["--key=../home/bob/.ssh/laptop"], retire.as_slice()].concat())
        .ok();
    bob.git(&["config", "touchmark.key", old]).ok();
    let remedy = mended(&bob, "key", "problem");
    assert!(remedy.ends_with("/.ssh/laptop.pub"), "{remedy}");
}

#[test]
fn addresses_signers_and_signed_commits_are_looked_at() {
    let world = forge(HashKind::Sha1);
    let bob = world.person("bob");
    bob.git(&["config", "user.email", "other@example.org"]).ok();
    let remedy = mended(&bob, "email", "warning");
    assert_eq!(remedy, "git config user.email bob@example.com");
    bob.git(&["config", "--unset", "gpg.ssh.allowedSignersFile"])
        .ok();
    mended(&bob, "signers", "warning");
    bob.git(&["config", "gpg.ssh.allowedSignersFile", "../else"])
        .ok();
    mended(&bob, "signers", "warning");
    bob.write(".git/touchmark/allowed_signers", "");
    assert_eq!(
        mended(&bob, "signers", "warning"),
        "touchmark sync --offline"
    );
    assert_eq!(level(&bob, "commits"), "ok");
}

#[test]
fn a_hook_that_asks_nobody_is_found_and_mended() {
    let world = forge(HashKind::Sha1);
    let bob = world.person("bob");
    mended(&bob, "pre-push", "warning");
    let hook = ".git/hooks/pre-push";
    bob.command("chmod").args(["-x", hook]).run().ok();
    mended(&bob, "pre-push", "warning");
    bob.write(hook, "#!/bin/sh\ntrue\n");
    mended(&bob, "pre-push", "warning");
    bob.git(&["config", "core.hooksPath", "own-hooks"]).ok();
    assert_eq!(level(&bob, "pre-push"), "warning");
}

#[test]
fn what_is_not_published_is_found_and_published() {
    let world = forge(HashKind::Sha1);
    let bob = world.person("bob");
    bob.git(&["switch", "-q", "-c", "topic"]).ok();
    bob.write("x", "x");
    bob.commit("A topic");
    bob.touchmark(&[
        "pr",
        "open",
        "--offline",
        "--target=main",
        "--title=A topic",
    ])
    .ok();
    let (_, document) = examined(program(&bob));
    let text = of(&document, "outbox")[0]["text"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        text.starts_with("1 event not published: refs/forge/pr/"),
        "{text}"
    );
    assert_eq!(mended(&bob, "outbox", "warning"), "touchmark sync");
}

#[test]
fn a_passphrase_without_an_agent_is_told() {
    let world = forge(HashKind::Sha1);
    let bob = world.person("bob");
    let key = bob.private_key();
    let key = key.to_str().unwrap();
    bob.command("ssh-keygen")
        .args(["-q", "-p", "-f", key, "-N", "secret words"])
        .run()
        .ok();
    bob.git(&["config", "touchmark.key", key]).ok();
    let (_, document) = examined(program(&bob));
    let found = of(&document, "key");
    let told = found
        .iter()
        .find(|found| found["level"] == "warning")
        .unwrap();
    assert!(
        told["remedies"][0]
            .as_str()
            .unwrap()
            .starts_with("ssh-add "),
        "{told}"
    );
}
