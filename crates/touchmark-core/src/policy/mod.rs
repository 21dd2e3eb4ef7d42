//! The policy: who may do what. A tree of plain files, parsed strictly and once per version.

mod can;
mod chain;
mod lint;
mod parse;
mod rules;
#[cfg(test)]
mod tests;
mod toml_1_0;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use can::{Action, Answer};
pub use chain::{PolicyChain, PolicyState};
pub use lint::Lint;
pub use parse::{PolicyError, parse};
pub use rules::{
    ApprovalGroup, BranchRule, Compromised, Guests, Limits, Parties, PathRule, RequiredCheck,
    Rules, TagRule,
};

use crate::event::{Right, role_rights};
use crate::sign::{Fingerprint, PublicKey};

/// One version of the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The version of the file format: 1 has no rules of its own.
    pub format: u32,
    /// How many admins must endorse the next version.
    pub threshold: u32,
    /// People by name.
    pub people: BTreeMap<String, Identity>,
    /// Bots by name.
    pub bots: BTreeMap<String, Identity>,
    /// Teams of people by name.
    pub teams: BTreeMap<String, BTreeSet<String>>,
    /// Roles that this policy adds, with their rights.
    pub roles: BTreeMap<String, BTreeSet<Right>>,
    /// Who may stand in for the admins, if the project did not decline to have anyone.
    pub recovery: Option<Recovery>,
    /// Rules for everything that has no rule of its own.
    pub defaults: Defaults,
    /// What holds for branches, tags, paths and pushes.
    pub rules: Rules,
    /// Every key that the policy has ever had.
    keys: BTreeMap<PublicKey, Key>,
}

/// A person or bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The display name, as it stands in author lines.
    pub name: String,
    /// E-mail addresses, any of which may stand in author lines.
    pub emails: BTreeSet<String>,
    /// Role names.
    pub roles: BTreeSet<String>,
}

/// People who may stand in for the admins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recovery {
    /// Their names.
    pub people: BTreeSet<String>,
    /// How many of them it takes.
    pub threshold: u32,
}

/// Rules for everything that has no rule of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Defaults {
    /// How many approvals a pull request needs.
    pub approvals: u32,
    /// Whether every thread must be resolved before a merge.
    pub resolve_threads: bool,
}

/// What the policy says of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The person or bot it belongs to.
    pub owner: String,
    /// When it was retired (`valid-before`), in seconds since 1970; events by a retired key are refused.
    pub retired: Option<i64>,
    /// From when on it is listed as valid (`valid-after`), in seconds since 1970; only stock git looks at it.
    pub valid_after: Option<i64>,
}

impl Policy {
    /// The key's entry, retired or not.
    pub fn key(&self, key: &PublicKey) -> Option<&Key> {
        self.keys.get(key)
    }

    /// Every key with its entry.
    pub fn keys(&self) -> impl Iterator<Item = (&PublicKey, &Key)> {
        self.keys.iter()
    }

    /// The person or bot with this name.
    pub fn identity(&self, name: &str) -> Option<&Identity> {
        self.people.get(name).or_else(|| self.bots.get(name))
    }

    /// Whether one of the roles of `name` grants `right`.
    pub fn grants(&self, name: &str, right: Right) -> bool {
        self.granting(name, right).is_some()
    }

    /// The first role of `name` that grants `right`.
    pub fn granting(&self, name: &str, right: Right) -> Option<&str> {
        let grants = |role: &&String| match role_rights(role) {
            Some(rights) => rights.contains(&right),
            None => self
                .roles
                .get(*role)
                .is_some_and(|rights| rights.contains(&right)),
        };
        let identity = self.identity(name)?;
        identity.roles.iter().find(grants).map(String::as_str)
    }

    /// Whether a list of people, bots and teams names `name`, itself or in a team.
    pub fn names(&self, parties: &Parties, name: &str) -> bool {
        parties.iter().any(|party| match party.strip_prefix('@') {
            Some(team) => self
                .teams
                .get(team)
                .is_some_and(|members| members.contains(name)),
            None => party == name,
        })
    }

    /// The admins: people, not bots, with the role `admin`.
    pub fn admins(&self) -> BTreeSet<&str> {
        self.people
            .iter()
            .filter(|(_, person)| person.roles.contains("admin"))
            .map(|(name, _)| name.as_str())
            .collect()
    }

    /// Fingerprints of the keys of `name`: those in use, and those retired.
    pub fn fingerprints(&self, name: &str) -> (BTreeSet<Fingerprint>, BTreeSet<Fingerprint>) {
        let mut keys = (BTreeSet::new(), BTreeSet::new());
        for (public, key) in self.keys.iter().filter(|(_, key)| key.owner == name) {
            let set = if key.retired.is_some() {
                &mut keys.1
            } else {
                &mut keys.0
            };
            set.insert(public.fingerprint());
        }
        keys
    }

    /// Whether this may follow `before`: no key is lost, given to another, or un-retired.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] names the first key that is.
    pub fn check_follows(&self, before: &Self) -> Result<(), PolicyError> {
        for (public, old) in &before.keys {
            let fault = match self.keys.get(public) {
                None => "is gone; retire it with valid-before instead",
                Some(new) if new.owner != old.owner => "has another owner",
                Some(new) if old.retired.is_some() && new.retired != old.retired => {
                    "has another valid-before than it was retired with"
                }
                Some(_) => continue,
            };
            return Err(PolicyError::new(
                "allowed_signers",
                None,
                format!("the key {} of {} {fault}", public.fingerprint(), old.owner),
            ));
        }
        let lost =
            |old: &&Compromised| !(self.rules.compromised.iter()).any(|new| new.key == old.key);
        match before.rules.compromised.iter().find(lost) {
            None => Ok(()),
            Some(old) => Err(PolicyError::new(
                "policy.toml",
                Some("compromised".to_owned()),
                format!("the key {} was compromised and stays so", old.key),
            )),
        }
    }
}
