//! What a message says: its trailers by the registry, then the subject and body that its kind calls for.

use super::codec::Payload;
use super::fields::{Fields, bad_value};
use super::message::{self, Message};
use super::registry::Kind;
use super::rule::Rule;
use super::spec::{BodyUse, KindSpec, Position, Repeat};
use super::value::Value;
use crate::id::{Digest, HashKind, ObjectId};
use crate::refusal::Refusal;
use crate::text;

/// Longest subject with user text, in bytes.
pub const SUBJECT_MAX_LEN: usize = 256;

pub(super) const EVENT: &str = "Forge-Event";
pub(super) const REPO: &str = "Forge-Repo";
pub(super) const POLICY: &str = "Forge-Policy";
const NONCE: &str = "Forge-Nonce";
const ORIGIN: &str = "Forge-Origin";
const PROPOSAL: &str = "Forge-Proposal";

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) subject: String,
    pub(super) body: Option<String>,
    pub(super) repo: Option<Digest>,
    pub(super) policy: Option<ObjectId>,
    pub(super) payload: Payload,
}

/// Reads the message of an event with `parents` parents: rules `message-encoding` to `parents-form`.
pub(super) fn read(hash: HashKind, message: &[u8], parents: usize) -> Result<Content, Refusal> {
    let Message {
        subject,
        body,
        trailers,
    } = message::parse(message)?;
    let kind = kind(&trailers)?;
    let keys = Keys {
        spec: kind.spec(),
        root: parents == 0,
    };
    let places = keys.places(&trailers)?;
    keys.check_repeated(&trailers, &places)?;
    check_order(&trailers, &places)?;
    keys.check_missing(&places)?;
    let mut own = trailers.get(1..).unwrap_or_default();
    let repo = take(hash, &mut own, REPO)?;
    let policy = take(hash, &mut own, POLICY)?;
    let payload = Payload::read(kind, &mut Fields::new(hash, kind, own))?;
    check_subject(keys.spec, subject, &payload)?;
    check_body(keys.spec, body.is_some())?;
    check_parents(keys.spec, parents)?;
    Ok(Content {
        subject: subject.to_owned(),
        body: body.map(Into::into),
        repo,
        policy,
        payload,
    })
}

/// Rule `event-unknown`.
fn kind(trailers: &[(&str, &str)]) -> Result<Kind, Refusal> {
    let reason = match trailers.first() {
        Some((EVENT, tag)) => match Kind::from_tag(tag) {
            Some(kind) => return Ok(kind),
            None => {
                let shown: String = tag.chars().take(80).collect();
                format!("the kind {shown:?} is not known; a newer version may know it")
            }
        },
        Some((key, _)) => format!("the first trailer is {key}, not {EVENT}"),
        None => format!("there is no {EVENT}"),
    };
    Err(Refusal::new(Rule::EventUnknown, reason))
}

/// The keys that an event may have: `Forge-Event`, `Forge-Repo`, `Forge-Policy`, then its kind's own.
struct Keys {
    spec: &'static KindSpec,
    /// Whether the event has no parents.
    root: bool,
}

impl Keys {
    /// The key at a place in the registry's order, and how often it may stand on this event if at all.
    fn at(&self, place: usize) -> Option<(&'static str, Option<Repeat>)> {
        let policy = self.spec.kind == Kind::Policy;
        let only = |there: bool| there.then_some(Repeat::One);
        Some(match place {
            0 => (EVENT, only(true)),
            1 => (REPO, only(self.root && !policy)),
            2 => (POLICY, only(!(self.root && policy))),
            _ => {
                let own = self.spec.keys.get(place - 3)?;
                let repeat = match own.key {
                    NONCE if policy => only(self.root),
                    ORIGIN if policy => Some(own.repeat).filter(|_| self.root),
                    PROPOSAL if policy => Some(own.repeat).filter(|_| !self.root),
                    _ => Some(own.repeat),
                };
                (own.key, repeat)
            }
        })
    }

    fn all(&self) -> impl Iterator<Item = (&'static str, Option<Repeat>)> {
        (0..).map_while(|place| self.at(place))
    }

    /// The place of every trailer's key: rule `trailer-unknown`.
    fn places(&self, trailers: &[(&str, &str)]) -> Result<Vec<usize>, Refusal> {
        let mut places: Vec<usize> = Vec::with_capacity(trailers.len());
        for (key, _) in trailers {
            // Keys that repeat stand together, so the last place is the likeliest.
            let last = places.last().copied().unwrap_or(0);
            let fits = |place: &usize| self.at(*place).is_some_and(|(known, _)| known == *key);
            let place = Some(last)
                .filter(fits)
                .or_else(|| self.all().position(|(known, _)| known == *key))
                .filter(|place| self.at(*place).is_some_and(|(_, repeat)| repeat.is_some()));
            places.push(place.ok_or_else(|| {
                let (tag, position) = (self.spec.kind.tag(), if self.root { "out" } else { "" });
                let reason = format!("{tag} with{position} parents has no key {key}");
                Refusal::new(Rule::TrailerUnknown, reason)
            })?);
        }
        Ok(places)
    }

