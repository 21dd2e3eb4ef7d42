//! `touchmark server check`

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::errors::Failure;
use crate::globals::Globals;
use crate::output::Output;
use crate::render::counted;
use crate::server::{inspect, setup};

/// Say what is wrong with a server's repository: configuration, hooks, permissions
///
/// Ends with 1 if anything is.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Where the repository is
    path: PathBuf,
}

/// Runs the command.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let repo = setup::open(&globals.directory.join(&args.path))?;
    let problems = inspect::problems(&repo)?;
    if out.is_json() {
        let as_json =
            |problem: &inspect::Problem| json!({"fix": problem.fix, "text": problem.text});
        let problems: Vec<Value> = problems.iter().map(as_json).collect();
        out.json(&json!({"format": 1, "problems": problems}))?;
    } else {
        for problem in &problems {
            out.line(&problem.text)?;
            out.line(format_args!("  {}", problem.fix))?;
        }
    }
    match problems.len() {
        0 if out.is_json() => Ok(()),
        0 => out.line("everything is as it should be"),
        count => Err(Failure::new(format!(
            "{} with {}",
            counted(count, "problem"),
            args.path.display()
        ))
        .hint(format!("touchmark server init {}", args.path.display()))
        .into()),
    }
}
