//! `touchmark pr revert`: a pull request that takes back what another one brought.

use touchmark_core::id::ObjectId;
use touchmark_core::merge::tree::Outcome;
use touchmark_core::replay::Merge;

use super::commits::{self, Signing};
use super::conflicts::{self, Settle};
use super::propose::{Proposal, Words, expect_free, propose};
use super::{Subject, code};
use crate::errors::Failure;
use crate::forge::{Forge, choose_remote};
use crate::globals::Globals;
use crate::output::Output;

/// Open a pull request that takes back what a merged one brought.
///
/// One commit on the target as it is now, made by the merge rule on a new branch `revert-<id>`; no work tree is touched.
/// Its description names the pull request. It is reviewed and merged like any other.
/// With `--json`: `format`, `event` (the new pull request's id), `log`, `published`, `branch`, `base`, `head`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The merged pull request.
    id: String,
    #[command(flatten)]
    words: Words,
}

/// Runs the command.
///
/// # Errors
///
/// When it is not merged, a conflict with what came later, or a refusal.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let note = args.words.body.given()?;
    let forge = code::refreshed(globals)?;
    let subject = Subject::find(&forge, &args.id)?;
    let short = subject.id.short();
    let state = subject.state()?;
    let merge = state.merge.as_ref().ok_or_else(|| {
        Failure::new(format!(
            "{short} is not merged, so there is nothing to revert"
        ))
        .hint(format!("touchmark pr close {short}"))
    })?;
    let name = args
        .words
        .branch
        .clone()
        .unwrap_or_else(|| format!("revert-{short}"));
    expect_free(&forge, &name)?;
    let remote = choose_remote(&forge.repo)?;
    let tip = code::target_tip(&forge.repo, remote.as_deref(), &merge.target)?;
    let tree = tree(&forge, &subject, out, merge, tip)?;
    let title = format!("Revert \"{}\"", state.title);
    let says = format!(
        "This reverts pull request {}, which landed on {} as {}.",
        subject.id,
        merge.target.short(),
        merge.new
    );
    let body = match note {
        Some(note) => format!("{note}\n\n{says}"),
        None => says,
    };
    let message = format!("{title}\n\n{body}\n");
    let author = &forge.me()?.author;
    let payload = commits::commit(tree, &[tip], author, forge.now(), &message);
    let signing = Signing::of(&forge, &merge.target);
    let head = commits::write_commit(&forge, payload.as_bytes(), signing)?;
    let proposal = Proposal {
        target: merge.target.clone(),
        base: tip,
        head,
        branch: name,
        title: args
            .words
            .title
            .clone()
            .unwrap_or_else(|| code::fitting(&title)),
        body,
    };
    propose(&forge, out, proposal)
}

/// The target's tree without what the merge brought.
fn tree(
    forge: &Forge,
    subject: &Subject,
    out: &Output,
    merge: &Merge,
    tip: ObjectId,
) -> anyhow::Result<ObjectId> {
    let short = subject.id.short();
    let [base, ours, theirs] = [merge.new, tip, merge.old].map(|id| forge.repo.tree_of(id));
    let ours = ours?;
    match forge.repo.merge_trees(base?, ours, theirs?)? {
        Outcome::Clean { tree, .. } if tree == ours => Err(Failure::new(format!(
            "{} has nothing left of {short}",
            merge.target.short()
        ))
        .hint(format!("touchmark pr show {short}"))
        .into()),
        Outcome::Clean { tree, .. } => Ok(tree),
        Outcome::Conflict(conflicts) => {
            let reason = format!(
                "what came after {short} conflicts with reverting it in {}",
                conflicts.paths()
            );
            let settle = Settle(format!(
                "git switch -c NAME {}; {}; settle the files and commit; touchmark pr open --target {}",
                code::tracking(&forge.repo, &merge.target)?,
                by_hand(forge, merge)?,
                merge.target.short()
            ));
            Err(conflicts::refuse(out, &conflicts, reason, &settle))
        }
    }
}

/// What reverts it in a work tree.
fn by_hand(forge: &Forge, merge: &Merge) -> anyhow::Result<String> {
    let (old, new) = (merge.old.short(), merge.new.short());
    let is_merge = forge.repo.parents_of(merge.new)?.len() > 1;
    Ok(if is_merge {
        format!("git revert -m 1 {new}")
    } else {
        format!("git revert {old}..{new}")
    })
}
