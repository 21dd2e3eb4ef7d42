//! Remedies for failures of the client that are no rule's matter: where one is, with which key, what one names.

use super::{branch, failed, opened, tip};
use crate::attacks::landing::NONE;
use crate::attacks::stage::Stage;
use crate::env::World;

#[test]
fn a_newcomer_is_led_from_nothing_to_a_forge() {
    let world = World::empty(touchmark_core::id::HashKind::Sha1);
    world.serve();
    let zoe = world.person("zoe");
    std::fs::create_dir(zoe.dir()).unwrap();
    let key = zoe.private_key();
    let public = key.with_extension("pub");
    let away = |path: &std::path::Path| path.with_extension("away");
    for path in [&key, &public] {
        std::fs::rename(path, away(path)).unwrap();
    }
    let config = zoe.home().join(".gitconfig");
    let text = std::fs::read_to_string(&config).unwrap();
    let lines = text.lines().filter(|line| !line.contains("signingKey"));
    let text: Vec<&str> = lines.collect();
    std::fs::write(&config, text.join("\n") + "\n").unwrap();

    let list = || zoe.touchmark(&["pr", "list"]);
    failed(list()).run(&zoe, &[]).settles(list());
    let init = |more: &[&str]| zoe.touchmark(&[&["init"], more].concat());
    let remedy = failed(list()).leaves("touchmark join");
    // One thing after another is missing, and each is said.
    let key = key.to_str().unwrap();
    failed(init(&["--no-recovery"]))
        .leaves("touchmark --key")
        .answered(&zoe, "touchmark init --new-key", &[], &["--no-recovery"])
        .mends(zoe.touchmark(&["policy", "show"]));
    remedy
        .says("touchmark init")
        .leaves("touchmark init")
        .mends(list());
    assert!(std::path::Path::new(key).exists());
}

#[test]
fn a_clone_joins_and_works_without_the_server() {
    let stage = Stage::with_policy(NONE);
    let pr = opened(&stage, "topic");
    let mallory = stage.person("mallory");
    mallory.clone_server();
    let join = || mallory.touchmark(&["join"]);
    let root = stage.repository();
    failed(join())
        .run(&mallory, &[("ID", &root)])
        .settles(join());
    let alice = stage.person("alice");
    let away = stage.world.path().join("away.git");
    std::fs::rename(stage.world.server(), &away).unwrap();
    failed(alice.touchmark(&["sync"]))
        .run(&alice, &[])
        .prints("server.git")
        .mends(alice.touchmark(&["--offline", "pr", "comment", &pr, "--body=Here."]));
    std::fs::rename(&away, stage.world.server()).unwrap();
    let nowhere = || alice.touchmark(&["pr", "show", "0000aaaa"]);
    failed(nowhere())
        .step(&alice, "touchmark sync", &[])
        .step(&alice, "touchmark log", &[])
        .prints(&pr[..12])
        .mends(alice.touchmark(&["pr", "show", &pr]));
    // With somebody else's key.
    let other = mallory.private_key();
    let other = other.to_str().unwrap();
    let comment = |key: &str| alice.touchmark(&["--key", key, "pr", "comment", &pr, "--body=x"]);
    let own = alice.private_key();
    failed(comment(other))
        .step(&mallory, "touchmark join", &[])
        .prints("ssh-ed25519 ")
        .leaves("touchmark --key")
        .mends(comment(own.to_str().unwrap()));
    std::fs::set_permissions(&own, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let remedy = failed(comment(own.to_str().unwrap())).says("chmod 600");
    std::fs::set_permissions(&own, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    remedy.mends(comment(own.to_str().unwrap()));
}

#[test]
fn what_a_command_lacks_is_given() {
    let stage = Stage::with_policy(NONE);
    let pr = opened(&stage, "topic");
    let (alice, bob) = (stage.person("alice"), stage.person("bob"));
    let open = |more: &[&str]| bob.touchmark(&[&["pr", "open", "--target=main"], more].concat());
    bob.git(&["switch", "-q", "-c", "empty", "origin/main"])
        .ok();
    let remedy =
        failed(open(&["--title=Nothing"])).says("commit your change on a branch of its own");
    branch(&bob, "work", "work.txt", "work\n");
    remedy.mends(open(&["--title=Work"]));
    let submit = || bob.touchmark(&["review", "submit", "--comment"]);
    failed(submit()).run(&bob, &[("ID", &pr)]).settles(submit());
    let remedy = failed(submit()).says("touchmark review comment PATH:LINE");
    remedy
        .answered(
            &bob,
            "touchmark review comment",
            &[("PATH", "src/lock.rs"), ("LINE", "5")],
            &["--body=Why?"],
        )
        .mends(submit());
    failed(bob.touchmark(&["policy", "show", "--version", "77"]))
        .run(&bob, &[])
        .prints("1")
        .mends(bob.touchmark(&["policy", "show", "--version", "1"]));
    let join = |team: &str| alice.touchmark(&["team", "remove", team, "bob"]);
    failed(join("nobody"))
        .run(&alice, &[])
        .mends(alice.touchmark(&["team", "add", "core", "bob"]));
    bob.touchmark(&["sync"]).ok();
    let comment = || bob.touchmark(&["pr", "comment", &pr, "--body="]);
    failed(comment())
        .says("--body")
        .mends(bob.touchmark(&["pr", "comment", &pr, "--body=x"]));
    // A server whose hook is gone.
    let server = stage.world.server();
    let path = server.to_str().unwrap();
    std::fs::remove_file(server.join("hooks/pre-receive")).unwrap();
    let check = || bob.touchmark(&["server", "check", path]);
    let hooks = check();
    failed(hooks).run(&bob, &[("PATH", path)]).mends(check());
    let verify = |object: &str| bob.touchmark(&["verify", object]);
    let log = format!("refs/forge/pr/{pr}/log");
    let raw = stage.comment("bob", tip(&stage, &pr), "x");
    let strange = raw.altered(&bob, "comment/1", "comment/9").to_string();
    bob.git(&["update-ref", &log, &strange]).ok();
    let remedy = failed(verify(&pr))
        .run(&bob, &[("OBJECT", &pr)])
        .prints(&strange[..12]);
    bob.git(&["update-ref", &log, &format!("{strange}^")]).ok();
    remedy.mends(verify(&pr));
}
