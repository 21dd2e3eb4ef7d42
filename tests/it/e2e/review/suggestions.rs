//! Suggestions that become commits.

use serde_json::{Value, json};
use touchmark_core::id::HashKind;

use crate::e2e::{forge, fsck, open, state};
use crate::env::{Person, World};

/// A suggestion: a place and what to put there.
type Wanted<'a> = (&'a str, &'a [u8]);

/// Comments with these suggestions and submits them; the names of the comments.
#[track_caller]
fn suggest(person: &Person<'_>, pr: &str, wanted: &[Wanted<'_>]) -> Vec<String> {
    person.touchmark(&["sync"]).ok();
    for (place, replacement) in wanted {
        person
            .command("touchmark")
            .args(["review", "comment", pr, place, "--body=So.", "--suggest=-"])
            .stdin(replacement)
            .run()
            .ok();
    }
    let submitted = person.json(&["review", "submit", pr, "--comment"]);
    let event = submitted["event"].as_str().unwrap();
    (1..=wanted.len()).map(|n| format!("{event}/{n}")).collect()
}

/// A file of a commit as it is, byte by byte.
fn file(person: &Person<'_>, spec: &str) -> Vec<u8> {
    let out = person.home().join("file");
    let command = format!("git cat-file blob '{spec}' > '{}'", out.display());
    person.command("sh").args(["-c", &command]).run().ok();
    std::fs::read(out).unwrap()
}

/// Writes bytes to a file of the work tree.
fn write(person: &Person<'_>, path: &str, bytes: &[u8]) {
    std::fs::write(person.dir().join(path), bytes).unwrap();
}

/// Opens a pull request that adds this file.
fn open_with(world: &World, path: &str, bytes: &[u8]) -> String {
    let alice = world.person("alice");
    alice.git(&["switch", "-q", "-c", "topic"]).ok();
    write(&alice, path, bytes);
    alice.commit("Add a file");
    let opened = alice.json(&["pr", "open", "--target=main"]);
    opened["event"].as_str().unwrap().to_owned()
}

fn apply(person: &Person<'_>, args: &[&str]) -> Value {
    person.touchmark(&["sync"]).ok();
    person.json(&[["review", "apply"].as_slice(), args].concat())
}

#[track_caller]
fn refuses(person: &Person<'_>, args: &[&str], status: i32, words: &[&str]) {
    person.touchmark(&["sync"]).ok();
    let before = (person.refs("refs"), person.git(&["status", "-s"]).ok());
    let said = person
        .touchmark(&[["review", "apply"].as_slice(), args].concat())
        .fails(status);
    for word in words {
        assert!(said.contains(word), "{word}: {said}");
    }
    let after = (person.refs("refs"), person.git(&["status", "-s"]).ok());
    assert_eq!(after, before);
}

fn play(hash: HashKind) {
    let world = forge(hash);
    let (alice, bob, carol) = (
        world.person("alice"),
        world.person("bob"),
        world.person("carol"),
    );
    let pr = open(&alice, "topic", "Name a line");
    let bobs = suggest(&bob, &pr, &[("src/lock.rs:5", b"line No. 5\n")]);
    let carols = suggest(
        &carol,
        &pr,
        &[
            ("src/lock.rs:19-20", b""),
            ("src/lock.rs:1", b"line 0\nline 1\n"),
        ],
    );
    let head = alice.rev("topic");

    let said = apply(&alice, &[&bobs[0], &carols[0], &carols[1]]);
    let expected = crate::env::numbered_lines(18)
        .replace("line 1\n", "line 0\nline 1\n")
        .replace("line 5\n", "line No. 5\n");
    // One commit on what was reviewed, checked out, with everybody's name on it.
    assert_eq!(alice.rev("HEAD"), said["commit"]);
    assert_eq!(alice.rev("HEAD^"), head);
    assert_eq!(alice.git(&["branch", "--show-current"]).ok(), "topic\n");
    assert_eq!(alice.git(&["status", "--short"]).ok(), "");
    let there = std::fs::read_to_string(alice.dir().join("src/lock.rs")).unwrap();
    assert_eq!(there, expected);
    assert_eq!(
        alice.git(&["log", "-1", "--format=%an%n%B"]).ok().trim(),
        format!(
            "Alice\nApply 3 suggestions to src/lock.rs\n\nForge-Comment-Id: {}\nForge-Comment-Id: {}\n\
             Forge-Comment-Id: {}\nCo-authored-by: Bob <bob@example.com>\n\
             Co-authored-by: Carol <carol@example.com>",
            bobs[0], carols[0], carols[1]
        )
    );
    assert_eq!(said["co_authors"], json!(["bob", "carol"]));
    check_published(&world, &pr, &said);
}

