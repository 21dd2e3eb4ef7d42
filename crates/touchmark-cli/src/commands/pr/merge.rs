//! `touchmark pr merge`: the target moves, together with the signed event that says why it may.

use clap::ValueEnum;
use serde_json::json;
use touchmark_core::decide;
use touchmark_core::event::{MergeMethod, Time, payload};
use touchmark_core::gate::{Facts, Verdicts};
use touchmark_core::id::ObjectId;
use touchmark_core::merge::SEMANTICS;
use touchmark_git::Repository;

use super::delete_branch::{self, Deleted};
use super::judged::judge;
use super::landing::{Landing, land};
use super::{Subject, closing, code};
use crate::commands::compose::Body;
use crate::errors::{Failure, Refusals};
use crate::exit_codes::ExitCode;
use crate::forge::{Ending, Forge, Push, choose_remote, fetch, push, sign_and_store};
use crate::globals::Globals;
use crate::next_steps::about;
use crate::output::Output;
use crate::settings::{self, Key};

/// How often a race for the target is run before it is left to the person to try again.
const MAX_ATTEMPTS: u32 = 5;

/// Merge a pull request.
///
/// Branch and record move in one push or not at all. Every reason against merging is printed, with what to do.
/// A merge into the default branch closes the issues that it fixes: those that are linked so, and `#n` after a word such
/// as `Fixes` in the description, the commits' messages or --body.
/// A branch that the server does not delete, or that is checked out, stays: the merge stands all the same, and it is said.
/// With `--json`: `format`, `pull_request`, `method`, `target`, `old`, `new`, `tree`, `event`, `evidence`, `merged`,
/// `branches` (`deleted` and `kept`, sentences; null without --delete-branch).
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The pull request.
    id: String,
    /// How it lands; the setting pr.method, or merge, otherwise.
    #[arg(long, short = 'm', value_enum)]
    method: Option<Method>,
    #[command(flatten)]
    body: Body,
    /// Then delete the branch that it came from, on the server and here, unless it was moved since.
    #[arg(long, conflicts_with = "dry_run")]
    delete_branch: bool,
    /// Say what would happen, and change nothing.
    #[arg(long, short = 'n')]
    dry_run: bool,
}

/// How a pull request lands.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    /// A merge commit of target and head.
    Merge,
    /// One commit with the whole change.
    Squash,
    /// The target moves to the head.
    FastForward,
    /// The commits one by one on the target.
    Rebase,
}

impl From<Method> for MergeMethod {
    fn from(method: Method) -> Self {
        match method {
            Method::Merge => Self::Merge,
            Method::Squash => Self::Squash,
            Method::FastForward => Self::FastForward,
            Method::Rebase => Self::Rebase,
        }
    }
}

/// The method that the setting names.
fn usual_method() -> Method {
    let set = settings::current().text(Key::PrMethod);
    set.and_then(|word| Method::from_str(word, false).ok())
        .unwrap_or(Method::Merge)
}

/// Runs the command.
///
/// # Errors
///
/// Every refusal of the gate, a conflict, or what the server says against it. Nothing has moved then.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let note = args.body.given()?;
    let remote = server(globals)?;
    let method = args.method.unwrap_or_else(usual_method);
    let mut made = None;
    for _ in 0..MAX_ATTEMPTS {
        let forge = refreshed(globals, &remote)?;
        let subject = if args.dry_run {
            Subject::find(&forge, &args.id)?
        } else {
            published(&forge, &args.id)?
        };
        // A connection that broke after the server had taken the push looks like a lost race.
        if let (Some((event, merge)), Some(merged)) = (&made, &subject.state()?.merge)
            && *event == merged.event
        {
            let note = note.as_deref();
            return args.landed(&forge, out, &remote, &subject, (merge, *event), note);
        }
        let (merge, facts) = plan(
            &forge,
            out,
            &subject,
            &remote,
            method.into(),
            note.as_deref(),
        )?;
        if args.dry_run {
            return report(out, subject.id, &merge, None, None);
        }
        let event = sign(&forge, &subject, &merge, &facts, note.clone())?;
        match push(&forge, &remote, &moves(&subject, &merge, event))? {
            Ending::Taken => {
                // The server has it; only this clone's view is behind if this fails.
                if let Err(err) = fetch(&forge.repo, &remote) {
                    out.warn(format_args!("merged, but {err:#}"));
                }
                let note = note.as_deref();
                return args.landed(&forge, out, &remote, &subject, (&merge, event), note);
            }
            Ending::Raced => out.note("somebody else was faster; looking again"),
            Ending::Refused(words) => return Err(refused(&remote, &words).into()),
            Ending::Unreachable(words) if made.is_some() => {
                return Err(unreachable(&remote, &words).into());
            }
            Ending::Unreachable(_) => out.note("the connection broke; looking what the server has"),
        }
        made = Some((event, merge));
    }
    Err(raced().into())
}

fn raced() -> Failure {
    Failure::new(format!(
        "somebody else was faster {MAX_ATTEMPTS} times; nothing has moved"
    ))
    .hint("try again")
    .exit(ExitCode::Unpublished)
}

impl Args {
    /// Deletes the branch, where that is asked for.
    fn delete(
        &self,
        forge: &Forge,
        remote: &str,
        subject: &Subject,
        merge: &payload::Merge,
    ) -> Option<Deleted> {
        self.delete_branch
            .then(|| delete_branch::delete(forge, remote, subject, merge))
    }

