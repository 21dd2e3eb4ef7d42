//! `reference-transaction`: refuses every change of a ref that does not come by a push.
//!
//! Pushes are applied without stock git, so whatever git transaction this hook sees is another door: `update-ref`, a
//! fetch, a mirror job, `branch -f`. Only what `git pack-refs` does passes, because it changes no ref's value.

use std::ffi::OsString;
use std::io::BufRead as _;

use touchmark_core::event::Rule;
use touchmark_core::id::ObjectId;
use touchmark_core::refusal::Refusal;
use touchmark_git::Repository;

use super::limits::LIMITS;
use super::{commands, guards, hook, refuse};

/// A symbolic ref's target may stand where an id does.
const TARGET_BYTES: usize = 4_096;

/// Runs the hook; `arguments` is the transaction's state.
pub(super) fn run(arguments: &[OsString]) -> Result<Vec<String>, Vec<Refusal>> {
    // In the other states there is nothing to keep from happening any more, or not yet.
    if arguments.first().is_none_or(|state| state != "prepared") {
        return Ok(Vec::new());
    }
    let mut input = std::io::stdin().lock();
    let mut repo = None;
    let mut line = Vec::new();
    let longest = commands::longest_line(&LIMITS) + 2 * TARGET_BYTES;
    loop {
        use std::io::Read as _;
        line.clear();
        let read = input
            .by_ref()
            .take(longest as u64)
            .read_until(b'\n', &mut line)
            .map_err(|err| refuse(Rule::ServerError, format!("cannot read from git: {err}")))?;
        if read == 0 {
            return Ok(Vec::new());
        }
        let text = String::from_utf8_lossy(&line);
        let mut words = text.trim_end_matches('\n').splitn(3, ' ');
        let (Some(old), Some(new), Some(name)) = (words.next(), words.next(), words.next()) else {
            return Err(refuse(
                Rule::ServerError,
                "git says something else than which refs change",
            ));
        };
        // HEAD and its like are not what the record is made of.
        if name.starts_with("refs/") && !keeps_the_value(old, new, name, &mut repo)? {
            let reason = format!("{name} changes by a push to this repository, and not like this");
            return Err(refuse(Rule::ServerDoor, reason));
        }
    }
}

/// Whether no ref changes its value by this: what `git pack-refs` does.
///
/// It writes the value that a ref has into `packed-refs`, and then removes the ref's file while `packed-refs` holds the
/// same value. A true deletion holds the lock of `packed-refs` meanwhile, or has nothing there.
/// A line that only compares looks like a deletion; to refuse it does no harm, and to let it pass neither.
fn keeps_the_value(
    old: &str,
    new: &str,
    name: &str,
    repo: &mut Option<Repository>,
) -> Result<bool, Vec<Refusal>> {
    let (Some(old), Some(new)) = (ObjectId::from_hex(old), ObjectId::from_hex(new)) else {
        return Ok(false);
    };
    let repo = match repo {
        Some(repo) => repo,
        None => repo.insert(hook::open(&[])?),
    };
    let places = repo
        .ref_places(name)
        .map_err(|err| guards::ref_error(&err))?;
    if new.is_zero() {
        let held = Some(old);
        return Ok(!places.packed_locked && places.loose == held && places.packed == held);
    }
    Ok(places.loose.or(places.packed) == Some(new))
}
