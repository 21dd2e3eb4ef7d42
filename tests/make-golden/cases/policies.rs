//! How the policy changes: endorsements, admins, recovery, keys.

use serde_json::json;
use touchmark_core::event::{Payload, Stance, payload};
use touchmark_core::id::{HashKind, ObjectId};

use super::{open_issue, say};
use crate::builder::{Builder, Make, usual_policy, usual_signers};
use crate::case::Case;
use crate::people::{ALICE, BOB, CAROL, DAVE, MALLORY, Who, named_key};

pub(super) const LOG: &str = "refs/forge/policy";

pub(super) fn add(cases: &mut Vec<Case>) {
    cases.push(refuse_threshold());
    cases.push(refuse_version());
    cases.push(threshold_two(HashKind::Sha1));
    cases.push(threshold_two(HashKind::Sha256));
    rotation(cases);
    recovery(cases);
    cases.push(after_rejected());
    other_endorsements(cases);
    cases.push(one_person_two_keys());
    cases.push(retired_endorser());
    cases.push(new_person());
    cases.push(by_contributor());
    cases.push(first_with_endorsements());
}

/// An endorsement of `tree` as the next version of `parent`.
fn endorse(b: &mut Builder, who: Who, parent: ObjectId, version: u32, tree: ObjectId) -> ObjectId {
    let make = endorsement(who, parent, version, tree);
    let proposal = b.code("proposal");
    b.side(&[proposal], make)
}

pub(super) fn endorsement(who: Who, parent: ObjectId, version: u32, tree_id: ObjectId) -> Make {
    let word = payload::Endorse {
        version,
        tree_id,
        stance: Stance::Endorse,
    };
    Make::new(who, Payload::Endorse(word)).policy(parent)
}

/// `policy/1`, version `version`, signed by `who` and endorsed by these commits.
pub(super) fn version(
    b: &mut Builder,
    who: Who,
    version: u32,
    (toml, signers): (&str, &str),
    endorsements: &[ObjectId],
) -> ObjectId {
    let tree = b.policy_tree(toml, signers, endorsements);
    let payload = payload::Policy {
        version,
        nonce: None,
        origin: None,
        proposal: None,
    };
    let make = Make::new(who, Payload::Policy(payload)).tree(tree);
    let make = make.policy(b.refs[LOG]);
    b.event(LOG, make)
}

/// Version 2, or the number given, endorsed as it should be by these people; events from now on name it.
pub(super) fn advance(
    b: &mut Builder,
    who: Who,
    toml: &str,
    signers: &str,
    endorsers: &[Who],
) -> ObjectId {
    advance_to(b, who, 2, (toml, signers), endorsers)
}

fn advance_to(
    b: &mut Builder,
    who: Who,
    number: u32,
    files: (&str, &str),
    endorsers: &[Who],
) -> ObjectId {
    let parent = b.refs[LOG];
    let tree = b.policy_tree(files.0, files.1, &[]);
    let words: Vec<ObjectId> = endorsers
        .iter()
        .map(|who| endorse(b, *who, parent, number, tree))
        .collect();
    let id = version(b, who, number, files, &words);
    b.policy = Some(id);
    id
}

/// A policy of these people.
pub(super) fn policy(threshold: u32, recovery: &str, people: &[Who]) -> (String, String) {
    let mut toml = format!("format = 1\nthreshold = {threshold}\n\n[recovery]\n{recovery}\n");
    for person in people {
        toml.push_str(&person.table("people"));
    }
    (toml, people.iter().map(Who::line).collect())
}

const DECLINED: &str = "declined = true";

const fn admin(who: Who) -> Who {
    Who {
        role: "admin",
        ..who
    }
}

const fn contributor(who: Who) -> Who {
    Who {
        role: "contributor",
        ..who
    }
}

fn refs(files: &(String, String)) -> (&str, &str) {
    (&files.0, &files.1)
}

