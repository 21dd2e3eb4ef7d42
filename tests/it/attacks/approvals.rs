//! Attacks on approvals: what was approved, by whom, and whether it still stands.

use touchmark_core::event::{MergeMethod, Payload, Verdict, payload};
use touchmark_core::id::{HashKind, ObjectId};
use touchmark_core::sign::split_signature;

use super::hands::{Change, DAVE, Maker, landed, signer_line, to_checks};
use super::stage::{Stage, signed, to_log, write};
use crate::env::Person;

/// Dave's change of a file of its own, on what `main` holds.
fn edit(stage: &Stage, dave: &Person<'_>, text: &str) -> ObjectId {
    let file: (&[u8], _) = (b"src/new.rs", Some(text.as_bytes()));
    stage.code(dave, stage.main(), DAVE, &[file])
}

/// A pull request of Dave's.
fn change(stage: &Stage, dave: &Person<'_>, text: &str) -> Change {
    stage.propose(dave, "dave", edit(stage, dave, text))
}

/// B1: an approval of one head is replayed for another: cited by the merge, re-signed for a head that is no revision,
/// or the merge names the old revision.
/// Refused: approvals-missing, revision-unknown, revision-stale
#[test]
fn b1_an_approval_of_another_head() {
    let stage = Stage::new();
    let dave = stage.person("dave");
    let mut pr = change(&stage, &dave, "one\n");
    let approval = stage.approve(&dave, "bob", &mut pr);
    let old = pr.clone();
    stage.revise(&dave, "dave", &mut pr, edit(&stage, &dave, "two\n"));
    let told = stage.refuses_merge(&dave, "carol", &pr, "approvals-missing");
    assert!(told.contains("0 of 1 required approvals"), "{told}");
    let mut elsewhere = pr.clone();
    elsewhere.head = old.head;
    let moved = stage.verdict("bob", &elsewhere, Verdict::Approve);
    stage.refuses(
        &dave,
        "revision-unknown",
        &[&to_log(moved.write(&dave), pr.id)],
    );
    let stale = Change {
        tip: pr.tip,
        ..old.clone()
    };
    stage.refuses_merge(&dave, "carol", &stale, "revision-stale");
    // The very bytes of the approval stand on a tip that the log has left.
    stage.refuses(
        &dave,
        "ref-rewind",
        &[&format!("+{}", to_log(approval, pr.id))],
    );
    stage.approve(&dave, "bob", &mut pr);
    stage.accepts_merge(&dave, "carol", &pr);
}

/// B2: the head is pushed away and back, by a revision or by moving `heads` alone, so that the approved commit is the
/// latest again.
/// Refused: approvals-missing, heads-mismatch
#[test]
fn b2_a_head_that_goes_away_and_comes_back() {
    let stage = Stage::new();
    let dave = stage.person("dave");
    let mut pr = change(&stage, &dave, "one\n");
    stage.approve(&dave, "bob", &mut pr);
    let approved = pr.clone();
    stage.revise(&dave, "dave", &mut pr, edit(&stage, &dave, "two\n"));
    let back = format!("+{}", approved.refspecs()[1]);
    stage.refuses(&dave, "heads-mismatch", &[&back]);
    stage.revise(&dave, "dave", &mut pr, approved.head);
    stage.refuses_merge(&dave, "carol", &pr, "approvals-missing");
    stage.approve(&dave, "bob", &mut pr);
    stage.accepts_merge(&dave, "carol", &pr);
}

/// B3: an approval is moved to another pull request of the same head: as it is, under another parent, or by a join.
/// Refused: ref-rewind, signature-bad, log-parents, approvals-missing
#[test]
fn b3_an_approval_moved_to_another_pull_request() {
    let stage = Stage::new();
    let dave = stage.person("dave");
    let mut pr = change(&stage, &dave, "one\n");
    let mut other = stage.propose(&dave, "dave", pr.head);
    let raw = stage.verdict("bob", &pr, Verdict::Approve);
    let approval = stage.says(&dave, &mut pr, &raw);
    let forced = format!("+{}", to_log(approval, other.id));
    stage.refuses(&dave, "ref-rewind", &[&forced]);

    let bytes = String::from_utf8(raw.bytes()).unwrap();
    let parent = |id: ObjectId| format!("parent {id}\n");
    let moved = bytes.replace(&parent(pr.id), &parent(other.id));
    assert_ne!(moved, bytes);
    let moved = write(&dave, "commit", moved.as_bytes());
    stage.refuses(&dave, "signature-bad", &[&to_log(moved, other.id)]);

    let join = Payload::Join(payload::Join {});
    let mut join = stage.raw("dave", Some(other.tip), join);
    join.unsigned.parents.push(approval);
    stage.refuses(
        &dave,
        "log-parents",
        &[&to_log(join.write(&dave), other.id)],
    );
    stage.refuses_merge(&dave, "carol", &other, "approvals-missing");
    stage.approve(&dave, "bob", &mut other);
    stage.accepts_merge(&dave, "carol", &other);
}