/// The server has the commit as a revision, and whoever wrote part of it does not approve it.
fn check_published(world: &World, pr: &str, said: &Value) {
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    bob.touchmark(&["sync"]).ok();
    let state = state(&bob, pr);
    let revisions = state["revisions"].as_array().unwrap();
    assert_eq!(revisions.len(), 2);
    assert_eq!(revisions[1]["head"], said["commit"]);
    assert_eq!(revisions[1]["event"], said["event"]);
    assert_eq!(said["published"], "sent");
    let heads = world.on_server(&["rev-list", &format!("refs/forge/pr/{pr}/heads")]);
    assert!(heads.contains(said["commit"].as_str().unwrap()), "{heads}");
    fsck(world, &alice.dir());
    alice.touchmark(&["verify", "--all"]).ok();

    // Who wrote part of a change does not approve it.
    bob.touchmark(&["review", "submit", pr, "--approve"]).ok();
    let gate = bob.json(&["pr", "show", pr])["gate"].clone();
    assert_eq!(gate["open"], false, "{gate}");
    assert_eq!(gate["took_part"], json!(["bob"]));
}

#[test]
fn suggestions_become_one_commit_with_co_authors_in_sha1() {
    play(HashKind::Sha1);
}

#[test]
fn suggestions_become_one_commit_with_co_authors_in_sha256() {
    play(HashKind::Sha256);
}

#[test]
fn every_byte_of_a_file_survives_its_suggestions() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    // Carriage returns, bytes that are no UTF-8, a zero byte, and no line feed at the end.
    let pr = open_with(&world, "odd name\u{e9}", b"a\r\n\xff\xfe\n\x00z\nlast");
    let place = |lines: &str| format!("odd name\u{e9}:{lines}");
    let names = suggest(
        &bob,
        &pr,
        &[(&place("1"), b"A\r\n"), (&place("4"), b"the \x80 last")],
    );
    apply(&alice, &[&names[0], &names[1]]);
    let now = file(&alice, "HEAD:odd name\u{e9}");
    assert_eq!(now, b"A\r\n\xff\xfe\n\x00z\nthe \x80 last");
}

#[test]
fn a_suggestion_follows_its_lines_and_is_refused_when_they_changed() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = open(&alice, "topic", "Name a line");
    let names = suggest(
        &bob,
        &pr,
        &[
            ("src/lock.rs:5", b"line No. 5\n"),
            ("src/lock.rs:9", b"line No. 9\n"),
            ("src/lock.rs:15", b"line No. 15\n"),
        ],
    );
    let text = std::fs::read_to_string(alice.dir().join("src/lock.rs")).unwrap();
    let text = format!("new\nnew\n{}", text.replace("line 9\n", "line nine\n"));
    alice.write("src/lock.rs", &text);
    alice.commit("Move everything");
    alice.touchmark(&["pr", "revise", &pr]).ok();

    let event = &names[0][..12];
    refuses(
        &alice,
        &[&names[0], &names[1], &names[2]],
        1,
        &[
            &format!(
                "no suggestion was taken: the lines that {event}/2 replaces have changed since\n"
            ),
            // And how to take the others.
            &format!("apply {} {event}/1 {event}/3\n", &pr[..12]),
        ],
    );
    apply(&alice, &[&names[0], &names[2]]);
    let expected = text
        .replace("line five\n", "line No. 5\n")
        .replace("line 15\n", "line No. 15\n");
    assert_eq!(file(&alice, "HEAD:src/lock.rs"), expected.as_bytes());
    // Taking it again would change a line that is not the one any more.
    refuses(&alice, &[&names[0]], 1, &[&format!("{event}/1 replaces")]);

    // A file that is gone.
    alice.git(&["rm", "-q", "src/lock.rs"]).ok();
    alice.commit("Delete it");
    alice.touchmark(&["pr", "revise", &pr]).ok();
    refuses(&alice, &[&names[1]], 1, &[&format!("{event}/2 replaces")]);
}

