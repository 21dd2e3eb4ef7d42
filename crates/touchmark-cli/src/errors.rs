//! The one place where errors become a message, hints and an exit code.

use std::fmt;

use touchmark_core::event::Rule;
use touchmark_core::refusal::Refusal;
use touchmark_git::{GitError, LoadError, OpenError, TrustError};

use crate::exit_codes::ExitCode;
use crate::output::Output;
use crate::render::visible;

/// A failure that the program itself found: what failed and why, what to do, and how to end.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    hints: Vec<String>,
    code: ExitCode,
}

impl Failure {
    /// A failure with its message: lower case, no full stop, naming what it is about.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hints: Vec::new(),
            code: ExitCode::Failure,
        }
    }

    /// Adds what to do; the commands of several hints are alternatives.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The code to end with.
    pub(crate) const fn code(&self) -> ExitCode {
        self.code
    }

    /// Ends the program with this code.
    #[must_use]
    pub(crate) const fn exit(mut self, code: ExitCode) -> Self {
        self.code = code;
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// Several refusals of one command.
#[derive(Debug)]
pub(crate) struct Refusals(pub(crate) Vec<Refusal>);

impl fmt::Display for Refusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, refusal) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{}", refusal.reason)?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusals {}

/// Prints an error with its hints and returns the code to end with.
pub(crate) fn report(error: &anyhow::Error, out: &Output) -> ExitCode {
    if let Some(Refusals(refusals)) = error.downcast_ref() {
        for refusal in refusals {
            report_refusal(refusal, &refusal.to_string(), out);
        }
        return ExitCode::Refused;
    }
    if let Some(refusal) = find::<Refusal>(error) {
        report_refusal(refusal, &format!("{error:#}"), out);
        return ExitCode::Refused;
    }
    out.error(visible(&format!("{error:#}")));
    let (hints, code) = classify(error);
    for hint in hints {
        out.hint(visible(&hint));
    }
    code
}

fn report_refusal(refusal: &Refusal, message: &str, out: &Output) {
    out.error(visible(message));
    for id in &refusal.evidence {
        out.note(format_args!("  see {id}"));
    }
    if let Some(hint) = refusal.fix.clone().or_else(|| hint_for(refusal.rule)) {
        out.hint(visible(&hint));
    }
}

fn find<E: std::error::Error + 'static>(error: &anyhow::Error) -> Option<&E> {
    error.chain().find_map(|cause| cause.downcast_ref())
}

/// Hints and exit code of an error that is no refusal.
fn classify(error: &anyhow::Error) -> (Vec<String>, ExitCode) {
    let one = |hint: &str| vec![hint.to_owned()];
    if let Some(failure) = find::<Failure>(error) {
        return (failure.hints.clone(), failure.code);
    }
    if let Some(TrustError::OtherRoot { .. }) = find(error) {
        let hint = "ask the person who gave you the repository's id what happened; do not push";
        return (one(hint), ExitCode::Alarm);
    }
    if let Some(OpenError::NotARepository { .. }) = find(error) {
        let hint = "go to a clone, name one with -C DIR, or make one: git init";
        return (one(hint), ExitCode::NotFound);
    }
    match find(error) {
        Some(LoadError::Missing { .. }) => return (one("touchmark sync"), ExitCode::Failure),
        Some(LoadError::Shallow { .. }) => {
            return (one("git fetch --unshallow"), ExitCode::Failure);
        }
        _ => {}
    }
    if let Some(GitError::Start { .. }) = find(error) {
        return (one("install git 2.34 or later"), ExitCode::Failure);
    }
    (Vec::new(), ExitCode::Failure)
}

/// What to do about a broken rule when the refusal does not say it itself.
fn hint_for(rule: Rule) -> Option<String> {
    let hint = match rule {
        Rule::SignerUnknown => "touchmark join (says what to send to an admin)",
        Rule::SignerRetired => "choose a key that is in use: --key PATH",
        Rule::SignerEmail => {
            "git config user.email ADDRESS, with an address of yours in the policy"
        }
        Rule::RightMissing => {
            "ask someone who has the right, or an admin for a role that grants it"
        }
        Rule::PolicyOlder | Rule::PolicyUnknown | Rule::RevisionStale => "touchmark sync",
        Rule::TimeOrder => "set this machine's clock",
        Rule::RecordError => "touchmark verify --all",
        _ => return None,
    };
    Some(hint.to_owned())
}
