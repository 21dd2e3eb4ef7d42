//! Decide: from a command to the event that carries it out, or a refusal.
//!
//! Every rule that a replay would apply to the event is applied here by the same code, before anything is signed;
//! beside them stand the few rules that only commands have.

mod files;
pub mod policy;
mod recreate;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_policy;
#[cfg(test)]
mod tests_recreate;

pub use files::Files;
pub use recreate::{accept, join, recreate};

use crate::event::{Actor, Event, LogType, Payload, RefName, Rule, Unsigned, Verdict, payload};
use crate::gate::{self, Verdicts};
use crate::id::{Digest, HashKind, ObjectId};
use crate::log::LogName;
use crate::object::{ObjectType, Objects};
use crate::policy::{Policy, PolicyChain, parse};
use crate::refusal::Refusal;
use crate::replay::{Outcome, PrState, State, check_first, check_next};
use crate::sign::PublicKey;

/// Who gives a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The name for the author line.
    pub name: String,
    /// The e-mail address for the author line.
    pub email: String,
    /// The time zone for the author line, such as `+0200`.
    pub zone: String,
    /// The key that will sign.
    pub key: PublicKey,
}

/// What somebody wants to happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The structured part.
    pub payload: Payload,
    /// The subject, for kinds whose subject is the user's own text.
    pub subject: Option<String>,
    /// The text.
    pub body: Option<String>,
    /// The files.
    pub files: Files,
}

impl Command {
    /// A command without text and files.
    pub const fn new(payload: Payload) -> Self {
        Self {
            payload,
            subject: None,
            body: None,
            files: Files::None,
        }
    }

    /// Whether the command names a comment: then it must be judged with all of them at hand.
    pub fn names_comment(&self) -> bool {
        self.payload.names_comment()
    }

    /// With this subject.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// With this body; an empty one is none.
    #[must_use]
    pub fn body(mut self, body: impl Into<String>) -> Self {
        self.body = Some(body.into()).filter(|body| !body.is_empty());
        self
    }

    /// With these files.
    #[must_use]
    pub fn files(mut self, files: Files) -> Self {
        self.files = files;
        self
    }
}

/// An event that may happen next, ready to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// The bytes to sign. With the signature attached they are the commit.
    pub payload: Vec<u8>,
    /// Trees and blobs that the commit needs.
    pub objects: Vec<(ObjectType, Vec<u8>)>,
}

/// What a command is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The repository's hash.
    pub hash: HashKind,
    /// The policy's versions; the newest one judges.
    pub policies: &'a PolicyChain,
    /// The author.
    pub author: &'a Author,
    /// Seconds since 1970, by the author's clock.
    pub now: i64,
}

impl Scene<'_> {
    /// The newest policy.
    fn policy(&self) -> Result<(ObjectId, &Policy), Refusal> {
        self.policies.latest().ok_or_else(|| {
            let reason = "this repository has no policy yet";
            Refusal::new(Rule::PolicyUnknown, reason).with_fix("touchmark init")
        })
    }

    /// The author line; an author's clock that runs behind the log's does not make the event refused.
    fn actor(&self, not_before: Option<i64>) -> Actor {
        Actor {
            name: self.author.name.clone(),
            email: self.author.email.clone(),
            seconds: not_before.map_or(self.now, |before| before.max(self.now)),
            zone: self.author.zone.clone(),
        }
    }

    /// The bytes to sign and the event as it will be read.
    fn prepare(&self, unsigned: &Unsigned, objects: &Objects) -> Result<(Vec<u8>, Event), Refusal> {
        let payload = unsigned.encode(self.hash)?;
        let event = unsigned.preview(objects, &self.author.key)?;
        Ok((payload, event))
    }
}

