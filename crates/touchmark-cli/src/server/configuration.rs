//! The parts of git's configuration that every push rests on.

use std::time::Duration;

use touchmark_core::event::Rule;
use touchmark_core::refusal::Refusal;
use touchmark_git::Repository;

use super::limits::LIMITS;
use super::refuse;
use crate::env_vars;

/// The key that sends every ref through `proc-receive`.
pub(super) const PROC_RECEIVE_REFS: &str = "receive.procReceiveRefs";

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
