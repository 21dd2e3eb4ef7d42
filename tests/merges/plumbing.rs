//! What git makes of a merge without following renames: its trees and its files, merged by the two commands for that.
//!
//! `git merge-tree` cannot be asked: version 2.47 takes `-X no-renames` and `-X diff-algorithm=…`, and ignores both.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use touchmark_core::id::ObjectId;
use touchmark_git::Git;

use crate::history::Merge;
use crate::stock::{Stock, git};

/// The versions of one path that git could not choose from: base, ours, theirs.
type Versions = [Option<(String, String)>; 3];

/// A place for the index.
pub(crate) struct Plumbing {
    repository: PathBuf,
    index: PathBuf,
}

impl Plumbing {
    pub(crate) fn new(repository: &Path) -> Self {
        Self {
            repository: repository.to_owned(),
            index: repository.join("merged-index"),
        }
    }

    fn git(&self) -> Git {
        git(&self.repository)
            .env("GIT_INDEX_FILE", &self.index)
            .env("GIT_WORK_TREE", &self.repository)
            .env("GIT_DIR", &self.repository)
    }

    /// Merges the trees, then the files that changed on both sides.
    pub(crate) fn merge(&self, merge: &Merge) -> Result<Stock> {
        if self.index.exists() {
            std::fs::remove_file(&self.index)?;
        }
        self.git()
            .args(["read-tree", "-i", "-m", "--aggressive"])
            .args([merge.base, merge.ours, merge.theirs].map(|id| id.to_string()))
            .run()?;
        let mut conflicts = Vec::new();
        let mut merged = String::new();
        for (path, versions) in self.unmerged()? {
            match self.entry(&versions)? {
                Some((mode, id)) => merged += &format!("{mode} {id} 0\t{path}\0"),
                None => conflicts.push(path),
            }
        }
        if !conflicts.is_empty() {
            return Ok(Stock::Conflict(conflicts));
        }
        self.git()
            .args(["update-index", "-z", "--index-info"])
            .stdin(merged)
            .run()?;
        let tree = self
            .git()
            .args(["write-tree", "--missing-ok"])
            .run()?
            .text();
        Ok(Stock::Clean(ObjectId::from_hex(&tree).context("a tree")?))
    }

    fn unmerged(&self) -> Result<BTreeMap<String, Versions>> {
        let listed = self.git().args(["ls-files", "-u", "-z"]).run()?;
        let listed = String::from_utf8(listed.stdout)?;
        let mut paths: BTreeMap<String, Versions> = BTreeMap::new();
        for line in listed.split_terminator('\0') {
            let (entry, path) = line.split_once('\t').context("a path")?;
            let [mode, id, stage] = entry.split(' ').collect::<Vec<_>>()[..] else {
                anyhow::bail!("{line}");
            };
            let side = stage.parse::<usize>()?.checked_sub(1).context("a stage")?;
            let versions = paths.entry(path.to_owned()).or_default();
            *versions.get_mut(side).context("a stage")? = Some((mode.to_owned(), id.to_owned()));
        }
        Ok(paths)
    }

    /// What becomes of a path whose three versions are files.
    fn entry(&self, versions: &Versions) -> Result<Option<(String, String)>> {
        let [Some(base), Some(ours), Some(theirs)] = versions else {
            return Ok(None);
        };
        let modes = [&base.0, &ours.0, &theirs.0];
        if modes.iter().any(|mode| !mode.starts_with("100")) {
            return Ok(None);
        }
        let Some(mode) = changed(modes) else {
            return Ok(None);
        };
        if let Some(id) = changed([&base.1, &ours.1, &theirs.1]) {
            return Ok(Some((mode.clone(), id.clone())));
        }
        let output = self
            .git()
            .args(["merge-file", "-p", "-q", "--object-id"])
            .arg("--diff-algorithm=myers")
            .args([&ours.1, &base.1, &theirs.1])
            .output()?;
        if output.status != 0 {
            return Ok(None);
        }
        let id = self
            .git()
            .args(["hash-object", "-w", "--stdin"])
            .stdin(output.stdout)
            .run()?
            .text();
        ensure!(ObjectId::from_hex(&id).is_some(), "{id}");
        Ok(Some((mode.clone(), id)))
    }
}

/// The one that changed, or both if they agree.
fn changed([base, ours, theirs]: [&String; 3]) -> Option<&String> {
    if ours == theirs || theirs == base {
        return Some(ours);
    }
    (ours == base).then_some(theirs)
}
