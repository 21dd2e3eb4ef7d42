//! The commit that suggestions become, and whose work it is.

use anyhow::Context as _;
use touchmark_core::code::{CodeCommit, Named};
use touchmark_core::event::CommentId;
use touchmark_core::id::ObjectId;
use touchmark_core::object::ObjectType;
use touchmark_git::Repository;

use crate::commands::pr::Subject;
use crate::forge::Forge;

/// An event's commit is no larger.
const MAX_EVENT_BYTES: u64 = 1024 * 1024;

/// Somebody whose suggestion is taken by somebody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Credit {
    /// Their name in the policy.
    pub(super) person: String,
    /// Their name as they signed.
    pub(super) name: String,
    /// Their e-mail address as they signed.
    pub(super) email: String,
}

/// Whom the comments are from, without whoever takes them, in the comments' order.
///
/// # Errors
///
/// When an event or git's own identity cannot be read.
pub(super) fn credits(
    forge: &Forge,
    subject: &Subject,
    comments: &[CommentId],
) -> anyhow::Result<Vec<Credit>> {
    let own = own_email(&forge.repo)?;
    let mut credits: Vec<Credit> = Vec::new();
    for id in comments {
        let Some(comment) = subject.state()?.comments.get(id) else {
            continue;
        };
        let person = &comment.author;
        let is_own = forge
            .policy()
            .identity(person)
            .is_some_and(|identity| identity.emails.iter().any(|email| same(email, &own)));
        if is_own || credits.iter().any(|credit| credit.person == *person) {
            continue;
        }
        let Named { name, email } = author(&forge.repo, id.event())?;
        credits.push(Credit {
            person: person.clone(),
            name,
            email,
        });
    }
    Ok(credits)
}

fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// The author of an event's commit.
fn author(repository: &Repository, event: ObjectId) -> anyhow::Result<Named> {
    let read = match repository.read(event, MAX_EVENT_BYTES)? {
        Some((ObjectType::Commit, data)) => {
            CodeCommit::read_leniently(repository.hash_kind(), &data)
        }
        _ => None,
    };
    read.and_then(|commit| commit.author)
        .with_context(|| format!("cannot read who made event {event}"))
}

/// The address that git puts into commits made here.
fn own_email(repository: &Repository) -> anyhow::Result<String> {
    let ident = repository
        .git()
        .args(["var", "GIT_AUTHOR_IDENT"])
        .run()
        .context("git does not know who you are; set user.name and user.email")?
        .text();
    let email = ident
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    Ok(email.map_or_else(String::new, |(email, _)| email.to_owned()))
}

/// A commit of `tree` on `parent`, made by stock git: by whom, when and with what signature is as of any other commit.
///
/// # Errors
///
/// When git does not make it, for one because it cannot sign.
pub(super) fn commit(
    repository: &Repository,
    tree: ObjectId,
    parent: ObjectId,
    message: &str,
) -> anyhow::Result<ObjectId> {
    let mut git = repository
        .git()
        .config("i18n.commitEncoding", "UTF-8")
        .arg("commit-tree");
    if repository.config_bool("commit.gpgSign") == Some(true) {
        git = git.arg("-S");
    }
    let made = git
        .args(["-p", &parent.to_string(), "-F", "-"])
        .arg(tree.to_string())
        .stdin(message)
        .run()
        .context("cannot make the commit")?
        .text();
    ObjectId::from_hex(&made).with_context(|| format!("git commit-tree printed {made:?}"))
}
