//! Rebasing by merge rule 1: which commits are made again on another commit, with what trees, and what they then say.
//!
//! Whoever lands a rebase and whoever checks it make the same commits, but for committer and signature.
//! `docs/reference/merge.md` has the rule in words.

use crate::code::CodeCommit;
use crate::event::Rule;
use crate::id::{HashKind, ObjectId};
use crate::merge::conflict::Conflicts;
use crate::merge::tree::Limits;
use crate::refusal::Refusal;

/// Most commits that are rebased at once: each costs a merge.
pub const MAX_COMMITS: usize = 256;

/// A chain of commits without merges, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    base_tree: ObjectId,
    commits: Vec<Commit>,
}

/// A commit of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Commit {
    id: ObjectId,
    tree: ObjectId,
    raw: Vec<u8>,
}

/// A rebase on its way: the driver merges, one commit after the other.
#[derive(Debug, Clone)]
pub struct Rebase {
    chain: Chain,
    onto: ObjectId,
    trees: Vec<ObjectId>,
    limits: Limits,
}

/// A commit that is made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remade {
    /// The commit that it is made from.
    pub from: ObjectId,
    /// Its tree.
    pub tree: ObjectId,
    raw: Vec<u8>,
}

impl Chain {
    /// The commits that `head` has and `base` has not, each with its content, after its parents.
    ///
    /// # Errors
    ///
    /// Rule `merge-method` when they are no chain from `base` to `head`, or too many.
    pub fn new(
        hash: HashKind,
        (base, base_tree): (ObjectId, ObjectId),
        head: ObjectId,
        commits: Vec<(ObjectId, Vec<u8>)>,
    ) -> Result<Self, Refusal> {
        let refuse = |reason: String| {
            Refusal::new(Rule::MergeMethod, reason)
                .with_fix("touchmark pr merge OBJECT --method squash, or merge")
        };
        if commits.len() > MAX_COMMITS {
            let count = commits.len();
            return Err(refuse(format!(
                "{count} commits cannot be rebased, only {MAX_COMMITS}"
            )));
        }
        let read = |raw: &[u8]| CodeCommit::read_leniently(hash, raw);
        let is_merge = |raw: &[u8]| read(raw).is_some_and(|commit| commit.parents.len() > 1);
        if let Some((id, _)) = commits.iter().find(|(_, raw)| is_merge(raw)) {
            let reason = format!("commit {} is a merge, which is not rebased", id.short());
            return Err(refuse(reason));
        }
        let mut parent = base;
        let mut chain = Vec::with_capacity(commits.len());
        for (id, raw) in commits {
            let commit = read(&raw)
                .ok_or_else(|| refuse(format!("commit {} cannot be read", id.short())))?;
            if commit.parents != [parent] {
                let reason = format!("commit {} does not follow {}", id.short(), parent.short());
                return Err(refuse(reason));
            }
            parent = id;
            let tree = commit.tree;
            chain.push(Commit { id, tree, raw });
        }
        if parent != head || chain.is_empty() {
            return Err(refuse(format!(
                "no chain of commits leads from {} to {}",
                base.short(),
                head.short()
            )));
        }
        Ok(Self {
            base_tree,
            commits: chain,
        })
    }

    /// Begins to make the commits again on one whose tree is `onto`.
    pub const fn onto(self, onto: ObjectId) -> Rebase {
        Rebase {
            chain: self,
            onto,
            trees: Vec::new(),
            limits: Limits::RULE_1,
        }
    }
}

impl Rebase {
    /// The trees to merge next, as base, ours and theirs: a commit's parent, what there is so far, the commit.
    pub fn wanted(&self) -> Option<[ObjectId; 3]> {
        let at = self.trees.len();
        let commit = self.chain.commits.get(at)?;
        let base = at
            .checked_sub(1)
            .and_then(|before| self.chain.commits.get(before))
            .map_or(self.chain.base_tree, |parent| parent.tree);
        let ours = self.trees.last().copied().unwrap_or(self.onto);
        Some([base, ours, commit.tree])
    }

