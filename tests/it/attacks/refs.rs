//! Attacks on refs: their names, what they hold, and who may move them.

use touchmark_core::event::{Decision, Payload, Pusher, Time, payload};
use touchmark_core::id::ObjectId;

use super::landing::{ONE, args};
use super::stage::{Stage, to_log, write};

/// D1: a forge ref is deleted: a log, the heads of a pull request, the policy, the receipts.
/// Stock: deletes them even with `receive.denyDeletes`, which covers branches alone.
/// Refused: ref-delete, ref-owner
#[test]
fn d1_a_forge_ref_is_deleted() {
    let stage = Stage::with_policy(ONE);
    let alice = stage.person("alice");
    let pr = stage.open(&alice, "topic");
    let log = format!(":refs/forge/pr/{pr}/log");
    stage.stock();
    stage
        .on_stock(&["config", "receive.denyDeletes", "true"])
        .ok();
    stage.stock_takes(&alice, &[&log]);
    let told = stage.refuses(
        &alice,
        "ref-delete",
        &[
            &log,
            &format!(":refs/forge/pr/{pr}/heads"),
            ":refs/forge/policy",
        ],
    );
    assert_eq!(told.matches("(ref-delete)").count(), 3, "{told}");
    stage.refuses(&alice, "ref-owner", &[":refs/forge/receipts"]);
    stage.accepts(&alice, &["topic:refs/heads/topic"]);
    stage.accepts(&alice, &[":refs/heads/topic"]);
}

/// D2: a forge ref is rewound: a log to an earlier event or to another history, the heads to something else.
/// Stock: rewinds it even with `receive.denyNonFastForwards`, which covers branches alone.
/// Refused: ref-rewind, heads-mismatch
#[test]
fn d2_a_forge_ref_is_rewound() {
    let stage = Stage::new();
    let alice = stage.person("alice");
    let pr = stage.open(&alice, "topic");
    let first = stage.comment("bob", pr, "First.").write(&alice);
    stage.accepts(&alice, &[&to_log(first, pr)]);
    let second = stage.comment("bob", first, "Second.").write(&alice);
    let instead = stage.comment("bob", pr, "Never mind.").write(&alice);
    stage.stock();
    stage
        .on_stock(&["config", "receive.denyNonFastForwards", "true"])
        .ok();
    stage.stock_takes(&alice, &[&to_log(pr, pr)]);
    for to in [pr, instead] {
        stage.refuses(&alice, "ref-rewind", &[&format!("+{}", to_log(to, pr))]);
    }
    let heads = format!("+main:refs/forge/pr/{pr}/heads");
    stage.refuses(&alice, "heads-mismatch", &[&heads]);
    stage.accepts(&alice, &[&to_log(second, pr)]);
}

/// D3: a replacement for the newest commit of `main`, below `refs/replace/`.
/// Stock: takes it, and `git log` then shows the replacement.
/// Refused: ref-namespace
#[test]
fn d3_a_commit_is_replaced() {
    let stage = Stage::with_policy(ONE);
    let alice = stage.person("alice");
    let main = alice.rev("main");
    let lie = alice
        .git(&["commit-tree", "-m", "Something else", "main^{tree}"])
        .ok();
    let lie = lie.trim();
    let replace = format!("{lie}:refs/replace/{main}");
    stage.stock_takes(&alice, &[&replace]);
    let shown = stage.on_stock(&["log", "-1", "--format=%s", "main"]).ok();
    assert_eq!(shown, "Something else\n");
    stage.refuses(&alice, "ref-namespace", &[&replace]);
    stage.accepts(&alice, &[&format!("{lie}:refs/heads/else")]);
}

/// D4: branches and tags that could be taken for `HEAD`, an object id or an option.
/// Refused: ref-name
#[test]
fn d4_names_that_mean_something_else() {
    let stage = Stage::with_policy(ONE);
    let alice = stage.person("alice");
    let id = alice.rev("main");
    let names = [
        "heads/HEAD".to_owned(),
        format!("heads/{id}"),
        "heads/-x".to_owned(),
        "tags/HEAD".to_owned(),
        format!("tags/{id}"),
        "tags/--all".to_owned(),
    ];
    for_each_name(&stage, "ref-name", &names.each_ref().map(String::as_str));
    stage.accepts(&alice, &["main:refs/heads/head", "main:refs/heads/x"]);
}

/// D5: names with characters that change the direction of writing, or that look like others.
/// Refused: ref-name
#[test]
fn d5_names_that_look_like_others() {
    let stage = Stage::with_policy(ONE);
    let names = [
        "heads/release-\u{202e}1",
        "heads/m\u{430}in",
        "heads/main\u{200b}",
        "tags/v1\u{2024}0",
    ];
    for_each_name(&stage, "ref-name", &names);
    stage.accepts(&stage.person("alice"), &["main:refs/heads/release-1"]);
}

/// Pushes `main` to each of the names in one push, and sees that each is refused by the rule.
#[track_caller]
fn for_each_name(stage: &Stage, rule: &str, names: &[&str]) {
    let refspecs: Vec<String> = names
        .iter()
        .map(|name| format!("main:refs/{name}"))
        .collect();
    let told = stage.refuses(&stage.person("alice"), rule, &args(&refspecs));
    let count = told.matches(&format!("({rule})")).count();
    assert_eq!(count, names.len(), "{told}");
}

