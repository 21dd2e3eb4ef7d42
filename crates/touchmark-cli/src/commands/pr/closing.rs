//! A merge closes the issues that it settles.

use std::collections::BTreeSet;

use touchmark_core::closing::closes;
use touchmark_core::event::{Payload, Relation, payload};
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_core::replay::{PrState, State, Status};

use super::{Subject, code, record};
use crate::commands::object::linked;
use crate::forge::{Forge, choose_remote};
use crate::output::Output;

/// A merge closes at most so many issues: its author, who may not close them, could name any number.
const CLOSED_MAX: usize = 20;

/// Closes what the merged pull request fixes: by its links, its description, its commits, and what was said at the merge.
///
/// Only a merge into the default branch does. The merge stands whatever happens here, so what fails is told, not an error.
pub(super) fn close_fixed(forge: &Forge, out: &Output, subject: &Subject, note: Option<&str>) {
    let settled = match settled(forge, subject, note) {
        Ok(settled) => settled,
        Err(err) => {
            return out.warn(format_args!(
                "cannot tell which issues this settles: {err:#}"
            ));
        }
    };
    if settled.len() > CLOSED_MAX {
        return out.warn(format_args!(
            "it names {} issues to close, more than {CLOSED_MAX}: none is closed; touchmark issue close ID",
            settled.len()
        ));
    }
    for issue in settled {
        if let Err(err) = close(forge, out, subject, issue) {
            let issue = issue.short();
            out.warn(format_args!("issue {issue} stays open: {err:#}"));
        }
    }
}

fn settled(
    forge: &Forge,
    subject: &Subject,
    note: Option<&str>,
) -> anyhow::Result<BTreeSet<ObjectId>> {
    let state = subject.state()?;
    let remote = choose_remote(&forge.repo)?;
    let default = code::default_branch(&forge.repo, remote.as_deref())?;
    if state.target.branch() != Some(default.as_str()) {
        return Ok(BTreeSet::new());
    }
    let links = linked::of(forge, subject.outcome.state.as_ref())?;
    let fixes = |link: &&touchmark_core::replay::Link| link.relation == Relation::Fixes;
    let mut settled: BTreeSet<ObjectId> =
        links.iter().filter(fixes).map(|link| link.object).collect();
    let mut numbers = closes(note.unwrap_or_default());
    numbers.extend(in_commits(forge, state)?);
    for number in numbers {
        settled.extend(forge.object_numbered(number)?);
    }
    Ok(settled)
}

/// The numbers that messages of the latest revision's commits settle.
fn in_commits(forge: &Forge, state: &PrState) -> anyhow::Result<BTreeSet<u32>> {
    let Some(latest) = state.latest() else {
        return Ok(BTreeSet::new());
    };
    let messages = code::messages(&forge.repo, latest.base, latest.head)?;
    Ok(closes(&messages))
}

fn close(forge: &Forge, out: &Output, subject: &Subject, id: ObjectId) -> anyhow::Result<()> {
    let log = LogName::Issue(id);
    if forge.tip(&log)?.is_none() {
        return Ok(());
    }
    let outcome = forge.summary(&log)?;
    match &outcome.state {
        Some(State::Issue(issue)) if issue.status == Status::Open => {}
        _ => return Ok(()),
    }
    let pull_request = match forge.number_of(subject.id)? {
        Some(number) => format!("#{number} ({})", subject.id.short()),
        None => subject.id.short(),
    };
    let why = format!("Fixed by pull request {pull_request}.");
    let command = record::plain(Payload::Close(payload::Close {}), Some(why));
    forge.write(&log, command)?;
    forge.publish_in_detail(&log)?.published.require()?;
    out.note(format_args!("closed issue {}", id.short()));
    Ok(())
}
