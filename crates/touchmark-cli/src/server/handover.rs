//! What `pre-receive` leaves for `proc-receive`: the push that it judged, and its decision.
//!
//! git tells `proc-receive` less than `pre-receive`: nothing of a push certificate, and only the commands that it did
//! not refuse itself meanwhile. So the first hook writes down what it saw, and the second applies that and nothing else.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use touchmark_core::event::Rule;
use touchmark_core::refusal::Refusal;
use touchmark_git::Repository;

use super::push::{Decision, Push};
use super::{file_error, own_folder, parent, refuse};

/// A decision that nobody fetched for so long belongs to a push that died.
const STALE: Duration = Duration::from_secs(60 * 60);

/// No decision is longer, in bytes.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// How often to look for older files: once in so many pushes, told by the key, which is as good as random.
const SWEEP_EVERY: u8 = 8;

/// A judged push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Handover {
    pub(super) push: Push,
    pub(super) decision: Decision,
}

/// Leaves a judged push for the other hook of the same process.
///
/// There can be one only: a second one refuses the push, whosever it is.
pub(super) fn leave(repo: &Repository, handover: &Handover) -> Result<(), Vec<Refusal>> {
    let folder = folder(repo);
    let key = parent::key()?;
    let path = folder.join(&key);
    let content = serde_json::to_vec(handover)
        .map_err(|err| refuse(Rule::ServerError, format!("cannot write a decision: {err}")))?;
    let create = || {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        options.open(&path)
    };
    let created = create().or_else(|err| match err.kind() {
        ErrorKind::NotFound => {
            let mut folders = std::fs::DirBuilder::new();
            folders.recursive(true).mode(0o700).create(&folder)?;
            create()
        }
        _ => Err(err),
    });
    let written = created.and_then(|mut file| file.write_all(&content));
    match written {
        Ok(()) => {}
        Err(err) if err.kind() == ErrorKind::AlreadyExists => {
            return Err(refuse(
                Rule::PushUnjudged,
                "another push of the same process is being applied",
            ));
        }
        Err(err) => return Err(file_error(&path, "write", &err)),
    }
    if key
        .as_bytes()
        .last()
        .is_some_and(|last| last % SWEEP_EVERY == 0)
    {
        sweep(repo, SystemTime::now());
    }
    Ok(())
}

/// Takes the push that `pre-receive` judged for the same process; nobody can take it again.
pub(super) fn take(repo: &Repository) -> Result<Handover, Vec<Refusal>> {
    let path = folder(repo).join(parent::key()?);
    let mut content = Vec::new();
    let read = File::open(&path).and_then(|file| {
        std::fs::remove_file(&path)?;
        file.take(MAX_BYTES).read_to_end(&mut content)
    });
    match read {
        Ok(_) => {}
        Err(err) if err.kind() == ErrorKind::NotFound => {
            return Err(refuse(
                Rule::PushUnjudged,
                "this push was not judged: the pre-receive hook did not run",
            ));
        }
        Err(err) => return Err(file_error(&path, "read", &err)),
    }
    serde_json::from_slice(&content).map_err(|err| {
        refuse(
            Rule::PushUnjudged,
            format!("the decision on this push cannot be read: {err}"),
        )
    })
}

/// Removes what dead pushes left. It is a matter of order only, so nothing is said about what cannot be removed.
pub(super) fn sweep(repo: &Repository, now: SystemTime) -> usize {
    let Ok(files) = std::fs::read_dir(folder(repo)) else {
        return 0;
    };
    let stale = |file: &std::fs::DirEntry| {
        let written = file.metadata().and_then(|file| file.modified());
        written.is_ok_and(|written| now.duration_since(written).is_ok_and(|age| age > STALE))
    };
    files
        .flatten()
        .filter(stale)
        .filter(|file| std::fs::remove_file(file.path()).is_ok())
        .count()
}

fn folder(repo: &Repository) -> PathBuf {
    own_folder(repo).join("pushes")
}
