//! The lines of code that a comment is about.

use serde::Serialize;
use touchmark_core::event::Side;
use touchmark_core::hunk;

use super::{Paint, visible_line};
use crate::output::Style;

/// Lines shown before and after the ones that are meant.
const CONTEXT_LINES: usize = 2;

/// More lines than this are cut in the middle of nothing: the last of them are left out and counted.
const MAX_LINES: usize = 24;

/// A few lines of a file, by number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Excerpt {
    /// The lines in order.
    pub(crate) lines: Vec<Line>,
    /// How many of the lines that are meant were left out.
    pub(crate) omitted: usize,
}

/// One line of an excerpt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Line {
    /// What the change did with it.
    pub(crate) change: Change,
    /// Whether it is one of the lines that are meant, or stands beside them.
    pub(crate) meant: bool,
    /// Its number, from 1.
    pub(crate) number: usize,
    /// Its text; what is not UTF-8 is replaced.
    pub(crate) text: String,
}

/// What a change did with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Change {
    /// It is there before and after, or nothing is known of a change.
    Kept,
    /// It is new; its number is the one after the change.
    Added,
    /// It is gone; its number is the one before the change.
    Removed,
}

impl Change {
    /// As in a diff.
    const fn sign(self) -> char {
        match self {
            Self::Kept => ' ',
            Self::Added => '+',
            Self::Removed => '-',
        }
    }

    const fn style(self) -> Option<Style> {
        match self {
            Self::Kept => None,
            Self::Added => Some(Style::Added),
            Self::Removed => Some(Style::Removed),
        }
    }
}

impl Excerpt {
    /// Lines `first..=last` (from 1) of one side of the change from `old` to `new`, with a little of what is around them
    /// and what they replaced or were replaced by.
    pub(crate) fn of_change(old: &[u8], new: &[u8], side: Side, first: u32, last: u32) -> Self {
        let range = Range::of(first, last);
        let lines = hunk::around(old, new, side, range.first, range.shown_last, CONTEXT_LINES)
            .into_iter()
            // After a cut the next lines are meant ones that are left out, not context.
            .filter(|line| {
                line.number <= range.shown_last || !range.is_cut() || line.only == Some(other(side))
            })
            .map(|line| Line {
                change: match line.only {
                    None => Change::Kept,
                    Some(Side::New) => Change::Added,
                    Some(Side::Old) => Change::Removed,
                },
                meant: line.only != Some(other(side)) && range.holds(line.number),
                number: line.number,
                text: text_of(line.text),
            })
            .collect();
        Self {
            lines,
            omitted: range.omitted(),
        }
    }

    /// Lines `first..=last` (from 1) of a file, with a little of what is around them.
    pub(crate) fn of(file: &[u8], first: u32, last: u32) -> Self {
        let range = Range::of(first, last);
        let from = range.first.saturating_sub(CONTEXT_LINES).max(1);
        let to = range.shown_last.saturating_add(CONTEXT_LINES);
        let lines = file
            .split_inclusive(|byte| *byte == b'\n')
            .enumerate()
            .map(|(at, line)| (at + 1, line))
            .skip_while(|(number, _)| *number < from)
            .take_while(|(number, _)| *number <= to)
            .filter(|(number, _)| *number <= range.shown_last || !range.is_cut())
            .map(|(number, line)| Line {
                change: Change::Kept,
                meant: range.holds(number),
                number,
                text: text_of(line),
            })
            .collect();
        Self {
            lines,
            omitted: range.omitted(),
        }
    }

    /// One line for each: a mark on those that are meant, the number, the sign of a diff, the text.
    pub(crate) fn render(&self, paint: Paint) -> String {
        let numbers = self.lines.iter().map(|line| line.number);
        let width = numbers.max().unwrap_or(1).to_string().len();
        let mut shown = String::new();
        for line in &self.lines {
            let mark = if line.meant { '>' } else { ' ' };
            let text = visible_line(&line.text).replace("\\t", "    ");
            let text = format!("{}{text}", line.change.sign());
            let text = match line.change.style() {
                Some(style) => paint.apply(style, &text),
                None => text,
            };
            let row = format!("{mark} {:>width$} |{text}", line.number);
            shown.push_str(row.trim_end());
            shown.push('\n');
        }
        if self.omitted > 0 {
            let more = super::counted(self.omitted, "more line");
            shown.push_str(&format!("> … and {more}\n"));
        }
        shown
    }
}

const fn other(side: Side) -> Side {
    match side {
        Side::Old => Side::New,
        Side::New => Side::Old,
    }
}

/// The lines that are meant, and up to where they are shown.
#[derive(Clone, Copy)]
struct Range {
    first: usize,
    last: usize,
    shown_last: usize,
}

impl Range {
    fn of(first: u32, last: u32) -> Self {
        let bound = |line: u32| usize::try_from(line).unwrap_or(usize::MAX);
        let (first, last) = (bound(first), bound(last));
        Self {
            first,
            last,
            shown_last: last.min(first.saturating_add(MAX_LINES - 1)),
        }
    }

    const fn is_cut(self) -> bool {
        self.shown_last != self.last
    }

    const fn omitted(self) -> usize {
        self.last.saturating_sub(self.shown_last)
    }

    const fn holds(self, number: usize) -> bool {
        self.first <= number && number <= self.last
    }
}

fn text_of(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    String::from_utf8_lossy(line).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file: &str, range: (u32, u32)) -> String {
        Excerpt::of(file.as_bytes(), range.0, range.1).render(Paint::plain())
    }

    #[test]
    fn lines_stand_beside_what_they_replaced() {
        let excerpt = Excerpt::of_change(b"a\nb\nc\nd\n", b"a\nB\nBB\nc\nd\n", Side::New, 3, 3);
        insta::assert_snapshot!(excerpt.render(Paint::plain()), @r"
          1 | a
          2 |-b
          2 |+B
        > 3 |+BB
          4 | c
          5 | d
        ");
        let painted = excerpt.render(Paint::always());
        assert!(
            painted.contains("> 3 |\u{1b}[32m+BB\u{1b}[0m\n"),
            "{painted:?}"
        );
    }

    #[test]
    fn lines_stand_in_their_context() {
        insta::assert_snapshot!(check("a\nb\nc\n\td\r\ne\nf\ng\n", (4, 5)), @r"
          2 | b
          3 | c
        > 4 |     d
        > 5 | e
          6 | f
          7 | g
        ");
    }

    #[test]
    fn the_ends_of_a_file_are_no_trouble() {
        insta::assert_snapshot!(check("only\u{1b}[2J", (1, 1)), @r"> 1 | only\u{1b}[2J");
        assert_eq!(check("", (1, 1)), "");
        assert_eq!(check("a\n", (7, 9)), "");
    }

    #[test]
    fn long_ranges_are_cut() {
        let file: String = (1..=100).map(|line| format!("{line}\n")).collect();
        let shown = check(&file, (10, 90));
        assert!(
            shown.starts_with("   8 | 8\n   9 | 9\n> 10 | 10\n"),
            "{shown}"
        );
        assert!(
            shown.ends_with("> 33 | 33\n> … and 57 more lines\n"),
            "{shown}"
        );
    }
}
