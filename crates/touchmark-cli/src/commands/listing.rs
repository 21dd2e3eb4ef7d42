//! What lists have in common: which objects, in which order, in which form.

use clap::ValueEnum;
use serde_json::{Value, json};
use touchmark_core::replay::Status;

use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::filter::{Filter, Reader, SCHEMA, Saved, Wrong};
use crate::forge::Forge;
use crate::index::{self, Extent, Kind, Row};
use crate::output::Output;
use crate::render;

/// What stands for the person who signs.
const ME: &str = "@me";

/// Which objects a list has. All that is asked must hold.
///
/// Where a person is named, `@me` is you, and your teams with you.
#[derive(clap::Args, Debug, Clone, Default)]
pub(crate) struct Selection {
    /// Only those with this label; given more than once, with all of them.
    #[arg(long, short = 'l', value_name = "LABEL")]
    label: Vec<String>,
    /// Only those that are assigned to this person or `@team`.
    #[arg(long, short = 'a', value_name = "PERSON")]
    assignee: Option<String>,
    /// Only those that this person opened.
    #[arg(long, value_name = "PERSON")]
    author: Option<String>,
    /// Only those in whose title, description or comments all these words stand.
    #[arg(long, value_name = "WORDS")]
    search: Option<String>,
    /// Only those of which this is true: an expression in CEL, or the name of a saved one (see `touchmark filter`).
    #[arg(long, short = 'f', value_name = "EXPRESSION|NAME")]
    filter: Option<String>,
    /// What comes first.
    #[arg(long, value_enum, default_value_t = Sort::Newest)]
    sort: Sort,
    /// No more than so many.
    #[arg(long, short = 'n', value_name = "NUMBER")]
    limit: Option<usize>,
    /// Print comma-separated values (RFC 4180), with names in the first line.
    ///
    /// A text that a spreadsheet would take for a formula has an apostrophe before it.
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

/// What comes first in a list.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Sort {
    /// The one opened last.
    #[default]
    Newest,
    /// The one opened first.
    Oldest,
    /// The one with the newest event.
    Updated,
    /// The one that nothing has happened to for longest.
    Idle,
    /// The one with most comments.
    Comments,
}

/// What a command asks beyond the common selection.
pub(crate) struct Wanted<'a> {
    /// Where they stand; `None` for anywhere.
    pub(crate) status: Option<Status>,
    /// Whether an option says where they stand.
    pub(crate) chosen: bool,
    /// Whether deleted ones are wanted; `None` for both.
    pub(crate) deleted: Option<bool>,
    /// Only drafts.
    pub(crate) drafts: bool,
    /// Only those that this person or `@team` is asked to review.
    pub(crate) reviewer: Option<&'a str>,
    /// Those too that are in the archive.
    pub(crate) archived: bool,
}

/// Prints the list that a command asks for.
///
/// # Errors
///
/// A filter is none, a person has no key where one is needed, or the repository cannot be read.
pub(crate) fn run(
    forge: &Forge,
    out: &Output,
    kind: Kind,
    selection: &Selection,
    wanted: &Wanted<'_>,
) -> anyhow::Result<()> {
    let asked = Asked::of(forge, selection, wanted)?;
    let status = asked.status();
    let extent = match wanted.archived {
        true => Extent::WithArchived,
        false => Extent::Live,
    };
    let (rows, damaged) = index::ask(forge, extent, &[kind], |index| {
        let found = match &selection.search {
            Some(words) => {
                let hits = index.search(&[kind], words)?;
                hits.into_iter().map(|hit| hit.row).collect()
            }
            None => index.rows(kind, status)?,
        };
        Ok((found, index.damaged.clone()))
    })?;
    for damaged in &damaged {
        out.warn(render::visible_line(damaged));
    }
    let mut found = Vec::new();
    for row in &rows {
        if asked.holds(row)? {
            found.push(row);
        }
    }
    selection.sort.sort(&mut found);
    found.truncate(selection.limit.unwrap_or(usize::MAX));
    if status != Some(Status::Open) && !wanted.archived {
        match forge.archived_logs(kind.log_type())?.len() {
            0 => {}
            1 => out.note("1 more is in the archive: --archived"),
            more => out.note(format_args!("{more} more are in the archive: --archived")),
        }
    }
    print(forge, out, kind, (selection.csv, &found))
}

fn print(
    forge: &Forge,
    out: &Output,
    kind: Kind,
    (csv, found): (bool, &[&Row]),
) -> anyhow::Result<()> {
    if out.is_json() {
        let rows: Vec<Value> = found.iter().map(|row| document(row)).collect();
        return out.json(&match kind {
            Kind::Pull => json!({"format": 2, "pull_requests": rows}),
            Kind::Issue => json!({"format": 1, "issues": rows}),
        });
    }
    if csv {
        return out.text(&render::csv(found));
    }
    if found.is_empty() {
        let noun = kind.noun();
        out.note(format_args!(
            "no {noun} matches; those of others come with touchmark sync"
        ));
    }
    out.page(
        &forge.repo,
        &render::list(found, out.width(), out.painter()),
    )
}

/// A row for programs.
pub(crate) fn document(row: &Row) -> Value {
    let links: Vec<Value> = row
        .linked()
        .map(|(relation, object)| json!({"object": object, "relation": relation}))
        .collect();
    json!({
        "approved": row.approved,
        "assignees": row.assignees,
        "author": row.author,
        "comments": row.comments,
        "deleted": row.deleted,
        "draft": row.draft,
        "id": row.id,
        "kind": row.kind.word(),
        "labels": row.labels,
        "links": links,
        "log": row.log().to_string(),
        "number": row.number,
        "objected": row.objected,
        "open_threads": row.open_threads,
        "opened": row.opened,
        "reviewers": row.reviewers,
        "revisions": row.revisions,
        "state": row.status.word(),
        "target": Some(&row.target).filter(|target| !target.is_empty()),
        "tip": row.tip,
        "title": row.title,
        "updated": row.updated,
    })
}

