//! `touchmark issue list`: issues that match.

use clap::ValueEnum;
use touchmark_core::replay::Status;

use crate::commands::listing::{self, Selection, Wanted};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::index::Kind;
use crate::output::Output;

/// List issues.
///
/// On a terminal the lines are cut to its width.
/// All comes from an index in the cache, which is brought up to date first.
///
/// With `--json`: `format` (1), and `issues`, each with the fields that `touchmark pr list --json` has.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    selection: Selection,
    /// Only those in this state.
    ///
    /// Open ones without the option; all of them where --filter asks for the state itself.
    #[arg(long, short = 's', value_enum)]
    state: Option<Standing>,
    /// Only deleted ones, which are hidden otherwise.
    #[arg(long)]
    deleted: bool,
    /// Those too that were closed long ago and that the server has folded into its archive; the first time fetches it.
    #[arg(long)]
    archived: bool,
}

/// The states to choose from.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Open.
    Open,
    /// Closed.
    Closed,
    /// All of them.
    All,
}

/// Runs the command.
///
/// # Errors
///
/// When the repository cannot be read; a damaged issue is only warned of.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let status = match args.state.unwrap_or(Standing::Open) {
        // Whoever looks for what is deleted does not care where it stood.
        _ if args.deleted => None,
        Standing::Open => Some(Status::Open),
        Standing::Closed => Some(Status::Closed),
        Standing::All => None,
    };
    let wanted = Wanted {
        status,
        chosen: args.state.is_some(),
        deleted: Some(args.deleted),
        drafts: false,
        reviewer: None,
        archived: args.archived,
    };
    listing::run(&forge, out, Kind::Issue, &args.selection, &wanted)
}
