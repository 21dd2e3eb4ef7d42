//! Compare-and-swap of refs: what is refused changes nothing.

use touchmark_core::id::{HashKind, ObjectId};
use touchmark_git::{RefEdit, Repository, TransactError};

use crate::fixture::{Fixture, KINDS, chain};

const LOG: &str = "refs/forge/pr/a/log";
const POLICY: &str = "refs/forge/policy";

fn refused(repository: &Repository, edits: &[RefEdit]) -> TransactError {
    let before = repository.refs("").unwrap();
    let err = repository.transact(edits).unwrap_err();
    assert_eq!(repository.refs("").unwrap(), before, "{err}");
    err
}

fn conflict(err: &TransactError) -> (&str, Option<ObjectId>, Option<ObjectId>) {
    match err {
        TransactError::Conflict {
            name,
            expected,
            actual,
        } => (name, *expected, *actual),
        other => panic!("{other}"),
    }
}

#[test]
fn create_update_and_delete_need_the_expected_value() {
    for (kind, packed) in KINDS
        .into_iter()
        .flat_map(|kind| [(kind, false), (kind, true)])
    {
        let fixture = Fixture::bare(kind);
        let repository = fixture.open();
        let [a, b, c] = chain(&repository, 3).try_into().unwrap();
        let pack = || {
            if packed {
                fixture.git(&["pack-refs", "--all", "--prune"]);
            }
        };
        repository
            .transact(&[RefEdit::create(LOG, a, "made")])
            .unwrap();
        pack();
        let err = refused(&repository, &[RefEdit::create(LOG, b, "")]);
        assert_eq!(conflict(&err), (LOG, None, Some(a)));
        let err = refused(&repository, &[RefEdit::create(LOG, a, "")]);
        assert_eq!(
            conflict(&err),
            (LOG, None, Some(a)),
            "also with the wanted value"
        );
        let err = refused(&repository, &[RefEdit::update(LOG, b, c, "")]);
        assert_eq!(conflict(&err), (LOG, Some(b), Some(a)));
        repository
            .transact(&[RefEdit::update(LOG, a, b, "moved")])
            .unwrap();
        pack();
        assert_eq!(fixture.git(&["rev-parse", LOG]), b.to_string());
        let err = refused(&repository, &[RefEdit::delete(LOG, a)]);
        assert_eq!(conflict(&err), (LOG, Some(a), Some(b)));
        repository.transact(&[RefEdit::delete(LOG, b)]).unwrap();
        assert!(!fixture.succeeds(&["rev-parse", "--verify", "-q", LOG]));
        let err = refused(&repository, &[RefEdit::update(LOG, b, c, "")]);
        assert_eq!(conflict(&err), (LOG, Some(b), None));
        let err = refused(&repository, &[RefEdit::delete(LOG, b)]);
        assert_eq!(conflict(&err), (LOG, Some(b), None));
    }
}

#[test]
fn all_edits_happen_or_none() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let repository = fixture.open();
    let [a, b, c] = chain(&repository, 3).try_into().unwrap();
    repository
        .transact(&[RefEdit::create(LOG, a, ""), RefEdit::create(POLICY, a, "")])
        .unwrap();
    let edits = |policy| {
        [
            RefEdit::update(LOG, a, b, ""),
            RefEdit::create("refs/heads/new", c, ""),
            RefEdit::verify(POLICY, Some(policy)),
            RefEdit::verify("refs/forge/absent", None),
        ]
    };
    let err = refused(&repository, &edits(b));
    assert_eq!(conflict(&err), (POLICY, Some(b), Some(a)));
    fixture.git(&["update-ref", "refs/forge/absent", &a.to_string()]);
    let err = refused(&repository, &edits(a));
    assert_eq!(conflict(&err), ("refs/forge/absent", None, Some(a)));
    fixture.git(&["update-ref", "-d", "refs/forge/absent"]);
    repository.transact(&edits(a)).unwrap();
    assert_eq!(repository.read_ref(LOG).unwrap(), Some(b));
    assert_eq!(repository.read_ref("refs/heads/new").unwrap(), Some(c));
    assert_eq!(repository.read_ref(POLICY).unwrap(), Some(a));
    assert!(fixture.succeeds(&["fsck", "--strict"]));
}

