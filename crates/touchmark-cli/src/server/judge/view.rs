//! What the decision sees of the repository, and which refs it has looked at.

use std::cell::RefCell;
use std::collections::BTreeMap;

use touchmark_core::event::Rule;
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_core::policy::PolicyChain;
use touchmark_core::refusal::Refusal;
use touchmark_core::sign::PublicKey;
use touchmark_git::Repository;

use super::super::{refuse, setup};
use super::fault;
use crate::facts::Receipts;
use crate::forge::RECEIPTS;
use crate::forge::load_policy;

/// What the decision sees.
pub(super) struct View {
    /// The policy's versions before the push; none before the first.
    pub(super) policies: PolicyChain,
    /// The newest receipt.
    pub(super) receipts: Option<ObjectId>,
    /// The key that signs this server's receipts.
    pub(super) sequencer: PublicKey,
    reads: RefCell<BTreeMap<String, Option<ObjectId>>>,
}

impl View {
    /// Looks at policy and receipts.
    pub(super) fn of(repo: &Repository) -> Result<Self, Vec<Refusal>> {
        let name = LogName::Policy.to_string();
        let tip = repo.read_ref(&name).map_err(fault::refs)?;
        let receipts = repo.read_ref(RECEIPTS).map_err(fault::refs)?;
        let policies = match tip {
            Some(tip) => policies(repo, tip)?,
            None if receipts.is_none() => PolicyChain::default(),
            None => {
                let reason = "the policy is gone, and receipts show that there was one";
                return Err(refuse(Rule::ServerError, reason));
            }
        };
        let view = Self {
            policies,
            receipts,
            sequencer: setup::sequencer_key(repo).map_err(|err| fault::other(&err))?,
            reads: RefCell::default(),
        };
        view.note(&name, tip);
        Ok(view)
    }

    /// Reads a ref that the decision rests on.
    pub(super) fn read(
        &self,
        repo: &Repository,
        name: &str,
    ) -> Result<Option<ObjectId>, Vec<Refusal>> {
        let value = repo.read_ref(name).map_err(fault::refs)?;
        self.note(name, value);
        Ok(value)
    }

    /// Notes that the decision rests on this ref holding this value.
    pub(super) fn note(&self, name: &str, value: Option<ObjectId>) {
        self.reads.borrow_mut().insert(name.to_owned(), value);
    }

    /// Every ref that the decision rests on.
    pub(super) fn reads(&self) -> Vec<(String, Option<ObjectId>)> {
        let reads = self.reads.borrow();
        reads.iter().map(|(name, id)| (name.clone(), *id)).collect()
    }

    /// The receipts so far.
    pub(super) const fn history<'a>(&self, repo: &'a Repository) -> Receipts<'a> {
        Receipts::new(repo, self.receipts)
    }
}

/// The policy as it stands; one of which a version does not count is none to judge by.
fn policies(repo: &Repository, tip: ObjectId) -> Result<PolicyChain, Vec<Refusal>> {
    let (policies, outcome) = load_policy(repo, tip).map_err(|err| fault::other(&err))?;
    match outcome.rejected.first() {
        None => Ok(policies),
        Some(rejected) => {
            let reason = format!(
                "the policy of this server has a version that does not count, {}: {}",
                rejected.event.short(),
                rejected.refusal
            );
            Err(refuse(Rule::ServerError, reason))
        }
    }
}
