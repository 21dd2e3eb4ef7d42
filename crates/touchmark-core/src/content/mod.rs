//! Rules about code that is pushed: names, links, submodules and secrets that nobody should fetch.
//!
//! Stock git accepts nearly all of this into a repository, and some of it acts on whoever checks it out.
//! Each rule is a function of one tree entry; who calls it with which entries is the driver's matter.

pub mod gitmodules;
pub mod names;
pub mod secrets;
pub mod symlinks;
#[cfg(test)]
mod tests;

pub use gitmodules::{GitmodulesDefect, GitmodulesFault, SyntaxFault, UrlFault};
pub use names::NameFault;
pub use secrets::Finding;
pub use symlinks::SymlinkFault;

/// Why an entry of a tree is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContentFault {
    /// Its name or path.
    #[error(transparent)]
    Name(#[from] NameFault),
    /// The target of a symbolic link.
    #[error(transparent)]
    Symlink(#[from] SymlinkFault),
    /// The file that lists submodules.
    #[error(transparent)]
    Gitmodules(#[from] GitmodulesFault),
    /// What looks like a secret in its content.
    #[error(transparent)]
    Secret(#[from] Finding),
}
