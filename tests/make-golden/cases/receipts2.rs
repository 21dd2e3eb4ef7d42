//! Receipts that say what a push changed and what was refused.

use touchmark_core::event::{Decision, Payload, payload};
use touchmark_core::id::{HashKind, ObjectId};
use touchmark_core::object::{MODE_FILE, MODE_TREE};

use super::{time, value};
use crate::builder::{Builder, Make};
use crate::case::Case;
use crate::people::{ALICE, EDGE, SEQUENCER, Who, named_key};

const LOG: &str = "refs/forge/receipts";
const EXECUTABLE: u32 = 0o100_755;

pub(super) fn add(cases: &mut Vec<Case>) {
    cases.push(both_versions(HashKind::Sha1, "receipts-two"));
    cases.push(both_versions(HashKind::Sha256, "receipts-two-sha256"));
    cases.push(first_of_two());
    cases.push(shapes());
}

fn receipt2(who: Who, sequence: u32, tree: ObjectId) -> Make {
    let key = named_key("alice").public().fingerprint();
    let payload = payload::Receipt2 {
        sequence,
        pusher: value(&format!("certificate {key}")),
        time: time(),
        decision: Decision::Accepted,
    };
    Make::new(who, Payload::Receipt2(payload)).tree(tree)
}

fn receipt1(sequence: u32, tree: ObjectId) -> Make {
    let payload = payload::Receipt {
        sequence,
        pusher: value("login bob"),
        time: time(),
        decision: Decision::Reconciled,
    };
    Make::new(SEQUENCER, Payload::Receipt(payload)).tree(tree)
}

/// `refs` of one branch, and beside it what is given.
fn tree(b: &mut Builder, beside: &[(u32, &str, ObjectId)]) -> ObjectId {
    let heads = b.tree(&[(0o160_000, "main", b.code("main"))]);
    let refs = b.tree(&[(MODE_TREE, "heads", heads)]);
    let mut entries = beside.to_vec();
    entries.push((MODE_TREE, "refs", refs));
    entries.sort_by_key(|entry| entry.1);
    b.tree(&entries)
}

fn changes(b: &mut Builder) -> ObjectId {
    let none = "0".repeat(b.code("x").to_string().len());
    let text = format!("{none} {} refs/heads/main\n", b.code("main"));
    b.blob(text.as_bytes())
}

/// One log counts receipts of both versions without a gap.
fn both_versions(hash: HashKind, name: &str) -> Case {
    let mut b = Builder::new(hash);
    let plain = tree(&mut b, &[]);
    let changes = changes(&mut b);
    let refused =
        "2025-10-09T08:53:20Z\tlogin bob\tbranch-protected,push-limit\t1\trefs/heads/main\n";
    let denials = b.blob(refused.as_bytes());
    let full = tree(
        &mut b,
        &[
            (MODE_FILE, "changes", changes),
            (MODE_FILE, "denials", denials),
        ],
    );
    b.event(LOG, receipt1(1, plain));
    b.event(LOG, receipt2(SEQUENCER, 2, full));
    let again = b.event(LOG, receipt2(SEQUENCER, 2, full));
    b.event(LOG, receipt1(3, plain));
    let old = b.event(LOG, receipt1(3, plain));
    let ahead = b.event(LOG, receipt2(SEQUENCER, 5, full));
    let alice = b.event(LOG, receipt2(ALICE, 4, full));
    let edge = b.event(LOG, receipt2(EDGE, 4, full));
    let last = b.event(LOG, receipt2(SEQUENCER, 4, full));
    Case::new(name, b)
        .rejects(again, "sequence-gap")
        .rejects(old, "sequence-gap")
        .rejects(ahead, "sequence-gap")
        .rejects(alice, "right-missing")
        .rejects(edge, "right-missing")
        .fact(LOG, "/state/latest/sequence", 4)
        .fact(LOG, "/state/latest/event", last.to_string())
        .fact(LOG, "/state/latest/tree", full.to_string())
        .fact(LOG, "/state/latest/decision", "accepted")
}

/// The log may start with either.
fn first_of_two() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let plain = tree(&mut b, &[]);
    b.event(LOG, receipt2(SEQUENCER, 1, plain));
    b.event(LOG, receipt1(2, plain));
    Case::new("receipts-two-first", b)
        .fact(LOG, "/state/latest/sequence", 2)
        .fact(LOG, "/state/latest/decision", "reconciled")
        .fact(LOG, "/state/latest/pusher", "login bob")
}

/// What may stand beside `refs`: the contents need not be there, what is foreign is refused.
fn shapes() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let leaf = b.folder(&[("anything", b"")]);
    let blob = b.blob(b"not what the page says of it");
    let missing = b.code("not in the repository");
    let good: [&[(u32, &str, ObjectId)]; 4] = [
        &[(MODE_FILE, "changes", blob)],
        &[(MODE_FILE, "denials", missing)],
        &[
            (MODE_TREE, "aliases", leaf),
            (MODE_TREE, "numbers", missing),
        ],
        &[
            (MODE_TREE, "aliases", leaf),
            (MODE_FILE, "changes", missing),
            (MODE_FILE, "denials", blob),
            (MODE_TREE, "numbers", leaf),
        ],
    ];
    let bad: [&[(u32, &str, ObjectId)]; 8] = [
        &[(MODE_FILE, "refusals", blob)],
        &[(MODE_TREE, "more", leaf)],
        &[(MODE_TREE, "changes", leaf)],
        &[(MODE_TREE, "denials", leaf)],
        &[(EXECUTABLE, "changes", blob)],
        &[(0o120_000, "denials", blob)],
        &[(MODE_FILE, "numbers", blob)],
        &[(MODE_FILE, "Changes", blob)],
    ];
    let mut sequence = 0;
    for entries in good {
        sequence += 1;
        let tree = tree(&mut b, entries);
        b.event(LOG, receipt2(SEQUENCER, sequence, tree));
    }
    let mut refused = Vec::new();
    for entries in bad {
        let tree = tree(&mut b, entries);
        refused.push(b.event(LOG, receipt2(SEQUENCER, 5, tree)));
    }
    let without = b.tree(&[(MODE_FILE, "changes", blob)]);
    refused.push(b.event(LOG, receipt2(SEQUENCER, 5, without)));
    // The first version has no such files.
    let with = tree(&mut b, &[(MODE_FILE, "changes", blob)]);
    refused.push(b.event(LOG, receipt1(5, with)));
    let case = Case::new("receipts-two-trees", b).fact(LOG, "/state/latest/sequence", 4);
    refused
        .into_iter()
        .fold(case, |case, id| case.rejects(id, "tree-shape"))
}
