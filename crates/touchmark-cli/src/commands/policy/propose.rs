//! `touchmark policy propose`: put a change of the policy before the admins.

use super::change::{self, Change};
use super::input::Input;
use crate::commands::compose::{self, Body};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Propose a policy: the files that the options name, the rest as the newest version has it.
///
/// The files are checked first; touchmark policy check does only that.
/// With `--json`: `format`, `proposal` (its id), `version`, `title`, `changes`, `endorsed` (who, and of how many),
/// `recorded` (the new version's id, or null), `published`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    input: Input,
    /// The title; without it, what changes.
    #[arg(long, short = 't')]
    title: Option<String>,
    #[command(flatten)]
    body: Body,
    /// Endorse it too, and record it if that is enough.
    #[arg(long)]
    record: bool,
}

/// Runs the command.
///
/// # Errors
///
/// When the files are not well formed or change nothing, or a refusal.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    if !args.input.is_given() {
        return Err(Failure::new("nothing is proposed")
            .hint("touchmark policy propose --policy FILE (a changed policy.toml: touchmark policy show --file policy.toml)")
            .hint("touchmark policy edit (opens it in the editor)")
            .exit(ExitCode::Usage)
            .into());
    }
    let forge = Forge::open(globals)?;
    let change = Change {
        draft: args.input.draft(&forge.draft()?, &globals.directory)?,
        title: args.title.as_deref().map(compose::tidy),
        body: args.body.given()?,
        record: args.record,
    };
    change::make(&forge, out, change)
}
