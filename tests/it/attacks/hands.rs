//! What attackers and their twins make by hand: code, changes, reviews, merges, versions of the policy.
//!
//! Everything is written into one clone and signed with anybody's key: events are their signers' word, whoever carries
//! them. Who pushes matters only where a test says so.

use touchmark_core::event::{
    CheckStatus, MergeMethod, Name, Payload, RefName, Stance, Time, Verdict, payload,
};
use touchmark_core::heads;
use touchmark_core::id::{HashKind, ObjectId};
use touchmark_core::object::{MODE_FILE, MODE_TREE, TreeEntry, write_tree};

use super::stage::{Raw, Stage, key, signed, to_log, write};
use crate::env::Person;

/// A file of a commit: its path, and what it holds; `None` when it goes away.
pub(crate) type Edit<'a> = (&'a [u8], Option<&'a [u8]>);

/// Who made a commit of code, and what its message says.
#[derive(Clone, Copy)]
pub(crate) struct Maker {
    pub(crate) author: &'static str,
    pub(crate) committer: &'static str,
    pub(crate) message: &'static str,
    pub(crate) signer: Option<&'static str>,
}

/// A pull request, as far as the next event must know it.
#[derive(Clone)]
pub(crate) struct Change {
    pub(crate) id: ObjectId,
    pub(crate) tip: ObjectId,
    pub(crate) number: u32,
    pub(crate) base: ObjectId,
    pub(crate) head: ObjectId,
    pub(crate) heads: ObjectId,
}

/// A version of the policy that is not recorded yet.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) parent: ObjectId,
    pub(crate) number: u32,
    pub(crate) toml: String,
    pub(crate) signers: String,
}

/// A commit by Dave, unsigned.
pub(crate) const DAVE: Maker = Maker {
    author: "dave",
    committer: "dave",
    message: "Change it",
    signer: None,
};

impl Change {
    /// The refspecs that push log and heads.
    pub(crate) fn refspecs(&self) -> [String; 2] {
        let heads = format!("{}:refs/forge/pr/{}/heads", self.heads, self.id);
        [to_log(self.tip, self.id), heads]
    }
}

