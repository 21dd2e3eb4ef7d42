//! A commit of code: which pull request brought it, on whose approval, by which receipt.

use serde_json::json;
use touchmark_core::event::{LogType, Verdict};
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_core::replay::{Merge, PrState, State, Status};

use super::Told;
use super::event::receipt_line;
use crate::facts::Receipts;
use crate::forge::{Forge, RECEIPTS};
use crate::index::{self, Extent};
use crate::render::counted;

/// How a commit came to be where it is.
pub(super) fn explain(forge: &Forge, id: ObjectId) -> anyhow::Result<Told> {
    let subject = forge
        .repo
        .git()
        .args(["log", "-1", "--format=%s%n%an <%ae>"])
        .arg(id.to_string())
        .run()?;
    let text = subject.text();
    let (subject, author) = text.split_once('\n').unwrap_or((&text, ""));
    let mut told = Told::new("code", format!("commit {id}"));
    told.field("commit", json!(id));
    told.say("subject", subject);
    told.say("author", author);
    let receipts = Receipts::new(&forge.repo, forge.repo.read_ref(RECEIPTS)?);
    match origin(forge, id)? {
        Origin::Landed(log, state, merge) => {
            landed(&mut told, &log, &state, &merge);
            receipt_line(
                &mut told,
                forge,
                &receipts,
                merge.target.as_str(),
                merge.new,
            )?;
        }
        Origin::Proposed(log, state, revision) => {
            told.tell(
                "pull_request",
                format!("{log}: {}", state.title),
                json!(log.to_string()),
            );
            told.tell(
                "landed",
                format!(
                    "no: it is part of revision {revision}, and the pull request is {}",
                    state.status.word()
                ),
                json!(false),
            );
        }
        Origin::None => {
            told.tell("pull_request", "none here has it", json!(null));
            for name in branches(forge, id)? {
                told.say("in", name.clone());
                receipt_line(&mut told, forge, &receipts, &name, id)?;
            }
        }
    }
    Ok(told)
}

/// Where a commit comes from.
enum Origin {
    /// A pull request landed it.
    Landed(LogName, Box<PrState>, Box<Merge>),
    /// A pull request that did not land has it, in this revision.
    Proposed(LogName, Box<PrState>, u32),
    /// No pull request here has it.
    None,
}

fn origin(forge: &Forge, id: ObjectId) -> anyhow::Result<Origin> {
    let mut proposed = Origin::None;
    for row in index::pulls(forge, Extent::WithArchived)?.0 {
        let log = LogName::Pr(row.id);
        let Some(State::Pr(state)) = forge.summary(&log)?.state else {
            continue;
        };
        if let Some(merge) = state.merge.clone() {
            let is_new = within(forge, id, merge.old, merge.new)?;
            if is_new || within(forge, id, merge.base, merge.head)? {
                return Ok(Origin::Landed(log, state, Box::new(merge)));
            }
        } else if matches!(proposed, Origin::None) {
            for revision in &state.revisions {
                if within(forge, id, revision.base, revision.head)? {
                    proposed = Origin::Proposed(log.clone(), state.clone(), revision.number);
                    break;
                }
            }
        }
    }
    Ok(proposed)
}

/// Whether a commit is among those from `from`, which is left out, to `to`.
fn within(forge: &Forge, id: ObjectId, from: ObjectId, to: ObjectId) -> anyhow::Result<bool> {
    let here = forge.repo.contains(from) && forge.repo.contains(to);
    Ok(here && forge.repo.is_ancestor(id, to)? && !forge.repo.is_ancestor(id, from)?)
}

fn landed(told: &mut Told, log: &LogName, state: &PrState, merge: &Merge) {
    debug_assert_eq!(
        (log.log_type(), state.status),
        (LogType::Pr, Status::Merged)
    );
    told.tell(
        "pull_request",
        format!("{log}: {}", state.title),
        json!(log.to_string()),
    );
    let text = format!(
        "on {} as {}, by {}",
        merge.target,
        merge.method.word(),
        merge.by
    );
    told.tell("landed", text, json!(merge.new));
    told.tell(
        "revisions",
        format!(
            "{}, of which {} landed",
            counted(state.revisions.len(), "revision"),
            merge.revision
        ),
        json!(state.revisions.len()),
    );
    let approvals: Vec<String> = state
        .verdicts
        .iter()
        .filter(|(_, given)| given.verdict == Verdict::Approve && given.revision == merge.revision)
        .map(|(who, given)| format!("{who} ({})", given.event.short()))
        .collect();
    told.list("approvals", approvals.clone(), json!(approvals));
    let evidence: Vec<String> = merge.evidence.iter().map(ToString::to_string).collect();
    told.field("evidence", json!(evidence));
    told.say("event", merge.event.to_string());
}

/// Branches of the server that have the commit, by their names there.
fn branches(forge: &Forge, id: ObjectId) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    let Some(remote) = crate::forge::choose_remote(&forge.repo)? else {
        return Ok(names);
    };
    let prefix = format!("refs/remotes/{remote}/");
    for (name, tip) in forge.repo.refs(&prefix)? {
        if forge.repo.is_ancestor(id, tip)?
            && let Some(short) = name.strip_prefix(&prefix)
        {
            names.push(format!("refs/heads/{short}"));
        }
    }
    Ok(names)
}
