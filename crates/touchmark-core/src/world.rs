//! A small project for tests: people with keys, a policy, a pull request and what is said on it.

use std::collections::BTreeMap;

use crate::decide::{self, Author, Command, Next, Scene};
use crate::event::{
    Actor, CommentId, LogType, MergeMethod, Payload, RefName, Stance, Time, Unsigned, Value as _,
    Verdict, payload,
};
use crate::gate::{self, Facts, Verdicts};
use crate::id::{Digest, HashKind, ObjectId, hash_object};
use crate::log::LogName;
use crate::object::{MODE_FILE, MODE_TREE, ObjectType, Objects, TreeEntry, write_tree};
use crate::policy::{Policy, PolicyChain, parse};
use crate::refusal::Refusal;
use crate::replay::{Outcome, Trust, replay, replay_policy};
use crate::sign::{SecretKey, attach_signature};

pub(crate) const HASH: HashKind = HashKind::Sha1;

/// The people; `ci` is a bot. Mallory has a key that no policy knows.
pub(crate) const CAST: [&str; 5] = ["alice", "bob", "carol", "dave", "ci"];
pub(crate) const STRANGER: &str = "mallory";

/// What a policy says, and what a test changes about it.
#[derive(Clone)]
pub(crate) struct Rules {
    pub(crate) approvals: u32,
    pub(crate) resolve_threads: bool,
    pub(crate) roles: BTreeMap<&'static str, &'static str>,
    /// Whose key is retired.
    pub(crate) retired: Vec<&'static str>,
    /// Who is not in the policy at all.
    pub(crate) gone: Vec<&'static str>,
    /// Lines for `[defaults]` that `format = 1` does not have.
    pub(crate) defaults: String,
    /// Tables that `format = 1` does not have.
    pub(crate) tables: String,
    /// Further lines of `allowed_signers`.
    pub(crate) signers: String,
}

impl Default for Rules {
    fn default() -> Self {
        let roles = ["admin", "maintainer", "maintainer", "contributor"];
        let mut roles: BTreeMap<_, _> = CAST.into_iter().zip(roles).collect();
        // A bot with a person's role: what it signs is taken, and must not open a gate.
        roles.insert("ci", "contributor");
        Self {
            approvals: 1,
            resolve_threads: false,
            roles,
            retired: Vec::new(),
            gone: Vec::new(),
            defaults: String::new(),
            tables: String::new(),
            signers: String::new(),
        }
    }
}

impl Rules {
    pub(crate) fn role(mut self, who: &'static str, role: &'static str) -> Self {
        self.roles.insert(who, role);
        self
    }

    pub(crate) fn retired(mut self, who: &'static str) -> Self {
        self.retired.push(who);
        self
    }

    /// A line for `[defaults]`, which makes it `format = 2`.
    pub(crate) fn and_default(mut self, line: &str) -> Self {
        self.defaults.push_str(line);
        self.defaults.push('\n');
        self
    }

    /// Further tables, which make it `format = 2`.
    pub(crate) fn and_table(mut self, text: &str) -> Self {
        self.tables.push_str(text);
        self.tables.push('\n');
        self
    }

    /// `policy.toml` and `allowed_signers`.
    pub(crate) fn files(&self) -> (String, String) {
        let plain = self.defaults.is_empty() && self.tables.is_empty();
        let mut toml = format!(
            "format = {}\nthreshold = 1\n[recovery]\ndeclined = true\n[defaults]\napprovals = {}\nresolve_threads = {}\n{}",
            if plain { 1 } else { 2 },
            self.approvals,
            self.resolve_threads,
            self.defaults,
        );
        let mut signers = String::new();
        for who in CAST.iter().filter(|who| !self.gone.contains(who)) {
            let table = if *who == "ci" { "bots" } else { "people" };
            let role = self.roles.get(who).copied().unwrap_or_default();
            let roles = if role.is_empty() {
                String::new()
            } else {
                format!("\"{role}\"")
            };
            toml.push_str(&format!(
                "[{table}.{who}]\nname = \"{who}\"\nemails = [\"{who}@example.com\"]\nroles = [{roles}]\n"
            ));
            let before = if self.retired.contains(who) {
                ",valid-before=\"20260101000000Z\""
            } else {
                ""
            };
            let key = key(who).public().to_openssh();
            signers.push_str(&format!(
                "{who}@example.com namespaces=\"git\"{before} {key}\n"
            ));
        }
        toml.push_str(&self.tables);
        signers.push_str(&self.signers);
        (toml, signers)
    }

    pub(crate) fn policy(&self) -> Policy {
        let (toml, signers) = self.files();
        parse(toml.as_bytes(), signers.as_bytes()).expect("a good policy")
    }
}

pub(crate) fn key(who: &str) -> SecretKey {
    SecretKey::from_seed(Digest::of(who.as_bytes()).as_bytes())
}

