//! Releases: signed tags with notes and files, and what is tried to put something else in their place.

use serde_json::{Value, json};
use touchmark_core::id::HashKind;

use crate::env::{Person, Ready, Run, World};
use crate::server::{guarded, own, push};

fn run(person: &Person<'_>, args: &[&str]) -> Run {
    let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
    own(person, &args)
}

#[track_caller]
fn document(person: &Person<'_>, args: &[&str]) -> Value {
    let printed = run(person, &[args, &["--json"]].concat()).ok();
    serde_json::from_str(&printed).unwrap()
}

/// Lands a change with a title and a label; by alice, on bob's approval.
fn land(world: &World, branch: &str, title: &str, label: Option<&str>) {
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    run(&alice, &["sync"]).ok();
    alice
        .git(&["switch", "-q", "-c", branch, "origin/main"])
        .ok();
    alice.write(&format!("{branch}.txt"), branch);
    alice.commit(title);
    let title = format!("--title={title}");
    let mut args = vec!["pr", "open", "--target=main", title.as_str()];
    args.extend(label.map(|_| "--label"));
    args.extend(label);
    let opened = document(&alice, &args);
    let pr = opened["event"].as_str().unwrap();
    run(&bob, &["sync"]).ok();
    run(&bob, &["review", "submit", pr, "--approve"]).ok();
    run(&alice, &["sync"]).ok();
    run(&alice, &["pr", "merge", pr]).ok();
    run(&alice, &["sync"]).ok();
}

/// A release v1 of main by alice, with two files.
fn released() -> World {
    let world = guarded(HashKind::Sha1);
    let alice = world.person("alice");
    alice.write("../app.tar.gz", "the program");
    alice.write("../notes.txt", "what it is");
    let args = [
        "release",
        "create",
        "v1",
        "--target=origin/main",
        "--asset=../app.tar.gz",
        "--asset=../notes.txt",
    ];
    run(&alice, &args).ok();
    world
}

/// Adds lines to the policy; alice alone can.
fn add_to_policy(alice: &Person<'_>, lines: &str) {
    let text = alice.git(&["show", "refs/forge/policy:policy.toml"]).ok();
    alice.write("../policy.toml", &format!("{text}{lines}"));
    let args = [
        "policy",
        "propose",
        "--policy=../policy.toml",
        "--title=More",
        "--record",
    ];
    run(alice, &args).ok();
}

