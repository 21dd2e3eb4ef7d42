//! Links between objects.

use clap::ValueEnum;
use touchmark_core::event::{LinkChange, Payload, Relation, payload};
use touchmark_core::id::ObjectId;

use super::Object;
use crate::commands::pr::record;
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::Forge;
use crate::output::Output;

/// Links to add or remove.
#[derive(clap::Args, Debug)]
pub(crate) struct Links {
    /// The other pull request or issue.
    #[arg(required = true, value_name = "OTHER")]
    others: Vec<String>,
    /// How it is linked.
    #[arg(long, value_enum, default_value_t = How::Relates)]
    relation: How,
    /// Remove the links.
    #[arg(long, short = 'd')]
    remove: bool,
}

/// How one object is linked to another.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    /// The other one waits for it.
    Blocks,
    /// It is the same as the other one.
    Duplicates,
    /// When it is merged, the other one is done, and is closed.
    Fixes,
    /// They have to do with each other.
    Relates,
}

impl From<How> for Relation {
    fn from(how: How) -> Self {
        match how {
            How::Blocks => Self::Blocks,
            How::Duplicates => Self::Duplicates,
            How::Fixes => Self::Fixes,
            How::Relates => Self::Relates,
        }
    }
}

/// Adds or removes links.
///
/// # Errors
///
/// When another object is not here, or a refusal.
pub(crate) fn link(
    forge: &Forge,
    out: &Output,
    object: &Object,
    given: &Links,
) -> anyhow::Result<()> {
    let mut links: Vec<LinkChange> = Vec::new();
    for name in &given.others {
        let change = LinkChange {
            add: !given.remove,
            relation: given.relation.into(),
            object: other(forge, object, name)?,
        };
        if !links.contains(&change) {
            links.push(change);
        }
    }
    let payload = Payload::Link(payload::Link { links });
    let said = format!("links of {} changed", object.called());
    record(forge, out, &object.log, record::plain(payload, None), &said)
}

fn other(forge: &Forge, object: &Object, name: &str) -> anyhow::Result<ObjectId> {
    let fail = |message: String, hint: &str| -> anyhow::Error {
        let failure = Failure::new(message).hint(hint);
        failure.exit(ExitCode::Usage).into()
    };
    let log = forge.resolve_any(name)?;
    let linkable = matches!(
        log,
        touchmark_core::log::LogName::Pr(_) | touchmark_core::log::LogName::Issue(_)
    );
    match log.root().filter(|_| linkable) {
        Some(id) if id == object.id => Err(fail(
            format!("{} cannot be linked to itself", object.called()),
            "name another pull request or issue",
        )),
        Some(id) => Ok(id),
        None => Err(fail(
            format!("{name} is neither a pull request nor an issue"),
            "touchmark log (lists what there is)",
        )),
    }
}
