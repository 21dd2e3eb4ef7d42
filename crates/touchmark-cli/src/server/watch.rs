//! The time limit of a hook, and the moment from which it no longer applies.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// Once refs are being moved, they are given this much longer: whatever is begun is better finished.
const GRACE: Duration = Duration::from_secs(60);

/// How often to look whether the limit is another one by now.
const POLL: Duration = Duration::from_millis(200);

/// The hook still only thinks.
const JUDGING: u8 = 0;
/// It moves refs.
const COMMITTING: u8 = 1;
/// It took too long, and must not move any.
const GIVEN_UP: u8 = 2;

/// What the thread that does the work and the one that waits for it know of each other.
#[derive(Debug)]
pub(super) struct Watch {
    started: Instant,
    limit_ms: AtomicU64,
    stage: AtomicU8,
}

/// How waiting for the work ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ending<T> {
    /// The work ended with this.
    Done(T),
    /// It ended without a word: it panicked.
    Panicked,
    /// It took longer than this.
    TooLong(Duration),
}

impl Watch {
    pub(super) fn new(limit: Duration) -> Self {
        let watch = Self {
            started: Instant::now(),
            limit_ms: AtomicU64::new(0),
            stage: AtomicU8::new(JUDGING),
        };
        watch.set_limit(limit);
        watch
    }

    /// Sets another limit; it counts from the start.
    pub(super) fn set_limit(&self, limit: Duration) {
        let limit_ms = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        self.limit_ms.store(limit_ms, Ordering::Relaxed);
    }

    /// Says that refs are about to be moved. `false` when it is too late for that, and they must not be.
    pub(super) fn begin_commit(&self) -> bool {
        self.stage
            .compare_exchange(JUDGING, COMMITTING, Ordering::AcqRel, Ordering::Acquire)
            .is_ok_and(|_| true)
    }

    /// Says that no ref was moved after all.
    pub(super) fn abandon_commit(&self) {
        self.stage.store(JUDGING, Ordering::Release);
    }

    /// Waits for the work's result.
    pub(super) fn wait<T>(&self, result: &Receiver<T>) -> Ending<T> {
        loop {
            let limit = Duration::from_millis(self.limit_ms.load(Ordering::Relaxed));
            let left = limit.saturating_sub(self.started.elapsed());
            if left.is_zero() {
                return self.give_up(limit, result);
            }
            match result.recv_timeout(left.min(POLL)) {
                Ok(done) => return Ending::Done(done),
                Err(RecvTimeoutError::Disconnected) => return Ending::Panicked,
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    fn give_up<T>(&self, limit: Duration, result: &Receiver<T>) -> Ending<T> {
        let gave_up = self
            .stage
            .compare_exchange(JUDGING, GIVEN_UP, Ordering::AcqRel, Ordering::Acquire)
            .is_ok_and(|_| true);
        if gave_up {
            return Ending::TooLong(limit);
        }
        match result.recv_timeout(GRACE) {
            Ok(done) => Ending::Done(done),
            Err(RecvTimeoutError::Disconnected) => Ending::Panicked,
            Err(RecvTimeoutError::Timeout) => Ending::TooLong(limit + GRACE),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    const SHORT: Duration = Duration::from_millis(20);

    #[test]
    fn work_that_ends_in_time_is_what_it_is() {
        let (sender, receiver) = channel();
        sender.send(1).unwrap();
        assert_eq!(Watch::new(SHORT).wait(&receiver), Ending::Done(1));
        drop(sender);
        assert_eq!(Watch::new(SHORT).wait(&receiver), Ending::Panicked);
    }

    #[test]
    fn after_the_limit_nothing_may_begin() {
        let (_sender, receiver) = channel::<()>();
        let watch = Watch::new(SHORT);
        assert_eq!(watch.wait(&receiver), Ending::TooLong(SHORT));
        assert!(!watch.begin_commit());
    }

    #[test]
    fn a_shorter_limit_is_heard_of_at_once() {
        let (_sender, receiver) = channel::<()>();
        let watch = Watch::new(Duration::from_secs(600));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(SHORT);
                watch.set_limit(2 * SHORT);
            });
            assert_eq!(watch.wait(&receiver), Ending::TooLong(2 * SHORT));
        });
    }

    #[test]
    fn what_is_begun_may_end() {
        let (sender, receiver) = channel();
        let watch = Watch::new(SHORT);
        assert!(watch.begin_commit());
        std::thread::spawn(move || {
            std::thread::sleep(3 * SHORT);
            sender.send(1)
        });
        assert_eq!(watch.wait(&receiver), Ending::Done(1));
    }
}
