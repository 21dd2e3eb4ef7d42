//! Remedies for pull requests that may not land yet.

use touchmark_core::event::{MergeMethod, Rule};
use touchmark_core::id::ObjectId;

use super::{branch, branch_on, id, opened, pushed, tip, told};
use crate::attacks::hands::{Change, DAVE, Maker, landed, to_checks};
use crate::attacks::stage::{MAIN, Stage, to_log};
use crate::env::{Person, Run};

const FREE: &str = "[[branch]]\nmatch = [\"main\"]\napprovals = 0\n";

fn merge(by: &Person<'_>, pr: &str) -> Run {
    by.touchmark(&["sync"]).ok();
    by.touchmark(&["pr", "merge", pr])
}

#[test]
fn reviews_are_given_by_others() {
    let stage = Stage::with_policy(&format!("{MAIN}resolve_threads = true\n"));
    let pr = opened(&stage, "topic");
    let (alice, bob) = (stage.person("alice"), stage.person("bob"));
    let approve = |by: &Person<'_>| by.touchmark(&["review", "submit", &pr, "--approve"]);
    told(approve(&alice), Rule::SelfApproval)
        .run(&alice, &[("PERSON", "bob")])
        .mends({
            bob.touchmark(&["sync"]).ok();
            bob.touchmark(&["pr", "list", "--reviewer=bob"])
        });
    told(merge(&alice, &pr), Rule::ApprovalsMissing)
        .step(&bob, "touchmark review submit", &[])
        .settles({
            bob.touchmark(&["review", "start", &pr]).ok();
            bob.touchmark(&["review", "comment", "src/lock.rs:5", "--body=Why?"])
                .ok();
            bob.touchmark(&["review", "submit", "--comment"]).ok();
            merge(&alice, &pr)
        });
    let shown = alice.json(&["pr", "show", &pr]);
    let comments = shown["log"]["state"]["comments"].as_array().unwrap();
    let thread = comments
        .iter()
        .find(|comment| !comment["anchor"].is_null())
        .unwrap();
    let thread = thread["id"].as_str().unwrap();
    told(merge(&alice, &pr), Rule::ThreadsOpen)
        .run(&alice, &[("COMMENT", thread)])
        .mends(merge(&alice, &pr));
    // Nothing new in it, until there is.
    let next = opened(&stage, "next");
    let revise = || alice.touchmark(&["pr", "revise", &next]);
    let remedy = told(revise(), Rule::NothingToDo);
    branch_on(&alice, "next", "more.txt");
    remedy
        .run(&alice, &[])
        .mends(alice.touchmark(&["pr", "show", &next]));
}

#[test]
fn conflicts_are_settled_and_methods_chosen() {
    let stage = Stage::with_policy(FREE);
    let (alice, bob) = (stage.person("alice"), stage.person("bob"));
    let first = opened(&stage, "first");
    let second = opened(&stage, "second");
    merge(&bob, &first).ok();
    let remedy = told(merge(&alice, &second), Rule::MergeConflict);
    alice.git(&["fetch", "-q", "origin"]).ok();
    let merged = alice.command("git").args(["merge", "-q", "origin/main"]);
    assert_ne!(merged.run().status, 0, "there is a conflict to settle");
    alice.git(&["checkout", "-q", "--ours", "src/lock.rs"]).ok();
    alice.commit("Settle it");
    remedy
        .look(&alice, "git merge", &[])
        .step(&alice, "touchmark pr revise", &[])
        .mends(merge(&alice, &second));

    let squash = format!("{FREE}methods = [\"squash\"]\n");
    stage.record(&bob, &stage.draft(&squash), &["alice"]);
    let third = opened(&stage, "third");
    told(merge(&alice, &third), Rule::MergeMethod)
        .step(&alice, "touchmark policy show", &[])
        .prints("squash")
        .step(
            &alice,
            "touchmark pr merge",
            &[("OBJECT", &third), ("METHOD", "squash")],
        )
        .mends(alice.touchmark(&["pr", "show", &third]));
    let carols = format!("{FREE}merge = [\"carol\"]\n");
    stage.record(&bob, &stage.draft(&carols), &["alice"]);
    let fourth = opened(&stage, "fourth");
    told(merge(&bob, &fourth), Rule::MergeRight)
        .look(&bob, "touchmark can", &[("YOU", "bob"), ("BRANCH", "main")])
        .prints("carol")
        .mends(merge(&stage.person("carol"), &fourth));
}

