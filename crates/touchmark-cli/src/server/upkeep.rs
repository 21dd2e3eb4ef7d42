//! Maintenance and repair of a server's repository, in turn with the pushes.

use std::path::PathBuf;
use std::time::SystemTime;

use touchmark_core::refusal::Refusal;
use touchmark_git::{GitError, Repository};

use super::archive::{self, Wanted};
use super::journal::{self, Outcome};
use super::limits::LIMITS;
use super::{handover, queue, server_error};

/// What a repair came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Repaired {
    /// There was nothing to repair.
    Nothing,
    /// A push that had ended in the middle was taken back: nothing of it had happened.
    Back,
    /// It was completed.
    Forward,
    /// What it left cannot be used and lies here now; nothing else was touched.
    PutAside(PathBuf, Vec<Refusal>),
}

/// Ends what a dead push began.
pub(crate) fn repair(repo: &Repository) -> Result<Repaired, Vec<Refusal>> {
    let _turn = queue::enter(repo, LIMITS.queue)?;
    match journal::reconcile(repo) {
        Ok(Outcome::Nothing) => Ok(Repaired::Nothing),
        Ok(Outcome::Back) => Ok(Repaired::Back),
        Ok(Outcome::Forward) => Ok(Repaired::Forward),
        Err(refusals) => match journal::put_aside(repo)? {
            Some(path) => Ok(Repaired::PutAside(path, refusals)),
            None => Err(refusals),
        },
    }
}

/// What maintenance did.
#[derive(Debug)]
pub(crate) struct Maintained {
    /// How many objects it folded into the archive.
    pub(crate) folded: usize,
    /// A sentence for each that could not be.
    pub(crate) damaged: Vec<String>,
    /// How many files of dead pushes went.
    pub(crate) stale: usize,
}

/// Folds what is closed for long enough, packs the refs while no push is applied, and the objects beside the pushes.
///
/// git's hooks are off, since the guard would look at every ref that is packed.
pub(crate) fn maintain(
    repo: &Repository,
    wanted: Option<&Wanted>,
) -> Result<Maintained, Vec<Refusal>> {
    let git = |args: &[&str]| -> Result<(), Vec<Refusal>> {
        let run = repo
            .git()
            .hooks_off()
            .config("gc.packRefs", "false")
            .args(args)
            .run();
        run.map(|_| ()).map_err(|err: GitError| server_error(&err))
    };
    let (mut folded, mut damaged) = (0, Vec::new());
    if let Some(wanted) = wanted {
        let plan = archive::plan(repo, wanted)?;
        folded = archive::fold(repo, &plan.objects, wanted.now)?.len();
        damaged = plan.damaged;
    }
    {
        let _turn = queue::enter(repo, LIMITS.queue)?;
        journal::reconcile(repo)?;
        git(&["pack-refs", "--all", "--prune"])?;
    }
    // Objects that a push is just bringing are younger than what gc removes.
    git(&["gc", "--quiet"])?;
    Ok(Maintained {
        folded,
        damaged,
        stale: handover::sweep(repo, SystemTime::now()),
    })
}
