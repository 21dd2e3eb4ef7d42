//! What an object is linked to, and what is linked to it.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use touchmark_core::closing::closes;
use touchmark_core::event::Relation;
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_core::replay::{Link, State};

use super::Object;
use crate::forge::Forge;
use crate::index::{self, Extent, Kind};

/// Which of two objects names the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Direction {
    /// This one names the other.
    To,
    /// The other one names this.
    From,
}

/// One link, seen from one of its ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Linked {
    direction: Direction,
    relation: Relation,
    object: ObjectId,
    /// What the other one is: `pull request` or `issue`, and its title; `None` when it is not here.
    other: Option<(&'static str, String)>,
}

impl Linked {
    /// As a person reads it.
    pub(crate) fn line(&self) -> String {
        let words = match (self.direction, self.relation) {
            (Direction::To, relation) => match relation {
                Relation::Blocks => "blocks",
                Relation::Duplicates => "duplicates",
                Relation::Fixes => "fixes",
                Relation::Relates => "relates to",
            },
            (Direction::From, relation) => match relation {
                Relation::Blocks => "is blocked by",
                Relation::Duplicates => "is duplicated by",
                Relation::Fixes => "is fixed by",
                Relation::Relates => "is related to by",
            },
        };
        match &self.other {
            Some((what, title)) => format!("{words} {what} {}: {title}", self.object.short()),
            None => format!("{words} {}, which is not here", self.object.short()),
        }
    }

    /// As a program reads it.
    pub(crate) fn document(&self) -> Value {
        json!({
            "direction": match self.direction {
                Direction::To => "to",
                Direction::From => "from",
            },
            "object": self.object,
            "relation": self.relation.word(),
            "title": self.other.as_ref().map(|(_, title)| title),
            "type": self.other.as_ref().map(|(what, _)| what),
        })
    }
}

/// The links of the object to others, and those of others to it.
///
/// # Errors
///
/// When the repository cannot be read.
pub(crate) fn around(forge: &Forge, object: &Object) -> anyhow::Result<Vec<Linked>> {
    let mut found = BTreeSet::new();
    for link in of(forge, object.outcome.state.as_ref())? {
        found.insert(Linked {
            direction: Direction::To,
            relation: link.relation,
            object: link.object,
            other: other(forge, link.object)?,
        });
    }
    let number = forge.number_of(object.id)?;
    let naming = index::ask(forge, Extent::Live, &Kind::ALL, |index| {
        index.naming(object.id, number)
    })?;
    // The index says where to look; what counts is in the logs.
    for row in naming {
        let Ok(outcome) = forge.summary_at(&row.log(), row.tip) else {
            continue;
        };
        let names = of(forge, outcome.state.as_ref())?;
        let here = names.iter().filter(|link| link.object == object.id);
        found.extend(here.map(|link| Linked {
            direction: Direction::From,
            relation: link.relation,
            object: row.id,
            other: Some((row.kind.noun(), row.title.clone())),
        }));
    }
    Ok(found.into_iter().collect())
}

/// What a linked object is, and its title; `None` when it is not here.
fn other(forge: &Forge, id: ObjectId) -> anyhow::Result<Option<(&'static str, String)>> {
    for log in [LogName::Pr(id), LogName::Issue(id)] {
        if forge.tip(&log)?.is_some()
            && let Ok(outcome) = forge.summary(&log)
        {
            let title = title(outcome.state.as_ref());
            return Ok(what(&log).map(|what| (what, title)));
        }
    }
    Ok(None)
}

/// The links that an object's own record has: those that were set, and those that a pull request's text says (`Fixes #12`).
///
/// # Errors
///
/// When the receipts, which know the numbers, cannot be read.
pub(crate) fn of(forge: &Forge, state: Option<&State>) -> anyhow::Result<BTreeSet<Link>> {
    let (mut links, text) = match state {
        Some(State::Pr(state)) => (state.links.clone(), state.description.as_deref()),
        Some(State::Issue(state)) => (state.links.clone(), None),
        _ => Default::default(),
    };
    for number in closes(text.unwrap_or_default()) {
        links.extend(forge.object_numbered(number)?.map(|object| Link {
            object,
            relation: Relation::Fixes,
        }));
    }
    Ok(links)
}

const fn what(log: &LogName) -> Option<&'static str> {
    match log {
        LogName::Pr(_) => Some("pull request"),
        LogName::Issue(_) => Some("issue"),
        _ => None,
    }
}

fn title(state: Option<&State>) -> String {
    match state {
        Some(State::Pr(state)) => state.title.clone(),
        Some(State::Issue(state)) => state.title.clone(),
        _ => String::new(),
    }
}
