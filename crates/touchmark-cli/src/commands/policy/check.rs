//! `touchmark policy check`: whether files can be the next policy.

use serde_json::json;
use touchmark_core::decide::policy::Draft;
use touchmark_core::policy::Policy;

use super::input::{self, Input};
use super::proposal::Proposal;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;
use crate::render::visible_line;

/// Check a policy without proposing it: the files that the options name, a proposal, or else the policy as it stands.
///
/// A defect is told with file, line and key, and the command fails. What is well formed and cannot be meant is warned
/// of: thresholds and approvals that can never be met, rules that earlier ones hide, branches that nobody may merge
/// into, checks that nobody may report, a missing sequencer. With both files it works outside of a forge too.
/// With `--json`: `format`, `warnings` (`key`, `line` in policy.toml or null, `text`).
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// A proposal.
    #[arg(conflicts_with_all = ["policy", "signers"])]
    id: Option<String>,
    #[command(flatten)]
    input: Input,
}

/// Runs the command.
///
/// # Errors
///
/// The files are not well formed, or may not follow the policy as it stands.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let (draft, policy) = checked(args, globals)?;
    let warnings = policy.lint();
    if out.is_json() {
        let warnings: Vec<_> = warnings
            .iter()
            .map(|lint| {
                json!({
                    "key": lint.key,
                    "line": input::line(&draft, &lint.key),
                    "text": lint.text,
                })
            })
            .collect();
        return out.json(&json!({"format": 1, "warnings": warnings}));
    }
    for lint in &warnings {
        match input::line(&draft, &lint.key) {
            Some(line) => out.warn(format_args!("policy.toml, line {line}, {lint}")),
            None => out.warn(format_args!("policy.toml, {lint}")),
        }
    }
    let people = policy.people.len();
    let admins: Vec<&str> = policy.admins().into_iter().collect();
    out.line(format_args!(
        "well formed: {people} people, {} of {} endorse a change",
        policy.threshold,
        visible_line(&admins.join(", "))
    ))
}

/// The files, and the policy that they make.
fn checked(args: &Args, globals: &Globals) -> anyhow::Result<(Draft, Policy)> {
    let forge = match (
        Forge::open(globals),
        &args.input.policy,
        &args.input.signers,
    ) {
        (Ok(forge), ..) => forge,
        (Err(_), Some(policy), Some(signers)) => {
            let draft = Draft {
                policy_toml: input::read(policy, &globals.directory)?,
                allowed_signers: input::read(signers, &globals.directory)?,
                templates: None,
            };
            let policy = input::check(&draft, None)?;
            return Ok((draft, policy));
        }
        (Err(err), ..) => return Err(err),
    };
    let draft = match &args.id {
        Some(id) => Proposal::find(&forge, id)?.draft()?,
        None => args.input.draft(&forge.draft()?, &globals.directory)?,
    };
    let policy = input::check(&draft, Some(forge.policy()))?;
    Ok((draft, policy))
}
