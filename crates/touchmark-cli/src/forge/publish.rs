//! Publishing: from the outbox to the server, again after a race, and never losing what is not published.

use std::time::Duration;

use ssh_key::rand_core::{OsRng, RngCore as _};
use touchmark_core::event::{self, Payload, Verify};
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_core::replay::Outcome;
use touchmark_git::{Expected, RefEdit, TransactError};

use super::push::{Ending, Push, push};
use super::reconcile::{Reconciled, reconcile, unpublished};
use super::write::heads_edit;
use super::{Forge, IdMap, choose_remote, fetch, outbox_name};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;

/// How often a race is run again.
const ATTEMPTS: u32 = 16;

/// How often a ref is tried again that stays locked; each attempt has waited for the lock already.
const LOCKED_ATTEMPTS: u32 = 2;

/// The longest pause before the second attempt, in milliseconds; it doubles with each further one.
const FIRST_PAUSE_MS: u64 = 40;

/// Where events are kept that were taken out of the outbox.
const DISCARDED: &str = "refs/drafts/discarded/";

/// What became of an object's unpublished events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Published {
    /// The server has them all.
    Sent,
    /// There were none.
    Nothing,
    /// They stay in the outbox, as was asked for; why.
    Kept(String),
    /// They stay in the outbox because the server did not take them; why.
    Failed(String),
}

impl Published {
    /// The word for JSON.
    pub(crate) const fn word(&self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Nothing => "nothing",
            Self::Kept(_) => "kept",
            Self::Failed(_) => "failed",
        }
    }

    /// An error when the server did not take what was meant for it.
    pub(crate) fn require(&self) -> Result<(), Failure> {
        match self {
            Self::Sent | Self::Nothing | Self::Kept(_) => Ok(()),
            Self::Failed(why) => Err(Failure::new(format!(
                "the event is signed and stays in the outbox, but is not published: {why}"
            ))
            .hint("touchmark sync (tries again); touchmark sync --discard OBJECT (lets go of what can never be taken)")
            .exit(ExitCode::Unpublished)),
        }
    }
}

/// What publishing did, beyond its end.
pub(crate) struct Publication {
    /// The end.
    pub(crate) published: Published,
    /// Events that were made again on a newer tip: old id to new one.
    pub(crate) renamed: IdMap,
    /// Whether others' events were joined.
    pub(crate) joined: bool,
}

impl Forge {
    /// Sends the log's unpublished events to the server: log and revisions in one atomic push.
    ///
    /// # Errors
    ///
    /// An alarm, or the repository does not let it happen. That the server does not take it is no error but a [`Published`].
    pub(crate) fn publish(&self, log: &LogName) -> anyhow::Result<Published> {
        Ok(self.publish_in_detail(log)?.published)
    }

    /// As [`Forge::publish`], and says what became of the events.
    pub(crate) fn publish_in_detail(&self, log: &LogName) -> anyhow::Result<Publication> {
        let end = |published| Publication {
            published,
            renamed: IdMap::new(),
            joined: false,
        };
        if self
            .repo
            .read_ref(&outbox_name(&log.to_string()))?
            .is_none()
        {
            return Ok(end(Published::Nothing));
        }
        if self.globals().offline {
            return Ok(end(Published::Kept("--offline".to_owned())));
        }
        let Some(remote) = choose_remote(&self.repo)? else {
            return Ok(end(Published::Kept("there is no remote".to_owned())));
        };
        // Events name the policy that they were made under, so the server must have it.
        if *log == LogName::Policy {
            self.publish_proposals()?;
        } else if self.outbox()?.contains(&LogName::Policy) && !self.builds_on_published(log)? {
            let policy = self.publish_in_detail(&LogName::Policy)?;
            if policy.published != Published::Sent {
                return Ok(policy);
            }
        }
        Run {
            log,
            remote: &remote,
            done: Reconciled::default(),
        }
        .run(self)
    }
}

/// One publication with its repetitions.
struct Run<'a> {
    log: &'a LogName,
    remote: &'a str,
    done: Reconciled,
}

