//! What an attacker would have merged: the cost stays bounded, and what passes a limit has no clean result.

use super::{HASH, files, merge_in, store};
use crate::id::ObjectId;
use crate::merge::alignment::{MAX_STEPS, align};
use crate::merge::conflict::ConflictKind;
use crate::merge::text::{MAX_BYTES, MAX_EDITS, MAX_LINES, Unmerged, merge};
use crate::merge::tree::{Limit, Limits, Outcome, Refused, Step, Supply, start};
use crate::object::{MODE_FILE, MODE_TREE, ObjectType, Objects, TreeEntry, write_tree};

/// A tree with ten names for each of ten levels, so 10^10 paths, all of which are one blob.
fn wide(objects: &mut Objects, content: &str) -> ObjectId {
    let content = content.as_bytes().to_vec();
    let mut entry = (
        MODE_FILE,
        objects.insert(ObjectType::Blob, content).unwrap(),
    );
    for _ in 0..10 {
        let names = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
        let tree = write_tree(names.iter().map(|name| TreeEntry {
            mode: entry.0,
            name: name.as_bytes(),
            id: entry.1,
        }));
        entry = (MODE_TREE, objects.insert(ObjectType::Tree, tree).unwrap());
    }
    entry.1
}

#[test]
fn ten_thousand_million_paths_are_a_few_objects() {
    let mut objects = Objects::new(HASH);
    let trees = ["1\n2\n3\n", "one\n2\n3\n", "1\n2\nthree\n"].map(|text| wide(&mut objects, text));
    let expect = wide(&mut objects, "one\n2\nthree\n");
    let (outcome, asked) = merge_in(&objects, trees, Limits::RULE_1);
    let Ok(Outcome::Clean { tree, objects }) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!((tree, asked.len(), objects.len()), (expect, 33, 11));
}

#[test]
fn as_many_conflicts_are_counted_and_not_listed() {
    let mut objects = Objects::new(HASH);
    let trees = ["1\n", "2\n", "3\n"].map(|text| wide(&mut objects, text));
    let (outcome, _) = merge_in(&objects, trees, Limits::RULE_1);
    let Ok(Outcome::Conflict(conflicts)) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(conflicts.total, 10_000_000_000);
    assert_eq!(conflicts.first.len(), Limits::RULE_1.listed);
    assert!(conflicts.first.is_sorted());
    assert_eq!(conflicts.first[0].path, b"0/0/0/0/0/0/0/0/0/0");
    assert_eq!(conflicts.first[11].path, b"0/0/0/0/0/0/0/0/1/1");
}

#[test]
fn directories_in_directories_end_at_the_limit() {
    let mut objects = Objects::new(HASH);
    let deep = |objects: &mut Objects, text: &str, depth: usize| {
        let path = format!("{}x", "d/".repeat(depth));
        let file = format!("100644 {text}");
        store(objects, &files([(path.as_str(), file.as_str())]))
    };
    let mut at = |depth: usize| {
        let trees = ["1\n2\n3\n", "one\n2\n3\n", "1\n2\nthree\n"]
            .map(|text| deep(&mut objects, text, depth));
        merge_in(&objects, trees, Limits::RULE_1).0
    };
    let limit = usize::try_from(Limits::RULE_1.depth).unwrap();
    assert!(matches!(at(limit), Ok(Outcome::Clean { .. })));
    assert!(matches!(
        at(limit + 1),
        Err(Refused::TooLarge(Limit::Depth))
    ));
}

#[test]
fn every_limit_refuses() {
    let mut objects = Objects::new(HASH);
    let trees = ["1\n2\n3\n2\n", "2\n1\n2\n3\n", "3\n2\n1\n2\n"].map(|text| {
        let file = format!("100644 {text}");
        store(
            &mut objects,
            &files([("x", file.as_str()), ("y", "100644 ")]),
        )
    });
    let rule = Limits::RULE_1;
    let refused = |limits: Limits| merge_in(&objects, trees, limits).0.err();
    // Two entries of 29 bytes in each of three trees, then three files of 8 bytes.
    for (fits, limits, limit) in [
        (
            Limits { entries: 6, ..rule },
            Limits { entries: 5, ..rule },
            Limit::Entries,
        ),
        (
            Limits {
                tree_bytes: 58,
                ..rule
            },
            Limits {
                tree_bytes: 57,
                ..rule
            },
            Limit::TreeBytes,
        ),
        (
            Limits { bytes: 198, ..rule },
            Limits { bytes: 197, ..rule },
            Limit::Bytes,
        ),
    ] {
        assert_eq!(refused(fits), None, "{limit:?}");
        assert_eq!(refused(limits), Some(Refused::TooLarge(limit)));
    }
    let one_step = Limits { steps: 1, ..rule };
    assert_eq!(refused(one_step), Some(Refused::TooLarge(Limit::Steps)));
}

