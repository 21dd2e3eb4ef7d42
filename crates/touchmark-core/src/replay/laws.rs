//! Laws of replay, on histories that chance makes: prefixes, joins, offline work.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Outcome, State, Trust, replay, replay_policy, resume};
use crate::decide::{self, Author, Command, Scene};
use crate::event::{self, CommentId, LabelChange, Payload, RefName, Verify, payload};
use crate::id::{HashKind, ObjectId};
use crate::log::{LogName, Order, order};
use crate::object::{ObjectType, Objects};
use crate::policy::PolicyChain;
use crate::sign::{SecretKey, attach_signature};

const HASH: HashKind = HashKind::Sha1;
const PEOPLE: [&str; 3] = ["alice", "bob", "carol"];

/// Everything that exists anywhere, and what the server has accepted.
struct World {
    objects: Objects,
    policies: PolicyChain,
    log: LogName,
    server: ObjectId,
    now: i64,
    written: u32,
}

/// One person's clone: what it last fetched, and own events on top.
#[derive(Clone)]
struct Desk {
    person: usize,
    fetched: ObjectId,
    tip: ObjectId,
}

#[derive(Debug, Clone)]
enum Step {
    /// Say something; the number picks a comment to answer, if there is one.
    Say(usize, u8),
    /// Edit one's own comment.
    Edit(usize, u8),
    /// Add or remove a label.
    Label(usize, bool, u8),
    /// Settle a thread.
    Resolve(usize, u8),
    /// Fetch, make own events again if need be, push.
    Sync(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let person = 0..PEOPLE.len();
    let step = prop_oneof![
        4 => (person.clone(), any::<u8>()).prop_map(|(who, to)| Step::Say(who, to)),
        2 => (person.clone(), any::<u8>()).prop_map(|(who, which)| Step::Edit(who, which)),
        2 => (person.clone(), any::<bool>(), 0..3u8).prop_map(|(who, add, label)| Step::Label(who, add, label)),
        1 => (person.clone(), any::<u8>()).prop_map(|(who, which)| Step::Resolve(who, which)),
        2 => person.prop_map(Step::Sync),
    ];
    proptest::collection::vec(step, 1..14)
}

fn key(person: usize) -> SecretKey {
    let seed = crate::id::Digest::of(PEOPLE[person].as_bytes());
    SecretKey::from_seed(seed.as_bytes())
}

fn author(person: usize) -> Author {
    Author {
        name: PEOPLE[person].to_owned(),
        email: format!("{}@example.com", PEOPLE[person]),
        zone: "+0000".to_owned(),
        key: key(person).public(),
    }
}

impl World {
    /// A repository in which Alice has opened a pull request.
    fn new() -> Self {
        let mut toml = String::from("format = 1\nthreshold = 1\n[recovery]\ndeclined = true\n");
        let mut signers = String::new();
        for (person, name) in PEOPLE.iter().enumerate() {
            toml.push_str(&format!(
                "[people.{name}]\nname = \"{name}\"\nemails = [\"{name}@example.com\"]\nroles = [\"admin\"]\n"
            ));
            signers.push_str(&format!(
                "{name}@example.com namespaces=\"git\" {}\n",
                key(person).public().to_openssh()
            ));
        }
        let first = decide::first_policy(
            HASH,
            &author(0),
            1,
            [1; 16],
            toml.as_bytes(),
            signers.as_bytes(),
        );
        let mut world = Self {
            objects: Objects::new(HASH),
            policies: PolicyChain::default(),
            log: LogName::Policy,
            server: ObjectId::zero(HASH),
            now: 1,
            written: 0,
        };
        let policy = world.sign(0, &first.expect("a good policy"));
        world.policies = replay_policy(policy, &world.objects, Trust::Nothing).0;
        let code = HASH.empty_tree();
        let opened = Payload::Pr(payload::Pr {
            target: RefName::parse("refs/heads/main").expect("a branch"),
            base: code,
            head: code,
            draft: false,
            labels: Vec::new(),
            assignees: Vec::new(),
            reviewers: Vec::new(),
        });
        let command = Command::new(opened).subject("Title");
        let author = author(0);
        let next = decide::first(&world.scene(&author), event::LogType::Pr, command);
        world.server = world.sign(0, &next.expect("may open"));
        world.log = LogName::Pr(world.server);
        world
    }

    fn scene<'a>(&'a self, author: &'a Author) -> Scene<'a> {
        Scene {
            hash: HASH,
            policies: &self.policies,
            author,
            now: self.now,
        }
    }

    fn sign(&mut self, person: usize, next: &decide::Next) -> ObjectId {
        for (object_type, data) in &next.objects {
            let inserted = self.objects.insert(*object_type, data.clone());
            inserted.expect("no collision");
        }
        let armor = key(person).sign(&next.payload);
        let commit = attach_signature(&next.payload, &armor, HASH);
        let inserted = self.objects.insert(ObjectType::Commit, commit);
        inserted.expect("no collision")
    }

    fn replay(&self, tip: ObjectId) -> Outcome {
        replay(
            &self.policies,
            &self.log,
            tip,
            &self.objects,
            Trust::Everything,
        )
    }

