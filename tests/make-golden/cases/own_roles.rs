//! Roles that a policy adds to those that every policy has, and compromised keys, from version to version.

use serde_json::json;
use touchmark_core::event::{Payload, Stance, payload};
use touchmark_core::id::HashKind;

use super::policies::{LOG, advance, endorsement, version};
use super::{labels, open_issue, open_pr, say};
use crate::builder::{Builder, Make};
use crate::case::Case;
use crate::people::{ALICE, BOB, CAROL, DAVE, Who, named_key};

pub(super) fn add(cases: &mut Vec<Case>) {
    cases.push(granted(HashKind::Sha1, "own-roles"));
    cases.push(granted(HashKind::Sha256, "own-roles-sha256"));
    cases.push(proposing());
    compromised(cases);
    formats(cases);
}

const SORTER: Who = Who {
    id: "sorter",
    name: "Sorter",
    role: "triager",
};

/// A policy with these roles, in which Bob and a bot have one of them.
fn policy(roles: &str) -> String {
    let bob = Who {
        role: "triager",
        ..BOB
    };
    let head = "format = 2\nthreshold = 1\nrecovery.declined = true\n";
    let people = [ALICE, bob, CAROL, DAVE].map(|who| who.table("people"));
    format!("{head}{roles}{}{}", people.concat(), SORTER.table("bots"))
}

fn signers() -> String {
    [ALICE, BOB, CAROL, DAVE, SORTER]
        .map(|who| who.line())
        .concat()
}

fn start(hash: HashKind, roles: &str) -> Builder {
    let mut b = Builder::empty(hash);
    b.start_policy(&policy(roles), &signers());
    b
}

const TRIAGER: &str = "roles.triager.rights = [\"triage\", \"override\"]\n";

/// A right that a role of one's own grants, in the policy in force, and one that it does not.
fn granted(hash: HashKind, name: &str) -> Case {
    let mut b = start(hash, TRIAGER);
    let (log, _) = open_issue(&mut b, DAVE);
    let label = |text: &str| {
        let labels = labels(&[text]);
        Payload::Label(payload::Label { labels })
    };
    b.event(&log, Make::new(BOB, label("+bug")));
    b.event(&log, Make::new(SORTER, label("+sorted")));
    let said = b.event(&log, say(BOB, "Without the right."));
    let (pr, _) = open_pr(&mut b, DAVE);
    let forced = payload::Override {
        revision: 1,
        base: b.code("base-1"),
        head: b.code("head-1"),
    };
    b.event(
        &pr,
        Make::new(BOB, Payload::Override(forced)).body("It must."),
    );
    let other = "roles.triager.rights = [\"comment\"]\n";
    advance(&mut b, ALICE, &policy(other), &signers(), &[ALICE]);
    b.event(&log, say(BOB, "With the right."));
    let late = b.event(&log, Make::new(BOB, label("+late")));
    Case::new(name, b)
        .rejects(said, "right-missing")
        .rejects(late, "right-missing")
        .fact(&log, "/state/labels", json!(["bug", "sorted"]))
        .fact(&log, "/state/comments/0/text", "With the right.")
        .fact(&pr, "/state/overrides/0/by", "bob")
        .fact(LOG, "/state/people/bob/roles", json!(["triager"]))
}

/// Who may propose need not be an admin; who may do all but endorse still is none.
fn proposing() -> Case {
    let rights = "roles.triager.rights = [\"propose\", \"redact\", \"override\", \"admit\"]\n";
    let mut b = start(HashKind::Sha1, rights);
    let toml = policy(rights).replace("\"Dave\"", "\"David\"");
    let first = b.refs[LOG];
    let tree = b.policy_tree(&toml, &signers(), &[]);
    let proposal = Payload::Proposal(payload::Proposal { version: 2 });
    let make = Make::new(BOB, proposal).subject("David").tree(tree);
    let (log, root) = b.open("proposal", make);
    let own = b.event(&log, endorsement(BOB, first, 2, tree));
    let word = b.event(&log, endorsement(ALICE, first, 2, tree));
    let second = version(&mut b, BOB, 2, (&toml, &signers()), &[word]);
    let own_word = b.side(&[root], endorsement(BOB, second, 3, tree));
    let third = version(&mut b, BOB, 3, (&toml, &signers()), &[own_word]);
    Case::new("own-role-proposes", b)
        .rejects(own, "right-missing")
        .rejects(third, "policy-threshold")
        .fact(LOG, "/state/version", 2)
        .fact(LOG, "/state/people/dave/name", "David")
        .fact(LOG, "/state/admins", json!(["alice"]))
        .fact(&log, "/state/stances/alice/stance", Stance::Endorse.word())
}

/// A compromised key stays so; from which receipt on may change, and others may join it.
fn compromised(cases: &mut Vec<Case>) {
    let one = |key: &str, after: &str| {
        let print = named_key(key).public().fingerprint();
        let after = after.repeat(40);
        format!("[[compromised]]\nkey = \"{print}\"\nafter = \"{after}\"\n")
    };
    let both = one("bob", "1") + &one("dave", "2");
    let variants = [
        ("kept", both.clone(), both.clone(), true),
        (
            "moved",
            both.clone(),
            one("dave", "3") + &one("bob", "4"),
            true,
        ),
        ("more", one("bob", "1"), both.clone(), true),
        ("lost", both.clone(), one("dave", "2"), false),
        ("all-lost", both, String::new(), false),
    ];
    for (name, before, after, accepted) in variants {
        let toml = |list: &str| policy(TRIAGER) + list;
        let mut b = Builder::empty(HashKind::Sha1);
        b.start_policy(&toml(&before), &signers());
        let id = advance(&mut b, ALICE, &toml(&after), &signers(), &[ALICE]);
        let case = Case::new(&format!("policy-compromised-{name}"), b);
        cases.push(if accepted {
            case.fact(LOG, "/state/version", 2)
        } else {
            case.rejects(id, "policy-form")
                .fact(LOG, "/state/version", 1)
        });
    }
}

/// A policy may go to format 2 and back, but not back from a compromised key.
fn formats(cases: &mut Vec<Case>) {
    let people = [ALICE, BOB].map(|who| who.table("people")).concat();
    let signers = ALICE.line() + &BOB.line();
    let toml = |head: &str, tail: &str| {
        format!("{head}\nthreshold = 1\nrecovery.declined = true\n{people}{tail}")
    };
    let key = BOB.key().public().fingerprint();
    let stolen = format!(
        "[[compromised]]\nkey = \"{key}\"\nafter = \"{}\"\n",
        "1".repeat(40)
    );
    let (one, two) = ("format = 1", "format = 2");
    let variants = [
        ("up", toml(one, ""), toml(two, &stolen), true),
        ("down", toml(two, ""), toml(one, ""), true),
        ("down-compromised", toml(two, &stolen), toml(one, ""), false),
    ];
    for (name, before, after, accepted) in variants {
        let mut b = Builder::empty(HashKind::Sha256);
        b.start_policy(&before, &signers);
        let id = advance(&mut b, ALICE, &after, &signers, &[ALICE]);
        let case = Case::new(&format!("policy-format-{name}-sha256"), b);
        cases.push(if accepted {
            case.fact(LOG, "/state/version", 2)
        } else {
            case.rejects(id, "policy-form")
                .fact(LOG, "/state/version", 1)
        });
    }
}
