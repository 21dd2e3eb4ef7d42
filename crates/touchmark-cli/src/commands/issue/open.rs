//! `touchmark issue open`: say what is wrong or missing.

use anyhow::Context as _;
use touchmark_core::event::{LogType, Payload, payload};

use crate::commands::compose::{self, Body};
use crate::commands::pr::{record, values};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::{Forge, templates};
use crate::globals::Globals;
use crate::output::Output;
use crate::render::visible_line;

/// Open an issue.
///
/// Without --title the editor opens: the first line is the title, what follows the description.
/// With `--json`: `format`, `event` (the issue's id), `log`, `published` (`sent`, `kept` or `failed`).
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The title.
    #[arg(long, short = 't')]
    title: Option<String>,
    #[command(flatten)]
    body: Body,
    /// A label.
    #[arg(long, short = 'l', value_name = "LABEL")]
    label: Vec<String>,
    /// The template that the description starts from: `bug` for issue.bug.md; issue.md in the editor otherwise.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["body", "body_file"])]
    template: Option<String>,
    /// A person or `@team` to assign.
    #[arg(long, short = 'a', value_name = "PERSON")]
    assign: Vec<String>,
}

/// Runs the command.
///
/// # Errors
///
/// When there is no title, or a refusal.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let payload = payload::Issue {
        labels: values::label_changes(&args.label)?,
        assignees: values::person_changes(&forge, &args.assign)?,
    };
    values::warn_of_strangers(forge.policy(), &payload.assignees, out);
    let (title, body) = args.words(&forge)?;
    let shown = visible_line(&title);
    let command = record::titled(Payload::Issue(payload), title, body);
    let log = forge.create(LogType::Issue, command)?;
    let id = log
        .root()
        .context("an issue's log is named after its first event")?;
    let said = format!("opened issue {}: {shown}", id.short());
    record::publish(&forge, out, &log, id, &said)
}

impl Args {
    /// Title and description: from the options, or the editor.
    fn words(&self, forge: &Forge) -> anyhow::Result<(String, Option<String>)> {
        let asked = self.template.as_deref();
        if let Some(title) = &self.title {
            let body = match asked {
                Some(_) => {
                    templates::start(forge, LogType::Issue, asked)?.map(|text| compose::tidy(&text))
                }
                None => self.body.given()?,
            };
            return Ok((compose::tidy(title), body));
        }
        let given = self.body.given()?.unwrap_or_default();
        let (title, body) = if compose::is_interactive() && !self.body.is_given() {
            let start = templates::start(forge, LogType::Issue, asked)?;
            let start = start.map_or_else(String::new, |text| format!("\n\n{text}"));
            let instructions = "The first line is the title, what follows the description.";
            compose::split_title(&compose::edit(&forge.repo, &start, instructions)?)
        } else {
            // A file may hold both, as a commit message does.
            compose::split_title(&given)
        };
        if title.is_empty() {
            return Err(Failure::new("there is no title")
                .hint("touchmark issue open --title TITLE")
                .exit(ExitCode::Usage)
                .into());
        }
        Ok((title, body))
    }
}
