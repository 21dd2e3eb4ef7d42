//! What may be wrong with a clone, each thing with why it matters and the command that mends it.
//!
//! A check looks and changes nothing. One that cannot look is a problem of its own, never silence.

mod fetching;
mod finding;
mod outbox;
mod place;
#[cfg(unix)]
mod pre_push;
mod record;
mod server;
mod settings;
mod signing;

use touchmark_git::Repository;

use crate::clock;
use crate::errors::hints;
use crate::forge::{self, Forge};
use crate::globals::Globals;

pub(crate) use finding::{Finding, Level};

/// A clone as the checks see it.
struct Clone<'a> {
    repo: &'a Repository,
    globals: &'a Globals,
    /// The forge, if the clone has joined one and its policy is sound.
    forge: Option<&'a Forge>,
    /// The remote, if there is one and it is clear which.
    remote: Option<&'a str>,
    /// The time in seconds since 1970.
    now: i64,
}

/// One check: its name, and what it finds.
type Check = (&'static str, fn(&Clone<'_>) -> anyhow::Result<Vec<Finding>>);

/// The checks in the order in which one would mend what they find.
const CHECKS: &[Check] = &[
    ("git", place::git),
    ("objects", place::objects),
    ("locks", place::locks),
    ("cache", place::cache),
    ("settings", settings::settings),
    ("remote", fetching::remote),
    ("fetching", fetching::refspecs),
    ("server", server::server),
    ("policy", record::policy),
    ("receipts", record::receipts),
    ("clock", record::clock),
    ("key", signing::key),
    ("email", signing::email),
    ("signers", signing::signers),
    ("commits", signing::commits),
    #[cfg(unix)]
    ("pre-push", pre_push::hook),
    ("outbox", outbox::outbox),
];

/// The checks that start no process and ask nobody: enough to raise an alarm, at no cost.
const QUICK: [&str; 6] = [
    "objects", "locks", "settings", "policy", "receipts", "clock",
];

/// What the quick checks find that is not as it should be.
pub(crate) fn glance(forge: &Forge) -> Vec<Finding> {
    let clone = Clone {
        repo: &forge.repo,
        globals: forge.globals(),
        forge: Some(forge),
        remote: None,
        now: forge.now(),
    };
    let mut findings = run(&clone, |name| QUICK.contains(&name));
    findings.retain(|found| found.level > Level::Skipped);
    findings
}

/// Everything that the checks find, in their order; what is as it should be too.
///
/// # Errors
///
/// When the clock cannot be read.
pub(crate) fn examine(repo: &Repository, globals: &Globals) -> anyhow::Result<Vec<Finding>> {
    let forge = Forge::open_in(repo.clone(), globals).ok();
    let remote = forge::choose_remote(repo).ok().flatten();
    let clone = Clone {
        repo,
        globals,
        forge: forge.as_ref(),
        remote: remote.as_deref(),
        now: clock::now()?,
    };
    Ok(run(&clone, |_| true))
}

/// Runs the checks that are wanted.
fn run(clone: &Clone<'_>, wanted: impl Fn(&str) -> bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, check) in CHECKS.iter().filter(|(name, _)| wanted(name)) {
        match check(clone) {
            Ok(found) => findings.extend(found.into_iter().map(|found| found.of(name))),
            Err(err) => {
                let mut problem = Finding::problem(format!("{err:#}")).of(name);
                problem.remedies = hints(&err);
                findings.push(problem);
            }
        }
    }
    findings
}
