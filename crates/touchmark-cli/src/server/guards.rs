//! The guards that git has for a push, and that applying it ourselves goes around.

use touchmark_core::event::Rule;
use touchmark_core::id::ObjectId;
use touchmark_core::refusal::Refusal;
use touchmark_git::{RefError, Repository};

use super::push::{Command, Decision};
use super::{refuse, server_error};

/// Refuses to move a branch that is checked out here, and to delete the one that `HEAD` names.
pub(super) fn check<'a>(
    repo: &Repository,
    changes: impl IntoIterator<Item = (&'a str, Option<ObjectId>)>,
) -> Result<(), Vec<Refusal>> {
    let head = repo.head_ref().map_err(|err| server_error(&err))?;
    let linked = repo.linked_heads().map_err(|err| server_error(&err))?;
    let refused: Vec<Refusal> = changes
        .into_iter()
        .filter_map(|(name, new)| {
            let is_head = head.as_deref() == Some(name);
            if is_head && new.is_none() {
                let reason = format!("{name} cannot be deleted: HEAD on the server names it");
                return Some(Refusal::new(Rule::PushCheckedOut, reason));
            }
            let checked_out = is_head && !repo.is_bare() || linked.iter().any(|head| head == name);
            checked_out.then(|| {
                let reason =
                    format!("{name} is checked out on the server, and its files would not follow");
                Refusal::new(Rule::PushCheckedOut, reason)
            })
        })
        .collect();
    if refused.is_empty() {
        Ok(())
    } else {
        Err(refused)
    }
}

/// What a push's commands change.
pub(super) fn asked(commands: &[Command]) -> impl Iterator<Item = (&str, Option<ObjectId>)> {
    commands
        .iter()
        .map(|command| (command.name.as_str(), command.new))
}

/// What a decision changes.
pub(super) fn decided(decision: &Decision) -> impl Iterator<Item = (&str, Option<ObjectId>)> {
    decision
        .changes
        .iter()
        .map(|edit| (edit.name.as_str(), edit.new))
}

/// Refuses commands whose refs do not hold what the client saw.
pub(super) fn check_old_values(
    repo: &Repository,
    commands: &[Command],
) -> Result<(), Vec<Refusal>> {
    for command in commands {
        let held = read(repo, &command.name)?;
        if held != command.old {
            return Err(refuse(
                Rule::PushMoved,
                moved(&command.name, command.old, held),
            ));
        }
    }
    Ok(())
}

/// What a ref holds; that it is a symbolic one refuses the push.
pub(super) fn read(repo: &Repository, name: &str) -> Result<Option<ObjectId>, Vec<Refusal>> {
    repo.read_ref(name).map_err(|err| ref_error(&err))
}

/// The refusal for a ref that cannot be read.
pub(super) fn ref_error(err: &RefError) -> Vec<Refusal> {
    match err {
        RefError::Symbolic { name, target } => refuse(
            Rule::PushSymbolic,
            format!("{name} on the server is a symbolic ref to {target}"),
        ),
        RefError::Name { .. } => refuse(Rule::PushForm, err.to_string()),
        _ => server_error(err),
    }
}

/// Why a ref's value stands in the way.
pub(super) fn moved(name: &str, expected: Option<ObjectId>, held: Option<ObjectId>) -> String {
    match (expected, held) {
        (Some(expected), Some(held)) => format!(
            "{name} has moved on the server from {} to {}",
            expected.short(),
            held.short()
        ),
        (None, Some(held)) => format!("{name} exists on the server already, at {}", held.short()),
        (_, None) => format!("{name} does not exist on the server any more"),
    }
}
