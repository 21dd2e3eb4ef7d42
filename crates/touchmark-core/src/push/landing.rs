//! Landing: a protected branch moves, and the event in the same push says why it may.

use super::Scene;
use super::growth::Merging;
use crate::code::CodeCommit;
use crate::event::{MergeMethod, Payload, Rule, payload};
use crate::gate::{self, Facts, Gate};
use crate::id::ObjectId;
use crate::policy::{Action, Policy};
use crate::rebase::Remade;
use crate::refusal::Refusal;
use crate::replay::{PrState, State};

/// The version of the merge rule that a landing is checked by.
pub const SEMANTICS: u32 = 1;

/// What a driver finds out about the code that is to land.
#[derive(Debug, Clone)]
pub struct Landing {
    /// The branch, by its full name.
    pub branch: String,
    /// What it holds before the push.
    pub old: Option<ObjectId>,
    /// What it is to hold.
    pub new: ObjectId,
    /// The commit that it is to hold.
    pub commit: CodeCommit,
    /// Whether the old value is in the history of the head.
    pub old_in_head: bool,
    /// Whether the head is in the history of the old value: then there is nothing to land.
    pub head_in_old: bool,
    /// The tree of the head.
    pub head_tree: ObjectId,
    /// What the merge rule makes of base, old value and head: a tree, or what does not go together.
    pub merged: Result<ObjectId, Vec<String>>,
    /// What a rebase is judged by, if it is one.
    pub rebased: Option<Rebased>,
}

/// What a driver finds out about a rebase.
#[derive(Debug, Clone)]
pub struct Rebased {
    /// The commits that the range comes to on the old value, or why it comes to none.
    pub made: Result<Vec<Remade>, Refusal>,
    /// The commits with their content that the branch gains, oldest first, as far as they follow the old value.
    pub landed: Vec<(ObjectId, Vec<u8>)>,
}

/// Judges a merge: the gate is open under the policy in force before the push, and what lands is what the rule makes.
///
/// `facts` are those of the gate, with the target as it was before the push.
///
/// # Errors
///
/// Every refusal of the gate, or what is wrong with the event or the commit.
pub fn land(
    scene: &Scene<'_>,
    merging: &Merging,
    landing: &Landing,
    facts: &Facts,
) -> Result<Gate, Vec<Refusal>> {
    let (_, policy) = scene.policy().map_err(|refusal| vec![refusal])?;
    let Some(State::Pr(state)) = &merging.before.state else {
        let reason = "there is no pull request to merge";
        return Err(vec![Refusal::new(Rule::RecordError, reason)]);
    };
    let Payload::Merge(merge) = &merging.event.payload else {
        let reason = "the event does not merge";
        return Err(vec![Refusal::new(Rule::MergeMismatch, reason)]);
    };
    if facts.merge_base.is_none() {
        let reason = "the head has no common history with the target";
        return Err(vec![Refusal::new(Rule::RevisionStale, reason)]);
    }
    let gate = gate::examine(&merging.before, policy, facts);
    if let gate::Verdicts::Shut(refusals) = gate.verdicts() {
        return Err(refusals);
    }
    let checks = [
        check_signer(scene, state, merging, merge),
        check_values(merge, landing),
        check_method(scene, merge, landing),
        check_result(scene, merging, merge, landing),
        check_evidence(merge, &gate),
    ];
    let refusals: Vec<Refusal> = checks.into_iter().filter_map(Result::err).collect();
    if refusals.is_empty() {
        Ok(gate)
    } else {
        Err(refusals)
    }
}

/// Who merges may merge into this branch; a bot does what a person asked for.
fn check_signer(
    scene: &Scene<'_>,
    state: &PrState,
    merging: &Merging,
    merge: &payload::Merge,
) -> Result<(), Refusal> {
    let (_, policy) = scene.policy()?;
    let Some(key) = policy.key(&merging.event.signer) else {
        return Err(Refusal::new(Rule::SignerUnknown, "nobody knows who merges"));
    };
    policy
        .can(&key.owner, Action::Merge(&merge.target))
        .require()?;
    if policy.people.contains_key(&key.owner) && merge.request.is_none() {
        return Ok(());
    }
    let asked = state
        .merge_request
        .as_ref()
        .filter(|ask| Some(ask.event) == merge.request && ask.revision == merge.revision)
        .filter(|ask| ask.method == merge.method && policy.people.contains_key(&ask.by));
    let Some(asked) = asked else {
        let reason = format!("{} merges what no person has asked to merge", key.owner);
        return Err(Refusal::new(Rule::MergeRight, reason));
    };
    policy
        .can(&asked.by, Action::Merge(&merge.target))
        .require()
}

