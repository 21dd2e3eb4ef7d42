//! Pull requests, one to a line.

use touchmark_core::id::ObjectId;
use touchmark_core::replay::{PrState, Status};

use super::{counted, visible_line};

/// One line for each pull request: id, state, title, and what makes it stand out.
pub(crate) fn list(requests: &[(ObjectId, &PrState)]) -> String {
    requests.iter().map(|(id, state)| row(id, state)).collect()
}

fn row(id: &ObjectId, state: &PrState) -> String {
    let mut facts = vec![format!("by {}", state.author)];
    if state.revisions.len() > 1 {
        facts.push(counted(state.revisions.len(), "revision"));
    }
    if !state.labels.is_empty() {
        let labels: Vec<&str> = state.labels.iter().map(String::as_str).collect();
        facts.push(labels.join(", "));
    }
    format!(
        "{}  {:<6}  {}  ({})\n",
        id.short(),
        word(state),
        visible_line(&state.title),
        visible_line(&facts.join("; ")),
    )
}

/// Where a pull request stands, in a word.
pub(crate) const fn word(state: &PrState) -> &'static str {
    match state.status {
        Status::Open if state.draft => "draft",
        status => status.word(),
    }
}
