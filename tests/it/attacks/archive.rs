//! Attacks on what is archived. Where a fold lies, a hand makes it, with the sequencer's key.

use std::process::{Command, Stdio};

use touchmark_core::archive::{ARCHIVE, archive_path};
use touchmark_core::event::{Decision, Payload, Pusher, Time, payload};
use touchmark_core::id::{Digest, HashKind, ObjectId};
use touchmark_core::push::RefChange;
use touchmark_core::receipt::{CHANGES, snapshot_path, write_changes};
use touchmark_core::sign::attach_signature;

use super::hands::DAVE;
use super::landing::ONE;
use super::races::Paused;
use super::stage::{Raw, Stage, hash_object, key, to_log};
use crate::env::Person;

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

/// Folds one pull request into the archive as it should be, and seals that with a receipt.
pub(crate) fn fold_by_hand(stage: &Stage, pr: ObjectId) {
    Fold::of(stage, pr).make(stage);
}

/// A fold of one pull request by hand, as it should be or not.
struct Fold {
    pr: ObjectId,
    tip: ObjectId,
    heads: ObjectId,
    /// What the archive says that the tip is; `None` for nothing.
    entry: Option<ObjectId>,
    /// What it keeps reachable.
    kept: Vec<ObjectId>,
    decision: Decision,
}

impl Fold {
    /// As it should be.
    fn of(stage: &Stage, pr: ObjectId) -> Self {
        let tip = stage.on_server_id(&format!("refs/forge/pr/{pr}/log"));
        let heads = stage.on_server_id(&format!("refs/forge/pr/{pr}/heads"));
        Self {
            pr,
            tip,
            heads,
            entry: Some(tip),
            kept: vec![tip, heads],
            decision: Decision::Archived,
        }
    }

    /// Folds it so, and seals that with a receipt.
    fn make(&self, stage: &Stage) {
        let archived = |sequence| {
            Payload::Archive(payload::Archive {
                sequence,
                time: Time::from_seconds(stage.now()).unwrap(),
            })
        };
        let first = as_sequencer(stage, &stage.raw("sequencer", None, archived(1)));
        let mut raw = stage.raw("sequencer", Some(first), archived(2));
        raw.unsigned.parents.extend(&self.kept);
        let entries: Vec<_> = self
            .entry
            .iter()
            .map(|tip| (archive_path(self.pr), Some(link(*tip))))
            .collect();
        raw.unsigned.tree = edited(stage, None, &entries);
        let archive = as_sequencer(stage, &raw);
        let change = |name: String, old, new| RefChange { name, old, new };
        let changes = [
            change(log_of(self.pr), Some(self.tip), None),
            change(heads_of(self.pr), Some(self.heads), None),
            change(ARCHIVE.to_owned(), None, Some(archive)),
        ];
        receipt(stage, &changes, self.decision);
        for change in &changes {
            stage.by_hand(&change.name, change.new);
        }
    }
}

/// Folds all that is closed, as the server does.
fn fold(stage: &Stage) {
    let args = ["server", "archive", "server.git", "--closed-for=0s"];
    stage.person("nobody").anywhere(&args).ok();
}

fn log_of(pr: ObjectId) -> String {
    format!("refs/forge/pr/{pr}/log")
}

fn heads_of(pr: ObjectId) -> String {
    format!("refs/forge/pr/{pr}/heads")
}

/// Closes a pull request, and returns the closing event.
fn close(stage: &Stage, clone: &Person<'_>, tip: ObjectId, pr: ObjectId) -> ObjectId {
    let closing = Payload::Close(payload::Close {});
    let tip = stage.raw("alice", Some(tip), closing).write(clone);
    stage.accepts(clone, &[&to_log(tip, pr)]);
    tip
}

