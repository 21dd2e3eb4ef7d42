//! `--trace`: what is loaded and decided, one JSON object a line on standard error.

use std::time::Duration;

use serde_json::{Value, json};
use touchmark_git::trace::{self, Step};

use crate::output::Output;

/// Tells standard error of every step from now on.
pub(crate) fn start() {
    trace::listen(tell);
}

fn tell(step: &Step<'_>, took: Duration) {
    let mut line = line(step);
    if let Some(fields) = line.as_object_mut() {
        let microseconds = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        fields.insert("took_us".to_owned(), json!(microseconds));
    }
    Output::plain().note_json(&line);
}

fn line(step: &Step<'_>) -> Value {
    match step {
        Step::Git { command, status } => {
            json!({"command": command, "status": status, "trace": "git"})
        }
        Step::Refs { prefix, count } => json!({"count": count, "prefix": prefix, "trace": "refs"}),
        Step::Log { tip, objects } => json!({"objects": objects, "tip": tip, "trace": "log"}),
        Step::Moved { names, done } => json!({"done": done, "names": names, "trace": "moved"}),
        Step::Replay {
            log,
            events,
            rejected,
            resumed,
        } => json!({
            "events": events,
            "log": log,
            "rejected": rejected,
            "resumed": resumed,
            "trace": "replay",
        }),
    }
}
