//! `touchmark pr show`: everything about one pull request.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use touchmark_core::event::Rule;
use touchmark_core::gate::{Facts, Gate, Verdicts};
use touchmark_core::refusal::Refusal;
use touchmark_core::replay::log_document;

use super::judged::{Judged, judge};
use super::submodules::{Submodule, submodules};
use super::{Subject, code, threads};
use crate::forge::{Forge, choose_remote};
use crate::globals::Globals;
use crate::output::Output;
use crate::render::{self, Around, Look, Thread};

/// Show a pull request: where it stands, its revisions and verdicts, whether it may be merged and what is missing,
/// and what was said, each thread where its lines are in the latest revision, beside what they replaced there.
///
/// With `--json`: `format`; `log`, the state document of its log; `gate` with `open`, `evidence` and `reasons`
/// (`rule`, `reason`, `evidence`, `fix`), `took_part` (whose approval does not count) and `tree` (what would land);
/// `submodules` that the latest revision moves (`path`, `old`, `new`); `threads` with `comment`, `open`, `replies` and
/// `standing`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The pull request.
    id: String,
}

/// Runs the command.
///
/// # Errors
///
/// When the pull request is not there or has no accepted first event.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let subject = Subject::find(&forge, &args.id)?;
    let state = subject.state()?;
    let judged = judge_here(&forge, &subject)?;
    let threads = threads::threads(&forge.repo, state);
    let submodules = submodules_of(&forge, &subject);
    if out.is_json() {
        return out.json(&json!({
            "format": 1,
            "gate": gate_document(&judged),
            "log": log_document(&subject.outcome),
            "submodules": submodules.iter().map(Submodule::document).collect::<Vec<_>>(),
            "threads": threads.iter().map(thread_document).collect::<Vec<_>>(),
        }));
    }
    let lines: Vec<String> = submodules.iter().map(Submodule::line).collect();
    let around = Around {
        rejected: &subject.outcome.rejected,
        verdicts: &judged.verdicts,
        took_part: &judged.took_part,
        submodules: &lines,
        threads: &threads,
    };
    let look = Look {
        now: forge.now(),
        paint: out.painter(),
    };
    let page = render::pull_request(&subject.id, state, &around, look);
    out.page(&forge.repo, &page)
}

/// The verdict with the target where this clone last saw it; shut when the code is not here.
fn judge_here(forge: &Forge, subject: &Subject) -> anyhow::Result<Judged> {
    let remote = choose_remote(&forge.repo)?;
    let target = &subject.state()?.target;
    // Without the branch there is nothing to merge with, and the gate is judged all the same.
    let tip = code::target_tip(&forge.repo, remote.as_deref(), target).ok();
    Ok(judge(forge, subject, tip).unwrap_or_else(|err| {
        let refusal = Refusal::new(Rule::ObjectMissing, format!("{err:#}"));
        Judged {
            gate: Gate { items: Vec::new() },
            facts: Facts::default(),
            verdicts: Verdicts::Shut(vec![refusal.with_fix("touchmark sync")]),
            tree: None,
            blocked: None,
            conflicts: None,
            took_part: BTreeSet::new(),
        }
    }))
}

/// The submodules that the latest revision moves; none where its code is not here, which the gate says.
fn submodules_of(forge: &Forge, subject: &Subject) -> Vec<Submodule> {
    let changed = || -> anyhow::Result<_> {
        let revision = subject.revision(None)?;
        let tree = |commit| forge.repo.tree_of(commit);
        let (base, head) = (tree(revision.base)?, tree(revision.head)?);
        Ok(forge.repo.changed_paths(base, head)?)
    };
    changed().map_or_else(|_| Vec::new(), |changed| submodules(&changed))
}

fn gate_document(judged: &Judged) -> Value {
    let (evidence, reasons): (&[_], &[_]) = match &judged.verdicts {
        Verdicts::Open { evidence } => (evidence, &[]),
        Verdicts::Shut(reasons) => (&[], reasons),
    };
    json!({
        "evidence": evidence,
        "open": reasons.is_empty(),
        "reasons": reasons,
        "took_part": judged.took_part,
        "tree": judged.tree,
    })
}

fn thread_document(thread: &Thread<'_>) -> Value {
    let replies: Vec<_> = thread.replies.iter().map(|reply| reply.id).collect();
    json!({
        "comment": thread.first.id,
        "open": thread.is_open(),
        "replies": replies,
        "standing": thread.standing,
    })
}
