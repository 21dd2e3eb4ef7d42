//! Policy proposals.

use std::collections::BTreeMap;

use super::comments::Comments;
use super::object::{self, Topic};
use super::{GivenStance, ProposalState, Signer, Status};
use crate::event::{Event, Payload, Rule, payload};
use crate::refusal::Refusal;

pub(super) fn start(
    event: &Event,
    proposed: &payload::Proposal,
    signer: &Signer<'_>,
) -> Result<ProposalState, Refusal> {
    if Some(proposed.version) != signer.named_version.checked_add(1) {
        let reason = format!(
            "version {} does not follow version {} of the policy",
            proposed.version, signer.named_version
        );
        return Err(Refusal::new(Rule::PolicyVersion, reason));
    }
    Ok(ProposalState {
        author: signer.name.clone(),
        closed: None,
        comments: Comments::default(),
        description: event.body.clone(),
        policy: event.policy.unwrap_or(event.id),
        stances: BTreeMap::new(),
        status: Status::Open,
        title: event.subject.clone(),
        tree: event.tree,
        version: proposed.version,
    })
}

pub(super) fn check(state: &ProposalState, event: &Event) -> Result<(), Refusal> {
    match &event.payload {
        Payload::Endorse(word) => {
            if event.policy == Some(state.policy)
                && word.version == state.version
                && word.tree_id == state.tree
            {
                return Ok(());
            }
            let reason = format!(
                "the proposal is version {} with tree {} on policy {}",
                state.version, state.tree, state.policy
            );
            Err(Refusal::new(Rule::ProposalMismatch, reason))
        }
        _ => object::check_shared(&state.comments, state.status, event),
    }
}

pub(super) fn apply(state: &mut ProposalState, event: &Event, by: &str) {
    match &event.payload {
        Payload::Endorse(word) => {
            let given = GivenStance {
                event: event.id,
                stance: word.stance,
            };
            state.stances.insert(by.to_owned(), given);
        }
        _ => {
            let topic = Topic {
                title: &mut state.title,
                description: &mut state.description,
                status: &mut state.status,
                closed: &mut state.closed,
                comments: &mut state.comments,
            };
            topic.apply(event, by);
        }
    }
}
