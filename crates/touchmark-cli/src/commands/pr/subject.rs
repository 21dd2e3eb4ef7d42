//! The pull request that a command is about.

use anyhow::Context as _;
use touchmark_core::event::{CommentId, LogType, Rule};
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_core::refusal::Refusal;
use touchmark_core::replay::{Comments, Outcome, PrState, Revision, State};

use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::Forge;

/// The shortest abbreviation of an id, as for git.
pub(crate) const MIN_PREFIX: usize = 4;

/// A pull request, replayed.
#[derive(Debug)]
pub(crate) struct Subject {
    /// Its log.
    pub(crate) log: LogName,
    /// Its id.
    pub(crate) id: ObjectId,
    /// What its log means.
    pub(crate) outcome: Outcome,
}

impl Subject {
    /// The pull request whose id starts with `prefix`.
    ///
    /// # Errors
    ///
    /// When there is none or more than one, or its log cannot be read.
    pub(crate) fn find(forge: &Forge, prefix: &str) -> anyhow::Result<Self> {
        Self::load(forge, forge.resolve(LogType::Pr, prefix)?)
    }

    /// As [`Subject::find`], but its comments may be left out: enough for a command that names none and prints none.
    ///
    /// # Errors
    ///
    /// As of [`Subject::find`].
    pub(crate) fn summary(forge: &Forge, prefix: &str) -> anyhow::Result<Self> {
        let log = forge.resolve(LogType::Pr, prefix)?;
        let id = log.root().context("the log is not a pull request's")?;
        let outcome = forge.summary(&log)?;
        Ok(Self { log, id, outcome })
    }

    /// The pull request of this log.
    ///
    /// # Errors
    ///
    /// When its log cannot be read.
    pub(crate) fn load(forge: &Forge, log: LogName) -> anyhow::Result<Self> {
        let id = log.root().context("the log is not a pull request's")?;
        let outcome = forge.load(&log)?;
        Ok(Self { log, id, outcome })
    }

    /// Its state.
    ///
    /// # Errors
    ///
    /// A refusal when its first event was rejected: then there is none.
    pub(crate) fn state(&self) -> anyhow::Result<&PrState> {
        match &self.outcome.state {
            Some(State::Pr(state)) => Ok(state),
            _ => {
                let reason = match self.outcome.rejected.first() {
                    Some(rejected) => {
                        format!(
                            "{} has no accepted first event: {}",
                            self.log, rejected.refusal
                        )
                    }
                    None => format!("{} is no pull request", self.log),
                };
                Err(Refusal::new(Rule::RecordError, reason).into())
            }
        }
    }

    /// The revision with this number, or the latest one.
    ///
    /// # Errors
    ///
    /// When there is no such revision.
    pub(crate) fn revision(&self, number: Option<u32>) -> anyhow::Result<&Revision> {
        let state = self.state()?;
        let found = match number {
            Some(number) => state.revision(number),
            None => state.latest(),
        };
        found.ok_or_else(|| {
            let number = number.unwrap_or_default();
            Failure::new(format!("{} has no revision {number}", self.id.short()))
                .hint(format!("touchmark pr show {}", self.id.short()))
                .exit(ExitCode::NotFound)
                .into()
        })
    }

    /// The comment of this name, whose event may be shortened to four characters.
    ///
    /// # Errors
    ///
    /// When there is none or more than one.
    pub(crate) fn comment(&self, name: &str) -> anyhow::Result<CommentId> {
        let found = self.comments(name)?;
        match found.as_slice() {
            [id] => Ok(*id),
            [] => Err(unknown(
                name,
                &format!("touchmark pr show {}", self.id.short()),
            )),
            several => Err(ambiguous(name, several)),
        }
    }

    /// The comments whose name matches.
    ///
    /// # Errors
    ///
    /// When `name` is not a comment's name.
    pub(crate) fn comments(&self, name: &str) -> anyhow::Result<Vec<CommentId>> {
        named(&self.state()?.comments, name)
    }
}

/// The comments of an object whose name matches.
///
/// # Errors
///
/// When `name` is not a comment's name.
pub(crate) fn named(comments: &Comments, name: &str) -> anyhow::Result<Vec<CommentId>> {
    let (event, number) = parse_name(name)?;
    let matches =
        |id: &CommentId| id.number() == number && id.event().to_string().starts_with(event);
    let names = comments.iter().map(|comment| comment.id);
    Ok(names.filter(matches).collect())
}

/// Splits `<event>/<n>`.
fn parse_name(name: &str) -> anyhow::Result<(&str, u32)> {
    let parts = name
        .split_once('/')
        .and_then(|(event, number)| Some((event, number.parse().ok()?)));
    match parts {
        Some((event, number))
            if event.len() >= MIN_PREFIX
                && event.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) =>
        {
            Ok((event, number))
        }
        _ => Err(Failure::new(format!("{name:?} is not a comment's name"))
            .hint("write EVENT/NUMBER, the event with at least 4 characters: touchmark pr show OBJECT (names the comments; so does touchmark issue show OBJECT)")
            .exit(ExitCode::NotFound)
            .into()),
    }
}

/// There is no comment of this name.
pub(crate) fn unknown(name: &str, hint: &str) -> anyhow::Error {
    Failure::new(format!("there is no comment {name}"))
        .hint(hint)
        .exit(ExitCode::NotFound)
        .into()
}

/// There are several.
pub(crate) fn ambiguous(name: &str, several: &[CommentId]) -> anyhow::Error {
    let names: Vec<String> = several.iter().map(ToString::to_string).collect();
    Failure::new(format!("{name} is the name of several comments"))
        .hint(format!("write more of it: {}", names.join(", ")))
        .exit(ExitCode::NotFound)
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_comments_are_read() {
        assert_eq!(parse_name("3f9a/2").ok(), Some(("3f9a", 2)));
        assert_eq!(parse_name("3f9a00/0").ok(), Some(("3f9a00", 0)));
        for bad in [
            "3f9/2",
            "3f9a",
            "3f9a/",
            "3f9a/x",
            "3F9A/1",
            "../../3f9a/1",
            "3f9a/1/2",
        ] {
            assert!(parse_name(bad).is_err(), "{bad}");
        }
    }
}
