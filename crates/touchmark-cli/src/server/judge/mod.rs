//! Judging a push: the facts are gathered here, and the core decides on them.
//!
//! Everything is read from the repository as it is now. What the decision rests on is noted and verified once more in
//! the transaction that applies it, so that a race with a push in between is judged again.

mod branches;
mod content;
mod courtesy;
mod fault;
mod folds;
mod imports;
mod landings;
mod logs;
mod policy;
mod proof;
mod view;

use touchmark_core::event::{Pusher, Rule};
use touchmark_core::policy::PolicyChain;
use touchmark_core::push::{Place, RefChange, Scene, Whole, check_neighbours, decide};
use touchmark_core::refusal::Refusal;
use touchmark_git::{RefEdit, Repository};

pub(crate) use courtesy::courtesy;
pub(crate) use folds::fold;

use super::push::{Command, Decision, Push, Report};
use super::receipt::Seal;
use crate::forge::RECEIPTS;
use view::View;

/// A command with what its ref is.
struct Asked<'a> {
    command: &'a Command,
    place: Place,
}

/// Judges a push on the repository as it is now.
///
/// # Errors
///
/// Every reason against it, as far as they can be found: a push that makes no sense is not looked at further.
pub(crate) fn judge(repo: &Repository, push: &Push) -> Result<Decision, Vec<Refusal>> {
    let view = View::of(repo)?;
    let asked = places(repo, push)?;
    let proof = proof::of(repo, &view, push)?;
    if view.policies.latest().is_none() {
        let policies = policy::found(repo, &view, &asked, push.now)?;
        return decision(&view, push, Vec::new(), &policies, &proof.pusher);
    }
    let scene = Scene {
        hash: repo.hash_kind(),
        policies: &view.policies,
        now: push.now,
    };
    expect_limits(repo, &scene, &asked, push)?;
    let mut whole = Whole::default();
    let policies = policy::succeed(repo, &view, &scene, &asked, &mut whole)?;
    logs::grow_all(repo, &view, &scene, &asked, &mut whole)?;
    landings::gather(repo, &view, &scene, &asked, &mut whole)?;
    branches::gather(repo, &scene, &asked, branches::HEADS, &mut whole)?;
    let imported = imports::gather(repo, &view, &scene, &proof, push, &asked, &mut whole)?;
    decide(&scene, &proof, &whole)?;
    let policies = policies.as_ref().unwrap_or(&view.policies);
    decision(&view, push, imported, policies, &proof.pusher)
}

/// Who pushed, as far as that is proven, for the record of a push that is refused.
pub(super) fn pusher(repo: &Repository, push: &Push) -> Pusher {
    let proof = View::of(repo).and_then(|view| proof::of(repo, &view, push));
    proof.map_or(Pusher::None, |proof| proof.pusher)
}

/// What each command is about; deleting a forge's ref is refused here already.
fn places<'a>(repo: &Repository, push: &'a Push) -> Result<Vec<Asked<'a>>, Vec<Refusal>> {
    let mut asked = Vec::new();
    let mut refusals = Vec::new();
    for command in &push.commands {
        match Place::of(repo.hash_kind(), &command.name) {
            Ok(place) if place.is_forge() && command.new.is_none() => {
                let reason = format!("{} is part of the record and is not deleted", command.name);
                refusals.push(Refusal::new(Rule::RefDelete, reason));
            }
            Ok(place) => asked.push(Asked { command, place }),
            Err(refusal) => refusals.push(refusal),
        }
    }
    if refusals.is_empty() {
        neighbours(repo, &asked)?;
        Ok(asked)
    } else {
        refusals.truncate(20);
        Err(refusals)
    }
}

