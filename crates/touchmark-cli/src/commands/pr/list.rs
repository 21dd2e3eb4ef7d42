//! `touchmark pr list`: pull requests that match.

use clap::ValueEnum;
use serde_json::json;
use touchmark_core::event::LogType;
use touchmark_core::replay::{PrState, Status, log_document};

use super::Subject;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;
use crate::render;

/// List pull requests.
///
/// With `--json`: `format`, and `pull_requests`, the state documents of their logs.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Only those with this label; given more than once, with all of them.
    #[arg(long, short = 'l', value_name = "LABEL")]
    label: Vec<String>,
    /// Only those that are assigned to this person or `@team`.
    #[arg(long, short = 'a', value_name = "PERSON")]
    assignee: Option<String>,
    /// Only those that this person opened.
    #[arg(long, value_name = "PERSON")]
    author: Option<String>,
    /// Only those that this person or `@team` is asked to review.
    #[arg(long, value_name = "PERSON")]
    reviewer: Option<String>,
    /// Only those in this state.
    #[arg(long, short = 's', value_enum, default_value_t = Wanted::Open)]
    state: Wanted,
    /// Only drafts.
    #[arg(long)]
    draft: bool,
}

/// The states to choose from.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
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
    let mut subjects = Vec::new();
    for log in forge.logs(LogType::Pr)? {
        let name = log.to_string();
        match Subject::load(&forge, log) {
            Ok(subject) => subjects.push(subject),
            Err(err) => out.warn(format_args!("{name} is left out: {err:#}")),
        }
    }
    let mut found = Vec::new();
    for subject in &subjects {
        match subject.state() {
            Ok(state) if args.wants(state) => found.push((subject, state)),
            Ok(_) => {}
            Err(err) => out.warn(render::visible_line(&format!("{err:#}"))),
        }
    }
    if out.is_json() {
        let documents: Vec<_> = found
            .iter()
            .map(|(subject, _)| log_document(&subject.outcome))
            .collect();
        return out.json(&json!({"format": 1, "pull_requests": documents}));
    }
    if found.is_empty() {
        out.note("no pull request matches; those of others come with touchmark sync");
    }
    let rows: Vec<_> = found
        .into_iter()
        .map(|(subject, state)| (subject.id, state))
        .collect();
    out.text(&render::list(&rows))
}

impl Args {
    fn wants(&self, state: &PrState) -> bool {
        let named =
            |wanted: &Option<String>, has: &dyn Fn(&str) -> bool| wanted.as_deref().is_none_or(has);
        let stands = match self.state {
            Wanted::Open => state.status == Status::Open,
            Wanted::Closed => state.status == Status::Closed,
            Wanted::Merged => state.status == Status::Merged,
            Wanted::All => true,
        };
        stands
            && (state.draft || !self.draft)
            && self.label.iter().all(|label| state.labels.contains(label))
            && named(&self.assignee, &|name| state.assignees.contains(name))
            && named(&self.reviewer, &|name| state.reviewers.contains(name))
            && named(&self.author, &|name| state.author == name)
    }
}
