//! The file of the index: its tables, and how it is opened.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

/// Another number is another layout.
const LAYOUT: i64 = 1;

/// How long to wait for another process that writes. Its transactions are short: all is computed before one begins.
const PATIENCE: Duration = Duration::from_secs(3);

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS items (
    rowid INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    id BLOB NOT NULL,
    tip BLOB NOT NULL,
    sound INTEGER NOT NULL,
    status INTEGER NOT NULL,
    draft INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    author TEXT NOT NULL,
    title TEXT NOT NULL,
    target TEXT NOT NULL,
    revisions INTEGER NOT NULL,
    comments INTEGER NOT NULL,
    open_threads INTEGER NOT NULL,
    assignees TEXT NOT NULL,
    labels TEXT NOT NULL,
    reviewers TEXT NOT NULL,
    approved TEXT NOT NULL,
    objected TEXT NOT NULL,
    links TEXT NOT NULL,
    concerned TEXT NOT NULL,
    sum INTEGER NOT NULL,
    first_seconds INTEGER NOT NULL,
    last_seconds INTEGER NOT NULL,
    number INTEGER,
    opened INTEGER NOT NULL,
    updated INTEGER NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS by_id ON items (kind, id, tip);
CREATE INDEX IF NOT EXISTS unsound ON items (kind, id) WHERE sound = 0;
CREATE TABLE IF NOT EXISTS broken (kind INTEGER NOT NULL, id BLOB NOT NULL, tip BLOB NOT NULL,
    PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS folders (at INTEGER PRIMARY KEY, tree BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS numbers (id BLOB PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS received (id BLOB PRIMARY KEY, tip BLOB NOT NULL, opened INTEGER, updated INTEGER NOT NULL)
    WITHOUT ROWID;
CREATE VIRTUAL TABLE IF NOT EXISTS texts USING fts5(title, description, comments,
    tokenize = 'porter unicode61 remove_diacritics 2');
";

/// Opens the file, and makes it when it is not there.
pub(super) fn open(path: &Path) -> rusqlite::Result<Connection> {
    if let Some(folder) = path.parent() {
        // If it cannot be made, opening the file says so.
        let _ = std::fs::create_dir_all(folder);
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    db.busy_timeout(PATIENCE)?;
    // Readers and the one writer do not wait for each other.
    db.pragma_update(None, "journal_mode", "wal")?;
    db.pragma_update(None, "synchronous", "normal")?;
    db.pragma_update(None, "cache_size", -32_768)?;
    db.pragma_update(None, "trusted_schema", false)?;
    let layout: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if layout != LAYOUT {
        make_tables(&db, layout)?;
    }
    Ok(db)
}

/// An index that ends with the process.
pub(super) fn in_memory() -> rusqlite::Result<Connection> {
    let db = Connection::open_in_memory()?;
    make_tables(&db, 0)?;
    Ok(db)
}

fn make_tables(db: &Connection, layout: i64) -> rusqlite::Result<()> {
    if layout != 0 {
        // It is of another version of the program, which would say the same of ours.
        return Err(rusqlite::Error::InvalidQuery);
    }
    db.execute_batch(&format!(
        "BEGIN IMMEDIATE; {TABLES} PRAGMA user_version = {LAYOUT}; COMMIT;"
    ))
}

/// Deletes the file and what SQLite keeps beside it, the log first: without it the file is merely older.
pub(super) fn remove(path: &Path) {
    for suffix in ["-wal", "-shm", ""] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        // What is not there need not be removed, and what cannot be removed fails again when it is opened.
        let _ = std::fs::remove_file(name);
    }
}

/// A value of the table of single values.
pub(super) fn meta(db: &Connection, key: &str) -> rusqlite::Result<Option<Vec<u8>>> {
    let mut statement = db.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
    let mut rows = statement.query([key])?;
    rows.next()?.map(|row| row.get(0)).transpose()
}

/// Sets a value of the table of single values.
pub(super) fn set_meta(db: &Connection, key: &str, value: &[u8]) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)")?
        .execute((key, value))?;
    Ok(())
}
