//! The files of an event, as far as its kind gives them a meaning.

use std::collections::BTreeMap;

use crate::id::{Digest, ObjectId};

/// The files in an event's tree, as far as its kind gives them a meaning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files(pub(super) Content);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Content {
    #[default]
    Nothing,
    Review(Box<Review>),
    Policy(Box<Policy>),
    Evidence(Vec<String>),
    Snapshot(Box<Snapshot>),
    Certificate(Vec<u8>),
}

/// Files by number. Contents are held once for each blob: many names for one large blob must not cost more than one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Review {
    pub(super) comments: BTreeMap<u32, ObjectId>,
    pub(super) suggestions: BTreeMap<u32, ObjectId>,
    pub(super) texts: BTreeMap<ObjectId, String>,
    pub(super) replacements: BTreeMap<ObjectId, Vec<u8>>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Policy {
    pub(super) policy_toml: Vec<u8>,
    pub(super) allowed_signers: Vec<u8>,
    pub(super) endorsements: Vec<(ObjectId, Vec<u8>)>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Snapshot {
    pub(super) state: Vec<u8>,
    pub(super) dropped: Vec<Digest>,
}

impl Files {
    /// The text of a review's comment `number`, without its final line feed.
    pub fn comment(&self, number: u32) -> Option<&str> {
        let review = self.review()?;
        let text = review.texts.get(review.comments.get(&number)?)?;
        text.strip_suffix('\n')
    }

    /// The blob that a review's comment `number` suggests in place of the lines that it is about.
    pub fn suggestion(&self, number: u32) -> Option<ObjectId> {
        self.review()?.suggestions.get(&number).copied()
    }

    /// The content of [`Files::suggestion`].
    pub fn suggestion_bytes(&self, number: u32) -> Option<&[u8]> {
        let review = self.review()?;
        let id = review.suggestions.get(&number)?;
        review.replacements.get(id).map(Vec::as_slice)
    }

    /// A policy's `policy.toml`; empty for other kinds.
    pub fn policy_toml(&self) -> &[u8] {
        self.policy().map_or(&[], |policy| &policy.policy_toml)
    }

    /// A policy's `allowed_signers`; empty for other kinds.
    pub fn allowed_signers(&self) -> &[u8] {
        self.policy().map_or(&[], |policy| &policy.allowed_signers)
    }

    /// The endorsements in a policy version, by the commit ids that name them, each with the commit's supposed content.
    pub fn endorsements(&self) -> &[(ObjectId, Vec<u8>)] {
        self.policy().map_or(&[], |policy| &policy.endorsements)
    }

    /// The paths of all evidence files, sorted by bytes.
    pub fn evidence(&self) -> &[String] {
        match &self.0 {
            Content::Evidence(paths) => paths,
            _ => &[],
        }
    }

    /// A snapshot's `state.json`; whether it is a canonical state is not checked here.
    pub fn snapshot(&self) -> Option<&[u8]> {
        match &self.0 {
            Content::Snapshot(snapshot) => Some(&snapshot.state),
            _ => None,
        }
    }

    /// An import's push certificate.
    pub fn certificate(&self) -> Option<&[u8]> {
        match &self.0 {
            Content::Certificate(certificate) => Some(certificate),
            _ => None,
        }
    }

    /// The digests of the events that a snapshot dropped, in replay order.
    pub fn dropped(&self) -> &[Digest] {
        match &self.0 {
            Content::Snapshot(snapshot) => &snapshot.dropped,
            _ => &[],
        }
    }

    fn review(&self) -> Option<&Review> {
        match &self.0 {
            Content::Review(review) => Some(review),
            _ => None,
        }
    }

    fn policy(&self) -> Option<&Policy> {
        match &self.0 {
            Content::Policy(policy) => Some(policy),
            _ => None,
        }
    }
}