    /// Writes what the command says on a desk's tip; a refusal writes nothing.
    fn write(&mut self, desk: &mut Desk, command: Command) -> bool {
        self.now += 1;
        let outcome = self.replay(desk.tip);
        let author = author(desk.person);
        match decide::next(&self.scene(&author), &outcome, command) {
            Ok(next) => {
                desk.tip = self.sign(desk.person, &next);
                true
            }
            Err(_) => false,
        }
    }

    fn comments(&self, tip: ObjectId) -> Vec<super::Comment> {
        match self.replay(tip).state {
            Some(State::Pr(state)) => state.comments.iter().cloned().collect(),
            _ => Vec::new(),
        }
    }

    fn step(&mut self, desks: &mut [Desk], step: &Step) {
        match step {
            Step::Say(who, to) => {
                let said = self.comments(desks[*who].tip);
                let reply = said.get(usize::from(*to)).map(|comment| comment.id);
                self.written += 1;
                let text = format!("text {}", self.written);
                let say = Payload::Comment(payload::Comment { reply });
                assert!(self.write(&mut desks[*who], Command::new(say).body(text)));
            }
            Step::Edit(who, which) => {
                let comment_id = self.pick(&desks[*who], *which, |comment| {
                    comment.author == PEOPLE[*who]
                });
                if let Some(comment) = comment_id {
                    let text = format!("{} edited", comment.text.unwrap_or_default());
                    let edit = Payload::CommentEdit(payload::CommentEdit {
                        comment_id: comment.id,
                    });
                    assert!(self.write(&mut desks[*who], Command::new(edit).body(text)));
                }
            }
            Step::Label(who, add, label) => {
                let text = format!("{}label {label}", if *add { '+' } else { '-' });
                let change = LabelChange::parse(&text).expect("a label");
                let label = Payload::Label(payload::Label {
                    labels: vec![change],
                });
                assert!(self.write(&mut desks[*who], Command::new(label)));
            }
            Step::Resolve(who, which) => {
                let head = self.pick(&desks[*who], *which, |comment| comment.reply_to.is_none());
                if let Some(comment) = head {
                    let resolve = Payload::Resolve(payload::Resolve {
                        comment_id: comment.id,
                    });
                    assert!(self.write(&mut desks[*who], Command::new(resolve)));
                }
            }
            Step::Sync(who) => self.sync(&mut desks[*who]),
        }
    }

    fn pick(
        &self,
        desk: &Desk,
        which: u8,
        fits: impl Fn(&super::Comment) -> bool,
    ) -> Option<super::Comment> {
        let fitting: Vec<_> = self.comments(desk.tip).into_iter().filter(fits).collect();
        let at = usize::from(which).checked_rem(fitting.len())?;
        fitting.into_iter().nth(at)
    }

    /// What `touchmark sync` does for one's own events.
    fn sync(&mut self, desk: &mut Desk) {
        if desk.fetched != self.server {
            let own = self.chain_since(desk.tip, desk.fetched);
            let mut tip = self.server;
            let mut map = BTreeMap::new();
            for old in own {
                let event = event::decode(&self.objects, &old, Verify::Trusted).expect("own event");
                let outcome = self.replay(tip);
                let author = author(desk.person);
                let next =
                    decide::recreate(&self.scene(&author), &outcome, &self.objects, &event, &map);
                tip = self.sign(desk.person, &next.expect("nothing here conflicts"));
                map.insert(old, tip);
            }
            desk.tip = tip;
        }
        self.server = desk.tip;
        desk.fetched = desk.tip;
    }

    /// The events after `from` up to `tip`, oldest first.
    fn chain_since(&self, tip: ObjectId, from: ObjectId) -> Vec<ObjectId> {
        let Order::Complete(placed) = order(&self.objects, &self.log, tip, Some(from)) else {
            return Vec::new();
        };
        placed.into_iter().map(|placed| placed.id).collect()
    }

    fn desks(&self) -> Vec<Desk> {
        (0..PEOPLE.len())
            .map(|person| Desk {
                person,
                fetched: self.server,
                tip: self.server,
            })
            .collect()
    }

    /// Alice joins what ends in `second` to the server's log.
    fn join(&mut self, second: ObjectId) {
        self.now += 1;
        let outcome = self.replay(self.server);
        let author = author(0);
        let next = decide::join(&self.scene(&author), &outcome, second, self.now);
        self.server = self.sign(0, &next.expect("may join"));
    }

