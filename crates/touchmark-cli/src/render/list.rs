//! Pull requests, one to a line.

use touchmark_core::replay::Status;

use super::{Paint, counted, cut, visible_line};
use crate::forge::Row;
use crate::output::Style;

/// A title is not cut to less than this.
const TITLE_MIN_LEN: usize = 16;

/// One line for each pull request: id, state, title, and what makes it stand out; titles are cut to fit the width.
pub(crate) fn list(rows: &[&Row], width: Option<usize>, paint: Paint) -> String {
    rows.iter().map(|row| line(row, width, paint)).collect()
}

fn line(row: &Row, width: Option<usize>, paint: Paint) -> String {
    let mut facts = vec![format!("by {}", row.author)];
    if row.revisions > 1 {
        facts.push(counted(row.revisions, "revision"));
    }
    if !row.labels.is_empty() {
        let labels: Vec<&str> = row.labels.iter().map(String::as_str).collect();
        facts.push(labels.join(", "));
    }
    let id = row.id.short();
    let state = format!("{:<6}", word(row.status, row.draft));
    let facts = format!("({})", visible_line(&facts.join("; ")));
    let title = visible_line(&row.title);
    let title = match width {
        None => title,
        Some(width) => {
            let beside = [&id, &state, &facts].map(|text| text.chars().count());
            let left = width.saturating_sub(beside.iter().sum::<usize>() + 3 * "  ".len());
            cut(&title, left.max(TITLE_MIN_LEN))
        }
    };
    format!(
        "{}  {}  {title}  {}\n",
        paint.apply(Style::Id, &id),
        paint.apply(style(row.status, row.draft), &state),
        paint.apply(Style::Dim, &facts),
    )
}

/// Where a pull request stands, in a word.
pub(crate) const fn word(status: Status, draft: bool) -> &'static str {
    match status {
        Status::Open if draft => "draft",
        status => status.word(),
    }
}

const fn style(status: Status, draft: bool) -> Style {
    match status {
        Status::Open if draft => Style::Dim,
        Status::Open => Style::Good,
        Status::Closed => Style::Bad,
        Status::Merged => Style::Bold,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use touchmark_core::id::HashKind;

    use super::*;

    #[test]
    fn titles_are_cut_to_the_width() {
        let id = HashKind::Sha1.empty_tree();
        let row: Row = serde_json::from_value(json!({
            "author": "alice", "draft": false, "id": id, "labels": ["bug"], "revisions": 2,
            "status": "open", "tip": id, "title": "Make the order of the locks explicit\u{1b}[2J",
        }))
        .expect("a row");
        let shown = |width| list(&[&row], width, Paint::plain());
        insta::assert_snapshot!(shown(None), @r"4b825dc642cb  open    Make the order of the locks explicit\u{1b}[2J  (by alice; 2 revisions; bug)");
        insta::assert_snapshot!(shown(Some(80)), @"4b825dc642cb  open    Make the order of the locks…  (by alice; 2 revisions; bug)");
        insta::assert_snapshot!(shown(Some(10)), @"4b825dc642cb  open    Make the order …  (by alice; 2 revisions; bug)");
        assert_eq!(shown(Some(80)).trim_end().chars().count(), 80);
        let painted = list(&[&row], None, Paint::always());
        assert!(painted.starts_with("\u{1b}[33m4b825dc642cb\u{1b}[0m  \u{1b}[32mopen  \u{1b}[0m"));
    }
}
