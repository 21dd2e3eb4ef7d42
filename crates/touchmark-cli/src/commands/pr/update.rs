//! `touchmark pr update`: what the target has gained comes into the change, as a new revision.

use touchmark_core::event::{Payload, Rule, payload};
use touchmark_core::id::ObjectId;
use touchmark_core::merge::tree::Outcome;
use touchmark_core::refusal::Refusal;
use touchmark_core::replay::Revision;

use super::commits::{self, Signing};
use super::conflicts::{self, Settle};
use super::{Subject, branch, code, record};
use crate::commands::compose::Body;
use crate::facts;
use crate::forge::{Forge, choose_remote};
use crate::globals::Globals;
use crate::output::Output;
use crate::render::visible_line;

/// Bring what the target has gained into a pull request, as a new revision.
///
/// By the merge rule that landing has, so no work tree is touched: with a merge commit, or with --rebase by making the
/// commits again on the target. Files that conflict are named, and nothing is changed then. The local branch that the
/// pull request was opened from moves along unless it is checked out. Commits are signed if git's `commit.gpgSign` or
/// the branch's rule asks for it. Approvals are of a revision; those of earlier ones do not count for this one.
/// With `--json`: `format`, `event`, `log`, `published` (`sent`, `kept` or `failed`), `base`, `head`, `revision`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The pull request.
    id: String,
    /// Make the commits again on the target, instead of a merge commit.
    #[arg(long, short = 'r')]
    rebase: bool,
    #[command(flatten)]
    body: Body,
}

/// Runs the command.
///
/// # Errors
///
/// When the target has nothing new, a conflict, or a refusal.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let note = args.body.given()?;
    let forge = code::refreshed(globals)?;
    let subject = Subject::find(&forge, &args.id)?;
    let state = subject.state()?;
    touchmark_core::replay::expect_open(state.status)?;
    let revision = subject.revision(None)?;
    let remote = choose_remote(&forge.repo)?;
    let tip = code::target_tip(&forge.repo, remote.as_deref(), &state.target)?;
    if forge.repo.is_ancestor(tip, revision.head)? {
        let reason = format!(
            "revision {} has everything that {} has",
            revision.number,
            state.target.short()
        );
        let fix = format!("touchmark pr status {}", subject.id.short());
        return Err(Refusal::new(Rule::NothingToDo, reason).with_fix(fix).into());
    }
    let base = code::base(&forge.repo, &state.target, tip, revision.head)?;
    let head = if args.rebase {
        rebased(&forge, &subject, out, base, tip)?
    } else {
        merged(&forge, &subject, out, base, tip)?
    };
    let number = revision.number.saturating_add(1);
    let payload = payload::Revision {
        revision: number,
        target: None,
        base: tip,
        head,
    };
    let event = forge.write(
        &subject.log,
        record::plain(Payload::Revision(payload), note),
    )?;
    branch::follow(&forge.repo, subject.id, (revision.head, head), out)?;
    let said = format!(
        "added revision {number} to pull request {}: {}..{}",
        subject.id.short(),
        tip.short(),
        head.short()
    );
    let extra = serde_json::json!({"base": tip, "head": head, "revision": number});
    record::publish_with(&forge, out, &subject.log, event, &said, extra)
}

/// A merge commit of head and target.
fn merged(
    forge: &Forge,
    subject: &Subject,
    out: &Output,
    base: ObjectId,
    tip: ObjectId,
) -> anyhow::Result<ObjectId> {
    let (state, revision) = (subject.state()?, subject.revision(None)?);
    let [base, ours, theirs] = [base, revision.head, tip].map(|id| forge.repo.tree_of(id));
    let tree = match forge.repo.merge_trees(base?, ours?, theirs?)? {
        Outcome::Clean { tree, .. } => tree,
        Outcome::Conflict(conflicts) => {
            let reason = format!(
                "revision {} conflicts with {} in {}",
                revision.number,
                state.target.short(),
                conflicts.paths()
            );
            let settle = settle(forge, subject)?;
            return Err(conflicts::refuse(out, &conflicts, reason, &settle));
        }
    };
    let name = branch::sources(&forge.repo, subject.id)?
        .into_iter()
        .next()
        .map_or_else(|| format!("pr/{}", subject.id.short()), |(name, _)| name);
    let message = format!("Merge branch '{}' into {name}\n", state.target.short());
    let me = forge.me()?;
    let parents = [revision.head, tip];
    let payload = commits::commit(tree, &parents, &me.author, forge.now(), &message);
    let signing = Signing::of(forge, &state.target);
    commits::write_commit(forge, payload.as_bytes(), signing)
}

/// The commits made again on the target.
fn rebased(
    forge: &Forge,
    subject: &Subject,
    out: &Output,
    base: ObjectId,
    tip: ObjectId,
) -> anyhow::Result<ObjectId> {
    let (state, revision) = (subject.state()?, subject.revision(None)?);
    let short = subject.id.short();
    let rebasing = match facts::rebase(&forge.repo, base, revision.head, tip)? {
        Ok(rebasing) => rebasing,
        Err(stuck) => {
            let Some(conflicts) = stuck.conflicts else {
                let fix = format!("touchmark pr update {short}");
                return Err(stuck.refusal.with_fix(fix).into());
            };
            let settle = settle_rebase(forge, subject, revision)?;
            let reason = stuck.refusal.reason;
            return Err(conflicts::refuse(out, &conflicts, reason, &settle));
        }
    };
    let head = commits::remake(forge, rebasing, tip, Signing::of(forge, &state.target))?;
    if head == tip {
        let reason = format!(
            "{} has every change of revision {} already, so no commit is left",
            visible_line(state.target.short()),
            revision.number
        );
        let fix = format!("touchmark pr close {short}");
        return Err(Refusal::new(Rule::NothingToDo, reason).with_fix(fix).into());
    }
    Ok(head)
}

fn settle(forge: &Forge, subject: &Subject) -> anyhow::Result<Settle> {
    let target = code::tracking(&forge.repo, &subject.state()?.target)?;
    let merge = format!("git merge {target}");
    let head = subject.revision(None)?.head;
    Settle::by(&forge.repo, subject.id, head, &merge)
}

fn settle_rebase(forge: &Forge, subject: &Subject, revision: &Revision) -> anyhow::Result<Settle> {
    let target = code::tracking(&forge.repo, &subject.state()?.target)?;
    let base = revision.base.short();
    let rebase = format!("git rebase --onto {target} {base}");
    Settle::by(&forge.repo, subject.id, revision.head, &rebase)
}
