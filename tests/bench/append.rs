//! Appending to a log whose state is at hand, as after a warm cache: decide, sign, write, move the ref, replay what is new.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use touchmark_core::decide::{self, Author, Command, Scene};
use touchmark_core::event::{Payload, payload};
use touchmark_core::policy::PolicyChain;
use touchmark_core::replay::{Outcome, Trust, replay_policy, resume};
use touchmark_core::sign::attach_signature;
use touchmark_git::{Append, Budget, Repository};

use crate::ROUNDS;
use crate::log::{HASH, Log, Person, people};
use crate::measure::{Task, Times, in_turns};
use crate::read::verify_and_replay;

/// Appends in one measurement.
pub(crate) const APPENDS: usize = 50;

/// A log and its state, which move on together.
struct Warm<'a> {
    log: &'a Log,
    repository: Repository,
    policies: PolicyChain,
    outcome: Option<Outcome>,
    person: Person,
}

/// How long one append takes, by log.
///
/// # Errors
///
/// When an append is refused or fails.
pub(crate) fn measure(logs: &[Log]) -> Result<Vec<Times>> {
    let mut warm = logs.iter().map(Warm::new).collect::<Result<Vec<_>>>()?;
    let names = ["append to 1,000", "append to 10,000", "append to 100,000"];
    let mut tasks: Vec<Task<'_>> = Vec::new();
    for (name, warm) in names.iter().zip(&mut warm) {
        tasks.push((
            name,
            Box::new(|| (0..APPENDS).try_for_each(|_| warm.append())),
        ));
    }
    let times = in_turns(2 * ROUNDS, &mut tasks)?;
    Ok(times
        .iter()
        .map(|times| times.scaled(1.0 / APPENDS as f64))
        .collect())
}

impl<'a> Warm<'a> {
    fn new(log: &'a Log) -> Result<Self> {
        let repository = Repository::open(&log.repository)?;
        let objects = repository.load_log(log.policy, &BTreeSet::new(), &Budget::default())?;
        let (policies, _) = replay_policy(log.policy, &objects, Trust::Nothing);
        let outcome = Some(verify_and_replay(log)?);
        let [person, _] = people();
        Ok(Self {
            log,
            repository,
            policies,
            outcome,
            person,
        })
    }

    fn append(&mut self) -> Result<()> {
        let old = self
            .outcome
            .take()
            .context("the state after the last append")?;
        let author = Author {
            name: self.person.name.to_owned(),
            email: self.person.email.to_owned(),
            zone: "+0000".to_owned(),
            key: self.person.key.public(),
        };
        let now = old.tip_facts.context("the tip counts")?.seconds + 1;
        let scene = Scene {
            hash: HASH,
            policies: &self.policies,
            author: &author,
            now,
        };
        let payload = Payload::Comment(payload::Comment { reply: None });
        let command = Command::new(payload).body("One more, in the same order as before.");
        let next = decide::next(&scene, &old, command)?;
        let armor = self.person.key.sign(&next.payload);
        let commit = attach_signature(&next.payload, &armor, HASH);
        let tip = self.repository.append(&Append {
            log_ref: &self.log.name,
            expected: Some(old.tip),
            commits: &[commit],
            objects: &next.objects,
            edits: &[],
            message: "comment",
        })?;
        let new = self
            .repository
            .load_log(tip, &BTreeSet::from([old.tip]), &Budget::default())?;
        let outcome = resume(&self.policies, old, tip, &new, Trust::Nothing);
        let outcome = outcome.context("a linear log can be resumed")?;
        ensure!(outcome.is_sound(), "the new event counts");
        self.outcome = Some(outcome);
        Ok(())
    }
}
