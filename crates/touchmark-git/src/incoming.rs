//! How much a push brings, told from headers alone.
//!
//! git keeps a push's objects apart from the repository's until `pre-receive` has let them in, and it limits only how
//! many bytes arrive. A megabyte can unpack to a gigabyte, so everything that is going to read these objects first
//! learns here how large they are. Nothing is unpacked for that but the few bytes that say a size.

use std::path::Path;

use gix::objs::FindHeader as _;
use serde::{Deserialize, Serialize};
use touchmark_core::id::ObjectId;

use crate::repository::{Repository, core_id, reason};

/// Bounds of what one push may bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IncomingLimits {
    /// New objects, however they are stored.
    pub objects: u64,
    /// Unpacked bytes of one object.
    pub object_bytes: u64,
    /// Unpacked bytes of all objects together.
    pub bytes: u64,
    /// How many bytes one stored byte may unpack to, on the average of the push.
    pub expansion: u64,
    /// Up to so many unpacked bytes the expansion is of no interest.
    pub expansion_free_bytes: u64,
}

/// What a push brings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Incoming {
    /// How many objects.
    pub objects: u64,
    /// Their bytes, unpacked.
    pub bytes: u64,
    /// The bytes that they take in their object directory.
    pub stored_bytes: u64,
}

/// A push brings too much, or nobody can tell how much.
#[derive(Debug, thiserror::Error)]
pub enum IncomingError {
    /// Too many objects.
    #[error("the push brings more than {limit} objects")]
    Objects {
        /// The limit.
        limit: u64,
    },
    /// One object is too large.
    #[error("object {id} has {bytes} bytes, and one object may have {limit}")]
    ObjectBytes {
        /// The object.
        id: ObjectId,
        /// Its size in bytes.
        bytes: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// All objects together are too large.
    #[error("the push unpacks to more than {limit} bytes")]
    Bytes {
        /// The limit in bytes.
        limit: u64,
    },
    /// What is stored in little space unpacks to very much.
    #[error(
        "the push unpacks from {stored_bytes} to {bytes} bytes, more than {limit} times as many"
    )]
    Expansion {
        /// Bytes as stored.
        stored_bytes: u64,
        /// Bytes unpacked.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// The objects cannot be looked through.
    #[error("cannot look through the pushed objects: {reason}")]
    Unreadable {
        /// Why.
        reason: String,
    },
}

impl Repository {
    /// Measures the objects in the directories that the repository was opened with in addition to its own.
    ///
    /// # Errors
    ///
    /// [`IncomingError`] as soon as a limit is passed, or when an object's header cannot be read.
    pub fn measure_incoming(&self, limits: &IncomingLimits) -> Result<Incoming, IncomingError> {
        let mut found = Incoming::default();
        let additional = self.readers.len().saturating_sub(1);
        for reader in self.readers.iter().take(additional) {
            let path = reader.store_ref().path().to_owned();
            found.stored_bytes = found.stored_bytes.saturating_add(stored_bytes(&path)?);
            let ids = reader.iter().map_err(|err| unreadable(reason(&err)))?;
            for id in ids {
                let id = id.map_err(|err| unreadable(err.to_string()))?;
                found.objects += 1;
                if found.objects > limits.objects {
                    return Err(IncomingError::Objects {
                        limit: limits.objects,
                    });
                }
                let header = reader
                    .try_header(&id)
                    .map_err(|err| unreadable(reason(&err)))?
                    .ok_or_else(|| unreadable(format!("{id} is listed and not there")))?;
                check_object(&id, header.size, limits)?;
                found.bytes = found.bytes.saturating_add(header.size);
                if found.bytes > limits.bytes {
                    return Err(IncomingError::Bytes {
                        limit: limits.bytes,
                    });
                }
            }
        }
        check_expansion(found, limits)
    }
}

fn check_object(
    id: &gix::ObjectId,
    bytes: u64,
    limits: &IncomingLimits,
) -> Result<(), IncomingError> {
    if bytes <= limits.object_bytes {
        return Ok(());
    }
    let id = core_id(id).ok_or_else(|| unreadable(format!("{id} is no object id")))?;
    Err(IncomingError::ObjectBytes {
        id,
        bytes,
        limit: limits.object_bytes,
    })
}

fn check_expansion(found: Incoming, limits: &IncomingLimits) -> Result<Incoming, IncomingError> {
    let allowed = found.stored_bytes.saturating_mul(limits.expansion);
    if found.bytes > limits.expansion_free_bytes && found.bytes > allowed {
        return Err(IncomingError::Expansion {
            stored_bytes: found.stored_bytes,
            bytes: found.bytes,
            limit: limits.expansion,
        });
    }
    Ok(found)
}

/// The bytes of the files in an object directory: packs and the directories of loose objects.
fn stored_bytes(objects: &Path) -> Result<u64, IncomingError> {
    let failed = |err: std::io::Error| unreadable(format!("{}: {err}", objects.display()));
    let mut bytes: u64 = 0;
    for directory in std::fs::read_dir(objects).map_err(failed)? {
        let directory = directory.map_err(failed)?;
        if !directory.file_type().map_err(failed)?.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(directory.path()).map_err(failed)? {
            let file = file.map_err(failed)?;
            // An index says nothing that unpacks.
            let is_content = matches!(
                file.path().extension().and_then(|ending| ending.to_str()),
                None | Some("pack")
            );
            if is_content {
                bytes = bytes.saturating_add(file.metadata().map_err(failed)?.len());
            }
        }
    }
    Ok(bytes)
}

fn unreadable(reason: String) -> IncomingError {
    IncomingError::Unreadable { reason }
}
