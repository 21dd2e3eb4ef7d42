//! The receipt of a push: what the sequencer signs.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use touchmark_core::archive::{ARCHIVE, archive_path};
use touchmark_core::event::{
    Actor, Decision as Word, Payload, Pusher, Right, Rule, Time, Unsigned, payload,
};
use touchmark_core::id::{Digest, HashKind, ObjectId};
use touchmark_core::log::LogName;
use touchmark_core::object::{MODE_FILE, MODE_GITLINK, ObjectType};
use touchmark_core::policy::{Policy, PolicyChain};
use touchmark_core::push::RefChange;
use touchmark_core::receipt::{CHANGES, DENIALS, number_path, snapshot_path, write_changes};
use touchmark_core::refusal::Refusal;
use touchmark_core::sign::{Fingerprint, attach_signature, verify_commit};
use touchmark_git::{Entry, RefEdit, Repository};

use super::push::Decision;
use super::{begun, denials, refuse, server_error, setup};
use crate::facts::Receipts;
use crate::forge::RECEIPTS;

/// A receipt is a small commit.
const MAX_RECEIPT_BYTES: u64 = 128 * 1024;

/// What a receipt says beside what it changes: settled when the push was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Seal {
    /// Who pushed, in the receipt's grammar.
    pub(crate) pusher: String,
    /// The policy after the push.
    pub(crate) policy: ObjectId,
    /// The repository's id, which the first receipt names.
    pub(crate) repository: Digest,
    /// The sequencer's name in the policy.
    pub(crate) name: String,
    /// Its e-mail address.
    pub(crate) email: String,
    /// Every key that may have signed the receipt before.
    pub(crate) signers: BTreeSet<Fingerprint>,
}

impl Seal {
    /// What the receipts of a server with this sequencer say under this policy.
    pub(crate) fn of(
        policies: &PolicyChain,
        sequencer: &touchmark_core::sign::PublicKey,
        pusher: &Pusher,
    ) -> Option<Self> {
        let (id, policy) = policies.latest()?;
        let bot = policy.bots.get(&policy.key(sequencer)?.owner)?;
        Some(Self {
            pusher: pusher.to_string(),
            policy: id,
            repository: policies.repository()?,
            name: bot.name.clone(),
            email: bot.emails.first()?.clone(),
            signers: sequencers(policy),
        })
    }
}

/// What a receipt is of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Occasion {
    /// What was done.
    pub(crate) word: Word,
    /// When, in seconds since 1970.
    pub(crate) now: i64,
}

/// Writes the commit of a receipt, and returns how the receipts' ref moves to it.
///
/// It is called under the queue's lock, after everything else was decided; nobody else makes receipts meanwhile.
///
/// # Errors
///
/// Why there can be none: then the push does not happen.
pub(crate) fn next_receipt(
    repo: &Repository,
    occasion: Occasion,
    decision: &Decision,
) -> Result<RefEdit, Vec<Refusal>> {
    let old = repo.read_ref(RECEIPTS).map_err(|err| server_error(&err))?;
    let before = Receipts::new(repo, old);
    let last = before.latest().map_err(|err| other(&err))?;
    let changes: Vec<RefChange> = decision
        .changes
        .iter()
        .filter(|edit| !edit.is_verify())
        .map(|edit| RefChange {
            name: edit.name.clone(),
            old: edit.expected.id(),
            new: edit.new,
        })
        .collect();
    if let Some(last) = &last {
        expect_signed(repo, last.id, &decision.seal)?;
        expect_receipted(repo, last.tree, &changes)?;
    } else {
        begun::refuse_again(repo)?;
    }
    let tree = tree(repo, last.as_ref().map(|last| last.tree), &changes)?;
    let now = occasion.now;
    let (sequence, seconds) = last.map_or((1, now), |last| {
        (last.sequence.saturating_add(1), now.max(last.seconds))
    });
    let place = Place {
        parent: old,
        tree,
        sequence,
        seconds,
    };
    let commit = sign(repo, &decision.seal, &place, occasion.word)?;
    Ok(RefEdit {
        name: RECEIPTS.to_owned(),
        expected: old.into(),
        new: Some(commit),
        message: format!("receipt {sequence}"),
    })
}