/// The conditions of a release that do not hold.
#[track_caller]
fn broken(person: &Person<'_>, args: &[&str]) -> Vec<String> {
    let run = run(
        person,
        &[&["release", "verify"], args, &["--json"]].concat(),
    );
    let document: Value =
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"));
    let checks = document["checks"].as_array().unwrap().iter();
    let broken: Vec<String> = checks
        .filter(|check| check["pass"] == false)
        .map(|check| check["rule"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(run.status, if broken.is_empty() { 0 } else { 6 }, "{run:?}");
    assert_eq!(document["verified"], broken.is_empty());
    broken
}

/// git with somebody's key.
fn signing(person: &Person<'_>) -> Ready {
    let key = person.private_key();
    person.command("git").args([
        "-c".to_owned(),
        "gpg.format=ssh".to_owned(),
        "-c".to_owned(),
        format!("user.signingKey={}", key.display()),
    ])
}

/// A tag by stock git; the tag object's id.
fn tag(person: &Person<'_>, name: &str, target: &str, message: &str) -> String {
    signing(person)
        .args(["tag", "-s", "-m", message, name, target])
        .run()
        .ok();
    person.rev(&format!("refs/tags/{name}"))
}

/// Moves a ref of the server without any hook, as somebody on its machine can.
fn overwrite(world: &World, name: &str, id: &str) {
    std::fs::write(world.server().join(name), format!("{id}\n")).unwrap();
}

#[test]
fn a_release_has_notes_of_what_landed_and_files() {
    let world = released();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let first = document(&alice, &["release", "show", "v1"]);
    assert_eq!(first["text"], "Release v1");
    land(&world, "one", "Mend the lock", Some("bug"));
    land(&world, "two", "Add a door", None);
    alice.write("../app.tar.gz", "the second program");
    let args = [
        "release",
        "create",
        "v2",
        "--target=origin/main",
        "--notes=The second one.",
        "--asset=../app.tar.gz",
    ];
    let plan = document(&alice, &[&args[..], &["--dry-run"]].concat());
    assert_eq!(
        (&plan["object"], &plan["previous"]),
        (&json!(null), &json!("v1"))
    );
    assert!(
        world
            .on_server(&["tag"])
            .lines()
            .all(|name| name.starts_with("v1"))
    );
    let made = document(&alice, &args);
    let text = "Release v2\n\nThe second one.\n\nbug:\n- Mend the lock (#1, by alice)\n\nOther changes:\n- Add a door (#2, by alice)";
    let shown = document(&bob, &["release", "show", "v2"]);
    assert_eq!(shown["text"], text);
    assert_eq!(shown["object"], made["object"]);
    let assets = &shown["assets"][0];
    assert_eq!(
        (&assets["name"], &assets["size"]),
        (&json!("app.tar.gz"), &json!(18))
    );
    // Stock git verifies both tags and the commit of the files.
    bob.git(&["fetch", "-q", "origin", "refs/tags/*:refs/tags/*"])
        .ok();
    for name in ["v2", "v2+assets"] {
        let told = bob.git(&["verify-tag", name]);
        assert!(
            told.stderr
                .contains("Good \"git\" signature for alice@example.com"),
            "{told:?}"
        );
    }
    bob.git(&["verify-commit", "v2+assets^{commit}"]).ok();
    let listed = document(&bob, &["release", "list"]);
    let names: Vec<&str> = listed["releases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["tag"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["v2", "v1"]);
}

#[test]
fn whoever_downloads_a_release_gets_what_was_signed() {
    let world = released();
    let bob = world.person("bob");
    // Files are not fetched with the branches.
    run(&bob, &["sync"]).ok();
    assert!(!bob.refs("refs/tags").contains("+assets"));
    run(&bob, &["release", "download", "v1", "--out=files"]).ok();
    let read = |name: &str| std::fs::read_to_string(bob.dir().join("files").join(name)).unwrap();
    assert_eq!(
        (read("app.tar.gz"), read("notes.txt")),
        ("the program".to_owned(), "what it is".to_owned())
    );
    let sums = bob.git(&["show", "v1+assets:SHA256SUMS"]).ok();
    bob.write("files/SHA256SUMS", &sums);
    let checked = bob
        .command("sh")
        .args(["-c", "cd files && sha256sum -c SHA256SUMS"])
        .run()
        .ok();
    assert_eq!(checked, "app.tar.gz: OK\nnotes.txt: OK\n");
    assert_eq!(
        broken(&bob, &["v1", "files/app.tar.gz", "files/notes.txt"]),
        [""; 0]
    );
    let again = run(&bob, &["release", "download", "v1", "--out=files"]).fails(3);
    assert!(again.contains("is there already"), "{again}");
    bob.write("files/app.tar.gz", "the pr0gram");
    bob.write("files/else.txt", "else");
    assert_eq!(broken(&bob, &["v1", "files/app.tar.gz"]), ["release-file"]);
    assert_eq!(broken(&bob, &["v1", "files/else.txt"]), ["release-file"]);
    let told = run(&bob, &["release", "verify", "v0"]).fails(4);
    assert!(told.contains("there is no release v0"), "{told}");
}

/// What no release can be made with, the exit status, and words of the complaint.
const REFUSED: [(&[&str], i32, &str); 7] = [
    (
        &["v2", "--asset=../large.bin"],
        2,
        "1001 bytes; the policy's limits.file_bytes is 1000",
    ),
    (
        &["v2", "--asset=../odd name"],
        2,
        "no name that a file of a release may have",
    ),
    (
        &["v2", "--asset=../notes.txt", "--asset=../more/notes.txt"],
        2,
        "two files are called notes.txt",
    ),
    (&["v1"], 3, "there is a tag v1 already"),
    (&["v2+assets"], 2, "a release cannot be called v2+assets"),
    (&["v2", "--offline"], 7, "a release is made at the server"),
    (
        &["v2", "--notes=-----BEGIN SSH SIGNATURE-----"],
        2,
        "git takes for a signature",
    ),
];

#[test]
fn files_and_names_have_limits() {
    let world = released();
    let alice = world.person("alice");
    add_to_policy(
        &alice,
        "\n[limits]\nfile_bytes = 1000\npush_bytes = 20000000\n",
    );
    alice.write("../large.bin", &"x".repeat(1001));
    alice.write("../odd name", "x");
    alice.write("../more/notes.txt", "x");
    let create = |args: &[&str]| run(&alice, &[&["release", "create"], args].concat());
    for (args, status, words) in REFUSED {
        let told = create(args).fails(status);
        assert!(told.contains(words), "{told}");
    }
    assert_eq!(world.on_server(&["tag"]), "v1\nv1+assets\n");
}

#[test]
fn a_file_that_is_swapped_or_added_is_found() {
    let world = released();
    let (bob, carol) = (world.person("bob"), world.person("carol"));
    assert_eq!(broken(&carol, &["v1"]), [""; 0]);
    // The same list of names, other content; the same content and one file more.
    bob.git(&["fetch", "-q", "origin", "refs/tags/*:refs/tags/*"])
        .ok();
    for (name, file, content) in [
        ("swapped", "app.tar.gz", "another"),
        ("added", "more.txt", "more"),
    ] {
        bob.git(&["switch", "-q", "--detach", "v1+assets^{commit}"])
            .ok();
        bob.git(&["switch", "-q", "--orphan", name]).ok();
        bob.git(&["checkout", "-q", "v1+assets^{commit}", "--", "."])
            .ok();
        bob.write(file, content);
        let commit = bob.commit("Files of v1");
        let id = tag(&bob, name, &commit, "Files of v1");
        push(&bob, &["-q", "origin", &format!("refs/tags/{name}")]).ok();
        // The door does not let it move.
        let told = push(
            &bob,
            &["-f", "origin", &format!("{id}:refs/tags/v1+assets")],
        )
        .refused();
        assert!(told.contains("(tag-right)"), "{told}");
        let good = world.on_server(&["rev-parse", "refs/tags/v1+assets"]);
        overwrite(&world, "refs/tags/v1+assets", &id);
        // Whoever had it sees that it moved, and whoever gets it new sees that it is not what was signed.
        assert_eq!(broken(&carol, &["v1"]), ["release-assets"]);
        let fresh = world.person("alice");
        fresh.git(&["update-ref", "-d", "refs/tags/v1+assets"]).ok();
        assert_eq!(broken(&fresh, &["v1"]), ["release-assets"]);
        let told = run(&fresh, &["release", "download", "v1", "--out=../got"]).fails(6);
        assert!(told.contains("release-assets"), "{told}");
        assert!(!world.path().join("got").exists());
        overwrite(&world, "refs/tags/v1+assets", good.trim());
        assert_eq!(broken(&carol, &["v1"]), [""; 0]);
        fresh
            .git(&["update-ref", "refs/tags/v1+assets", good.trim()])
            .ok();
    }
}

#[test]
fn files_that_come_later_belong_to_no_release() {
    let world = guarded(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    run(&alice, &["release", "create", "v1", "--target=origin/main"]).ok();
    assert_eq!(broken(&bob, &["v1"]), [""; 0]);
    // The server lets whoever may push make a tag of this name; the release's own tag does not list it.
    bob.git(&["switch", "-q", "--orphan", "late"]).ok();
    bob.write("late.txt", "late");
    let commit = bob.commit("Late");
    tag(&bob, "v1+assets", &commit, "Files of v1");
    push(&bob, &["-q", "origin", "refs/tags/v1+assets"]).ok();
    assert_eq!(broken(&alice, &["v1"]), ["release-assets"]);
}

#[test]
fn a_tag_that_is_pointed_elsewhere_is_found() {
    let world = released();
    let (bob, carol) = (world.person("bob"), world.person("carol"));
    land(&world, "one", "A change", None);
    run(&bob, &["sync"]).ok();
    // A good signature of somebody who may make tags, on another commit of main.
    let message = "Release v1\n\nRelease-Format: 1\n";
    bob.git(&["tag", "-d", "v1"]);
    let id = tag(&bob, "v1", "origin/main", message);
    let told = push(&bob, &["-f", "origin", "refs/tags/v1"]).refused();
    assert!(told.contains("(tag-right)"), "{told}");
    push(&bob, &["-q", "origin", &format!("{id}:refs/tags/other")]).ok();
    assert_eq!(broken(&carol, &["v1"]), [""; 0]);
    overwrite(&world, "refs/tags/v1", &id);
    assert_eq!(
        broken(&carol, &["v1"]),
        ["release-receipt"],
        "the one that was here"
    );
    let found = broken(&bob, &["v1"]);
    assert!(found.contains(&"release-receipt".to_owned()), "{found:?}");
    // Under the other name it says that it was signed as v1.
    assert_eq!(broken(&bob, &["other"]), ["release-name"]);
}

/// Two tags in alice's clone: one that a stranger signed, and one that nobody did.
fn strangers_tags(alice: &Person<'_>, message: &str) {
    let stranger = alice.world.person("stranger").private_key();
    let key = format!("user.signingKey={}", stranger.display());
    let args = [
        "-c",
        "gpg.format=ssh",
        "-c",
        &key,
        "tag",
        "-s",
        "-m",
        message,
        "v6",
        "origin/main",
    ];
    alice.git(&args).ok();
    alice
        .git(&["tag", "-a", "-m", message, "v7", "origin/main"])
        .ok();
}

#[test]
fn a_release_by_a_key_without_the_right_is_found() {
    let world = released();
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    add_to_policy(
        &alice,
        "\n[[tag]]\nmatch = [\"v*\"]\ncreate = [\"alice\"]\n",
    );
    run(&bob, &["sync"]).ok();
    let told = run(&bob, &["release", "create", "v5", "--target=origin/main"]).fails(3);
    assert!(told.contains("(tag-right)"), "{told}");
    // Alice may push the tag, and that does not make it bob's to sign, or a stranger's.
    let message = "Release\n\nRelease-Format: 1\n";
    tag(&bob, "v5", "origin/main", message);
    alice
        .git(&[
            "fetch",
            "-q",
            bob.dir().to_str().unwrap(),
            "refs/tags/v5:refs/tags/v5",
        ])
        .ok();
    strangers_tags(&alice, message);
    push(
        &alice,
        &[
            "-q",
            "origin",
            "refs/tags/v5",
            "refs/tags/v6",
            "refs/tags/v7",
        ],
    )
    .ok();
    for name in ["v5", "v6", "v7"] {
        assert_eq!(broken(&alice, &[name]), ["release-signer"], "{name}");
    }
}

#[test]
fn a_release_of_what_did_not_land_is_found() {
    let world = released();
    let alice = world.person("alice");
    alice.git(&["switch", "-q", "-c", "topic"]).ok();
    alice.write("topic.txt", "x");
    alice.commit("Not merged");
    let told = run(&alice, &["release", "create", "v8", "--target=topic"]).fails(3);
    assert!(told.contains("no protected branch"), "{told}");
    tag(&alice, "v8", "topic", "Release v8\n\nRelease-Format: 1\n");
    push(&alice, &["-q", "origin", "refs/tags/v8"]).ok();
    run(&alice, &["sync"]).ok();
    assert_eq!(broken(&alice, &["v8"]), ["release-target"]);
}
