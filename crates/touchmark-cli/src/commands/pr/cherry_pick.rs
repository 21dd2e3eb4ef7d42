//! `touchmark pr cherry-pick`: the same change for another branch.

use touchmark_core::event::RefName;
use touchmark_core::id::ObjectId;
use touchmark_core::merge::tree::Outcome;

use super::commits::{self, Signing};
use super::conflicts::{self, Settle};
use super::propose::{Proposal, Words, expect_free, propose};
use super::{Subject, code, landing, values};
use crate::errors::Failure;
use crate::facts;
use crate::forge::{Forge, choose_remote};
use crate::globals::Globals;
use crate::output::Output;

/// Open a pull request that brings the change of another one to another branch.
///
/// The commits of its latest revision are made again on that branch by the merge rule, on a new local branch
/// `cherry-pick-<id>-<branch>`; no work tree is touched. Authors and messages stay. A range with a merge in it, or one
/// whose commits do not go there one by one, becomes one commit. The description names the pull request.
/// With `--json`: `format`, `event` (the new pull request's id), `log`, `published`, `branch`, `base`, `head`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The pull request, merged or not.
    id: String,
    /// The branch to bring it to.
    #[arg(long, value_name = "BRANCH")]
    to: String,
    #[command(flatten)]
    words: Words,
}

/// Runs the command.
///
/// # Errors
///
/// When the branch has the change, a conflict with what it has, or a refusal.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let note = args.words.body.given()?;
    let target = values::branch(&args.to)?;
    let forge = code::refreshed(globals)?;
    let subject = Subject::find(&forge, &args.id)?;
    let state = subject.state()?;
    let short = subject.id.short();
    let name = args.words.branch.clone().unwrap_or_else(|| {
        let to = target.short().replace('/', "-");
        format!("cherry-pick-{short}-{to}")
    });
    expect_free(&forge, &name)?;
    let remote = choose_remote(&forge.repo)?;
    let tip = code::target_tip(&forge.repo, remote.as_deref(), &target)?;
    let head = picked(&forge, &subject, out, &target, tip)?;
    if head == tip {
        return Err(Failure::new(format!(
            "{} has every change of {short} already",
            target.short()
        ))
        .hint(format!("touchmark pr show {short}"))
        .into());
    }
    let says = format!(
        "This brings pull request {} to {}.",
        subject.id,
        target.short()
    );
    let text = note.or_else(|| state.description.clone());
    let body = match text {
        Some(text) => format!("{text}\n\n{says}"),
        None => says,
    };
    let title = format!("{} (for {})", state.title, target.short());
    let proposal = Proposal {
        target,
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

/// The last commit of the change on `tip`.
fn picked(
    forge: &Forge,
    subject: &Subject,
    out: &Output,
    target: &RefName,
    tip: ObjectId,
) -> anyhow::Result<ObjectId> {
    let revision = subject.revision(None)?;
    let signing = Signing::of(forge, target);
    match facts::rebase(&forge.repo, revision.base, revision.head, tip)? {
        Ok(rebasing) => return commits::remake(forge, rebasing, tip, signing),
        Err(stuck) => out.note(format_args!(
            "{}, so the change becomes one commit",
            stuck.refusal.reason
        )),
    }
    let [base, ours, theirs] = [revision.base, tip, revision.head].map(|id| forge.repo.tree_of(id));
    let ours = ours?;
    let tree = match forge.repo.merge_trees(base?, ours, theirs?)? {
        Outcome::Clean { tree, .. } if tree == ours => return Ok(tip),
        Outcome::Clean { tree, .. } => tree,
        Outcome::Conflict(conflicts) => {
            let reason = format!(
                "{} does not go onto {} in {}",
                subject.id.short(),
                target.short(),
                conflicts.paths()
            );
            let settle = Settle(format!(
                "git switch -c NAME {}; git cherry-pick {}..{}; settle the files and commit; touchmark pr open --target {}",
                code::tracking(&forge.repo, target)?,
                revision.base.short(),
                revision.head.short(),
                target.short()
            ));
            return Err(conflicts::refuse(out, &conflicts, reason, &settle));
        }
    };
    let author = &forge.me()?.author;
    let message =
        landing::squash_message(forge, subject.id, subject.state()?, revision, None, author)?;
    let payload = commits::commit(tree, &[tip], author, forge.now(), &message);
    commits::write_commit(forge, payload.as_bytes(), signing)
}
