//! Code that this program made, proposed on a branch of its own; no work tree is touched.

use anyhow::Context as _;
use serde_json::json;
use touchmark_core::event::{LogType, Payload, RefName, payload};
use touchmark_core::id::ObjectId;
use touchmark_git::RefEdit;

use super::{branch, record, values};
use crate::commands::compose::{self, Body};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::Forge;
use crate::output::Output;
use crate::render::visible_line;

/// What people say of the new pull request.
#[derive(clap::Args, Debug)]
pub(super) struct Words {
    /// The new branch, here; it is not pushed.
    #[arg(long, value_name = "NAME")]
    pub(super) branch: Option<String>,
    /// The title of the new pull request.
    #[arg(long, short = 't')]
    pub(super) title: Option<String>,
    #[command(flatten)]
    pub(super) body: Body,
}

/// A change to propose.
pub(super) struct Proposal {
    /// For this branch.
    pub(super) target: RefName,
    /// What the target holds.
    pub(super) base: ObjectId,
    /// The change's last commit.
    pub(super) head: ObjectId,
    /// The branch to make.
    pub(super) branch: String,
    /// The title.
    pub(super) title: String,
    /// The description.
    pub(super) body: String,
}

/// Sees that the branch can be made, before anything is.
///
/// # Errors
///
/// When it is there, or its name is none.
pub(super) fn expect_free(forge: &Forge, name: &str) -> anyhow::Result<()> {
    values::branch(name)?;
    if forge
        .repo
        .read_ref(&format!("{}{name}", branch::HEADS))?
        .is_none()
    {
        return Ok(());
    }
    Err(Failure::new(format!("there is a branch {name} already"))
        .hint("choose another one: --branch NAME")
        .exit(ExitCode::Usage)
        .into())
}

/// Opens the pull request, makes the branch, and publishes.
///
/// # Errors
///
/// A refusal, or that the branch has come up meanwhile.
pub(super) fn propose(forge: &Forge, out: &Output, proposal: Proposal) -> anyhow::Result<()> {
    let Proposal {
        target,
        base,
        head,
        branch: name,
        title,
        body,
    } = proposal;
    let payload = payload::Pr {
        target: target.clone(),
        base,
        head,
        draft: false,
        labels: Vec::new(),
        assignees: Vec::new(),
        reviewers: Vec::new(),
    };
    let shown = visible_line(&title);
    let command = record::titled(Payload::Pr(payload), compose::tidy(&title), Some(body));
    let log = forge.create(LogType::Pr, command)?;
    let id = log
        .root()
        .context("a pull request's log is named after its first event")?;
    let full = format!("{}{name}", branch::HEADS);
    forge
        .repo
        .transact(&[RefEdit::create(full, head, "touchmark: propose")])
        .with_context(|| format!("cannot make the branch {name}"))?;
    branch::remember(&forge.repo, &name, id, out);
    let said = format!(
        "opened pull request {} for {} on {name}: {shown}",
        id.short(),
        visible_line(target.short())
    );
    let extra = json!({"base": base, "branch": name, "head": head});
    record::publish_with(forge, out, &log, id, &said, extra)
}
