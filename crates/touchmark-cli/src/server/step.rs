//! The steps of a push, at each of which the server may die.

/// A step of a push; its word is what names it in tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// `pre-receive` has judged the push.
    Judged,
    /// It has left its decision.
    Left,
    /// `proc-receive` has taken the decision.
    Taken,
    /// It is its turn.
    Entered,
    /// What an earlier push left half done is settled.
    Reconciled,
    /// The commit of the receipt is written.
    Receipt,
    /// The intent is on disk.
    Intended,
    /// All refs are locked and hold what they should.
    Prepared,
    /// The receipts' ref has moved.
    Receipted,
    /// All refs have moved.
    Committed,
    /// The intent is gone.
    Settled,
    /// The client's git has been told.
    Reported,
}

impl Step {
    /// All of them, in order.
    #[cfg(any(test, debug_assertions))]
    pub(super) const ALL: [Self; 12] = [
        Self::Judged,
        Self::Left,
        Self::Taken,
        Self::Entered,
        Self::Reconciled,
        Self::Receipt,
        Self::Intended,
        Self::Prepared,
        Self::Receipted,
        Self::Committed,
        Self::Settled,
        Self::Reported,
    ];

    #[cfg(any(test, debug_assertions))]
    fn word(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

/// Nothing: faults are in builds for tests only.
#[cfg(not(debug_assertions))]
pub(super) const fn reached(_step: Step) {}

/// Fails at this step if the environment says so: `TOUCHMARK_FAULT=<step>:kill`, `:panic` or `:pause=<file>`.
///
/// With `pause` the file `<file>.waiting` says that the step is reached, and it goes on when `<file>` exists.
#[cfg(debug_assertions)]
pub(super) fn reached(step: Step) {
    let Some(fault) = crate::env_vars::get(crate::env_vars::FAULT) else {
        return;
    };
    let fault = fault.to_string_lossy().into_owned();
    let Some((word, how)) = fault.split_once(':') else {
        return;
    };
    debug_assert!(
        Step::ALL.iter().any(|step| step.word() == word),
        "{word} is no step"
    );
    if word == step.word() {
        fail(how);
    }
}

#[cfg(debug_assertions)]
fn fail(how: &str) {
    match how.split_once('=') {
        Some(("pause", file)) => {
            let reached = std::fs::write(format!("{file}.waiting"), "");
            debug_assert!(reached.is_ok(), "{file}.waiting cannot be written");
            while !std::path::Path::new(file).exists() {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
        }
        _ if how == "kill" => {
            let own = std::process::id().to_string();
            let kill = std::process::Command::new("kill")
                .args(["-KILL", &own])
                .status();
            debug_assert!(kill.is_ok(), "there is no program kill");
            std::thread::sleep(std::time::Duration::from_secs(60));
        }
        _ => {
            #[expect(clippy::panic, reason = "this is what a test asked for")]
            {
                panic!("a test asked for this");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_a_word_of_its_own() {
        let words: std::collections::BTreeSet<String> =
            Step::ALL.into_iter().map(Step::word).collect();
        assert_eq!(words.len(), Step::ALL.len());
    }
}