fn start(hash: HashKind, files: &(String, String)) -> Builder {
    let mut b = Builder::empty(hash);
    b.start_policy(&files.0, &files.1);
    b
}

/// Version 2 that nobody endorsed; its twin is `policy`.
fn refuse_threshold() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let toml = usual_policy().replace("\"Carol\"", "\"Caroline\"");
    let first = b.refs[LOG];
    let id = advance(&mut b, CAROL, &toml, &usual_signers(), &[]);
    b.policy = Some(id);
    let (issue, root) = open_issue(&mut b, DAVE);
    Case::new("refuse-policy-threshold", b)
        .rejects(id, "policy-threshold")
        .rejects(root, "policy-unknown")
        .fact(LOG, "/state/versions", json!([first.to_string()]))
        .fact(LOG, "/state/people/carol/name", "Carol")
        .fact(&issue, "/state", json!(null))
}

/// A version is skipped.
fn refuse_version() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let id = advance_to(
        &mut b,
        CAROL,
        3,
        (&usual_policy(), &usual_signers()),
        &[ALICE],
    );
    Case::new("refuse-policy-version", b)
        .rejects(id, "policy-version")
        .fact(LOG, "/state/version", 1)
}

/// Two of three admins must agree, and the third version needs two again.
fn threshold_two(hash: HashKind) -> Case {
    let files = policy(2, DECLINED, &[ALICE, admin(BOB), admin(CAROL), DAVE]);
    let mut b = start(hash, &files);
    let second = policy(
        2,
        DECLINED,
        &[ALICE, admin(BOB), admin(CAROL), contributor(DAVE)],
    );
    let two = advance_to(&mut b, BOB, 2, refs(&second), &[ALICE, BOB]);
    let three = advance_to(&mut b, ALICE, 3, refs(&files), &[ALICE]);
    let stem = "policy-threshold-two";
    let name = if hash == HashKind::Sha1 {
        stem.to_owned()
    } else {
        format!("{stem}-sha256")
    };
    Case::new(&name, b)
        .rejects(three, "policy-threshold")
        .fact(LOG, "/state/version", 2)
        .fact(LOG, "/state/threshold", 2)
        .fact(LOG, "/state/versions/1", two.to_string())
        .fact(LOG, "/state/admins", json!(["alice", "bob", "carol"]))
        .fact(LOG, "/state/people/dave/roles", json!(["contributor"]))
}

/// New admins must agree by their own threshold, and the old ones by theirs.
fn rotation(cases: &mut Vec<Case>) {
    let before = policy(1, DECLINED, &[ALICE, admin(BOB), CAROL, DAVE]);
    let after = policy(
        2,
        DECLINED,
        &[contributor(ALICE), BOB, admin(CAROL), admin(DAVE)],
    );
    let variants: [(&str, &[Who], bool); 4] = [
        ("policy-rotation", &[ALICE, CAROL, DAVE], true),
        ("policy-rotation-without-new", &[ALICE, BOB, CAROL], false),
        ("policy-rotation-without-old", &[CAROL, DAVE], false),
        ("policy-rotation-by-nobody", &[], false),
    ];
    for (name, endorsers, accepted) in variants {
        let mut b = start(HashKind::Sha1, &before);
        let id = advance_to(&mut b, ALICE, 2, refs(&after), endorsers);
        let case = Case::new(name, b);
        cases.push(if accepted {
            case.fact(LOG, "/state/admins", json!(["carol", "dave"]))
                .fact(LOG, "/state/threshold", 2)
        } else {
            case.rejects(id, "policy-threshold")
                .fact(LOG, "/state/admins", json!(["alice", "bob"]))
        });
    }
}

