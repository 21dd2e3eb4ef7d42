//! Landing: the gate, who merges, how, and what comes of it.

use super::{all_refused, grown, proven, scene};
use crate::code::CodeCommit;
use crate::event::{MergeMethod, Payload, Rule, Verdict, payload};
use crate::gate::Facts;
use crate::id::ObjectId;
use crate::push::{Growth, Landing, LandingFacts, Merging, Whole, decide, land};
use crate::world::{Rules, World, code, key, merge};

/// Alice's pull request, which Bob has approved and somebody merges.
pub(super) struct Case {
    pub(super) world: World,
    pub(super) growth: Growth,
    pub(super) landing: Landing,
    pub(super) facts: Facts,
}

impl Case {
    /// As Carol would have it.
    pub(super) fn good() -> Self {
        Self::of(&Rules::default(), "carol", |_| {})
    }

    pub(super) fn of(
        rules: &Rules,
        who: &'static str,
        change: impl Fn(&mut payload::Merge),
    ) -> Self {
        Self::after(rules, who, |_| {}, change)
    }

    /// The merge event says what `change` makes of it; before it comes what `prepare` adds.
    fn after(
        rules: &Rules,
        who: &'static str,
        prepare: impl Fn(&mut World),
        change: impl Fn(&mut payload::Merge),
    ) -> Self {
        let mut world = World::with_pr(rules);
        world.verdict("bob", 1, Verdict::Approve);
        prepare(&mut world);
        let before = world.tip;
        let mut merge = merge(1);
        change(&mut merge);
        let raw = world.raw(who, Payload::Merge(merge.clone()));
        world.push(&raw);
        let growth = grown(&world, Some(before)).expect("the log takes it");
        let landing = Landing {
            branch: "refs/heads/main".to_owned(),
            old: Some(code("old")),
            new: code("new"),
            commit: commit(who, &[code("old")], code("tree")),
            old_in_head: false,
            head_in_old: false,
            head_tree: code("head-tree"),
            merged: Ok(code("tree")),
            rebased: None,
        };
        let facts = Facts {
            merge_base: Some(code("base-1")),
            ..Facts::default()
        };
        Self {
            world,
            growth,
            landing,
            facts,
        }
    }

    fn merging(&self) -> &Merging {
        self.growth.merge.as_ref().expect("it merges")
    }

    pub(super) fn land(&self) -> Result<crate::gate::Gate, Vec<crate::refusal::Refusal>> {
        land(
            &scene(&self.world),
            self.merging(),
            &self.landing,
            &self.facts,
        )
    }

    pub(super) fn whole(self) -> (World, Whole) {
        let whole = Whole {
            landings: vec![LandingFacts {
                log: self.growth.outcome.log.clone(),
                landing: self.landing,
                facts: self.facts,
            }],
            logs: vec![self.growth],
            ..Whole::default()
        };
        (self.world, whole)
    }
}

/// A commit of this tree, signed by this person.
fn commit(who: &str, parents: &[ObjectId], tree: ObjectId) -> CodeCommit {
    CodeCommit {
        tree,
        parents: parents.to_vec(),
        author: None,
        committer: None,
        co_authors: Vec::new(),
        signer: Some(key(who).public()),
        poses_as_event: false,
    }
}

#[test]
fn what_the_gate_and_the_rule_allow_lands() {
    let case = Case::good();
    let gate = case.land().expect("it lands");
    assert_eq!(gate.evidence(), [case.merging().before.tip]);
}

#[test]
fn event_push_and_commit_say_the_same() {
    type Change = fn(&mut Landing);
    let cases: [(&str, &[Rule], Change); 11] = [
        ("another branch", &[Rule::MergeMismatch], |one| {
            one.branch = "refs/heads/next".to_owned();
        }),
        ("a branch that is new", &[Rule::MergeMismatch], |one| {
            one.old = None;
        }),
        ("another old value", &[Rule::MergeMismatch], |one| {
            one.old = Some(code("elsewhere"));
        }),
        ("another new value", &[Rule::MergeMismatch], |one| {
            one.new = code("elsewhere");
        }),
        (
            "another tree",
            &[Rule::MergeMismatch, Rule::MergeResult],
            |one| one.commit.tree = code("elsewhere"),
        ),
        ("another result", &[Rule::MergeResult], |one| {
            one.merged = Ok(code("elsewhere"));
        }),
        ("a conflict", &[Rule::MergeConflict], |one| {
            one.merged = Err(vec!["a".to_owned()]);
        }),
        ("a parent more", &[Rule::MergeMethod], |one| {
            one.commit.parents.push(code("head-1"));
        }),
        ("another parent", &[Rule::MergeMethod], |one| {
            one.commit.parents = vec![code("elsewhere")];
        }),
        ("a root", &[Rule::MergeMethod], |one| {
            one.commit.parents.clear();
        }),
        ("what is there", &[Rule::NothingToDo], |one| {
            one.head_in_old = true;
        }),
    ];
    for (name, rules, change) in cases {
        let mut case = Case::good();
        change(&mut case.landing);
        all_refused(name, case.land(), rules);
    }
}

