//! The code that a pull request is about: its head, its target, what lies between them.

use anyhow::Context as _;
use touchmark_core::event::RefName;
use touchmark_core::id::ObjectId;
use touchmark_git::Repository;

use crate::errors::Failure;
use crate::exit_codes::ExitCode;

/// The branch that changes are for when nothing says otherwise.
const DEFAULT_BRANCH: &str = "main";

/// The commit that `revision` means to stock git.
///
/// # Errors
///
/// When it means none.
pub(crate) fn resolve(repository: &Repository, revision: &str) -> anyhow::Result<ObjectId> {
    let output = repository
        .git()
        .args(["rev-parse", "--verify", "--quiet", "--end-of-options"])
        .arg(format!("{revision}^{{commit}}"))
        .output()?;
    ObjectId::from_hex(&output.text())
        .filter(|_| output.success())
        .ok_or_else(|| {
            Failure::new(format!("{revision:?} is no commit of this repository"))
                .hint("name a branch or a commit: --head REV")
                .exit(ExitCode::NotFound)
                .into()
        })
}

/// The server's default branch as the clone knows it, or `main`.
///
/// # Errors
///
/// When git cannot be run.
pub(crate) fn default_branch(
    repository: &Repository,
    remote: Option<&str>,
) -> anyhow::Result<String> {
    let Some(remote) = remote else {
        return Ok(DEFAULT_BRANCH.to_owned());
    };
    let head = format!("refs/remotes/{remote}/HEAD");
    let output = repository
        .git()
        .args(["symbolic-ref", "--quiet", &head])
        .output()?;
    let prefix = format!("refs/remotes/{remote}/");
    let text = output.text();
    let branch = text.strip_prefix(&prefix).filter(|_| output.success());
    Ok(branch.unwrap_or(DEFAULT_BRANCH).to_owned())
}

/// Where the clone last saw the server's branch; without a server, where its own is.
///
/// # Errors
///
/// When there is no such branch.
pub(crate) fn target_tip(
    repository: &Repository,
    remote: Option<&str>,
    target: &RefName,
) -> anyhow::Result<ObjectId> {
    let branch = target.short();
    let (name, hint) = match remote {
        Some(remote) => (
            format!("refs/remotes/{remote}/{branch}"),
            format!("git fetch {remote}"),
        ),
        None => (target.to_string(), "git branch (lists them)".to_owned()),
    };
    repository.read_ref(&name)?.ok_or_else(|| {
        Failure::new(format!(
            "there is no {name}: this clone has not seen the branch {branch}"
        ))
        .hint(hint)
        .hint("name another branch: --target BRANCH")
        .exit(ExitCode::NotFound)
        .into()
    })
}

/// The merge base of target and head: the commit that the change starts from.
///
/// # Errors
///
/// When they have none, or nothing lies between it and the head.
pub(crate) fn base(
    repository: &Repository,
    target: &RefName,
    tip: ObjectId,
    head: ObjectId,
) -> anyhow::Result<ObjectId> {
    let branch = target.short();
    let base = repository.merge_base(tip, head)?.ok_or_else(|| {
        Failure::new(format!(
            "{} has no history in common with {branch}",
            head.short()
        ))
        .hint("choose the branch that the change started from: --target BRANCH")
    })?;
    if base == head {
        return Err(Failure::new(format!(
            "{branch} already holds {}: there is nothing to merge",
            head.short()
        ))
        .hint("commit your change on a branch of its own, or name it: --head REV")
        .into());
    }
    Ok(base)
}

/// Title and description from the only commit between base and head; `None` when there are several.
///
/// # Errors
///
/// When the commits cannot be read.
pub(crate) fn only_message(
    repository: &Repository,
    base: ObjectId,
    head: ObjectId,
) -> anyhow::Result<Option<String>> {
    match repository.commits_between(base, head)?.as_slice() {
        [only] => message(repository, *only).map(Some),
        _ => Ok(None),
    }
}

/// The subjects of the commits between base and head, oldest first.
///
/// # Errors
///
/// When the commits cannot be read.
pub(crate) fn subjects(
    repository: &Repository,
    base: ObjectId,
    head: ObjectId,
) -> anyhow::Result<Vec<String>> {
    let commits = repository.commits_between(base, head)?;
    let subject = |id| {
        let message = message(repository, id)?;
        Ok(message.lines().next().unwrap_or_default().to_owned())
    };
    commits.into_iter().map(subject).collect()
}

/// The messages of the commits between base and head.
///
/// # Errors
///
/// When the commits cannot be read.
pub(crate) fn messages(
    repository: &Repository,
    base: ObjectId,
    head: ObjectId,
) -> anyhow::Result<String> {
    let output = repository
        .git()
        .args(["log", "--no-show-signature", "--encoding=UTF-8"])
        .args(["--format=%B", &format!("{base}..{head}"), "--"])
        .run()
        .with_context(|| format!("cannot read the messages of {base}..{head}"))?;
    Ok(output.text())
}

fn message(repository: &Repository, commit: ObjectId) -> anyhow::Result<String> {
    let output = repository
        .git()
        .args([
            "log",
            "-1",
            "--no-show-signature",
            "--encoding=UTF-8",
            "--format=%B",
        ])
        .arg(commit.to_string())
        .run()
        .with_context(|| format!("cannot read the message of {commit}"))?;
    Ok(output.text())
}
