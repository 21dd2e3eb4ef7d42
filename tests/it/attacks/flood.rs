//! Attacks with more than a server can hold, and with text that two programs could read in two ways.

use touchmark_core::event::{Payload, RefName, Verdict, payload};
use touchmark_core::id::ObjectId;
use touchmark_core::object::{MODE_FILE, MODE_TREE};

use super::stage::{MAIN, Raw, Stage, open_branches, to_log, tree, write};
use crate::env::Person;

/// A commit on `main` of these files.
fn files(stage: &Stage, clone: &Person<'_>, contents: &[Vec<u8>]) -> ObjectId {
    let names: Vec<String> = (0..contents.len())
        .map(|number| format!("{number:04}"))
        .collect();
    let entries: Vec<_> = names
        .iter()
        .zip(contents)
        .map(|(name, content)| (MODE_FILE, name.as_str(), write(clone, "blob", content)))
        .collect();
    commit(stage, clone, tree(clone, &entries))
}

fn commit(stage: &Stage, clone: &Person<'_>, tree: ObjectId) -> ObjectId {
    let who = format!("{0} <{0}@example.com> {1} +0000", clone.name, stage.now());
    let main = clone.rev("origin/main");
    let text = format!("tree {tree}\nparent {main}\nauthor {who}\ncommitter {who}\n\nAdd files\n");
    write(clone, "commit", text.as_bytes())
}

/// Zeros that are not the same as others.
fn zeros(count: usize, number: u8) -> Vec<u8> {
    let mut zeros = vec![0; count];
    zeros[0] = number;
    zeros
}

/// F3: a small pack that is large when it is unpacked: one file, several, and many small objects. What no policy may
/// allow is refused by `push-size` before anything is read.
/// Stock: takes it, with `receive.maxInputSize`: the pack is small.
/// Refused: push-limit
#[test]
fn f3_a_small_pack_that_is_large_unpacked() {
    let limits = "[limits]\nfile_bytes = 1000000\npush_bytes = 4000000\npush_objects = 20\n";
    let stage = Stage::with_policy(&format!("{}{limits}", open_branches()));
    let dave = stage.person("dave");
    let to_branch = |contents: &[Vec<u8>]| {
        let commit = files(&stage, &dave, contents);
        format!("{commit}:refs/heads/files")
    };
    stage.stock();
    stage
        .on_stock(&["config", "receive.maxInputSize", "100k"])
        .ok();
    let several: Vec<Vec<u8>> = (0..5).map(|number| zeros(900_000, number)).collect();
    let many: Vec<Vec<u8>> = (0..20).map(|number| vec![number]).collect();
    for bomb in [&[zeros(2_000_000, 0)], several.as_slice(), &many] {
        let bomb = to_branch(bomb);
        stage.stock_takes(&dave, &[&bomb]);
        stage.refuses(&dave, "push-limit", &[&bomb]);
    }
    stage.accepts(&dave, &[&to_branch(&several[..4])]);
}

/// F4: a tree of 10,000,000,000 paths in twelve objects, as code and as the files of an event.
/// Stock: takes it, with `receive.fsckObjects`.
/// Refused: push-limit, object-size
#[test]
fn f4_a_tree_of_very_many_paths() {
    let stage = Stage::with_policy(&open_branches());
    let dave = stage.person("dave");
    let pr = stage.open(&stage.person("alice"), "topic");
    dave.touchmark(&["sync"]).ok();
    let grown = |levels: usize| {
        let mut below = (MODE_FILE, write(&dave, "blob", b"leaf\n"));
        for _ in 0..levels {
            let names: Vec<String> = (0..10).map(|name| name.to_string()).collect();
            let entries: Vec<_> = names
                .iter()
                .map(|name| (below.0, name.as_str(), below.1))
                .collect();
            below = (MODE_TREE, tree(&dave, &entries));
        }
        below.1
    };
    let bomb = format!("{}:refs/heads/files", commit(&stage, &dave, grown(10)));
    stage.stock();
    stage
        .on_stock(&["config", "receive.fsckObjects", "true"])
        .ok();
    stage.stock_takes(&dave, &[&bomb]);
    stage.refuses(&dave, "push-limit", &[&bomb]);
    let mut raw = stage.comment("dave", pr, "Look.");
    let honest = raw.write(&dave);
    raw.unsigned.tree = grown(10);
    stage.refuses(&dave, "object-size", &[&to_log(raw.write(&dave), pr)]);
    let twin = format!("{}:refs/heads/files", commit(&stage, &dave, grown(2)));
    stage.accepts(&dave, &[&twin, &to_log(honest, pr)]);
}

