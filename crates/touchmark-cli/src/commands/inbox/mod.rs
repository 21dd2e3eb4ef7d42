//! `touchmark inbox`: whose turn it is.

mod gather;
mod seen;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use serde_json::{Map, Value, json};
use touchmark_core::turn::{Reason, Section};

use super::listing::{Asker, document};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::{Output, Style};
use crate::render::{self, Paint};

use gather::Item;

/// Show what waits for you: reviews, what came back, what may land, mentions, what is assigned to you or watched.
///
/// It is computed from the logs that are here, the policy and the gates; `touchmark sync` brings what others did.
/// An object stands in one section, with every reason that it has. What waits for others is only counted.
/// Mentions of you and of your teams count outside of code, until you answer; of closed objects, mentions and
/// news are shown for 30 days. What you have muted is never shown.
///
/// With `--json`: `format`; `person`; `counts` by section; and `entries`, each with the fields that
/// `touchmark pr list --json` has, `section`, and `reasons` with `reason` (a word), `text` and `key`, which is another
/// one when something new has happened.
#[derive(ClapArgs, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    /// Only this section.
    #[arg(long, value_enum)]
    section: Option<Part>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Put away what you have seen to. It comes back when something new concerns you.
    ///
    /// This is kept in this clone only.
    Done {
        /// The pull requests and issues.
        #[arg(required_unless_present = "all")]
        ids: Vec<String>,
        /// All that is in the inbox now, except what waits for others.
        #[arg(long, conflicts_with = "ids")]
        all: bool,
    },
    /// Take back that you have seen to something.
    Undone {
        /// The pull requests and issues.
        #[arg(required = true)]
        ids: Vec<String>,
    },
}

/// The sections, as they are chosen.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Somebody waits for your review.
    Review,
    /// Your own, to go on with: changes asked for, unanswered threads, conflicts, failed checks.
    Returned,
    /// Nothing stands against its landing, and it is yours or you may merge it.
    Ready,
    /// You or a team of yours were mentioned.
    Mentions,
    /// Assigned to you or a team of yours.
    Assigned,
    /// News of what you watch.
    Watching,
    /// Your own, where others are next.
    Waiting,
}

impl Part {
    const fn section(self) -> Section {
        match self {
            Self::Review => Section::Review,
            Self::Returned => Section::Returned,
            Self::Ready => Section::Ready,
            Self::Mentions => Section::Mentions,
            Self::Assigned => Section::Assigned,
            Self::Watching => Section::Watching,
            Self::Waiting => Section::Waiting,
        }
    }
}

/// Runs the command.
///
/// # Errors
///
/// There is no key, an object is not here, or the repository cannot be read or written.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    match &args.command {
        None => show(&forge, out, args.section.map(Part::section)),
        Some(Command::Done { ids, all }) => done(&forge, out, ids, *all),
        Some(Command::Undone { ids }) => undone(&forge, out, ids),
    }
}

fn show(forge: &Forge, out: &Output, only: Option<Section>) -> anyhow::Result<()> {
    let asker = Asker::of(forge)?;
    let items = gather::gather(forge, &asker, out)?;
    if out.is_json() {
        return out.json(&everything(&asker, &items, only));
    }
    let columns = out.width();
    let mut parts = Vec::new();
    for section in Section::ALL {
        let waits = section == Section::Waiting;
        if only.is_some_and(|only| only != section) || (waits && only.is_none()) {
            continue;
        }
        let own = items.iter().filter(|item| item.entry.section == section);
        let lines: String = own.map(|item| line(item, columns, out.painter())).collect();
        if !lines.is_empty() {
            let title = out.paint(Style::Bold, section.title());
            parts.push(format!("{title}\n{}", render::indented(&lines, 2)));
        }
    }
    out.text(&parts.join("\n"))?;
    if parts.is_empty() {
        out.note("nothing waits for you; what others did comes with touchmark sync");
    }
    let waiting = items
        .iter()
        .filter(|item| item.entry.section == Section::Waiting);
    match (waiting.count(), only) {
        (0, _) | (_, Some(_)) => {}
        (count, None) => out.note(format_args!(
            "{} for others: touchmark inbox --section waiting",
            if count == 1 {
                "1 waits".to_owned()
            } else {
                format!("{count} wait")
            }
        )),
    }
    Ok(())
}

fn line(item: &Item, columns: Option<usize>, paint: Paint) -> String {
    let mut facts = vec![format!("{} by {}", item.row.kind.noun(), item.row.author)];
    facts.extend(item.entry.reasons.iter().map(ToString::to_string));
    render::titled(
        &item.row,
        &facts,
        columns.map(|columns| columns.saturating_sub(2)),
        paint,
    )
}

fn everything(asker: &Asker, items: &[Item], only: Option<Section>) -> Value {
    let mut counts = Map::new();
    for section in Section::ALL {
        let own = items.iter().filter(|item| item.entry.section == section);
        counts.insert(section.word().to_owned(), own.count().into());
    }
    let entries: Vec<Value> = items
        .iter()
        .filter(|item| only.is_none_or(|only| only == item.entry.section))
        .map(entry_document)
        .collect();
    json!({"counts": counts, "entries": entries, "format": 1, "person": asker.name})
}

fn entry_document(item: &Item) -> Value {
    let mut value = document(&item.row);
    let reasons: Vec<Value> = item
        .entry
        .reasons
        .iter()
        .map(|reason| {
            json!({"key": reason.key(), "reason": reason.word(), "text": reason.to_string()})
        })
        .collect();
    if let Some(fields) = value.as_object_mut() {
        fields.insert("section".to_owned(), item.entry.section.word().into());
        fields.insert("reasons".to_owned(), reasons.into());
    }
    value
}

fn done(forge: &Forge, out: &Output, ids: &[String], all: bool) -> anyhow::Result<()> {
    let asker = Asker::of(forge)?;
    let mut items = gather::gather(forge, &asker, out)?;
    items.retain(|item| item.entry.section != Section::Waiting);
    if !all {
        let mut named = Vec::new();
        for id in ids {
            let log = forge.resolve_any(id)?;
            let at = items.iter().position(|item| item.row.log() == log);
            named.push(items.swap_remove(at.ok_or_else(|| {
                Failure::new(format!("{id} is not in the inbox"))
                    .hint("touchmark inbox")
                    .exit(ExitCode::NotFound)
            })?));
        }
        items = named;
    }
    for item in &items {
        let keys = item.entry.reasons.iter().map(Reason::key);
        seen::put_away(&forge.repo, &asker.name, &item.row, keys.collect())?;
    }
    let count = render::counted(items.len(), "object");
    out.line(format_args!("put away {count}"))
}

fn undone(forge: &Forge, out: &Output, ids: &[String]) -> anyhow::Result<()> {
    let name = Asker::of(forge)?.name;
    for id in ids {
        let log = forge.resolve_any(id)?;
        if let Some(object) = log.root() {
            seen::take_back(&forge.repo, &name, object)?;
        }
    }
    let count = render::counted(ids.len(), "object");
    out.line(format_args!("took back {count}"))
}
