//! Branches and tags: who may make, move and delete them, and what they may hold.

use super::{all_refused, name, nobody, proven, refused, scene};
use crate::code::CodeCommit;
use crate::event::Rule;
use crate::id::ObjectId;
use crate::object::ObjectType;
use crate::push::{BranchMove, NewCommit, Proof, TagMove, branch, commits, is_signed, tag};
use crate::refusal::Refusal;
use crate::world::{HASH, Rules, World, code, key};

const RULES: &str = r#"
[[branch]]
match = ["topic/**"]
protected = false
[[branch]]
match = ["signed/**"]
protected = false
signed_commits = true
[[branch]]
match = ["release/**"]
create = ["carol"]
delete = ["bob"]
[[path]]
match = ["docs/"]
write = ["carol"]
[[tag]]
match = ["v*"]
create = ["carol"]
move = ["alice"]
delete = ["bob"]
signed = true
"#;

fn rules() -> Rules {
    Rules::default().and_table(RULES)
}

/// A push of `branch` from nothing to a commit.
fn made(branch: &str) -> BranchMove {
    BranchMove {
        name: name(branch),
        old: None,
        new: Some(code("new")),
        new_type: Some(ObjectType::Commit),
        is_protected_history: false,
        is_first: false,
        commits: Vec::new(),
        paths: [].into(),
    }
}

fn moved(branch: &str) -> BranchMove {
    BranchMove {
        old: Some(code("old")),
        ..made(branch)
    }
}

fn deleted(branch: &str) -> BranchMove {
    BranchMove {
        new: None,
        new_type: None,
        ..moved(branch)
    }
}

fn held(change: BranchMove) -> BranchMove {
    BranchMove {
        is_protected_history: true,
        ..change
    }
}

fn new_commit(signer: Option<&str>, poses_as_event: bool, paths: &[&str]) -> NewCommit {
    NewCommit {
        id: code("commit"),
        commit: CodeCommit {
            tree: HASH.empty_tree(),
            parents: Vec::new(),
            author: None,
            committer: None,
            co_authors: Vec::new(),
            signer: signer.map(|who| key(who).public()),
            poses_as_event,
        },
        paths: paths.iter().map(|path| path.as_bytes().to_vec()).collect(),
    }
}

fn judge(rules: &Rules, proof: &Proof, change: &BranchMove) -> Result<(), Vec<Refusal>> {
    let world = World::new(rules);
    branch(&scene(&world), proof, change)
}

#[track_caller]
fn check(who: &str, change: &BranchMove, expected: &[Rule]) {
    let case = format!("{who} {change:?}");
    all_refused(&case, judge(&rules(), &proven(who), change), expected);
}

#[test]
fn a_branch_without_protection_is_pushed_with_the_right_to() {
    let topic = "refs/heads/topic/x";
    for change in [made(topic), moved(topic), deleted(topic)] {
        check("dave", &change, &[]);
        let reporter = rules().role("dave", "reporter");
        let found = judge(&reporter, &proven("dave"), &change);
        all_refused("a reporter", found, &[Rule::BranchRight]);
        let found = judge(&rules(), &proven("mallory"), &change);
        all_refused("a stranger", found, &[Rule::BranchRight]);
        let found = judge(&rules(), &nobody(), &change);
        all_refused("nobody", found, &[Rule::PusherUnproven]);
    }
}

#[test]
fn a_protected_branch_moves_by_merges_alone() {
    for change in [moved("refs/heads/main"), held(moved("refs/heads/main"))] {
        for who in ["alice", "carol", "dave"] {
            check(who, &change, &[Rule::BranchProtected]);
        }
    }
}

#[test]
fn a_protected_branch_is_made_and_deleted_by_whom_the_rule_names() {
    let release = "refs/heads/release/1";
    check("carol", &held(made(release)), &[]);
    check("alice", &held(made(release)), &[Rule::BranchRight]);
    // And only from what was judged once.
    check("carol", &made(release), &[Rule::BranchProtected]);
    check("bob", &deleted(release), &[]);
    check("carol", &deleted(release), &[Rule::BranchRight]);
    for change in [held(made("refs/heads/main")), deleted("refs/heads/main")] {
        check("alice", &change, &[Rule::BranchRight]);
    }
}

#[test]
fn an_admin_brings_in_the_first_history() {
    let first = BranchMove {
        is_first: true,
        ..made("refs/heads/main")
    };
    check("alice", &first, &[]);
    check("carol", &first, &[Rule::BranchRight]);
    let found = judge(&rules(), &nobody(), &first);
    all_refused("nobody", found, &[Rule::PusherUnproven]);
    // Only a new branch is a first one, and no other object starts it.
    let again = BranchMove {
        old: Some(code("old")),
        ..first.clone()
    };
    check("alice", &again, &[Rule::BranchProtected]);
    let tree = BranchMove {
        new_type: Some(ObjectType::Tree),
        ..first
    };
    check("alice", &tree, &[Rule::RefObject]);
}

#[test]
fn a_branch_holds_a_commit() {
    for wrong in [
        None,
        Some(ObjectType::Blob),
        Some(ObjectType::Tree),
        Some(ObjectType::Tag),
    ] {
        let change = BranchMove {
            new_type: wrong,
            ..moved("refs/heads/topic/x")
        };
        check("alice", &change, &[Rule::RefObject]);
    }
}

