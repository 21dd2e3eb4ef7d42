//! What a person wants to hear of an object.

use touchmark_core::event::{Payload, Subscription, payload};
use touchmark_core::replay::State;

use super::{Object, ObjectType};
use crate::commands::pr::record;
use crate::errors::Failure;
use crate::forge::Forge;
use crate::output::Output;

/// Says what the signer wants to hear of an object.
///
/// # Errors
///
/// When they have said so before, or a refusal.
pub(crate) fn subscribe(
    forge: &Forge,
    out: &Output,
    object_type: ObjectType,
    name: &str,
    wish: Subscription,
) -> anyhow::Result<()> {
    let object = Object::summary(forge, object_type, name)?;
    let me = &forge.me()?.person;
    let now = object
        .subscriptions()
        .and_then(|all| all.get(me).copied())
        .unwrap_or(Subscription::Default);
    let called = object.called();
    if now == wish {
        let already = match wish {
            Subscription::Watch => "watched",
            Subscription::Mute => "muted",
            Subscription::Default => "neither watched nor muted",
        };
        return Err(Failure::new(format!("{called} is {already} already"))
            .hint(format!(
                "{} show {}",
                object_type.command(),
                object.id.short()
            ))
            .into());
    }
    let said = match wish {
        Subscription::Watch => {
            format!("{called} is watched: touchmark inbox shows what happens to it")
        }
        Subscription::Mute => format!("{called} is muted: touchmark inbox never shows it"),
        Subscription::Default => {
            format!(
                "{called} is neither watched nor muted: touchmark inbox shows what concerns you"
            )
        }
    };
    let payload = Payload::Subscribe(payload::Subscribe { subscription: wish });
    record(forge, out, &object.log, record::plain(payload, None), &said)
}

impl Object {
    fn subscriptions(&self) -> Option<&std::collections::BTreeMap<String, Subscription>> {
        match &self.outcome.state {
            Some(State::Pr(state)) => Some(&state.subscriptions),
            Some(State::Issue(state)) => Some(&state.subscriptions),
            _ => None,
        }
    }
}
