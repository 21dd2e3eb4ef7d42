//! Remedies for what an object's state does not allow.

use touchmark_core::event::{
    CommentId, MergeMethod, Payload, RefName, Rule, Time, Verdict, payload,
};

use super::{id, opened, pushed, tip, told};
use crate::attacks::stage::{Stage, to_log};
use crate::env::Run;

/// Pushes an event by hand on a pull request's log.
fn says(stage: &Stage, by: &'static str, pr: &str, payload: Payload) -> Run {
    let clone = stage.person("dave");
    clone.touchmark(&["sync"]).ok();
    let event = stage.raw(by, Some(tip(stage, pr)), payload).write(&clone);
    pushed(&clone, &[&to_log(event, id(pr))])
}

fn comment_id(event: &str) -> CommentId {
    CommentId::new(id(event), 1)
}

#[test]
fn what_is_closed_is_opened_and_what_is_merged_is_opened_anew() {
    let stage = Stage::new();
    let pr = opened(&stage, "topic");
    let (alice, bob) = (stage.person("alice"), stage.person("bob"));
    let object = [("OBJECT", pr.as_str())];
    let close = || alice.touchmark(&["pr", "close", &pr]);
    let reopen = || alice.touchmark(&["pr", "reopen", &pr]);
    let remedy = told(reopen(), Rule::StateOpen)
        .run(&alice, &object)
        .prints("open");
    close().ok();
    remedy.mends(reopen());
    close().ok();
    told(close(), Rule::StateClosed)
        .run(&alice, &object)
        .mends(close());
    reopen().ok();
    let ready = || alice.touchmark(&["pr", "ready", &pr]);
    told(ready(), Rule::StateDraft)
        .step(&alice, "touchmark pr draft", &object)
        .leaves("touchmark pr ready")
        .mends(ready());
    alice.touchmark(&["pr", "draft", &pr]).ok();
    let merge = || bob.touchmark(&["pr", "merge", &pr]);
    bob.touchmark(&["sync"]).ok();
    bob.touchmark(&["review", "submit", &pr, "--approve"]).ok();
    told(merge(), Rule::StateDraft)
        .run(&bob, &object)
        .mends(merge());
    alice.touchmark(&["sync"]).ok();
    super::branch(&alice, "next", "next.txt", "next\n");
    let remedy = told(close(), Rule::StateMerged);
    remedy
        .answered(
            &alice,
            "touchmark pr open",
            &[],
            &["--target=main", "--title=Next"],
        )
        .mends(alice.touchmark(&["pr", "list"]));
}

#[test]
fn issues_are_mended_by_commands_for_issues() {
    let stage = Stage::new();
    let alice = stage.person("alice");
    let opened = alice.json(&["issue", "open", "--title=It breaks", "--body=x"]);
    let issue = opened["event"].as_str().unwrap();
    let run = |verb: &str| alice.touchmark(&["issue", verb, issue]);
    let object = [("OBJECT", issue)];
    told(run("restore"), Rule::StateDeleted)
        .step(&alice, "touchmark issue delete", &object)
        .leaves("touchmark issue restore")
        .mends(run("restore"));
    run("delete").ok();
    told(run("delete"), Rule::StateDeleted)
        .step(&alice, "touchmark issue restore", &object)
        .leaves("touchmark issue delete")
        .mends(run("delete"));
    run("restore").ok();
    run("close").ok();
    told(run("close"), Rule::StateClosed)
        .run(&alice, &object)
        .mends(run("close"));
}

/// A merge of the second revision of Alice's branch `topic` into another branch than the one that it is for.
fn merge_elsewhere(stage: &Stage) -> Payload {
    let alice = stage.person("alice");
    let base = stage.main();
    Payload::Merge(payload::Merge {
        target: RefName::parse("refs/heads/other").unwrap(),
        revision: 2,
        base,
        head: id(&alice.rev("topic")),
        old: base,
        new: base,
        tree_id: id(&alice.rev("main^{tree}")),
        method: MergeMethod::Merge,
        semantics: 1,
        request: None,
        evidence: Vec::new(),
        time: Time::from_seconds(stage.now()).unwrap(),
    })
}

