//! The core's merge rule beside stock git, which merges the same.

use std::collections::BTreeMap;

use touchmark_core::id::{HashKind, ObjectId};
use touchmark_core::merge::conflict::ConflictKind;
use touchmark_core::merge::text;
use touchmark_core::merge::tree::{Limit, Limits, Outcome, Refused};
use touchmark_core::object::{MODE_EXECUTABLE, MODE_FILE, ObjectType};
use touchmark_git::{MergeError, Repository};

use crate::fixture::{Fixture, KINDS, Random, id, tree, write_commit};

/// Lines as code has them: most of their own, some that repeat.
fn any_line(random: &mut Random) -> String {
    match random.below(8) {
        0 => "\n".to_owned(),
        1 => "    }\n".to_owned(),
        2 => format!("    return {};\n", random.below(3)),
        _ => format!("    line {};\n", random.below(1_000_000)),
    }
}

fn any_file(random: &mut Random) -> Vec<String> {
    (0..random.below(60)).map(|_| any_line(random)).collect()
}

/// The lines with a few of them removed, changed, added or copied from elsewhere.
fn edited(random: &mut Random, base: &[String]) -> Vec<String> {
    let mut lines = base.to_vec();
    for _ in 0..random.below(4) {
        let start = random.below(lines.len() + 1);
        let end = lines.len().min(start + random.below(4));
        let added: Vec<String> = match random.below(3) {
            0 if !base.is_empty() => {
                let from = random.below(base.len());
                base[from..base.len().min(from + random.below(6))].to_vec()
            }
            _ => (0..random.below(4)).map(|_| any_line(random)).collect(),
        };
        lines.splice(start..end, added);
    }
    if random.below(6) == 0 {
        // The last line without its line feed.
        let _ = lines.last_mut().map(String::pop);
    }
    lines
}

#[test]
fn files_merge_as_stock_git_merges_them() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let mut random = Random(1);
    let (mut both, mut ours_alone, mut git_alone, mut neither) = (0, 0, 0, 0);
    for number in 0..250 {
        let base = any_file(&mut random);
        let ours = edited(&mut random, &base);
        let theirs = edited(&mut random, &base);
        let [base, ours, theirs] = [base, ours, theirs].map(|lines| lines.concat());
        for (name, text) in [("base", &base), ("ours", &ours), ("theirs", &theirs)] {
            std::fs::write(fixture.path().join(name), text).unwrap();
        }
        let arguments = ["merge-file", "-p", "-q", "--diff-algorithm=myers"];
        let mut git = fixture.command("git", &fixture.path());
        let output = git
            .args(arguments)
            .args(["ours", "base", "theirs"])
            .output()
            .unwrap();
        let merged = text::merge(base.as_bytes(), ours.as_bytes(), theirs.as_bytes());
        match (merged, output.status.success()) {
            (Ok(merged), true) => {
                assert_eq!(merged, output.stdout, "case {number}");
                both += 1;
            }
            (Ok(_), false) => ours_alone += 1,
            (Err(_), true) => git_alone += 1,
            (Err(_), false) => neither += 1,
        }
    }
    // Of several ways to align repeated lines the two may take different ones, which seldom matters.
    assert!(both > 90 && neither > 30, "{both} {neither}");
    assert!(
        ours_alone <= 3 && git_alone <= 3,
        "{ours_alone} {git_alone}"
    );
}

/// Files by path, as lines.
type Files = BTreeMap<String, Vec<String>>;

fn any_files(random: &mut Random) -> Files {
    let mut files = Files::new();
    for _ in 0..12 {
        let path = format!(
            "d{}/e{}/f{}",
            random.below(3),
            random.below(2),
            random.below(9)
        );
        let mut lines = any_file(random);
        lines.push(format!("{}\n", random.below(1_000_000_000)));
        files.insert(path, lines);
    }
    files
}

fn edited_files(random: &mut Random, base: &Files, side: &str) -> Files {
    let mut files = base.clone();
    let paths: Vec<&String> = base.keys().collect();
    for _ in 0..2 + random.below(8) {
        let path = paths[random.below(paths.len())];
        match random.below(6) {
            0 => {
                files.remove(path);
            }
            1 => {
                files.insert(format!("{path}-{side}"), any_file(random));
            }
            2 => {
                // A directory in place of a file.
                if let Some(lines) = files.remove(path) {
                    files.insert(format!("{path}/{side}"), lines);
                }
            }
            _ => {
                if let Some(lines) = files.get(path) {
                    let lines = edited(random, lines);
                    files.insert(path.clone(), lines);
                }
            }
        }
    }
    files
}

/// Commits the files on top of the base, and returns the tree.
fn check_in(fixture: &Fixture, files: &Files, branch: &str) -> ObjectId {
    fixture.git(&["checkout", "-q", "-B", branch]);
    fixture.git(&["rm", "-rfq", "--ignore-unmatch", "."]);
    for (path, lines) in files {
        let path = fixture.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, lines.concat()).unwrap();
    }
    fixture.git(&["add", "--all"]);
    fixture.git(&["commit", "-q", "--allow-empty", "-m", branch]);
    id(&fixture.git(&["rev-parse", "HEAD^{tree}"]))
}

