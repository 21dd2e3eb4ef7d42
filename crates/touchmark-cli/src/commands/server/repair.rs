//! `touchmark server repair`

use std::path::PathBuf;

use serde_json::json;

use super::refused;
use crate::errors::Refusals;
use crate::globals::Globals;
use crate::output::Output;
use crate::server::setup;
use crate::server::upkeep::{self, Repaired};

/// End what a push that died in the middle had begun
///
/// The next push does that by itself. This says what it comes to, and helps where a push cannot: when what the dead
/// push left behind is damaged, or a ref was changed by hand since, that is put aside, and pushes go on without it.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Where the repository is
    path: PathBuf,
}

/// Runs the command.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let repo = setup::open(&globals.directory.join(&args.path))?;
    let repaired = upkeep::repair(&repo).map_err(refused)?;
    let (word, text) = match &repaired {
        Repaired::Nothing => ("nothing", "there is nothing to repair".to_owned()),
        Repaired::Back => (
            "back",
            "a push had ended before anything moved: it is forgotten".to_owned(),
        ),
        Repaired::Forward => (
            "forward",
            "a push had ended in the middle: it is complete now".to_owned(),
        ),
        Repaired::PutAside(path, refusals) => {
            out.warn(Refusals(refusals.clone()));
            let path = path.display();
            out.hint("compare the refs with the latest receipt, and restore them from it: git log refs/forge/receipts");
            (
                "aside",
                format!("what the push left is in {path} now, and no ref was touched"),
            )
        }
    };
    if out.is_json() {
        return out.json(&json!({"format": 1, "repaired": word}));
    }
    out.line(text)
}
