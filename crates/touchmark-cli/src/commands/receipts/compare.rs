//! `touchmark receipts compare`

use serde_json::json;
use touchmark_core::id::ObjectId;

use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::facts::Receipts;
use crate::forge::{Forge, RECEIPTS};
use crate::globals::Globals;
use crate::output::Output;

/// Compare the newest receipt here with one that somebody else has seen
///
/// Two people who exchange the ids of their newest receipts by another way than the server find out whether it shows
/// each of them another history. Without RECEIPT it prints the one here, to send to somebody.
/// Ends with exit status 5 when the two do not lie on one line, or when the other is not here after a fetch.
/// With --json: `receipt`, `sequence`, and `relation`: same, older, newer or null.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The id in full of the newest receipt that somebody else has
    receipt: Option<String>,
}

/// Runs the command.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let tip = forge.repo.read_ref(RECEIPTS)?;
    let latest = Receipts::new(&forge.repo, tip).latest()?.ok_or_else(|| {
        Failure::new("there are no receipts here")
            .hint("touchmark sync")
            .exit(ExitCode::NotFound)
    })?;
    let relation = match &args.receipt {
        None => None,
        Some(text) => Some(relation(&forge, latest.id, text)?),
    };
    if out.is_json() {
        return out.json(&json!({
            "format": 1,
            "receipt": latest.id,
            "relation": relation,
            "sequence": latest.sequence,
        }));
    }
    match relation {
        None => out.line(format_args!("receipt {} {}", latest.sequence, latest.id)),
        Some("same") => out.line("the same: both have seen one history"),
        Some(relation) => out.line(format_args!(
            "one history: the other receipt is {relation} than the one here"
        )),
    }
}

fn relation(forge: &Forge, here: ObjectId, text: &str) -> anyhow::Result<&'static str> {
    let other = ObjectId::from_hex(text)
        .filter(|id| id.kind() == forge.repo.hash_kind())
        .ok_or_else(|| {
            Failure::new(format!("\"{text}\" is not the id in full of a receipt"))
                .exit(ExitCode::Usage)
        })?;
    if other == here {
        return Ok("same");
    }
    let known = forge.repo.contains(other);
    if known && forge.repo.is_ancestor(other, here)? {
        return Ok("older");
    }
    if known && forge.repo.is_ancestor(here, other)? {
        return Ok("newer");
    }
    Err(Failure::new(format!(
        "ALARM: the receipt {} is not in the history that the server shows here",
        other.short()
    ))
    .hint("touchmark sync, and compare again: it may only be newer")
    .hint("if it stays, the server shows two histories; keep both clones, they hold the proof")
    .exit(ExitCode::Alarm)
    .into())
}