pub(crate) fn author(who: &str) -> Author {
    Author {
        name: who.to_owned(),
        email: format!("{who}@example.com"),
        zone: "+0000".to_owned(),
        key: key(who).public(),
    }
}

/// An id that names code, which need not exist.
pub(crate) fn code(name: &str) -> ObjectId {
    hash_object(HASH, "blob", name.as_bytes()).expect("no collision")
}

pub(crate) fn main_branch() -> RefName {
    RefName::parse("refs/heads/main").expect("a branch")
}

pub(crate) fn comment() -> Payload {
    Payload::Comment(payload::Comment { reply: None })
}

pub(crate) fn revision(number: u32) -> Payload {
    Payload::Revision(payload::Revision {
        revision: number,
        target: None,
        base: code(&format!("base-{number}")),
        head: code(&format!("head-{number}")),
    })
}

/// A review of a revision; the anchors as they are written.
pub(crate) fn review(number: u32, verdict: Verdict, anchors: &[&str]) -> Payload {
    Payload::Review(payload::Review {
        revision: number,
        verdict,
        base: code(&format!("base-{number}")),
        head: code(&format!("head-{number}")),
        comments: anchors
            .iter()
            .map(|text| crate::event::Anchor::parse(HASH, text).expect("an anchor"))
            .collect(),
    })
}

pub(crate) fn merge(number: u32) -> payload::Merge {
    payload::Merge {
        target: main_branch(),
        revision: number,
        base: code(&format!("base-{number}")),
        head: code(&format!("head-{number}")),
        old: code("old"),
        new: code("new"),
        tree_id: code("tree"),
        method: MergeMethod::Squash,
        semantics: 1,
        request: None,
        evidence: Vec::new(),
        time: Time::from_seconds(5).expect("a time"),
    }
}

/// An event that nobody judged before it was signed.
pub(crate) struct Raw {
    who: &'static str,
    unsigned: Unsigned,
}

impl Raw {
    pub(crate) fn body(mut self, body: &str) -> Self {
        self.unsigned.body = Some(body.to_owned());
        self
    }

    pub(crate) fn subject(mut self, subject: &str) -> Self {
        self.unsigned.subject = Some(subject.to_owned());
        self
    }

    pub(crate) fn on(mut self, parents: &[ObjectId]) -> Self {
        self.unsigned.parents = parents.to_vec();
        self
    }

    pub(crate) fn policy(mut self, policy: ObjectId) -> Self {
        self.unsigned.policy = Some(policy);
        self
    }

    pub(crate) fn seconds(mut self, seconds: i64) -> Self {
        self.unsigned.author.seconds = seconds;
        self
    }

    pub(crate) fn tree(mut self, tree: ObjectId) -> Self {
        self.unsigned.tree = tree;
        self
    }

    pub(crate) fn repository(mut self, repository: Option<Digest>) -> Self {
        self.unsigned.repo = repository;
        self
    }

    pub(crate) fn email(mut self, email: &str) -> Self {
        self.unsigned.author.email = email.to_owned();
        self
    }
}

/// What a log of this type is called that starts with this event.
fn name_of(log: LogType, first: ObjectId, who: &str, payload: &Payload) -> LogName {
    match (log, payload) {
        (LogType::Check, Payload::Check(check)) => LogName::Check(check.commit),
        (LogType::Queue, Payload::Queue(queue)) => {
            LogName::Queue(queue.target.branch().unwrap_or_default().to_owned())
        }
        (LogType::Policy, _) => LogName::Policy,
        (LogType::Proposal, _) => LogName::Proposal(first),
        (LogType::Pr | LogType::Check | LogType::Queue, _) => LogName::Pr(first),
        (LogType::Issue, _) => LogName::Issue(first),
        (LogType::Run, _) => LogName::Run(first),
        (LogType::Guest, _) => LogName::Guest(Digest::of(&key(who).public().to_blob()), first),
        (LogType::Receipts, _) => LogName::Receipts,
        (LogType::Archive, _) => LogName::Archive,
        (LogType::Deliveries, _) => LogName::Deliveries,
    }
}

/// Everything that exists, and where the log stands.
pub(crate) struct World {
    pub(crate) objects: Objects,
    pub(crate) policies: PolicyChain,
    pub(crate) log: LogName,
    pub(crate) tip: ObjectId,
    pub(crate) now: i64,
}

impl World {
    /// A repository with a policy and no object.
    pub(crate) fn new(rules: &Rules) -> Self {
        let (toml, signers) = rules.files();
        let first = decide::first_policy(
            HASH,
            &author("alice"),
            1000,
            [1; 16],
            toml.as_bytes(),
            signers.as_bytes(),
        );
        let mut world = Self {
            objects: Objects::new(HASH),
            policies: PolicyChain::default(),
            log: LogName::Policy,
            tip: ObjectId::zero(HASH),
            now: 1000,
        };
        let policy = world.sign("alice", &first.expect("a good policy"));
        world.policies = replay_policy(policy, &world.objects, Trust::Nothing).0;
        world
    }

