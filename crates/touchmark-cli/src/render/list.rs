//! Pull requests, one to a line.

use touchmark_core::replay::Status;

use super::{counted, visible_line};
use crate::forge::Row;

/// One line for each pull request: id, state, title, and what makes it stand out.
pub(crate) fn list(rows: &[&Row]) -> String {
    rows.iter().map(|row| line(row)).collect()
}

fn line(row: &Row) -> String {
    let mut facts = vec![format!("by {}", row.author)];
    if row.revisions > 1 {
        facts.push(counted(row.revisions, "revision"));
    }
    if !row.labels.is_empty() {
        let labels: Vec<&str> = row.labels.iter().map(String::as_str).collect();
        facts.push(labels.join(", "));
    }
    format!(
        "{}  {:<6}  {}  ({})\n",
        row.id.short(),
        word(row.status, row.draft),
        visible_line(&row.title),
        visible_line(&facts.join("; ")),
    )
}

/// Where a pull request stands, in a word.
pub(crate) const fn word(status: Status, draft: bool) -> &'static str {
    match status {
        Status::Open if draft => "draft",
        status => status.word(),
    }
}
