//! Names of people, labels and checks, and other single-line values.

use std::fmt;

use super::{display_value, string_serde};
use crate::event::registry::{Reaction, Relation};
use crate::id::{HashKind, ObjectId};
use crate::text;

use super::Value;

/// Longest name of a person, bot or team, in bytes.
const PERSON_MAX_LEN: usize = 64;
/// Longest label, in bytes.
const LABEL_MAX_LEN: usize = 64;
/// Longest name of a check, step or provider, in bytes.
const NAME_MAX_LEN: usize = 100;
/// Longest line, in bytes.
const LINE_MAX_LEN: usize = 1024;
/// Longest address, in bytes after `://`.
const URL_REST_MAX_LEN: usize = 2000;

/// A string that passed `$accepts`.
macro_rules! text_value {
    ($(#[$doc:meta])* $name:ident, $accepts:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The value that `text` spells; `None` when it does not match the grammar.
            pub fn parse(text: &str) -> Option<Self> {
                $accepts(text).then(|| Self(text.to_owned()))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        display_value!($name);
    };
}

text_value! {
    /// A person or bot by its name in the policy.
    Person, is_person
}

text_value! {
    /// A person or, with `@`, a team.
    Party, is_party
}

text_value! {
    /// A label: 1 to 64 bytes without comma, tab or line feed, and without a space at either end.
    Label, is_label
}

text_value! {
    /// A name of a check, step or provider.
    Name, is_name
}

text_value! {
    /// One line of text: 1 to 1024 bytes without tab, and without a space at either end.
    Line, is_line
}

text_value! {
    /// An `http` or `https` address.
    Url, is_url
}

impl Party {
    /// Whether this is a team.
    pub fn is_team(&self) -> bool {
        self.0.starts_with('@')
    }
}

impl From<Person> for Party {
    fn from(person: Person) -> Self {
        Self(person.0)
    }
}

fn is_person(text: &str) -> bool {
    let outer = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = text.as_bytes();
    bytes.len() <= PERSON_MAX_LEN
        && bytes.first().is_some_and(outer)
        && bytes.last().is_some_and(outer)
        && bytes
            .iter()
            .all(|byte| outer(byte) || matches!(byte, b'.' | b'_' | b'-'))
}

fn is_party(text: &str) -> bool {
    is_person(text.strip_prefix('@').unwrap_or(text))
}

fn is_label(text: &str) -> bool {
    is_single_line(text, LABEL_MAX_LEN) && !text.contains(',')
}

fn is_line(text: &str) -> bool {
    is_single_line(text, LINE_MAX_LEN)
}

fn is_single_line(line: &str, max_len: usize) -> bool {
    (1..=max_len).contains(&line.len())
        && !line.contains(['\t', '\n'])
        && !line.starts_with(' ')
        && !line.ends_with(' ')
        && text::is_clean(line)
}

fn is_name(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || b" ._/()-".contains(&byte);
    text.len() <= NAME_MAX_LEN
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && !text.ends_with(' ')
        && text.bytes().all(inner)
}

fn is_url(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
        .unwrap_or_default();
    (1..=URL_REST_MAX_LEN).contains(&rest.len())
        && rest
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>'))
}

/// A label that is added or removed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LabelChange {
    /// Whether it is added (`+`), not removed (`-`).
    pub add: bool,
    /// The label.
    pub label: Label,
}

/// A person or team that is added or removed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonChange {
    /// Whether they are added (`+`), not removed (`-`).
    pub add: bool,
    /// The person or team.
    pub party: Party,
}

/// A link to another object that is added or removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkChange {
    /// Whether it is added (`+`), not removed (`-`).
    pub add: bool,
    /// How the object is linked to the other one.
    pub relation: Relation,
    /// The other object.
    pub object: ObjectId,
}

/// A reaction that is added or removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReactionChange {
    /// Whether it is added (`+`), not removed (`-`).
    pub add: bool,
    /// The reaction.
    pub reaction: Reaction,
}

/// Splits `+rest` and `-rest`.
fn split_sign(text: &str) -> Option<(bool, &str)> {
    match text.strip_prefix('+') {
        Some(rest) => Some((true, rest)),
        None => Some((false, text.strip_prefix('-')?)),
    }
}

const fn sign(add: bool) -> char {
    if add { '+' } else { '-' }
}

impl LabelChange {
    /// The change that `text` spells; `None` when it does not match the grammar.
    pub fn parse(text: &str) -> Option<Self> {
        let (add, label) = split_sign(text)?;
        let label = Label::parse(label)?;
        Some(Self { add, label })
    }
}

impl fmt::Display for LabelChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", sign(self.add), self.label)
    }
}

display_value!(LabelChange);

impl PersonChange {
    /// The change that `text` spells; `None` when it does not match the grammar.
    pub fn parse(text: &str) -> Option<Self> {
        let (add, party) = split_sign(text)?;
        let party = Party::parse(party)?;
        Some(Self { add, party })
    }
}

impl fmt::Display for PersonChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", sign(self.add), self.party)
    }
}

display_value!(PersonChange);

impl Value for LinkChange {
    fn parse(kind: HashKind, text: &str) -> Option<Self> {
        let (add, rest) = split_sign(text)?;
        let (relation, object) = rest.split_once(' ')?;
        Some(Self {
            add,
            relation: Relation::from_word(relation)?,
            object: <ObjectId as Value>::parse(kind, object)?,
        })
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for LinkChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let relation = self.relation.word();
        write!(f, "{}{relation} {}", sign(self.add), self.object)
    }
}

string_serde!(LinkChange);

impl ReactionChange {
    /// The change that `text` spells; `None` when it does not match the grammar.
    pub fn parse(text: &str) -> Option<Self> {
        let (add, word) = split_sign(text)?;
        let reaction = Reaction::from_word(word)?;
        Some(Self { add, reaction })
    }
}

impl fmt::Display for ReactionChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", sign(self.add), self.reaction.word())
    }
}

display_value!(ReactionChange);

/// Sixteen random bytes, written as 32 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nonce([u8; 16]);

impl Nonce {
    /// A nonce from bytes that the caller drew at random.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Value for Nonce {
    fn parse(_: HashKind, text: &str) -> Option<Self> {
        let digit = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
        if text.len() != 32 || !text.bytes().all(digit) {
            return None;
        }
        let number = u128::from_str_radix(text, 16).ok()?;
        Some(Self(number.to_be_bytes()))
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

string_serde!(Nonce);
