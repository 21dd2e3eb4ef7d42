//! `touchmark pr open`: propose a change.

use anyhow::Context as _;
use touchmark_core::event::{LogType, Payload, payload};
use touchmark_core::id::ObjectId;

use super::{branch, code, record, values};
use crate::commands::compose::{self, Body};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::{Forge, choose_remote, templates};
use crate::globals::Globals;
use crate::output::Output;
use crate::render::visible_line;
use crate::settings::{self, Key};

/// Open a pull request for what the current branch adds to the target.
///
/// Without --title: the editor at a terminal, else the message of the only commit.
/// With `--json`: `format`, `event` (the pull request's id), `log`, `published` (`sent`, `kept` or `failed`).
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The last commit of the change; a branch, tag or commit.
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    head: String,
    /// The branch that the change is for; the setting pr.target, or the server's default branch, otherwise.
    #[arg(long, short = 'T', value_name = "BRANCH")]
    target: Option<String>,
    /// The title.
    #[arg(long, short = 't')]
    title: Option<String>,
    #[command(flatten)]
    body: Body,
    /// The template that the description starts from: `fix` for pull-request.fix.md; pull-request.md in the editor
    /// otherwise.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["body", "body_file"])]
    template: Option<String>,
    /// Open it as a draft, which cannot be merged until it is ready.
    #[arg(long, short = 'd')]
    draft: bool,
    /// Open it as one that can be reviewed and merged, whatever the setting pr.draft says.
    #[arg(long, conflicts_with = "draft")]
    ready: bool,
    /// A label.
    #[arg(long, short = 'l', value_name = "LABEL")]
    label: Vec<String>,
    /// A person or `@team` to assign.
    #[arg(long, short = 'a', value_name = "PERSON")]
    assign: Vec<String>,
    /// A person or `@team` to ask for a review; those of the setting pr.reviewers otherwise.
    #[arg(long, short = 'r', value_name = "PERSON")]
    reviewer: Vec<String>,
    /// Ask nobody for a review, whatever the setting pr.reviewers says.
    #[arg(long, conflicts_with = "reviewer")]
    no_reviewer: bool,
}

/// Runs the command.
///
/// # Errors
///
/// When there is nothing to propose, no title, or a refusal.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let remote = choose_remote(&forge.repo)?;
    let settings = settings::current();
    let target = match args.target.as_deref().or(settings.text(Key::PrTarget)) {
        Some(name) => values::branch(name)?,
        None => values::branch(&code::default_branch(&forge.repo, remote.as_deref())?)?,
    };
    let head = code::resolve(&forge.repo, &args.head)?;
    let tip = code::target_tip(&forge.repo, remote.as_deref(), &target)?;
    let base = code::base(&forge.repo, &target, tip, head)?;
    let payload = payload::Pr {
        target,
        base,
        head,
        draft: args.draft || (settings.is_on(Key::PrDraft) && !args.ready),
        labels: values::label_changes(&args.label)?,
        assignees: values::person_changes(&forge, &args.assign)?,
        reviewers: values::person_changes(&forge, args.reviewers())?,
    };
    let (title, body) = args.words(&forge, base, head)?;
    let shown = visible_line(&title);
    let command = record::titled(Payload::Pr(payload), title, body);
    let log = forge.create(LogType::Pr, command)?;
    let id = log
        .root()
        .context("a pull request's log is named after its first event")?;
    branch::remember(&forge.repo, &args.head, id, out);
    let said = format!("opened pull request {}: {shown}", id.short());
    record::publish(&forge, out, &log, id, &said)
}

impl Args {
    /// Whom to ask for a review.
    fn reviewers(&self) -> &[String] {
        if self.reviewer.is_empty() && !self.no_reviewer {
            settings::current().list(Key::PrReviewers)
        } else {
            &self.reviewer
        }
    }

    /// Title and description: from the options, the editor, or the only commit.
    fn words(
        &self,
        forge: &Forge,
        base: ObjectId,
        head: ObjectId,
    ) -> anyhow::Result<(String, Option<String>)> {
        let asked = self.template.as_deref();
        if let Some(title) = &self.title {
            let body = match asked {
                Some(_) => {
                    templates::start(forge, LogType::Pr, asked)?.map(|text| compose::tidy(&text))
                }
                None => self.body.given()?,
            };
            return Ok((compose::tidy(title), body));
        }
        let message = code::only_message(&forge.repo, base, head)?;
        let (title, body) = if compose::is_interactive() && !self.body.is_given() {
            let commits = code::subjects(&forge.repo, base, head)?;
            let instructions = format!(
                "The first line is the title, what follows the description.\nCommits:\n  {}",
                commits.join("\n  ")
            );
            let mut start = message.unwrap_or_default();
            if let Some(template) = templates::start(forge, LogType::Pr, asked)? {
                start.push_str(&format!("\n\n{template}"));
            }
            compose::split_title(&compose::edit(&forge.repo, &start, &instructions)?)
        } else {
            compose::split_title(&compose::tidy(&message.unwrap_or_default()))
        };
        if title.is_empty() {
            return Err(Failure::new("there is no title")
                .hint("touchmark pr open --title TITLE")
                .exit(ExitCode::Usage)
                .into());
        }
        let body = if self.body.is_given() {
            self.body.given()?
        } else {
            body
        };
        Ok((title, body))
    }
}
