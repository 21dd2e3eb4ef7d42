//! The policy's next version: proposed, endorsed, recorded. Judged by the code that replays it, before anything is signed.

use super::{Command, Files, Next, Scene, files};
use crate::event::{Event, Payload, Rule, Stance, Unsigned, payload};
use crate::id::{HashKind, ObjectId};
use crate::object::{ObjectType, Objects, parse_tree};
use crate::policy::{Policy, PolicyChain, parse};
use crate::refusal::Refusal;
use crate::replay::{
    Outcome, ProposalState, State, Tally, check_first, check_next_version, fits, read_one,
};

/// The files of a policy version without its endorsements: what is proposed and endorsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// `policy.toml`
    pub policy_toml: Vec<u8>,
    /// `allowed_signers`
    pub allowed_signers: Vec<u8>,
    /// The tree `templates`, which is taken over as it is.
    pub templates: Option<ObjectId>,
}

impl Draft {
    /// What a policy's or a proposal's tree holds; `None` when an object of it is missing.
    pub fn read(objects: &Objects, tree: ObjectId) -> Option<Self> {
        let entries = parse_tree(objects.kind(), objects.get(&tree, ObjectType::Tree)?)?;
        let find = |name: &[u8]| {
            let entry = entries.iter().find(|entry| entry.name == name);
            entry.map(|entry| entry.id)
        };
        let blob = |name: &[u8]| Some(objects.get(&find(name)?, ObjectType::Blob)?.to_vec());
        Some(Self {
            policy_toml: blob(b"policy.toml")?,
            allowed_signers: blob(b"allowed_signers")?,
            templates: find(b"templates"),
        })
    }

    /// The policy that the files make, which may follow `before`.
    ///
    /// # Errors
    ///
    /// Rule `policy-form`, with file, key or line.
    pub fn check(&self, before: &Policy) -> Result<Policy, Refusal> {
        let form =
            |error: crate::policy::PolicyError| Refusal::new(Rule::PolicyForm, error.to_string());
        let policy = parse(&self.policy_toml, &self.allowed_signers).map_err(form)?;
        policy.check_follows(before).map_err(form)?;
        Ok(policy)
    }

    /// The id of the tree that is endorsed.
    ///
    /// # Errors
    ///
    /// A file is too large to be an object.
    pub fn tree(&self, hash: HashKind) -> Result<ObjectId, Refusal> {
        Ok(self.files(Vec::new()).objects(hash)?.0)
    }

    fn files(&self, endorsements: Vec<(ObjectId, Vec<u8>)>) -> Files {
        Files::Policy {
            policy_toml: self.policy_toml.clone(),
            allowed_signers: self.allowed_signers.clone(),
            templates: self.templates,
            endorsements,
        }
    }
}

/// The number of the version that would follow the newest.
fn next_version(policies: &PolicyChain) -> u32 {
    let count = policies.ids().count();
    u32::try_from(count).unwrap_or(u32::MAX).saturating_add(1)
}

/// What is there, and what is new.
fn together(objects: &Objects, new: &Objects) -> Result<Objects, Refusal> {
    let mut all = objects.clone();
    for (_, object) in new.iter() {
        files::insert(&mut all, object.object_type, object.data.clone())?;
    }
    Ok(all)
}

/// The event that proposes a policy; `objects` holds what the draft takes over.
///
/// # Errors
///
/// The rule that forbids it. Files that are not well formed are refused here, though a log may hold them.
pub fn propose(
    scene: &Scene<'_>,
    objects: &Objects,
    draft: &Draft,
    title: String,
    body: Option<String>,
) -> Result<Next, Refusal> {
    let (policy_id, policy) = scene.policy()?;
    draft.check(policy)?;
    let (tree, new) = draft.files(Vec::new()).objects(scene.hash)?;
    expect_change(objects, policy_id, draft)?;
    let unsigned = Unsigned {
        tree,
        parents: Vec::new(),
        author: scene.actor(None),
        subject: Some(title),
        body,
        repo: scene.policies.repository(),
        policy: Some(policy_id),
        payload: Payload::Proposal(payload::Proposal {
            version: next_version(scene.policies),
        }),
    };
    let (payload, event) = scene.prepare(&unsigned, &together(objects, &new)?)?;
    let name = crate::log::LogName::Proposal(ObjectId::zero(scene.hash));
    check_first(scene.policies, &name, &event)?;
    Ok(Next {
        payload,
        objects: files::listed(&new),
    })
}