/// Event and branch name each other's values.
fn check_values(merge: &payload::Merge, landing: &Landing) -> Result<(), Refusal> {
    let mismatch = |reason: String| Err(Refusal::new(Rule::MergeMismatch, reason));
    if merge.target.as_str() != landing.branch {
        return mismatch(format!(
            "the event is for {}, not {}",
            merge.target, landing.branch
        ));
    }
    if Some(merge.old) != landing.old || merge.new != landing.new {
        return mismatch(format!(
            "the event moves {} from {} to {}, the push does not",
            merge.target,
            merge.old.short(),
            merge.new.short()
        ));
    }
    if merge.tree_id != landing.commit.tree {
        return mismatch("Forge-Tree is not the tree of what lands".to_owned());
    }
    if merge.semantics != SEMANTICS {
        return mismatch(format!(
            "the merge rule of version {} is not known, only {SEMANTICS}",
            merge.semantics
        ));
    }
    Ok(())
}

/// The method is one that the branch's rule allows, and the commit has its form.
fn check_method(
    scene: &Scene<'_>,
    merge: &payload::Merge,
    landing: &Landing,
) -> Result<(), Refusal> {
    let (_, policy) = scene.policy()?;
    let refuse = |reason: String| Err(Refusal::new(Rule::MergeMethod, reason));
    let (rule, clause) = policy
        .rules
        .branch(merge.target.branch().unwrap_or_default());
    let word = merge.method.word();
    if !rule.methods.contains(&merge.method) {
        let allowed: Vec<&str> = rule.methods.iter().map(|method| method.word()).collect();
        let reason = format!(
            "{clause} methods: {word} is not among {}",
            allowed.join(", ")
        );
        return refuse(reason);
    }
    let parents = landing.commit.parents.as_slice();
    let fits = match merge.method {
        MergeMethod::Merge => parents == [merge.old, merge.head],
        MergeMethod::Squash => parents == [merge.old],
        MergeMethod::FastForward => merge.new == merge.head && landing.old_in_head,
        MergeMethod::Rebase => parents.len() == 1,
    };
    if fits {
        return Ok(());
    }
    refuse(format!(
        "what lands does not have the parents that {word} gives it"
    ))
}

/// What lands is what the merge rule makes, and signed by whoever merges.
fn check_result(
    scene: &Scene<'_>,
    merging: &Merging,
    merge: &payload::Merge,
    landing: &Landing,
) -> Result<(), Refusal> {
    if landing.head_in_old {
        let reason = "the target holds the revision already";
        return Err(Refusal::new(Rule::NothingToDo, reason));
    }
    if merge.method == MergeMethod::FastForward {
        return Ok(()); // The head was reviewed as it is.
    }
    let (_, policy) = scene.policy()?;
    match &landing.merged {
        Err(paths) => {
            let reason = format!("target and head do not go together in {}", paths.join(", "));
            return Err(Refusal::new(Rule::MergeConflict, reason));
        }
        Ok(tree) if *tree != landing.commit.tree => {
            let reason = format!(
                "the merge rule makes the tree {}, not {}",
                tree.short(),
                landing.commit.tree.short()
            );
            return Err(Refusal::new(Rule::MergeResult, reason).with_evidence(landing.new));
        }
        Ok(_) => {}
    }
    if merge.method == MergeMethod::Rebase {
        return super::rebase::check(scene, merging, merge, landing);
    }
    if signed_by_merger(policy, merging, &landing.commit).is_none() {
        let reason = "the commit that lands is not signed by a key in use of whoever merges";
        return Err(Refusal::new(Rule::MergeResult, reason).with_evidence(landing.new));
    }
    Ok(())
}

/// Who merges, if the commit is signed by them.
///
/// A key that is retired signs nothing new, also beside an event by a key that is not.
pub(super) fn signed_by_merger<'a>(
    policy: &'a Policy,
    merging: &Merging,
    commit: &CodeCommit,
) -> Option<&'a str> {
    let owner = |key| {
        let entry = policy.key(key).filter(|key| key.retired.is_none())?;
        Some(entry.owner.as_str())
    };
    let merger = owner(&merging.event.signer)?;
    let signer = commit.signer.as_ref().and_then(owner);
    (signer == Some(merger)).then_some(merger)
}

/// The event cites nothing that did not open the gate.
fn check_evidence(merge: &payload::Merge, gate: &Gate) -> Result<(), Refusal> {
    let counting = gate.evidence();
    match merge
        .evidence
        .iter()
        .find(|cited| !counting.contains(cited))
    {
        None => Ok(()),
        Some(cited) => {
            let reason = format!(
                "the event cites {}, which counts for nothing here",
                cited.short()
            );
            Err(Refusal::new(Rule::MergeMismatch, reason).with_evidence(*cited))
        }
    }
}
