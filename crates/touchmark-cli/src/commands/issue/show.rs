//! `touchmark issue show`: everything about one issue.

use serde_json::json;
use touchmark_core::replay::{IssueState, State, log_document};

use crate::commands::object::{Object, ObjectType, linked};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;
use crate::render::{self, Thread};

/// Show an issue: where it stands, what it is linked to, and what was said.
///
/// With `--json`: `format`; `number`, or null while the server has given it none; `log`, the state document of its log;
/// `links`, those to other objects and those of others to it (`direction`, `object`, `relation`, `title`, `type`).
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The issue.
    id: String,
}

/// Runs the command.
///
/// # Errors
///
/// When the issue is not there or has no accepted first event.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let issue = Object::find(&forge, ObjectType::Issue, &args.id)?;
    let number = forge.number_of(issue.id)?;
    let links = linked::around(&forge, &issue)?;
    if out.is_json() {
        return out.json(&json!({
            "format": 1,
            "links": links.iter().map(linked::Linked::document).collect::<Vec<_>>(),
            "log": log_document(&issue.outcome),
            "number": number,
        }));
    }
    let Some(State::Issue(state)) = &issue.outcome.state else {
        anyhow::bail!("{} is no issue", issue.log);
    };
    let called = match number {
        Some(number) => format!("issue #{number} ({})", issue.id.short()),
        None => issue.called(),
    };
    let links: Vec<String> = links.iter().map(linked::Linked::line).collect();
    out.text(&render::issue(
        &called,
        state,
        &issue.outcome.rejected,
        &links,
        &threads(state),
    ))
}

/// What was said; nothing of it is about code.
fn threads(state: &IssueState) -> Vec<Thread<'_>> {
    let threads = state.comments.threads().into_iter();
    threads
        .map(|(first, replies)| Thread {
            first,
            replies,
            standing: None,
            suggestion: None,
        })
        .collect()
}
