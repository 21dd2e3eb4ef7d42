//! The facts for an inbox: objects from the index, their states from their logs, gates where they matter.

use touchmark_core::gate::Verdicts;
use touchmark_core::policy::{Action, Policy};
use touchmark_core::refusal::Refusal;
use touchmark_core::replay::{State, Status};
use touchmark_core::turn::{self, Entry, Known, Reader};

use super::seen;
use crate::commands::listing::Asker;
use crate::commands::pr::judged::judge;
use crate::commands::pr::{Subject, code};
use crate::forge::{Forge, choose_remote};
use crate::index::{self, Extent, Kind, Row};
use crate::output::Output;
use crate::render;
use touchmark_core::event::RefName;

/// How long closed objects are news.
const NEWS_SECONDS: i64 = 30 * 24 * 60 * 60;

/// An object in the inbox.
pub(super) struct Item {
    pub(super) row: Row,
    pub(super) entry: Entry,
}

/// Everything in the inbox of the person who asks, by section, the newest first in each.
///
/// # Errors
///
/// When the repository cannot be read; what is damaged is only warned of.
pub(super) fn gather(forge: &Forge, asker: &Asker, out: &Output) -> anyhow::Result<Vec<Item>> {
    let since = forge.now().saturating_sub(NEWS_SECONDS);
    let (rows, damaged) = index::ask(forge, Extent::Live, &Kind::ALL, |index| {
        Ok((index.current(since)?, index.damaged.clone()))
    })?;
    for damaged in &damaged {
        out.warn(render::visible_line(damaged));
    }
    let remote = choose_remote(&forge.repo)?;
    let mut items = Vec::new();
    for row in rows {
        let concerned = asker.is_among(&row.concerned);
        if !concerned && !may_land(forge.policy(), asker, &row) {
            continue;
        }
        match entry(forge, asker, &row, remote.as_deref()) {
            Ok(Some(entry)) => items.push(Item { row, entry }),
            Ok(None) => {}
            Err(err) => out.warn(format_args!("{} is left out: {err:#}", row.name())),
        }
    }
    items.sort_by(|one, other| {
        let order = one.entry.section.cmp(&other.entry.section);
        order
            .then_with(|| other.row.updated.cmp(&one.row.updated))
            .then_with(|| one.row.id.cmp(&other.row.id))
    });
    Ok(items)
}

/// Whether the row looks like something that the person may merge; the gate says whether they can.
fn may_land(policy: &Policy, asker: &Asker, row: &Row) -> bool {
    let fits = row.kind == Kind::Pull
        && row.status == Status::Open
        && !row.draft
        && row.objected.is_empty();
    if !fits {
        return false;
    }
    let (rule, _) = policy.rules.branch(row.branch());
    (rule.approvals == 0 || !row.approved.is_empty()) && may_merge(policy, asker, &row.target)
}

fn may_merge(policy: &Policy, asker: &Asker, target: &str) -> bool {
    let target = RefName::parse(target);
    target.is_some_and(|target| policy.can(&asker.name, Action::Merge(&target)).allowed)
}

fn entry(
    forge: &Forge,
    asker: &Asker,
    row: &Row,
    remote: Option<&str>,
) -> anyhow::Result<Option<Entry>> {
    let outcome = forge.replay_to(&row.log(), row.tip)?;
    let Some(state) = &outcome.state else {
        return Ok(None);
    };
    let may_merge = may_merge(forge.policy(), asker, &row.target);
    let mine = row.author == asker.name;
    let asked = mine || may_land(forge.policy(), asker, row);
    let against = match state {
        State::Pr(_) if asked && row.status == Status::Open => against(forge, row, remote),
        _ => None,
    };
    let last_by = last_by(forge, row)?;
    let known = Known {
        against: against.as_deref(),
        may_merge,
        last_by: last_by.as_deref(),
    };
    let reader = Reader {
        name: &asker.name,
        policy: forge.policy(),
    };
    let seen = seen::keys(&forge.repo, &asker.name, row.id);
    Ok(turn::entry(reader, state, row.tip, known, &seen))
}

/// What the gate has against it; `None` when the code is not here, which says nothing of it.
fn against(forge: &Forge, row: &Row, remote: Option<&str>) -> Option<Vec<Refusal>> {
    let target = RefName::parse(&row.target)?;
    let tip = code::target_tip(&forge.repo, remote, &target).ok()?;
    let subject = Subject::load(forge, row.log()).ok()?;
    match judge(forge, &subject, Some(tip)).ok()?.verdicts {
        Verdicts::Open { .. } => Some(Vec::new()),
        Verdicts::Shut(refusals) => Some(refusals),
    }
}

/// The person who made the last event, by the address in it; the event is verified.
fn last_by(forge: &Forge, row: &Row) -> anyhow::Result<Option<String>> {
    let max = touchmark_git::Budget::default().max_commit_bytes;
    let Some((_, data)) = forge.repo.read(row.tip, max)? else {
        return Ok(None);
    };
    let line = data
        .split(|byte| *byte == b'\n')
        .find_map(|line| line.strip_prefix(b"author "))
        .and_then(|line| std::str::from_utf8(line).ok());
    let email = line.and_then(|line| {
        line.split_once('<')?
            .1
            .split_once('>')
            .map(|(email, _)| email)
    });
    let people = forge.policy().people.iter();
    let found = email.and_then(|email| {
        people
            .into_iter()
            .find(|(_, person)| person.emails.contains(email))
    });
    Ok(found.map(|(name, _)| name.clone()))
}
