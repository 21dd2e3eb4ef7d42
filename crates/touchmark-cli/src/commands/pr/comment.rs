//! `touchmark pr comment`: say something about the pull request as a whole, or answer a comment.

use touchmark_core::event::{Payload, payload};

use super::{Subject, record};
use crate::commands::compose::Body;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;
use crate::render::visible_line;

/// Comment on a pull request as a whole, or answer any comment on it at once.
///
/// To comment on code, and to answer as part of a review, see `touchmark review comment`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The pull request.
    id: String,
    #[command(flatten)]
    body: Body,
    /// The comment to answer, as `touchmark pr show` names it.
    #[arg(long, value_name = "COMMENT")]
    reply: Option<String>,
}

/// Runs the command.
///
/// # Errors
///
/// When there is no text, or a refusal.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let subject = match args.reply {
        Some(_) => Subject::find(&forge, &args.id)?,
        None => Subject::summary(&forge, &args.id)?,
    };
    let reply = args
        .reply
        .as_deref()
        .map(|name| subject.comment(name))
        .transpose()?;
    let instructions = format!(
        "A comment on \"{}\".",
        visible_line(&subject.state()?.title)
    );
    let text = args.body.required(&forge.repo, "", &instructions)?;
    let command = record::plain(Payload::Comment(payload::Comment { reply }), Some(text));
    let said = format!("commented on pull request {}", subject.id.short());
    record(&forge, out, &subject.log, command, &said)
}
