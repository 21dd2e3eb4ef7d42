//! How refs are stored: what a guard and a repair of the files need to know beyond a ref's value.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use touchmark_core::id::ObjectId;

use crate::refs::{RefError, check_name};
use crate::repository::Repository;

/// How often a file that is going to vanish is looked for.
const POLL: Duration = Duration::from_millis(20);

/// The places in which one ref has a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefPlaces {
    /// Its own file.
    pub loose: Option<ObjectId>,
    /// Its line in `packed-refs`.
    pub packed: Option<ObjectId>,
    /// Whether `packed-refs` is locked, because somebody is about to rewrite it.
    pub packed_locked: bool,
}

impl Repository {
    /// The places in which `name` has a value now.
    ///
    /// # Errors
    ///
    /// [`RefError`] when the name is none, or a place cannot be read.
    pub fn ref_places(&self, name: &str) -> Result<RefPlaces, RefError> {
        check_name(name)?;
        // In the order in which git packs: the lock, then the packed value, then the file goes.
        let packed_locked = self.packed_lock().exists();
        let loose = self.loose_ref(name)?;
        let packed = self.packed_ref(name)?;
        Ok(RefPlaces {
            loose,
            packed,
            packed_locked,
        })
    }

    /// Removes the lock file that a writer of `name` left behind when it died; tells whether there was one.
    ///
    /// The caller knows that the writer is dead. A living one would fail without changing the ref.
    ///
    /// # Errors
    ///
    /// [`RefError`] when the name is none, or the file cannot be removed.
    pub fn remove_ref_lock(&self, name: &str) -> Result<bool, RefError> {
        check_name(name)?;
        let mut path = self.common_dir().join(name).into_os_string();
        path.push(".lock");
        remove(path.into())
    }

    /// Removes the lock of `packed-refs` that a dead writer left behind, if the lock that is there now stays for
    /// `patience`: a living process that rewrites the file is done sooner. Tells whether it removed one.
    ///
    /// # Errors
    ///
    /// [`RefError`] when the file cannot be looked at or removed.
    pub fn remove_packed_lock(&self, patience: Duration) -> Result<bool, RefError> {
        let path = self.packed_lock();
        let age = || std::fs::metadata(&path).and_then(|file| file.modified());
        let Ok(first) = age() else {
            return Ok(false);
        };
        let until = Instant::now() + patience;
        while Instant::now() < until {
            std::thread::sleep(POLL);
            if age().ok() != Some(first) {
                return Ok(false);
            }
        }
        remove(path)
    }

    fn packed_lock(&self) -> PathBuf {
        self.common_dir().join("packed-refs.lock")
    }
}

fn remove(path: PathBuf) -> Result<bool, RefError> {
    match std::fs::remove_file(&path) {
        Ok(()) => Ok(true),
        Err(err) if matches!(err.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(false)
        }
        Err(source) => Err(RefError::Io { path, source }),
    }
}
