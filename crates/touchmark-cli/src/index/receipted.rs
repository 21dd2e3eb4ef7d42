//! What the receipts say of objects: their numbers, and when the server took them in.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, Transaction};
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_git::Repository;

use super::row::id_at;
use super::store::{meta, set_meta};
use crate::facts::Receipts;
use crate::forge::RECEIPTS;

/// The newest receipt that was taken in.
const KEY: &str = "receipts";

/// When an object came to the server.
#[derive(Debug, Clone, Copy)]
struct Times {
    tip: ObjectId,
    opened: Option<i64>,
    updated: i64,
}

/// What the receipts say that the index does not know yet.
#[derive(Default)]
pub(super) struct News {
    /// The newest receipt; `None` when there is nothing new.
    tip: Option<ObjectId>,
    /// Whether nothing that was known counts any more.
    anew: bool,
    times: BTreeMap<ObjectId, Times>,
    folders: Vec<(u32, ObjectId)>,
    numbers: Vec<(u32, ObjectId)>,
}

impl News {
    /// Reads the receipts since the last one that is known.
    ///
    /// # Errors
    ///
    /// When one cannot be read.
    pub(super) fn read(db: &Connection, repo: &Repository) -> anyhow::Result<Self> {
        let known = meta(db, KEY)?.and_then(|bytes| ObjectId::from_bytes(&bytes));
        let tip = repo.read_ref(RECEIPTS)?;
        let mut news = Self::default();
        let (Some(newest), true) = (tip, tip != known) else {
            return Ok(news);
        };
        let receipts = Receipts::new(repo, tip);
        news.tip = tip;
        let mut next = tip;
        while next != known {
            let Some(receipt) = next.map(|id| receipts.read(id)).transpose()?.flatten() else {
                news.anew = true;
                break;
            };
            for change in receipts.changes(receipt.tree)? {
                let log = LogName::parse(repo.hash_kind(), &change.name);
                let (Some(LogName::Pr(id) | LogName::Issue(id)), Some(tip)) = (log, change.new)
                else {
                    continue;
                };
                let times = news.times.entry(id).or_insert(Times {
                    tip,
                    opened: None,
                    updated: receipt.seconds,
                });
                if change.old.is_none() {
                    times.opened = Some(receipt.seconds);
                }
            }
            next = receipt.parent;
        }
        news.read_numbers(db, &receipts, repo.tree_of(newest)?)?;
        Ok(news)
    }

    fn read_numbers(
        &mut self,
        db: &Connection,
        receipts: &Receipts<'_>,
        tree: ObjectId,
    ) -> anyhow::Result<()> {
        let mut known = BTreeMap::new();
        let mut statement = db.prepare("SELECT at, tree FROM folders")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            known.insert(row.get::<_, u32>(0)?, id_at(row, 1)?);
        }
        for (folder, at) in receipts.folders(tree)? {
            if self.anew || known.get(&at) != Some(&folder) {
                self.numbers.extend(receipts.numbers(folder)?);
                self.folders.push((at, folder));
            }
        }
        Ok(())
    }

    /// Whether there is nothing new.
    pub(super) const fn is_empty(&self) -> bool {
        self.tip.is_none()
    }

    /// Writes it, and returns the objects that it is about.
    pub(super) fn write(&self, db: &Transaction<'_>) -> rusqlite::Result<BTreeSet<ObjectId>> {
        let Some(tip) = self.tip else {
            return Ok(BTreeSet::new());
        };
        if self.anew {
            db.execute_batch("DELETE FROM received; DELETE FROM numbers; DELETE FROM folders;")?;
        }
        let mut times = db.prepare(
            "INSERT INTO received (id, tip, opened, updated) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO UPDATE
             SET tip = excluded.tip, opened = COALESCE(excluded.opened, opened), updated = excluded.updated",
        )?;
        for (id, one) in &self.times {
            times.execute((id.as_bytes(), one.tip.as_bytes(), one.opened, one.updated))?;
        }
        let mut numbers =
            db.prepare("INSERT OR REPLACE INTO numbers (id, number) VALUES (?1, ?2)")?;
        for (number, id) in &self.numbers {
            numbers.execute((id.as_bytes(), number))?;
        }
        let mut folders =
            db.prepare("INSERT OR REPLACE INTO folders (at, tree) VALUES (?1, ?2)")?;
        for (at, tree) in &self.folders {
            folders.execute((at, tree.as_bytes()))?;
        }
        set_meta(db, KEY, tip.as_bytes())?;
        let numbered = self.numbers.iter().map(|(_, id)| *id);
        Ok(self.times.keys().copied().chain(numbered).collect())
    }
}

/// Lets the rows of these objects show what the receipts say of them.
pub(super) fn apply(db: &Transaction<'_>, objects: &BTreeSet<ObjectId>) -> rusqlite::Result<()> {
    let mut statement = db.prepare(
        "UPDATE items SET
            number = (SELECT number FROM numbers WHERE numbers.id = items.id),
            opened = COALESCE((SELECT opened FROM received WHERE received.id = items.id), first_seconds),
            updated = COALESCE((SELECT updated FROM received
                WHERE received.id = items.id AND received.tip = items.tip), last_seconds)
         WHERE kind = ?1 AND id = ?2",
    )?;
    for id in objects {
        for kind in super::Kind::ALL {
            statement.execute((kind.code(), id.as_bytes()))?;
        }
    }
    Ok(())
}
