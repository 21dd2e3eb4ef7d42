//! What an SSH client may try: other commands, other paths, variables of its own.

use touchmark_core::id::HashKind;

use super::sshd::{Access, Sshd};
use super::{Client, Way, fingerprint, founded, held, last_pusher, refs};
use crate::env::{Run, World};

/// Runs a command by SSH, as bob.
fn run(world: &World, sshd: &Sshd, command: &[&str]) -> Run {
    let bob = world.person("bob");
    let client = sshd.client(&bob.private_key());
    let (account, port) = sshd
        .host()
        .split_once(':')
        .map(|(a, p)| (a.to_owned(), p.to_owned()))
        .unwrap();
    let words: Vec<&str> = client.split(' ').skip(1).collect();
    world
        .command("ssh", &bob.home(), world.path())
        .args(words)
        .args(["-p", &port, &account, "--"])
        .args(command)
        .run()
}

#[test]
fn nothing_but_git_is_run() {
    let world = founded(HashKind::Sha1);
    let sshd = Sshd::start(&world, Access::Forced);
    let mark = world.path().join("mark");
    let mark = mark.display();
    let folder = world.path().file_name().unwrap().to_str().unwrap();
    for command in [
        String::new(),
        format!("touch {mark}"),
        "sh".to_owned(),
        format!("git-upload-pack 'server.git'; touch {mark}"),
        format!("git-upload-pack '$(touch {mark})'"),
        format!("git-upload-pack '`touch {mark}`'"),
        format!("git-upload-pack server.git && touch {mark}"),
        format!("git-upload-pack 'server.git'\ntouch {mark}"),
        format!("git-receive-pack '--receive-pack=touch {mark}'"),
        format!("git-upload-archive --exec='touch {mark}' 'server.git'"),
        "git-upload-pack '-server.git'".to_owned(),
        format!("git-upload-pack '../{folder}/server.git'"),
        format!("git-upload-pack '/../{folder}/server.git'"),
        "git-upload-pack 'server.git/../server.git'".to_owned(),
        format!("git-upload-pack '{}/server.git'", world.path().display()),
        "git-upload-pack '~/server.git'".to_owned(),
        "git-upload-pack 'server.git/objects'".to_owned(),
        "git-upload-pack ''".to_owned(),
        "git-upload-pack 'server.git".to_owned(),
        "git-shell -c 'git-upload-pack server.git'".to_owned(),
        "scp -f server.git/touchmark/sequencer".to_owned(),
    ] {
        let run = run(&world, &sshd, &[&command]);
        assert_eq!(run.stdout, "", "{command}: {run:?}");
        let told = run.refused();
        assert!(told.starts_with("error: "), "{command}: {told}");
        assert!(!world.path().join("mark").exists(), "{command}");
    }
    // The same with nothing wrong.
    let run = run(&world, &sshd, &["git-upload-pack 'server.git'"]);
    assert!(run.stdout.contains("refs/heads/main"), "{run:?}");
}

#[test]
fn an_archive_is_served_as_by_git() {
    let world = founded(HashKind::Sha1);
    let sshd = Sshd::start(&world, Access::Forced);
    let bob = Client::cloned(&world, "bob", Way::Ssh(&sshd));
    let remote = format!("--remote={}", sshd.url());
    let listed = bob.git(&["archive", &remote, "main"]).ok();
    assert!(listed.contains("README.md"));
}

#[test]
fn a_repository_whose_pushes_nobody_judges_takes_none() {
    let world = founded(HashKind::Sha1);
    let sshd = Sshd::start_with(&world, Access::Forced, "AcceptEnv *\n");
    let nobody = world.person("nobody").home();
    let bare = world.command("git", &nobody, world.path());
    bare.args(["init", "-q", "--bare", "other.git"]).run().ok();
    let bob = Client::cloned(&world, "bob", Way::Ssh(&sshd));
    bob.branch("topic");
    let url = sshd.url().replace("server.git", "other.git");
    let told = bob.git(&["push", &url, "topic"]).refused();
    assert!(told.contains("receive.procReceiveRefs"), "{told}");
    bob.git(&["ls-remote", &url]).ok();
    // Nor when the client says that somebody does.
    let lies = [
        ("GIT_CONFIG_COUNT", "1".to_owned()),
        ("GIT_CONFIG_KEY_0", "receive.procReceiveRefs".to_owned()),
        ("GIT_CONFIG_VALUE_0", "refs/".to_owned()),
    ];
    let told = push_with(&world, &sshd, &lies, &[&url, "topic"]).refused();
    assert!(told.contains("receive.procReceiveRefs"), "{told}");
}

