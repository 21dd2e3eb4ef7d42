//! The part of a change that a comment is about: its lines, what they replaced, and a little of what is around them.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::event::Side;

/// More lines of the other side in one place are left out, the first of them.
const RUN_MAX_LEN: usize = 6;

/// One line of a part of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HunkLine<'a> {
    /// The only side that has it; `None` when both have.
    pub only: Option<Side>,
    /// Its number from 1, on the side that was asked for, or on the only one that has it.
    pub number: usize,
    /// Its text with its line feed, if it has one.
    pub text: &'a [u8],
}

/// Lines `first..=last` (from 1) of one side of the change from `old` to `new`, with `context` lines of that side around
/// them, and what the other side has between those.
pub fn around<'a>(
    old: &'a [u8],
    new: &'a [u8],
    side: Side,
    first: usize,
    last: usize,
    context: usize,
) -> Vec<HunkLine<'a>> {
    let from = first.saturating_sub(context).max(1);
    let to = last.saturating_add(context);
    let mut hunk = Vec::new();
    // Lines of the other side wait until it is known whether a line that is shown follows.
    let mut waiting = Vec::new();
    for line in lines(old, new, side) {
        if line.only.is_some_and(|only| only != side) {
            waiting.push(line);
            continue;
        }
        if line.number > to {
            break;
        }
        // What stands before the first line that is shown belongs to it only if that line took its place.
        let belongs = !hunk.is_empty() || (line.number == from && line.only == Some(side));
        if line.number >= from {
            if belongs {
                keep(&mut hunk, &mut waiting);
            }
            hunk.push(line);
        }
        waiting.clear();
    }
    if hunk
        .last()
        .is_some_and(|line| line.only == Some(side) || line.number == last)
    {
        keep(&mut hunk, &mut waiting);
    }
    hunk
}

fn keep<'a>(hunk: &mut Vec<HunkLine<'a>>, waiting: &mut Vec<HunkLine<'a>>) {
    let left_out = waiting.len().saturating_sub(RUN_MAX_LEN);
    hunk.extend(waiting.drain(..).skip(left_out));
}

/// Every line of both sides, in the order of a diff.
fn lines<'a>(old: &'a [u8], new: &'a [u8], side: Side) -> Vec<HunkLine<'a>> {
    let split =
        |text: &'a [u8]| -> Vec<&'a [u8]> { text.split_inclusive(|byte| *byte == b'\n').collect() };
    let (old, new) = (split(old), split(new));
    let mut lines = Vec::with_capacity(old.len().max(new.len()));
    let mut push = |only, texts: &[&'a [u8]], numbered_from: usize| {
        lines.extend(texts.iter().enumerate().map(|(at, text)| HunkLine {
            only,
            number: numbered_from + at + 1,
            text,
        }));
    };
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        let (before, after) = (op.old_range(), op.new_range());
        let removed = old.get(before.clone()).unwrap_or_default();
        let added = new.get(after.clone()).unwrap_or_default();
        if let DiffOp::Equal { .. } = op {
            let start = match side {
                Side::Old => before.start,
                Side::New => after.start,
            };
            push(None, added, start);
        } else {
            push(Some(Side::Old), removed, before.start);
            push(Some(Side::New), added, after.start);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "1\n2\n3\n4\n5\n6\n7\n8\n";
    const NEW: &str = "1\n2\n3\nfour\n5\nnew\n6\n7\n8\n";

    fn check(old: &str, new: &str, side: Side, range: (usize, usize), expect: &str) {
        let hunk = around(old.as_bytes(), new.as_bytes(), side, range.0, range.1, 1);
        let shown: Vec<String> = hunk
            .iter()
            .map(|line| {
                let sign = match line.only {
                    None => ' ',
                    Some(Side::Old) => '-',
                    Some(Side::New) => '+',
                };
                let text = String::from_utf8_lossy(line.text);
                format!("{sign}{}:{}", line.number, text.trim_end())
            })
            .collect();
        assert_eq!(shown.join(" "), expect, "{range:?}");
    }

    #[test]
    fn lines_stand_beside_what_they_replaced() {
        check(OLD, NEW, Side::New, (4, 4), " 3:3 -4:4 +4:four  5:5");
        check(OLD, NEW, Side::New, (6, 7), " 5:5 +6:new  7:6  8:7");
        check(OLD, NEW, Side::New, (1, 1), " 1:1  2:2");
        // On the old side, whose numbers count then.
        check(OLD, NEW, Side::Old, (4, 4), " 3:3 -4:4 +4:four  5:5");
        check(OLD, NEW, Side::Old, (6, 6), " 5:5 +6:new  6:6  7:7");
        check(OLD, OLD, Side::New, (8, 8), " 7:7  8:8");
    }

    #[test]
    fn the_ends_of_files_are_no_trouble() {
        check("a\nb\n", "A\nb\n", Side::New, (1, 1), "-1:a +1:A  2:b");
        check("a\nb\n", "a\nB", Side::New, (2, 2), " 1:a -2:b +2:B");
        // A line that went after the last one that is meant.
        check("a\nb\n", "a\n", Side::New, (1, 1), " 1:a -2:b");
        check("", "a\nb\n", Side::New, (2, 2), "+1:a +2:b");
        check("a\nb\n", "", Side::Old, (1, 1), "-1:a -2:b");
        check("a\n", "a\n", Side::New, (5, 6), "");
    }

    #[test]
    fn long_runs_of_the_other_side_are_cut() {
        let old: String = (1..=20).map(|line| format!("{line}\n")).collect();
        let expect = "-15:15 -16:16 -17:17 -18:18 -19:19 -20:20 +1:x";
        check(&old, "x\n", Side::New, (1, 1), expect);
    }
}
