//! The one place where errors become a message, hints and an exit code.

use std::fmt;

use serde_json::{Value, json};
use touchmark_core::id::ObjectId;
use touchmark_core::refusal::Refusal;
use touchmark_git::{GitError, LoadError, OpenError, TrustError};

use crate::exit_codes::ExitCode;
use crate::next_steps::next_step;
use crate::output::Output;

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

/// The command has said all there is to say; only the code to end with is left.
#[derive(Debug)]
pub(crate) struct Said(pub(crate) ExitCode);

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it has been said")
    }
}

impl std::error::Error for Said {}

/// One error as it is shown.
struct Shown {
    /// The broken rule's id, or the exit code's name.
    code: &'static str,
    message: String,
    evidence: Vec<ObjectId>,
    hints: Vec<String>,
}

/// Prints an error with its hints and returns the code to end with.
///
/// With `--json` it is the last line of standard error: `code`, `message`, `evidence` and `hints` of each error.
pub(crate) fn report(error: &anyhow::Error, out: &Output) -> ExitCode {
    if let Some(Said(code)) = error.downcast_ref() {
        return *code;
    }
    let (errors, code) = shown(error);
    if out.is_json() {
        let errors: Vec<Value> = errors.iter().map(as_json).collect();
        let exit = code as u8;
        out.note_json(&json!({"errors": errors, "exit": exit, "format": 1}));
        return code;
    }
    for error in errors {
        out.error(&error.message);
        for id in &error.evidence {
            out.note(format_args!("  see {id}"));
        }
        for hint in &error.hints {
            out.hint(hint);
        }
    }
    code
}

fn shown(error: &anyhow::Error) -> (Vec<Shown>, ExitCode) {
    if let Some(Refusals(refusals)) = error.downcast_ref() {
        let each = |refusal: &Refusal| refused(refusal, refusal.to_string());
        return (refusals.iter().map(each).collect(), ExitCode::Refused);
    }
    if let Some(refusal) = find::<Refusal>(error) {
        let shown = refused(refusal, format!("{error:#}"));
        return (vec![shown], ExitCode::Refused);
    }
    let (hints, code) = classify(error);
    let shown = Shown {
        code: code.word(),
        message: format!("{error:#}"),
        evidence: Vec::new(),
        hints,
    };
    (vec![shown], code)
}

fn refused(refusal: &Refusal, message: String) -> Shown {
    let own = refusal.fix.clone();
    Shown {
        code: refusal.rule.id(),
        message,
        evidence: refusal.evidence.clone(),
        hints: vec![own.unwrap_or_else(|| next_step(refusal.rule).to_owned())],
    }
}

fn as_json(error: &Shown) -> Value {
    json!({
        "code": error.code,
        "evidence": error.evidence,
        "hints": error.hints,
        "message": error.message,
    })
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
