//! What a push brings is measured from headers.

use std::path::PathBuf;

use touchmark_git::{Incoming, IncomingError, IncomingLimits, Repository};

use crate::fixture::{Fixture, KINDS};

const LIMITS: IncomingLimits = IncomingLimits {
    objects: 100,
    object_bytes: 1_000_000,
    bytes: 3_000_000,
    expansion: 100,
    expansion_free_bytes: 10_000,
};

/// The repository with the objects of another one as if they were a push's.
fn measured(
    own: &Fixture,
    pushed: &Fixture,
    limits: &IncomingLimits,
) -> Result<Incoming, IncomingError> {
    let quarantine = pushed.path().join("objects");
    let opened = Repository::open_in_quarantine(own.path(), &[quarantine]).unwrap();
    opened.measure_incoming(limits)
}

fn blob(fixture: &Fixture, name: &str, content: &[u8]) -> String {
    let path: PathBuf = fixture.root.path().join(name);
    std::fs::write(&path, content).unwrap();
    fixture.git(&["hash-object", "-w", path.to_str().unwrap()])
}

/// Bytes that do not compress, always the same.
fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut byte = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        u8::try_from(state >> 56).unwrap()
    };
    (0..length).map(|_| byte()).collect()
}

#[test]
fn loose_and_packed_objects_count_by_their_unpacked_size() {
    for (kind, packed) in KINDS
        .into_iter()
        .flat_map(|kind| [(kind, false), (kind, true)])
    {
        let (own, pushed) = (Fixture::bare(kind), Fixture::bare(kind));
        let base = noise(100_000, 1);
        let changed = [&base[..], b"x"].concat();
        blob(&pushed, "a", &base);
        blob(&pushed, "b", &changed);
        if packed {
            // The second becomes a delta of a few bytes.
            let ids = pushed.git(&[
                "cat-file",
                "--batch-all-objects",
                "--batch-check=%(objectname)",
            ]);
            let list = pushed.root.path().join("ids");
            std::fs::write(&list, ids + "\n").unwrap();
            let mut pack = pushed.command("git", &pushed.path());
            pack.args(["pack-objects", "-q", "objects/pack/pack"]);
            pack.stdin(std::fs::File::open(list).unwrap());
            pushed.run(&mut pack);
            pushed.git(&["prune-packed"]);
        }
        let found = measured(&own, &pushed, &LIMITS).unwrap();
        assert_eq!(
            (found.objects, found.bytes),
            (2, 200_001),
            "{kind:?} {packed}"
        );
        let most = if packed { 110_000 } else { 210_000 };
        assert!((90_000..most).contains(&found.stored_bytes), "{found:?}");
        let none = own.open().measure_incoming(&LIMITS).unwrap();
        assert_eq!(none, Incoming::default());
    }
}

#[test]
fn each_limit_is_a_refusal_of_its_own() {
    for kind in KINDS {
        let (own, pushed) = (Fixture::bare(kind), Fixture::bare(kind));
        blob(&pushed, "a", &noise(50_000, 2));
        blob(&pushed, "b", &noise(60_000, 3));
        let with = |change: fn(&mut IncomingLimits)| {
            let mut limits = LIMITS;
            change(&mut limits);
            measured(&own, &pushed, &limits)
        };
        assert!(measured(&own, &pushed, &LIMITS).is_ok());
        assert!(with(|limits| limits.objects = 2).is_ok());
        let err = with(|limits| limits.objects = 1).unwrap_err();
        assert!(matches!(err, IncomingError::Objects { limit: 1 }), "{err}");
        assert!(with(|limits| limits.object_bytes = 60_000).is_ok());
        let err = with(|limits| limits.object_bytes = 59_999).unwrap_err();
        assert!(
            matches!(err, IncomingError::ObjectBytes { bytes: 60_000, .. }),
            "{err}"
        );
        assert!(with(|limits| limits.bytes = 110_000).is_ok());
        let err = with(|limits| limits.bytes = 109_999).unwrap_err();
        assert!(matches!(err, IncomingError::Bytes { .. }), "{err}");
    }
}

#[test]
fn a_little_that_unpacks_to_much_is_noticed() {
    for kind in KINDS {
        let (own, pushed) = (Fixture::bare(kind), Fixture::bare(kind));
        blob(&pushed, "a", &vec![0; 900_000]);
        let err = measured(&own, &pushed, &LIMITS).unwrap_err();
        assert!(
            matches!(err, IncomingError::Expansion { bytes: 900_000, .. }),
            "{err}"
        );
        let mut free = LIMITS;
        free.expansion_free_bytes = 900_000;
        assert!(measured(&own, &pushed, &free).is_ok());
    }
}

#[test]
fn what_cannot_be_read_is_an_error_not_nothing() {
    for kind in KINDS {
        let (own, pushed) = (Fixture::bare(kind), Fixture::bare(kind));
        let id = blob(&pushed, "a", &noise(50_000, 4));
        let path = pushed
            .path()
            .join(format!("objects/{}/{}", &id[..2], &id[2..]));
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, b"junk").unwrap();
        let err = measured(&own, &pushed, &LIMITS).unwrap_err();
        assert!(matches!(err, IncomingError::Unreadable { .. }), "{err}");
    }
}
