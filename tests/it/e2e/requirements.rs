//! What single requirements promise and the main path does not show (`docs/requirements.toml` names these tests).

use std::collections::BTreeSet;

use serde_json::Value;
use touchmark_core::id::HashKind;

use super::{forge, open, server_refs, state};
use crate::env::{Person, World, numbered_lines};
use crate::workspace::{cargo, files, files_with, read};

/// The ids of a log's events, in order.
fn events(person: &Person<'_>, log: &str) -> Vec<String> {
    let shown = person.json(&["log", log]);
    let events = shown["events"].as_array().unwrap().iter();
    events
        .map(|event| event["event"].as_str().unwrap().to_owned())
        .collect()
}

/// The ids of the pull requests that a list shows.
fn listed(person: &Person<'_>, filter: &[&str]) -> Vec<String> {
    let shown = person.json(&[&["pr", "list"], filter].concat());
    let documents = shown["pull_requests"].as_array().unwrap().iter();
    documents
        .map(|document| {
            let log = document["log"].as_str().unwrap();
            log.split('/').nth(3).unwrap().to_owned()
        })
        .collect()
}

#[test]
fn a_plain_clone_shows_the_signed_history() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = open(&alice, "topic", "A topic");
    bob.touchmark(&["sync"]).ok();
    bob.touchmark(&["review", "submit", &pr, "--approve"]).ok();
    // Somebody with git only: one refspec, and the keys out of the policy.
    let auditor = world.person("auditor");
    auditor.clone_server();
    auditor
        .git(&["fetch", "-q", "origin", "refs/forge/*:refs/forge/*"])
        .ok();
    let signers = auditor
        .git(&["show", "refs/forge/policy:allowed_signers"])
        .ok();
    auditor.write("../signers", &signers);
    let log = format!("refs/forge/pr/{pr}/log");
    let file = "gpg.ssh.allowedSignersFile=../signers";
    let format = "--format=%G? %GS: %s";
    let shown = auditor
        .git(&["-c", file, "log", "--reverse", format, &log])
        .ok();
    assert_eq!(
        shown,
        "G alice@example.com: A topic\nG bob@example.com: Approve revision 1\n"
    );
    assert!(!auditor.dir().join(".git/touchmark").exists());
}

/// Databases that a program in Rust would link. SQLite is not among them: it holds the index of lists, see
/// [`the_one_database_is_a_cache`].
const STORES: &[&str] = &[
    "diesel", "heed", "lmdb", "mongodb", "mysql", "persy", "postgres", "redb", "redis", "rocksdb",
    "sea-orm", "sled", "sqlx",
];

#[test]
fn the_program_has_no_store_but_git() {
    let args = [
        "tree",
        "-p",
        "touchmark-cli",
        "-e",
        "normal",
        "--target",
        "all",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ];
    let tree = cargo(&args);
    let names: BTreeSet<&str> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert!(names.contains("gix"), "the tree was read: {names:?}");
    let found: Vec<_> = STORES.iter().filter(|name| names.contains(*name)).collect();
    assert!(found.is_empty(), "{found:?}");

    let words = [
        "InMemory",
        "MemoryStore",
        "MockStore",
        "FakeStore",
        "StubStore",
        "NullStore",
    ];
    let sources = files_with("rs").filter(|file| file.starts_with("crates/"));
    let named: Vec<_> = sources
        .filter(|file| words.iter().any(|word| read(file).contains(word)))
        .collect();
    assert!(named.is_empty(), "{named:?}");
}

#[test]
fn an_event_of_an_unknown_version_is_named_and_counts_for_nothing() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    let pr = open(&alice, "topic", "A topic");
    let comment = alice.json(&["pr", "comment", &pr, "--body=Hello"]);
    let sound = comment["event"].as_str().unwrap();
    // The same event in a version that nobody knows yet, signed by stock git.
    let message = alice.git(&["log", "-1", "--format=%B", sound]).ok();
    let later = message.replace("Forge-Event: comment/1", "Forge-Event: comment/9");
    alice.write(".git/later", &format!("{}\n", later.trim_end()));
    let tree = alice.rev(&format!("{sound}^{{tree}}"));
    let commit = ["commit-tree", "-S", "-F", ".git/later", "-p", sound, &tree];
    let strange = alice.git(&commit).ok().trim().to_owned();
    let log = format!("refs/forge/pr/{pr}/log");
    alice.git(&["update-ref", &log, &strange]).ok();

    let complaint = alice.touchmark(&["verify", "--all"]).fails(6);
    assert!(
        complaint.contains(&strange) && complaint.contains("comment/9"),
        "{complaint}"
    );
    assert!(complaint.contains("[event-unknown]"), "{complaint}");
    let shown = alice.json(&["pr", "show", &pr]);
    assert_eq!(shown["gate"]["open"], Value::Bool(false));
    let document = &shown["log"];
    assert_eq!(document["state"]["comments"].as_array().unwrap().len(), 1);
    assert_eq!(document["rejected"][0]["event"], strange.as_str());
}

