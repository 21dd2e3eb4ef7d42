//! What folding comes to: the refs that go, and the archive's next commits. Nobody asks for it but who runs the server.

use std::collections::BTreeMap;

use touchmark_core::archive::{ARCHIVE, Folded, archive_path, batch, fold_parents};
use touchmark_core::event::{self, Payload, Pusher, Rule, Verify, payload};
use touchmark_core::id::ObjectId;
use touchmark_core::object::{MODE_GITLINK, ObjectType, Objects};
use touchmark_core::refusal::Refusal;
use touchmark_git::{Budget, Entry, RefEdit, Repository};

use super::super::push::Decision;
use super::super::receipt::{Seal, sign_as_sequencer, time};
use super::super::{refuse, server_error};
use super::fault;
use super::view::View;

/// The fold that a new one follows.
struct Last {
    id: ObjectId,
    tree: Option<ObjectId>,
    sequence: u32,
    seconds: i64,
}

/// Makes the folds of these objects, which stand where they are said to. The caller holds the queue's lock.
///
/// # Errors
///
/// A log has moved, the archive is damaged, or the policy does not know this server's sequencer.
pub(crate) fn fold(
    repo: &Repository,
    objects: &[Folded],
    now: i64,
) -> Result<Decision, Vec<Refusal>> {
    let view = View::of(repo)?;
    let Some(seal) = Seal::of(&view.policies, &view.sequencer, &Pusher::None) else {
        let reason = "the policy does not know this server's sequencer";
        return Err(refuse(Rule::ServerSetup, reason));
    };
    let mut changes = Vec::new();
    for object in objects {
        changes.push(going(repo, &view, &object.log.to_string(), object.tip)?);
        if let (Some(name), Some(heads)) = (object.log.heads_ref(), object.heads) {
            changes.push(going(repo, &view, &name, heads)?);
        }
    }
    let archive = view.read(repo, ARCHIVE)?;
    let mut last = match archive {
        Some(tip) => last(repo, tip)?,
        None => begin(repo, &seal, now)?,
    };
    let mut left = objects;
    while !left.is_empty() {
        let (these, rest) = left.split_at(batch(left).max(1));
        last = commit(repo, &seal, &last, these, now)?;
        left = rest;
    }
    changes.push(RefEdit {
        name: ARCHIVE.to_owned(),
        expected: archive.into(),
        new: Some(last.id),
        message: "fold".to_owned(),
    });
    Ok(Decision {
        changes,
        reads: view.reads(),
        policy: view.policies.latest().map(|(id, _)| id),
        reports: Vec::new(),
        notes: Vec::new(),
        seal,
    })
}

/// A ref that goes because the archive has it.
fn going(
    repo: &Repository,
    view: &View,
    name: &str,
    value: ObjectId,
) -> Result<RefEdit, Vec<Refusal>> {
    if view.read(repo, name)? == Some(value) {
        return Ok(RefEdit::delete(name, value));
    }
    Err(refuse(
        Rule::PushMoved,
        format!("{name} moved before it was folded"),
    ))
}

/// Reads the newest fold; its tree grows with the number of objects, and only the root is looked at.
fn last(repo: &Repository, tip: ObjectId) -> Result<Last, Vec<Refusal>> {
    let damaged = || refuse(Rule::ServerError, format!("{ARCHIVE} holds {tip}, no fold"));
    let budget = Budget::default();
    let read = |id, limit| repo.read(id, limit).map_err(|err| server_error(&err));
    let mut objects = Objects::new(repo.hash_kind());
    let tree = repo.tree_of(tip).map_err(|err| server_error(&err))?;
    for (id, limit) in [
        (tip, budget.max_commit_bytes),
        (tree, budget.max_tree_bytes),
    ] {
        if let Some((object_type, data)) = read(id, limit)? {
            objects
                .insert(object_type, data)
                .map_err(|err| server_error(&err))?;
        }
    }
    let event = event::decode(&objects, &tip, Verify::Full).map_err(|refusal| vec![refusal])?;
    let Payload::Archive(fold) = event.payload else {
        return Err(damaged());
    };
    Ok(Last {
        id: tip,
        tree: Some(tree),
        sequence: fold.sequence,
        seconds: event.author.seconds,
    })
}

/// The archive's first commit, which folds nothing.
fn begin(repo: &Repository, seal: &Seal, now: i64) -> Result<Last, Vec<Refusal>> {
    let tree = repo
        .write(ObjectType::Tree, b"")
        .map_err(|err| server_error(&err))?;
    let first = Payload::Archive(payload::Archive {
        sequence: 1,
        time: time(now)?,
    });
    Ok(Last {
        id: sign_as_sequencer(repo, seal, tree, Vec::new(), now, first)?,
        tree: None,
        sequence: 1,
        seconds: now,
    })
}

/// Writes the commit that folds these objects.
fn commit(
    repo: &Repository,
    seal: &Seal,
    last: &Last,
    objects: &[Folded],
    now: i64,
) -> Result<Last, Vec<Refusal>> {
    let edits: BTreeMap<Vec<u8>, Option<Entry>> = objects
        .iter()
        .map(|one| {
            let entry = Entry {
                mode: MODE_GITLINK,
                id: one.tip,
            };
            (archive_path(one.object).into_bytes(), Some(entry))
        })
        .collect();
    let tree = repo
        .edit_tree(last.tree, &edits)
        .map_err(|err| fault::other(&err.into()))?
        .ok_or_else(|| refuse(Rule::ServerError, "a fold of nothing cannot be made"))?;
    let seconds = now.max(last.seconds);
    let sequence = last.sequence.saturating_add(1);
    let fold = Payload::Archive(payload::Archive {
        sequence,
        time: time(seconds)?,
    });
    let parents = fold_parents(last.id, objects);
    Ok(Last {
        id: sign_as_sequencer(repo, seal, tree, parents, seconds, fold)?,
        tree: Some(tree),
        sequence,
        seconds,
    })
}
