//! The merge rule: any three texts, and any three trees, merge or conflict the same both ways round.
//!
//! A side that changed nothing leaves the other's work as it is.
#![no_main]

use std::collections::{BTreeMap, BTreeSet};

use libfuzzer_sys::fuzz_target;
use touchmark_core::id::{HashKind, ObjectId};
use touchmark_core::merge::conflict::Conflict;
use touchmark_core::merge::text;
use touchmark_core::merge::tree::{Limits, Outcome, Refused, Step, Supply, start};
use touchmark_core::object::{MODE_TREE, ObjectType, Objects, TreeEntry, write_tree};

const HASH: HashKind = HashKind::Sha1;
const MODES: [u32; 5] = [0o100_644, 0o100_755, 0o120_000, 0o160_000, 0o100_664];

/// A directory: what is at each name.
#[derive(Default)]
struct Directory<'a>(BTreeMap<&'a [u8], Node<'a>>);

enum Node<'a> {
    Leaf(u32, &'a [u8]),
    Directory(Directory<'a>),
}

fuzz_target!(|data: &[u8]| {
    let versions = versions(data);
    let [base, ours, theirs] = versions;
    let merged = text::merge(base, ours, theirs);
    assert_eq!(merged, text::merge(base, theirs, ours));
    for version in versions {
        assert_eq!(text::merge(base, base, version).as_deref(), Ok(version));
        assert_eq!(text::merge(base, version, base).as_deref(), Ok(version));
        assert_eq!(text::merge(base, version, version).as_deref(), Ok(version));
    }
    let mut objects = Objects::new(HASH);
    let trees = versions.map(|version| {
        let mut root = Directory::default();
        version
            .split(|byte| *byte == b'\n')
            .for_each(|line| root.add(line));
        root.store(&mut objects)
    });
    let [base, ours, theirs] = trees;
    assert_eq!(
        merge(&objects, [base, ours, theirs]),
        merge(&objects, [base, theirs, ours])
    );
    for tree in trees {
        assert_eq!(merge(&objects, [base, base, tree]), Ok(Ok(tree)));
        assert_eq!(merge(&objects, [base, tree, base]), Ok(Ok(tree)));
        assert_eq!(merge(&objects, [base, tree, tree]), Ok(Ok(tree)));
    }
});

/// Three texts, divided by lines of `%%`.
fn versions(data: &[u8]) -> [&[u8]; 3] {
    let mut rest = data;
    [(); 3].map(|()| {
        let mark = b"%%\n";
        let end = rest.windows(mark.len()).position(|window| window == mark);
        let (version, after) = match end {
            Some(end) => (&rest[..end], &rest[end + mark.len()..]),
            None => (rest, &rest[rest.len()..]),
        };
        rest = after;
        version
    })
}

impl<'a> Directory<'a> {
    /// Adds what a line says: a path, a tab, the content. What is there already stays.
    fn add(&mut self, line: &'a [u8]) {
        let tab = line.iter().position(|byte| *byte == b'\t');
        let (path, content) = line.split_at(tab.unwrap_or(line.len()));
        let mode = MODES[content.len() % MODES.len()];
        let mut names = path
            .split(|byte| *byte == b'/')
            .filter(|name| !name.is_empty() && !name.contains(&0))
            .peekable();
        let mut directory = self;
        while let Some(name) = names.next() {
            let node = directory
                .0
                .entry(name)
                .or_insert_with(|| match names.peek() {
                    Some(_) => Node::Directory(Directory::default()),
                    None => Node::Leaf(mode, content),
                });
            match node {
                Node::Directory(inner) => directory = inner,
                Node::Leaf(..) => return,
            }
        }
    }

    fn store(&self, objects: &mut Objects) -> ObjectId {
        let entries: Vec<TreeEntry<'_>> = self
            .0
            .iter()
            .map(|(name, node)| {
                let (mode, id) = match node {
                    Node::Leaf(mode, content) => {
                        // Lines of their own, so that some merge.
                        let text = content.split(|byte| *byte == b' ').collect::<Vec<_>>();
                        let text = text.join(b"\n".as_slice());
                        (
                            *mode,
                            objects.insert(ObjectType::Blob, text).expect("no attack"),
                        )
                    }
                    Node::Directory(inner) => (MODE_TREE, inner.store(objects)),
                };
                TreeEntry { mode, name, id }
            })
            .collect();
        objects
            .insert(ObjectType::Tree, write_tree(entries))
            .expect("no attack")
    }
}

type Answer = Result<Result<ObjectId, Vec<Conflict>>, Refused>;

fn merge(objects: &Objects, [base, ours, theirs]: [ObjectId; 3]) -> Answer {
    let supply = Supply {
        objects: objects.clone(),
        too_large: BTreeSet::new(),
    };
    let mut step = start(base, ours, theirs, Limits::RULE_1);
    loop {
        step = match step {
            Step::Needs(pending) => pending.resume(&supply)?,
            Step::Done(Outcome::Clean { tree, .. }) => return Ok(Ok(tree)),
            Step::Done(Outcome::Conflict(conflicts)) => return Ok(Err(conflicts.first)),
        }
    }
}