impl Run<'_> {
    fn run(mut self, forge: &Forge) -> anyhow::Result<Publication> {
        // After a fetch the policy may be a newer one, so each repetition works on the repository opened anew.
        let mut newer: Option<Forge> = None;
        let mut patience = Patience::default();
        let mut published = Published::Failed("others keep being faster".to_owned());
        for attempt in 0..ATTEMPTS {
            let forge = newer.as_ref().unwrap_or(forge);
            match self.attempt(forge) {
                Ok(Ending::Taken) => {
                    published = Published::Sent;
                    break;
                }
                Ok(Ending::Raced) => {
                    pause(attempt);
                    fetch(&forge.repo, self.remote)?;
                    newer = Some(Forge::open_in(forge.repo.clone(), forge.globals())?);
                }
                Ok(Ending::Refused(why) | Ending::Unreachable(why)) => {
                    published = Published::Failed(why);
                    break;
                }
                // Another process of this clone works on the same log.
                Err(err) if patience.with(&err) => pause(attempt),
                Err(err) => return Err(err),
            }
        }
        Ok(Publication {
            published,
            renamed: self.done.renamed,
            joined: self.done.joined,
        })
    }

    /// Brings the outbox up to date, pushes it, and writes down what came of it.
    fn attempt(&mut self, forge: &Forge) -> anyhow::Result<Ending> {
        self.done.then(reconcile(forge, self.log)?);
        let Some(pending) = Pending::of(forge, self.log)? else {
            return Ok(Ending::Taken);
        };
        let ending = push(forge, self.remote, &pending.pushes)?;
        if ending == Ending::Taken {
            pending.settle(forge)?;
        }
        Ok(ending)
    }
}

/// Waits a random while, so that writers who met once do not meet again.
pub(super) fn pause(attempt: u32) {
    let longest = FIRST_PAUSE_MS << attempt.min(6);
    let share = u64::from(OsRng.next_u32()) * longest / u64::from(u32::MAX);
    std::thread::sleep(Duration::from_millis(share));
}

/// What is to be pushed for one log.
struct Pending {
    /// The refs there.
    pushes: Vec<Push>,
}

impl Pending {
    /// What the outbox has over the server; `None` when that is nothing, and then the outbox is cleared.
    fn of(forge: &Forge, log: &LogName) -> anyhow::Result<Option<Self>> {
        let name = log.to_string();
        let (Some(tip), live) = (
            forge.repo.read_ref(&outbox_name(&name))?,
            forge.repo.read_ref(&name)?,
        ) else {
            return Ok(None);
        };
        // What is archived has no ref there, and comes back by being given one that goes on from it.
        let new = unpublished(forge, tip, forge.published_tip(log)?)?;
        if new.events.is_empty() {
            clear_outbox(forge, log)?;
            return Ok(None);
        }
        let mut pushes = vec![Push {
            name,
            expected: live,
            new: Some(tip),
        }];
        let outcome = forge.summary_at(log, tip)?;
        pushes.extend(heads_push(forge, &outcome)?);
        for id in &new.events {
            let event = event::decode(&new.objects, id, Verify::Trusted)?;
            if let Payload::Merge(_) = &event.payload {
                return Err(Failure::new(format!(
                    "{} merges, and a merge is only ever published together with its branch",
                    id.short()
                ))
                .hint(format!(
                    "git update-ref -d {}, then touchmark pr merge OBJECT",
                    outbox_name(&log.to_string())
                ))
                .into());
            }
        }
        Ok(Some(Self { pushes }))
    }

    /// Writes down that the server has it.
    fn settle(&self, forge: &Forge) -> anyhow::Result<()> {
        let mut patience = Patience::default();
        for attempt in 0..ATTEMPTS {
            match forge.repo.transact(&self.settling_edits(forge)?) {
                Err(TransactError::Locked { .. }) if patience.is_over() => break,
                Err(err) if err.is_conflict() => pause(attempt),
                settled => return Ok(settled?),
            }
        }
        // The next command sees that the server has it, and clears the outbox.
        Ok(())
    }

