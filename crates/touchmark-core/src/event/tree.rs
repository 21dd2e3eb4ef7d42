//! The files of an event: what the tree of each kind may hold, read and checked.

mod evidence;
mod review;
mod shapes;
mod walk;

use std::collections::BTreeMap;

use super::codec::Payload;
use super::rule::Rule;
use super::spec::TreeShape;
use crate::id::{Digest, HashKind, ObjectId};
use crate::object::{ObjectType, Objects};
use crate::refusal::Refusal;
use walk::Walk;

/// The files of a receipt beside its snapshot.
const RECEIPT_FILES: [&[u8]; 2] = [b"changes", b"denials"];

const EMPTY_SHA1: [u8; 20] = [
    0x4b, 0x82, 0x5d, 0xc6, 0x42, 0xcb, 0x6e, 0xb9, 0xa0, 0x60, 0xe5, 0x4b, 0xf8, 0xd6, 0x92, 0x88,
    0xfb, 0xee, 0x49, 0x04,
];
const EMPTY_SHA256: [u8; 32] = [
    0x6e, 0xf1, 0x9b, 0x41, 0x22, 0x5c, 0x53, 0x69, 0xf1, 0xc1, 0x04, 0xd4, 0x5d, 0x8d, 0x85, 0xef,
    0xa9, 0xb0, 0x57, 0xb5, 0x3b, 0x14, 0xb4, 0xb9, 0xb9, 0x39, 0xdd, 0x74, 0xde, 0xcc, 0x53, 0x21,
];

/// The files in an event's tree, as far as its kind gives them a meaning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files(Content);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Content {
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
struct Review {
    comments: BTreeMap<u32, ObjectId>,
    suggestions: BTreeMap<u32, ObjectId>,
    texts: BTreeMap<ObjectId, String>,
    replacements: BTreeMap<ObjectId, Vec<u8>>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Policy {
    policy_toml: Vec<u8>,
    allowed_signers: Vec<u8>,
    endorsements: Vec<(ObjectId, Vec<u8>)>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Snapshot {
    state: Vec<u8>,
    dropped: Vec<Digest>,
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

/// Whether `id` is the empty tree, which git knows without storing it.
fn is_empty(id: &ObjectId) -> bool {
    match id.kind() {
        HashKind::Sha1 => id.as_bytes() == EMPTY_SHA1,
        HashKind::Sha256 => id.as_bytes() == EMPTY_SHA256,
    }
}

/// Rule `object-missing` for an event's tree.
pub(super) fn expect_present(objects: &Objects, tree: &ObjectId) -> Result<(), Refusal> {
    if is_empty(tree) || objects.get(tree, ObjectType::Tree).is_some() {
        return Ok(());
    }
    Err(Refusal::new(
        Rule::ObjectMissing,
        format!("there is no tree {tree}"),
    ))
}

/// Reads the files of an event that says `payload`: rules `object-missing` and `object-size` for them,
/// and `tree-shape` to `tree-text`.
pub(super) fn read(
    objects: &Objects,
    tree: &ObjectId,
    payload: &Payload,
) -> Result<Files, Refusal> {
    let spec = payload.kind().spec();
    if is_empty(tree) && takes_empty(spec.tree, payload) {
        return Ok(Files::default());
    }
    let mut walk = Walk::new(objects);
    let content = match spec.tree {
        TreeShape::Empty => {
            walk.note(Rule::TreeShape, format!("{} has no files", spec.kind.tag()));
            Content::Nothing
        }
        TreeShape::Review => {
            let anchors = match payload {
                Payload::Review(review) => review.comments.as_slice(),
                _ => &[],
            };
            Content::Review(Box::new(walk.review(tree, anchors)))
        }
        TreeShape::Evidence => Content::Evidence(walk.evidence(tree)),
        TreeShape::Policy => Content::Policy(Box::new(walk.policy(tree, spec.kind))),
        TreeShape::Snapshot => Content::Snapshot(Box::new(walk.snapshot(tree))),
        TreeShape::Receipt => walk.receipt(tree, &[]),
        TreeShape::Receipt2 => walk.receipt(tree, &RECEIPT_FILES),
        TreeShape::Certificate => Content::Certificate(walk.certificate(tree)),
        TreeShape::Archive => walk.archive(tree),
    };
    walk.finish().map(|()| Files(content))
}

/// Whether the empty tree is all that there need be: so for most events, and they cost nothing here.
fn takes_empty(shape: TreeShape, payload: &Payload) -> bool {
    match shape {
        TreeShape::Empty | TreeShape::Evidence | TreeShape::Archive => true,
        TreeShape::Review => {
            matches!(payload, Payload::Review(review) if review.comments.is_empty())
        }
        TreeShape::Policy
        | TreeShape::Snapshot
        | TreeShape::Receipt
        | TreeShape::Receipt2
        | TreeShape::Certificate => false,
    }
}
