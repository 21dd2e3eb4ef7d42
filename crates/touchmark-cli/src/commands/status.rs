//! `touchmark status`: what is going on, and what waits for whom.

use serde_json::{Value, json};
use touchmark_core::event::{LogType, Right};
use touchmark_core::gate::Verdicts;
use touchmark_core::log::LogName;
use touchmark_core::replay::{PrState, State, Status};

use super::pr::{Subject, code, judged};
use super::review::pending;
use crate::doctor;
use crate::facts::Receipts;
use crate::forge::{Forge, RECEIPTS, choose_remote};
use crate::globals::Globals;
use crate::index::{self, Extent, Row};
use crate::output::{Output, Style};
use crate::render::{counted, instant, visible_line};

/// No more of one's own pull requests are judged; a screen has no room for them.
const JUDGED_MAX: usize = 20;

/// Show on one screen who you are, what is not published, and what waits for whom
///
/// Your open pull requests with their gates, reviews that you are asked for, proposals that lack your endorsement,
/// drafts, and alarms. Asks no server: what others did comes with touchmark sync.
///
/// With --json: `me` (`person`, `roles`, `key`; or null), `server` (`remote`, `receipt`, `sequence`, `seconds`; or null),
/// `unpublished` (`log`, `events`), `drafts` (ids of pull requests), `mine` (`id`, `title`, `draft`, `gate`, `reasons`),
/// `reviews` (`id`, `title`, `by`), `proposals` (`id`, `title`, `by`), and `alarms` (as the findings of doctor).
#[derive(clap::Args, Debug)]
pub(crate) struct Args {}

/// One line of a section, for people and for programs.
struct Entry {
    text: String,
    value: Value,
}

/// A section's name for programs, its title for people, and what is in it.
type Section = (&'static str, &'static str, Vec<Entry>);

/// Runs the command.
///
/// # Errors
///
/// When the clone has not joined, or cannot be read.
pub(crate) fn run(_args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let (me, server) = (me(&forge), server(&forge)?);
    let sections = sections(&forge)?;
    if out.is_json() {
        let mut document = json!({"format": 1, "me": me.value, "server": server.value});
        for (name, _, entries) in sections {
            document[name] = entries.into_iter().map(|entry| entry.value).collect();
        }
        return out.json(&document);
    }
    out.line(me.text)?;
    out.line(server.text)?;
    let full: Vec<&Section> = sections
        .iter()
        .filter(|(_, _, entries)| !entries.is_empty())
        .collect();
    for (_, title, entries) in &full {
        out.line("")?;
        out.line(out.paint(Style::Bold, title))?;
        for entry in entries {
            out.line(format_args!("  {}", visible_line(&entry.text)))?;
        }
    }
    if full.is_empty() {
        out.line("nothing waits for you")?;
    }
    Ok(())
}

/// What waits; what waits for somebody only if it is known who that is.
fn sections(forge: &Forge) -> anyhow::Result<Vec<Section>> {
    let (rows, damaged) = index::pulls(forge, Extent::Live)?;
    let open: Vec<&Row> = rows
        .iter()
        .filter(|row| row.status == Status::Open)
        .collect();
    let (mut own, mut asked, mut proposed) = (Vec::new(), Vec::new(), Vec::new());
    if let Ok(me) = forge.me() {
        own = mine(forge, &me.person, &open)?;
        asked = reviews(forge, &me.person, &open)?;
        proposed = proposals(forge, &me.person)?;
    }
    Ok(vec![
        ("unpublished", "not published", unpublished(forge)?),
        ("drafts", "drafts of reviews", drafts(forge)?),
        ("mine", "your open pull requests", own),
        ("reviews", "reviews that wait for you", asked),
        (
            "proposals",
            "proposals that wait for your endorsement",
            proposed,
        ),
        ("alarms", "alarms", alarms(forge, &damaged)),
    ])
}

fn me(forge: &Forge) -> Entry {
    let me = match forge.me() {
        Ok(me) => me,
        Err(err) => {
            let text = format!("you: not known ({})", visible_line(&format!("{err:#}")));
            let value = Value::Null;
            return Entry { text, value };
        }
    };
    let roles: Vec<&str> = forge
        .policy()
        .identity(&me.person)
        .map(|identity| identity.roles.iter().map(String::as_str).collect())
        .unwrap_or_default();
    let key = me.signer.public().fingerprint();
    Entry {
        text: format!(
            "you: {} ({}), signing with {key}",
            visible_line(&me.person),
            visible_line(&roles.join(", "))
        ),
        value: json!({"key": key, "person": me.person, "roles": roles}),
    }
}

/// The remote, and how new what is here is.
fn server(forge: &Forge) -> anyhow::Result<Entry> {
    let Some(remote) = choose_remote(&forge.repo)? else {
        let text = "server: none".to_owned();
        return Ok(Entry {
            text,
            value: Value::Null,
        });
    };
    let receipts = Receipts::new(&forge.repo, forge.repo.read_ref(RECEIPTS)?);
    let latest = receipts.latest()?;
    let text = match &latest {
        Some(latest) => format!(
            "server: {remote}, at receipt {} of {}",
            latest.sequence,
            instant(latest.seconds, forge.now())
        ),
        None => format!("server: {remote}, which keeps no receipts"),
    };
    let value = json!({
        "receipt": latest.as_ref().map(|latest| latest.id),
        "remote": remote,
        "seconds": latest.as_ref().map(|latest| latest.seconds),
        "sequence": latest.as_ref().map(|latest| latest.sequence),
    });
    let text = visible_line(&text);
    Ok(Entry { text, value })
}

