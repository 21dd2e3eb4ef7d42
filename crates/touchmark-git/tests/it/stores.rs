//! The cache, which may be lost, and the trust store, which may not.

use touchmark_core::id::{Digest, HashKind};
use touchmark_git::{Cache, Checkpoint, PinnedRoot, Trust, TrustError};

use crate::fixture::Fixture;

fn checkpoint(log_ref: &str) -> Checkpoint {
    Checkpoint {
        program: "rules 1".to_owned(),
        log_ref: log_ref.to_owned(),
        tip: HashKind::Sha1.empty_tree(),
        policy: Some(HashKind::Sha1.empty_tree()),
        payload: b"{\"numbers\":[1]}".to_vec(),
    }
}

#[test]
fn checkpoints_come_back_and_others_rules_are_ignored() {
    let fixture = Fixture::new(HashKind::Sha1);
    let cache = Cache::of(&fixture.open());
    assert_eq!(cache.load("refs/forge/policy", "rules 1"), None);
    let one = checkpoint("refs/forge/policy");
    cache.store(&one).unwrap();
    assert_eq!(
        cache.load("refs/forge/policy", "rules 1"),
        Some(one.clone())
    );
    assert_eq!(cache.load("refs/forge/policy", "rules 2"), None);
    assert_eq!(cache.load("refs/forge/other", "rules 1"), None);
    let two = Checkpoint {
        policy: None,
        payload: Vec::new(),
        ..one
    };
    cache.store(&two).unwrap();
    assert_eq!(cache.load("refs/forge/policy", "rules 1"), Some(two));
    assert_eq!(
        std::fs::read_dir(cache.directory()).unwrap().count(),
        1,
        "no temporary file is left"
    );
    cache.clear().unwrap();
    cache.clear().unwrap();
    assert_eq!(cache.load("refs/forge/policy", "rules 1"), None);
}

#[test]
fn a_damaged_or_exchanged_checkpoint_is_ignored() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let cache = Cache::of(&fixture.open());
    cache.store(&checkpoint("refs/forge/a")).unwrap();
    let file = std::fs::read_dir(cache.directory())
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let whole = std::fs::read(&file).unwrap();
    for content in [
        &whole[..whole.len() - 1],
        b"",
        b"touchmark-cache 1\n",
        b"garbage",
    ] {
        std::fs::write(&file, content).unwrap();
        assert_eq!(cache.load("refs/forge/a", "rules 1"), None);
    }
    cache.store(&checkpoint("refs/forge/b")).unwrap();
    let other = std::fs::read_dir(cache.directory())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| *path != file)
        .unwrap();
    std::fs::copy(other, &file).unwrap();
    assert_eq!(
        cache.load("refs/forge/a", "rules 1"),
        None,
        "another log's checkpoint"
    );
    std::fs::write(&file, whole).unwrap();
    assert!(cache.load("refs/forge/a", "rules 1").is_some());
}

fn root(text: &[u8]) -> PinnedRoot {
    PinnedRoot {
        repository_id: Digest::of(text),
        policy_root: HashKind::Sha256.empty_tree(),
    }
}

#[test]
fn a_pinned_root_is_never_replaced() {
    let fixture = Fixture::new(HashKind::Sha1);
    let trust = Trust::of(&fixture.open());
    assert_eq!(trust.root().unwrap(), None);
    trust.pin(&root(b"a")).unwrap();
    trust.pin(&root(b"a")).unwrap();
    assert!(matches!(
        trust.pin(&root(b"b")),
        Err(TrustError::OtherRoot { .. })
    ));
    let other = PinnedRoot {
        policy_root: HashKind::Sha1.empty_tree(),
        ..root(b"a")
    };
    assert!(matches!(
        trust.pin(&other),
        Err(TrustError::OtherRoot { .. })
    ));
    assert_eq!(trust.root().unwrap(), Some(root(b"a")));
}

#[test]
fn a_damaged_trust_store_is_an_error_and_no_fresh_start() {
    let fixture = Fixture::new(HashKind::Sha1);
    let trust = Trust::of(&fixture.open());
    trust.pin(&root(b"a")).unwrap();
    trust
        .set_receipt(None, HashKind::Sha1.empty_tree())
        .unwrap();
    for name in ["root", "receipt"] {
        let file = fixture.path().join(".git/touchmark/trust").join(name);
        let whole = std::fs::read(&file).unwrap();
        let longer = [whole.as_slice(), b"more\n"].concat();
        for content in [
            b"".as_slice(),
            b"touchmark-trust 1\n",
            &whole[..whole.len() - 1],
            &longer,
        ] {
            std::fs::write(&file, content).unwrap();
            let read = if name == "root" {
                trust.root().map(|_| ())
            } else {
                trust.receipt().map(|_| ())
            };
            assert!(
                matches!(read, Err(TrustError::Damaged { .. })),
                "{name} {content:?}"
            );
            let write = if name == "root" {
                trust.pin(&root(b"b"))
            } else {
                trust.set_receipt(None, HashKind::Sha256.empty_tree())
            };
            assert!(
                matches!(write, Err(TrustError::Damaged { .. })),
                "{name} {content:?}"
            );
            assert_eq!(std::fs::read(&file).unwrap(), content);
        }
        std::fs::write(&file, &whole).unwrap();
    }
    assert_eq!(trust.root().unwrap(), Some(root(b"a")));
}

#[test]
fn the_highest_receipt_moves_only_from_the_known_one() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let trust = Trust::of(&fixture.open());
    let (a, b) = (HashKind::Sha1.empty_tree(), HashKind::Sha256.empty_tree());
    assert_eq!(trust.receipt().unwrap(), None);
    assert!(matches!(
        trust.set_receipt(Some(a), b),
        Err(TrustError::ReceiptMoved { .. })
    ));
    trust.set_receipt(None, a).unwrap();
    assert!(matches!(
        trust.set_receipt(None, b),
        Err(TrustError::ReceiptMoved { .. })
    ));
    trust.set_receipt(Some(a), b).unwrap();
    assert_eq!(trust.receipt().unwrap(), Some(b));
}