#[test]
fn what_suggests_nothing_or_collides_is_refused() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = open(&alice, "topic", "Name a line");
    let names = suggest(
        &bob,
        &pr,
        &[
            ("src/lock.rs:5-6", b"one\n"),
            ("src/lock.rs:6-7", b"two\n"),
            ("src/lock.rs:9", b"line 9\n"),
        ],
    );
    let event = names[0][..12].to_owned();
    let overlap = format!("{event}/1 and {event}/2 replace the same lines");
    refuses(&alice, &[&names[1], &names[0]], 1, &[&overlap]);
    refuses(
        &alice,
        &["--all", &event],
        1,
        &[&overlap, &format!(" {event}/3\n")],
    );
    refuses(&alice, &[&names[2]], 3, &["has these lines already"]);

    bob.touchmark(&["review", "comment", &pr, "src/lock.rs:2", "--body=Hm."])
        .ok();
    let plain = bob.json(&["review", "submit", &pr, "--comment", "--body=All."]);
    let plain = plain["event"].as_str().unwrap();
    for (number, words) in [
        (0, "suggests nothing"),
        (1, "suggests nothing"),
        (2, "no comment"),
    ] {
        refuses(&alice, &[&format!("{plain}/{number}")], 4, &[words]);
    }
    bob.touchmark(&["review", "retract", &names[0]]).ok();
    refuses(&alice, &[&names[0]], 3, &["is retracted"]);

    // All that are left of the review: neither the retracted one nor what is resolved.
    alice.touchmark(&["review", "resolve", &names[2]]).ok();
    let said = apply(&alice, &["--all", &event]);
    assert_eq!(said["applied"], json!([names[1]]));
    alice.touchmark(&["review", "resolve", &names[1]]).ok();
    refuses(&alice, &["--all", &pr], 4, &["no suggestion that is open"]);

    alice.touchmark(&["pr", "close", &pr]).ok();
    refuses(&alice, &[&names[1]], 3, &["is not open"]);
}

#[test]
fn changes_of_one_s_own_are_never_overwritten() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = open(&alice, "topic", "Name a line");
    let names = suggest(&bob, &pr, &[("src/lock.rs:5", b"line No. 5\n")]);
    let head = alice.rev("topic");

    // The file itself is refused, staged or not; another one is left as it is.
    alice.write("src/lock.rs", "mine\n");
    refuses(
        &alice,
        &[&names[0]],
        1,
        &["src/lock.rs would be overwritten"],
    );
    alice.git(&["add", "src/lock.rs"]).ok();
    refuses(
        &alice,
        &[&names[0]],
        1,
        &["src/lock.rs would be overwritten"],
    );
    alice.git(&["reset", "-q", "--hard"]).ok();
    alice.write("README.md", "mine\n");

    // Work that no revision has yet would be left behind.
    alice
        .git(&["commit", "-q", "--allow-empty", "-m", "More"])
        .ok();
    refuses(
        &alice,
        &[&names[0]],
        1,
        &["topic has commits that are in no revision"],
    );
    alice.git(&["reset", "-q", "--soft", &head]).ok();

    apply(&alice, &[&names[0]]);
    assert_eq!(alice.git(&["status", "--short"]).ok(), " M README.md\n");
    assert_eq!(alice.rev("topic^"), head);
}

