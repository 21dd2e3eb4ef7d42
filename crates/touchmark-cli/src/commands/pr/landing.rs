//! What lands: the tree of the merge, and the signed commit that holds it.

use std::fmt::Write as _;

use anyhow::Context as _;
use touchmark_core::decide::Author;
use touchmark_core::event::{MergeMethod, Rule};
use touchmark_core::id::ObjectId;
use touchmark_core::merge::conflict::Conflicts;
use touchmark_core::merge::tree::Outcome;
use touchmark_core::object::ObjectType;
use touchmark_core::refusal::Refusal;
use touchmark_core::replay::{PrState, Revision};
use touchmark_core::sign::attach_signature;

use super::Subject;
use crate::facts;
use crate::forge::Forge;

/// What the target branch will point to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Landing {
    /// The commit.
    pub(crate) new: ObjectId,
    /// Its tree.
    pub(crate) tree: ObjectId,
}

/// Makes what lands: `tree` when the latest revision is merged into the target that points to `old`.
///
/// # Errors
///
/// A refusal when the method does not apply.
pub(crate) fn land(
    forge: &Forge,
    subject: &Subject,
    method: MergeMethod,
    old: ObjectId,
    tree: ObjectId,
    note: Option<&str>,
) -> anyhow::Result<Landing> {
    let state = subject.state()?;
    let revision = subject.revision(None)?;
    let me = forge.me()?;
    let (parents, message) = match method {
        MergeMethod::Merge => (
            vec![old, revision.head],
            merge_message(subject.id, state, note),
        ),
        MergeMethod::Squash => (
            vec![old],
            squash_message(forge, subject.id, state, revision, note, &me.author)?,
        ),
        MergeMethod::FastForward => return fast_forward(forge, subject, revision, old),
        MergeMethod::Rebase => {
            let reason = "merging by rebase is not there yet: rewritten commits lose their authors' signatures";
            return Err(Refusal::new(Rule::NothingToDo, reason)
                .with_fix(format!(
                    "touchmark pr merge {} --method squash, or --method merge",
                    subject.id.short()
                ))
                .into());
        }
    };
    let payload = commit(tree, &parents, &me.author, forge.now(), &message);
    let armor = me.signer.sign(payload.as_bytes())?;
    let content = attach_signature(payload.as_bytes(), &armor, forge.repo.hash_kind());
    let new = forge
        .repo
        .write(ObjectType::Commit, &content)
        .context("cannot write the merge commit")?;
    Ok(Landing { new, tree })
}

/// The tree of the latest revision merged into the target that points to `old`, or why there is none.
///
/// # Errors
///
/// When the code cannot be read, or the merge passes a limit of the rule.
pub(crate) fn tree(
    forge: &Forge,
    subject: &Subject,
    old: ObjectId,
) -> anyhow::Result<Result<ObjectId, Refusal>> {
    let revision = subject.revision(None)?;
    let short = subject.id.short();
    if forge.repo.is_ancestor(revision.head, old)? {
        let reason = format!("the target already holds revision {}", revision.number);
        let fix = format!("touchmark pr close {short}");
        return Ok(Err(Refusal::new(Rule::NothingToDo, reason).with_fix(fix)));
    }
    let [base, target, head] = [revision.base, old, revision.head].map(|id| forge.repo.tree_of(id));
    let merged = forge
        .repo
        .merge_trees(base?, target?, head?)
        .context("cannot merge the change into its target")?;
    Ok(match merged {
        Outcome::Clean { tree, .. } => Ok(tree),
        Outcome::Conflict(conflicts) => Err(conflict(subject, subject.state()?, &conflicts)),
    })
}

fn fast_forward(
    forge: &Forge,
    subject: &Subject,
    revision: &Revision,
    old: ObjectId,
) -> anyhow::Result<Landing> {
    if !forge.repo.is_ancestor(old, revision.head)? {
        let reason = "the target has moved on, so that it cannot be fast-forwarded to the head";
        let fix = format!(
            "touchmark pr merge {0} --method merge, or rebase the change and touchmark pr revise {0}",
            subject.id.short()
        );
        return Err(Refusal::new(Rule::RevisionStale, reason)
            .with_fix(fix)
            .into());
    }
    Ok(Landing {
        new: revision.head,
        tree: forge.repo.tree_of(revision.head)?,
    })
}

