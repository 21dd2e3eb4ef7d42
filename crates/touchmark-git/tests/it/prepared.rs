//! Transactions in two halves, and a single ref that moves between them.

use std::time::Duration;

use touchmark_core::id::HashKind;
use touchmark_git::{RefEdit, TransactError};

use crate::fixture::{Fixture, KINDS, chain};

const LOG: &str = "refs/forge/pr/a/log";
const POLICY: &str = "refs/forge/policy";
const RECEIPTS: &str = "refs/forge/receipts";

#[test]
fn nothing_moves_until_the_commit_and_nobody_else_moves_it() {
    for kind in KINDS {
        let fixture = Fixture::bare(kind);
        let repository = fixture.open();
        let [a, b, c] = chain(&repository, 3).try_into().unwrap();
        let start = [LOG, POLICY].map(|name| RefEdit::create(name, a, ""));
        repository.transact(&start).unwrap();
        let edits = [
            RefEdit::update(LOG, a, b, ""),
            RefEdit::verify(POLICY, Some(a)),
        ];
        let prepared = repository.prepare(&edits).unwrap();
        assert_eq!(repository.read_ref(LOG).unwrap(), Some(a));
        for name in [LOG, POLICY] {
            let other = fixture.open();
            let err = other
                .transact(&[RefEdit::update(name, a, c, "")])
                .unwrap_err();
            assert!(matches!(err, TransactError::Locked { .. }), "{err}");
            assert!(!fixture.succeeds(&["update-ref", name, &c.to_string()]));
        }
        prepared.commit().unwrap();
        assert_eq!(repository.read_ref(LOG).unwrap(), Some(b));
        repository
            .transact(&[RefEdit::update(POLICY, a, c, "")])
            .unwrap();
    }
}

#[test]
fn what_is_dropped_never_happened() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let repository = fixture.open();
    let [a, b] = chain(&repository, 2).try_into().unwrap();
    repository
        .transact(&[RefEdit::create(LOG, a, ""), RefEdit::create(POLICY, a, "")])
        .unwrap();
    fixture.git(&["pack-refs", "--all"]);
    let edits = [RefEdit::update(LOG, a, b, ""), RefEdit::delete(POLICY, a)];
    drop(repository.prepare(&edits).unwrap());
    assert_eq!(repository.read_ref(LOG).unwrap(), Some(a));
    assert_eq!(repository.read_ref(POLICY).unwrap(), Some(a));
    repository.transact(&edits).unwrap();
    let err = repository.prepare(&edits).unwrap_err();
    assert!(matches!(err, TransactError::Conflict { .. }), "{err}");
}

#[test]
fn one_ref_moves_while_others_are_prepared() {
    for (kind, packed) in KINDS
        .into_iter()
        .flat_map(|kind| [(kind, false), (kind, true)])
    {
        let fixture = Fixture::bare(kind);
        let repository = fixture.open();
        let [a, b, c] = chain(&repository, 3).try_into().unwrap();
        repository.swap(&RefEdit::create(RECEIPTS, a, "")).unwrap();
        repository
            .transact(&[RefEdit::create(LOG, a, ""), RefEdit::create(POLICY, a, "")])
            .unwrap();
        if packed {
            fixture.git(&["pack-refs", "--all"]);
        }
        let edits = [RefEdit::update(LOG, a, b, ""), RefEdit::delete(POLICY, a)];
        let prepared = repository.prepare(&edits).unwrap();
        repository
            .swap(&RefEdit::update(RECEIPTS, a, b, ""))
            .unwrap();
        assert_eq!(repository.read_ref(RECEIPTS).unwrap(), Some(b));
        prepared.commit().unwrap();
        assert_eq!(fixture.git(&["rev-parse", RECEIPTS]), b.to_string());
        for wrong in [
            RefEdit::update(RECEIPTS, a, c, ""),
            RefEdit::create(RECEIPTS, c, ""),
            RefEdit::delete(RECEIPTS, b),
            RefEdit::create(format!("{RECEIPTS}/x"), c, ""),
            RefEdit::create("refs/forge", c, ""),
        ] {
            let before = repository.refs("").unwrap();
            assert!(repository.swap(&wrong).is_err(), "{wrong:?}");
            assert_eq!(repository.refs("").unwrap(), before);
        }
        fixture.git(&["fsck"]);
    }
}

