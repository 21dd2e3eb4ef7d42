//! Decide, sign, append to the outbox.

use anyhow::Context as _;
use touchmark_core::decide::{self, Command, Next};
use touchmark_core::event::{LogType, Payload};
use touchmark_core::heads;
use touchmark_core::id::{Digest, ObjectId};
use touchmark_core::log::LogName;
use touchmark_core::object::ObjectType;
use touchmark_core::replay::{Outcome, State};
use touchmark_core::sign::attach_signature;
use touchmark_git::{Expected, RefEdit, Repository, TransactError};

use super::publish::Patience;
use super::{Forge, outbox_name};
use crate::errors::Failure;
use crate::keys::Signer;
use crate::next_steps::about;

/// How often a write is decided again when another process of the same person got in between.
const ATTEMPTS: usize = 20;

impl Forge {
    /// Appends the event that carries out `command` to the log's outbox and returns its id.
    ///
    /// # Errors
    ///
    /// A refusal; or the key, the repository or a lock does not let it happen.
    pub(crate) fn write(&self, log: &LogName, command: Command) -> anyhow::Result<ObjectId> {
        let mut patience = Patience::default();
        for _ in 0..ATTEMPTS {
            let outcome = match self.tip(log)? {
                Some(tip) if !command.names_comment() => self.summary_at(log, tip)?,
                _ => self.load(log)?,
            };
            let next = decide::next(&self.scene()?, &outcome, command.clone())
                .map_err(|refusal| about(refusal, log))?;
            let id = self.sign_and_store(&next)?;
            match self.move_outbox(log, id) {
                Ok(true) => return Ok(id),
                Ok(false) => {}
                Err(err) if patience.with(&err) => {}
                Err(err) => return Err(err),
            }
        }
        Err(
            Failure::new(format!("{log} keeps being changed by another process"))
                .hint("try again when it has ended")
                .into(),
        )
    }

    /// Starts a new object with the event that carries out `command`, in the outbox.
    ///
    /// # Errors
    ///
    /// As of [`Forge::write`].
    pub(crate) fn create(&self, log_type: LogType, command: Command) -> anyhow::Result<LogName> {
        let named = match &command.payload {
            Payload::Check(check) => Some(LogName::Check(check.commit)),
            Payload::Queue(queue) => queue
                .target
                .branch()
                .map(|name| LogName::Queue(name.to_owned())),
            _ => None,
        };
        let next = decide::first(&self.scene()?, log_type, command)?;
        let id = self.sign_and_store(&next)?;
        let log = match (named, log_type) {
            (Some(log), _) => log,
            (None, LogType::Proposal) => LogName::Proposal(id),
            (None, LogType::Issue) => LogName::Issue(id),
            (None, LogType::Run) => LogName::Run(id),
            (None, LogType::Guest) => {
                let key = self.me()?.author.key.to_blob();
                LogName::Guest(Digest::of(&key), id)
            }
            (None, _) => LogName::Pr(id),
        };
        if self.move_outbox(&log, id)? {
            return Ok(log);
        }
        Err(Failure::new(format!("{log} exists already"))
            .hint("touchmark sync")
            .into())
    }

    /// Signs what was decided and writes the commit and its files; no ref moves.
    pub(crate) fn sign_and_store(&self, next: &Next) -> anyhow::Result<ObjectId> {
        sign_and_store(&self.repo, self.me()?.signer.as_ref(), next)
    }

    /// The state at `tip` as far as its last event needs: one that names a comment needs all of them.
    fn judged(&self, log: &LogName, tip: ObjectId) -> anyhow::Result<Outcome> {
        let summary = self.summary_at(log, tip)?;
        if summary.is_sound() {
            return Ok(summary);
        }
        self.replay_to(log, tip)
    }

