//! Reading and writing single objects.

use std::time::Duration;

use gix::objs::{Exists as _, Find as _, FindHeader as _, Kind, Write as _};
use touchmark_core::id::{CollisionError, ObjectId, hash_object};
use touchmark_core::object::ObjectType;

use crate::repository::{Repository, core_id, reason};

/// How long to wait before each further look at a database in which an object was not.
const LOOKS_AGAIN: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_millis(2),
    Duration::from_millis(20),
];

/// How often an object is written whose directory git removes meanwhile.
const WRITE_TRIES: usize = 5;

/// An object could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Its header says more bytes than the caller allows; the content was not unpacked.
    #[error("object {id} has {bytes} bytes, more than the {budget} allowed here")]
    TooLarge {
        /// The object.
        id: ObjectId,
        /// Its size in bytes.
        bytes: u64,
        /// The caller's limit in bytes.
        budget: u64,
    },
    /// The database holds it but cannot give it back.
    #[error("object {id} is damaged: {reason}; run git fsck")]
    Damaged {
        /// The object.
        id: ObjectId,
        /// What failed.
        reason: String,
    },
}

/// An object could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The content carries the marks of a collision attack.
    #[error(transparent)]
    Collision(#[from] CollisionError),
    /// The database refused it.
    #[error("cannot write {id} to the object database: {reason}; check free space and permissions")]
    Store {
        /// The id the object would have.
        id: ObjectId,
        /// What failed.
        reason: String,
    },
    /// The database stored it under another name than the one computed here.
    #[error(
        "the object database named {id} differently: {stored}; the repository's object format changed while it was open"
    )]
    Name {
        /// The id computed from the content.
        id: ObjectId,
        /// The database's name for it.
        stored: String,
    },
}

impl Repository {
    /// Writes an object and returns its id; writing one that is there already changes nothing.
    ///
    /// # Errors
    ///
    /// [`WriteError`] when the content is a collision attack or the database cannot store it.
    pub fn write(&self, object_type: ObjectType, data: &[u8]) -> Result<ObjectId, WriteError> {
        let id = hash_object(self.hash_kind(), object_type.name(), data)?;
        // A new object is the common case, so packs that arrived meanwhile are not looked for: at worst it is written twice.
        let is_there = |id: gix::ObjectId| self.inner.objects.exists_without_refresh(&id);
        if self.gix_id(&id).is_some_and(is_there) {
            return Ok(id);
        }
        let stored = self
            .store(object_type, data)
            .map_err(|err| WriteError::Store {
                id,
                reason: reason(&err),
            })?;
        if core_id(&stored) != Some(id) {
            return Err(WriteError::Name {
                id,
                stored: stored.to_string(),
            });
        }
        Ok(id)
    }

    /// Writes a loose object, again when its directory went meanwhile: git removes one that it has packed empty.
    fn store(&self, object_type: ObjectType, data: &[u8]) -> Result<gix::ObjectId, gix::Error> {
        let mut tries = 1;
        loop {
            match self.inner.objects.write_buf(gix_kind(object_type), data) {
                Err(err) if tries < WRITE_TRIES && is_gone(&err) => tries += 1,
                stored => return stored,
            }
        }
    }

    /// The type and content of `id`; `None` when it is not in the repository.
    ///
    /// The size is checked against `max_bytes` before the content is unpacked.
    /// The content is not hashed again: [`Objects`](touchmark_core::object::Objects) does that.
    ///
    /// # Errors
    ///
    /// [`ReadError`] when the object is too large or damaged.
    pub fn read(
        &self,
        id: ObjectId,
        max_bytes: u64,
    ) -> Result<Option<(ObjectType, Vec<u8>)>, ReadError> {
        let Some((_, bytes)) = self.header(id)? else {
            return Ok(None);
        };
        if bytes > max_bytes {
            return Err(ReadError::TooLarge {
                id,
                bytes,
                budget: max_bytes,
            });
        }
        let mut data = Vec::new();
        let object_type = self.read_into(id, &mut data)?;
        Ok(object_type.map(|object_type| (object_type, data)))
    }

    /// The type of `id` and its size in bytes, read without unpacking the content.
    ///
    /// # Errors
    ///
    /// [`ReadError::Damaged`].
    pub fn header(&self, id: ObjectId) -> Result<Option<(ObjectType, u64)>, ReadError> {
        let Some(gix_id) = self.gix_id(&id) else {
            return Ok(None);
        };
        self.look_up(|reader| reader.try_header(&gix_id))
            .map(|found| found.map(|header| (core_type(header.kind), header.size)))
            .map_err(|err| damaged(id, &err))
    }

    /// Whether the object is in the repository.
    pub fn contains(&self, id: ObjectId) -> bool {
        let Some(id) = self.gix_id(&id) else {
            return false;
        };
        let found = self.look_up(|reader| Ok(reader.exists(&id).then_some(())));
        found.is_ok_and(|found| found.is_some())
    }

    /// Reads `id` into `data`, whose old content is lost; the caller has checked the size.
    pub(crate) fn read_into(
        &self,
        id: ObjectId,
        data: &mut Vec<u8>,
    ) -> Result<Option<ObjectType>, ReadError> {
        let Some(gix_id) = self.gix_id(&id) else {
            return Ok(None);
        };
        let mut find = |reader: &gix::odb::Handle| {
            let found = reader.try_find(&gix_id, data)?;
            Ok(found.map(|found| core_type(found.kind)))
        };
        self.look_up(&mut find).map_err(|err| damaged(id, &err))
    }

    /// Looks in every database, and again in the repository's own as it is then before it says that there is nothing.
    ///
    /// While `git repack` moves objects from files into a pack, and from one pack into the next, `gix` 0.90 sometimes
    /// finds an object in neither, though it looks for new packs before it gives up.
    fn look_up<T>(
        &self,
        mut find: impl FnMut(&gix::odb::Handle) -> Result<Option<T>, gix::Error>,
    ) -> Result<Option<T>, gix::Error> {
        let mut first = Ok(None);
        for reader in &self.readers {
            match find(reader) {
                Ok(None) => {}
                Ok(found) => return Ok(found),
                // A pack may have gone; whether it is damaged shows when it is opened anew.
                Err(err) => first = Err(err),
            }
        }
        for pause in LOOKS_AGAIN {
            std::thread::sleep(pause);
            if let Ok(again) = self.own_objects()
                && let Ok(Some(found)) = find(&again)
            {
                return Ok(Some(found));
            }
        }
        first
    }
}

fn damaged(id: ObjectId, err: &gix::Error) -> ReadError {
    ReadError::Damaged {
        id,
        reason: reason(err),
    }
}

const fn gix_kind(object_type: ObjectType) -> Kind {
    match object_type {
        ObjectType::Commit => Kind::Commit,
        ObjectType::Tree => Kind::Tree,
        ObjectType::Blob => Kind::Blob,
        ObjectType::Tag => Kind::Tag,
    }
}

const fn core_type(kind: Kind) -> ObjectType {
    match kind {
        Kind::Commit => ObjectType::Commit,
        Kind::Tree => ObjectType::Tree,
        Kind::Blob => ObjectType::Blob,
        Kind::Tag => ObjectType::Tag,
    }
}

/// Whether a file could not be written because its directory is not there.
fn is_gone(err: &gix::Error) -> bool {
    err.iter_errors()
        .filter_map(|err| err.downcast_ref::<std::io::Error>())
        .any(|err| err.kind() == std::io::ErrorKind::NotFound)
}
