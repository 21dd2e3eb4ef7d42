//! Builds a repository event by event.

use std::collections::BTreeMap;

use touchmark_core::event::{Actor, Payload, Unsigned, payload};
use touchmark_core::id::{Digest, HashKind, ObjectId};
use touchmark_core::object::{MODE_FILE, MODE_TREE, ObjectType, Objects, TreeEntry, write_tree};
use touchmark_core::sign::split_signature;

use crate::people::{BOTS, PEOPLE, Who};

/// The clock of the first event.
pub(crate) const START: i64 = 1_760_000_000;

/// A repository in the making.
#[derive(Clone)]
pub(crate) struct Builder {
    pub(crate) hash: HashKind,
    pub(crate) objects: Objects,
    pub(crate) refs: BTreeMap<String, ObjectId>,
    pub(crate) repo: Option<Digest>,
    pub(crate) policy: Option<ObjectId>,
    pub(crate) clock: i64,
}

/// What an event is made from; the fields that a case does not set come from the log and the clock.
#[derive(Clone)]
pub(crate) struct Make {
    pub(crate) who: Who,
    pub(crate) payload: Payload,
    pub(crate) subject: Option<String>,
    pub(crate) body: Option<String>,
    pub(crate) tree: Option<ObjectId>,
    pub(crate) parents: Option<Vec<ObjectId>>,
    pub(crate) seconds: Option<i64>,
    pub(crate) policy: Option<ObjectId>,
    pub(crate) repo: Option<Digest>,
    pub(crate) email: Option<String>,
}

impl Make {
    pub(crate) fn new(who: Who, payload: Payload) -> Self {
        Self {
            who,
            payload,
            subject: None,
            body: None,
            tree: None,
            parents: None,
            seconds: None,
            policy: None,
            repo: None,
            email: None,
        }
    }

    pub(crate) fn subject(mut self, subject: &str) -> Self {
        self.subject = Some(subject.to_owned());
        self
    }

    pub(crate) fn body(mut self, body: &str) -> Self {
        self.body = Some(body.to_owned());
        self
    }

    pub(crate) fn tree(mut self, tree: ObjectId) -> Self {
        self.tree = Some(tree);
        self
    }

    pub(crate) fn parents(mut self, parents: &[ObjectId]) -> Self {
        self.parents = Some(parents.to_vec());
        self
    }

    pub(crate) fn seconds(mut self, seconds: i64) -> Self {
        self.seconds = Some(seconds);
        self
    }

    pub(crate) fn policy(mut self, policy: ObjectId) -> Self {
        self.policy = Some(policy);
        self
    }

    pub(crate) fn repo(mut self, repo: Digest) -> Self {
        self.repo = Some(repo);
        self
    }

    pub(crate) fn email(mut self, email: &str) -> Self {
        self.email = Some(email.to_owned());
        self
    }
}

impl Builder {
    /// An empty repository.
    pub(crate) fn empty(hash: HashKind) -> Self {
        Self {
            hash,
            objects: Objects::new(hash),
            refs: BTreeMap::new(),
            repo: None,
            policy: None,
            clock: START,
        }
    }

    /// A repository with the usual policy.
    pub(crate) fn new(hash: HashKind) -> Self {
        let mut builder = Self::empty(hash);
        builder.start_policy(&usual_policy(), &usual_signers());
        builder
    }

    /// The first policy, signed by Alice.
    pub(crate) fn start_policy(&mut self, policy_toml: &str, signers: &str) -> ObjectId {
        self.start_policy_as(crate::people::ALICE, policy_toml, signers, None)
    }

    pub(crate) fn start_policy_as(
        &mut self,
        who: Who,
        policy_toml: &str,
        signers: &str,
        origin: Option<Digest>,
    ) -> ObjectId {
        let tree = self.policy_tree(policy_toml, signers, &[]);
        let payload = payload::Policy {
            version: 1,
            nonce: Some(touchmark_core::event::Nonce::from_bytes([7; 16])),
            origin,
            proposal: None,
        };
        let make = Make::new(who, Payload::Policy(payload)).tree(tree);
        let id = self.event("refs/forge/policy", make);
        self.policy = Some(id);
        self.repo = self
            .objects
            .get(&id, ObjectType::Commit)
            .and_then(|raw| split_signature(raw, self.hash).ok())
            .map(|(payload, _)| Digest::of(&payload));
        id
    }

    /// The content of the event to be, without a signature.
    pub(crate) fn unsigned(&mut self, reference: &str, make: &Make) -> Vec<u8> {
        self.clock += 60;
        let tip = self.refs.get(reference).copied();
        let parents = make
            .parents
            .clone()
            .unwrap_or_else(|| tip.into_iter().collect());
        let root = parents.is_empty();
        let unsigned = Unsigned {
            tree: make.tree.unwrap_or_else(|| self.hash.empty_tree()),
            parents,
            author: Actor {
                name: make.who.name.to_owned(),
                email: make.email.clone().unwrap_or_else(|| make.who.email()),
                seconds: make.seconds.unwrap_or(self.clock),
                zone: "+0200".to_owned(),
            },
            subject: make.subject.clone(),
            body: make.body.clone(),
            repo: make.repo.or(self.repo).filter(|_| root),
            policy: make.policy.or(self.policy),
            payload: make.payload.clone(),
        };
        unsigned.encode(self.hash).expect("cases are written well")
    }

