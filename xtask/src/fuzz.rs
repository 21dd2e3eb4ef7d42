//! `cargo xtask fuzz [--seconds N] [TARGET…]`: each fuzz target for a bounded time, from the golden logs on.
//!
//! Needs the nightly toolchain, which it installs with rustup, as it installs cargo-fuzz.
#![expect(
    clippy::print_stdout,
    reason = "what runs, and for how long, is what this command shows"
)]

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

/// The version that the targets are known to build with.
const CARGO_FUZZ: &str = "0.13.2";

/// How long each target runs when not told otherwise.
const SECONDS: u32 = 60;

/// Largest input, in bytes: beyond the size limit of an event.
const INPUT_LEN: u32 = 140_000;

/// Runs the targets that `arguments` name, or all of them.
pub(crate) fn run(root: &Path, arguments: &[&str]) -> Result<()> {
    let (seconds, mut targets) = parse(arguments)?;
    let known = targets_of(root)?;
    if let Some(target) = targets.iter().find(|target| !known.contains(target)) {
        bail!(
            "there is no fuzz target {target}; there are {}",
            known.join(", ")
        );
    }
    if targets.is_empty() {
        targets = known;
    }
    ensure_tools()?;
    seed(root)?;
    for target in &targets {
        println!("== {target}: {seconds} s");
        let limits = [
            format!("-max_total_time={seconds}"),
            format!("-max_len={INPUT_LEN}"),
        ];
        let mut command = nightly(&["fuzz", "run", target, "--"]);
        command
            .args(limits)
            .args(["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1"]);
        finish(command.current_dir(root), &format!("fuzz target {target}"))
            .with_context(|| format!("the input is in fuzz/artifacts/{target}/"))?;
    }
    println!("no target crashed: {}", targets.join(", "));
    Ok(())
}

fn parse(arguments: &[&str]) -> Result<(u32, Vec<String>)> {
    let mut seconds = SECONDS;
    let mut targets = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match *argument {
            "--seconds" => {
                let value = rest.next().context("--seconds needs a number")?;
                seconds = value
                    .parse()
                    .with_context(|| format!("--seconds {value}"))?;
            }
            option if option.starts_with('-') => bail!("unknown option {option}"),
            target => targets.push(target.to_owned()),
        }
    }
    Ok((seconds, targets))
}

/// The names of the files in `fuzz/fuzz_targets/`.
fn targets_of(root: &Path) -> Result<Vec<String>> {
    let folder = root.join("fuzz/fuzz_targets");
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs")
            && let Some(name) = path.file_stem()
        {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn ensure_tools() -> Result<()> {
    if !succeeds(&mut nightly(&["--version"])) {
        let mut install = Command::new("rustup");
        install.args(["toolchain", "install", "nightly", "--profile", "minimal"]);
        finish(&mut install, "installing the nightly toolchain")?;
    }
    if !succeeds(&mut nightly(&["fuzz", "--version"])) {
        let mut install = nightly(&["install", "cargo-fuzz", "--locked", "--version", CARGO_FUZZ]);
        finish(&mut install, "installing cargo-fuzz")?;
    }
    Ok(())
}

/// Writes the seed corpora: the objects and texts of the golden logs.
fn seed(root: &Path) -> Result<()> {
    let mut command = nightly(&[
        "run",
        "--quiet",
        "--manifest-path",
        "fuzz/Cargo.toml",
        "--bin",
        "seed",
    ]);
    finish(command.current_dir(root), "writing the seed corpora")
}

/// cargo of the nightly toolchain; what this cargo set for its children would win otherwise.
fn nightly(arguments: &[&str]) -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly", "cargo"]).args(arguments);
    for name in [
        "CARGO",
        "RUSTC",
        "RUSTDOC",
        "RUSTUP_TOOLCHAIN",
        "CARGO_MANIFEST_DIR",
    ] {
        command.env_remove(name);
    }
    command
}

fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

fn finish(command: &mut Command, what: &str) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("{what}: cannot run {command:?}"))?;
    if !status.success() {
        bail!("{what} failed: {command:?}");
    }
    Ok(())
}
