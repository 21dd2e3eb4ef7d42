//! Events that are signed and that the server does not have.

use super::{Clone, Finding};
use crate::render::{counted, visible_line};

/// The logs with unpublished events.
pub(super) fn outbox(clone: &Clone<'_>) -> anyhow::Result<Vec<Finding>> {
    let Some(forge) = clone.forge else {
        return Ok(vec![Finding::skipped("the clone has not joined")]);
    };
    let mut events = 0;
    let mut names = Vec::new();
    for log in forge.outbox()? {
        let count = forge.unpublished_count(&log)?;
        if count > 0 {
            events += count;
            names.push(visible_line(&log.to_string()));
        }
    }
    if names.is_empty() {
        return Ok(vec![Finding::ok(
            "everything that was signed here is published",
        )]);
    }
    let finding = Finding::warning(format!(
        "{} not published: {}",
        counted(events, "event"),
        names.join(", ")
    ))
    .because("nobody else sees them, and no gate counts them")
    .mend("touchmark sync");
    Ok(vec![finding])
}
