//! `touchmark review status`: what a draft holds.

use serde_json::json;
use touchmark_core::log::LogName;

use super::pending::{self, DraftComment, Stored};
use super::target;
use crate::commands::pr::Subject;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;
use crate::render;

/// Show the draft of a review, or which drafts there are.
///
/// With `--json`: `format`, and `drafts` with `pull_request` and `draft` (`revision`, `comments`).
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The pull request; every draft by default.
    id: Option<String>,
}

/// Runs the command.
///
/// # Errors
///
/// When there is no draft for the pull request that was named.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let mut drafts = Vec::new();
    if args.id.is_some() {
        drafts.push(target::draft(&forge, args.id.as_deref())?);
    } else {
        for id in pending::all(&forge.repo)? {
            let subject = Subject::load(&forge, LogName::Pr(id))?;
            if let Some(stored) = Stored::load(&forge.repo, id)? {
                drafts.push((subject, stored));
            }
        }
    }
    if out.is_json() {
        let drafts: Vec<_> = drafts
            .iter()
            .map(|(subject, stored)| json!({"draft": stored.draft, "pull_request": subject.id}))
            .collect();
        return out.json(&json!({"drafts": drafts, "format": 1}));
    }
    if drafts.is_empty() {
        out.note("there is no draft of a review");
    }
    for (subject, stored) in &drafts {
        let state = subject.state()?;
        let title = render::visible_line(&state.title);
        let revision = stored.draft.revision;
        let count = render::counted(stored.draft.comments.len(), "comment");
        let short = subject.id.short();
        out.line(format_args!(
            "review of {short}, revision {revision}: {title}, {count}"
        ))?;
        for (number, comment) in (1..).zip(&stored.draft.comments) {
            out.text(&row(number, comment))?;
        }
    }
    Ok(())
}

/// A comment of the draft: its number, what it is about, what it says.
fn row(number: u32, comment: &DraftComment) -> String {
    let about = comment.about.place();
    let suggests = match comment.suggestion {
        Some(_) => ", with a suggestion",
        None => "",
    };
    let text = render::indented(&render::visible(&comment.text), 5);
    format!("  {number}  {about}{suggests}\n{text}")
}
