//! Whether a receipt tells the truth about its push: the snapshot changed as the list of changes says, and no other way.

use std::collections::{BTreeMap, BTreeSet};

use super::snapshot_path;
use crate::id::ObjectId;
use crate::push::RefChange;

/// What lies between two receipts' trees, and what the later one says of it.
#[derive(Debug, Clone)]
pub struct Step<'a> {
    /// What the later receipt lists.
    pub changes: &'a [RefChange],
    /// Every path that differs, with what it held and holds.
    pub differing: &'a [Differing],
    /// The policy that the later receipt names.
    pub policy: ObjectId,
    /// The policy that its snapshot has.
    pub snapshot_policy: Option<ObjectId>,
}

/// A path that differs between two receipts' trees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differing {
    /// The path.
    pub path: String,
    /// What it held.
    pub old: Option<ObjectId>,
    /// What it holds.
    pub new: Option<ObjectId>,
}

/// Checks one step; the faults in words, none when it holds.
pub fn check_step(step: &Step<'_>) -> Vec<String> {
    let mut faults = Vec::new();
    if step.snapshot_policy != Some(step.policy) {
        faults.push("it names another policy than its snapshot has".to_owned());
    }
    let listed: BTreeMap<String, &RefChange> = step
        .changes
        .iter()
        .map(|change| (snapshot_path(&change.name), change))
        .collect();
    let mut seen = BTreeSet::new();
    for differing in step.differing {
        let path = differing.path.as_str();
        if path.starts_with("refs/") {
            match listed.get(path) {
                Some(change) if (change.old, change.new) == (differing.old, differing.new) => {
                    seen.insert(path);
                }
                Some(_) => faults.push(format!("{path} changed to another value than is listed")),
                None => faults.push(format!("{path} changed and is not listed")),
            }
        } else if path.starts_with("numbers/") && differing.old.is_some() {
            faults.push(format!("{path} was given to another object"));
        }
    }
    let unseen = listed
        .iter()
        .filter(|(path, change)| change.old != change.new && !seen.contains(path.as_str()));
    for (path, _) in unseen {
        let already = step.differing.iter().any(|one| one.path == *path);
        if !already {
            faults.push(format!("{path} is listed and did not change"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::HashKind;

    fn id(byte: u8) -> ObjectId {
        ObjectId::from_bytes(&[byte; 20]).expect("an id")
    }

    fn differing(path: &str, old: Option<u8>, new: Option<u8>) -> Differing {
        Differing {
            path: path.to_owned(),
            old: old.map(id),
            new: new.map(id),
        }
    }

    fn check(listed: &[(&str, Option<u8>, Option<u8>)], found: &[Differing]) -> Vec<String> {
        let changes: Vec<RefChange> = listed
            .iter()
            .map(|(name, old, new)| RefChange {
                name: (*name).to_owned(),
                old: old.map(id),
                new: new.map(id),
            })
            .collect();
        check_step(&Step {
            changes: &changes,
            differing: found,
            policy: HashKind::Sha1.empty_tree(),
            snapshot_policy: Some(HashKind::Sha1.empty_tree()),
        })
    }

    #[test]
    fn a_true_receipt_has_no_fault() {
        let found = [
            differing("refs/heads/main", Some(1), Some(2)),
            differing("numbers/0/1", None, Some(3)),
            differing("changes", Some(4), Some(5)),
        ];
        let faults = check(&[("refs/heads/main", Some(1), Some(2))], &found);
        assert_eq!(faults, Vec::<String>::new());
    }

    #[test]
    fn every_lie_is_one() {
        let moved = differing("refs/heads/main", Some(1), Some(2));
        for (listed, found) in [
            (vec![], vec![moved.clone()]),
            (
                vec![("refs/heads/main", Some(1), Some(3))],
                vec![moved.clone()],
            ),
            (vec![("refs/heads/main", Some(1), Some(2))], vec![]),
            (
                vec![("refs/heads/main", Some(1), Some(2))],
                vec![moved, differing("numbers/0/1", Some(3), Some(4))],
            ),
            (vec![], vec![differing("numbers/0/1", Some(3), None)]),
        ] {
            assert_eq!(check(&listed, &found).len(), 1, "{listed:?} {found:?}");
        }
    }
}