/// B4: a log with its approvals is copied from another repository of the same people, keys and code.
/// Refused: log-repo
#[test]
fn b4_a_log_copied_from_another_repository() {
    let (stage, other) = (Stage::new(), Stage::new());
    let (dave, theirs) = (stage.person("dave"), other.person("dave"));
    assert_eq!(stage.main(), other.main(), "the code is the same");
    assert_ne!(stage.repository(), other.repository());
    let mut pr = change(&other, &theirs, "one\n");
    other.approve(&theirs, "bob", &mut pr);
    let from = other.world.server();
    let fetch = ["fetch", "-q", from.to_str().unwrap()];
    let refs = format!("refs/forge/pr/{0}/*:refs/copied/{0}/*", pr.id);
    dave.git(&[&fetch[..], &[&refs]].concat()).ok();
    let refspecs = pr.refspecs();
    stage.refuses(&dave, "log-repo", &refspecs.each_ref().map(String::as_str));
    let mut own = stage.propose(&dave, "dave", pr.head);
    stage.approve(&dave, "bob", &mut own);
    stage.accepts_merge(&dave, "carol", &own);
}

/// B5: somebody approves their own change with a second key of theirs, or fills two approvals with two keys.
/// Refused: self-approval, approvals-missing
#[test]
fn b5_a_second_key_of_ones_own() {
    let rules = "[[branch]]\nmatch = [\"main\"]\napprovals = 2\n";
    let stage = Stage::with_policy(rules);
    let dave = stage.person("dave");
    let mut draft = stage.draft(rules);
    for name in ["dave", "bob"] {
        draft.signers += &signer_line(name, &format!("{name}-laptop"));
    }
    stage.record(&dave, &draft, &["alice"]);
    let mut pr = change(&stage, &dave, "one\n");
    let second = |name: &'static str, pr: &Change| {
        let unsigned = stage.verdict(name, pr, Verdict::Approve).unsigned;
        let payload = unsigned.encode(HashKind::Sha1).unwrap();
        write(
            &dave,
            "commit",
            &signed(&payload, &format!("{name}-laptop")),
        )
    };
    let own = second("dave", &pr);
    stage.refuses(&dave, "self-approval", &[&to_log(own, pr.id)]);
    stage.approve(&dave, "bob", &mut pr);
    pr.tip = second("bob", &pr);
    stage.accepts(&dave, &[&to_log(pr.tip, pr.id)]);
    let told = stage.refuses_merge(&dave, "carol", &pr, "approvals-missing");
    assert!(told.contains("1 of 2 required approvals"), "{told}");
    stage.approve(&dave, "carol", &mut pr);
    stage.accepts_merge(&dave, "carol", &pr);
}

