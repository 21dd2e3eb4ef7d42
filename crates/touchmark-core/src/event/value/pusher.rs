//! How a pusher was proven.

use std::fmt;

use super::{Name, Person, display_value};
use crate::sign::Fingerprint;

/// How the pusher was proven to whoever records it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pusher {
    /// Not at all.
    None,
    /// By a push certificate under this key.
    Certificate(Fingerprint),
    /// By this key of the SSH connection.
    Key(Fingerprint),
    /// By this person's login over another transport.
    Login(Person),
    /// Not here: the record was imported from this provider.
    Import(Name),
}

impl Pusher {
    /// The pusher that `text` spells; `None` when it does not match the grammar.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "none" {
            return Some(Self::None);
        }
        let (how, who) = text.split_once(' ')?;
        match how {
            "certificate" => who.parse().ok().map(Self::Certificate),
            "key" => who.parse().ok().map(Self::Key),
            "login" => Person::parse(who).map(Self::Login),
            "import" => Name::parse(who).map(Self::Import),
            _ => None,
        }
    }
}

impl fmt::Display for Pusher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Certificate(key) => write!(f, "certificate {key}"),
            Self::Key(key) => write!(f, "key {key}"),
            Self::Login(person) => write!(f, "login {person}"),
            Self::Import(provider) => write!(f, "import {provider}"),
        }
    }
}

display_value!(Pusher);
