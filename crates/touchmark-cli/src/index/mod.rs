//! The index of lists and search: one SQLite file in the cache, which holds nothing that the logs do not say.
//!
//! A row counts as long as its log's tip, the policy and this program's version are what they were.
//! Nothing that is signed, and no gate, is decided by it: it finds and shows. Deleting it costs time only,
//! a damaged file is made anew, and where no file can be written an index in memory does, for one question.

mod receipted;
mod row;
mod search;
mod store;
mod update;

use rusqlite::{Connection, ErrorCode};
use touchmark_core::event::LogType;
use touchmark_git::Cache;

use crate::forge::Forge;

pub(crate) use row::Row;
pub(crate) use search::{Hit, MARKS};

/// How much of the record an index has. Each has a file of its own, for most questions are about what is live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// What has a ref of its own.
    Live,
    /// That, and what the server has folded into its archive.
    WithArchived,
}

impl Extent {
    /// What the file is called, in the cache's folder.
    const fn file(self) -> &'static str {
        match self {
            Self::Live => "index.sqlite",
            Self::WithArchived => "index-archived.sqlite",
        }
    }
}

/// How often the index is brought up to date when another process keeps taking it elsewhere.
const UPDATES_MAX: usize = 3;

/// The types of objects that are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Pull requests.
    Pull,
    /// Issues.
    Issue,
}

impl Kind {
    /// Both of them.
    pub(crate) const ALL: [Self; 2] = [Self::Pull, Self::Issue];

    /// The type of their logs.
    pub(crate) const fn log_type(self) -> LogType {
        match self {
            Self::Pull => LogType::Pr,
            Self::Issue => LogType::Issue,
        }
    }

    /// The word for it in commands and data.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Pull => "pr",
            Self::Issue => "issue",
        }
    }

    /// The noun for it.
    pub(crate) const fn noun(self) -> &'static str {
        match self {
            Self::Pull => "pull request",
            Self::Issue => "issue",
        }
    }

    const fn code(self) -> i64 {
        match self {
            Self::Pull => 0,
            Self::Issue => 1,
        }
    }

    fn of(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// The index, brought up to date with the refs.
pub(crate) struct Index {
    db: Connection,
    /// A sentence for each log without a state.
    pub(crate) damaged: Vec<String>,
}

/// Asks the index something, after bringing it up to date with the logs of these kinds.
///
/// The question may be asked again of a new index, when the one that there was turns out to be damaged.
///
/// # Errors
///
/// When the refs cannot be read, or the question's own.
pub(crate) fn ask<T>(
    forge: &Forge,
    extent: Extent,
    kinds: &[Kind],
    question: impl Fn(&Index) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let path = Cache::of(&forge.repo).directory().join(extent.file());
    for _ in 0..2 {
        match store::open(&path)
            .map_err(anyhow::Error::from)
            .and_then(|db| answer(db, forge, (extent, kinds), &question))
        {
            Err(err) if is_damage(&err) => store::remove(&path),
            Err(err) if is_of_the_file(&err) => break,
            answered => return answered,
        }
    }
    answer(store::in_memory()?, forge, (extent, kinds), &question)
}

/// Every pull request, and a sentence for each without a state.
///
/// # Errors
///
/// When the refs cannot be read.
pub(crate) fn pulls(forge: &Forge, extent: Extent) -> anyhow::Result<(Vec<Row>, Vec<String>)> {
    ask(forge, extent, &[Kind::Pull], |index| {
        Ok((index.rows(Kind::Pull, None)?, index.damaged.clone()))
    })
}

fn answer<T>(
    mut db: Connection,
    forge: &Forge,
    of: (Extent, &[Kind]),
    question: impl Fn(&Index) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let world = update::world(forge);
    for _ in 0..UPDATES_MAX {
        let damaged = update::update(&mut db, forge, of)?;
        // What is asked must not see what another process, which may have another policy, does meanwhile.
        db.execute_batch("BEGIN")?;
        if update::is_of(&db, &world)? {
            return question(&Index { db, damaged });
        }
        db.execute_batch("ROLLBACK")?;
    }
    let mut alone = store::in_memory()?;
    let damaged = update::update(&mut alone, forge, of)?;
    question(&Index { db: alone, damaged })
}

/// Whether the file does not hold what it should: it is of no use, and is made anew.
fn is_damage(err: &anyhow::Error) -> bool {
    match err.downcast_ref::<rusqlite::Error>() {
        Some(rusqlite::Error::SqliteFailure(err, _)) => matches!(
            err.code,
            ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                | ErrorCode::TypeMismatch
                | ErrorCode::ConstraintViolation
                | ErrorCode::Unknown
        ),
        // A column of another type, no such table, a row that is not what was written.
        Some(_) => true,
        None => false,
    }
}

/// Whether the file cannot be read or written here, or is being written for long.
fn is_of_the_file(err: &anyhow::Error) -> bool {
    err.downcast_ref::<rusqlite::Error>().is_some()
}