/// B6: somebody adds a commit to another's pull request (as author, co-author, committer or signer of a commit, or as
/// the one who pushes it) and approves it.
/// Refused: approvals-missing
#[test]
fn b6_an_approval_by_somebody_who_took_part() {
    let stage = Stage::new();
    let (dave, bob) = (stage.person("dave"), stage.person("bob"));
    let makers = [
        Maker {
            author: "bob",
            ..DAVE
        },
        Maker {
            committer: "bob",
            ..DAVE
        },
        Maker {
            message: "Change it\n\nCo-authored-by: Robert <BOB@example.com>\n",
            ..DAVE
        },
        Maker {
            signer: Some("bob"),
            ..DAVE
        },
    ];
    let mut pr = change(&stage, &dave, "one\n");
    for (number, maker) in makers.into_iter().enumerate() {
        let text = format!("{number}\n");
        let file: (&[u8], _) = (b"src/new.rs", Some(text.as_bytes()));
        let theirs = stage.code(&dave, pr.head, maker, &[file]);
        // The last commit is Dave's own, and so is the event.
        let head = stage.code(&dave, theirs, DAVE, &[(b"src/other.rs", file.1)]);
        stage.revise(&dave, "dave", &mut pr, head);
        stage.approve(&dave, "bob", &mut pr);
        stage.refuses_merge(&dave, "carol", &pr, "approvals-missing");
        // The next one starts anew, without Bob.
        pr.head = stage.main();
    }
    let head = edit(&stage, &dave, "clean\n");
    stage.revise(&dave, "dave", &mut pr, head);
    let mut pushed = stage.propose(&dave, "dave", head);
    stage.approve(&dave, "bob", &mut pr);
    stage.accepts_merge(&dave, "carol", &pr);

    // Dave signs the revision, and Bob pushes it.
    let head = edit(&stage, &dave, "pushed\n");
    pushed = stage.revised(&dave, "dave", &pushed, head);
    let [log, heads] = pushed.refspecs();
    let ids = [pushed.tip.to_string(), pushed.heads.to_string()];
    let from = dave.dir();
    for id in ids {
        bob.git(&["fetch", "-q", from.to_str().unwrap(), &id]).ok();
    }
    stage.accepts(&bob, &[&log, &heads]);
    stage.approve(&dave, "bob", &mut pushed);
    stage.refuses_merge(&dave, "carol", &pushed, "approvals-missing");
    stage.approve(&dave, "carol", &mut pushed);
    stage.accepts_merge(&dave, "carol", &pushed);
}

/// B7: the approver loses the right to review, or the key that signed is retired, between approval and merge. Nobody is
/// taken out of a policy, which never loses a key and so neither its owner.
/// Refused: approvals-missing
#[test]
fn b7_an_approver_who_is_gone() {
    let rules = "[[branch]]\nmatch = [\"main\"]\napprovals = 1\n";
    let stage = Stage::with_policy(rules);
    let dave = stage.person("dave");
    let mut pr = change(&stage, &dave, "one\n");
    stage.approve(&dave, "bob", &mut pr);
    let whole = stage.draft(rules);
    let mut weaker = whole.clone();
    weaker.toml = weaker.toml.replace(
        "[\"bob@example.com\"]\nroles = [\"maintainer\"]",
        "[\"bob@example.com\"]\nroles = [\"reporter\"]",
    );
    assert_ne!(weaker.toml, whole.toml);
    stage.record(&dave, &weaker, &["alice"]);
    stage.refuses_merge(&dave, "carol", &pr, "approvals-missing");
    // Back in office, Bob's approval counts again, until the key that signed it is retired.
    let back = stage.draft(rules);
    stage.record(&dave, &back, &["alice"]);
    let mut retired = stage.draft(rules);
    let (old, until) = (
        "bob@example.com namespaces=\"git\"",
        "bob@example.com namespaces=\"git\",valid-before=\"20251001000000Z\"",
    );
    retired.signers = retired.signers.replace(old, until) + &signer_line("bob", "bob-laptop");
    stage.record(&dave, &retired, &["alice"]);
    stage.refuses_merge(&dave, "carol", &pr, "approvals-missing");
    stage.approve(&dave, "alice", &mut pr);
    stage.accepts_merge(&dave, "carol", &pr);
}

