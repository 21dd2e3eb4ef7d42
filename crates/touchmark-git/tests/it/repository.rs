//! Opening.

use touchmark_core::id::HashKind;
use touchmark_git::{OpenError, Repository};

use crate::fixture::{Fixture, KINDS, chain};

#[test]
fn facts_of_a_work_tree_and_a_bare_repository() {
    for kind in KINDS {
        let fixture = Fixture::new(kind);
        let repository = fixture.open();
        assert_eq!(repository.hash_kind(), kind);
        assert!(!repository.is_bare());
        assert_eq!(repository.work_dir(), Some(fixture.path().as_path()));
        assert_eq!(repository.git_dir(), fixture.path().join(".git"));
        assert_eq!(repository.common_dir(), repository.git_dir());
        assert_eq!(
            repository.head_ref().unwrap().as_deref(),
            Some("refs/heads/main")
        );
        assert_eq!(
            repository
                .git()
                .args(["rev-parse", "--is-bare-repository"])
                .run()
                .unwrap()
                .text(),
            "false"
        );

        let fixture = Fixture::bare(kind);
        let repository = fixture.open();
        assert!(repository.is_bare());
        assert_eq!(repository.git_dir(), fixture.path());
        assert_eq!(
            repository
                .git()
                .args(["rev-parse", "--is-bare-repository"])
                .run()
                .unwrap()
                .text(),
            "true"
        );
    }
}

#[test]
fn discovery_searches_upwards_and_open_does_not() {
    let fixture = Fixture::new(HashKind::Sha1);
    let below = fixture.path().join("a/b");
    std::fs::create_dir_all(&below).unwrap();
    let repository = Repository::discover(&below).unwrap();
    assert_eq!(repository.git_dir(), fixture.path().join(".git"));
    assert!(matches!(
        Repository::open(&below),
        Err(OpenError::NotARepository { .. })
    ));
}

#[test]
fn a_linked_worktree_shares_refs_and_has_its_own_head() {
    let fixture = Fixture::new(HashKind::Sha1);
    fixture.git(&["commit", "-q", "--allow-empty", "-m", "one"]);
    let other = fixture.root.path().join("other");
    fixture.git(&[
        "worktree",
        "add",
        "-q",
        "-b",
        "side",
        other.to_str().unwrap(),
    ]);
    let linked = Repository::open(&other).unwrap();
    assert_eq!(
        std::fs::canonicalize(linked.common_dir()).unwrap(),
        std::fs::canonicalize(fixture.path().join(".git")).unwrap()
    );
    assert_eq!(
        linked.head_ref().unwrap().as_deref(),
        Some("refs/heads/side")
    );
    assert_eq!(linked.refs("").unwrap(), fixture.open().refs("").unwrap());
    let one = linked.read_ref("refs/heads/main").unwrap().unwrap();
    linked
        .transact(&[touchmark_git::RefEdit::create("refs/forge/x", one, "")])
        .unwrap();
    assert_eq!(fixture.git(&["rev-parse", "refs/forge/x"]), one.to_string());
    assert_eq!(
        linked
            .git()
            .args(["symbolic-ref", "HEAD"])
            .run()
            .unwrap()
            .text(),
        "refs/heads/side"
    );
}

#[test]
fn reftable_is_refused_by_name() {
    let fixture = Fixture::with(HashKind::Sha1, &["--ref-format=reftable"]);
    let err = Repository::open(fixture.path()).unwrap_err();
    assert!(
        matches!(&err, OpenError::RefFormat { format, .. } if format == "reftable"),
        "{err}"
    );
}

#[test]
fn a_clone_of_the_handle_works_in_another_thread() {
    let fixture = Fixture::new(HashKind::Sha1);
    let repository = fixture.open();
    let tip = *chain(&repository, 1).last().unwrap();
    let other = repository.clone();
    assert!(
        std::thread::spawn(move || other.contains(tip))
            .join()
            .unwrap()
    );
}
