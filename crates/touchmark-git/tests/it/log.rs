//! Loading logs, and refusing to.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use touchmark_core::id::{HashKind, ObjectId};
use touchmark_core::object::{MODE_FILE, MODE_GITLINK, MODE_TREE, ObjectType};
use touchmark_git::{Budget, LoadError, ReadError, Repository};

use crate::fixture::{Fixture, KINDS, chain, tree, write_commit};

fn load(
    repository: &Repository,
    tip: ObjectId,
) -> Result<touchmark_core::object::Objects, LoadError> {
    repository.load_log(tip, &BTreeSet::new(), &Budget::default())
}

fn over(result: Result<touchmark_core::object::Objects, LoadError>) -> (&'static str, ObjectId) {
    match result {
        Err(LoadError::Budget { budget, id, .. }) => (budget, id),
        Err(other) => panic!("{other}"),
        Ok(objects) => panic!("loaded {} objects", objects.len()),
    }
}

/// A log with a join, a commit with files and a gitlink; returns its tip and the ids of all of its objects.
fn log_with_files(repository: &Repository) -> (ObjectId, BTreeSet<ObjectId>) {
    let kind = repository.hash_kind();
    let empty = repository.write(ObjectType::Tree, b"").unwrap();
    let blob = repository.write(ObjectType::Blob, b"text").unwrap();
    let comments = tree(
        repository,
        &[(MODE_FILE, "0001", blob), (MODE_FILE, "0002", blob)],
    );
    let far = ObjectId::from_hex(&"7".repeat(kind.hex_len())).unwrap();
    let files = tree(
        repository,
        &[
            (MODE_TREE, "comments", comments),
            (MODE_GITLINK, "elsewhere", far),
        ],
    );
    let root = write_commit(repository, empty, &[], "root");
    let left = write_commit(repository, files, &[root], "left");
    let right = write_commit(repository, files, &[root], "right");
    let join = write_commit(repository, empty, &[left, right], "join");
    (
        join,
        [blob, comments, files, root, left, right, join].into(),
    )
}

#[test]
fn all_parents_and_files_are_loaded_once_loose_or_packed() {
    for kind in KINDS {
        let fixture = Fixture::bare(kind);
        let (tip, all) = log_with_files(&fixture.open());
        for packed in [false, true] {
            if packed {
                fixture.git(&["update-ref", "refs/forge/x/log", &tip.to_string()]);
                fixture.git(&["repack", "-q", "-a", "-d", "--depth=50", "--window=50"]);
                fixture.git(&["prune-packed"]);
            }
            let objects = load(&fixture.open(), tip).unwrap();
            let loaded: BTreeSet<_> = objects.iter().map(|(id, _)| *id).collect();
            assert_eq!(loaded, all, "packed: {packed}");
        }
        let commits = fixture
            .open()
            .load_commits(tip, &BTreeSet::new(), &Budget::default())
            .unwrap();
        assert_eq!(commits.len(), 4);
    }
}

#[test]
fn the_walk_ends_at_what_was_verified_before() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let repository = fixture.open();
    let commits = chain(&repository, 10);
    let stop = BTreeSet::from([commits[6]]);
    let objects = repository
        .load_log(commits[9], &stop, &Budget::default())
        .unwrap();
    let loaded: BTreeSet<_> = objects.iter().map(|(id, _)| *id).collect();
    assert_eq!(loaded, commits[7..].iter().copied().collect());
}

#[test]
fn what_is_missing_is_named_with_who_names_it() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let repository = fixture.open();
    let absent = ObjectId::from_hex(&"7".repeat(40)).unwrap();
    let empty = HashKind::Sha1.empty_tree();
    let check = |tip, who: Option<ObjectId>| match load(&repository, tip) {
        Err(LoadError::Missing { id, referenced_by }) => {
            assert_eq!((id, referenced_by), (absent, who))
        }
        other => panic!("{other:?}"),
    };
    check(absent, None);
    let orphan = write_commit(&repository, empty, &[absent], "orphan");
    check(orphan, Some(orphan));
    let treeless = write_commit(&repository, absent, &[], "treeless");
    check(treeless, Some(treeless));
    let files = tree(&repository, &[(MODE_FILE, "f", absent)]);
    check(write_commit(&repository, files, &[], "m"), Some(files));
}

