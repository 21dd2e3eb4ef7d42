//! What a person has put away: for each object the keys of the reasons that it had, in this clone only.
//!
//! It is no cache: deleting it brings everything back.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use touchmark_core::id::ObjectId;
use touchmark_git::Repository;

use crate::errors::Failure;
use crate::index::Row;

/// A file beyond this is ignored.
const MAX_BYTES: u64 = 1024 * 1024;

/// What one person has put away of an object.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    /// The log's last event then.
    tip: Option<ObjectId>,
    /// The keys of the reasons.
    reasons: BTreeSet<String>,
}

/// By person, because a clone may be used by more than one.
type Marks = BTreeMap<String, Mark>;

/// The keys that the person has put away.
pub(super) fn keys(repo: &Repository, person: &str, object: ObjectId) -> BTreeSet<String> {
    let mark = load(repo, object).remove(person);
    mark.map(|mark| mark.reasons).unwrap_or_default()
}

/// Puts away these reasons of an object; what was put away before stays so.
///
/// # Errors
///
/// When it cannot be written.
pub(super) fn put_away(
    repo: &Repository,
    person: &str,
    row: &Row,
    keys: BTreeSet<String>,
) -> Result<(), Failure> {
    let mut marks = load(repo, row.id);
    let mark = marks.entry(person.to_owned()).or_default();
    mark.tip = Some(row.tip);
    mark.reasons.extend(keys);
    store(repo, row.id, &marks)
}

/// Forgets what the person has put away of an object.
///
/// # Errors
///
/// When it cannot be written.
pub(super) fn take_back(repo: &Repository, person: &str, object: ObjectId) -> Result<(), Failure> {
    let mut marks = load(repo, object);
    marks.remove(person);
    store(repo, object, &marks)
}

fn path(repo: &Repository, object: ObjectId) -> PathBuf {
    let folder = repo.common_dir().join("touchmark").join("inbox");
    folder.join(object.to_string())
}

fn load(repo: &Repository, object: ObjectId) -> Marks {
    let path = path(repo, object);
    let short = std::fs::metadata(&path).is_ok_and(|file| file.len() <= MAX_BYTES);
    let text = if short {
        std::fs::read(&path).ok()
    } else {
        None
    };
    text.and_then(|text| serde_json::from_slice(&text).ok())
        .unwrap_or_default()
}

fn store(repo: &Repository, object: ObjectId, marks: &Marks) -> Result<(), Failure> {
    let path = path(repo, object);
    let write = || {
        let folder = path.parent().unwrap_or(&path);
        std::fs::create_dir_all(folder)?;
        let file = tempfile::NamedTempFile::new_in(folder)?;
        std::fs::write(file.path(), serde_json::to_vec(marks)?)?;
        file.persist(&path).map_err(|err| err.error)?;
        Ok(())
    };
    write().map_err(|err: std::io::Error| {
        Failure::new(format!("cannot write {}: {err}", path.display()))
            .hint("look at the folder's permissions and the disk")
    })
}
