//! The client's hook: what the server would refuse does not leave.

use touchmark_core::id::HashKind;

use super::{branch, guarded, held, push};

#[test]
fn a_clone_asks_before_anything_leaves() {
    let world = guarded(HashKind::Sha1);
    let alice = world.person("alice");
    alice.touchmark(&["pre-push", "--install"]).ok();
    alice.touchmark(&["pre-push", "--install"]).ok();
    alice.git(&["fetch", "-q"]).ok();
    branch(&alice, "honest");
    push(&alice, &["-q", "origin", "honest"]).ok();
    alice.git(&["switch", "-q", "-c", "leak"]).ok();
    let token = format!(
        "token = \"ghp_{}\"\n",
        "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5"
    );
    alice.write("settings.toml", &token);
    alice.commit("Settings");
    alice.write("settings.toml", "");
    alice.commit("Take it out again");
    for (refspec, rule) in [
        ("leak", "(content-secret)"),
        ("HEAD:main", "(branch-protected)"),
        ("HEAD:refs/other/x", "(ref-namespace)"),
        (":refs/forge/policy", "(ref-delete)"),
    ] {
        let told = push(&alice, &["-q", "origin", refspec]).refused();
        assert!(told.contains(rule), "{refspec}: {told}");
        assert!(!told.contains("remote:"), "it did not leave: {told}");
    }
    assert_eq!(held(&world, "refs/heads/leak"), "");
    let around = push(&alice, &["-q", "--no-verify", "origin", "leak"]).refused();
    assert!(
        around.contains("remote:") && around.contains("(content-secret)"),
        "{around}"
    );
}

#[test]
fn another_hook_is_left_alone() {
    let world = guarded(HashKind::Sha1);
    let alice = world.person("alice");
    let hook = alice.dir().join(".git/hooks/pre-push");
    std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
    std::fs::write(&hook, "#!/bin/sh\n").unwrap();
    let told = alice.touchmark(&["pre-push", "--install"]).fails(3);
    assert!(told.contains("another hook"), "{told}");
    assert_eq!(std::fs::read_to_string(hook).unwrap(), "#!/bin/sh\n");
}