fn unpublished(forge: &Forge) -> anyhow::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for log in forge.outbox()? {
        let events = forge.unpublished_count(&log)?;
        if events > 0 {
            entries.push(Entry {
                text: format!("{log}: {} (touchmark sync)", counted(events, "event")),
                value: json!({"events": events, "log": log.to_string()}),
            });
        }
    }
    Ok(entries)
}

fn drafts(forge: &Forge) -> anyhow::Result<Vec<Entry>> {
    let ids = pending::all(&forge.repo)?;
    let entries = ids.into_iter().map(|id| Entry {
        text: format!("{} (touchmark review status {0})", id.short()),
        value: json!(id),
    });
    Ok(entries.collect())
}

fn mine(forge: &Forge, person: &str, open: &[&Row]) -> anyhow::Result<Vec<Entry>> {
    let remote = choose_remote(&forge.repo)?;
    let own = open.iter().filter(|row| row.author == person);
    let mut entries = Vec::new();
    for row in own.take(JUDGED_MAX) {
        let subject = Subject::load(forge, LogName::Pr(row.id))?;
        let target = &subject.state()?.target;
        let tip = code::target_tip(&forge.repo, remote.as_deref(), target).ok();
        // What is wrong with one must not hide the others.
        let reasons: Vec<String> = match judged::judge(forge, &subject, tip) {
            Ok(judged) => match judged.verdicts {
                Verdicts::Open { .. } => Vec::new(),
                Verdicts::Shut(reasons) => reasons.iter().map(ToString::to_string).collect(),
            },
            Err(err) => vec![format!("{err:#}")],
        };
        let gate = match reasons.as_slice() {
            [] => "can be merged".to_owned(),
            [only] => only.clone(),
            [first, rest @ ..] => format!("{first}, and {} more", rest.len()),
        };
        let draft = if row.draft { " (draft)" } else { "" };
        entries.push(Entry {
            text: format!("{}  {}{draft}: {gate}", row.id.short(), row.title),
            value: json!({
                "draft": row.draft,
                "gate": reasons.is_empty(),
                "id": row.id,
                "reasons": reasons,
                "title": row.title,
            }),
        });
    }
    Ok(entries)
}

/// Whether the person or a team of theirs is asked for a review.
fn asked(forge: &Forge, row: &Row, person: &str) -> bool {
    let parties = row.reviewers.iter().cloned().collect();
    forge.policy().names(&parties, person)
}

/// Where the person or a team of theirs is asked, and has said nothing on the latest revision.
fn reviews(forge: &Forge, person: &str, open: &[&Row]) -> anyhow::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for row in open {
        if row.author == person || row.draft || !asked(forge, row, person) {
            continue;
        }
        let outcome = forge.summary(&LogName::Pr(row.id))?;
        if matches!(&outcome.state, Some(State::Pr(state)) if !has_said(state, person)) {
            entries.push(Entry {
                text: format!("{}  {}, by {}", row.id.short(), row.title, row.author),
                value: json!({"by": row.author, "id": row.id, "title": row.title}),
            });
        }
    }
    Ok(entries)
}

fn has_said(state: &PrState, person: &str) -> bool {
    let latest = state.latest().map(|revision| revision.number);
    let given = state.verdicts.get(person).map(|given| given.revision);
    given.is_some() && given == latest
}

fn proposals(forge: &Forge, person: &str) -> anyhow::Result<Vec<Entry>> {
    let newest = forge.policies.latest().map(|(id, _)| id);
    let mut entries = Vec::new();
    if !forge.policy().grants(person, Right::Endorse) {
        return Ok(entries);
    }
    for log in forge.logs(LogType::Proposal)? {
        let Some(State::Proposal(state)) = forge.load(&log)?.state else {
            continue;
        };
        let waits = state.status == Status::Open
            && Some(state.policy) == newest
            && !state.stances.contains_key(person);
        if let (true, Some(id)) = (waits, log.root()) {
            let title = &state.title;
            entries.push(Entry {
                text: format!(
                    "{}  {title}, by {} (touchmark policy endorse {0})",
                    id.short(),
                    state.author
                ),
                value: json!({"by": state.author, "id": id, "title": title}),
            });
        }
    }
    Ok(entries)
}

fn alarms(forge: &Forge, damaged: &[String]) -> Vec<Entry> {
    let findings = doctor::glance(forge).into_iter().map(|found| {
        let mend = found.remedies.first().map(|remedy| format!(" ({remedy})"));
        Entry {
            text: format!(
                "{}: {}{}",
                found.level.word(),
                found.text,
                mend.unwrap_or_default()
            ),
            value: super::doctor::as_json(&found),
        }
    });
    let damaged = damaged.iter().map(|text| Entry {
        text: text.clone(),
        value: json!({"check": "logs", "level": "problem", "remedies": ["touchmark verify --all"], "text": text, "why": null}),
    });
    findings.chain(damaged).collect()
}