#[test]
fn a_branch_that_is_not_checked_out_moves_without_a_work_tree() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = open(&alice, "topic", "Name a line");
    let names = suggest(
        &bob,
        &pr,
        &[
            ("src/lock.rs:5", b"line No. 5\n"),
            ("src/lock.rs:6", b"line No. 6\n"),
        ],
    );
    alice.git(&["switch", "-q", "main"]).ok();
    alice.write("src/lock.rs", "mine\n");
    let head = alice.rev("topic");

    // Only the commit: no revision.
    let said = apply(&alice, &[&names[0], "--no-revise", "-m", "Take it"]);
    assert_eq!(
        (said["branch"].as_str(), &said["event"]),
        (Some("topic"), &Value::Null)
    );
    assert_eq!(alice.rev("topic"), said["commit"]);
    assert_eq!(alice.rev("topic^"), head);
    assert_eq!(
        alice.git(&["log", "-1", "--format=%s", "topic"]).ok(),
        "Take it\n"
    );
    assert_eq!(alice.git(&["status", "--short"]).ok(), " M src/lock.rs\n");
    assert_eq!(state(&alice, &pr)["revisions"].as_array().unwrap().len(), 1);
    alice.touchmark(&["pr", "revise", &pr, "--head=topic"]).ok();

    // Somebody else takes the other one, who has no branch of it: the record keeps the commit.
    let carol = world.person("carol");
    let before = carol.refs("refs/heads");
    let said = apply(&carol, &[&names[1]]);
    assert_eq!(said["branch"], Value::Null);
    assert_eq!(carol.refs("refs/heads"), before);
    assert_eq!(
        carol.rev(&format!("{}^", said["commit"].as_str().unwrap())),
        alice.rev("topic")
    );
}

#[test]
fn a_branch_of_another_work_tree_is_not_moved_under_it() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = open(&alice, "topic", "Name a line");
    let more = suggest(&bob, &pr, &[("src/lock.rs:7", b"line No. 7\n")]);
    alice.git(&["switch", "-q", "main"]).ok();
    alice
        .git(&["worktree", "add", "-q", "../away", "topic"])
        .ok();
    refuses(
        &alice,
        &[&more[0]],
        1,
        &["topic is checked out in another work tree"],
    );
    let said = apply(&alice, &[&more[0], "--branch=fresh", "--no-revise"]);
    assert_eq!(alice.rev("fresh"), said["commit"]);
}

#[test]
fn the_commit_is_signed_if_git_signs() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = open(&alice, "topic", "Name a line");
    let names = suggest(
        &bob,
        &pr,
        &[
            ("src/lock.rs:5", b"line No. 5\n"),
            ("src/lock.rs:6", b"line No. 6\n"),
        ],
    );
    let is_signed = || {
        alice
            .git(&["cat-file", "commit", "HEAD"])
            .ok()
            .contains("\ngpgsig ")
    };
    apply(&alice, &[&names[0]]);
    assert!(!is_signed());
    alice.git(&["config", "commit.gpgSign", "true"]).ok();
    apply(&alice, &[&names[1]]);
    assert!(is_signed());
    alice.git(&["verify-commit", "HEAD"]).ok();
}

#[test]
fn a_suggestion_that_would_join_lines_is_warned_of() {
    let world = forge(HashKind::Sha1);
    let bob = world.person("bob");
    let pr = open_with(&world, "file", b"a\r\nb\nc");
    bob.touchmark(&["sync"]).ok();
    let warned = |place: &str, replacement: &[u8]| {
        let ready = bob.command("touchmark");
        let args = ["review", "comment", &pr, place, "--body=So.", "--suggest=-"];
        let run = ready.args(args).stdin(replacement).run();
        let warned = run.stderr.clone();
        run.ok();
        warned
    };
    assert!(warned("file:2", b"B").contains("does not end in a line feed"));
    assert!(warned("file:1", b"A\n").contains("carriage return"));
    for (place, replacement) in [
        ("file:1", b"A\r\n".as_slice()),
        ("file:2", b"B\n"),
        ("file:2", b""),
        ("file:3", b"C"),
        ("file:2-3", b"C"),
    ] {
        assert_eq!(warned(place, replacement), "", "{place}");
    }
}
