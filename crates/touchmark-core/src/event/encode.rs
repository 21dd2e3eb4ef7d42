//! Events before they are signed: from what is to be said to the bytes that a key signs.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::codec::Payload;
use super::commit::Actor;
use super::content::{self, Content, EVENT, POLICY, REPO};
use super::rule::Rule;
use super::{Event, message, tree};
use crate::id::{Digest, HashKind, ObjectId};
use crate::object::Objects;
use crate::refusal::Refusal;
use crate::sign::PublicKey;

/// An event that is to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsigned {
    /// The tree with its files; the empty tree for most kinds.
    pub tree: ObjectId,
    /// The event that it follows, and for some kinds more.
    pub parents: Vec<ObjectId>,
    /// Who makes it and when.
    pub author: Actor,
    /// The subject of kinds whose subject is the user's own text; `None` for the others.
    pub subject: Option<String>,
    /// The body without its final line feed.
    pub body: Option<String>,
    /// The repository's id, on events without parents.
    pub repo: Option<Digest>,
    /// The policy version that the author saw.
    pub policy: Option<ObjectId>,
    /// What the event says.
    pub payload: Payload,
}

impl Unsigned {
    /// The bytes to sign: [`crate::sign::attach_signature`] makes the commit of them.
    ///
    /// # Errors
    ///
    /// The rule of form that the event would break, except those of its tree and its signature.
    pub fn encode(&self, kind: HashKind) -> Result<Vec<u8>, Refusal> {
        let message = self.message();
        self.check(kind, &message)?;
        Ok(self.commit(&message))
    }

    /// The event as it will be once `signer` has signed it, with the all-zero id, so that it can be judged before.
    ///
    /// # Errors
    ///
    /// The rule of form that the event would break, those of its tree over `objects` included.
    pub fn preview(&self, objects: &Objects, signer: &PublicKey) -> Result<Event, Refusal> {
        let kind = objects.kind();
        let content = self.check(kind, &self.message())?;
        tree::expect_present(objects, &self.tree)?;
        let files = tree::read(objects, &self.tree, &content.payload)?;
        Ok(Event {
            id: ObjectId::zero(kind),
            tree: self.tree,
            parents: self.parents.clone(),
            author: self.author.clone(),
            signer: signer.clone(),
            subject: content.subject,
            body: content.body,
            repo: content.repo,
            policy: content.policy,
            payload: content.payload,
            files,
        })
    }

    /// What is signed, unchecked.
    pub(super) fn to_payload(&self) -> Vec<u8> {
        self.commit(&self.message())
    }

    fn message(&self) -> String {
        let subject = match (&self.subject, self.payload.computed_subject()) {
            (_, Some(computed)) => Cow::Owned(computed),
            (Some(subject), None) => Cow::Borrowed(subject.as_str()),
            (None, None) => Cow::Borrowed(""),
        };
        let tag = self.payload.kind().tag();
        let repo = self.repo.map(|repo| (REPO, Cow::Owned(repo.to_string())));
        let policy = self
            .policy
            .map(|policy| (POLICY, Cow::Owned(policy.to_string())));
        let own = self.payload.trailers();
        let trailers = std::iter::once((EVENT, Cow::Borrowed(tag)))
            .chain(repo)
            .chain(policy)
            .chain(own.into_iter().map(|(key, value)| (key, Cow::Owned(value))));
        message::write(&subject, self.body.as_deref(), trailers)
    }

    fn commit(&self, message: &str) -> Vec<u8> {
        let author = &self.author;
        let mut text = String::with_capacity(message.len() + 512);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "tree {}", self.tree);
        for parent in &self.parents {
            let _ = writeln!(text, "parent {parent}");
        }
        let _ = writeln!(text, "author {author}\ncommitter {author}\n");
        text.push_str(message);
        text.into_bytes()
    }

    /// Every rule of form that needs neither tree nor signature: what was written must read back as it is.
    fn check(&self, kind: HashKind, message: &str) -> Result<Content, Refusal> {
        let fits = |id: &ObjectId| id.kind() == kind && !id.is_zero();
        if !fits(&self.tree) || !self.parents.iter().all(fits) {
            let reason = format!("tree or a parent is no {} object id", kind.name());
            return Err(Refusal::new(Rule::HeaderForm, reason));
        }
        if Actor::parse(&self.author.to_string()).as_ref() != Some(&self.author) {
            let reason = "name, e-mail, seconds or zone of the author cannot be written";
            return Err(Refusal::new(Rule::AuthorForm, reason));
        }
        if let (Some(subject), Some(computed)) = (&self.subject, self.payload.computed_subject())
            && *subject != computed
        {
            let tag = self.payload.kind().tag();
            let reason = format!("the subject of this {tag} is {computed:?}");
            return Err(Refusal::new(Rule::SubjectComputed, reason));
        }
        if self.payload.kind().spec().user_subject {
            let subject = self.subject.as_deref().unwrap_or_default();
            content::check_user_subject(subject)?;
            if subject.contains('\n') {
                let reason = "the subject has more than one line";
                return Err(Refusal::new(Rule::SubjectForm, reason));
            }
        }
        let content = content::read(kind, message.as_bytes(), self.parents.len())?;
        let (rule, part) = if self
            .subject
            .as_ref()
            .is_some_and(|own| *own != content.subject)
        {
            (Rule::SubjectForm, "the subject")
        } else if content.body != self.body {
            (Rule::MessageLayout, "the body")
        } else if content.payload != self.payload
            || content.policy != self.policy
            || content.repo != self.repo
        {
            (Rule::TrailerValue, "a trailer")
        } else {
            return Ok(content);
        };
        let reason = format!("{part} would not read back as it is");
        Err(Refusal::new(rule, reason))
    }
}
