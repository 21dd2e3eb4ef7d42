//! `touchmark doctor`

use serde_json::{Value, json};
use touchmark_git::Repository;

use crate::doctor::{self, Finding, Level};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::globals::Globals;
use crate::output::{Output, Style};
use crate::render::{counted, visible_line};

/// Look for what is wrong with this clone, and say what mends it
///
/// Looks at git itself, what hides objects, locks that were left, the remote and how git fetches from it, the server,
/// the policy, the receipts, the clock, your key and address, the keys that stock git verifies with, the hook pre-push,
/// and events that are not published. Changes nothing.
///
/// With --quiet only what is not as it should be is shown.
/// Ends with 1 if there is a problem, and with 5 if the server or the receipts raise an alarm; warnings end with 0.
/// With --json: `alarms`, `problems`, `warnings` (how many), and `findings`, a list of `check`, `level` (ok, skipped,
/// warning, problem or alarm), `text`, `why` (or null) and `remedies` (commands, the best first).
#[derive(clap::Args, Debug)]
pub(crate) struct Args {}

/// Runs the command.
///
/// # Errors
///
/// There is a problem or an alarm.
pub(crate) fn run(_: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let repo = Repository::discover(&globals.directory)?;
    let findings = doctor::examine(&repo, globals)?;
    let count = |level| findings.iter().filter(|found| found.level == level).count();
    let (warnings, problems, alarms) = (
        count(Level::Warning),
        count(Level::Problem),
        count(Level::Alarm),
    );
    if out.is_json() {
        out.json(&json!({
            "alarms": alarms,
            "findings": findings.iter().map(as_json).collect::<Vec<_>>(),
            "format": 1,
            "problems": problems,
            "warnings": warnings,
        }))?;
    } else {
        for finding in &findings {
            if !globals.quiet || finding.level > Level::Skipped {
                tell(finding, out)?;
            }
        }
        if warnings + problems + alarms == 0 {
            out.line("nothing is wrong")?;
        }
    }
    match (alarms, problems) {
        (0, 0) => Ok(()),
        (0, count) => {
            Err(Failure::new(format!("{} with this clone", counted(count, "problem"))).into())
        }
        (count, _) => Err(Failure::new(format!("{} raised", counted(count, "alarm")))
            .exit(ExitCode::Alarm)
            .into()),
    }
}

fn tell(finding: &Finding, out: &Output) -> anyhow::Result<()> {
    let style = match finding.level {
        Level::Ok => Style::Good,
        Level::Skipped => Style::Dim,
        Level::Warning => Style::Bold,
        Level::Problem | Level::Alarm => Style::Bad,
    };
    let word = out.paint(style, &format!("{:<8}", finding.level.word()));
    out.line(format_args!(
        "{word} {:<9} {}",
        finding.check,
        visible_line(&finding.text)
    ))?;
    if let Some(why) = finding.why {
        out.line(format_args!("{:19}{why}", ""))?;
    }
    for remedy in &finding.remedies {
        out.line(format_args!("{:19}mend it: {}", "", visible_line(remedy)))?;
    }
    Ok(())
}

pub(super) fn as_json(finding: &Finding) -> Value {
    json!({
        "check": finding.check,
        "level": finding.level.word(),
        "remedies": finding.remedies,
        "text": finding.text,
        "why": finding.why,
    })
}
