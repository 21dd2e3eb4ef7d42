//! What a review command is about, when the pull request may be left out.

use std::collections::BTreeSet;

use touchmark_core::event::{CommentId, LogType};
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;

use super::pending::{self, Stored};
use crate::commands::pr::Subject;
use crate::commands::pr::subject::{MIN_PREFIX, ambiguous, unknown};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::Forge;
use crate::progress::Progress;

/// What is done where only a comment is named.
const LOOKING: &str = "looking through pull requests";

/// The pull request that was named, or the one of the only draft there is.
///
/// # Errors
///
/// When it is not there, or none was named and there is not exactly one draft.
pub(crate) fn subject(forge: &Forge, id: Option<&str>) -> anyhow::Result<Subject> {
    match id {
        Some(id) => Subject::find(forge, id),
        None => Subject::load(forge, LogName::Pr(pending::only(&forge.repo)?)),
    }
}

/// The pull request and its draft.
///
/// # Errors
///
/// As [`subject()`], and when it has no draft.
pub(crate) fn draft(forge: &Forge, id: Option<&str>) -> anyhow::Result<(Subject, Stored)> {
    let subject = subject(forge, id)?;
    match Stored::load(&forge.repo, subject.id)? {
        Some(stored) => Ok((subject, stored)),
        None => {
            let short = subject.id.short();
            Err(
                Failure::new(format!("there is no draft of a review of {short}"))
                    .hint(format!("touchmark review start {short}"))
                    .exit(ExitCode::NotFound)
                    .into(),
            )
        }
    }
}

/// The comment named by `[ID] COMMENT`; without an id it is looked for in every pull request.
///
/// # Errors
///
/// When there is none or more than one.
pub(crate) fn comment(forge: &Forge, words: &[String]) -> anyhow::Result<(Subject, CommentId)> {
    match words {
        [id, name] => {
            let subject = Subject::find(forge, id)?;
            let comment = subject.comment(name)?;
            Ok((subject, comment))
        }
        [name] => anywhere(forge, name),
        _ => Err(Failure::new("no comment is named")
            .hint("give its name, EVENT/NUMBER: touchmark pr show OBJECT (names the comments)")
            .exit(ExitCode::Usage)
            .into()),
    }
}

/// The comments named by `[ID] COMMENT…`, all of one pull request and each once.
///
/// # Errors
///
/// As of [`comment()`], and when they are of several pull requests.
pub(crate) fn comments(
    forge: &Forge,
    words: &[String],
) -> anyhow::Result<(Subject, Vec<CommentId>)> {
    // A comment's name has a slash, and a pull request's has none.
    let (subject, names) = match words.split_first() {
        Some((id, names)) if !id.contains('/') && !names.is_empty() => {
            (Subject::find(forge, id)?, names)
        }
        Some((first, _)) => (anywhere(forge, first)?.0, words),
        None => (subject(forge, None)?, words),
    };
    let mut comments = Vec::new();
    for name in names {
        let comment = subject.comment(name)?;
        if !comments.contains(&comment) {
            comments.push(comment);
        }
    }
    Ok((subject, comments))
}

/// The suggestions of a pull request, or of a review named by its event, that are neither resolved nor retracted.
///
/// # Errors
///
/// When there is no such pull request or review, or it has none.
pub(crate) fn suggestions(forge: &Forge, id: &str) -> anyhow::Result<(Subject, Vec<CommentId>)> {
    let (subject, is_meant) = match review(forge, id)? {
        Some((subject, event)) => (subject, Some(event)),
        None => (Subject::find(forge, id)?, None),
    };
    let comments: Vec<CommentId> = subject
        .state()?
        .comments
        .iter()
        .filter(|comment| is_meant.is_none_or(|event| comment.id.event() == event))
        .filter(|comment| comment.suggestion.is_some() && comment.resolved_by.is_none())
        .map(|comment| comment.id)
        .collect();
    if comments.is_empty() {
        return Err(Failure::new(format!("{id} has no suggestion that is open"))
            .hint(format!("touchmark pr show {}", subject.id.short()))
            .exit(ExitCode::NotFound)
            .into());
    }
    Ok((subject, comments))
}

/// The event with comments whose id starts with `prefix`, and its pull request.
fn review(forge: &Forge, prefix: &str) -> anyhow::Result<Option<(Subject, ObjectId)>> {
    if prefix.len() < MIN_PREFIX {
        return Ok(None);
    }
    let mut found: Option<(Subject, ObjectId)> = None;
    let logs = forge.logs(LogType::Pr)?;
    let progress = Progress::start(LOOKING, logs.len());
    for log in logs {
        progress.step();
        let subject = Subject::load(forge, log)?;
        let Ok(state) = subject.state() else {
            continue;
        };
        let events: BTreeSet<ObjectId> = state
            .comments
            .iter()
            .map(|comment| comment.id.event())
            .filter(|event| event.to_string().starts_with(prefix))
            .collect();
        let several = events.len() > 1 || (found.is_some() && !events.is_empty());
        if several {
            return Err(
                Failure::new(format!("{prefix} is the name of several reviews"))
                    .hint("write more of it")
                    .exit(ExitCode::NotFound)
                    .into(),
            );
        }
        if let Some(event) = events.first() {
            found = Some((subject, *event));
        }
    }
    Ok(found)
}

fn anywhere(forge: &Forge, name: &str) -> anyhow::Result<(Subject, CommentId)> {
    let mut found = None;
    let mut names = Vec::new();
    let logs = forge.logs(LogType::Pr)?;
    let progress = Progress::start(LOOKING, logs.len());
    for log in logs {
        progress.step();
        let subject = Subject::load(forge, log)?;
        // A damaged pull request has no comments, and is no reason not to find one elsewhere.
        if subject.state().is_err() {
            continue;
        }
        let comments = subject.comments(name)?;
        names.extend_from_slice(&comments);
        if let Some(comment) = comments.first() {
            found = Some((subject, *comment));
        }
    }
    match found {
        Some(found) if names.len() == 1 => Ok(found),
        Some(_) => Err(ambiguous(name, &names)),
        None => Err(unknown(name, "touchmark pr list; touchmark sync")),
    }
}
