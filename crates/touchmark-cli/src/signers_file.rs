//! The signers file for stock git: the policy's own, copied to `.git/touchmark/allowed_signers`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use touchmark_core::id::ObjectId;
use touchmark_git::Repository;

use crate::output::Output;

/// git's name for the file's place.
pub(crate) const CONFIG: &str = "gpg.ssh.allowedSignersFile";

/// The policy's own limit on the file, in bytes.
const FILE_MAX_LEN: u64 = 1024 * 1024;

/// Where the file is.
pub(crate) fn path(repo: &Repository) -> PathBuf {
    repo.common_dir().join("touchmark").join("allowed_signers")
}

/// Whether the file is as the policy version `policy` has it.
pub(crate) fn is_current(repo: &Repository, policy: ObjectId) -> anyhow::Result<bool> {
    let content = content(repo, policy)?;
    Ok(std::fs::read(path(repo)).is_ok_and(|own| own == content))
}

fn content(repo: &Repository, policy: ObjectId) -> anyhow::Result<Vec<u8>> {
    repo.read_blob_at(policy, b"allowed_signers", FILE_MAX_LEN)?
        .with_context(|| format!("policy {policy} has no allowed_signers"))
}

/// Writes the file as the policy version `policy` has it; returns whether it changed.
pub(crate) fn refresh(repo: &Repository, policy: ObjectId) -> anyhow::Result<bool> {
    let content = content(repo, policy)?;
    let path = path(repo);
    if std::fs::read(&path).is_ok_and(|old| old == content) {
        return Ok(false);
    }
    let failed = || format!("cannot write {}", path.display());
    let directory = path.parent().context("a file has a directory")?;
    std::fs::create_dir_all(directory).with_context(failed)?;
    // Renamed into place, so that git never reads half of it.
    let file = tempfile::NamedTempFile::new_in(directory).with_context(failed)?;
    std::fs::write(file.path(), &content).with_context(failed)?;
    file.persist(&path).with_context(failed)?;
    Ok(true)
}

/// Tells git about the file, unless it has been told about another one.
pub(crate) fn configure(repo: &Repository, out: &Output) -> anyhow::Result<()> {
    let path = path(repo);
    match repo.config_string(CONFIG) {
        None => {
            repo.git()
                .args(["config", "--local", CONFIG])
                .arg(&path)
                .run()
                .context("cannot set git's signers file")?;
            out.note(format_args!("git config {CONFIG} {}", path.display()));
        }
        Some(own) if Path::new(&own) == path => {}
        Some(own) => out.note(format_args!(
            "git's {CONFIG} stays {own}; to verify with stock git: git -c {CONFIG}={} verify-commit …",
            path.display()
        )),
    }
    Ok(())
}
