//! Appending, alone and against each other.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use touchmark_core::id::{HashKind, ObjectId};
use touchmark_core::object::ObjectType;
use touchmark_git::{Append, AppendError, RefEdit, Repository, TransactError};

use crate::fixture::{Fixture, KINDS, chain, commit, id};

const LOG: &str = "refs/forge/issue/a/log";

fn append(
    repository: &Repository,
    expected: Option<ObjectId>,
    text: &str,
) -> Result<ObjectId, AppendError> {
    let empty = repository.hash_kind().empty_tree();
    let parents: Vec<_> = expected.into_iter().collect();
    repository.append(&Append {
        log_ref: LOG,
        expected,
        commits: &[commit(empty, &parents, 1_700_000_000, text)],
        objects: &[(ObjectType::Tree, Vec::new())],
        edits: &[],
        message: "event",
    })
}

#[test]
fn events_are_what_git_reads() {
    for kind in KINDS {
        let fixture = Fixture::bare(kind);
        let repository = fixture.open();
        let one = append(&repository, None, "one").unwrap();
        let two = append(&repository, Some(one), "two").unwrap();
        assert_eq!(repository.read_ref(LOG).unwrap(), Some(two));
        assert_eq!(fixture.git(&["log", "--format=%s", LOG]), "two\none");
        assert!(fixture.succeeds(&["fsck", "--strict"]));
        let err = append(&repository, Some(one), "late").unwrap_err();
        assert!(err.is_conflict(), "{err}");
        assert_eq!(repository.read_ref(LOG).unwrap(), Some(two));
    }
}

#[test]
fn several_events_and_other_refs_go_together() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let repository = fixture.open();
    let policy = chain(&repository, 2);
    repository
        .transact(&[RefEdit::create("refs/forge/policy", policy[1], "")])
        .unwrap();
    let empty = repository.hash_kind().empty_tree();
    let one = commit(empty, &[], 1, "one");
    let one_id = repository.write(ObjectType::Commit, &one).unwrap();
    let two = commit(empty, &[one_id], 2, "two");
    let call = |policy: ObjectId| {
        repository.append(&Append {
            log_ref: LOG,
            expected: None,
            commits: &[one.clone(), two.clone()],
            objects: &[],
            edits: &[
                RefEdit::verify("refs/forge/policy", Some(policy)),
                RefEdit::create("refs/forge/receipts", one_id, ""),
            ],
            message: "",
        })
    };
    let err = call(policy[0]).unwrap_err();
    assert!(
        matches!(err, AppendError::Transact(TransactError::Conflict { .. })),
        "{err}"
    );
    assert_eq!(repository.read_ref(LOG).unwrap(), None);
    let tip = call(policy[1]).unwrap();
    assert_eq!(repository.read_ref(LOG).unwrap(), Some(tip));
    assert_eq!(
        repository.read_ref("refs/forge/receipts").unwrap(),
        Some(one_id)
    );
}

#[test]
fn an_event_that_stands_on_something_else_is_refused() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let repository = fixture.open();
    let one = append(&repository, None, "one").unwrap();
    let empty = repository.hash_kind().empty_tree();
    let stray = commit(empty, &[], 1, "stray");
    let call = |commits: &[Vec<u8>]| {
        repository.append(&Append {
            log_ref: LOG,
            expected: Some(one),
            commits,
            objects: &[],
            edits: &[],
            message: "",
        })
    };
    assert!(matches!(call(&[stray]), Err(AppendError::NotAChain { .. })));
    assert!(matches!(call(&[]), Err(AppendError::Empty { .. })));
    assert_eq!(repository.read_ref(LOG).unwrap(), Some(one));
}

/// Appends until `count` events were acknowledged; returns them.
fn writer(fixture: &Fixture, name: usize, count: usize) -> Vec<ObjectId> {
    let repository = fixture.open();
    let mut acknowledged = Vec::new();
    while acknowledged.len() < count {
        let tip = repository.read_ref(LOG).unwrap();
        let text = format!("{name} {}", acknowledged.len());
        match append(&repository, tip, &text) {
            Ok(id) => acknowledged.push(id),
            Err(err) => assert!(err.is_conflict(), "{err:#?}"),
        }
    }
    acknowledged
}

