//! The server dies at every step of a push: nothing is half done, and the next push works.

use std::path::Path;
use std::time::{Duration, Instant};

use touchmark_core::id::HashKind;

use super::{branch, guarded, held, on_server, passing_files, push, pushing, state};
use crate::env::{Run, World};

/// Steps before which nothing of a push can have happened.
const BEFORE: [&str; 8] = [
    "judged",
    "left",
    "taken",
    "entered",
    "reconciled",
    "receipt",
    "intended",
    "prepared",
];

/// The step at which nothing has moved but the receipts: the next push does the rest.
const BETWEEN: &str = "receipted";

/// Steps at which everything has.
const AFTER: [&str; 3] = ["committed", "settled", "reported"];

/// Waits until a file is there.
#[track_caller]
pub(super) fn wait_for(path: &Path) {
    let until = Instant::now() + Duration::from_secs(30);
    while !path.exists() {
        assert!(Instant::now() < until, "{} does not come", path.display());
        std::thread::sleep(Duration::from_micros(200));
    }
}

fn scene() -> World {
    let world = guarded(HashKind::Sha1);
    branch(&world.person("alice"), "one");
    branch(&world.person("bob"), "other");
    world
}

fn maintain(world: &World) {
    let server = world.server();
    on_server(world, &["server", "maintain", server.to_str().unwrap()]).ok();
}

/// A push by alice that makes a ref, moves one and deletes one.
struct Attempt<'w> {
    world: &'w World,
    /// What comes before the names of its refs.
    prefix: String,
}

impl<'w> Attempt<'w> {
    /// Puts two of the refs in place.
    fn new(world: &'w World, prefix: impl Into<String>) -> Self {
        let prefix = prefix.into();
        let (moved, gone) = (
            format!("main:{prefix}/moved"),
            format!("main:{prefix}/gone"),
        );
        push(&world.person("alice"), &["origin", &moved, &gone]).ok();
        Self { world, prefix }
    }

    fn push(&self, fault: &str) -> Run {
        let prefix = &self.prefix;
        let refs = [
            format!("one:refs/heads/{prefix}/made"),
            format!("+one:{prefix}/moved"),
            format!(":{prefix}/gone"),
        ];
        let args = ["--atomic", "origin", &refs[0], &refs[1], &refs[2]];
        let alice = self.world.person("alice");
        pushing(&alice, &args).env("TOUCHMARK_FAULT", fault).run()
    }

    /// `old` before the push, `new` after it, and anything else is half.
    fn stage(&self) -> &'static str {
        let alice = self.world.person("alice");
        let (one, main) = (alice.rev("one"), alice.rev("origin/main"));
        let prefix = &self.prefix;
        let refs = ["made", "moved", "gone"]
            .map(|name| held(self.world, &format!("refs/heads/{prefix}/{name}")));
        if refs == [one.as_str(), &one, ""] {
            "new"
        } else if refs == ["", main.as_str(), &main] {
            "old"
        } else {
            "half"
        }
    }
}

fn dies(world: &World, how: &str, step: &str, packed: bool) {
    let attempt = Attempt::new(world, format!("{how}-{step}"));
    if packed {
        maintain(world);
    }
    let fault = format!("{step}:{how}");
    let told = attempt.push(&fault);
    assert!(told.status != 0 || step == "reported", "{fault}: {told:?}");
    let expected = if AFTER.contains(&step) { "new" } else { "old" };
    assert_eq!(attempt.stage(), expected, "{fault}");
    let bob = world.person("bob");
    push(
        &bob,
        &["origin", &format!("other:refs/heads/after/{how}-{step}")],
    )
    .ok();
    let expected = if step == BETWEEN { "new" } else { expected };
    assert_eq!(attempt.stage(), expected, "{fault}, after the next push");
    let left: Vec<String> = passing_files(&world.server())
        .into_iter()
        .filter(|file| !file.contains("/pushes/"))
        .collect();
    assert_eq!(left, Vec::<String>::new(), "{fault}");
    // The same push again is what anybody would do.
    if expected == "old" {
        attempt.push("").ok();
    }
    assert_eq!(attempt.stage(), "new", "{fault}, again");
}

#[test]
fn killed_at_any_step() {
    let world = scene();
    for step in BEFORE.into_iter().chain([BETWEEN]).chain(AFTER) {
        dies(&world, "kill", step, false);
    }
    world.on_server(&["fsck", "--no-progress"]);
}

