//! What receipts say of a ref: its value at a receipt, and who pushed it.

use std::collections::BTreeMap;

use anyhow::Context as _;
use touchmark_core::event::{self, Decision, Payload, Pusher, Verify};
use touchmark_core::id::ObjectId;
use touchmark_core::object::{MODE_GITLINK, ObjectType, Objects};
use touchmark_core::policy::Policy;
use touchmark_core::push::RefChange;
use touchmark_core::receipt::{
    CHANGES, CHANGES_MAX_LEN, DENIALS, number_path, read_changes, snapshot_path,
};
use touchmark_git::{Budget, Repository};

/// A receipt is a small commit.
const MAX_RECEIPT_BYTES: u64 = 128 * 1024;

/// The receipts of a repository, newest first.
#[derive(Clone, Copy)]
pub(crate) struct Receipts<'a> {
    repo: &'a Repository,
    tip: Option<ObjectId>,
}

/// One receipt, as far as it is read here.
pub(crate) struct Read {
    /// The receipt.
    pub(crate) id: ObjectId,
    /// Its snapshot.
    pub(crate) tree: ObjectId,
    /// The receipt before it.
    pub(crate) parent: Option<ObjectId>,
    /// Who pushed.
    pub(crate) pusher: Pusher,
    /// Its number.
    pub(crate) sequence: u32,
    /// What the sequencer did.
    pub(crate) decision: Decision,
    /// When it was signed, in seconds since 1970.
    pub(crate) seconds: i64,
    /// The policy that it names.
    pub(crate) policy: ObjectId,
}

impl<'a> Receipts<'a> {
    /// Those that end in `tip`; `None` where there are none.
    pub(crate) const fn new(repo: &'a Repository, tip: Option<ObjectId>) -> Self {
        Self { repo, tip }
    }

    /// What the ref held when `receipt` was signed; `None` when it did not exist.
    ///
    /// # Errors
    ///
    /// When the receipt is not here, or cannot be read.
    pub(crate) fn value_at(
        &self,
        receipt: ObjectId,
        name: &str,
    ) -> anyhow::Result<Option<ObjectId>> {
        let tree = self.repo.tree_of(receipt)?;
        let entry = self.repo.entry_at(tree, snapshot_path(name).as_bytes())?;
        Ok(entry
            .filter(|(mode, _)| *mode == MODE_GITLINK)
            .map(|(_, id)| id))
    }

    /// Who pushed each value that the `heads` of a pull request have had, back to the push that opened it.
    ///
    /// That the ref was made anew is not enough to stop at: the pull request may have come back from the archive, and
    /// whoever pushed to it before has pushed to it all the same. A value that came back is of who brought it first.
    ///
    /// # Errors
    ///
    /// When a receipt on the way cannot be read.
    pub(crate) fn pushers(
        &self,
        pull: ObjectId,
        heads: &str,
    ) -> anyhow::Result<BTreeMap<ObjectId, Pusher>> {
        let mut pushers = BTreeMap::new();
        let mut next = self.tip;
        while let Some(id) = next {
            let Some(receipt) = self.read(id)? else {
                break;
            };
            next = receipt.parent;
            let changes = self.changes(receipt.tree)?;
            let Some(change) = changes.into_iter().find(|change| change.name == heads) else {
                continue;
            };
            let opened = change.old.is_none() && self.gives_number(&receipt, pull)?;
            if let Some(new) = change.new {
                pushers.insert(new, receipt.pusher);
            }
            if opened {
                break;
            }
        }
        Ok(pushers)
    }

    /// The receipt of the push by which the ref first held `id` or something that descends from it.
    ///
    /// # Errors
    ///
    /// When a receipt on the way cannot be read.
    pub(crate) fn bringing(&self, name: &str, id: ObjectId) -> anyhow::Result<Option<Read>> {
        // An annotated tag has no history; only itself is itself.
        let is_commit = |id| matches!(self.repo.header(id), Ok(Some((ObjectType::Commit, _))));
        let is_chained = is_commit(id);
        let holds = |value: Option<ObjectId>| match value {
            Some(value) if value == id => Ok(true),
            Some(value) if is_chained && is_commit(value) => self.repo.is_ancestor(id, value),
            _ => Ok(false),
        };
        let mut next = self.tip;
        while let Some(receipt) = next.map(|id| self.read(id)).transpose()?.flatten() {
            next = receipt.parent;
            let changes = self.changes(receipt.tree)?;
            if let Some(change) = changes.into_iter().find(|change| change.name == name)
                && holds(change.new)?
                && !holds(change.old)?
            {
                return Ok(Some(receipt));
            }
        }
        Ok(None)
    }

    /// Whether it is this receipt that gives the object its number: then it is the one that opened it.
    fn gives_number(&self, receipt: &Read, object: ObjectId) -> anyhow::Result<bool> {
        let numbers = |tree| self.repo.entry_at(tree, b"numbers");
        let before = match receipt.parent {
            Some(parent) => numbers(self.repo.tree_of(parent)?)?,
            None => None,
        };
        let (Some((_, now)), before) = (numbers(receipt.tree)?, before.map(|(_, tree)| tree))
        else {
            return Ok(false);
        };
        let before = before.unwrap_or_else(|| self.repo.hash_kind().empty_tree());
        let given = self.repo.changed_paths(before, now)?;
        Ok(given
            .iter()
            .any(|one| one.head.is_some_and(|entry| entry.id == object)))
    }