/// The next receipt, for these changes.
fn receipt(stage: &Stage, changes: &[RefChange], decision: Decision) {
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
        decision,
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

/// D18: an archived pull request comes back as a new ref: as it was, cut short, or going on from an earlier event; or
/// only what keeps its code comes back, or a log that goes on without that.
/// Refused: ref-archived, heads-mismatch
#[test]
fn d18_an_archived_log_comes_back() {
    let stage = Stage::new();
    let alice = stage.person("alice");
    let pr = stage.open(&alice, "topic");
    let heads = stage.on_server_id(&heads_of(pr));
    let tip = close(&stage, &alice, pr, pr);
    let forked = stage.comment("bob", pr, "Another last word.").write(&alice);
    let after = stage.comment("carol", tip, "Not quite.").write(&alice);
    fold(&stage);
    let heads = format!("{heads}:{}", heads_of(pr));
    for back in [tip, pr, forked] {
        stage.refuses(&alice, "ref-archived", &[&to_log(back, pr), &heads]);
    }
    stage.refuses(&alice, "heads-mismatch", &[&heads]);
    stage.refuses(&alice, "heads-mismatch", &[&to_log(after, pr)]);
    stage.accepts(&alice, &[&to_log(after, pr), &heads]);
}

/// D18: an archived issue comes back cut short, out of so many that they were folded by more than one commit at once.
/// Refused: ref-archived
#[test]
fn d18_one_of_many_issues_comes_back() {
    const ISSUES: usize = 105;
    let stage = Stage::new();
    let alice = stage.person("alice");
    let mut issues = Vec::new();
    for number in 0..ISSUES {
        let opening = payload::Issue {
            labels: Vec::new(),
            assignees: Vec::new(),
        };
        let mut raw = stage.raw("alice", None, Payload::Issue(opening));
        raw.unsigned.subject = Some(format!("Issue {number}"));
        let id = raw.write(&alice);
        let closing = Payload::Close(payload::Close {});
        issues.push((id, stage.raw("bob", Some(id), closing).write(&alice)));
    }
    let refspecs: Vec<String> = issues
        .iter()
        .map(|(id, tip)| format!("{tip}:refs/forge/issue/{id}/log"))
        .collect();
    let refspecs: Vec<&str> = refspecs.iter().map(String::as_str).collect();
    stage.accepts(&alice, &refspecs);
    let bob = stage.person("bob");
    bob.touchmark(&["sync"]).ok();
    fold(&stage);
    let count = |args: &[&str]| stage.world.on_server(args).lines().count();
    assert_eq!(count(&["rev-list", "--first-parent", ARCHIVE]), 3);
    assert_eq!(count(&["ls-tree", "-r", ARCHIVE]), ISSUES);
    assert!(!stage.refs().contains("refs/forge/issue"));
    bob.touchmark(&["sync"]).ok();
    assert_eq!(bob.refs("refs/forge/issue"), "");
    let audit = bob.json(&["receipts", "verify", "--archive"]);
    assert_eq!(audit["faults"], serde_json::json!([]));
    assert_eq!(audit["folds"], 1);
    let (id, tip) = issues[77];
    bob.touchmark(&["verify", &id.to_string()]).ok();
    let to_issue = |tip: ObjectId| format!("{tip}:refs/forge/issue/{id}/log");
    stage.refuses(&alice, "ref-archived", &[&to_issue(id)]);
    let after = stage.comment("carol", tip, "Not quite.").write(&alice);
    stage.accepts(&alice, &[&to_issue(after)]);
}

/// D18: the server's archive is lost, or put back to what it was, and an archived log comes back cut short as if it were
/// new.
/// Refused: server-door
#[test]
fn d18_the_archive_is_lost() {
    let stage = Stage::new();
    let alice = stage.person("alice");
    let old = stage.open(&alice, "old");
    close(&stage, &alice, old, old);
    fold(&stage);
    let older = stage.on_server_id(ARCHIVE);
    let pr = stage.open(&alice, "topic");
    let heads = format!("{}:{}", stage.on_server_id(&heads_of(pr)), heads_of(pr));
    let tip = close(&stage, &alice, pr, pr);
    fold(&stage);
    let archive = stage.on_server_id(ARCHIVE);
    let check = ["server", "check", "server.git"];
    for wrong in [None, Some(older)] {
        stage.by_hand(ARCHIVE, wrong);
        stage.refuses(&alice, "server-door", &[&to_log(pr, pr), &heads]);
        let told = stage.person("nobody").anywhere(&check);
        assert!(
            told.stdout.contains("the last receipt says"),
            "{}",
            told.stdout
        );
    }
    stage.by_hand(ARCHIVE, Some(archive));
    stage.person("nobody").anywhere(&check).ok();
    stage.refuses(&alice, "ref-archived", &[&to_log(pr, pr), &heads]);
    let after = stage.comment("carol", tip, "Not quite.").write(&alice);
    stage.accepts(&alice, &[&to_log(after, pr), &heads]);
}

/// D15: an archived object's id comes back as a guest's log, whose other events its rules would not count.
/// Refused: ref-archived
#[test]
fn d15_an_archived_log_comes_back_as_another_type() {
    let stage = Stage::with_policy(&format!("{ONE}[guests]\nopen = true\n"));
    let alice = stage.person("alice");
    let pr = stage.open(&alice, "topic");
    let heads = format!("{}:{}", stage.on_server_id(&heads_of(pr)), heads_of(pr));
    let tip = close(&stage, &alice, pr, pr);
    fold(&stage);
    let said = stage.comment("alice", tip, "As a guest.").write(&alice);
    let guest = Digest::of(&key("alice").public().to_blob());
    let refspec = format!("{said}:refs/forge/guest/{guest}/{pr}/log");
    stage.refuses(&alice, "ref-archived", &[&refspec]);
    stage.accepts(&alice, &[&to_log(said, pr), &heads]);
}

/// D18: a client folds: it deletes the refs of what is closed, alone or together with an archive of its own.
/// Refused: ref-delete, ref-owner
#[test]
fn d18_a_client_folds() {
    let stage = Stage::new();
    let alice = stage.person("alice");
    let pr = stage.open(&alice, "topic");
    let tip = close(&stage, &alice, pr, pr);
    let (log, heads) = (format!(":{}", log_of(pr)), format!(":{}", heads_of(pr)));
    stage.refuses(&alice, "ref-delete", &[&log, &heads]);
    let archive = format!("{tip}:{ARCHIVE}");
    stage.refuses(&alice, "ref-owner", &[&log, &heads, &archive]);
    fold(&stage);
    assert!(!stage.refs().contains(&log_of(pr)));
}

/// D18: an archived pull request comes back twice: while one push that takes it out is judged, another one does, and
/// what that said is folded again; only the archive tells that the log has moved.
/// Refused: ref-archived
#[test]
fn d18_it_comes_back_and_goes_while_a_push_is_judged() {
    let stage = Stage::new();
    let (alice, bob) = (stage.person("alice"), stage.person("bob"));
    let pr = stage.open(&alice, "topic");
    let heads = format!("{}:{}", stage.on_server_id(&heads_of(pr)), heads_of(pr));
    let tip = close(&stage, &alice, pr, pr);
    bob.touchmark(&["sync"]).ok();
    fold(&stage);
    let late = stage.comment("bob", tip, "Too late.").write(&bob);
    let paused = Paused::start(&stage, &bob, "late", &[&to_log(late, pr), &heads]);
    let first = stage.comment("carol", tip, "First.").write(&alice);
    stage.accepts(&alice, &[&to_log(first, pr), &heads]);
    fold(&stage);
    let refs = stage.refs();
    paused.refused("ref-archived");
    assert_eq!(stage.refs(), refs);
    bob.touchmark(&["sync"]).ok();
    let fetch = ["fetch", "-q", "origin"];
    bob.git(&[&fetch[..], &[&first.to_string()]].concat()).ok();
    let next = stage.comment("bob", first, "In time.").write(&bob);
    let twin = Paused::start(&stage, &bob, "next", &[&to_log(next, pr), &heads]);
    assert!(twin.go_on().status.success());
}

/// B6: who has pushed a revision is forgotten: the pull request is archived and taken back out, so that its refs are
/// new, and another one is opened in the same push.
/// Refused: approvals-missing
#[test]
fn b6_a_pusher_is_forgotten_in_the_archive() {
    let stage = Stage::new();
    let (dave, bob) = (stage.person("dave"), stage.person("bob"));
    let code = |text: &str| {
        let file: (&[u8], _) = (b"src/new.rs", Some(text.as_bytes()));
        stage.code(&dave, stage.main(), DAVE, &[file])
    };
    let mut pr = stage.propose(&dave, "dave", code("one\n"));
    // Dave signs the revision, and Bob pushes it.
    let revised = stage.revised(&dave, "dave", &pr, code("two\n"));
    for id in [revised.tip, revised.heads] {
        let from = dave.dir();
        bob.git(&["fetch", "-q", from.to_str().unwrap(), &id.to_string()])
            .ok();
    }
    let [log, heads] = revised.refspecs();
    stage.accepts(&bob, &[&log, &heads]);
    pr = revised;
    pr.tip = close(&stage, &dave, pr.tip, pr.id);
    fold(&stage);
    let reopening = Payload::Reopen(payload::Reopen {});
    pr.tip = stage.raw("dave", Some(pr.tip), reopening).write(&dave);
    let another = stage.proposed(&dave, "dave", code("three\n"));
    let both = [pr.refspecs(), another.refspecs()].concat();
    let both: Vec<&str> = both.iter().map(String::as_str).collect();
    stage.accepts(&dave, &both);
    stage.approve(&dave, "bob", &mut pr);
    stage.refuses_merge(&dave, "carol", &pr, "approvals-missing");
    stage.approve(&dave, "carol", &mut pr);
    stage.accepts_merge(&dave, "carol", &pr);
}

/// D18: whoever closes dates it back, so that it is folded at once and out of sight.
/// Client: folds go by the time of the receipt, which the server signs.
#[test]
fn d18_a_closing_event_that_is_dated_back() {
    let stage = Stage::new();
    let alice = stage.person("alice");
    let pr = stage.open(&alice, "topic");
    let opened = stage
        .world
        .on_server(&["log", "-1", "--format=%at", &log_of(pr)]);
    let opened: i64 = opened.trim().parse().unwrap();
    for _ in 0..60 {
        alice.git(&["--version"]).ok(); // An hour goes by.
    }
    let mut raw = stage.raw("alice", Some(pr), Payload::Close(payload::Close {}));
    raw.unsigned.author.seconds = opened;
    let tip = raw.write(&alice);
    stage.accepts(&alice, &[&to_log(tip, pr)]);
    let args = ["server", "archive", "server.git"];
    let folds = |age: &str| {
        let nobody = stage.person("nobody");
        nobody.anywhere(&[&args[..], &[age]].concat()).ok()
    };
    assert_eq!(folds("--closed-for=30m"), "folded 0 objects\n");
    assert_eq!(folds("--closed-for=0s"), "folded 1 object\n");
}

/// D18: a server folds what its archive does not have: at no tip, at an earlier one, without keeping the log or its
/// code; or it deletes and says that somebody pushed.
/// Client: `receipts verify --archive` names the receipt and what is missing; nothing is deleted here that is not in a
/// receipt of a fold.
#[test]
fn d18_a_fold_that_drops_something() {
    let stage = Stage::new();
    let alice = stage.person("alice");
    let pr = stage.open(&alice, "topic");
    close(&stage, &alice, pr, pr);
    for name in ["alice", "bob"] {
        stage.person(name).touchmark(&["sync"]).ok();
    }
    let checked = |lie: &dyn Fn(&mut Fold)| {
        let stage = Stage {
            world: stage.world.twin(),
        };
        stage
            .person("bob")
            .git(&["remote", "set-url", "origin", "../server.git"])
            .ok();
        let mut fold = Fold::of(&stage, pr);
        lie(&mut fold);
        fold.make(&stage);
        let bob = stage.person("bob");
        let synced = bob.touchmark(&["sync"]);
        let audit = bob.touchmark(&["receipts", "verify", "--archive"]);
        (synced.status, audit.status, audit.stderr)
    };
    let faults = |lie: &dyn Fn(&mut Fold), words: &str| {
        let (synced, audited, told) = checked(lie);
        assert_eq!(audited, 6, "{words}: {told}");
        assert!(told.contains(words), "{words}: {told}");
        synced
    };
    assert_eq!(faults(&|fold| fold.entry = None, "does not have"), 0);
    assert_eq!(faults(&|fold| fold.entry = Some(pr), "does not have"), 0);
    let forget = |at: usize| move |fold: &mut Fold| _ = fold.kept.remove(at);
    assert_eq!(faults(&forget(0), "does not keep refs/forge/pr/"), 0);
    assert_eq!(faults(&forget(1), "does not keep the code"), 0);
    let accepted = |fold: &mut Fold| fold.decision = Decision::Accepted;
    assert_eq!(faults(&accepted, "in a receipt that is of no fold"), 5);
    assert_eq!(checked(&|_| ()).0, 0);
    assert_eq!(checked(&|_| ()).1, 0);
}

/// D18: a server rewinds a log and folds what is left: to whoever has the later events that is an alarm.
/// Client: alarm, and every ref stays.
#[test]
fn d18_a_fold_of_an_earlier_tip() {
    let stage = Stage::new();
    let alice = stage.person("alice");
    let pr = stage.open(&alice, "topic");
    let closed = close(&stage, &alice, pr, pr);
    let later = stage.comment("bob", closed, "The last word.").write(&alice);
    stage.accepts(&alice, &[&to_log(later, pr)]);
    let bob = stage.person("bob");
    bob.touchmark(&["sync"]).ok();
    stage.by_hand(&log_of(pr), Some(closed));
    Fold::of(&stage, pr).make(&stage);
    let refs = bob.refs("refs/forge/pr");
    let told = bob.touchmark(&["sync"]).fails(5);
    assert!(told.contains("ALARM"), "{told}");
    assert_eq!(bob.refs("refs/forge/pr"), refs);
}