#[test]
fn killed_at_any_step_with_packed_refs() {
    let world = scene();
    for step in ["intended", "prepared", "receipted", "committed"] {
        dies(&world, "kill", step, true);
    }
    world.on_server(&["fsck", "--no-progress"]);
}

#[test]
fn panics_at_any_step_are_refusals() {
    let world = scene();
    for step in BEFORE.into_iter().chain([BETWEEN]) {
        dies(&world, "panic", step, step == "prepared");
    }
    let told = Attempt::new(&world, "x").push("prepared:panic").refused();
    let defect = "the server's program has a defect: a test asked for this";
    assert!(
        told.contains(defect) && told.contains("(server-error)"),
        "{told}"
    );
}

#[test]
fn killed_while_it_moves_refs() {
    const REFS: usize = 400;
    let world = scene();
    let alice = world.person("alice");
    let mut halves = 0;
    for round in 0..6 {
        let paused = world.path().join(format!("paused-{round}"));
        let names: Vec<String> = (0..REFS)
            .map(|n| format!("one:refs/heads/{round}/{n}"))
            .collect();
        let mut args = vec!["origin"];
        args.extend(names.iter().map(String::as_str));
        let child = pushing(&alice, &args)
            .env(
                "TOUCHMARK_FAULT",
                format!("receipted:pause={}", paused.display()),
            )
            .spawn();
        wait_for(&paused.with_extension("waiting"));
        let hook = hook_process(&world);
        std::fs::write(&paused, "").unwrap();
        // Some of the refs are there, and so is the lock of the last.
        let folder = world.server().join(format!("refs/heads/{round}"));
        wait_for(&folder.join((10 * round).to_string()));
        let killed = std::process::Command::new("kill")
            .args(["-KILL", &hook])
            .output()
            .unwrap();
        let acknowledged = child.wait_with_output().unwrap().status.success();
        let prefix = format!("refs/heads/{round}/");
        let count = |world: &World| world.on_server(&["for-each-ref", &prefix]).lines().count();
        halves += usize::from(killed.status.success() && !matches!(count(&world), 0 | REFS));
        push(
            &world.person("bob"),
            &["origin", &format!("other:refs/heads/after-{round}")],
        )
        .ok();
        let now = count(&world);
        assert!(
            now == REFS || now == 0 && !acknowledged,
            "round {round}: {now} of {REFS}"
        );
    }
    // Otherwise this shows nothing; it is the files' way, and the reason for the intent.
    assert!(halves > 0, "no round was cut off in the middle");
}

/// The process of the hook that is paused: the one that has the queue's file open.
fn hook_process(world: &World) -> String {
    let lock = world.server().join("touchmark/lock");
    let is_it = |process: &Path| {
        let files = std::fs::read_dir(process.join("fd"));
        files.is_ok_and(|files| {
            files
                .flatten()
                .any(|file| std::fs::read_link(file.path()).is_ok_and(|path| path == lock))
        })
    };
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let found = processes.map(|entry| entry.path()).find(|path| is_it(path));
    let name = found.unwrap().file_name().unwrap().to_owned();
    name.into_string().unwrap()
}

#[test]
fn an_intent_that_cannot_be_used_is_for_a_person_to_settle() {
    let world = scene();
    let attempt = Attempt::new(&world, "x");
    let intent = world.server().join("touchmark/intent");
    std::fs::write(&intent, "touchmark intent 1 junk\n{}").unwrap();
    let before = state(&world);
    let told = attempt.push("").refused();
    assert!(told.contains("touchmark server repair PATH"), "{told}");
    assert_eq!(state(&world), before);
    let server = world.server();
    let repair = ["server", "repair", server.to_str().unwrap()];
    let told = on_server(&world, &repair).ok();
    assert!(told.contains("touchmark/intent.unusable-1"), "{told}");
    attempt.push("").ok();
    assert_eq!(
        on_server(&world, &repair).ok(),
        "there is nothing to repair\n"
    );
}

#[test]
fn a_hook_that_takes_too_long_refuses() {
    let world = scene();
    let attempt = Attempt::new(&world, "x");
    world.on_server(&["config", "touchmark.hookTimeout", "2"]);
    for step in ["judged", "entered"] {
        let paused = world.path().join(format!("never-{step}"));
        let began = Instant::now();
        let fault = format!("{step}:pause={}", paused.display());
        let told = attempt.push(&fault).refused();
        let too_long = "the server took longer than 2 seconds (server-error)";
        assert!(told.contains(too_long), "{told}");
        assert!(began.elapsed() < Duration::from_secs(30));
        assert_eq!(attempt.stage(), "old");
    }
    world.on_server(&["config", "--unset", "touchmark.hookTimeout"]);
    attempt.push("").ok();
}

