//! `cargo xtask bench [push|issues|archive]`: measures, and writes `docs/reference/benchmarks.md` or the page of that name.
#![expect(
    clippy::print_stdout,
    reason = "the page that was written is what this command shows"
)]

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// Where the pages are.
const PAGES: &str = "docs/reference";

/// Builds the benchmark program as it is released, runs it, and keeps the page that it prints.
pub(crate) fn run(root: &Path, which: Option<&str>) -> Result<()> {
    let page = match which {
        None => format!("{PAGES}/benchmarks.md"),
        Some(which) => format!("{PAGES}/{which}-benchmarks.md"),
    };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let release = ["--release", "--locked", "--bin", "touchmark-bench"];
    // The benchmark runs the program that is built beside it.
    let built = Command::new(&cargo)
        .arg("build")
        .args(release)
        .args(["--bin", "touchmark"])
        .current_dir(root)
        .status()
        .context("cannot run cargo")?;
    if !built.success() {
        bail!("the benchmark cannot be built, {page} is as it was");
    }
    let output = Command::new(&cargo)
        .arg("run")
        .args(release)
        .arg("--")
        .args(which)
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run cargo")?;
    if !output.status.success() {
        bail!("the benchmark failed, {page} is as it was");
    }
    let path = root.join(&page);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    std::fs::write(&path, &output.stdout).with_context(|| path.display().to_string())?;
    print!("{}", String::from_utf8_lossy(&output.stdout));
    println!("written to {page}");
    Ok(())
}
