//! Load, decide, commit: the loop that every command drives.
//!
//! `refs/forge/*` holds what the server has, `refs/outbox/*` what is not published yet; a log's tip is the outbox's if it has one.

mod archive;
mod cache;
mod policy;
mod publish;
mod push;
mod reconcile;
mod records;
mod remote;
mod resolve;
pub(crate) mod templates;
mod write;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use touchmark_core::decide::{Author, Scene};
use touchmark_core::event::LogType;
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_core::policy::{Policy, PolicyChain};
use touchmark_core::replay::{self, Outcome};
use touchmark_git::{Budget, PinnedRoot, Repository, Trust};

use crate::clock;
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::globals::Globals;
use crate::keys::{self, Signer};

pub(crate) use cache::{PROGRAM, forget};
pub(crate) use policy::Endorsements;
pub(crate) use publish::Published;
pub(crate) use push::{Ending, Push, push};
pub(crate) use records::{Records, load_whole};
pub(crate) use remote::{
    FetchReport, choose_remote, configure_fetching, fetch, fetching, remote_refs, remotes,
};
pub(crate) use write::sign_and_store;

/// The refs that hold what the server has.
pub(crate) const FORGE: &str = "refs/forge/";

/// The server's receipts.
pub(crate) const RECEIPTS: &str = "refs/forge/receipts";

/// The refs that hold what is not published yet.
pub(crate) const OUTBOX: &str = "refs/outbox/";

/// A repository with its policy, verified against the pinned root.
pub(crate) struct Forge {
    /// The repository.
    pub(crate) repo: Repository,
    /// The policy's versions.
    pub(crate) policies: PolicyChain,
    globals: Globals,
    now: i64,
    me: OnceCell<Me>,
    folds: OnceCell<archive::Folds>,
}

/// Who gives the commands.
pub(crate) struct Me {
    /// The name in the policy.
    pub(crate) person: String,
    /// The author line and the key.
    pub(crate) author: Author,
    /// What signs.
    pub(crate) signer: Box<dyn Signer>,
}

impl Forge {
    /// Finds the repository and verifies its policy.
    ///
    /// # Errors
    ///
    /// It has none, it was not joined, a version is rejected, or the root is not the pinned one.
    pub(crate) fn open(globals: &Globals) -> anyhow::Result<Self> {
        let repo = Repository::discover(&globals.directory)?;
        Self::open_in(repo, globals)
    }

    /// As [`Forge::open`], in a repository that was found before.
    pub(crate) fn open_in(repo: Repository, globals: &Globals) -> anyhow::Result<Self> {
        let pinned = Trust::of(&repo).root()?;
        let published = repo.read_ref(&LogName::Policy.to_string())?;
        let tip = tip_of(&repo, &LogName::Policy, published)?;
        let (pinned, tip) = match (pinned, tip) {
            (Some(pinned), Some(tip)) => (pinned, tip),
            (None, None) => return Err(no_policy().into()),
            (None, Some(_)) => return Err(not_joined().into()),
            (Some(_), None) => return Err(policy_gone().into()),
        };
        let (policies, outcome) = load_policy(&repo, tip)?;
        check_root(&policies, &pinned)?;
        expect_sound(&outcome, "the policy")?;
        // An unpublished policy must not hide that the server has got another one meanwhile.
        if let Some(published) = published.filter(|published| *published != tip) {
            check_root(&load_policy(&repo, published)?.0, &pinned)?;
        }
        Ok(Self {
            repo,
            policies,
            globals: globals.clone(),
            now: clock::now()?,
            me: OnceCell::new(),
            folds: OnceCell::new(),
        })
    }

    /// The newest policy.
    pub(crate) fn policy(&self) -> &Policy {
        let (_, policy) = self
            .policies
            .latest()
            .expect("open checked that the first version is the pinned one");
        policy
    }

    /// The options.
    pub(crate) const fn globals(&self) -> &Globals {
        &self.globals
    }

    /// The time in seconds since 1970.
    pub(crate) const fn now(&self) -> i64 {
        self.now
    }

    /// Who signs, by the key that is selected.
    ///
    /// # Errors
    ///
    /// There is no key, or the policy does not know it or has retired it.
    pub(crate) fn me(&self) -> anyhow::Result<&Me> {
        if let Some(me) = self.me.get() {
            return Ok(me);
        }
        let signer = keys::select(&self.globals, &self.repo)?;
        let author = who_is(self.policy(), signer.as_ref(), &self.repo, self.now)?;
        let me = Me {
            person: author.0,
            author: author.1,
            signer,
        };
        Ok(self.me.get_or_init(|| me))
    }

