//! History and trees of code, compared with stock git on the same repository.

use std::collections::BTreeSet;

use touchmark_core::id::{HashKind, ObjectId};
use touchmark_core::object::{MODE_FILE, MODE_GITLINK, MODE_TREE, ObjectType};
use touchmark_git::{CodeError, Repository};

use crate::fixture::{Fixture, KINDS, Random, commit, id, tree, write_commit};

/// Commits with zero to three parents among the earlier ones, and dates that may be wrong.
fn history(repository: &Repository, random: &mut Random, wrong_dates: bool) -> Vec<ObjectId> {
    let empty = repository.write(ObjectType::Tree, b"").unwrap();
    let mut commits: Vec<ObjectId> = Vec::new();
    for number in 0..30_i64 {
        let mut parents = BTreeSet::new();
        if !commits.is_empty() && random.below(12) > 0 {
            for _ in 0..=random.below(3) {
                let back = random.below(commits.len().min(6));
                parents.insert(commits[commits.len() - 1 - back]);
            }
        }
        let parents: Vec<_> = parents.into_iter().collect();
        let time = if wrong_dates {
            i64::try_from(random.below(50)).unwrap()
        } else {
            number
        };
        let data = commit(empty, &parents, 1_700_000_000 + time, &number.to_string());
        commits.push(repository.write(ObjectType::Commit, &data).unwrap());
    }
    commits
}

/// Every commit that `tip` reaches, the plain way.
fn ancestors(repository: &Repository, tip: ObjectId) -> BTreeSet<ObjectId> {
    let objects = repository.load_commits(tip, &BTreeSet::new(), &touchmark_git::Budget::default());
    objects.unwrap().iter().map(|(id, _)| *id).collect()
}

#[test]
fn bases_and_ranges_are_what_the_definition_says() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let repository = fixture.open();
    let mut random = Random(7);
    for round in 0..12 {
        let wrong_dates = round % 2 == 1;
        let commits = history(&repository, &mut random, wrong_dates);
        for _ in 0..25 {
            let (a, b) = (commits[random.below(30)], commits[random.below(30)]);
            let (of_a, of_b) = (ancestors(&repository, a), ancestors(&repository, b));
            let common: BTreeSet<_> = of_a.intersection(&of_b).copied().collect();
            let best: Vec<_> = common
                .iter()
                .filter(|base| {
                    !common.iter().any(|other| {
                        other != *base && ancestors(&repository, *other).contains(base)
                    })
                })
                .copied()
                .collect();
            assert_eq!(repository.merge_bases(a, b).unwrap(), best, "{a} {b}");
            assert_eq!(
                repository.is_ancestor(a, b).unwrap(),
                of_b.contains(&a),
                "{a} {b}"
            );
            let range = repository.commits_between(a, b).unwrap();
            let set: BTreeSet<_> = range.iter().copied().collect();
            let exact: BTreeSet<_> = of_b.difference(&of_a).copied().collect();
            assert!(set.is_superset(&exact), "{a}..{b}");
            assert_eq!(set.len(), range.len());
            if !wrong_dates {
                assert_eq!(set, exact, "{a}..{b}");
            }
            for (at, one) in range.iter().enumerate().filter(|_| !wrong_dates) {
                let later: BTreeSet<_> = range[at + 1..].iter().copied().collect();
                assert!(
                    ancestors(&repository, *one).is_disjoint(&later),
                    "parents come first"
                );
            }
        }
    }
}

#[test]
fn the_one_base_is_git_s() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let repository = fixture.open();
    let mut random = Random(11);
    let commits = history(&repository, &mut random, false);
    for _ in 0..25 {
        let (a, b) = (commits[random.below(30)], commits[random.below(30)]);
        let mut command = fixture.command("git", &fixture.path());
        let output = command
            .args(["merge-base", &a.to_string(), &b.to_string()])
            .output()
            .unwrap();
        let stock = ObjectId::from_hex(String::from_utf8(output.stdout).unwrap().trim());
        assert_eq!(repository.merge_base(a, b).unwrap(), stock);
    }
}

/// What `git diff-tree` prints for each path, in the same words.
fn words(repository: &Repository, base: ObjectId, head: ObjectId) -> Vec<String> {
    let kind = repository.hash_kind();
    repository
        .changed_paths(base, head)
        .unwrap()
        .iter()
        .map(|change| {
            let side = |entry: Option<touchmark_git::Entry>| {
                entry.map_or((0, ObjectId::zero(kind)), |entry| (entry.mode, entry.id))
            };
            let ((base_mode, base), (head_mode, head)) = (side(change.base), side(change.head));
            let path = String::from_utf8_lossy(&change.path).into_owned();
            format!(":{base_mode:06o} {head_mode:06o} {base} {head} {path}")
        })
        .collect()
}

