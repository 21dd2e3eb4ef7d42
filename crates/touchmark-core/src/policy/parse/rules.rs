//! Reading what `format = 2` added: teams, roles, rules, limits.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::table::Table;
use super::{PolicyError, in_range, toml_error};
use crate::event::{MergeMethod, Name, Person, Right, role_rights};
use crate::id::ObjectId;
use crate::pattern::Pattern;
use crate::policy::{
    ApprovalGroup, BranchRule, Compromised, Guests, Limits, Parties, PathRule, RequiredCheck,
    Rules, TagRule,
};
use crate::sign::Fingerprint;
use crate::text;

/// Most rules of one kind, patterns of one rule, members of a list.
const LIST_MAX: usize = 1000;

/// The tables of rules.
pub(super) struct Tables {
    pub(super) branch: Vec<Table<BranchTable>>,
    pub(super) tag: Vec<Table<TagTable>>,
    pub(super) path: Vec<Table<PathTable>>,
    pub(super) limits: LimitsTable,
    pub(super) guests: GuestsTable,
    pub(super) push: PushTable,
    pub(super) compromised: Vec<Table<CompromisedTable>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TeamTable {
    members: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RoleTable {
    rights: Vec<String>,
}

/// A rule for branches; `[defaults]` has the same keys but `match`.
#[derive(Deserialize, Default, Clone)]
#[serde(deny_unknown_fields)]
pub(super) struct BranchTable {
    r#match: Option<Vec<String>>,
    protected: Option<bool>,
    approvals: Option<i64>,
    from: Option<Vec<String>>,
    require: Option<Vec<Table<GroupTable>>>,
    keep_approvals: Option<bool>,
    resolve_threads: Option<bool>,
    checks: Option<Vec<Table<CheckTable>>>,
    codeowners: Option<bool>,
    owners_required: Option<bool>,
    methods: Option<Vec<String>>,
    merge: Option<Vec<String>>,
    create: Option<Vec<String>>,
    delete: Option<Vec<String>>,
    r#override: Option<Vec<String>>,
    signed_commits: Option<bool>,
}

impl BranchTable {
    /// The two keys that `format = 1` has.
    pub(super) fn plain(approvals: Option<i64>, resolve_threads: Option<bool>) -> Self {
        Self {
            approvals,
            resolve_threads,
            ..Self::default()
        }
    }
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct GroupTable {
    count: i64,
    from: Vec<String>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct CheckTable {
    name: String,
    by: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TagTable {
    r#match: Vec<String>,
    create: Option<Vec<String>>,
    r#move: Option<Vec<String>>,
    delete: Option<Vec<String>>,
    signed: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PathTable {
    r#match: Vec<String>,
    branches: Option<Vec<String>>,
    write: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct LimitsTable {
    push_refs: Option<i64>,
    push_events: Option<i64>,
    push_commits: Option<i64>,
    push_paths: Option<i64>,
    push_objects: Option<i64>,
    push_bytes: Option<i64>,
    file_bytes: Option<i64>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct GuestsTable {
    open: Option<bool>,
    logs: Option<i64>,
    events: Option<i64>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct PushTable {
    anonymous: Option<bool>,
    secrets: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CompromisedTable {
    key: String,
    after: String,
}

/// The names that a rule may use.
pub(super) struct Names<'a> {
    pub(super) identities: BTreeSet<&'a str>,
    pub(super) teams: &'a BTreeMap<String, BTreeSet<String>>,
}

/// The teams, whose names are nobody's and whose members are people.
pub(super) fn teams(
    tables: BTreeMap<String, Table<TeamTable>>,
    people: &BTreeSet<&str>,
    bots: &BTreeSet<&str>,
) -> Result<BTreeMap<String, BTreeSet<String>>, PolicyError> {
    let mut teams = BTreeMap::new();
    for (name, Table(table)) in tables {
        let key = format!("teams.{name}");
        let fail = |key: &str, reason: String| Err(toml_error(Some(key), reason));
        if Person::parse(&name).is_none() {
            return fail(&key, "not a name, which is as a person's".to_owned());
        }
        if people.contains(name.as_str()) || bots.contains(name.as_str()) {
            return fail(&key, "a person or bot has this name".to_owned());
        }
        let members: BTreeSet<String> = table.members.iter().cloned().collect();
        let key = format!("{key}.members");
        if members.len() != table.members.len() {
            return fail(&key, "a name stands twice".to_owned());
        }
        if let Some(stranger) = members.iter().find(|one| !people.contains(one.as_str())) {
            return fail(&key, format!("{stranger:?} is nobody of people"));
        }
        teams.insert(name, members);
    }
    Ok(teams)
}

/// The roles that the policy adds to those that every policy has.
pub(super) fn roles(
    tables: BTreeMap<String, Table<RoleTable>>,
) -> Result<BTreeMap<String, BTreeSet<Right>>, PolicyError> {
    let mut roles = BTreeMap::new();
    for (name, Table(table)) in tables {
        let key = format!("roles.{name}");
        if Person::parse(&name).is_none() {
            return Err(toml_error(Some(&key), "not a name, which is as a person's"));
        }
        if role_rights(&name).is_some() {
            return Err(toml_error(Some(&key), "every policy has this role already"));
        }
        let key = format!("{key}.rights");
        let mut rights = BTreeSet::new();
        for word in &table.rights {
            let right = Right::from_name(word)
                .filter(|right| *right != Right::Endorse)
                .ok_or_else(|| {
                    let reason = format!("{word:?} is no right that a role of one's own can give");
                    toml_error(Some(&key), reason)
                })?;
            if !rights.insert(right) {
                return Err(toml_error(Some(&key), format!("{word} stands twice")));
            }
        }
        roles.insert(name, rights);
    }
    Ok(roles)
}

/// Everything else.
pub(super) fn rules(
    tables: Tables,
    defaults: BranchTable,
    names: &Names<'_>,
) -> Result<Rules, PolicyError> {
    let base = branch("defaults", defaults, &BranchRule::strict(1, false), names)?;
    let branches = list("branch", tables.branch, |key, table| {
        let patterns = patterns(&format!("{key}.match"), table.r#match.as_deref())?;
        let rule = branch(key, table, &base, names)?;
        Ok(BranchRule { patterns, ..rule })
    })?;
    let tags = list("tag", tables.tag, |key, table| tag(key, table, names))?;
    let paths = list("path", tables.path, |key, table| path(key, table, names))?;
    let compromised = list("compromised", tables.compromised, |key, table| {
        compromised(key, &table)
    })?;
    Ok(Rules {
        branch_defaults: base,
        branches,
        tags,
        paths,
        limits: limits(&tables.limits)?,
        guests: guests(&tables.guests)?,
        anonymous_push: tables.push.anonymous.unwrap_or(false),
        scan_secrets: tables.push.secrets.unwrap_or(true),
        compromised,
    })
}

/// Reads each table of an array of tables, with its place as the key.
fn list<T, R>(
    table: &str,
    from: Vec<Table<T>>,
    read: impl Fn(&str, T) -> Result<R, PolicyError>,
) -> Result<Vec<R>, PolicyError> {
    if from.len() > LIST_MAX {
        return Err(toml_error(Some(table), format!("more than {LIST_MAX}")));
    }
    let numbered = from.into_iter().enumerate();
    numbered
        .map(|(at, Table(one))| read(&format!("{table}[{at}]"), one))
        .collect()
}

fn branch(
    key: &str,
    table: BranchTable,
    base: &BranchRule,
    names: &Names<'_>,
) -> Result<BranchRule, PolicyError> {
    let at = |field: &str| format!("{key}.{field}");
    let parties_or = |field: &str, given: Option<&[String]>, base: &Parties| match given {
        Some(given) => parties(&at(field), given, names),
        None => Ok(base.clone()),
    };
    // Left out, these let anybody; an empty list would look like nobody, and would let the last one's successor be all.
    for (field, given) in [("from", &table.from), ("merge", &table.merge)] {
        if given.as_ref().is_some_and(Vec::is_empty) {
            let reason = "names nobody; leave it out where anybody with the right is meant";
            return Err(toml_error(Some(&at(field)), reason));
        }
    }
    if key == "defaults" && table.r#match.is_some() {
        return Err(toml_error(Some(&at("match")), "the defaults hold for all"));
    }
    Ok(BranchRule {
        patterns: Vec::new(),
        protected: table.protected.unwrap_or(base.protected),
        approvals: match table.approvals {
            Some(count) => in_range(&at("approvals"), count, 0, 100)?,
            None => base.approvals,
        },
        from: parties_or("from", table.from.as_deref(), &base.from)?,
        require: match table.require {
            Some(groups) => list(&at("require"), groups, |key, one| group(key, &one, names))?,
            None => base.require.clone(),
        },
        keep_approvals: table.keep_approvals.unwrap_or(base.keep_approvals),
        resolve_threads: table.resolve_threads.unwrap_or(base.resolve_threads),
        checks: match table.checks {
            Some(given) => checks(&at("checks"), given, names)?,
            None => base.checks.clone(),
        },
        codeowners: table.codeowners.unwrap_or(base.codeowners),
        owners_required: table.owners_required.unwrap_or(base.owners_required),
        methods: match table.methods {
            Some(words) => methods(&at("methods"), &words)?,
            None => base.methods.clone(),
        },
        merge: parties_or("merge", table.merge.as_deref(), &base.merge)?,
        create: parties_or("create", table.create.as_deref(), &base.create)?,
        delete: parties_or("delete", table.delete.as_deref(), &base.delete)?,
        override_by: parties_or("override", table.r#override.as_deref(), &base.override_by)?,
        signed_commits: table.signed_commits.unwrap_or(base.signed_commits),
    })
}

fn group(key: &str, table: &GroupTable, names: &Names<'_>) -> Result<ApprovalGroup, PolicyError> {
    let from = parties(&format!("{key}.from"), &table.from, names)?;
    if from.is_empty() {
        return Err(toml_error(Some(key), "from names nobody"));
    }
    let count = in_range(&format!("{key}.count"), table.count, 1, 100)?;
    Ok(ApprovalGroup { count, from })
}

fn checks(
    key: &str,
    tables: Vec<Table<CheckTable>>,
    names: &Names<'_>,
) -> Result<Vec<RequiredCheck>, PolicyError> {
    let mut seen = BTreeSet::new();
    list(key, tables, |key, table| {
        let by = parties(&format!("{key}.by"), &table.by, names)?;
        if by.is_empty() {
            return Err(toml_error(Some(key), "by names nobody who may report it"));
        }
        if Name::parse(&table.name).is_none() {
            return Err(toml_error(
                Some(&format!("{key}.name")),
                "not a check's name",
            ));
        }
        let name = table.name;
        Ok(RequiredCheck { name, by })
    })
    .and_then(|checks: Vec<RequiredCheck>| {
        match checks.iter().find(|check| !seen.insert(check.name.clone())) {
            Some(check) => Err(toml_error(
                Some(key),
                format!("{} stands twice", check.name),
            )),
            None => Ok(checks),
        }
    })
}

fn methods(key: &str, words: &[String]) -> Result<BTreeSet<MergeMethod>, PolicyError> {
    let mut methods = BTreeSet::new();
    for word in words {
        let method = MergeMethod::from_word(word)
            .ok_or_else(|| toml_error(Some(key), format!("{word:?} is no method")))?;
        if !methods.insert(method) {
            return Err(toml_error(Some(key), format!("{word} stands twice")));
        }
    }
    if methods.is_empty() {
        return Err(toml_error(Some(key), "at least one is needed"));
    }
    Ok(methods)
}

fn tag(key: &str, table: TagTable, names: &Names<'_>) -> Result<TagRule, PolicyError> {
    let at = |field: &str| format!("{key}.{field}");
    let some = |field: &str, given: Option<Vec<String>>| {
        given
            .map(|given| parties(&at(field), &given, names))
            .transpose()
    };
    Ok(TagRule {
        patterns: patterns(&at("match"), Some(&table.r#match))?,
        create: some("create", table.create)?,
        move_by: some("move", table.r#move)?.unwrap_or_default(),
        delete: some("delete", table.delete)?.unwrap_or_default(),
        signed: table.signed.unwrap_or(false),
    })
}

fn path(key: &str, table: PathTable, names: &Names<'_>) -> Result<PathRule, PolicyError> {
    let at = |field: &str| format!("{key}.{field}");
    Ok(PathRule {
        patterns: patterns(&at("match"), Some(&table.r#match))?,
        branches: match table.branches {
            Some(branches) => patterns(&at("branches"), Some(&branches))?,
            None => Vec::new(),
        },
        write: parties(&at("write"), &table.write, names)?,
    })
}

fn compromised(key: &str, table: &CompromisedTable) -> Result<Compromised, PolicyError> {
    let fail = |field: &str, reason: &str| toml_error(Some(&format!("{key}.{field}")), reason);
    let print: Fingerprint = table
        .key
        .parse()
        .map_err(|_| fail("key", "not a key's fingerprint, SHA256:…"))?;
    let after = ObjectId::from_hex(&table.after)
        .filter(|id| !id.is_zero())
        .ok_or_else(|| fail("after", "not a receipt's id in full"))?;
    Ok(Compromised { key: print, after })
}

fn limits(table: &LimitsTable) -> Result<Limits, PolicyError> {
    let normal = Limits::default();
    let count = |field: &str, given: Option<i64>, normal: u32| match given {
        Some(given) => in_range(&format!("limits.{field}"), given, 1, 1_000_000_000),
        None => Ok(normal),
    };
    let bytes = |field: &str, given: Option<i64>, normal: u64| match given {
        Some(given) => u64::try_from(given)
            .ok()
            .filter(|bytes| (1..=1 << 40).contains(bytes))
            .ok_or_else(|| {
                let reason = format!("{given} is not from 1 to {}", 1u64 << 40);
                toml_error(Some(&format!("limits.{field}")), reason)
            }),
        None => Ok(normal),
    };
    Ok(Limits {
        push_refs: count("push_refs", table.push_refs, normal.push_refs)?,
        push_events: count("push_events", table.push_events, normal.push_events)?,
        push_commits: count("push_commits", table.push_commits, normal.push_commits)?,
        push_paths: count("push_paths", table.push_paths, normal.push_paths)?,
        push_objects: count("push_objects", table.push_objects, normal.push_objects)?,
        push_bytes: bytes("push_bytes", table.push_bytes, normal.push_bytes)?,
        file_bytes: bytes("file_bytes", table.file_bytes, normal.file_bytes)?,
    })
}

fn guests(table: &GuestsTable) -> Result<Guests, PolicyError> {
    let normal = Guests::default();
    let count = |field: &str, given: Option<i64>, normal: u32| match given {
        Some(given) => in_range(&format!("guests.{field}"), given, 1, 10_000),
        None => Ok(normal),
    };
    Ok(Guests {
        open: table.open.unwrap_or(normal.open),
        logs: count("logs", table.logs, normal.logs)?,
        events: count("events", table.events, normal.events)?,
    })
}

fn patterns(key: &str, given: Option<&[String]>) -> Result<Vec<Pattern>, PolicyError> {
    let given = given.unwrap_or_default();
    if given.is_empty() || given.len() > LIST_MAX {
        let reason = format!("1 to {LIST_MAX} patterns are needed");
        return Err(toml_error(Some(key), reason));
    }
    given
        .iter()
        .map(|text| {
            let fail = |reason: String| toml_error(Some(key), format!("{text:?}: {reason}"));
            let pattern = Pattern::parse(text).map_err(|error| fail(error.to_string()))?;
            if text::is_clean(text) {
                Ok(pattern)
            } else {
                Err(fail(
                    "it is not in Unicode normalisation form C, or has a byte order mark"
                        .to_owned(),
                ))
            }
        })
        .collect()
}

fn parties(key: &str, given: &[String], names: &Names<'_>) -> Result<Parties, PolicyError> {
    if given.len() > LIST_MAX {
        return Err(toml_error(Some(key), format!("more than {LIST_MAX} names")));
    }
    let mut parties = Parties::new();
    for name in given {
        let known = match name.strip_prefix('@') {
            Some(team) => names.teams.contains_key(team),
            None => names.identities.contains(name.as_str()),
        };
        if !known {
            let what = if name.starts_with('@') {
                "team"
            } else {
                "person or bot"
            };
            return Err(toml_error(
                Some(key),
                format!("{name:?} is no {what} of the policy"),
            ));
        }
        if !parties.insert(name.clone()) {
            return Err(toml_error(Some(key), format!("{name} stands twice")));
        }
    }
    Ok(parties)
}