#[test]
fn a_verified_ref_is_locked_like_one_that_moves() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let repository = fixture.open();
    let [a, b] = chain(&repository, 2).try_into().unwrap();
    repository
        .transact(&[RefEdit::create(LOG, a, ""), RefEdit::create(POLICY, a, "")])
        .unwrap();
    for locked in [POLICY, LOG] {
        let lock = fixture.path().join(format!("{locked}.lock"));
        std::fs::write(&lock, "").unwrap();
        let err = refused(
            &repository,
            &[
                RefEdit::update(LOG, a, b, ""),
                RefEdit::verify(POLICY, Some(a)),
            ],
        );
        assert!(
            matches!(err, TransactError::Locked { .. }),
            "{locked}: {err}"
        );
        assert!(err.is_conflict());
        assert!(err.to_string().contains(&format!("{locked}.lock")), "{err}");
        assert!(lock.exists(), "somebody else's lock stays");
        std::fs::remove_file(lock).unwrap();
    }
    repository
        .transact(&[
            RefEdit::update(LOG, a, b, ""),
            RefEdit::verify(POLICY, Some(a)),
        ])
        .unwrap();
    assert!(!fixture.path().join(format!("{POLICY}.lock")).exists());
}

#[test]
fn what_git_would_refuse_is_refused() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let repository = fixture.open();
    let [a, b] = chain(&repository, 2).try_into().unwrap();
    repository
        .transact(&[RefEdit::create("refs/heads/a", a, "")])
        .unwrap();
    let doubled = [RefEdit::verify(LOG, None), RefEdit::create(LOG, a, "")];
    assert!(matches!(
        refused(&repository, &doubled),
        TransactError::Doubled { .. }
    ));
    let zero = [RefEdit::create(LOG, ObjectId::zero(HashKind::Sha1), "")];
    assert!(matches!(
        refused(&repository, &zero),
        TransactError::Id { .. }
    ));
    let other_kind = [RefEdit::create(LOG, HashKind::Sha256.empty_tree(), "")];
    assert!(matches!(
        refused(&repository, &other_kind),
        TransactError::Id { .. }
    ));
    let absent = ObjectId::from_hex(&"1".repeat(40)).unwrap();
    let absent = [RefEdit::create(LOG, absent, "")];
    assert!(matches!(
        refused(&repository, &absent),
        TransactError::NoObject { .. }
    ));
    let name = [RefEdit::create("refs/heads/../x", a, "")];
    assert!(matches!(refused(&repository, &name), TransactError::Ref(_)));
    for packed in [false, true] {
        if packed {
            fixture.git(&["pack-refs", "--all", "--prune"]);
        }
        let below = [RefEdit::create("refs/heads/a/b", b, "")];
        let err = refused(&repository, &below);
        assert!(
            matches!(err, TransactError::Nested { .. }),
            "{packed}: {err}"
        );
        let above = [RefEdit::create("refs/heads", b, "")];
        let err = refused(&repository, &above);
        assert!(
            matches!(err, TransactError::Nested { .. }),
            "{packed}: {err}"
        );
    }
}

#[test]
fn branches_get_a_reflog_of_one_line() {
    let fixture = Fixture::new(HashKind::Sha1);
    let repository = fixture.open();
    let a = chain(&repository, 1)[0];
    repository
        .transact(&[RefEdit::create("refs/heads/x", a, "first\nsecond")])
        .unwrap();
    assert_eq!(
        fixture.git(&["log", "-g", "--format=%gs", "refs/heads/x"]),
        "first second"
    );
}
