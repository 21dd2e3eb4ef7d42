//! `touchmark explain`

mod code;
mod event;
mod name;
mod object;
mod receipt;
mod rule;
mod told;

use std::io::Read as _;

use anyhow::Context as _;
use touchmark_core::event::Rule;
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;

use self::told::Told;
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::facts::Receipts;
use crate::forge::{Forge, RECEIPTS};
use crate::globals::Globals;
use crate::output::Output;

/// No refusal is longer, in bytes.
const INPUT_MAX_BYTES: u64 = 1024 * 1024;

/// Say what something is, whether it counts, and by what rule or clause
///
/// THING is a rule's id (signer-unknown); a refusal in JSON, or - to read one from standard input; a pull request,
/// issue or proposal (#7 or its id); an event, a receipt, a version of the policy or a commit of code by its id;
/// or a ref, a branch or a tag by its name.
///
/// With --json: `format`, `kind` (rule, refusal, object, event, receipt, code or ref), and what is said of it, by name.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// What to explain.
    #[arg(value_name = "THING")]
    thing: String,
}

/// Runs the command.
///
/// # Errors
///
/// There is no such thing here.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let thing = args.thing.trim();
    let told = if let Some(rule) = Rule::from_id(thing) {
        rule::explain(rule)
    } else if thing == "-" || thing.starts_with('{') {
        rule::refusals(&refusal_text(thing)?)?
    } else {
        in_forge(&Forge::open(globals)?, thing)?
    };
    told.print(out)
}

fn refusal_text(thing: &str) -> anyhow::Result<String> {
    if thing != "-" {
        return Ok(thing.to_owned());
    }
    let mut text = String::new();
    std::io::stdin()
        .lock()
        .take(INPUT_MAX_BYTES)
        .read_to_string(&mut text)
        .context("cannot read standard input")?;
    Ok(text)
}

/// What a name means in a clone: an object before an event, an event before a commit, and that before a ref.
fn in_forge(forge: &Forge, thing: &str) -> anyhow::Result<Told> {
    if thing.starts_with("refs/") {
        return name::explain(forge, thing);
    }
    let is_hex = thing.len() >= 4 && thing.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_number = thing.parse::<u32>().is_ok();
    if thing.starts_with('#') || is_number || is_hex {
        match forge.resolve_any(thing) {
            Ok(log @ (LogName::Pr(_) | LogName::Issue(_) | LogName::Proposal(_))) => {
                return object::explain(forge, &log);
            }
            Err(err) if thing.starts_with('#') => return Err(err),
            _ => {}
        }
    }
    for prefix in ["refs/heads/", "refs/tags/"] {
        let full = format!("{prefix}{thing}");
        if touchmark_git::check_ref_name(&full).is_ok() && forge.repo.read_ref(&full)?.is_some() {
            return name::explain(forge, &full);
        }
    }
    match commit(forge, thing)? {
        Some(id) => by_commit(forge, id),
        None => Err(
            Failure::new(format!("there is nothing here that {thing} names"))
                .hint("touchmark sync, if it is new")
                .hint("touchmark explain --help (says what can be explained)")
                .exit(ExitCode::NotFound)
                .into(),
        ),
    }
}

/// The commit that a revision names.
fn commit(forge: &Forge, revision: &str) -> anyhow::Result<Option<ObjectId>> {
    let wanted = format!("{revision}^{{commit}}");
    let output = forge
        .repo
        .git()
        .args([
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &wanted,
        ])
        .output()?;
    Ok(ObjectId::from_hex(output.text().trim()))
}

fn by_commit(forge: &Forge, id: ObjectId) -> anyhow::Result<Told> {
    let tip = forge.repo.read_ref(RECEIPTS)?;
    let receipts = Receipts::new(&forge.repo, tip);
    if let (Some(tip), Some(read)) = (tip, receipts.read(id)?)
        && forge.repo.is_ancestor(id, tip)?
    {
        return receipt::explain(forge, &receipts, &read);
    }
    match event::log_of(forge, id)? {
        Some(log) => event::explain(forge, &log, id),
        None => code::explain(forge, id),
    }
}
