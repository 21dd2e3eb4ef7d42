//! `touchmark review comment`: add a comment to a draft.

use std::path::PathBuf;

use serde_json::json;
use touchmark_core::event::{CodePath, Side};
use touchmark_core::object::ObjectType;
use touchmark_git::Repository;

use super::pending::{About, DraftComment, Stored};
use super::spot::Spot;
use super::{message, target};
use crate::commands::compose::{self, Body};
use crate::commands::pr::{MAX_FILE_BYTES, Subject, commit, excerpt};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;
use crate::render::Paint;

/// Comment on code, or answer a comment, as part of a review. Starts the draft if the pull request is named.
///
/// Lines are those of the file in the revision that is reviewed, on the new side unless `--side old`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The pull request, which may be left out when there is one draft; then PATH:LINE or PATH:FIRST-LAST.
    #[arg(value_name = "[ID] PATH[:LINE[-LINE]]", num_args = 0..=2)]
    words: Vec<String>,
    #[command(flatten)]
    body: Body,
    /// The side of the change that the lines are on.
    #[arg(long, value_enum, default_value_t = SideArg::New)]
    side: SideArg,
    /// A file with what to put in place of the lines; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    suggest: Option<PathBuf>,
    /// Comment on the file as a whole; then all of PATH is the path.
    #[arg(long, conflicts_with = "suggest")]
    file: bool,
    /// A commit of the change whose message to comment on, instead of a place in the code; its lines count from 1.
    #[arg(
        long,
        value_name = "COMMIT[:LINE[-LINE]]",
        conflicts_with_all = ["suggest", "file", "side", "reply"]
    )]
    message: Option<String>,
    /// The comment to answer, instead of a place in the code.
    #[arg(long, value_name = "COMMENT", conflicts_with_all = ["suggest", "file", "side"])]
    reply: Option<String>,
}

/// The sides of a change.
#[derive(clap::ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum SideArg {
    /// Before the change.
    Old,
    /// After the change.
    New,
}

impl From<SideArg> for Side {
    fn from(side: SideArg) -> Self {
        match side {
            SideArg::Old => Self::Old,
            SideArg::New => Self::New,
        }
    }
}

/// Runs the command.
///
/// # Errors
///
/// When the path or the lines are not in the revision, or there is no text.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let has_place = args.reply.is_none() && args.message.is_none();
    let (id, place) = split(&args.words, has_place)?;
    let subject = target::subject(&forge, id)?;
    let mut stored = match Stored::load(&forge.repo, subject.id)? {
        Some(stored) => stored,
        None => Stored::new(subject.id, subject.revision(None)?.number),
    };
    let revision = subject.revision(Some(stored.draft.revision))?;
    let about = match (&args.reply, &args.message, place) {
        (Some(name), _, _) => About::Reply {
            to: subject.comment(name)?,
        },
        (None, Some(spot), _) => message::about(&forge.repo, revision, spot)?,
        (None, None, Some(place)) => args.about(&forge.repo, &subject, revision.number, place)?,
        (None, None, None) => return Err(usage("there is no place to comment on")),
    };
    let suggestion = match &args.suggest {
        None => None,
        Some(path) => {
            let suggested = compose::read(path)?;
            let meant = about.lines(&forge.repo, revision)?;
            if let Some(warning) = misfit(&meant, &suggested) {
                out.warn(warning);
            }
            Some(forge.repo.write(ObjectType::Blob, &suggested)?)
        }
    };
    let instructions = instructions(&forge.repo, &subject, &stored, &about)?;
    let text = args.body.required(&forge.repo, "", &instructions)?;
    stored.draft.comments.push(DraftComment {
        about,
        suggestion,
        text,
    });
    stored.store(&forge.repo)?;
    let number = stored.draft.comments.len();
    if out.is_json() {
        return out.json(&json!({"comment": number, "format": 1, "pull_request": subject.id}));
    }
    out.line(format_args!(
        "comment {number} of the draft for {}; submit it: touchmark review submit --comment, or with a verdict",
        subject.id.short()
    ))
}

