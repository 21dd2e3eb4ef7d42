//! `touchmark receipts log`

use serde_json::{Value, json};
use touchmark_core::event::Decision;
use touchmark_core::id::ObjectId;
use touchmark_core::push::RefChange;

use crate::facts::{Read, Receipts};
use crate::forge::{Forge, RECEIPTS};
use crate::globals::Globals;
use crate::output::Output;
use crate::render::visible_line;

/// How many receipts are shown when nothing is said.
const SHOWN: usize = 20;

/// List receipts, the newest first: what each push changed, and what was refused before it
///
/// With --json: a list of `receipt`, `sequence`, `pusher`, `seconds`, `decision` (`accepted`, `archived`), `changes`
/// (`name`, `old`, `new`) and `denials`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// How many
    #[arg(long, short = 'n', value_name = "COUNT", default_value_t = SHOWN)]
    count: usize,
}

/// Runs the command.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let tip = forge.repo.read_ref(RECEIPTS)?;
    let receipts = Receipts::new(&forge.repo, tip);
    let mut next = receipts.latest()?;
    let mut documents = Vec::new();
    let mut page = String::new();
    let mut count = 0;
    while let Some(receipt) = next.filter(|_| count < args.count) {
        count += 1;
        let changes = receipts.changes(receipt.tree)?;
        let denials = receipts.denials(receipt.tree)?;
        if out.is_json() {
            documents.push(document(&receipt, &changes, &denials));
        } else {
            page.push_str(&text(&receipt, &changes, &denials));
        }
        next = match receipt.parent {
            Some(parent) => receipts.read(parent)?,
            None => None,
        };
    }
    if out.is_json() {
        return out.json(&json!({ "format": 1, "receipts": documents }));
    }
    if count == 0 {
        out.note("there are no receipts: the server does not sign any");
    }
    out.page(&forge.repo, &page)
}

/// A receipt for programs.
fn document(receipt: &Read, changes: &[RefChange], denials: &[String]) -> Value {
    let changes: Vec<_> = changes
        .iter()
        .map(|change| json!({ "name": change.name, "new": change.new, "old": change.old }))
        .collect();
    json!({
        "changes": changes,
        "decision": receipt.decision.word(),
        "denials": denials,
        "pusher": receipt.pusher.to_string(),
        "receipt": receipt.id,
        "seconds": receipt.seconds,
        "sequence": receipt.sequence,
    })
}

/// A receipt for people.
fn text(receipt: &Read, changes: &[RefChange], denials: &[String]) -> String {
    let mut text = format!("receipt {} {}\n", receipt.sequence, receipt.id);
    text.push_str(&match receipt.decision {
        Decision::Archived => "  the server folded closed objects into its archive\n".to_owned(),
        _ => format!("  pusher: {}\n", receipt.pusher),
    });
    let shown = |id: Option<ObjectId>| id.map_or_else(|| "-".to_owned(), |id| id.short());
    for change in changes {
        let (old, new, name) = (shown(change.old), shown(change.new), &change.name);
        text.push_str(&format!("  {old} -> {new} {}\n", visible_line(name)));
    }
    for denial in denials {
        let denial = visible_line(&denial.replace('\t', " "));
        text.push_str(&format!("  refused: {denial}\n"));
    }
    text
}
