//! The repository as a place: git itself, what hides objects, locks that were left, the cache.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use touchmark_git::Cache;

use super::{Clone, Finding};
use crate::render::{counted, shell_word};

/// The oldest git that signs with SSH keys as this program needs it.
const GIT_OLDEST: (u32, u32) = (2, 34);

/// A lock that is older than this belongs to no process that still runs.
const LOCK_OLD_SECONDS: i64 = 10 * 60;

/// No more files are looked at than this.
const FILES_MAX: usize = 100_000;

/// A cache beyond this holds what nobody needs any more.
const CACHE_MAX_BYTES: u64 = 1024 * 1024 * 1024;

/// Whether git is new enough.
pub(super) fn git(clone: &Clone<'_>) -> anyhow::Result<Vec<Finding>> {
    let printed = clone.repo.git().arg("version").run()?.text();
    let version = printed.trim_start_matches("git version ").trim();
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let (major, minor) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if (major, minor) >= GIT_OLDEST {
        return Ok(vec![Finding::ok(format!("git {version}"))]);
    }
    let (major, minor) = GIT_OLDEST;
    let finding = Finding::problem(format!("git is too old: {version}"))
        .because("it neither signs with SSH keys nor verifies such signatures")
        .mend(format!("install git {major}.{minor} or later"));
    Ok(vec![finding])
}

/// Whether git shows other objects than there are, or not all.
pub(super) fn objects(clone: &Clone<'_>) -> anyhow::Result<Vec<Finding>> {
    let mut found = Vec::new();
    if clone.repo.is_shallow() {
        found.push(
            Finding::problem("the clone is shallow")
                .because("events whose predecessors are missing cannot be verified")
                .mend("git fetch --unshallow"),
        );
    }
    for name in clone.repo.refs("refs/replace/")?.into_keys() {
        found.push(
            Finding::warning(format!("{name} replaces an object"))
                .because("git log shows something else than what was signed; touchmark reads the object itself")
                .mend(format!("git update-ref -d {}", shell_word(&name))),
        );
    }
    let grafts = clone.repo.common_dir().join("info").join("grafts");
    if grafts.exists() {
        found.push(
            Finding::warning(format!("{} gives commits other parents", grafts.display()))
                .because("git log shows another history than what was signed")
                .mend(format!("rm {}", shell_word(&grafts.display().to_string()))),
        );
    }
    if found.is_empty() {
        found.push(Finding::ok("git shows the objects as they are"));
    }
    Ok(found)
}

/// Locks that no process holds any more.
pub(super) fn locks(clone: &Clone<'_>) -> anyhow::Result<Vec<Finding>> {
    let common = clone.repo.common_dir();
    let mut files = Vec::new();
    for folder in [common, clone.repo.git_dir()] {
        files.extend(entries(folder).into_iter().filter(|path| path.is_file()));
    }
    for folder in ["refs", "touchmark"] {
        walk(&common.join(folder), &mut files);
    }
    files.sort();
    files.dedup();
    let old = |path: &PathBuf| {
        let age = clone.now - changed(path)?;
        (age > LOCK_OLD_SECONDS).then_some(age)
    };
    let mut found = Vec::new();
    for path in files {
        let is_lock = path.extension().is_some_and(|end| end == "lock");
        if let (true, Some(age)) = (is_lock, old(&path)) {
            let shown = path.display().to_string();
            found.push(
                Finding::problem(format!("{shown} was left {} ago", counted_minutes(age)))
                    .because("what it locks cannot be changed; make sure that no git or touchmark runs here")
                    .mend(format!("rm {}", shell_word(&shown))),
            );
        }
    }
    if found.is_empty() {
        found.push(Finding::ok("no lock was left behind"));
    }
    Ok(found)
}

/// What the cache holds beyond its use.
pub(super) fn cache(clone: &Clone<'_>) -> anyhow::Result<Vec<Finding>> {
    let folder = Cache::of(clone.repo).directory().to_owned();
    let mut files = Vec::new();
    walk(&folder, &mut files);
    let bytes: u64 = files
        .iter()
        .filter_map(|path| Some(path.metadata().ok()?.len()))
        .sum();
    let left = files.iter().filter(|path| {
        let is_draft = path.extension().is_some_and(|end| end == "tmp");
        is_draft && changed(path).is_some_and(|at| clone.now - at > LOCK_OLD_SECONDS)
    });
    let left = left.count();
    let mend = format!("rm -r {}", shell_word(&folder.display().to_string()));
    let finding = if left > 0 {
        Finding::warning(format!(
            "the cache holds {} that was never finished",
            counted(left, "file")
        ))
        .because("nobody reads them, and nobody removes them; the cache may be deleted at any time")
        .mend(mend)
    } else if bytes > CACHE_MAX_BYTES {
        Finding::warning(format!("the cache has {} MiB", bytes / (1024 * 1024)))
            .because("it may be deleted at any time, and grows again as far as it is needed")
            .mend(mend)
    } else {
        Finding::ok(format!("the cache has {}", counted(files.len(), "file")))
    };
    Ok(vec![finding])
}

fn counted_minutes(seconds: i64) -> String {
    counted(usize::try_from(seconds / 60).unwrap_or(0), "minute")
}

/// When a file was last written, in seconds since 1970.
fn changed(path: &Path) -> Option<i64> {
    let since = path.metadata().ok()?.modified().ok()?;
    i64::try_from(since.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = std::fs::read_dir(folder).into_iter().flatten();
    read.flatten().map(|entry| entry.path()).collect()
}

/// The files below a folder, as far as the limit goes; links are not followed.
fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for path in entries(folder) {
        if files.len() >= FILES_MAX {
            return;
        }
        if path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            walk(&path, files);
        } else {
            files.push(path);
        }
    }
}
