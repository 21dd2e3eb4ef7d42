//! Code: branches and tags that move, and the commits that come with a revision.

use std::collections::BTreeSet;

use super::{Proof, Scene};
use crate::code::CodeCommit;
use crate::event::{RefName, Right, Rule};
use crate::id::ObjectId;
use crate::object::ObjectType;
use crate::policy::{Action, Policy};
use crate::refusal::Refusal;
use crate::sign::PublicKey;

/// A commit of code that the server did not have.
#[derive(Debug, Clone)]
pub struct NewCommit {
    /// Its id.
    pub id: ObjectId,
    /// What it says.
    pub commit: CodeCommit,
    /// The paths in which it differs from its parent, or from each of several.
    pub paths: BTreeSet<Vec<u8>>,
}

/// A branch that a push moves without merging a pull request.
#[derive(Debug, Clone)]
pub struct BranchMove {
    /// The branch.
    pub name: RefName,
    /// What it holds, if it exists.
    pub old: Option<ObjectId>,
    /// What it is to hold, if it stays.
    pub new: Option<ObjectId>,
    /// The type of the object that it is to hold.
    pub new_type: Option<ObjectType>,
    /// Whether what it is to hold is in the history of a protected branch already.
    pub is_protected_history: bool,
    /// Whether no protected branch exists yet, so that the project's history may come in.
    pub is_first: bool,
    /// What is new.
    pub commits: Vec<NewCommit>,
    /// The paths that differ between old and new value.
    pub paths: BTreeSet<Vec<u8>>,
}

/// A tag that a push moves.
#[derive(Debug, Clone)]
pub struct TagMove {
    /// The tag.
    pub name: RefName,
    /// What it holds, if it exists.
    pub old: Option<ObjectId>,
    /// What it is to hold, if it stays.
    pub new: Option<ObjectId>,
    /// The type of the object that it is to hold.
    pub new_type: Option<ObjectType>,
    /// Who signed the annotated tag, if it is one with a good SSH signature.
    pub signer: Option<PublicKey>,
    /// The commit that it names, itself or by the tags that it holds.
    pub commit: Option<ObjectId>,
    /// What is new.
    pub commits: Vec<NewCommit>,
}

/// Whoever pushed, who must be known to move a branch or tag.
fn pusher(proof: &Proof) -> Result<&str, Refusal> {
    proof.person.as_deref().ok_or_else(|| proof.unproven())
}

/// Judges the move of a branch.
///
/// # Errors
///
/// Every rule that it breaks.
pub fn branch(scene: &Scene<'_>, proof: &Proof, change: &BranchMove) -> Result<(), Vec<Refusal>> {
    let one = |refusal| vec![refusal];
    let (_, policy) = scene.policy().map_err(one)?;
    let who = pusher(proof).map_err(one)?;
    let name = &change.name;
    let action = match (change.old, change.new) {
        (None, Some(_)) => Action::CreateBranch(name),
        (Some(_), None) => Action::DeleteBranch(name),
        _ => Action::PushBranch(name),
    };
    if change.new.is_some() && change.new_type != Some(ObjectType::Commit) {
        let reason = format!("{name} would hold something else than a commit");
        return Err(vec![Refusal::new(Rule::RefObject, reason)]);
    }
    let (rule, clause) = policy.rules.branch(name.branch().unwrap_or_default());
    if rule.protected && change.old.is_none() && change.is_first {
        return first(policy, who, name).map_err(one);
    }
    policy.can(who, action).require().map_err(one)?;
    if rule.protected && change.new.is_some() && !change.is_protected_history {
        let reason = format!("{clause}: {name} can only start from what a protected branch holds");
        return Err(vec![Refusal::new(Rule::BranchProtected, reason)]);
    }
    let mut refusals = commits(policy, &change.commits, rule.signed_commits);
    refusals.extend(paths(
        policy,
        who,
        name.branch().unwrap_or_default(),
        change,
    ));
    if refusals.is_empty() {
        Ok(())
    } else {
        Err(refusals)
    }
}

/// The project's history comes in: the first protected branch, by an admin.
fn first(policy: &Policy, who: &str, name: &RefName) -> Result<(), Refusal> {
    if policy.admins().contains(who) {
        return Ok(());
    }
    let reason =
        format!("{who} may not start {name}: an admin brings in the first protected branch");
    Err(Refusal::new(Rule::BranchRight, reason))
}

