//! `cargo xtask test`: everything that a change must pass, from a fresh machine on.
//!
//! It first sees to the tools that cargo does not bring, then runs the stages one after the other and stops at the
//! first that fails. Continuous integration runs this and nothing else.
#![expect(
    clippy::print_stdout,
    reason = "stages and their times are what this command shows"
)]

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::tools;

/// The stages, in the order of how soon they tell of a mistake.
const STAGES: &[(&str, &[&str])] = &[
    ("format", &["fmt", "--all", "--check"]),
    (
        "lints",
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ],
    ),
    ("programs", &["build", "--workspace", "--bins", "--locked"]),
    (
        "wasm32",
        &[
            "build",
            "--package=touchmark-wasm-tests",
            "--target=wasm32-unknown-unknown",
            "--profile=wasm",
            "--locked",
        ],
    ),
    (
        "rustdoc",
        &["doc", "--workspace", "--lib", "--no-deps", "--locked"],
    ),
    ("tests", &["test", "--workspace", "--locked"]),
];

/// Runs all stages in the checkout at `root`.
pub(crate) fn run(root: &Path) -> Result<()> {
    let begun = Instant::now();
    let mut times = Vec::new();
    let tools_time = timed(tools::ensure)?;
    times.push(("tools", tools_time));
    for (name, arguments) in STAGES {
        println!("== {name}: cargo {}", arguments.join(" "));
        times.push((name, timed(|| cargo(root, arguments))?));
    }
    println!();
    for (name, time) in times {
        println!("{name:<10}{:>8.1} s", time.as_secs_f64());
    }
    println!("all tests passed in {:.0} s", begun.elapsed().as_secs_f64());
    Ok(())
}

fn timed(stage: impl FnOnce() -> Result<()>) -> Result<Duration> {
    let begun = Instant::now();
    stage()?;
    Ok(begun.elapsed())
}

fn cargo(root: &Path, arguments: &[&str]) -> Result<()> {
    let shown = format!("cargo {}", arguments.join(" "));
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(program)
        .args(arguments)
        .current_dir(root)
        .status()
        .with_context(|| format!("cannot run {shown}"))?;
    if !status.success() {
        bail!("`{shown}` failed; fix what it says and run `cargo xtask test` again");
    }
    Ok(())
}
