//! Suggested replacements of lines, put into the file as it is now.
//!
//! Lines are what stands up to and with a line feed, and bytes are kept as they are: a file without a line feed at its
//! end, carriage returns and what is no UTF-8 need nothing special.

use std::fmt;
use std::ops::Range;

use crate::anchor::{Position, follow};
use crate::event::CommentId;

/// Lines that somebody would have otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suggestion<'a> {
    /// The comment that makes it.
    pub comment: CommentId,
    /// The file that was commented on.
    pub then: &'a [u8],
    /// The first line that it replaces, from 1.
    pub first: u32,
    /// The last one.
    pub last: u32,
    /// What stands in their place; nothing deletes them.
    pub replacement: &'a [u8],
}

/// Why a suggestion cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// The lines that it replaces are not there any more as they were.
    Changed {
        /// The comment.
        comment: CommentId,
    },
    /// The file that was commented on never had these lines.
    OutOfRange {
        /// The comment.
        comment: CommentId,
    },
    /// Two replace the same line.
    Overlap {
        /// The comment of the one that stands first.
        comment: CommentId,
        /// The other's.
        other: CommentId,
    },
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |id: &CommentId| format!("{}/{}", id.event().short(), id.number());
        match self {
            Self::Changed { comment } => write!(
                f,
                "the lines that {} replaces have changed since",
                name(comment)
            ),
            Self::OutOfRange { comment } => {
                let comment = name(comment);
                write!(f, "the lines that {comment} replaces were never there")
            }
            Self::Overlap { comment, other } => write!(
                f,
                "{} and {} replace the same lines",
                name(comment),
                name(other)
            ),
        }
    }
}

impl Unfit {
    /// The comments that it is about.
    pub fn comments(&self) -> impl Iterator<Item = CommentId> {
        let (one, other) = match *self {
            Self::Changed { comment } | Self::OutOfRange { comment } => (comment, None),
            Self::Overlap { comment, other } => (comment, Some(other)),
        };
        std::iter::once(one).chain(other)
    }
}

