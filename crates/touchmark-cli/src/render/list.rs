//! Pull requests and issues, one to a line.

use touchmark_core::replay::Status;

use super::{Paint, counted, cut, visible_line, width};
use crate::index::{Kind, MARKS, Row};
use crate::output::Style;

/// A title is not cut to less than this.
const TITLE_MIN_COLUMNS: usize = 20;

/// One line for each: id, number where there is one, state, title, and what makes it stand out.
///
/// The lines are cut to so many columns, where they are told.
pub(crate) fn list(rows: &[&Row], columns: Option<usize>, paint: Paint) -> String {
    let numbers = rows.iter().filter_map(|row| row.number);
    let digits = numbers
        .max()
        .map_or(0, |number| number.to_string().len() + 3);
    rows.iter()
        .map(|row| line(row, digits, &facts(row), columns, paint))
        .collect()
}

/// One line with facts of the caller's: what they say may come from elsewhere.
pub(crate) fn titled(row: &Row, facts: &[String], columns: Option<usize>, paint: Paint) -> String {
    let digits = row.number.map_or(0, |number| number.to_string().len() + 3);
    line(row, digits, facts, columns, paint)
}

fn line(
    row: &Row,
    digits: usize,
    facts: &[String],
    columns: Option<usize>,
    paint: Paint,
) -> String {
    let number = row.number.map(|number| format!("#{number}"));
    let state = match row.kind {
        _ if row.deleted => "deleted",
        Kind::Pull => word(row.status, row.draft),
        Kind::Issue => row.status.word(),
    };
    let id = row.id.short();
    let number = match digits {
        0 => String::new(),
        digits => format!("  {:<1$}", number.unwrap_or_default(), digits - 2),
    };
    let state = format!("{state:<6}");
    let facts = format!("({})", visible_line(&facts.join("; ")));
    let title = visible_line(&row.title);
    let (title, facts) = match columns {
        None => (title, facts),
        Some(columns) => {
            let head = [&id, &number, &state].map(|text| width(text));
            let left = columns.saturating_sub(head.iter().sum::<usize>() + 6);
            let room = left.saturating_sub(width(&facts));
            let title = cut(&title, room.max(TITLE_MIN_COLUMNS.min(left)));
            let facts = cut(&facts, left.saturating_sub(width(&title)));
            (title, facts)
        }
    };
    let shown = format!(
        "{}{number}  {}  {title}  {}",
        paint.apply(Style::Id, &id),
        paint.apply(style(row.status, row.draft), &state),
        paint.apply(Style::Dim, &facts),
    );
    shown.trim_end().to_owned() + "\n"
}

/// How the state is painted.
const fn style(status: Status, draft: bool) -> Style {
    match status {
        Status::Open if draft => Style::Dim,
        Status::Open => Style::Good,
        Status::Closed => Style::Bad,
        Status::Merged => Style::Bold,
    }
}

fn facts(row: &Row) -> Vec<String> {
    let mut facts = vec![format!("by {}", row.author)];
    if row.revisions > 1 {
        facts.push(counted(row.revisions as usize, "revision"));
    }
    if !row.labels.is_empty() {
        facts.push(row.labels.join(", "));
    }
    if row.status == Status::Open {
        if !row.assignees.is_empty() {
            facts.push(format!("for {}", row.assignees.join(", ")));
        }
        if !row.approved.is_empty() {
            facts.push(format!("approved by {}", row.approved.join(", ")));
        }
        if !row.objected.is_empty() {
            facts.push(format!("{} asked for changes", row.objected.join(", ")));
        }
    }
    facts
}

/// Where a pull request stands, in a word.
pub(crate) const fn word(status: Status, draft: bool) -> &'static str {
    match status {
        Status::Open if draft => "draft",
        status => status.word(),
    }
}

/// A snippet on one line, with what was found painted.
pub(crate) fn snippet(text: &str, paint: impl Fn(&str) -> String) -> String {
    let mut shown = String::new();
    for (at, part) in text.split(MARKS.0).enumerate() {
        let (found, rest) = match part.split_once(MARKS.1) {
            Some(parts) if at > 0 => parts,
            _ => ("", part),
        };
        if !found.is_empty() {
            shown += &paint(&one_line(found));
        }
        shown += &one_line(rest);
    }
    shown.trim().to_owned()
}

/// Line feeds and tabs are spaces here; everything else that acts is written out.
fn one_line(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|c| if matches!(c, '\n' | '\t') { ' ' } else { c })
        .collect();
    visible_line(&spaced)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snippets_are_painted_and_harmless() {
        let shown = snippet("the \u{2}lock\u{3}\norder \u{1b}[2J", |found| {
            format!("<{found}>")
        });
        assert_eq!(shown, "the <lock> order \\u{1b}[2J");
        assert_eq!(snippet("no \u{3} mark", str::to_owned), "no \\u{3} mark");
    }
}
