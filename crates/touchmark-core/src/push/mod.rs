//! What a push may do: the decision of a server, from facts that its driver has gathered.
//!
//! [`Place`] says which refs there are, [`prove`] who pushed, [`grow`] judges the events of a log, [`land`] a merge,
//! [`branch`] and [`tag`] moves of code, and [`decide`] what they are together. Nothing here reads a repository.

mod code;
mod growth;
mod landing;
#[cfg(test)]
mod matrix;
mod place;
mod policy;
mod proof;
mod rebase;
#[cfg(test)]
mod tests;
mod whole;

pub use code::{BranchMove, NewCommit, TagMove, branch, commits, is_signed, tag};
pub use growth::{Growth, Merging, TOLERANCE_SECONDS, grow, is_plain};
pub use landing::{Landing, Rebased, SEMANTICS, land};
pub use place::{NAME_MAX_LEN, Place, check_neighbours};
pub use policy::{founding, succession};
pub use proof::{Proof, Transport, prove};
pub use whole::{Heads, LandingFacts, Whole, decide};

use crate::event::Rule;
use crate::id::{HashKind, ObjectId};
use crate::policy::{Policy, PolicyChain};
use crate::refusal::Refusal;

/// One ref that a push wants to move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefChange {
    /// Its full name.
    pub name: String,
    /// What the pusher believes it to hold, `None` for nothing.
    pub old: Option<ObjectId>,
    /// What it is to hold, `None` for nothing.
    pub new: Option<ObjectId>,
}

/// What a push is judged by: the policy as it was before it, and the server's clock.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The repository's hash.
    pub hash: HashKind,
    /// The policy's versions before the push.
    pub policies: &'a PolicyChain,
    /// Seconds since 1970, by the server's clock.
    pub now: i64,
}

impl Scene<'_> {
    /// The newest policy and its id.
    ///
    /// # Errors
    ///
    /// Rule `server-setup` when there is none: then nothing is allowed.
    pub fn policy(&self) -> Result<(ObjectId, &Policy), Refusal> {
        self.policies.latest().ok_or_else(|| {
            let reason = "this repository has no policy yet, so nothing else is accepted";
            Refusal::new(Rule::ServerSetup, reason).with_fix("touchmark init, then touchmark sync")
        })
    }
}
