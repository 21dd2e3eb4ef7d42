//! The queue in front of the refs: one writer at a time.
//!
//! The lock is the kernel's: it ends with the process that holds it, however that ends. It keeps writers from doing
//! work that the next one would undo; what a ref may become is still settled by comparing it with what is expected.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use touchmark_core::event::Rule;
use touchmark_core::refusal::Refusal;
use touchmark_git::Repository;

use super::{file_error, own_folder, refuse};

/// The place at the head of the queue; the next writer comes when it is dropped.
#[derive(Debug)]
#[must_use = "the next writer comes when it is dropped"]
pub(super) struct Turn {
    _lock: File,
}

/// Waits for one's turn.
pub(super) fn enter(repo: &Repository, patience: Duration) -> Result<Turn, Vec<Refusal>> {
    let path = own_folder(repo).join("lock");
    let open = || {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        options.mode(0o600).open(&path)
    };
    let file = open().or_else(|err| match err.kind() {
        std::io::ErrorKind::NotFound => {
            let mut folder = std::fs::DirBuilder::new();
            folder.recursive(true).mode(0o700);
            folder.create(own_folder(repo))?;
            open()
        }
        _ => Err(err),
    });
    let failed = |err: std::io::Error| file_error(&path, "lock", &err);
    let file = file.map_err(failed)?;
    match file.try_lock() {
        Ok(()) => return Ok(Turn { _lock: file }),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(err)) => return Err(failed(err)),
    }
    // The kernel wakes waiting writers in order and at once, which asking again and again would not. A thread waits, so
    // that there is an end to it; one that is still waiting then ends with the process.
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let locked = file.lock();
        // When nobody listens any more the lock goes with the file.
        let _ = sender.send(locked.map(|()| file));
    });
    match receiver.recv_timeout(patience) {
        Ok(Ok(file)) => Ok(Turn { _lock: file }),
        Ok(Err(err)) => Err(failed(err)),
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Err(refuse(
            Rule::ServerError,
            format!(
                "the pushes before this one took longer than {} seconds",
                patience.as_secs()
            ),
        )),
    }
}
