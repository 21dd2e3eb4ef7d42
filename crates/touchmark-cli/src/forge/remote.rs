//! Talking to the server through stock git: which remote, its refspecs, fetching without force.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use touchmark_core::archive::ARCHIVE;
use touchmark_core::event::Right;
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_core::policy::Policy;
use touchmark_core::sign;
use touchmark_git::{Budget, Repository, Trust};

use super::archive::{self, ARCHIVED};
use super::publish::pause;
use super::{FORGE, OUTBOX, RECEIPTS, load_policy};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::facts::{Read, Receipts};
use crate::output::Output;
use crate::progress;
use crate::settings::{self, Key};

/// The refspecs of a clone: forge refs without force, and without the archive.
const REFSPECS: [&str; 2] = ["refs/forge/*:refs/forge/*", "^refs/forge/archive"];

/// The refs that no refspec of the user's may write when this program fetches.
const OWN_REFS: [&str; 4] = [FORGE, OUTBOX, ARCHIVED, "refs/drafts/"];

/// How often a fetch is run again that another one may have disturbed.
const FETCH_ATTEMPTS: u32 = 5;

/// What git says when another process has a ref of this clone.
const LOCAL_RACES: [&str; 2] = ["unable to update local ref", "cannot lock ref"];

/// What a fetch brought.
#[derive(Debug, Default)]
pub(crate) struct FetchReport {
    /// Forge refs that are new or have moved.
    pub(crate) changed: Vec<String>,
    /// Logs that the server has folded into its archive, and that went here too.
    pub(crate) archived: Vec<String>,
}

/// The configured remotes.
pub(crate) fn remotes(repo: &Repository) -> anyhow::Result<Vec<String>> {
    let listed = repo.git().arg("remote").run()?;
    Ok(listed.text().lines().map(str::to_owned).collect())
}

/// The remote to publish to: the setting `remote`, `origin`, or the only one there is.
pub(crate) fn choose_remote(repo: &Repository) -> anyhow::Result<Option<String>> {
    let remotes = remotes(repo)?;
    if let Some((name, place)) = set_remote(repo) {
        if remotes.contains(&name) {
            return Ok(Some(name));
        }
        return Err(
            Failure::new(format!("{place} names {name}, which is no remote"))
                .hint("git remote -v (lists them); touchmark config set remote NAME")
                .exit(ExitCode::NotFound)
                .into(),
        );
    }
    match remotes.as_slice() {
        [] => Ok(None),
        [only] => Ok(Some(only.clone())),
        _ if remotes.iter().any(|name| name == "origin") => Ok(Some("origin".to_owned())),
        _ => Err(
            Failure::new("there are several remotes, and none is called origin")
                .hint("touchmark config set remote NAME")
                .exit(ExitCode::NotFound)
                .into(),
        ),
    }
}

/// The remote that the setting names, and where it does.
fn set_remote(repo: &Repository) -> Option<(String, String)> {
    let settings = settings::current();
    if let Some((name, origin)) = settings.above_git(Key::Remote) {
        return Some((name.to_owned(), origin.place(Key::Remote)));
    }
    // git is asked itself, for what this process has told it a moment ago.
    if let Some(name) = repo.config_string("touchmark.remote") {
        return Some((name, "git's touchmark.remote".to_owned()));
    }
    let setting = settings.get(Key::Remote)?;
    let name = settings.text(Key::Remote)?;
    Some((name.to_owned(), setting.origin.place(Key::Remote)))
}

