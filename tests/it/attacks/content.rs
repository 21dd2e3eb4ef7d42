//! Attacks on whoever fetches, checks out or reads what was pushed.

use touchmark_core::event::{Payload, Verdict, payload};
use touchmark_core::id::ObjectId;
use touchmark_core::object::{MODE_FILE, MODE_TREE, TreeEntry, write_tree};

use super::stage::{Raw, Stage, open_branches, to_log, tree, write};
use crate::env::Person;
use crate::workspace;

const MODE_LINK: u32 = 0o120_000;

/// A commit on `main` with a tree of these entries, whatever they are called.
fn code(stage: &Stage, clone: &Person<'_>, entries: &[(u32, &[u8], ObjectId)]) -> ObjectId {
    let entry = |(mode, name, id): &(u32, &'_ [u8], ObjectId)| (*mode, name.to_vec(), *id);
    let entries: Vec<_> = entries.iter().map(entry).collect();
    let data = write_tree(entries.iter().map(|(mode, name, id)| TreeEntry {
        mode: *mode,
        name,
        id: *id,
    }));
    let tree = write(clone, "tree", &data);
    commit(stage, clone, tree, &clone.rev("origin/main"))
}

/// A commit of a tree on a parent.
fn commit(stage: &Stage, clone: &Person<'_>, tree: ObjectId, parent: &str) -> ObjectId {
    let who = format!("{0} <{0}@example.com> {1} +0000", clone.name, stage.now());
    let text =
        format!("tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n\nAdd files\n");
    write(clone, "commit", text.as_bytes())
}

/// Sees that a commit is refused by a rule so many times, as a branch's, a tag's and an annotated tag's.
#[track_caller]
fn refuses_code(stage: &Stage, by: &Person<'_>, commit: ObjectId, rules: &[(&str, usize)]) {
    let who = format!("{0} <{0}@example.com> {1} +0000", by.name, stage.now());
    let tag = format!("object {commit}\ntype commit\ntag v1\ntagger {who}\n\nA version\n");
    let tag = write(by, "tag", tag.as_bytes());
    for refspec in [
        format!("{commit}:refs/heads/files"),
        format!("{commit}:refs/tags/v1"),
        format!("{tag}:refs/tags/v1"),
    ] {
        let told = stage.refuses(by, rules[0].0, &[&refspec]);
        expect_quiet(&told);
        for (rule, count) in rules {
            let found = told.matches(&format!("({rule})")).count();
            assert_eq!(found, *count, "{refspec}: {rule}: {told}");
        }
    }
}

/// F1: names in trees that git or a file system takes for the repository itself, or for the folder above.
/// Stock: takes them all, where `receive.fsckObjects` is not on.
/// Refused: content-name
#[test]
fn f1_names_that_are_taken_for_something_else() {
    let stage = Stage::with_policy(&open_branches());
    let dave = stage.person("dave");
    let file = write(&dave, "blob", b"#!/bin/sh\n");
    let names: [&[u8]; 13] = [
        b".git",
        b".Git",
        b".",
        b"..",
        b"git~1",
        b"GIT~1",
        b".git ",
        b".git...",
        b".git::$INDEX_ALLOCATION",
        ".g\u{200c}it".as_bytes(),
        b"a\\..\\..\\b",
        b"a\\.git\\config",
        b"..\\x",
    ];
    let mut entries: Vec<_> = names.iter().map(|name| (MODE_FILE, *name, file)).collect();
    let hooks = tree(&dave, &[(MODE_FILE, "post-checkout", file)]);
    entries.push((
        MODE_TREE,
        b".GIT",
        tree(&dave, &[(MODE_TREE, "hooks", hooks)]),
    ));
    let forged = code(&stage, &dave, &entries);
    stage.stock_takes(&dave, &[&format!("{forged}:refs/heads/files")]);
    // git itself looks first on a server of ours, and is not all that there is.
    let before = stage.everything();
    let refspec = format!("{forged}:refs/heads/files");
    let told = dave
        .git(&["push", "--signed", "origin", &refspec])
        .refused();
    assert!(told.contains("unpack failed"), "{told}");
    stage.expect_unchanged(&before);
    let fsck = ["config", "receive.fsckObjects", "false"];
    stage.world.on_server(&fsck);
    refuses_code(&stage, &dave, forged, &[("content-name", entries.len())]);
    let plain = code(&stage, &dave, &[(MODE_FILE, b".github", file)]);
    stage.accepts(&dave, &[&format!("{plain}:refs/heads/files")]);
}

/// Where links lead: out of the tree, or into the repository itself.
const TARGETS: [&str; 5] = [
    "/etc/passwd",
    "../outside",
    "a/../../outside",
    ".git/hooks/post-checkout",
    "c:\\windows",
];

/// Addresses of submodules that run a program or are files of whoever clones.
const URLS: [&str; 3] = ["ext::sh -c evil", "file:///etc", "/etc"];

/// Names that act on a terminal, or show letters in another order.
const NAMES: [&str; 5] = [
    "a\u{1b}[2Jb",
    "a\nb",
    "a\u{9b}2Jb",
    "a\u{202e}b",
    "a\u{2066}b",
];

/// F2: links out of the tree and into `.git`, submodules that run a program or read this machine's files, names that
/// act on a terminal or show another order.
/// Stock: takes them all, with `receive.fsckObjects` too.
/// Refused: content-link, content-modules, content-name
#[test]
fn f2_links_submodules_and_hidden_characters() {
    let stage = Stage::with_policy(&open_branches());
    let dave = stage.person("dave");
    let blob = |text: &str| write(&dave, "blob", text.as_bytes());
    let mut entries: Vec<(u32, String, ObjectId)> = Vec::new();
    for (number, target) in TARGETS.iter().enumerate() {
        entries.push((MODE_LINK, format!("link-{number}"), blob(target)));
    }
    for (number, url) in URLS.iter().enumerate() {
        let text = format!("[submodule \"a\"]\n\tpath = a\n\turl = {url}\n");
        let folder = tree(&dave, &[(MODE_FILE, ".gitmodules", blob(&text))]);
        entries.push((MODE_TREE, format!("modules-{number}"), folder));
    }
    for name in NAMES {
        entries.push((MODE_FILE, name.to_owned(), blob("text\n")));
    }
    let entries: Vec<_> = entries
        .iter()
        .map(|(mode, name, id)| (*mode, name.as_bytes(), *id))
        .collect();
    let forged = code(&stage, &dave, &entries);
    stage.stock();
    stage
        .on_stock(&["config", "receive.fsckObjects", "true"])
        .ok();
    stage.stock_takes(&dave, &[&format!("{forged}:refs/heads/files")]);
    let rules = [
        ("content-link", TARGETS.len()),
        ("content-modules", URLS.len()),
        ("content-name", NAMES.len()),
    ];
    refuses_code(&stage, &dave, forged, &rules);
    let modules = "[submodule \"a\"]\n\tpath = a\n\turl = https://example.com/a\n";
    let entries = [
        (MODE_LINK, b"link".as_slice(), blob("src/lock.rs")),
        (MODE_FILE, b".gitmodules", blob(modules)),
        (MODE_FILE, "\u{e9}\u{f1}".as_bytes(), blob("text\n")),
    ];
    let plain = code(&stage, &dave, &entries);
    stage.accepts(&dave, &[&format!("{plain}:refs/heads/files")]);
}

/// F9: a secret that one commit adds and the next takes away again, so that it is only in the history.
/// Refused: content-secret
#[test]
fn f9_a_secret_in_between() {
    let stage = Stage::with_policy(&open_branches());
    let dave = stage.person("dave");
    let main = dave.rev("origin/main");
    let before = dave.rev("origin/main^{tree}");
    let before = ObjectId::from_hex(&before).unwrap();
    let hidden = |text: &str| {
        let file = write(&dave, "blob", text.as_bytes());
        let with = tree(&dave, &[(MODE_FILE, "config", file)]);
        let first = commit(&stage, &dave, with, &main);
        commit(&stage, &dave, before, &first.to_string())
    };
    // In two parts, so that nobody takes it for one here.
    let token = format!("token = gh{}_{}\n", "p", "A1b2C3d4E5f6G7h8I9j0".repeat(2));
    let forged = hidden(&token);
    refuses_code(&stage, &dave, forged, &[("content-secret", 1)]);
    // The same as a pull request.
    dave.git(&["switch", "-q", "-c", "topic", &forged.to_string()])
        .ok();
    dave.write("README.md", "# A project with a change\n");
    dave.commit("Change the title");
    let state = stage.everything();
    let run = dave.touchmark(&["pr", "open", "--target=main", "--title=Harmless"]);
    assert_ne!(run.status, 0);
    assert!(run.stderr.contains("(content-secret)"), "{}", run.stderr);
    stage.expect_unchanged(&state);
    let plain = hidden("token = from the environment\n");
    stage.accepts(&dave, &[&format!("{plain}:refs/heads/files")]);
}

/// What a command prints at a terminal.
fn at_a_terminal(person: &Person<'_>, args: &[&str]) -> String {
    let program = workspace::program("touchmark").display().to_string();
    let words: Vec<String> = std::iter::once(program.as_str())
        .chain(args.iter().copied())
        .map(|word| format!("'{word}'"))
        .collect();
    let typed = words.join(" ");
    let command = person
        .command("script")
        .env("TERM", "xterm")
        // A pager would wait for somebody to read on.
        .env("TOUCHMARK_PAGER", "cat");
    command.args(["-qec", &typed, "/dev/null"]).run().ok()
}

#[track_caller]
fn expect_quiet(shown: &str) {
    let acts = ['\u{1b}', '\u{7}', '\u{8}', '\u{9b}', '\u{202e}', '\u{2066}'];
    assert!(!shown.contains(acts), "{shown:?}");
}

/// F10, F11: what acts on a terminal or shows another order, in text that an event says.
/// Refused: message-control, message-bidi, push-form, ref-name
#[test]
fn f10_escapes_in_what_is_said() {
    let stage = Stage::new();
    let dave = stage.person("dave");
    let pr = stage.open(&stage.person("alice"), "topic");
    dave.touchmark(&["sync"]).ok();
    let raw = stage.comment("dave", pr, "Look at this.");
    for (text, rule) in [
        ("\u{1b}[2J\u{1b}]0;title\u{7}", "message-control"),
        ("\u{9b}2J", "message-control"),
        ("over\u{8}\u{8}\u{8}\u{8}under", "message-control"),
        ("a\u{202e}b", "message-bidi"),
        ("a\u{2066}b\u{2069}", "message-bidi"),
    ] {
        let forged = raw.altered(&dave, "Look at this.", text);
        expect_quiet(&stage.refuses(&dave, rule, &[&to_log(forged, pr)]));
    }
    let retitled = Payload::Edit(payload::Edit {});
    let mut edit = stage.raw("alice", Some(pr), retitled);
    edit.unsigned.subject = Some("A title".to_owned());
    let forged = edit.altered(&dave, "A title", "A t\u{202e}itle");
    stage.refuses(&dave, "message-bidi", &[&to_log(forged, pr)]);
    // A push option and the name of a ref; git's own lines show the name as it was typed.
    let honest = to_log(raw.write(&dave), pr);
    let option = "-o\u{1b}[2J";
    expect_quiet(&stage.refuses_push(&dave, "push-form", &["--signed", option, &honest]));
    let name = "origin/main:refs/heads/a\u{9b}2J\u{202e}b";
    let told = stage.refuses(&dave, "ref-name", &[name]);
    let ours = told.lines().filter(|line| line.starts_with("remote: "));
    ours.for_each(expect_quiet);
    stage.accepts(&dave, &[&honest]);
}

/// F10, F11: the same in code and in paths, where it may stand; whoever reads about it sees it written out.
/// Client: everything that is shown is written out, and acts on no terminal.
#[test]
fn f11_escapes_in_code_are_written_out() {
    let stage = Stage::new();
    let (alice, dave) = (stage.person("alice"), stage.person("dave"));
    alice
        .git(&["switch", "-q", "-c", "topic", "origin/main"])
        .ok();
    alice.write(
        "src/lock.rs",
        "one \u{1b}[2J\u{7} line\nif a\u{202e} { \u{2066}\n",
    );
    alice.commit("Change it all");
    let opened = alice.json(&["pr", "open", "--target=main", "--title=Harmless"]);
    let pr = ObjectId::from_hex(opened["event"].as_str().unwrap()).unwrap();
    dave.touchmark(&["sync"]).ok();
    let raw = review(&stage, pr);
    stage.accepts(&dave, &[&to_log(raw.write(&dave), pr)]);
    alice.touchmark(&["sync"]).ok();
    let id = pr.to_string();
    for args in [
        ["pr", "show", &id].as_slice(),
        &["pr", "list"],
        &["pr", "diff", &id],
        &["log", &id],
    ] {
        let shown = at_a_terminal(&alice, args);
        expect_quiet(&shown);
        if *args == ["pr", "diff", &id] {
            assert!(shown.contains("one \\u{1b}[2J\\u{7} line"), "{shown}");
            assert!(shown.contains("if a\\u{202e} { \\u{2066}"), "{shown}");
        }
    }
    let shown = alice.touchmark(&["pr", "show", &id]).ok();
    expect_quiet(&shown);
    assert!(shown.contains("\\u{202e}"), "{shown}");
}

/// A review of Dave's with a comment on code that acts on a terminal and one on a path that does, and a suggestion.
fn review(stage: &Stage, pr: ObjectId) -> Raw {
    let (alice, dave) = (stage.person("alice"), stage.person("dave"));
    let anchors = [
        "1 new src/lock.rs:1-2",
        "2 new src/%1B%5D0%3Bx%07%E2%80%AE.rs:1",
    ];
    let id = |name: &str| ObjectId::from_hex(&alice.rev(name)).unwrap();
    let payload = payload::Review {
        revision: 1,
        verdict: Verdict::Comment,
        base: id("origin/main"),
        head: id("topic"),
        comments: serde_json::from_value(serde_json::json!(anchors)).unwrap(),
    };
    let mut raw = stage.raw("dave", Some(pr), Payload::Review(payload));
    let blob = |name, text: &str| (MODE_FILE, name, write(&dave, "blob", text.as_bytes()));
    let both = [blob("0001", "Like this?\n"), blob("0002", "Like this?\n")];
    let instead = [blob("0001", "two \u{1b}[2J \u{202e}lines\n")];
    let folders = [
        (MODE_TREE, "comments", tree(&dave, &both)),
        (MODE_TREE, "suggestions", tree(&dave, &instead)),
    ];
    raw.unsigned.tree = tree(&dave, &folders);
    raw
}