/// New branches and tags that would not get along with others on every file system.
fn neighbours(repo: &Repository, asked: &[Asked<'_>]) -> Result<(), Vec<Refusal>> {
    for (prefix, is_kind) in [("refs/heads/", true), ("refs/tags/", false)] {
        let of_kind = |place: &Place| match place {
            Place::Branch(_) => is_kind,
            Place::Tag(_) => !is_kind,
            _ => false,
        };
        let moved: Vec<&Asked<'_>> = asked.iter().filter(|one| of_kind(&one.place)).collect();
        if moved.iter().all(|one| one.command.old.is_some()) {
            continue;
        }
        let mut names: std::collections::BTreeSet<String> = repo
            .refs(prefix)
            .map_err(fault::refs)?
            .into_keys()
            .collect();
        for one in &moved {
            match one.command.new {
                Some(_) => names.insert(one.command.name.clone()),
                None => names.remove(&one.command.name),
            };
        }
        for one in moved.iter().filter(|one| one.command.new.is_some()) {
            if let Place::Branch(name) | Place::Tag(name) = &one.place {
                let others = names.iter().map(String::as_str);
                check_neighbours(name, others).map_err(|refusal| vec![refusal])?;
            }
        }
    }
    Ok(())
}

/// The limits that need nothing but counting; a project's first history may be as large as it is.
fn expect_limits(
    repo: &Repository,
    scene: &Scene<'_>,
    asked: &[Asked<'_>],
    push: &Push,
) -> Result<(), Vec<Refusal>> {
    let (_, policy) = scene.policy().map_err(|refusal| vec![refusal])?;
    let limits = policy.rules.limits;
    let refs = u64::try_from(push.commands.len()).unwrap_or(u64::MAX);
    let over = |what: &str, count: u64, limit: u64| {
        let reason = format!("the push has {count} {what}; the policy allows {limit}");
        Err(super::refuse(Rule::PushLimit, reason))
    };
    if refs > u64::from(limits.push_refs) {
        return over("refs", refs, u64::from(limits.push_refs));
    }
    for (what, count, limit) in [
        (
            "objects",
            push.brings.objects,
            u64::from(limits.push_objects),
        ),
        ("bytes, unpacked", push.brings.bytes, limits.push_bytes),
    ] {
        if count > limit && !branches::brings_first(repo, scene, asked, branches::HEADS)? {
            return over(what, count, limit);
        }
    }
    Ok(())
}

/// What a command is for the core.
fn change(command: &Command) -> RefChange {
    RefChange {
        name: command.name.clone(),
        old: command.old,
        new: command.new,
    }
}

/// The push is accepted: what moves, and what that rests on.
fn decision(
    view: &View,
    push: &Push,
    imported: Vec<imports::Imported>,
    policies: &PolicyChain,
    pusher: &Pusher,
) -> Result<Decision, Vec<Refusal>> {
    let Some(seal) = Seal::of(policies, &view.sequencer, pusher) else {
        let reason = "the policy does not know this server's sequencer";
        return Err(super::refuse(Rule::ServerSetup, reason));
    };
    let (mut changes, mut reports) = (Vec::new(), Vec::new());
    for command in &push.commands {
        let landed = imported.iter().find(|one| one.command == command.name);
        match landed {
            Some(one) => changes.extend(one.edits.iter().cloned()),
            None => changes.push(RefEdit {
                name: command.name.clone(),
                expected: command.old.into(),
                new: command.new,
                message: "push".to_owned(),
            }),
        }
        reports.push(Report {
            name: command.name.clone(),
            // git would look for the pull request's events in the pusher's clone, which does not have them yet.
            landings: Vec::new(),
        });
    }
    let structural = push
        .commands
        .iter()
        .any(|command| command.old.is_none() || command.new.is_none());
    if structural {
        // Whether a ref may come or go depends on which others there are.
        view.note(RECEIPTS, view.receipts);
    }
    Ok(Decision {
        changes,
        reads: view.reads(),
        policy: view.policies.latest().map(|(id, _)| id),
        reports,
        notes: imported.into_iter().flat_map(|one| one.notes).collect(),
        seal,
    })
}
