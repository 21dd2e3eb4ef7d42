//! Commits of code that this program makes: merges, squashed and rebased ones. No work tree is touched.

use std::fmt::Write as _;

use anyhow::Context as _;
use touchmark_core::decide::Author;
use touchmark_core::event::RefName;
use touchmark_core::id::ObjectId;
use touchmark_core::object::ObjectType;
use touchmark_core::sign::attach_signature;

use crate::facts::Rebasing;
use crate::forge::Forge;

/// Whether a commit is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signing {
    /// It is: it lands.
    Always,
    /// It is not: neither git's configuration nor the policy asks for it.
    Never,
}

impl Signing {
    /// As git's `commit.gpgSign` has it, or the rule of the branch that the commit is for.
    pub(crate) fn of(forge: &Forge, target: &RefName) -> Self {
        let wanted = forge.repo.config_bool("commit.gpgSign") == Some(true);
        let (rule, _) = forge
            .policy()
            .rules
            .branch(target.branch().unwrap_or_default());
        if wanted || rule.signed_commits {
            Self::Always
        } else {
            Self::Never
        }
    }
}

/// A commit's content without its signature.
pub(super) fn commit(
    tree: ObjectId,
    parents: &[ObjectId],
    author: &Author,
    now: i64,
    message: &str,
) -> String {
    let mut text = format!("tree {tree}\n");
    for parent in parents {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "parent {parent}");
    }
    let line = line(author, now);
    let _ = write!(text, "author {line}\ncommitter {line}\n\n{message}");
    text
}

fn line(author: &Author, now: i64) -> String {
    format!("{} <{}> {now} {}", author.name, author.email, author.zone)
}

/// Signs a commit with the key that events are signed with, and writes it.
///
/// # Errors
///
/// When there is no key, or it cannot be written.
pub(super) fn sign_commit(forge: &Forge, payload: &[u8]) -> anyhow::Result<ObjectId> {
    let armor = forge.me()?.signer.sign(payload)?;
    let content = attach_signature(payload, &armor, forge.repo.hash_kind());
    write(forge, &content)
}

/// Writes a commit, signed or not.
///
/// # Errors
///
/// As of [`sign_commit`].
pub(super) fn write_commit(
    forge: &Forge,
    payload: &[u8],
    signing: Signing,
) -> anyhow::Result<ObjectId> {
    match signing {
        Signing::Always => sign_commit(forge, payload),
        Signing::Never => write(forge, payload),
    }
}

/// Makes the commits of a range again on `onto`, with whoever gives the command as committer; the last one.
///
/// # Errors
///
/// As of [`sign_commit`].
pub(super) fn remake(
    forge: &Forge,
    rebasing: Rebasing,
    onto: ObjectId,
    signing: Signing,
) -> anyhow::Result<ObjectId> {
    for (_, object) in rebasing.objects.iter() {
        forge.repo.write(object.object_type, &object.data)?;
    }
    let committer = line(&forge.me()?.author, forge.now());
    let mut parent = onto;
    for remade in &rebasing.commits {
        let payload = remade.payload(parent, committer.as_bytes());
        parent = write_commit(forge, &payload, signing)?;
    }
    Ok(parent)
}

fn write(forge: &Forge, content: &[u8]) -> anyhow::Result<ObjectId> {
    forge
        .repo
        .write(ObjectType::Commit, content)
        .context("cannot write the commit")
}
