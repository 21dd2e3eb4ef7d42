//! An event: what it is, who signed it, and whether it counts.

use serde_json::json;
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_git::Budget;

use super::Told;
use crate::commands::log;
use crate::facts::Receipts;
use crate::forge::{Forge, RECEIPTS};
use crate::next_steps::next_step;
use crate::render::instant;

/// No log is walked further back than this.
const EVENTS_MAX: usize = 1_000_000;

/// The log that an event belongs to; `None` when it is no event of any log here.
pub(super) fn log_of(forge: &Forge, id: ObjectId) -> anyhow::Result<Option<LogName>> {
    if forge.policies.ids().any(|version| version == id) {
        return Ok(Some(LogName::Policy));
    }
    // Code has a long history, and no event in it: its trailer tells.
    if !has_trailer(forge, id)? {
        return Ok(None);
    }
    let mut root = id;
    for _ in 0..EVENTS_MAX {
        match forge.first_parent(root)? {
            Some(parent) => root = parent,
            None => break,
        }
    }
    for log in forge.all_logs()? {
        let fits = match &log {
            LogName::Policy | LogName::Receipts | LogName::Archive => false,
            log => log.root().is_none_or(|first| first == root),
        };
        let tip = forge.tip(&log)?.filter(|_| fits);
        if let Some(tip) = tip
            && forge.repo.is_ancestor(id, tip)?
        {
            return Ok(Some(log));
        }
    }
    Ok(None)
}

/// Whether the commit's message says that it is an event.
fn has_trailer(forge: &Forge, id: ObjectId) -> anyhow::Result<bool> {
    let budget = Budget::default();
    let read = forge.repo.read(id, budget.max_commit_bytes)?;
    let data = read.map(|(_, data)| data).unwrap_or_default();
    Ok(data
        .split(|byte| *byte == b'\n')
        .any(|line| line.starts_with(b"Forge-Event: ")))
}

/// What replay says of an event.
pub(super) fn explain(forge: &Forge, log: &LogName, id: ObjectId) -> anyhow::Result<Told> {
    let events = log::read(forge, log)?;
    let mut told = Told::new("event", format!("event {id}"));
    told.field("event", json!(id));
    told.say("log", log.to_string());
    let place = events.iter().position(|shown| shown.id == id);
    let Some((place, shown)) = place.and_then(|place| Some((place, events.get(place)?))) else {
        told.tell(
            "counts",
            "no: it is in the log's history, and replay passes it over",
            json!(false),
        );
        return Ok(told);
    };
    let text = format!(
        "{} of {}, in the order in which they count",
        place + 1,
        events.len()
    );
    told.tell("place", text, json!(place + 1));
    about(&mut told, forge, shown);
    let published = if shown.published {
        "yes"
    } else {
        "no: touchmark sync"
    };
    told.tell("published", published, json!(shown.published));
    let tip = forge.repo.read_ref(RECEIPTS)?;
    let receipts = Receipts::new(&forge.repo, tip);
    receipt_line(&mut told, forge, &receipts, &log.to_string(), id)?;
    Ok(told)
}

/// What it is, who signed it, and whether it counts.
fn about(told: &mut Told, forge: &Forge, shown: &log::Shown) {
    if let Some(event) = &shown.event {
        told.say("kind", event.payload.kind().tag());
        told.say("subject", event.subject.clone());
        let by = log::signer(forge, event).unwrap_or("nobody whom the policy that it names knows");
        told.tell(
            "signed_by",
            format!("{by}, with {}", event.signer.fingerprint()),
            json!(by),
        );
        told.field("key", json!(event.signer.fingerprint()));
        told.say(
            "author",
            format!("{} <{}>", event.author.name, event.author.email),
        );
        told.tell(
            "time",
            instant(event.author.seconds, forge.now()),
            json!(event.author.seconds),
        );
        if let Some(policy) = event.policy {
            told.tell(
                "policy",
                format!("version {}", policy.short()),
                json!(policy),
            );
        }
    }
    match &shown.refusal {
        None => told.tell("counts", "yes", json!(true)),
        Some(refusal) => {
            told.tell("counts", format!("no: {refusal}"), json!(false));
            told.say("rule", refusal.rule.id());
            let step = refusal.fix.clone();
            told.say(
                "next_step",
                step.unwrap_or_else(|| next_step(refusal.rule).to_owned()),
            );
        }
    }
}

/// By which receipt the server took it.
pub(super) fn receipt_line(
    told: &mut Told,
    forge: &Forge,
    receipts: &Receipts<'_>,
    name: &str,
    id: ObjectId,
) -> anyhow::Result<()> {
    match receipts.bringing(name, id)? {
        Some(receipt) => {
            let text = format!(
                "number {} ({}), pushed by {}, {}",
                receipt.sequence,
                receipt.id.short(),
                receipt.pusher,
                instant(receipt.seconds, forge.now())
            );
            told.tell("receipt", text, json!(receipt.id));
        }
        None => told.tell("receipt", "none here that names it", json!(null)),
    }
    Ok(())
}
