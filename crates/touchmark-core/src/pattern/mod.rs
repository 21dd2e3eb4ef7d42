//! Patterns for paths and refs: which of them a rule of the policy is about.
//!
//! A pattern is components between slashes and is anchored at both ends:
//! `*` stands for any characters of one component, `?` for one character,
//! and `**` as a whole component for any number of components.
//! A slash or `/**` at the end stands for everything below, but not for the directory itself.
//! There are no classes, alternatives, negations or escapes; what would look like one is refused,
//! so that nobody believes in a rule that does not hold.

mod glob;
#[cfg(test)]
mod tests;

use std::fmt;

pub(crate) use glob::{Component, Glob, Token, split};

use crate::text;

/// Longest pattern, in bytes.
pub const PATTERN_MAX_LEN: usize = 1024;

/// Why a text is no pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Nothing at all.
    #[error("the pattern is empty; ** stands for everything")]
    Empty,
    /// Too long.
    #[error("the pattern is longer than {PATTERN_MAX_LEN} bytes")]
    TooLong,
    /// A control character, or a control of text direction, which would hide what the pattern says.
    #[error("the pattern has a control character")]
    ControlCharacter,
    /// A character that means something in other dialects.
    #[error("the pattern has {0:?}, which has no meaning here; ? stands for any character")]
    Character(char),
    /// A slash at the start.
    #[error("the pattern starts with a slash; it is anchored without one")]
    LeadingSlash,
    /// Nothing between two slashes.
    #[error("the pattern has a component without characters")]
    EmptyComponent,
    /// A component that no path of a tree has.
    #[error("the pattern has a component . or .., which no path has")]
    DotComponent,
    /// `**` beside other characters.
    #[error("the pattern has ** beside other characters; it is a component of its own")]
    PartialDoubleStar,
}

/// A pattern for paths of a tree, or for names of branches and tags without `refs/heads/` or `refs/tags/`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pattern {
    text: String,
    glob: Glob,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// [`PatternError`] when `text` is not exactly as described in this module.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        check_characters(text)?;
        let (above, below) = match text.strip_suffix('/') {
            Some(above) => (above, true),
            None => (text, false),
        };
        let mut components = Vec::new();
        for part in above.split('/') {
            components.push(parse_component(part)?);
        }
        if below {
            components.push(Component::Any);
        }
        Ok(Self {
            text: text.to_owned(),
            glob: Glob::new(components),
        })
    }

    /// Whether `path` is one of those the pattern stands for.
    ///
    /// The work is at most in proportion to the pattern's length times the path's.
    pub fn matches(&self, path: &[u8]) -> bool {
        self.glob.matches(&split(path))
    }

    /// Whether the pattern stands for something below `path`, which it names, or describes component by component.
    ///
    /// A file, link or submodule at such a path takes the place of all that the pattern stands for.
    /// `ci/*.sh` leads through `ci`, and `**/ci/**` through `x/ci`; through what `**` stands for no pattern leads.
    pub fn leads_through(&self, path: &[u8]) -> bool {
        self.glob.leads_through(&split(path))
    }

    /// The text that it was read from.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.text)
    }
}

fn check_characters(text: &str) -> Result<(), PatternError> {
    if text.is_empty() {
        Err(PatternError::Empty)
    } else if text.len() > PATTERN_MAX_LEN {
        Err(PatternError::TooLong)
    } else if text.contains(text::is_hidden_control) {
        Err(PatternError::ControlCharacter)
    } else if let Some(char) = text.chars().find(|char| "[]{}\\".contains(*char)) {
        Err(PatternError::Character(char))
    } else if text.starts_with('!') {
        Err(PatternError::Character('!'))
    } else if text.starts_with('/') {
        Err(PatternError::LeadingSlash)
    } else {
        Ok(())
    }
}

fn parse_component(part: &str) -> Result<Component, PatternError> {
    match part {
        "" => Err(PatternError::EmptyComponent),
        "." | ".." => Err(PatternError::DotComponent),
        "**" => Ok(Component::Any),
        _ if part.contains("**") => Err(PatternError::PartialDoubleStar),
        _ => Ok(Component::name(part.bytes().map(|byte| match byte {
            b'*' => Token::Many,
            b'?' => Token::One,
            byte => Token::Byte(byte),
        }))),
    }
}
