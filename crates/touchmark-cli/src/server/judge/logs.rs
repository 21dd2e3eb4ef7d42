//! Logs that a push adds to: what is new is loaded, and the core judges it event by event.

use std::collections::BTreeSet;

use touchmark_core::archive::{ARCHIVE, archive_path};
use touchmark_core::event::{self, Payload, Rule, Verify};
use touchmark_core::id::{Digest, ObjectId};
use touchmark_core::log::LogName;
use touchmark_core::object::Objects;
use touchmark_core::push::{Growth, Heads, Place, Scene, Whole, grow, is_plain};
use touchmark_core::refusal::Refusal;
use touchmark_core::replay::{Outcome, PrState, State};
use touchmark_git::{Budget, Repository};

use super::super::refuse;
use super::view::View;
use super::{Asked, content, fault};
use crate::facts;
use crate::forge::Records;
use crate::next_steps::about;

/// Judges every log of the push but the policy's, and gathers what belongs to each.
pub(super) fn grow_all(
    repo: &Repository,
    view: &View,
    scene: &Scene<'_>,
    asked: &[Asked<'_>],
    whole: &mut Whole,
) -> Result<(), Vec<Refusal>> {
    let mut events = 0;
    for one in asked {
        let (Place::Log(log), Some(tip)) = (&one.place, one.command.new) else {
            continue;
        };
        if *log == LogName::Policy {
            continue;
        }
        let growth = grow_one(repo, view, scene, log, one.command.old, tip)
            .map_err(|refusals| named(refusals, log))?;
        events += growth.count;
        check_checks(repo, &growth)?;
        whole.logs.push(growth);
    }
    let (_, policy) = scene.policy().map_err(|refusal| vec![refusal])?;
    if events > u64::from(policy.rules.limits.push_events) {
        let limit = policy.rules.limits.push_events;
        return Err(refuse(
            Rule::PushLimit,
            format!("the push brings {events} events; the policy allows {limit}"),
        ));
    }
    heads(repo, view, asked, whole)?;
    revisions(repo, view, scene, whole)?;
    guests(repo, whole)
}

/// The refusals with the log's object named in what there is to do.
fn named(refusals: Vec<Refusal>, log: &LogName) -> Vec<Refusal> {
    let about = |refusal| about(refusal, log);
    refusals.into_iter().map(about).collect()
}

fn grow_one(
    repo: &Repository,
    view: &View,
    scene: &Scene<'_>,
    log: &LogName,
    old: Option<ObjectId>,
    tip: ObjectId,
) -> Result<Growth, Vec<Refusal>> {
    let one = |refusal: Refusal| vec![refusal];
    let records = Records {
        repo,
        policies: &view.policies,
    };
    let archived = match old {
        Some(_) => None,
        None => archived_tip(repo, view, log)?,
    };
    let Some(from) = old.or(archived) else {
        let objects = load(repo, log, tip, None)?;
        return grow(scene, log, None, tip, &objects).map_err(one);
    };
    let new = load(repo, log, tip, Some(from))?;
    let before = before(&records, log, from, tip, &new)?;
    let grown = if is_plain(&before, tip, &new) {
        grow(scene, log, Some(&before), tip, &new)
    } else {
        let objects = load(repo, log, tip, None)?;
        grow(scene, log, Some(&before), tip, &objects)
    };
    grown.map_err(|refusal| match archived {
        Some(_) if refusal.rule == Rule::RefRewind => {
            let reason = format!(
                "{log} is in the archive, at {}, and this does not go on from there",
                from.short()
            );
            vec![Refusal::new(Rule::RefArchived, reason).with_evidence(from)]
        }
        _ => vec![refusal],
    })
}

fn load(
    repo: &Repository,
    log: &LogName,
    tip: ObjectId,
    from: Option<ObjectId>,
) -> Result<Objects, Vec<Refusal>> {
    repo.load_log(tip, &from.into_iter().collect(), &Budget::default())
        .map_err(|err| fault::load(&log.to_string(), err))
}

/// The log as it stands: with everything said if an event of the push asks for that, else without.
fn before(
    records: &Records<'_>,
    log: &LogName,
    from: ObjectId,
    tip: ObjectId,
    new: &Objects,
) -> Result<Outcome, Vec<Refusal>> {
    let loaded = if needs_comments(from, tip, new) {
        records.replay_to(log, from)
    } else {
        records.summary_at(log, from)
    };
    loaded.map_err(|err| fault::other(&err))
}

fn needs_comments(from: ObjectId, tip: ObjectId, new: &Objects) -> bool {
    let mut next = Some(tip);
    while let Some(id) = next.filter(|id| *id != from) {
        let Ok(event) = event::decode(new, &id, Verify::Trusted) else {
            return false; // It is refused whatever was said.
        };
        let names = match &event.payload {
            Payload::Merge(_) | Payload::Join(_) => true,
            other => other.names_comment(),
        };
        if names {
            return true;
        }
        next = event.parents.first().copied();
    }
    false
}

/// The tip at which an object was archived, if it was.
///
/// With the archive lost, or put back to an older one, every archived log could come back as if it were new.
fn archived_tip(
    repo: &Repository,
    view: &View,
    log: &LogName,
) -> Result<Option<ObjectId>, Vec<Refusal>> {
    let archive = view.read(repo, ARCHIVE)?;
    let receipted = match view.receipts {
        Some(receipt) => view.history(repo).value_at(receipt, ARCHIVE),
        None => Ok(archive),
    };
    if receipted.map_err(|err| fault::other(&err))? != archive {
        let reason =
            format!("{ARCHIVE} is not what the last receipt says: it was changed without a push");
        return Err(refuse(Rule::ServerDoor, reason));
    }
    let (Some(root), Some(archive)) = (log.root(), archive) else {
        return Ok(None);
    };
    let found = repo
        .tree_of(archive)
        .and_then(|tree| repo.entry_at(tree, archive_path(root).as_bytes()))
        .map_err(|err| fault::other(&err.into()))?;
    match (log, found) {
        (_, None) => Ok(None),
        (LogName::Pr(_) | LogName::Issue(_), Some((_, tip))) => Ok(Some(tip)),
        (_, Some(_)) => {
            let reason = format!(
                "{} is in the archive, as another type of object than {log}",
                root.short()
            );
            Err(refuse(Rule::RefArchived, reason))
        }
    }
}

/// A check names the tree of the commit that it is of.
fn check_checks(repo: &Repository, growth: &Growth) -> Result<(), Vec<Refusal>> {
    let LogName::Check(commit) = &growth.outcome.log else {
        return Ok(());
    };
    let tree = repo
        .tree_of(*commit)
        .map_err(|err| fault::code(&err.into()))?;
    match &growth.outcome.state {
        Some(State::Check(state)) if state.tree == tree => Ok(()),
        _ => {
            let reason = format!(
                "the tree of {} is {}, not what the check names",
                commit.short(),
                tree.short()
            );
            Err(refuse(Rule::CheckMismatch, reason))
        }
    }
}

/// The `heads` of every pull request whose log or heads the push touches.
fn heads(
    repo: &Repository,
    view: &View,
    asked: &[Asked<'_>],
    whole: &mut Whole,
) -> Result<(), Vec<Refusal>> {
    let mut prs: BTreeSet<ObjectId> = asked
        .iter()
        .filter_map(|one| match one.place {
            Place::Heads(pr) => Some(pr),
            _ => None,
        })
        .collect();
    let touched = whole
        .logs
        .iter()
        .filter_map(|growth| match growth.outcome.log {
            LogName::Pr(id) => Some(id),
            _ => None,
        });
    prs.extend(touched);
    for pr in prs {
        let log = LogName::Pr(pr);
        let Some(name) = log.heads_ref() else {
            continue;
        };
        let moved = asked
            .iter()
            .find(|one| one.place == Place::Heads(pr))
            .and_then(|one| one.command.new);
        let grown = whole.logs.iter().find(|growth| growth.outcome.log == log);
        let expected = match grown {
            Some(growth) => pr_state(&growth.outcome).map(|state| state.heads),
            None => current(repo, view, &log)?
                .as_ref()
                .and_then(pr_state)
                .map(|state| state.heads),
        };
        whole.heads.push(Heads {
            pr,
            moved,
            value: match moved {
                Some(value) => Some(value),
                None => view.read(repo, &name)?,
            },
            expected,
        });
    }
    Ok(())
}

fn current(repo: &Repository, view: &View, log: &LogName) -> Result<Option<Outcome>, Vec<Refusal>> {
    let Some(tip) = view.read(repo, &log.to_string())? else {
        return Ok(None);
    };
    let records = Records {
        repo,
        policies: &view.policies,
    };
    let outcome = records.summary_at(log, tip);
    outcome.map(Some).map_err(|err| fault::other(&err))
}

/// The pull request's state, if the log has one.
pub(super) fn pr_state(outcome: &Outcome) -> Option<&PrState> {
    match &outcome.state {
        Some(State::Pr(state)) => Some(state),
        _ => None,
    }
}

/// The code of every new revision: it starts from the target, and its commits are such that people may fetch them.
fn revisions(
    repo: &Repository,
    view: &View,
    scene: &Scene<'_>,
    whole: &mut Whole,
) -> Result<(), Vec<Refusal>> {
    let mut limit = content::Limit::of(scene)?;
    for growth in &whole.logs {
        let (LogName::Pr(_), Some(state)) = (&growth.outcome.log, pr_state(&growth.outcome)) else {
            continue;
        };
        for number in &growth.revisions {
            let Some(revision) = state.revision(*number) else {
                continue;
            };
            expect_base(repo, view, state, revision.base, revision.head)?;
            let range =
                facts::range_within(repo, Some(revision.base), revision.head, limit.paths())
                    .map_err(|err| fault::code(&err))?;
            content::check(repo, scene, &range, &mut limit)?;
            whole.commits.extend(range.commits);
        }
    }
    Ok(())
}

/// A revision's base is where its reviewers start reading, so it must be what the target holds.
pub(super) fn expect_base(
    repo: &Repository,
    view: &View,
    state: &PrState,
    base: ObjectId,
    head: ObjectId,
) -> Result<(), Vec<Refusal>> {
    let refuse = |reason: String| Err(refuse(Rule::RevisionUnknown, reason));
    let Some(tip) = view.read(repo, state.target.as_str())? else {
        return refuse(format!("the target {} does not exist here", state.target));
    };
    let reaches = |ancestor, descendant| {
        repo.is_ancestor(ancestor, descendant)
            .map_err(|err| fault::code(&err.into()))
    };
    if !reaches(base, tip)? {
        return refuse(format!(
            "the base {} is not in the history of {}",
            base.short(),
            state.target
        ));
    }
    if !reaches(base, head)? {
        return refuse(format!(
            "the base {} is not in the history of the head",
            base.short()
        ));
    }
    Ok(())
}

/// How much each guest of the push has contributed already.
fn guests(repo: &Repository, whole: &mut Whole) -> Result<(), Vec<Refusal>> {
    let keys: BTreeSet<Digest> = whole
        .logs
        .iter()
        .filter_map(|growth| match growth.outcome.log {
            LogName::Guest(key, _) => Some(key),
            _ => None,
        })
        .collect();
    for key in keys {
        let refs = repo
            .refs(&format!("refs/forge/guest/{key}/"))
            .map_err(fault::refs)?;
        whole.guest_logs.push((key, refs.len()));
    }
    Ok(())
}