/// The keys of bots that sign receipts, those included that are no longer in use.
pub(crate) fn sequencers(policy: &Policy) -> BTreeSet<Fingerprint> {
    policy
        .keys()
        .filter(|(_, key)| policy.bots.contains_key(&key.owner))
        .filter(|(_, key)| policy.grants(&key.owner, Right::Sequence))
        .map(|(key, _)| key.fingerprint())
        .collect()
}

/// What stands at the receipts' ref was signed by a sequencer: else somebody put it there.
fn expect_signed(repo: &Repository, receipt: ObjectId, seal: &Seal) -> Result<(), Vec<Refusal>> {
    let raw = repo
        .read(receipt, MAX_RECEIPT_BYTES)
        .map_err(|err| server_error(&err))?;
    let signer = raw.and_then(|(_, raw)| verify_commit(&raw, repo.hash_kind()).ok());
    if signer.is_some_and(|key| seal.signers.contains(&key.fingerprint())) {
        return Ok(());
    }
    let reason = format!(
        "the receipt {} was signed by no sequencer of the policy: it was put here without a push",
        receipt.short()
    );
    Err(refuse(Rule::ServerDoor, reason))
}

/// Every ref that moves holds what the last receipt says: else it came through another door.
fn expect_receipted(
    repo: &Repository,
    tree: ObjectId,
    changes: &[RefChange],
) -> Result<(), Vec<Refusal>> {
    for change in changes {
        let held = repo
            .entry_at(tree, snapshot_path(&change.name).as_bytes())
            .map_err(|err| server_error(&err))?
            .map(|(_, id)| id);
        if held != change.old {
            let shown =
                |id: Option<ObjectId>| id.map_or_else(|| "nothing".to_owned(), |id| id.short());
            let reason = format!(
                "{} holds {}, and the last receipt says {}: it was changed without a push",
                change.name,
                shown(change.old),
                shown(held)
            );
            return Err(refuse(Rule::ServerDoor, reason));
        }
    }
    Ok(())
}

/// The receipt's tree: the last one with what the push changes, or everything there is.
fn tree(
    repo: &Repository,
    last: Option<ObjectId>,
    changes: &[RefChange],
) -> Result<ObjectId, Vec<Refusal>> {
    let link = |id| Entry {
        mode: MODE_GITLINK,
        id,
    };
    let mut edits: BTreeMap<Vec<u8>, Option<Entry>> = BTreeMap::new();
    let mut opened = Vec::new();
    if last.is_none() {
        for (name, id) in repo.refs("").map_err(|err| server_error(&err))? {
            opened.extend(numbered(repo.hash_kind(), &name));
            edits.insert(snapshot_path(&name).into_bytes(), Some(link(id)));
        }
    }
    for change in changes {
        let path = snapshot_path(&change.name).into_bytes();
        edits.insert(path, change.new.map(link));
        if change.old.is_none() {
            opened.extend(numbered(repo.hash_kind(), &change.name));
        }
    }
    number(repo, last, opened, &mut edits)?;
    let file = |text: String| -> Result<Option<Entry>, Vec<Refusal>> {
        if text.is_empty() {
            return Ok(None);
        }
        let id = repo
            .write(ObjectType::Blob, text.as_bytes())
            .map_err(|err| server_error(&err))?;
        Ok(Some(Entry {
            mode: MODE_FILE,
            id,
        }))
    };
    let listed = write_changes(repo.hash_kind(), changes);
    edits.insert(CHANGES.as_bytes().to_vec(), file(listed)?);
    edits.insert(DENIALS.as_bytes().to_vec(), file(denials::take(repo))?);
    let tree = repo
        .edit_tree(last, &edits)
        .map_err(|err| server_error(&err))?;
    tree.ok_or_else(|| {
        refuse(
            Rule::ServerError,
            "a receipt of no ref at all cannot be made",
        )
    })
}

/// The object that a new ref starts, if objects of its kind have numbers.
fn numbered(hash: HashKind, name: &str) -> Option<ObjectId> {
    match LogName::parse(hash, name) {
        Some(LogName::Pr(id) | LogName::Issue(id)) => Some(id),
        _ => None,
    }
}

