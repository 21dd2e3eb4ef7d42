//! What a gate must know that the pull request's record does not say. A driver gathers it; unknown is never good.

use std::collections::{BTreeMap, BTreeSet};

use crate::event::{self, CheckStatus, Verify};
use crate::id::ObjectId;
use crate::object::Objects;
use crate::replay::{Outcome, State};
use crate::sign::Fingerprint;

/// What the gate must know that the record does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// E-mail addresses of everyone who authored, co-authored or committed a commit of the range.
    pub emails: BTreeSet<String>,
    /// Names of people whose key signed a commit of the range, or who pushed it.
    pub people: BTreeSet<String>,
    /// Where the head parts from the target as it is now, if the target is known: approvals bind the base.
    pub merge_base: Option<ObjectId>,
    /// Every path that the range touches, in any of its commits or in all together; `None` when that is not known.
    pub paths: Option<BTreeSet<Vec<u8>>>,
    /// The file CODEOWNERS on the target.
    pub code_owners: OwnersFile,
    /// What checks say of the head; `None` when that is not known.
    pub checks: Option<Checks>,
    /// Commits of the range that no key in use has signed; `None` when that is not known.
    pub unsigned: Option<Vec<ObjectId>>,
    /// Events of the record that compromised keys signed after the receipt that the policy names.
    pub void: BTreeSet<ObjectId>,
    /// Earlier revisions that change the same paths in the same way as the latest one.
    pub same_change: BTreeSet<u32>,
}

/// The file CODEOWNERS on the target branch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum OwnersFile {
    /// Whether there is one is not known.
    #[default]
    Unknown,
    /// There is none.
    Absent,
    /// Its content.
    File(Vec<u8>),
    /// It is there and cannot be read; why.
    Unreadable(String),
}

/// What the log of a commit's checks says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checks {
    /// Each check by name.
    pub results: BTreeMap<String, Reported>,
    /// An event of the log that does not count; then nothing of it does.
    pub rejected: Option<ObjectId>,
}

/// What a check says, and by whose word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// Who reported it.
    pub by: String,
    /// The key that signed it, if the event is at hand.
    pub key: Option<Fingerprint>,
    /// The event.
    pub event: ObjectId,
    /// Where it stands.
    pub status: CheckStatus,
}

impl Checks {
    /// What a replayed log of checks says; `objects` holds its events.
    pub fn of(outcome: &Outcome, objects: &Objects) -> Self {
        let rejected = outcome.rejected.first().map(|rejected| rejected.event);
        let Some(State::Check(state)) = &outcome.state else {
            return Self {
                results: BTreeMap::new(),
                rejected,
            };
        };
        let results = state.checks.iter().map(|(name, result)| {
            let event = event::decode(objects, &result.event, Verify::Trusted).ok();
            let reported = Reported {
                by: result.by.clone(),
                key: event.map(|event| event.signer.fingerprint()),
                event: result.event,
                status: result.status,
            };
            (name.clone(), reported)
        });
        Self {
            results: results.collect(),
            rejected,
        }
    }
}
