//! The same decision before anything leaves: on what a clone knows of the server, for whoever works there.
//!
//! It is a courtesy: only the server enforces, and it knows more.

use touchmark_core::event::{Person, Pusher, Rule};
use touchmark_core::policy::PolicyChain;
use touchmark_core::push::{Place, Proof, Scene, Whole, decide};
use touchmark_core::refusal::Refusal;
use touchmark_git::Repository;

use super::super::push::Command;
use super::{Asked, branches};

/// Judges the branches and tags of a push to the server whose branches this clone has below `heads`.
///
/// # Errors
///
/// What the server would say, as far as that can be told from here.
pub(crate) fn courtesy(
    repo: &Repository,
    policies: &PolicyChain,
    now: i64,
    person: &str,
    heads: &str,
    commands: &[Command],
) -> Result<(), Vec<Refusal>> {
    let scene = Scene {
        hash: repo.hash_kind(),
        policies,
        now,
    };
    let mut asked = Vec::new();
    let mut refusals = Vec::new();
    for command in commands {
        match Place::of(repo.hash_kind(), &command.name) {
            Ok(place) if place.is_forge() && command.new.is_none() => {
                let reason = format!("{} is part of the record and is not deleted", command.name);
                refusals.push(Refusal::new(Rule::RefDelete, reason));
            }
            Ok(place @ (Place::Branch(_) | Place::Tag(_))) => asked.push(Asked { command, place }),
            // A log was judged when its events were made, and a change for a branch is judged as that.
            Ok(_) => {}
            Err(refusal) => refusals.push(refusal),
        }
    }
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let mut whole = Whole::default();
    branches::gather(repo, &scene, &asked, heads, &mut whole)?;
    let proof = Proof {
        pusher: Person::parse(person).map_or(Pusher::None, Pusher::Login),
        person: Some(person.to_owned()),
    };
    decide(&scene, &proof, &whole)
}
