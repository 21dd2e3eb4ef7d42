//! Code owners: whose approval a change of a path needs, in the dialect of GitHub's `CODEOWNERS`.
//!
//! The last rule that matches a path decides, also when it names nobody.
//! Patterns are those of `.gitignore` with the exceptions that GitHub documents:
//! no negation, no character ranges, and `#` cannot be escaped.
//! A last component `*` stands for what is directly in the directory only.
//!
//! One line that is not understood makes the file invalid, and an invalid file lets nothing through:
//! were it ignored, as on other forges, then damaging it would be a way around it.
//! Where readers of this dialect differ, the line is refused and not guessed at.

mod rule;
#[cfg(test)]
mod tests;

use crate::event::{Person, is_author_email};
use crate::pattern::{Glob, PATTERN_MAX_LEN, split};

/// Where a tree may have the file; the first that is there counts.
pub const LOCATIONS: [&str; 3] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/// Largest file, in bytes.
pub const FILE_MAX_LEN: usize = 3_000_000;

/// Most errors that are reported of one file.
pub const ERRORS_MAX: usize = 100;

/// What is wrong with a file, and on which line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("CODEOWNERS line {line}: {defect}")]
pub struct CodeOwnersError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub defect: CodeOwnersDefect,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeOwnersDefect {
    /// The file is too large.
    #[error("the file is larger than {FILE_MAX_LEN} bytes")]
    FileSize,
    /// Other bytes than UTF-8 without a byte order mark.
    #[error("the line is not UTF-8 without a byte order mark")]
    Encoding,
    /// A control character, or a control of text direction, which would hide what the line says.
    #[error("the line has a control character")]
    ControlCharacter,
    /// A pattern that starts with `!`.
    #[error(
        "a pattern cannot be negated with !; add a later rule without owners for what is excepted"
    )]
    Negation,
    /// A square bracket.
    #[error("a pattern has no character ranges; ? stands for any character, also for a bracket")]
    Bracket,
    /// A `#` that other readers take for the start of a comment.
    #[error(
        "a # in a pattern starts a comment and cannot be escaped; \
         put a space before it, or ? for it if the path has it"
    )]
    Hash,
    /// A backslash before something that needs none.
    #[error(
        "a backslash stands before a space, *, ? or another backslash, and before nothing else"
    )]
    Escape,
    /// The pattern is too long.
    #[error("the pattern is longer than {PATTERN_MAX_LEN} bytes")]
    PatternLength,
    /// A component that no path of a tree has, or nothing but a slash.
    #[error("the pattern matches no path; it has an empty component, . or ..")]
    EmptyComponent,
    /// Three stars in a row.
    #[error("the pattern has three stars in a row")]
    TripleStar,
    /// An owner that is neither a name, nor a team, nor an address.
    #[error("{found:?} is no owner; owners are @name, @organisation/team and e-mail addresses")]
    Owner {
        /// The start of what stands there.
        found: String,
    },
}

/// Somebody whom a rule names; who that is says the policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// `@name`: the person or team of this name.
    Named(Person),
    /// `@organisation/team`: the team of this name.
    Team(Person),
    /// The person who has this address.
    Email(String),
}

impl Owner {
    /// The owner that `text` names; names are folded to lower case, as GitHub does not tell them apart.
    fn parse(text: &str) -> Option<Self> {
        let name = |name: &str| Person::parse(&name.to_ascii_lowercase());
        match text.strip_prefix('@') {
            Some(handle) => match handle.split_once('/') {
                None => name(handle).map(Self::Named),
                Some((organisation, team)) => {
                    name(organisation).and_then(|_| name(team)).map(Self::Team)
                }
            },
            None => {
                let (mailbox, host) = text.rsplit_once('@')?;
                (!mailbox.is_empty() && !host.is_empty() && is_author_email(text))
                    .then(|| Self::Email(text.to_owned()))
            }
        }
    }
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    line: usize,
    glob: Glob,
    owners: Vec<Owner>,
}

/// What the file says of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match<'a> {
    /// No rule is about the path.
    NoRule,
    /// The rule that decides names nobody: the path is excepted from an earlier rule.
    NoOwners {
        /// The rule's line, counted from 1.
        line: usize,
    },
    /// Any one of these may approve.
    Owners {
        /// The rule's line, counted from 1.
        line: usize,
        /// Whom it names, in its order; at least one.
        owners: &'a [Owner],
    },
}

/// A file that was understood, every line of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CodeOwners {
    rules: Vec<Rule>,
}

impl CodeOwners {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// What is wrong with each line that is not understood, for the first [`ERRORS_MAX`] of them.
    pub fn parse(file: &[u8]) -> Result<Self, Vec<CodeOwnersError>> {
        let mut rules = Vec::new();
        let mut errors = Vec::new();
        if file.len() > FILE_MAX_LEN {
            let defect = CodeOwnersDefect::FileSize;
            return Err(vec![CodeOwnersError { line: 1, defect }]);
        }
        for (index, bytes) in file.split(|byte| *byte == b'\n').enumerate() {
            let line = index + 1;
            match rule::parse_line(bytes) {
                Ok(None) => {}
                Ok(Some((glob, owners))) => rules.push(Rule { line, glob, owners }),
                Err(defect) => errors.push(CodeOwnersError { line, defect }),
            }
            if errors.len() == ERRORS_MAX {
                break;
            }
        }
        if errors.is_empty() {
            Ok(Self { rules })
        } else {
            Err(errors)
        }
    }

    /// What the file says of the file, link or submodule at `path`: the last rule that is about it.
    ///
    /// The work is at most in proportion to the length of all patterns times the path's.
    pub fn owners(&self, path: &[u8]) -> Match<'_> {
        let path = split(path);
        let last = self
            .rules
            .iter()
            .rev()
            .find(|rule| rule.glob.matches(&path));
        match last {
            None => Match::NoRule,
            Some(Rule { line, owners, .. }) if owners.is_empty() => Match::NoOwners { line: *line },
            Some(Rule { line, owners, .. }) => Match::Owners {
                line: *line,
                owners,
            },
        }
    }

    /// Everybody whom the file names, with the line, in the file's order.
    pub fn named(&self) -> impl Iterator<Item = (usize, &Owner)> {
        self.rules
            .iter()
            .flat_map(|rule| rule.owners.iter().map(|owner| (rule.line, owner)))
    }
}
