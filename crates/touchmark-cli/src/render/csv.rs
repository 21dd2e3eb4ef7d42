//! Lists as comma-separated values: RFC 4180, and nothing in them that a spreadsheet would run.

use chrono::DateTime;

use crate::index::Row;

const HEAD: [&str; 19] = [
    "number",
    "id",
    "kind",
    "state",
    "draft",
    "deleted",
    "title",
    "author",
    "assignees",
    "labels",
    "reviewers",
    "approved",
    "objected",
    "target",
    "revisions",
    "comments",
    "open_threads",
    "opened",
    "updated",
];

/// A line of names, and one line for each row. Lists have commas in one field, times are in UTC.
pub(crate) fn csv(rows: &[&Row]) -> String {
    let mut text = record(HEAD.map(str::to_owned));
    for row in rows {
        text += &record([
            row.number
                .map(|number| number.to_string())
                .unwrap_or_default(),
            row.id.to_string(),
            row.kind.word().to_owned(),
            row.status.word().to_owned(),
            row.draft.to_string(),
            row.deleted.to_string(),
            row.title.clone(),
            row.author.clone(),
            row.assignees.join(","),
            row.labels.join(","),
            row.reviewers.join(","),
            row.approved.join(","),
            row.objected.join(","),
            row.branch().to_owned(),
            row.revisions.to_string(),
            row.comments.to_string(),
            row.open_threads.to_string(),
            time(row.opened),
            time(row.updated),
        ]);
    }
    text
}

fn record(fields: [String; HEAD.len()]) -> String {
    fields.map(|text| field(&text)).join(",") + "\r\n"
}

/// A field, in quotes where it must be. A spreadsheet takes what begins with one of these for a formula, and would
/// run it: an apostrophe before it makes it a text.
fn field(text: &str) -> String {
    let formula = text.starts_with([
        '=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ]);
    let text = if formula {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains([',', '"', '\r', '\n', '\'']) || text.trim() != text {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

fn time(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0)
        .map(|time| time.format("%Y-%m-%dT%H:%M:%SZ").to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_and_run_nothing() {
        let check = |text: &str, expect: &str| assert_eq!(field(text), expect, "{text:?}");
        check("plain text", "plain text");
        check("one, two", "\"one, two\"");
        check("say \"yes\"", "\"say \"\"yes\"\"\"");
        check("two\nlines", "\"two\nlines\"");
        check(
            "=HYPERLINK(\"http://x\")",
            "\"'=HYPERLINK(\"\"http://x\"\")\"",
        );
        check("+1", "\"'+1\"");
        check("-1", "\"'-1\"");
        check("@core", "\"'@core\"");
        check("\t=1", "\"'\t=1\"");
        check(" =1", "\" =1\"");
        check("a=b", "a=b");
        assert_eq!(time(1_760_000_000), "2025-10-09T08:53:20Z");
    }
}
