//! Merge rule 1: what the merge of two trees is, pinned, so that every verifier on every platform agrees.
//!
//! `docs/reference/merge.md` is the rule in words; [`SEMANTICS`] repeats it for whoever reads the code.
//! [`text`] merges the lines of one file, [`tree`] whole directories, asking its driver for the objects it needs.

pub mod conflict;
pub mod text;
pub mod tree;

mod alignment;
mod assemble;
mod directory;
mod region;
mod sliding;
#[cfg(test)]
mod tests;

/// The version of the merge rule, as a `merge/1` event names it.
///
/// What follows is rule 1. None of it ever changes: a better rule gets the next number.
///
/// **Trees.** Of three values (base, ours, theirs) the *plain result* is ours if ours equals theirs or theirs equals
/// base, else theirs if ours equals base, else there is none. If the three root trees have one, it is the result.
/// Otherwise they are merged name by name: each of a name's three entries, an entry being a mode and an id, is either
/// a *directory* (mode `40000`), a *leaf* (any other mode) or absent. The three directories, absent where the entry is
/// none, become their plain result, else they are merged name by name, an absent one being empty. The three leaves
/// become their plain result; else, if all three are regular files (`100644`, `100755`), the plain result of the modes,
/// and the plain result of the ids or else the merged text; else they are a conflict.
/// A name that gets both a leaf and a directory is a conflict. Within directories merged name by name, a directory
/// that is the empty tree is left out.
///
/// **Text.** A file with a NUL among its first [`BINARY_PREFIX_BYTES`](text::BINARY_PREFIX_BYTES) bytes is binary,
/// and a conflict. A line ends after each line feed and at the end of the file. Each side is *aligned* with the base:
///
/// 1. The longest common prefix of lines is aligned and set aside, then the longest common suffix of what is left.
/// 2. Of what is left, lines that do not occur in what is left of the other file are set aside, not aligned.
/// 3. Let `a` and `b` be the lines that remain of base and side, and `L(i, j)` the length of a longest common
///    subsequence of `a[i..]` and `b[j..]`. From `i = j = 0` on: equal lines `a[i]`, `b[j]` are aligned, and both
///    advance; else if `L(i+1, j) ≥ L(i, j+1)` only `i` advances; else only `j`. One file's end ends it.
///
/// What is not aligned makes *hunks*: maximal runs `[s, e)` of base lines, possibly empty, with the lines of the side
/// that stand in their place. They are *slid*, from the first to the last. A hunk without base lines or without side
/// lines can move down by a line if the aligned line after it equals its own first line, and up by a line if the
/// aligned line before it equals its own last. In its turn such a hunk moves down until it cannot or meets the next.
/// A hunk that then meets the next becomes one with it, whose turn it is anew. One that does not, but could move up
/// from there until it met the one before it, becomes one with that, whose turn it is anew. Otherwise it stays there.
///
/// Hunks of different sides touch unless one's `e` is less than the other's `s`. Hunks that touch, directly or over
/// others, are one *region*. A region with hunks of one side only becomes what that side has there; one with hunks of
/// both becomes what both have there if that is equal, and is a conflict otherwise. Base lines outside regions stay.
///
/// **Limits.** They are part of the rule ([`text`], [`tree::Limits::RULE_1`]): what passes one does not merge cleanly.
pub const SEMANTICS: u32 = 1;