/// Gives the next numbers to objects that have none yet.
fn number(
    repo: &Repository,
    last: Option<ObjectId>,
    mut opened: Vec<ObjectId>,
    edits: &mut BTreeMap<Vec<u8>, Option<Entry>>,
) -> Result<(), Vec<Refusal>> {
    if opened.is_empty() {
        return Ok(());
    }
    opened.sort_unstable();
    opened.dedup();
    let receipts = Receipts::new(repo, None);
    let mut next = match last {
        Some(tree) => receipts.last_number(tree).map_err(|err| other(&err))?,
        None => 0,
    };
    for id in opened {
        // An object that comes back from the archive keeps the number it has. All others are new, and to look for them
        // among all numbers would take the longer the more there are.
        let known = match last {
            Some(tree) if is_archived(repo, tree, id)? => {
                receipts.number_of(tree, id).map_err(|err| other(&err))?
            }
            _ => None,
        };
        if known.is_none() {
            next += 1;
            let entry = Entry {
                mode: MODE_GITLINK,
                id,
            };
            edits.insert(number_path(next).into_bytes(), Some(entry));
        }
    }
    Ok(())
}

/// Whether the archive of a receipt's tree has the object.
fn is_archived(repo: &Repository, tree: ObjectId, object: ObjectId) -> Result<bool, Vec<Refusal>> {
    let held = |tree, path: &str| {
        repo.entry_at(tree, path.as_bytes())
            .map_err(|err| server_error(&err))
    };
    let Some((_, archive)) = held(tree, &snapshot_path(ARCHIVE))? else {
        return Ok(false);
    };
    let folds = repo.tree_of(archive).map_err(|err| server_error(&err))?;
    Ok(held(folds, &archive_path(object))?.is_some())
}

/// Where a receipt stands.
struct Place {
    parent: Option<ObjectId>,
    tree: ObjectId,
    sequence: u32,
    seconds: i64,
}

fn sign(
    repo: &Repository,
    seal: &Seal,
    place: &Place,
    decision: Word,
) -> Result<ObjectId, Vec<Refusal>> {
    let pusher = Pusher::parse(&seal.pusher).ok_or_else(|| broken("its pusher is not one"))?;
    let payload = Payload::Receipt2(payload::Receipt2 {
        sequence: place.sequence,
        pusher,
        time: time(place.seconds)?,
        decision,
    });
    let parents = place.parent.into_iter().collect();
    sign_as_sequencer(repo, seal, place.tree, parents, place.seconds, payload)
}

/// A point in time as events write it.
pub(super) fn time(seconds: i64) -> Result<Time, Vec<Refusal>> {
    Time::from_seconds(seconds).ok_or_else(|| broken("the clock stands beyond the year 9999"))
}

fn broken(what: &str) -> Vec<Refusal> {
    refuse(
        Rule::ServerError,
        format!("the receipt cannot be made: {what}"),
    )
}

/// Writes a commit of the sequencer's own: a receipt, or a fold.
pub(super) fn sign_as_sequencer(
    repo: &Repository,
    seal: &Seal,
    tree: ObjectId,
    parents: Vec<ObjectId>,
    seconds: i64,
    payload: Payload,
) -> Result<ObjectId, Vec<Refusal>> {
    let unsigned = Unsigned {
        tree,
        author: Actor {
            name: seal.name.clone(),
            email: seal.email.clone(),
            seconds,
            zone: "+0000".to_owned(),
        },
        subject: None,
        body: None,
        repo: parents.is_empty().then_some(seal.repository),
        parents,
        policy: Some(seal.policy),
        payload,
    };
    let payload = unsigned
        .encode(repo.hash_kind())
        .map_err(|refusal| vec![refusal])?;
    let signer = setup::sequencer_signer(repo).map_err(|err| other(&err))?;
    let armor = signer.sign(&payload).map_err(|err| other(&err))?;
    let content = attach_signature(&payload, &armor, repo.hash_kind());
    repo.write(ObjectType::Commit, &content)
        .map_err(|err| server_error(&err))
}

fn other(err: &anyhow::Error) -> Vec<Refusal> {
    refuse(Rule::ServerError, format!("{err:#}"))
}