/// The recovery people stand in for an admin who is gone; the new admin agrees as well.
fn recovery(cases: &mut Vec<Case>) {
    let set = "people = [\"bob\", \"carol\", \"dave\"]\nthreshold = 2";
    let before = policy(1, set, &[ALICE, BOB, CAROL, DAVE]);
    let after = policy(1, set, &[contributor(ALICE), admin(BOB), CAROL, DAVE]);
    let variants: [(&str, Who, &[Who], &str); 4] = [
        ("policy-recovery", BOB, &[BOB, DAVE], ""),
        ("policy-recovery-too-few", BOB, &[BOB], "policy-threshold"),
        (
            "policy-recovery-without-new",
            DAVE,
            &[CAROL, DAVE],
            "policy-threshold",
        ),
        ("policy-recovery-by-reporter", DAVE, &[BOB, CAROL], ""),
    ];
    for (name, who, endorsers, rule) in variants {
        let mut b = start(HashKind::Sha256, &before);
        let id = advance_to(&mut b, who, 2, refs(&after), endorsers);
        let recovery = json!({"people": ["bob", "carol", "dave"], "threshold": 2});
        let case = Case::new(&format!("{name}-sha256"), b).fact(LOG, "/state/recovery", recovery);
        cases.push(match rule {
            "" => case.fact(LOG, "/state/admins", json!(["bob"])),
            _ => case
                .rejects(id, "policy-threshold")
                .fact(LOG, "/state/admins", json!(["alice"])),
        });
    }
}

/// After a version that was rejected there is no other.
fn after_rejected() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let first = b.refs[LOG];
    let files = (usual_policy(), usual_signers());
    let bad = advance_to(&mut b, CAROL, 2, refs(&files), &[]);
    let next = advance_to(&mut b, CAROL, 3, refs(&files), &[ALICE]);
    let last = advance_to(&mut b, CAROL, 2, refs(&files), &[ALICE]);
    b.policy = Some(first);
    let (issue, _) = open_issue(&mut b, DAVE);
    Case::new("policy-after-rejected", b)
        .rejects(bad, "policy-threshold")
        .rejects(next, "log-parents")
        .rejects(last, "log-parents")
        .fact(LOG, "/state/version", 1)
        .fact(LOG, "/events", 4)
        .fact(&issue, "/state/status", "open")
}

/// A good endorsement, and beside it one of something else, which spoils the version.
fn other_endorsements(cases: &mut Vec<Case>) {
    for what in ["tree", "version", "parent", "stance", "name", "non-admin"] {
        let mut b = Builder::new(HashKind::Sha1);
        let first = b.refs[LOG];
        let files = (usual_policy(), usual_signers());
        let tree = b.policy_tree(&files.0, &files.1, &[]);
        let good = endorse(&mut b, ALICE, first, 2, tree);
        let (other_tree, other_parent) = (b.code("another tree"), b.code("another parent"));
        let other = match what {
            "tree" => endorse(&mut b, BOB, first, 2, other_tree),
            "version" => endorse(&mut b, BOB, first, 3, tree),
            "parent" => endorse(&mut b, BOB, other_parent, 2, tree),
            "stance" => {
                let stance = Stance::Object;
                let word = payload::Endorse {
                    version: 2,
                    tree_id: tree,
                    stance,
                };
                let make = Make::new(BOB, Payload::Endorse(word)).policy(first);
                b.side(&[first], make)
            }
            // No such commit is there to be copied, so the file is empty.
            "name" => other_tree,
            // That of somebody who is no admin is well formed, and counts for nothing.
            _ => endorse(&mut b, BOB, first, 2, tree),
        };
        let id = version(&mut b, CAROL, 2, refs(&files), &[good, other]);
        let case = Case::new(&format!("policy-endorsement-{what}"), b);
        cases.push(match what {
            "non-admin" => case.fact(LOG, "/state/version", 2),
            _ => case
                .rejects(id, "policy-threshold")
                .fact(LOG, "/state/version", 1),
        });
    }
}