#[test]
fn what_lands_is_signed_by_whoever_merges_with_a_key_in_use() {
    let mut case = Case::good();
    for (name, signer) in [
        ("unsigned", None),
        ("by another", Some(key("alice").public())),
        ("by a stranger", Some(key("mallory").public())),
    ] {
        case.landing.commit.signer = signer;
        all_refused(name, case.land(), &[Rule::MergeResult]);
    }
}

#[test]
fn a_retired_key_of_whoever_merges_signs_nothing_that_lands() {
    // Carol has a second key, which is retired.
    let old = key("carol-old").public();
    let rules = Rules::default();
    let line = format!(
        "carol@example.com namespaces=\"git\",valid-before=\"20260101000000Z\" {}\n",
        old.to_openssh()
    );
    let rules = Rules {
        signers: line,
        ..rules
    };
    let mut case = Case::of(&rules, "carol", |_| {});
    assert!(case.land().is_ok());
    case.landing.commit.signer = Some(old);
    all_refused("a retired key", case.land(), &[Rule::MergeResult]);
}

#[test]
fn the_event_names_a_merge_rule_that_is_known_and_evidence_that_counts() {
    let case = Case::of(&Rules::default(), "carol", |merge| merge.semantics = 2);
    all_refused("semantics", case.land(), &[Rule::MergeMismatch]);
    let case = Case::of(&Rules::default(), "carol", |merge| {
        merge.evidence = vec![code("elsewhere")];
    });
    all_refused("evidence", case.land(), &[Rule::MergeMismatch]);
    let case = Case::of(&Rules::default(), "carol", |merge| {
        merge.target = super::name("refs/heads/main");
    });
    assert!(case.land().is_ok());
    // What it cites is there before it, so the world is made anew to cite it.
    let approval = case.merging().before.tip;
    let case = Case::of(&Rules::default(), "carol", move |merge| {
        merge.evidence = vec![approval];
    });
    assert!(case.land().is_ok());
}

#[test]
fn each_method_has_its_form() {
    let of = |method| {
        Case::of(&Rules::default(), "carol", move |merge| {
            merge.method = method;
            if method == MergeMethod::FastForward {
                merge.new = merge.head;
            }
        })
    };
    let mut case = of(MergeMethod::Merge);
    all_refused("one parent", case.land(), &[Rule::MergeMethod]);
    case.landing.commit.parents = vec![code("old"), code("head-1")];
    assert!(case.land().is_ok());
    case.landing.commit.parents.reverse();
    all_refused("turned", case.land(), &[Rule::MergeMethod]);

    let mut case = of(MergeMethod::FastForward);
    case.landing.new = code("head-1");
    all_refused("beside it", case.land(), &[Rule::MergeMethod]);
    case.landing.old_in_head = true;
    // The head was reviewed as it is: nobody signs it again, and nothing is merged.
    case.landing.commit.signer = None;
    case.landing.merged = Err(vec!["a".to_owned()]);
    assert!(case.land().is_ok());
    case.landing.new = code("new");
    let both = [Rule::MergeMismatch];
    all_refused("another value", case.land(), &both);
    case.landing.new = code("head-1");
    case.landing.head_in_old = true;
    all_refused("there already", case.land(), &[Rule::NothingToDo]);
}

#[test]
fn a_fast_forward_lands_the_head_and_nothing_else() {
    let mut case = Case::of(&Rules::default(), "carol", |merge| {
        merge.method = MergeMethod::FastForward;
    });
    case.landing.old_in_head = true;
    all_refused("not the head", case.land(), &[Rule::MergeMethod]);
}

