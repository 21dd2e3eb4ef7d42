//! Attacks on history: what a log or a branch grows by.

use touchmark_core::event::{Payload, Verdict, payload};
use touchmark_core::id::{Digest, ObjectId};
use touchmark_core::sign::attach_signature;

use super::landing::{Code, NONE, ONE, args, with_line};
use super::stage::{Raw, Stage, hash_object, key, signed, to_log, write};
use crate::env::Person;

/// A join of `second` to the log that stands at `first`.
fn join(stage: &Stage, by: &'static str, first: ObjectId, second: ObjectId) -> Raw {
    let mut raw = stage.raw(by, Some(first), Payload::Join(payload::Join {}));
    raw.unsigned.parents.push(second);
    raw
}

/// An event with one more parent, signed as it then is.
fn with_parent(raw: &Raw, parent: ObjectId, clone: &Person<'_>) -> ObjectId {
    let payload = raw
        .unsigned
        .encode(touchmark_core::id::HashKind::Sha1)
        .unwrap();
    let payload = with_line(&payload, &format!("parent {parent}"));
    write(clone, "commit", &signed(&payload, raw.by))
}

/// D8: an event with two parents that is no join, a join of three, a join of another log, a log that goes on from one.
/// Refused: parents-form, log-parents, log-root, ref-rewind
#[test]
fn d8_parents_that_do_not_belong() {
    let stage = Stage::new();
    let alice = stage.person("alice");
    let pr = stage.open(&alice, "topic");
    let other = stage.open(&alice, "other");
    let side = stage.comment("bob", pr, "Beside.").write(&alice);
    let tip = stage.comment("carol", pr, "On the log.").write(&alice);
    stage.accepts(&alice, &[&to_log(tip, pr)]);
    let two = with_parent(&stage.comment("bob", tip, "Two."), side, &alice);
    let three = with_parent(&join(&stage, "bob", tip, side), other, &alice);
    let foreign = join(&stage, "bob", tip, other).write(&alice);
    stage.refuses(&alice, "parents-form", &[&to_log(two, pr)]);
    stage.refuses(&alice, "parents-form", &[&to_log(three, pr)]);
    stage.refuses(&alice, "log-parents", &[&to_log(foreign, pr)]);
    let away = stage.comment("bob", other, "On another log.").write(&alice);
    let refspec = format!("+{}", to_log(away, pr));
    stage.refuses(&alice, "ref-rewind", &[&refspec]);
    let new = format!("{tip}:refs/forge/pr/{tip}/log");
    stage.refuses(&alice, "log-root", &[&new]);
    let honest = join(&stage, "bob", tip, side).write(&alice);
    stage.accepts(&alice, &[&to_log(honest, pr)]);
}

/// D9: a merge commit that changes more than the pull request and `main` do.
/// Refused: merge-result
#[test]
fn d9_a_change_that_hides_in_a_merge() {
    let stage = Stage::with_policy(NONE);
    let alice = stage.person("alice");
    let pr = stage.open(&alice, "topic");
    let honest = Code::of(&stage, &alice, "topic");
    alice.write("src/back_door.rs", "open\n");
    alice.git(&["add", "--all"]).ok();
    let tree = alice.git(&["write-tree"]).ok();
    let evil = Code {
        tree: ObjectId::from_hex(tree.trim()).unwrap(),
        ..honest
    };
    let refspecs = evil.merge(&stage, "carol", pr, &alice).refspecs(pr);
    stage.refuses(&alice, "merge-result", &args(&refspecs));
    let refspecs = honest.merge(&stage, "carol", pr, &alice).refspecs(pr);
    stage.accepts(&alice, &args(&refspecs));
}

