//! Where a comment stands now: its lines followed from the revision it was made on to a later one.

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Where an anchored range of lines is in a later version of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// Every line is still there, unchanged, in one run: lines `first` to `last`, counted from 1.
    Moved {
        /// First line.
        first: u32,
        /// Last line.
        last: u32,
    },
    /// At least one line was changed or removed: show the comment with its original context.
    Outdated,
    /// The range was never inside the file.
    OutOfRange,
}

/// Follows lines `first..=last` (from 1) of `old` into `new`.
///
/// Lines count as the same when their bytes are; files are compared with Myers' algorithm. Lines that stand where the
/// comparison does not find them have been moved, if both files hold them exactly once.
pub fn follow(old: &[u8], new: &[u8], first: u32, last: u32) -> Position {
    let old: Vec<&[u8]> = lines(old);
    let new: Vec<&[u8]> = lines(new);
    let (Ok(start), Ok(end)) = (usize::try_from(first), usize::try_from(last)) else {
        return Position::OutOfRange;
    };
    if start == 0 || start > end || end > old.len() {
        return Position::OutOfRange;
    }
    let start = start - 1;
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        if let DiffOp::Equal {
            old_index,
            new_index,
            len,
        } = op
            && old_index <= start
            && end <= old_index + len
        {
            let moved = |line: usize| u32::try_from(new_index + line - old_index).ok();
            if let (Some(first), Some(last)) = (moved(start + 1), moved(end)) {
                return Position::Moved { first, last };
            }
        }
    }
    moved_elsewhere(&old, &new, start, end).unwrap_or(Position::Outdated)
}

/// Where the lines are that were cut out and put in elsewhere; `None` when there is more than one place, or none.
fn moved_elsewhere(old: &[&[u8]], new: &[&[u8]], start: usize, end: usize) -> Option<Position> {
    let block = old.get(start..end)?;
    // A brace or an empty line is found once by chance.
    let says_something = block
        .iter()
        .copied()
        .flatten()
        .any(u8::is_ascii_alphanumeric);
    if !says_something || only_place(old, block).is_none() {
        return None;
    }
    let at = only_place(new, block)?;
    Some(Position::Moved {
        first: u32::try_from(at + 1).ok()?,
        last: u32::try_from(at + block.len()).ok()?,
    })
}

/// Where the block stands, if it does so once.
fn only_place(lines: &[&[u8]], block: &[&[u8]]) -> Option<usize> {
    let mut places = lines
        .windows(block.len())
        .enumerate()
        .filter(|(_, window)| *window == block)
        .map(|(at, _)| at);
    let first = places.next()?;
    places.next().is_none().then_some(first)
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(old: &str, new: &str, range: (u32, u32), expect: Position) {
        let position = follow(old.as_bytes(), new.as_bytes(), range.0, range.1);
        assert_eq!(position, expect, "{range:?} of {old:?} in {new:?}");
    }

    #[test]
    fn lines_are_followed() {
        let moved = |first, last| Position::Moved { first, last };
        check("a\nb\nc\n", "a\nb\nc\n", (2, 3), moved(2, 3));
        check("a\nb\nc\n", "x\ny\na\nb\nc\n", (2, 3), moved(4, 5));
        check("a\nb\nc\n", "b\nc\n", (2, 3), moved(1, 2));
        check("a\nb\nc\n", "a\nB\nc\n", (2, 2), Position::Outdated);
        check("a\nb\nc\n", "a\nb\nnew\nc\n", (2, 3), Position::Outdated);
        check("a\nb\n", "", (1, 1), Position::Outdated);
        check("a\nb\n", "a\nb\n", (2, 3), Position::OutOfRange);
        check("", "a\n", (1, 1), Position::OutOfRange);
    }

    #[test]
    fn a_block_that_was_moved_is_found_where_it_is() {
        let moved = |first, last| Position::Moved { first, last };
        check("x\ny\na\nb\nc\n", "a\nb\nc\nx\ny\n", (1, 2), moved(4, 5));
        check("x\na\nb\nc\n", "a\nb\nc\nx\n", (1, 1), moved(4, 4));
        // Twice in either file, or nothing that could be told from elsewhere.
        check(
            "x\na\nb\nc\n",
            "a\nb\nx\nc\nx\n",
            (1, 1),
            Position::Outdated,
        );
        check("x\na\nb\nx\n", "a\nb\nx\n", (1, 1), Position::Outdated);
        check("}\na\nb\nc\n", "a\nb\nc\n}\n", (1, 1), Position::Outdated);
    }
}