impl Stage {
    /// A commit on `parent` with these files changed, written into a clone.
    pub(crate) fn code(
        &self,
        clone: &Person<'_>,
        parent: ObjectId,
        maker: Maker,
        edits: &[Edit<'_>],
    ) -> ObjectId {
        let mut listed = Vec::new();
        for (path, content) in edits {
            let (mode, blob) = match content {
                Some(content) => ("100644", write(clone, "blob", content)),
                None => ("0", ObjectId::zero(HashKind::Sha1)),
            };
            listed.extend_from_slice(format!("{mode} {blob}\t").as_bytes());
            listed.extend_from_slice(path);
            listed.push(0);
        }
        let index = |args: &[&str]| {
            clone
                .command("git")
                .env("GIT_INDEX_FILE", ".git/by-hand")
                .args(args)
        };
        index(&["read-tree", &parent.to_string()]).run().ok();
        index(&["update-index", "-z", "--index-info"])
            .stdin(&listed)
            .run()
            .ok();
        let tree = index(&["write-tree"]).run().ok();
        self.commit_of(clone, tree.trim(), &[parent], maker)
    }

    /// A commit of this tree, written into a clone.
    pub(crate) fn commit_of(
        &self,
        clone: &Person<'_>,
        tree: &str,
        parents: &[ObjectId],
        maker: Maker,
    ) -> ObjectId {
        let mut text = format!("tree {tree}\n");
        for parent in parents {
            text.push_str(&format!("parent {parent}\n"));
        }
        let seconds = self.now();
        let line = |name: &str| format!("{name} <{name}@example.com> {seconds} +0000");
        text.push_str(&format!(
            "author {}\ncommitter {}\n\n{}\n",
            line(maker.author),
            line(maker.committer),
            maker.message
        ));
        let content = match maker.signer {
            Some(signer) => signed(text.as_bytes(), signer),
            None => text.into_bytes(),
        };
        write(clone, "commit", &content)
    }

    /// What `main` holds on the server.
    pub(crate) fn main(&self) -> ObjectId {
        self.on_server_id("refs/heads/main")
    }

    /// Makes a pull request for `head`, which is not pushed yet.
    pub(crate) fn proposed(&self, clone: &Person<'_>, by: &'static str, head: ObjectId) -> Change {
        let base = self.main();
        let payload = Payload::Pr(payload::Pr {
            target: main_branch(),
            base,
            head,
            draft: false,
            labels: Vec::new(),
            assignees: Vec::new(),
            reviewers: Vec::new(),
        });
        let mut raw = self.raw(by, None, payload);
        raw.unsigned.subject = Some("A change".to_owned());
        let id = raw.write(clone);
        Change {
            id,
            tip: id,
            number: 1,
            base,
            head,
            heads: keep(clone, None, head),
        }
    }

    /// Opens a pull request for `head` and pushes it.
    #[track_caller]
    pub(crate) fn propose(&self, clone: &Person<'_>, by: &'static str, head: ObjectId) -> Change {
        let change = self.proposed(clone, by, head);
        let refspecs = change.refspecs();
        self.accepts(clone, &refspecs.each_ref().map(String::as_str));
        change
    }

    /// Makes the next revision, which is not pushed yet.
    pub(crate) fn revised(
        &self,
        clone: &Person<'_>,
        by: &'static str,
        change: &Change,
        head: ObjectId,
    ) -> Change {
        let (base, number) = (self.main(), change.number + 1);
        let payload = Payload::Revision(payload::Revision {
            revision: number,
            target: None,
            base,
            head,
        });
        Change {
            tip: self.raw(by, Some(change.tip), payload).write(clone),
            number,
            base,
            head,
            heads: keep(clone, Some(change.heads), head),
            ..change.clone()
        }
    }

    /// Makes the next revision and pushes it.
    #[track_caller]
    pub(crate) fn revise(
        &self,
        clone: &Person<'_>,
        by: &'static str,
        change: &mut Change,
        head: ObjectId,
    ) {
        *change = self.revised(clone, by, change, head);
        let refspecs = change.refspecs();
        self.accepts(clone, &refspecs.each_ref().map(String::as_str));
    }

    /// A review of the latest revision.
    pub(crate) fn verdict(&self, by: &'static str, change: &Change, verdict: Verdict) -> Raw {
        let payload = Payload::Review(payload::Review {
            revision: change.number,
            verdict,
            base: change.base,
            head: change.head,
            comments: Vec::new(),
        });
        self.raw(by, Some(change.tip), payload)
    }

    /// Pushes an event on a pull request's log, and returns it.
    #[track_caller]
    pub(crate) fn says(&self, clone: &Person<'_>, change: &mut Change, raw: &Raw) -> ObjectId {
        change.tip = raw.write(clone);
        self.accepts(clone, &[&to_log(change.tip, change.id)]);
        change.tip
    }

    /// Pushes somebody's approval of the latest revision, and returns it.
    #[track_caller]
    pub(crate) fn approve(
        &self,
        clone: &Person<'_>,
        by: &'static str,
        change: &mut Change,
    ) -> ObjectId {
        let raw = self.verdict(by, change, Verdict::Approve);
        self.says(clone, change, &raw)
    }

    /// Somebody takes it on themselves to let the latest revision land.
    pub(crate) fn override_of(&self, by: &'static str, change: &Change) -> Raw {
        let payload = Payload::Override(payload::Override {
            revision: change.number,
            base: change.base,
            head: change.head,
        });
        let mut raw = self.raw(by, Some(change.tip), payload);
        raw.unsigned.body = Some("It burns.".to_owned());
        raw
    }

    /// The event that merges the latest revision as `new`, and the commit's tree.
    pub(crate) fn merge_of(
        &self,
        by: &'static str,
        change: &Change,
        (new, tree): (ObjectId, ObjectId),
        method: MergeMethod,
    ) -> Raw {
        let payload = Payload::Merge(payload::Merge {
            target: main_branch(),
            revision: change.number,
            base: change.base,
            head: change.head,
            old: self.main(),
            new,
            tree_id: tree,
            method,
            semantics: 1,
            request: None,
            evidence: Vec::new(),
            time: Time::from_seconds(self.now()).unwrap(),
        });
        self.raw(by, Some(change.tip), payload)
    }

    /// Merges by hand, well made but for what the gate says: the refspecs that push branch and log.
    pub(crate) fn landing(
        &self,
        clone: &Person<'_>,
        by: &'static str,
        change: &Change,
    ) -> [String; 2] {
        let old = self.main();
        let args = [&old.to_string(), &change.head.to_string()];
        let merged = clone.git(&["merge-tree", "--write-tree", args[0], args[1]]);
        let tree = merged.ok().trim().to_owned();
        let maker = Maker {
            author: by,
            committer: by,
            message: "Merge it",
            signer: Some(by),
        };
        let new = self.commit_of(clone, &tree, &[old, change.head], maker);
        let tree = ObjectId::from_hex(&tree).unwrap();
        let raw = self.merge_of(by, change, (new, tree), MergeMethod::Merge);
        landed(new, raw.write(clone), change)
    }

    /// Merges by hand, and sees that the server refuses by this rule and is as before.
    #[track_caller]
    pub(crate) fn refuses_merge(
        &self,
        clone: &Person<'_>,
        by: &'static str,
        change: &Change,
        rule: &str,
    ) -> String {
        let refspecs = self.landing(clone, by, change);
        self.refuses(clone, rule, &refspecs.each_ref().map(String::as_str))
    }

    /// Merges by hand, and sees that the server takes it.
    #[track_caller]
    pub(crate) fn accepts_merge(&self, clone: &Person<'_>, by: &'static str, change: &Change) {
        let refspecs = self.landing(clone, by, change);
        self.accepts(clone, &refspecs.each_ref().map(String::as_str));
    }

    /// The result of a check of a commit, on the log that stands at `parent`.
    pub(crate) fn check(
        &self,
        by: &'static str,
        parent: Option<ObjectId>,
        (commit, tree): (ObjectId, ObjectId),
        name: &str,
    ) -> Raw {
        let payload = Payload::Check(payload::Check {
            commit,
            tree_id: tree,
            check: Name::parse(name).unwrap(),
            status: CheckStatus::Success,
            url: None,
            time: Time::from_seconds(self.now()).unwrap(),
        });
        self.raw(by, parent, payload)
    }

    /// The tree of a commit in a clone.
    pub(crate) fn tree(&self, clone: &Person<'_>, commit: ObjectId) -> ObjectId {
        ObjectId::from_hex(&clone.rev(&format!("{commit}^{{tree}}"))).unwrap()
    }

    /// The next version of the policy, with these rules.
    pub(crate) fn draft(&self, rules: &str) -> Draft {
        let count = ["rev-list", "--count", "refs/forge/policy"];
        let count: u32 = self.world.on_server(&count).trim().parse().unwrap();
        Draft {
            parent: self.policy(),
            number: count + 1,
            toml: self.policy_toml(rules),
            signers: self.allowed_signers(),
        }
    }

    /// An admin's word on a draft.
    pub(crate) fn endorsement(&self, clone: &Person<'_>, by: &'static str, draft: &Draft) -> Raw {
        let payload = Payload::Endorse(payload::Endorse {
            version: draft.number,
            tree_id: draft.tree(clone, &[]),
            stance: Stance::Endorse,
        });
        let mut raw = self.raw(by, Some(draft.parent), payload);
        raw.unsigned.policy = Some(draft.parent);
        raw
    }

    /// The version itself with these endorsements, written into a clone.
    pub(crate) fn drafted(
        &self,
        clone: &Person<'_>,
        by: &'static str,
        draft: &Draft,
        endorsements: &[Vec<u8>],
    ) -> ObjectId {
        let payload = Payload::Policy(payload::Policy {
            version: draft.number,
            nonce: None,
            origin: None,
            proposal: None,
        });
        let mut raw = self.raw(by, Some(draft.parent), payload);
        raw.unsigned.policy = Some(draft.parent);
        raw.unsigned.tree = draft.tree(clone, endorsements);
        raw.write(clone)
    }

    /// The version with the endorsements of these people, written into a clone.
    pub(crate) fn endorsed(
        &self,
        clone: &Person<'_>,
        draft: &Draft,
        people: &[&'static str],
    ) -> ObjectId {
        let words: Vec<Vec<u8>> = people
            .iter()
            .map(|by| self.endorsement(clone, by, draft).bytes())
            .collect();
        self.drafted(clone, "alice", draft, &words)
    }

    /// Records a version that these people have endorsed.
    #[track_caller]
    pub(crate) fn record(&self, clone: &Person<'_>, draft: &Draft, people: &[&'static str]) {
        let version = self.endorsed(clone, draft, people);
        self.accepts(clone, &[&to_policy(version)]);
    }
}

impl Draft {
    /// The tree of the version with these endorsements; none for what is endorsed.
    fn tree(&self, clone: &Person<'_>, endorsements: &[Vec<u8>]) -> ObjectId {
        let toml = write(clone, "blob", self.toml.as_bytes());
        let signers = write(clone, "blob", self.signers.as_bytes());
        let mut entries = vec![
            (MODE_FILE, "policy.toml".to_owned(), toml),
            (MODE_FILE, "allowed_signers".to_owned(), signers),
        ];
        if !endorsements.is_empty() {
            let words = endorsements.iter().map(|content| {
                // The file is named after the commit that it holds.
                let id = write(clone, "commit", content);
                (MODE_FILE, id.to_string(), write(clone, "blob", content))
            });
            let folder = tree_of(clone, &words.collect::<Vec<_>>());
            entries.push((MODE_TREE, "endorsements".to_owned(), folder));
        }
        tree_of(clone, &entries)
    }
}

/// The line of `allowed_signers` for a key that stands for somebody.
pub(crate) fn signer_line(person: &str, name_of_key: &str) -> String {
    let public = key(name_of_key).public().to_openssh();
    format!("{person}@example.com namespaces=\"git\" {public}\n")
}

/// The refspec that pushes a version of the policy.
pub(crate) fn to_policy(version: ObjectId) -> String {
    format!("{version}:refs/forge/policy")
}

/// The refspecs that push a merge.
pub(crate) fn landed(new: ObjectId, event: ObjectId, change: &Change) -> [String; 2] {
    [format!("{new}:refs/heads/main"), to_log(event, change.id)]
}

/// The refspec that pushes the log of a commit's checks.
pub(crate) fn to_checks(tip: ObjectId, commit: ObjectId) -> String {
    format!("{tip}:refs/forge/check/{commit}/log")
}

pub(crate) fn main_branch() -> RefName {
    RefName::parse("refs/heads/main").unwrap()
}

/// Writes the commit that keeps a revision's head.
fn keep(clone: &Person<'_>, previous: Option<ObjectId>, head: ObjectId) -> ObjectId {
    write(clone, "commit", heads::content(previous, head).as_bytes())
}

fn tree_of(clone: &Person<'_>, entries: &[(u32, String, ObjectId)]) -> ObjectId {
    let data = write_tree(entries.iter().map(|(mode, name, id)| TreeEntry {
        mode: *mode,
        name: name.as_bytes(),
        id: *id,
    }));
    write(clone, "tree", &data)
}
