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
/// Lines count as the same when their bytes are; files are compared with Myers' algorithm.
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
    Position::Outdated
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
}