/// The file `now` with all suggestions in place of their lines, wherever these stand in it; `None` for no file.
///
/// # Errors
///
/// Everything that is in the way, if anything is: then no suggestion is taken.
pub fn apply(now: Option<&[u8]>, suggestions: &[Suggestion<'_>]) -> Result<Vec<u8>, Vec<Unfit>> {
    let mut unfit = Vec::new();
    let mut places = Vec::new();
    for suggestion in suggestions {
        match place(now, suggestion) {
            Ok(lines) => places.push((lines, suggestion)),
            Err(reason) => unfit.push(reason),
        }
    }
    places.sort_by_key(|(lines, _)| lines.start);
    for pair in places.windows(2) {
        if let [(before, one), (after, other)] = pair
            && after.start < before.end
        {
            unfit.push(Unfit::Overlap {
                comment: one.comment,
                other: other.comment,
            });
        }
    }
    if unfit.is_empty() {
        Ok(splice(now.unwrap_or_default(), &places))
    } else {
        Err(unfit)
    }
}

/// Where the lines of a suggestion are now, counted from 0.
fn place(now: Option<&[u8]>, suggestion: &Suggestion<'_>) -> Result<Range<usize>, Unfit> {
    let comment = suggestion.comment;
    let new = now.unwrap_or_default();
    match follow(suggestion.then, new, suggestion.first, suggestion.last) {
        Position::Moved { first, last } => {
            let bound =
                |line: u32| usize::try_from(line).map_err(|_| Unfit::OutOfRange { comment });
            Ok(bound(first)?.saturating_sub(1)..bound(last)?)
        }
        Position::Outdated => Err(Unfit::Changed { comment }),
        Position::OutOfRange => Err(Unfit::OutOfRange { comment }),
    }
}

/// `places` are in order and do not overlap.
fn splice(now: &[u8], places: &[(Range<usize>, &Suggestion<'_>)]) -> Vec<u8> {
    let mut file = Vec::with_capacity(now.len());
    let mut places = places.iter().peekable();
    for (at, line) in now.split_inclusive(|byte| *byte == b'\n').enumerate() {
        while let Some((lines, _)) = places.peek()
            && lines.end <= at
        {
            places.next();
        }
        match places.peek() {
            Some((lines, suggestion)) if lines.contains(&at) => {
                if lines.start == at {
                    file.extend_from_slice(suggestion.replacement);
                }
            }
            _ => file.extend_from_slice(line),
        }
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::HashKind;

    fn comment(number: u32) -> CommentId {
        CommentId::new(HashKind::Sha1.empty_tree(), number)
    }

    /// `wanted`: first and last line of `then` and the replacement, for comments 1, 2 and so on.
    fn taken(
        then: &[u8],
        now: Option<&[u8]>,
        wanted: &[(u32, u32, &[u8])],
    ) -> Result<Vec<u8>, Vec<Unfit>> {
        let suggestions: Vec<Suggestion<'_>> = (1..)
            .zip(wanted)
            .map(|(number, (first, last, replacement))| Suggestion {
                comment: comment(number),
                then,
                first: *first,
                last: *last,
                replacement,
            })
            .collect();
        apply(now, &suggestions)
    }

    fn check(then: &[u8], now: &[u8], wanted: &[(u32, u32, &[u8])], expect: &[u8]) {
        let file = taken(then, Some(now), wanted).expect("they fit");
        assert_eq!(
            file.escape_ascii().to_string(),
            expect.escape_ascii().to_string()
        );
    }

    #[test]
    fn suggestions_are_put_in_place_of_their_lines() {
        check(b"a\nb\nc\n", b"a\nb\nc\n", &[(2, 2, b"B\n")], b"a\nB\nc\n");
        // Several, given in any order, of which one deletes and one adds lines.
        check(
            b"a\nb\nc\nd\n",
            b"a\nb\nc\nd\n",
            &[(4, 4, b"D\nE\n"), (1, 2, b"")],
            b"c\nD\nE\n",
        );
        // Neighbours do not overlap.
        check(
            b"a\nb\n",
            b"a\nb\n",
            &[(1, 1, b"A\n"), (2, 2, b"B\n")],
            b"A\nB\n",
        );
        // The lines have moved.
        check(
            b"a\nb\n",
            b"x\ny\na\nb\n",
            &[(2, 2, b"B\n")],
            b"x\ny\na\nB\n",
        );
    }

    #[test]
    fn every_byte_is_kept() {
        // No line feed at the end, before and after.
        check(b"a\nb", b"a\nb", &[(2, 2, b"B")], b"a\nB");
        check(b"a\nb", b"a\nb", &[(1, 1, b"A\n")], b"A\nb");
        check(b"a\nb", b"a\nb", &[(2, 2, b"B\n")], b"a\nB\n");
        check(b"a\nb\n", b"a\nb\n", &[(2, 2, b"B")], b"a\nB");
        // Carriage returns, in what is replaced and in what stays.
        check(
            b"a\r\nb\r\n",
            b"a\r\nb\r\n",
            &[(2, 2, b"B\r\n")],
            b"a\r\nB\r\n",
        );
        // What is no UTF-8, and zero bytes.
        check(
            b"\xff\n\x00\xfe\n",
            b"\xff\n\x00\xfe\n",
            &[(1, 1, b"\x80\n")],
            b"\x80\n\x00\xfe\n",
        );
        // The whole file.
        check(b"a\nb\n", b"a\nb\n", &[(1, 2, b"")], b"");
    }

    #[test]
    fn what_does_not_fit_is_all_named() {
        let changed = |number| Unfit::Changed {
            comment: comment(number),
        };
        assert_eq!(
            taken(
                b"a\nb\n",
                Some(b"a\nX\n"),
                &[(1, 1, b"A\n"), (2, 2, b"B\n"), (7, 7, b"")]
            ),
            Err(vec![
                changed(2),
                Unfit::OutOfRange {
                    comment: comment(3)
                }
            ])
        );
        // A line feed at the end of the file is part of its last line.
        assert_eq!(
            taken(b"a\nb", Some(b"a\nb\n"), &[(2, 2, b"B")]),
            Err(vec![changed(1)])
        );
        assert_eq!(
            taken(b"a\n", None, &[(1, 1, b"A\n")]),
            Err(vec![changed(1)])
        );
        let overlap = taken(
            b"a\nb\nc\n",
            Some(b"a\nb\nc\n"),
            &[(2, 3, b"B\n"), (1, 2, b"A\n")],
        );
        assert_eq!(
            overlap,
            Err(vec![Unfit::Overlap {
                comment: comment(2),
                other: comment(1)
            }])
        );
        let words = overlap.expect_err("it overlaps")[0].to_string();
        assert_eq!(
            words,
            "4b825dc642cb/2 and 4b825dc642cb/1 replace the same lines"
        );
    }
}