/// One person with two keys is one person.
fn one_person_two_keys() -> Case {
    let alice_too = Who {
        id: "alice",
        name: "Alice",
        role: "admin",
    };
    let (toml, mut signers) = policy(2, DECLINED, &[ALICE, admin(BOB), CAROL]);
    let second_key = named_key("alice's second").public().to_openssh();
    signers.push_str(&format!(
        "alice@example.com namespaces=\"git\" {second_key}\n"
    ));
    let files = (toml, signers);
    let mut b = start(HashKind::Sha1, &files);
    let first = b.refs[LOG];
    let tree = b.policy_tree(&files.0, &files.1, &[]);
    let one = endorse(&mut b, alice_too, first, 2, tree);
    let make = endorsement(ALICE, first, 2, tree);
    let proposal = b.code("proposal");
    let payload = b.unsigned("refs/none", &make.parents(&[proposal]));
    let two = named_key("alice's second").sign_commit(&payload, b.hash);
    let two = b.insert(touchmark_core::object::ObjectType::Commit, two);
    let id = version(&mut b, CAROL, 2, refs(&files), &[one, two]);
    Case::new("policy-one-person-two-keys", b)
        .rejects(id, "policy-threshold")
        .fact(LOG, "/state/version", 1)
}

/// An endorsement by a key that the parent has retired does not count.
fn retired_endorser() -> Case {
    let files = policy(1, DECLINED, &[ALICE, admin(BOB), CAROL]);
    let mut b = start(HashKind::Sha1, &files);
    let line = ALICE
        .line()
        .replace("\"git\"", "\"git\",valid-before=\"20200101000000Z\"");
    let retired = (files.0.clone(), files.1.replace(&ALICE.line(), &line));
    let two = advance_to(&mut b, BOB, 2, refs(&retired), &[BOB]);
    let three = advance_to(&mut b, BOB, 3, refs(&retired), &[ALICE]);
    Case::new("policy-endorser-retired", b)
        .rejects(three, "policy-threshold")
        .fact(LOG, "/state/versions/1", two.to_string())
        .fact(LOG, "/state/people/alice/keys", json!([]))
}

/// A person comes in with version 2 and speaks under it, not under version 1.
fn new_person() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let first = b.refs[LOG];
    let mallory = Who {
        role: "reporter",
        ..MALLORY
    };
    let toml = usual_policy() + &mallory.table("people");
    let signers = usual_signers() + &mallory.line();
    let (log, _) = open_issue(&mut b, DAVE);
    let second = advance(&mut b, CAROL, &toml, &signers, &[ALICE]);
    let early = b.event(&log, say(MALLORY, "Under the first.").policy(first));
    b.event(&log, say(MALLORY, "Under the second.").policy(second));
    Case::new("policy-new-person", b)
        .rejects(early, "signer-unknown")
        .fact(LOG, "/state/people/mallory/roles", json!(["reporter"]))
        .fact(&log, "/state/comments/0/author", "mallory")
}

/// Recording a version needs the right `propose`.
fn by_contributor() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let id = advance(&mut b, BOB, &usual_policy(), &usual_signers(), &[ALICE]);
    Case::new("policy-by-contributor", b)
        .rejects(id, "right-missing")
        .fact(LOG, "/state/version", 1)
}

/// Nobody can have endorsed the first version.
fn first_with_endorsements() -> Case {
    let mut b = Builder::empty(HashKind::Sha1);
    let tree = b.policy_tree(&usual_policy(), &usual_signers(), &[]);
    let parent = b.code("no version");
    let word = endorse(&mut b, ALICE, parent, 1, tree);
    let tree = b.policy_tree(&usual_policy(), &usual_signers(), &[word]);
    let nonce = touchmark_core::event::Nonce::from_bytes([7; 16]);
    let payload = payload::Policy {
        version: 1,
        nonce: Some(nonce),
        origin: None,
        proposal: None,
    };
    let id = b.event(LOG, Make::new(ALICE, Payload::Policy(payload)).tree(tree));
    Case::new("policy-first-endorsed", b)
        .rejects(id, "policy-threshold")
        .fact(LOG, "/state", json!(null))
}
