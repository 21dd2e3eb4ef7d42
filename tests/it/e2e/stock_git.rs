//! What stock git makes of it: it reads, verifies and checks all of the record, and would have written the same bytes.

use touchmark_core::id::HashKind;

use super::{forge, open};
use crate::env::{Person, World};

/// A forge with a pull request that has some events.
fn busy(hash: HashKind) -> (World, String) {
    let world = forge(hash);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = open(&alice, "topic", "A topic");
    alice.touchmark(&["pr", "label", &pr, "bug"]).ok();
    bob.touchmark(&["sync"]).ok();
    bob.touchmark(&["review", "comment", &pr, "src/lock.rs:5", "--body=Why?"])
        .ok();
    bob.touchmark(&[
        "review",
        "submit",
        &pr,
        "--approve",
        "--body=Well.\n\n--- a divider\n",
    ])
    .ok();
    alice.touchmark(&["sync"]).ok();
    (world, pr)
}

fn verified(hash: HashKind) {
    let (world, pr) = busy(hash);
    let alice = world.person("alice");
    let name = format!("refs/forge/pr/{pr}/log");
    let events = alice.git(&["rev-list", &name]).ok();
    assert_eq!(events.lines().count(), 3);
    for event in events.lines().chain(["refs/forge/policy"]) {
        let told = alice.git(&["verify-commit", event]);
        assert!(
            told.stderr.contains("Good \"git\" signature for "),
            "{told:?}"
        );
        told.ok();
    }
    let marks = alice.git(&["log", "--format=%G? %GS", &name]).ok();
    assert_eq!(
        marks,
        "G bob@example.com\nG alice@example.com\nG alice@example.com\n"
    );
    let format = "--format=%an|%s|%(trailers:key=Forge-Verdict,valueonly,separator=%x2C)";
    let listed = alice.git(&["log", format, &name]).ok();
    let expected = "Bob|Approve revision 1|approve\nAlice|Add label bug|\nAlice|A topic|\n";
    // The subject of a label event is the registry's affair.
    assert_eq!(listed.lines().next(), expected.lines().next());
    assert_eq!(listed.lines().last(), expected.lines().last());
    let comment = alice.git(&["show", &format!("{name}:comments/0001")]).ok();
    assert_eq!(comment, "Why?\n");
}

#[test]
fn stock_git_verifies_with_sha1() {
    verified(HashKind::Sha1);
}

#[test]
fn stock_git_verifies_with_sha256() {
    verified(HashKind::Sha256);
}

/// Makes with `git commit -S` what an event says: same tree, parent, author, date, message and key.
fn remake(person: &Person<'_>, event: &str) -> String {
    let field = |format: &str| {
        person
            .git(&["log", "-1", &format!("--format={format}"), event])
            .ok()
    };
    let raw = person.git(&["cat-file", "commit", event]).ok();
    let message = raw.split_once("\n\n").unwrap().1;
    let tree = format!("{event}^{{tree}}");
    let scratch = person.dir().join(".git/scratch");
    std::fs::write(&scratch, message).unwrap();
    let parents = field("%P");
    let mut arguments = vec!["commit-tree", "-S", "-F", scratch.to_str().unwrap()];
    for parent in parents.split_whitespace() {
        arguments.extend(["-p", parent]);
    }
    arguments.push(&tree);
    let date = field("%ad").trim().to_owned();
    let run = person
        .command("git")
        .args(["-c", "log.date=raw"])
        .args(&arguments)
        .env("GIT_AUTHOR_NAME", field("%an").trim())
        .env("GIT_AUTHOR_EMAIL", field("%ae").trim())
        .env("GIT_COMMITTER_NAME", field("%an").trim())
        .env("GIT_COMMITTER_EMAIL", field("%ae").trim())
        .env("GIT_AUTHOR_DATE", &date)
        .env("GIT_COMMITTER_DATE", &date)
        .run();
    run.ok().trim().to_owned()
}

#[test]
fn git_would_have_written_the_same_bytes() {
    for hash in [HashKind::Sha1, HashKind::Sha256] {
        let (world, pr) = busy(hash);
        let name = format!("refs/forge/pr/{pr}/log");
        let (alice, bob) = (world.person("alice"), world.person("bob"));
        let review = alice.rev(&name);
        let label = alice.rev(&format!("{name}^"));
        for (person, event) in [(bob, review), (alice, label), (alice, pr)] {
            assert_eq!(remake(&person, &event), event, "{hash:?}");
        }
    }
}

#[test]
fn a_changed_event_is_noticed_by_both() {
    let (world, pr) = busy(HashKind::Sha1);
    let alice = world.person("alice");
    let name = format!("refs/forge/pr/{pr}/log");
    let raw = alice.git(&["cat-file", "commit", &name]).ok();
    alice.write(
        ".git/forged",
        &raw.replace("Forge-Verdict: approve", "Forge-Verdict: comment"),
    );
    let forged = alice
        .git(&["hash-object", "-w", "-t", "commit", ".git/forged"])
        .ok();
    let forged = forged.trim();
    alice.git(&["verify-commit", forged]).refused();
    alice.git(&["update-ref", &name, forged]).ok();
    alice.touchmark(&["verify", &pr]).fails(6);
}

/// A server without hooks takes any ref; what is no log hides none of those that are.
#[test]
fn a_ref_that_is_no_log_hides_no_other() {
    let (world, pr) = busy(HashKind::Sha1);
    let bob = world.person("bob");
    let blob = world.on_server(&["rev-parse", "refs/heads/main:src/lock.rs"]);
    let tree = world.on_server(&["rev-parse", "refs/heads/main^{tree}"]);
    let (blob, tree) = (blob.trim(), tree.trim());
    let strange = [
        (format!("refs/forge/pr/{blob}/log"), blob),
        (format!("refs/forge/issue/{tree}/log"), tree),
        ("refs/forge/\u{202e}evil".to_owned(), blob),
    ];
    for (name, id) in &strange {
        world.on_server(&["update-ref", name, id]);
    }
    bob.touchmark(&["sync"]).ok();
    for arguments in [["pr", "list"], ["log", "--color=never"]] {
        let run = bob.touchmark(&arguments);
        assert!(run.stderr.contains(blob), "{run:?}");
        assert!(run.ok().contains("A topic"), "{arguments:?}");
    }
    let run = bob.touchmark(&["verify", "--all"]);
    assert!(
        run.stdout.contains(&format!("ok   refs/forge/pr/{pr}/log")),
        "{run:?}"
    );
    let told = run.fails(6);
    for (name, _) in &strange {
        assert!(
            told.contains(&name.replace('\u{202e}', "\\u{202e}")),
            "{told}"
        );
    }
    assert!(!told.contains('\u{202e}'), "{told}");
}