    /// What a command is judged by.
    pub(crate) fn scene(&self) -> anyhow::Result<Scene<'_>> {
        Ok(Scene {
            hash: self.repo.hash_kind(),
            policies: &self.policies,
            author: &self.me()?.author,
            now: self.now,
        })
    }

    /// The log's last event: an unpublished one if there is one.
    pub(crate) fn tip(&self, log: &LogName) -> anyhow::Result<Option<ObjectId>> {
        tip_of(&self.repo, log, self.published_tip(log)?)
    }

    /// The log's last event that the server has: in its ref, or in the archive, from where it is fetched if need be.
    pub(crate) fn published_tip(&self, log: &LogName) -> anyhow::Result<Option<ObjectId>> {
        match self.repo.read_ref(&log.to_string())? {
            Some(tip) => Ok(Some(tip)),
            None => self.archived_tip(log),
        }
    }

    /// The state of a log, replayed from where the cache of verified tips ends.
    pub(crate) fn load(&self, log: &LogName) -> anyhow::Result<Outcome> {
        let tip = self.tip(log)?.ok_or_else(|| {
            Failure::new(format!("there is no {log} here"))
                .hint("touchmark sync")
                .exit(ExitCode::NotFound)
        })?;
        self.replay_to(log, tip)
    }

    /// As [`Forge::load`], but the comments may be left out: see [`Forge::summary_at`].
    pub(crate) fn summary(&self, log: &LogName) -> anyhow::Result<Outcome> {
        match self.tip(log)? {
            Some(tip) => self.summary_at(log, tip),
            None => self.load(log),
        }
    }

    /// The state of a log at `tip`.
    pub(crate) fn replay_to(&self, log: &LogName, tip: ObjectId) -> anyhow::Result<Outcome> {
        if *log == LogName::Policy {
            return Ok(load_policy(&self.repo, tip)?.1);
        }
        self.records().replay_to(log, tip)
    }

    /// As [`Forge::replay_to`], but the comments may be left out: enough to judge what names none, on a log of any length.
    pub(crate) fn summary_at(&self, log: &LogName, tip: ObjectId) -> anyhow::Result<Outcome> {
        self.records().summary_at(log, tip)
    }

    /// The logs as such, apart from who looks at them.
    pub(crate) const fn records(&self) -> Records<'_> {
        Records {
            repo: &self.repo,
            policies: &self.policies,
        }
    }

    /// The logs of a type, published or not.
    pub(crate) fn logs(&self, log_type: LogType) -> anyhow::Result<Vec<LogName>> {
        let mut logs = self.all_logs()?;
        logs.retain(|log| log.log_type() == log_type);
        Ok(logs)
    }

    /// Every log, published or not, in the order of names.
    pub(crate) fn all_logs(&self) -> anyhow::Result<Vec<LogName>> {
        let mut names: BTreeSet<String> = self.repo.refs(FORGE)?.into_keys().collect();
        names.extend(
            self.repo
                .refs(OUTBOX)?
                .into_keys()
                .map(|name| forge_name(&name)),
        );
        let kind = self.repo.hash_kind();
        Ok(names
            .iter()
            .filter_map(|name| LogName::parse(kind, name))
            .collect())
    }

    /// The logs that have unpublished events, in the order of names but the policy first: others may depend on it.
    pub(crate) fn outbox(&self) -> anyhow::Result<Vec<LogName>> {
        let kind = self.repo.hash_kind();
        let names = self.repo.refs(OUTBOX)?;
        let logs: BTreeSet<LogName> = names
            .keys()
            .filter_map(|name| LogName::parse(kind, &forge_name(name)))
            .collect();
        Ok(logs.into_iter().collect())
    }
}

/// The tip in the outbox, unless the server has it by now; else the published one.
fn tip_of(
    repo: &Repository,
    log: &LogName,
    published: Option<ObjectId>,
) -> anyhow::Result<Option<ObjectId>> {
    let Some(own) = repo.read_ref(&outbox_name(&log.to_string()))? else {
        return Ok(published);
    };
    // A publication that was interrupted leaves behind what the server has taken.
    // Asked this way round first: the outbox is mostly a few events ahead, and the published log may be long.
    match published {
        Some(published)
            if own == published
                || (!repo.is_ancestor(published, own)? && repo.is_ancestor(own, published)?) =>
        {
            Ok(Some(published))
        }
        _ => Ok(Some(own)),
    }
}

/// `refs/forge/…` as its unpublished counterpart.
pub(crate) fn outbox_name(forge: &str) -> String {
    forge
        .strip_prefix(FORGE)
        .map_or_else(|| forge.to_owned(), |rest| format!("{OUTBOX}{rest}"))
}

