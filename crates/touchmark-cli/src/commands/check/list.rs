//! `touchmark check list`: what the checks of a commit say.

use serde_json::json;
use touchmark_core::log::LogName;
use touchmark_core::replay::State;

use crate::commands::pr::code;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;
use crate::render::visible_line;

/// List what the checks of a commit say.
///
/// With `--json`: `format`, `commit`, and `checks` by name: `by`, `event`, `evidence`, `note`, `status`, `time`, `url`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The commit.
    #[arg(value_name = "REV", default_value = "HEAD")]
    commit: String,
}

/// Runs the command.
///
/// # Errors
///
/// When the commit or its log cannot be read.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let commit = code::resolve(&forge.repo, &args.commit)?;
    let log = LogName::Check(commit);
    let state = match forge.tip(&log)? {
        Some(tip) => forge.replay_to(&log, tip)?.state,
        None => None,
    };
    let checks = match state {
        Some(State::Check(state)) => state.checks,
        _ => Default::default(),
    };
    if out.is_json() {
        return out.json(&json!({"checks": checks, "commit": commit, "format": 1}));
    }
    if checks.is_empty() {
        out.note(format_args!("no check has reported on {}", commit.short()));
    }
    for (name, result) in checks {
        let mut line = format!("{name}: {}, by {}", result.status, result.by);
        for more in [result.note, result.url].into_iter().flatten() {
            line.push_str(&format!(", {}", more.lines().next().unwrap_or_default()));
        }
        out.line(visible_line(&line))?;
    }
    Ok(())
}
