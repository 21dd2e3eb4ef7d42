//! `touchmark pr list`: pull requests that match.

use clap::ValueEnum;
use serde_json::json;
use touchmark_core::event::LogType;
use touchmark_core::log::LogName;
use touchmark_core::replay::{Status, log_document};

use crate::forge::{Extent, Forge, Row};
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
    /// Those too that were closed long ago and that the server has folded into its archive; the first time fetches it.
    #[arg(long)]
    archived: bool,
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
    let extent = match args.archived {
        true => Extent::WithArchived,
        false => Extent::Live,
    };
    let listing = forge.list_pulls(extent)?;
    for damaged in &listing.damaged {
        out.warn(render::visible_line(damaged));
    }
    let found: Vec<&Row> = listing.rows.iter().filter(|row| args.wants(row)).collect();
    if out.is_json() {
        let mut documents = Vec::new();
        for row in &found {
            let log = LogName::Pr(row.id);
            documents.push(log_document(&forge.replay_to(&log, row.tip)?));
        }
        return out.json(&json!({"format": 1, "pull_requests": documents}));
    }
    if args.state != Wanted::Open && !args.archived {
        match forge.archived_logs(LogType::Pr)?.len() {
            0 => {}
            1 => out.note("1 more is in the archive: --archived"),
            more => out.note(format_args!("{more} more are in the archive: --archived")),
        }
    }
    if found.is_empty() {
        out.note("no pull request matches; those of others come with touchmark sync");
    }
    out.page(
        &forge.repo,
        &render::list(&found, out.width(), out.painter()),
    )
}

impl Args {
    fn wants(&self, row: &Row) -> bool {
        let named =
            |wanted: &Option<String>, has: &dyn Fn(&str) -> bool| wanted.as_deref().is_none_or(has);
        let stands = match self.state {
            Wanted::Open => row.status == Status::Open,
            Wanted::Closed => row.status == Status::Closed,
            Wanted::Merged => row.status == Status::Merged,
            Wanted::All => true,
        };
        stands
            && (row.draft || !self.draft)
            && self.label.iter().all(|label| row.labels.contains(label))
            && named(&self.assignee, &|name| row.assignees.contains(name))
            && named(&self.reviewer, &|name| row.reviewers.contains(name))
            && named(&self.author, &|name| row.author == name)
    }
}
