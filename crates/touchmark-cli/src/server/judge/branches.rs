//! Branches and tags that move without a merge.

use std::collections::BTreeMap;

use touchmark_core::event::{Payload, RefName};
use touchmark_core::id::ObjectId;
use touchmark_core::object::ObjectType;
use touchmark_core::push::{BranchMove, Place, Scene, TagMove, Whole};
use touchmark_core::refusal::Refusal;
use touchmark_core::sign;
use touchmark_git::Repository;

use super::view::View;
use super::{Asked, content, fault};
use crate::facts::{self, Range};

/// An annotated tag beyond this is not read for its signature.
const MAX_TAG_BYTES: u64 = 1024 * 1024;

/// Most protected branches that a new one is compared with.
const COMPARED_MAX: usize = 50;

/// Gathers the facts for every branch that no merge of the push moves, and for every tag.
pub(super) fn gather(
    repo: &Repository,
    _view: &View,
    scene: &Scene<'_>,
    asked: &[Asked<'_>],
    whole: &mut Whole,
) -> Result<(), Vec<Refusal>> {
    let merged: Vec<String> = whole
        .logs
        .iter()
        .filter_map(|growth| match &growth.merge.as_ref()?.event.payload {
            Payload::Merge(merge) => Some(merge.target.to_string()),
            _ => None,
        })
        .collect();
    let mut limit = content::Limit::of(scene)?;
    let mut protected = None;
    for one in asked {
        match &one.place {
            Place::Branch(name) if !merged.contains(&one.command.name) => {
                let protected = match &protected {
                    Some(known) => known,
                    None => protected.insert(protected_branches(repo, scene)?),
                };
                let change = branch(repo, scene, protected, name, one, &mut limit)?;
                whole.branches.push(change);
            }
            Place::Tag(name) => whole.tags.push(tag(repo, name, one)?),
            _ => {}
        }
    }
    Ok(())
}

/// The protected branches that exist, with what they hold.
fn protected_branches(
    repo: &Repository,
    scene: &Scene<'_>,
) -> Result<BTreeMap<String, ObjectId>, Vec<Refusal>> {
    let (_, policy) = scene.policy().map_err(|refusal| vec![refusal])?;
    let mut branches = repo.refs("refs/heads/").map_err(fault::refs)?;
    branches.retain(|name, _| {
        let short = name.strip_prefix("refs/heads/").unwrap_or(name);
        policy.rules.branch(short).0.protected
    });
    Ok(branches)
}

fn branch(
    repo: &Repository,
    scene: &Scene<'_>,
    protected: &BTreeMap<String, ObjectId>,
    name: &RefName,
    asked: &Asked<'_>,
    limit: &mut content::Limit,
) -> Result<BranchMove, Vec<Refusal>> {
    let (old, new) = (asked.command.old, asked.command.new);
    let mut change = BranchMove {
        name: name.clone(),
        old,
        new,
        new_type: object_type(repo, new)?,
        is_protected_history: false,
        is_first: protected.is_empty(),
        commits: Vec::new(),
        paths: std::collections::BTreeSet::new(),
    };
    let Some(new) = new.filter(|_| change.new_type == Some(ObjectType::Commit)) else {
        return Ok(change);
    };
    change.is_protected_history = is_held(repo, protected, new)?;
    let (_, policy) = scene.policy().map_err(|refusal| vec![refusal])?;
    let is_protected = policy
        .rules
        .branch(name.branch().unwrap_or_default())
        .0
        .protected;
    // A project's first history comes as it is, and a protected branch otherwise moves by merges alone.
    if is_protected || change.is_protected_history {
        return Ok(change);
    }
    let range = new_part(repo, protected, old, new)?;
    content::check(repo, scene, &range, limit)?;
    change.paths = range.paths();
    change.commits = range.commits;
    Ok(change)
}

/// The commits that the branch gains: what neither its old value nor the nearest protected branch has.
fn new_part(
    repo: &Repository,
    protected: &BTreeMap<String, ObjectId>,
    old: Option<ObjectId>,
    new: ObjectId,
) -> Result<Range, Vec<Refusal>> {
    let code = |err: touchmark_git::CodeError| fault::code(&err.into());
    let mut nearest: Option<(usize, ObjectId)> = None;
    for tip in old.iter().chain(protected.values()).take(COMPARED_MAX) {
        let commits = repo.commits_between(*tip, new).map_err(code)?.len();
        if nearest.is_none_or(|(least, _)| commits < least) {
            nearest = Some((commits, *tip));
        }
    }
    facts::range(repo, nearest.map(|(_, tip)| tip), new).map_err(|err| fault::code(&err))
}

fn is_held(
    repo: &Repository,
    protected: &BTreeMap<String, ObjectId>,
    commit: ObjectId,
) -> Result<bool, Vec<Refusal>> {
    for tip in protected.values().take(COMPARED_MAX) {
        let held = repo.is_ancestor(commit, *tip);
        if held.map_err(|err| fault::code(&err.into()))? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn tag(repo: &Repository, name: &RefName, asked: &Asked<'_>) -> Result<TagMove, Vec<Refusal>> {
    let (old, new) = (asked.command.old, asked.command.new);
    let new_type = object_type(repo, new)?;
    let signer = match (new, new_type) {
        (Some(id), Some(ObjectType::Tag)) => repo
            .read(id, MAX_TAG_BYTES)
            .map_err(|err| fault::other(&err.into()))?
            .and_then(|(_, data)| sign::verify_tag(&data).ok()),
        _ => None,
    };
    Ok(TagMove {
        name: name.clone(),
        old,
        new,
        new_type,
        signer,
    })
}

fn object_type(
    repo: &Repository,
    id: Option<ObjectId>,
) -> Result<Option<ObjectType>, Vec<Refusal>> {
    let Some(id) = id else {
        return Ok(None);
    };
    let header = repo.header(id).map_err(|err| fault::other(&err.into()))?;
    Ok(header.map(|(object_type, _)| object_type))
}
