//! Regions of a file in which one side or both changed something.

use std::ops::Range;

use super::alignment::Hunk;

/// What one side has in a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// Whether the side changed anything in the region.
    pub(super) changed: bool,
    /// The side's lines there.
    pub(super) lines: Range<usize>,
}

/// Hunks that touch, as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Region {
    /// Lines of the base.
    pub(super) base: Range<usize>,
    /// What our side has there.
    pub(super) ours: Part,
    /// What their side has there.
    pub(super) theirs: Part,
}

/// The hunks of one side that are not in a region yet.
struct Hunks<'a> {
    rest: &'a [Hunk],
    /// How far the side's lines are ahead of the base's after the hunks that were taken.
    base_end: usize,
    side_end: usize,
}

impl<'a> Hunks<'a> {
    const fn new(hunks: &'a [Hunk]) -> Self {
        Self {
            rest: hunks,
            base_end: 0,
            side_end: 0,
        }
    }

    fn start(&self) -> Option<usize> {
        self.rest.first().map(|hunk| hunk.base.start)
    }

    /// Takes the next hunk if it starts no later than `end`, and returns the end of the base lines that it replaces.
    fn take(&mut self, end: usize) -> Option<usize> {
        let (hunk, rest) = self.rest.split_first()?;
        if hunk.base.start > end {
            return None;
        }
        self.rest = rest;
        self.base_end = hunk.base.end;
        self.side_end = hunk.side.end;
        Some(hunk.base.end)
    }

    /// The side's line that stands where `base` stands, which lies in no hunk and not before one that was taken.
    const fn line_at(&self, base: usize) -> usize {
        self.side_end + (base - self.base_end)
    }
}

/// The regions of two sides' hunks, in order.
pub(super) fn regions(ours: &[Hunk], theirs: &[Hunk]) -> Vec<Region> {
    let (mut ours, mut theirs) = (Hunks::new(ours), Hunks::new(theirs));
    let mut regions = Vec::new();
    while let Some(start) = [ours.start(), theirs.start()].into_iter().flatten().min() {
        let begin = (ours.line_at(start), theirs.line_at(start));
        let (our_count, their_count) = (ours.rest.len(), theirs.rest.len());
        let mut end = start;
        while let Some(taken) = ours.take(end).or_else(|| theirs.take(end)) {
            end = end.max(taken);
        }
        regions.push(Region {
            base: start..end,
            ours: Part {
                changed: ours.rest.len() < our_count,
                lines: begin.0..ours.line_at(end),
            },
            theirs: Part {
                changed: theirs.rest.len() < their_count,
                lines: begin.1..theirs.line_at(end),
            },
        });
    }
    regions
}
