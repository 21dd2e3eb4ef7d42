//! `touchmark pr show`: everything about one pull request.

use serde_json::{Value, json};
use touchmark_core::event::Rule;
use touchmark_core::gate::{self, Verdicts};
use touchmark_core::refusal::Refusal;
use touchmark_core::replay::log_document;

use super::{Subject, taking_part, threads};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;
use crate::render::{self, Thread};

/// Show a pull request: where it stands, its revisions and verdicts, whether it may be merged and what is missing,
/// and what was said, each thread where its lines are in the latest revision.
///
/// With `--json`: `format`; `log`, the state document of its log; `gate` with `open`, `evidence` and `reasons`
/// (`rule`, `reason`, `evidence`, `fix`); `threads` with `comment`, `open`, `replies` and `standing`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The pull request.
    id: String,
}

/// Runs the command.
///
/// # Errors
///
/// When the pull request is not there or has no accepted first event.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let subject = Subject::find(&forge, &args.id)?;
    let state = subject.state()?;
    let verdicts = judge(&forge, &subject)?;
    let threads = threads::threads(&forge.repo, state);
    if out.is_json() {
        return out.json(&json!({
            "format": 1,
            "gate": gate_document(&verdicts),
            "log": log_document(&subject.outcome),
            "threads": threads.iter().map(thread_document).collect::<Vec<_>>(),
        }));
    }
    out.text(&render::pull_request(
        &subject.id,
        state,
        &subject.outcome.rejected,
        &verdicts,
        &threads,
        forge.now(),
    ))
}

/// The gate's verdict; shut when the facts cannot be had, because the code is not here.
fn judge(forge: &Forge, subject: &Subject) -> anyhow::Result<Verdicts> {
    let revision = subject.revision(None)?;
    Ok(
        match taking_part::facts(&forge.repo, forge.policy(), revision) {
            Ok(facts) => gate::judge(&subject.outcome, forge.policy(), &facts),
            Err(err) => Verdicts::Shut(vec![
                Refusal::new(Rule::ObjectMissing, format!("{err:#}")).with_fix("touchmark sync"),
            ]),
        },
    )
}

fn gate_document(verdicts: &Verdicts) -> Value {
    match verdicts {
        Verdicts::Open { evidence } => json!({"evidence": evidence, "open": true, "reasons": []}),
        Verdicts::Shut(reasons) => json!({"evidence": [], "open": false, "reasons": reasons}),
    }
}

fn thread_document(thread: &Thread<'_>) -> Value {
    let replies: Vec<_> = thread.replies.iter().map(|reply| reply.id).collect();
    json!({
        "comment": thread.first.id,
        "open": thread.is_open(),
        "replies": replies,
        "standing": thread.standing,
    })
}
