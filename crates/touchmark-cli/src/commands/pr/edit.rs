//! `touchmark pr edit`: a new title or description.

use touchmark_core::event::{Payload, payload};

use super::{Subject, record};
use crate::commands::compose::{self, Body};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Change a pull request's title or description. What no option gives stays.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The pull request.
    id: String,
    /// The new title.
    #[arg(long, short = 't')]
    title: Option<String>,
    #[command(flatten)]
    body: Body,
    /// Remove the description.
    #[arg(long, conflicts_with_all = ["body", "body_file"])]
    no_body: bool,
}

/// Runs the command.
///
/// # Errors
///
/// When nothing would change, or a refusal.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let subject = Subject::summary(&forge, &args.id)?;
    let state = subject.state()?;
    let old = (state.title.clone(), state.description.clone());
    let (title, description) = if args.title.is_some() || args.body.is_given() || args.no_body {
        let description = if args.no_body {
            None
        } else if args.body.is_given() {
            args.body.given()?
        } else {
            old.1.clone()
        };
        let title = args.title.as_deref().map(compose::tidy);
        (title.unwrap_or_else(|| old.0.clone()), description)
    } else if compose::is_interactive() {
        let template = format!("{}\n\n{}", old.0, old.1.as_deref().unwrap_or_default());
        let instructions = "The first line is the title, what follows the description.";
        compose::split_title(&compose::edit(&forge.repo, &template, instructions)?)
    } else {
        anyhow::bail!("there is nothing to change; give --title, --body, --body-file or --no-body");
    };
    let command = record::titled(Payload::Edit(payload::Edit {}), title, description);
    let said = format!("edited pull request {}", subject.id.short());
    record(&forge, out, &subject.log, command, &said)
}