    /// How much the merges that are left may take together: all of them share the limits of one.
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// Takes what they were merged to, and what that left of the limits.
    pub fn merged(&mut self, tree: ObjectId, left: Limits) {
        self.trees.push(tree);
        self.limits = left;
    }

    /// Why it ends here: the next commit conflicts.
    pub fn conflict(&self, conflicts: &Conflicts) -> Refusal {
        let commit = self.chain.commits.get(self.trees.len());
        let short = commit.map(|commit| commit.id.short());
        let reason = format!(
            "commit {} does not go onto the target in {}",
            short.unwrap_or_default(),
            conflicts.paths()
        );
        Refusal::new(Rule::MergeConflict, reason)
    }

    /// The commits to make, oldest first; none if nothing is left to do.
    ///
    /// A commit that would change nothing is left out, unless it changed nothing to begin with: as `git rebase` has it.
    pub fn finish(self) -> Vec<Remade> {
        let mut before = (self.chain.base_tree, self.onto);
        let mut made = Vec::new();
        for (commit, tree) in self.chain.commits.into_iter().zip(self.trees) {
            let now = (commit.tree, tree);
            if now.1 != before.1 || now.0 == before.0 {
                made.push(Remade {
                    from: commit.id,
                    tree,
                    raw: commit.raw,
                });
            }
            before = now;
        }
        made
    }
}

impl Remade {
    /// The commit on `parent` without its signature: author, encoding and message are the old ones, byte for byte, and
    /// other headers are gone. `committer` is the value of that header.
    pub fn payload(&self, parent: ObjectId, committer: &[u8]) -> Vec<u8> {
        let (headers, message) = split(&self.raw);
        let mut text = format!("tree {}\nparent {parent}\n", self.tree).into_bytes();
        let mut header = |name: &[u8], value: Option<&[u8]>| {
            if let Some(value) = value {
                text.extend_from_slice(name);
                text.extend_from_slice(value);
                text.push(b'\n');
            }
        };
        header(b"author ", value(headers, b"author "));
        header(b"committer ", Some(committer));
        header(b"encoding ", value(headers, b"encoding "));
        text.push(b'\n');
        text.extend_from_slice(message);
        text
    }
}

/// The value of a commit's committer header.
pub fn committer(raw: &[u8]) -> Option<&[u8]> {
    value(split(raw).0, b"committer ")
}

fn value<'a>(headers: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    headers
        .split(|byte| *byte == b'\n')
        .find_map(|line| line.strip_prefix(name))
}