/// The same with stock git's own compare-and-swap.
fn stock_writer(fixture: &Fixture, count: usize) -> Vec<ObjectId> {
    let mut acknowledged = Vec::new();
    let empty = HashKind::Sha1.empty_tree().to_string();
    while acknowledged.len() < count {
        let tip = fixture.git(&["rev-parse", LOG]);
        let text = format!("stock {}", acknowledged.len());
        let new = fixture.git(&["commit-tree", "-p", &tip, "-m", &text, &empty]);
        if fixture.succeeds(&["update-ref", LOG, &new, &tip]) {
            acknowledged.push(id(&new));
        }
    }
    acknowledged
}

fn assert_survived(fixture: &Fixture, acknowledged: &[ObjectId], expected: usize) {
    let log: BTreeSet<ObjectId> = fixture.git(&["rev-list", LOG]).lines().map(id).collect();
    let lost: Vec<_> = acknowledged
        .iter()
        .filter(|event| !log.contains(event))
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
    assert_eq!(acknowledged.len(), expected);
    let all = expected + 1;
    assert_eq!(log.len(), all, "the root and the acknowledged events");
}

#[test]
fn of_writers_that_race_with_stock_git_exactly_the_acknowledged_events_survive() {
    let fixture = Fixture::bare(HashKind::Sha1);
    append(&fixture.open(), None, "root").unwrap();
    let acknowledged: Vec<ObjectId> = std::thread::scope(|scope| {
        let ours = [0, 1].map(|name| {
            let fixture = &fixture;
            scope.spawn(move || writer(fixture, name, 25))
        });
        let stock = [(), ()].map(|()| scope.spawn(|| stock_writer(&fixture, 15)));
        let writers = ours.into_iter().chain(stock);
        writers.flat_map(|writer| writer.join().unwrap()).collect()
    });
    assert_survived(&fixture, &acknowledged, 80);
}

#[test]
fn of_writers_that_race_with_maintenance_exactly_the_acknowledged_events_survive() {
    let fixture = Fixture::bare(HashKind::Sha1);
    append(&fixture.open(), None, "root").unwrap();
    let done = AtomicBool::new(false);
    let acknowledged: Vec<ObjectId> = std::thread::scope(|scope| {
        let ours: Vec<_> = (0..4)
            .map(|name| {
                scope.spawn({
                    let fixture = &fixture;
                    move || writer(fixture, name, 25)
                })
            })
            .collect();
        let packer = scope.spawn(|| {
            // Maintenance moves refs from files to packed-refs under the writers' hands. Stock git's own writers lose
            // events to this, so they take no part.
            while !done.load(Ordering::Relaxed) {
                let _ = fixture.succeeds(&["pack-refs", "--all", "--prune"]);
            }
        });
        // Every writer is waited for before a failed one fails the test, or maintenance would go on for ever.
        let ended: Vec<_> = ours.into_iter().map(|writer| writer.join()).collect();
        done.store(true, Ordering::Relaxed);
        packer.join().unwrap();
        ended
            .into_iter()
            .flat_map(|events| events.unwrap())
            .collect()
    });
    assert_survived(&fixture, &acknowledged, 100);
}

#[test]
fn of_racing_creators_one_is_told_yes() {
    for _ in 0..10 {
        let fixture = Fixture::bare(HashKind::Sha1);
        let tip = chain(&fixture.open(), 1)[0];
        let create = || {
            fixture
                .open()
                .transact(&[RefEdit::create(LOG, tip, "")])
                .is_ok()
        };
        let made: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(create)).collect();
            threads
                .into_iter()
                .filter_map(|thread| thread.join().ok())
                .filter(|made| *made)
                .count()
        });
        assert_eq!(made, 1);
    }
}