#[test]
fn only_a_method_that_the_rule_has() {
    let rules = Rules::default().and_default("methods = [\"merge\"]");
    let case = Case::of(&rules, "carol", |_| {});
    all_refused("squash", case.land(), &[Rule::MergeMethod]);
    let refusals = case.land().expect_err("refused");
    assert!(
        refusals[0].reason.contains("defaults methods"),
        "{refusals:?}"
    );
}

#[test]
fn only_somebody_whom_the_rule_lets_merges() {
    let rules = Rules::default().and_default("merge = [\"alice\"]");
    let case = Case::of(&rules, "carol", |_| {});
    all_refused("carol", case.land(), &[Rule::MergeRight]);
    assert!(Case::of(&rules, "alice", |_| {}).land().is_ok());
}

fn ask(who: &'static str, method: MergeMethod) -> impl Fn(&mut World) {
    move |world| {
        let ask = payload::MergeRequest {
            revision: 1,
            base: code("base-1"),
            head: code("head-1"),
            method,
        };
        world.add(who, Payload::MergeRequest(ask));
    }
}

/// The bot's merge, which carries out the request that is the log's tip.
fn by_bot(rules: &Rules, prepare: impl Fn(&mut World) + Clone) -> Case {
    let tip = Case::after(rules, "ci", prepare.clone(), |_| {})
        .merging()
        .before
        .tip;
    Case::after(rules, "ci", prepare, move |merge| merge.request = Some(tip))
}

#[test]
fn a_bot_merges_what_a_person_has_asked_for() {
    let rules = Rules::default().role("ci", "land");
    let alone = Case::of(&rules, "ci", |_| {});
    all_refused("nobody asked", alone.land(), &[Rule::MergeRight]);
    let carol = |world: &mut World| ask("carol", MergeMethod::Squash)(world);
    assert!(by_bot(&rules, carol).land().is_ok());
    let silent = Case::after(&rules, "ci", carol, |_| {});
    all_refused("not named", silent.land(), &[Rule::MergeRight]);
    let other = Case::after(&rules, "ci", carol, |merge| {
        merge.request = Some(code("elsewhere"));
    });
    all_refused("another's request", other.land(), &[Rule::MergeRight]);
    let method = |world: &mut World| ask("carol", MergeMethod::Merge)(world);
    all_refused(
        "another method",
        by_bot(&rules, method).land(),
        &[Rule::MergeRight],
    );
    // A bot that asks is no person, and a person who asks must be let merge here.
    let itself = |world: &mut World| ask("ci", MergeMethod::Squash)(world);
    all_refused("itself", by_bot(&rules, itself).land(), &[Rule::MergeRight]);
    let named = rules.clone().and_default("merge = [\"ci\", \"alice\"]");
    all_refused("carol", by_bot(&named, carol).land(), &[Rule::MergeRight]);
    let alice = |world: &mut World| ask("alice", MergeMethod::Squash)(world);
    assert!(by_bot(&named, alice).land().is_ok());
    let bots = rules.and_default("merge = [\"alice\"]");
    all_refused("the bot", by_bot(&bots, alice).land(), &[Rule::MergeRight]);
}

#[test]
fn nothing_lands_through_a_gate_that_is_shut() {
    let mut case = Case::good();
    case.facts.merge_base = None;
    all_refused("no base", case.land(), &[Rule::RevisionStale]);
    case.facts.merge_base = Some(code("elsewhere"));
    all_refused("another base", case.land(), &[Rule::RevisionStale]);
    case.facts.merge_base = Some(code("base-1"));
    case.facts.people.insert("bob".to_owned());
    all_refused("no approval", case.land(), &[Rule::ApprovalsMissing]);
    // The whole push is refused with it.
    let (world, whole) = case.whole();
    let found = decide(&scene(&world), &proven("carol"), &whole);
    all_refused("the push", found, &[Rule::ApprovalsMissing]);
}

#[test]
fn what_merges_nothing_does_not_land() {
    let mut case = Case::good();
    let merging = case.growth.merge.as_mut().expect("it merges");
    merging.before.state = None;
    all_refused("no state", case.land(), &[Rule::RecordError]);
    let mut case = Case::good();
    let merging = case.growth.merge.as_mut().expect("it merges");
    merging.event.payload = Payload::Close(payload::Close {});
    all_refused("no merge", case.land(), &[Rule::MergeMismatch]);
}
