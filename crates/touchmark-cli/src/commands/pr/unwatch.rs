//! `touchmark pr unwatch`: to hear what concerns the person again.

use touchmark_core::event::Subscription;

use crate::commands::object::{self, ObjectType};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Neither watch nor mute a pull request: what concerns you is in your inbox, and nothing else.
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
        Subscription::Default,
    )
}
