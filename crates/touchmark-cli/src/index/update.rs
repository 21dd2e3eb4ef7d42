//! Bringing the index up to date: tips of logs beside rows, and a replay of each log that has moved.

use std::collections::BTreeMap;

use anyhow::Context as _;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use touchmark_core::id::{Digest, ObjectId};
use touchmark_core::log::LogName;
use touchmark_core::object::ObjectType;
use touchmark_git::Budget;

use super::receipted::{self, News};
use super::row::{self, Row, Texts, id_at, joined, status_code};
use super::store::{meta, set_meta};
use super::{Extent, Kind};
use crate::forge::{FORGE, Forge, OUTBOX, PROGRAM, forge_name};

/// Logs that are replayed before what they say is written, so that neither memory nor a lock grows with the repository.
const BATCH: usize = 2_000;

/// A log that was replayed.
struct Replayed {
    row: Row,
    texts: Texts,
    sound: bool,
    first_seconds: i64,
    last_seconds: i64,
}

/// Everything that one transaction writes.
#[derive(Default)]
struct Changes {
    news: News,
    replayed: Vec<Replayed>,
    broken: Vec<(Kind, ObjectId, ObjectId)>,
    gone: Vec<(Kind, ObjectId)>,
}

/// Brings the index up to date with the logs of these kinds, and returns a sentence for each log without a state.
///
/// # Errors
///
/// When the refs or the index cannot be read.
pub(super) fn update(
    db: &mut Connection,
    forge: &Forge,
    (extent, kinds): (Extent, &[Kind]),
) -> anyhow::Result<Vec<String>> {
    forget_other_world(db, forge)?;
    let mut damaged = Vec::new();
    let mut changes = Changes {
        news: News::read(db, &forge.repo)?,
        ..Changes::default()
    };
    for kind in kinds {
        let tips = tips(forge, extent, *kind)?;
        let digest = digest(&tips);
        let same = meta(db, &digest_key(*kind))?.as_deref() == Some(digest.as_bytes().as_slice());
        let wanted = if same {
            unsettled(db, *kind)?
        } else {
            moved(db, *kind, &tips, &mut changes.gone)?
        };
        for (id, tip) in wanted {
            match replay(forge, *kind, id, tip) {
                Ok(replayed) => changes.replayed.push(replayed),
                Err(err) => {
                    let log = log_of(*kind, id);
                    damaged.push(format!("{log} is left out: {err:#}"));
                    changes.broken.push((*kind, id, tip));
                }
            }
            if changes.replayed.len() >= BATCH {
                write(db, &std::mem::take(&mut changes), None)?;
            }
        }
        let settled = (!same).then_some((*kind, digest));
        write(db, &std::mem::take(&mut changes), settled)?;
    }
    Ok(damaged)
}

/// What all rows rest on: this version of the program, and the policy.
pub(super) fn world(forge: &Forge) -> String {
    let policy = forge.policies.latest().map(|(id, _)| id.to_string());
    format!("{PROGRAM} {}", policy.unwrap_or_default())
}

/// Whether the index rests on that.
pub(super) fn is_of(db: &Connection, world: &str) -> rusqlite::Result<bool> {
    Ok(meta(db, "world")?.as_deref() == Some(world.as_bytes()))
}

/// Rows of another policy or another version of the program count for nothing.
fn forget_other_world(db: &mut Connection, forge: &Forge) -> anyhow::Result<()> {
    let world = world(forge);
    if is_of(db, &world)? {
        return Ok(());
    }
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have done it meanwhile, and filled the index since.
    if is_of(&transaction, &world)? {
        return Ok(());
    }
    transaction.execute_batch(
        "DELETE FROM items; DELETE FROM texts; DELETE FROM broken; DELETE FROM meta WHERE key LIKE 'refs %';",
    )?;
    set_meta(&transaction, "world", world.as_bytes())?;
    transaction.commit()?;
    Ok(())
}

fn digest_key(kind: Kind) -> String {
    format!("refs {}", kind.word())
}

const fn log_of(kind: Kind, id: ObjectId) -> LogName {
    match kind {
        Kind::Pull => LogName::Pr(id),
        Kind::Issue => LogName::Issue(id),
    }
}

