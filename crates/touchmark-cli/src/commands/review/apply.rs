//! `touchmark review apply`: suggestions become a commit.

use serde_json::json;
use touchmark_core::event::{CommentId, Payload, Rule, payload};
use touchmark_core::id::ObjectId;
use touchmark_core::refusal::Refusal;
use touchmark_core::replay::Status;

use super::credit::{self, Credit};
use super::landing_branch::{Branch, Choice};
use super::suggested::Suggested;
use super::target;
use crate::commands::compose::{Body, tidy};
use crate::commands::pr::{Subject, code, record};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::{Forge, Published, choose_remote};
use crate::globals::Globals;
use crate::output::Output;
use crate::render::{counted, visible_line};

/// Take suggestions: one commit on the latest revision, with their authors as co-authors, published as a new revision.
///
/// A suggestion whose lines have moved is put where they are now; one whose lines have changed since is refused, and
/// then none is taken. Bytes are kept as they are. The commit is signed if git signs yours (`commit.gpgSign`).
///
/// The branch that stands at the latest revision moves to the commit, and its files with it if it is checked out;
/// changes of yours to the same files are never overwritten. Whoever wrote part of a change does not approve it.
///
/// With `--json`: `format`, `pull_request`, `commit`, `tree`, `branch`, `paths` (the files that changed), `applied` (the
/// comments' names), `co_authors`, and with a new revision `revision`, `event` and `published`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The comments; before them the pull request, which may be left out.
    #[arg(value_name = "[ID] COMMENT", required_unless_present = "all")]
    words: Vec<String>,
    /// Take all suggestions of a review, named by the digits before the slash, or of a pull request, but for those that
    /// are resolved or retracted.
    #[arg(long, value_name = "ID", conflicts_with = "words")]
    all: Option<String>,
    /// The branch to move, made if it is not there; the one that stands at the latest revision by default.
    #[arg(long, value_name = "NAME")]
    branch: Option<String>,
    /// The commit's message.
    #[arg(long, short = 'm', value_name = "TEXT")]
    message: Option<String>,
    /// Only make the commit, without a new revision.
    #[arg(long, conflicts_with_all = ["body", "body_file"])]
    no_revise: bool,
    #[command(flatten)]
    body: Body,
}

/// What was done.
struct Applied {
    commit: ObjectId,
    tree: ObjectId,
    branch: Option<String>,
    paths: Vec<String>,
    comments: Vec<CommentId>,
    credits: Vec<Credit>,
}

/// Runs the command.
///
/// # Errors
///
/// When a suggestion cannot be taken, files would be overwritten, or a refusal; nothing has changed then.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let (subject, comments) = match &args.all {
        Some(id) => target::suggestions(&forge, id)?,
        None => target::comments(&forge, &args.words)?,
    };
    let state = subject.state()?;
    if state.status != Status::Open {
        let rule = match state.status {
            Status::Merged => Rule::StateMerged,
            _ => Rule::StateClosed,
        };
        let reason = format!("pull request {} is not open", subject.id.short());
        return Err(Refusal::new(rule, reason).into());
    }
    let suggested = Suggested::gather(&forge.repo, &subject, &comments)?;
    let tree = suggested.tree(&forge.repo, &subject)?;
    let head = subject.revision(None)?.head;
    let choice = Choice {
        named: args.branch.as_deref(),
        head,
        target: &state.target,
        pull_request: subject.id,
        is_needed: args.no_revise,
    };
    let branch = Branch::choose(&forge.repo, &choice)?;
    if let Some(branch) = &branch {
        branch.check_files(&forge.repo, suggested.paths())?;
    }
    let credits = credit::credits(&forge, &subject, &comments)?;
    let message = message(args, &suggested, &comments, &credits);
    let applied = Applied {
        commit: credit::commit(&forge.repo, tree, head, &message)?,
        tree,
        branch: branch.as_ref().map(|branch| branch.short().to_owned()),
        paths: suggested
            .paths()
            .map(|path| String::from_utf8_lossy(path).into_owned())
            .collect(),
        comments,
        credits,
    };
    if args.no_revise {
        if let Some(branch) = &branch {
            branch.advance(&forge.repo, applied.commit)?;
        }
        return applied.report(out, &subject, None);
    }
    revise(args, &forge, out, &subject, branch.as_ref(), &applied)
}

