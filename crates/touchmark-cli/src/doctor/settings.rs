//! Whether the settings can be used.

use super::{Clone, Finding};
use crate::settings;

/// What is wrong with each.
pub(super) fn settings(clone: &Clone<'_>) -> anyhow::Result<Vec<Finding>> {
    let (_, faults) = settings::load(&clone.globals.directory);
    if faults.is_empty() {
        return Ok(vec![Finding::ok("the settings can be used")]);
    }
    let finding = |fault: settings::Fault| {
        Finding::problem(format!("{}: {}", fault.place, fault.text))
            .because("every other command stops at it")
            .mend(fault.remedy)
    };
    Ok(faults.into_iter().map(finding).collect())
}
