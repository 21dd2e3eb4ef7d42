//! The rules that hold for every event, whatever log it stands in: place, policy, signer, right, openness.

use std::collections::BTreeMap;

use super::{Facts, State, Status};
use crate::event::{
    Event, LogType, OrElse, Payload, Position as KindPosition, Right, Rule, Verdict,
};
use crate::id::{Digest, ObjectId};
use crate::log::LogName;
use crate::policy::{Policy, PolicyChain};
use crate::refusal::Refusal;

/// Where an event stands and what it may not be older than.
pub(super) struct Position<'a> {
    pub(super) first: bool,
    pub(super) foreign: bool,
    /// What type of object the log has turned out to hold: a guest's may hold more than one type.
    pub(super) object: Option<LogType>,
    /// The version that judges the event.
    pub(super) in_force: Option<ObjectId>,
    pub(super) facts: &'a BTreeMap<ObjectId, Facts>,
}

/// Who signed an event, in the policy that judges it.
#[derive(Debug, Clone)]
pub struct Signer<'a> {
    /// The name in the policy, or a guest's fingerprint.
    pub name: String,
    /// How many versions the policy that the event names has, itself included.
    pub(super) named_version: u32,
    authority: Authority<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Authority<'a> {
    Policy(&'a Policy),
    Guest,
}

impl<'a> Signer<'a> {
    /// The policy that judges the signer; guests have none.
    pub(super) fn policy(&self) -> Result<&'a Policy, Refusal> {
        match self.authority {
            Authority::Policy(policy) => Ok(policy),
            Authority::Guest => {
                let reason = "a guest has no place in the policy";
                Err(Refusal::new(Rule::RightMissing, reason))
            }
        }
    }

    /// Whether the policy gives this signer the right.
    pub fn may(&self, right: Right) -> bool {
        match self.authority {
            Authority::Policy(policy) => policy.grants(&self.name, right),
            Authority::Guest => matches!(right, Right::Open | Right::Comment),
        }
    }
}

/// Rules `log-root` to `signer-email`.
pub(super) fn place<'a>(
    policies: &'a PolicyChain,
    log: &LogName,
    event: &Event,
    position: &Position<'_>,
) -> Result<Signer<'a>, Refusal> {
    if position.first {
        check_root(log, event)?;
    }
    check_kind(log, event, position.object)?;
    if position.foreign {
        let reason = "the second parent does not lead back to an event of this log";
        return Err(Refusal::new(Rule::LogParents, reason));
    }
    if event.repo.is_some() && event.repo != policies.repository() {
        let reason = "the event was made for another repository";
        return Err(Refusal::new(Rule::LogRepo, reason));
    }
    let (named, policy) = check_policy(policies, event, position)?;
    let name = match log {
        LogName::Guest(key, _) => guest(key, event)?,
        _ => signer(policy, event)?.to_owned(),
    };
    Ok(Signer {
        name,
        named_version: u32::try_from(named + 1).unwrap_or(u32::MAX),
        authority: match log {
            LogName::Guest(..) => Authority::Guest,
            _ => Authority::Policy(policy),
        },
    })
}

fn check_root(log: &LogName, event: &Event) -> Result<(), Refusal> {
    let refuse = |reason: String| Err(Refusal::new(Rule::LogRoot, reason));
    let spec = event.payload.kind().spec();
    if !event.parents.is_empty()
        || spec.position == KindPosition::Later
        || !spec.logs.contains(&log.log_type())
    {
        return refuse(format!("{} cannot start {log}", spec.kind.tag()));
    }
    if log.root().is_some_and(|id| id != event.id) {
        return refuse(format!(
            "the first event is {}, not what {log} is named after",
            event.id
        ));
    }
    match (log, &event.payload) {
        (LogName::Check(commit), Payload::Check(check)) if check.commit != *commit => refuse(
            format!("the result is of {}, the log for {commit}", check.commit),
        ),
        (LogName::Queue(branch), Payload::Queue(queue))
            if queue.target.branch() != Some(branch) =>
        {
            refuse(format!(
                "the queue is for {}, the log for {branch}",
                queue.target
            ))
        }
        _ => Ok(()),
    }
}

fn check_kind(log: &LogName, event: &Event, object: Option<LogType>) -> Result<(), Refusal> {
    let kind = event.payload.kind();
    let logs = kind.spec().logs;
    let fits = logs.contains(&log.log_type()) && object.is_none_or(|object| logs.contains(&object));
    let typed = match &event.payload {
        Payload::Snapshot(snapshot) => snapshot.object_type.word() == log.log_type().name(),
        _ => true,
    };
    if fits && typed {
        return Ok(());
    }
    let reason = format!(
        "{} has no place in a log of type {}",
        kind.tag(),
        log.log_type().name()
    );
    Err(Refusal::new(Rule::LogKind, reason))
}

/// Rules `policy-unknown`, `policy-older` and `time-order`; returns the position of the named version and the one in force.
fn check_policy<'a>(
    policies: &'a PolicyChain,
    event: &Event,
    position: &Position<'_>,
) -> Result<(usize, &'a Policy), Refusal> {
    let unknown = || {
        let reason = "the policy that the event names is no accepted version of this repository's";
        Refusal::new(Rule::PolicyUnknown, reason).with_fix("touchmark sync")
    };
    let named = event
        .policy
        .and_then(|id| policies.position(&id))
        .ok_or_else(unknown)?;
    let policy = position
        .in_force
        .and_then(|id| policies.get(&id))
        .ok_or_else(unknown)?;
    check_order(
        event,
        position.facts,
        |id| policies.position(id),
        Some(named),
    )?;
    Ok((named, policy))
}