#[test]
fn a_shallow_clone_is_refused_by_name() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let tip = chain(&fixture.open(), 3)[2];
    fixture.git(&["update-ref", "refs/heads/main", &tip.to_string()]);
    let clone = fixture.root.path().join("shallow");
    let url = format!("file://{}", fixture.path().display());
    fixture.git(&[
        "clone",
        "-q",
        "--bare",
        "--depth=1",
        &url,
        clone.to_str().unwrap(),
    ]);
    let repository = Repository::open(clone).unwrap();
    assert!(repository.is_shallow());
    assert!(matches!(
        load(&repository, tip),
        Err(LoadError::Shallow { .. })
    ));
    assert!(!fixture.open().is_shallow());
}

#[test]
fn an_object_of_the_wrong_type_is_refused() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let repository = fixture.open();
    let blob = repository.write(ObjectType::Blob, b"").unwrap();
    let files = tree(&repository, &[(MODE_TREE, "d", blob)]);
    let tip = write_commit(&repository, files, &[], "m");
    assert!(matches!(
        load(&repository, tip),
        Err(LoadError::WrongType {
            expected: "tree",
            actual: "blob",
            ..
        })
    ));
    let files = tree(&repository, &[(MODE_FILE, "f", files)]);
    let tip = write_commit(&repository, files, &[], "m");
    assert!(matches!(
        load(&repository, tip),
        Err(LoadError::WrongType {
            expected: "blob",
            actual: "tree",
            ..
        })
    ));
    assert!(matches!(
        load(&repository, blob),
        Err(LoadError::WrongType {
            expected: "commit",
            ..
        })
    ));
}

#[test]
fn every_budget_refuses_one_more_and_accepts_its_limit() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let repository = fixture.open();
    let (tip, all) = log_with_files(&repository);
    let measure = |object_type| {
        let objects = load(&repository, tip).unwrap();
        objects
            .iter()
            .filter(|(_, object)| object.object_type == object_type)
            .map(|(_, object)| object.data.len() as u64)
            .max()
            .unwrap()
    };
    let total: u64 = load(&repository, tip)
        .unwrap()
        .iter()
        .map(|(_, object)| object.data.len() as u64)
        .sum();
    let exact = Budget {
        max_commit_bytes: measure(ObjectType::Commit),
        max_commits: 4,
        max_tree_bytes: measure(ObjectType::Tree),
        max_tree_depth: 2,
        max_tree_entries: 4,
        max_blob_bytes: 4,
        max_total_bytes: total,
    };
    let with = |budget: &Budget| repository.load_log(tip, &BTreeSet::new(), budget);
    assert_eq!(with(&exact).unwrap().len(), all.len());
    type Tighten = (&'static str, fn(&mut Budget));
    let tight: [Tighten; 7] = [
        ("max_commit_bytes", |budget| budget.max_commit_bytes -= 1),
        ("max_commits", |budget| budget.max_commits -= 1),
        ("max_tree_bytes", |budget| budget.max_tree_bytes -= 1),
        ("max_tree_depth", |budget| budget.max_tree_depth -= 1),
        ("max_tree_entries", |budget| budget.max_tree_entries -= 1),
        ("max_blob_bytes", |budget| budget.max_blob_bytes -= 1),
        ("max_total_bytes", |budget| budget.max_total_bytes -= 1),
    ];
    for (name, tighten) in tight {
        let mut budget = exact;
        tighten(&mut budget);
        assert_eq!(over(with(&budget)).0, name);
    }
}

/// `levels` trees, each naming the one below ten times.
fn bomb(repository: &Repository, levels: u32) -> ObjectId {
    let names: Vec<String> = (0..10).map(|number| number.to_string()).collect();
    let mut below = repository.write(ObjectType::Blob, b"").unwrap();
    for level in 0..levels {
        let mode = if level == 0 { MODE_FILE } else { MODE_TREE };
        let entries: Vec<_> = names
            .iter()
            .map(|name| (mode, name.as_str(), below))
            .collect();
        below = tree(repository, &entries);
    }
    below
}

