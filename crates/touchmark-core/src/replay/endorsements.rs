//! Endorsements of a policy version: which there are, and whether they are enough.

use std::collections::BTreeSet;

use super::judge::signer;
use crate::event::{self, Event, Payload, Rule, Stance, Verify, payload};
use crate::id::{HashKind, ObjectId, hash_object};
use crate::object::{ObjectType, Objects, parse_tree, write_tree};
use crate::policy::Policy;
use crate::refusal::Refusal;

/// How many of some people endorse a version, and how many it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Those who do.
    pub given: BTreeSet<String>,
    /// How many it takes.
    pub needed: u32,
    /// Those who could.
    pub eligible: BTreeSet<String>,
}

impl Share {
    fn of(persons: &BTreeSet<String>, eligible: BTreeSet<String>, needed: u32) -> Self {
        Self {
            given: persons.intersection(&eligible).cloned().collect(),
            needed,
            eligible,
        }
    }

    /// Whether there are enough.
    pub fn is_met(&self) -> bool {
        u32::try_from(self.given.len()).is_ok_and(|given| given >= self.needed)
    }
}

/// Who endorses a policy version, as far as it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// The admins of the version before.
    pub before: Share,
    /// The people who may stand in for them.
    pub recovery: Option<Share>,
    /// The admins of the new version, where they are others than before.
    pub after: Option<Share>,
}

impl Tally {
    /// Counts the endorsements of the version `policy`, which is to follow `parent`: persons, not keys.
    pub fn of(parent: &Policy, policy: &Policy, endorsements: &[Event]) -> Self {
        let persons = |by: &Policy| -> BTreeSet<String> {
            let names = endorsements.iter().filter_map(|one| signer(by, one).ok());
            names.map(str::to_owned).collect()
        };
        let admins = |of: &Policy| of.admins().into_iter().map(str::to_owned).collect();
        let (before, after) = (persons(parent), persons(policy));
        let (old, new): (BTreeSet<String>, BTreeSet<String>) = (admins(parent), admins(policy));
        Self {
            recovery: (parent.recovery.as_ref())
                .map(|recovery| Share::of(&before, recovery.people.clone(), recovery.threshold)),
            after: (old != new).then(|| Share::of(&after, new, policy.threshold)),
            before: Share::of(&before, old, parent.threshold),
        }
    }

    /// Rule `policy-threshold`: enough admins before and after have endorsed it.
    ///
    /// # Errors
    ///
    /// The refusal, which says who is missing.
    pub fn require(&self) -> Result<(), Refusal> {
        let refuse = |share: &Share, what: &str| {
            let (given, needed) = (share.given.len(), share.needed);
            let reason = format!("{given} of {needed} {what} endorsed it");
            Err(Refusal::new(Rule::PolicyThreshold, reason))
        };
        let recovered = self.recovery.as_ref().is_some_and(Share::is_met);
        if !recovered && !self.before.is_met() {
            return refuse(&self.before, "admins");
        }
        match &self.after {
            Some(after) if !after.is_met() => refuse(after, "new admins"),
            _ => Ok(()),
        }
    }
}

/// Whether the event endorses exactly this version and tree, on that version before it.
pub(crate) fn fits(event: &Event, parent: ObjectId, version: u32, tree: ObjectId) -> bool {
    match &event.payload {
        Payload::Endorse(word) => {
            word.stance == Stance::Endorse
                && word.version == version
                && word.tree_id == tree
                && event.policy == Some(parent)
        }
        _ => false,
    }
}

/// The endorsements that a version embeds, each of exactly this version and tree.
pub(super) fn read(
    objects: &Objects,
    event: &Event,
    parent_id: ObjectId,
) -> Result<Vec<Event>, Refusal> {
    let refuse = |reason: &str| Err(Refusal::new(Rule::PolicyThreshold, reason));
    let Payload::Policy(payload::Policy { version, .. }) = event.payload else {
        return refuse("it is no policy version");
    };
    let Some(tree) = tree_without_endorsements(objects, event.tree) else {
        return refuse("its tree cannot be read");
    };
    let mut endorsers = Vec::new();
    for (name, content) in event.files.endorsements() {
        let endorsement = read_one(objects.kind(), *name, content)?;
        if !fits(&endorsement, parent_id, version, tree) {
            let reason = format!("endorsement {name} is not of this version and tree");
            return Err(Refusal::new(Rule::PolicyThreshold, reason));
        }
        endorsers.push(endorsement);
    }
    Ok(endorsers)
}

/// An endorsement as it is embedded: the content of a commit, which must have the id that names the file.
pub(crate) fn read_one(kind: HashKind, name: ObjectId, content: &[u8]) -> Result<Event, Refusal> {
    let refuse = |reason: String| Refusal::new(Rule::PolicyThreshold, reason);
    let mut alone = Objects::new(kind);
    let id = alone.insert(ObjectType::Commit, content.to_vec());
    if id != Ok(name) {
        return Err(refuse(format!(
            "endorsement {name} is not the commit of that id"
        )));
    }
    // Trees of endorsements are empty, and the empty tree need not be stored.
    event::decode(&alone, &name, Verify::Full)
        .map_err(|refusal| refuse(format!("endorsement {name}: {refusal}")))
}

/// The id of a policy's tree without the entry `endorsements`: what admins endorse.
pub fn tree_without_endorsements(objects: &Objects, tree: ObjectId) -> Option<ObjectId> {
    let data = objects.get(&tree, ObjectType::Tree)?;
    let entries = parse_tree(objects.kind(), data)?;
    let kept = entries
        .into_iter()
        .filter(|entry| entry.name != b"endorsements");
    hash_object(objects.kind(), "tree", &write_tree(kept)).ok()
}