/// Rules `policy-older` and `time-order`, against the parents that are well formed.
pub(super) fn check_order(
    event: &Event,
    facts: &BTreeMap<ObjectId, Facts>,
    version: impl Fn(&ObjectId) -> Option<usize>,
    named: Option<usize>,
) -> Result<(), Refusal> {
    let look = match event.payload {
        Payload::Archive(_) => 1,
        _ => usize::MAX,
    };
    let parents = || {
        event
            .parents
            .iter()
            .take(look)
            .filter_map(|id| facts.get(id))
    };
    let older = |parent: &Facts| parent.policy.and_then(|id| version(&id)) > named;
    if named.is_some() && parents().any(older) {
        let reason = "the event names an older policy than its parent";
        return Err(Refusal::new(Rule::PolicyOlder, reason));
    }
    if parents().any(|parent| parent.seconds > event.author.seconds) {
        let reason = "the committer's time is before that of the parent";
        return Err(Refusal::new(Rule::TimeOrder, reason));
    }
    Ok(())
}

fn guest(key: &Digest, event: &Event) -> Result<String, Refusal> {
    if Digest::of(&event.signer.to_blob()) == *key {
        return Ok(event.signer.fingerprint().to_string());
    }
    let reason = "the event is not signed by the guest that the log is named after";
    Err(Refusal::new(Rule::SignerUnknown, reason))
}

/// Who signed, by this policy: rules `signer-unknown`, `signer-retired` and `signer-email`.
pub(crate) fn signer<'a>(policy: &'a Policy, event: &Event) -> Result<&'a str, Refusal> {
    let fingerprint = || event.signer.fingerprint();
    let Some(key) = policy.key(&event.signer) else {
        let reason = format!("the key {} belongs to nobody in the policy", fingerprint());
        return Err(Refusal::new(Rule::SignerUnknown, reason));
    };
    if key.retired.is_some() {
        let reason = format!("the key {} of {} is retired", fingerprint(), key.owner);
        return Err(Refusal::new(Rule::SignerRetired, reason));
    }
    let theirs = policy
        .identity(&key.owner)
        .is_some_and(|identity| identity.emails.contains(&event.author.email));
    if !theirs {
        let reason = format!(
            "<{}> is not an e-mail address of {}, who signed",
            event.author.email, key.owner
        );
        return Err(Refusal::new(Rule::SignerEmail, reason));
    }
    Ok(&key.owner)
}

/// Rules `comment-unknown`, `right-missing`, `state-merged` and `state-closed` for an event on an object that exists.
pub(super) fn standing(state: &State, event: &Event, signer: &Signer<'_>) -> Result<(), Refusal> {
    let spec = event.payload.kind().spec();
    let named = match event.payload.comment_id() {
        Some(id) => Some(
            state
                .comments()
                .and_then(|all| all.get(&id))
                .ok_or_else(|| {
                    Refusal::new(Rule::CommentUnknown, format!("there is no comment {id}"))
                })?,
        ),
        None => None,
    };
    let author = state.author() == Some(signer.name.as_str());
    let comment_author = named.is_some_and(|comment| comment.author == signer.name);
    let exempt = match spec.or {
        Some(OrElse::Author) => author,
        Some(OrElse::CommentAuthor) => comment_author,
        Some(OrElse::Thread) => author || comment_author,
        None => false,
    };
    right(event, signer, exempt)?;
    match state.status() {
        Some(status) if spec.open => super::object::expect_open(status),
        _ => Ok(()),
    }
}

/// Rule `right-missing`; `exempt` where the kind lets the signer do it without the right.
pub(super) fn right(event: &Event, signer: &Signer<'_>, exempt: bool) -> Result<(), Refusal> {
    let spec = event.payload.kind().spec();
    let needed = match event.payload.review() {
        Some(review) if review.verdict == Verdict::Comment => Right::Comment,
        _ => spec.right,
    };
    if exempt || signer.may(needed) {
        return Ok(());
    }
    let reason = format!(
        "{} may not {}: the right {:?} is missing",
        signer.name,
        needed.text(),
        needed.name()
    );
    Err(Refusal::new(Rule::RightMissing, reason))
}

impl State {
    /// Everything said on the object, where its type has that.
    pub fn comments(&self) -> Option<&super::Comments> {
        match self {
            Self::Pr(state) => Some(&state.comments),
            Self::Issue(state) => Some(&state.comments),
            Self::Proposal(state) => Some(&state.comments),
            _ => None,
        }
    }

    /// Who opened the object, where its type has that.
    pub fn author(&self) -> Option<&str> {
        match self {
            Self::Pr(state) => Some(&state.author),
            Self::Issue(state) => Some(&state.author),
            Self::Proposal(state) => Some(&state.author),
            _ => None,
        }
    }

    /// Where the object stands, where its type has that.
    pub fn status(&self) -> Option<Status> {
        match self {
            Self::Pr(state) => Some(state.status),
            Self::Issue(state) => Some(state.status),
            Self::Proposal(state) => Some(state.status),
            _ => None,
        }
    }
}

/// The log type that a state belongs to.
impl State {
    /// The type of log that has such a state; a guest's log has one of a pull request or an issue.
    pub const fn log_type(&self) -> LogType {
        match self {
            Self::Pr(_) => LogType::Pr,
            Self::Issue(_) => LogType::Issue,
            Self::Proposal(_) => LogType::Proposal,
            Self::Policy(_) => LogType::Policy,
            Self::Check(_) => LogType::Check,
            Self::Queue(_) => LogType::Queue,
            Self::Run(_) => LogType::Run,
            Self::Receipts(_) => LogType::Receipts,
            Self::Archive(_) => LogType::Archive,
            Self::Deliveries(_) => LogType::Deliveries,
        }
    }
}
