//! Comments through revisions: they follow their lines, or show them as they were.

use touchmark_core::id::HashKind;

use crate::e2e::{forge, open};
use crate::env::{Person, numbered_lines};

/// Bob comments on these places of alice's pull request.
fn comment(bob: &Person<'_>, pr: &str, places: &[&[&str]]) {
    bob.touchmark(&["sync"]).ok();
    for place in places {
        let args = [["review", "comment", pr, "--body=Hm."].as_slice(), place].concat();
        bob.touchmark(&args).ok();
    }
    bob.touchmark(&["review", "submit", pr, "--comment"]).ok();
}

/// Alice adds what she has as a revision; what is shown then.
fn revise(alice: &Person<'_>, pr: &str) -> String {
    alice.touchmark(&["sync"]).ok();
    alice.commit("Go on");
    alice.touchmark(&["pr", "revise", pr]).ok();
    alice.touchmark(&["pr", "show", pr]).ok()
}

#[track_caller]
fn has(shown: &str, part: &str) {
    assert!(shown.contains(part), "{part}\n--- is not in\n{shown}");
}

#[test]
fn a_comment_shows_its_lines_beside_what_they_replaced() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = open(&alice, "topic", "Name a line");
    let places: [&[&str]; 2] = [&["src/lock.rs:5"], &["src/lock.rs:5", "--side=old"]];
    comment(&bob, &pr, &places);
    let shown = bob.touchmark(&["pr", "show", &pr]).ok();
    has(
        &shown,
        "src/lock.rs:5 of revision 1 [open]\n    3 | line 3\n    4 | line 4\n    5 |-line 5\n  > 5 |+line five\n    6 | line 6\n",
    );
    has(
        &shown,
        "src/lock.rs:5 (old side) of revision 1 [open]\n    3 | line 3\n    4 | line 4\n  > 5 |-line 5\n    5 |+line five\n    6 | line 6\n",
    );
    let excerpt = bob.json(&["pr", "show", &pr])["threads"][0]["standing"]["excerpt"].clone();
    let changes: Vec<_> = excerpt["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["change"].as_str().unwrap())
        .collect();
    assert_eq!(
        changes,
        ["kept", "kept", "removed", "added", "kept", "kept"]
    );
}

#[test]
fn a_comment_follows_its_lines_when_they_or_their_file_move() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let pr = open(&alice, "topic", "Name a line");
    comment(
        &bob,
        &pr,
        &[&["src/lock.rs:2-3"], &["src/lock.rs", "--file"]],
    );

    // A block that is cut out and put in at the end.
    let text = std::fs::read_to_string(alice.dir().join("src/lock.rs")).unwrap();
    let text = text.replace("line 2\nline 3\n", "") + "line 2\nline 3\n";
    alice.write("src/lock.rs", &text);
    let shown = revise(&alice, &pr);
    has(&shown, "src/lock.rs:2-3 of revision 1, now 19-20 [open]\n");
    has(&shown, "  > 19 |+line 2\n  > 20 |+line 3\n");

    // A file that is renamed, and one more line in it.
    alice.git(&["mv", "src/lock.rs", "src/the lock.rs"]).ok();
    alice.write("src/the lock.rs", &format!("first\n{text}"));
    let shown = revise(&alice, &pr);
    has(
        &shown,
        "src/lock.rs:2-3 of revision 1, now src/the lock.rs:20-21 [open]\n",
    );
    has(&shown, "  > 20 |+line 2\n  > 21 |+line 3\n");
    has(
        &shown,
        "src/lock.rs of revision 1, now src/the lock.rs [open]\n",
    );
    let standing = bob_s_view(&bob, &pr);
    assert_eq!(standing["path"], "src/the%20lock.rs");
    assert_eq!(
        (&standing["first"], &standing["last"]),
        (&20.into(), &21.into())
    );

    // A file that is gone: the lines as they were, beside what they replaced then.
    alice.git(&["rm", "-q", "src/the lock.rs"]).ok();
    let shown = revise(&alice, &pr);
    has(
        &shown,
        "src/lock.rs:2-3 of revision 1, outdated [open]\n    1 | line 1\n  > 2 | line 2\n  > 3 | line 3\n    4 | line 4\n    5 |-line 5\n    5 |+line five\n",
    );
    has(&shown, "src/lock.rs of revision 1, outdated [open]\n");

    // And when it is there again, so is the thread.
    alice.write("src/lock.rs", &numbered_lines(4));
    let shown = revise(&alice, &pr);
    has(&shown, "src/lock.rs:2-3 of revision 1 [open]\n");
}