/// Lets stock git fetch the forge's refs from a remote, and says what was configured for it; what is there stays.
///
/// Pruning is turned off for the remote if it was on: it would delete here what the server drops, without a word.
pub(crate) fn configure_fetching(
    repo: &Repository,
    remote: &str,
    out: &Output,
) -> anyhow::Result<()> {
    let present = configured_refspecs(repo, remote)?;
    let key = format!("remote.{remote}.fetch");
    for refspec in REFSPECS {
        if !present.iter().any(|have| have == refspec) {
            repo.git()
                .args(["config", "--local", "--add", &key, refspec])
                .run()
                .context("cannot add a fetch refspec")?;
            out.note(format_args!("git config --add {key} '{refspec}'"));
        }
    }
    for refspec in present.iter().filter(|have| !leaves_own_refs(have)) {
        if !REFSPECS.contains(&refspec.as_str()) {
            out.warn(format_args!(
                "{key} {refspec} lets git fetch change forge refs and unpublished work; only touchmark sync is safe here"
            ));
        }
    }
    if prunes(repo, remote)? {
        let key = format!("remote.{remote}.prune");
        repo.git()
            .args(["config", "--local", "--replace-all", &key, "false"])
            .run()
            .context("cannot turn off pruning")?;
        out.note(format_args!("git config {key} false"));
    }
    Ok(())
}

/// How git is configured to fetch from a remote.
pub(crate) struct Fetching {
    /// The forge's refspecs that are not there.
    pub(crate) missing: Vec<String>,
    /// Refspecs of the user's that reach forge refs or unpublished work.
    pub(crate) reaching: Vec<String>,
    /// Whether what the server drops is deleted here.
    pub(crate) prunes: bool,
}

/// How git is configured to fetch from `remote`.
pub(crate) fn fetching(repo: &Repository, remote: &str) -> anyhow::Result<Fetching> {
    let present = configured_refspecs(repo, remote)?;
    let (own, others): (Vec<String>, Vec<String>) = present
        .into_iter()
        .partition(|refspec| REFSPECS.contains(&refspec.as_str()));
    let missing = REFSPECS
        .iter()
        .filter(|wanted| !own.iter().any(|have| have == *wanted));
    Ok(Fetching {
        missing: missing.map(|refspec| (*refspec).to_owned()).collect(),
        reaching: others
            .into_iter()
            .filter(|refspec| !leaves_own_refs(refspec))
            .collect(),
        prunes: prunes(repo, remote)?,
    })
}

/// Whether `git fetch` from the remote deletes what the server no longer has.
fn prunes(repo: &Repository, remote: &str) -> anyhow::Result<bool> {
    for key in [format!("remote.{remote}.prune"), "fetch.prune".to_owned()] {
        let set = repo
            .git()
            .args(["config", "--type=bool", "--get", &key])
            .output()?;
        if set.success() {
            return Ok(set.text() == "true");
        }
    }
    Ok(false)
}

fn configured_refspecs(repo: &Repository, remote: &str) -> anyhow::Result<Vec<String>> {
    let key = format!("remote.{remote}.fetch");
    let output = repo.git().args(["config", "--get-all", &key]).output()?;
    Ok(output.text().lines().map(str::to_owned).collect())
}

/// The server's refs that match `pattern`.
pub(crate) fn remote_refs(
    repo: &Repository,
    remote: &str,
    pattern: &str,
) -> anyhow::Result<BTreeMap<String, ObjectId>> {
    let output = repo
        .git()
        .prompt()
        .args(["ls-remote", "--refs", "--quiet", "--", remote, pattern])
        .run()
        .map_err(|err| unreachable_server(remote, &err))?;
    let text = output.text();
    let refs = text.lines().filter_map(|line| {
        let (id, name) = line.split_once('\t')?;
        Some((name.to_owned(), ObjectId::from_hex(id)?))
    });
    Ok(refs.collect())
}

