//! `touchmark review submit`: a draft becomes one signed event.

use std::collections::BTreeMap;

use touchmark_core::decide::{Command, Files};
use touchmark_core::event::{Anchor, CodePath, Place, Verdict, payload};
use touchmark_git::Repository;

use super::pending::{About, Draft, Stored};
use super::target;
use crate::commands::compose::Body;
use crate::commands::pr::judged::judge;
use crate::commands::pr::{MAX_SUGGESTION_BYTES, Subject, record};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;
use crate::render::counted;

/// Submit the review: one event and one signature, however many comments. Then the draft is gone.
///
/// Without a draft the verdict is about the latest revision of the pull request that is named.
#[derive(clap::Args, Debug)]
#[command(group = clap::ArgGroup::new("verdict").required(true))]
pub(crate) struct Args {
    /// The pull request, which may be left out when there is one draft.
    id: Option<String>,
    /// Approve the revision.
    #[arg(long, group = "verdict")]
    approve: bool,
    /// Object to the revision, until you say otherwise.
    #[arg(long, group = "verdict")]
    request_changes: bool,
    /// Only comment; an earlier verdict of yours stands.
    #[arg(long, group = "verdict")]
    comment: bool,
    #[command(flatten)]
    body: Body,
}

/// Runs the command.
///
/// # Errors
///
/// When there is nothing to submit, or a refusal; the draft stays then.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let subject = target::subject(&forge, args.id.as_deref())?;
    let latest = subject.revision(None)?.number;
    let mut stored = match Stored::load(&forge.repo, subject.id)? {
        Some(stored) => stored,
        None => Stored::new(subject.id, latest),
    };
    let body = args.body.given()?;
    if args.comment && body.is_none() && stored.draft.comments.is_empty() {
        return Err(Failure::new("a review that only comments needs a comment")
            .hint("give --body, or touchmark review comment PATH:LINE first")
            .exit(ExitCode::Usage)
            .into());
    }
    let revision = subject.revision(Some(stored.draft.revision))?;
    if revision.number < latest {
        out.warn(format_args!(
            "the review is of revision {}, and {latest} is the latest",
            revision.number
        ));
    }
    let (comments, files) = attachments(&forge.repo, &stored.draft)?;
    let mut said = format!(
        "{} revision {} of pull request {}",
        args.said(),
        revision.number,
        subject.id.short(),
    );
    if !comments.is_empty() {
        said.push_str(&format!(", with {}", counted(comments.len(), "comment")));
    }
    let review = payload::Review {
        revision: revision.number,
        verdict: args.verdict(),
        base: revision.base,
        head: revision.head,
        comments,
    };
    let command = Command {
        payload: review.into_payload(),
        subject: None,
        body,
        files,
    };
    let event = forge.write(&subject.log, command)?;
    // The event holds everything now, whether or not the server can be reached.
    stored.delete(&forge.repo)?;
    if args.approve {
        warn_if_it_does_not_count(&forge, out, &subject);
    }
    record::publish(&forge, out, &subject.log, event, &said)
}

/// Says so when the gate will not count the approval; where that cannot be told here, the gate tells it.
fn warn_if_it_does_not_count(forge: &Forge, out: &Output, subject: &Subject) {
    let Ok(after) = Subject::load(forge, subject.log.clone()) else {
        return;
    };
    let (judged, me) = (judge(forge, &after, None), forge.me());
    if let (Ok(judged), Ok(me)) = (judged, me)
        && judged.took_part.contains(&me.person)
    {
        out.warn("you had a hand in the change, so your approval does not count; ask somebody else for one");
    }
}

impl Args {
    const fn verdict(&self) -> Verdict {
        if self.approve {
            Verdict::Approve
        } else if self.request_changes {
            Verdict::RequestChanges
        } else {
            Verdict::Comment
        }
    }

    const fn said(&self) -> &'static str {
        match self.verdict() {
            Verdict::Approve => "approved",
            Verdict::RequestChanges => "asked for changes on",
            Verdict::Comment | Verdict::Withdraw => "commented on",
        }
    }
}

/// The draft's comments as anchors, numbered from 1, and as files.
fn attachments(repository: &Repository, draft: &Draft) -> anyhow::Result<(Vec<Anchor>, Files)> {
    let mut anchors = Vec::new();
    let mut comments = Vec::new();
    let mut suggestions = BTreeMap::new();
    for (number, comment) in (1_u32..).zip(&draft.comments) {
        let place = place(&comment.about).ok_or_else(|| {
            Failure::new(format!("comment {number} of the draft has no place"))
                .hint(format!("touchmark review drop {number}"))
        })?;
        anchors.push(Anchor { number, place });
        comments.push(comment.text.clone());
        if let Some(blob) = comment.suggestion {
            suggestions.insert(number, repository.read_blob(blob, MAX_SUGGESTION_BYTES)?);
        }
    }
    let files = if anchors.is_empty() {
        Files::None
    } else {
        Files::Review {
            comments,
            suggestions,
        }
    };
    Ok((anchors, files))
}

fn place(about: &About) -> Option<Place> {
    Some(match about {
        About::Reply { to } => Place::Reply(*to),
        About::Message {
            commit,
            first,
            last,
        } => Place::Message {
            commit: *commit,
            lines: first.zip(*last),
        },
        About::Code {
            first,
            last,
            path,
            side,
        } => Place::Code {
            side: *side,
            path: CodePath::parse(path)?,
            lines: first.zip(*last),
        },
    })
}
