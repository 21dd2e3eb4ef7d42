//! `touchmark pr list`: pull requests that match.

use clap::ValueEnum;
use touchmark_core::replay::Status;

use crate::commands::listing::{self, Selection, Wanted};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::index::Kind;
use crate::output::Output;

/// List pull requests.
///
/// On a terminal the lines are cut to its width.
/// All comes from an index in the cache, which is brought up to date first.
///
/// With `--json`: `format` (2), and `pull_requests`, each with `approved` (people who approve the latest revision),
/// `assignees`, `author`, `comments` (how many), `deleted`, `draft`, `id`, `kind`, `labels`, `links` (`object`,
/// `relation`), `log`, `number`, `objected` (people who ask for changes), `open_threads`, `opened` and `updated`
/// (seconds since 1970, by the server's receipts where there are some), `reviewers`, `revisions`, `state`, `target`,
/// `tip` and `title`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    selection: Selection,
    /// Only those that this person or `@team` is asked to review.
    #[arg(long, value_name = "PERSON")]
    reviewer: Option<String>,
    /// Only those in this state.
    ///
    /// Open ones without the option; all of them where --filter asks for the state itself.
    #[arg(long, short = 's', value_enum)]
    state: Option<Standing>,
    /// Only drafts.
    #[arg(long)]
    draft: bool,
    /// Those too that were closed long ago and that the server has folded into its archive; the first time fetches it.
    #[arg(long)]
    archived: bool,
}

/// The states to choose from.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Open, drafts too.
    Open,
    /// Closed without merging.
    Closed,
    /// Merged.
    Merged,
    /// All of them.
    All,
}

/// Runs the command.
///
/// # Errors
///
/// When the repository cannot be read; a damaged pull request is only warned of.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let status = match args.state.unwrap_or(Standing::Open) {
        Standing::Open => Some(Status::Open),
        Standing::Closed => Some(Status::Closed),
        Standing::Merged => Some(Status::Merged),
        Standing::All => None,
    };
    let wanted = Wanted {
        status,
        chosen: args.state.is_some(),
        deleted: None,
        drafts: args.draft,
        reviewer: args.reviewer.as_deref(),
        archived: args.archived,
    };
    listing::run(&forge, out, Kind::Pull, &args.selection, &wanted)
}
