//! Checkpoints of verified logs. A cache in the strict sense: whatever is wrong with it costs only time.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use touchmark_core::id::{Digest, ObjectId};

use crate::repository::Repository;

/// The first line of every file; another number is another layout.
const MAGIC: &[u8] = b"touchmark-cache 1\n";

/// A checkpoint beyond this is ignored.
const MAX_FILE_BYTES: u64 = 256 * 1024 * 1024;

/// How far a log has been verified, and what the caller made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The version of the rules that made the payload; other rules ignore it.
    pub program: String,
    /// The log's ref.
    pub log_ref: String,
    /// The tip up to which it was verified.
    pub tip: ObjectId,
    /// The tip of the policy it was verified under, where that matters.
    pub policy: Option<ObjectId>,
    /// What the caller wants back, in its own form.
    pub payload: Vec<u8>,
}

/// The part before the payload.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    program: String,
    log_ref: String,
    tip: String,
    policy: Option<String>,
}

/// The directory `touchmark/cache/` of a repository.
#[derive(Debug, Clone)]
pub struct Cache {
    directory: PathBuf,
}

impl Cache {
    /// The cache of a repository, shared by its worktrees.
    pub fn of(repository: &Repository) -> Self {
        Self {
            directory: repository.common_dir().join("touchmark").join("cache"),
        }
    }

    /// Where the files are; the directory may be deleted at any time.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The checkpoint of `log_ref`, if there is one that `program` made and that is whole.
    pub fn load(&self, log_ref: &str, program: &str) -> Option<Checkpoint> {
        let path = self.path(log_ref);
        if std::fs::metadata(&path).ok()?.len() > MAX_FILE_BYTES {
            return None;
        }
        let checkpoint = decode(&std::fs::read(&path).ok()?)?;
        (checkpoint.log_ref == log_ref && checkpoint.program == program).then_some(checkpoint)
    }

    /// Writes a checkpoint over the log's older one; readers see the one or the other.
    ///
    /// # Errors
    ///
    /// The file system's. A caller may well ignore them.
    pub fn store(&self, checkpoint: &Checkpoint) -> std::io::Result<()> {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        let content = encode(checkpoint)?;
        std::fs::create_dir_all(&self.directory)?;
        let path = self.path(&checkpoint.log_ref);
        // Every writer has a file of its own, so that two of them cannot mix their bytes.
        let temporary = path.with_extension(format!(
            "{}-{}.tmp",
            std::process::id(),
            COUNTER.fetch_add(1, Ordering::Relaxed)
        ));
        let written = std::fs::File::create_new(&temporary)
            .and_then(|mut file| file.write_all(&content))
            .and_then(|()| std::fs::rename(&temporary, &path));
        if written.is_err() {
            // It is of no use; if it cannot be removed either, clearing the cache removes it.
            let _ = std::fs::remove_file(&temporary);
        }
        written
    }

    /// Deletes the checkpoint of `log_ref`.
    ///
    /// # Errors
    ///
    /// The file system's; that there was none is no error.
    pub fn remove(&self, log_ref: &str) -> std::io::Result<()> {
        match std::fs::remove_file(self.path(log_ref)) {
            Err(err) if err.kind() != std::io::ErrorKind::NotFound => Err(err),
            _ => Ok(()),
        }
    }

    /// Deletes every checkpoint.
    ///
    /// # Errors
    ///
    /// The file system's; that there was no cache is none.
    pub fn clear(&self) -> std::io::Result<()> {
        match std::fs::remove_dir_all(&self.directory) {
            Err(err) if err.kind() != std::io::ErrorKind::NotFound => Err(err),
            _ => Ok(()),
        }
    }

    fn path(&self, log_ref: &str) -> PathBuf {
        self.directory
            .join(Digest::of(log_ref.as_bytes()).to_string())
    }
}

/// Magic line, SHA-256 of the rest, length of the header, header as JSON, payload.
fn encode(checkpoint: &Checkpoint) -> std::io::Result<Vec<u8>> {
    let header = serde_json::to_vec(&Header {
        program: checkpoint.program.clone(),
        log_ref: checkpoint.log_ref.clone(),
        tip: checkpoint.tip.to_string(),
        policy: checkpoint.policy.map(|policy| policy.to_string()),
    })?;
    let length = u32::try_from(header.len()).map_err(std::io::Error::other)?;
    let rest = [
        &length.to_be_bytes(),
        header.as_slice(),
        &checkpoint.payload,
    ]
    .concat();
    Ok([MAGIC, Digest::of(&rest).as_bytes(), &rest].concat())
}

fn decode(content: &[u8]) -> Option<Checkpoint> {
    let (digest, rest) = content.strip_prefix(MAGIC)?.split_first_chunk::<32>()?;
    if Digest::of(rest).as_bytes() != digest {
        return None;
    }
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (header, payload) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    let header: Header = serde_json::from_slice(header).ok()?;
    let policy = match header.policy {
        Some(policy) => Some(ObjectId::from_hex(&policy)?),
        None => None,
    };
    Some(Checkpoint {
        program: header.program,
        log_ref: header.log_ref,
        tip: ObjectId::from_hex(&header.tip)?,
        policy,
        payload: payload.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_damaged_byte_is_noticed() {
        let checkpoint = Checkpoint {
            program: "1".to_owned(),
            log_ref: "refs/forge/policy".to_owned(),
            tip: touchmark_core::id::HashKind::Sha256.empty_tree(),
            policy: None,
            payload: b"payload".to_vec(),
        };
        let whole = encode(&checkpoint).expect("a small header");
        assert_eq!(decode(&whole), Some(checkpoint));
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            assert_eq!(decode(&damaged), None, "byte {at}");
            assert_eq!(decode(&whole[..at]), None, "cut at {at}");
        }
    }
}
