//! `touchmark policy show`: what a version says.

use std::collections::BTreeMap;

use anyhow::Context as _;
use clap::ValueEnum;
use serde_json::{Value, json};
use touchmark_core::event::MergeMethod;
use touchmark_core::id::ObjectId;
use touchmark_core::policy::{BranchRule, Identity, Parties, Policy, Rules};

use super::input;
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::{Output, Style};
use crate::render::visible_line;

/// Show the policy: people with their roles and keys, teams, rules and limits.
///
/// With `--json`: `format`, `id`, `version`, `threshold`, `admins`, `recovery`, `people` and `bots` (by name: `name`,
/// `emails`, `roles`, `keys`, `retired`), `teams`, `policy_toml`, `allowed_signers`.
#[derive(clap::Args, Debug)]
// The program's own --version is not wanted here.
#[command(disable_version_flag = true)]
pub(crate) struct Args {
    /// The version, by its number [default: the newest].
    #[arg(long, value_name = "N")]
    version: Option<usize>,
    /// Print this file as it is, and nothing else.
    #[arg(long, value_enum)]
    file: Option<File>,
}

/// The files of a policy.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum File {
    /// People and rules.
    #[value(name = "policy.toml")]
    Policy,
    /// Keys.
    #[value(name = "allowed_signers")]
    Signers,
}

/// Runs the command.
///
/// # Errors
///
/// There is no such version.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let versions: Vec<ObjectId> = forge.policies.ids().collect();
    let number = args.version.unwrap_or(versions.len());
    let id = number
        .checked_sub(1)
        .and_then(|at| versions.get(at).copied());
    let id = id.ok_or_else(|| {
        Failure::new(format!(
            "there is no version {number}; the newest is {}",
            versions.len()
        ))
        .hint("touchmark policy log (lists them)")
        .exit(ExitCode::NotFound)
    })?;
    let policy = forge.policies.get(&id).context("the version is not here")?;
    let draft = forge.draft_of(id)?;
    match args.file {
        Some(File::Policy) => return out.bytes(&draft.policy_toml),
        Some(File::Signers) => return out.bytes(&draft.allowed_signers),
        None => {}
    }
    if out.is_json() {
        return out.json(&json!({
            "admins": policy.admins(),
            "allowed_signers": String::from_utf8_lossy(&draft.allowed_signers),
            "bots": identities(policy, &policy.bots),
            "format": 1,
            "id": id,
            "people": identities(policy, &policy.people),
            "policy_toml": String::from_utf8_lossy(&draft.policy_toml),
            "recovery": policy.recovery,
            "teams": policy.teams,
            "threshold": policy.threshold,
            "version": number,
        }));
    }
    let title = format!("version {number} of the policy, {}", id.short());
    out.line(out.paint(Style::Bold, &title))?;
    for line in summary(policy) {
        out.line(visible_line(&line))?;
    }
    for lint in policy.lint() {
        let line = input::line(&draft, &lint.key);
        let at = line.map_or_else(String::new, |line| format!("line {line}, "));
        out.warn(format_args!("policy.toml, {at}{lint}"));
    }
    Ok(())
}

fn identities(policy: &Policy, of: &BTreeMap<String, Identity>) -> Value {
    let each = of.iter().map(|(id, identity)| {
        let (keys, retired) = policy.fingerprints(id);
        let shown = json!({
            "emails": identity.emails,
            "keys": keys,
            "name": identity.name,
            "retired": retired,
            "roles": identity.roles,
        });
        (id.clone(), shown)
    });
    Value::Object(each.collect())
}

fn summary(policy: &Policy) -> Vec<String> {
    let admins: Vec<&str> = policy.admins().into_iter().collect();
    let mut lines = vec![format!(
        "a change takes {} of: {}",
        policy.threshold,
        admins.join(", ")
    )];
    lines.push(match &policy.recovery {
        None => "nobody may stand in for the admins".to_owned(),
        Some(recovery) => {
            let (needed, people) = (recovery.threshold, list(&recovery.people));
            format!("{needed} of {people} may stand in for the admins")
        }
    });
    for (what, of) in [("people", &policy.people), ("bots", &policy.bots)] {
        if !of.is_empty() {
            lines.extend([String::new(), format!("{what}:")]);
        }
        for (id, identity) in of {
            let (keys, retired) = policy.fingerprints(id);
            let roles: Vec<&str> = identity.roles.iter().map(String::as_str).collect();
            let (name, roles) = (
                &identity.name,
                if roles.is_empty() {
                    "no role".to_owned()
                } else {
                    roles.join(", ")
                },
            );
            lines.push(format!(
                "  {id}: {name} <{}>, {roles}",
                list(&identity.emails)
            ));
            lines.extend(keys.iter().map(|key| format!("    {key}")));
            lines.extend(retired.iter().map(|key| format!("    {key} (retired)")));
        }
    }
    if !policy.teams.is_empty() {
        lines.extend([String::new(), "teams:".to_owned()]);
        let team = |(name, members): (&String, &Parties)| format!("  @{name}: {}", list(members));
        lines.extend(policy.teams.iter().map(team));
    }
    if policy.format >= 2 {
        rules(policy, &mut lines);
    }
    lines
}