impl Sort {
    /// Sorts; what is equal has the order of ids.
    pub(crate) fn sort(self, rows: &mut [&Row]) {
        rows.sort_unstable_by(|one, other| {
            let order = match self {
                Self::Newest => other.opened.cmp(&one.opened),
                Self::Oldest => one.opened.cmp(&other.opened),
                Self::Updated => other.updated.cmp(&one.updated),
                Self::Idle => one.updated.cmp(&other.updated),
                Self::Comments => other.comments.cmp(&one.comments),
            };
            order.then_with(|| one.id.cmp(&other.id))
        });
    }
}

/// The person who asks, and their teams, each with its `@`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asker {
    /// The name in the policy.
    pub(crate) name: String,
    /// Their teams.
    pub(crate) teams: Vec<String>,
}

impl Asker {
    /// Who signs, and their teams.
    ///
    /// # Errors
    ///
    /// There is no key, or the policy does not know it.
    pub(crate) fn of(forge: &Forge) -> anyhow::Result<Self> {
        let name = forge.me()?.person.clone();
        let teams = forge.policy().teams.iter();
        let own = teams.filter(|(_, people)| people.contains(&name));
        Ok(Self {
            teams: own.map(|(team, _)| format!("@{team}")).collect(),
            name,
        })
    }

    /// Whether one of these names is theirs or a team's of theirs.
    pub(crate) fn is_among(&self, names: &[String]) -> bool {
        names
            .iter()
            .any(|name| *name == self.name || self.teams.contains(name))
    }
}

/// A selection that was understood.
struct Asked<'a> {
    selection: &'a Selection,
    wanted: &'a Wanted<'a>,
    filter: Option<Filter>,
    asker: Asker,
    now: i64,
}

impl<'a> Asked<'a> {
    fn of(forge: &Forge, selection: &'a Selection, wanted: &'a Wanted<'a>) -> anyhow::Result<Self> {
        let filter = selection.filter.as_deref();
        let filter = filter.map(|source| filter_of(forge, source)).transpose()?;
        let people = [
            selection.assignee.as_deref(),
            selection.author.as_deref(),
            wanted.reviewer,
        ];
        let by_filter = filter
            .as_ref()
            .is_some_and(|filter| filter.uses("me") || filter.uses("my_teams"));
        let asker = if by_filter || people.contains(&Some(ME)) {
            Asker::of(forge)?
        } else {
            Asker::default()
        };
        Ok(Self {
            selection,
            wanted,
            filter,
            asker,
            now: forge.now(),
        })
    }

    /// Where they stand that are asked for: a filter that asks for the state itself asks all of them, unless an option
    /// says otherwise.
    fn status(&self) -> Option<Status> {
        let by_filter = self.filter.as_ref().is_some_and(|one| one.uses("state"));
        self.wanted
            .status
            .filter(|_| !by_filter || self.wanted.chosen)
    }

    fn holds(&self, row: &Row) -> anyhow::Result<bool> {
        let named = |wanted: Option<&str>, names: &[String]| match wanted {
            None => true,
            Some(ME) => self.asker.is_among(names),
            Some(name) => names.iter().any(|other| other == name),
        };
        let author = match self.selection.author.as_deref() {
            None => true,
            Some(ME) => row.author == self.asker.name,
            Some(name) => row.author == name,
        };
        let plain = author
            && self.status().is_none_or(|status| status == row.status)
            && self
                .wanted
                .deleted
                .is_none_or(|deleted| deleted == row.deleted)
            && (row.draft || !self.wanted.drafts)
            && self
                .selection
                .label
                .iter()
                .all(|label| row.labels.contains(label))
            && named(self.selection.assignee.as_deref(), &row.assignees)
            && named(self.wanted.reviewer, &row.reviewers);
        let (Some(filter), true) = (&self.filter, plain) else {
            return Ok(plain);
        };
        let reader = Reader {
            row,
            me: &self.asker.name,
            my_teams: &self.asker.teams,
            now: self.now,
        };
        filter.is_true(&reader).map_err(|why| {
            Failure::new(format!("the filter says nothing of {}: {why}", row.name()))
                .hint("let it ask first, as in size(label) > 0 && label[0] == \"bug\"")
                .exit(ExitCode::Usage)
                .into()
        })
    }
}

/// The expression, or the saved filter of that name.
///
/// # Errors
///
/// When it is neither.
pub(crate) fn filter_of(forge: &Forge, source: &str) -> anyhow::Result<Filter> {
    let saved = Saved::load(&forge.repo, source);
    let expression = saved.as_ref().map_or(source, |saved| &saved.expression);
    Filter::parse(expression, SCHEMA).map_err(|wrong| refuse(expression, wrong).into())
}

/// A filter that is none, as an error.
pub(crate) fn refuse(expression: &str, wrong: Wrong) -> Failure {
    let expression = render::visible_line(expression);
    let failure = Failure::new(format!("the filter {expression} is none: {}", wrong.why));
    failure
        .hint(
            wrong.hint.unwrap_or_else(|| {
                "touchmark filter fields (lists what filters can ask)".to_owned()
            }),
        )
        .exit(ExitCode::Usage)
}