    /// The newest one; `None` where there are none.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub(crate) fn latest(&self) -> anyhow::Result<Option<Read>> {
        match self.tip {
            Some(tip) => self
                .read(tip)?
                .map(Some)
                .with_context(|| format!("{} at the tip of the receipts is none", tip.short())),
            None => Ok(None),
        }
    }

    /// The object that has this number.
    ///
    /// # Errors
    ///
    /// When the newest receipt cannot be read.
    pub(crate) fn numbered(&self, number: u32) -> anyhow::Result<Option<ObjectId>> {
        let Some(tip) = self.tip else {
            return Ok(None);
        };
        let tree = self.repo.tree_of(tip)?;
        let entry = self.repo.entry_at(tree, number_path(number).as_bytes())?;
        Ok(entry.map(|(_, id)| id))
    }

    /// The number that an object has in a receipt's tree.
    ///
    /// # Errors
    ///
    /// When the tree cannot be read.
    pub(crate) fn number_of(
        &self,
        tree: ObjectId,
        object: ObjectId,
    ) -> anyhow::Result<Option<u32>> {
        for (folder, _) in self.folders(tree)? {
            for (number, id) in self.numbers(folder)? {
                if id == object {
                    return Ok(Some(number));
                }
            }
        }
        Ok(None)
    }

    /// The highest number that a receipt's tree has given out; 0 when none.
    ///
    /// # Errors
    ///
    /// When the tree cannot be read.
    pub(crate) fn last_number(&self, tree: ObjectId) -> anyhow::Result<u32> {
        let folders = self.folders(tree)?;
        let Some((folder, _)) = folders.iter().max_by_key(|(_, at)| *at) else {
            return Ok(0);
        };
        let numbers = self.numbers(*folder)?;
        Ok(numbers.iter().map(|(number, _)| *number).max().unwrap_or(0))
    }

    /// The directories of numbers, with the thousand that each holds.
    ///
    /// # Errors
    ///
    /// When the tree cannot be read.
    pub(crate) fn folders(&self, tree: ObjectId) -> anyhow::Result<Vec<(ObjectId, u32)>> {
        match self.repo.entry_at(tree, b"numbers")? {
            Some((_, id)) => Ok(self
                .numbers(id)?
                .into_iter()
                .map(|(at, id)| (id, at))
                .collect()),
            None => Ok(Vec::new()),
        }
    }

    /// The numbers in such a directory, with the object that each stands for.
    ///
    /// # Errors
    ///
    /// When the tree cannot be read.
    pub(crate) fn numbers(&self, tree: ObjectId) -> anyhow::Result<Vec<(u32, ObjectId)>> {
        let entries = self.repo.tree_entries(tree)?;
        Ok(entries
            .into_iter()
            .filter_map(|(name, entry)| {
                Some((std::str::from_utf8(&name).ok()?.parse().ok()?, entry.id))
            })
            .collect())
    }

    /// What a receipt of this tree says that its push changed.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub(crate) fn changes(&self, tree: ObjectId) -> anyhow::Result<Vec<RefChange>> {
        let Some((_, id)) = self.repo.entry_at(tree, CHANGES.as_bytes())? else {
            return Ok(Vec::new());
        };
        let text = String::from_utf8(self.repo.read_blob(id, CHANGES_MAX_LEN)?)?;
        Ok(read_changes(self.repo.hash_kind(), &text).unwrap_or_default())
    }

    /// The refused pushes that a receipt of this tree seals, one a line.
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    pub(crate) fn denials(&self, tree: ObjectId) -> anyhow::Result<Vec<String>> {
        let Some((_, id)) = self.repo.entry_at(tree, DENIALS.as_bytes())? else {
            return Ok(Vec::new());
        };
        let text = self.repo.read_blob(id, CHANGES_MAX_LEN)?;
        let text = String::from_utf8_lossy(&text);
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// Reads one receipt; `None` when it is none.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub(crate) fn read(&self, id: ObjectId) -> anyhow::Result<Option<Read>> {
        let Some((ObjectType::Commit, data)) = self.repo.read(id, MAX_RECEIPT_BYTES)? else {
            return Ok(None);
        };
        let mut objects = Objects::new(self.repo.hash_kind());
        objects.insert(ObjectType::Commit, data)?;
        // The tree's shape is looked at when receipts are verified; here only its place is needed.
        let root = self.repo.tree_of(id)?;
        if let Some((_, data)) = self.repo.read(root, Budget::default().max_tree_bytes)? {
            objects.insert(ObjectType::Tree, data)?;
        }
        let Ok(event) = event::decode(&objects, &id, Verify::Trusted) else {
            return Ok(None);
        };
        let (pusher, sequence, decision) = match event.payload {
            Payload::Receipt(receipt) => (receipt.pusher, receipt.sequence, receipt.decision),
            Payload::Receipt2(receipt) => (receipt.pusher, receipt.sequence, receipt.decision),
            _ => return Ok(None),
        };
        Ok(Some(Read {
            id,
            tree: event.tree,
            parent: event.parents.first().copied(),
            pusher,
            sequence,
            decision,
            seconds: event.author.seconds,
            policy: event.policy.unwrap_or(id),
        }))
    }
}

/// The person or bot behind a pusher, by this policy.
pub(super) fn person(policy: &Policy, pusher: &Pusher) -> Option<String> {
    match pusher {
        Pusher::Login(name) => Some(name.to_string()),
        Pusher::Certificate(print) | Pusher::Key(print) => policy
            .keys()
            .find(|(key, _)| key.fingerprint() == *print)
            .map(|(_, entry)| entry.owner.clone()),
        Pusher::None | Pusher::Import(_) => None,
    }
}