/// The event that opens a new object of this type.
///
/// # Errors
///
/// The rule that forbids it.
pub fn first(scene: &Scene<'_>, log: LogType, command: Command) -> Result<Next, Refusal> {
    let (policy, _) = scene.policy()?;
    let (tree, objects) = command.files.objects(scene.hash)?;
    let unsigned = Unsigned {
        tree,
        parents: Vec::new(),
        author: scene.actor(None),
        subject: command.subject,
        body: command.body,
        repo: scene.policies.repository(),
        policy: Some(policy),
        payload: command.payload,
    };
    let (payload, event) = scene.prepare(&unsigned, &objects)?;
    // The id is known only once it is signed; the preview's is zero.
    let nameless = ObjectId::zero(scene.hash);
    let name = match (log, &event.payload) {
        (LogType::Proposal, _) => LogName::Proposal(nameless),
        (LogType::Issue, _) => LogName::Issue(nameless),
        (LogType::Run, _) => LogName::Run(nameless),
        (LogType::Check, Payload::Check(check)) => LogName::Check(check.commit),
        (LogType::Queue, Payload::Queue(queue)) => {
            LogName::Queue(queue.target.branch().unwrap_or_default().to_owned())
        }
        (LogType::Guest, _) => LogName::Guest(Digest::of(&scene.author.key.to_blob()), nameless),
        (LogType::Receipts, _) => LogName::Receipts,
        (LogType::Archive, _) => LogName::Archive,
        (LogType::Deliveries, _) => LogName::Deliveries,
        (LogType::Policy, _) => LogName::Policy,
        (LogType::Pr | LogType::Check | LogType::Queue, _) => LogName::Pr(nameless),
    };
    check_first(scene.policies, &name, &event)?;
    Ok(Next {
        payload,
        objects: files::listed(&objects),
    })
}

/// The next event of the log that stands as `outcome` says; for a merge see [`merge`].
///
/// # Errors
///
/// The rule that forbids it.
pub fn next(scene: &Scene<'_>, outcome: &Outcome, command: Command) -> Result<Next, Refusal> {
    if matches!(command.payload, Payload::Merge(_)) {
        let reason = "a merge is decided by the gate, on facts about its commits";
        return Err(
            Refusal::new(Rule::ApprovalsMissing, reason).with_fix("touchmark pr merge OBJECT")
        );
    }
    if outcome.log == LogName::Policy {
        let reason = "a version of the policy is made from a proposal and its endorsements";
        return Err(Refusal::new(Rule::PolicyThreshold, reason));
    }
    follow(scene, outcome, command)
}

/// The event that merges a pull request, if the gate is open on these facts; it cites the approvals that opened it.
///
/// # Errors
///
/// Every rule that shuts the gate, or the one that forbids the event.
pub fn merge(
    scene: &Scene<'_>,
    outcome: &Outcome,
    facts: &gate::Facts,
    mut merge: payload::Merge,
    note: Option<String>,
) -> Result<Next, Vec<Refusal>> {
    let (_, policy) = scene.policy().map_err(|refusal| vec![refusal])?;
    if facts.merge_base.is_none() {
        let reason = "the head has no common history with the target";
        return Err(vec![Refusal::new(Rule::RevisionStale, reason)]);
    }
    match gate::judge(outcome, policy, facts) {
        Verdicts::Open { evidence } => merge.evidence = evidence,
        Verdicts::Shut(reasons) => return Err(reasons),
    }
    let command = Command::new(Payload::Merge(merge)).body(note.unwrap_or_default());
    follow(scene, outcome, command).map_err(|refusal| vec![refusal])
}

fn follow(scene: &Scene<'_>, outcome: &Outcome, command: Command) -> Result<Next, Refusal> {
    let (policy_id, policy) = scene.policy()?;
    let (tree, objects) = command.files.objects(scene.hash)?;
    let unsigned = Unsigned {
        tree,
        parents: vec![outcome.tip],
        author: scene.actor(outcome.tip_facts.map(|facts| facts.seconds)),
        subject: command.subject,
        body: command.body,
        repo: None,
        policy: Some(policy_id),
        payload: command.payload,
    };
    let (payload, event) = scene.prepare(&unsigned, &objects)?;
    check_next(scene.policies, outcome, &event)?;
    check_command(policy, outcome, &event)?;
    Ok(Next {
        payload,
        objects: files::listed(&objects),
    })
}