/// Forty random trees that name one another.
fn trees(repository: &Repository, random: &mut Random) -> Vec<ObjectId> {
    let blobs: Vec<_> = (0..3)
        .map(|number: u8| repository.write(ObjectType::Blob, &[number]).unwrap())
        .collect();
    let mut trees = vec![repository.write(ObjectType::Tree, b"").unwrap()];
    let link = repository.hash_kind().empty_tree();
    while trees.len() < 40 {
        let mut entries = Vec::new();
        for name in ["a", "a-b", "a.b", "b", "ä \t\"x"] {
            let blob = blobs[random.below(3)];
            match random.below(6) {
                0 => entries.push((MODE_FILE, name, blob)),
                1 => entries.push((0o100_755, name, blob)),
                2 => entries.push((0o120_000, name, blob)),
                3 => entries.push((MODE_GITLINK, name, link)),
                4 if trees.len() > 1 => {
                    entries.push((MODE_TREE, name, trees[1 + random.below(trees.len() - 1)]));
                }
                _ => {}
            }
        }
        if !entries.is_empty() {
            trees.push(tree(repository, &entries));
        }
    }
    trees
}

#[test]
fn changed_paths_are_those_of_diff_tree() {
    for kind in KINDS {
        let fixture = Fixture::bare(kind);
        let repository = fixture.open();
        let mut random = Random(3);
        let trees = trees(&repository, &mut random);
        for _ in 0..30 {
            let (base, head) = (trees[random.below(40)], trees[random.below(40)]);
            let options = ["diff-tree", "-r", "-z", "--no-renames", "--full-index"];
            let [base_hex, head_hex] = [base.to_string(), head.to_string()];
            let printed = fixture.git(&[&options[..], &[&base_hex, &head_hex]].concat());
            let fields: Vec<_> = printed
                .split('\0')
                .filter(|field| !field.is_empty())
                .collect();
            let mut stock: Vec<String> = fields
                .chunks(2)
                .map(|pair| format!("{} {}", pair[0].rsplit_once(' ').unwrap().0, pair[1]))
                .collect();
            let mut ours = words(&repository, base, head);
            // git lists a directory's files where the directory would stand, not in the order of whole paths.
            stock.sort();
            ours.sort();
            assert_eq!(ours, stock);
        }
    }
}

#[test]
fn a_bomb_of_trees_is_not_compared_without_end() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let repository = fixture.open();
    let names: Vec<String> = (0..100).map(|number| format!("{number:02}")).collect();
    let mut below = repository.write(ObjectType::Blob, b"").unwrap();
    for level in 0..5 {
        let mode = if level == 0 { MODE_FILE } else { MODE_TREE };
        let entries: Vec<_> = names
            .iter()
            .map(|name| (mode, name.as_str(), below))
            .collect();
        below = tree(&repository, &entries);
    }
    let changed = repository.changed_paths(HashKind::Sha1.empty_tree(), below);
    assert!(matches!(changed, Err(CodeError::TooManyPaths { .. })));
}

#[test]
fn files_are_read_by_path() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let repository = fixture.open();
    let blob = repository.write(ObjectType::Blob, b"text").unwrap();
    let below = tree(&repository, &[(MODE_FILE, "f", blob)]);
    let root = tree(
        &repository,
        &[
            (MODE_TREE, "d", below),
            (MODE_GITLINK, "m", HashKind::Sha1.empty_tree()),
        ],
    );
    let tip = write_commit(&repository, root, &[], "m");
    let read = |path: &str| repository.read_blob_at(tip, path.as_bytes(), 4);
    assert_eq!(read("d/f").unwrap(), Some(b"text".to_vec()));
    for absent in ["", "d", "m", "d/", "/d/f", "d/f/g", "x", "d//f"] {
        assert_eq!(read(absent).unwrap(), None, "{absent}");
    }
    assert!(matches!(
        repository.read_blob_at(tip, b"d/f", 3),
        Err(CodeError::Read(_))
    ));
    assert_eq!(repository.tree_of(tip).unwrap(), root);
    assert!(matches!(
        repository.tree_of(blob),
        Err(CodeError::WrongType { .. })
    ));
    let absent = id(&"7".repeat(40));
    assert!(matches!(
        repository.tree_of(absent),
        Err(CodeError::Missing { .. })
    ));
}
