//! What is done, told to whoever asked for it. Nothing is kept, and while nobody asks, nothing is even put together.
//!
//! No step holds content, configuration or environment: ids, names, counts and times only.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use touchmark_core::id::ObjectId;

/// Something that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<'a> {
    /// Stock git ran.
    Git {
        /// Its command line, without configuration and without passwords in addresses.
        command: &'a str,
        /// How it ended; `None` when it could not be run to its end.
        status: Option<i32>,
    },
    /// Refs were listed.
    Refs {
        /// What their names start with.
        prefix: &'a str,
        /// How many there are.
        count: usize,
    },
    /// A log's objects were read.
    Log {
        /// Its last commit.
        tip: ObjectId,
        /// How many objects.
        objects: usize,
    },
    /// Refs were moved, in one transaction.
    Moved {
        /// Their names.
        names: Vec<&'a str>,
        /// Whether it happened.
        done: bool,
    },
    /// A log was replayed.
    Replay {
        /// Its ref.
        log: String,
        /// How many events it has.
        events: u64,
        /// How many of them do not count.
        rejected: usize,
        /// Whether a verified state was at hand, so that only newer events were judged.
        resumed: bool,
    },
}

/// Who is told, with the time that the step took.
pub type Listener = fn(&Step<'_>, Duration);

static LISTENER: OnceLock<Listener> = OnceLock::new();

/// Tells `listener` of every step of this process from now on; the first one stays.
pub fn listen(listener: Listener) {
    let _ = LISTENER.set(listener);
}

/// When a step began; nothing while nobody listens.
#[derive(Debug, Clone, Copy)]
pub struct Begun(Option<Instant>);

/// Begins a step.
pub fn begin() -> Begun {
    Begun(LISTENER.get().map(|_| Instant::now()))
}

impl Begun {
    /// Tells of the step that `step` puts together, if anybody listens.
    pub fn end<'a>(self, step: impl FnOnce() -> Step<'a>) {
        if let (Some(begun), Some(listener)) = (self.0, LISTENER.get()) {
            listener(&step(), begun.elapsed());
        }
    }
}
