//! `proc-receive`: applies a push that `pre-receive` has judged.

use std::io::{BufReader, BufWriter, Write as _};

use touchmark_core::event::Rule;
use touchmark_core::refusal::Refusal;
use touchmark_git::Repository;

use super::conversation::{self, Request};
use super::limits::LIMITS;
use super::push::{Decision, Push};
use super::step::{Step, reached};
use super::watch::Watch;
use super::{apply, configuration, handover, hook, refuse};
use crate::clock;

/// Runs the hook.
pub(super) fn run(watch: &Watch) -> Result<Vec<String>, Vec<Refusal>> {
    let mut input = BufReader::new(std::io::stdin().lock());
    let mut output = BufWriter::new(std::io::stdout().lock());
    let request = conversation::listen(&mut input, &mut output, &LIMITS)?;
    let repo = hook::open(&[])?;
    let answered = match perform(&repo, &request, watch) {
        Ok(decision) => {
            conversation::accept(&mut output, &decision.reports).map(|()| Ok(decision.notes))
        }
        Err(refusals) => {
            let names = request.commands.iter().map(|command| command.name.as_str());
            conversation::reject(&mut output, names, &refusals).map(|()| Err(refusals))
        }
    };
    reached(Step::Reported);
    let answered = answered.and_then(|answer| output.flush().map(|()| answer));
    answered.unwrap_or_else(|err| {
        Err(refuse(
            Rule::ServerError,
            format!("git went away before it was told: {err}; git fetch shows what the server has"),
        ))
    })
}

/// Does what is asked, if it is what was judged.
fn perform(repo: &Repository, request: &Request, watch: &Watch) -> Result<Decision, Vec<Refusal>> {
    watch.set_limit(configuration::time_limit(repo));
    let judged = handover::take(repo)?;
    reached(Step::Taken);
    check_same(request, &judged.push)?;
    let push = Push {
        now: clock::now().map_err(|err| refuse(Rule::ServerError, err.to_string()))?,
        ..judged.push
    };
    apply::apply(repo, &push, judged.decision, watch)
}

/// Refuses a push that is not the one that was judged, such as one of which git itself has dropped a part meanwhile.
fn check_same(request: &Request, judged: &Push) -> Result<(), Vec<Refusal>> {
    let dropped = judged
        .commands
        .iter()
        .find(|command| !request.commands.contains(command));
    if let Some(command) = dropped {
        let name = &command.name;
        return Err(refuse(
            Rule::PushUnjudged,
            format!("git itself refused {name}, and a push is applied whole or not at all"),
        ));
    }
    if request.commands != judged.commands {
        return Err(refuse(
            Rule::PushUnjudged,
            "what is to be applied is not the push that was judged",
        ));
    }
    if request.options.as_ref().unwrap_or(&Vec::new()) != &judged.options {
        return Err(refuse(
            Rule::PushUnjudged,
            "the push has other options than when it was judged",
        ));
    }
    Ok(())
}
