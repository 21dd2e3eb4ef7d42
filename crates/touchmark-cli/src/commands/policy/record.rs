//! `touchmark policy record`: an endorsed proposal becomes the policy.

use std::path::PathBuf;

use serde_json::json;
use touchmark_core::id::{ObjectId, hash_object};
use touchmark_core::log::LogName;
use touchmark_core::replay::Tally;

use super::change::{missing, tally_json};
use super::input::{self, Input};
use super::proposal::Proposal;
use super::words;
use crate::commands::compose::Body;
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::{Endorsements, Forge, Published};
use crate::globals::Globals;
use crate::output::Output;
use crate::render::visible_line;

/// Make a proposal the policy, if enough admins endorse it.
///
/// The endorsements are embedded in the new version, so that everybody can check it for ever. The admins before must be
/// enough, or those who may stand in for them, and if others become admin, the admins after too.
/// With `--json`: `format`, `event` (the new version's id), `version`, `changes`, `endorsed`, `published`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The proposal; touchmark policy list names them.
    #[arg(required_unless_present_any = ["policy", "signers"], conflicts_with_all = ["policy", "signers"])]
    id: Option<String>,
    #[command(flatten)]
    input: Input,
    /// A further endorsement, as policy endorse --output writes it; may be repeated.
    #[arg(long, value_name = "FILE")]
    endorsement: Vec<PathBuf>,
    #[command(flatten)]
    body: Body,
}

/// Runs the command.
///
/// # Errors
///
/// The proposal is not there or outdated, an endorsement is of something else, or too few endorse it.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let (draft, mut given, proposal) = match &args.id {
        Some(id) => {
            let found = Proposal::find(&forge, id)?;
            found.tally(&forge)?;
            (found.draft()?, found.given()?, Some(found.id))
        }
        None => (
            args.input.draft(&forge.draft()?, &globals.directory)?,
            Vec::new(),
            None,
        ),
    };
    for (id, content) in read_endorsements(args, &forge)? {
        if !given.iter().any(|(known, _)| *known == id) {
            given.push((id, content));
        }
    }
    let before = forge.policy();
    let after = input::check(&draft, Some(before))?;
    let tally = forge.tally(&draft, &given)?;
    if let Err(refusal) = tally.require() {
        return Err(refusal.with_fix(to_endorse(&tally, proposal)).into());
    }
    let body = args.body.given()?;
    let event = forge.record_version(&draft, &given, proposal, body.as_ref())?;
    let published = forge.publish_in_detail(&LogName::Policy)?.published;
    let version = forge.policies.ids().count() + 1;
    let changes = words::changes(before, &after);
    if out.is_json() {
        out.json(&json!({
            "changes": changes,
            "endorsed": tally_json(&tally),
            "event": event,
            "format": 1,
            "published": published.word(),
            "version": version,
        }))?;
    } else {
        out.line(format_args!("recorded version {version} of the policy"))?;
        for change in &changes {
            out.line(format_args!("  {}", visible_line(change)))?;
        }
    }
    if let Published::Kept(why) = &published {
        out.note(format_args!("not published: {why}; later: touchmark sync"));
    }
    Ok(published.require()?)
}

/// Who is asked to endorse it, and how it goes on.
fn to_endorse(tally: &Tally, proposal: Option<ObjectId>) -> String {
    let id = proposal.map_or_else(|| "ID".to_owned(), |id| id.short().to_string());
    format!(
        "{}: touchmark policy endorse {id}; then: touchmark policy record {id}",
        missing(tally)
    )
}

fn read_endorsements(args: &Args, forge: &Forge) -> anyhow::Result<Endorsements> {
    let mut read = Vec::new();
    for file in &args.endorsement {
        let content = input::read(file, &forge.globals().directory)?;
        let id = hash_object(forge.repo.hash_kind(), "commit", &content).map_err(|err| {
            Failure::new(format!("{} is no endorsement: {err}", file.display()))
                .exit(ExitCode::Refused)
        })?;
        read.push((id, content));
    }
    Ok(read)
}