    fn settling_edits(&self, forge: &Forge) -> anyhow::Result<Vec<RefEdit>> {
        let mut edits = Vec::new();
        for push in &self.pushes {
            // git has moved it already when the remote's refspecs say so; a fetch in between may have moved it on.
            if forge.repo.read_ref(&push.name)? == push.expected {
                edits.push(RefEdit {
                    name: push.name.clone(),
                    expected: Expected::from(push.expected),
                    new: push.new,
                    message: "touchmark: publish".to_owned(),
                });
            }
            let outbox = outbox_name(&push.name);
            if let Some(new) = push.new
                && forge.repo.read_ref(&outbox)? == Some(new)
            {
                edits.push(RefEdit::delete(outbox, new));
            }
        }
        Ok(edits)
    }
}

/// How long to put up with other processes of this clone.
#[derive(Debug, Default)]
pub(super) struct Patience {
    locked: u32,
}

impl Patience {
    /// Whether it is worth looking again: another process moved a ref in between, or has it for a moment.
    pub(super) fn with(&mut self, err: &anyhow::Error) -> bool {
        let found = err
            .chain()
            .find_map(|cause| cause.downcast_ref::<TransactError>());
        match found {
            Some(TransactError::Locked { .. }) => !self.is_over(),
            Some(err) => err.is_conflict(),
            None => false,
        }
    }

    /// Counts a lock that stayed; what ended without taking its lock away leaves it for good.
    fn is_over(&mut self) -> bool {
        self.locked += 1;
        self.locked > LOCKED_ATTEMPTS
    }
}

/// The push of a pull request's revisions, if the server lacks any.
fn heads_push(forge: &Forge, outcome: &Outcome) -> anyhow::Result<Option<Push>> {
    let Some(name) = outcome.log.heads_ref() else {
        return Ok(None);
    };
    if let Some(edit) = heads_edit(&forge.repo, outcome)? {
        forge.repo.transact(&[edit])?;
    }
    let new: Option<ObjectId> = forge.repo.read_ref(&outbox_name(&name))?;
    let expected = forge.repo.read_ref(&name)?;
    Ok(new.map(|new| Push {
        name,
        expected,
        new: Some(new),
    }))
}

impl Forge {
    /// How many events of a log the server does not have.
    ///
    /// # Errors
    ///
    /// When the log cannot be read.
    pub(crate) fn unpublished_count(&self, log: &LogName) -> anyhow::Result<usize> {
        let name = log.to_string();
        let Some(tip) = self.repo.read_ref(&outbox_name(&name))? else {
            return Ok(0);
        };
        Ok(unpublished(self, tip, self.repo.read_ref(&name)?)?
            .events
            .len())
    }

    /// Takes a log's unpublished events out of the outbox and returns the ref that keeps them.
    ///
    /// # Errors
    ///
    /// There are none, or a lock does not let it happen.
    pub(crate) fn discard(&self, log: &LogName) -> anyhow::Result<String> {
        let outbox = outbox_name(&log.to_string());
        let own = self.repo.read_ref(&outbox)?.ok_or_else(|| {
            Failure::new(format!("{log} has no unpublished events")).exit(ExitCode::NotFound)
        })?;
        let kept = format!("{DISCARDED}{own}/log");
        let mut edits = Vec::new();
        let mut keep = |name: String, to: String, id| -> anyhow::Result<()> {
            if self.repo.read_ref(&to)?.is_none() {
                edits.push(RefEdit::create(to, id, "touchmark: discard"));
            }
            edits.push(RefEdit::delete(name, id));
            Ok(())
        };
        keep(outbox, kept.clone(), own)?;
        if let Some(heads) = log.heads_ref().map(|heads| outbox_name(&heads))
            && let Some(id) = self.repo.read_ref(&heads)?
        {
            keep(heads, format!("{DISCARDED}{own}/heads"), id)?;
        }
        self.repo.transact(&edits)?;
        Ok(kept)
    }
}

/// Takes away the outbox refs of a log whose events the server has.
pub(super) fn clear_outbox(forge: &Forge, log: &LogName) -> anyhow::Result<()> {
    let names = [Some(log.to_string()), log.heads_ref()];
    let mut edits = Vec::new();
    for name in names.into_iter().flatten() {
        let outbox = outbox_name(&name);
        if let Some(own) = forge.repo.read_ref(&outbox)? {
            edits.push(RefEdit::delete(outbox, own));
        }
    }
    Ok(forge.repo.transact(&edits)?)
}