/// Dave's change of a file, as a pull request.
fn change(stage: &Stage, path: &str, text: &str) -> Change {
    let dave = stage.person("dave");
    dave.git(&["fetch", "-q"]).ok();
    let edit = (path.as_bytes(), Some(text.as_bytes()));
    let head = stage.code(&dave, stage.main(), DAVE, &[edit]);
    stage.propose(&dave, "dave", head)
}

#[test]
fn merges_are_made_by_touchmark() {
    let stage = Stage::with_policy(FREE);
    let (carol, dave) = (stage.person("carol"), stage.person("dave"));
    let first = change(&stage, "one.txt", "one\n");
    let [_, event] = stage.landing(&dave, "carol", &first);
    let object = first.id.to_string();
    carol.touchmark(&["sync"]).ok();
    told(pushed(&dave, &[&event]), Rule::MergeMismatch)
        .run(&carol, &[("OBJECT", &object)])
        .mends(carol.touchmark(&["pr", "show", &object]));
    // What lands is not what comes of it.
    let second = change(&stage, "two.txt", "two\n");
    dave.git(&["fetch", "-q"]).ok();
    let maker = Maker {
        author: "carol",
        committer: "carol",
        message: "Merge it",
        signer: Some("carol"),
    };
    let old = stage.main();
    let tree = dave.rev(&format!("{old}^{{tree}}"));
    let new = stage.commit_of(&dave, &tree, &[old, second.head], maker);
    let raw = stage.merge_of("carol", &second, (new, id(&tree)), MergeMethod::Merge);
    let refspecs = landed(new, raw.write(&dave), &second);
    let object = second.id.to_string();
    told(
        pushed(&dave, &refspecs.each_ref().map(String::as_str)),
        Rule::MergeResult,
    )
    .run(&carol, &[("OBJECT", &object)])
    .mends(carol.touchmark(&["pr", "show", &object]));
}

#[test]
fn checks_are_reported_by_whom_they_are_asked_of() {
    let stage = Stage::with_policy(FREE);
    let (carol, dave) = (stage.person("carol"), stage.person("dave"));
    let linter =
        "[bots.linter]\nname = \"linter\"\nemails = [\"linter@example.com\"]\nroles = [\"ci\"]\n";
    let mut draft = stage.draft(&format!("{linter}{FREE}"));
    draft.signers += &crate::attacks::hands::signer_line("linter", "linter");
    stage.record(&dave, &draft, &["alice"]);
    let pr = change(&stage, "one.txt", "one\n");
    let object = pr.id.to_string();
    let of = (pr.head, stage.tree(&dave, pr.head));
    let wrong = (pr.head, stage.tree(&dave, stage.main()));
    let report = |by: &'static str, parent: Option<ObjectId>, of| {
        let event = stage.check(by, parent, of, "build").write(&dave);
        (event, pushed(&dave, &[&to_checks(event, pr.head)]))
    };
    carol.touchmark(&["sync"]).ok();
    let remedy = told(report("linter", None, wrong).1, Rule::CheckMismatch)
        .run(&carol, &[("OBJECT", &object)])
        .prints(&pr.head.to_string()[..12]);
    let (early, again) = report("linter", None, of);
    remedy.mends(again);
    let required = format!("{linter}{FREE}checks = [{{ name = \"build\", by = [\"ci\"] }}]\n");
    let mut draft = stage.draft(&required);
    draft.signers += &crate::attacks::hands::signer_line("linter", "linter");
    stage.record(&dave, &draft, &["alice"]);
    let remedy = told(merge(&carol, &object), Rule::CheckSigner)
        .run(&carol, &[])
        .prints("by ci");
    report("ci", Some(early), of).1.ok();
    remedy.mends(merge(&carol, &object));
    let pr = change(&stage, "two.txt", "two\n");
    let object = pr.id.to_string();
    let remedy = told(merge(&carol, &object), Rule::ChecksMissing).says("wait for ci to report");
    let of = (pr.head, stage.tree(&dave, pr.head));
    let event = stage.check("ci", None, of, "build").write(&dave);
    pushed(&dave, &[&to_checks(event, pr.head)]).ok();
    remedy.mends(merge(&carol, &object));
}