    /// The same, in which Alice has opened a pull request.
    pub(crate) fn with_pr(rules: &Rules) -> Self {
        let mut world = Self::new(rules);
        world.open("alice", false);
        world
    }

    pub(crate) fn open(&mut self, who: &str, draft: bool) -> ObjectId {
        let opened = Payload::Pr(payload::Pr {
            target: main_branch(),
            base: code("base-1"),
            head: code("head-1"),
            draft,
            labels: Vec::new(),
            assignees: Vec::new(),
            reviewers: Vec::new(),
        });
        let command = Command::new(opened).subject("Title").body("Text");
        let author = author(who);
        let next = decide::first(&self.scene(&author), LogType::Pr, command);
        self.tip = self.sign(who, &next.expect("may open"));
        self.log = LogName::Pr(self.tip);
        self.tip
    }

    /// A new log of this type; the tip is its first event.
    pub(crate) fn start(
        &mut self,
        who: &str,
        log: LogType,
        command: Command,
    ) -> Result<ObjectId, Refusal> {
        self.now += 1;
        let author = author(who);
        let named = command.payload.clone();
        let next = decide::first(&self.scene(&author), log, command)?;
        self.tip = self.sign(who, &next);
        self.log = name_of(log, self.tip, who, &named);
        Ok(self.tip)
    }

    /// The same for an event that nobody judged.
    pub(crate) fn start_raw(&mut self, log: LogType, raw: Raw) -> ObjectId {
        let mut raw = raw.on(&[]).repository(self.policies.repository());
        raw.unsigned.author.seconds = self.now;
        self.tip = self.put(&raw);
        self.log = name_of(log, self.tip, raw.who, &raw.unsigned.payload);
        self.tip
    }

    pub(crate) fn scene<'a>(&'a self, author: &'a Author) -> Scene<'a> {
        Scene {
            hash: HASH,
            policies: &self.policies,
            author,
            now: self.now,
        }
    }

    pub(crate) fn newest(&self) -> ObjectId {
        self.policies.latest().expect("a policy").0
    }

    pub(crate) fn insert(&mut self, object_type: ObjectType, data: Vec<u8>) -> ObjectId {
        self.objects
            .insert(object_type, data)
            .expect("no collision")
    }

    pub(crate) fn sign(&mut self, who: &str, next: &Next) -> ObjectId {
        for (object_type, data) in &next.objects {
            self.insert(*object_type, data.clone());
        }
        self.attach(who, &next.payload)
    }

    fn attach(&mut self, who: &str, payload: &[u8]) -> ObjectId {
        let armor = key(who).sign(payload);
        self.insert(ObjectType::Commit, attach_signature(payload, &armor, HASH))
    }

    /// What the command makes on the tip, if it may happen.
    pub(crate) fn next(&mut self, who: &str, command: Command) -> Result<ObjectId, Refusal> {
        self.now += 1;
        let outcome = self.outcome();
        let author = author(who);
        let next = decide::next(&self.scene(&author), &outcome, command)?;
        self.tip = self.sign(who, &next);
        Ok(self.tip)
    }

    /// An event that may happen.
    pub(crate) fn add(&mut self, who: &str, payload: Payload) -> ObjectId {
        self.next(who, Command::new(payload)).expect("may happen")
    }

    pub(crate) fn say(&mut self, who: &str, text: &str) -> ObjectId {
        let command = Command::new(comment()).body(text);
        self.next(who, command).expect("may happen")
    }

    pub(crate) fn verdict(&mut self, who: &str, number: u32, verdict: Verdict) -> ObjectId {
        self.add(who, review(number, verdict, &[]))
    }

    /// A thread on a line of the latest code; its first comment.
    pub(crate) fn thread(&mut self, who: &str) -> CommentId {
        let files = decide::Files::Review {
            comments: vec!["Why?".to_owned()],
            suggestions: BTreeMap::new(),
        };
        let payload = review(1, Verdict::Comment, &["1 new src/lib.rs:3"]);
        let event = self.next(who, Command::new(payload).files(files));
        CommentId::new(event.expect("may happen"), 1)
    }

    /// An event on the tip, to be changed before [`World::put`] signs it.
    pub(crate) fn raw(&self, who: &'static str, payload: Payload) -> Raw {
        Raw {
            who,
            unsigned: Unsigned {
                tree: HASH.empty_tree(),
                parents: vec![self.tip],
                author: Actor {
                    name: who.to_owned(),
                    email: format!("{who}@example.com"),
                    seconds: self.now,
                    zone: "+0000".to_owned(),
                },
                subject: None,
                body: None,
                repo: None,
                policy: self.policies.latest().map(|(id, _)| id),
                payload,
            },
        }
    }

