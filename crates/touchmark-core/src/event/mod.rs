//! Events: signed git commits of a fixed form, read strictly and written in the same one way.
//!
//! [`decode`] reads one and names the first rule that it breaks; [`Unsigned`] writes one.
//! `events.toml` is the registry of kinds, keys and rules, from which `registry`, `rule`, `codec` and [`payload`] are generated;
//! `events.md` says the rest.

mod codec;
mod commit;
mod content;
mod encode;
mod fields;
mod files;
pub mod message;
pub mod payload;
mod registry;
mod review;
mod rule;
mod spec;
mod tree;
mod value;

#[cfg(test)]
mod tests;

pub use codec::Payload;
pub use commit::{Actor, COMMIT_MAX_LEN};
pub use content::SUBJECT_MAX_LEN;
pub use encode::Unsigned;
pub use files::Files;
pub use registry::{
    CheckStatus, Decision, DeliveryOutcome, DequeueReason, Kind, LogType, MergeMethod, NFC_INERT,
    ObjectKind, Reaction, Relation, Right, Stance, Subscription, Verdict, role_rights,
};
pub use rule::Rule;
pub use spec::{BodyUse, KeySpec, KindSpec, OrElse, Position, Repeat, TreeShape};
pub use value::{
    Anchor, Anchor2, CodePath, CommentId, Label, LabelChange, Line, LinkChange, Name, Nonce, Party,
    Person, PersonChange, Place, Pusher, ReactionChange, RefName, Side, Time, Url, Value,
    is_author_email, is_author_name,
};

use crate::id::{Digest, ObjectId};
use crate::object::{ObjectType, Objects};
use crate::refusal::Refusal;
use crate::sign::{DecodedKeys, PublicKey};

/// Whether a signature is verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verify {
    /// It is.
    Full,
    /// It was before, as a cache says: only its form is read.
    Trusted,
}

/// One event, well formed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The commit's id; all zeros before it is signed.
    pub id: ObjectId,
    /// The tree.
    pub tree: ObjectId,
    /// The event before it first; for some kinds more.
    pub parents: Vec<ObjectId>,
    /// Author and committer.
    pub author: Actor,
    /// The key that signed it. Whose it is, the policy says.
    pub signer: PublicKey,
    /// The subject: the user's own, or the one that the kind computes.
    pub subject: String,
    /// The body, unescaped and without its final line feed.
    pub body: Option<String>,
    /// The repository's id, on events without parents.
    pub repo: Option<Digest>,
    /// The policy version that the author saw; `None` on the first version itself.
    pub policy: Option<ObjectId>,
    /// What the event says.
    pub payload: Payload,
    /// The files in its tree.
    pub files: Files,
}

impl Event {
    /// The event as it was before it was signed.
    pub fn to_unsigned(&self) -> Unsigned {
        Unsigned {
            tree: self.tree,
            parents: self.parents.clone(),
            author: self.author.clone(),
            subject: Some(self.subject.clone()).filter(|_| self.payload.kind().spec().user_subject),
            body: self.body.clone(),
            repo: self.repo,
            policy: self.policy,
            payload: self.payload.clone(),
        }
    }

    /// SHA-256 of what was signed. That of the first policy is the repository's id.
    ///
    /// Computed anew each time: the form is canonical, so writing the event gives the signed bytes back.
    pub fn payload_digest(&self) -> Digest {
        Digest::of(&self.to_unsigned().to_payload())
    }
}

/// Reads the event `id`.
///
/// # Errors
///
/// The first rule of stage *read* or *form* that the event breaks, in the registry's order.
pub fn decode(objects: &Objects, id: &ObjectId, verify: Verify) -> Result<Event, Refusal> {
    decode_with(objects, id, verify, &mut DecodedKeys::default())
}

/// As [`decode`], with keys that were decoded before: for whoever reads many events of few signers.
///
/// # Errors
///
/// As of [`decode`].
pub fn decode_with(
    objects: &Objects,
    id: &ObjectId,
    verify: Verify,
    keys: &mut DecodedKeys,
) -> Result<Event, Refusal> {
    let kind = objects.kind();
    let raw = objects
        .get(id, ObjectType::Commit)
        .ok_or_else(|| Refusal::new(Rule::ObjectMissing, format!("there is no commit {id}")))?;
    if raw.len() > COMMIT_MAX_LEN {
        let reason = format!(
            "the commit has {} bytes; at most {COMMIT_MAX_LEN} are allowed",
            raw.len()
        );
        return Err(Refusal::new(Rule::ObjectSize, reason));
    }
    let mut reader = commit::Reader::new(kind, raw);
    let tree = reader.tree()?;
    tree::expect_present(objects, &tree)?;
    let headers = reader.rest()?;
    let signature = commit::Unverified::read(&headers.armor)?;
    let content = content::read(kind, headers.message, headers.parents.len())?;
    let files = tree::read(objects, &tree, &content.payload)?;
    let signer = match verify {
        Verify::Full => signature.verify(&around(raw, &headers.signature), keys)?,
        Verify::Trusted => signature.trust()?,
    };
    Ok(Event {
        id: *id,
        tree,
        parents: headers.parents,
        author: headers.author,
        signer,
        subject: content.subject,
        body: content.body,
        repo: content.repo,
        policy: content.policy,
        payload: content.payload,
        files,
    })
}

/// `raw` without the bytes in `hole`, in two pieces.
fn around<'a>(raw: &'a [u8], hole: &std::ops::Range<usize>) -> [&'a [u8]; 2] {
    let before = raw.get(..hole.start).unwrap_or_default();
    let after = raw.get(hole.end..).unwrap_or_default();
    [before, after]
}
