//! Single objects.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use touchmark_core::id::HashKind;
use touchmark_core::object::ObjectType;
use touchmark_git::{ReadError, RefEdit, Repository};

use crate::fixture::{Fixture, KINDS, chain, id, write_commit};

#[test]
fn git_reads_what_is_written_and_the_other_way() {
    for kind in KINDS {
        let fixture = Fixture::bare(kind);
        let repository = fixture.open();
        let written = repository.write(ObjectType::Blob, b"hello\n").unwrap();
        assert_eq!(
            fixture.git(&["cat-file", "blob", &written.to_string()]),
            "hello"
        );
        assert_eq!(
            repository.write(ObjectType::Blob, b"hello\n").unwrap(),
            written
        );
        let commit = id(&fixture.git(&["commit-tree", "-m", "m", &kind.empty_tree().to_string()]));
        let (object_type, data) = repository.read(commit, 10_000).unwrap().unwrap();
        assert_eq!(object_type, ObjectType::Commit);
        assert_eq!(
            String::from_utf8(data).unwrap().trim(),
            fixture.git(&["cat-file", "-p", &commit.to_string()])
        );
        assert_eq!(
            repository
                .read(touchmark_core::id::ObjectId::zero(kind), 1)
                .unwrap(),
            None
        );
    }
}

#[test]
fn an_id_of_the_other_hash_kind_is_absent() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let repository = fixture.open();
    assert!(!repository.contains(HashKind::Sha256.empty_tree()));
    assert_eq!(
        repository.header(HashKind::Sha256.empty_tree()).unwrap(),
        None
    );
}

#[test]
fn too_large_an_object_is_refused_by_its_header() {
    for packed in [false, true] {
        let fixture = Fixture::bare(HashKind::Sha1);
        let repository = fixture.open();
        let blob = repository.write(ObjectType::Blob, &[b'x'; 1000]).unwrap();
        if packed {
            let tree = crate::fixture::tree(&repository, &[(0o100_644, "f", blob)]);
            let tip = write_commit(&repository, tree, &[], "m");
            fixture.git(&["update-ref", "refs/heads/main", &tip.to_string()]);
            fixture.git(&["gc", "-q", "--prune=now"]);
            assert!(fixture.git(&["count-objects"]).starts_with("0 objects"));
        }
        let repository = fixture.open();
        assert_eq!(repository.read(blob, 1000).unwrap().unwrap().1.len(), 1000);
        let err = repository.read(blob, 999).unwrap_err();
        assert!(
            matches!(
                err,
                ReadError::TooLarge {
                    bytes: 1000,
                    budget: 999,
                    ..
                }
            ),
            "{err}"
        );
    }
}

#[test]
fn replace_refs_and_grafts_change_nothing_that_is_read() {
    for kind in KINDS {
        let fixture = Fixture::bare(kind);
        let repository = fixture.open();
        let commits = chain(&repository, 3);
        let other = write_commit(&repository, kind.empty_tree(), &[], "other");
        let tip = commits[2];
        let before = repository.read(tip, 10_000).unwrap();
        fixture.git(&["replace", &tip.to_string(), &other.to_string()]);
        std::fs::create_dir_all(fixture.path().join("info")).unwrap();
        std::fs::write(
            fixture.path().join("info/grafts"),
            format!("{}\n", commits[1]),
        )
        .unwrap();
        assert_eq!(
            fixture.git(&["log", "-1", "--format=%s", &tip.to_string()]),
            "other",
            "git itself is fooled"
        );
        let repository = fixture.open();
        assert_eq!(repository.read(tip, 10_000).unwrap(), before);
        let objects = repository
            .load_log(
                tip,
                &std::collections::BTreeSet::new(),
                &touchmark_git::Budget::default(),
            )
            .unwrap();
        assert_eq!(objects.len(), 3);
        let printed = repository
            .git()
            .args(["cat-file", "-p"])
            .arg(tip.to_string())
            .run()
            .unwrap();
        assert_eq!(printed.stdout, before.unwrap().1, "nor does a child see it");
    }
}

#[test]
fn objects_in_quarantine_are_seen_only_by_who_names_it() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let tip = chain(&fixture.open(), 2)[1];
    let quarantine = fixture.root.path().join("quarantine");
    let other = Fixture::bare(HashKind::Sha1);
    let pushed = write_commit(&other.open(), HashKind::Sha1.empty_tree(), &[tip], "pushed");
    std::fs::rename(other.path().join("objects"), &quarantine).unwrap();
    assert!(!fixture.open().contains(pushed));
    let repository = Repository::open_in_quarantine(fixture.path(), &[quarantine]).unwrap();
    assert!(repository.contains(pushed));
    assert!(repository.is_ancestor(tip, pushed).unwrap());
}

#[test]
fn objects_of_an_alternate_are_found() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let tip = chain(&fixture.open(), 1)[0];
    let borrower = Fixture::bare(HashKind::Sha1);
    let path = fixture.path().join("objects");
    std::fs::write(
        borrower.path().join("objects/info/alternates"),
        format!("{}\n", path.display()),
    )
    .unwrap();
    assert!(borrower.open().contains(tip));
}

#[test]
fn objects_that_arrive_later_are_found_by_an_open_repository() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let repository = fixture.open();
    let absent = id(&"1".repeat(40));
    assert!(!repository.contains(absent));
    let tip = chain(&fixture.open(), 3)[2];
    fixture.git(&["update-ref", "refs/heads/main", &tip.to_string()]);
    fixture.git(&["gc", "-q", "--prune=now"]);
    assert!(repository.contains(tip));
    assert!(repository.read(tip, 1000).unwrap().is_some());
}

#[test]
fn nothing_seems_missing_while_git_packs() {
    const ROUNDS: usize = 40;
    let fixture = Fixture::bare(HashKind::Sha1);
    let repository = fixture.open();
    let known = Mutex::new(chain(&repository, 30));
    let tip = *known.lock().unwrap().last().unwrap();
    let keep = |name: String, id| {
        repository
            .transact(&[RefEdit::create(name, id, "")])
            .unwrap();
    };
    keep("refs/heads/x".to_owned(), tip);
    let done = AtomicBool::new(false);
    // Like a hook, a reader looks once at what is there and then at object after object.
    let read = || {
        let mut reads = 0;
        while !done.load(Ordering::Relaxed) {
            let ids = known.lock().unwrap().clone();
            let opened = fixture.open();
            for id in ids {
                assert!(opened.header(id).unwrap().is_some(), "{id} after {reads}");
                assert!(
                    opened.read(id, 1_000).unwrap().is_some(),
                    "{id} after {reads}"
                );
                assert!(opened.contains(id), "{id} after {reads}");
                reads += 1;
            }
        }
        reads
    };
    std::thread::scope(|scope| {
        let readers = [scope.spawn(read), scope.spawn(read)];
        for round in 0..ROUNDS {
            for number in 0..5 {
                let text = format!("{round}-{number}");
                let new = write_commit(&repository, HashKind::Sha1.empty_tree(), &[], &text);
                keep(format!("refs/heads/{text}"), new);
                known.lock().unwrap().push(new);
            }
            fixture.git(&["repack", "-adq"]);
        }
        done.store(true, Ordering::Relaxed);
        for reader in readers {
            assert!(reader.join().unwrap() > 100);
        }
    });
}