/// D10: a merge commit that has both parents and drops what `main` has gained since the pull request was opened.
/// Refused: merge-result
#[test]
fn d10_a_merge_that_drops_what_main_has() {
    let stage = Stage::with_policy(NONE);
    let alice = stage.person("alice");
    let pr = stage.open(&alice, "topic");
    let fix = stage.open_file(&alice, "fix", "fix.txt");
    let landed = Code::of(&stage, &alice, "fix").merge(&stage, "carol", fix, &alice);
    stage.accepts(&alice, &args(&landed.refspecs(fix)));
    let dropping = Code::of(&stage, &alice, "topic");
    assert_ne!(dropping.old, dropping.base);
    let merged = alice
        .git(&[
            "merge-tree",
            "--write-tree",
            &landed.commit.to_string(),
            "topic",
        ])
        .ok();
    let honest = Code {
        tree: ObjectId::from_hex(merged.trim()).unwrap(),
        ..dropping
    };
    let refspecs = dropping.merge(&stage, "carol", pr, &alice).refspecs(pr);
    stage.refuses(&alice, "merge-result", &args(&refspecs));
    let refspecs = honest.merge(&stage, "carol", pr, &alice).refspecs(pr);
    stage.accepts(&alice, &args(&refspecs));
}

/// D11: commits of code that are malformed: a second committer, a parent behind it, two signatures, a signature
/// header of no hash.
/// Stock: takes them all, with `receive.fsckObjects` too.
/// Refused: commit-form
#[test]
fn d11_malformed_commits() {
    let stage = Stage::with_policy(ONE);
    let alice = stage.person("alice");
    let (tree, main) = (alice.rev("main^{tree}"), alice.rev("main"));
    let who = format!("Alice <alice@example.com> {} +0000", stage.now());
    let head = format!("tree {tree}\nparent {main}\nauthor {who}\ncommitter {who}\n");
    let signature = " -----BEGIN SSH SIGNATURE-----\n -----END SSH SIGNATURE-----\n";
    let bad = [
        format!("{head}committer Eve <eve@example.com> 0 +0000\n\nx\n"),
        format!("{head}parent {main}\n\nx\n"),
        format!("{head}gpgsig{signature}gpgsig{signature}\nx\n"),
        format!("{head}gpgsig-sha1{signature}\nx\n"),
    ];
    let refspecs: Vec<String> = bad
        .iter()
        .enumerate()
        .map(|(at, text)| {
            let id = write(&alice, "commit", text.as_bytes());
            format!("{id}:refs/heads/work/{at}")
        })
        .collect();
    stage.stock();
    stage
        .on_stock(&["config", "receive.fsckObjects", "true"])
        .ok();
    stage.stock_takes(&alice, &args(&refspecs));
    for refspec in &refspecs {
        stage.refuses(&alice, "commit-form", &[refspec]);
    }
    let good = write(&alice, "commit", format!("{head}\nx\n").as_bytes());
    stage.accepts(&alice, &[&format!("{good}:refs/heads/work/0")]);
}

/// D12: a push out of a shallow clone, whose oldest commit lacks its parent; and one out of a clone with a graft, which
/// leaves the parent out, and which git itself refuses.
/// Refused: object-missing, push-shallow
#[test]
fn d12_history_that_is_not_whole() {
    let stage = Stage::with_policy(ONE);
    let alice = stage.person("alice");
    alice.write("one.txt", "one\n");
    let missing = alice.commit("One");
    alice.write("two.txt", "two\n");
    alice.commit("Two");
    let url = format!("file://{}", alice.dir().display());
    let shallow = stage.world.path().join("shallow");
    let shallow = shallow.to_str().unwrap();
    alice
        .git(&["clone", "-q", "--depth=1", "--branch=main", &url, shallow])
        .ok();
    let server = stage.world.server();
    let server = server.to_str().unwrap();
    let before = stage.everything();
    let from_shallow = ["-C", shallow, "push", "-q", server, "HEAD:refs/heads/work"];
    // git drops the ref before it asks the hook, or the hook finds what the push has brought.
    let told = alice.git(&from_shallow).refused();
    assert!(told.contains("shallow update not allowed"), "{told}");
    assert!(told.contains("(object-missing)"), "{told}");
    stage.expect_unchanged(&before);
    // Allowed by mistake, git would take it; the hooks do not.
    stage
        .world
        .on_server(&["config", "receive.shallowUpdate", "true"]);
    let told = alice.git(&from_shallow).refused();
    assert!(told.contains("(push-shallow)"), "{told}");
    stage
        .world
        .on_server(&["config", "receive.shallowUpdate", "false"]);
    stage.expect_unchanged(&before);
    // With a graft the clone believes that the second commit has no parent, and sends none.
    let grafts = alice.dir().join(".git/info/grafts");
    std::fs::write(&grafts, format!("{}\n", alice.rev("main"))).unwrap();
    let refspec = "main:refs/heads/work";
    let told = alice
        .git(&["push", "-q", "--signed", "origin", refspec])
        .refused();
    assert!(told.contains("remote unpack failed"), "{told}");
    stage.expect_unchanged(&before);
    std::fs::remove_file(&grafts).unwrap();
    stage.accepts(&alice, &[refspec]);
    assert!(stage.everything() != before && !missing.is_empty());
}

