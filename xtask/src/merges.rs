//! `cargo xtask merges [--commits N] REPOSITORY…`: merges real merge commits again, by the core's rule and by git.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

/// Runs the comparison as it is released, with the arguments as they are.
pub(crate) fn run(root: &Path, arguments: &[&str]) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let manifest = root.join("Cargo.toml");
    let status = Command::new(&cargo)
        .args(["run", "--release", "--locked", "--bin", "touchmark-merges"])
        .arg("--manifest-path")
        .arg(manifest)
        .arg("--")
        .args(arguments)
        .status()
        .context("cannot run cargo")?;
    if !status.success() {
        bail!("the comparison failed");
    }
    Ok(())
}
