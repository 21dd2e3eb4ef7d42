//! Recording an event and sending it off: the end of every command that changes something.

use serde_json::{Value, json};
use touchmark_core::decide::{Command, Files};
use touchmark_core::event::Payload;
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;

use crate::forge::{Forge, Published};
use crate::output::Output;

/// A command without files whose subject is computed.
pub(crate) const fn plain(payload: Payload, body: Option<String>) -> Command {
    Command {
        payload,
        subject: None,
        body,
        files: Files::None,
    }
}

/// A command without files whose subject is the person's own.
pub(crate) const fn titled(payload: Payload, title: String, body: Option<String>) -> Command {
    Command {
        payload,
        subject: Some(title),
        body,
        files: Files::None,
    }
}

/// Decides, signs and records the command, publishes it, and says so.
///
/// # Errors
///
/// A refusal, or what went wrong on the way.
pub(crate) fn record(
    forge: &Forge,
    out: &Output,
    log: &LogName,
    command: Command,
    said: &str,
) -> anyhow::Result<()> {
    let event = forge.write(log, command)?;
    publish(forge, out, log, event, said)
}

/// Publishes what was recorded as `event`, and says so.
///
/// # Errors
///
/// When the server did not take it; the event stays in the outbox then, and what was done is said all the same.
pub(crate) fn publish(
    forge: &Forge,
    out: &Output,
    log: &LogName,
    event: ObjectId,
    said: &str,
) -> anyhow::Result<()> {
    publish_with(forge, out, log, event, said, json!({}))
}

/// As [`publish`], with more fields in the JSON.
///
/// # Errors
///
/// As of [`publish`].
pub(crate) fn publish_with(
    forge: &Forge,
    out: &Output,
    log: &LogName,
    event: ObjectId,
    said: &str,
    mut document: Value,
) -> anyhow::Result<()> {
    let publication = forge.publish_in_detail(log)?;
    // After a race the event was made again on what others had published, and has another id.
    let event = publication.renamed.get(&event).copied().unwrap_or(event);
    let published = publication.published;
    if out.is_json() {
        document["event"] = json!(event);
        document["format"] = json!(1);
        document["log"] = json!(log.to_string());
        document["published"] = json!(published.word());
        out.json(&document)?;
    } else {
        out.line(said)?;
    }
    if let Published::Kept(why) = &published {
        out.note(format_args!("not published: {why}; later: touchmark sync"));
    }
    Ok(published.require()?)
}
