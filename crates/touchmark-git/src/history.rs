//! The commit graph: links of a commit, merge bases, ranges.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use touchmark_core::id::{HashKind, ObjectId};
use touchmark_core::object::ObjectType;

use crate::code::CodeError;
use crate::repository::Repository;

/// A commit of code may carry a long message; it has no business being larger than this.
const MAX_CODE_COMMIT_BYTES: u64 = 4 * 1024 * 1024;

/// What a commit points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Links {
    pub(crate) tree: ObjectId,
    pub(crate) parents: Vec<ObjectId>,
}

/// Reads the `tree` and `parent` headers, which come first; `None` when they are not well formed.
pub(crate) fn links(kind: HashKind, commit: &[u8]) -> Option<Links> {
    let mut lines = commit.split(|byte| *byte == b'\n');
    let id = |hex: &[u8]| {
        ObjectId::from_hex(std::str::from_utf8(hex).ok()?).filter(|id| id.kind() == kind)
    };
    let tree = id(lines.next()?.strip_prefix(b"tree ")?)?;
    let parents = lines
        .map_while(|line| line.strip_prefix(b"parent "))
        .map(id)
        .collect::<Option<Vec<_>>>()?;
    Some(Links { tree, parents })
}

/// The committer's time in seconds; 0 when it cannot be read, so that such commits are looked at last.
fn committer_time(commit: &[u8]) -> i64 {
    commit
        .split(|byte| *byte == b'\n')
        .take_while(|line| !line.is_empty())
        .find_map(|line| line.strip_prefix(b"committer "))
        .and_then(|line| std::str::from_utf8(line.rsplit(|byte| *byte == b' ').nth(1)?).ok())
        .and_then(|seconds| seconds.parse().ok())
        .unwrap_or(0)
}

#[derive(Clone)]
struct Node {
    time: i64,
    parents: Vec<ObjectId>,
}

const LEFT: u8 = 1;
const RIGHT: u8 = 2;
const STALE: u8 = 4;

/// A walk over commits that reads each one once.
struct Graph<'a> {
    repository: &'a Repository,
    nodes: BTreeMap<ObjectId, Node>,
}

impl Graph<'_> {
    fn node(&mut self, id: ObjectId) -> Result<Node, CodeError> {
        if let Some(node) = self.nodes.get(&id) {
            return Ok(node.clone());
        }
        let data = self.repository.read_commit(id)?;
        let links = links(self.repository.hash_kind(), &data).ok_or(CodeError::Malformed { id })?;
        let node = Node {
            time: committer_time(&data),
            parents: links.parents,
        };
        self.nodes.insert(id, node.clone());
        Ok(node)
    }

    /// Walks from both sides until no commit is left that only one side reaches; returns the flags of each.
    ///
    /// Commits are taken newest first, and the walk goes on to the date of the oldest commit that only one side
    /// reached. Flags that arrive late are carried on. So a commit that claims to be too old makes the walk longer;
    /// only when commits below a common one claim to be younger than all of their children may one that both sides
    /// reach be taken for one side's own. That errs towards too many commits in a range, never too few.
    fn paint(
        &mut self,
        left: ObjectId,
        right: ObjectId,
    ) -> Result<BTreeMap<ObjectId, u8>, CodeError> {
        let mut flags: BTreeMap<ObjectId, u8> = BTreeMap::new();
        let mut heap = BinaryHeap::new();
        let mut fresh: BTreeSet<ObjectId> = BTreeSet::new();
        for (id, side) in [(left, LEFT), (right, RIGHT)] {
            *flags.entry(id).or_default() |= side;
            heap.push((self.node(id)?.time, Reverse(id)));
            fresh.insert(id);
        }
        let mut oldest = i64::MAX;
        while let Some((time, Reverse(id))) = heap.pop() {
            if fresh.is_empty() && time < oldest {
                break;
            }
            fresh.remove(&id);
            let mut carried = flags.get(&id).copied().unwrap_or_default();
            if carried & (LEFT | RIGHT) == LEFT | RIGHT {
                carried |= STALE;
            } else {
                oldest = oldest.min(time);
            }
            for parent in self.node(id)?.parents {
                let known = flags.entry(parent).or_default();
                if *known & carried == carried {
                    continue;
                }
                *known |= carried;
                let is_stale = *known & STALE != 0;
                heap.push((self.node(parent)?.time, Reverse(parent)));
                if is_stale {
                    fresh.remove(&parent);
                } else {
                    fresh.insert(parent);
                }
            }
        }
        Ok(flags)
    }

    /// Commits that both sides reach and that no other such commit reaches.
    fn bases(&mut self, left: ObjectId, right: ObjectId) -> Result<Vec<ObjectId>, CodeError> {
        let both = LEFT | RIGHT;
        let candidates: Vec<_> = self
            .paint(left, right)?
            .into_iter()
            .filter(|(_, flags)| flags & both == both && flags & STALE == 0)
            .map(|(id, _)| id)
            .collect();
        if candidates.len() < 2 {
            return Ok(candidates);
        }
        // Where dates are wrong the walk may have ended before a candidate was found to be reached by another one.
        let mut bases = Vec::new();
        for candidate in &candidates {
            let others = candidates.iter().filter(|other| *other != candidate);
            let mut redundant = false;
            for other in others {
                redundant |= self.reaches(*other, *candidate)?;
            }
            if !redundant {
                bases.push(*candidate);
            }
        }
        Ok(bases)
    }

    fn reaches(&mut self, from: ObjectId, to: ObjectId) -> Result<bool, CodeError> {
        let flags = self.paint(from, to)?;
        Ok(flags.get(&to).is_some_and(|flags| flags & LEFT != 0))
    }
}

