//! CODEOWNERS: whether the owners of every changed path have approved.

use std::collections::BTreeSet;

use super::approvals::Approval;
use super::facts::{Facts, OwnersFile};
use super::item::Item;
use crate::codeowners::{CodeOwners, Match, Owner};
use crate::event::Rule;
use crate::policy::{BranchRule, Policy};
use crate::refusal::Refusal;

/// More paths than this are not listed one by one.
const SHOWN_MAX: usize = 20;

pub(super) fn judge(
    policy: &Policy,
    rule: &BranchRule,
    clause: &str,
    facts: &Facts,
    approvals: &[Approval<'_>],
) -> Option<Item> {
    if !rule.codeowners && !rule.owners_required {
        return None;
    }
    let clause = format!("{clause} codeowners");
    let fail = |broken: Rule, reason: String| Some(Item::failed("owners", &clause, broken, reason));
    let Some(paths) = &facts.paths else {
        return fail(
            Rule::OwnersMissing,
            "the changed paths are not known".to_owned(),
        );
    };
    let owners = match read(policy, &facts.code_owners) {
        Ok(owners) => owners,
        Err(refusal) => return Some(Item::refused("owners", &clause, vec![refusal])),
    };
    let mut item = Item::passed("owners", &clause);
    let mut missing = BTreeSet::new();
    for path in paths {
        match approved(policy, rule, owners.as_ref(), path, approvals) {
            Ok(Some(approval)) => item.evidence(approval.event),
            Ok(None) => {}
            Err(lack) => {
                missing.insert(lack);
            }
        }
    }
    let more = missing.len().saturating_sub(SHOWN_MAX);
    for Lack { reason, fix } in missing.into_iter().take(SHOWN_MAX) {
        item.refuse(Refusal::new(Rule::OwnersMissing, reason).with_fix(fix));
    }
    if more > 0 {
        item.refuse(Refusal::new(
            Rule::OwnersMissing,
            format!("{more} more paths lack an owner's approval"),
        ));
    }
    Some(item)
}

/// The file as it is understood; one that is not understood in full blocks, or a slip would drop an owner silently.
fn read(policy: &Policy, file: &OwnersFile) -> Result<Option<CodeOwners>, Refusal> {
    let broken = |reason: String| Refusal::new(Rule::OwnersForm, reason);
    let bytes = match file {
        OwnersFile::Absent => return Ok(None),
        OwnersFile::Unknown => {
            return Err(broken("CODEOWNERS of the target is not known".to_owned()));
        }
        OwnersFile::Unreadable(why) => {
            return Err(broken(format!("CODEOWNERS cannot be read: {why}")));
        }
        OwnersFile::File(bytes) => bytes,
    };
    let owners = CodeOwners::parse(bytes).map_err(|errors| {
        let errors: Vec<String> = errors.iter().take(3).map(ToString::to_string).collect();
        broken(format!(
            "CODEOWNERS is not understood: {}",
            errors.join("; ")
        ))
    })?;
    for (line, owner) in owners.named() {
        if people(policy, owner).is_none() {
            let reason = format!(
                "CODEOWNERS, line {line}: the policy knows no {}",
                shown(owner)
            );
            return Err(broken(reason));
        }
    }
    Ok(Some(owners))
}

/// What a path lacks, and what to do about it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Lack {
    reason: String,
    fix: String,
}

/// A path that nobody owns where somebody must.
fn unowned(reason: String) -> Lack {
    let fix = "give it an owner in CODEOWNERS on the target branch first, by a pull request";
    Lack {
        reason,
        fix: fix.to_owned(),
    }
}

/// The approval that covers the path, `None` where none is needed, or what is missing.
fn approved<'a, 'b>(
    policy: &Policy,
    rule: &BranchRule,
    owners: Option<&CodeOwners>,
    path: &[u8],
    approvals: &'b [Approval<'a>],
) -> Result<Option<&'b Approval<'a>>, Lack> {
    let text = path.escape_ascii();
    match owners.map_or(Match::NoRule, |owners| owners.owners(path)) {
        Match::NoRule if rule.owners_required => Err(unowned(format!(
            "\"{text}\" has no owner in CODEOWNERS, and one is required"
        ))),
        Match::NoOwners { line } if rule.owners_required => Err(unowned(format!(
            "\"{text}\" is left without an owner by line {line} of CODEOWNERS, and one is required"
        ))),
        Match::NoRule | Match::NoOwners { .. } => Ok(None),
        Match::Owners { line, owners } if rule.codeowners => {
            let may: BTreeSet<&str> = owners
                .iter()
                .filter_map(|owner| people(policy, owner))
                .flatten()
                .collect();
            let covering = approvals.iter().find(|one| may.contains(one.person));
            covering.map(Some).ok_or_else(|| {
                let names: Vec<String> = owners.iter().map(shown).collect();
                let reason = format!(
                    "\"{text}\" needs the approval of {}, by line {line} of CODEOWNERS",
                    names.join(" or ")
                );
                let fix = format!(
                    "ask them: touchmark pr request OBJECT {}; they: touchmark review submit OBJECT --approve",
                    owners.first().map_or("OWNER".to_owned(), |owner| asked(policy, owner))
                );
                Lack { reason, fix }
            })
        }
        Match::Owners { .. } => Ok(None),
    }
}

/// The people behind an owner; `None` when the policy does not know it.
fn people<'a>(policy: &'a Policy, owner: &Owner) -> Option<BTreeSet<&'a str>> {
    let team = |name: &str| {
        policy
            .teams
            .get(name)
            .map(|members| members.iter().map(String::as_str).collect())
    };
    let person = |name: &str| {
        policy
            .people
            .get_key_value(name)
            .map(|(name, _)| BTreeSet::from([name.as_str()]))
    };
    match owner {
        Owner::Named(name) => person(name.as_str()).or_else(|| team(name.as_str())),
        Owner::Team(name) => team(name.as_str()),
        Owner::Email(email) => policy
            .people
            .iter()
            .find(|(_, identity)| {
                identity
                    .emails
                    .iter()
                    .any(|one| one.eq_ignore_ascii_case(email))
            })
            .map(|(name, _)| BTreeSet::from([name.as_str()])),
    }
}

/// An owner as `pr request` names people and teams.
fn asked(policy: &Policy, owner: &Owner) -> String {
    match (owner, people(policy, owner)) {
        (Owner::Named(name), Some(_)) if policy.people.contains_key(name.as_str()) => {
            name.as_str().to_owned()
        }
        (Owner::Email(_), Some(people)) => people.iter().copied().collect(),
        _ => shown(owner),
    }
}

fn shown(owner: &Owner) -> String {
    match owner {
        Owner::Named(name) | Owner::Team(name) => format!("@{name}"),
        Owner::Email(email) => email.clone(),
    }
}
