//! `touchmark pr mute`: to hear nothing of it.

use touchmark_core::event::Subscription;

use crate::commands::object::{self, ObjectType};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Mute a pull request: it is never in your inbox, even when you are mentioned.
///
/// The wish stands in the record, so that whoever tells people things can honour it.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The pull request.
    id: String,
}

/// Runs the command.
///
/// # Errors
///
/// When it is so already, or a refusal.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    object::subscribe(
        &forge,
        out,
        ObjectType::PullRequest,
        &args.id,
        Subscription::Mute,
    )
}