/// Fetches branches and forge refs, the latter never by force, and looks for a server that took something back.
///
/// # Errors
///
/// An alarm when the server rewound, replaced or dropped a forge ref that this clone has; otherwise when it is not reachable.
pub(crate) fn fetch(repo: &Repository, remote: &str) -> anyhow::Result<FetchReport> {
    let before = repo.refs(FORGE)?;
    let mut refspecs = configured_refspecs(repo, remote)?;
    refspecs.retain(|refspec| leaves_own_refs(refspec));
    refspecs.extend(REFSPECS.map(str::to_owned));
    fetch_refs(repo, remote, &refspecs)?;
    let mut listed = remote_refs(repo, remote, "refs/forge/*")?;
    for attempt in 0..FETCH_ATTEMPTS {
        // What was pushed or folded in between is told by receipts that are not here yet.
        if listed.get(RECEIPTS).copied() == repo.read_ref(RECEIPTS)? {
            break;
        }
        pause(attempt);
        fetch_refs(repo, remote, &refspecs)?;
        listed = remote_refs(repo, remote, "refs/forge/*")?;
    }
    check_rewound(repo, remote, &before, &listed)?;
    // What receipts say of folds is believed below, so they are looked at first.
    check_receipts(repo, remote)?;
    archive::check_returned(repo, remote, &listed)?;
    let archived = archive::follow_folds(repo, remote, &before, &listed)?;
    archive::let_go(repo, &listed)?;
    let after = repo.refs(FORGE)?;
    let changed = after
        .into_iter()
        .filter(|(name, id)| before.get(name) != Some(id))
        .map(|(name, _)| name)
        .collect();
    Ok(FetchReport { changed, archived })
}

/// Whether a refspec of the user's keeps out of what the server must not write: the record, and one's unpublished work.
///
/// A mirror clone has `+refs/*:refs/*`, which would let the server rewrite the one and delete the other.
/// A negative refspec takes away from what is fetched, so only one that hides forge refs is left out.
fn leaves_own_refs(refspec: &str) -> bool {
    let destination = || Some(refspec.split_once(':')?.1);
    let Some(written) = refspec.strip_prefix('^').or_else(destination) else {
        return true;
    };
    let fixed = written.split('*').next().unwrap_or_default();
    OWN_REFS
        .iter()
        .all(|own| !own.starts_with(fixed) && !fixed.starts_with(own))
}

/// Runs the fetch, again when another process of this clone was at it at the same time.
///
/// Such a process can make one fetch look like a rewind, so only one that stays refused is an alarm.
fn fetch_refs(repo: &Repository, remote: &str, refspecs: &[String]) -> anyhow::Result<()> {
    let mut refused = Failure::new("");
    for attempt in 0..FETCH_ATTEMPTS {
        let output = repo
            .git()
            .prompt()
            .config("fetch.output", "full")
            .args(["fetch", "--no-auto-maintenance", "--no-write-fetch-head"])
            // Pruning would delete what the server dropped, which is the proof that it did.
            .args(["--no-prune", "--no-prune-tags"])
            // Else git would follow the configured refspecs beside those that are given.
            .arg("--refmap=")
            .args(["--recurse-submodules=no"])
            .args(progress::is_allowed().then_some("--progress"))
            .args(["--", remote])
            .args(refspecs)
            .progress(progress::git)
            .output()?;
        progress::wipe();
        let rejected = rejected_refs(&output.stderr);
        let in_the_way = LOCAL_RACES
            .iter()
            .any(|words| output.stderr.contains(words));
        if !rejected.is_empty() {
            let names = rejected.into_iter().collect::<Vec<_>>().join(", ");
            refused = alarm(remote, &format!("it has rewound or replaced {names}"));
        } else if output.success() || (!in_the_way && output.stderr.contains("! [rejected]")) {
            // A branch that the user's own refspec does not force stays where it is, as with git fetch.
            return Ok(());
        } else {
            let words = output.stderr.trim();
            if !in_the_way {
                return Err(unreachable_server(remote, &words).into());
            }
            refused = Failure::new(format!("cannot keep what {remote} has: {words}"))
                .hint("if no git process runs in this repository, delete the .lock file that is named")
                .exit(ExitCode::Unpublished);
        }
        pause(attempt);
    }
    Err(refused.into())
}

/// The forge refs that git would not move because the server's value does not descend from ours.
fn rejected_refs(stderr: &str) -> BTreeSet<String> {
    stderr
        .lines()
        .filter(|line| line.trim_start().starts_with("! [rejected]"))
        .filter_map(|line| line.split(" -> ").nth(1)?.split_whitespace().next())
        .filter(|name| name.starts_with(FORGE))
        .map(str::to_owned)
        .collect()
}

