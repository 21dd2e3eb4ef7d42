//! Remedies for pushes to refs that are not as they may be.

use touchmark_core::event::Rule;

use super::{branch, branch_on, id, opened, pushed, tip, told};
use crate::attacks::landing::ONE;
use crate::attacks::stage::{Stage, to_log, write};

#[test]
fn names_are_plain_and_differ() {
    let stage = Stage::with_policy(ONE);
    let alice = stage.person("alice");
    branch(&alice, "topic", "topic.txt", "topic\n");
    told(pushed(&alice, &["topic:refs/x/topic"]), Rule::RefNamespace)
        .says("push to refs/heads/ or refs/tags/")
        .mends(pushed(&alice, &["topic:refs/heads/topic"]));
    for (name, rule) in [("caf\u{e9}", Rule::RefName), ("Topic", Rule::RefCase)] {
        alice.git(&["branch", "-q", name, "topic"]).ok();
        let remedy = told(pushed(&alice, &[name]), rule);
        let new = format!("other-{}", rule.id());
        remedy
            .run(&alice, &[("OLD", name), ("NEW", &new)])
            .mends(pushed(&alice, &[&new]));
    }
    let tree = alice.rev("topic^{tree}");
    told(
        pushed(&alice, &[&format!("{tree}:refs/tags/v1")]),
        Rule::RefObject,
    )
    .says("a commit or an annotated tag to a tag")
    .mends(pushed(&alice, &["topic:refs/tags/v1"]));
}

#[test]
fn the_forge_s_own_refs_are_left_to_touchmark() {
    let stage = Stage::with_policy(ONE);
    let pr = opened(&stage, "topic");
    let alice = stage.person("alice");
    let (log, heads) = (
        format!("refs/forge/pr/{pr}/log"),
        format!("refs/forge/pr/{pr}/heads"),
    );
    let object = [("OBJECT", pr.as_str())];
    alice
        .touchmark(&["pr", "comment", &pr, "--body=Hello."])
        .ok();
    told(pushed(&alice, &[&format!("+{pr}:{log}")]), Rule::RefRewind)
        .run(&alice, &[])
        .mends(alice.touchmark(&["pr", "comment", &pr, "--body=More."]));
    told(
        pushed(&alice, &["+main:refs/forge/receipts"]),
        Rule::RefOwner,
    )
    .run(&alice, &[])
    .mends(alice.touchmark(&["pr", "comment", &pr, "--body=More."]));
    let other = write(&alice, "commit", crate::attacks::stage::signed(
        format!("tree {}\nauthor A <a@example.com> 1 +0000\ncommitter A <a@example.com> 1 +0000\n\nx\n", alice.rev("main^{tree}")).as_bytes(), "alice").as_slice());
    branch_on(&alice, "topic", "more.txt");
    let offline = ["--offline", "pr", "revise", &pr];
    alice.touchmark(&offline).ok();
    told(
        pushed(&alice, &[&format!("+{other}:{heads}")]),
        Rule::HeadsMismatch,
    )
    .run(&alice, &[])
    .mends(alice.touchmark(&["verify", &pr]));
    told(pushed(&alice, &[&format!(":{log}")]), Rule::RefDelete)
        .run(&alice, &object)
        .mends(alice.touchmark(&["pr", "show", &pr]));
}

/// What is folded away comes back by going on from it.
#[test]
fn an_archived_log_is_continued() {
    let stage = Stage::with_policy(ONE);
    let pr = opened(&stage, "topic");
    let alice = stage.person("alice");
    let heads = format!("refs/forge/pr/{pr}/heads");
    let object = [("OBJECT", pr.as_str())];
    alice.touchmark(&["pr", "close", &pr]).ok();
    let last = tip(&stage, &pr);
    crate::attacks::archive::fold_by_hand(&stage, id(&pr));
    let back = [
        to_log(last, id(&pr)),
        format!("{}:{heads}", alice.rev(&heads)),
    ];
    told(
        pushed(&alice, &back.each_ref().map(String::as_str)),
        Rule::RefArchived,
    )
    .run(&alice, &object)
    .mends(alice.touchmark(&["pr", "show", &pr]));
}

#[test]
fn branches_and_tags_are_written_by_whoever_may() {
    let rules = format!(
        "{ONE}[[branch]]\nmatch = [\"release/*\"]\nprotected = true\ncreate = [\"alice\"]\n\
         [[tag]]\nmatch = [\"v*\"]\ncreate = [\"alice\"]\n"
    );
    let stage = Stage::with_policy(&rules);
    let (alice, bob) = (stage.person("alice"), stage.person("bob"));
    branch(&bob, "topic", "topic.txt", "topic\n");
    told(pushed(&bob, &["topic:main"]), Rule::BranchProtected)
        .answered(
            &bob,
            "touchmark pr open",
            &[("BRANCH", "main")],
            &["--title=Topic"],
        )
        .mends(bob.touchmark(&["pr", "list"]));
    let release = ["main:refs/heads/release/1"];
    told(pushed(&bob, &release), Rule::BranchRight)
        .look(
            &bob,
            "touchmark can",
            &[("YOU", "bob"), ("BRANCH", "release/1")],
        )
        .prints("alice")
        .mends(pushed(&alice, &release));
    let tag = ["main:refs/tags/v1"];
    told(pushed(&bob, &tag), Rule::TagRight)
        .look(&bob, "touchmark can", &[("YOU", "bob"), ("TAG", "v1")])
        .prints("alice")
        .mends(pushed(&alice, &tag));
}
