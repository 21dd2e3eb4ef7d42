//! `touchmark review edit`: a new text for a comment.

use touchmark_core::event::{Payload, payload};

use super::target;
use crate::commands::compose::Body;
use crate::commands::pr::record;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Give a comment that was submitted a new text. The old one stays in the history.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The comment; before it the pull request, which may be left out.
    #[arg(value_name = "[ID] COMMENT", num_args = 1..=2, required = true)]
    words: Vec<String>,
    #[command(flatten)]
    body: Body,
}

/// Runs the command.
///
/// # Errors
///
/// When there is no new text, or a refusal.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let (subject, comment_id) = target::comment(&forge, &args.words)?;
    let old = subject
        .state()?
        .comments
        .get(&comment_id)
        .and_then(|comment| comment.text.clone());
    let template = old.clone().unwrap_or_default();
    let text = args
        .body
        .required(&forge.repo, &template, "The comment's new text.")?;
    anyhow::ensure!(
        old.as_deref() != Some(text.as_str()),
        "the text is the same as before; nothing was recorded"
    );
    let payload = Payload::CommentEdit(payload::CommentEdit { comment_id });
    let command = record::plain(payload, Some(text));
    let said = format!("edited a comment on pull request {}", subject.id.short());
    record(&forge, out, &subject.log, command, &said)
}