#[test]
fn two_runs_never_share_an_id() {
    // The same people, keys, words and clock: only chance is different.
    let run = || {
        let world = forge(HashKind::Sha1);
        let alice = world.person("alice");
        let pr = open(&alice, "topic", "A topic");
        let mut ids = events(&alice, "policy");
        ids.extend(events(&alice, &pr));
        ids.push(super::repository(&alice));
        ids
    };
    let (first, second) = (run(), run());
    assert_eq!(first.len(), 3);
    for id in &first {
        assert!(!second.contains(id), "{id}");
    }
}

#[test]
fn one_id_names_the_object_its_event_its_ref_and_its_line() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    let pr = open(&alice, "topic", "A topic");
    assert_eq!(events(&alice, &pr), [pr.as_str()]);
    assert_eq!(alice.rev(&format!("refs/forge/pr/{pr}/log")), pr);
    assert_eq!(state(&alice, &pr)["revisions"][0]["event"], pr.as_str());
    let line = alice.touchmark(&["pr", "list"]).ok();
    assert!(line.starts_with(&pr[..12]), "{line}");
    assert!(server_refs(&world).contains(&pr));
}

#[test]
fn the_one_database_is_a_cache() {
    let places = [
        "crates/touchmark-cli/src/index/",
        "crates/touchmark-cli/Cargo.toml",
        "Cargo.toml",
    ];
    let naming = files()
        .iter()
        .filter(|file| file.starts_with("crates/") || *file == "Cargo.toml")
        .filter(|file| file.ends_with(".rs") || file.ends_with(".toml"))
        .filter(|file| read(file).contains("rusqlite"));
    let elsewhere: Vec<_> = naming
        .filter(|file| !places.iter().any(|place| file.starts_with(place)))
        .collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
    // What decides has no index to look at.
    let deciding = [
        "crates/touchmark-core/",
        "crates/touchmark-git/",
        "crates/touchmark-cli/src/server/",
        "crates/touchmark-cli/src/facts/",
        "crates/touchmark-cli/src/forge/",
    ];
    let looking: Vec<_> = files_with("rs")
        .filter(|file| deciding.iter().any(|place| file.starts_with(place)))
        .filter(|file| read(file).contains("crate::index"))
        .collect();
    assert!(looking.is_empty(), "{looking:?}");
    // And it is where everything may be deleted at any time.
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    open(&alice, "topic", "A topic");
    alice.touchmark(&["pr", "list"]).ok();
    let mut found = Vec::new();
    let mut folders = vec![alice.dir().join(".git"), alice.home()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read(&path)
                .unwrap()
                .starts_with(b"SQLite format 3")
            {
                found.push(path);
            }
        }
    }
    assert_eq!(
        found,
        [alice.dir().join(".git/touchmark/cache/index.sqlite")]
    );
}

#[test]
fn a_draft_cannot_merge() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = open(&alice, "topic", "A topic");
    alice.touchmark(&["pr", "draft", &pr]).ok();
    bob.touchmark(&["sync"]).ok();
    bob.touchmark(&["review", "submit", &pr, "--approve"]).ok();
    let refusal = bob.touchmark(&["pr", "merge", &pr]).fails(3);
    assert!(refusal.contains("(state-draft)"), "{refusal}");
    bob.touchmark(&["pr", "ready", &pr]).ok();
    bob.touchmark(&["pr", "merge", &pr]).ok();
}

#[test]
fn a_pull_request_is_edited_closed_reopened_and_found_by_label_and_assignee() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    let first = open(&alice, "first", "The first");
    alice.git(&["switch", "-q", "main"]).ok();
    let second = open(&alice, "second", "The second");
    alice.touchmark(&["pr", "label", &first, "urgent"]).ok();
    alice.touchmark(&["pr", "assign", &second, "bob"]).ok();
    assert_eq!(listed(&alice, &["--label=urgent"]), [first.as_str()]);
    assert_eq!(listed(&alice, &["--assignee=bob"]), [second.as_str()]);
    assert_eq!(listed(&alice, &["--assignee=carol"]), [""; 0]);
    assert_eq!(listed(&alice, &[]).len(), 2);

    alice
        .touchmark(&["pr", "edit", &first, "--title=Another title"])
        .ok();
    assert_eq!(state(&alice, &first)["title"], "Another title");
    alice.touchmark(&["pr", "close", &first]).ok();
    assert_eq!(listed(&alice, &[]), [second.as_str()]);
    assert_eq!(listed(&alice, &["--state=closed"]), [first.as_str()]);
    let refusal = alice.touchmark(&["pr", "merge", &first]).refused();
    assert!(refusal.contains("(state-closed)"), "{refusal}");
    alice.touchmark(&["pr", "reopen", &first]).ok();
    assert_eq!(listed(&alice, &[]).len(), 2);
}

