//! Judging a push: whether it may happen, and what happens then.

use touchmark_core::event::Rule;
use touchmark_core::refusal::Refusal;
use touchmark_git::{RefEdit, Repository};

use super::push::{Decision, Push, Report};

/// Where pushes may go.
const NAMESPACES: [&str; 3] = ["refs/heads/", "refs/tags/", "refs/forge/"];

/// Judges a push on the repository as it is now.
///
/// This version looks at nothing but the names: it lets in everything in the namespaces of a forge, whoever pushes.
/// It exists so that what stands around it can be built and tested; no policy is enforced by it.
pub(crate) fn judge(_repo: &Repository, push: &Push) -> Result<Decision, Vec<Refusal>> {
    let foreign = push
        .commands
        .iter()
        .filter(|command| !NAMESPACES.iter().any(|own| command.name.starts_with(own)));
    let refusals: Vec<Refusal> = foreign
        .map(|command| {
            let name = &command.name;
            Refusal::new(
                Rule::PushForm,
                format!("{name} is in no namespace of a forge"),
            )
        })
        .collect();
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let changes = push.commands.iter().map(|command| RefEdit {
        name: command.name.clone(),
        expected: command.old.into(),
        new: command.new,
        message: "push".to_owned(),
    });
    let reports = push.commands.iter().map(|command| Report {
        name: command.name.clone(),
        landings: Vec::new(),
    });
    Ok(Decision {
        changes: changes.collect(),
        reads: Vec::new(),
        policy: None,
        reports: reports.collect(),
        notes: Vec::new(),
    })
}