#[test]
fn owners_approve_what_they_own() {
    let rules = format!(
        "{FREE}codeowners = true\noverride = [\"alice\"]\n\
        [[path]]\nmatch = [\"ci/**\"]\nwrite = [\"alice\"]\n"
    );
    let stage = Stage::with_policy(&rules);
    let (alice, bob, carol, dave) = (
        stage.person("alice"),
        stage.person("bob"),
        stage.person("carol"),
        stage.person("dave"),
    );
    let land = |text: &str| {
        let mut pr = change(&stage, "CODEOWNERS", text);
        let word = stage.override_of("alice", &pr);
        stage.says(&dave, &mut pr, &word);
        stage.accepts_merge(&dave, "bob", &pr);
        dave.git(&["fetch", "-q"]).ok();
    };
    let pr = change(&stage, "src/new.rs", "new\n").id.to_string();
    land("/src/ @nobody-here\n");
    let remedy = told(merge(&bob, &pr), Rule::OwnersForm).says("correct CODEOWNERS on the target");
    land("/src/ @carol\n");
    remedy.settles(merge(&bob, &pr));
    let remedy =
        told(merge(&bob, &pr), Rule::OwnersMissing).step(&bob, "touchmark pr request", &[]);
    carol.touchmark(&["sync"]).ok();
    let asked = carol.touchmark(&["pr", "list", "--reviewer=carol"]).ok();
    assert!(asked.contains(&pr[..12]), "{asked}");
    remedy
        .step(&carol, "touchmark review submit", &[])
        .mends(merge(&bob, &pr));
    // Only Alice may write there.
    let pr = change(&stage, "ci/run.sh", "run\n").id.to_string();
    let remedy = told(merge(&bob, &pr), Rule::PathRight)
        .look(
            &bob,
            "touchmark can",
            &[("YOU", "dave"), ("PATH", "ci/run.sh")],
        )
        .prints("alice");
    branch(&alice, "ci", "ci/run.sh", "run\n");
    let open = ["pr", "open", "--target=main", "--title=Run it"];
    let own = alice.json(&open)["event"].as_str().unwrap().to_owned();
    remedy.mends(merge(&alice, &own));
}

#[test]
fn what_rests_on_a_stolen_key_is_done_again() {
    let stage = Stage::new();
    let pr = opened(&stage, "topic");
    let (alice, bob) = (stage.person("alice"), stage.person("bob"));
    alice.touchmark(&["pr", "close", &pr]).ok();
    let receipt = stage.on_server_id("refs/forge/receipts").to_string();
    branch(&bob, "work", "work.txt", "work\n");
    let open = ["pr", "open", "--target=main", "--title=Work"];
    let pr = bob.json(&open)["event"].as_str().unwrap().to_owned();
    let new = crate::keys::write("bob-2", &bob.home().join("new"));
    let new = new.to_str().unwrap();
    bob.touchmark(&["key", "add", &format!("{new}.pub")]).ok();
    alice.touchmark(&["sync"]).ok();
    let old = bob.private_key().with_extension("pub");
    let revoke = ["key", "revoke", old.to_str().unwrap(), "--record"];
    alice
        .touchmark(&[&revoke[..], &["--compromised-after", &receipt]].concat())
        .ok();
    let approve = || {
        alice
            .touchmark(&["review", "submit", &pr, "--approve"])
            .ok()
    };
    approve();
    let remedy = told(merge(&alice, &pr), Rule::KeyCompromised)
        .run(&alice, &[])
        .prints("compromised");
    bob.touchmark(&["sync"]).ok();
    branch_on(&bob, "work", "more.txt");
    bob.touchmark(&["--key", new, "pr", "revise", &pr]).ok();
    alice.touchmark(&["sync"]).ok();
    approve();
    remedy.mends(merge(&alice, &pr));
}