    /// Rule `trailer-repeated`.
    fn check_repeated(&self, trailers: &[(&str, &str)], places: &[usize]) -> Result<(), Refusal> {
        let single = |place: usize| {
            let repeat = self.at(place).and_then(|(_, repeat)| repeat);
            !matches!(repeat, Some(Repeat::Many | Repeat::Several))
        };
        let mut sorted: Vec<(usize, &str)> = places
            .iter()
            .zip(trailers)
            .map(|(place, (_, value))| (*place, *value))
            .collect();
        sorted.sort_unstable();
        for pair in sorted.windows(2) {
            if let [(place, value), (next, again)] = pair
                && place == next
                && (value == again || single(*place))
            {
                let key = self.at(*place).map_or("a key", |(key, _)| key);
                let reason = if single(*place) {
                    format!("{key} stands more than once")
                } else {
                    format!("{key} has a value twice")
                };
                return Err(Refusal::new(Rule::TrailerRepeated, reason));
            }
        }
        Ok(())
    }

    /// Rule `trailer-missing`.
    fn check_missing(&self, places: &[usize]) -> Result<(), Refusal> {
        for (place, (key, repeat)) in self.all().enumerate() {
            let needed = matches!(repeat, Some(Repeat::One | Repeat::Several));
            // The places are in order by now.
            if needed && places.binary_search(&place).is_err() {
                let reason = format!("{} needs the key {key}", self.spec.kind.tag());
                return Err(Refusal::new(Rule::TrailerMissing, reason));
            }
        }
        Ok(())
    }
}

/// Rule `trailer-order`.
fn check_order(trailers: &[(&str, &str)], places: &[usize]) -> Result<(), Refusal> {
    let late = places
        .windows(2)
        .position(|pair| pair.first() > pair.last());
    let Some((key, _)) = late.and_then(|index| trailers.get(index + 1)) else {
        return Ok(());
    };
    let reason = format!("{key} stands too late in the trailer block");
    Err(Refusal::new(Rule::TrailerOrder, reason))
}

/// The value of `key` if it is the next trailer.
fn take<T: Value>(
    hash: HashKind,
    trailers: &mut &[(&str, &str)],
    key: &str,
) -> Result<Option<T>, Refusal> {
    match trailers.split_first() {
        Some(((found, text), rest)) if *found == key => {
            *trailers = rest;
            let value = T::parse(hash, text).ok_or_else(|| bad_value(key, text))?;
            Ok(Some(value))
        }
        _ => Ok(None),
    }
}

/// Rules `subject-form` and `subject-computed`.
fn check_subject(spec: &KindSpec, subject: &str, payload: &Payload) -> Result<(), Refusal> {
    match payload.computed_subject() {
        Some(computed) if computed == subject => Ok(()),
        Some(computed) => {
            let reason = format!("the subject of this {} is {computed:?}", spec.kind.tag());
            Err(Refusal::new(Rule::SubjectComputed, reason))
        }
        None => check_user_subject(subject),
    }
}

/// Rule `subject-form`.
pub(super) fn check_user_subject(subject: &str) -> Result<(), Refusal> {
    let defect = if subject.is_empty() || subject.len() > SUBJECT_MAX_LEN {
        "does not have 1 to 256 bytes"
    } else if subject.contains('\t') {
        "has a tab"
    } else if subject.starts_with(' ') {
        "starts with a space"
    } else if text::is_divider(subject) {
        "could be taken for a divider"
    } else {
        return Ok(());
    };
    let reason = format!("the subject {defect}");
    Err(Refusal::new(Rule::SubjectForm, reason))
}

/// Rule `body-form`.
fn check_body(spec: &KindSpec, there: bool) -> Result<(), Refusal> {
    let needs = match (spec.body, there) {
        (BodyUse::Required, false) => "needs a body",
        (BodyUse::None, true) => "has no body",
        _ => return Ok(()),
    };
    let reason = format!("{} {needs}", spec.kind.tag());
    Err(Refusal::new(Rule::BodyForm, reason))
}

/// Rule `parents-form`.
fn check_parents(spec: &KindSpec, parents: usize) -> Result<(), Refusal> {
    let (least, most) = spec.parents;
    let later = (usize::from(least)..=usize::from(most)).contains(&parents);
    let fits = match spec.position {
        Position::Root => parents == 0,
        Position::Later => later,
        Position::Any => parents == 0 || later,
    };
    if fits {
        return Ok(());
    }
    let reason = format!("{} does not have {parents} parents", spec.kind.tag());
    Err(Refusal::new(Rule::ParentsForm, reason))
}
