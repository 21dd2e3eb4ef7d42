//! Receipts: the order in which a server accepted pushes, and what they changed.
//!
//! A receipt's tree is a snapshot of all other refs and of the numbers of objects; beside it stand, from `receipt/2` on,
//! what the push changed and what was refused since the receipt before. `docs/reference/events.md` says where.

pub mod audit;
mod denial;
#[cfg(test)]
mod tests;

pub use denial::{DENIALS_MAX_LEN, Denial};

use crate::id::{HashKind, ObjectId};
use crate::push::RefChange;

/// The file in a receipt's tree that lists what the push changed.
pub const CHANGES: &str = "changes";

/// The file in a receipt's tree that lists what was refused.
pub const DENIALS: &str = "denials";

/// Longest list of changes that is read, in bytes.
pub const CHANGES_MAX_LEN: u64 = 4 * 1024 * 1024;

/// Objects that share a directory of numbers.
const NUMBERS_EACH: u32 = 1000;

/// Where a receipt's tree has the value of a ref.
///
/// Each component that is an object id or digest in full is split after its second digit, so that no directory grows
/// with the number of objects.
pub fn snapshot_path(name: &str) -> String {
    let mut path = String::with_capacity(name.len() + 4);
    for (at, part) in name.split('/').enumerate() {
        if at > 0 {
            path.push('/');
        }
        let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let is_id = matches!(part.len(), 40 | 64) && part.bytes().all(hex);
        match part.split_at_checked(2).filter(|_| is_id) {
            Some((first, rest)) => {
                path.push_str(first);
                path.push('/');
                path.push_str(rest);
            }
            None => path.push_str(part),
        }
    }
    path
}

/// Where a receipt's tree has the object that a number stands for.
pub fn number_path(number: u32) -> String {
    format!("numbers/{}/{number}", number / NUMBERS_EACH)
}

/// The list of changes as a receipt's tree holds it.
pub fn write_changes(hash: HashKind, changes: &[RefChange]) -> String {
    let mut sorted: Vec<&RefChange> = changes.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    let zero = ObjectId::zero(hash);
    sorted
        .iter()
        .map(|change| {
            let (old, new) = (change.old.unwrap_or(zero), change.new.unwrap_or(zero));
            format!("{old} {new} {}\n", change.name)
        })
        .collect()
}

/// Reads a list of changes; `None` when it is not one.
pub fn read_changes(hash: HashKind, text: &str) -> Option<Vec<RefChange>> {
    if !text.is_empty() && !text.ends_with('\n') {
        return None;
    }
    let id = |hex: &str| ObjectId::from_hex(hex).filter(|id| id.kind() == hash);
    let some = |id: ObjectId| Some(id).filter(|id| !id.is_zero());
    text.split_terminator('\n')
        .map(|line| {
            let mut parts = line.splitn(3, ' ');
            Some(RefChange {
                old: some(id(parts.next()?)?),
                new: some(id(parts.next()?)?),
                name: parts.next().filter(|name| !name.is_empty())?.to_owned(),
            })
        })
        .collect()
}
