//! Device keys beside other changes of the policy, and under parents of all sorts.

use touchmark_core::event::{Payload, payload};
use touchmark_core::id::{HashKind, ObjectId};
use touchmark_core::object::{MODE_FILE, MODE_TREE};

use super::device_keys::{BEFORE, added, by_tree, next, signers, start, toml};
use super::policies::{LOG, advance, endorsement, version};
use crate::builder::{Builder, Make, usual_policy, usual_signers};
use crate::case::Case;
use crate::people::{ALICE, BOB, CAROL, DAVE, Who};

pub(super) fn add(cases: &mut Vec<Case>) {
    cases.push(policy_changed());
    templates(cases);
    cases.push(of_format_one());
    cases.push(to_format_two());
    endorsed(cases);
    cases.push(judged_by_parent());
    cases.push(version_number());
    cases.push(after_endorsed());
}

/// One byte of `policy.toml` is one too many, even in a comment.
fn policy_changed() -> Case {
    let mut b = start(HashKind::Sha1);
    let file = signers() + &added(CAROL, "carol's new");
    let tree = b.policy_tree(&(toml() + "# A remark.\n"), &file, &[]);
    let id = by_tree(&mut b, CAROL, "carol", 2, tree);
    Case::new("device-key-and-policy", b)
        .rejects(id, "policy-threshold")
        .fact(LOG, "/state/version", 1)
}

/// A policy's tree with these templates, or without any.
fn with_templates(b: &mut Builder, signers: &str, templates: Option<&[u8]>) -> ObjectId {
    let toml = b.blob(toml().as_bytes());
    let signers = b.blob(signers.as_bytes());
    let mut entries = vec![
        (MODE_FILE, "allowed_signers", signers),
        (MODE_FILE, "policy.toml", toml),
    ];
    if let Some(text) = templates {
        let folder = b.folder(&[("issue.md", text)]);
        entries.push((MODE_TREE, "templates", folder));
    }
    b.tree(&entries)
}

/// Templates stay as they are.
fn templates(cases: &mut Vec<Case>) {
    let (one, other): (&[u8], &[u8]) = (b"What happened?\n", b"What now?\n");
    for (name, before, after, accepted) in [
        ("kept", Some(one), Some(one), true),
        ("changed", Some(one), Some(other), false),
        ("added", None, Some(one), false),
        ("lost", Some(one), None, false),
    ] {
        let mut b = Builder::empty(HashKind::Sha256);
        let tree = with_templates(&mut b, &signers(), before);
        start_with(&mut b, tree);
        let tree = with_templates(&mut b, &(signers() + &added(DAVE, "dave's new")), after);
        let id = by_tree(&mut b, DAVE, "dave", 2, tree);
        let case = Case::new(&format!("device-key-templates-{name}-sha256"), b);
        cases.push(if accepted {
            case.fact(LOG, "/state/version", 2)
        } else {
            case.rejects(id, "right-missing")
                .fact(LOG, "/state/version", 1)
        });
    }
}

/// The first version, with a tree that is already made.
fn start_with(b: &mut Builder, tree: ObjectId) {
    let payload = payload::Policy {
        version: 1,
        nonce: Some(touchmark_core::event::Nonce::from_bytes([7; 16])),
        origin: None,
        proposal: None,
    };
    let id = b.event(LOG, Make::new(ALICE, Payload::Policy(payload)).tree(tree));
    b.policy = Some(id);
}

/// With format 1, every change needs endorsements.
fn of_format_one() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let file = usual_signers() + &added(CAROL, "carol's new");
    let id = version(&mut b, CAROL, 2, (&usual_policy(), &file), &[]);
    Case::new("device-key-format-one", b)
        .rejects(id, "policy-threshold")
        .fact(LOG, "/state/version", 1)
}

/// It is the parent's format that counts, and the change of the format is another change.
fn to_format_two() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let toml = usual_policy().replacen("format = 1", "format = 2", 1);
    let file = usual_signers() + &added(CAROL, "carol's new");
    let id = version(&mut b, CAROL, 2, (&toml, &file), &[]);
    Case::new("device-key-to-format-two", b)
        .rejects(id, "policy-threshold")
        .fact(LOG, "/state/version", 1)
}

/// With endorsements, a version is like any other: they must be enough, and the signer may propose.
fn endorsed(cases: &mut Vec<Case>) {
    let variants: [(&str, Who, Who, &'static str); 3] = [
        ("by-proposer", CAROL, ALICE, ""),
        ("by-nobody", CAROL, BOB, "policy-threshold"),
        ("by-reporter", DAVE, ALICE, "right-missing"),
    ];
    for (name, who, endorser, rule) in variants {
        let mut b = start(HashKind::Sha1);
        let first = b.refs[LOG];
        let file = signers() + &added(who, "another key");
        let tree = b.policy_tree(&toml(), &file, &[]);
        let proposal = b.code("proposal");
        let word = b.side(&[proposal], endorsement(endorser, first, 2, tree));
        let id = version(&mut b, who, 2, (&toml(), &file), &[word]);
        let case = Case::new(&format!("device-key-endorsed-{name}"), b);
        cases.push(match rule {
            "" => case.fact(LOG, "/state/version", 2),
            _ => case.rejects(id, rule).fact(LOG, "/state/version", 1),
        });
    }
}

/// The key is one that the parent has in use, and the address is the signer's.
fn judged_by_parent() -> Case {
    let mut b = start(HashKind::Sha1);
    let new = signers() + &added(DAVE, "dave's new");
    let tree = b.policy_tree(&toml(), &new, &[]);
    let id = by_tree(&mut b, DAVE, "dave's new", 2, tree);
    Case::new("device-key-signs-itself-in", b)
        .rejects(id, "signer-unknown")
        .fact(LOG, "/state/version", 1)
}

/// Version numbers are as for all versions.
fn version_number() -> Case {
    let mut b = start(HashKind::Sha1);
    let id = next(
        &mut b,
        DAVE,
        "dave",
        3,
        &(signers() + &added(DAVE, "dave's new")),
    );
    Case::new("device-key-version", b)
        .rejects(id, "policy-version")
        .fact(LOG, "/state/version", 1)
}

/// The parent's endorsements are no entries of it; and a key that a device added may be retired by the admins.
fn after_endorsed() -> Case {
    let mut b = start(HashKind::Sha1);
    advance(&mut b, ALICE, &toml(), &signers(), &[ALICE]);
    let new = added(DAVE, "dave's new");
    next(&mut b, DAVE, "dave", 3, &(signers() + &new));
    let retired = signers() + &DAVE.line_of("dave's new", BEFORE);
    let tree = b.policy_tree(&toml(), &retired, &[]);
    let (parent, proposal) = (b.refs[LOG], b.code("proposal"));
    let word = b.side(&[proposal], endorsement(ALICE, parent, 4, tree));
    version(&mut b, CAROL, 4, (&toml(), &retired), &[word]);
    Case::new("device-key-after-endorsed", b).fact(LOG, "/state/version", 4)
}