impl Repository {
    /// The best common ancestors of two commits, in id order: usually one, none without common history, several after
    /// criss-cross merges.
    ///
    /// # Errors
    ///
    /// [`CodeError`] when a commit cannot be read.
    pub fn merge_bases(&self, a: ObjectId, b: ObjectId) -> Result<Vec<ObjectId>, CodeError> {
        self.graph().bases(a, b)
    }

    /// The best common ancestor; of several the youngest, as `git merge-base` prints it, then the smallest id.
    ///
    /// # Errors
    ///
    /// As [`Repository::merge_bases`].
    pub fn merge_base(&self, a: ObjectId, b: ObjectId) -> Result<Option<ObjectId>, CodeError> {
        let mut graph = self.graph();
        let mut best: Option<(i64, ObjectId)> = None;
        for base in graph.bases(a, b)? {
            let time = graph.node(base)?.time;
            if best.is_none_or(|(youngest, _)| time > youngest) {
                best = Some((time, base));
            }
        }
        Ok(best.map(|(_, base)| base))
    }

    /// Whether `descendant` is `ancestor` or has it in its history.
    ///
    /// # Errors
    ///
    /// As [`Repository::merge_bases`].
    pub fn is_ancestor(&self, ancestor: ObjectId, descendant: ObjectId) -> Result<bool, CodeError> {
        self.graph().reaches(descendant, ancestor)
    }

    /// The commits that `head` reaches and `base` does not, every commit after its parents.
    ///
    /// # Errors
    ///
    /// As [`Repository::merge_bases`].
    pub fn commits_between(
        &self,
        base: ObjectId,
        head: ObjectId,
    ) -> Result<Vec<ObjectId>, CodeError> {
        let mut graph = self.graph();
        let flags = graph.paint(head, base)?;
        let is_new = |id: &ObjectId| flags.get(id).is_some_and(|flags| flags & RIGHT == 0);
        let mut order = Vec::new();
        let mut seen = BTreeSet::new();
        let mut pending = vec![(head, false)];
        while let Some((id, parents_done)) = pending.pop() {
            if parents_done {
                order.push(id);
            } else if is_new(&id) && seen.insert(id) {
                pending.push((id, true));
                // Reversed, so that the first parent's side is written first.
                let parents = graph.node(id)?.parents;
                pending.extend(parents.into_iter().rev().map(|parent| (parent, false)));
            }
        }
        Ok(order)
    }

    /// The commits that `head` reaches, every commit after its parents.
    ///
    /// # Errors
    ///
    /// As [`Repository::merge_bases`].
    pub fn history(&self, head: ObjectId) -> Result<Vec<ObjectId>, CodeError> {
        let mut graph = self.graph();
        let mut order = Vec::new();
        let mut seen = BTreeSet::new();
        let mut pending = vec![(head, false)];
        while let Some((id, parents_done)) = pending.pop() {
            if parents_done {
                order.push(id);
            } else if seen.insert(id) {
                pending.push((id, true));
                let parents = graph.node(id)?.parents;
                pending.extend(parents.into_iter().rev().map(|parent| (parent, false)));
            }
        }
        Ok(order)
    }

    fn graph(&self) -> Graph<'_> {
        Graph {
            repository: self,
            nodes: BTreeMap::new(),
        }
    }

    /// A commit's content.
    pub(crate) fn read_commit(&self, id: ObjectId) -> Result<Vec<u8>, CodeError> {
        let (object_type, data) = self
            .read(id, MAX_CODE_COMMIT_BYTES)?
            .ok_or(CodeError::Missing { id })?;
        if object_type != ObjectType::Commit {
            return Err(CodeError::WrongType {
                id,
                expected: ObjectType::Commit.name(),
                actual: object_type.name(),
            });
        }
        Ok(data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_the_leading_headers_only() {
        let tree = HashKind::Sha1.empty_tree();
        let parent = "1".repeat(40);
        let commit = format!(
            "tree {tree}\nparent {parent}\nauthor A <a> 1 +0000\ncommitter A <a> 17 +0000\n\nparent {tree}\n"
        );
        let links = links(HashKind::Sha1, commit.as_bytes()).expect("well formed");
        assert_eq!(links.tree, tree);
        assert_eq!(
            links.parents,
            [ObjectId::from_hex(&parent).expect("forty digits")]
        );
        assert_eq!(committer_time(commit.as_bytes()), 17);
    }

    #[test]
    fn links_of_the_other_hash_kind_are_refused() {
        let commit = format!("tree {}\n", HashKind::Sha256.empty_tree());
        assert_eq!(links(HashKind::Sha1, commit.as_bytes()), None);
        assert!(links(HashKind::Sha256, commit.as_bytes()).is_some());
    }
}