/// What the server shows of a forge ref must descend from what was here, whatever git made of it.
///
/// An id that is not here is one that was pushed after the fetch, and is looked at by the next one.
fn check_rewound(
    repo: &Repository,
    remote: &str,
    before: &BTreeMap<String, ObjectId>,
    listed: &BTreeMap<String, ObjectId>,
) -> anyhow::Result<()> {
    let mut rewound = Vec::new();
    for (name, had) in before {
        if let Some(has) = listed.get(name)
            && has != had
            && repo.contains(*has)
            && !repo.is_ancestor(*had, *has)?
        {
            rewound.push(name.as_str());
        }
    }
    if rewound.is_empty() {
        return Ok(());
    }
    let names = rewound.join(", ");
    Err(alarm(remote, &format!("it has rewound or replaced {names}")).into())
}

/// Fetches objects by their ids, with all that they need; no ref moves.
///
/// A server that gives out nothing by id is asked for the whole archive instead.
pub(super) fn fetch_objects(
    repo: &Repository,
    remote: &str,
    ids: &[ObjectId],
) -> anyhow::Result<()> {
    let fetched = repo
        .git()
        .prompt()
        .args(["fetch", "--no-tags", "--no-write-fetch-head", "--quiet"])
        .args(["--no-auto-maintenance", "--recurse-submodules=no"])
        .args(["--refmap=", "--", remote])
        .args(ids.iter().map(ToString::to_string))
        .output()?;
    if !fetched.success() {
        fetch_archive(repo, remote)?;
    }
    match ids.iter().find(|id| !repo.contains(**id)) {
        None => Ok(()),
        Some(id) => Err(Failure::new(format!(
            "{remote} says that it has {id} in its archive, and does not give it out"
        ))
        .hint("ask whoever runs the server; touchmark receipts log shows the fold")
        .exit(ExitCode::Unverified)
        .into()),
    }
}

/// Fetches the whole archive, which is no part of a usual fetch.
pub(super) fn fetch_archive(repo: &Repository, remote: &str) -> anyhow::Result<()> {
    fetch_refs(repo, remote, &[format!("{ARCHIVE}:{ARCHIVE}")])
}

/// Keeps the highest receipt that was seen; a tip that does not descend from it is a rollback.
///
/// What is new must be signed by somebody whom the policy lets sign receipts, or nothing that it says is kept.
fn check_receipts(repo: &Repository, remote: &str) -> anyhow::Result<()> {
    let trust = Trust::of(repo);
    let Some(latest) = repo.read_ref(RECEIPTS)? else {
        return Ok(());
    };
    let highest = trust.receipt()?;
    if highest == Some(latest) {
        return Ok(());
    }
    if let Some(highest) = highest
        && !(repo.contains(highest) && repo.is_ancestor(highest, latest)?)
    {
        let what = format!("its receipts do not descend from {highest}, which this clone has seen");
        return Err(alarm(remote, &what).into());
    }
    check_signers(repo, remote, latest, highest)?;
    Ok(trust.set_receipt(highest, latest)?)
}

fn check_signers(
    repo: &Repository,
    remote: &str,
    latest: ObjectId,
    highest: Option<ObjectId>,
) -> anyhow::Result<()> {
    let Some(tip) = repo.read_ref(&LogName::Policy.to_string())? else {
        return Ok(()); // Nobody has joined yet, so there is nobody to believe.
    };
    let (policies, _) = load_policy(repo, tip)?;
    let Some((_, policy)) = policies.latest() else {
        return Ok(());
    };
    let receipts = Receipts::new(repo, Some(latest));
    let position = |receipt: Option<&Read>| policies.position(&receipt?.policy);
    let mut next = Some(latest);
    let mut newer: Option<Read> = None;
    while let Some(id) = next.filter(|id| Some(*id) != highest) {
        let receipt = receipts.read(id)?;
        let fault = fault(repo, policy, id)?.or_else(|| {
            let newer = position(newer.as_ref());
            let goes_back = newer.is_some() && newer < position(receipt.as_ref());
            goes_back.then(|| "names an older policy than the one before it".to_owned())
        });
        if let Some(fault) = fault {
            return Err(alarm(remote, &format!("its receipt {id} {fault}")).into());
        }
        next = receipt.as_ref().and_then(|receipt| receipt.parent);
        newer = receipt;
    }
    let seen = highest.map(|id| receipts.read(id)).transpose()?.flatten();
    if newer.is_some() && position(newer.as_ref()) < position(seen.as_ref()) {
        let what = "its newest receipts name an older policy than those that this clone has seen";
        return Err(alarm(remote, what).into());
    }
    Ok(())
}

