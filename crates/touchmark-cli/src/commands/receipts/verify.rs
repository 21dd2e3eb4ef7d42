//! `touchmark receipts verify`

use serde_json::json;

use super::audit::{Audit, audit};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;
use crate::render::{counted, visible_line};

/// Verify every receipt: its signature, that none is missing, and that it tells the truth about its push
///
/// Each snapshot must differ from the one before in exactly what the receipt lists, no log may have been rewound or
/// deleted, numbers stay with their objects, and what is here must agree with the newest receipt. Events that no
/// receipt covers yet are pending: they count in no gate of the server. This is the audit of everything that the
/// server has accepted, policy changes included, and of the pushes that it has refused.
/// Ends with exit status 6 and names the first receipt with a fault.
/// What was folded must be in the archive as it was, and reachable; that is looked at where the archive is here, and
/// --archive fetches it.
/// With --json: `receipts`, `denials`, `faults` (`receipt`, `reason`), `folds`, `folds_unseen` (not compared with the
/// archive), `pending`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Fetch the archive first, if something of it is not here
    #[arg(long)]
    archive: bool,
}

/// Runs the command.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    if args.archive {
        forge.bring_archive()?;
    }
    let Some(audit) = audit(&forge)? else {
        return Err(
            Failure::new("there are no receipts here: the server does not sign any")
                .hint("touchmark sync; touchmark server init PATH makes a server that does")
                .exit(ExitCode::NotFound)
                .into(),
        );
    };
    if out.is_json() {
        let faults: Vec<_> = audit
            .faults
            .iter()
            .map(|(receipt, reason)| json!({ "reason": reason, "receipt": receipt }))
            .collect();
        out.json(&json!({
            "denials": audit.denials,
            "faults": faults,
            "folds": audit.folds,
            "folds_unseen": audit.folds_unseen,
            "format": 1,
            "pending": audit.pending,
            "receipts": audit.receipts,
        }))?;
    } else {
        tell(&audit, out)?;
    }
    match audit.faults.first() {
        None => Ok(()),
        Some((receipt, reason)) => {
            let place = receipt.map_or_else(String::new, |id| format!("receipt {id}: "));
            Err(Failure::new(format!("{place}{reason}"))
                .hint("keep this clone: it holds the proof; ask whoever runs the server")
                .exit(ExitCode::Unverified)
                .into())
        }
    }
}

fn tell(audit: &Audit, out: &Output) -> anyhow::Result<()> {
    for name in &audit.pending {
        out.warn(format_args!(
            "pending: no receipt covers {} as it is here",
            visible_line(name)
        ));
    }
    if audit.folds_unseen > 0 {
        out.note(format_args!(
            "{} not compared with the archive, which is not here: --archive",
            counted(audit.folds_unseen, "fold")
        ));
    }
    let receipts = usize::try_from(audit.receipts).unwrap_or(usize::MAX);
    out.line(format_args!(
        "{} verified, {} in them, {}",
        counted(receipts, "receipt"),
        counted(audit.denials, "refused push").replace("pushs", "pushes"),
        counted(audit.faults.len(), "fault"),
    ))
}
