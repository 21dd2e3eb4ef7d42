//! Approvals and merges made by hand.

use touchmark_core::event::{MergeMethod, Payload, RefName, Time, Verdict, payload};
use touchmark_core::id::ObjectId;

use super::stage::{Raw, Stage, signed, to_log, write};
use crate::env::Person;

/// Other branches than `main` are free, and `main` asks for one approval.
pub(crate) const ONE: &str = "[defaults]\nprotected = false\napprovals = 1\n\
    [[branch]]\nmatch = [\"main\"]\nprotected = true\napprovals = 1\n";

/// The same, and `main` asks for none.
pub(crate) const NONE: &str = "[defaults]\nprotected = false\napprovals = 0\n\
    [[branch]]\nmatch = [\"main\"]\nprotected = true\napprovals = 0\n";

/// The code of a pull request's first revision, and where it is to land.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Code {
    pub(crate) base: ObjectId,
    pub(crate) head: ObjectId,
    /// What the target holds.
    pub(crate) old: ObjectId,
    /// What lands.
    pub(crate) tree: ObjectId,
}

/// A merge that is made: the commit for the branch, and the event.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Merged {
    pub(crate) commit: ObjectId,
    pub(crate) event: ObjectId,
}

impl Code {
    /// That of a pull request that the branch `branch` of a clone was opened from, on `main` as the server has it.
    ///
    /// The tree is the head's, which is what lands where `main` has not moved.
    #[track_caller]
    pub(crate) fn of(stage: &Stage, clone: &Person<'_>, branch: &str) -> Self {
        let old = stage.on_server_id("refs/heads/main");
        let id = |revision: &str| ObjectId::from_hex(&clone.rev(revision)).unwrap();
        let base = clone.git(&["merge-base", branch, &old.to_string()]).ok();
        Self {
            base: ObjectId::from_hex(base.trim()).unwrap(),
            head: id(branch),
            old,
            tree: id(&format!("{branch}^{{tree}}")),
        }
    }

    /// Somebody's verdict on it, on the log that stands at `parent`.
    pub(crate) fn verdict(
        &self,
        stage: &Stage,
        by: &'static str,
        parent: ObjectId,
        verdict: Verdict,
    ) -> Raw {
        let review = payload::Review {
            revision: 1,
            verdict,
            base: self.base,
            head: self.head,
            comments: Vec::new(),
        };
        stage.raw(by, Some(parent), Payload::Review(review))
    }

    /// Merges it into `main`, on the log that stands at `parent`; written into a clone that has all that it names.
    pub(crate) fn merge(
        &self,
        stage: &Stage,
        by: &'static str,
        parent: ObjectId,
        clone: &Person<'_>,
    ) -> Merged {
        let now = stage.now();
        let (title, tree, old, head) = (&by[..1].to_uppercase(), self.tree, self.old, self.head);
        let who = format!("{title}{} <{by}@example.com> {now} +0000", &by[1..]);
        let text = format!(
            "tree {tree}\nparent {old}\nparent {head}\nauthor {who}\ncommitter {who}\n\nMerge by hand\n"
        );
        let commit = write(clone, "commit", &signed(text.as_bytes(), by));
        let event = self.merge_event(stage, by, parent, commit).write(clone);
        Merged { commit, event }
    }

    /// The event that says that `main` moves to `commit`.
    pub(crate) fn merge_event(
        &self,
        stage: &Stage,
        by: &'static str,
        parent: ObjectId,
        commit: ObjectId,
    ) -> Raw {
        let merge = payload::Merge {
            target: RefName::parse("refs/heads/main").unwrap(),
            revision: 1,
            base: self.base,
            head: self.head,
            old: self.old,
            new: commit,
            tree_id: self.tree,
            method: MergeMethod::Merge,
            semantics: 1,
            request: None,
            evidence: Vec::new(),
            time: Time::from_seconds(stage.now()).unwrap(),
        };
        stage.raw(by, Some(parent), Payload::Merge(merge))
    }
}

impl Merged {
    /// The refspecs that push both.
    pub(crate) fn refspecs(&self, pr: ObjectId) -> [String; 2] {
        [
            format!("{}:refs/heads/main", self.commit),
            to_log(self.event, pr),
        ]
    }
}

/// Borrows refspecs as arguments.
pub(crate) fn args(refspecs: &[String]) -> Vec<&str> {
    refspecs.iter().map(String::as_str).collect()
}

impl Stage {
    /// Opens a pull request from a branch with one commit that writes this file.
    pub(crate) fn open_file(&self, by: &Person<'_>, branch: &str, path: &str) -> ObjectId {
        by.git(&["switch", "-q", "-c", branch, "origin/main"]).ok();
        by.write(path, "some text\n");
        by.commit(&format!("Write {path}"));
        let opened = by.json(&["pr", "open", "--target=main", "--title", branch]);
        ObjectId::from_hex(opened["event"].as_str().unwrap()).unwrap()
    }

    /// Moves a ref of the server with the hooks off, as whoever has its disk can; without a value, removes it.
    #[track_caller]
    pub(crate) fn by_hand(&self, name: &str, value: Option<ObjectId>) {
        let value = value.map(|id| id.to_string());
        let tail: Vec<&str> = match &value {
            Some(id) => vec![name, id],
            None => vec!["-d", name],
        };
        let off = ["-c", "core.hooksPath=/dev/null", "update-ref"];
        self.world.on_server(&[&off[..], &tail].concat());
    }

    /// Every ref of the server.
    pub(crate) fn refs(&self) -> String {
        let format = "--format=%(refname) %(objectname)";
        self.world.on_server(&["for-each-ref", format])
    }

    /// As [`Stage::refuses`], for what is refused when git has let the objects in already: only the refs are as before.
    #[track_caller]
    pub(crate) fn refuses_late(&self, person: &Person<'_>, rule: &str, refspecs: &[&str]) {
        let before = self.refs();
        let push = ["push", "-q", "--signed", "origin"];
        let told = person.git(&[&push[..], refspecs].concat()).refused();
        assert!(
            told.contains(&format!("({rule})")),
            "not refused by {rule}:\n{told}"
        );
        assert_eq!(self.refs(), before, "a refused push moved a ref");
    }
}

/// An event's payload with one more line after its first parent.
pub(crate) fn with_line(payload: &[u8], line: &str) -> Vec<u8> {
    let text = std::str::from_utf8(payload).unwrap();
    let at = text.find("\nauthor ").unwrap() + 1;
    format!("{}{line}\n{}", &text[..at], &text[at..]).into_bytes()
}
