//! Writing a settings file: one value at a time, and everything else in it stays as somebody wrote it.

use std::path::Path;

use anyhow::Context as _;
use toml_edit::{DocumentMut, Item, Table, value};

use super::{Key, Value};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;

/// Sets a key in a file, which is made if it is not there.
///
/// # Errors
///
/// When the file is not TOML, or cannot be written.
pub(crate) fn set(path: &Path, key: Key, new: &Value) -> anyhow::Result<()> {
    let mut document = open(path)?;
    let (folders, last) = split(key.name());
    let mut table = document.as_table_mut();
    for folder in folders {
        let entry = table
            .entry(folder)
            .or_insert_with(|| Item::Table(Table::new()));
        table = entry.as_table_mut().ok_or_else(|| {
            Failure::new(format!("{folder} in {} is no table", path.display()))
                .hint(format!("write it as [{folder}]"))
                .exit(ExitCode::Usage)
        })?;
    }
    // The comment behind the old value stays.
    let mut item = value(new.to_toml());
    if let (Some(old), Some(new)) = (
        table.get(last).and_then(Item::as_value),
        item.as_value_mut(),
    ) {
        *new.decor_mut() = old.decor().clone();
    }
    match table.get_mut(last) {
        // In its place, because the comment above belongs to the key.
        Some(old) => *old = item,
        None => {
            table.insert(last, item);
        }
    }
    write(path, &document)
}

/// Takes a key out of a file, whether it is a known one or not; returns whether it was there.
///
/// # Errors
///
/// When the file is not TOML, or cannot be written.
pub(crate) fn unset(path: &Path, name: &str) -> anyhow::Result<bool> {
    if !path.exists() {
        return Ok(false);
    }
    let mut document = open(path)?;
    let (folders, last) = split(name);
    let mut table: &mut dyn toml_edit::TableLike = document.as_table_mut();
    for folder in folders {
        let Some(inner) = table.get_mut(folder).and_then(Item::as_table_like_mut) else {
            return Ok(false);
        };
        table = inner;
    }
    if table.remove(last).is_none() {
        return Ok(false);
    }
    write(path, &document)?;
    Ok(true)
}

/// The tables that a name leads through, and the key in the last.
fn split(name: &str) -> (Vec<&str>, &str) {
    let mut parts: Vec<&str> = name.split('.').collect();
    let last = parts.pop().unwrap_or_default();
    (parts, last)
}

fn open(path: &Path) -> anyhow::Result<DocumentMut> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(err) if err.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(err) => return Err(err).with_context(|| format!("cannot read {}", path.display())),
    };
    text.parse().map_err(|err: toml_edit::TomlError| {
        Failure::new(format!("{} is not TOML: {}", path.display(), err.message()))
            .hint("touchmark config doctor (says in which line)")
            .exit(ExitCode::Usage)
            .into()
    })
}

fn write(path: &Path, document: &DocumentMut) -> anyhow::Result<()> {
    let failed = || format!("cannot write {}", path.display());
    let folder = path.parent().context("a file has a folder")?;
    std::fs::create_dir_all(folder).with_context(failed)?;
    // Renamed into place, so that nobody reads half of it.
    let file = tempfile::NamedTempFile::new_in(folder).with_context(failed)?;
    std::fs::write(file.path(), document.to_string()).with_context(failed)?;
    file.persist(path).with_context(failed)?;
    Ok(())
}
