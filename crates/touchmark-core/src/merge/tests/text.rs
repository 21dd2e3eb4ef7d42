//! The merge of lines, against a table and against the rule done word by word.

use std::ops::Range;

use proptest::prelude::*;

use crate::merge::alignment::{Hunk, align};
use crate::merge::text::{BINARY_PREFIX_BYTES, Unmerged, merge};

/// Files as words, each of which is a line; the last may be without its line feed, written `word!`.
fn file(words: &str) -> Vec<u8> {
    let mut text = String::new();
    for word in words.split(' ').filter(|word| !word.is_empty()) {
        match word.strip_suffix('!') {
            Some(word) => text.push_str(word),
            None => text.extend([word, "\n"]),
        }
    }
    text.into_bytes()
}

#[track_caller]
fn check(base: &str, ours: &str, theirs: &str, expect: Result<&str, Unmerged>) {
    let expect = expect.map(file);
    for [ours, theirs] in [[ours, theirs], [theirs, ours]] {
        let merged = merge(&file(base), &file(ours), &file(theirs));
        assert_eq!(merged, expect, "{base} | {ours} | {theirs}");
    }
}

#[test]
fn changes_go_together_when_a_line_lies_between() {
    check("a b c", "A b c", "a b C", Ok("A b C"));
    check("a b c", "A b c", "a b", Ok("A b"));
    check("a b c", "x a b c", "a b c y", Ok("x a b c y"));
    check("a b c", "b c", "a b", Ok("b"));
    check("a b c!", "A b c!", "a b c", Ok("A b c"));
}

#[test]
fn neighbours_conflict() {
    let conflict = Err(Unmerged::Content);
    check("a b c", "A b c", "a B c", conflict);
    check("a b c", "x a b c", "A b c", conflict);
    check("a b", "a x b", "a y b", conflict);
    check("a b", "a x b", "a B", conflict);
    check("a b", "a b x", "a b y", conflict);
    check("a b c", "b c", "a c", conflict);
    check("a b!", "a b", "a c!", conflict);
    check("", "a", "b", conflict);
}

#[test]
fn what_both_did_counts_once() {
    check("a b c", "A b c", "A b C", Ok("A b C"));
    check("a b c d", "a c d", "a c D", Ok("a c D"));
    check("a b", "a x b", "a x b y", Ok("a x b y"));
    // One hunk on each side, of which only a part is equal.
    check("a b c", "X b c", "X B c", Err(Unmerged::Content));
}

#[test]
fn lines_that_could_be_added_elsewhere_go_where_there_is_room() {
    // The block that was added can stand on either side of the dash; below it is a line further from the change.
    check("a b - z", "A B - z", "a b - new - z", Ok("A B - new - z"));
    // As one hunk with the line that it replaces, it leaves the dash below it alone.
    check("old - z", "- new - z", "old - Z", Ok("- new - Z"));
    // Otherwise as far down as there is room, even if that is next to a change.
    check("a - - z", "a - z", "a - - Z", Err(Unmerged::Content));
    check("a - - z", "a - z", "A - - z", Ok("A - z"));
}

#[test]
fn binary_files_do_not_merge() {
    let text = file("a b c");
    let nul = [text.as_slice(), b"\0"].concat();
    assert_eq!(merge(&text, &nul, &file("A b c")), Err(Unmerged::Binary));
    assert_eq!(merge(&text, &nul, &text).as_ref(), Ok(&nul));
    let mut late = vec![b'x'; BINARY_PREFIX_BYTES];
    late.extend_from_slice(b"\0\nb\nc\n");
    let ours = [b"y", &late[1..]].concat();
    let theirs = [&late, b"d\n".as_slice()].concat();
    let both = [&ours, b"d\n".as_slice()].concat();
    assert_eq!(merge(&late, &ours, &theirs), Ok(both));
    let early = [b"y", &late[2..]].concat();
    assert_eq!(merge(&late[1..], &early, &theirs), Err(Unmerged::Binary));
}

