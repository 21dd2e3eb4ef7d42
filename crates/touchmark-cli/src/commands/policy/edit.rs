//! `touchmark policy edit`: change the policy in an editor.

use std::io::{BufRead as _, IsTerminal as _};
use std::path::PathBuf;

use anyhow::Context as _;
use touchmark_core::decide::policy::Draft;

use super::change::{self, Change};
use super::input::{self, Input};
use crate::commands::compose::{self, Body};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Change the policy in your editor, and propose it.
///
/// Opens policy.toml (with --keys allowed_signers) in TOUCHMARK_EDITOR, else in git's editor, and checks what you
/// wrote; if it is not well formed, you can go on editing. With --policy or --signers no editor opens; `--policy -` reads
/// standard input. As an admin, say --record to endorse and record it at once. With `--json` as policy propose.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    input: Input,
    /// Edit allowed_signers, the keys, instead of policy.toml.
    #[arg(long)]
    keys: bool,
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
/// When the files are not well formed and nobody is there to correct them, or a refusal. What was written stays.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let newest = forge.draft()?;
    let draft = if args.input.is_given() {
        args.input.draft(&newest, &globals.directory)?
    } else {
        edited(args, &forge, newest, out)?
    };
    let change = Change {
        draft,
        title: args.title.as_deref().map(compose::tidy),
        body: args.body.given()?,
        record: args.record,
    };
    change::make(&forge, out, change)
}

/// The files as the person leaves them, well formed.
fn edited(args: &Args, forge: &Forge, newest: Draft, out: &Output) -> anyhow::Result<Draft> {
    let mut draft = newest;
    let name = if args.keys {
        "TOUCHMARK_SIGNERS"
    } else {
        "TOUCHMARK_POLICY.toml"
    };
    let path: PathBuf = forge.repo.git_dir().join(name);
    loop {
        let file = if args.keys {
            &mut draft.allowed_signers
        } else {
            &mut draft.policy_toml
        };
        let text = String::from_utf8(std::mem::take(file)).context("the file is not UTF-8")?;
        *file = compose::edit_file(&forge.repo, &path, &text)?.into_bytes();
        let Err(err) = input::check(&draft, Some(forge.policy())) else {
            return Ok(draft);
        };
        let kept = format!("what you wrote is in {}", path.display());
        if !std::io::stdin().is_terminal() {
            return Err(err.context(kept));
        }
        out.error(format_args!("{err:#}"));
        out.note("Edit it again? Type no to stop:");
        let mut answer = String::new();
        std::io::stdin().lock().read_line(&mut answer)?;
        if ["n", "no"].contains(&answer.trim().to_ascii_lowercase().as_str()) {
            return Err(err.context(kept));
        }
    }
}
