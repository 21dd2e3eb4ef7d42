//! A change of the policy on its way: proposed, and where one may and it is enough, endorsed and recorded at once.

use serde_json::{Value, json};
use touchmark_core::decide::policy::{self, Draft};
use touchmark_core::event::Stance;
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_core::replay::{Share, Tally};

use super::input;
use super::words;
use crate::forge::{Forge, Published};
use crate::output::Output;
use crate::render::visible_line;

/// A title is shortened to this many bytes when it is made from what changed.
const TITLE_MAX_LEN: usize = 200;

/// What is to change.
pub(crate) struct Change {
    /// The new files.
    pub(crate) draft: Draft,
    /// The proposal's title; made from what changed when there is none.
    pub(crate) title: Option<String>,
    /// Why.
    pub(crate) body: Option<String>,
    /// Whether to endorse and record it at once, as far as that is possible.
    pub(crate) record: bool,
}

/// Proposes the change, records it if that is wanted and it has what it takes, and says what is missing.
///
/// # Errors
///
/// The files are not well formed, or a refusal.
pub(crate) fn make(forge: &Forge, out: &Output, change: Change) -> anyhow::Result<()> {
    let before = forge.policy();
    let after = input::check(&change.draft, Some(before))?;
    let changes = words::changes(before, &after);
    let title = change.title.unwrap_or_else(|| title(&changes));
    let me = forge.me()?;
    let log = forge.propose(&change.draft, &title, change.body)?;
    if change.record && before.admins().contains(me.person.as_str()) {
        forge.endorse(&log, Stance::Endorse, None)?;
    }
    let published = forge.publish_in_detail(&log)?.published;
    let outcome = forge.load(&log)?;
    let version = policy::proposal(&outcome)?.version;
    let given = policy::given(&outcome, &forge.objects(&log)?)?;
    let tally = forge.tally(&change.draft, &given)?;
    let id = log.root().unwrap_or(outcome.tip);
    let recorded = if change.record && tally.require().is_ok() {
        Some(forge.record_version(&change.draft, &given, Some(id), None)?)
    } else {
        None
    };
    let published = match recorded {
        Some(_) => forge.publish_in_detail(&LogName::Policy)?.published,
        None => published,
    };
    let made = Made {
        id,
        title,
        version,
        changes,
        tally,
        recorded,
        published,
    };
    made.say(change.record, out)
}

fn title(changes: &[String]) -> String {
    let mut title = changes.join("; ");
    if title.is_empty() {
        return "Change the words of the policy".to_owned();
    }
    if title.len() > TITLE_MAX_LEN {
        let more = changes.len().saturating_sub(1);
        title = changes.first().cloned().unwrap_or_default();
        title.truncate(title.floor_char_boundary(TITLE_MAX_LEN));
        title.push_str(&format!("; and {more} more"));
    }
    title
}

/// What came of a change.
struct Made {
    id: ObjectId,
    title: String,
    version: u32,
    changes: Vec<String>,
    tally: Tally,
    recorded: Option<ObjectId>,
    published: Published,
}

impl Made {
    fn say(&self, wanted: bool, out: &Output) -> anyhow::Result<()> {
        if out.is_json() {
            out.json(&json!({
                "changes": self.changes,
                "endorsed": tally_json(&self.tally),
                "format": 1,
                "proposal": self.id,
                "published": self.published.word(),
                "recorded": self.recorded,
                "title": self.title,
                "version": self.version,
            }))?;
        } else {
            self.say_in_words(out)?;
        }
        if self.recorded.is_none() {
            let id = self.id.short();
            if wanted {
                out.note(format_args!("not recorded yet: {}", missing(&self.tally)));
            }
            out.hint(format_args!(
                "an admin: touchmark policy endorse {id}; when that is enough: touchmark policy record {id}"
            ));
        }
        if let Published::Kept(why) = &self.published {
            out.note(format_args!("not published: {why}; later: touchmark sync"));
        }
        Ok(self.published.require()?)
    }

    fn say_in_words(&self, out: &Output) -> anyhow::Result<()> {
        let (version, id) = (self.version, self.id.short());
        let title = visible_line(&self.title);
        out.line(format_args!(
            "proposed version {version} of the policy, {id}: {title}"
        ))?;
        for change in &self.changes {
            out.line(format_args!("  {}", visible_line(change)))?;
        }
        if self.recorded.is_some() {
            out.line(format_args!("recorded version {version} of the policy"))?;
        }
        Ok(())
    }
}

/// Who endorses, and who is missing, in a line.
pub(crate) fn missing(tally: &Tally) -> String {
    let mut parts = vec![share("admins", &tally.before)];
    if let Some(after) = &tally.after {
        parts.push(share("admins of the new version", after));
    }
    if let Some(recovery) = tally
        .recovery
        .as_ref()
        .filter(|share| !share.given.is_empty())
    {
        parts.push(share("people who may stand in for them", recovery));
    }
    parts.join("; ")
}

fn share(what: &str, share: &Share) -> String {
    let (given, needed) = (share.given.len(), share.needed);
    let who: Vec<&str> = share.given.iter().map(String::as_str).collect();
    let by = match who.is_empty() {
        true => String::new(),
        false => format!(" ({})", who.join(", ")),
    };
    let left: Vec<&str> = share
        .eligible
        .difference(&share.given)
        .map(String::as_str)
        .collect();
    let ask = match share.is_met() || left.is_empty() {
        true => String::new(),
        false => format!(", ask {}", left.join(", ")),
    };
    format!("{given} of {needed} {what} endorsed it{by}{ask}")
}

/// The tally for JSON.
pub(crate) fn tally_json(tally: &Tally) -> Value {
    let share = |share: &Share| {
        json!({
            "eligible": share.eligible,
            "given": share.given,
            "needed": share.needed,
        })
    };
    json!({
        "after": tally.after.as_ref().map(share),
        "before": share(&tally.before),
        "enough": tally.require().is_ok(),
        "recovery": tally.recovery.as_ref().map(share),
    })
}