fn expect_change(objects: &Objects, newest: ObjectId, draft: &Draft) -> Result<(), Refusal> {
    let event = crate::event::decode(objects, &newest, crate::event::Verify::Trusted)?;
    if Draft::read(objects, event.tree).as_ref() == Some(draft) {
        return Err(super::nothing("the policy is like that already"));
    }
    Ok(())
}

/// An admin's word on a proposal, in its log; `objects` holds the proposed tree.
///
/// # Errors
///
/// The rule that forbids it. Nobody endorses what could not be recorded.
pub fn endorse(
    scene: &Scene<'_>,
    outcome: &Outcome,
    objects: &Objects,
    stance: Stance,
    body: Option<String>,
) -> Result<Next, Refusal> {
    let state = proposal(outcome)?;
    let draft = proposed(state, objects)?;
    if stance == Stance::Endorse {
        expect_on_newest(scene.policies, state)?;
        draft.check(scene.policy()?.1)?;
    }
    let word = Payload::Endorse(payload::Endorse {
        version: state.version,
        tree_id: state.tree,
        stance,
    });
    super::next(
        scene,
        outcome,
        Command::new(word).body(body.unwrap_or_default()),
    )
}

/// An endorsement that stands in no log, for somebody who counts and may not write into the proposal's:
/// a new admin, or one of those who may stand in for the admins.
///
/// # Errors
///
/// The draft is not well formed, or the author's word counts for nothing.
pub fn endorse_apart(
    scene: &Scene<'_>,
    draft: &Draft,
    body: Option<String>,
) -> Result<Next, Refusal> {
    let (policy_id, policy) = scene.policy()?;
    let proposed = draft.check(policy)?;
    let unsigned = Unsigned {
        tree: scene.hash.empty_tree(),
        parents: vec![policy_id],
        author: scene.actor(None),
        subject: None,
        body,
        repo: None,
        policy: Some(policy_id),
        payload: Payload::Endorse(payload::Endorse {
            version: next_version(scene.policies),
            tree_id: draft.tree(scene.hash)?,
            stance: Stance::Endorse,
        }),
    };
    let (payload, event) = scene.prepare(&unsigned, &Objects::new(scene.hash))?;
    let tally = Tally::of(policy, &proposed, &[event]);
    let shares = [
        Some(&tally.before),
        tally.recovery.as_ref(),
        tally.after.as_ref(),
    ];
    if !shares.iter().flatten().any(|share| !share.given.is_empty()) {
        let reason = "the author is no admin before or after, and may not stand in for one";
        return Err(Refusal::new(Rule::RightMissing, reason));
    }
    Ok(Next {
        payload,
        objects: Vec::new(),
    })
}

/// The endorsements of a draft among commits that may be some, each with its content, and how far they go.
///
/// # Errors
///
/// The draft is not well formed, or a commit is no endorsement of it.
pub fn tally(
    policies: &PolicyChain,
    hash: HashKind,
    draft: &Draft,
    endorsements: &[(ObjectId, Vec<u8>)],
) -> Result<Tally, Refusal> {
    let Some((policy_id, policy)) = policies.latest() else {
        return Err(Refusal::new(Rule::PolicyUnknown, "there is no policy yet"));
    };
    let (version, tree) = (next_version(policies), draft.tree(hash)?);
    let mut events: Vec<Event> = Vec::new();
    for (id, content) in endorsements {
        let event = read_one(hash, *id, content)?;
        if !fits(&event, policy_id, version, tree) {
            let reason =
                format!("{id} endorses something else: another tree, or on another version");
            return Err(Refusal::new(Rule::PolicyThreshold, reason).with_evidence(*id));
        }
        events.push(event);
    }
    Ok(Tally::of(policy, &draft.check(policy)?, &events))
}

