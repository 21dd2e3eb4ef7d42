//! Where a hunk stands that could stand in several places.
//!
//! Lines added between equal lines may as well have been added a little earlier or later. As in git, such a hunk joins
//! a neighbour if it can, so that there are few hunks, and else stands as far down as it can.

use super::alignment::Hunk;

/// Two versions of a file whose hunks are moved.
struct Versions<'a> {
    base: &'a [&'a [u8]],
    side: &'a [&'a [u8]],
}

/// Moves hunks that only add or only remove, from the first to the last.
pub(super) fn slide(base: &[&[u8]], side: &[&[u8]], hunks: Vec<Hunk>) -> Vec<Hunk> {
    let versions = Versions { base, side };
    let mut placed: Vec<Hunk> = Vec::with_capacity(hunks.len());
    let mut rest = hunks.into_iter().peekable();
    while let Some(mut hunk) = rest.next() {
        loop {
            let end = rest.peek().map_or(base.len(), |next| next.base.start);
            versions.move_down(&mut hunk, end);
            if hunk.base.end == end
                && let Some(next) = rest.next()
            {
                hunk.base.end = next.base.end;
                hunk.side.end = next.side.end;
            } else if let Some(before) = placed.pop_if(|before| versions.reaches(&hunk, before)) {
                let lines = hunk.base.start - before.base.end;
                hunk.base = before.base.start..hunk.base.end - lines;
                hunk.side = before.side.start..hunk.side.end - lines;
            } else {
                break;
            }
        }
        placed.push(hunk);
    }
    placed
}

impl<'a> Versions<'a> {
    /// The lines that a hunk adds or removes, as a range of the file that has them; `None` if it does both.
    fn pure(&self, hunk: &Hunk) -> Option<(&'a [&'a [u8]], usize, usize)> {
        if hunk.base.is_empty() {
            Some((self.side, hunk.side.start, hunk.side.end))
        } else if hunk.side.is_empty() {
            Some((self.base, hunk.base.start, hunk.base.end))
        } else {
            None
        }
    }

    /// Moves a hunk down as far as it can go without passing the line `end` of the base.
    fn move_down(&self, hunk: &mut Hunk, end: usize) {
        let Some((file, first, after)) = self.pure(hunk) else {
            return;
        };
        let room = end - hunk.base.end;
        let lines = (0..room)
            .take_while(|line| file[first + line] == file[after + line])
            .count();
        hunk.base = hunk.base.start + lines..hunk.base.end + lines;
        hunk.side = hunk.side.start + lines..hunk.side.end + lines;
    }

    /// Whether a hunk can move up to where `before` ends.
    fn reaches(&self, hunk: &Hunk, before: &Hunk) -> bool {
        let room = hunk.base.start - before.base.end;
        self.pure(hunk).is_some_and(|(file, first, after)| {
            (1..=room).all(|line| file[first - line] == file[after - line])
        })
    }
}
