//! Whose turn it is: each reason and its end, and the laws of all of them.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{Entry, Known, Reader, Reason, Section, concerned, entry};
use crate::decide::Command;
use crate::event::{LogType, Party, Payload, PersonChange, Rule, Subscription, Verdict, payload};
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::replay::State;
use crate::world::{CAST, Rules, STRANGER, World, revision};

fn rules() -> Rules {
    Rules::default().and_table("[teams.core]\nmembers = [\"bob\", \"carol\"]")
}

fn changes(names: &[&str]) -> Vec<PersonChange> {
    let change = |name: &&str| PersonChange {
        add: !name.starts_with('-'),
        party: Party::parse(name.trim_start_matches('-')).expect("a name"),
    };
    names.iter().map(change).collect()
}

fn ask(names: &[&str]) -> Payload {
    let reviewers = changes(names);
    Payload::RequestReview(payload::RequestReview { reviewers })
}

fn assign(names: &[&str]) -> Payload {
    let assignees = changes(names);
    Payload::Assign(payload::Assign { assignees })
}

fn wish(subscription: Subscription) -> Payload {
    Payload::Subscribe(payload::Subscribe { subscription })
}

/// A pull request by Alice, and the policy.
struct Case {
    world: World,
    policy: Policy,
}

impl Case {
    fn new() -> Self {
        let rules = rules();
        Self {
            world: World::with_pr(&rules),
            policy: rules.policy(),
        }
    }

    fn issue(text: &str) -> Self {
        let rules = rules();
        let mut world = World::new(&rules);
        let opened = Payload::Issue(payload::Issue {
            labels: Vec::new(),
            assignees: Vec::new(),
        });
        let command = Command::new(opened).subject("Title").body(text);
        world
            .start("alice", LogType::Issue, command)
            .expect("may open");
        Self {
            world,
            policy: rules.policy(),
        }
    }

    fn state(&self) -> State {
        let outcome = self.world.outcome();
        assert!(outcome.rejected.is_empty(), "{:?}", outcome.rejected);
        outcome.state.expect("a state")
    }

    fn entry(&self, name: &str, known: Known<'_>, seen: &BTreeSet<String>) -> Option<Entry> {
        let reader = Reader {
            name,
            policy: &self.policy,
        };
        entry(reader, &self.state(), self.world.tip, known, seen)
    }

    /// The words of the reasons that somebody has.
    fn words(&self, name: &str) -> Vec<&'static str> {
        let entry = self.entry(name, Known::default(), &BTreeSet::new());
        let reasons = entry.map(|entry| entry.reasons).unwrap_or_default();
        reasons.iter().map(Reason::word).collect()
    }
}

#[test]
fn a_review_is_the_turn_of_who_is_asked_until_they_gave_one() {
    let mut case = Case::new();
    assert_eq!(case.words("bob"), [""; 0]);
    case.world.add("alice", ask(&["bob"]));
    assert_eq!(case.words("bob"), ["asked"]);
    assert_eq!(case.words("carol"), [""; 0]);
    case.world.verdict("bob", 1, Verdict::Approve);
    assert_eq!(case.words("bob"), [""; 0]);
    case.world.add("alice", revision(2));
    assert_eq!(case.words("bob"), ["revised"]);
    let entry = case
        .entry("bob", Known::default(), &BTreeSet::new())
        .expect("a turn");
    assert_eq!(
        entry.reasons[0].to_string(),
        "revision 2 is new since your review of revision 1"
    );
    case.world.verdict("bob", 2, Verdict::Approve);
    assert_eq!(case.words("bob"), [""; 0]);
}

#[test]
fn a_team_that_is_asked_is_everyone_in_it() {
    let mut case = Case::new();
    case.world.add("alice", ask(&["@core"]));
    for (name, expect) in [("bob", "asked"), ("carol", "asked")] {
        assert_eq!(case.words(name), [expect]);
    }
    assert_eq!(case.words("dave"), [""; 0]);
    let entry = case
        .entry("bob", Known::default(), &BTreeSet::new())
        .expect("a turn");
    assert_eq!(entry.reasons[0].to_string(), "@core is asked for a review");
}

