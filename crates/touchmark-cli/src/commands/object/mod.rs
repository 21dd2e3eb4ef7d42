//! What commands on pull requests and issues have in common.

mod changes;
mod comments;
pub(crate) mod linked;
mod links;
mod subscriptions;

use anyhow::Context as _;
use touchmark_core::event::{CommentId, LogType, Rule};
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_core::refusal::Refusal;
use touchmark_core::replay::{Comments, Outcome, State};

use super::pr::subject::{ambiguous, named, unknown};
use crate::forge::Forge;

pub(crate) use changes::{Retitle, assign, close, edit, label, reopen};
pub(crate) use comments::{Reactions, Say, comment, edit_comment, react, retract};
pub(crate) use links::{Links, link};
pub(crate) use subscriptions::subscribe;

/// A type of object that people talk about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ObjectType {
    /// A pull request.
    PullRequest,
    /// An issue.
    Issue,
}

impl ObjectType {
    /// What people call it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::PullRequest => "pull request",
            Self::Issue => "issue",
        }
    }

    /// The command whose subcommands are about it.
    pub(crate) const fn command(self) -> &'static str {
        match self {
            Self::PullRequest => "touchmark pr",
            Self::Issue => "touchmark issue",
        }
    }

    const fn log_type(self) -> LogType {
        match self {
            Self::PullRequest => LogType::Pr,
            Self::Issue => LogType::Issue,
        }
    }
}

/// A pull request or an issue, replayed.
#[derive(Debug)]
pub(crate) struct Object {
    /// Which of them.
    pub(crate) object_type: ObjectType,
    /// Its log.
    pub(crate) log: LogName,
    /// Its id.
    pub(crate) id: ObjectId,
    /// What its log means.
    pub(crate) outcome: Outcome,
}

impl Object {
    /// The object that `name` stands for, with all its comments.
    ///
    /// # Errors
    ///
    /// When there is none or more than one, its log cannot be read, or its first event does not count.
    pub(crate) fn find(forge: &Forge, object_type: ObjectType, name: &str) -> anyhow::Result<Self> {
        let log = forge.resolve(object_type.log_type(), name)?;
        let outcome = forge.load(&log)?;
        Self::of(object_type, log, outcome)
    }

    /// As [`Object::find`], but its comments may be left out: enough for a command that names none and prints none.
    ///
    /// # Errors
    ///
    /// As of [`Object::find`].
    pub(crate) fn summary(
        forge: &Forge,
        object_type: ObjectType,
        name: &str,
    ) -> anyhow::Result<Self> {
        let log = forge.resolve(object_type.log_type(), name)?;
        let outcome = forge.summary(&log)?;
        Self::of(object_type, log, outcome)
    }

    fn of(object_type: ObjectType, log: LogName, outcome: Outcome) -> anyhow::Result<Self> {
        let id = log.root().context("the log is no object's")?;
        if outcome.state.is_none() {
            let why = outcome.rejected.first().map(|first| &first.refusal);
            let why = why.map_or_else(|| "it is empty".to_owned(), ToString::to_string);
            let reason = format!("{log} has no accepted first event: {why}");
            return Err(Refusal::new(Rule::RecordError, reason).into());
        }
        Ok(Self {
            object_type,
            log,
            id,
            outcome,
        })
    }

    /// What people call it, with its short id: `issue 3f9a00112233`.
    pub(crate) fn called(&self) -> String {
        format!("{} {}", self.object_type.word(), self.id.short())
    }

    /// Its title.
    pub(crate) fn title(&self) -> &str {
        match &self.outcome.state {
            Some(State::Pr(state)) => &state.title,
            Some(State::Issue(state)) => &state.title,
            _ => "",
        }
    }

    /// Its description.
    pub(crate) fn description(&self) -> Option<&str> {
        match &self.outcome.state {
            Some(State::Pr(state)) => state.description.as_deref(),
            Some(State::Issue(state)) => state.description.as_deref(),
            _ => None,
        }
    }

    fn comments(&self) -> Option<&Comments> {
        match &self.outcome.state {
            Some(State::Pr(state)) => Some(&state.comments),
            Some(State::Issue(state)) => Some(&state.comments),
            _ => None,
        }
    }

    /// The comment of this name, whose event may be shortened to four characters.
    ///
    /// # Errors
    ///
    /// When there is none or more than one.
    pub(crate) fn comment(&self, name: &str) -> anyhow::Result<CommentId> {
        let found = match self.comments() {
            Some(comments) => named(comments, name)?,
            None => Vec::new(),
        };
        match found.as_slice() {
            [id] => Ok(*id),
            [] => {
                let hint = format!("{} show {}", self.object_type.command(), self.id.short());
                Err(unknown(name, &hint))
            }
            several => Err(ambiguous(name, several)),
        }
    }
}
