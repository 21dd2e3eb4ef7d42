//! Which merges a repository has.

use std::path::Path;

use anyhow::{Context as _, Result};
use touchmark_core::id::ObjectId;
use touchmark_git::{Git, GitError};

/// A merge of two commits.
#[derive(Debug, Clone)]
pub(crate) struct Merge {
    /// The merge commit that people made.
    pub(crate) commit: ObjectId,
    pub(crate) base: ObjectId,
    pub(crate) ours: ObjectId,
    pub(crate) theirs: ObjectId,
}

/// The merges of a repository, the newest first.
pub(crate) struct History {
    /// The repository's name: what its path ends in.
    pub(crate) name: String,
    /// Those of two commits that have one merge base, which is neither of them.
    pub(crate) merges: Vec<Merge>,
    /// How many were skipped because a parent was the base.
    pub(crate) fast_forward: usize,
    /// How many were skipped because they have several bases or none.
    pub(crate) other_bases: usize,
}

/// A call of git in somebody's repository, which may belong to another user.
fn git(path: &Path) -> Git {
    Git::new(path)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .config("safe.directory", "*")
}

impl History {
    /// Finds up to `commits` merges.
    pub(crate) fn read(path: &Path, commits: usize) -> Result<Self> {
        let listed = git(path)
            .args(["rev-list", "--all", "--parents"])
            .args(["--min-parents=2", "--max-parents=2"])
            .run()?
            .text();
        let mut history = Self {
            name: name(path),
            merges: Vec::new(),
            fast_forward: 0,
            other_bases: 0,
        };
        for line in listed.lines() {
            if history.merges.len() == commits {
                break;
            }
            let mut ids = line
                .split(' ')
                .map(|id| ObjectId::from_hex(id).context("an id"));
            let mut next = || ids.next().context("three ids")?;
            let (commit, ours, theirs) = (next()?, next()?, next()?);
            let bases = bases(path, ours, theirs)?;
            match bases.as_slice() {
                [base] if *base == ours || *base == theirs => history.fast_forward += 1,
                [base] => history.merges.push(Merge {
                    commit,
                    base: *base,
                    ours,
                    theirs,
                }),
                _ => history.other_bases += 1,
            }
        }
        Ok(history)
    }
}

fn bases(path: &Path, ours: ObjectId, theirs: ObjectId) -> Result<Vec<ObjectId>, GitError> {
    let output = git(path)
        .args(["merge-base", "--all"])
        .args([ours.to_string(), theirs.to_string()])
        .output()?;
    Ok(output
        .text()
        .lines()
        .filter_map(ObjectId::from_hex)
        .collect())
}

/// `name` of `…/name.git`, `…/name` or `…/name/.git`.
fn name(path: &Path) -> String {
    let plain = |part: std::path::Component<'_>| {
        let part = part.as_os_str().to_string_lossy().into_owned();
        let part = part
            .strip_suffix(".git")
            .map_or(part.clone(), str::to_owned);
        (!part.is_empty() && part != "repo").then_some(part)
    };
    path.components().rev().find_map(plain).unwrap_or_default()
}