    /// Says that it has landed, and does what follows from that.
    fn landed(
        &self,
        forge: &Forge,
        out: &Output,
        remote: &str,
        subject: &Subject,
        (merge, event): (&payload::Merge, ObjectId),
        note: Option<&str>,
    ) -> anyhow::Result<()> {
        let deleted = self.delete(forge, remote, subject, merge);
        report(out, subject.id, merge, Some(event), deleted.as_ref())?;
        closing::close_fixed(forge, out, subject, note);
        Ok(())
    }
}

/// The server; merging needs one to say who comes first.
fn server(globals: &Globals) -> anyhow::Result<String> {
    if globals.offline {
        return Err(
            Failure::new("merging needs the server, which alone says who comes first")
                .hint("leave out --offline")
                .exit(ExitCode::Unpublished)
                .into(),
        );
    }
    let repo = Repository::discover(&globals.directory)?;
    choose_remote(&repo)?.ok_or_else(|| {
        Failure::new("there is no server to merge on: this repository has no remote")
            .hint("git remote add origin URL, then touchmark sync")
            .exit(ExitCode::NotFound)
            .into()
    })
}

/// The repository with what the server has now.
fn refreshed(globals: &Globals, remote: &str) -> anyhow::Result<Forge> {
    let repo = Repository::discover(&globals.directory)?;
    fetch(&repo, remote)?;
    Forge::open(globals)
}

/// The pull request with nothing unpublished: what is in the outbox goes first.
fn published(forge: &Forge, id: &str) -> anyhow::Result<Subject> {
    let subject = Subject::find(forge, id)?;
    forge.publish(&subject.log)?;
    let subject = Subject::load(forge, subject.log)?;
    if forge.published_tip(&subject.log)? != Some(subject.outcome.tip) {
        return Err(Failure::new(format!(
            "{} has events that are not published",
            subject.id.short()
        ))
        .hint("touchmark sync")
        .exit(ExitCode::Unpublished)
        .into());
    }
    Ok(subject)
}

fn moves(subject: &Subject, merge: &payload::Merge, event: ObjectId) -> [Push; 2] {
    [
        Push {
            name: merge.target.to_string(),
            expected: Some(merge.old),
            new: Some(merge.new),
        },
        Push {
            name: subject.log.to_string(),
            expected: Some(subject.outcome.tip),
            new: Some(event),
        },
    ]
}

fn refused(remote: &str, words: &str) -> Failure {
    Failure::new(format!(
        "{remote} refused the merge, and nothing has moved: {words}"
    ))
    .exit(ExitCode::Refused)
}

fn unreachable(remote: &str, words: &str) -> Failure {
    Failure::new(format!("cannot reach {remote}: {words}"))
        .hint("try again; what has landed by then is seen")
        .exit(ExitCode::Unpublished)
}

/// Judges the gate and makes what lands.
fn plan(
    forge: &Forge,
    out: &Output,
    subject: &Subject,
    remote: &str,
    method: MergeMethod,
    note: Option<&str>,
) -> anyhow::Result<(payload::Merge, Facts)> {
    let target = subject.state()?.target.clone();
    let old = code::target_tip(&forge.repo, Some(remote), &target)?;
    let judged = judge(forge, subject, Some(old))?;
    let (evidence, tree) = match (judged.verdicts, judged.tree) {
        (Verdicts::Open { evidence }, Some(tree)) => (evidence, tree),
        (Verdicts::Open { .. }, None) => anyhow::bail!("there is nothing that could land"),
        (Verdicts::Shut(reasons), _) => {
            for person in &judged.took_part {
                out.note(format_args!(
                    "{person} had a hand in the change, so an approval of theirs does not count"
                ));
            }
            return Err(Refusals(reasons).into());
        }
    };
    let revision = subject.revision(None)?;
    let Landing { new, tree } = land(forge, subject, method, old, tree, note)?;
    let time = Time::from_seconds(forge.now())
        .ok_or_else(|| Failure::new("this machine's clock stands beyond the year 9999"))?;
    let merge = payload::Merge {
        target,
        revision: revision.number,
        base: revision.base,
        head: revision.head,
        old,
        new,
        tree_id: tree,
        method,
        semantics: SEMANTICS,
        request: None,
        evidence,
        time,
    };
    Ok((merge, judged.facts))
}

/// Decides and signs the merge event. It is written, but no ref holds it: it lands with the branch or not at all.
fn sign(
    forge: &Forge,
    subject: &Subject,
    merge: &payload::Merge,
    facts: &Facts,
    note: Option<String>,
) -> anyhow::Result<ObjectId> {
    let next = decide::merge(
        &forge.scene()?,
        &subject.outcome,
        facts,
        merge.clone(),
        note,
    )
    .map_err(|refusals| {
        let about = |refusal| about(refusal, &subject.log);
        Refusals(refusals.into_iter().map(about).collect())
    })?;
    sign_and_store(&forge.repo, forge.me()?.signer.as_ref(), &next)
}

fn report(
    out: &Output,
    id: ObjectId,
    merge: &payload::Merge,
    event: Option<ObjectId>,
    deleted: Option<&Deleted>,
) -> anyhow::Result<()> {
    if out.is_json() {
        return out.json(&json!({
            "branches": deleted.map(Deleted::document),
            "event": event,
            "evidence": merge.evidence,
            "format": 1,
            "merged": event.is_some(),
            "method": merge.method,
            "new": merge.new,
            "old": merge.old,
            "pull_request": id,
            "target": merge.target,
            "tree": merge.tree_id,
        }));
    }
    let done = if event.is_some() {
        "merged"
    } else {
        "would merge"
    };
    out.line(format_args!(
        "{done} pull request {} into {} as {}",
        id.short(),
        merge.target.short(),
        merge.new.short()
    ))?;
    deleted.map_or(Ok(()), |deleted| deleted.tell(out))
}