#[test]
fn what_is_new_on_a_branch_is_judged() {
    let topic = |new: NewCommit| BranchMove {
        commits: vec![new],
        ..moved("refs/heads/topic/x")
    };
    check("dave", &topic(new_commit(None, false, &["src/a"])), &[]);
    let posing = new_commit(Some("dave"), true, &["src/a"]);
    check("dave", &topic(posing), &[Rule::CommitEvent]);
    // A path that only one commit touches, and one that only the whole does.
    let docs = new_commit(None, false, &["docs/a"]);
    check("dave", &topic(docs.clone()), &[Rule::PathRight]);
    check("carol", &topic(docs), &[]);
    let whole = BranchMove {
        paths: [b"docs/a".to_vec()].into(),
        ..moved("refs/heads/topic/x")
    };
    check("dave", &whole, &[Rule::PathRight]);
    check("carol", &whole, &[]);
}

#[test]
fn commits_are_signed_by_a_key_in_use_where_the_rule_says_so() {
    let signed = |signer| BranchMove {
        commits: vec![new_commit(signer, false, &[])],
        ..moved("refs/heads/signed/x")
    };
    check("dave", &signed(Some("dave")), &[]);
    // Whose commit it is and who pushes it are two questions.
    check("dave", &signed(Some("bob")), &[]);
    check("dave", &signed(None), &[Rule::CommitSignature]);
    check("dave", &signed(Some("mallory")), &[Rule::CommitSignature]);
    let retired = rules().retired("bob");
    let found = judge(&retired, &proven("dave"), &signed(Some("bob")));
    all_refused("retired", found, &[Rule::CommitSignature]);
    let new = new_commit(Some("bob"), false, &[]);
    assert!(is_signed(&rules().policy(), &new.commit));
    assert!(!is_signed(&retired.policy(), &new.commit));
}

#[test]
fn a_long_list_of_bad_commits_is_cut_short_and_not_dropped() {
    let bad: Vec<NewCommit> = (0..50).map(|_| new_commit(None, true, &[])).collect();
    assert_eq!(commits(&rules().policy(), &bad, false).len(), 20);
}

fn tag_of(name_of_tag: &str, old: Option<ObjectId>, new: Option<ObjectId>) -> TagMove {
    TagMove {
        name: name(name_of_tag),
        old,
        new,
        new_type: new.map(|_| ObjectType::Tag),
        signer: new.map(|_| key("carol").public()),
        commit: new,
        commits: Vec::new(),
    }
}

fn judge_tag(who: &str, change: &TagMove) -> Result<(), Refusal> {
    let world = World::new(&rules());
    tag(&scene(&world), &proven(who), change)
}

#[test]
fn a_tag_is_made_moved_and_deleted_by_whom_the_rule_names() {
    let (old, new) = (Some(code("old")), Some(code("new")));
    for (change, who, others) in [
        (tag_of("refs/tags/v1", None, new), "carol", ["alice", "bob"]),
        (tag_of("refs/tags/v1", old, new), "alice", ["bob", "carol"]),
        (tag_of("refs/tags/v1", old, None), "bob", ["alice", "carol"]),
    ] {
        assert_eq!(judge_tag(who, &change), Ok(()));
        for other in others {
            refused(judge_tag(other, &change), Rule::TagRight);
        }
        let world = World::new(&rules());
        let found = tag(&scene(&world), &nobody(), &change);
        refused(found, Rule::PusherUnproven);
    }
}

#[test]
fn a_tag_without_a_rule_is_made_once() {
    let (old, new) = (Some(code("old")), Some(code("new")));
    let made = tag_of("refs/tags/x", None, new);
    assert_eq!(judge_tag("dave", &made), Ok(()));
    refused(judge_tag("ci-without-rights", &made), Rule::TagRight);
    for change in [
        tag_of("refs/tags/x", old, new),
        tag_of("refs/tags/x", old, None),
    ] {
        refused(judge_tag("alice", &change), Rule::TagRight);
    }
}

#[test]
fn a_tag_holds_a_commit_or_an_annotated_tag() {
    for (held, fits) in [
        (Some(ObjectType::Commit), true),
        (Some(ObjectType::Tag), true),
        (Some(ObjectType::Tree), false),
        (Some(ObjectType::Blob), false),
        (None, false),
    ] {
        let change = TagMove {
            new_type: held,
            ..tag_of("refs/tags/x", None, Some(code("new")))
        };
        match judge_tag("dave", &change) {
            Ok(()) => assert!(fits, "{held:?}"),
            Err(refusal) => assert!(!fits && refusal.rule == Rule::RefObject, "{held:?}"),
        }
    }
}

#[test]
fn a_signed_tag_is_signed_by_a_key_in_use_of_somebody_who_may_push() {
    let made = |who: Option<&str>| TagMove {
        signer: who.map(|who| key(who).public()),
        ..tag_of("refs/tags/v1", None, Some(code("new")))
    };
    assert_eq!(judge_tag("carol", &made(Some("bob"))), Ok(()));
    refused(judge_tag("carol", &made(None)), Rule::TagRight);
    refused(judge_tag("carol", &made(Some("mallory"))), Rule::TagRight);
    for rules in [rules().retired("bob"), rules().role("bob", "reporter")] {
        let world = World::new(&rules);
        let found = tag(&scene(&world), &proven("carol"), &made(Some("bob")));
        refused(found, Rule::TagRight);
    }
}
