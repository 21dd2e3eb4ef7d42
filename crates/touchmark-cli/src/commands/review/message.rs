//! Comments on the messages of commits.

use touchmark_core::replay::Revision;
use touchmark_git::Repository;

use super::pending::About;
use super::spot::Spot;
use crate::commands::pr::{code, message};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;

/// What a comment on `COMMIT[:LINES]` is about.
///
/// # Errors
///
/// When it is no commit of the revision, or its message does not have these lines.
pub(super) fn about(
    repository: &Repository,
    revision: &Revision,
    spot: &str,
) -> anyhow::Result<About> {
    let missing = |what: String| -> anyhow::Error {
        let range = format!("{}..{}", revision.base.short(), revision.head.short());
        Failure::new(what)
            .hint(format!("git log {range}"))
            .exit(ExitCode::NotFound)
            .into()
    };
    let spot = spot
        .parse::<Spot>()
        .map_err(|err| Failure::new(err).exit(ExitCode::Usage))?;
    let commit = code::resolve(repository, &spot.path)?;
    if !repository
        .commits_between(revision.base, revision.head)?
        .contains(&commit)
    {
        let number = revision.number;
        return Err(missing(format!(
            "{} is no commit of revision {number}",
            commit.short()
        )));
    }
    let text = message(repository, commit)?;
    let count = text.split_inclusive(|byte| *byte == b'\n').count();
    if let Some((_, last)) = spot.lines
        && usize::try_from(last).is_ok_and(|last| last > count)
    {
        return Err(missing(format!(
            "the message of {} has {count} lines, not {last}",
            commit.short()
        )));
    }
    Ok(About::Message {
        commit,
        first: spot.lines.map(|(first, _)| first),
        last: spot.lines.map(|(_, last)| last),
    })
}
