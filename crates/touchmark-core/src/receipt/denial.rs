//! A push that was refused, as receipts keep it: no word of the pusher's own but the name of a ref.

use std::fmt;

use crate::event::{CodePath, Pusher, Rule, Time};

/// Longest list of denials in one receipt, in bytes; what comes beyond is counted by its absence from later ones.
pub const DENIALS_MAX_LEN: usize = 65_536;

/// Longest name of a ref that is kept, in bytes.
const NAME_MAX_LEN: usize = 255;

/// One push that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// When, by the server's clock.
    pub time: Time,
    /// Who pushed, as far as it was proven.
    pub pusher: Pusher,
    /// The rules that it broke.
    pub rules: Vec<Rule>,
    /// How many refs it named.
    pub refs: usize,
    /// The first of them.
    pub first: Option<String>,
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rules: Vec<&str> = self.rules.iter().map(|rule| rule.id()).collect();
        rules.sort_unstable();
        rules.dedup();
        let first = self
            .first
            .as_deref()
            .and_then(|name| {
                CodePath::from_bytes(name.as_bytes().get(..name.len().min(NAME_MAX_LEN))?)
            })
            .map_or_else(|| "-".to_owned(), |path| path.to_string());
        write!(
            f,
            "{}\t{}\t{}\t{}\t{first}",
            self.time,
            self.pusher,
            rules.join(","),
            self.refs
        )
    }
}
