//! What filters can ask of a pull request or an issue.

use cel::common::types::{CelBool, CelInt, CelList};
use cel::common::value::{CowVal, Val};
use cel::context::VariableResolver;

use super::{Field, Holds, text};
use crate::index::Row;

const DAY: i64 = 24 * 60 * 60;

const fn field(name: &'static str, holds: Holds, text: &'static str) -> Field {
    Field { name, holds, text }
}

/// The names, in the order of the manual.
pub(crate) const SCHEMA: &[Field] = &[
    field("title", Holds::Text, "the title"),
    field("state", Holds::Text, "`open`, `closed` or `merged`"),
    field("kind", Holds::Text, "`pr` or `issue`"),
    field("author", Holds::Text, "who opened it"),
    field("label", Holds::Texts, "the labels"),
    field(
        "assignee",
        Holds::Texts,
        "people and `@teams` that it is assigned to",
    ),
    field(
        "reviewer",
        Holds::Texts,
        "people and `@teams` that are asked for a review",
    ),
    field(
        "approved",
        Holds::Texts,
        "people who approve the latest revision",
    ),
    field("objected", Holds::Texts, "people who ask for changes"),
    field("draft", Holds::Bool, "whether it is a draft"),
    field("deleted", Holds::Bool, "whether it is deleted"),
    field(
        "target",
        Holds::Text,
        "the branch that it is for, without `refs/heads/`",
    ),
    field(
        "link",
        Holds::Texts,
        "links to other objects: `fixes`, `blocks`, `relates` or `duplicates`, a space and an id",
    ),
    field("number", Holds::Int, "the number, 0 while there is none"),
    field("id", Holds::Text, "the id in full"),
    field("comments", Holds::Int, "how many comments it has"),
    field("threads", Holds::Int, "how many open threads its code has"),
    field("revisions", Holds::Int, "how many revisions it has"),
    field("age", Holds::Int, "days since it was opened"),
    field("idle", Holds::Int, "days since its last event"),
    field(
        "opened",
        Holds::Int,
        "when it was opened, in seconds since 1970",
    ),
    field(
        "updated",
        Holds::Int,
        "when its last event came, in seconds since 1970",
    ),
    field("me", Holds::Text, "who you are"),
    field("my_teams", Holds::Texts, "your teams, each with its `@`"),
];

/// The names with their meaning, a line each.
pub(crate) fn manual() -> String {
    SCHEMA
        .iter()
        .map(|field| {
            let holds = match field.holds {
                Holds::Bool => "true or false",
                Holds::Int => "number",
                Holds::Text => "text",
                Holds::Texts => "list",
            };
            format!(
                "{:<10} {holds:<14} {}\n",
                field.name,
                field.text.replace('`', "")
            )
        })
        .collect()
}

/// An object as filters see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    /// The object.
    pub(crate) row: &'a Row,
    /// Who asks.
    pub(crate) me: &'a str,
    /// Their teams, each with its `@`.
    pub(crate) my_teams: &'a [String],
    /// The time in seconds since 1970.
    pub(crate) now: i64,
}

impl VariableResolver for Reader<'_> {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        let row = self.row;
        let days = |since: i64| number(self.now.saturating_sub(since) / DAY);
        Some(match variable {
            "title" => text(&row.title),
            "state" => text(row.status.word()),
            "kind" => text(row.kind.word()),
            "author" => text(&row.author),
            "label" => list(&row.labels),
            "assignee" => list(&row.assignees),
            "reviewer" => list(&row.reviewers),
            "approved" => list(&row.approved),
            "objected" => list(&row.objected),
            "draft" => CowVal::owned(CelBool::from(row.draft)),
            "deleted" => CowVal::owned(CelBool::from(row.deleted)),
            "target" => text(row.branch()),
            "link" => list(&row.links),
            "number" => number(row.number.unwrap_or_default().into()),
            "id" => CowVal::owned(cel::common::types::CelString::from(row.id.to_string())),
            "comments" => number(row.comments.into()),
            "threads" => number(row.open_threads.into()),
            "revisions" => number(row.revisions.into()),
            "age" => days(row.opened),
            "idle" => days(row.updated),
            "opened" => number(row.opened),
            "updated" => number(row.updated),
            "me" => text(self.me),
            "my_teams" => list(self.my_teams),
            _ => return None,
        })
    }
}

fn number<'b>(value: i64) -> CowVal<'b, 'b> {
    CowVal::owned(CelInt::from(value))
}

fn list(items: &[String]) -> CowVal<'_, '_> {
    let items: Vec<Box<dyn Val + '_>> = items
        .iter()
        .map(|item| {
            let item: Box<dyn Val + '_> =
                Box::new(cel::common::types::CelString::from(item.as_str()));
            item
        })
        .collect();
    CowVal::owned(CelList::from(items))
}
