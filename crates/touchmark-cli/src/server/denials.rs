//! Refused pushes, kept until the next receipt seals them.
//!
//! They wait in a file of the server's own, one line each; the receipt of the next accepted push carries them, so that
//! none can be changed or dropped afterwards without a trace. What is kept is bounded, and holds no word of the pusher's
//! but the name of a ref.

use std::fs::{self, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::PathBuf;

use touchmark_core::event::{Pusher, Time};
use touchmark_core::receipt::{DENIALS_MAX_LEN, Denial};
use touchmark_core::refusal::Refusal;
use touchmark_git::Repository;

use super::own_folder;
use super::push::Command;

/// Where refused pushes are written down.
fn waiting(repo: &Repository) -> PathBuf {
    own_folder(repo).join("denials")
}

/// Where they are while a receipt is made of them.
fn sealing(repo: &Repository) -> PathBuf {
    own_folder(repo).join("denials.sealing")
}

/// Writes down a push that was refused. Failing to changes nothing about the refusal.
pub(super) fn record(
    repo: &Repository,
    now: i64,
    pusher: &Pusher,
    commands: &[Command],
    refusals: &[Refusal],
) {
    let Some(time) = Time::from_seconds(now) else {
        return;
    };
    let denial = Denial {
        time,
        pusher: pusher.clone(),
        rules: refusals.iter().map(|refusal| refusal.rule).collect(),
        refs: commands.len(),
        first: commands.first().map(|command| command.name.clone()),
    };
    let path = waiting(repo);
    let full = fs::metadata(&path).is_ok_and(|file| file.len() >= DENIALS_MAX_LEN as u64);
    if full {
        return;
    }
    let mut options = OpenOptions::new();
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    if let Ok(mut file) = options.append(true).create(true).open(path) {
        // One call, so that lines of two pushes do not mix.
        let _ = file.write_all(format!("{denial}\n").as_bytes());
    }
}

/// The denials for the next receipt; they stay where they are until [`sealed`].
pub(super) fn take(repo: &Repository) -> String {
    let (waiting, sealing) = (waiting(repo), sealing(repo));
    if !sealing.exists() && fs::rename(&waiting, &sealing).is_err() {
        return String::new();
    }
    let mut text = String::new();
    let read = fs::File::open(&sealing).and_then(|file| {
        file.take(2 * DENIALS_MAX_LEN as u64)
            .read_to_string(&mut text)
    });
    if read.is_err() {
        return String::new();
    }
    // A line that was cut short by a crash is not one.
    let end = text.rfind('\n').map_or(0, |at| at + 1);
    text.truncate(end);
    let mut len = 0;
    let kept = text.split_inclusive('\n').take_while(|line| {
        len += line.len();
        len <= DENIALS_MAX_LEN
    });
    kept.collect()
}

/// A receipt holds what [`take`] returned.
pub(super) fn sealed(repo: &Repository) {
    // Staying, they would be sealed once more, which does no harm.
    let _ = fs::remove_file(sealing(repo));
}
