//! One good event of each kind, on logs that others have prepared: only its signer decides whether it is taken.

use crate::decide::Command;
use crate::event::{
    CheckStatus, CommentId, Decision, DeliveryOutcome, DequeueReason, Kind, LabelChange, Line,
    LinkChange, LogType, MergeMethod, Name, ObjectKind, Payload, PersonChange, Pusher,
    ReactionChange, Stance, Subscription, Time, Value as _, Verdict, payload,
};
use crate::id::{Digest, ObjectId};
use crate::log::LogName;
use crate::object::MODE_TREE;
use crate::replay::{Comments, State, canonical_json};
use crate::world::{Raw, Rules, World, code, comment, key, main_branch, merge, review, revision};

/// Who prepares what bots write.
const BOT: &str = "ci";

/// A log and the last event of it.
type Stand = (LogName, ObjectId);

/// A project in which there is something for every kind of event to follow.
pub(super) struct Desk {
    pub(super) world: World,
    rules: Rules,
    pr: Stand,
    draft: Stand,
    closed: Stand,
    issue: Stand,
    deleted: Stand,
    proposal: Stand,
    proposed: ObjectId,
    queue: Stand,
    run: Stand,
    snapshot: Stand,
    said: CommentId,
    side: ObjectId,
}

fn time() -> Time {
    Time::from_seconds(5).expect("a time")
}

