//! Trees of evidence, archives, receipts and policies.

use serde_json::{Value, json};
use touchmark_core::event::{CheckStatus, Payload, payload};
use touchmark_core::id::{HashKind, ObjectId};
use touchmark_core::object::{MODE_FILE, MODE_TREE};

use super::{time, value};
use crate::builder::{Builder, Make, usual_policy, usual_signers};
use crate::case::Case;
use crate::people::{CAROL, CI, SEQUENCER};

pub(super) fn add(cases: &mut Vec<Case>) {
    cases.push(evidence());
    cases.push(archives());
    cases.push(proposals());
    cases.push(receipts());
}

fn report(b: &mut Builder, log: &str, tree: ObjectId) -> ObjectId {
    let payload = payload::Check {
        commit: b.code("commit"),
        tree_id: b.code("tree"),
        check: value("test"),
        status: CheckStatus::Success,
        url: None,
        time: time(),
    };
    b.event(log, Make::new(CI, Payload::Check(payload)).tree(tree))
}

/// `tree` below this many directories.
fn nested(b: &mut Builder, depth: usize, mut tree: ObjectId) -> ObjectId {
    for _ in 0..depth {
        tree = b.tree(&[(MODE_TREE, "d", tree)]);
    }
    tree
}

fn many(b: &mut Builder, count: usize) -> ObjectId {
    let blob = b.blob(b"");
    let names: Vec<String> = (0..count).map(|number| format!("{number:04}")).collect();
    let entries: Vec<_> = names
        .iter()
        .map(|name| (MODE_FILE, name.as_str(), blob))
        .collect();
    b.tree(&entries)
}

/// Evidence to its limits, and beyond.
fn evidence() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let log = format!("refs/forge/check/{}/log", b.code("commit"));
    // The files' contents need not be there.
    let missing = b.tree(&[(MODE_FILE, "gone.txt", b.code("gone"))]);
    let leaf = b.folder(&[("leaf", b"")]);
    let empty = b.tree(&[(MODE_TREE, "empty", b.hash.empty_tree())]);
    let name = "n".repeat(255);
    let longest = b.folder(&[(name.as_str(), b"")]);
    let full = many(&mut b, 1000);
    let deepest = nested(&mut b, 3, leaf);
    for tree in [missing, empty, longest, full, deepest] {
        report(&mut b, &log, tree);
    }
    let blob = b.blob(b"");
    let mut trees = vec![many(&mut b, 1001), nested(&mut b, 4, leaf)];
    let too_long = "n".repeat(256);
    for name in ["a b", ".git", ".GIT", "\u{e9}", "a:b", too_long.as_str()] {
        trees.push(b.tree(&[(MODE_FILE, name, blob)]));
    }
    for mode in [0o100_755, 0o120_000, 0o160_000] {
        trees.push(b.tree(&[(mode, "file", blob)]));
    }
    let rejected: Vec<ObjectId> = trees
        .into_iter()
        .map(|tree| report(&mut b, &log, tree))
        .collect();
    let hole = b.code("no tree");
    let hole = b.tree(&[(MODE_TREE, "gone", hole)]);
    let hole = report(&mut b, &log, hole);
    let case = Case::new("evidence", b)
        .rejects(hole, "object-missing")
        .fact(&log, "/state/checks/test/evidence", json!(["d/d/d/leaf"]));
    rejected
        .into_iter()
        .fold(case, |case, id| case.rejects(id, "tree-shape"))
}

