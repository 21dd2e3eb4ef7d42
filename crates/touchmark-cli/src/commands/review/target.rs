//! What a review command is about, when the pull request may be left out.

use touchmark_core::event::{CommentId, LogType};
use touchmark_core::log::LogName;

use super::pending::{self, Stored};
use crate::commands::pr::Subject;
use crate::commands::pr::subject::{ambiguous, unknown};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::Forge;

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

fn anywhere(forge: &Forge, name: &str) -> anyhow::Result<(Subject, CommentId)> {
    let mut found = None;
    let mut names = Vec::new();
    for log in forge.logs(LogType::Pr)? {
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
