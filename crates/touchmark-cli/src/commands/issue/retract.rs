//! `touchmark issue retract`: take a comment back.

use crate::commands::compose::Body;
use crate::commands::object::{self, Object, ObjectType};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Take back a comment on an issue. Its text stays in the history, but is not shown any more.
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
/// A refusal when it is retracted already, or neither the signer's nor may the signer moderate.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let issue = Object::find(&forge, ObjectType::Issue, &args.id)?;
    let comment = issue.comment(&args.comment)?;
    object::retract(&forge, out, &issue, comment, &args.body)
}
