//! A ref: what kind of place it is, what it holds, and who may write it by which clause.

use serde_json::json;
use touchmark_core::event::{LogType, RefName, Right};
use touchmark_core::log::LogName;
use touchmark_core::policy::{Action, Policy};
use touchmark_core::push::Place;

use super::Told;
use crate::forge::{FORGE, Forge, OUTBOX, choose_remote};
use crate::next_steps::next_step;

/// What a ref is, and who may write it.
pub(super) fn explain(forge: &Forge, name: &str) -> anyhow::Result<Told> {
    let mut told = Told::new("ref", name);
    told.field("ref", json!(name));
    if touchmark_git::check_ref_name(name).is_ok() {
        match forge.repo.read_ref(name)? {
            Some(id) => told.tell("holds", id.to_string(), json!(id)),
            None => told.tell("holds", "nothing here", json!(null)),
        }
    }
    match Place::of(forge.repo.hash_kind(), name) {
        Ok(place) => writers(&mut told, forge, &place)?,
        Err(refusal) => {
            told.say("kind", local(name).unwrap_or("a ref that no server has"));
            told.say("server", format!("refuses it: {refusal}"));
            told.say("next_step", next_step(refusal.rule));
            if name == LogName::Receipts.to_string() || name == LogName::Archive.to_string() {
                list(
                    &mut told,
                    forge.policy(),
                    "sign it",
                    Action::Use(Right::Sequence),
                );
            }
        }
    }
    Ok(told)
}

/// Refs that are of this clone only.
fn local(name: &str) -> Option<&'static str> {
    [
        (OUTBOX, "events of this clone that are not published"),
        ("refs/drafts/", "drafts of this clone"),
        (
            "refs/remotes/",
            "where this clone last saw a branch of the server",
        ),
        (FORGE, "a ref of the forge"),
    ]
    .into_iter()
    .find_map(|(prefix, text)| name.starts_with(prefix).then_some(text))
}

fn writers(told: &mut Told, forge: &Forge, place: &Place) -> anyhow::Result<()> {
    let policy = forge.policy();
    match place {
        Place::Branch(name) => return branch(told, forge, name),
        Place::Tag(name) => {
            told.say("kind", "a tag");
            let rule = policy.rules.tag(name.tag().unwrap_or_default());
            told.say(
                "clause",
                rule.map_or_else(|| "defaults".to_owned(), |(_, clause)| clause),
            );
            list(told, policy, "create", Action::CreateTag(name));
            list(told, policy, "move", Action::MoveTag(name));
            list(told, policy, "delete", Action::DeleteTag(name));
        }
        Place::Log(log) => {
            told.say("kind", format!("the log of {}", words(log)));
            for right in rights(log.log_type()) {
                list(told, policy, right.name(), Action::Use(*right));
            }
        }
        Place::Heads(_) => {
            told.say(
                "kind",
                "what keeps a pull request's revisions; moves with the event that adds one",
            );
            list(told, policy, "revise", Action::Use(Right::Revise));
        }
        Place::For(branch) => {
            told.say(
                "kind",
                format!(
                    "a change for {}, which the server makes a pull request of",
                    branch.short()
                ),
            );
            list(told, policy, "open", Action::Use(Right::Open));
        }
    }
    Ok(())
}

/// What the policy says of a branch.
fn branch(told: &mut Told, forge: &Forge, name: &RefName) -> anyhow::Result<()> {
    let policy = forge.policy();

    let (rule, clause) = policy.rules.branch(name.short());
    let kind = if rule.protected {
        "a branch that moves by merges alone"
    } else {
        "a branch that is not protected"
    };
    told.say("kind", kind);
    told.say("clause", clause);
    seen(told, forge, name)?;
    list(told, policy, "push", Action::PushBranch(name));
    list(told, policy, "merge", Action::Merge(name));
    list(told, policy, "create", Action::CreateBranch(name));
    list(told, policy, "delete", Action::DeleteBranch(name));
    list(told, policy, "override", Action::Override(name));
    Ok(())
}

/// Where the server's branch was last seen.
fn seen(told: &mut Told, forge: &Forge, name: &RefName) -> anyhow::Result<()> {
    let Some(remote) = choose_remote(&forge.repo)? else {
        return Ok(());
    };
    let tracking = format!("refs/remotes/{remote}/{}", name.short());
    if let Some(id) = forge.repo.read_ref(&tracking)? {
        told.tell(
            "at_server",
            format!("{id}, when it was last fetched"),
            json!(id),
        );
    }
    Ok(())
}

fn words(log: &LogName) -> &'static str {
    match log.log_type() {
        LogType::Policy => "the policy: a version is recorded when enough admins have endorsed it",
        LogType::Proposal => "a proposed policy and its endorsements",
        LogType::Pr => "a pull request",
        LogType::Issue => "an issue",
        LogType::Check => "the results of checks of a commit",
        LogType::Queue => "a merge queue",
        LogType::Run => "an agent's run",
        LogType::Guest => "a contribution by somebody whom the policy does not know",
        LogType::Receipts => "the server's receipts",
        LogType::Archive => "closed objects",
        LogType::Deliveries => "deliveries to other services",
    }
}

/// The rights whose holders write to a log of this type.
const fn rights(log: LogType) -> &'static [Right] {
    match log {
        LogType::Policy | LogType::Proposal => &[Right::Propose, Right::Endorse],
        LogType::Pr => &[
            Right::Open,
            Right::Comment,
            Right::Review,
            Right::Revise,
            Right::Triage,
            Right::Moderate,
            Right::Merge,
            Right::Redact,
        ],
        LogType::Issue => &[
            Right::Open,
            Right::Comment,
            Right::Triage,
            Right::Moderate,
            Right::Redact,
        ],
        LogType::Check => &[Right::Check],
        LogType::Queue => &[Right::Queue],
        LogType::Run => &[Right::Run],
        LogType::Guest => &[Right::Admit],
        LogType::Receipts | LogType::Archive => &[Right::Sequence],
        LogType::Deliveries => &[Right::Deliver],
    }
}

/// Everybody who may, each with the clause; the action's name is the fact's.
fn list(told: &mut Told, policy: &Policy, what: &'static str, action: Action<'_>) {
    let names = policy.people.keys().chain(policy.bots.keys());
    let may: Vec<(&String, String)> = names
        .filter_map(|name| {
            let answer = policy.can(name, action);
            answer.allowed.then_some((name, answer.clause))
        })
        .collect();
    let texts = may
        .iter()
        .map(|(name, clause)| format!("{name}, by {clause}"));
    let value: serde_json::Map<_, _> = may
        .iter()
        .map(|(name, clause)| ((*name).clone(), json!(clause)))
        .collect();
    told.list(what, texts.collect(), json!(value));
}
