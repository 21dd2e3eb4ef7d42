//! Values: what stands after `Key: ` in a trailer, each type with its strict grammar.
//!
//! The grammars are those of `[[value]]` in `events.toml`. Parsing and writing are each
//! other's inverse: a value has one spelling, and nothing else parses.

mod author;
mod names;
mod place;
mod pusher;
mod ref_name;
mod time;

#[cfg(test)]
mod tests;

pub use author::{is_author_email, is_author_name};
pub use names::{
    Label, LabelChange, Line, LinkChange, Name, Nonce, Party, Person, PersonChange, ReactionChange,
    Url,
};
pub use place::{Anchor, Anchor2, CodePath, CommentId, Place, Side};
pub use pusher::Pusher;
pub use ref_name::RefName;
pub use time::Time;

use crate::id::{Digest, HashKind, ObjectId};
use crate::sign::Fingerprint;

/// A type of the registry: text that is read strictly and written in one way.
pub trait Value: Sized {
    /// Reads `text` in a repository of hash `kind`; `None` when it does not match the grammar.
    fn parse(kind: HashKind, text: &str) -> Option<Self>;

    /// The text that [`Value::parse`] reads back as this value.
    fn write(&self) -> String;
}

impl Value for ObjectId {
    fn parse(kind: HashKind, text: &str) -> Option<Self> {
        Self::from_hex(text).filter(|id| id.kind() == kind && !id.is_zero())
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

impl Value for Digest {
    fn parse(_: HashKind, text: &str) -> Option<Self> {
        Self::from_hex(text)
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

impl Value for Fingerprint {
    fn parse(_: HashKind, text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

/// The registry's `count`: 1 to 999,999,999.
impl Value for u32 {
    fn parse(_: HashKind, text: &str) -> Option<Self> {
        whole_number(text, 9).filter(|number| *number > 0)
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

/// A number of at most `max_digits` decimal digits, without sign and leading zeros.
fn whole_number(text: &str, max_digits: usize) -> Option<u32> {
    let canonical = text.len() <= max_digits
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'));
    // An empty text fails to parse.
    if canonical { text.parse().ok() } else { None }
}

/// Makes a value a string in serde's data model, read by the same strict grammar.
///
/// Documents do not say which hash their ids are of, so ids of either length are read.
macro_rules! string_serde {
    ($name:ty) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                use $crate::event::value::Value;
                use $crate::id::HashKind;
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                <Self as Value>::parse(HashKind::Sha1, &text)
                    .or_else(|| <Self as Value>::parse(HashKind::Sha256, &text))
                    .ok_or_else(|| {
                        let what = concat!("text that is no ", stringify!($name));
                        serde::de::Error::custom(format_args!("{what}: {text:?}"))
                    })
            }
        }
    };
}
use string_serde;

/// Implements [`Value`] for a type with `parse(&str)` and a display.
macro_rules! display_value {
    ($name:ty) => {
        impl $crate::event::value::Value for $name {
            fn parse(_: $crate::id::HashKind, text: &str) -> Option<Self> {
                Self::parse(text)
            }

            fn write(&self) -> String {
                self.to_string()
            }
        }

        $crate::event::value::string_serde!($name);
    };
}
use display_value;