fn bob_s_view(bob: &Person<'_>, pr: &str) -> serde_json::Value {
    bob.touchmark(&["sync"]).ok();
    bob.json(&["pr", "show", pr])["threads"][0]["standing"].clone()
}

/// Alice opens a pull request of one commit, and bob comments on its message; the pull request and the commit.
fn with_comments_on_a_message(alice: &Person<'_>, bob: &Person<'_>) -> (String, String) {
    alice.git(&["switch", "-q", "-c", "topic"]).ok();
    alice.write("README.md", "# Some project\n");
    let commit = alice.commit("Name a lien\n\nIt is the fifth.");
    let opened = alice.json(&["pr", "open", "--target=main"]);
    let pr = opened["event"].as_str().unwrap().to_owned();
    bob.touchmark(&["sync"]).ok();
    let say = |spot: &str| {
        let args = ["review", "comment", &pr, "--body=Hm.", "--message", spot];
        bob.touchmark(&args)
    };
    say(&format!("{commit}:1")).ok();
    say(&commit).ok();
    // Neither a commit of another branch nor lines that are not there.
    let refused = say("origin/main").fails(4);
    has(&refused, "is no commit of revision 1");
    let refused = say(&format!("{commit}:3-4")).fails(4);
    has(&refused, "has 3 lines, not 4");
    let submit = ["review", "submit", &pr, "--request-changes"];
    bob.touchmark(&submit).ok();
    (pr, commit)
}

#[test]
fn a_comment_on_a_commit_s_message_follows_it_through_a_rebase() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let (pr, commit) = with_comments_on_a_message(&alice, &bob);
    let short = &commit[..12];
    let shown = bob.touchmark(&["pr", "show", &pr]).ok();
    let lines = "  > 1 | Name a lien\n    2 |\n    3 | It is the fifth.\n";
    has(
        &shown,
        &format!("message of {short}:1 of revision 1 [open]\n{lines}"),
    );
    has(
        &shown,
        &format!("message of {short} of revision 1 [open]\n"),
    );

    // The same message on another commit.
    alice.write("README.md", "# Another\n");
    let shown = revise_with(&alice, &pr, "Name a lien\n\nIt is the fifth.");
    let now = &alice.rev("topic")[..12];
    let moved = format!("message of {short}:1 of revision 1, now message of {now}:1 [open]\n");
    has(&shown, &moved);
    let moved = format!("message of {short} of revision 1, now message of {now} [open]\n");
    has(&shown, &moved);
    // A message that begins otherwise is another one: the thread shows what it was about.
    let shown = revise_with(&alice, &pr, "Name a line\n\nIt is the fifth.");
    let outdated = format!("message of {short}:1 of revision 1, outdated [open]\n{lines}");
    has(&shown, &outdated);
}

#[test]
fn a_review_of_messages_is_a_review() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let (pr, commit) = with_comments_on_a_message(&alice, &bob);
    let log = format!("refs/forge/pr/{pr}/log");
    let event = bob.git(&["log", "-1", "--format=%B", &log]).ok();
    has(&event, "\nForge-Event: review/2\n");
    let anchors =
        format!("\nForge-Anchor: 1 message {commit}:1\nForge-Anchor: 2 message {commit}\n");
    has(&event, &anchors);
    alice.touchmark(&["sync"]).ok();
    alice.touchmark(&["verify", "--all"]).ok();
    let refusal = alice.touchmark(&["pr", "merge", &pr]).fails(3);
    has(&refusal, "bob asks for changes");
    // Nobody approves their own change with one.
    let own = [
        "review",
        "comment",
        &pr,
        "--body=Good.",
        "--message",
        "topic",
    ];
    alice.touchmark(&own).ok();
    let approve = ["review", "submit", &pr, "--approve"];
    has(&alice.touchmark(&approve).fails(3), "(self-approval)");
}

/// Alice writes the commit anew with this message, as a revision; what is shown then.
fn revise_with(alice: &Person<'_>, pr: &str, message: &str) -> String {
    alice.touchmark(&["sync"]).ok();
    let amend = ["commit", "-q", "--all", "--amend", "-m", message];
    alice.git(&amend).ok();
    alice.touchmark(&["pr", "revise", pr]).ok();
    alice.touchmark(&["pr", "show", pr]).ok()
}
