//! The bounds of a push, in one place.

use std::time::Duration;

use touchmark_git::IncomingLimits;

const MEBIBYTE: u64 = 1024 * 1024;

/// What one push may ask for, bring and take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Refs that a push may name.
    pub(crate) refs: usize,
    /// Bytes of a ref's name.
    pub(crate) name_bytes: usize,
    /// Push options.
    pub(crate) options: usize,
    /// Bytes of one push option.
    pub(crate) option_bytes: usize,
    /// What it may bring.
    pub(crate) incoming: IncomingLimits,
    /// How long a hook may run, unless git's configuration says otherwise.
    pub(crate) hook: Duration,
    /// How long to wait for the pushes before this one.
    pub(crate) queue: Duration,
    /// How long to wait for a lock of `packed-refs` that a dead push may have left behind.
    pub(crate) packed_lock: Duration,
}

/// The limits where nothing else is said.
pub(crate) const LIMITS: Limits = Limits {
    refs: 1_000,
    name_bytes: 1_024,
    options: 32,
    option_bytes: 1_024,
    incoming: IncomingLimits {
        objects: 5_000_000,
        object_bytes: 128 * MEBIBYTE,
        bytes: 16 * 1_024 * MEBIBYTE,
        // History as deltas unpacks to some tens of times its size, or a hundred; bombs to a thousand.
        expansion: 256,
        expansion_free_bytes: 256 * MEBIBYTE,
    },
    hook: Duration::from_secs(120),
    queue: Duration::from_secs(60),
    packed_lock: Duration::from_secs(1),
};