fn rules(policy: &Policy, lines: &mut Vec<String>) {
    let rules = &policy.rules;
    lines.extend([String::new(), "branches:".to_owned()]);
    for rule in &rules.branches {
        let names: Vec<&str> = rule
            .patterns
            .iter()
            .map(|pattern| pattern.as_str())
            .collect();
        lines.push(format!("  {}: {}", names.join(", "), branch(rule)));
    }
    lines.push(format!("  all others: {}", branch(&rules.branch_defaults)));
    for rule in &rules.tags {
        let names: Vec<&str> = rule
            .patterns
            .iter()
            .map(|pattern| pattern.as_str())
            .collect();
        let create = rule
            .create
            .as_ref()
            .map_or_else(|| "all with push".to_owned(), list);
        lines.push(format!(
            "  tags {}: created by {create}, moved by {}, deleted by {}",
            names.join(", "),
            list(&rule.move_by),
            list(&rule.delete)
        ));
    }
    for rule in &rules.paths {
        let names: Vec<&str> = rule
            .patterns
            .iter()
            .map(|pattern| pattern.as_str())
            .collect();
        lines.push(format!(
            "  paths {}: written by {}",
            names.join(", "),
            list(&rule.write)
        ));
    }
    pushes(rules, lines);
}

fn pushes(rules: &Rules, lines: &mut Vec<String>) {
    let limits = &rules.limits;
    lines.push(String::new());
    lines.push(format!(
        "one push: at most {} refs, {} events, {} commits, {} objects, {} bytes; a file at most {} bytes",
        limits.push_refs,
        limits.push_events,
        limits.push_commits,
        limits.push_objects,
        limits.push_bytes,
        limits.file_bytes
    ));
    lines.push(match rules.guests.open {
        true => format!(
            "guests: {} contributions each, of {} events",
            rules.guests.logs, rules.guests.events
        ),
        false => "guests: none".to_owned(),
    });
    for one in &rules.compromised {
        let (key, after) = (one.key, one.after.short());
        lines.push(format!("compromised: {key} since receipt {after}"));
    }
}

fn branch(rule: &BranchRule) -> String {
    let mut parts = vec![match rule.protected {
        true => "protected".to_owned(),
        false => "not protected".to_owned(),
    }];
    parts.push(format!("approvals {}", rule.approvals));
    let named = |what: &str, parties: &Parties| match parties.is_empty() {
        true => None,
        false => Some(format!("{what} {}", list(parties))),
    };
    parts.extend(named("from", &rule.from));
    for group in &rule.require {
        parts.push(format!("{} of {}", group.count, list(&group.from)));
    }
    for check in &rule.checks {
        parts.push(format!("check {} by {}", check.name, list(&check.by)));
    }
    for (holds, what) in [
        (rule.codeowners, "code owners approve"),
        (rule.resolve_threads, "threads resolved"),
        (rule.signed_commits, "signed commits"),
    ] {
        parts.extend(holds.then(|| what.to_owned()));
    }
    if rule.methods.len() < MergeMethod::ALL.len() {
        let methods: Vec<&str> = rule.methods.iter().map(|method| method.word()).collect();
        parts.push(format!("landing by {}", methods.join(" or ")));
    }
    parts.extend(named("merged by", &rule.merge));
    parts.extend(named("created by", &rule.create));
    parts.extend(named("deleted by", &rule.delete));
    parts.extend(named("overridden by", &rule.override_by));
    parts.join(", ")
}

fn list(words: &Parties) -> String {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if words.is_empty() {
        return "nobody".to_owned();
    }
    words.join(", ")
}