/// F5: 5,000 refs in one push, and one more than the policy allows.
/// Refused: push-form, push-limit
#[test]
fn f5_very_many_refs_in_one_push() {
    // The project's own first push has more objects than that, and may.
    let limits = "[limits]\npush_refs = 20\npush_objects = 2\n";
    let stage = Stage::with_policy(&format!("{}{limits}", open_branches()));
    let dave = stage.person("dave");
    // Written as git packs refs: five thousand files would take their time.
    let packed = dave.dir().join(".git/packed-refs");
    let known = std::fs::read_to_string(&packed).unwrap_or_default();
    let main = dave.rev("origin/main");
    let known = known.lines().filter(|line| !line.starts_with('#'));
    let many = (0..5_000).map(|number| format!("{main} refs/many/{number}"));
    let text: String = known
        .map(str::to_owned)
        .chain(many)
        .map(|line| line + "\n")
        .collect();
    std::fs::write(&packed, text).unwrap();
    stage.refuses(&dave, "push-form", &["refs/many/*:refs/heads/*"]);
    let few: Vec<String> = (0..21)
        .map(|number| format!("origin/main:refs/heads/{number}"))
        .collect();
    let few: Vec<&str> = few.iter().map(String::as_str).collect();
    stage.refuses(&dave, "push-limit", &few);
    stage.accepts(&dave, &few[..20]);
}

/// A pull request of Alice's that Dave has fetched, and a review of it by Dave.
fn review(stage: &Stage) -> (ObjectId, Raw) {
    let (alice, dave) = (stage.person("alice"), stage.person("dave"));
    let pr = stage.open(&alice, "topic");
    dave.touchmark(&["sync"]).ok();
    let id = |name: &str| ObjectId::from_hex(&alice.rev(name)).unwrap();
    let payload = payload::Review {
        revision: 1,
        verdict: Verdict::Comment,
        base: id("origin/main"),
        head: id("topic"),
        comments: Vec::new(),
    };
    let mut raw = stage.raw("dave", Some(pr), Payload::Review(payload));
    raw.unsigned.body = Some("All of it.".to_owned());
    (pr, raw)
}

/// What is put in the place of what, and the rule that it breaks.
type Defect<'a> = (&'a str, &'a [u8], &'a str);

