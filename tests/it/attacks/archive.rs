//! Attacks on what is archived. Nothing folds objects into the archive yet, so a hand does, with the sequencer's key.

use std::process::{Command, Stdio};

use touchmark_core::event::{Decision, Payload, Pusher, Time, payload};
use touchmark_core::id::{HashKind, ObjectId};
use touchmark_core::push::RefChange;
use touchmark_core::receipt::{CHANGES, snapshot_path, write_changes};
use touchmark_core::sign::attach_signature;

use super::stage::{Raw, Stage, hash_object, to_log};

/// Writes an event into the server's repository, signed by the sequencer.
fn as_sequencer(stage: &Stage, raw: &Raw) -> ObjectId {
    let server = stage.world.server();
    let payload = raw.unsigned.encode(HashKind::Sha1).unwrap();
    let mut child = Command::new("ssh-keygen")
        .args(["-q", "-Y", "sign", "-n", "git", "-f"])
        .arg(server.join("touchmark/sequencer"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), &payload).unwrap();
    let armor = child.wait_with_output().unwrap().stdout;
    let armor = String::from_utf8(armor).unwrap();
    let bytes = attach_signature(&payload, &armor, HashKind::Sha1);
    hash_object(&server, "commit", &bytes)
}

/// Folds one object into the archive, and seals that with a receipt.
pub(crate) fn fold(stage: &Stage, pr: ObjectId, tip: ObjectId) {
    let archived = |sequence| {
        Payload::Archive(payload::Archive {
            sequence,
            time: Time::from_seconds(stage.now()).unwrap(),
        })
    };
    let first = as_sequencer(stage, &stage.raw("sequencer", None, archived(1)));
    let mut raw = stage.raw("sequencer", Some(first), archived(2));
    raw.unsigned.parents.push(tip);
    raw.unsigned.tree = edited(stage, None, &[(folded_path(pr), Some(link(tip)))]);
    let archive = as_sequencer(stage, &raw);
    let (log, heads) = (
        format!("refs/forge/pr/{pr}/log"),
        format!("refs/forge/pr/{pr}/heads"),
    );
    let change = |name: &str, old, new| RefChange {
        name: name.to_owned(),
        old,
        new,
    };
    let changes = [
        change(&log, Some(tip), None),
        change(&heads, Some(stage.on_server_id(&heads)), None),
        change("refs/forge/archive", None, Some(archive)),
    ];
    receipt(stage, &changes);
    for change in &changes {
        stage.by_hand(&change.name, change.new);
    }
}

/// The next receipt, for these changes.
fn receipt(stage: &Stage, changes: &[RefChange]) {
    let receipts = "refs/forge/receipts";
    let last = stage.on_server_id(receipts);
    let count = ["rev-list", "--first-parent", "--count", receipts];
    let count = stage.world.on_server(&count);
    let listed = write_changes(HashKind::Sha1, changes);
    let listed = hash_object(&stage.world.server(), "blob", listed.as_bytes());
    let mut edits: Vec<(String, Option<String>)> = changes
        .iter()
        .map(|change| (snapshot_path(&change.name), change.new.map(link)))
        .collect();
    edits.push((CHANGES.to_owned(), Some(format!("100644,{listed}"))));
    let payload = Payload::Receipt2(payload::Receipt2 {
        sequence: count.trim().parse::<u32>().unwrap() + 1,
        pusher: Pusher::None,
        time: Time::from_seconds(stage.now()).unwrap(),
        decision: Decision::Accepted,
    });
    let mut raw = stage.raw("sequencer", Some(last), payload);
    raw.unsigned.tree = edited(stage, Some(last), &edits);
    stage.by_hand(receipts, Some(as_sequencer(stage, &raw)));
}

/// A tree of the server's with these entries, as `mode,id`, or without them.
fn edited(stage: &Stage, tree: Option<ObjectId>, edits: &[(String, Option<String>)]) -> ObjectId {
    let index = stage.world.path().join("index");
    let git = |args: &[&str]| {
        let (home, server) = (stage.person("nobody").home(), stage.world.server());
        let command = stage.world.command("git", &home, stage.world.path());
        // Some of these commands ask for a work tree, whichever.
        let command = command
            .env("GIT_DIR", server)
            .env("GIT_WORK_TREE", stage.world.path())
            .env("GIT_INDEX_FILE", &index);
        command.args(args).run().ok()
    };
    let _ = std::fs::remove_file(&index);
    if let Some(tree) = tree {
        git(&["read-tree", &tree.to_string()]);
    }
    for (path, entry) in edits {
        match entry {
            Some(entry) => git(&[
                "update-index",
                "--add",
                "--cacheinfo",
                &format!("{entry},{path}"),
            ]),
            None => git(&["update-index", "--force-remove", path]),
        };
    }
    ObjectId::from_hex(git(&["write-tree"]).trim()).unwrap()
}

fn link(id: ObjectId) -> String {
    format!("160000,{id}")
}

fn folded_path(id: ObjectId) -> String {
    let hex = id.to_string();
    format!("{}/{}/{}", &hex[..2], &hex[2..4], &hex[4..])
}

/// D18: an archived pull request comes back as a new ref: as it was, cut short, or going on from an earlier event.
/// Refused: ref-archived
#[test]
fn d18_an_archived_log_comes_back() {
    let stage = Stage::new();
    let alice = stage.person("alice");
    let pr = stage.open(&alice, "topic");
    let heads = stage.on_server_id(&format!("refs/forge/pr/{pr}/heads"));
    let tip = stage.comment("bob", pr, "The last word.").write(&alice);
    stage.accepts(&alice, &[&to_log(tip, pr)]);
    let forked = stage.comment("bob", pr, "Another last word.").write(&alice);
    let after = stage.comment("carol", tip, "Not quite.").write(&alice);
    fold(&stage, pr, tip);
    let heads = format!("{heads}:refs/forge/pr/{pr}/heads");
    for back in [tip, pr, forked] {
        stage.refuses(&alice, "ref-archived", &[&to_log(back, pr), &heads]);
    }
    stage.accepts(&alice, &[&to_log(after, pr), &heads]);
}
