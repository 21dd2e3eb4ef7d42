//! `touchmark policy list`: proposals that wait.

use serde_json::{Value, json};
use touchmark_core::event::LogType;
use touchmark_core::replay::Status;

use super::change::{missing, tally_json};
use super::proposal::Proposal;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::{Output, Style};
use crate::render::visible_line;

/// List the proposals that could still become the next version, and who endorses them.
///
/// With `--json`: `format`, and `proposals`: `proposal` (its id), `author`, `title`, `version`, `policy` (the version it
/// builds on), `status` (`open`, `closed`, `outdated`), `endorsed` (null when it is outdated).
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Also those that are closed or build on an older version.
    #[arg(long, short = 'a')]
    all: bool,
}

/// Runs the command.
///
/// # Errors
///
/// When the repository cannot be read; a damaged proposal is only warned of.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let mut documents = Vec::new();
    for log in forge.logs(LogType::Proposal)? {
        let name = log.to_string();
        let shown = Proposal::load(&forge, log).and_then(|found| show(args, &forge, &found, out));
        match shown {
            Ok(document) => documents.extend(document),
            Err(err) => out.warn(format_args!("{name} is left out: {err:#}")),
        }
    }
    if out.is_json() {
        return out.json(&json!({"format": 1, "proposals": documents}));
    }
    if documents.is_empty() {
        out.note("no proposal waits; those of others come with touchmark sync");
    }
    Ok(())
}

/// Prints one proposal if it is wanted, or returns its document.
fn show(
    args: &Args,
    forge: &Forge,
    found: &Proposal,
    out: &Output,
) -> anyhow::Result<Option<Value>> {
    let state = found.state()?;
    let newest = forge.policies.latest().map(|(id, _)| id);
    let status = match state.status {
        Status::Open if Some(state.policy) != newest => "outdated",
        status => status.word(),
    };
    if status != "open" && !args.all {
        return Ok(None);
    }
    let tally = match status {
        "outdated" => None,
        _ => Some(found.tally(forge)?),
    };
    if !out.is_json() {
        let id = out.paint(Style::Id, &found.id.short());
        let title = out.paint(Style::Bold, &visible_line(&state.title));
        let (version, author) = (state.version, &state.author);
        out.line(format_args!("{id}  {title}"))?;
        out.line(format_args!("    version {version} by {author}, {status}"))?;
        if let Some(tally) = &tally {
            out.line(format_args!("    {}", missing(tally)))?;
        }
    }
    Ok(Some(json!({
        "author": state.author,
        "endorsed": tally.as_ref().map(tally_json),
        "policy": state.policy,
        "proposal": found.id,
        "status": status,
        "title": state.title,
        "version": state.version,
    })))
}