/// D6: a branch that differs from another by case alone, in its last part or in a folder, or that is a folder of one.
/// Refused: ref-case
#[test]
fn d6_names_that_some_file_systems_confuse() {
    let stage = Stage::with_policy(ONE);
    let alice = stage.person("alice");
    stage.accepts(&alice, &["main:refs/heads/topic/one"]);
    for names in [
        &["main:refs/heads/Main"][..],
        &["main:refs/heads/MAIN/x"],
        &["main:refs/heads/Topic/one"],
        &["main:refs/heads/Topic/two"],
        &["main:refs/heads/TOPIC"],
        &["main:refs/heads/a", "main:refs/heads/A"],
    ] {
        stage.refuses(&alice, "ref-case", names);
    }
    stage.accepts(&alice, &["main:refs/heads/topic/two", "main:refs/heads/a"]);
}

/// D7: something else than an event at a forge ref: a tree, a file, an annotated tag of an event, a commit of code.
/// Refused: ref-object, ref-rewind, signature-missing
#[test]
fn d7_something_else_at_a_forge_ref() {
    let stage = Stage::new();
    let alice = stage.person("alice");
    let pr = stage.open(&alice, "topic");
    let honest = stage.comment("bob", pr, "Hello.").write(&alice);
    let tagged = format!(
        "object {honest}\ntype commit\ntag x\ntagger Alice <alice@example.com> {} +0000\n\nx\n",
        stage.now()
    );
    let tag = write(&alice, "tag", tagged.as_bytes());
    let id = |revision: &str| ObjectId::from_hex(&alice.rev(revision)).unwrap();
    for other in [id("main^{tree}"), id("main:README.md"), tag] {
        stage.refuses(&alice, "ref-object", &[&format!("+{}", to_log(other, pr))]);
        stage.refuses(
            &alice,
            "ref-object",
            &[&format!("{other}:refs/forge/issue/{other}/log")],
        );
    }
    let code = id("main");
    stage.refuses(&alice, "ref-rewind", &[&format!("+{}", to_log(code, pr))]);
    let new = format!("{code}:refs/forge/issue/{code}/log");
    stage.refuses(&alice, "signature-missing", &[&new]);
    stage.accepts(&alice, &[&to_log(honest, pr)]);
}

/// D17: a client writes what only the sequencer writes: receipts, archive, notes; also a receipt of its own signing.
/// Numbers of objects stand in the receipts' tree, so there is no ref of theirs to push to.
/// Refused: ref-owner, ref-namespace, server-door
#[test]
fn d17_what_only_the_sequencer_writes() {
    let stage = Stage::new();
    let alice = stage.person("alice");
    for name in ["forge/receipts", "forge/archive", "notes/forge"] {
        let refspec = format!("+main:refs/{name}");
        stage.refuses(&alice, "ref-owner", &[&refspec]);
    }
    stage.refuses(&alice, "ref-namespace", &["main:refs/forge/numbers"]);
    // A receipt as it would be well made, but by Carol's key: the next one, on what the last one says.
    let fetched = ["fetch", "-q", "origin", "refs/forge/receipts"];
    alice.git(&fetched).ok();
    let last = stage.on_server_id("refs/forge/receipts");
    let tree = alice.rev("FETCH_HEAD^{tree}");
    let sequence = alice
        .git(&["rev-list", "--first-parent", "--count", "FETCH_HEAD"])
        .ok();
    let receipt = payload::Receipt2 {
        sequence: sequence.trim().parse::<u32>().unwrap() + 1,
        pusher: Pusher::None,
        time: Time::from_seconds(stage.now()).unwrap(),
        decision: Decision::Accepted,
    };
    let mut raw = stage.raw("carol", Some(last), Payload::Receipt2(receipt));
    raw.unsigned.tree = ObjectId::from_hex(&tree).unwrap();
    let forged = raw.write(&alice);
    let refspec = format!("{forged}:refs/forge/receipts");
    stage.refuses(&alice, "ref-owner", &[&refspec]);
    // On the server itself, somehow: clones raise the alarm, and the server goes no further from it.
    let pr = stage.open(&alice, "topic");
    assert_ne!(stage.on_server_id("refs/forge/receipts"), last);
    alice.touchmark(&["verify", "refs/forge/receipts"]).ok();
    let server = stage.world.server();
    super::stage::hash_object(&server, "commit", &raw.bytes());
    stage.by_hand("refs/forge/receipts", Some(forged));
    let bob = stage.person("bob");
    let told = bob.touchmark(&["sync"]).fails(5);
    assert!(told.contains("ALARM"), "{told}");
    let told = bob.touchmark(&["verify", "refs/forge/receipts"]).refused();
    assert!(told.contains("right-missing"), "{told}");
    let comment = stage.comment("alice", pr, "Hello.").write(&alice);
    stage.refuses_late(&alice, "server-door", &[&to_log(comment, pr)]);
}
