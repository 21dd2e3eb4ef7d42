//! `touchmark review edit`: a new text for a comment.

use serde_json::json;
use touchmark_core::event::{Payload, payload};

use super::target;
use crate::commands::compose::Body;
use crate::commands::pr::record;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Give a comment a new text: one of a draft, or one that was submitted, whose old text stays in the history.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The comment, by its number in the draft or as EVENT/NUMBER; before it the pull request, which may be left out.
    #[arg(value_name = "[ID] N|COMMENT", num_args = 1..=2, required = true)]
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
    if let Some(number) = args.words.last().filter(|word| !word.contains('/')) {
        return edit_draft(args, &forge, out, number);
    }
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

/// A comment of a draft is changed in place: nobody has seen it.
fn edit_draft(args: &Args, forge: &Forge, out: &Output, number: &str) -> anyhow::Result<()> {
    let id = match args.words.as_slice() {
        [id, _] => Some(id.as_str()),
        _ => None,
    };
    let (subject, mut stored) = target::draft(forge, id)?;
    let at = stored.position(number)?;
    if let Some(comment) = stored.draft.comments.get_mut(at) {
        comment.text = args
            .body
            .required(&forge.repo, &comment.text, "The comment's new text.")?;
    }
    stored.store(&forge.repo)?;
    if out.is_json() {
        let comment = at.saturating_add(1);
        return out.json(&json!({"comment": comment, "format": 1, "pull_request": subject.id}));
    }
    out.line(format_args!(
        "edited comment {number} of the draft for {}",
        subject.id.short()
    ))
}
