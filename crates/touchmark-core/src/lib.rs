//! Touchmark's pure core: signed events in git commits, what they mean, and what policy lets happen.
//!
//! Nothing here does I/O, reads a clock or an environment, or is `async`.
//! Drivers (command line, hooks, functions) load objects, call this crate, and commit what it returns.

pub mod anchor;
pub mod archive;
pub mod closing;
pub mod code;
pub mod codeowners;
pub mod content;
pub mod decide;
pub mod event;
pub mod gate;
pub mod heads;
pub mod hunk;
pub mod id;
pub mod log;
pub mod mention;
pub mod merge;
pub mod object;
pub mod pattern;
pub mod policy;
pub mod push;
pub mod rebase;
pub mod receipt;
pub mod refusal;
pub mod replay;
pub mod sign;
pub mod suggestion;
pub mod text;
pub mod turn;
#[cfg(test)]
mod world;
