//! The three-way merge of one file's lines.

use super::alignment::{self, Alignment, align};
use super::region::{Part, regions};

/// Largest file that is merged, in bytes.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;

/// Most lines that a file may have to be merged.
pub const MAX_LINES: usize = 1 << 20;

/// Most edits between the base and a side; an edit is a line removed or added, and a line counts only if it occurs in
/// both files, not counting what they have in common at their beginnings and ends.
pub const MAX_EDITS: usize = alignment::MAX_EDITS;

/// Bound of the same edits, times the lines of both files that count.
pub const MAX_STEPS: usize = alignment::MAX_STEPS;

/// A NUL within so many bytes makes a file binary, as in git.
pub const BINARY_PREFIX_BYTES: usize = 8000;

/// Why a file does not merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmerged {
    /// Both sides changed the same lines, or neighbouring ones.
    Content,
    /// A version is not text.
    Binary,
    /// A version is too large, or the versions differ too much.
    Limit,
}

/// Merges `ours` and `theirs`, both grown from `base`.
///
/// # Errors
///
/// [`Unmerged`] when there is no clean result.
pub fn merge(base: &[u8], ours: &[u8], theirs: &[u8]) -> Result<Vec<u8>, Unmerged> {
    merge_counted(base, ours, theirs).result
}

/// A merge, and what it took.
#[derive(Debug)]
pub(super) struct Counted {
    pub(super) result: Result<Vec<u8>, Unmerged>,
    /// The steps of the two alignments.
    pub(super) steps: u64,
}

impl From<Result<Vec<u8>, Unmerged>> for Counted {
    fn from(result: Result<Vec<u8>, Unmerged>) -> Self {
        Self { result, steps: 0 }
    }
}

/// [`merge`], with the count that the limit on a whole merge is about.
pub(super) fn merge_counted(base: &[u8], ours: &[u8], theirs: &[u8]) -> Counted {
    if ours == theirs || theirs == base {
        return Ok(ours.to_vec()).into();
    }
    if ours == base {
        return Ok(theirs.to_vec()).into();
    }
    if [base, ours, theirs]
        .iter()
        .any(|file| file.len() > MAX_BYTES)
    {
        return Err(Unmerged::Limit).into();
    }
    if [base, ours, theirs].into_iter().any(is_binary) {
        return Err(Unmerged::Binary).into();
    }
    match (lines(base), lines(ours), lines(theirs)) {
        (Some(base), Some(ours), Some(theirs)) => merge_lines(&base, &ours, &theirs),
        _ => Err(Unmerged::Limit).into(),
    }
}

fn merge_lines(base: &[&[u8]], ours: &[&[u8]], theirs: &[&[u8]]) -> Counted {
    let Alignment {
        hunks: our_hunks,
        steps,
    } = align(base, ours);
    let Alignment {
        hunks: their_hunks,
        steps: more,
    } = align(base, theirs);
    let result = match (our_hunks, their_hunks) {
        (Some(our_hunks), Some(their_hunks)) => {
            let regions = regions(&our_hunks, &their_hunks);
            let mut text = Vec::new();
            let mut done = 0;
            let mut clean = true;
            for region in &regions {
                extend(&mut text, &base[done..region.base.start]);
                match choose(part(ours, &region.ours), part(theirs, &region.theirs)) {
                    Some(lines) => extend(&mut text, lines),
                    None => clean = false,
                }
                done = region.base.end;
            }
            extend(&mut text, &base[done..]);
            if clean {
                Ok(text)
            } else {
                Err(Unmerged::Content)
            }
        }
        _ => Err(Unmerged::Limit),
    };
    Counted {
        result,
        steps: steps.saturating_add(more),
    }
}

fn extend(text: &mut Vec<u8>, lines: &[&[u8]]) {
    for line in lines {
        text.extend_from_slice(line);
    }
}

/// A side's lines in a region, if the side changed any.
fn part<'a, 'b>(lines: &'b [&'a [u8]], part: &Part) -> Option<&'b [&'a [u8]]> {
    part.changed.then(|| &lines[part.lines.clone()])
}

/// What a region becomes.
fn choose<'a, 'b>(
    ours: Option<&'b [&'a [u8]]>,
    theirs: Option<&'b [&'a [u8]]>,
) -> Option<&'b [&'a [u8]]> {
    match (ours, theirs) {
        (Some(ours), Some(theirs)) => (ours == theirs).then_some(ours),
        (ours, theirs) => ours.or(theirs),
    }
}

fn is_binary(file: &[u8]) -> bool {
    file.iter().take(BINARY_PREFIX_BYTES).any(|byte| *byte == 0)
}

/// The lines of a file, each with its line feed; `None` when there are too many.
fn lines(file: &[u8]) -> Option<Vec<&[u8]>> {
    let lines: Vec<&[u8]> = file
        .split_inclusive(|byte| *byte == b'\n')
        .take(MAX_LINES + 1)
        .collect();
    (lines.len() <= MAX_LINES).then_some(lines)
}
