//! A pull request, issue or proposal: where it stands, and for a pull request what its gate says.

use serde_json::{Value, json};
use touchmark_core::gate::Verdicts;
use touchmark_core::log::LogName;
use touchmark_core::replay::{PrState, State, Status};

use super::Told;
use crate::commands::pr::{Subject, code, judged};
use crate::facts::Receipts;
use crate::forge::{Forge, RECEIPTS, choose_remote};
use crate::next_steps::next_step;
use crate::render::counted;

/// Where an object stands.
pub(super) fn explain(forge: &Forge, log: &LogName) -> anyhow::Result<Told> {
    let outcome = forge.load(log)?;
    let id = log
        .root()
        .map_or_else(|| log.to_string(), |id| id.to_string());
    let mut told = Told::new("object", format!("{} {id}", log.log_type().name()));
    told.field("log", json!(log.to_string()));
    told.field("object", json!(id));
    told.field("type", json!(log.log_type().name()));
    standing(&mut told, outcome.state.as_ref());
    number(&mut told, forge, log)?;
    for rejected in &outcome.rejected {
        told.say(
            "not_counted",
            format!("{}: {}", rejected.event.short(), rejected.refusal),
        );
    }
    told.field("rejected", json!(outcome.rejected.len()));
    let events = usize::try_from(outcome.events).unwrap_or(usize::MAX);
    told.tell(
        "events",
        format!(
            "{}, the last {}",
            counted(events, "event"),
            outcome.tip.short()
        ),
        json!(events),
    );
    if let Some(State::Pr(state)) = &outcome.state {
        pull_request(&mut told, forge, log, state)?;
    }
    Ok(told)
}

/// Title, status and author.
fn standing(told: &mut Told, state: Option<&State>) {
    match state {
        Some(State::Pr(state)) => {
            told.say("title", state.title.clone());
            told.say("status", state.status.word());
            told.say("by", state.author.clone());
        }
        Some(State::Issue(state)) => {
            told.say("title", state.title.clone());
            told.say("status", state.status.word());
            told.say("by", state.author.clone());
        }
        Some(State::Proposal(state)) => {
            told.say("title", state.title.clone());
            told.say("status", state.status.word());
            told.say("by", state.author.clone());
            let text = format!(
                "version {}, endorsed by {}",
                state.version,
                counted(state.stances.len(), "person")
            );
            told.tell("proposes", text, json!(state.version));
        }
        _ => told.say("status", "it has no accepted first event"),
    }
}

fn number(told: &mut Told, forge: &Forge, log: &LogName) -> anyhow::Result<()> {
    let receipts = Receipts::new(&forge.repo, forge.repo.read_ref(RECEIPTS)?);
    if let (Some(id), Some(latest)) = (log.root(), receipts.latest()?)
        && let Some(number) = receipts.number_of(latest.tree, id)?
    {
        told.tell("number", format!("#{number}"), json!(number));
    }
    Ok(())
}

fn pull_request(
    told: &mut Told,
    forge: &Forge,
    log: &LogName,
    state: &PrState,
) -> anyhow::Result<()> {
    told.say("target", state.target.as_str());
    told.tell(
        "revisions",
        counted(state.revisions.len(), "revision"),
        json!(state.revisions.len()),
    );
    let verdicts: Vec<String> = state
        .verdicts
        .iter()
        .map(|(who, given)| {
            format!(
                "{who}: {} on revision {}",
                given.verdict.word(),
                given.revision
            )
        })
        .collect();
    told.list("verdicts", verdicts.clone(), json!(verdicts));
    if let Some(merge) = &state.merge {
        let text = format!("{}, by {}, as {}", merge.new, merge.by, merge.method.word());
        told.tell("landed", text, json!(merge.new));
    }
    if state.status != Status::Open {
        return Ok(());
    }
    let subject = Subject::load(forge, log.clone())?;
    let remote = choose_remote(&forge.repo)?;
    let tip = code::target_tip(&forge.repo, remote.as_deref(), &state.target).ok();
    let judged = judged::judge(forge, &subject, tip)?;
    let (is_open, reasons) = match &judged.verdicts {
        Verdicts::Open { .. } => (true, Vec::new()),
        Verdicts::Shut(reasons) => (false, reasons.clone()),
    };
    told.tell(
        "gate",
        if is_open { "open" } else { "shut" },
        json!(is_open),
    );
    let texts = reasons
        .iter()
        .map(|refusal| {
            let step = refusal.fix.as_deref().unwrap_or(next_step(refusal.rule));
            format!("{refusal}; to do: {step}")
        })
        .collect();
    let value: Vec<Value> = reasons.iter().map(|refusal| json!(refusal)).collect();
    if !is_open {
        told.list("reasons", texts, json!(value));
    }
    Ok(())
}
