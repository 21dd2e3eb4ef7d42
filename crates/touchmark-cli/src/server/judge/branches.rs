//! Branches and tags that move without a merge.

use std::collections::BTreeMap;

use touchmark_core::event::{Payload, RefName};
use touchmark_core::id::ObjectId;
use touchmark_core::object::ObjectType;
use touchmark_core::push::{BranchMove, NewCommit, Place, Scene, TagMove, Whole};
use touchmark_core::refusal::Refusal;
use touchmark_core::sign;
use touchmark_git::Repository;

use super::{Asked, content, fault};
use crate::facts::{self, Range};

/// An annotated tag beyond this is not read for its signature.
const MAX_TAG_BYTES: u64 = 1024 * 1024;

/// Most tags of tags that are followed to what the last one names.
const TAGS_MAX: usize = 8;

/// Most protected branches that a new one is compared with.
const COMPARED_MAX: usize = 50;

/// Where a server has its branches.
pub(super) const HEADS: &str = "refs/heads/";

/// Gathers the facts for every branch that no merge of the push moves, and for every tag.
///
/// The server's branches are below `heads`: on the server itself [`HEADS`], in a clone where it keeps what it last saw.
pub(super) fn gather(
    repo: &Repository,
    scene: &Scene<'_>,
    asked: &[Asked<'_>],
    heads: &str,
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
    // A project's first history comes as it is, and its tags with it.
    let is_first = brings_first(repo, scene, asked, heads)?;
    for one in asked {
        match &one.place {
            Place::Branch(name) if !merged.contains(&one.command.name) => {
                let protected = match &protected {
                    Some(known) => known,
                    None => protected.insert(protected_branches(repo, scene, heads)?),
                };
                let change = branch(repo, scene, protected, name, one, &mut limit)?;
                whole.branches.push(change);
            }
            Place::Tag(name) => {
                let mut change = tag(repo, name, one)?;
                if let Some(commit) = change.commit.filter(|_| !is_first) {
                    let protected = match &protected {
                        Some(known) => known,
                        None => protected.insert(protected_branches(repo, scene, heads)?),
                    };
                    change.commits = tagged(repo, scene, protected, commit, &mut limit)?;
                }
                whole.tags.push(change);
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether the push brings the project's first history, which only an admin may.
pub(super) fn brings_first(
    repo: &Repository,
    scene: &Scene<'_>,
    asked: &[Asked<'_>],
    heads: &str,
) -> Result<bool, Vec<Refusal>> {
    let (_, policy) = scene.policy().map_err(|refusal| vec![refusal])?;
    let starts = |one: &Asked<'_>| match &one.place {
        Place::Branch(name) => {
            let rule = policy.rules.branch(name.branch().unwrap_or_default()).0;
            rule.protected && one.command.old.is_none() && one.command.new.is_some()
        }
        _ => false,
    };
    Ok(asked.iter().any(starts) && protected_branches(repo, scene, heads)?.is_empty())
}

/// The protected branches that exist, with what they hold.
fn protected_branches(
    repo: &Repository,
    scene: &Scene<'_>,
    heads: &str,
) -> Result<BTreeMap<String, ObjectId>, Vec<Refusal>> {
    let (_, policy) = scene.policy().map_err(|refusal| vec![refusal])?;
    let mut branches = repo.refs(heads).map_err(fault::refs)?;
    branches.retain(|name, _| {
        let short = name.strip_prefix(heads).unwrap_or(name);
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
    let range = new_part(repo, protected, old, new, limit)?;
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
    limit: &content::Limit,
) -> Result<Range, Vec<Refusal>> {
    let code = |err: touchmark_git::CodeError| fault::code(&err.into());
    let mut nearest: Option<(usize, ObjectId)> = None;
    for tip in old.iter().chain(protected.values()).take(COMPARED_MAX) {
        let commits = repo.commits_between(*tip, new).map_err(code)?.len();
        if nearest.is_none_or(|(least, _)| commits < least) {
            nearest = Some((commits, *tip));
        }
    }
    facts::range_within(repo, nearest.map(|(_, tip)| tip), new, limit.paths())
        .map_err(|err| fault::code(&err))
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

/// The commits that come with a tag: whoever fetches it checks them out like those of a branch.
fn tagged(
    repo: &Repository,
    scene: &Scene<'_>,
    protected: &BTreeMap<String, ObjectId>,
    commit: ObjectId,
    limit: &mut content::Limit,
) -> Result<Vec<NewCommit>, Vec<Refusal>> {
    if is_held(repo, protected, commit)? {
        return Ok(Vec::new());
    }
    let range = new_part(repo, protected, None, commit, limit)?;
    content::check(repo, scene, &range, limit)?;
    Ok(range.commits)
}

fn tag(repo: &Repository, name: &RefName, asked: &Asked<'_>) -> Result<TagMove, Vec<Refusal>> {
    let (old, new) = (asked.command.old, asked.command.new);
    let mut change = TagMove {
        name: name.clone(),
        old,
        new,
        new_type: object_type(repo, new)?,
        signer: None,
        commit: None,
        commits: Vec::new(),
    };
    let mut next = new;
    for depth in 0..TAGS_MAX {
        match (next, object_type(repo, next)?) {
            (Some(id), Some(ObjectType::Tag)) => {
                let read = repo.read(id, MAX_TAG_BYTES);
                let data = read.map_err(|err| fault::other(&err.into()))?;
                let (_, data) = data.unwrap_or((ObjectType::Tag, Vec::new()));
                if depth == 0 {
                    change.signer = sign::verify_tag(&data).ok();
                }
                next = tagged_object(&data);
            }
            (found, Some(ObjectType::Commit)) => {
                change.commit = found;
                break;
            }
            _ => break,
        }
    }
    Ok(change)
}

/// What an annotated tag's first line names.
fn tagged_object(tag: &[u8]) -> Option<ObjectId> {
    let line = tag.split(|byte| *byte == b'\n').next()?;
    ObjectId::from_hex(std::str::from_utf8(line.strip_prefix(b"object ")?).ok()?)
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