    /// Signs it; the log's tip stays where it is.
    pub(crate) fn put(&mut self, raw: &Raw) -> ObjectId {
        let payload = raw.unsigned.encode(HASH).expect("well formed");
        self.attach(raw.who, &payload)
    }

    /// Signs something else: the event is well formed but for its signature.
    pub(crate) fn put_unsigned(&mut self, raw: &Raw) -> ObjectId {
        let payload = raw.unsigned.encode(HASH).expect("well formed");
        let armor = key(raw.who).sign(b"something else");
        self.insert(ObjectType::Commit, attach_signature(&payload, &armor, HASH))
    }

    /// Signs it, and it is the tip.
    pub(crate) fn push(&mut self, raw: &Raw) -> ObjectId {
        self.now += 1;
        self.tip = self.put(raw);
        self.tip
    }

    /// A join of `second` to `first` by this person, that nobody judged.
    pub(crate) fn join(
        &mut self,
        who: &'static str,
        first: ObjectId,
        second: ObjectId,
    ) -> ObjectId {
        self.now += 1;
        let raw = self.raw(who, Payload::Join(payload::Join {}));
        self.put(&raw.on(&[first, second]))
    }

    pub(crate) fn outcome(&self) -> Outcome {
        self.replay(self.tip)
    }

    pub(crate) fn replay(&self, tip: ObjectId) -> Outcome {
        replay(
            &self.policies,
            &self.log,
            tip,
            &self.objects,
            Trust::Nothing,
        )
    }

    pub(crate) fn gate(&self, rules: &Rules, facts: &Facts) -> Verdicts {
        gate::judge(&self.outcome(), &rules.policy(), facts)
    }

    /// What a server says when the log's tip is to move from `before` to `tip`.
    pub(crate) fn accept(&self, before: ObjectId, tip: ObjectId) -> Result<Outcome, Refusal> {
        let author = author("alice");
        let before = self.replay(before);
        decide::accept(&self.scene(&author), &before, tip, &self.objects)
    }

    pub(crate) fn tree(&mut self, entries: &[(u32, &str, ObjectId)]) -> ObjectId {
        let data = write_tree(entries.iter().map(|(mode, name, id)| TreeEntry {
            mode: *mode,
            name: name.as_bytes(),
            id: *id,
        }));
        self.insert(ObjectType::Tree, data)
    }

    /// A tree of these files.
    pub(crate) fn folder(&mut self, files: &[(&str, &[u8])]) -> ObjectId {
        let entries: Vec<(u32, &str, ObjectId)> = files
            .iter()
            .map(|(name, data)| {
                let id = self.insert(ObjectType::Blob, data.to_vec());
                (MODE_FILE, *name, id)
            })
            .collect();
        self.tree(&entries)
    }

    /// The next version of the policy, which Alice endorses and signs.
    pub(crate) fn change_policy(&mut self, rules: &Rules) -> ObjectId {
        self.now += 1;
        let id = self.next_policy("alice", rules);
        let (policies, outcome) = replay_policy(id, &self.objects, Trust::Nothing);
        assert!(outcome.rejected.is_empty(), "{:?}", outcome.rejected);
        self.policies = policies;
        id
    }

    /// The same, signed by this person and not yet in force.
    pub(crate) fn next_policy(&mut self, who: &'static str, rules: &Rules) -> ObjectId {
        let (toml, signers) = rules.files();
        let parent = self.newest();
        let version = u32::try_from(self.policies.ids().count() + 1).expect("few versions");
        let toml = self.insert(ObjectType::Blob, toml.into_bytes());
        let signers = self.insert(ObjectType::Blob, signers.into_bytes());
        let plain = [
            (MODE_FILE, "policy.toml", toml),
            (MODE_FILE, "allowed_signers", signers),
        ];
        let tree_id = self.tree(&plain);
        let word = Payload::Endorse(payload::Endorse {
            version,
            tree_id,
            stance: Stance::Endorse,
        });
        let raw = self.raw("alice", word).on(&[parent]);
        let word = self.put(&raw);
        let content = self.objects.get(&word, ObjectType::Commit);
        let content = content.expect("just made").to_vec();
        let folder = self.folder(&[(word.to_string().as_str(), content.as_slice())]);
        let [toml, signers] = plain;
        let tree = self.tree(&[toml, signers, (MODE_TREE, "endorsements", folder)]);
        let recorded = Payload::Policy(payload::Policy {
            version,
            nonce: None,
            origin: None,
            proposal: None,
        });
        let raw = self.raw(who, recorded).on(&[parent]).tree(tree);
        self.put(&raw)
    }
}
