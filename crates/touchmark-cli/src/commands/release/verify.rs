//! `touchmark release verify`

use std::path::PathBuf;

use serde_json::{Value, json};

use super::check::{self, Check};
use super::{build, fetched};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::globals::Globals;
use crate::output::{Output, Style};
use crate::render::visible_line;

/// Verify a release: who signed it, what it names, its files, and that the server took it so
///
/// Each condition has a name: release-name (the tag is called what it was signed as), release-receipt (a receipt has it,
/// and it has not moved since), release-signer (a key in use, of somebody who may make the tag by the policy at the
/// receipt, under an address of theirs), release-target (the commit is in a protected branch), release-assets (the files
/// are those that the tag lists, and no others), and release-file for each FILE.
///
/// Ends with 6 if one does not hold. With --json: `format`, `tag`, `verified`, and `checks`: `rule`, `pass`, `text`.
/// With --offline the server is not asked whether it shows the same.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The release.
    #[arg(value_name = "TAG")]
    name: String,
    /// Files that somebody gave you, each called as in the release.
    #[arg(value_name = "FILE")]
    file: Vec<PathBuf>,
}

/// Runs the command.
///
/// # Errors
///
/// There is no such release, or a condition does not hold.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let (forge, there) = fetched::open(globals, &args.name)?;
    let release = fetched::read(&forge, &args.name)?;
    let files = build::from_directory(&globals.directory, &args.file);
    let checks = check::examine(&forge, &release, there.as_deref(), &files)?;
    let broken: Vec<&str> = checks
        .iter()
        .filter(|check| check.outcome.is_err())
        .map(|check| check.rule)
        .collect();
    if out.is_json() {
        let checks: Vec<Value> = checks.iter().map(as_json).collect();
        out.json(&json!({
            "checks": checks,
            "format": 1,
            "tag": args.name,
            "verified": broken.is_empty(),
        }))?;
    } else {
        for check in &checks {
            tell(check, out)?;
        }
    }
    require(&args.name, &broken)
}

/// The error for conditions that do not hold.
pub(super) fn require(name: &str, broken: &[&str]) -> anyhow::Result<()> {
    if broken.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "the release {name} does not hold: {}",
        broken.join(", ")
    ))
    .hint("do not use its files; ask who made it, over another channel")
    .exit(ExitCode::Unverified)
    .into())
}

fn as_json(check: &Check) -> Value {
    let (Ok(text) | Err(text)) = &check.outcome;
    json!({"pass": check.outcome.is_ok(), "rule": check.rule, "text": text})
}

fn tell(check: &Check, out: &Output) -> anyhow::Result<()> {
    let (word, style) = match check.outcome {
        Ok(_) => ("ok    ", Style::Good),
        Err(_) => ("BROKEN", Style::Bad),
    };
    let (Ok(text) | Err(text)) = &check.outcome;
    out.line(format_args!(
        "{} {:<15} {}",
        out.paint(style, word),
        check.rule,
        visible_line(text)
    ))
}
