//! `cargo xtask bench`: measures, and writes `docs/reference/benchmarks.md`.
#![expect(
    clippy::print_stdout,
    reason = "the page that was written is what this command shows"
)]

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

const PAGE: &str = "docs/reference/benchmarks.md";

/// Builds the benchmark program as it is released, runs it, and keeps the page that it prints.
pub(crate) fn run(root: &Path) -> Result<()> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(program)
        .args(["run", "--release", "--locked", "--bin", "touchmark-bench"])
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run cargo")?;
    if !output.status.success() {
        bail!("the benchmark failed, {PAGE} is as it was");
    }
    let path = root.join(PAGE);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    std::fs::write(&path, &output.stdout).with_context(|| path.display().to_string())?;
    print!("{}", String::from_utf8_lossy(&output.stdout));
    println!("written to {PAGE}");
    Ok(())
}
