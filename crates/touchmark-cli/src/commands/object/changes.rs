//! Title, labels, people, opening and closing.

use touchmark_core::event::{Payload, payload};

use super::Object;
use crate::commands::compose::{self, Body};
use crate::commands::pr::{record, values};
use crate::forge::Forge;
use crate::output::Output;

/// A new title or description.
#[derive(clap::Args, Debug)]
pub(crate) struct Retitle {
    /// The new title.
    #[arg(long, short = 't')]
    title: Option<String>,
    #[command(flatten)]
    body: Body,
    /// Remove the description.
    #[arg(long, conflicts_with_all = ["body", "body_file"])]
    no_body: bool,
}

impl Retitle {
    /// Title and description as they are to be; without an option the person is asked in the editor.
    fn words(&self, forge: &Forge, object: &Object) -> anyhow::Result<(String, Option<String>)> {
        let old = (object.title(), object.description());
        if self.title.is_some() || self.body.is_given() || self.no_body {
            let description = if self.no_body {
                None
            } else if self.body.is_given() {
                self.body.given()?
            } else {
                old.1.map(str::to_owned)
            };
            let title = self.title.as_deref().map(compose::tidy);
            return Ok((title.unwrap_or_else(|| old.0.to_owned()), description));
        }
        anyhow::ensure!(
            compose::is_interactive(),
            "there is nothing to change; give --title, --body, --body-file or --no-body"
        );
        let template = format!("{}\n\n{}", old.0, old.1.unwrap_or_default());
        let instructions = "The first line is the title, what follows the description.";
        let written = compose::edit(&forge.repo, &template, instructions)?;
        Ok(compose::split_title(&written))
    }
}

/// Changes title and description.
///
/// # Errors
///
/// When nothing would change, or a refusal.
pub(crate) fn edit(
    forge: &Forge,
    out: &Output,
    object: &Object,
    change: &Retitle,
) -> anyhow::Result<()> {
    let (title, description) = change.words(forge, object)?;
    let command = record::titled(Payload::Edit(payload::Edit {}), title, description);
    let said = format!("edited {}", object.called());
    record(forge, out, &object.log, command, &said)
}

/// Adds and removes labels.
///
/// # Errors
///
/// A refusal when the signer is neither the author nor may triage.
pub(crate) fn label(
    forge: &Forge,
    out: &Output,
    object: &Object,
    changes: &[String],
) -> anyhow::Result<()> {
    let labels = values::label_changes(changes)?;
    let payload = Payload::Label(payload::Label { labels });
    let said = format!("labels of {} changed", object.called());
    record(forge, out, &object.log, record::plain(payload, None), &said)
}

/// Assigns people and teams, or no longer.
///
/// # Errors
///
/// A refusal when the signer is neither the author nor may triage.
pub(crate) fn assign(
    forge: &Forge,
    out: &Output,
    object: &Object,
    changes: &[String],
) -> anyhow::Result<()> {
    let assignees = values::person_changes(forge, changes)?;
    values::warn_of_strangers(forge.policy(), &assignees, out);
    let payload = Payload::Assign(payload::Assign { assignees });
    let said = format!("assignees of {} changed", object.called());
    record(forge, out, &object.log, record::plain(payload, None), &said)
}

/// Closes the object.
///
/// # Errors
///
/// A refusal when it is not open, or the signer is neither its author nor may triage.
pub(crate) fn close(
    forge: &Forge,
    out: &Output,
    object: &Object,
    body: &Body,
) -> anyhow::Result<()> {
    let command = record::plain(Payload::Close(payload::Close {}), body.given()?);
    let said = format!("closed {}", object.called());
    record(forge, out, &object.log, command, &said)
}

/// Opens a closed object again.
///
/// # Errors
///
/// A refusal when it is open or merged, or the signer is neither its author nor may triage.
pub(crate) fn reopen(
    forge: &Forge,
    out: &Output,
    object: &Object,
    body: &Body,
) -> anyhow::Result<()> {
    let command = record::plain(Payload::Reopen(payload::Reopen {}), body.given()?);
    let said = format!("reopened {}", object.called());
    record(forge, out, &object.log, command, &said)
}