#[test]
fn revisions_are_the_ones_that_there_are() {
    let stage = Stage::new();
    let pr = opened(&stage, "topic");
    let (alice, bob) = (stage.person("alice"), stage.person("bob"));
    let object = [("OBJECT", pr.as_str())];
    let head = id(&alice.rev("topic"));
    let (base, other) = (stage.main(), id(&alice.rev("main")));
    let approve = || {
        bob.touchmark(&["review", "withdraw", &pr]);
        bob.touchmark(&["review", "submit", &pr, "--approve"])
    };
    let review = |revision, head| {
        Payload::Review(payload::Review {
            revision,
            verdict: Verdict::Approve,
            base,
            head,
            comments: Vec::new(),
        })
    };
    told(
        says(&stage, "bob", &pr, review(1, other)),
        Rule::RevisionUnknown,
    )
    .run(&bob, &object)
    .prints("revision 1")
    .mends(approve());
    let gap = Payload::Revision(payload::Revision {
        revision: 7,
        target: None,
        base,
        head,
    });
    super::branch_on(&alice, "topic", "more.txt");
    told(says(&stage, "alice", &pr, gap), Rule::RevisionSequence)
        .run(&alice, &object)
        .prints("revision 1")
        .mends(alice.touchmark(&["pr", "revise", &pr]));
    // Bob approves what he has read, and does not know the second revision yet.
    told(
        says(&stage, "bob", &pr, review(1, head)),
        Rule::RevisionStale,
    )
    .run(&bob, &object)
    .mends(approve());
    let elsewhere = merge_elsewhere(&stage);
    told(says(&stage, "bob", &pr, elsewhere), Rule::TargetMismatch)
        .run(&bob, &object)
        .prints("main")
        .mends(bob.touchmark(&["pr", "merge", &pr]));
}

#[test]
fn comments_are_the_ones_that_there_are() {
    let stage = Stage::new();
    let pr = opened(&stage, "topic");
    let (bob, dave) = (stage.person("bob"), stage.person("dave"));
    let object = [("OBJECT", pr.as_str())];
    let said = |text: &str| {
        let said = dave.json(&["pr", "comment", &pr, "--body", text]);
        format!("{}/0", said["event"].as_str().unwrap())
    };
    let unknown = Payload::Comment(payload::Comment {
        reply: Some(comment_id(&stage.policy().to_string())),
    });
    let first = said("First.");
    let clone = stage.person("dave");
    let mut raw = stage.raw("dave", Some(tip(&stage, &pr)), unknown);
    raw.unsigned.body = Some("Answer.".to_owned());
    let reply = |to: &str| dave.touchmark(&["pr", "comment", &pr, "--body=Answer.", "--reply", to]);
    told(
        pushed(&clone, &[&to_log(raw.write(&clone), id(&pr))]),
        Rule::CommentUnknown,
    )
    .run(&dave, &object)
    .prints(&first[..12])
    .mends(reply(&first));
    let edit = |name: &str| dave.touchmark(&["review", "edit", &pr, name, "--body=Better."]);
    let second = said("Second.");
    dave.touchmark(&["review", "retract", &pr, &second]).ok();
    told(edit(&second), Rule::CommentRetracted)
        .run(&dave, &object)
        .prints(&first[..12])
        .mends(edit(&first));
    // A thread on code, and an answer in it.
    bob.touchmark(&["sync"]).ok();
    bob.touchmark(&["review", "start", &pr]).ok();
    bob.touchmark(&["review", "comment", "src/lock.rs:5", "--body=Why?"])
        .ok();
    let review = bob.json(&["review", "submit", "--comment"]);
    let thread = format!("{}/1", review["event"].as_str().unwrap());
    dave.touchmark(&["sync"]).ok();
    let answer = dave.json(&["pr", "comment", &pr, "--body=So.", "--reply", &thread]);
    let answer = format!("{}/0", answer["event"].as_str().unwrap());
    bob.touchmark(&["sync"]).ok();
    let resolve = |name: &str| bob.touchmark(&["review", "resolve", &pr, name]);
    told(resolve(&answer), Rule::ThreadHead)
        .says(&thread)
        .mends(resolve(&thread));
    let withdraw = || bob.touchmark(&["review", "withdraw", &pr]);
    let remedy = told(withdraw(), Rule::VerdictUnknown).run(&bob, &object);
    bob.touchmark(&["review", "submit", &pr, "--approve"]).ok();
    remedy.mends(withdraw());
}
