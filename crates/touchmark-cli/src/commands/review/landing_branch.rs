//! The local branch that moves to a commit of suggestions.

use anyhow::Context as _;
use touchmark_core::event::RefName;
use touchmark_core::id::ObjectId;
use touchmark_git::{Expected, RefEdit, Repository};

use crate::commands::pr::values;
use crate::errors::Failure;

const BRANCHES: &str = "refs/heads/";

/// What there is to choose by.
#[derive(Debug)]
pub(super) struct Choice<'a> {
    /// The branch that was asked for.
    pub(super) named: Option<&'a str>,
    /// The head of the latest revision.
    pub(super) head: ObjectId,
    /// The branch that the change is for, which is not meant unless it is checked out.
    pub(super) target: &'a RefName,
    /// The pull request, whose branch is made when there is none and one is needed.
    pub(super) pull_request: ObjectId,
    /// Whether only a branch would keep the commit.
    pub(super) is_needed: bool,
}

/// A branch that may move to a commit on top of the head.
#[derive(Debug)]
pub(super) struct Branch {
    name: String,
    old: Option<ObjectId>,
    is_checked_out: bool,
}

impl Branch {
    /// The branch that was named, or is checked out at the head, or is the only one that stands there.
    ///
    /// # Errors
    ///
    /// When it has other work, or it is not clear which one is meant.
    pub(super) fn choose(
        repository: &Repository,
        choice: &Choice<'_>,
    ) -> anyhow::Result<Option<Self>> {
        let current = current(repository)?;
        if let Some(name) = choice.named {
            let name = values::branch(name)?.to_string();
            return Self::named(repository, choice, current.as_deref(), name).map(Some);
        }
        if let Some(name) = &current
            && let Some(tip) = repository.read_ref(name)?
        {
            if tip == choice.head {
                return Self::named(repository, choice, current.as_deref(), name.clone()).map(Some);
            }
            if repository.is_ancestor(choice.head, tip)? {
                return Err(ahead(name, choice).into());
            }
        }
        let here: Vec<String> = repository
            .refs(BRANCHES)?
            .into_iter()
            .filter(|(name, tip)| *tip == choice.head && *name != choice.target.to_string())
            .map(|(name, _)| name)
            .collect();
        let name = match here.as_slice() {
            [name] => name.clone(),
            [] if choice.is_needed => format!("{BRANCHES}pr/{}", choice.pull_request.short()),
            [] => return Ok(None),
            several => return Err(several_branches(several).into()),
        };
        Self::named(repository, choice, current.as_deref(), name).map(Some)
    }

    fn named(
        repository: &Repository,
        choice: &Choice<'_>,
        current: Option<&str>,
        name: String,
    ) -> anyhow::Result<Self> {
        let old = repository.read_ref(&name)?;
        let head = choice.head;
        if let Some(tip) = old
            && !repository.is_ancestor(tip, head)?
        {
            return Err(Failure::new(format!(
                "the branch {} is at {}, which is not part of {}",
                short(&name),
                tip.short(),
                head.short()
            ))
            .hint("choose another branch: --branch NAME")
            .into());
        }
        let is_checked_out = current == Some(name.as_str());
        if !is_checked_out && checked_out(repository)?.contains(&name) {
            return Err(Failure::new(format!(
                "the branch {} is checked out in another work tree",
                short(&name)
            ))
            .hint("run the command there, or choose another branch: --branch NAME")
            .into());
        }
        Ok(Self {
            name,
            old,
            is_checked_out,
        })
    }

    /// Its name without `refs/heads/`.
    pub(super) fn short(&self) -> &str {
        short(&self.name)
    }

    /// Refuses when the branch is checked out and one of these files has changes that are not committed.
    ///
    /// # Errors
    ///
    /// Which files.
    pub(super) fn check_files<'a>(
        &self,
        repository: &Repository,
        paths: impl Iterator<Item = &'a [u8]>,
    ) -> anyhow::Result<()> {
        if !self.is_checked_out {
            return Ok(());
        }
        let status = repository
            .git()
            .args(["status", "--porcelain", "-z", "--no-renames"])
            .args(["--untracked-files=all", "--ignored=no"])
            .run()?;
        // Two letters, a space, the path.
        let changed: Vec<&[u8]> = status
            .stdout
            .split(|byte| *byte == 0)
            .filter_map(|row| row.get(3..))
            .collect();
        let dirty: Vec<String> = paths
            .filter(|path| changed.contains(path))
            .map(|path| String::from_utf8_lossy(path).into_owned())
            .collect();
        if dirty.is_empty() {
            return Ok(());
        }
        Err(Failure::new(format!(
            "{} would be overwritten: there are changes that are not committed",
            dirty.join(", ")
        ))
        .hint("commit them, or put them aside: git stash")
        .into())
    }

    /// Moves it to `commit`, and the files with it if it is checked out.
    ///
    /// # Errors
    ///
    /// When it has moved meanwhile, or git does not let it.
    pub(super) fn advance(&self, repository: &Repository, commit: ObjectId) -> anyhow::Result<()> {
        if self.is_checked_out {
            repository
                .git()
                .args(["merge", "--ff-only", "--quiet", "--no-autostash"])
                .args(["--no-verify-signatures", &commit.to_string()])
                .run()
                .with_context(|| format!("the commit {commit} is made, but not checked out"))?;
            return Ok(());
        }
        let edit = RefEdit {
            name: self.name.clone(),
            expected: Expected::from(self.old),
            new: Some(commit),
            message: "touchmark: review apply".to_owned(),
        };
        repository
            .transact(&[edit])
            .with_context(|| format!("the commit {commit} is made, but on no branch"))?;
        Ok(())
    }
}

fn short(name: &str) -> &str {
    name.strip_prefix(BRANCHES).unwrap_or(name)
}

/// The branch that is checked out in this work tree.
fn current(repository: &Repository) -> anyhow::Result<Option<String>> {
    if repository.is_bare() {
        return Ok(None);
    }
    Ok(repository.head_ref()?)
}

/// The branches that are checked out in any work tree.
fn checked_out(repository: &Repository) -> anyhow::Result<Vec<String>> {
    let listed = repository
        .git()
        .args(["worktree", "list", "--porcelain"])
        .run()?
        .text();
    let branches = listed
        .lines()
        .filter_map(|line| line.strip_prefix("branch "));
    Ok(branches.map(str::to_owned).collect())
}

fn ahead(name: &str, choice: &Choice<'_>) -> Failure {
    let name = short(name);
    let pull_request = choice.pull_request.short();
    Failure::new(format!(
        "the branch {name} has commits that are in no revision yet"
    ))
    .hint(format!(
        "touchmark pr revise {pull_request}, then take the suggestions"
    ))
    .hint("choose another branch: --branch NAME")
}

fn several_branches(names: &[String]) -> Failure {
    let names: Vec<&str> = names.iter().map(|name| short(name)).collect();
    Failure::new("several branches stand at the latest revision").hint(format!(
        "name the one to move: --branch {}",
        names.join(", --branch ")
    ))
}
