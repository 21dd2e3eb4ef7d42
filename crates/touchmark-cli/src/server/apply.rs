//! Applying a judged push: all of it, in one transaction, with its receipt, or nothing.

use std::os::unix::process::parent_id;

use touchmark_core::event::{Decision as Word, Rule};
use touchmark_core::refusal::Refusal;
use touchmark_git::{RefEdit, Repository, TransactError};

use super::journal::{Intent, Outcome};
use super::limits::LIMITS;
use super::push::{Decision, Push};
use super::receipt::Occasion;
use super::step::{Step, reached};
use super::watch::Watch;
use super::{begun, denials, guards, journal, judge, queue, receipt, refuse, server_error};

/// How often a push is judged again because something that its decision rests on has moved.
const TRIES: usize = 5;

/// Why a try did not apply the push.
pub(super) enum Failed {
    /// A ref that the decision rests on has moved: it can be judged again.
    Moved(String),
    /// For good.
    Refused(Vec<Refusal>),
}

/// Applies the push as decided, and returns the decision that was applied in the end.
pub(super) fn apply(
    repo: &Repository,
    push: &Push,
    mut decision: Decision,
    watch: &Watch,
) -> Result<Decision, Vec<Refusal>> {
    let caller = parent_id();
    let _turn = queue::enter(repo, LIMITS.queue)?;
    reached(Step::Entered);
    journal::reconcile(repo)?;
    reached(Step::Reconciled);
    let mut last = String::new();
    for _ in 0..TRIES {
        guards::check_old_values(repo, &push.commands)?;
        if moved(repo, &decision)?.is_some() {
            decision = judge::judge(repo, push)?;
        }
        guards::check(repo, guards::decided(&decision))?;
        // Whoever waited for the answer may be gone after a long time in the queue.
        if parent_id() != caller {
            return Err(refuse(
                Rule::ServerError,
                "git went away before the push was applied",
            ));
        }
        let occasion = Occasion {
            word: Word::Accepted,
            now: push.now,
        };
        match try_once(repo, occasion, &decision, watch) {
            Ok(()) => return Ok(decision),
            Err(Failed::Moved(moved)) => last = moved,
            Err(Failed::Refused(refusals)) => return Err(refusals),
        }
    }
    Err(refuse(
        Rule::PushMoved,
        format!("what the push rests on moved {TRIES} times while it was judged: {last}"),
    ))
}

/// The first thing that does not hold what the decision took it to hold.
fn moved(repo: &Repository, decision: &Decision) -> Result<Option<String>, Vec<Refusal>> {
    let changes = decision
        .changes
        .iter()
        .map(|edit| (edit.name.as_str(), edit.expected.id()));
    let reads = decision
        .reads
        .iter()
        .map(|(name, value)| (name.as_str(), *value));
    for (name, expected) in changes.chain(reads) {
        let held = guards::read(repo, name)?;
        if held != expected {
            return Ok(Some(guards::moved(name, expected, held)));
        }
    }
    Ok(None)
}

/// Moves everything that was decided, with a receipt. The caller holds the queue's lock.
pub(super) fn try_once(
    repo: &Repository,
    occasion: Occasion,
    decision: &Decision,
    watch: &Watch,
) -> Result<(), Failed> {
    let receipt = receipt::next_receipt(repo, occasion, decision).map_err(Failed::Refused)?;
    reached(Step::Receipt);
    let intent = intent(decision, &receipt)?;
    if !watch.begin_commit() {
        return Err(Failed::Refused(refuse(
            Rule::ServerError,
            "the push took too long",
        )));
    }
    journal::write(repo, &intent).map_err(Failed::Refused)?;
    reached(Step::Intended);
    let prepared = match repo.prepare(&decision.changes) {
        Ok(prepared) => prepared,
        Err(err) => return Err(nothing_moved(repo, watch, &err)),
    };
    if let Some(moved) = moved_read(repo, decision, &receipt).map_err(Failed::Refused)? {
        drop(prepared);
        journal::remove(repo).map_err(Failed::Refused)?;
        watch.abandon_commit();
        return Err(Failed::Moved(moved));
    }
    reached(Step::Prepared);
    if let Err(err) = repo.swap(&receipt) {
        drop(prepared);
        return Err(nothing_moved(repo, watch, &err));
    }
    reached(Step::Receipted);
    if let Err(err) = prepared.commit() {
        // Its locks are gone, so what is missing can be tried once more at once; otherwise the next push does it.
        match journal::reconcile(repo) {
            Ok(Outcome::Forward) => {}
            Ok(Outcome::Back | Outcome::Nothing) => return Err(nothing_moved(repo, watch, &err)),
            Err(_) => return Err(unfinished(&err)),
        }
    }
    reached(Step::Committed);
    begun::remember(repo);
    denials::sealed(repo);
    // What moved has moved; an intent that stays is settled by the next push.
    let _ = journal::remove(repo);
    reached(Step::Settled);
    Ok(())
}

/// What is about to move.
fn intent(decision: &Decision, receipt: &RefEdit) -> Result<Intent, Failed> {
    let name = &receipt.name;
    if decision.changes.iter().any(|edit| edit.name == *name) {
        let reason = format!("the push changes {name}, which only its receipt may");
        return Err(Failed::Refused(refuse(Rule::ServerError, reason)));
    }
    let changes = decision.changes.iter().filter(|edit| !edit.is_verify());
    Ok(Intent {
        receipt: Some(receipt.clone()),
        changes: changes.cloned().collect(),
    })
}

/// The first ref that the decision rests on and that holds something else by now.
///
/// They are compared and not locked: whoever moves a ref here has the queue's lock, as we have, and to make a lock file
/// for each would be the dearest part of many a push.
fn moved_read(
    repo: &Repository,
    decision: &Decision,
    receipt: &RefEdit,
) -> Result<Option<String>, Vec<Refusal>> {
    for (name, expected) in &decision.reads {
        let mut edits = decision.changes.iter().chain([receipt]);
        let held = match edits.find(|edit| edit.name == *name) {
            Some(edit) => edit.expected.id(),
            None => guards::read(repo, name)?,
        };
        if held != *expected {
            return Ok(Some(guards::moved(name, *expected, held)));
        }
    }
    Ok(None)
}

/// A transaction did not happen, so neither does what was intended.
fn nothing_moved(repo: &Repository, watch: &Watch, err: &TransactError) -> Failed {
    if let Err(refusals) = journal::remove(repo) {
        return Failed::Refused(refusals);
    }
    watch.abandon_commit();
    match err {
        TransactError::Conflict {
            name,
            expected,
            actual,
        } => Failed::Moved(guards::moved(name, *expected, *actual)),
        TransactError::Ref(err) => Failed::Refused(guards::ref_error(err)),
        TransactError::Nested { .. } => Failed::Refused(refuse(Rule::PushForm, err.to_string())),
        err => Failed::Refused(server_error(err)),
    }
}

fn unfinished(err: &TransactError) -> Failed {
    let reason = format!("the push was accepted, but not all of it could be written: {err}");
    let fix = "who runs the server: make room on its disk, then touchmark server repair PATH; git fetch then shows the push";
    Failed::Refused(vec![Refusal::new(Rule::ServerError, reason).with_fix(fix)])
}
