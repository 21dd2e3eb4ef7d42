//! Exit codes. Scripts depend on them: a code is never given another meaning.

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ExitCode {
    /// It did what was asked.
    Success = 0,
    /// It failed for a reason that has no code of its own.
    Failure = 1,
    /// The command line is wrong.
    Usage = 2,
    /// A rule does not let it happen.
    Refused = 3,
    /// Something that was named is not there.
    NotFound = 4,
    /// The server is not to be believed.
    Alarm = 5,
    /// An event does not count.
    Unverified = 6,
    /// The server does not have it.
    Unpublished = 7,
}

impl ExitCode {
    /// All of them in order.
    pub(crate) const ALL: [Self; 8] = [
        Self::Success,
        Self::Failure,
        Self::Usage,
        Self::Refused,
        Self::NotFound,
        Self::Alarm,
        Self::Unverified,
        Self::Unpublished,
    ];

    /// What the manual says.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Success => "it did what was asked",
            Self::Failure => "it failed for a reason that has no code of its own",
            Self::Usage => "the command line is wrong",
            Self::Refused => "a rule of the record or the policy does not let it happen",
            Self::NotFound => {
                "the repository, object, key or person that was named is not there, or the name fits several"
            }
            Self::Alarm => {
                "the server shows another history than this clone has seen, or another repository than it pinned"
            }
            Self::Unverified => "verification found an event that does not count",
            Self::Unpublished => {
                "the server could not be reached, or did not take what was sent; what was signed stays in the outbox"
            }
        }
    }

    /// Its name in JSON, where a number would say little.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Usage => "usage",
            Self::Refused => "refused",
            Self::NotFound => "not-found",
            Self::Alarm => "alarm",
            Self::Unverified => "unverified",
            Self::Unpublished => "unpublished",
        }
    }

    /// The manual's section on exit codes.
    pub(crate) fn manual() -> String {
        let mut manual = String::from("Exit status:\n");
        for code in Self::ALL {
            manual.push_str(&format!("  {}  {}\n", code as u8, code.text()));
        }
        manual
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code as u8)
    }
}
