//! A receipt: which push it is of, who signed it, and whether they may.

use serde_json::{Value, json};
use touchmark_core::event::Right;
use touchmark_core::sign;

use super::Told;
use crate::facts::{Read, Receipts};
use crate::forge::Forge;
use crate::render::instant;

/// No receipt's commit is larger, in bytes.
const RECEIPT_MAX_BYTES: u64 = 128 * 1024;

/// What a receipt says, and whether to believe it.
pub(super) fn explain(forge: &Forge, receipts: &Receipts<'_>, read: &Read) -> anyhow::Result<Told> {
    let mut told = Told::new("receipt", format!("receipt {}", read.id));
    told.field("receipt", json!(read.id));
    told.tell("number", read.sequence.to_string(), json!(read.sequence));
    told.tell(
        "time",
        instant(read.seconds, forge.now()),
        json!(read.seconds),
    );
    told.say("pusher", read.pusher.to_string());
    told.tell(
        "policy",
        format!("version {}", read.policy.short()),
        json!(read.policy),
    );
    let signer = forge
        .repo
        .read(read.id, RECEIPT_MAX_BYTES)?
        .and_then(|(_, data)| sign::verify_commit(&data, forge.repo.hash_kind()).ok());
    let policy = forge.policy();
    let owner = signer.and_then(|key| Some(policy.key(&key)?.owner.clone()));
    let counts = owner
        .as_ref()
        .is_some_and(|owner| policy.grants(owner, Right::Sequence));
    let text = match &owner {
        Some(owner) if counts => format!("{owner}, who may sign receipts"),
        Some(owner) => format!("{owner}, who may not sign receipts"),
        None => "nobody whom the policy knows".to_owned(),
    };
    told.tell("signed_by", text, json!(owner));
    told.tell("counts", if counts { "yes" } else { "no" }, json!(counts));
    changes(&mut told, receipts, read)?;
    let denials: Vec<String> = receipts
        .denials(read.tree)?
        .iter()
        .map(|line| line.replace('\t', " "))
        .collect();
    told.list("refused_before", denials.clone(), json!(denials));
    Ok(told)
}

/// What the push changed.
fn changes(told: &mut Told, receipts: &Receipts<'_>, read: &Read) -> anyhow::Result<()> {
    let changes = receipts.changes(read.tree)?;
    let shown = |id: Option<touchmark_core::id::ObjectId>| {
        id.map_or_else(|| "-".to_owned(), |id| id.short())
    };
    let texts = changes
        .iter()
        .map(|change| {
            format!(
                "{} -> {} {}",
                shown(change.old),
                shown(change.new),
                change.name
            )
        })
        .collect();
    let value: Vec<Value> = changes
        .iter()
        .map(|change| json!({"name": change.name, "new": change.new, "old": change.old}))
        .collect();
    told.list("changes", texts, json!(value));
    Ok(())
}