/// The commits that endorse a proposal and have not been taken back, with their content.
///
/// # Errors
///
/// The log is no proposal's, or an endorsement is missing from `objects`.
pub fn given(outcome: &Outcome, objects: &Objects) -> Result<Vec<(ObjectId, Vec<u8>)>, Refusal> {
    let stances = proposal(outcome)?.stances.values();
    let endorsements = stances.filter(|given| given.stance == Stance::Endorse);
    endorsements
        .map(
            |given| match objects.get(&given.event, ObjectType::Commit) {
                Some(content) => Ok((given.event, content.to_vec())),
                None => {
                    let reason = format!("the endorsement {} is not here", given.event);
                    Err(Refusal::new(Rule::ObjectMissing, reason))
                }
            },
        )
        .collect()
}

/// The next version of the policy, with the endorsements that it embeds; with none if it changes only the author's own keys.
///
/// `outcome` is the policy's log and `objects` its objects.
///
/// # Errors
///
/// The rule that forbids it.
pub fn version(
    scene: &Scene<'_>,
    outcome: &Outcome,
    objects: &Objects,
    draft: &Draft,
    endorsements: Vec<(ObjectId, Vec<u8>)>,
    proposal: Option<ObjectId>,
    body: Option<String>,
) -> Result<Next, Refusal> {
    let (policy_id, _) = scene.policy()?;
    expect_change(objects, policy_id, draft)?;
    let (tree, new) = draft.files(endorsements).objects(scene.hash)?;
    let unsigned = Unsigned {
        tree,
        parents: vec![outcome.tip],
        author: scene.actor(outcome.tip_facts.map(|facts| facts.seconds)),
        subject: None,
        body,
        repo: None,
        policy: Some(policy_id),
        payload: Payload::Policy(payload::Policy {
            version: next_version(scene.policies),
            nonce: None,
            origin: None,
            proposal,
        }),
    };
    let all = together(objects, &new)?;
    let (payload, event) = scene.prepare(&unsigned, &all)?;
    check_next_version(&all, scene.policies, outcome, &event)?;
    Ok(Next {
        payload,
        objects: files::listed(&new),
    })
}

/// The draft that a proposal's log proposes.
///
/// # Errors
///
/// The log is no proposal's, or a file of it is missing.
pub fn proposed(state: &ProposalState, objects: &Objects) -> Result<Draft, Refusal> {
    Draft::read(objects, state.tree).ok_or_else(|| {
        let reason = format!("the proposed tree {} cannot be read", state.tree);
        Refusal::new(Rule::ObjectMissing, reason)
    })
}

/// The state of a proposal's log.
///
/// # Errors
///
/// It has none.
pub fn proposal(outcome: &Outcome) -> Result<&ProposalState, Refusal> {
    match &outcome.state {
        Some(State::Proposal(state)) => Ok(state),
        _ => {
            let reason = "the log is no proposal, or its first event does not count";
            Err(Refusal::new(Rule::RecordError, reason))
        }
    }
}

/// Whether the proposal builds on the newest version: endorsements of any other cannot be recorded.
///
/// # Errors
///
/// Rule `policy-version`.
pub fn expect_on_newest(policies: &PolicyChain, state: &ProposalState) -> Result<(), Refusal> {
    if Some(state.policy) == policies.latest().map(|(id, _)| id) {
        return Ok(());
    }
    let reason = "the policy has changed since this was proposed";
    let fix = "propose it again on the newest version: touchmark policy propose";
    Err(Refusal::new(Rule::PolicyVersion, reason).with_fix(fix))
}