/// The logs of a kind with their last events, unpublished ones too.
fn tips(forge: &Forge, extent: Extent, kind: Kind) -> anyhow::Result<BTreeMap<ObjectId, ObjectId>> {
    let (hash, word) = (forge.repo.hash_kind(), kind.word());
    let root = |name: &str| {
        let log = LogName::parse(hash, name)?;
        log.root().filter(|_| log.log_type() == kind.log_type())
    };
    let refs = forge.repo.refs(&format!("{FORGE}{word}/"))?;
    let mut tips: BTreeMap<ObjectId, ObjectId> = refs
        .into_iter()
        .filter_map(|(name, tip)| Some((root(&name)?, tip)))
        .collect();
    if extent == Extent::WithArchived {
        forge.bring_archived()?;
        for fold in forge.folds()?.iter() {
            if let Some(id) = fold
                .log
                .root()
                .filter(|_| fold.log.log_type() == kind.log_type())
            {
                tips.entry(id).or_insert(fold.tip);
            }
        }
    }
    for name in forge.repo.refs(&format!("{OUTBOX}{word}/"))?.into_keys() {
        if let Some(id) = root(&forge_name(&name))
            && let Some(tip) = forge.tip(&log_of(kind, id))?
        {
            tips.insert(id, tip);
        }
    }
    Ok(tips)
}

fn digest(tips: &BTreeMap<ObjectId, ObjectId>) -> Digest {
    let mut bytes = Vec::with_capacity(tips.len() * 40);
    for (id, tip) in tips {
        bytes.extend_from_slice(id.as_bytes());
        bytes.extend_from_slice(tip.as_bytes());
    }
    Digest::of(&bytes)
}

/// Logs that have to be looked at again although nothing moved: what is missing from them may have come since.
fn unsettled(db: &Connection, kind: Kind) -> rusqlite::Result<Vec<(ObjectId, ObjectId)>> {
    let mut statement = db.prepare_cached(
        "SELECT id, tip FROM items WHERE kind = ?1 AND sound = 0
         UNION ALL SELECT id, tip FROM broken WHERE kind = ?1 ORDER BY id",
    )?;
    let rows = statement.query_map([kind.code()], |row| Ok((id_at(row, 0)?, id_at(row, 1)?)))?;
    rows.collect()
}

/// The logs whose rows are not those of their tips. Both have the order of ids, so one walk over both is enough.
fn moved(
    db: &Connection,
    kind: Kind,
    tips: &BTreeMap<ObjectId, ObjectId>,
    gone: &mut Vec<(Kind, ObjectId)>,
) -> rusqlite::Result<Vec<(ObjectId, ObjectId)>> {
    let mut statement =
        db.prepare("SELECT id, tip FROM items WHERE kind = ?1 AND sound = 1 ORDER BY id")?;
    let rows = statement.query_map([kind.code()], |row| Ok((id_at(row, 0)?, id_at(row, 1)?)))?;
    let known = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut known = known.into_iter().peekable();
    let mut wanted = Vec::new();
    for (id, tip) in tips {
        while let Some((other, _)) = known.next_if(|(other, _)| other < id) {
            gone.push((kind, other));
        }
        match known.next_if(|(other, _)| other == id) {
            Some((_, at)) if at == *tip => {}
            _ => wanted.push((*id, *tip)),
        }
    }
    gone.extend(known.map(|(other, _)| (kind, other)));
    // What is unsound or broken and has gone is found by its not being among the refs.
    let unsettled = unsettled(db, kind)?;
    let lost = unsettled
        .into_iter()
        .filter(|(id, _)| !tips.contains_key(id));
    gone.extend(lost.map(|(id, _)| (kind, id)));
    Ok(wanted)
}

fn replay(forge: &Forge, kind: Kind, id: ObjectId, tip: ObjectId) -> anyhow::Result<Replayed> {
    let outcome = forge.records().glance(&log_of(kind, id), tip)?;
    let (row, texts) = row::of(kind, &outcome, forge.policy())?;
    let first_seconds = written_at(forge, id)?;
    Ok(Replayed {
        row,
        texts,
        sound: outcome.is_sound(),
        first_seconds,
        last_seconds: outcome
            .tip_facts
            .map_or(first_seconds, |facts| facts.seconds),
    })
}

