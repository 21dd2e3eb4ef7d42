//! The policy's versions in order, and what they say today.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Defaults, Policy, Recovery};
use crate::id::{Digest, ObjectId};
use crate::sign::Fingerprint;

/// The accepted versions of a repository's policy, oldest first.
#[derive(Debug, Clone, Default)]
pub struct PolicyChain {
    repository: Option<Digest>,
    versions: Vec<(ObjectId, Policy)>,
    index: BTreeMap<ObjectId, usize>,
}

impl PolicyChain {
    /// The repository's id: the digest of the first version's signed payload.
    pub const fn repository(&self) -> Option<Digest> {
        self.repository
    }

    /// The version named `id`.
    pub fn get(&self, id: &ObjectId) -> Option<&Policy> {
        self.versions
            .get(self.position(id)?)
            .map(|(_, policy)| policy)
    }

    /// How many versions came before the one named `id`.
    pub fn position(&self, id: &ObjectId) -> Option<usize> {
        self.index.get(id).copied()
    }

    /// The newest version.
    pub fn latest(&self) -> Option<(ObjectId, &Policy)> {
        self.versions.last().map(|(id, policy)| (*id, policy))
    }

    /// The versions' ids, oldest first.
    pub fn ids(&self) -> impl Iterator<Item = ObjectId> {
        self.versions.iter().map(|(id, _)| *id)
    }

    pub(crate) fn start(&mut self, repository: Digest) {
        self.repository = Some(repository);
    }

    pub(crate) fn push(&mut self, id: ObjectId, policy: Policy) {
        self.index.insert(id, self.versions.len());
        self.versions.push((id, policy));
    }

    /// What the newest version says, as the state document shows it.
    pub fn state(&self) -> Option<PolicyState> {
        let (_, policy) = self.latest()?;
        let identities = |of: &BTreeMap<String, super::Identity>| {
            of.iter()
                .map(|(name, identity)| {
                    let (keys, retired) = policy.fingerprints(name);
                    let state = IdentityState {
                        emails: identity.emails.clone(),
                        keys,
                        name: identity.name.clone(),
                        retired,
                        roles: identity.roles.clone(),
                    };
                    (name.clone(), state)
                })
                .collect()
        };
        Some(PolicyState {
            admins: policy.admins().into_iter().map(str::to_owned).collect(),
            bots: identities(&policy.bots),
            defaults: policy.defaults,
            people: identities(&policy.people),
            recovery: policy.recovery.clone(),
            repository: self.repository?,
            threshold: policy.threshold,
            version: u32::try_from(self.versions.len()).ok()?,
            versions: self.ids().collect(),
        })
    }
}

/// The policy's state document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyState {
    /// Names of the admins.
    pub admins: BTreeSet<String>,
    /// Bots by name.
    pub bots: BTreeMap<String, IdentityState>,
    /// Rules for what has none of its own.
    pub defaults: Defaults,
    /// People by name.
    pub people: BTreeMap<String, IdentityState>,
    /// Who may stand in for the admins.
    pub recovery: Option<Recovery>,
    /// The repository's id.
    pub repository: Digest,
    /// How many admins must endorse the next version.
    pub threshold: u32,
    /// The newest version.
    pub version: u32,
    /// Ids of all accepted versions, oldest first.
    pub versions: Vec<ObjectId>,
}

/// A person or bot in the policy's state document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityState {
    /// E-mail addresses.
    pub emails: BTreeSet<String>,
    /// Keys in use.
    pub keys: BTreeSet<Fingerprint>,
    /// Display name.
    pub name: String,
    /// Keys no longer in use.
    pub retired: BTreeSet<Fingerprint>,
    /// Role names.
    pub roles: BTreeSet<String>,
}
