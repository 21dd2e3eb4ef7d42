//! The lines of code that a comment is about.

use serde::Serialize;

use super::visible_line;

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
    /// Whether it is one of the lines that are meant, or stands beside them.
    pub(crate) meant: bool,
    /// Its number, from 1.
    pub(crate) number: usize,
    /// Its text; what is not UTF-8 is replaced.
    pub(crate) text: String,
}

impl Excerpt {
    /// Lines `first..=last` (from 1) of a file, with a little of what is around them.
    pub(crate) fn of(file: &[u8], first: u32, last: u32) -> Self {
        let bound = |line: u32| usize::try_from(line).unwrap_or(usize::MAX);
        let (first, last) = (bound(first), bound(last));
        let shown_last = last.min(first.saturating_add(MAX_LINES - 1));
        let from = first.saturating_sub(CONTEXT_LINES).max(1);
        let to = shown_last.saturating_add(CONTEXT_LINES);
        let lines = file
            .split_inclusive(|byte| *byte == b'\n')
            .enumerate()
            .map(|(at, line)| (at + 1, line))
            .skip_while(|(number, _)| *number < from)
            .take_while(|(number, _)| *number <= to)
            // After a cut the next lines are meant ones that are left out, not context.
            .filter(|(number, _)| *number <= shown_last || shown_last == last)
            .map(|(number, line)| Line {
                meant: (first..=last).contains(&number),
                number,
                text: text_of(line),
            })
            .collect();
        Self {
            lines,
            omitted: last.saturating_sub(shown_last),
        }
    }

    /// One line for each: a mark on those that are meant, the number, the text.
    pub(crate) fn render(&self) -> String {
        let width = self
            .lines
            .last()
            .map_or(1, |line| line.number.to_string().len());
        let mut shown = String::new();
        for line in &self.lines {
            let mark = if line.meant { '>' } else { ' ' };
            let text = visible_line(&line.text).replace("\\t", "    ");
            let row = format!("{mark} {:>width$} | {text}", line.number);
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

fn text_of(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    String::from_utf8_lossy(line).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file: &str, range: (u32, u32)) -> String {
        Excerpt::of(file.as_bytes(), range.0, range.1).render()
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
