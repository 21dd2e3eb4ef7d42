//! A server whose disk is full or cannot be written to: nothing is half done, and the next push works.

use touchmark_core::id::HashKind;

use super::{branch, guarded};
use crate::workspace;

/// What the script ends with where mounting is not allowed.
const NOT_ALLOWED: i32 = 77;

#[test]
fn full_and_read_only_disks() {
    let world = guarded(HashKind::Sha1);
    let alice = world.person("alice");
    branch(&alice, "one");
    let copy = world.path().join("copy.git");
    let copied = std::process::Command::new("cp")
        .args(["-a", "--"])
        .args([world.server(), copy.clone()])
        .status();
    assert!(copied.unwrap().success(), "cp -a");
    let script = workspace::root().join("tests/it/server/disk.sh");
    let run = alice
        .command("unshare")
        .env("TOUCHMARK_PUSHER", "login alice")
        .args(["--user", "--map-root-user", "--mount", "bash"])
        .args([&script, &world.server(), &copy])
        .run();
    if run.status == NOT_ALLOWED || run.stderr.starts_with("unshare:") {
        eprintln!("not tried: this machine lets nobody mount a disk of their own");
        return;
    }
    let told = run.ok();
    let (mut refused, mut accepted) = (0, 0);
    for line in told.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            [_, "0", "2", "0", "2"] => accepted += 1,
            // Refused with nothing done, or all done and only the answer lost.
            [_, _, "0" | "2", "0", "2"] => refused += 1,
            _ => panic!("half done, or the next push did not work: {line}\n{told}"),
        }
    }
    let shown = std::fs::read_to_string(copy.with_extension("git.told")).unwrap();
    let remote = |line: &&str| line.starts_with("remote:") || line.starts_with(" !");
    for line in shown.lines().filter(remote) {
        let place = world.path().to_str().unwrap();
        assert!(
            !line.contains(place),
            "it tells where the server is: {line}"
        );
    }
    assert!(refused > 5 && accepted > 0, "{told}");
}