/// D14: an approval that was withdrawn is put into the same log again: its bytes on another parent, and by a join.
/// Refused: signature-bad, approvals-missing
#[test]
fn d14_an_event_again_in_its_own_log() {
    let stage = Stage::new();
    let alice = stage.person("alice");
    let pr = stage.open(&alice, "topic");
    let code = Code::of(&stage, &alice, "topic");
    let approval = code.verdict(&stage, "bob", pr, Verdict::Approve);
    let approved = approval.write(&alice);
    let withdrawn = code.verdict(&stage, "bob", approved, Verdict::Withdraw);
    let withdrawn = withdrawn.write(&alice);
    stage.accepts(&alice, &[&to_log(withdrawn, pr)]);
    let again = String::from_utf8(approval.bytes()).unwrap();
    let again = again.replace(&pr.to_string(), &withdrawn.to_string());
    let again = write(&alice, "commit", again.as_bytes());
    stage.refuses(&alice, "signature-bad", &[&to_log(again, pr)]);
    // Joining what is there already is taken, and brings nothing.
    let joined = join(&stage, "carol", withdrawn, approved).write(&alice);
    stage.accepts(&alice, &[&to_log(joined, pr)]);
    let refspecs = code.merge(&stage, "carol", joined, &alice).refspecs(pr);
    stage.refuses(&alice, "approvals-missing", &args(&refspecs));
    let new = code.verdict(&stage, "bob", joined, Verdict::Approve);
    let new = new.write(&alice);
    stage.accepts(&alice, &[&to_log(new, pr)]);
    let refspecs = code.merge(&stage, "carol", new, &alice).refspecs(pr);
    stage.accepts(&alice, &args(&refspecs));
}

/// D15: a second log for the same first event, of another kind or as a guest's; a log under another one's id.
/// Refused: log-root, guest-limit, ref-rewind
#[test]
fn d15_two_logs_for_one_id() {
    let stage = Stage::with_policy(&format!("{ONE}[guests]\nopen = true\n"));
    let alice = stage.person("alice");
    let pr = stage.open(&alice, "topic");
    let other = stage.open(&alice, "other");
    for (kind, id) in [("issue", pr), ("proposal", pr), ("pr", stage.policy())] {
        let refspec = format!("{pr}:refs/forge/{kind}/{id}/log");
        stage.refuses(&alice, "log-root", &[&refspec]);
    }
    let guest = Digest::of(&key("alice").public().to_blob());
    let refspec = format!("{pr}:refs/forge/guest/{guest}/{pr}/log");
    stage.refuses(&alice, "guest-limit", &[&refspec]);
    let comment = stage.comment("bob", pr, "Hello.").write(&alice);
    let refspec = format!("+{}", to_log(comment, other));
    stage.refuses(&alice, "ref-rewind", &[&refspec]);
    stage.accepts(&alice, &[&to_log(comment, pr)]);
}