#[test]
fn drafts_and_what_is_closed_ask_for_no_review() {
    let mut case = Case::new();
    case.world.add("alice", ask(&["bob"]));
    case.world.add("alice", Payload::Draft(payload::Draft {}));
    assert_eq!(case.words("bob"), [""; 0]);
    assert_eq!(case.words("alice"), ["waits"]);
    case.world.add("alice", Payload::Ready(payload::Ready {}));
    assert_eq!(case.words("bob"), ["asked"]);
    case.world.add("alice", Payload::Close(payload::Close {}));
    assert_eq!(case.words("bob"), [""; 0]);
    assert_eq!(case.words("alice"), [""; 0]);
}

#[test]
fn changes_and_threads_come_back_to_the_author() {
    let mut case = Case::new();
    assert_eq!(case.words("alice"), ["waits"]);
    case.world.verdict("bob", 1, Verdict::RequestChanges);
    assert_eq!(case.words("alice"), ["changes-asked"]);
    let thread = case.world.thread("carol");
    assert_eq!(case.words("alice"), ["changes-asked", "unanswered"]);
    let answer = Payload::Comment(payload::Comment {
        reply: Some(thread),
    });
    case.world
        .next("alice", Command::new(answer).body("Why?"))
        .expect("may answer");
    assert_eq!(case.words("alice"), ["changes-asked"]);
    case.world.add("alice", revision(2));
    assert_eq!(case.words("alice"), ["waits"]);
    assert_eq!(case.words("bob"), ["revised"]);
    assert_eq!(case.words("carol"), ["revised"]);
}

#[test]
fn the_gate_says_what_is_ready_and_what_is_in_the_way() {
    let case = Case::new();
    let words = |name: &str, against: &[Refusal], may_merge: bool| {
        let known = Known {
            against: Some(against),
            may_merge,
            last_by: None,
        };
        let entry = case.entry(name, known, &BTreeSet::new());
        let reasons = entry.map(|entry| entry.reasons).unwrap_or_default();
        reasons.iter().map(Reason::word).collect::<Vec<_>>()
    };
    assert_eq!(words("alice", &[], false), ["may-land"]);
    assert_eq!(words("bob", &[], true), ["may-land"]);
    assert_eq!(words("bob", &[], false), [""; 0]);
    let conflict = Refusal::new(Rule::MergeConflict, "it conflicts with main in a.rs");
    let waiting = Refusal::new(Rule::ChecksMissing, "the check \"t\" has not reported");
    let failed = Refusal::new(Rule::ChecksMissing, "the check \"t\" says \"failure\"");
    let failed = failed.with_evidence(case.world.tip);
    assert_eq!(
        words("alice", &[conflict.clone(), failed], true),
        ["conflict", "check-failed"]
    );
    assert_eq!(words("alice", &[waiting], true), ["waits"]);
    assert_eq!(words("bob", &[conflict], true), [""; 0]);
}

#[test]
fn mentions_reach_readers_and_end_with_an_answer() {
    let mut case = Case::issue("Ask @bob, not `@carol` or carol@example.com.");
    assert_eq!(case.words("bob"), ["mentioned"]);
    assert_eq!(case.words("carol"), [""; 0]);
    case.world.say("dave", "And @core, @ci and @mallory?");
    assert_eq!(case.words("carol"), ["mentioned"]);
    for name in ["ci", STRANGER] {
        assert_eq!(case.words(name), [""; 0], "{name} reads nothing here");
    }
    case.world.say("bob", "No.");
    assert_eq!(case.words("bob"), [""; 0]);
    case.world.say("bob", "I, @bob, said so.");
    assert_eq!(case.words("bob"), [""; 0]);
    case.world.say("alice", "@bob: really?");
    assert_eq!(case.words("bob"), ["mentioned"]);
}

