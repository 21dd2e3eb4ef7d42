//! What pushed code may hold: commits as git forms them, names and links that are safe to check out, no secrets.

use std::collections::BTreeSet;

use touchmark_core::code::CodeCommit;
use touchmark_core::content::{ContentFault, gitmodules, names, secrets, symlinks};
use touchmark_core::event::Rule;
use touchmark_core::id::ObjectId;
use touchmark_core::object::{MODE_GITLINK, ObjectType};
use touchmark_core::push::Scene;
use touchmark_core::refusal::Refusal;
use touchmark_git::{ChangedPath, Entry, Repository};

use super::super::refuse;
use super::fault;
use crate::facts::Range;

/// A symbolic link's mode.
const MODE_LINK: u32 = 0o120_000;

/// Longest file that is searched for secrets, in bytes; keys and tokens stand in small ones.
const SCANNED_MAX_BYTES: u64 = 1024 * 1024;

/// A commit's headers and message beyond this are refused.
const MAX_COMMIT_BYTES: u64 = 1024 * 1024;

/// Most faults that one push is told.
const FAULTS_MAX: usize = 20;

/// How much a push may still bring.
pub(super) struct Limit {
    commits: usize,
    paths: usize,
    file_bytes: u64,
    secrets: bool,
    seen: BTreeSet<(Vec<u8>, u32, ObjectId)>,
}

impl Limit {
    pub(super) fn of(scene: &Scene<'_>) -> Result<Self, Vec<Refusal>> {
        let (_, policy) = scene.policy().map_err(|refusal| vec![refusal])?;
        let limits = policy.rules.limits;
        let count = |limit: u32| usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(Self {
            commits: count(limits.push_commits),
            paths: count(limits.push_paths),
            file_bytes: limits.file_bytes,
            secrets: policy.rules.scan_secrets,
            seen: BTreeSet::new(),
        })
    }

    /// How many changed paths are left.
    pub(super) const fn paths(&self) -> usize {
        self.paths
    }

    fn spend(&mut self, range: &Range) -> Result<(), Vec<Refusal>> {
        let over = |what: &str| {
            let reason = format!("the push has more {what} than the policy allows");
            Err(refuse(Rule::PushLimit, reason))
        };
        match self.commits.checked_sub(range.commits.len()) {
            Some(left) => self.commits = left,
            None => return over("commits"),
        }
        match self.paths.checked_sub(range.entries().count()) {
            Some(left) => self.paths = left,
            None => return over("changed paths"),
        }
        Ok(())
    }
}

/// Checks every commit of the range and every entry that one of them changes.
pub(super) fn check(
    repo: &Repository,
    _scene: &Scene<'_>,
    range: &Range,
    limit: &mut Limit,
) -> Result<(), Vec<Refusal>> {
    limit.spend(range)?;
    let mut refusals = Vec::new();
    for new in &range.commits {
        refusals.extend(check_commit(repo, new.id)?);
    }
    for changed in range.entries() {
        if refusals.len() >= FAULTS_MAX {
            break;
        }
        let Some(entry) = changed.head else {
            continue;
        };
        if limit
            .seen
            .insert((changed.path.clone(), entry.mode, entry.id))
        {
            refusals.extend(check_entry(repo, changed, entry, limit)?);
        }
    }
    refusals.truncate(FAULTS_MAX);
    if refusals.is_empty() {
        Ok(())
    } else {
        Err(refusals)
    }
}

fn check_commit(repo: &Repository, id: ObjectId) -> Result<Option<Refusal>, Vec<Refusal>> {
    match repo.read(id, MAX_COMMIT_BYTES) {
        Ok(Some((ObjectType::Commit, raw))) => {
            let read = CodeCommit::parse(repo.hash_kind(), &raw);
            Ok(read.err().map(|refusal| {
                let reason = format!("commit {}: {}", id.short(), refusal.reason);
                Refusal::new(refusal.rule, reason).with_evidence(id)
            }))
        }
        Ok(_) => Err(refuse(
            Rule::ObjectMissing,
            format!("there is no commit {id}"),
        )),
        Err(err) => Err(refuse(Rule::CommitForm, err.to_string())),
    }
}

fn check_entry(
    repo: &Repository,
    changed: &ChangedPath,
    entry: Entry,
    limit: &Limit,
) -> Result<Option<Refusal>, Vec<Refusal>> {
    let path = &changed.path;
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
    let checked = names::check_path(path, names::Encoding::Any)
        .and_then(|()| gitmodules::check_entry(name, entry.mode));
    if let Err(fault) = checked {
        return Ok(Some(refusal(path, &fault)));
    }
    if entry.mode == MODE_GITLINK {
        return Ok(None);
    }
    let Some((_, bytes)) = repo
        .header(entry.id)
        .map_err(|err| fault::other(&err.into()))?
    else {
        let reason = format!(
            "\"{}\" is not in the push: {}",
            path.escape_ascii(),
            entry.id
        );
        return Err(refuse(Rule::ObjectMissing, reason));
    };
    if bytes > limit.file_bytes {
        let reason = format!(
            "\"{}\" has {bytes} bytes; the policy allows {}",
            path.escape_ascii(),
            limit.file_bytes
        );
        return Ok(Some(
            Refusal::new(Rule::PushLimit, reason).with_evidence(entry.id),
        ));
    }
    Ok(check_content(repo, path, name, entry, bytes, limit)?
        .map(|fault| refusal(path, &fault).with_evidence(entry.id)))
}

/// What a link points to, what a list of submodules says, and whether a file holds a secret.
fn check_content(
    repo: &Repository,
    path: &[u8],
    name: &[u8],
    entry: Entry,
    bytes: u64,
    limit: &Limit,
) -> Result<Option<ContentFault>, Vec<Refusal>> {
    let is_link = entry.mode == MODE_LINK;
    let is_modules = names::is_dot_gitmodules(name);
    if !is_link && !is_modules && (!limit.secrets || bytes > SCANNED_MAX_BYTES) {
        return Ok(None);
    }
    let max = if is_link || is_modules {
        limit.file_bytes
    } else {
        SCANNED_MAX_BYTES
    };
    let content = repo
        .read_blob(entry.id, max)
        .map_err(|err| fault::code(&err.into()))?;
    let checked = if is_link {
        symlinks::check(path, &content)
    } else if is_modules {
        gitmodules::check(&content)
    } else {
        secrets::check(&content)
    };
    Ok(checked.err())
}

fn refusal(path: &[u8], fault: &ContentFault) -> Refusal {
    let rule = match fault {
        ContentFault::Name(_) => Rule::ContentName,
        ContentFault::Symlink(_) => Rule::ContentLink,
        ContentFault::Gitmodules(_) => Rule::ContentModules,
        ContentFault::Secret(_) => Rule::ContentSecret,
    };
    Refusal::new(rule, format!("\"{}\": {fault}", path.escape_ascii()))
}
