//! `touchmark review start`: begin a draft.

use serde_json::json;

use super::pending::Stored;
use crate::commands::pr::Subject;
use crate::errors::Failure;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Start a draft of a review. It stays on this machine until it is submitted.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The pull request.
    id: String,
    /// The revision to review; the latest by default.
    #[arg(long, value_name = "N")]
    revision: Option<u32>,
}

/// Runs the command.
///
/// # Errors
///
/// When there is no such revision, or a draft already.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let subject = Subject::summary(&forge, &args.id)?;
    let number = subject.revision(args.revision)?.number;
    let short = subject.id.short();
    if let Some(stored) = Stored::load(&forge.repo, subject.id)? {
        let revision = stored.draft.revision;
        return Err(Failure::new(format!(
            "there is a draft of a review of {short}, revision {revision}"
        ))
        .hint(format!("touchmark review status {short}"))
        .hint(format!("touchmark review drop {short} --all"))
        .into());
    }
    Stored::new(subject.id, number).store(&forge.repo)?;
    if out.is_json() {
        return out.json(&json!({"format": 1, "pull_request": subject.id, "revision": number}));
    }
    out.line(format_args!(
        "started a review of {short}, revision {number}"
    ))
}
