//! The decision on a push, on made-up facts.

mod code;
mod growth;
mod landing;
mod laws;
mod policy;
mod proof;
mod rebase;
mod whole;

use super::{Growth, Proof, Scene, grow};
use crate::event::{Pusher, RefName, Rule};
use crate::id::ObjectId;
use crate::refusal::Refusal;
use crate::world::{HASH, World};

pub(super) fn scene(world: &World) -> Scene<'_> {
    Scene {
        hash: HASH,
        policies: &world.policies,
        now: world.now,
    }
}

/// Somebody of the policy, proven by their login.
pub(super) fn proven(who: &str) -> Proof {
    Proof {
        pusher: Pusher::None,
        person: Some(who.to_owned()),
    }
}

pub(super) fn nobody() -> Proof {
    Proof {
        pusher: Pusher::None,
        person: None,
    }
}

pub(super) fn name(text: &str) -> RefName {
    RefName::parse(text).expect("a good name")
}

/// The log moves from `before`, or is new, to where the world's tip is.
pub(super) fn grown(world: &World, before: Option<ObjectId>) -> Result<Growth, Refusal> {
    let before = before.map(|before| world.replay(before));
    grow(
        &scene(world),
        &world.log,
        before.as_ref(),
        world.tip,
        &world.objects,
    )
}

#[track_caller]
pub(super) fn refused<T>(result: Result<T, Refusal>, rule: Rule) -> Refusal {
    match result {
        Ok(_) => panic!("accepted"),
        Err(refusal) => {
            assert_eq!(refusal.rule, rule, "{refusal}");
            refusal
        }
    }
}

#[track_caller]
pub(super) fn all_refused<T>(case: &str, result: Result<T, Vec<Refusal>>, rules: &[Rule]) {
    let refusals = result.err().unwrap_or_default();
    let found: Vec<Rule> = refusals.iter().map(|refusal| refusal.rule).collect();
    assert_eq!(found, rules, "{case}: {refusals:?}");
}
