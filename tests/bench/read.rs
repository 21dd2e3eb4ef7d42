//! Reading: verify and replay, beside the bare signature checks and stock git.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use ed25519_dalek::{Signature, VerifyingKey};
use touchmark_core::log::LogName;
use touchmark_core::object::{ObjectType, Objects};
use touchmark_core::replay::{Outcome, Trust, replay, replay_policy};
use touchmark_core::sign;
use touchmark_git::{Budget, Repository};

use crate::ROUNDS;
use crate::log::{HASH, Log, git};
use crate::measure::{Task, Times, in_turns};

/// How many commits stock git verifies; the time for all is in proportion.
pub(crate) const SAMPLE: usize = 200;

/// How long reading takes.
pub(crate) struct Reading {
    /// Load, verify and replay, by log.
    pub(crate) replay: Vec<Times>,
    /// `verify_strict` for each event of the middle log, nothing else.
    pub(crate) raw: Times,
    /// `git log --format=%G?` for [`SAMPLE`] commits of the middle log.
    pub(crate) stock: Times,
}

/// Measures reading.
///
/// # Errors
///
/// When a log is not what [`crate::log::make`] made, or git fails.
pub(crate) fn measure(logs: &[Log]) -> Result<Reading> {
    let [_, middle, _] = logs else {
        anyhow::bail!("three logs are measured");
    };
    let signatures = signatures(middle)?;
    ensure!(
        signatures.len() == middle.events,
        "a signature for each event"
    );
    let mut tasks: Vec<Task<'_>> = Vec::new();
    for (name, log) in ["replay 1,000", "replay 10,000", "replay 100,000"]
        .iter()
        .zip(logs)
    {
        tasks.push((name, Box::new(|| verify_and_replay(log).map(drop))));
    }
    tasks.push((
        "raw ed25519",
        Box::new(|| {
            for (key, message, signature) in &signatures {
                key.verify_strict(message, signature)?;
            }
            Ok(())
        }),
    ));
    tasks.push(("git log", Box::new(|| stock(middle))));
    let mut times = in_turns(ROUNDS, &mut tasks)?;
    let stock = times.pop().context("times of git")?;
    let raw = times.pop().context("times of the signatures")?;
    Ok(Reading {
        replay: times,
        raw,
        stock,
    })
}

/// What a fresh process does: opens the repository, loads policy and log, verifies and replays all of it.
pub(crate) fn verify_and_replay(log: &Log) -> Result<Outcome> {
    let repository = Repository::open(&log.repository)?;
    let budget = Budget::default();
    let policy = repository.load_log(log.policy, &BTreeSet::new(), &budget)?;
    let (policies, _) = replay_policy(log.policy, &policy, Trust::Nothing);
    let name = LogName::parse(HASH, &log.name).context("the name of a log")?;
    let objects = repository.load_log(log.tip, &BTreeSet::new(), &budget)?;
    let outcome = replay(&policies, &name, log.tip, &objects, Trust::Nothing);
    ensure!(
        outcome.is_sound(),
        "every event counts: {:?}",
        outcome.rejected.first()
    );
    ensure!(
        usize::try_from(outcome.events)? == log.events,
        "all events are replayed"
    );
    Ok(outcome)
}

type Signed = (VerifyingKey, Vec<u8>, Signature);

/// Key, signed bytes and signature of every event.
fn signatures(log: &Log) -> Result<Vec<Signed>> {
    let repository = Repository::open(&log.repository)?;
    let objects: Objects = repository.load_log(log.tip, &BTreeSet::new(), &Budget::default())?;
    let commits = objects
        .iter()
        .filter(|(_, object)| object.object_type == ObjectType::Commit);
    commits
        .map(|(_, object)| {
            let (payload, armor) = sign::split_signature(&object.data, HASH)?;
            let blob = sign::parse(&armor)?;
            let message = sign::bytes_to_sign(&payload);
            raw(&blob, message)
        })
        .collect()
}

fn raw(signature: &sign::Signature, message: Vec<u8>) -> Result<Signed> {
    // The blobs end in the raw key and in the raw signature.
    let key = signature.claimed_signer().to_blob();
    let blob = signature.to_blob();
    let point = key.last_chunk::<32>().context("a key")?;
    let bytes = blob.last_chunk::<64>().context("a signature")?;
    Ok((
        VerifyingKey::from_bytes(point)?,
        message,
        Signature::from_bytes(bytes),
    ))
}

/// Stock git on some commits of the log.
fn stock(log: &Log) -> Result<()> {
    let signers = format!(
        "gpg.ssh.allowedSignersFile={}",
        log.repository.join("signers").display()
    );
    let sample = format!("-{SAMPLE}");
    let arguments = [
        "-c",
        "gpg.format=ssh",
        "-c",
        &signers,
        "log",
        &sample,
        "--format=%G?",
        &log.name,
    ];
    let printed = git(Path::new(&log.repository), &arguments)?;
    let good = String::from_utf8_lossy(&printed)
        .lines()
        .filter(|line| *line == "G")
        .count();
    ensure!(
        good == SAMPLE,
        "git finds {good} good signatures of {SAMPLE}"
    );
    Ok(())
}
