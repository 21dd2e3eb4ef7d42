//! Attacks on landing by rebase: commits that look like those of the pull request, and are not what it comes to.

use touchmark_core::event::MergeMethod;
use touchmark_core::id::ObjectId;

use super::hands::{Change, DAVE, Maker, landed};
use super::landing::{NONE, args};
use super::stage::{Stage, signed, write};
use crate::env::Person;

/// Dave's pull request of two commits, each with a file of its own, on a `main` that has moved on since.
struct Rebase<'s> {
    stage: &'s Stage,
    dave: Person<'s>,
    pr: Change,
    commits: [ObjectId; 2],
}

/// How a commit is made again: who commits, who signs, and what becomes of its text.
#[derive(Clone, Copy)]
struct Again {
    committer: &'static str,
    signer: Option<&'static str>,
    change: fn(&str) -> String,
}

/// As the rule has it, by Carol.
const HONEST: Again = Again {
    committer: "carol",
    signer: Some("carol"),
    change: str::to_owned,
};

/// A commit of Carol's.
const CAROL: Maker = Maker {
    author: "dave",
    committer: "carol",
    message: "Add two",
    signer: Some("carol"),
};

const ONE: (&[u8], Option<&[u8]>) = (b"one.txt", Some(b"one\n"));
const TWO: (&[u8], Option<&[u8]>) = (b"two.txt", Some(b"two\n"));
const EVIL: (&[u8], Option<&[u8]>) = (b"evil.txt", Some(b"evil\n"));

impl<'s> Rebase<'s> {
    fn new(stage: &'s Stage) -> Self {
        let dave = stage.person("dave");
        let said = |message| Maker { message, ..DAVE };
        let first = stage.code(&dave, stage.main(), said("Add one"), &[ONE]);
        let second = stage.code(&dave, first, said("Add two"), &[TWO]);
        let pr = stage.propose(&dave, "dave", second);
        let other: (&[u8], _) = (b"other.txt", Some(&b"other\n"[..]));
        let other = stage.code(&dave, stage.main(), DAVE, &[other]);
        let other = stage.propose(&dave, "dave", other);
        stage.accepts_merge(&dave, "carol", &other);
        Self {
            stage,
            dave,
            pr,
            commits: [first, second],
        }
    }

    /// The tree of `parent` with these files.
    fn tree(&self, parent: ObjectId, files: &[(&[u8], Option<&[u8]>)]) -> ObjectId {
        let commit = self.stage.code(&self.dave, parent, DAVE, files);
        self.stage.tree(&self.dave, commit)
    }

    /// The commit `number` made again on `parent` with this tree.
    fn again(&self, number: usize, parent: ObjectId, tree: ObjectId, how: Again) -> ObjectId {
        let old = self.commits[number].to_string();
        let old = self.dave.git(&["cat-file", "commit", &old]).ok();
        let author = old
            .lines()
            .find(|line| line.starts_with("author "))
            .unwrap();
        let (_, message) = old.split_once("\n\n").unwrap();
        let (who, now) = (how.committer, self.stage.now());
        let text = format!(
            "tree {tree}\nparent {parent}\n{author}\ncommitter {who} <{who}@example.com> {now} +0000\n\n{message}"
        );
        let text = (how.change)(&text);
        let bytes = match how.signer {
            Some(signer) => signed(text.as_bytes(), signer),
            None => text.into_bytes(),
        };
        write(&self.dave, "commit", &bytes)
    }

    /// Both commits made again, the first one as `how` has it.
    fn chain(&self, how: Again) -> ObjectId {
        let main = self.stage.main();
        let first = self.again(0, main, self.tree(main, &[ONE]), how);
        self.again(1, first, self.tree(main, &[ONE, TWO]), HONEST)
    }

    fn refspecs(&self, new: ObjectId) -> [String; 2] {
        let tree = self.stage.tree(&self.dave, new);
        let raw = self
            .stage
            .merge_of("carol", &self.pr, (new, tree), MergeMethod::Rebase);
        landed(new, raw.write(&self.dave), &self.pr)
    }

    #[track_caller]
    fn refuses(&self, rule: &str, new: ObjectId) -> String {
        let refspecs = self.refspecs(new);
        self.stage.refuses(&self.dave, rule, &args(&refspecs))
    }

    #[track_caller]
    fn accepts(&self, new: ObjectId) {
        let refspecs = self.refspecs(new);
        self.stage.accepts(&self.dave, &args(&refspecs));
    }
}

