//! `touchmark issue edit_comment`: a new text for a comment.

use crate::commands::compose::Body;
use crate::commands::object::{self, Object, ObjectType};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Change a comment on an issue.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The issue.
    id: String,
    /// The comment, as `touchmark issue show` names it.
    comment: String,
    #[command(flatten)]
    body: Body,
}

/// Runs the command.
///
/// # Errors
///
/// When there is no text, or a refusal.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let issue = Object::find(&forge, ObjectType::Issue, &args.id)?;
    let comment = issue.comment(&args.comment)?;
    object::edit_comment(&forge, out, &issue, comment, &args.body)
}
