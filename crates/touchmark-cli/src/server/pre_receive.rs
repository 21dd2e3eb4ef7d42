//! `pre-receive`: judges a push while its objects are still apart from the repository.

use std::path::PathBuf;

use touchmark_core::event::Rule;
use touchmark_core::refusal::Refusal;
use touchmark_git::{Incoming, IncomingError, Repository};

use super::handover::{self, Handover};
use super::limits::LIMITS;
use super::push::{Command, Decision, Push};
use super::step::{Step, reached};
use super::watch::Watch;
use super::{
    commands, configuration, denials, guards, hook, journal, judge, pusher, queue, refuse,
};
use crate::{clock, env_vars};

/// Runs the hook.
pub(super) fn run(watch: &Watch) -> Result<Vec<String>, Vec<Refusal>> {
    let asked = commands::read(std::io::stdin().lock(), &LIMITS)?;
    let options = commands::options(&LIMITS)?;
    let pusher = pusher::from_environment()?;
    configuration::check_environment()?;
    let quarantine = quarantine(&asked)?;
    let repo = hook::open(quarantine.as_slice())?;
    watch.set_limit(configuration::time_limit(&repo));
    configuration::check(&repo)?;
    let mut push = Push {
        commands: asked,
        pusher,
        options,
        brings: Incoming::default(),
        now: clock::now().map_err(|err| refuse(Rule::ServerError, err.to_string()))?,
    };
    let decision = decide(&repo, &mut push).inspect_err(|refusals| {
        let pusher = judge::pusher(&repo, &push);
        denials::record(&repo, push.now, &pusher, &push.commands, refusals);
    })?;
    reached(Step::Judged);
    handover::leave(&repo, &Handover { push, decision })?;
    reached(Step::Left);
    Ok(Vec::new())
}

fn decide(repo: &Repository, push: &mut Push) -> Result<Decision, Vec<Refusal>> {
    push.brings = measure(repo)?;
    settle(repo)?;
    guards::check_old_values(repo, &push.commands)?;
    guards::check(repo, guards::asked(&push.commands))?;
    judge::judge(repo, push)
}

/// Where git keeps the objects that the push brings; a push that only deletes brings none.
fn quarantine(asked: &[Command]) -> Result<Option<PathBuf>, Vec<Refusal>> {
    let path = env_vars::get(env_vars::GIT_QUARANTINE_PATH).map(PathBuf::from);
    let only_deletes = asked.iter().all(|command| command.new.is_none());
    match path {
        Some(path) if path.is_dir() => {
            if path.join("info/shallow").exists() || path.join("shallow").exists() {
                return Err(refuse(
                    Rule::PushShallow,
                    "the push brings a shallow history",
                ));
            }
            Ok(Some(path))
        }
        None if only_deletes => Ok(None),
        _ => Err(refuse(
            Rule::ServerConfiguration,
            "git keeps the pushed objects in no place of their own",
        )),
    }
}

fn measure(repo: &Repository) -> Result<Incoming, Vec<Refusal>> {
    match repo.measure_incoming(&LIMITS.incoming) {
        Ok(brings) => Ok(brings),
        Err(err @ IncomingError::Unreadable { .. }) => {
            Err(refuse(Rule::ServerError, err.to_string()))
        }
        Err(err) => Err(refuse(Rule::PushSize, err.to_string())),
    }
}

/// Waits until no push is half applied: what is judged has to be a state that was meant.
fn settle(repo: &Repository) -> Result<(), Vec<Refusal>> {
    if journal::exists(repo) {
        let _turn = queue::enter(repo, LIMITS.queue)?;
        journal::reconcile(repo)?;
    }
    Ok(())
}