/// B8: an approval is withdrawn while the merge is on its way: between what the merging client was shown and what it
/// sends, or before a merge that does not know of it.
/// Refused: push-moved, ref-rewind, approvals-missing
#[test]
fn b8_an_approval_withdrawn_while_the_merge_runs() {
    let stage = Stage::new();
    let dave = stage.person("dave");
    let mut pr = change(&stage, &dave, "one\n");
    stage.approve(&dave, "bob", &mut pr);
    let merge = stage.landing(&dave, "carol", &pr);
    let withdrawal = stage.verdict("bob", &pr, Verdict::Withdraw).write(&dave);
    // git runs this when it has seen the server's refs and before it sends anything.
    let hook = format!(
        "#!/bin/sh\nunset $(git rev-parse --local-env-vars)\n\
         exec git push -q --no-verify --signed origin {}\n",
        to_log(withdrawal, pr.id)
    );
    let path = dave.dir().join(".git/hooks/pre-push");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, hook).unwrap();
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&path, executable).unwrap();
    let main = stage.main();
    let refspecs = merge.each_ref().map(String::as_str);
    let push = [&["push", "-q", "--signed", "origin"], &refspecs[..]].concat();
    let told = dave.git(&push).refused();
    assert!(told.contains("(push-moved)"), "{told}");
    assert_eq!(stage.main(), main);
    let log = format!("refs/forge/pr/{}/log", pr.id);
    assert_eq!(stage.on_server_id(&log), withdrawal);
    std::fs::remove_file(&path).unwrap();

    let forced = [refspecs[0].to_owned(), format!("+{}", refspecs[1])];
    stage.refuses(&dave, "ref-rewind", &forced.each_ref().map(String::as_str));
    pr.tip = withdrawal;
    stage.refuses_merge(&dave, "carol", &pr, "approvals-missing");
    stage.approve(&dave, "bob", &mut pr);
    stage.accepts_merge(&dave, "carol", &pr);
}

/// B9: the base moves after the approval: part of what was approved as a change lands by another way, so that what is
/// left is not what was read; or the merge was made for an older target.
/// Refused: revision-stale, merge-mismatch
#[test]
fn b9_a_base_that_moves_after_the_approval() {
    let stage = Stage::new();
    let dave = stage.person("dave");
    let first = edit(&stage, &dave, "one\n");
    let second = stage.code(&dave, first, DAVE, &[(b"src/two.rs", Some(b"two\n"))]);
    let (mut part, mut pr) = (
        stage.propose(&dave, "dave", first),
        stage.propose(&dave, "dave", second),
    );
    stage.approve(&dave, "bob", &mut part);
    stage.approve(&dave, "bob", &mut pr);
    let early = stage.landing(&dave, "carol", &pr);
    let tree = stage.tree(&dave, first);
    let raw = stage.merge_of("carol", &part, (first, tree), MergeMethod::FastForward);
    let refspecs = landed(first, raw.write(&dave), &part);
    stage.accepts(&dave, &refspecs.each_ref().map(String::as_str));
    stage.refuses_merge(&dave, "carol", &pr, "revision-stale");
    stage.revise(&dave, "dave", &mut pr, second);
    stage.refuses_merge(&dave, "carol", &pr, "approvals-missing");
    stage.approve(&dave, "bob", &mut pr);
    // A merge for the target as it was; without its branch it would only take the record along.
    let [branch, _] = &early;
    let good = stage.landing(&dave, "carol", &pr);
    let mixed = [format!("+{branch}"), good[1].clone()];
    stage.refuses(
        &dave,
        "merge-mismatch",
        &mixed.each_ref().map(String::as_str),
    );
    stage.accepts(&dave, &good.each_ref().map(String::as_str));
}

/// B10: a check's result for another head, moved to this one's log, or from a signer who may not report that check.
/// Refused: checks-missing, log-root, right-missing, check-signer
#[test]
fn b10_a_check_of_another_head_or_by_another_signer() {
    let open = "[[branch]]\nmatch = [\"main\"]\napprovals = 0\n";
    let stage = Stage::with_policy(open);
    let dave = stage.person("dave");
    let linter =
        "[bots.linter]\nname = \"linter\"\nemails = [\"linter@example.com\"]\nroles = [\"ci\"]\n";
    let with_linter = |rules: &str| {
        let mut draft = stage.draft(&format!("{linter}{rules}"));
        draft.signers += &signer_line("linter", "linter");
        draft
    };
    stage.record(&dave, &with_linter(open), &["alice"]);
    let mut pr = change(&stage, &dave, "one\n");
    // While nobody requires it, any bot for checks may report what it likes.
    let of = |head| (head, stage.tree(&dave, head));
    let early = stage
        .check("linter", None, of(pr.head), "build")
        .write(&dave);
    stage.accepts(&dave, &[&to_checks(early, pr.head)]);
    let required = format!("{open}checks = [{{ name = \"build\", by = [\"ci\"] }}]\n");
    stage.record(&dave, &with_linter(&required), &["alice"]);
    stage.refuses_merge(&dave, "carol", &pr, "check-signer");
    for (by, rule) in [("linter", "check-signer"), ("bob", "right-missing")] {
        let late = stage
            .check(by, Some(early), of(pr.head), "build")
            .write(&dave);
        stage.refuses(&dave, rule, &[&to_checks(late, pr.head)]);
    }
    let good = stage
        .check("ci", Some(early), of(pr.head), "build")
        .write(&dave);
    stage.accepts(&dave, &[&to_checks(good, pr.head)]);
    let checked = pr.head;
    stage.revise(&dave, "dave", &mut pr, edit(&stage, &dave, "two\n"));
    stage.refuses_merge(&dave, "carol", &pr, "checks-missing");
    let other = stage.check("ci", None, of(checked), "build").write(&dave);
    stage.refuses(&dave, "log-root", &[&to_checks(other, pr.head)]);
    let same = stage.check("ci", None, of(pr.head), "build").write(&dave);
    stage.accepts(&dave, &[&to_checks(same, pr.head)]);
    stage.accepts_merge(&dave, "carol", &pr);
}