/// The first version of a repository's policy.
///
/// # Errors
///
/// The rule that forbids it: the files are not well formed, or the author is no admin in them.
pub fn first_policy(
    hash: HashKind,
    author: &Author,
    now: i64,
    nonce: [u8; 16],
    policy_toml: &[u8],
    allowed_signers: &[u8],
) -> Result<Next, Refusal> {
    let files = Files::Policy {
        policy_toml: policy_toml.to_vec(),
        allowed_signers: allowed_signers.to_vec(),
        templates: None,
        endorsements: Vec::new(),
    };
    let policies = PolicyChain::default();
    let scene = Scene {
        hash,
        policies: &policies,
        author,
        now,
    };
    let (tree, objects) = files.objects(hash)?;
    let unsigned = Unsigned {
        tree,
        parents: Vec::new(),
        author: scene.actor(None),
        subject: None,
        body: None,
        repo: None,
        policy: None,
        payload: Payload::Policy(payload::Policy {
            version: 1,
            nonce: Some(crate::event::Nonce::from_bytes(nonce)),
            origin: None,
            proposal: None,
        }),
    };
    let (payload, event) = scene.prepare(&unsigned, &objects)?;
    let policy = parse(policy_toml, allowed_signers)
        .map_err(|error| Refusal::new(Rule::PolicyForm, error.to_string()))?;
    crate::replay::check_first_policy(&policy, &event)?;
    Ok(Next {
        payload,
        objects: files::listed(&objects),
    })
}

/// Rules that only commands have: a log may hold what breaks them, and it counts for nothing.
pub(crate) fn check_command(
    policy: &Policy,
    outcome: &Outcome,
    event: &Event,
) -> Result<(), Refusal> {
    let Some(State::Pr(state)) = &outcome.state else {
        return Ok(());
    };
    match (&event.payload, event.payload.review()) {
        (_, Some(review)) if review.verdict == Verdict::Approve => {
            if let Some(latest) = state
                .latest()
                .filter(|latest| latest.number != review.revision)
            {
                let reason = format!(
                    "revision {} is not the latest, {}, so approving it would count for nothing",
                    review.revision, latest.number
                );
                return Err(Refusal::new(Rule::RevisionStale, reason).with_fix("touchmark sync"));
            }
            let approver = policy.key(&event.signer).map(|key| key.owner.as_str());
            let no_facts = gate::Facts::default();
            if approver.is_some_and(|name| gate::took_part(state, policy, &no_facts, name)) {
                let reason = "nobody approves a change that they had a hand in";
                let refusal = Refusal::new(Rule::SelfApproval, reason);
                return Err(refusal.with_fix(
                    "ask somebody else for a review: touchmark pr request OBJECT PERSON",
                ));
            }
            Ok(())
        }
        (Payload::Revision(new), _) => {
            expect_new_code(state, new.base, new.head, new.target.as_ref())
        }
        (Payload::Edit(_), _)
            if state.title == event.subject && state.description == event.body =>
        {
            Err(nothing("title and description are like that already"))
        }
        _ => Ok(()),
    }
}

fn expect_new_code(
    state: &PrState,
    base: ObjectId,
    head: ObjectId,
    target: Option<&RefName>,
) -> Result<(), Refusal> {
    let same = state
        .latest()
        .is_some_and(|latest| latest.base == base && latest.head == head);
    if same && target.is_none_or(|target| *target == state.target) {
        let refusal = nothing(format!(
            "{} is the latest revision's head already",
            head.short()
        ));
        return Err(refusal.with_fix("commit something, then: touchmark pr revise OBJECT"));
    }
    Ok(())
}

fn nothing(reason: impl Into<String>) -> Refusal {
    Refusal::new(Rule::NothingToDo, reason)
}
