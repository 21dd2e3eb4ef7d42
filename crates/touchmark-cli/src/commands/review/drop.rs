//! `touchmark review drop`: take a comment out of a draft.

use serde_json::json;

use super::target;
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Take a comment out of the draft of a review, or drop the whole draft.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The pull request, which may be left out when there is one draft; then the comment's number.
    #[arg(value_name = "[ID] N", num_args = 0..=2)]
    words: Vec<String>,
    /// Drop the whole draft.
    #[arg(long)]
    all: bool,
}

/// Runs the command.
///
/// # Errors
///
/// When there is no such draft or comment.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let (id, number) = match (args.words.as_slice(), args.all) {
        ([], true) => (None, None),
        ([id], true) => (Some(id), None),
        ([number], false) => (None, Some(number)),
        ([id, number], false) => (Some(id), Some(number)),
        _ => {
            return Err(Failure::new("it is not clear what to drop")
                .hint("touchmark review drop [ID] N")
                .hint("touchmark review drop [ID] --all")
                .exit(ExitCode::Usage)
                .into());
        }
    };
    let (subject, mut stored) = target::draft(&forge, id.map(String::as_str))?;
    let short = subject.id.short();
    let said = match number {
        None => {
            stored.delete(&forge.repo)?;
            format!("dropped the draft of a review of {short}")
        }
        Some(number) => {
            let at = stored.position(number)?;
            stored.draft.comments.remove(at);
            stored.store(&forge.repo)?;
            format!("dropped comment {number} of the draft for {short}")
        }
    };
    if out.is_json() {
        let left = stored.draft.comments.len();
        return out.json(&json!({"comments": left, "format": 1, "pull_request": subject.id}));
    }
    out.line(said)
}
