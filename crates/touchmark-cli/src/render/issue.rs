//! A whole issue.

use touchmark_core::replay::{Deleted, IssueState, Reactions, Rejected, Status};

use super::thread::{Thread, thread};
use super::{indented, visible, visible_line};

/// Everything that there is to say about an issue. `links` are its links to others and theirs to it, one a line.
pub(crate) fn issue(
    called: &str,
    state: &IssueState,
    rejected: &[Rejected],
    links: &[String],
    threads: &[Thread<'_>],
) -> String {
    let mut shown = heading(called, state);
    for rejected in rejected {
        let refusal = visible_line(&rejected.refusal.to_string());
        let event = rejected.event.short();
        shown.push_str(&format!("damaged: event {event}: {refusal}\n"));
    }
    if let Some(deleted) = &state.deleted {
        shown.push_str(&deletion(deleted));
    }
    if let Some(description) = &state.description {
        shown.push_str(&format!("\n{}", indented(&visible(description), 4)));
    }
    shown.push_str(&reactions(&state.reactions, 0));
    if !links.is_empty() {
        shown.push_str("\nlinks\n");
        for link in links {
            shown.push_str(&format!("  {}\n", visible_line(link)));
        }
    }
    if let Some(closed) = state
        .closed
        .as_ref()
        .filter(|_| state.status == Status::Closed)
    {
        shown.push_str(&format!("\nclosed by {}\n", visible_line(&closed.by)));
        if let Some(note) = &closed.note {
            shown.push_str(&indented(&visible(note), 2));
        }
    }
    if !threads.is_empty() {
        shown.push_str("\ndiscussion\n");
    }
    for one in threads {
        shown.push_str(&format!("\n{}", thread(one)));
    }
    shown
}

fn heading(called: &str, state: &IssueState) -> String {
    let word = match state.deleted {
        Some(_) => "deleted",
        None => state.status.word(),
    };
    let mut shown = format!(
        "{called}: {}\n{word} · by {}\n",
        visible_line(&state.title),
        visible_line(&state.author)
    );
    for (name, values) in [("labels", &state.labels), ("assigned", &state.assignees)] {
        if !values.is_empty() {
            let values: Vec<String> = values.iter().map(|value| visible_line(value)).collect();
            shown.push_str(&format!("{name}: {}\n", values.join(", ")));
        }
    }
    shown
}

fn deletion(deleted: &Deleted) -> String {
    let mut shown = format!("\ndeleted by {}\n", visible_line(&deleted.by));
    if let Some(note) = &deleted.note {
        shown.push_str(&indented(&visible(note), 2));
    }
    shown
}

/// Who reacted and how, in a line; nothing when nobody did.
pub(super) fn reactions(reactions: &Reactions, indent: usize) -> String {
    if reactions.is_empty() {
        return String::new();
    }
    let each: Vec<String> = reactions
        .iter()
        .map(|(reaction, people)| {
            let people: Vec<String> = people.iter().map(|name| visible_line(name)).collect();
            format!("{reaction} ({})", people.join(", "))
        })
        .collect();
    indented(&format!("reactions: {}\n", each.join(", ")), indent)
}
