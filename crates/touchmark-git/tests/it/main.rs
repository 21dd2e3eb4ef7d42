//! Tests of local storage against repositories that stock git made.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "all of it is test code, where a panic is how a test fails"
)]

mod append;
mod child;
mod code;
mod fixture;
mod incoming;
mod log;
mod merge;
mod objects;
mod prepared;
mod rebase;
mod refs;
mod repository;
mod stores;
mod transaction;
mod verify;
