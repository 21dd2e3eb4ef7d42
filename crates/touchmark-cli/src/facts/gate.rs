//! What a pull request's gate must know beyond the record.

use std::collections::{BTreeMap, BTreeSet};

use touchmark_core::codeowners;
use touchmark_core::gate::{Checks, Facts, OwnersFile};
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_core::object::{ObjectType, Objects};
use touchmark_core::policy::{Policy, PolicyChain};
use touchmark_core::push::is_signed;
use touchmark_core::replay::{self, Outcome, PrState, Revision, Trust};
use touchmark_core::sign;
use touchmark_git::{Budget, CodeError, Repository};

use super::range::{Range, range};
use super::receipts::{Receipts, person};

/// Where a gate is judged.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    /// The repository.
    pub(crate) repo: &'a Repository,
    /// The policy's versions; the newest one judges.
    pub(crate) policies: &'a PolicyChain,
    /// The receipts so far.
    pub(crate) receipts: Receipts<'a>,
}

/// Gathers the facts for landing a pull request's latest revision on a target at `tip`, where that is known.
///
/// `check_log` is the tip of the log of the head's checks, if there is one.
///
/// # Errors
///
/// When code or receipts cannot be read: nothing can be said of the gate then.
pub(crate) fn gather(
    place: &Place<'_>,
    outcome: &Outcome,
    state: &PrState,
    tip: Option<ObjectId>,
    check_log: Option<ObjectId>,
) -> anyhow::Result<Facts> {
    let mut facts = Facts::default();
    let (Some(revision), Some((_, policy))) = (state.latest(), place.policies.latest()) else {
        return Ok(facts);
    };
    let (rule, _) = policy
        .rules
        .branch(state.target.branch().unwrap_or_default());
    let range = range(place.repo, Some(revision.base), revision.head)?;
    makers(policy, &range, &mut facts);
    pushers(place, policy, outcome, &mut facts)?;
    facts.paths = Some(range.paths());
    facts.unsigned = Some(unsigned(policy, &range));
    if let Some(tip) = tip {
        facts.merge_base = place.repo.merge_base(tip, revision.head)?;
        facts.code_owners = owners_file(place.repo, tip);
    }
    facts.checks = Some(checks(
        place.repo,
        place.policies,
        revision.head,
        check_log,
    )?);
    facts.void = void(place, policy, outcome)?;
    if rule.keep_approvals {
        facts.same_change = same_change(place.repo, state, revision)?;
    }
    Ok(facts)
}

/// Everyone who authored, committed, co-authored or signed a commit of the range.
fn makers(policy: &Policy, range: &Range, facts: &mut Facts) {
    for new in &range.commits {
        let emails = new.commit.people().map(|named| named.email.clone());
        facts.emails.extend(emails);
        let signer = new.commit.signer.as_ref().and_then(|key| policy.key(key));
        facts.people.extend(signer.map(|key| key.owner.clone()));
    }
}

/// Everyone who pushed a value of the pull request's `heads`.
///
/// Whoever pushed one of its commits to a branch before is not looked for: receipts name them, but no date bounds how far
/// back to look. Their key counts where they signed the commit, which `signed_commits` asks for.
fn pushers(
    place: &Place<'_>,
    policy: &Policy,
    outcome: &Outcome,
    facts: &mut Facts,
) -> anyhow::Result<()> {
    if let (Some(pull), Some(heads)) = (outcome.log.root(), outcome.log.heads_ref()) {
        let pushers = place.receipts.pushers(pull, &heads)?;
        let people = pushers.values().filter_map(|pusher| person(policy, pusher));
        // A bot that carries what people have signed has no hand in it.
        facts
            .people
            .extend(people.filter(|name| policy.people.contains_key(name)));
    }
    Ok(())
}

fn unsigned(policy: &Policy, range: &Range) -> Vec<ObjectId> {
    range
        .commits
        .iter()
        .filter(|new| !is_signed(policy, &new.commit))
        .map(|new| new.id)
        .collect()
}

