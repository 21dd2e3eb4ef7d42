//! Reading refs, compared with what stock git lists.

use std::collections::BTreeMap;

use touchmark_core::id::{HashKind, ObjectId};
use touchmark_git::RefError;

use crate::fixture::{Fixture, KINDS, chain, id};

fn listed(fixture: &Fixture, prefix: &str) -> BTreeMap<String, ObjectId> {
    fixture
        .git(&[
            "for-each-ref",
            "--format=%(refname) %(objectname) %(symref)",
            prefix,
        ])
        .lines()
        .filter_map(|line| {
            let (name, rest) = line.split_once(' ')?;
            let (hex, symref) = rest.split_once(' ').unwrap_or((rest, ""));
            symref.is_empty().then(|| (name.to_owned(), id(hex)))
        })
        .collect()
}

#[test]
fn loose_packed_and_mixed_refs_are_git_s() {
    for kind in KINDS {
        let fixture = Fixture::new(kind);
        let repository = fixture.open();
        let commits = chain(&repository, 4);
        for name in [
            "refs/forge/pr/a/log",
            "refs/forge/pr/b/log",
            "refs/forge/policy",
            "refs/heads/main",
        ] {
            fixture.git(&["update-ref", name, &commits[0].to_string()]);
        }
        fixture.git(&["tag", "-a", "-m", "t", "v1", &commits[0].to_string()]);
        fixture.git(&["symbolic-ref", "refs/heads/alias", "refs/heads/main"]);
        let compare = |step: &str| {
            assert_eq!(
                repository.refs("").unwrap(),
                listed(&fixture, "refs/"),
                "{step}"
            );
            assert_eq!(
                repository.refs("refs/forge/").unwrap(),
                listed(&fixture, "refs/forge/"),
                "{step}"
            );
            for (name, value) in listed(&fixture, "refs/") {
                assert_eq!(
                    repository.read_ref(&name).unwrap(),
                    Some(value),
                    "{step} {name}"
                );
            }
        };
        compare("loose");
        fixture.git(&["pack-refs", "--all", "--prune"]);
        compare("packed");
        fixture.git(&["update-ref", "refs/forge/policy", &commits[1].to_string()]);
        fixture.git(&["update-ref", "-d", "refs/forge/pr/a/log"]);
        compare("a loose ref hides the packed one");
        assert_eq!(repository.read_ref("refs/forge/pr/a/log").unwrap(), None);
        assert_eq!(repository.refs("refs/forge/p").unwrap().len(), 2);
        assert_eq!(repository.refs("refs/forge/pr/b").unwrap().len(), 1);
        assert!(matches!(
            repository.read_ref("refs/heads/alias"),
            Err(RefError::Symbolic { .. })
        ));
    }
}

#[test]
fn a_damaged_ref_is_an_error_and_not_an_absent_one() {
    let fixture = Fixture::new(HashKind::Sha1);
    let repository = fixture.open();
    let path = fixture.path().join(".git/refs/heads/broken");
    for content in [
        "",
        "not an id",
        "0000000000000000000000000000000000000000\n",
    ] {
        std::fs::write(&path, content).unwrap();
        assert!(
            matches!(
                repository.read_ref("refs/heads/broken"),
                Err(RefError::Damaged { .. })
            ),
            "{content}"
        );
        assert!(
            matches!(repository.refs(""), Err(RefError::Damaged { .. })),
            "{content}"
        );
    }
    let other_kind = HashKind::Sha256.empty_tree().to_string();
    std::fs::write(&path, other_kind).unwrap();
    assert!(matches!(
        repository.read_ref("refs/heads/broken"),
        Err(RefError::Damaged { .. })
    ));
}

#[test]
fn names_outside_the_shared_refs_are_refused() {
    let fixture = Fixture::new(HashKind::Sha1);
    let repository = fixture.open();
    let bad = [
        "HEAD",
        "main",
        "refs/",
        "refs/heads/",
        "refs/heads/a..b",
        "refs/heads/a.lock",
        "refs/../HEAD",
        "refs/heads/../../config",
        "refs//heads/a",
        "refs/heads/a b",
        "refs/heads/a\n",
        "refs/bisect/bad",
        "refs/worktree/x",
        "refs/heads/.a",
        "refs/heads/a@{1}",
        "",
    ];
    for name in bad {
        assert!(
            matches!(repository.read_ref(name), Err(RefError::Name { .. })),
            "{name:?}"
        );
    }
    for prefix in ["HEAD", "refs/../", "refs/heads/../../", "logs/"] {
        assert!(
            matches!(repository.refs(prefix), Err(RefError::Name { .. })),
            "{prefix:?}"
        );
    }
    assert_eq!(repository.read_ref("refs/heads/absent").unwrap(), None);
}
