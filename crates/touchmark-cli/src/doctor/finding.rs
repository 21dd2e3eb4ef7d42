//! One finding of a check.

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// As it should be.
    Ok,
    /// Nobody looked, and why is said.
    Skipped,
    /// Works, and will surprise somebody.
    Warning,
    /// Does not work, or may not be relied on.
    Problem,
    /// The server is not to be believed.
    Alarm,
}

impl Level {
    /// Its word, for people and in JSON.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Skipped => "skipped",
            Self::Warning => "warning",
            Self::Problem => "problem",
            Self::Alarm => "alarm",
        }
    }
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The check.
    pub(crate) check: &'static str,
    /// How much it matters.
    pub(crate) level: Level,
    /// What is so: lower case, no full stop.
    pub(crate) text: String,
    /// Why that matters; nothing where the text says it.
    pub(crate) why: Option<&'static str>,
    /// Commands that mend it, the best first; nothing where there is nothing to mend.
    pub(crate) remedies: Vec<String>,
}

impl Finding {
    fn new(level: Level, text: impl Into<String>) -> Self {
        Self {
            check: "",
            level,
            text: text.into(),
            why: None,
            remedies: Vec::new(),
        }
    }

    /// Something is as it should be.
    pub(super) fn ok(text: impl Into<String>) -> Self {
        Self::new(Level::Ok, text)
    }

    /// Nobody looked.
    pub(super) fn skipped(text: impl Into<String>) -> Self {
        Self::new(Level::Skipped, text)
    }

    /// Something will surprise somebody.
    pub(super) fn warning(text: impl Into<String>) -> Self {
        Self::new(Level::Warning, text)
    }

    /// Something does not work.
    pub(super) fn problem(text: impl Into<String>) -> Self {
        Self::new(Level::Problem, text)
    }

    /// The server is not to be believed.
    pub(super) fn alarm(text: impl Into<String>) -> Self {
        Self::new(Level::Alarm, text)
    }

    /// Says why it matters.
    pub(super) const fn because(mut self, why: &'static str) -> Self {
        self.why = Some(why);
        self
    }

    /// Adds a command that mends it.
    pub(super) fn mend(mut self, command: impl Into<String>) -> Self {
        self.remedies.push(command.into());
        self
    }

    /// Names the check.
    pub(super) const fn of(mut self, check: &'static str) -> Self {
        self.check = check;
        self
    }
}
