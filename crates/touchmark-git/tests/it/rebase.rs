//! Rebasing by the core's rule, compared with stock `git rebase`.

use touchmark_core::id::{HashKind, ObjectId};
use touchmark_core::object::ObjectType;
use touchmark_core::rebase::{Chain, Rebase};
use touchmark_git::{Rebased, Repository};

use crate::fixture::{Fixture, KINDS, id};

const COMMITTER: &[u8] = b"Ada <ada@example.org> 1700000000 +0000";

/// `line 1` to `line 40` with some of them replaced.
fn lines(changes: &[(usize, &str)]) -> String {
    let line = |number: usize| {
        let other = changes.iter().find(|(at, _)| *at == number);
        other.map_or_else(
            || format!("line {number}\n"),
            |(_, text)| format!("{text}\n"),
        )
    };
    (1..=40).map(line).collect()
}

fn commit(fixture: &Fixture, text: &str, arguments: &[&str]) -> ObjectId {
    std::fs::write(fixture.path().join("file"), text).unwrap();
    fixture.git(&["add", "--all"]);
    fixture.git(&[&["commit", "-q"], arguments].concat());
    id(&fixture.git(&["rev-parse", "HEAD"]))
}

/// A topic of five commits, one of them empty and one that `main` has already.
fn story(kind: HashKind) -> (Fixture, ObjectId) {
    let fixture = Fixture::new(kind);
    let base = commit(&fixture, &lines(&[]), &["-m", "Base"]);
    fixture.git(&["switch", "-q", "-c", "topic"]);
    let five = (5, "five");
    commit(
        &fixture,
        &lines(&[five]),
        &["-m", "One\n\nWith a body.\n\nSigned-off-by: A <a@x>"],
    );
    let author = "--author=Zoë <zoe@example.org>";
    commit(
        &fixture,
        &lines(&[five, (15, "fifteen")]),
        &["-m", "Two", author],
    );
    let empty = ["-m", "Nothing", "--allow-empty"];
    commit(&fixture, &lines(&[five, (15, "fifteen")]), &empty);
    let all = [five, (15, "fifteen"), (25, "twenty-five")];
    commit(&fixture, &lines(&all), &["-m", "There already"]);
    let all = [five, (15, "fifteen"), (25, "twenty-five"), (6, "six")];
    commit(&fixture, &lines(&all), &["-m", "Last"]);
    fixture.git(&["switch", "-q", "main"]);
    commit(
        &fixture,
        &lines(&[(25, "twenty-five"), (35, "V")]),
        &["-m", "Move on"],
    );
    (fixture, base)
}

fn rebase(repository: &Repository, base: ObjectId, head: ObjectId, onto: ObjectId) -> Rebase {
    let commits = repository.commits_between(base, head).unwrap();
    let read = |commit| {
        let (_, raw) = repository.read(commit, 1 << 20).unwrap().unwrap();
        (commit, raw)
    };
    let start = (base, repository.tree_of(base).unwrap());
    let commits = commits.into_iter().map(read).collect();
    let chain = Chain::new(repository.hash_kind(), start, head, commits).unwrap();
    chain.onto(repository.tree_of(onto).unwrap())
}

#[test]
fn the_commits_are_those_that_git_makes() {
    for kind in KINDS {
        let (fixture, base) = story(kind);
        let repository = fixture.open();
        let head = id(&fixture.git(&["rev-parse", "topic"]));
        let main = id(&fixture.git(&["rev-parse", "main"]));
        let before = fixture.git(&["count-objects"]);
        let rebased = repository
            .rebase_unwritten(rebase(&repository, base, head, main))
            .unwrap();
        assert_eq!(
            fixture.git(&["count-objects"]),
            before,
            "nothing is written"
        );
        let Rebased::Clean { commits, objects } = rebased else {
            panic!("{kind:?} conflicts");
        };
        assert_eq!(commits.len(), 4, "one of them was there already");
        for (_, object) in objects.iter() {
            repository.write(object.object_type, &object.data).unwrap();
        }
        let mut parent = main;
        for remade in commits {
            let payload = remade.payload(parent, COMMITTER);
            parent = repository.write(ObjectType::Commit, &payload).unwrap();
        }
        fixture.git(&["rebase", "-q", "main", "topic"]);
        assert_eq!(parent, id(&fixture.git(&["rev-parse", "topic"])));
    }
}

#[test]
fn the_commit_that_conflicts_is_named() {
    let (fixture, base) = story(HashKind::Sha1);
    fixture.git(&["switch", "-q", "main"]);
    let other = [(25, "twenty-five"), (35, "V"), (15, "15")];
    let main = commit(&fixture, &lines(&other), &["-m", "Conflict with two"]);
    let repository = fixture.open();
    let head = id(&fixture.git(&["rev-parse", "topic"]));
    let second = fixture.git(&["rev-parse", "topic~3"]);
    let rebased = repository
        .rebase_unwritten(rebase(&repository, base, head, main))
        .unwrap();
    let Rebased::Conflict { rebase, conflicts } = rebased else {
        panic!("it does not conflict");
    };
    let refusal = rebase.conflict(&conflicts);
    assert!(refusal.reason.contains(&second[..12]), "{refusal}");
    assert!(refusal.reason.ends_with("in file"), "{refusal}");
}

#[test]
fn the_merges_of_a_range_share_the_limits_of_one() {
    let (fixture, base) = story(HashKind::Sha1);
    let repository = fixture.open();
    let head = id(&fixture.git(&["rev-parse", "topic"]));
    let main = id(&fixture.git(&["rev-parse", "main"]));
    let whole = rebase(&repository, base, head, main);
    // What one merge takes is what the next one lacks.
    let [from, ours, theirs] = whole.wanted().unwrap();
    let mut short = whole.clone();
    let mut left = whole.limits();
    left.bytes = 100;
    let one = repository.merge_trees(from, ours, theirs).unwrap();
    let touchmark_core::merge::tree::Outcome::Clean { tree, .. } = one else {
        panic!("it conflicts");
    };
    short.merged(tree, left);
    let refused = repository.rebase_unwritten(short).unwrap_err();
    assert!(refused.to_string().contains("too large"), "{refused}");
    assert!(repository.rebase_unwritten(whole).is_ok());
}
