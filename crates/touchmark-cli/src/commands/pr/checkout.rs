//! `touchmark pr checkout`: a revision's code in the work tree.

use serde_json::json;
use touchmark_core::id::ObjectId;
use touchmark_git::Repository;

use super::{Subject, branch};
use crate::errors::Failure;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Check out a revision of a pull request on a branch of its own, `pr/<id>` by default.
///
/// A branch that exists is moved only if it can be fast-forwarded; local work is never lost.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The pull request.
    id: String,
    /// The revision; the latest by default.
    #[arg(long, value_name = "N")]
    revision: Option<u32>,
    /// The branch to use.
    #[arg(long, short = 'b', value_name = "NAME", conflicts_with = "detach")]
    branch: Option<String>,
    /// Use no branch.
    #[arg(long, short = 'd')]
    detach: bool,
}

/// Runs the command.
///
/// # Errors
///
/// When there is no such revision, the branch has other work, or git refuses to touch the work tree.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let subject = Subject::summary(&forge, &args.id)?;
    let revision = subject.revision(args.revision)?;
    let head = revision.head;
    let to = match (&args.branch, args.detach) {
        (_, true) => None,
        (Some(name), _) => Some(name.clone()),
        (None, _) => Some(format!("pr/{}", subject.id.short())),
    };
    match &to {
        None => switch(&forge.repo, &["--detach", &head.to_string()])?,
        Some(name) => {
            to_branch(&forge.repo, name, head)?;
            branch::remember(&forge.repo, name, subject.id, out);
        }
    }
    if out.is_json() {
        let number = revision.number;
        return out.json(&json!({"branch": to, "format": 1, "head": head, "revision": number}));
    }
    let place = to.map_or_else(
        || "without a branch".to_owned(),
        |name| format!("on {name}"),
    );
    out.line(format_args!(
        "checked out revision {} of pull request {} {place}",
        revision.number,
        subject.id.short()
    ))
}

fn to_branch(repository: &Repository, name: &str, head: ObjectId) -> anyhow::Result<()> {
    match repository.read_ref(&format!("refs/heads/{name}"))? {
        None => switch(repository, &["--no-track", "-c", name, &head.to_string()]),
        Some(there) if repository.is_ancestor(there, head)? => {
            switch(repository, &["--no-guess", name])?;
            repository
                .git()
                .args(["merge", "--ff-only", "--quiet", &head.to_string()])
                .run()?;
            Ok(())
        }
        Some(there) => Err(Failure::new(format!(
            "the branch {name} is at {}, which is not part of {}",
            there.short(),
            head.short()
        ))
        .hint("choose another branch: --branch NAME")
        .into()),
    }
}

fn switch(repository: &Repository, arguments: &[&str]) -> anyhow::Result<()> {
    repository
        .git()
        .args(["switch", "--quiet"])
        .args(arguments)
        .run()?;
    Ok(())
}
