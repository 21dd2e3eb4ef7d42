//! The parts of git's configuration that every push rests on.

use std::time::Duration;

use touchmark_core::event::Rule;
use touchmark_core::refusal::Refusal;
use touchmark_git::Repository;

use super::limits::LIMITS;
use super::refuse;
use crate::env_vars;
use crate::errors::Failure;

/// The key that sends every ref through `proc-receive`.
pub(super) const PROC_RECEIVE_REFS: &str = "receive.procReceiveRefs";

/// The key that says how long an object must be closed until maintenance folds it into the archive.
pub(crate) const ARCHIVE_AFTER: &str = "touchmark.archiveAfter";

/// How long that is where nothing is said, in seconds: 30 days.
const ARCHIVE_AFTER_SECONDS: i64 = 30 * 24 * 60 * 60;

/// The key with the seconds that a hook may take.
const TIME_LIMIT: &str = "touchmark.hookTimeout";

/// Refuses an environment in which git would write other refs than the hooks see.
pub(super) fn check_environment() -> Result<(), Vec<Refusal>> {
    if let Some(namespace) = env_vars::get(env_vars::GIT_NAMESPACE) {
        let namespace = namespace.to_string_lossy();
        return Err(refuse(
            Rule::PushNamespace,
            format!("the push goes to the namespace {namespace}"),
        ));
    }
    if env_vars::get(env_vars::GIT_SHALLOW_FILE).is_some() {
        return Err(refuse(
            Rule::PushShallow,
            "the push is judged as a shallow one",
        ));
    }
    Ok(())
}

/// Refuses a repository in which git would apply a push, or part of one, by itself.
pub(super) fn check(repo: &Repository) -> Result<(), Vec<Refusal>> {
    let wrong = |what: &str| Err(refuse(Rule::ServerConfiguration, what));
    // git takes the value with and without the slash at its end.
    let all = repo
        .config_strings(PROC_RECEIVE_REFS)
        .iter()
        .any(|value| value == "refs/" || value == "refs");
    if !all {
        return wrong(
            "receive.procReceiveRefs on the server does not send every ref through the hook",
        );
    }
    if repo.config_bool("receive.shallowUpdate") == Some(true) {
        return wrong(
            "receive.shallowUpdate is on on the server, and git would damage the repository",
        );
    }
    if repo.is_shallow() {
        return Err(refuse(
            Rule::PushShallow,
            "the server's repository is shallow",
        ));
    }
    Ok(())
}

/// How long a hook may take.
pub(super) fn time_limit(repo: &Repository) -> Duration {
    repo.config_string(TIME_LIMIT)
        .and_then(|seconds| seconds.parse().ok())
        .map_or(LIMITS.hook, Duration::from_secs)
}

/// When maintenance folds what is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum After {
    /// After so many seconds.
    Seconds(i64),
    /// Not at all.
    Never,
}

/// How long an object must be closed until it is folded.
///
/// # Errors
///
/// When git's configuration says something that cannot be understood.
pub(crate) fn archive_after(repo: &Repository) -> Result<After, Failure> {
    let Some(text) = repo.config_string(ARCHIVE_AFTER) else {
        return Ok(After::Seconds(ARCHIVE_AFTER_SECONDS));
    };
    if text == "never" {
        return Ok(After::Never);
    }
    parse_age(&text).map(After::Seconds).ok_or_else(|| {
        Failure::new(format!(
            "git's {ARCHIVE_AFTER} is {text:?}, which is no time"
        ))
        .hint(format!(
            "git config {ARCHIVE_AFTER} 30d (a number with s, m, h or d, or never)"
        ))
    })
}

/// The seconds of a time such as `30d`.
pub(crate) fn parse_age(text: &str) -> Option<i64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return None,
    };
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    number
        .parse::<i64>()
        .ok()
        .filter(|_| digits)?
        .checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_numbers_with_a_unit() {
        for (text, seconds) in [("0s", 0), ("90s", 90), ("2m", 120), ("3h", 10_800)] {
            assert_eq!(parse_age(text), Some(seconds), "{text}");
        }
        assert_eq!(parse_age("30d"), Some(ARCHIVE_AFTER_SECONDS));
        let long = format!("{}d", i64::MAX);
        for bad in [
            "", "d", "30", "-1d", "+1d", "1.5d", "1w", "30 d", "é", &long,
        ] {
            assert_eq!(parse_age(bad), None, "{bad}");
        }
    }
}
