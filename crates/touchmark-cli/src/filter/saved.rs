//! Filters that were given a name: one file each, in this clone only.

use std::path::PathBuf;

use touchmark_git::Repository;

use super::{MAX_LEN, SCHEMA};
use crate::errors::Failure;

/// A filter with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Saved {
    /// The name.
    pub(crate) name: String,
    /// The expression.
    pub(crate) expression: String,
}

/// Where the filter of this name is kept.
///
/// # Errors
///
/// When it is no name, or one that an expression could be.
pub(crate) fn path(repo: &Repository, name: &str) -> Result<PathBuf, Failure> {
    if !is_name(name) {
        return Err(Failure::new(format!("{name:?} is no name for a filter"))
            .hint("small letters, digits and dashes, a letter first, at most 40"));
    }
    let taken = SCHEMA.iter().any(|field| field.name == name);
    if taken || ["true", "false", "null", "in"].contains(&name) {
        return Err(
            Failure::new(format!("{name:?} is a word of filters")).hint("choose another name")
        );
    }
    Ok(folder(repo).join(name))
}

/// Whether the filter of this name could be saved.
pub(crate) fn is_name(name: &str) -> bool {
    name.len() <= 40
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

impl Saved {
    /// The filter of this name, if there is one.
    pub(crate) fn load(repo: &Repository, name: &str) -> Option<Self> {
        let path = path(repo, name).ok()?;
        if std::fs::metadata(&path).ok()?.len() > MAX_LEN as u64 + 1 {
            return None;
        }
        let expression = std::fs::read_to_string(path).ok()?;
        Some(Self {
            name: name.to_owned(),
            expression: expression.trim_end().to_owned(),
        })
    }
}

/// All filters with a name, in the order of names.
pub(crate) fn list(repo: &Repository) -> Vec<Saved> {
    let Ok(entries) = std::fs::read_dir(folder(repo)) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort();
    names
        .iter()
        .filter_map(|name| Saved::load(repo, name))
        .collect()
}

fn folder(repo: &Repository) -> PathBuf {
    repo.common_dir().join("touchmark").join("filters")
}
