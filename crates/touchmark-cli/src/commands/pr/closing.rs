//! A merge closes the issues that it settles.

use std::collections::BTreeSet;

use touchmark_core::closing::{self, CLOSED_MAX};
use touchmark_core::event::{Payload, payload};
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_core::replay::{State, Status};

use super::{Subject, code, record};
use crate::forge::{Forge, choose_remote};
use crate::output::Output;

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
    let messages = match state.latest() {
        Some(latest) => code::messages(&forge.repo, latest.base, latest.head)?,
        None => String::new(),
    };
    let said = closing::settled(state, [messages.as_str(), note.unwrap_or_default()]);
    let mut settled = said.objects;
    for number in said.numbers {
        settled.extend(forge.object_numbered(number)?);
    }
    Ok(settled)
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