/// Directories of an archive are named by two lower-case digits.
fn archives() -> Case {
    let mut b = Builder::new(HashKind::Sha256);
    let log = "refs/forge/archive";
    let fold = |sequence| {
        Payload::Archive(payload::Archive {
            sequence,
            time: time(),
        })
    };
    b.event(log, Make::new(SEQUENCER, fold(1)));
    let leaf = b.folder(&[("anything", b"")]);
    let mut rejected = Vec::new();
    for name in ["A0", "0", "000", "g0"] {
        let tree = b.tree(&[(MODE_TREE, name, leaf)]);
        rejected.push(b.event(log, Make::new(SEQUENCER, fold(2)).tree(tree)));
    }
    let blob = b.blob(b"");
    let file = b.tree(&[(MODE_FILE, "a0", blob)]);
    rejected.push(b.event(log, Make::new(SEQUENCER, fold(2)).tree(file)));
    let tree = b.tree(&[(MODE_TREE, "a0", leaf)]);
    b.event(log, Make::new(SEQUENCER, fold(2)).tree(tree));
    let case = Case::new("archive-trees-sha256", b)
        .fact(log, "/state/sequence", 2)
        .fact(log, "/state/folded", 0);
    rejected
        .into_iter()
        .fold(case, |case, id| case.rejects(id, "tree-shape"))
}

/// A proposal's tree has no endorsements; templates hold at least one file.
fn proposals() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let toml = b.blob(usual_policy().as_bytes());
    let signers = b.blob(usual_signers().as_bytes());
    let templates = b.folder(&[("issue.md", b"What happened?\n")]);
    let endorsements = b.folder(&[(b.code("endorsement").to_string().as_str(), b"")]);
    let empty = b.tree(&[(MODE_TREE, "empty", b.hash.empty_tree())]);
    let both = [
        (MODE_FILE, "allowed_signers", signers),
        (MODE_FILE, "policy.toml", toml),
    ];
    let with =
        |b: &mut Builder, name: &str, tree| b.tree(&[both[0], both[1], (MODE_TREE, name, tree)]);
    let good = with(&mut b, "templates", templates);
    let trees = [
        with(&mut b, "endorsements", endorsements),
        with(&mut b, "templates", empty),
        with(&mut b, "scripts", templates),
        b.tree(&both[..1]),
        b.hash.empty_tree(),
    ];
    let propose = |b: &mut Builder, tree| {
        let payload = Payload::Proposal(payload::Proposal { version: 2 });
        let make = Make::new(CAROL, payload).subject("Templates").tree(tree);
        b.open("proposal", make)
    };
    let (log, _) = propose(&mut b, good);
    let rejected = trees.map(|tree| propose(&mut b, tree));
    let case = Case::new("proposal-trees", b).fact(&log, "/state/tree", good.to_string());
    rejected.into_iter().fold(case, |case, (log, id)| {
        case.rejects(id, "tree-shape")
            .fact(&log, "/state", Value::Null)
    })
}

/// A receipt always has `refs`, and beside it only `numbers` and `aliases`.
fn receipts() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let log = "refs/forge/receipts";
    let leaf = b.folder(&[("anything", b"")]);
    let blob = b.blob(b"");
    let good = b.tree(&[(MODE_TREE, "refs", leaf), (MODE_TREE, "aliases", leaf)]);
    let trees = [
        b.tree(&[(MODE_TREE, "aliases", leaf)]),
        b.tree(&[(MODE_FILE, "refs", blob)]),
        b.tree(&[(MODE_TREE, "refs", leaf), (MODE_TREE, "more", leaf)]),
    ];
    let receipt = |b: &mut Builder, sequence, tree| {
        let payload = payload::Receipt {
            sequence,
            pusher: value("none"),
            time: time(),
            decision: touchmark_core::event::Decision::Accepted,
        };
        b.event(
            log,
            Make::new(SEQUENCER, Payload::Receipt(payload)).tree(tree),
        )
    };
    receipt(&mut b, 1, good);
    let rejected = trees.map(|tree| receipt(&mut b, 2, tree));
    receipt(&mut b, 2, good);
    let case = Case::new("receipt-trees", b)
        .fact(log, "/state/latest/sequence", 2)
        .fact(log, "/state/latest/tree", good.to_string());
    rejected
        .into_iter()
        .fold(case, |case, id| case.rejects(id, "tree-shape"))
}