/// Judges new commits as such: their form is checked when they are read.
pub fn commits(policy: &Policy, commits: &[NewCommit], signed: bool) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    for new in commits {
        if new.commit.poses_as_event {
            let reason = format!("commit {} has the trailers of an event", new.id.short());
            refusals.push(Refusal::new(Rule::CommitEvent, reason).with_evidence(new.id));
        }
        if signed && !is_signed(policy, &new.commit) {
            let reason = format!("commit {} is not signed by a key in use", new.id.short());
            refusals.push(Refusal::new(Rule::CommitSignature, reason).with_evidence(new.id));
        }
    }
    refusals.truncate(20);
    refusals
}

/// Whether a key of the policy that is in use has signed the commit.
pub fn is_signed(policy: &Policy, commit: &CodeCommit) -> bool {
    let key = commit.signer.as_ref().and_then(|key| policy.key(key));
    key.is_some_and(|key| key.retired.is_none())
}

fn paths(policy: &Policy, who: &str, branch: &str, change: &BranchMove) -> Vec<Refusal> {
    if policy.rules.paths.is_empty() {
        return Vec::new();
    }
    let own = change.commits.iter().flat_map(|new| &new.paths);
    let all: BTreeSet<&Vec<u8>> = own.chain(&change.paths).collect();
    all.into_iter()
        .filter_map(|path| {
            policy
                .can(who, Action::Write { branch, path })
                .require()
                .err()
        })
        .take(20)
        .collect()
}

/// Judges the move of a tag.
///
/// # Errors
///
/// The first rule that it breaks.
pub fn tag(scene: &Scene<'_>, proof: &Proof, change: &TagMove) -> Result<(), Refusal> {
    let (_, policy) = scene.policy()?;
    let who = pusher(proof)?;
    let name = &change.name;
    let action = match (change.old, change.new) {
        (None, Some(_)) => Action::CreateTag(name),
        (Some(_), None) => Action::DeleteTag(name),
        _ => Action::MoveTag(name),
    };
    policy.can(who, action).require()?;
    let fits = match change.new_type {
        Some(ObjectType::Commit | ObjectType::Tag) => change.commit.is_some(),
        None => change.new.is_none(),
        Some(_) => false,
    };
    if !fits {
        let reason = format!("{name} would hold neither a commit nor an annotated tag of one");
        return Err(Refusal::new(Rule::RefObject, reason));
    }
    if let Some(refusal) = commits(policy, &change.commits, false).into_iter().next() {
        return Err(refusal);
    }
    let rule = policy.rules.tag(name.tag().unwrap_or_default());
    if let Some((rule, clause)) = rule
        && rule.signed
        && change.new.is_some()
    {
        let key = change.signer.as_ref().and_then(|key| policy.key(key));
        if !key.is_some_and(|key| key.retired.is_none() && policy.grants(&key.owner, Right::Push)) {
            let reason =
                format!("{clause} signed: {name} is no annotated tag that a key in use signed");
            return Err(Refusal::new(Rule::TagRight, reason));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Pusher;
    use crate::id::HashKind;
    use crate::world::{Rules, World, code};

    fn new_tag(new_type: ObjectType, commit: Option<ObjectId>) -> TagMove {
        TagMove {
            name: RefName::parse("refs/tags/v1").expect("a tag"),
            old: None,
            new: Some(code("tag")),
            new_type: Some(new_type),
            signer: None,
            commit,
            commits: Vec::new(),
        }
    }

    #[test]
    fn a_tag_names_a_commit_that_a_branch_could_hold() {
        let world = World::new(&Rules::default());
        let scene = Scene {
            hash: HashKind::Sha1,
            policies: &world.policies,
            now: world.now,
        };
        let proof = Proof {
            pusher: Pusher::None,
            person: Some("alice".to_owned()),
        };
        let judge = |change: &TagMove| tag(&scene, &proof, change).map_err(|refusal| refusal.rule);
        let commit = Some(code("commit"));
        let mut good = new_tag(ObjectType::Tag, commit);
        assert_eq!(judge(&good), Ok(()));
        assert_eq!(judge(&new_tag(ObjectType::Commit, commit)), Ok(()));
        // Of a tree or blob, itself or by an annotated tag.
        for bad in [ObjectType::Tag, ObjectType::Tree, ObjectType::Blob] {
            assert_eq!(judge(&new_tag(bad, None)), Err(Rule::RefObject));
        }
        let raw = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor A <a@x> 1 +0000\ncommitter A <a@x> 1 +0000\n\nA\n\nForge-Event: comment/1\n";
        good.commits.push(NewCommit {
            id: code("commit"),
            commit: CodeCommit::parse(HashKind::Sha1, raw.as_bytes()).expect("well formed"),
            paths: BTreeSet::new(),
        });
        assert_eq!(judge(&good), Err(Rule::CommitEvent));
    }
}
