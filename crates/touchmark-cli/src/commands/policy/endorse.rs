//! `touchmark policy endorse`: an admin's word on a proposal.

use std::path::PathBuf;

use serde_json::json;
use touchmark_core::decide::policy::Draft;
use touchmark_core::event::Stance;

use super::change::missing;
use super::input::{self, Input};
use super::proposal::Proposal;
use crate::commands::compose::Body;
use crate::commands::pr::record;
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::{self, Forge};
use crate::globals::Globals;
use crate::keys;
use crate::output::Output;

/// Endorse a proposed policy, or object to it.
///
/// Whoever is an admin only in the new version, and the people of the recovery set, cannot write into a proposal's log:
/// they sign their endorsement into a file with --output, and policy record takes it with --endorsement.
/// With --output the files may also be named themselves (--policy, --signers), if there is no proposal.
/// With `--json`: `format`, `event`, `log`, `published`; with --output `event` and `file`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The proposal; touchmark policy list names them.
    #[arg(required_unless_present_any = ["policy", "signers"], conflicts_with_all = ["policy", "signers"])]
    id: Option<String>,
    #[command(flatten)]
    input: Input,
    /// Object, instead; it takes back your endorsement for versions that are not recorded yet.
    #[arg(long, conflicts_with = "output")]
    object: bool,
    #[command(flatten)]
    body: Body,
    /// Write the endorsement into a file, and into no log.
    #[arg(long, short = 'o', value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
///
/// The proposal is not there, is outdated or not well formed, or a refusal.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    match (&args.id, &args.output) {
        (Some(id), None) => in_log(args, &forge, id, out),
        (Some(id), Some(file)) => {
            let draft = Proposal::find(&forge, id)?.draft()?;
            apart(args, &forge, &draft, file, out)
        }
        (None, Some(file)) => {
            let draft = args.input.draft(&forge.draft()?, &globals.directory)?;
            apart(args, &forge, &draft, file, out)
        }
        (None, None) => Err(Failure::new("files that nobody proposed have no log")
            .hint("touchmark policy endorse … --output FILE")
            .exit(ExitCode::Usage)
            .into()),
    }
}

fn in_log(args: &Args, forge: &Forge, id: &str, out: &Output) -> anyhow::Result<()> {
    let found = Proposal::find(forge, id)?;
    input::check(&found.draft()?, None)?;
    let (stance, verb) = match args.object {
        true => (Stance::Object, "objected to"),
        false => (Stance::Endorse, "endorsed"),
    };
    let event = forge.endorse(&found.log, stance, args.body.given()?.as_ref())?;
    let again = Proposal::load(forge, found.log)?;
    let id = again.id.short();
    let mut said = format!("{verb} proposal {id}");
    let tally = again.tally(forge);
    if let Ok(tally) = &tally {
        said.push_str(&format!("\n{}", missing(tally)));
    }
    record::publish(forge, out, &again.log, event, &said)?;
    if tally.is_ok_and(|tally| tally.require().is_ok()) {
        out.hint(format_args!("it is enough: touchmark policy record {id}"));
    }
    Ok(())
}

fn apart(
    args: &Args,
    forge: &Forge,
    draft: &Draft,
    file: &std::path::Path,
    out: &Output,
) -> anyhow::Result<()> {
    let after = input::check(draft, Some(forge.policy()))?;
    let signer = keys::select(forge.globals(), &forge.repo)?;
    // A new admin may be somebody whom only the new version knows.
    let known_by = match forge.policy().key(signer.public()) {
        Some(_) => forge.policy(),
        None => &after,
    };
    let (_, author) = forge::who_is(known_by, signer.as_ref(), &forge.repo, forge.now())?;
    let sign = |next: &_| forge::sign_and_store(&forge.repo, signer.as_ref(), next);
    let body = args.body.given()?;
    let (id, content) = forge.endorse_apart(draft, &author, sign, body)?;
    let path = forge.globals().directory.join(file);
    std::fs::write(&path, content)
        .map_err(|err| Failure::new(format!("cannot write {}: {err}", path.display())))?;
    if out.is_json() {
        return out.json(&json!({
            "event": id,
            "file": path.display().to_string(),
            "format": 1,
        }));
    }
    out.line(format_args!(
        "endorsed it in {}; whoever records it: touchmark policy record … --endorsement FILE",
        path.display()
    ))
}
