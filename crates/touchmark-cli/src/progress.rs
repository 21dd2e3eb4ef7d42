//! How far work is that takes long: one line on standard error, at a terminal, and only after a while.

use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::render::visible_line;

/// Work that is done by then needs no word.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the line is written again.
const STEP: Duration = Duration::from_millis(100);

/// Goes to the start of the line and clears it.
const CLEAR: &str = "\r\u{1b}[K";

/// Whether there is somebody who wants to know.
static ALLOWED: OnceLock<bool> = OnceLock::new();

/// When git first said how far it is.
static GIT_BEGAN: OnceLock<Instant> = OnceLock::new();

/// Whether the terminal's last line is one of these.
static IS_SHOWN: Mutex<bool> = Mutex::new(false);

/// Says once, at the start, whether there is a terminal and nobody asked for quiet.
pub(crate) fn allow(is_allowed: bool) {
    // The first word counts.
    let _ = ALLOWED.set(is_allowed);
}

/// Clears the line, before something else is written.
pub(crate) fn wipe() {
    if let Ok(mut is_shown) = IS_SHOWN.lock()
        && *is_shown
    {
        *is_shown = false;
        write(CLEAR);
    }
}

/// Whether there is somebody who wants to know.
pub(crate) fn is_allowed() -> bool {
    ALLOWED.get().copied().unwrap_or(false)
}

/// Shows what git says of how far it is, if that takes long.
pub(crate) fn git(line: &str) {
    let now = Instant::now();
    let began = *GIT_BEGAN.get_or_init(|| now);
    if is_allowed() && now.duration_since(began) >= PATIENCE {
        show(&visible_line(line));
    }
}

/// Work of which it is known how much there is.
#[derive(Debug)]
pub(crate) struct Progress {
    done: Arc<AtomicUsize>,
    /// Ends the thread that writes; `None` when nobody wants to know.
    teller: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// The start of work: what is done, to how many things.
    pub(crate) fn start(what: &'static str, total: usize) -> Self {
        let done = Arc::new(AtomicUsize::new(0));
        let teller = is_allowed().then(|| tell(what, total, Arc::clone(&done)));
        Self { done, teller }
    }

    /// One more is done.
    pub(crate) fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.teller.take() {
            drop(sender);
            // If it panicked, there is no line to clear.
            let _ = thread.join();
            wipe();
        }
    }
}

fn tell(what: &'static str, total: usize, done: Arc<AtomicUsize>) -> (Sender<()>, JoinHandle<()>) {
    let (sender, receiver) = channel::<()>();
    let thread = std::thread::spawn(move || {
        let mut pause = PATIENCE;
        while receiver.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
            pause = STEP;
            show(&line(what, done.load(Ordering::Relaxed), total));
        }
    });
    (sender, thread)
}

/// Writes the line in place of the one before.
fn show(line: &str) {
    if let Ok(mut is_shown) = IS_SHOWN.lock() {
        *is_shown = true;
        write(&format!("{CLEAR}{line}"));
    }
}

/// As git says it.
fn line(what: &str, done: usize, total: usize) -> String {
    let done = done.min(total);
    let percent = done.saturating_mul(100).checked_div(total).unwrap_or(100);
    format!("{what}: {percent:>3}% ({done}/{total})")
}

fn write(text: &str) {
    let mut stderr = std::io::stderr().lock();
    // When standard error is closed nobody is there to be told.
    let _ = stderr
        .write_all(text.as_bytes())
        .and_then(|()| stderr.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_as_git_s() {
        assert_eq!(line("verifying", 3, 40), "verifying:   7% (3/40)");
        assert_eq!(line("verifying", 41, 40), "verifying: 100% (40/40)");
        assert_eq!(line("verifying", 0, 0), "verifying: 100% (0/0)");
    }
}
