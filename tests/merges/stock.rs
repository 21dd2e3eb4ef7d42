//! Merging by `git merge-tree`, and by the core, in a repository of one's own that borrows the objects.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use touchmark_core::id::ObjectId;
use touchmark_core::merge::tree::Outcome;
use touchmark_git::{Git, MergeError, Repository};

use crate::history::Merge;

/// What git makes of a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stock {
    /// This tree.
    Clean(ObjectId),
    /// Conflicts in these paths.
    Conflict(Vec<String>),
}

/// What the core makes of a merge, and how long it took.
pub(crate) struct Ours {
    pub(crate) outcome: Result<Outcome, MergeError>,
    pub(crate) seconds: f64,
}

/// What git made of many merges in one process.
pub(crate) struct Batch {
    pub(crate) results: Vec<Stock>,
    pub(crate) seconds: f64,
}

/// An empty repository over another one's objects.
pub(crate) struct Workshop {
    path: PathBuf,
    repository: Repository,
}

impl Workshop {
    pub(crate) fn new(place: &Path, source: &Path) -> Result<Self> {
        let objects = [source.join(".git/objects"), source.join("objects")];
        let objects = objects.iter().find(|path| path.is_dir());
        let objects = objects.context("a repository has objects")?;
        git(place)
            .args(["init", "--quiet", "--bare", "--template=", "."])
            .run()?;
        let line = format!("{}\n", std::path::absolute(objects)?.display());
        std::fs::create_dir_all(place.join("objects/info"))?;
        std::fs::write(place.join("objects/info/alternates"), line)?;
        Ok(Self {
            path: place.to_owned(),
            repository: Repository::open(place)?,
        })
    }

    /// Merges by the core's rule; the time covers what `touchmark pr merge` does, from commits to written objects.
    pub(crate) fn ours(&self, merge: &Merge) -> Result<Ours> {
        let begun = Instant::now();
        let tree = |commit| self.repository.tree_of(commit);
        let [base, ours, theirs] = [merge.base, merge.ours, merge.theirs].map(tree);
        let outcome = self.repository.merge_trees(base?, ours?, theirs?);
        Ok(Ours {
            outcome,
            seconds: begun.elapsed().as_secs_f64(),
        })
    }

    /// How many seconds a process of git takes for a merge.
    pub(crate) fn one(&self, merge: &Merge) -> Result<f64> {
        let begun = Instant::now();
        let status = Command::new("git")
            .args(["merge-tree", "--write-tree", "--no-messages", "--name-only"])
            .arg(format!("--merge-base={}", merge.base))
            .args([merge.ours.to_string(), merge.theirs.to_string()])
            .current_dir(&self.path)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .stdout(Stdio::null())
            .status()
            .context("cannot run git")?;
        ensure!(
            matches!(status.code(), Some(0 | 1)),
            "git merge-tree: {status}"
        );
        Ok(begun.elapsed().as_secs_f64())
    }

    /// Merges all in one process of git, as git does when it is told nothing else.
    pub(crate) fn all(&self, merges: &[Merge]) -> Result<Batch> {
        let line = |merge: &Merge| format!("{} -- {} {}\n", merge.base, merge.ours, merge.theirs);
        let input: String = merges.iter().map(line).collect();
        let begun = Instant::now();
        let output = git(&self.path)
            .args(["merge-tree", "--write-tree", "--stdin"])
            .args(["--no-messages", "--name-only"])
            .stdin(input)
            .run()?;
        let seconds = begun.elapsed().as_secs_f64();
        let printed = String::from_utf8_lossy(&output.stdout);
        let mut fields = printed.split('\0');
        let mut results = Vec::new();
        for _ in merges {
            let status = fields.next();
            let tree = fields.next().and_then(ObjectId::from_hex);
            let tree = tree.context("git merge-tree prints a tree for each merge")?;
            let mut paths: Vec<String> = fields
                .by_ref()
                .take_while(|field| !field.is_empty())
                .map(str::to_owned)
                .collect();
            paths.dedup();
            results.push(match status {
                Some("1") => Stock::Clean(tree),
                _ => Stock::Conflict(paths),
            });
        }
        Ok(Batch { results, seconds })
    }
}

pub(crate) fn git(directory: &Path) -> Git {
    Git::new(directory)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
}
