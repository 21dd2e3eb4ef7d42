//! A thread: where it stands in the code, and what was said.

use serde::Serialize;
use touchmark_core::event::{CodePath, CommentId, Side};
use touchmark_core::id::ObjectId;
use touchmark_core::replay::{Comment, CommentAnchor};

use super::issue::reactions;
use super::{Excerpt, Paint, counted, indented, visible, visible_line};
use crate::output::Style;

/// Where a thread that is about code stands in the latest revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "at", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Standing {
    /// Its lines are all there, unchanged.
    Lines {
        /// First line, from 1.
        first: u32,
        /// Last line.
        last: u32,
        /// The file's path now, percent-encoded as in trailers, if it is another one.
        #[serde(skip_serializing_if = "Option::is_none")]
        path: Option<String>,
        /// The lines as they are now.
        excerpt: Excerpt,
    },
    /// It is about a file that is there.
    File {
        /// Its path now, if it is another one.
        #[serde(skip_serializing_if = "Option::is_none")]
        path: Option<String>,
    },
    /// Its lines or its file changed: these were they.
    Outdated {
        /// The lines in the revision that was commented on; none for a whole file.
        excerpt: Option<Excerpt>,
    },
    /// The code cannot be read here.
    Unavailable {
        /// Why, and what to do.
        reason: String,
    },
}

/// A comment, its answers, and where they stand.
#[derive(Debug, Clone)]
pub(crate) struct Thread<'a> {
    /// The comment that starts it.
    pub(crate) first: &'a Comment,
    /// What was answered, in order.
    pub(crate) replies: Vec<&'a Comment>,
    /// Where it stands; `None` when it is not about code.
    pub(crate) standing: Option<Standing>,
    /// What the comment that starts it suggests in place of its lines, if that is text that can be read here.
    pub(crate) suggestion: Option<String>,
}

impl Thread<'_> {
    /// Whether it is about code and nobody settled it.
    pub(crate) const fn is_open(&self) -> bool {
        self.first.anchor.is_some() && self.first.resolved_by.is_none() && !self.first.retracted
    }
}

/// A comment's name with a short event id, as commands accept it.
pub(crate) fn comment_name(id: &CommentId) -> String {
    format!("{}/{}", id.event().short(), id.number())
}

/// `path:lines`, the path without its encoding.
pub(crate) fn place(anchor: &CommentAnchor) -> String {
    let mut shown = file(anchor);
    if let (Some(first), Some(last)) = (anchor.first, anchor.last) {
        shown.push_str(&lines(first, last));
    }
    if anchor.side == Side::Old {
        shown.push_str(" (old side)");
    }
    shown
}

/// What an anchor's path names: a file, or the message of a commit.
fn file(anchor: &CommentAnchor) -> String {
    anchor.message().map_or_else(
        || visible_line(&decoded(&anchor.path)),
        |commit| format!("message of {}", commit.short()),
    )
}

fn lines(first: u32, last: u32) -> String {
    if first == last {
        format!(":{first}")
    } else {
        format!(":{first}-{last}")
    }
}

/// The path that the record writes percent-encoded; bytes that are not UTF-8 are replaced.
fn decoded(path: &str) -> String {
    let bytes = CodePath::parse(path)
        .map_or_else(|| path.as_bytes().to_vec(), |path| path.as_bytes().to_vec());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The thread with its code and its answers.
pub(crate) fn thread(thread: &Thread<'_>, paint: Paint) -> String {
    let first = thread.first;
    let mut shown = heading(thread, paint);
    match &thread.standing {
        Some(Standing::Lines { excerpt, .. }) => {
            shown.push_str(&indented(&excerpt.render(paint), 2));
        }
        Some(Standing::Outdated {
            excerpt: Some(excerpt),
        }) => shown.push_str(&indented(&excerpt.render(paint), 2)),
        Some(Standing::Unavailable { reason }) => {
            shown.push_str(&format!("  ({})\n", visible_line(reason)));
        }
        Some(Standing::File { .. } | Standing::Outdated { excerpt: None }) | None => {}
    }
    shown.push_str(&said(first, paint));
    if let Some(blob) = first.suggestion {
        shown.push_str(&suggested(thread.suggestion.as_deref(), blob, paint));
    }
    for reply in &thread.replies {
        shown.push_str(&said(reply, paint));
    }
    shown
}

fn heading(thread: &Thread<'_>, paint: Paint) -> String {
    let first = thread.first;
    let Some(anchor) = &first.anchor else {
        return String::new();
    };
    let mut shown = paint.apply(Style::Bold, &place(anchor));
    if let Some(revision) = first.revision {
        shown.push_str(&format!(" of revision {revision}"));
    }
    match &thread.standing {
        Some(Standing::Lines {
            first, last, path, ..
        }) => shown.push_str(&now(anchor, Some((*first, *last)), path.as_deref())),
        Some(Standing::File { path }) => shown.push_str(&now(anchor, None, path.as_deref())),
        Some(Standing::Outdated { .. }) => shown.push_str(", outdated"),
        _ => {}
    }
    match &first.resolved_by {
        Some(person) => {
            let resolved = format!("[resolved by {}]", visible_line(person));
            shown.push(' ');
            shown.push_str(&paint.apply(Style::Good, &resolved));
        }
        None if thread.is_open() => {
            shown.push(' ');
            shown.push_str(&paint.apply(Style::Bad, "[open]"));
        }
        None => {}
    }
    shown.push('\n');
    shown
}

/// Where a place is now, if that is not where it was.
fn now(anchor: &CommentAnchor, at: Option<(u32, u32)>, path: Option<&str>) -> String {
    let numbers = at.map_or_else(String::new, |(first, last)| lines(first, last));
    match path {
        Some(path) => {
            let moved = CommentAnchor {
                path: path.to_owned(),
                ..anchor.clone()
            };
            format!(", now {}{numbers}", file(&moved))
        }
        None if anchor.first.zip(anchor.last) == at => String::new(),
        None => format!(", now {}", numbers.trim_start_matches(':')),
    }
}

fn said(comment: &Comment, paint: Paint) -> String {
    let author = paint.apply(Style::Bold, &visible_line(&comment.author));
    let mut notes = vec![comment_name(&comment.id)];
    if comment.edits > 0 {
        notes.push(format!("edited {}", counted_times(comment.edits)));
    }
    let notes = paint.apply(Style::Dim, &format!("({})", notes.join(", ")));
    let mut shown = format!("  {author} {notes}:\n");
    match &comment.text {
        Some(text) => shown.push_str(&indented(&visible(text), 4)),
        None if comment.retracted => shown.push_str("    (retracted)\n"),
        None => shown.push_str("    (erased)\n"),
    }
    shown.push_str(&reactions(&comment.reactions, 4));
    shown
}

/// What to put in place of the lines; where it cannot be shown, how to get it.
fn suggested(text: Option<&str>, blob: ObjectId, paint: Paint) -> String {
    match text {
        Some("") => "    suggests to delete the lines\n".to_owned(),
        Some(text) => format!(
            "    suggests:\n{}",
            indented(&prefixed(&visible(text), paint), 4)
        ),
        None => format!(
            "    suggests what git cat-file blob {} prints\n",
            blob.short()
        ),
    }
}

/// Every line after a `+`, as in a diff.
fn prefixed(text: &str, paint: Paint) -> String {
    text.lines()
        .map(|line| paint.apply(Style::Added, &format!("+ {line}")) + "\n")
        .collect()
}

fn counted_times(number: u32) -> String {
    match number {
        1 => "once".to_owned(),
        _ => counted(usize::try_from(number).unwrap_or(usize::MAX), "time"),
    }
}