#[test]
fn a_comment_follows_its_lines_through_a_rebase() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = open(&alice, "topic", "A topic");
    bob.touchmark(&["sync"]).ok();
    for line in ["src/lock.rs:5", "src/lock.rs:12"] {
        bob.touchmark(&["review", "comment", &pr, line, "--body=Why?"])
            .ok();
    }
    bob.touchmark(&["review", "submit", &pr, "--comment"]).ok();
    // The branch moves onto a main that has two more lines above, and changes line 12 itself.
    alice.touchmark(&["sync"]).ok();
    alice.git(&["switch", "-q", "main"]).ok();
    alice.write("src/lock.rs", &format!("a\nb\n{}", numbered_lines(20)));
    alice.commit("Begin with two letters");
    alice.git(&["push", "-q", "origin", "main"]).ok();
    alice.git(&["switch", "-q", "topic"]).ok();
    alice.git(&["rebase", "-q", "main"]).ok();
    let text = std::fs::read_to_string(alice.dir().join("src/lock.rs")).unwrap();
    alice.write("src/lock.rs", &text.replace("line 12\n", "line twelve\n"));
    alice.commit("Write another number out");
    alice.touchmark(&["pr", "revise", &pr]).ok();

    let shown = alice.touchmark(&["pr", "show", &pr]).ok();
    assert!(
        shown.contains("src/lock.rs:5 of revision 1, now 7"),
        "{shown}"
    );
    assert!(
        shown.contains("src/lock.rs:12 of revision 1, outdated"),
        "{shown}"
    );
    assert!(shown.contains("> 12 | line 12"), "as it was: {shown}");
}

#[test]
fn a_draft_review_stays_here_and_is_published_as_one_event() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = open(&alice, "topic", "A topic");
    bob.touchmark(&["sync"]).ok();
    let before = server_refs(&world);
    for (line, text) in [(3, "--body=One."), (5, "--body=Two."), (7, "--body=Three.")] {
        let place = format!("src/lock.rs:{line}");
        bob.touchmark(&["review", "comment", &pr, &place, text])
            .ok();
    }
    bob.touchmark(&["sync"]).ok();
    assert_eq!(server_refs(&world), before);
    assert_eq!(world.on_server(&["for-each-ref", "refs/drafts"]), "");
    assert_eq!(events(&bob, &pr).len(), 1);

    let submit = [
        "review",
        "submit",
        &pr,
        "--request-changes",
        "--body=Three.",
    ];
    bob.touchmark(&submit).ok();
    assert_eq!(events(&bob, &pr).len(), 2);
    assert_eq!(bob.refs("refs/drafts"), "");
    let state = state(&bob, &pr);
    let comments = state["comments"].as_array().unwrap();
    assert_eq!(comments.len(), 4, "a summary and three anchors");
    assert_eq!(state["verdicts"]["bob"]["verdict"], "request-changes");
}

#[test]
fn an_error_is_told_as_json_with_code_cause_and_next_step() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    let pr = open(&alice, "topic", "A topic");
    for (args, status, code) in [
        (
            ["pr", "merge", pr.as_str()].as_slice(),
            3,
            "approvals-missing",
        ),
        (&["verify", "ffff"], 4, "not-found"),
    ] {
        let told = alice.touchmark(&[args, &["--json"]].concat()).fails(status);
        let last: Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
        assert_eq!(last["exit"], status);
        assert_eq!(last["errors"][0]["code"], code);
        for field in [
            &last["errors"][0]["message"],
            &last["errors"][0]["hints"][0],
        ] {
            assert!(
                field.as_str().is_some_and(|text| !text.is_empty()),
                "{last}"
            );
        }
    }
}

#[test]
fn every_command_answers_for_help_and_none_is_a_placeholder() {
    let world = World::empty(HashKind::Sha1);
    let nobody = world.person("nobody");
    let program = crate::workspace::program("touchmark");
    let page = read("docs/reference/cli.md");
    let commands = page
        .lines()
        .filter_map(|line| line.strip_prefix("## `touchmark ")?.strip_suffix('`'));
    let mut count = 0;
    for command in commands {
        let words = command.split(' ').chain(["--help"]);
        let run = world
            .command(program, &nobody.home(), world.path())
            .args(words)
            .run()
            .ok();
        assert!(run.contains("Usage: touchmark"), "{command}: {run}");
        count += 1;
    }
    assert!(count > 20, "{count}");
    for file in files_with("rs").filter(|file| file.starts_with("crates/touchmark-cli/")) {
        let text = read(file).to_lowercase();
        assert!(!text.contains("not implemented"), "{file}");
    }
}

#[test]
fn a_wrong_command_line_is_told_as_json_too() {
    let world = World::empty(HashKind::Sha1);
    let nobody = world.person("nobody");
    for (args, message, hint) in [
        (
            &["pr", "opne", "--json"][..],
            "unrecognized subcommand 'opne'",
            "a similar subcommand exists: 'open'",
        ),
        (
            &["--json", "pr", "merge"],
            "the following required arguments were not provided: <ID>",
            "Usage: touchmark pr merge",
        ),
    ] {
        let told = nobody.anywhere(args).fails(2);
        let document: Value = serde_json::from_str(&told).unwrap();
        let error = &document["errors"][0];
        assert_eq!(
            (&error["code"], &document["exit"]),
            (&"usage".into(), &2.into())
        );
        assert_eq!(error["message"], message);
        assert!(error["hints"][0].as_str().unwrap().contains(hint), "{told}");
    }
}
