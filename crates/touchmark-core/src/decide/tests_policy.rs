//! The policy's next version: what is refused before anything is signed, and what a replay then takes.

use super::policy::{Draft, endorse, endorse_apart, given, propose, tally, version};
use super::{Command, recreate};
use crate::event::{Payload, Rule, Stance, Verify, decode, payload};
use crate::id::ObjectId;
use crate::log::LogName;
use crate::object::ObjectType;
use crate::refusal::Refusal;
use crate::replay::{Outcome, Trust, replay_policy};
use crate::world::{HASH, Rules, World, author};

/// Alice and Bob are admins, both of whom it takes; Carol is a maintainer.
fn world() -> World {
    let mut world = World::new(&Rules::default().role("bob", "admin"));
    let mut both = draft(&Rules::default().role("bob", "admin"));
    both.policy_toml = text(&both).replace("threshold = 1", "threshold = 2").into();
    let words = vec![
        apart(&mut world, "alice", &both),
        apart(&mut world, "bob", &both),
    ];
    record(&mut world, "alice", &both, words).expect("two of one");
    world
}

fn draft(rules: &Rules) -> Draft {
    let (toml, signers) = rules.files();
    Draft {
        policy_toml: toml.replace("format = 1\n", "format = 2\n").into_bytes(),
        allowed_signers: signers.into_bytes(),
        templates: None,
    }
}

fn text(draft: &Draft) -> String {
    String::from_utf8(draft.policy_toml.clone()).unwrap()
}

/// The newest policy's files with the admins' threshold as given and further roles.
fn change(roles: &[(&'static str, &'static str)], threshold: u32) -> Draft {
    let rules = Rules::default().role("bob", "admin");
    let rules = roles
        .iter()
        .fold(rules, |rules, (who, role)| rules.role(who, role));
    let mut draft = draft(&rules);
    let to = format!("threshold = {threshold}");
    draft.policy_toml = text(&draft).replace("threshold = 1", &to).into();
    draft
}

fn apart(world: &mut World, who: &str, draft: &Draft) -> (ObjectId, Vec<u8>) {
    let by = author(who);
    let next = endorse_apart(&world.scene(&by), draft, None).expect("counts");
    let id = world.sign(who, &next);
    let content = world.objects.get(&id, ObjectType::Commit).unwrap().to_vec();
    (id, content)
}

fn outcome(world: &World) -> Outcome {
    replay_policy(world.newest(), &world.objects, Trust::Nothing).1
}

fn record(
    world: &mut World,
    who: &str,
    draft: &Draft,
    words: Vec<(ObjectId, Vec<u8>)>,
) -> Result<ObjectId, Refusal> {
    let by = author(who);
    let (outcome, none) = (outcome(world), None);
    let scene = world.scene(&by);
    let next = version(&scene, &outcome, &world.objects, draft, words, none, None)?;
    let id = world.sign(who, &next);
    let (policies, outcome) = replay_policy(id, &world.objects, Trust::Nothing);
    assert!(outcome.rejected.is_empty(), "{:?}", outcome.rejected);
    world.policies = policies;
    Ok(id)
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Refusal>, rule: Rule) -> String {
    let refusal = result.expect_err("it must be refused");
    assert_eq!(refusal.rule, rule, "{refusal}");
    refusal.reason
}

#[test]
fn a_version_takes_as_many_admins_as_the_policy_says() {
    let mut world = world();
    let draft = change(&[("dave", "maintainer")], 2);
    let alice = apart(&mut world, "alice", &draft);
    let reason = refused(
        record(&mut world, "alice", &draft, vec![alice.clone()]),
        Rule::PolicyThreshold,
    );
    assert_eq!(reason, "1 of 2 admins endorsed it");
    // It is persons that count, however often they say it.
    world.now += 1;
    let twice = vec![alice.clone(), apart(&mut world, "alice", &draft)];
    refused(
        record(&mut world, "alice", &draft, twice),
        Rule::PolicyThreshold,
    );
    let bob = apart(&mut world, "bob", &draft);
    // Whoever may propose may record what the admins endorsed.
    record(&mut world, "carol", &draft, vec![alice, bob]).unwrap();
}

#[test]
fn new_admins_endorse_too() {
    let mut world = world();
    let draft = change(
        &[
            ("alice", "reporter"),
            ("bob", "reporter"),
            ("carol", "admin"),
            ("dave", "admin"),
        ],
        2,
    );
    let mut words: Vec<_> = ["alice", "bob", "carol"]
        .map(|who| apart(&mut world, who, &draft))
        .into();
    let reason = refused(
        record(&mut world, "alice", &draft, words.clone()),
        Rule::PolicyThreshold,
    );
    assert_eq!(reason, "1 of 2 new admins endorsed it");
    words.push(apart(&mut world, "dave", &draft));
    record(&mut world, "alice", &draft, words).unwrap();
    assert_eq!(
        world.policies.latest().unwrap().1.admins(),
        ["carol", "dave"].into()
    );
}

