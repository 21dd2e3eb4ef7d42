//! A thread: where it stands in the code, and what was said.

use serde::Serialize;
use touchmark_core::event::{CodePath, CommentId, Side};
use touchmark_core::id::ObjectId;
use touchmark_core::replay::{Comment, CommentAnchor};

use super::issue::reactions;
use super::{Excerpt, counted, indented, visible, visible_line};

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
        /// The lines as they are now.
        excerpt: Excerpt,
    },
    /// It is about a file that is there.
    File,
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
    let mut shown = visible_line(&decoded(&anchor.path));
    if let (Some(first), Some(last)) = (anchor.first, anchor.last) {
        shown.push_str(&lines(first, last));
    }
    if anchor.side == Side::Old {
        shown.push_str(" (old side)");
    }
    shown
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
pub(crate) fn thread(thread: &Thread<'_>) -> String {
    let first = thread.first;
    let mut shown = heading(thread);
    match &thread.standing {
        Some(Standing::Lines { excerpt, .. }) => {
            shown.push_str(&indented(&excerpt.render(), 2));
        }
        Some(Standing::Outdated {
            excerpt: Some(excerpt),
        }) => shown.push_str(&indented(&excerpt.render(), 2)),
        Some(Standing::Unavailable { reason }) => {
            shown.push_str(&format!("  ({})\n", visible_line(reason)));
        }
        Some(Standing::File | Standing::Outdated { excerpt: None }) | None => {}
    }
    shown.push_str(&said(first));
    if let Some(blob) = first.suggestion {
        shown.push_str(&suggested(thread.suggestion.as_deref(), blob));
    }
    for reply in &thread.replies {
        shown.push_str(&said(reply));
    }
    shown
}

fn heading(thread: &Thread<'_>) -> String {
    let first = thread.first;
    let Some(anchor) = &first.anchor else {
        return String::new();
    };
    let mut shown = place(anchor);
    if let Some(revision) = first.revision {
        shown.push_str(&format!(" of revision {revision}"));
    }
    match &thread.standing {
        Some(Standing::Lines { first, last, .. })
            if (anchor.first, anchor.last) != (Some(*first), Some(*last)) =>
        {
            shown.push_str(&format!(
                ", now {}",
                lines(*first, *last).trim_start_matches(':')
            ));
        }
        Some(Standing::Outdated { .. }) => shown.push_str(", outdated"),
        _ => {}
    }
    match &first.resolved_by {
        Some(person) => shown.push_str(&format!(" [resolved by {}]", visible_line(person))),
        None if thread.is_open() => shown.push_str(" [open]"),
        None => {}
    }
    shown.push('\n');
    shown
}

fn said(comment: &Comment) -> String {
    let author = visible_line(&comment.author);
    let mut notes = vec![comment_name(&comment.id)];
    if comment.edits > 0 {
        notes.push(format!("edited {}", counted_times(comment.edits)));
    }
    let mut shown = format!("  {author} ({}):\n", notes.join(", "));
    match &comment.text {
        Some(text) => shown.push_str(&indented(&visible(text), 4)),
        None if comment.retracted => shown.push_str("    (retracted)\n"),
        None => shown.push_str("    (erased)\n"),
    }
    shown.push_str(&reactions(&comment.reactions, 4));
    shown
}

/// What to put in place of the lines; where it cannot be shown, how to get it.
fn suggested(text: Option<&str>, blob: ObjectId) -> String {
    match text {
        Some("") => "    suggests to delete the lines\n".to_owned(),
        Some(text) => format!("    suggests:\n{}", indented(&prefixed(&visible(text)), 4)),
        None => format!(
            "    suggests what git cat-file blob {} prints\n",
            blob.short()
        ),
    }
}

/// Every line after a `+`, as in a diff.
fn prefixed(text: &str) -> String {
    text.lines().map(|line| format!("+ {line}\n")).collect()
}

fn counted_times(number: u32) -> String {
    match number {
        1 => "once".to_owned(),
        _ => counted(usize::try_from(number).unwrap_or(usize::MAX), "time"),
    }
}