#[test]
fn trees_merge_as_stock_git_merges_them_without_renames() {
    let fixture = Fixture::new(HashKind::Sha256);
    let mut random = Random(2);
    let (mut clean, mut conflicts) = (0, 0);
    for number in 0..24 {
        fixture.git(&["checkout", "-q", "--orphan", &format!("base-{number}")]);
        let files = any_files(&mut random);
        let base = check_in(&fixture, &files, "base");
        let ours = edited_files(&mut random, &files, "ours");
        let ours = check_in(&fixture, &ours, "ours");
        fixture.git(&["checkout", "-q", "-f", "base"]);
        let theirs = edited_files(&mut random, &files, "theirs");
        let theirs = check_in(&fixture, &theirs, "theirs");
        fixture.git(&["checkout", "-q", "-f", "ours"]);
        let outcome = fixture.open().merge_trees(base, ours, theirs).unwrap();
        let git = fixture.succeeds(&["merge", "-q", "-s", "resolve", "-m", "m", "theirs"]);
        match outcome {
            Outcome::Clean { tree, .. } if git => {
                let by_git = id(&fixture.git(&["rev-parse", "HEAD^{tree}"]));
                assert_eq!(tree, by_git, "case {number}");
                clean += 1;
            }
            Outcome::Conflict(_) if !git => conflicts += 1,
            outcome => panic!("case {number}: git {git}, {outcome:?}"),
        }
        fixture.git(&["reset", "-q", "--hard"]);
    }
    assert!(clean > 4 && conflicts > 4, "{clean} {conflicts}");
}

fn file(repository: &Repository, content: &str) -> ObjectId {
    let blob = repository
        .write(ObjectType::Blob, content.as_bytes())
        .unwrap();
    tree(repository, &[(MODE_FILE, "f", blob)])
}

#[test]
fn modes_and_content_merge_apart_as_in_stock_git() {
    let fixture = Fixture::new(HashKind::Sha1);
    let repository = fixture.open();
    let blob = |text: &str| repository.write(ObjectType::Blob, text.as_bytes()).unwrap();
    let [base, ours, theirs] = [
        (MODE_FILE, "a\nb\nc\n"),
        (MODE_EXECUTABLE, "A\nb\nc\n"),
        (MODE_FILE, "a\nb\nC\n"),
    ]
    .map(|(mode, text)| tree(&repository, &[(mode, "f", blob(text))]));
    let commits = [base, ours, theirs].map(|tree| {
        let parents: &[ObjectId] = &[];
        write_commit(&repository, tree, parents, "c").to_string()
    });
    let [commit, ours_commit, theirs_commit] = &commits;
    let option = format!("--merge-base={commit}");
    let by_git = fixture.git(&[
        "merge-tree",
        "--write-tree",
        &option,
        ours_commit,
        theirs_commit,
    ]);
    let outcome = repository.merge_trees(base, ours, theirs).unwrap();
    assert!(
        matches!(&outcome, Outcome::Clean { tree, .. } if tree.to_string() == by_git),
        "{outcome:?}"
    );
}

#[test]
fn what_this_machine_says_of_merging_is_left_out() {
    for kind in KINDS {
        let fixture = Fixture::new(kind);
        // Every one of these would change the result if it were listened to.
        fixture.git(&["config", "merge.mine.driver", "true"]);
        fixture.git(&["config", "merge.default", "mine"]);
        let attributes = fixture.path().join(".git/info/attributes");
        std::fs::create_dir_all(attributes.parent().unwrap()).unwrap();
        std::fs::write(attributes, "* merge=mine\n").unwrap();
        let repository = fixture.open();
        let base = file(&repository, "a\nb\nc\nd\ne\n");
        let ours = file(&repository, "A\nb\nc\nd\ne\n");
        let theirs = file(&repository, "a\nb\nc\nd\nE\n");
        let Outcome::Clean { tree, .. } = repository.merge_trees(base, ours, theirs).unwrap()
        else {
            panic!("{kind:?}");
        };
        let text = fixture.git(&["cat-file", "blob", &format!("{tree}:f")]);
        assert_eq!(text, "A\nb\nc\nd\nE");
        let other = file(&repository, "x\nb\nc\nd\ne\n");
        let Outcome::Conflict(conflicts) = repository.merge_trees(base, ours, other).unwrap()
        else {
            panic!("{kind:?}");
        };
        assert_eq!(conflicts.first[0].path, b"f");
        assert_eq!(conflicts.first[0].kind, ConflictKind::Content);
    }
}

#[test]
fn what_is_missing_or_too_large_is_refused() {
    let fixture = Fixture::bare(HashKind::Sha1);
    let repository = fixture.open();
    let [base, ours, theirs] = ["a\n", "b\n", "c\n"].map(|text| file(&repository, text));
    let absent = id(&"1".repeat(40));
    let refused = repository.merge_trees(base, ours, absent);
    let expect = Refused::Missing { id: absent };
    assert!(
        matches!(&refused, Err(MergeError::Refused(refused)) if *refused == expect),
        "{refused:?}"
    );
    let refused = |limits| match repository.merge_trees_unwritten(base, ours, theirs, limits) {
        Err(MergeError::Refused(refused)) => Some(refused),
        Ok(_) => None,
        Err(other) => panic!("{other}"),
    };
    let rule = Limits::RULE_1;
    // Three trees of 29 bytes and three files of 2.
    let bytes = |bytes| Limits { bytes, ..rule };
    assert_eq!(refused(bytes(93)), None);
    assert_eq!(refused(bytes(92)), Some(Refused::TooLarge(Limit::Bytes)));
    assert_eq!(refused(bytes(86)), Some(Refused::TooLarge(Limit::Bytes)));
    let tree_bytes = Limits {
        tree_bytes: 28,
        ..rule
    };
    assert_eq!(
        refused(tree_bytes),
        Some(Refused::TooLarge(Limit::TreeBytes))
    );

    let large = "x".repeat(text::MAX_BYTES + 1);
    let large = file(&repository, &large);
    let Outcome::Conflict(conflicts) = repository.merge_trees(base, ours, large).unwrap() else {
        panic!("it does not merge");
    };
    assert_eq!(conflicts.first[0].kind, ConflictKind::Limit);
}
