//! Reading the policy's files: strict, with file, line or key in every refusal.

mod rules;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use self::table::Table;
use super::{Defaults, Identity, Key, Policy, Recovery, Rules};
use crate::event::{Person, Right, is_author_email, is_author_name, role_rights};
use crate::sign::AllowedSigners;

/// A version embeds at most this many endorsements, so that a higher threshold could never be met.
const THRESHOLD_MAX: usize = 100;

/// A defect in the policy's files.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {reason}", key.as_ref().map(|key| format!(", {key}")).unwrap_or_default())]
pub struct PolicyError {
    /// The file.
    pub file: &'static str,
    /// The key or line.
    pub key: Option<String>,
    /// What is wrong.
    pub reason: String,
}

impl PolicyError {
    pub(crate) fn new(file: &'static str, key: Option<String>, reason: impl Into<String>) -> Self {
        Self {
            file,
            key,
            reason: reason.into(),
        }
    }
}

/// What is read first; it says how to read the rest.
#[derive(Deserialize)]
struct Format {
    format: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File1 {
    #[serde(rename = "format")]
    _format: i64,
    threshold: i64,
    people: BTreeMap<String, Table<IdentityTable>>,
    #[serde(default)]
    bots: BTreeMap<String, Table<IdentityTable>>,
    recovery: Table<RecoveryTable>,
    #[serde(default)]
    defaults: Table<DefaultsTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File2 {
    #[serde(rename = "format")]
    _format: i64,
    threshold: i64,
    people: BTreeMap<String, Table<IdentityTable>>,
    #[serde(default)]
    bots: BTreeMap<String, Table<IdentityTable>>,
    recovery: Table<RecoveryTable>,
    #[serde(default)]
    defaults: Table<rules::BranchTable>,
    #[serde(default)]
    teams: BTreeMap<String, Table<rules::TeamTable>>,
    #[serde(default)]
    roles: BTreeMap<String, Table<rules::RoleTable>>,
    #[serde(default)]
    branch: Vec<Table<rules::BranchTable>>,
    #[serde(default)]
    tag: Vec<Table<rules::TagTable>>,
    #[serde(default)]
    path: Vec<Table<rules::PathTable>>,
    #[serde(default)]
    limits: Table<rules::LimitsTable>,
    #[serde(default)]
    guests: Table<rules::GuestsTable>,
    #[serde(default)]
    push: Table<rules::PushTable>,
    #[serde(default)]
    compromised: Vec<Table<rules::CompromisedTable>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IdentityTable {
    name: String,
    emails: Vec<String>,
    roles: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecoveryTable {
    declined: Option<bool>,
    people: Option<Vec<String>>,
    threshold: Option<i64>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct DefaultsTable {
    approvals: Option<i64>,
    resolve_threads: Option<bool>,
}

/// Parses a policy from the bytes of `policy.toml` and `allowed_signers`.
///
/// # Errors
///
/// [`PolicyError`] names file, key or line, and what is wrong there.
pub fn parse(policy_toml: &[u8], allowed_signers: &[u8]) -> Result<Policy, PolicyError> {
    let text =
        std::str::from_utf8(policy_toml).map_err(|_| toml_error(None, "the file is not UTF-8"))?;
    super::toml_1_0::check(text).map_err(|reason| toml_error(None, reason))?;
    let Format { format } = read(text)?;
    let (file, allowed_signers) = match format {
        1 => (File2::from(read::<File1>(text)?), allowed_signers),
        2 => (read::<File2>(text)?, allowed_signers),
        _ => {
            let reason = format!("format {format} is not known; this version knows 1 and 2");
            return Err(toml_error(Some("format"), reason));
        }
    };
    build(format, file, allowed_signers)
}

fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, PolicyError> {
    toml::from_str(text).map_err(|error| toml_error(None, error.to_string().trim_end().to_owned()))
}

impl From<File1> for File2 {
    fn from(file: File1) -> Self {
        Self {
            _format: 1,
            threshold: file.threshold,
            people: file.people,
            bots: file.bots,
            recovery: file.recovery,
            defaults: Table(rules::BranchTable::plain(
                file.defaults.0.approvals,
                file.defaults.0.resolve_threads,
            )),
            teams: BTreeMap::new(),
            roles: BTreeMap::new(),
            branch: Vec::new(),
            tag: Vec::new(),
            path: Vec::new(),
            limits: Table::default(),
            guests: Table::default(),
            push: Table::default(),
            compromised: Vec::new(),
        }
    }
}

fn build(format: i64, file: File2, allowed_signers: &[u8]) -> Result<Policy, PolicyError> {
    let roles = rules::roles(file.roles)?;
    let mut emails = Owners::default();
    let people = identities("people", file.people, &roles, &mut emails)?;
    let bots = identities("bots", file.bots, &roles, &mut emails)?;
    if let Some(name) = people.keys().find(|name| bots.contains_key(*name)) {
        let key = format!("bots.{name}");
        return Err(toml_error(Some(&key), "a person has this name"));
    }
    let recovery = recovery(file.recovery.0, &people)?;
    let persons: BTreeSet<&str> = people.keys().map(String::as_str).collect();
    let robots: BTreeSet<&str> = bots.keys().map(String::as_str).collect();
    let teams = rules::teams(file.teams, &persons, &robots)?;
    let names = rules::Names {
        identities: persons.union(&robots).copied().collect(),
        teams: &teams,
    };
    let tables = rules::Tables {
        branch: file.branch,
        tag: file.tag,
        path: file.path,
        limits: file.limits.0,
        guests: file.guests.0,
        push: file.push.0,
        compromised: file.compromised,
    };
    let rules = rules::rules(tables, file.defaults.0, &names)?;
    let defaults = Defaults {
        approvals: rules.branch_defaults.approvals,
        resolve_threads: rules.branch_defaults.resolve_threads,
    };
    let mut policy = Policy {
        format: if format == 1 { 1 } else { 2 },
        threshold: 0,
        people,
        bots,
        teams,
        roles,
        recovery,
        defaults,
        rules,
        keys: keys(allowed_signers, &emails.exact)?,
    };
    policy.threshold = threshold(&policy, file.threshold)?;
    expect_known_keys(&policy)?;
    Ok(policy)
}

fn threshold(policy: &Policy, given: i64) -> Result<u32, PolicyError> {
    let admins = policy.admins().len().min(THRESHOLD_MAX);
    in_range("threshold", given, 1, admins).map_err(|error| PolicyError {
        reason: format!("{}, the number of admins", error.reason),
        ..error
    })
}

/// A compromised key that the policy never had is a slip of the pen, and the real one would stay in force.
fn expect_known_keys(policy: &Policy) -> Result<(), PolicyError> {
    let Rules { compromised, .. } = &policy.rules;
    let mut seen = BTreeSet::new();
    for (at, one) in compromised.iter().enumerate() {
        let known = policy.keys().any(|(key, _)| key.fingerprint() == one.key);
        let reason = if !known {
            "allowed_signers has no such key"
        } else if !seen.insert(one.key) {
            "the key is named already"
        } else {
            continue;
        };
        return Err(toml_error(Some(&format!("compromised[{at}].key")), reason));
    }
    Ok(())
}

fn toml_error(key: Option<&str>, reason: impl Into<String>) -> PolicyError {
    PolicyError::new("policy.toml", key.map(str::to_owned), reason)
}

fn in_range(key: &str, value: i64, low: u32, high: usize) -> Result<u32, PolicyError> {
    u32::try_from(value)
        .ok()
        .filter(|value| *value >= low && usize::try_from(*value).is_ok_and(|value| value <= high))
        .ok_or_else(|| toml_error(Some(key), format!("{value} is not from {low} to {high}")))
}

/// Whose each e-mail address is.
#[derive(Default)]
struct Owners {
    exact: BTreeMap<String, String>,
    /// Mail servers do not tell `Bob@` from `bob@`, so these may not be two people's.
    folded: BTreeSet<String>,
}

impl Owners {
    /// False when somebody has the address already.
    fn add(&mut self, email: &str, owner: &str) -> bool {
        self.exact.insert(email.to_owned(), owner.to_owned());
        self.folded.insert(email.to_ascii_lowercase())
    }
}

fn identities(
    table: &str,
    from: BTreeMap<String, Table<IdentityTable>>,
    own_roles: &BTreeMap<String, BTreeSet<Right>>,
    owners: &mut Owners,
) -> Result<BTreeMap<String, Identity>, PolicyError> {
    let mut identities = BTreeMap::new();
    for (name, Table(entry)) in from {
        let key = |field: &str| format!("{table}.{name}{field}");
        if Person::parse(&name).is_none() {
            let reason =
                "a name is 1 to 64 of a-z, 0-9, '.', '_', '-', with a letter or digit at both ends";
            return Err(toml_error(Some(&key("")), reason));
        }
        if !is_author_name(&entry.name) {
            return Err(toml_error(Some(&key(".name")), "not a display name"));
        }
        if entry.emails.is_empty() {
            return Err(toml_error(Some(&key(".emails")), "at least one is needed"));
        }
        for email in &entry.emails {
            if !is_author_email(email) {
                let reason = format!("{email:?} is not an e-mail address");
                return Err(toml_error(Some(&key(".emails")), reason));
            }
            if !owners.add(email, &name) {
                let reason = format!("{email} is listed already");
                return Err(toml_error(Some(&key(".emails")), reason));
            }
        }
        let roles: BTreeSet<String> = entry.roles.iter().cloned().collect();
        let known = |role: &&String| role_rights(role).is_some() || own_roles.contains_key(*role);
        if let Some(role) = roles.iter().find(|role| !known(role)) {
            return Err(toml_error(
                Some(&key(".roles")),
                format!("no role is called {role:?}"),
            ));
        }
        if roles.len() != entry.roles.len() {
            return Err(toml_error(Some(&key(".roles")), "a role stands twice"));
        }
        let identity = Identity {
            name: entry.name,
            emails: entry.emails.into_iter().collect(),
            roles,
        };
        identities.insert(name, identity);
    }
    Ok(identities)
}

fn recovery(
    table: RecoveryTable,
    people: &BTreeMap<String, Identity>,
) -> Result<Option<Recovery>, PolicyError> {
    let either = "either declined = true, or people and threshold";
    match (table.declined, table.people, table.threshold) {
        (Some(true), None, None) => Ok(None),
        (None, Some(names), Some(threshold)) => {
            if let Some(name) = names.iter().find(|name| !people.contains_key(*name)) {
                let reason = format!("{name:?} is nobody of people");
                return Err(toml_error(Some("recovery.people"), reason));
            }
            let set: BTreeSet<String> = names.iter().cloned().collect();
            if set.len() != names.len() {
                return Err(toml_error(Some("recovery.people"), "a name stands twice"));
            }
            let most = set.len().min(THRESHOLD_MAX);
            let threshold = in_range("recovery.threshold", threshold, 1, most)?;
            Ok(Some(Recovery {
                people: set,
                threshold,
            }))
        }
        _ => Err(toml_error(Some("recovery"), either)),
    }
}

fn keys(
    file: &[u8],
    emails: &BTreeMap<String, String>,
) -> Result<BTreeMap<crate::sign::PublicKey, Key>, PolicyError> {
    let error = |line: Option<usize>, reason: String| {
        PolicyError::new(
            "allowed_signers",
            line.map(|line| format!("line {line}")),
            reason,
        )
    };
    let text =
        std::str::from_utf8(file).map_err(|_| error(None, "the file is not UTF-8".to_owned()))?;
    let signers = AllowedSigners::parse(text).map_err(|fault| error(None, fault.to_string()))?;
    let mut keys = BTreeMap::new();
    for entry in signers.entries() {
        let mut owners = entry.principals.iter().map(|email| emails.get(email));
        let owner = owners.next().flatten();
        let Some(owner) = owner.filter(|owner| owners.all(|other| other == Some(*owner))) else {
            let reason = "the principals are not all e-mail addresses of one person or bot";
            return Err(error(Some(entry.line), reason.to_owned()));
        };
        let key = Key {
            owner: owner.clone(),
            retired: entry.valid_before,
            valid_after: entry.valid_after,
        };
        keys.insert(entry.key.clone(), key);
    }
    Ok(keys)
}