/// Records the new revision, moves the branch, and publishes.
fn revise(
    args: &Args,
    forge: &Forge,
    out: &Output,
    subject: &Subject,
    branch: Option<&Branch>,
    applied: &Applied,
) -> anyhow::Result<()> {
    let remote = choose_remote(&forge.repo)?;
    let target = &subject.state()?.target;
    let tip = code::target_tip(&forge.repo, remote.as_deref(), target)?;
    let number = subject.revision(None)?.number.saturating_add(1);
    let payload = payload::Revision {
        revision: number,
        target: None,
        base: code::base(&forge.repo, target, tip, applied.commit)?,
        head: applied.commit,
    };
    let note = match args.body.given()? {
        Some(note) => note,
        None => format!("Took {}.", counted(applied.comments.len(), "suggestion")),
    };
    let command = record::plain(Payload::Revision(payload), Some(note));
    let event = forge.write(&subject.log, command)?;
    // The record has it now; a branch that stays behind is no reason not to publish it.
    if let Some(branch) = branch
        && let Err(err) = branch.advance(&forge.repo, applied.commit)
    {
        out.warn(format_args!(
            "{} stays where it is: {err:#}",
            branch.short()
        ));
    }
    let publication = forge.publish_in_detail(&subject.log)?;
    let event = publication.renamed.get(&event).copied().unwrap_or(event);
    let published = publication.published;
    applied.report(out, subject, Some((number, event, &published)))?;
    if let Published::Kept(why) = &published {
        out.note(format_args!("not published: {why}; later: touchmark sync"));
    }
    Ok(published.require()?)
}

impl Applied {
    fn report(
        &self,
        out: &Output,
        subject: &Subject,
        revision: Option<(u32, ObjectId, &Published)>,
    ) -> anyhow::Result<()> {
        if out.is_json() {
            let co_authors: Vec<_> = self.credits.iter().map(|credit| &credit.person).collect();
            let mut document = json!({
                "applied": self.comments,
                "branch": self.branch,
                "co_authors": co_authors,
                "commit": self.commit,
                "format": 1,
                "paths": self.paths,
                "pull_request": subject.id,
                "tree": self.tree,
            });
            if let Some((number, event, published)) = revision {
                document["event"] = json!(event);
                document["published"] = json!(published.word());
                document["revision"] = json!(number);
            }
            return out.json(&document);
        }
        let place = match &self.branch {
            Some(branch) => format!(" on {branch}"),
            None => String::new(),
        };
        let count = counted(self.comments.len(), "suggestion");
        let commit = self.commit.short();
        out.line(format_args!("took {count} in commit {commit}{place}"))?;
        for path in &self.paths {
            out.note(format_args!("changed {}", visible_line(path)));
        }
        if let Some((number, ..)) = revision {
            let short = subject.id.short();
            out.line(format_args!(
                "added revision {number} to pull request {short}"
            ))?;
        }
        for credit in &self.credits {
            out.note(format_args!(
                "{} had a hand in the change now, so an approval of theirs does not count",
                credit.person
            ));
        }
        Ok(())
    }
}

/// The commit's message: what was taken from whom.
fn message(
    args: &Args,
    suggested: &Suggested,
    comments: &[CommentId],
    credits: &[Credit],
) -> String {
    let own = args.message.as_deref().map(tidy);
    let mut text = own
        .filter(|text| !text.is_empty())
        .unwrap_or_else(|| suggested.title());
    text.push_str("\n\n");
    for comment in comments {
        text.push_str(&format!("Forge-Comment-Id: {comment}\n"));
    }
    for credit in credits {
        text.push_str(&format!(
            "Co-authored-by: {} <{}>\n",
            credit.name, credit.email
        ));
    }
    text
}

/// There is nothing to take in this comment.
pub(super) fn nothing(name: &str, why: &str, subject: &Subject) -> anyhow::Error {
    Failure::new(format!("comment {name} {why}"))
        .hint(format!("touchmark pr show {}", subject.id.short()))
        .exit(ExitCode::NotFound)
        .into()
}