/// B11: a check whose name looks like the required one: with a Cyrillic letter, or with other ASCII letters.
/// Refused: trailer-value, checks-missing
#[test]
fn b11_a_check_whose_name_looks_alike() {
    let rules = "[[branch]]\nmatch = [\"main\"]\napprovals = 0\n\
                 checks = [{ name = \"build\", by = [\"ci\"] }]\n";
    let stage = Stage::with_policy(rules);
    let dave = stage.person("dave");
    let pr = change(&stage, &dave, "one\n");
    let of = (pr.head, stage.tree(&dave, pr.head));
    let honest = stage.check("ci", None, of, "build");
    let (payload, _) = split_signature(&honest.bytes(), HashKind::Sha1).unwrap();
    // U+0456 is the Cyrillic letter that looks like an i.
    let cyrillic = String::from_utf8(payload)
        .unwrap()
        .replace("build", "bu\u{456}ld");
    let forged = write(&dave, "commit", &signed(cyrillic.as_bytes(), "ci"));
    stage.refuses(&dave, "trailer-value", &[&to_checks(forged, pr.head)]);
    let other = stage.check("ci", None, of, "bui1d").write(&dave);
    stage.accepts(&dave, &[&to_checks(other, pr.head)]);
    stage.refuses_merge(&dave, "carol", &pr, "checks-missing");
    let good = stage.check("ci", Some(other), of, "build").write(&dave);
    stage.accepts(&dave, &[&to_checks(good, pr.head)]);
    stage.accepts_merge(&dave, "carol", &pr);
}

/// B12: an administrator merges without approval: with no word about it, with an override that the policy has no
/// clause for, or with a maintainer's override.
/// Refused: approvals-missing, right-missing
#[test]
fn b12_an_administrator_without_approval() {
    let rules = "[[branch]]\nmatch = [\"main\"]\napprovals = 1\n";
    let stage = Stage::with_policy(rules);
    let dave = stage.person("dave");
    let mut pr = change(&stage, &dave, "one\n");
    stage.refuses_merge(&dave, "alice", &pr, "approvals-missing");
    let word = stage.override_of("alice", &pr).write(&dave);
    stage.refuses(&dave, "right-missing", &[&to_log(word, pr.id)]);
    let clause = format!("{rules}override = [\"alice\"]\n");
    stage.record(&dave, &stage.draft(&clause), &["alice"]);
    stage.refuses_merge(&dave, "alice", &pr, "approvals-missing");
    let word = stage.override_of("bob", &pr).write(&dave);
    stage.refuses(&dave, "right-missing", &[&to_log(word, pr.id)]);
    let word = stage.override_of("alice", &pr);
    stage.says(&dave, &mut pr, &word);
    // It is of this revision alone.
    stage.revise(&dave, "dave", &mut pr, edit(&stage, &dave, "two\n"));
    stage.refuses_merge(&dave, "alice", &pr, "approvals-missing");
    let word = stage.override_of("alice", &pr);
    let word = stage.says(&dave, &mut pr, &word);
    stage.accepts_merge(&dave, "alice", &pr);
    // Everybody sees it for ever.
    let log = format!("refs/forge/pr/{}/log", pr.id);
    let shown = stage
        .world
        .on_server(&["log", "--format=%H %an: %s%n%b", &log]);
    assert!(
        shown.contains(&format!(
            "{word} Alice: Override the gate for revision 2\nIt burns."
        )),
        "{shown}"
    );
}
