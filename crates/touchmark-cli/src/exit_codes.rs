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
    /// A rule of the record or the policy does not let it happen.
    Refused = 3,
    /// The repository, object, key or person that was named is not there, or the name fits several.
    NotFound = 4,
    /// The server shows another history than this clone has seen, or another repository than it pinned.
    Alarm = 5,
    /// Verification found an event that does not count.
    Unverified = 6,
    /// The server could not be reached, or did not take what was sent; the outbox keeps it.
    Unpublished = 7,
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code as u8)
    }
}