#[test]
fn the_places_of_a_ref_are_told_apart() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let repository = fixture.open();
    let [a, b] = chain(&repository, 2).try_into().unwrap();
    let places = || {
        let places = repository.ref_places(LOG).unwrap();
        (places.loose, places.packed, places.packed_locked)
    };
    assert_eq!(places(), (None, None, false));
    repository.transact(&[RefEdit::create(LOG, a, "")]).unwrap();
    assert_eq!(places(), (Some(a), None, false));
    fixture.git(&["pack-refs", "--all", "--no-prune"]);
    assert_eq!(places(), (Some(a), Some(a), false));
    repository
        .transact(&[RefEdit::update(LOG, a, b, "")])
        .unwrap();
    assert_eq!(places(), (Some(b), Some(a), false));
    fixture.git(&["pack-refs", "--all", "--prune"]);
    assert_eq!(places(), (None, Some(b), false));
    std::fs::write(fixture.path().join("packed-refs.lock"), "").unwrap();
    assert_eq!(places(), (None, Some(b), true));
}

#[test]
fn locks_of_the_dead_are_removed() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let repository = fixture.open();
    let [a, b] = chain(&repository, 2).try_into().unwrap();
    repository.transact(&[RefEdit::create(LOG, a, "")]).unwrap();
    let lock = fixture.path().join(format!("{LOG}.lock"));
    std::fs::write(&lock, "").unwrap();
    let edits = [RefEdit::update(LOG, a, b, "")];
    assert!(repository.transact(&edits).is_err());
    assert!(repository.remove_ref_lock(LOG).unwrap());
    assert!(!repository.remove_ref_lock(LOG).unwrap());
    assert!(
        !repository
            .remove_ref_lock("refs/heads/none/at/all")
            .unwrap()
    );
    assert!(repository.remove_ref_lock("../x").is_err());
    repository.transact(&edits).unwrap();
    // The lock of packed-refs goes only if it stays as it is: somebody alive is done sooner.
    let patience = Duration::from_millis(100);
    assert!(!repository.remove_packed_lock(patience).unwrap());
    let lock = fixture.path().join("packed-refs.lock");
    std::fs::write(&lock, "").unwrap();
    assert!(repository.remove_packed_lock(patience).unwrap());
    assert!(!lock.exists());
    std::fs::write(&lock, "").unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(patience / 4);
            std::fs::remove_file(&lock).unwrap();
        });
        assert!(!repository.remove_packed_lock(4 * patience).unwrap());
    });
}

#[test]
fn whoever_commits_is_in_the_reflog_and_odd_names_do_no_harm() {
    for (name, expect) in [
        ("Ada", "Ada <ada@example.org>"),
        ("a<b>\n\tc", "abc <ada@example.org>"),
        (" ", "touchmark <ada@example.org>"),
    ] {
        let fixture = Fixture::bare(HashKind::Sha1);
        fixture.git(&["config", "core.logAllRefUpdates", "true"]);
        fixture.git(&["config", "user.name", name]);
        fixture.git(&["config", "user.email", "ada@example.org"]);
        let repository = fixture.open();
        let a = chain(&repository, 1)[0];
        let edits = [RefEdit::create("refs/heads/x", a, "made")];
        repository.transact(&edits).unwrap();
        let log = fixture.git(&["log", "-g", "--format=%gn <%ge>", "refs/heads/x"]);
        assert_eq!(log, expect);
    }
}