impl Args {
    fn about(
        &self,
        repository: &Repository,
        subject: &Subject,
        revision: u32,
        place: &str,
    ) -> anyhow::Result<About> {
        let spot = if self.file {
            Spot {
                path: place.to_owned(),
                lines: None,
            }
        } else {
            place.parse::<Spot>().map_err(|err| usage(&err))?
        };
        if spot.lines.is_none() && !self.file {
            return Err(usage(
                "there are no lines; write PATH:LINE, or --file for the whole file",
            ));
        }
        let side = Side::from(self.side);
        if side == Side::Old && self.suggest.is_some() {
            return Err(usage("a suggestion replaces lines of the new side"));
        }
        let path = CodePath::from_bytes(spot.path.as_bytes())
            .ok_or_else(|| usage("the path is not one from the top of the repository"))?;
        check_spot(repository, subject, revision, side, &spot)?;
        Ok(About::Code {
            first: spot.lines.map(|(first, _)| first),
            last: spot.lines.map(|(_, last)| last),
            path: path.to_string(),
            side,
        })
    }
}

/// The path is a file of the revision, and has these lines.
fn check_spot(
    repository: &Repository,
    subject: &Subject,
    revision: u32,
    side: Side,
    spot: &Spot,
) -> anyhow::Result<()> {
    let revision = subject.revision(Some(revision))?;
    let short = subject.id.short();
    let hint = format!("touchmark pr diff {short} --revision {}", revision.number);
    let missing = |what: String| -> anyhow::Error {
        Failure::new(format!("{what} of revision {}", revision.number))
            .hint(hint.clone())
            .exit(ExitCode::NotFound)
            .into()
    };
    let file = repository
        .read_blob_at(commit(revision, side), spot.path.as_bytes(), MAX_FILE_BYTES)?
        .ok_or_else(|| missing(format!("there is no file {} on the {side} side", spot.path)))?;
    let count = file.split_inclusive(|byte| *byte == b'\n').count();
    match spot.lines {
        Some((_, last)) if usize::try_from(last).is_ok_and(|last| last > count) => {
            let path = &spot.path;
            Err(missing(format!(
                "{path} has {count} lines, not {last}, on the {side} side"
            )))
        }
        _ => Ok(()),
    }
}

/// What the editor says below the text: what it is about.
fn instructions(
    repository: &Repository,
    subject: &Subject,
    stored: &Stored,
    about: &About,
) -> anyhow::Result<String> {
    let revision = subject.revision(Some(stored.draft.revision))?;
    let excerpt = match about.anchor() {
        Some(anchor) => excerpt(repository, revision, &anchor)?,
        None => None,
    };
    let code = excerpt.map_or_else(String::new, |excerpt| excerpt.render(Paint::new(false)));
    Ok(format!(
        "A comment of your review, {}\n{code}",
        about.place()
    ))
}

/// What is odd about the ends of suggested lines, beside those that they replace; bytes are kept as they are.
fn misfit(meant: &[u8], suggested: &[u8]) -> Option<&'static str> {
    if suggested.is_empty() {
        return None;
    }
    if meant.ends_with(b"\n") && !suggested.ends_with(b"\n") {
        return Some(
            "the suggestion does not end in a line feed, so the line after it would be joined to its last",
        );
    }
    (meant.ends_with(b"\r\n") && !suggested.ends_with(b"\r\n")).then_some(
        "the suggestion has no carriage return at the end of its lines, unlike what it replaces",
    )
}

/// `[ID] PLACE`, or only `[ID]` where an option says what it is about.
fn split(words: &[String], has_place: bool) -> anyhow::Result<(Option<&str>, Option<&str>)> {
    match (words, has_place) {
        ([], false) => Ok((None, None)),
        ([id], false) => Ok((Some(id), None)),
        ([place], true) => Ok((None, Some(place))),
        ([id, place], true) => Ok((Some(id), Some(place))),
        (_, false) => Err(usage("an option says already what the comment is about")),
        (_, true) => Err(usage("there is no place to comment on")),
    }
}

fn usage(message: &str) -> anyhow::Error {
    Failure::new(message)
        .hint("touchmark review comment [ID] PATH:LINE --body TEXT")
        .exit(ExitCode::Usage)
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pull_request_may_be_left_out() {
        let words = |words: &[&str]| -> Vec<String> {
            words.iter().map(|word| (*word).to_owned()).collect()
        };
        let check = |given: &[&str], has_place, expect| {
            assert_eq!(split(&words(given), has_place).ok(), expect, "{given:?}");
        };
        check(&["a:1"], true, Some((None, Some("a:1"))));
        check(&["3f9a", "a:1"], true, Some((Some("3f9a"), Some("a:1"))));
        check(&[], true, None);
        check(&[], false, Some((None, None)));
        check(&["3f9a"], false, Some((Some("3f9a"), None)));
        check(&["3f9a", "a:1"], false, None);
    }
}