    /// Adds an event to a log.
    pub(crate) fn event(&mut self, reference: &str, make: Make) -> ObjectId {
        let payload = self.unsigned(reference, &make);
        let signed = make.who.key().sign_commit(&payload, self.hash);
        self.commit(reference, signed)
    }

    /// Makes an event on `parents` that no ref points to.
    pub(crate) fn side(&mut self, parents: &[ObjectId], make: Make) -> ObjectId {
        let id = self.event("refs/none", make.parents(parents));
        self.refs.remove("refs/none");
        id
    }

    /// Adds an event that was changed before it was signed.
    pub(crate) fn changed(
        &mut self,
        reference: &str,
        make: Make,
        change: impl FnOnce(String) -> String,
    ) -> ObjectId {
        let payload = self.unsigned(reference, &make);
        let text = String::from_utf8(payload).expect("events are text");
        let signed = make
            .who
            .key()
            .sign_commit(change(text).as_bytes(), self.hash);
        self.commit(reference, signed)
    }

    /// Adds a commit as it is.
    pub(crate) fn commit(&mut self, reference: &str, content: Vec<u8>) -> ObjectId {
        let id = self.insert(ObjectType::Commit, content);
        self.refs.insert(reference.to_owned(), id);
        id
    }

    /// Opens an object: the ref is named after the event.
    pub(crate) fn open(&mut self, log: &str, make: Make) -> (String, ObjectId) {
        let id = self.event("refs/none", make);
        self.refs.remove("refs/none");
        let reference = format!("refs/forge/{log}/{id}/log");
        self.refs.insert(reference.clone(), id);
        (reference, id)
    }

    pub(crate) fn insert(&mut self, object_type: ObjectType, data: Vec<u8>) -> ObjectId {
        self.objects
            .insert(object_type, data)
            .expect("no collision attack here")
    }

    pub(crate) fn blob(&mut self, data: &[u8]) -> ObjectId {
        self.insert(ObjectType::Blob, data.to_vec())
    }

    /// A tree of entries as they are.
    pub(crate) fn tree(&mut self, entries: &[(u32, &str, ObjectId)]) -> ObjectId {
        let data = write_tree(entries.iter().map(|(mode, name, id)| TreeEntry {
            mode: *mode,
            name: name.as_bytes(),
            id: *id,
        }));
        self.insert(ObjectType::Tree, data)
    }

    /// A folder of files.
    pub(crate) fn folder(&mut self, files: &[(&str, &[u8])]) -> ObjectId {
        let entries: Vec<(u32, &str, ObjectId)> = files
            .iter()
            .map(|(name, data)| (MODE_FILE, *name, self.blob(data)))
            .collect();
        self.tree(&entries)
    }

    /// The tree of a review: comment texts from 1 on, suggestions by number.
    pub(crate) fn review_tree(
        &mut self,
        comments: &[&str],
        suggestions: &[(u32, &[u8])],
    ) -> ObjectId {
        let names: Vec<String> = (1..=comments.len()).map(|n| format!("{n:04}")).collect();
        let texts: Vec<(&str, &[u8])> = names
            .iter()
            .map(String::as_str)
            .zip(comments.iter().map(|text| text.as_bytes()))
            .collect();
        let comments = self.folder(&texts);
        let mut entries = vec![(MODE_TREE, "comments", comments)];
        let names: Vec<String> = suggestions.iter().map(|(n, _)| format!("{n:04}")).collect();
        let files: Vec<(&str, &[u8])> = names
            .iter()
            .map(String::as_str)
            .zip(suggestions.iter().map(|(_, bytes)| *bytes))
            .collect();
        if !files.is_empty() {
            let suggestions = self.folder(&files);
            entries.push((MODE_TREE, "suggestions", suggestions));
        }
        self.tree(&entries)
    }

    /// A policy's tree.
    pub(crate) fn policy_tree(
        &mut self,
        policy_toml: &str,
        signers: &str,
        endorsements: &[ObjectId],
    ) -> ObjectId {
        let policy_toml = self.blob(policy_toml.as_bytes());
        let signers = self.blob(signers.as_bytes());
        let mut entries = vec![
            (MODE_FILE, "policy.toml", policy_toml),
            (MODE_FILE, "allowed_signers", signers),
        ];
        let files: Vec<(String, Vec<u8>)> = endorsements
            .iter()
            .map(|id| {
                let content = self.objects.get(id, ObjectType::Commit).unwrap_or_default();
                (id.to_string(), content.to_vec())
            })
            .collect();
        let listed: Vec<(&str, &[u8])> = files
            .iter()
            .map(|(name, content)| (name.as_str(), content.as_slice()))
            .collect();
        if !listed.is_empty() {
            let folder = self.folder(&listed);
            entries.push((MODE_TREE, "endorsements", folder));
        }
        self.tree(&entries)
    }

    /// An id that names code; code is not part of the record, so the object need not exist.
    pub(crate) fn code(&self, name: &str) -> ObjectId {
        touchmark_core::id::hash_object(self.hash, "blob", name.as_bytes())
            .expect("no collision attack here")
    }
}

/// The usual `policy.toml`.
pub(crate) fn usual_policy() -> String {
    let mut text = String::from("format = 1\nthreshold = 1\n\n[recovery]\ndeclined = true\n");
    for person in PEOPLE {
        text.push_str(&person.table("people"));
    }
    for bot in BOTS {
        text.push_str(&bot.table("bots"));
    }
    text
}

/// The usual `allowed_signers`.
pub(crate) fn usual_signers() -> String {
    PEOPLE.iter().chain(&BOTS).map(Who::line).collect()
}