#[test]
fn a_file_that_is_too_large_conflicts() {
    let mut objects = Objects::new(HASH);
    let trees = ["1\n", "2\n", "3\n"].map(|text| {
        let file = format!("100644 {text}");
        store(&mut objects, &files([("x", file.as_str())]))
    });
    let mut step = start(trees[0], trees[1], trees[2], Limits::RULE_1);
    let conflicts = loop {
        match step {
            Step::Needs(pending) => {
                let is_blob =
                    |need: &&crate::merge::tree::Need| need.object_type == ObjectType::Blob;
                let supply = Supply {
                    objects: objects.clone(),
                    too_large: pending
                        .needs()
                        .iter()
                        .filter(is_blob)
                        .map(|need| need.id)
                        .collect(),
                };
                step = pending.resume(&supply).unwrap();
            }
            Step::Done(Outcome::Conflict(conflicts)) => break conflicts,
            Step::Done(clean) => panic!("{clean:?}"),
        }
    };
    assert_eq!(conflicts.first[0].kind, ConflictKind::Limit);
    let base = vec![b'x'; MAX_BYTES];
    let large = vec![b'x'; MAX_BYTES + 1];
    assert_eq!(merge(&base, &large, b"y"), Err(Unmerged::Limit));
    assert_eq!(merge(&base, b"z", b"y"), Err(Unmerged::Content));
    let base = vec![b'\n'; MAX_LINES];
    let long = vec![b'\n'; MAX_LINES + 1];
    assert_eq!(merge(&base, &long, b"y"), Err(Unmerged::Limit));
    assert_eq!(merge(&base, b"z", b"y"), Err(Unmerged::Content));
}

#[test]
fn lines_in_another_order_end_at_the_limit() {
    let numbered: Vec<String> = (0..MAX_EDITS).map(|n| format!("{n}\n")).collect();
    let half: Vec<&[u8]> = numbered[..=MAX_EDITS / 2]
        .iter()
        .map(|line| line.as_bytes())
        .collect();
    let reversed: Vec<&[u8]> = half.iter().rev().copied().collect();
    // Of lines in reverse, one stays: twice half the edits.
    let alignment = align(&half, &reversed);
    assert_eq!(alignment.hunks.map(|hunks| hunks.len()), Some(2));
    assert_eq!(alignment.steps, (half.len() * 2 * (MAX_EDITS + 1)) as u64);
    let all: Vec<&[u8]> = numbered.iter().map(|line| line.as_bytes()).collect();
    let reversed: Vec<&[u8]> = all.iter().rev().copied().collect();
    let alignment = align(&all, &reversed);
    assert_eq!(alignment.hunks, None);
    assert_eq!(alignment.steps, (all.len() * 2 * (MAX_EDITS + 1)) as u64);
}

#[test]
fn the_longer_the_file_the_fewer_edits() {
    // Long equal runs on every diagonal, which is what the search is slowest on.
    let run = MAX_STEPS / 1000;
    let mut base: Vec<&[u8]> = vec![b"a"];
    let mut side: Vec<&[u8]> = vec![b"b"];
    base.extend(std::iter::repeat_n(b"x".as_slice(), run));
    side.extend(std::iter::repeat_n(b"x".as_slice(), run));
    let numbered: Vec<String> = (0..2000).map(|n| n.to_string()).collect();
    let last = numbered.iter().map(|line| line.as_bytes());
    base.extend(last.clone().chain([b"b".as_slice()]));
    side.extend(last.rev().chain([b"a".as_slice()]));
    let alignment = align(&base, &side);
    assert_eq!(alignment.hunks, None);
    let bound = MAX_STEPS + base.len() + side.len();
    assert!(alignment.steps <= u64::try_from(bound).unwrap());
}