/// Headers, and what stands after the empty line.
fn split(raw: &[u8]) -> (&[u8], &[u8]) {
    let end = raw.windows(2).position(|pair| pair == b"\n\n");
    match end {
        Some(end) => (
            raw.get(..end).unwrap_or_default(),
            raw.get(end + 2..).unwrap_or_default(),
        ),
        None => (raw, &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{HASH, code};

    fn raw(tree: &str, parents: &[ObjectId], message: &str) -> Vec<u8> {
        let mut text = format!("tree {}\n", code(tree));
        for parent in parents {
            text.push_str(&format!("parent {parent}\n"));
        }
        text.push_str("author A <a@x> 1 +0100\ncommitter B <b@x> 2 +0000\nencoding latin1\n");
        text.push_str("gpgsig x\n y\nchange-id z\n\n");
        text.push_str(message);
        text.into_bytes()
    }

    fn base() -> (ObjectId, ObjectId) {
        (code("base"), code("base-tree"))
    }

    fn chain(commits: &[(&str, &str, &[ObjectId])], head: &str) -> Result<Chain, Refusal> {
        let commits = commits
            .iter()
            .map(|(name, tree, parents)| (code(name), raw(tree, parents, "M\n\nbody\n")));
        Chain::new(HASH, base(), code(head), commits.collect())
    }

    #[test]
    fn each_commit_is_merged_on_what_came_before_it() {
        let (a, b) = ([code("base")], [code("a")]);
        let chain = chain(&[("a", "ta", &a), ("b", "tb", &b)], "b").expect("a chain");
        let mut rebase = chain.onto(code("onto-tree"));
        let first = [code("base-tree"), code("onto-tree"), code("ta")];
        assert_eq!(rebase.wanted(), Some(first));
        rebase.merged(code("ra"), Limits::RULE_1);
        assert_eq!(rebase.wanted(), Some([code("ta"), code("ra"), code("tb")]));
        rebase.merged(code("rb"), Limits::RULE_1);
        assert_eq!(rebase.wanted(), None);
        let made = rebase.finish();
        let shown: Vec<_> = made.iter().map(|one| (one.from, one.tree)).collect();
        assert_eq!(shown, [(code("a"), code("ra")), (code("b"), code("rb"))]);
    }

    #[test]
    fn what_changes_nothing_any_more_is_left_out() {
        let (a, b, c) = ([code("base")], [code("a")], [code("b")]);
        // The second one changes nothing from the start.
        let commits: [(&str, &str, &[ObjectId]); 3] =
            [("a", "ta", &a), ("b", "ta", &b), ("c", "tc", &c)];
        let mut rebase = chain(&commits, "c").expect("a chain").onto(code("onto"));
        for tree in ["onto", "onto", "rc"] {
            rebase.merged(code(tree), Limits::RULE_1);
        }
        let made: Vec<_> = rebase.finish().iter().map(|one| one.from).collect();
        assert_eq!(made, [code("b"), code("c")]);
    }

    #[test]
    fn only_chains_are_rebased() {
        let (base, a, other) = ([code("base")], [code("a")], [code("other")]);
        let both = [code("a"), code("other")];
        type Case<'a> = (&'a str, Vec<(&'a str, &'a str, &'a [ObjectId])>, &'a str);
        let cases: [Case<'_>; 5] = [
            ("nothing", vec![], "b"),
            ("a merge", vec![("a", "t", &base), ("b", "t", &both)], "b"),
            ("a gap", vec![("a", "t", &base), ("b", "t", &other)], "b"),
            ("a root", vec![("a", "t", &[])], "a"),
            ("another head", vec![("a", "t", &base), ("b", "t", &a)], "c"),
        ];
        for (name, commits, head) in cases {
            let refusal = chain(&commits, head).expect_err(name);
            assert_eq!(refusal.rule, Rule::MergeMethod, "{name}");
        }
        let mut parent = code("base");
        let mut many = Vec::new();
        for number in 0..=MAX_COMMITS {
            let id = code(&number.to_string());
            many.push((id, raw("t", &[parent], "M\n")));
            parent = id;
        }
        assert!(Chain::new(HASH, self::base(), parent, many.clone()).is_err());
        let (last, _) = many[MAX_COMMITS - 1];
        many.pop();
        assert!(Chain::new(HASH, self::base(), last, many).is_ok());
    }

    #[test]
    fn author_encoding_and_message_are_kept_and_nothing_else() {
        let remade = Remade {
            from: code("a"),
            tree: code("t"),
            raw: raw("old", &[code("base")], "A subject\n\n\n  text \n"),
        };
        let payload = remade.payload(code("new"), b"C <c@x> 9 +0000");
        let expect = format!(
            "tree {}\nparent {}\nauthor A <a@x> 1 +0100\ncommitter C <c@x> 9 +0000\nencoding latin1\n\nA subject\n\n\n  text \n",
            code("t"),
            code("new")
        );
        assert_eq!(String::from_utf8_lossy(&payload), expect);
        assert_eq!(committer(&payload), Some(&b"C <c@x> 9 +0000"[..]));
    }
}