#[test]
fn what_is_assigned_stays_until_it_is_closed() {
    let mut case = Case::issue("Text");
    case.world.add("alice", assign(&["bob", "@core"]));
    assert_eq!(case.words("bob"), ["assigned"]);
    assert_eq!(case.words("carol"), ["assigned"]);
    case.world.add("alice", assign(&["-bob", "-@core"]));
    assert_eq!(case.words("bob"), [""; 0]);
    case.world.add("alice", assign(&["bob"]));
    case.world.add("alice", Payload::Close(payload::Close {}));
    assert_eq!(case.words("bob"), [""; 0]);
}

#[test]
fn what_is_watched_tells_and_what_is_muted_does_not() {
    let mut case = Case::issue("Text");
    case.world.add("bob", wish(Subscription::Watch));
    let own = Known {
        last_by: Some("bob"),
        ..Known::default()
    };
    assert_eq!(case.entry("bob", own, &BTreeSet::new()), None);
    case.world.say("alice", "News.");
    assert_eq!(case.words("bob"), ["moved"]);
    case.world.add("bob", wish(Subscription::Mute));
    case.world.add("alice", assign(&["bob"]));
    case.world.say("alice", "@bob!");
    assert_eq!(case.words("bob"), [""; 0]);
    case.world.add("bob", wish(Subscription::Default));
    assert_eq!(case.words("bob"), ["mentioned", "assigned"]);
}

#[test]
fn what_was_put_away_comes_back_with_something_new() {
    let mut case = Case::new();
    case.world.add("alice", ask(&["bob"]));
    let seen = |case: &Case| {
        let entry = case
            .entry("bob", Known::default(), &BTreeSet::new())
            .expect("a turn");
        entry
            .reasons
            .iter()
            .map(Reason::key)
            .collect::<BTreeSet<_>>()
    };
    let first = seen(&case);
    assert_eq!(case.entry("bob", Known::default(), &first), None);
    case.world.say("carol", "Nothing for bob.");
    assert_eq!(case.entry("bob", Known::default(), &first), None);
    case.world.say("carol", "But this, @bob.");
    let entry = case
        .entry("bob", Known::default(), &first)
        .expect("it came back");
    assert_eq!(entry.section, Section::Mentions);
    case.world.add("alice", revision(2));
    let entry = case
        .entry("bob", Known::default(), &seen(&case))
        .map(|entry| entry.section);
    assert_eq!(entry, None);
    let entry = case
        .entry("bob", Known::default(), &first)
        .expect("there is a new revision");
    assert_eq!(entry.section, Section::Review);
}

/// What chance lets somebody do.
#[derive(Debug, Clone)]
enum Step {
    Say(usize, usize),
    Ask(usize, bool),
    Assign(usize, bool),
    Review(usize, bool),
    Revise,
    Wish(usize, Subscription),
    Close,
}

const PEOPLE: [&str; 4] = ["alice", "bob", "carol", "dave"];
const PARTIES: [&str; 5] = ["alice", "bob", "carol", "dave", "@core"];
const TEXTS: [&str; 6] = ["Hm.", "@bob", "@core", "`@dave`", "@dave, @mallory", "@ci"];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = 0..PEOPLE.len();
    let wish = prop_oneof![
        Just(Subscription::Watch),
        Just(Subscription::Mute),
        Just(Subscription::Default)
    ];
    let step = prop_oneof![
        4 => (who.clone(), 0..TEXTS.len()).prop_map(|(who, text)| Step::Say(who, text)),
        3 => (0..PARTIES.len(), any::<bool>()).prop_map(|(party, add)| Step::Ask(party, add)),
        2 => (0..PARTIES.len(), any::<bool>()).prop_map(|(party, add)| Step::Assign(party, add)),
        3 => (1..PEOPLE.len(), any::<bool>()).prop_map(|(who, good)| Step::Review(who, good)),
        2 => Just(Step::Revise),
        2 => (who, wish).prop_map(|(who, wish)| Step::Wish(who, wish)),
        1 => Just(Step::Close),
    ];
    proptest::collection::vec(step, 0..12)
}