/// Sees that the review with each defect is refused, and that it is taken without.
#[track_caller]
fn judge_reviews(stage: &Stage, defects: &[Defect<'_>]) {
    let dave = stage.person("dave");
    let (pr, raw) = review(stage);
    for (from, to, rule) in defects {
        let forged = raw.altered(&dave, from, to);
        stage.refuses(&dave, rule, &[&to_log(forged, pr)]);
    }
    stage.accepts(&dave, &[&to_log(raw.write(&dave), pr)]);
}

/// Sees that versions of the policy are refused, and that the one without the defects is taken.
#[track_caller]
fn judge_policies(stage: &Stage, defects: &[(&str, &str)]) {
    let alice = stage.person("alice");
    let (toml, signers) = (stage.policy_toml(MAIN), stage.allowed_signers());
    let to_policy = |toml: &str| {
        let version = stage.version("alice", toml, &signers, &["alice"]);
        format!("{version}:refs/forge/policy")
    };
    for (from, to) in defects {
        let changed = toml.replacen(from, to, 1);
        assert_ne!(changed, toml);
        stage.refuses(&alice, "policy-form", &[&to_policy(&changed)]);
    }
    stage.accepts(
        &alice,
        &[&to_policy(&toml.replacen(
            "approvals = 1",
            "approvals = 2",
            1,
        ))],
    );
}

/// F6: a key that stands twice, one that nobody knows, and one in other letters, in an event and in the policy.
/// Refused: trailer-repeated, trailer-unknown, policy-form
#[test]
fn f6_doubled_unknown_and_look_alike_keys() {
    let stage = Stage::new();
    let verdict = "\nForge-Verdict: comment\n";
    judge_reviews(
        &stage,
        &[
            (
                verdict,
                b"\nForge-Verdict: comment\nForge-Verdict: approve\n",
                "trailer-repeated",
            ),
            (
                verdict,
                b"\nForge-Verdict: comment\nForge-Verdict: comment\n",
                "trailer-repeated",
            ),
            (
                verdict,
                b"\nForge-Verdict: comment\nForge-Weight: 2\n",
                "trailer-unknown",
            ),
            (verdict, b"\nforge-verdict: comment\n", "trailer-unknown"),
        ],
    );
    judge_policies(
        &stage,
        &[
            ("threshold = 1\n", "threshold = 1\nthreshold = 1\n"),
            ("[people.dave]", "[people.\"bob\"]"),
            ("threshold = 1\n", "threshold = 1\nowner = \"dave\"\n"),
            ("threshold = 1\n", "Threshold = 1\n"),
            ("approvals = 1", "Approvals = 1"),
        ],
    );
}

/// F7: numbers beyond any type, tables in tables without end, bytes that are no text, more text than a message holds.
/// Refused: trailer-value, author-form, message-encoding, message-size, policy-form
#[test]
fn f7_numbers_nesting_and_bytes_without_end() {
    let stage = Stage::new();
    let long = vec![b'a'; 70_000];
    judge_reviews(
        &stage,
        &[
            (
                "Forge-Revision: 1\n",
                b"Forge-Revision: 18446744073709551617\n",
                "trailer-value",
            ),
            (
                "Forge-Revision: 1\n",
                b"Forge-Revision: 01\n",
                "trailer-value",
            ),
            (
                "Forge-Revision: 1\n",
                b"Forge-Revision: -1\n",
                "trailer-value",
            ),
            (" +0000\ncommitter", b"000 +0000\ncommitter", "author-form"),
            ("All of it.", b"All \xff\xfe of it.", "message-encoding"),
            ("All of it.", b"All \xed\xa0\x80 of it.", "message-encoding"),
            ("All of it.", &long, "message-size"),
        ],
    );
    let nested = format!("x = {}\nthreshold = 1\n", "[".repeat(100_000));
    let tables = format!(
        "{}x = 1\n",
        "[a.a.a.a.a.a.a.a]\n".replace("a.a", &"a.".repeat(20_000))
    );
    judge_policies(
        &stage,
        &[
            ("threshold = 1\n", &nested),
            ("[recovery]\n", &format!("{tables}[recovery]\n")),
            ("threshold = 1\n", "threshold = 18446744073709551617\n"),
            ("approvals = 1", "approvals = 4294967297"),
        ],
    );
}

/// F8: line ends of another system, a byte order mark, spaces that nobody sees: the same to the eye, another id.
/// Refused: message-control, message-encoding, message-space, policy-form
#[test]
fn f8_text_that_looks_the_same() {
    let stage = Stage::new();
    let (subject, body) = ("\n\nComment on revision 1\n", "All of it.\n");
    judge_reviews(
        &stage,
        &[
            (body, b"All of it.\r\n", "message-control"),
            (
                subject,
                "\n\n\u{feff}Comment on revision 1\n".as_bytes(),
                "message-encoding",
            ),
            (body, "All of\u{feff} it.\n".as_bytes(), "message-encoding"),
            (body, b"All of it. \n", "message-space"),
            (body, b"All of it.\t\n", "message-space"),
            (
                "Forge-Verdict: comment\n",
                b"Forge-Verdict: comment \n",
                "message-space",
            ),
        ],
    );
    judge_policies(&stage, &[("format = 2", "\u{feff}format = 2")]);
}

/// Pushes by git's own protocol, past what stock git checks of names before it sends them.
fn push_by_hand(by: &Person<'_>, name: &str, new: ObjectId) -> String {
    let line = format!("{} {new} {name}\0 report-status", "0".repeat(40));
    let mut input = format!("{:04x}{line}0000", line.len() + 4).into_bytes();
    let pack = b"PACK\0\0\0\x02\0\0\0\0";
    input.extend_from_slice(pack);
    input.extend_from_slice(&sha1_checked::Sha1::try_digest(pack).hash()[..]);
    let server = by.world.server();
    let server = server.to_str().unwrap();
    let run = by
        .command("git")
        .args(["receive-pack", server])
        .stdin(&input)
        .run();
    run.stderr + &run.stdout
}

/// F13: names and ids of refs that would lead out of where they belong, if a program made a path of them.
/// Refused: push-form, ref-namespace
#[test]
fn f13_refs_that_lead_elsewhere() {
    let stage = Stage::new();
    let dave = stage.person("dave");
    let main = stage.on_server_id("refs/heads/main");
    let before = stage.everything();
    for name in [
        "refs/forge/pr/../../heads/main",
        "refs/heads/../../config",
        "../config",
        "/etc/passwd",
    ] {
        let told = push_by_hand(&dave, name, main);
        assert!(told.contains("(push-form)"), "{name}: {told}");
        stage.expect_unchanged(&before);
    }
    let encoded = format!("{main}:refs/forge/pr/%2e%2e/log");
    stage.refuses(&dave, "ref-namespace", &[&encoded]);
    let pr = stage.open(&stage.person("alice"), "topic");
    dave.touchmark(&["sync"]).ok();
    let heads = dave.rev(&format!("refs/forge/pr/{pr}/heads"));
    let change = format!("{heads}:refs/for/main");
    let args = |option| ["--signed", option, &change];
    stage.refuses_push(&dave, "push-form", &args("-opr=../../config"));
    stage.refuses_push(&dave, "push-form", &args("-opr=%2e%2e"));
    let honest = stage.comment("dave", pr, "Here.").write(&dave);
    stage.accepts(&dave, &[&to_log(honest, pr)]);
}

/// F13: the same within events and in the policy.
/// Refused: trailer-value, policy-form
#[test]
fn f13_values_that_lead_elsewhere() {
    let stage = Stage::new();
    let dave = stage.person("dave");
    let (pr, mut raw) = review(&stage);
    let text = write(&dave, "blob", b"Here.\n");
    let comments = tree(&dave, &[(MODE_FILE, "0001", text)]);
    raw.unsigned.tree = tree(&dave, &[(MODE_TREE, "comments", comments)]);
    if let Payload::Review(review) = &mut raw.unsigned.payload {
        let anchors = serde_json::json!(["1 new src/lock.rs:1"]);
        review.comments = serde_json::from_value(anchors).unwrap();
    }
    for path in [
        "../../etc/passwd",
        "/etc/passwd",
        "%2e%2e/x",
        "src/%2E%2E/x",
        "src//x",
        ".git/config",
    ] {
        let forged = raw.altered(&dave, "new src/lock.rs:", format!("new {path}:"));
        stage.refuses(&dave, "trailer-value", &[&to_log(forged, pr)]);
    }
    stage.accepts(&dave, &[&to_log(raw.write(&dave), pr)]);
    let main = stage.on_server_id("refs/heads/main");
    let payload = payload::Pr {
        target: RefName::parse("refs/heads/main").unwrap(),
        base: main,
        head: main,
        draft: false,
        labels: Vec::new(),
        assignees: Vec::new(),
        reviewers: Vec::new(),
    };
    let mut opened = stage.raw("dave", None, Payload::Pr(payload));
    opened.unsigned.subject = Some("A title".to_owned());
    let forged = opened.altered(&dave, ": refs/heads/main", ": refs/heads/../../config");
    stage.refuses(&dave, "trailer-value", &[&to_log(forged, forged)]);
    judge_policies(&stage, &[("[people.dave]", "[people.\"../dave\"]")]);
}
