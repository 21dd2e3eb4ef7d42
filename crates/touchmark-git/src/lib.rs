//! Local storage: logs in a git repository on disk.
//!
//! This crate is the only one that knows local repositories.
//! It reads objects and refs in-process over `gix`, moves refs by compare-and-swap, keeps the deletable cache
//! and the trust store under `.git/touchmark/`, and runs stock git where only stock git will do.
//! Its interface speaks in the core's types; nothing of `gix` shows.

mod append;
mod cache;
mod child;
mod code;
mod diff;
mod history;
mod incoming;
mod log;
mod merge;
mod objects;
mod pack_cache;
mod prepared;
mod ref_store;
mod refs;
mod repository;
mod swap;
pub mod trace;
mod transaction;
mod tree_edit;
mod trust;
mod verify;

pub use append::{Append, AppendError};
pub use cache::{Cache, Checkpoint};
pub use child::{Git, GitError, Output};
pub use code::CodeError;
pub use diff::{ChangedPath, Entry};
pub use incoming::{Incoming, IncomingError, IncomingLimits};
pub use log::{Budget, LoadError};
pub use merge::{MergeError, Rebased};
pub use objects::{ReadError, WriteError};
pub use prepared::Prepared;
pub use ref_store::RefPlaces;
pub use refs::{RefError, check_name as check_ref_name};
pub use repository::{OpenError, Repository};
pub use transaction::{Expected, RefEdit, TransactError};
pub use tree_edit::EditError;
pub use trust::{PinnedRoot, Trust, TrustError};
pub use verify::Verdict;
