//! `touchmark team`: who is in which team.

use clap::Subcommand;
use serde_json::json;

use super::policy::change::{self, Change};
use super::policy::toml_text::{PolicyText, nobody};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;
use crate::render::visible_line;

/// List teams, and put people into them or take them out.
///
/// Teams are part of the policy: a change is proposed, endorsed in your name if you are an admin, and recorded if that
/// is enough; otherwise further admins endorse it. With `--json` as policy propose.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// List the teams; with `--json`: `format`, `teams` (members by name).
    List,
    /// Put people into a team, which is made if it is not there yet.
    Add(Members),
    /// Take people out of a team. The team stays, because rules may name it.
    Remove(Members),
}

#[derive(clap::Args, Debug)]
struct Members {
    /// The team, without `@`.
    team: String,
    /// People, by their names in the policy.
    #[arg(required = true)]
    people: Vec<String>,
}

/// Runs the subcommand.
///
/// # Errors
///
/// A person or team is not there, nothing would change, or a refusal.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    match &args.command {
        Command::List => list(&forge, out),
        Command::Add(members) => change(&forge, members, "Add", "to", out),
        Command::Remove(members) => change(&forge, members, "Remove", "from", out),
    }
}

fn list(forge: &Forge, out: &Output) -> anyhow::Result<()> {
    let teams = &forge.policy().teams;
    if out.is_json() {
        return out.json(&json!({"format": 1, "teams": teams}));
    }
    if teams.is_empty() {
        out.note("there is no team; touchmark team add TEAM PERSON makes one");
    }
    for (team, members) in teams {
        let members: Vec<&str> = members.iter().map(String::as_str).collect();
        out.line(visible_line(&format!("@{team}: {}", members.join(", "))))?;
    }
    Ok(())
}

fn change(
    forge: &Forge,
    members: &Members,
    verb: &str,
    preposition: &str,
    out: &Output,
) -> anyhow::Result<()> {
    let team = members.team.trim_start_matches('@');
    let mut draft = forge.draft()?;
    let mut text = PolicyText::parse(&draft.policy_toml)?;
    if verb == "Add" {
        let known = &forge.policy().people;
        if let Some(stranger) = members.people.iter().find(|one| !known.contains_key(*one)) {
            return Err(nobody(stranger).into());
        }
        text.add_members(team, &members.people)?;
    } else {
        text.remove_members(team, &members.people)?;
    }
    draft.policy_toml = text.into_bytes();
    let who = members.people.join(", ");
    let change = Change {
        draft,
        title: Some(format!("{verb} {who} {preposition} team {team}")),
        body: None,
        record: true,
    };
    change::make(forge, out, change)
}
