//! Comments by name, and the places in the code that they stand at.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Value, display_value, string_serde, whole_number};
use crate::id::{HashKind, ObjectId};

/// Longest path, in bytes before its encoding.
const PATH_MAX_LEN: usize = 4096;

/// A comment by name: its event, and 0 for the event's own body or the number of an anchored comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommentId {
    event: ObjectId,
    number: u32,
}

impl CommentId {
    /// Comment `number` of `event`: 0 for its body, at most 9999 for an anchored comment.
    ///
    /// A greater number names no comment, and its text does not parse.
    pub const fn new(event: ObjectId, number: u32) -> Self {
        Self { event, number }
    }

    /// The event that the comment was made in.
    pub const fn event(&self) -> ObjectId {
        self.event
    }

    /// 0 for the event's body, or the anchor's number.
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// The comment of the same number in the event that `f` makes of this one's.
    pub(crate) fn map_event(self, f: &mut dyn FnMut(ObjectId) -> ObjectId) -> Self {
        Self {
            event: f(self.event),
            number: self.number,
        }
    }
}

impl fmt::Display for CommentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.event, self.number)
    }
}

impl Value for CommentId {
    fn parse(kind: HashKind, text: &str) -> Option<Self> {
        let (event, number) = text.split_once('/')?;
        Some(Self {
            event: <ObjectId as Value>::parse(kind, event)?,
            number: whole_number(number, 4)?,
        })
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

string_serde!(CommentId);

/// A side of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Before the change: the revision's base.
    Old,
    /// After the change: the revision's head.
    New,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Old => "old",
            Self::New => "new",
        })
    }
}

/// A path in a tree, as bytes. Its text is percent-encoded: see "Paths" in `events.md`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodePath(Vec<u8>);

impl CodePath {
    /// The path of these bytes; `None` when they are no path that a comment may stand at.
    pub fn from_bytes(path: &[u8]) -> Option<Self> {
        let component = |part: &[u8]| {
            !part.is_empty() && part != b"." && part != b".." && !part.eq_ignore_ascii_case(b".git")
        };
        // An empty path and outer or double slashes make an empty component.
        let well_formed = path.len() <= PATH_MAX_LEN
            && !path.contains(&0)
            && path.split(|byte| *byte == b'/').all(component);
        well_formed.then(|| Self(path.to_vec()))
    }

    /// The path that `text` encodes; `None` when it is not encoded as it must be, or no path.
    pub fn parse(text: &str) -> Option<Self> {
        let mut path = Vec::with_capacity(text.len());
        let mut rest = text.as_bytes();
        while let Some((byte, after)) = rest.split_first() {
            rest = after;
            if *byte == b'%' {
                let (digits, after) = rest.split_first_chunk::<2>()?;
                let [high, low] = digits.map(hex_digit);
                let byte = high? << 4 | low?;
                if is_plain(byte) {
                    return None;
                }
                path.push(byte);
                rest = after;
            } else if is_plain(*byte) {
                path.push(*byte);
            } else {
                return None;
            }
        }
        Self::from_bytes(&path)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// Whether the byte stands for itself in an encoded path.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~/+@,=".contains(&byte)
}

impl fmt::Display for CodePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| {
            if is_plain(*byte) {
                write!(f, "{}", char::from(*byte))
            } else {
                write!(f, "%{byte:02X}")
            }
        })
    }
}

impl fmt::Debug for CodePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

display_value!(CodePath);

/// Where an anchored comment of a review stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Anchor {
    /// The comment's number in its event, from 1 to 9999.
    pub number: u32,
    /// The place.
    pub place: Place,
}

/// A place in the code, or below another comment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// In a file.
    Code {
        /// The side of the change that the file is on.
        side: Side,
        /// The file.
        path: CodePath,
        /// First and last line, counted from 1 and equal for one line; `None` for the whole file.
        lines: Option<(u32, u32)>,
    },
    /// In the message of a commit; only `review/2` can say so.
    Message {
        /// The commit.
        commit: ObjectId,
        /// First and last line, as above.
        lines: Option<(u32, u32)>,
    },
    /// An answer to this comment.
    Reply(CommentId),
}

/// An anchor of `review/2`: where [`Anchor`] may stand, or in the message of a commit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Anchor2(pub Anchor);

impl Anchor {
    /// The comment that this one answers, if it is an answer.
    pub const fn reply_to(&self) -> Option<CommentId> {
        match self.place {
            Place::Reply(to) => Some(to),
            Place::Code { .. } | Place::Message { .. } => None,
        }
    }

    /// Replaces the event of the comment that this one answers, if it is an answer.
    pub(crate) fn map_event(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId) {
        if let Place::Reply(to) = &mut self.place {
            *to = to.map_event(f);
        }
    }
}

impl Anchor2 {
    /// Replaces the event of the comment that this one answers, if it is an answer.
    pub(crate) fn map_event(&mut self, f: &mut dyn FnMut(ObjectId) -> ObjectId) {
        self.0.map_event(f);
    }
}

impl Place {
    fn parse(kind: HashKind, text: &str) -> Option<Self> {
        let (word, at) = text.split_once(' ')?;
        if word == "reply" {
            return <CommentId as Value>::parse(kind, at).map(Self::Reply);
        }
        let (at, lines) = match at.split_once(':') {
            Some((at, lines)) => (at, Some(parse_lines(lines)?)),
            None => (at, None),
        };
        let side = match word {
            "old" => Side::Old,
            "new" => Side::New,
            "message" => {
                let commit = <ObjectId as Value>::parse(kind, at)?;
                return Some(Self::Message { commit, lines });
            }
            _ => return None,
        };
        let path = CodePath::parse(at)?;
        Some(Self::Code { side, path, lines })
    }
}

/// `n` or `first-last` with first < last.
fn parse_lines(text: &str) -> Option<(u32, u32)> {
    let line = |text: &str| whole_number(text, 9).filter(|line| *line > 0);
    match text.split_once('-') {
        None => line(text).map(|line| (line, line)),
        Some((first, last)) => {
            Some((line(first)?, line(last)?)).filter(|(first, last)| first < last)
        }
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.number)?;
        let lines = match &self.place {
            Place::Reply(to) => return write!(f, "reply {to}"),
            Place::Code { side, path, lines } => {
                write!(f, "{side} {path}")?;
                lines
            }
            Place::Message { commit, lines } => {
                write!(f, "message {commit}")?;
                lines
            }
        };
        match lines {
            None => Ok(()),
            Some((first, last)) if first == last => write!(f, ":{first}"),
            Some((first, last)) => write!(f, ":{first}-{last}"),
        }
    }
}

impl fmt::Display for Anchor2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Value for Anchor {
    fn parse(kind: HashKind, text: &str) -> Option<Self> {
        let Anchor2(anchor) = <Anchor2 as Value>::parse(kind, text)?;
        Some(anchor).filter(|anchor| !matches!(anchor.place, Place::Message { .. }))
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

impl Value for Anchor2 {
    fn parse(kind: HashKind, text: &str) -> Option<Self> {
        let (number, place) = text.split_once(' ')?;
        Some(Self(Anchor {
            number: whole_number(number, 4).filter(|number| *number > 0)?,
            place: Place::parse(kind, place)?,
        }))
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

string_serde!(Anchor);
string_serde!(Anchor2);
