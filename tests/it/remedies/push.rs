//! Remedies for pushes that are refused as such, whatever they bring.

use std::os::unix::fs::PermissionsExt;

use touchmark_core::event::Rule;

use super::{branch, opened, pushed, sent, tip, told};
use crate::attacks::landing::ONE;
use crate::attacks::stage::Stage;

/// How stock git names the server and what it pushes.
const WORK: [(&str, &str); 2] = [("SERVER", "origin"), ("BRANCH", "work")];

#[test]
fn a_push_is_plain_and_of_the_repository_itself() {
    let stage = Stage::with_policy(ONE);
    let alice = stage.person("alice");
    branch(&alice, "work", "work.txt", "work\n");
    let many: Vec<String> = (0..1_001).map(|n| format!("work:refs/heads/{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    told(sent(&alice, &many), Rule::PushForm)
        .run(&alice, &WORK)
        .mends(sent(&alice, &["work"]));
    let login = || alice.command("git").env("TOUCHMARK_PUSHER", "login alice");
    let push = ["push", "-q", "origin", "work:refs/heads/other"];
    let spaced = login().env("GIT_NAMESPACE", "x").args(push).run();
    told(spaced, Rule::PushNamespace)
        .says("without a namespace")
        .mends(login().args(push).run());
    alice.git(&["config", "gpg.format", "openpgp"]).ok();
    let unproven = ["push", "-q", "origin", "work:refs/heads/third"];
    told(alice.git(&unproven), Rule::PusherUnproven)
        .step(&alice, "git config", &[])
        .answered(
            &alice,
            "git push",
            &[],
            &["origin", "work:refs/heads/third"],
        )
        .mends(pushed(&alice, &["work:refs/heads/fourth"]));
}

#[test]
fn a_push_moves_what_a_push_may_move() {
    let stage = Stage::with_policy(ONE);
    let alice = stage.person("alice");
    let nobody = stage.person("nobody");
    branch(&alice, "work", "work.txt", "work\n");
    pushed(&alice, &["work"]).ok();
    branch(&alice, "next", "next.txt", "next\n");
    pushed(&alice, &["next"]).ok();
    // The server's HEAD names the branch.
    stage
        .world
        .on_server(&["symbolic-ref", "HEAD", "refs/heads/work"]);
    let delete = [":refs/heads/work"];
    let server = stage.world.server();
    let remedy = told(pushed(&alice, &delete), Rule::PushCheckedOut);
    std::fs::rename(&server, nobody.dir()).unwrap();
    let remedy = remedy.step(&nobody, "git symbolic-ref", &[("BRANCH", "main")]);
    std::fs::rename(nobody.dir(), &server).unwrap();
    remedy.mends(pushed(&alice, &delete));
    let symbolic = ["refs/heads/latest", "refs/heads/next"];
    let off = ["-c", "core.hooksPath=/dev/null", "symbolic-ref"];
    stage.world.on_server(&[&off[..], &symbolic].concat());
    branch(&alice, "more", "next.txt", "more\n");
    told(pushed(&alice, &["+more:latest"]), Rule::PushSymbolic)
        .says("push to the ref that it points to")
        .mends(pushed(&alice, &["+more:next"]));
}

#[test]
fn a_push_that_comes_second_comes_again() {
    let stage = Stage::with_policy(ONE);
    let pr = opened(&stage, "topic");
    let (alice, bob) = (stage.person("alice"), stage.person("bob"));
    branch(&alice, "work", "work.txt", "work\n");
    pushed(&alice, &["work"]).ok();
    bob.git(&["fetch", "-q"]).ok();
    bob.git(&["switch", "-q", "work"]).ok();
    bob.write("bob.txt", "bob\n");
    bob.commit("Add Bob's");
    alice.git(&["switch", "-q", "work"]).ok();
    alice.write("alice.txt", "alice\n");
    alice.commit("Add Alice's");
    // git runs this when it has seen the server's refs and before it sends anything.
    let hook = format!(
        "#!/bin/sh\nunset $(git rev-parse --local-env-vars)\n\
         cd {} && exec git push -q --signed origin work\n",
        bob.dir().display()
    );
    let path = alice.dir().join(".git/hooks/pre-push");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, hook).unwrap();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
    let first = pushed(&alice, &["work"]);
    std::fs::remove_file(&path).unwrap();
    let remedy = told(first, Rule::PushMoved).run(&alice, &[]);
    alice.git(&["rebase", "-q", "origin/work"]).ok();
    remedy.mends(pushed(&alice, &["work"]));
    assert_eq!(tip(&stage, &pr).to_string(), pr);
}

#[test]
fn a_push_is_whole_and_not_too_large() {
    let limits = "[limits]\npush_refs = 3\n";
    let stage = Stage::with_policy(&format!("{ONE}{limits}"));
    let alice = stage.person("alice");
    branch(&alice, "work", "work.txt", "work\n");
    let many =
        ["work:a", "work:b", "work:c", "work:d"].map(|name| name.replace(':', ":refs/heads/"));
    let many = many.each_ref().map(String::as_str);
    told(pushed(&alice, &many), Rule::PushLimit)
        .run(&alice, &[])
        .prints("3 refs")
        .mends(pushed(&alice, &many[..2]));
    // A clone without its history, of a server that lets such a push through to the hooks.
    alice.write("first.txt", "first\n");
    alice.commit("First");
    alice.write("second.txt", "second\n");
    alice.commit("Second");
    let shallow = stage.person("bob");
    let dir = shallow.dir();
    std::fs::remove_dir_all(&dir).unwrap();
    let url = format!("file://{}", alice.dir().display());
    let clone = [
        "clone",
        "-q",
        "--depth=1",
        "--branch=work",
        &url,
        dir.to_str().unwrap(),
    ];
    alice.git(&clone).ok();
    let server = stage.world.server();
    shallow
        .git(&["remote", "add", "server", server.to_str().unwrap()])
        .ok();
    let push = || shallow.git(&["push", "-q", "--signed", "server", "HEAD:refs/heads/deep"]);
    let missing = told(push(), Rule::ObjectMissing);
    stage
        .world
        .on_server(&["config", "receive.shallowUpdate", "true"]);
    let remedy = told(push(), Rule::PushShallow).run(&shallow, &[]);
    stage
        .world
        .on_server(&["config", "receive.shallowUpdate", "false"]);
    remedy.mends(push());
    // Not shallow any more, and objects of its own are gone.
    missing
        .leaves("git fetch --unshallow")
        .leaves("git fsck")
        .step(&shallow, "git fetch --refetch", &[])
        .mends(push());
}

#[test]
fn a_large_file_is_kept_elsewhere() {
    let stage = Stage::with_policy(ONE);
    let alice = stage.person("alice");
    branch(&alice, "work", "zeros", "");
    let zeros = alice.dir().join("zeros");
    std::fs::write(&zeros, vec![0; 129 * 1024 * 1024]).unwrap();
    alice
        .git(&["commit", "-q", "--all", "--amend", "--no-edit"])
        .ok();
    let remedy = told(pushed(&alice, &["work"]), Rule::PushSize)
        .says("keep large files elsewhere and put a link into the repository");
    alice.write("zeros", "https://example.com/zeros\n");
    alice
        .git(&["commit", "-q", "--all", "--amend", "--no-edit"])
        .ok();
    remedy.mends(pushed(&alice, &["work"]));
}

#[test]
fn a_certificate_is_signed_by_a_key_in_use() {
    let stage = Stage::with_policy(ONE);
    let bob = stage.person("bob");
    branch(&bob, "work", "work.txt", "work\n");
    let new = crate::keys::write("bob-2", &bob.home().join("new"));
    let new = new.to_str().unwrap();
    bob.touchmark(&["key", "add", &format!("{new}.pub")]).ok();
    let old = bob.private_key().with_extension("pub");
    bob.touchmark(&["--key", new, "key", "retire", old.to_str().unwrap()])
        .ok();
    let remedy = told(pushed(&bob, &["work"]), Rule::CertificateInvalid)
        .step(&bob, "touchmark key list", &[])
        .prints("retired");
    bob.git(&["config", "user.signingKey", &format!("{new}.pub")])
        .ok();
    remedy
        .answered(&bob, "git push --signed", &[], &["origin", "work"])
        .mends(pushed(&bob, &["work:refs/heads/other"]));
}