/// CODEOWNERS of the commit that the target points to, at the first of the places where GitHub looks for it.
fn owners_file(repo: &Repository, tip: ObjectId) -> OwnersFile {
    let limit = codeowners::FILE_MAX_LEN as u64;
    for location in codeowners::LOCATIONS {
        match repo.read_blob_at(tip, location.as_bytes(), limit) {
            Ok(None) => {}
            Ok(Some(bytes)) => return OwnersFile::File(bytes),
            Err(CodeError::Read(err)) => return OwnersFile::Unreadable(err.to_string()),
            Err(err) => return OwnersFile::Unreadable(err.to_string()),
        }
    }
    OwnersFile::Absent
}

/// What checks say of a commit.
///
/// # Errors
///
/// When their log cannot be read.
fn checks(
    repo: &Repository,
    policies: &PolicyChain,
    commit: ObjectId,
    tip: Option<ObjectId>,
) -> anyhow::Result<Checks> {
    let Some(tip) = tip else {
        return Ok(Checks::default());
    };
    let objects = repo.load_log(tip, &BTreeSet::new(), &Budget::default())?;
    let log = LogName::Check(commit);
    let outcome = replay::replay(policies, &log, tip, &objects, Trust::Nothing);
    Ok(Checks::of(&outcome, &objects))
}

/// The events of the log that compromised keys signed after the receipts that the policy names.
fn void(
    place: &Place<'_>,
    policy: &Policy,
    outcome: &Outcome,
) -> anyhow::Result<BTreeSet<ObjectId>> {
    let mut void = BTreeSet::new();
    if policy.rules.compromised.is_empty() {
        return Ok(void);
    }
    let objects = place
        .repo
        .load_commits(outcome.tip, &BTreeSet::new(), &Budget::default())?;
    let name = outcome.log.to_string();
    for one in &policy.rules.compromised {
        // A receipt that is not here vouches for nothing.
        let known = place.receipts.value_at(one.after, &name).ok().flatten();
        let before = match known {
            Some(tip) => place
                .repo
                .load_commits(tip, &BTreeSet::new(), &Budget::default())?,
            None => Objects::new(place.repo.hash_kind()),
        };
        let later = objects.iter().filter(|(id, _)| !before.contains(id));
        for (id, _) in later {
            // Without its tree an event's form cannot be judged, but its signature can.
            let data = objects.get(id, ObjectType::Commit);
            let signer =
                data.and_then(|data| sign::verify_commit(data, place.repo.hash_kind()).ok());
            if signer.is_some_and(|key| key.fingerprint() == one.key) {
                void.insert(*id);
            }
        }
    }
    Ok(void)
}

/// What the message of a revision has that names another target.
const TARGET: &[u8] = b"\nForge-Target: ";

/// Longest event that is read; the core reads no longer ones.
const EVENT_MAX_LEN: u64 = 131_072;

/// The revisions for the same target as the latest one: an approval is of a change to a certain branch.
///
/// What cannot be read may have been for another. A text that only looks like the trailer costs an approval that must
/// be given again, and no more.
fn same_target(repo: &Repository, state: &PrState) -> BTreeSet<u32> {
    let mut same = BTreeSet::new();
    for revision in state.revisions.iter().rev() {
        same.insert(revision.number);
        match repo.read(revision.event, EVENT_MAX_LEN) {
            Ok(Some((_, raw))) if !raw.windows(TARGET.len()).any(|part| part == TARGET) => {}
            _ => break,
        }
    }
    same
}

/// The earlier revisions for the same target that change the same paths from and to the same content as the latest one.
fn same_change(
    repo: &Repository,
    state: &PrState,
    latest: &Revision,
) -> anyhow::Result<BTreeSet<u32>> {
    let change = |revision: &Revision| -> anyhow::Result<BTreeMap<Vec<u8>, _>> {
        let changed =
            repo.changed_paths(repo.tree_of(revision.base)?, repo.tree_of(revision.head)?)?;
        Ok(changed
            .into_iter()
            .map(|one| (one.path, (one.base, one.head)))
            .collect())
    };
    let approved: BTreeSet<u32> = state
        .verdicts
        .values()
        .map(|given| given.revision)
        .collect();
    let wanted = change(latest)?;
    let same_target = same_target(repo, state);
    let mut same = BTreeSet::new();
    for revision in &state.revisions {
        if revision.number != latest.number
            && approved.contains(&revision.number)
            && same_target.contains(&revision.number)
            && repo.contains(revision.base)
            && repo.contains(revision.head)
            && change(revision)? == wanted
        {
            same.insert(revision.number);
        }
    }
    Ok(same)
}
