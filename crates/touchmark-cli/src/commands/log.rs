//! `touchmark log`

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use serde_json::{Value, json};
use touchmark_core::event::{self, Event, Verify};
use touchmark_core::id::ObjectId;
use touchmark_core::log::{LogName, Order, order};
use touchmark_core::refusal::Refusal;
use touchmark_core::replay::{self, Outcome, State, Trust};
use touchmark_git::Budget;

use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::{Forge, load_whole};
use crate::globals::Globals;
use crate::output::{Output, Style};
use crate::render::{counted, indented, instant, visible, visible_line};

/// Show an object's events, each with who signed it and whether it counts; without an object, list the logs
///
/// Every signature is verified here and now. An event that does not count is shown with the rule that it breaks.
/// Events that the server does not have yet are marked as unpublished.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The object: the first digits of its id, a ref below refs/forge/, or "policy"
    object: Option<String>,
}

/// Runs the command.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    match &args.object {
        Some(object) => show(&forge, &forge.resolve_any(object)?, out),
        None => list(&forge, out),
    }
}

fn list(forge: &Forge, out: &Output) -> anyhow::Result<()> {
    let mut listed = Vec::new();
    for log in forge.all_logs()? {
        let outcome = match forge.load(&log) {
            Ok(outcome) => outcome,
            Err(err) => {
                out.warn(format_args!("{log} is left out: {err:#}"));
                continue;
            }
        };
        if out.is_json() {
            listed.push(json!({
                "events": outcome.events,
                "log": log.to_string(),
                "rejected": outcome.rejected.len(),
                "tip": outcome.tip,
                "title": title(&outcome),
                "type": log.log_type().name(),
            }));
            continue;
        }
        let name = log.root().map_or_else(String::new, |id| id.short());
        let mut line = format!(
            "{:<10} {:<12}  {}",
            log.log_type().name(),
            out.paint(Style::Id, &name),
            counted(
                usize::try_from(outcome.events).unwrap_or(usize::MAX),
                "event"
            ),
        );
        if let Some(title) = title(&outcome) {
            line.push_str("  ");
            line.push_str(&visible_line(&title));
        }
        if !outcome.rejected.is_empty() {
            let rejected = format!("  {} rejected", outcome.rejected.len());
            line.push_str(&out.paint(Style::Bad, &rejected));
        }
        out.line(line)?;
    }
    if out.is_json() {
        out.json(&json!({"format": 1, "logs": listed}))?;
    }
    Ok(())
}

fn title(outcome: &Outcome) -> Option<String> {
    match outcome.state.as_ref()? {
        State::Pr(state) => Some(state.title.clone()),
        State::Issue(state) => Some(state.title.clone()),
        State::Proposal(state) => Some(state.title.clone()),
        _ => None,
    }
}

/// One event as it is shown.
pub(super) struct Shown {
    pub(super) id: ObjectId,
    /// Not there when the event is not even well formed.
    pub(super) event: Option<Event>,
    pub(super) refusal: Option<Refusal>,
    pub(super) published: bool,
}

fn show(forge: &Forge, log: &LogName, out: &Output) -> anyhow::Result<()> {
    let events = read(forge, log)?;
    if out.is_json() {
        let events: Vec<Value> = events.iter().map(|shown| as_json(forge, shown)).collect();
        return out.json(&json!({"events": events, "format": 1, "log": log.to_string()}));
    }
    let page: String = events
        .iter()
        .map(|shown| as_text(forge, shown, out))
        .collect();
    out.page(&forge.repo, &page)
}

/// The log's events in replay order, verified, with what a replay says of them.
pub(super) fn read(forge: &Forge, log: &LogName) -> anyhow::Result<Vec<Shown>> {
    let tip = forge.tip(log)?.context("the log was there a moment ago")?;
    let objects = load_whole(&forge.repo, log, tip)?;
    let outcome = match log {
        LogName::Policy => replay::replay_policy(tip, &objects, Trust::Nothing).1,
        log => replay::replay(&forge.policies, log, tip, &objects, Trust::Nothing),
    };
    let refusals: BTreeMap<ObjectId, Refusal> = outcome
        .rejected
        .into_iter()
        .map(|rejected| (rejected.event, rejected.refusal))
        .collect();
    let published = match forge.published_tip(log)? {
        Some(tip) => Some(
            forge
                .repo
                .load_commits(tip, &BTreeSet::new(), &Budget::default())?,
        ),
        None => None,
    };
    let placed = match order(&objects, log, tip, None) {
        Order::Complete(placed) => placed,
        Order::Unreadable(id) => {
            return Err(Failure::new(format!("event {id} of {log} cannot be read"))
                .hint("git fsck; touchmark sync")
                .exit(ExitCode::Unverified)
                .into());
        }
    };
    let shown = placed.into_iter().map(|placed| Shown {
        id: placed.id,
        event: event::decode(&objects, &placed.id, Verify::Trusted).ok(),
        refusal: refusals.get(&placed.id).cloned(),
        published: published
            .as_ref()
            .is_some_and(|known| known.contains(&placed.id)),
    });
    Ok(shown.collect())
}

/// The signer's name under the policy that the event names, if that knows the key.
pub(super) fn signer<'a>(forge: &'a Forge, event: &Event) -> Option<&'a str> {
    let policy = forge.policies.get(&event.policy.unwrap_or(event.id))?;
    policy.key(&event.signer).map(|key| key.owner.as_str())
}

fn as_json(forge: &Forge, shown: &Shown) -> Value {
    let event = shown.event.as_ref();
    json!({
        "body": event.and_then(|event| event.body.clone()),
        "by": event.and_then(|event| signer(forge, event)),
        "email": event.map(|event| event.author.email.clone()),
        "event": shown.id,
        "key": event.map(|event| event.signer.fingerprint()),
        "kind": event.map(|event| event.payload.kind().tag()),
        "policy": event.and_then(|event| event.policy),
        "published": shown.published,
        "reason": shown.refusal.as_ref().map(|refusal| refusal.reason.clone()),
        "rule": shown.refusal.as_ref().map(|refusal| refusal.rule.id()),
        "seconds": event.map(|event| event.author.seconds),
        "status": if shown.refusal.is_none() { "accepted" } else { "rejected" },
        "subject": event.map(|event| event.subject.clone()),
    })
}

fn as_text(forge: &Forge, shown: &Shown, out: &Output) -> String {
    let id = out.paint(Style::Id, &shown.id.short());
    let verdict = match &shown.refusal {
        None => out.paint(Style::Good, "verified"),
        Some(refusal) => {
            let why = format!(
                "REJECTED [{}] {}",
                refusal.rule.id(),
                visible_line(&refusal.reason)
            );
            out.paint(Style::Bad, &why)
        }
    };
    let pending = if shown.published { "" } else { ", unpublished" };
    let Some(event) = &shown.event else {
        return format!("{id}  {verdict}{pending}\n\n");
    };
    let by = signer(forge, event).unwrap_or("unknown key");
    let when = instant(event.author.seconds, forge.now());
    let subject = out.paint(Style::Bold, &visible_line(&event.subject));
    let mut text = format!(
        "{id}  {subject}\n    {by}, {when} {}\n    {verdict}, key {}{pending}\n",
        out.paint(Style::Dim, &format!("({})", event.payload.kind().tag())),
        event.signer.fingerprint(),
    );
    if let Some(body) = &event.body {
        text.push('\n');
        text.push_str(&indented(&visible(body), 4));
    }
    text.push('\n');
    text
}