/// D22: a rebase brings a commit that the pull request does not have: in between and undone by the next, at its end,
/// or as a merge of something else; or it leaves one out, or turns two around.
/// Refused: merge-result, merge-method
#[test]
fn d22_a_commit_smuggled_into_a_rebase() {
    let stage = Stage::with_policy(NONE);
    let rebase = Rebase::new(&stage);
    let main = stage.main();
    let (one, both) = (rebase.tree(main, &[ONE]), rebase.tree(main, &[ONE, TWO]));
    let first = rebase.again(0, main, one, HONEST);
    // What it adds is gone again in the end, so that the whole looks as it should.
    let smuggled = rebase.again(0, first, rebase.tree(first, &[EVIL]), HONEST);
    let hidden = rebase.again(1, smuggled, both, HONEST);
    let told = rebase.refuses("merge-result", hidden);
    assert!(told.contains("comes to 2 commits"), "{told}");
    let second = rebase.again(1, first, both, HONEST);
    let behind = rebase.again(1, second, both, HONEST);
    rebase.refuses("merge-result", behind);
    let beside = stage.code(&rebase.dave, main, DAVE, &[EVIL]);
    let two = [first, beside];
    let merge = stage.commit_of(&rebase.dave, &both.to_string(), &two, CAROL);
    rebase.refuses("merge-method", merge);
    rebase.refuses("merge-result", rebase.again(1, merge, both, HONEST));
    rebase.refuses("merge-result", rebase.again(1, main, both, HONEST));
    let turned = rebase.again(1, main, rebase.tree(main, &[TWO]), HONEST);
    rebase.refuses("merge-result", rebase.again(0, turned, both, HONEST));
    rebase.accepts(second);
}

/// D23: a rebase that changes what a commit says or holds: its message, its author, a file that the next commit puts
/// back, a header of its own.
/// Refused: merge-result
#[test]
fn d23_a_rebased_commit_that_says_something_else() {
    let stage = Stage::with_policy(NONE);
    let rebase = Rebase::new(&stage);
    let changes: [fn(&str) -> String; 4] = [
        |text| text.replace("Add one", "Add one, as Bob said"),
        |text| text.replace("author dave <dave@", "author carol <carol@"),
        |text| text.replace("\n\nAdd one", "\nchange-id abc\n\nAdd one"),
        |text| text.replace("\n\nAdd one\n", "\n\nAdd one"),
    ];
    for change in changes {
        let said = rebase.chain(Again { change, ..HONEST });
        let told = rebase.refuses("merge-result", said);
        assert!(told.contains("another author or message"), "{told}");
    }
    let main = stage.main();
    let first = rebase.again(0, main, rebase.tree(main, &[ONE, EVIL]), HONEST);
    let both = rebase.tree(main, &[ONE, TWO]);
    let told = rebase.refuses("merge-result", rebase.again(1, first, both, HONEST));
    assert!(told.contains("another tree"), "{told}");
    rebase.accepts(rebase.chain(HONEST));
}

/// D24: a rebase with a commit that nobody signed, that somebody else signed or committed than whoever merges, or that
/// was taken over with the signature of its author.
/// Refused: merge-result
#[test]
fn d24_a_rebase_that_whoever_merges_did_not_sign() {
    let stage = Stage::with_policy(NONE);
    let rebase = Rebase::new(&stage);
    for (committer, signer) in [
        ("carol", None),
        ("carol", Some("dave")),
        ("carol", Some("mallory")),
        ("dave", Some("carol")),
        ("dave", Some("dave")),
    ] {
        let by = Again {
            committer,
            signer,
            ..HONEST
        };
        rebase.refuses("merge-result", rebase.chain(by));
    }
    rebase.accepts(rebase.chain(HONEST));
}

/// D25: a range with a merge in it lands as a rebase, where nobody could say which commits it should come to; the same
/// commits land as the merge that they are.
/// Refused: merge-method
#[test]
fn d25_a_merge_that_is_rebased() {
    let stage = Stage::with_policy(NONE);
    let dave = stage.person("dave");
    let main = stage.main();
    let side = stage.code(&dave, main, DAVE, &[ONE]);
    let other = stage.code(&dave, main, DAVE, &[TWO]);
    let both = stage.code(&dave, side, DAVE, &[TWO]);
    let tree = stage.tree(&dave, both);
    let merge = stage.commit_of(&dave, &tree.to_string(), &[side, other], DAVE);
    let pr = stage.propose(&dave, "dave", merge);
    let new = stage.commit_of(&dave, &tree.to_string(), &[main], CAROL);
    let raw = stage.merge_of("carol", &pr, (new, tree), MergeMethod::Rebase);
    let refspecs = landed(new, raw.write(&dave), &pr);
    let told = stage.refuses(&dave, "merge-method", &args(&refspecs));
    assert!(told.contains("is a merge, which is not rebased"), "{told}");
    stage.accepts_merge(&dave, "carol", &pr);
}