/// D16: a join whose first parent is not the log, so that its events would stand before a merge that has a receipt; and
/// joins that bring an approval or a veto of before.
/// Refused: ref-rewind, joined-decision
#[test]
fn d16_a_join_into_the_past() {
    let stage = Stage::with_policy(NONE);
    let alice = stage.person("alice");
    let pr = stage.open(&alice, "topic");
    let code = Code::of(&stage, &alice, "topic");
    let tip = stage.comment("carol", pr, "On the log.").write(&alice);
    stage.accepts(&alice, &[&to_log(tip, pr)]);
    for verdict in [Verdict::Approve, Verdict::RequestChanges] {
        let past = code.verdict(&stage, "bob", pr, verdict).write(&alice);
        let joined = join(&stage, "carol", tip, past).write(&alice);
        stage.refuses(&alice, "joined-decision", &[&to_log(joined, pr)]);
    }
    let merge = code.merge(&stage, "carol", tip, &alice);
    stage.accepts(&alice, &args(&merge.refspecs(pr)));
    let side = stage.comment("bob", pr, "Before the merge.").write(&alice);
    let before = join(&stage, "bob", side, merge.event).write(&alice);
    let refspec = format!("+{}", to_log(before, pr));
    stage.refuses(&alice, "ref-rewind", &[&refspec]);
    let after = join(&stage, "bob", merge.event, side).write(&alice);
    stage.accepts(&alice, &[&to_log(after, pr)]);
}

/// D19: a log that has an event which counts for nothing, put there without the hooks: of a version that nobody knows,
/// or by a stranger's key. Nothing is known of its gate then.
/// Refused: record-error
#[test]
fn d19_a_log_with_an_event_that_does_not_count() {
    let stage = Stage::with_policy(NONE);
    let alice = stage.person("alice");
    let pr = stage.open(&alice, "topic");
    let code = Code::of(&stage, &alice, "topic");
    let raw = stage.comment("bob", pr, "A veto, for all that is known.");
    let payload = raw
        .unsigned
        .encode(touchmark_core::id::HashKind::Sha1)
        .unwrap();
    let later = String::from_utf8(payload.clone()).unwrap();
    let later = later.replace("Forge-Event: comment/1", "Forge-Event: comment/9");
    let armor = key("mallory").sign(&payload);
    let stranger = attach_signature(&payload, &armor, touchmark_core::id::HashKind::Sha1);
    let log = format!("refs/forge/pr/{pr}/log");
    for bytes in [signed(later.as_bytes(), "bob"), stranger] {
        let strange = write(&alice, "commit", &bytes);
        hash_object(&stage.world.server(), "commit", &bytes);
        stage.by_hand(&log, Some(strange));
        let refspecs = code.merge(&stage, "carol", strange, &alice).refspecs(pr);
        stage.refuses(&alice, "record-error", &args(&refspecs));
    }
    stage.by_hand(&log, Some(pr));
    let refspecs = code.merge(&stage, "carol", pr, &alice).refspecs(pr);
    stage.accepts(&alice, &args(&refspecs));
}

/// D21: a log whose first event names another repository.
/// Refused: log-repo
#[test]
fn d21_a_log_of_another_repository() {
    let stage = Stage::new();
    let alice = stage.person("alice");
    let payload = Payload::Issue(payload::Issue {
        labels: Vec::new(),
        assignees: Vec::new(),
    });
    let mut raw = stage.raw("alice", None, payload);
    raw.unsigned.subject = Some("Something is broken".to_owned());
    let honest = raw.write(&alice);
    raw.unsigned.repo = Some(Digest::of(b"another repository"));
    let foreign = raw.write(&alice);
    let refspec = |id: ObjectId| format!("{id}:refs/forge/issue/{id}/log");
    stage.refuses(&alice, "log-repo", &[&refspec(foreign)]);
    stage.accepts(&alice, &[&refspec(honest)]);
}