    /// Moves the log's outbox to `tip`, whose first parent must be the log's tip; `false` when that has moved meanwhile.
    pub(super) fn move_outbox(&self, log: &LogName, tip: ObjectId) -> anyhow::Result<bool> {
        let outcome = self.judged(log, tip)?;
        // The decision used the same rules, so this shows a defect of this program or of the disk, before anyone sees it.
        if let Some(rejected) = outcome
            .rejected
            .iter()
            .find(|rejected| rejected.event == tip)
        {
            return Err(anyhow::Error::from(rejected.refusal.clone())
                .context("the event was signed, but reading it again refuses it"));
        }
        let name = log.to_string();
        let own = self.repo.read_ref(&outbox_name(&name))?;
        let published = self.repo.read_ref(&name)?;
        // Another process may have written meanwhile: its event must come before this one, not be replaced by it.
        if first_parent(&self.repo, tip)? != self.tip(log)? {
            return Ok(false);
        }
        let mut edits = vec![
            RefEdit {
                name: outbox_name(&name),
                expected: Expected::from(own),
                new: Some(tip),
                message: "touchmark: write".to_owned(),
            },
            RefEdit::verify(name, published),
        ];
        edits.extend(heads_edit(&self.repo, &outcome)?);
        match self.repo.transact(&edits) {
            Ok(()) => Ok(true),
            Err(err) if err.is_conflict() && !matches!(err, TransactError::Locked { .. }) => {
                Ok(false)
            }
            Err(err) => Err(err).context("cannot move the outbox"),
        }
    }
}

/// Signs what was decided and writes the commit and its files; no ref moves.
pub(crate) fn sign_and_store(
    repo: &Repository,
    signer: &dyn Signer,
    next: &Next,
) -> anyhow::Result<ObjectId> {
    let armor = signer.sign(&next.payload)?;
    let commit = attach_signature(&next.payload, &armor, repo.hash_kind());
    for (object_type, data) in &next.objects {
        repo.write(*object_type, data)?;
    }
    // git fsck wants the tree of every commit, also the empty one that git knows by heart.
    let empty = format!("tree {}\n", repo.hash_kind().empty_tree());
    if next.payload.starts_with(empty.as_bytes()) {
        repo.write(ObjectType::Tree, b"")?;
    }
    Ok(repo.write(ObjectType::Commit, &commit)?)
}

/// The edit that keeps a pull request's revisions reachable from the outbox, if it is needed; writes the commits for it.
pub(super) fn heads_edit(repo: &Repository, outcome: &Outcome) -> anyhow::Result<Option<RefEdit>> {
    let (Some(State::Pr(state)), Some(name)) = (&outcome.state, outcome.log.heads_ref()) else {
        return Ok(None);
    };
    for (_, content) in heads::chain(state.revisions.iter().map(|revision| revision.head)) {
        repo.write(ObjectType::Commit, content.as_bytes())?;
    }
    let outbox = outbox_name(&name);
    let (published, own) = (repo.read_ref(&name)?, repo.read_ref(&outbox)?);
    let new = Some(state.heads).filter(|heads| published != Some(*heads));
    if own == new {
        return Ok(None);
    }
    Ok(Some(RefEdit {
        name: outbox,
        expected: Expected::from(own),
        new,
        message: "touchmark: keep revisions".to_owned(),
    }))
}

impl Forge {
    /// The first parent of a commit; `None` when it has none.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub(crate) fn first_parent(&self, id: ObjectId) -> anyhow::Result<Option<ObjectId>> {
        first_parent(&self.repo, id)
    }
}

/// The first parent of a commit.
pub(super) fn first_parent(repo: &Repository, id: ObjectId) -> anyhow::Result<Option<ObjectId>> {
    let budget = touchmark_git::Budget::default();
    let (_, data) = repo
        .read(id, budget.max_commit_bytes)?
        .with_context(|| format!("commit {id} is missing"))?;
    let parent = data
        .split(|byte| *byte == b'\n')
        .nth(1)
        .and_then(|line| std::str::from_utf8(line.strip_prefix(b"parent ")?).ok())
        .and_then(ObjectId::from_hex);
    Ok(parent)
}