#[test]
fn a_bomb_of_ten_billion_paths_is_refused_at_once() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let repository = fixture.open();
    let tip = write_commit(&repository, bomb(&repository, 10), &[], "bomb");
    let start = Instant::now();
    assert_eq!(over(load(&repository, tip)).0, "max_tree_depth");
    let deep = Budget {
        max_tree_depth: 100,
        ..Budget::default()
    };
    assert_eq!(
        over(repository.load_log(tip, &BTreeSet::new(), &deep)).0,
        "max_tree_entries"
    );
    assert!(start.elapsed() < Duration::from_secs(1));
    let small = write_commit(
        &repository,
        bomb(&repository, 4),
        &[],
        "11,110 entries in five objects",
    );
    assert_eq!(load(&repository, small).unwrap().len(), 6);
    let flat = write_commit(&repository, bomb(&repository, 5), &[], "111,110 entries");
    let deep = Budget {
        max_tree_depth: 5,
        ..Budget::default()
    };
    assert_eq!(
        over(repository.load_log(flat, &BTreeSet::new(), &deep)).0,
        "max_tree_entries"
    );
}

#[test]
fn a_shared_tree_counts_at_each_depth_where_it_occurs() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let repository = fixture.open();
    let three = bomb(&repository, 3);
    // First seen just below the root, where it fits, then one level further down, where it does not.
    let nested = tree(&repository, &[(MODE_TREE, "d", three)]);
    let fits = tree(&repository, &[(MODE_TREE, "a", three)]);
    let too_deep = tree(
        &repository,
        &[(MODE_TREE, "a", three), (MODE_TREE, "b", nested)],
    );
    assert!(load(&repository, write_commit(&repository, fits, &[], "fits")).is_ok());
    let tip = write_commit(&repository, too_deep, &[], "too deep");
    assert_eq!(over(load(&repository, tip)), ("max_tree_depth", too_deep));
}

#[test]
fn too_large_a_blob_is_refused_without_unpacking_it() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let repository = fixture.open();
    let blob = repository
        .write(ObjectType::Blob, &vec![b'x'; 2 * 1024 * 1024])
        .unwrap();
    let files = tree(&repository, &[(MODE_FILE, "f", blob)]);
    let tip = write_commit(&repository, files, &[], "m");
    // With the end of its file gone only the header can be read: unpacking it would be another error.
    let hex = blob.to_string();
    let path = fixture
        .path()
        .join("objects")
        .join(&hex[..2])
        .join(&hex[2..]);
    let content = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, &content[..content.len() / 2]).unwrap();
    assert_eq!(over(load(&repository, tip)), ("max_blob_bytes", blob));
    let large = Budget {
        max_blob_bytes: u64::MAX,
        ..Budget::default()
    };
    let err = repository
        .load_log(tip, &BTreeSet::new(), &large)
        .unwrap_err();
    assert!(
        matches!(err, LoadError::Read(ReadError::Damaged { .. })),
        "{err}"
    );
}

#[test]
fn an_object_stored_under_another_id_is_refused() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let repository = fixture.open();
    let commits = chain(&repository, 2);
    let path = |id: ObjectId| {
        let hex = id.to_string();
        fixture
            .path()
            .join("objects")
            .join(&hex[..2])
            .join(&hex[2..])
    };
    std::fs::remove_file(path(commits[1])).unwrap();
    std::fs::copy(path(commits[0]), path(commits[1])).unwrap();
    let err = load(&fixture.open(), commits[1]).unwrap_err();
    assert!(
        matches!(err, LoadError::Mismatch { id } if id == commits[1]),
        "{err}"
    );
}

#[test]
fn what_cannot_be_parsed_is_loaded_and_left_to_the_core() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let repository = fixture.open();
    let odd = repository
        .write(ObjectType::Commit, b"not a commit")
        .unwrap();
    let odd_tree = repository.write(ObjectType::Tree, b"not a tree").unwrap();
    let tip = write_commit(&repository, odd_tree, &[odd], "m");
    let objects = load(&repository, tip).unwrap();
    assert!(objects.contains(&odd) && objects.contains(&odd_tree) && objects.contains(&tip));
}

#[test]
fn a_long_log_in_a_pack_of_deltas_is_whole() {
    let fixture = Fixture::bare(HashKind::Sha256);
    let commits = chain(&fixture.open(), 1000);
    fixture.git(&["update-ref", "refs/forge/x/log", &commits[999].to_string()]);
    fixture.git(&["gc", "-q", "--prune=now", "--aggressive"]);
    let objects = load(&fixture.open(), commits[999]).unwrap();
    assert_eq!(objects.len(), 1000);
}
