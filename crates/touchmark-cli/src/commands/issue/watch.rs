//! `touchmark issue watch`: to hear everything that happens to it.

use touchmark_core::event::Subscription;

use crate::commands::object::{self, ObjectType};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Watch an issue: everything that happens to it is in your inbox.
///
/// The wish stands in the record, so that whoever tells people things can honour it.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The issue.
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
        ObjectType::Issue,
        &args.id,
        Subscription::Watch,
    )
}