/// What is wrong with who signed a receipt, as the end of a sentence.
///
/// A key may have been retired since; that it signs for an older policy then is found by the order of policies.
fn fault(repo: &Repository, policy: &Policy, id: ObjectId) -> anyhow::Result<Option<String>> {
    let found = repo.read(id, Budget::default().max_commit_bytes)?;
    let signed = found.and_then(|(_, data)| sign::verify_commit(&data, repo.hash_kind()).ok());
    let entry = signed.as_ref().and_then(|key| policy.key(key));
    let may = entry.is_some_and(|key| {
        policy.bots.contains_key(&key.owner) && policy.grants(&key.owner, Right::Sequence)
    });
    let Some(print) = signed.map(|key| key.fingerprint()).filter(|_| may) else {
        let nobody = "is signed by nobody whom the policy lets sign receipts";
        return Ok(Some(nobody.to_owned()));
    };
    for one in policy
        .rules
        .compromised
        .iter()
        .filter(|one| one.key == print)
    {
        if !(repo.contains(one.after) && repo.is_ancestor(id, one.after)?) {
            return Ok(Some(
                "is signed by a key that somebody else may have".to_owned(),
            ));
        }
    }
    Ok(None)
}

pub(super) fn alarm(remote: &str, what: &str) -> Failure {
    Failure::new(format!("ALARM: {remote} does not show the history that this clone has seen: {what}"))
        .hint("no forge ref here was rewound; ask an admin what happened to the server, and keep this clone: it holds the proof")
        .exit(ExitCode::Alarm)
}

fn unreachable_server(remote: &str, err: &dyn std::fmt::Display) -> Failure {
    Failure::new(format!("cannot reach {remote}: {err}"))
        .hint("check the network and git remote -v; --offline works without the server")
        .exit(ExitCode::Unpublished)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refspecs_that_reach_the_record_are_known() {
        for safe in [
            "+refs/heads/*:refs/remotes/origin/*",
            "refs/tags/*:refs/tags/*",
            "refs/pull/*/head:refs/pull/*",
            "^refs/heads/wip/*",
            "refs/heads/main",
            "+refs/heads/*:refs/forged/*",
        ] {
            assert!(leaves_own_refs(safe), "{safe}");
        }
        for reaching in [
            "+refs/*:refs/*",
            "+*:*",
            "+refs/forge/*:refs/forge/*",
            "+refs/f*:refs/f*",
            "+refs/forge/policy:refs/forge/policy",
            "refs/heads/*:refs/outbox/*",
            "^refs/forge/archive",
            "^refs/*",
        ] {
            assert!(!leaves_own_refs(reaching), "{reaching}");
        }
    }

    #[test]
    fn only_refused_forge_refs_are_alarms() {
        let stderr = " ! [rejected]        refs/forge/policy -> refs/forge/policy  (non-fast-forward)\n \
            * [new ref]         refs/forge/pr/a/log -> refs/forge/pr/a/log\n \
            ! [rejected]        main       -> origin/main  (non-fast-forward)\n";
        let rejected = rejected_refs(stderr);
        assert_eq!(
            rejected.into_iter().collect::<Vec<_>>(),
            ["refs/forge/policy"]
        );
    }
}