#[test]
fn a_damaged_record_is_fetched_anew() {
    let stage = Stage::with_policy(FREE);
    let pr = opened(&stage, "topic");
    let (alice, carol) = (stage.person("alice"), stage.person("carol"));
    let log = format!("refs/forge/pr/{pr}/log");
    let raw = stage.comment("bob", tip(&stage, &pr), "Hello.");
    // Put there without the hooks.
    let strange = raw.altered(&alice, "comment/1", "comment/9").to_string();
    let server = stage.world.server();
    crate::attacks::stage::hash_object(
        &server,
        "commit",
        alice.git(&["cat-file", "commit", &strange]).ok().as_bytes(),
    );
    stage.by_hand(&log, Some(id(&strange)));
    let remedy = told(merge(&carol, &pr), Rule::RecordError)
        .look(&carol, "touchmark verify", &[])
        .prints(&strange);
    let nobody = stage.person("nobody");
    std::fs::rename(&server, nobody.dir()).unwrap();
    let remedy = remedy.step(&nobody, "git -c", &[("REF", &log), ("EVENT", &pr)]);
    std::fs::rename(nobody.dir(), &server).unwrap();
    remedy.mends(merge(&alice, &pr));
}

#[test]
fn guests_are_let_in() {
    let stage = Stage::new();
    let (alice, mallory) = (stage.person("alice"), stage.person("mallory"));
    mallory.clone_server();
    let root = stage.repository();
    mallory.touchmark(&["join", "--root", &root]).ok();
    branch(&mallory, "topic", "new.txt", "new\n");
    let proposed = stage.proposed(&mallory, "mallory", id(&mallory.rev("topic")));
    let guest =
        touchmark_core::id::Digest::of(&crate::attacks::stage::key("mallory").public().to_blob());
    let refspec = format!("{0}:refs/forge/guest/{guest}/{0}/log", proposed.id);
    let remedy = told(pushed(&mallory, &[&refspec]), Rule::GuestLimit).says("an admin for a role");
    let key = mallory.private_key().with_extension("pub");
    let who = [
        "mallory",
        "Mallory",
        "mallory@example.com",
        key.to_str().unwrap(),
    ];
    alice
        .touchmark(&[&["person", "add"][..], &who].concat())
        .ok();
    mallory.touchmark(&["sync"]).ok();
    let open = ["pr", "open", "--target=main", "--title=Let me in"];
    remedy.mends(mallory.touchmark(&open));
}

#[test]
fn decisions_are_published_by_whoever_makes_them() {
    let stage = Stage::with_policy(FREE);
    let pr = opened(&stage, "topic");
    let (bob, carol) = (stage.person("bob"), stage.person("carol"));
    let offline = ["--offline", "review", "submit", &pr, "--approve"];
    bob.touchmark(&offline).ok();
    let approval = bob.rev(&format!("refs/outbox/pr/{pr}/log"));
    let said = carol.json(&["pr", "comment", &pr, "--body=Hello."]);
    let said = id(said["event"].as_str().unwrap());
    carol
        .git(&[
            "fetch",
            "-q",
            bob.dir().to_str().unwrap(),
            &format!("+refs/outbox/pr/{pr}/log:refs/heads/bobs"),
        ])
        .ok();
    let join = touchmark_core::event::Payload::Join(touchmark_core::event::payload::Join {});
    let mut join = stage.raw("carol", Some(said), join);
    join.unsigned.parents.push(id(&approval));
    let refspec = to_log(join.write(&carol), id(&pr));
    told(pushed(&carol, &[&refspec]), Rule::JoinedDecision)
        .step(&bob, "touchmark sync", &[])
        .mends(merge(&carol, &pr));
}