    fn texts(&self, tip: ObjectId) -> Vec<Option<String>> {
        self.comments(tip)
            .into_iter()
            .map(|comment| comment.text)
            .collect()
    }
}

fn placed(world: &World, tip: ObjectId) -> Vec<ObjectId> {
    match order(&world.objects, &world.log, tip, None) {
        Order::Complete(placed) => placed.into_iter().map(|placed| placed.id).collect(),
        Order::Unreadable(id) => panic!("{id} is unreadable"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whoever syncs first, everybody ends with the same log, and every text stands in it once.
    #[test]
    fn offline_work_converges_and_nothing_is_lost(steps in steps(), rotate in 0..PEOPLE.len()) {
        let mut world = World::new();
        let mut desks = world.desks();
        for step in &steps {
            world.step(&mut desks, step);
        }
        let mut all: Vec<usize> = (0..PEOPLE.len()).collect();
        all.rotate_left(rotate);
        for person in all.iter().chain(&all) {
            world.sync(&mut desks[*person]);
        }
        for desk in &desks {
            prop_assert_eq!(desk.tip, world.server);
        }
        let outcome = world.replay(world.server);
        prop_assert!(outcome.rejected.is_empty(), "{:?}", outcome.rejected);
        let mut texts: Vec<String> = world.texts(world.server).into_iter().flatten()
            .map(|text| text.trim_end_matches(" edited").to_owned()).collect();
        texts.sort();
        let mut written: Vec<String> = (1..=world.written).map(|n| format!("text {n}")).collect();
        written.sort();
        prop_assert_eq!(texts, written);
    }

    /// The replay of every earlier tip is a prefix of the last one's, with joins too, and resuming is replaying.
    #[test]
    fn earlier_replays_are_prefixes(first in steps(), second in steps(), third in steps()) {
        let mut world = World::new();
        let mut tips = vec![world.server];
        for steps in [first, second, third] {
            let mut desks = world.desks();
            for step in steps.iter().filter(|step| !matches!(step, Step::Sync(_))) {
                world.step(&mut desks, step);
            }
            // Alice pushes her own; the others hand her theirs, and she joins them.
            world.server = desks[0].tip;
            tips.push(world.server);
            for desk in &desks[1..] {
                if desk.tip != desk.fetched {
                    world.join(desk.tip);
                    tips.push(world.server);
                }
            }
        }
        let last = placed(&world, world.server);
        let outcome = world.replay(world.server);
        for pair in tips.windows(2) {
            let earlier = placed(&world, pair[0]);
            prop_assert!(last.starts_with(&earlier));
            let before = world.replay(pair[0]);
            prop_assert!(outcome.rejected.starts_with(&before.rejected));
            let comments = world.comments(pair[0]);
            let ids: Vec<CommentId> = comments.iter().map(|comment| comment.id).collect();
            let now: Vec<CommentId> = world.comments(world.server).iter().map(|comment| comment.id).collect();
            prop_assert!(now.starts_with(&ids));
            if let Some(resumed) = resume(&world.policies, before, pair[1], &world.objects, Trust::Nothing) {
                let whole = world.replay(pair[1]);
                prop_assert_eq!(resumed.state, whole.state);
                prop_assert_eq!(resumed.events, whole.events);
                prop_assert_eq!(resumed.rejected, whole.rejected);
            }
        }
    }

    /// Whatever order objects arrive in, and however often what is there already is joined again, the state is the same.
    #[test]
    fn delivery_order_and_repeated_joins_change_nothing(steps in steps(), shuffle in any::<u64>(), again in any::<u8>()) {
        let mut world = World::new();
        let mut desks = world.desks();
        for step in steps.iter().filter(|step| !matches!(step, Step::Sync(_))) {
            world.step(&mut desks, step);
        }
        for desk in &desks {
            if desk.tip != desk.fetched {
                world.join(desk.tip);
            }
        }
        let outcome = world.replay(world.server);

        let mut delivered: Vec<_> = world.objects.iter().map(|(_, object)| object.clone()).collect();
        delivered.sort_by_key(|object| (object.data.len() as u64).wrapping_mul(shuffle | 1));
        let mut objects = Objects::new(HASH);
        for object in delivered {
            objects.insert(object.object_type, object.data).expect("no collision");
        }
        let shuffled = replay(&world.policies, &world.log, world.server, &objects, Trust::Nothing);
        prop_assert_eq!(&shuffled.state, &outcome.state);

        let all = placed(&world, world.server);
        world.join(all[usize::from(again) % all.len()]);
        let joined = world.replay(world.server);
        prop_assert_eq!(joined.state, outcome.state);
        prop_assert_eq!(joined.events, outcome.events + 1);
    }

    /// Joining the sides one by one or already joined to each other applies the same events in the same order.
    #[test]
    fn nesting_of_joins_does_not_matter(steps in steps()) {
        let mut world = World::new();
        let mut desks = world.desks();
        for step in steps.iter().filter(|step| !matches!(step, Step::Sync(_))) {
            world.step(&mut desks, step);
        }
        let root = world.server;
        world.join(desks[1].tip);
        world.join(desks[2].tip);
        let one_by_one = world.replay(world.server);

        // Bob joins Carol's side to his own, and Alice joins the result.
        let outcome = world.replay(desks[1].tip);
        let author = author(1);
        let next = decide::join(&world.scene(&author), &outcome, desks[2].tip, world.now);
        let nested = world.sign(1, &next.expect("may join"));
        world.server = root;
        world.join(nested);
        let joined = world.replay(world.server);
        prop_assert_eq!(joined.state, one_by_one.state);
        prop_assert_eq!(joined.events, one_by_one.events);
    }
}
