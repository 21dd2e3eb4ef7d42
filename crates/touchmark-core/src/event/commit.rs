//! A commit's headers: tree and parents, who wrote it and when, and the signature over it.

use std::fmt;
use std::ops::Range;

use super::rule::Rule;
use super::value::{is_author_email, is_author_name};
use crate::id::{HashKind, ObjectId};
use crate::refusal::Refusal;
use crate::sign::{self, DecodedKeys, PublicKey, Signature, SignatureError};

/// Longest commit in bytes.
pub const COMMIT_MAX_LEN: usize = 131_072;

/// Most digits of the seconds in an author line.
const SECONDS_MAX_DIGITS: usize = 12;

/// Who made an event and when, as author and committer line say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The name as the author writes it; it proves nothing.
    pub name: String,
    /// The e-mail address, which must be one of the signer's.
    pub email: String,
    /// Seconds since 1970 UTC.
    pub seconds: i64,
    /// The author's offset from UTC as git writes it, such as `+0200`.
    pub zone: String,
}

impl Actor {
    /// Reads `Name <email> seconds zone`; `None` when it is not written as `events.md` says.
    pub fn parse(line: &str) -> Option<Self> {
        let (name, rest) = line.split_once(" <")?;
        let (email, rest) = rest.split_once("> ")?;
        let (seconds, zone) = rest.split_once(' ')?;
        let canonical = seconds.len() <= SECONDS_MAX_DIGITS
            && seconds.bytes().all(|byte| byte.is_ascii_digit())
            && (seconds == "0" || !seconds.starts_with('0'));
        if !canonical || !is_zone(zone) || !is_author_name(name) || !is_author_email(email) {
            return None;
        }
        Some(Self {
            name: name.to_owned(),
            email: email.to_owned(),
            seconds: seconds.parse().ok()?,
            zone: zone.to_owned(),
        })
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            email,
            seconds,
            zone,
        } = self;
        write!(f, "{name} <{email}> {seconds} {zone}")
    }
}

/// `+hhmm` or `-hhmm` from -1459 to +1459; `-0000` means something else to other programs and is refused.
fn is_zone(zone: &str) -> bool {
    let [b'+' | b'-', digits @ ..] = zone.as_bytes() else {
        return false;
    };
    let [h, hh, m, mm] = digits else {
        return false;
    };
    digits.iter().all(u8::is_ascii_digit)
        && (*h == b'0' || (*h == b'1' && *hh <= b'4'))
        && *m <= b'5'
        && mm.is_ascii_digit()
        && zone != "-0000"
}

/// A commit taken apart.
pub(super) struct Headers<'a> {
    pub(super) parents: Vec<ObjectId>,
    pub(super) author: Actor,
    pub(super) signature: Range<usize>,
    pub(super) armor: Vec<u8>,
    pub(super) message: &'a [u8],
}