/// A push that is held before its refs move, while something happens to the server.
fn held_before_it_moves(world: &World, refs: &[&str], meanwhile: impl Fn()) -> Run {
    let alice = world.person("alice");
    let paused = world.path().join(refs.join("-").replace('/', "_"));
    let names: Vec<String> = refs.iter().map(|name| format!("one:{name}")).collect();
    let mut args = vec!["origin"];
    args.extend(names.iter().map(String::as_str));
    let fault = format!("receipted:pause={}", paused.display());
    std::thread::scope(|scope| {
        let push = scope.spawn(|| pushing(&alice, &args).env("TOUCHMARK_FAULT", fault).run());
        wait_for(&paused.with_extension("waiting"));
        meanwhile();
        std::fs::write(&paused, "").unwrap();
        push.join().unwrap()
    })
}

#[test]
fn refs_that_cannot_be_written_at_once_are_written_then() {
    let world = scene();
    let one = world.person("alice").rev("one");
    let lock = |name: &str| world.server().join(format!("{name}.lock"));
    // Without its lock a ref cannot be moved. The receipt has moved by then, so all of it has to happen.
    for (refs, lost) in [
        (["refs/heads/a", "refs/heads/b"], 0),
        (["refs/heads/c", "refs/heads/d"], 1),
    ] {
        let lose = || std::fs::remove_file(lock(refs[lost])).unwrap();
        held_before_it_moves(&world, &refs, lose).ok();
        assert_eq!(refs.map(|name| held(&world, name)), [one.as_str(), &one]);
    }
    assert_eq!(passing_files(&world.server()), Vec::<String>::new());
}

#[test]
fn what_cannot_be_finished_is_finished_by_a_repair() {
    let world = scene();
    let (alice, one) = (world.person("alice"), world.person("alice").rev("one"));
    let refs = ["refs/heads/a", "refs/heads/b"];
    let in_the_way = world.server().join("refs/heads/b");
    let told = held_before_it_moves(&world, &refs, || {
        std::fs::create_dir(&in_the_way).unwrap();
        std::fs::write(in_the_way.join("file"), "").unwrap();
    });
    let told = told.refused();
    assert!(
        told.contains("the push was accepted, but not all of it"),
        "{told}"
    );
    let before = state(&world);
    let told = push(&alice, &["origin", "one:refs/heads/c"]).refused();
    assert!(told.contains("(server-error)"), "{told}");
    assert_eq!(state(&world), before);
    std::fs::remove_dir_all(&in_the_way).unwrap();
    let server = world.server();
    let told = on_server(&world, &["server", "repair", server.to_str().unwrap()]).ok();
    assert!(told.contains("it is complete now"), "{told}");
    assert_eq!(refs.map(|name| held(&world, name)), [one.as_str(), &one]);
    push(&alice, &["origin", "one:refs/heads/c"]).ok();
}

#[test]
fn files_that_cannot_be_written_refuse() {
    let world = scene();
    let alice = world.person("alice");
    push(&alice, &["-q", "origin", "one:refs/heads/before"]).ok();
    let own = world.server().join("touchmark");
    // Whoever may write anything, as tests often may, cannot write a file where a folder is.
    for name in ["intent.draft", "lock", "pushes"] {
        let (path, away) = (own.join(name), own.join("away"));
        let was_there = std::fs::rename(&path, &away).is_ok();
        if name == "pushes" {
            std::fs::write(&path, "").unwrap();
        } else {
            std::fs::create_dir(&path).unwrap();
        }
        let before = state(&world).refs;
        let told = push(&alice, &["origin", "one:refs/heads/x"]).refused();
        assert!(
            told.contains("(server-error)") && told.contains(name.trim_end_matches(".draft")),
            "{told}"
        );
        assert_eq!(state(&world).refs, before, "{name}");
        let _ = std::fs::remove_dir(&path).or_else(|_| std::fs::remove_file(&path));
        if was_there {
            std::fs::rename(&away, &path).unwrap();
        }
    }
    // A lock that somebody else left is named, and not waited for for ever.
    std::fs::write(world.server().join("refs/heads/x.lock"), "").unwrap();
    let told = push(&alice, &["origin", "one:refs/heads/x"]).refused();
    assert!(
        told.contains("refs/heads/x.lock") || told.contains("a lock stays in place"),
        "{told}"
    );
    std::fs::remove_file(world.server().join("refs/heads/x.lock")).unwrap();
    push(&alice, &["origin", "one:refs/heads/x"]).ok();
}