fn word(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

fn labels() -> Vec<LabelChange> {
    vec![LabelChange::parse("+bug").expect("a change")]
}

fn people() -> Vec<PersonChange> {
    vec![PersonChange::parse("+bob").expect("a change")]
}

fn links() -> Vec<LinkChange> {
    let text = format!("+fixes {}", code("issue"));
    vec![LinkChange::parse(crate::world::HASH, &text).expect("a change")]
}

fn reactions() -> Vec<ReactionChange> {
    vec![ReactionChange::parse("+heart").expect("a change")]
}

impl Desk {
    pub(super) fn new(rules: &Rules) -> Self {
        let mut world = World::new(rules);
        world.open("alice", true);
        let draft = (world.log.clone(), world.tip);
        world.open("alice", false);
        world.add("alice", Payload::Close(payload::Close {}));
        let closed = (world.log.clone(), world.tip);
        let root = world.open("alice", false);
        let side = world.say("bob", "Offline.");
        world.tip = root;
        let said = CommentId::new(world.say("bob", "Online."), 0);
        let pr = (world.log.clone(), world.tip);
        let tree = policy_tree(&mut world, rules);
        let raw = world.raw(BOT, Payload::Proposal(payload::Proposal { version: 2 }));
        let proposal = world.start_raw(LogType::Proposal, raw.subject("Title").tree(tree));
        let issue = prepared(&mut world, LogType::Issue, open_issue(), None);
        let tombstone = Payload::Tombstone(payload::Tombstone {});
        let deleted = prepared(&mut world, LogType::Issue, open_issue(), Some(tombstone));
        let queue = prepared(&mut world, LogType::Queue, queue(), Some(enqueue("one")));
        let run = prepared(&mut world, LogType::Run, run(), None);
        (world.log, world.tip) = pr.clone();
        let raw = snapshot(&mut world, BOT);
        let start = world.start_raw(LogType::Pr, raw);
        Self {
            rules: rules.clone(),
            pr,
            draft,
            closed,
            proposal: (LogName::Proposal(proposal), proposal),
            proposed: tree,
            issue,
            deleted,
            queue,
            run,
            snapshot: (world.log.clone(), start),
            said,
            side,
            world,
        }
    }

    /// Where an event of this kind goes; `None` when it starts a log.
    pub(super) fn prepare(&mut self, kind: Kind) -> Option<ObjectId> {
        let stand = match kind {
            Kind::Policy => (LogName::Policy, self.world.newest()),
            Kind::Endorse => self.proposal.clone(),
            Kind::Ready => self.draft.clone(),
            Kind::Reopen => self.closed.clone(),
            Kind::Tombstone => self.issue.clone(),
            Kind::Restore => self.deleted.clone(),
            Kind::Redact => self.snapshot.clone(),
            Kind::Enqueue | Kind::Dequeue | Kind::Bypass => self.queue.clone(),
            Kind::RunStep | Kind::RunEnd => self.run.clone(),
            _ => self.pr.clone(),
        };
        (self.world.log, self.world.tip) = stand;
        starts(kind).is_none().then_some(self.world.tip)
    }

    /// The event, by this person.
    pub(super) fn sign(&mut self, kind: Kind, who: &'static str) -> ObjectId {
        self.world.now += 1;
        if kind == Kind::Policy {
            let next = Rules {
                approvals: 2,
                ..self.rules.clone()
            };
            return self.world.next_policy(who, &next);
        }
        let raw = match kind {
            Kind::Snapshot => snapshot(&mut self.world, who),
            _ => {
                let payload = self.payload(kind);
                let tree = self.tree(kind);
                self.world.raw(who, payload).tree(tree)
            }
        };
        let raw = match kind {
            Kind::Proposal | Kind::Pr | Kind::Import | Kind::Issue | Kind::Edit | Kind::Run => {
                raw.subject("A title")
            }
            Kind::Comment | Kind::CommentEdit | Kind::Override | Kind::Redact => raw.body("Text."),
            Kind::Join => raw.on(&[self.world.tip, self.side]),
            _ => raw,
        };
        match starts(kind) {
            Some(log) => self.world.start_raw(log, raw),
            None => self.world.put(&raw),
        }
    }

    fn tree(&mut self, kind: Kind) -> ObjectId {
        let world = &mut self.world;
        match kind {
            Kind::Proposal => self.proposed,
            Kind::Import => certificate(world, "head-1"),
            Kind::ImportRevision => certificate(world, "head-2"),
            Kind::Receipt | Kind::Receipt2 => {
                let refs = world.folder(&[("main", b"x")]);
                world.tree(&[(MODE_TREE, "refs", refs)])
            }
            _ => crate::world::HASH.empty_tree(),
        }
    }

    fn payload(&self, kind: Kind) -> Payload {
        match kind {
            Kind::Proposal => Payload::Proposal(payload::Proposal { version: 2 }),
            Kind::Endorse => Payload::Endorse(payload::Endorse {
                version: 2,
                tree_id: self.proposed,
                stance: Stance::Endorse,
            }),
            Kind::Label => Payload::Label(payload::Label { labels: labels() }),
            Kind::Assign => Payload::Assign(payload::Assign {
                assignees: people(),
            }),
            Kind::RequestReview => Payload::RequestReview(payload::RequestReview {
                reviewers: people(),
            }),
            Kind::CommentEdit => Payload::CommentEdit(payload::CommentEdit {
                comment_id: self.said,
            }),
            Kind::Retract => Payload::Retract(payload::Retract {
                comment_id: self.said,
            }),
            Kind::Resolve => Payload::Resolve(payload::Resolve {
                comment_id: self.said,
            }),
            Kind::Unresolve => Payload::Unresolve(payload::Unresolve {
                comment_id: self.said,
            }),
            Kind::React => Payload::React(payload::React {
                comment_id: Some(self.said),
                reactions: reactions(),
            }),
            Kind::Admit => Payload::Admit(payload::Admit {
                guest: key("guest").public().fingerprint(),
                object: code("object"),
                tip: code("tip"),
            }),
            Kind::Redact => Payload::Redact(payload::Redact {
                object: self.pr.1,
                tip: self.pr.1,
            }),
            Kind::Draft => Payload::Draft(payload::Draft {}),
            Kind::Ready => Payload::Ready(payload::Ready {}),
            Kind::Edit => Payload::Edit(payload::Edit {}),
            Kind::Close => Payload::Close(payload::Close {}),
            Kind::Reopen => Payload::Reopen(payload::Reopen {}),
            Kind::Join => Payload::Join(payload::Join {}),
            Kind::Comment => comment(),
            other => mark(other).unwrap_or_else(|| code_payload(other)),
        }
    }
}

/// Events that mark an object.
fn mark(kind: Kind) -> Option<Payload> {
    Some(match kind {
        Kind::Link => Payload::Link(payload::Link { links: links() }),
        Kind::Subscribe => Payload::Subscribe(payload::Subscribe {
            subscription: Subscription::Mute,
        }),
        Kind::Tombstone => Payload::Tombstone(payload::Tombstone {}),
        Kind::Restore => Payload::Restore(payload::Restore {}),
        _ => return None,
    })
}

/// Events about code.
fn code_payload(kind: Kind) -> Payload {
    let (base, head) = (code("base-1"), code("head-1"));
    let pusher = Pusher::Certificate(key("alice").public().fingerprint());
    match kind {
        Kind::Pr => Payload::Pr(payload::Pr {
            target: main_branch(),
            base,
            head,
            draft: false,
            labels: Vec::new(),
            assignees: Vec::new(),
            reviewers: Vec::new(),
        }),
        Kind::Import => Payload::Import(payload::Import {
            target: main_branch(),
            base,
            head,
            pusher,
        }),
        Kind::ImportRevision => Payload::ImportRevision(payload::ImportRevision {
            revision: 2,
            base: code("base-2"),
            head: code("head-2"),
            pusher,
        }),
        Kind::Issue => open_issue(),
        Kind::Revision => revision(2),
        Kind::Review => review(1, Verdict::Approve, &[]),
        Kind::Review2 => review_2(base, head),
        Kind::Override => Payload::Override(payload::Override {
            revision: 1,
            base,
            head,
        }),
        Kind::MergeRequest => Payload::MergeRequest(payload::MergeRequest {
            revision: 1,
            base,
            head,
            method: MergeMethod::Squash,
        }),
        Kind::Merge => Payload::Merge(merge(1)),
        other => bot_payload(other),
    }
}

/// Events that bots sign.
fn bot_payload(kind: Kind) -> Payload {
    let time = time();
    match kind {
        Kind::Check => Payload::Check(payload::Check {
            commit: code("head-1"),
            tree_id: code("tree"),
            check: word("lint"),
            status: CheckStatus::Success,
            url: None,
            time,
        }),
        Kind::Queue => queue(),
        Kind::Enqueue => enqueue("two"),
        Kind::Dequeue => Payload::Dequeue(payload::Dequeue {
            pull_request: code("one"),
            reason: DequeueReason::Removed,
        }),
        Kind::Bypass => Payload::Bypass(payload::Bypass {
            target: main_branch(),
            old: code("old"),
            new: code("new"),
            pusher: Pusher::None,
            time,
        }),
        Kind::Run => run(),
        Kind::RunStep => Payload::RunStep(payload::RunStep {
            step: word("build"),
            status: CheckStatus::Success,
            time,
        }),
        Kind::RunEnd => Payload::RunEnd(payload::RunEnd {
            status: CheckStatus::Success,
            evidence: Vec::new(),
            time,
        }),
        other => server_payload(other),
    }
}

fn review_2(base: ObjectId, head: ObjectId) -> Payload {
    Payload::Review2(payload::Review2 {
        revision: 1,
        verdict: Verdict::Approve,
        base,
        head,
        anchors: Vec::new(),
    })
}

/// Events that servers sign.
fn server_payload(kind: Kind) -> Payload {
    let time = time();
    match kind {
        Kind::Receipt => Payload::Receipt(payload::Receipt {
            sequence: 1,
            pusher: Pusher::None,
            time,
            decision: Decision::Accepted,
        }),
        Kind::Receipt2 => Payload::Receipt2(payload::Receipt2 {
            sequence: 1,
            pusher: Pusher::None,
            time,
            decision: Decision::Accepted,
        }),
        Kind::Archive => Payload::Archive(payload::Archive { sequence: 1, time }),
        Kind::Delivery => Payload::Delivery(payload::Delivery {
            delivery: Digest::of(b"delivery"),
            attempt: 1,
            outcome: DeliveryOutcome::Delivered,
            time,
        }),
        other => panic!("the matrix has no event of the kind {other:?}"),
    }
}

/// The type of log that the event starts, if it starts one here.
fn starts(kind: Kind) -> Option<LogType> {
    match kind {
        Kind::Proposal => Some(LogType::Proposal),
        Kind::Pr | Kind::Import | Kind::Snapshot => Some(LogType::Pr),
        Kind::Issue => Some(LogType::Issue),
        Kind::Check => Some(LogType::Check),
        Kind::Queue => Some(LogType::Queue),
        Kind::Run => Some(LogType::Run),
        Kind::Receipt | Kind::Receipt2 => Some(LogType::Receipts),
        Kind::Archive => Some(LogType::Archive),
        Kind::Delivery => Some(LogType::Deliveries),
        _ => None,
    }
}

/// A log by the bot, of one or two events.
fn prepared(world: &mut World, log: LogType, first: Payload, second: Option<Payload>) -> Stand {
    let command = Command::new(first);
    let command = match log {
        LogType::Run | LogType::Issue => command.subject("A task"),
        _ => command,
    };
    world.start(BOT, log, command).expect("may happen");
    if let Some(second) = second {
        world.add(BOT, second);
    }
    (world.log.clone(), world.tip)
}

fn open_issue() -> Payload {
    Payload::Issue(payload::Issue {
        labels: Vec::new(),
        assignees: Vec::new(),
    })
}

fn queue() -> Payload {
    Payload::Queue(payload::Queue {
        target: main_branch(),
    })
}

fn enqueue(pull_request: &str) -> Payload {
    Payload::Enqueue(payload::Enqueue {
        pull_request: code(pull_request),
        revision: 1,
        head: code("head-1"),
    })
}

fn run() -> Payload {
    Payload::Run(payload::Run {
        agent: Line::parse("agent 1").expect("a line"),
        time: time(),
    })
}

fn policy_tree(world: &mut World, rules: &Rules) -> ObjectId {
    let (toml, signers) = rules.files();
    world.folder(&[
        ("policy.toml", toml.as_bytes()),
        ("allowed_signers", signers.as_bytes()),
    ])
}

/// The tree with Alice's certificate for this head.
fn certificate(world: &mut World, head: &str) -> ObjectId {
    let zero = ObjectId::zero(crate::world::HASH);
    let head = code(head);
    let text =
        format!("certificate version 0.1\npusher alice 1 +0000\n\n{zero} {head} refs/for/main\n");
    let armor = key("alice").sign(text.as_bytes());
    world.folder(&[("certificate", format!("{text}{armor}").as_bytes())])
}

/// The pull request restarted without its text.
fn snapshot(world: &mut World, who: &'static str) -> Raw {
    let Some(State::Pr(mut state)) = world.outcome().state else {
        panic!("no pull request");
    };
    state.description = None;
    state.comments = Comments::default();
    let state = canonical_json(&state);
    let tree = world.folder(&[("dropped", b""), ("state.json", state.as_bytes())]);
    let payload = payload::Snapshot {
        object_type: ObjectKind::Pr,
        object: world.tip,
        tip: world.tip,
    };
    world.raw(who, Payload::Snapshot(payload)).tree(tree)
}