/// What a client would set to be somebody else, or to lead git astray.
fn attacks(world: &World) -> Vec<(&'static str, String)> {
    let mark = world.path().join("mark");
    let hooks = world.path().join("sshd").display().to_string();
    vec![
        ("TOUCHMARK_PUSHER", "login alice".to_owned()),
        ("TOUCHMARK_NOW", "1760000000".to_owned()),
        ("GATEWAY_INTERFACE", "CGI/1.1".to_owned()),
        ("REMOTE_USER", "alice".to_owned()),
        ("REMOTE_ADDR", "192.0.2.1".to_owned()),
        ("SSH_ORIGINAL_COMMAND", format!("touch {}", mark.display())),
        ("GIT_CONFIG_COUNT", "1".to_owned()),
        ("GIT_CONFIG_KEY_0", "core.hooksPath".to_owned()),
        ("GIT_CONFIG_VALUE_0", hooks),
        ("GIT_NAMESPACE", "elsewhere".to_owned()),
        ("GIT_TRACE", mark.display().to_string()),
        ("XDG_CONFIG_HOME", world.path().display().to_string()),
    ]
}

/// A push by bob that sends variables of his own.
fn push_with(world: &World, sshd: &Sshd, set: &[(&'static str, String)], args: &[&str]) -> Run {
    let bob = Client::at(world, "bob", Way::Ssh(sshd));
    let mut ssh = sshd.client(&bob.person.private_key());
    for (name, value) in set {
        ssh.push_str(&format!(" -o 'SetEnv={name}=\"{value}\"'"));
    }
    let dir = world.path().join("bob-clone");
    let command = bob.command_in("git", &dir).env("GIT_SSH_COMMAND", ssh);
    command.args(["push"]).args(args).run()
}

#[test]
fn the_forced_command_believes_no_variable_of_a_client() {
    let world = founded(HashKind::Sha1);
    // As careless as a configuration can be.
    let sshd = Sshd::start_with(&world, Access::Forced, "AcceptEnv *\n");
    let bob = Client::cloned(&world, "bob", Way::Ssh(&sshd));
    bob.branch("topic");
    // Each alone, because one might keep another from having its effect.
    for (number, attack) in attacks(&world).into_iter().enumerate() {
        let target = format!("topic:refs/heads/topic-{number}");
        push_with(&world, &sshd, &[attack], &["origin", &target]).ok();
        let key = fingerprint(&bob.person);
        assert_eq!(last_pusher(&world), format!("key {key}"));
        assert!(!world.path().join("mark").exists());
        assert_eq!(
            held(&world, &format!("refs/heads/topic-{number}")),
            bob.rev("topic")
        );
    }
}

#[test]
fn without_the_forced_command_a_client_s_variables_refuse_its_push() {
    let world = founded(HashKind::Sha1);
    let accept = "AcceptEnv TOUCHMARK_* GATEWAY_INTERFACE REMOTE_*\n";
    let sshd = Sshd::start_with(&world, Access::GitShell, accept);
    let bob = Client::cloned(&world, "bob", Way::Ssh(&sshd));
    bob.branch("topic");
    let before = refs(&world);
    let set = attacks(&world);
    for attack in [&set[0..1], &set[1..2], &set[2..4], &set[3..4]] {
        for signed in ["--signed", "--no-signed"] {
            let told = push_with(&world, &sshd, attack, &[signed, "origin", "topic"]);
            let told = told.refused();
            assert!(
                told.contains("(server-configuration)"),
                "{attack:?}: {told}"
            );
            assert_eq!(refs(&world), before);
        }
    }
    push_with(&world, &sshd, &[], &["--signed", "origin", "topic"]).ok();
}