/// Alignment as the rule has it.
fn align_by_words(base: &[&[u8]], side: &[&[u8]]) -> Vec<Hunk> {
    let mut pairs = Vec::new();
    let mut start = 0;
    while start < base.len() && start < side.len() && base[start] == side[start] {
        pairs.push((start, start));
        start += 1;
    }
    let mut end = 0;
    while end < base.len() - start
        && end < side.len() - start
        && base[base.len() - 1 - end] == side[side.len() - 1 - end]
    {
        end += 1;
        pairs.push((base.len() - end, side.len() - end));
    }
    let rest = |file: &[&[u8]], other: &[&[u8]]| -> Vec<usize> {
        let other = &other[start..other.len() - end];
        (start..file.len() - end)
            .filter(|index| other.contains(&file[*index]))
            .collect()
    };
    let (a, b) = (rest(base, side), rest(side, base));
    let mut length = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            length[i][j] = if base[a[i]] == side[b[j]] {
                length[i + 1][j + 1] + 1
            } else {
                length[i + 1][j].max(length[i][j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        if base[a[i]] == side[b[j]] {
            pairs.push((a[i], b[j]));
            (i, j) = (i + 1, j + 1);
        } else if length[i + 1][j] >= length[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs.sort_unstable();
    slide_by_words(base, side, between(&pairs, base.len(), side.len()))
}

/// What lies between the pairs of aligned lines.
fn between(pairs: &[(usize, usize)], base_end: usize, side_end: usize) -> Vec<Hunk> {
    let mut hunks = Vec::new();
    let (mut s, mut t) = (0, 0);
    for (base_line, side_line) in pairs.iter().copied().chain([(base_end, side_end)]) {
        if s < base_line || t < side_line {
            hunks.push(Hunk {
                base: s..base_line,
                side: t..side_line,
            });
        }
        (s, t) = (base_line + 1, side_line + 1);
    }
    hunks
}

/// Sliding as the rule has it: line by line, and all hunks anew after each turn.
fn slide_by_words(base: &[&[u8]], side: &[&[u8]], mut hunks: Vec<Hunk>) -> Vec<Hunk> {
    let moved = |hunk: &Hunk, by: isize| {
        let shift = |range: &Range<usize>| {
            range.start.wrapping_add_signed(by)..range.end.wrapping_add_signed(by)
        };
        Hunk {
            base: shift(&hunk.base),
            side: shift(&hunk.side),
        }
    };
    let own = |hunk: &Hunk| match (hunk.base.is_empty(), hunk.side.is_empty()) {
        (true, _) => side[hunk.side.clone()].to_vec(),
        (_, true) => base[hunk.base.clone()].to_vec(),
        _ => Vec::new(),
    };
    let mut turn = 0;
    while turn < hunks.len() {
        let end = hunks
            .get(turn + 1)
            .map_or(base.len(), |next| next.base.start);
        while hunks[turn].base.end < end
            && own(&hunks[turn]).first() == Some(&base[hunks[turn].base.end])
        {
            hunks[turn] = moved(&hunks[turn], 1);
        }
        let mut up = hunks[turn].clone();
        let above = turn
            .checked_sub(1)
            .map_or(0, |before| hunks[before].base.end);
        while up.base.start > above && own(&up).last() == Some(&base[up.base.start - 1]) {
            up = moved(&up, -1);
        }
        let first = if hunks[turn].base.end == end && turn + 1 < hunks.len() {
            turn
        } else if turn > 0 && up.base.start == above {
            hunks[turn] = up;
            turn - 1
        } else {
            turn += 1;
            continue;
        };
        let next = hunks.remove(first + 1);
        hunks[first].base.end = next.base.end;
        hunks[first].side.end = next.side.end;
        turn = first;
    }
    hunks
}

/// The regions of the rule as they stand there: every pair of hunks is looked at.
fn merge_by_words(base: &[&[u8]], ours: &[&[u8]], theirs: &[&[u8]]) -> Option<Vec<u8>> {
    let mut regions: Vec<Vec<(usize, Hunk)>> = Vec::new();
    for (side, file) in [ours, theirs].into_iter().enumerate() {
        for hunk in align_by_words(base, file) {
            let touches = |region: &Vec<(usize, Hunk)>| {
                region.iter().any(|(other, there)| {
                    *other != side
                        && hunk.base.end >= there.base.start
                        && there.base.end >= hunk.base.start
                })
            };
            let (touched, mut apart): (Vec<_>, Vec<_>) = regions.into_iter().partition(touches);
            let mut joined: Vec<_> = touched.into_iter().flatten().collect();
            joined.push((side, hunk));
            joined.sort_by_key(|(_, hunk)| hunk.base.start);
            apart.push(joined);
            regions = apart;
        }
    }
    let start = |region: &[(usize, Hunk)]| region.iter().map(|(_, hunk)| hunk.base.start).min();
    let end = |region: &[(usize, Hunk)]| region.iter().map(|(_, hunk)| hunk.base.end).max();
    regions.sort_by_key(|region| start(region));
    let mut merged = Vec::new();
    let mut done = 0;
    for region in &regions {
        let (start, end) = (start(region)?, end(region)?);
        merged.extend(base[done..start].concat());
        let has = |side: usize, file: &[&[u8]]| {
            let mut lines = Vec::new();
            let mut at = start;
            let hunks: Vec<_> = region.iter().filter(|(of, _)| *of == side).collect();
            for (_, hunk) in &hunks {
                lines.extend(base[at..hunk.base.start].concat());
                lines.extend(file[hunk.side.clone()].concat());
                at = hunk.base.end;
            }
            lines.extend(base[at..end].concat());
            (!hunks.is_empty()).then_some(lines)
        };
        let chosen = match (has(0, ours), has(1, theirs)) {
            (Some(ours), Some(theirs)) => (ours == theirs).then_some(ours)?,
            (ours, theirs) => ours.or(theirs)?,
        };
        merged.extend(chosen);
        done = end;
    }
    merged.extend(base[done..].concat());
    Some(merged)
}

fn lines(file: &[u8]) -> Vec<&[u8]> {
    file.split_inclusive(|byte| *byte == b'\n').collect()
}

/// Few different lines, so that they repeat.
fn any_file() -> impl Strategy<Value = Vec<u8>> {
    let often = prop::sample::select(vec!["a ", "b ", "c ", "d "]);
    let seldom = prop::sample::select(vec!["e ", "f ", "g ", "h ", "i ", "j ", "k ", "l "]);
    let lines = proptest::collection::vec(prop_oneof![4 => often, 1 => seldom], 0..24);
    (lines, any::<bool>()).prop_map(|(lines, ended)| {
        let mut text = file(&lines.concat());
        if !ended {
            text.pop();
        }
        text
    })
}

/// A file and two versions with a few edits.
pub(super) fn versions() -> impl Strategy<Value = [Vec<u8>; 3]> {
    let line = prop::sample::select(vec!["a ", "b ", "c ", "d ", "m ", "n ", "o "]);
    let added = proptest::collection::vec(line, 0..4);
    let edit = (any::<prop::sample::Index>(), 0..3usize, added);
    let edits = proptest::collection::vec(edit, 0..4);
    (any_file(), edits.clone(), edits).prop_map(|(base, ours, theirs)| {
        let edited = |edits: Vec<(prop::sample::Index, usize, Vec<&str>)>| {
            let mut side: Vec<Vec<u8>> = lines(&base).into_iter().map(<[u8]>::to_vec).collect();
            for (place, removed, added) in edits {
                let start = place.index(side.len() + 1);
                let end = side.len().min(start + removed);
                side.splice(start..end, [file(&added.concat())]);
            }
            side.concat()
        };
        let (ours, theirs) = (edited(ours), edited(theirs));
        [base, ours, theirs]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn alignments_are_the_rule_s(base in any_file(), side in any_file()) {
        let (base, side) = (lines(&base), lines(&side));
        prop_assert_eq!(align(&base, &side).hunks, Some(align_by_words(&base, &side)));
    }

    #[test]
    fn merges_are_the_rule_s([base, ours, theirs] in versions()) {
        let by_words = merge_by_words(&lines(&base), &lines(&ours), &lines(&theirs));
        prop_assert_eq!(merge(&base, &ours, &theirs).ok(), by_words);
    }
}