/// Carries the steps out; what the rules refuse does not happen.
fn walk(steps: &[Step]) -> Case {
    let mut case = Case::new();
    let mut number = 1;
    for step in steps {
        let signed = |add: bool, name: &str| {
            if add {
                name.to_owned()
            } else {
                format!("-{name}")
            }
        };
        let (who, command) = match step {
            Step::Say(who, text) => {
                let comment = Payload::Comment(payload::Comment { reply: None });
                (PEOPLE[*who], Command::new(comment).body(TEXTS[*text]))
            }
            Step::Ask(party, add) => (
                "alice",
                Command::new(ask(&[&signed(*add, PARTIES[*party])])),
            ),
            Step::Assign(party, add) => (
                "alice",
                Command::new(assign(&[&signed(*add, PARTIES[*party])])),
            ),
            Step::Review(who, good) => {
                let verdict = if *good {
                    Verdict::Approve
                } else {
                    Verdict::RequestChanges
                };
                let review = crate::world::review(number, verdict, &[]);
                (PEOPLE[*who], Command::new(review).body("Seen."))
            }
            Step::Revise => ("alice", Command::new(revision(number + 1))),
            Step::Wish(who, subscription) => (PEOPLE[*who], Command::new(wish(*subscription))),
            Step::Close => ("alice", Command::new(Payload::Close(payload::Close {}))),
        };
        let done = case.world.next(who, command).is_ok();
        if done && matches!(step, Step::Revise) {
            number += 1;
        }
    }
    case
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Exactly the people whom the rule names, and nobody else; what is muted never.
    #[test]
    fn exactly_those_whom_it_concerns_are_told(steps in steps()) {
        let case = walk(&steps);
        let state = case.state();
        let State::Pr(pr) = &state else { panic!("a pull request") };
        let may = concerned(&state, &case.policy);
        let team = |set: &BTreeSet<String>, name: &str| {
            set.contains(name) || (set.contains("@core") && ["bob", "carol"].contains(&name))
        };
        for name in CAST.into_iter().chain([STRANGER]) {
            let told = case.words(name);
            let person = PEOPLE.contains(&name);
            let muted = pr.subscriptions.get(name) == Some(&Subscription::Mute);
            if !person || muted {
                prop_assert!(told.is_empty(), "{} {:?}", name, told);
                continue;
            }
            prop_assert!(told.is_empty() || team(&may, name), "{} {:?} {:?}", name, told, may);
            let open = pr.status == crate::replay::Status::Open;
            let reviewed = pr.comments.iter().filter(|c| c.author == name).filter_map(|c| c.revision).max();
            let behind = reviewed.is_some_and(|r| r < pr.revisions.len() as u32);
            let asked = reviewed.is_none() && team(&pr.reviewers, name) && name != "alice";
            prop_assert_eq!(told.contains(&"asked"), open && asked, "{}", name);
            prop_assert_eq!(told.contains(&"revised"), open && behind && name != "alice", "{}", name);
            let assigned = open && name != "alice" && team(&pr.assignees, name);
            prop_assert_eq!(told.contains(&"assigned"), assigned, "{}", name);
            let watches = pr.subscriptions.get(name) == Some(&Subscription::Watch);
            prop_assert_eq!(told.contains(&"moved"), watches, "{}", name);
            // Bob by his name or by the team's, Carol by the team's, Dave by his name outside of code.
            let texts: &[&str] = match name {
                "bob" => &["@bob", "@core"],
                "carol" => &["@core"],
                "dave" => &["@dave, @mallory"],
                _ => &[],
            };
            let own = pr.comments.iter().rposition_of(name);
            let mentioned = pr.comments.iter().enumerate().any(|(at, comment)| {
                own.is_none_or(|own| at > own) && texts.contains(&comment.text.as_deref().unwrap_or(""))
            });
            prop_assert_eq!(told.contains(&"mentioned"), mentioned, "{}", name);
        }
    }
}

/// Where somebody's last comment is.
trait LastOf {
    fn rposition_of(self, name: &str) -> Option<usize>;
}

impl<'a, I: Iterator<Item = &'a crate::replay::Comment>> LastOf for I {
    fn rposition_of(self, name: &str) -> Option<usize> {
        let own = self
            .enumerate()
            .filter(|(_, comment)| comment.author == name);
        own.last().map(|(at, _)| at)
    }
}
