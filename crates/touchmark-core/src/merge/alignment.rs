//! Which lines of a file are the same in another version of it.
//!
//! The result is defined without an algorithm (see [`SEMANTICS`](super::SEMANTICS)); this one is Myers' greedy search,
//! run from the ends of both files, so that the walk from their beginnings can look up where it leads.

use std::collections::BTreeMap;
use std::ops::Range;

use super::sliding::slide;

/// Lines that may have to be removed and added, after those that occur in one file only are set aside.
pub(super) const MAX_EDITS: usize = 4096;

/// Bound of edits times lines, so that very long files get fewer edits.
pub(super) const MAX_STEPS: usize = 1 << 27;

/// Lines of the base, and the lines of the side that stand in their place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hunk {
    /// Lines of the base.
    pub(super) base: Range<usize>,
    /// Lines of the side.
    pub(super) side: Range<usize>,
}

/// How two versions of a file differ, and what it took to find out.
#[derive(Debug)]
pub(super) struct Alignment {
    /// The differences in order; `None` when there are more than the limits allow.
    pub(super) hunks: Option<Vec<Hunk>>,
    /// Remaining lines of both files, times one more than the edits between them, or than the limit on those.
    pub(super) steps: u64,
}

/// Aligns `side` with `base`, both given as lines.
pub(super) fn align(base: &[&[u8]], side: &[&[u8]]) -> Alignment {
    let start = count_equal(base.iter(), side.iter());
    let end = count_equal(base[start..].iter().rev(), side[start..].iter().rev());
    let base_rest = start..base.len() - end;
    let side_rest = start..side.len() - end;
    let (a, b) = shared_lines(base, base_rest.clone(), side, side_rest.clone());
    let search = Search::run(&a, &b);
    let pairs = search.trace.map(|trace| walk(&a, &b, &trace));
    Alignment {
        hunks: pairs.map(|pairs| slide(base, side, hunks(&pairs, base_rest, side_rest))),
        steps: search.steps,
    }
}

fn count_equal<'a>(
    a: impl Iterator<Item = &'a &'a [u8]>,
    b: impl Iterator<Item = &'a &'a [u8]>,
) -> usize {
    a.zip(b).take_while(|(a, b)| a == b).count()
}

/// A line that occurs in both files: which text it is, and where it stands.
#[derive(Debug, Clone, Copy)]
struct Line {
    text: usize,
    index: usize,
}

/// The lines within the ranges that occur within the other range too.
fn shared_lines(
    base: &[&[u8]],
    base_rest: Range<usize>,
    side: &[&[u8]],
    side_rest: Range<usize>,
) -> (Vec<Line>, Vec<Line>) {
    let mut texts: BTreeMap<&[u8], usize> = BTreeMap::new();
    let mut a: Vec<Line> = Vec::with_capacity(base_rest.len());
    for index in base_rest {
        let next = texts.len();
        let text = *texts.entry(base[index]).or_insert(next);
        a.push(Line { text, index });
    }
    let mut in_side = vec![false; texts.len()];
    let mut b = Vec::with_capacity(side_rest.len());
    for index in side_rest {
        if let Some(text) = texts.get(side[index]) {
            in_side[*text] = true;
            b.push(Line { text: *text, index });
        }
    }
    a.retain(|line| in_side[line.text]);
    (a, b)
}

/// For each number of edits, how far from the files' ends each diagonal is reached with so many.
///
/// The diagonal of `x` lines of `a` and `y` lines of `b`, counted from the ends, is `x - y`; with `d` edits those from
/// `-d` to `d` in steps of two can be reached, and the `x` of the one numbered `2 * index - d` is at `[d][index]`.
#[derive(Debug, Default)]
struct Trace(Vec<u32>);

impl Trace {
    fn row(&self, edits: usize) -> &[u32] {
        let start = edits * (edits + 1) / 2;
        &self.0[start..=start + edits]
    }
}

struct Search {
    trace: Option<(Trace, usize)>,
    steps: u64,
}

impl Search {
    /// Finds the least number of edits from one file to the other, unless the limits say stop.
    fn run(a: &[Line], b: &[Line]) -> Self {
        let lines = a.len() + b.len();
        let limit = MAX_EDITS.min(MAX_STEPS / lines.max(1));
        let steps =
            |edits: usize| u64::try_from(lines.saturating_mul(edits + 1)).unwrap_or(u64::MAX);
        let mut trace = Trace::default();
        for edits in 0..=limit {
            for index in 0..=edits {
                let x = reach(a, b, &trace, edits, index);
                trace.0.push(u32::try_from(x).unwrap_or(u32::MAX));
                // Beyond the end of one file lies the end of the other, with as many edits more.
                if x == a.len() && x + edits == b.len() + 2 * index {
                    return Self {
                        trace: Some((trace, edits)),
                        steps: steps(edits),
                    };
                }
            }
        }
        Self {
            trace: None,
            steps: steps(limit),
        }
    }
}

/// How many lines of `a` lie behind the furthest point of one diagonal that `edits` edits lead to.
fn reach(a: &[Line], b: &[Line], trace: &Trace, edits: usize, index: usize) -> usize {
    let mut x = 0;
    if edits > 0 {
        let before = trace.row(edits - 1);
        let at = |index: usize| before.get(index).map_or(0, |x| *x as usize);
        let removed = if index > 0 { at(index - 1) + 1 } else { 0 };
        x = removed.max(at(index));
    }
    let mut y = x + edits - 2 * index;
    while x < a.len() && y < b.len() && a[a.len() - 1 - x].text == b[b.len() - 1 - y].text {
        x += 1;
        y += 1;
    }
    x
}

/// The pairs of equal lines on the path that takes equal lines at once and else rather removes than adds.
fn walk(a: &[Line], b: &[Line], (trace, edits): &(Trace, usize)) -> Vec<(usize, usize)> {
    let (mut i, mut j, mut edits) = (0, 0, *edits);
    let mut pairs = Vec::new();
    while i < a.len() && j < b.len() {
        if a[i].text == b[j].text {
            pairs.push((a[i].index, b[j].index));
            i += 1;
            j += 1;
            continue;
        }
        // Where removing leads to is reached with one edit less, or adding leads to such a place.
        edits -= 1;
        let (x, y) = (a.len() - i - 1, b.len() - j);
        let index = (x + edits).checked_sub(y).map(|twice| twice / 2);
        let removes = index
            .and_then(|index| trace.row(edits).get(index))
            .is_some_and(|reached| *reached as usize >= x);
        if removes {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

/// What lies between the pairs, within the ranges.
fn hunks(pairs: &[(usize, usize)], base_rest: Range<usize>, side_rest: Range<usize>) -> Vec<Hunk> {
    let mut hunks = Vec::new();
    let (mut base, mut side) = (base_rest.start, side_rest.start);
    let end = (base_rest.end, side_rest.end);
    for (base_index, side_index) in pairs.iter().copied().chain([end]) {
        if base < base_index || side < side_index {
            hunks.push(Hunk {
                base: base..base_index,
                side: side..side_index,
            });
        }
        (base, side) = (base_index + 1, side_index + 1);
    }
    hunks
}
