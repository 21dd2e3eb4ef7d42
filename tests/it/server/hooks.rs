//! The hooks by themselves: what is no push, two pushes of one process, decisions that nobody fetched.

use std::time::{Duration, SystemTime};

use touchmark_core::id::HashKind;

use super::{branch, guarded, push};
use crate::env::{Run, World};
use crate::workspace;

/// Runs a hook in the server's repository as git does, with this on its standard input.
fn hook(world: &World, name: &str, input: &[u8]) -> Run {
    let home = world.path().join("home/nobody");
    let server = world.server();
    world
        .command(workspace::program("touchmark"), &home, &server)
        .env("GIT_DIR", ".")
        .args(["hook", name])
        .stdin(input)
        .run()
}

/// A shell that runs hooks one after another: they share their parent.
fn shell(world: &World, script: &str) -> Run {
    let home = world.path().join("home/nobody");
    let server = world.server();
    world
        .command("sh", &home, &server)
        .env("GIT_DIR", ".")
        .env("GIT_QUARANTINE_PATH", server.join("objects"))
        .env("TOUCHMARK_PUSHER", "login alice")
        .args(["-c", script])
        .run()
}

fn packet(text: &str) -> String {
    format!("{:04x}{text}", text.len() + 4)
}

#[test]
fn junk_is_refused_and_not_a_panic() {
    let world = guarded(HashKind::Sha1);
    let a = super::held(&world, "refs/heads/main");
    let junk: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b"\n".to_vec(),
        b"\0\0\0".to_vec(),
        vec![b'a'; 1_000_000],
        format!("{a} {a}").into_bytes(),
        format!("{a} {a} \n").into_bytes(),
        format!("{a} {a} refs/heads/\u{1b}[2J\n").into_bytes(),
        format!("{a} {a} refs/heads/a\0b\n").into_bytes(),
        format!("{a} {a} ../../config\n").into_bytes(),
        format!("{a} {a} refs/heads/x\n").repeat(2).into_bytes(),
        (0..5_000)
            .flat_map(|n| format!("{a} {a} refs/heads/{n}\n").into_bytes())
            .collect(),
    ];
    for input in junk {
        for name in ["pre-receive", "proc-receive"] {
            let told = hook(&world, name, &input).fails(1);
            assert!(
                told.starts_with("error: ") && told.contains("\nhint: "),
                "{name}: {told}"
            );
            assert!(
                !told.contains('\u{1b}') && !told.contains("defect"),
                "{name}: {told}"
            );
        }
    }
    hook(&world, "post-receive", b"").fails(2);
    hook(&world, "reference-transaction", b"").ok();
}

#[test]
fn a_push_without_quarantine_is_no_push() {
    let world = guarded(HashKind::Sha1);
    let a = super::held(&world, "refs/heads/main");
    let line = format!("{} {a} refs/heads/x\n", "0".repeat(40));
    let told = hook(&world, "pre-receive", line.as_bytes()).fails(1);
    assert!(told.contains("(server-configuration)"), "{told}");
}

#[test]
fn of_two_pushes_of_one_process_the_second_is_refused() {
    let world = guarded(HashKind::Sha1);
    let main = super::held(&world, "refs/heads/main");
    let zero = "0".repeat(40);
    let program = workspace::program("touchmark").display().to_string();
    let line = |name: &str| format!("{zero} {main} refs/heads/{name}");
    let judge = |name: &str| format!("echo '{}' | {program} hook pre-receive", line(name));
    let told = shell(&world, &format!("{}; {}", judge("a"), judge("b"))).fails(1);
    assert!(told.contains("another push of the same process"), "{told}");
    // What is applied is what was judged: not another ref, and not twice.
    let talk = |name: &str| {
        let command = packet(&line(name));
        format!(
            "printf '%s' '{}0000{command}0000' | {program} hook proc-receive",
            packet("version=1")
        )
    };
    let told = shell(&world, &format!("{}; {}", judge("a"), talk("b")));
    assert!(told.stderr.contains("(push-unjudged)"), "{told:?}");
    assert!(
        told.stdout.contains("ng refs/heads/b push-unjudged: "),
        "{told:?}"
    );
    let told = shell(
        &world,
        &format!("{}; {}; {}", judge("a"), talk("a"), talk("a")),
    );
    assert!(told.stdout.contains("ok refs/heads/a"), "{told:?}");
    assert!(
        told.stdout.contains("ng refs/heads/a push-unjudged: "),
        "{told:?}"
    );
    let told = shell(&world, &talk("c"));
    assert!(told.stderr.contains("this push was not judged"), "{told:?}");
    assert_eq!(super::held(&world, "refs/heads/a"), main);
    assert_eq!(super::held(&world, "refs/heads/b"), "");
    assert_eq!(super::held(&world, "refs/heads/c"), "");
}

#[test]
fn decisions_of_dead_pushes_are_swept() {
    let world = guarded(HashKind::Sha1);
    let alice = world.person("alice");
    let folder = world.server().join("touchmark/pushes");
    let write = |name: &str, age: u64| {
        let file = std::fs::File::create(folder.join(name)).unwrap();
        let then = SystemTime::now() - Duration::from_secs(age);
        file.set_modified(then).unwrap();
    };
    write("stale", 2 * 60 * 60);
    write("fresh", 60);
    branch(&alice, "one");
    // One push in eight looks.
    for number in 0..60 {
        push(
            &alice,
            &["-q", "origin", &format!("one:refs/heads/{number}")],
        )
        .ok();
        if !folder.join("stale").exists() {
            break;
        }
    }
    let left: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .flatten()
        .map(|file| file.file_name())
        .collect();
    assert_eq!(left, ["fresh"]);
}