/// When a commit was made, by its committer's clock.
fn written_at(forge: &Forge, id: ObjectId) -> anyhow::Result<i64> {
    let max = Budget::default().max_commit_bytes;
    let found = forge.repo.read(id, max)?;
    let (_, data) = found
        .filter(|(object_type, _)| *object_type == ObjectType::Commit)
        .with_context(|| format!("the event {id} is missing"))?;
    let line = data
        .split(|byte| *byte == b'\n')
        .find_map(|line| line.strip_prefix(b"committer "))
        .and_then(|line| std::str::from_utf8(line).ok());
    let seconds = line.and_then(|line| line.rsplit(' ').nth(1)?.parse().ok());
    Ok(seconds.unwrap_or_default())
}

fn write(
    db: &mut Connection,
    changes: &Changes,
    settled: Option<(Kind, Digest)>,
) -> anyhow::Result<()> {
    let idle = changes.replayed.is_empty() && changes.broken.is_empty() && changes.gone.is_empty();
    if idle && settled.is_none() && changes.news.is_empty() {
        return Ok(());
    }
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut touched = changes.news.write(&transaction)?;
    for (kind, id) in &changes.gone {
        remove(&transaction, *kind, *id)?;
    }
    for one in &changes.replayed {
        remove(&transaction, one.row.kind, one.row.id)?;
        insert(&transaction, one)?;
        touched.insert(one.row.id);
    }
    for (kind, id, tip) in &changes.broken {
        remove(&transaction, *kind, *id)?;
        transaction
            .prepare_cached("INSERT OR REPLACE INTO broken (kind, id, tip) VALUES (?1, ?2, ?3)")?
            .execute((kind.code(), id.as_bytes(), tip.as_bytes()))?;
    }
    receipted::apply(&transaction, &touched)?;
    if let Some((kind, digest)) = settled {
        set_meta(&transaction, &digest_key(kind), digest.as_bytes())?;
    }
    transaction.commit()?;
    Ok(())
}

fn remove(db: &Transaction<'_>, kind: Kind, id: ObjectId) -> rusqlite::Result<()> {
    let key = (kind.code(), id.as_bytes());
    db.prepare_cached(
        "DELETE FROM texts WHERE rowid IN (SELECT rowid FROM items WHERE kind = ?1 AND id = ?2)",
    )?
    .execute(key)?;
    db.prepare_cached("DELETE FROM items WHERE kind = ?1 AND id = ?2")?
        .execute(key)?;
    db.prepare_cached("DELETE FROM broken WHERE kind = ?1 AND id = ?2")?
        .execute(key)?;
    Ok(())
}

fn insert(db: &Transaction<'_>, one: &Replayed) -> rusqlite::Result<()> {
    let row = &one.row;
    db.prepare_cached(
        "INSERT INTO items (kind, id, tip, sound, status, draft, deleted, author, title, target, revisions, comments,
            open_threads, assignees, labels, reviewers, approved, objected, links, concerned, sum, first_seconds,
            last_seconds, opened, updated)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
            ?23, ?22, ?23)",
    )?
    .execute(rusqlite::params![
        row.kind.code(),
        row.id.as_bytes(),
        row.tip.as_bytes(),
        one.sound,
        status_code(row.status),
        row.draft,
        row.deleted,
        row.author,
        row.title,
        row.target,
        row.revisions,
        row.comments,
        row.open_threads,
        joined(&row.assignees),
        joined(&row.labels),
        joined(&row.reviewers),
        joined(&row.approved),
        joined(&row.objected),
        joined(&row.links),
        joined(&row.concerned),
        row.sum(),
        one.first_seconds,
        one.last_seconds,
    ])?;
    db.prepare_cached(
        "INSERT INTO texts (rowid, title, description, comments) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute((
        db.last_insert_rowid(),
        &row.title,
        &one.texts.description,
        &one.texts.comments,
    ))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_tells_every_tip() {
        let id = |byte: u8| ObjectId::from_bytes(&[byte; 20]).expect("twenty bytes");
        let one = BTreeMap::from([(id(1), id(2)), (id(3), id(4))]);
        let other = BTreeMap::from([(id(1), id(2)), (id(3), id(5))]);
        assert_ne!(digest(&one), digest(&other));
        assert_ne!(digest(&one), digest(&BTreeMap::from([(id(1), id(2))])));
    }
}