#[test]
fn an_endorsement_is_of_one_tree_on_one_version() {
    let mut world = world();
    let draft = change(&[("dave", "maintainer")], 2);
    let other = change(&[("dave", "reporter")], 2);
    let words = vec![
        apart(&mut world, "alice", &other),
        apart(&mut world, "bob", &draft),
    ];
    refused(
        record(&mut world, "alice", &draft, words.clone()),
        Rule::PolicyThreshold,
    );
    let counted = tally(&world.policies, HASH, &draft, &words);
    refused(counted, Rule::PolicyThreshold);
    let words = vec![
        apart(&mut world, "alice", &draft),
        apart(&mut world, "bob", &draft),
    ];
    record(&mut world, "alice", &other, Vec::new()).unwrap_err();
    record(&mut world, "alice", &draft, words.clone()).unwrap();
    // The same words do not carry another version.
    let next = change(&[("dave", "maintainer"), ("ci", "ci")], 2);
    refused(
        record(&mut world, "alice", &next, words),
        Rule::PolicyThreshold,
    );
}

#[test]
fn whose_word_counts_for_nothing_gives_none() {
    let world = world();
    let draft = change(&[("dave", "maintainer")], 2);
    for who in ["carol", "dave"] {
        let by = author(who);
        refused(
            endorse_apart(&world.scene(&by), &draft, None),
            Rule::RightMissing,
        );
    }
}

#[test]
fn what_could_not_be_recorded_is_neither_proposed_nor_endorsed() {
    let world = world();
    let by = author("alice");
    let scene = world.scene(&by);
    let try_to = |draft: &Draft| propose(&scene, &world.objects, draft, "Title".to_owned(), None);
    let none = change(&[("dave", "maintainer")], 0);
    let reason = refused(try_to(&none), Rule::PolicyForm);
    assert!(reason.starts_with("policy.toml, threshold: 0"), "{reason}");
    refused(endorse_apart(&scene, &none, None), Rule::PolicyForm);
    let mut lost = change(&[], 2);
    lost.allowed_signers = b"".to_vec();
    refused(try_to(&lost), Rule::PolicyForm);
    refused(try_to(&change(&[], 2)), Rule::NothingToDo);
    try_to(&change(&[("dave", "maintainer")], 2)).unwrap();
}

/// Their word on the proposal that the world's log is.
fn say(world: &mut World, who: &str, stance: Stance) -> Result<(), Refusal> {
    let by = author(who);
    let outcome = world.outcome();
    let word = endorse(&world.scene(&by), &outcome, &world.objects, stance, None)?;
    world.tip = world.sign(who, &word);
    Ok(())
}

#[test]
fn a_proposal_is_endorsed_objected_to_and_recorded() {
    let mut world = world();
    let draft = change(&[("dave", "maintainer")], 2);
    let carol = author("carol");
    let scene = world.scene(&carol);
    let next = propose(&scene, &world.objects, &draft, "T".to_owned(), None);
    let proposal = world.sign("carol", &next.unwrap());
    world.log = LogName::Proposal(proposal);
    world.tip = proposal;
    say(&mut world, "alice", Stance::Endorse).unwrap();
    say(&mut world, "bob", Stance::Endorse).unwrap();
    say(&mut world, "bob", Stance::Object).unwrap();
    refused(
        say(&mut world, "carol", Stance::Endorse),
        Rule::RightMissing,
    );
    let words = given(&world.outcome(), &world.objects).unwrap();
    assert_eq!(words.len(), 1, "bob took his back");
    refused(
        record(&mut world, "carol", &draft, words),
        Rule::PolicyThreshold,
    );
    say(&mut world, "bob", Stance::Endorse).unwrap();
    let words = given(&world.outcome(), &world.objects).unwrap();
    record(&mut world, "carol", &draft, words).unwrap();
    // It is of the version before now.
    refused(
        say(&mut world, "alice", Stance::Endorse),
        Rule::PolicyVersion,
    );
}

#[test]
fn a_version_is_not_made_again_on_another() {
    let world = world();
    let id = world.newest();
    let event = decode(&world.objects, &id, Verify::Full).unwrap();
    let by = author("alice");
    let again = recreate(
        &world.scene(&by),
        &outcome(&world),
        &world.objects,
        &event,
        &std::collections::BTreeMap::new(),
    );
    refused(again, Rule::PolicyVersion);
    let plain = Command::new(Payload::Policy(payload::Policy {
        version: 3,
        nonce: None,
        origin: None,
        proposal: None,
    }));
    let before = outcome(&world);
    refused(
        super::next(&world.scene(&by), &before, plain),
        Rule::PolicyThreshold,
    );
}