/// Reads a commit's header lines, one after the other.
pub(super) struct Reader<'a> {
    kind: HashKind,
    raw: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(kind: HashKind, raw: &'a [u8]) -> Self {
        Self { kind, raw, at: 0 }
    }

    /// The first line.
    pub(super) fn tree(&mut self) -> Result<ObjectId, Refusal> {
        let value = self.value("tree")?;
        self.id(value)
    }

    /// Everything after the `tree` line: rules `header-form` to `signature-missing`.
    pub(super) fn rest(mut self) -> Result<Headers<'a>, Refusal> {
        let mut parents = Vec::new();
        while self.rest_of_raw().starts_with(b"parent ") {
            let value = self.value("parent")?;
            parents.push(self.id(value)?);
        }
        let line = self.value("author")?;
        let author = std::str::from_utf8(line)
            .ok()
            .and_then(Actor::parse)
            .ok_or_else(|| {
                let reason = "the author line is not \"Name <email> seconds zone\"";
                Refusal::new(Rule::AuthorForm, reason)
            })?;
        if self.value("committer")? != line {
            let reason = "the committer line differs from the author line";
            return Err(Refusal::new(Rule::AuthorCommitter, reason));
        }
        let start = self.at;
        let armor = self.armor()?;
        let signature = start..self.at;
        if !self.line()?.is_empty() {
            return Err(unexpected("no header may follow the signature"));
        }
        Ok(Headers {
            parents,
            author,
            signature,
            armor,
            message: self.rest_of_raw(),
        })
    }

    fn rest_of_raw(&self) -> &'a [u8] {
        self.raw.get(self.at..).unwrap_or_default()
    }

    /// The next line without its line feed.
    fn line(&mut self) -> Result<&'a [u8], Refusal> {
        let rest = self.rest_of_raw();
        let len = rest.iter().position(|byte| *byte == b'\n');
        let len = len.ok_or_else(|| unexpected("the headers do not end in an empty line"))?;
        self.at += len + 1;
        Ok(rest.get(..len).unwrap_or_default())
    }

    /// The value of the next line, which must be the header `name`.
    fn value(&mut self, name: &str) -> Result<&'a [u8], Refusal> {
        self.line()?
            .strip_prefix(name.as_bytes())
            .and_then(|rest| rest.strip_prefix(b" "))
            .ok_or_else(|| unexpected(&format!("a line is not the header \"{name}\" that is due")))
    }

    fn id(&self, value: &[u8]) -> Result<ObjectId, Refusal> {
        std::str::from_utf8(value)
            .ok()
            .and_then(ObjectId::from_hex)
            .filter(|id| id.kind() == self.kind && !id.is_zero())
            .ok_or_else(|| unexpected(&format!("a header has no {} object id", self.kind.name())))
    }

    /// The signature header's value, its lines joined, each with a line feed.
    fn armor(&mut self) -> Result<Vec<u8>, Refusal> {
        let header = self.kind.signature_header();
        if self.rest_of_raw().starts_with(b"\n") {
            let reason = format!("the commit is not signed: it has no {header} header");
            return Err(Refusal::new(Rule::SignatureMissing, reason));
        }
        let mut armor = Vec::with_capacity(512);
        armor.extend_from_slice(self.value(header)?);
        armor.push(b'\n');
        while self.rest_of_raw().starts_with(b" ") {
            armor.extend_from_slice(self.line()?.get(1..).unwrap_or_default());
            armor.push(b'\n');
        }
        Ok(armor)
    }
}

fn unexpected(reason: &str) -> Refusal {
    Refusal::new(Rule::HeaderForm, reason)
}

/// A signature that keeps its form; whether it is good is asked last.
pub(super) struct Unverified(Result<Signature, SignatureError>);

impl Unverified {
    /// Reads the armor: rules `signature-form` to `signature-presence`.
    pub(super) fn read(armor: &[u8]) -> Result<Self, Refusal> {
        let armor = std::str::from_utf8(armor).map_err(|_| {
            let reason = "the signature has bytes that are not UTF-8";
            Refusal::new(Rule::SignatureForm, reason)
        })?;
        match sign::parse(armor) {
            Err(error) if rule(&error) != Rule::SignatureBad => Err(refusal(&error)),
            // A scalar or point out of range is found on reading, but is a matter of verification.
            signature => Ok(Self(signature)),
        }
    }

    /// Rule `signature-bad`; returns the signer.
    pub(super) fn verify(
        self,
        payload: &[&[u8]],
        keys: &mut DecodedKeys,
    ) -> Result<PublicKey, Refusal> {
        self.0
            .and_then(|signature| {
                signature.verify_with(payload, keys)?;
                Ok(signature.claimed_signer().clone())
            })
            .map_err(|error| refusal(&error))
    }

    /// The signer of an event whose signature was verified before.
    pub(super) fn trust(self) -> Result<PublicKey, Refusal> {
        self.0
            .map(|signature| signature.claimed_signer().clone())
            .map_err(|error| refusal(&error))
    }
}

fn refusal(error: &SignatureError) -> Refusal {
    Refusal::new(rule(error), error.to_string())
}

fn rule(error: &SignatureError) -> Rule {
    match error {
        SignatureError::Unsigned { .. } => Rule::SignatureMissing,
        SignatureError::ForeignHeader { .. }
        | SignatureError::RepeatedHeader { .. }
        | SignatureError::HeaderNotLast { .. }
        | SignatureError::Commit(_) => Rule::HeaderForm,
        SignatureError::Form(_)
        | SignatureError::Wrapping
        | SignatureError::TrailingText
        | SignatureError::Version { .. }
        | SignatureError::Reserved
        | SignatureError::Key(_) => Rule::SignatureForm,
        SignatureError::Namespace { .. } => Rule::SignatureNamespace,
        SignatureError::KeyType { .. } | SignatureError::Mismatch { .. } => Rule::SignatureKeyType,
        SignatureError::HashAlgorithm { .. } => Rule::SignatureHash,
        SignatureError::Presence => Rule::SignaturePresence,
        SignatureError::Scalar
        | SignatureError::Point
        | SignatureError::WeakKey(_)
        | SignatureError::Bad => Rule::SignatureBad,
    }
}