/// `refs/outbox/…` as its published counterpart.
pub(crate) fn forge_name(outbox: &str) -> String {
    outbox
        .strip_prefix(OUTBOX)
        .map_or_else(|| outbox.to_owned(), |rest| format!("{FORGE}{rest}"))
}

/// Loads and replays the policy up to `tip`; every signature is checked, because the log is short and all rests on it.
pub(crate) fn load_policy(
    repo: &Repository,
    tip: ObjectId,
) -> anyhow::Result<(PolicyChain, Outcome)> {
    let objects = repo
        .load_log(tip, &BTreeSet::new(), &Budget::default())
        .context("cannot read the policy")?;
    Ok(replay::replay_policy(tip, &objects, replay::Trust::Nothing))
}

/// The root of a policy that has an accepted first version.
pub(crate) fn root_of(policies: &PolicyChain) -> Option<PinnedRoot> {
    Some(PinnedRoot {
        repository_id: policies.repository()?,
        policy_root: policies.ids().next()?,
    })
}

/// A policy of which any version does not count is no ground to stand on.
pub(crate) fn expect_sound(outcome: &Outcome, whose: &str) -> anyhow::Result<()> {
    let Some(rejected) = outcome.rejected.first() else {
        return Ok(());
    };
    Err(Failure::new(format!(
        "{whose} has a version that does not count, {}: {}",
        rejected.event, rejected.refusal
    ))
    .hint("ask an admin what happened to it; nothing is signed or believed until it is mended")
    .exit(ExitCode::Unverified)
    .into())
}

fn check_root(policies: &PolicyChain, pinned: &PinnedRoot) -> anyhow::Result<()> {
    if root_of(policies).as_ref() == Some(pinned) {
        return Ok(());
    }
    let id = pinned.repository_id;
    Err(Failure::new(format!(
        "the policy here does not start with the version that this clone has pinned (repository {id})"
    ))
    .hint("ask an admin whether the repository was replaced; do not push")
    .exit(ExitCode::Alarm)
    .into())
}

/// The person who has the signer's key, and the author line that they write.
pub(crate) fn who_is(
    policy: &Policy,
    signer: &dyn Signer,
    repo: &Repository,
    now: i64,
) -> anyhow::Result<(String, Author)> {
    let public = signer.public();
    let key = policy.key(public).ok_or_else(|| {
        let print = public.fingerprint();
        Failure::new(format!(
            "the policy does not know the key {print} ({})",
            signer.place()
        ))
        .hint("touchmark join (says what to send to an admin)")
        .hint("touchmark --key PATH …, if another key of yours is in the policy")
        .exit(ExitCode::Refused)
    })?;
    let identity = policy
        .identity(&key.owner)
        .context("the policy has a key without an owner")?;
    if key.retired.is_some() {
        let message = format!(
            "the key {} of {} is retired",
            public.fingerprint(),
            key.owner
        );
        let failure = Failure::new(message).hint("touchmark --key PATH …, with a key in use");
        return Err(failure.exit(ExitCode::Refused).into());
    }
    // The address that git uses here, if it is one of theirs; else the first that the policy has.
    let email = repo
        .config_string("user.email")
        .filter(|email| identity.emails.contains(email))
        .or_else(|| identity.emails.first().cloned())
        .context("the policy has no e-mail address of this person")?;
    let author = Author {
        name: identity.name.clone(),
        email,
        zone: clock::zone(now),
        key: public.clone(),
    };
    Ok((key.owner.clone(), author))
}

fn no_policy() -> Failure {
    Failure::new("this repository has no policy yet")
        .hint("touchmark init (starts one here)")
        .hint("touchmark join (if the server has one)")
        .exit(ExitCode::NotFound)
}

fn not_joined() -> Failure {
    Failure::new("this clone has a policy, but nobody has said yet that it is the right one")
        .hint("touchmark join")
        .exit(ExitCode::NotFound)
}

fn policy_gone() -> Failure {
    Failure::new("refs/forge/policy is gone, although this clone has pinned its root")
        .hint("touchmark sync (fetches it again)")
        .exit(ExitCode::Alarm)
}

/// Events that were made again: old id to new one.
pub(crate) type IdMap = BTreeMap<ObjectId, ObjectId>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outbox_and_forge_mirror_each_other() {
        let name = "refs/forge/pr/x/log";
        assert_eq!(outbox_name(name), "refs/outbox/pr/x/log");
        assert_eq!(forge_name(&outbox_name(name)), name);
        assert_eq!(outbox_name("refs/heads/main"), "refs/heads/main");
    }
}
