//! Outcomes of outgoing deliveries.

use super::{DeliveriesState, Delivery};
use crate::event::{Event, Payload, payload};

pub(super) fn start(event: &Event, delivery: &payload::Delivery) -> DeliveriesState {
    let mut state = DeliveriesState::default();
    record(&mut state, event, delivery);
    state
}

pub(super) fn apply(state: &mut DeliveriesState, event: &Event) {
    if let Payload::Delivery(delivery) = &event.payload {
        record(state, event, delivery);
    }
}

fn record(state: &mut DeliveriesState, event: &Event, delivery: &payload::Delivery) {
    let known = Delivery {
        attempt: delivery.attempt,
        event: event.id,
        note: event.body.clone(),
        outcome: delivery.outcome,
        time: delivery.time,
    };
    state.deliveries.insert(delivery.delivery, known);
}