fn conflict(subject: &Subject, state: &PrState, conflicts: &Conflicts) -> Refusal {
    let mut reason = format!(
        "it conflicts with {} in {}",
        state.target.short(),
        paths(conflicts)
    );
    let listed = u64::try_from(conflicts.first.len()).unwrap_or(u64::MAX);
    if listed < conflicts.total {
        // Writing to a string cannot fail.
        let _ = write!(reason, ", and {} more", conflicts.total - listed);
    }
    Refusal::new(Rule::MergeConflict, reason).with_fix(format!(
        "in the topic branch: git pull --no-rebase REMOTE {}, settle the conflicts, commit, then: touchmark pr revise {}",
        state.target.short(),
        subject.id.short()
    ))
}

fn paths(conflicts: &Conflicts) -> String {
    let paths = conflicts
        .first
        .iter()
        .map(|conflict| String::from_utf8_lossy(&conflict.path));
    paths.collect::<Vec<_>>().join(", ")
}

/// A commit's content without its signature.
fn commit(
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
    let line = format!("{} <{}> {now} {}", author.name, author.email, author.zone);
    let _ = write!(text, "author {line}\ncommitter {line}\n\n{message}");
    text
}

fn merge_message(id: ObjectId, state: &PrState, note: Option<&str>) -> String {
    let subject = format!("Merge pull request {}: {}", id.short(), state.title);
    message(&subject, note, &[("Forge-Pull-Request", id.to_string())])
}

/// One commit stands for the work of several people, so it names those that did not make it.
fn squash_message(
    forge: &Forge,
    id: ObjectId,
    state: &PrState,
    revision: &Revision,
    note: Option<&str>,
    author: &Author,
) -> anyhow::Result<String> {
    let mut trailers = vec![("Forge-Pull-Request", id.to_string())];
    let range = facts::range(&forge.repo, Some(revision.base), revision.head)?;
    for person in facts::named_authors(&range) {
        if !person.email.eq_ignore_ascii_case(&author.email) {
            trailers.push((
                "Co-authored-by",
                format!("{} <{}>", person.name, person.email),
            ));
        }
    }
    let body = note.or(state.description.as_deref());
    Ok(message(&state.title, body, &trailers))
}

fn message(subject: &str, body: Option<&str>, trailers: &[(&str, String)]) -> String {
    let mut text = format!("{subject}\n\n");
    if let Some(body) = body {
        let _ = write!(text, "{body}\n\n");
    }
    for (key, value) in trailers {
        let _ = writeln!(text, "{key}: {value}");
    }
    text
}

#[cfg(test)]
mod tests {
    use touchmark_core::id::HashKind;
    use touchmark_core::sign::SecretKey;

    use super::*;

    #[test]
    fn a_merge_commit_is_what_git_would_write() {
        let tree = HashKind::Sha1.empty_tree();
        let author = Author {
            name: "Ann".to_owned(),
            email: "ann@example.org".to_owned(),
            zone: "+0200".to_owned(),
            key: SecretKey::from_seed(&[7; 32]).public(),
        };
        let trailers = [("Forge-Pull-Request", tree.to_string())];
        let message = message("Merge pull request 4b82: T", Some("A note."), &trailers);
        insta::assert_snapshot!(commit(tree, &[tree, tree], &author, 1_760_000_000, &message), @r"
        tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904
        parent 4b825dc642cb6eb9a060e54bf8d69288fbee4904
        parent 4b825dc642cb6eb9a060e54bf8d69288fbee4904
        author Ann <ann@example.org> 1760000000 +0200
        committer Ann <ann@example.org> 1760000000 +0200

        Merge pull request 4b82: T

        A note.

        Forge-Pull-Request: 4b825dc642cb6eb9a060e54bf8d69288fbee4904
        ");
    }
}
