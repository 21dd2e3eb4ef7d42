//! Symbolic links: none that leads out of the tree, or into a repository's own files.
//!
//! A target is read as Unix reads it and as Windows does, and must be harmless both ways.
//! Only the target's text is judged: a link through another link may still end elsewhere in the tree.

use super::ContentFault;
use super::names::{has_hidden_control, is_dot_git};

/// Longest target, in bytes.
pub const TARGET_MAX_LEN: usize = 4096;

/// What is wrong with the target of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SymlinkFault {
    /// No target at all.
    #[error("the link has no target")]
    Empty,
    /// A target that no system follows.
    #[error("the link's target is longer than {TARGET_MAX_LEN} bytes")]
    TooLong,
    /// A character that a system cuts the target at, or that acts on a terminal.
    #[error("the link's target has a control character")]
    ControlCharacter,
    /// A place on the machine that it is checked out on.
    #[error("the link's target is absolute")]
    Absolute,
    /// Above the root of the tree.
    #[error("the link leads out of the tree")]
    Outside,
    /// Into `.git`, however spelled.
    #[error("the link leads into .git")]
    DotGit,
}

/// Checks the link at `path`, from the root of the tree, whose blob is `target`.
///
/// # Errors
///
/// [`ContentFault::Symlink`] with the first thing that is wrong.
pub fn check(path: &[u8], target: &[u8]) -> Result<(), ContentFault> {
    Ok(check_target(path, target)?)
}

fn check_target(path: &[u8], target: &[u8]) -> Result<(), SymlinkFault> {
    if target.is_empty() {
        return Err(SymlinkFault::Empty);
    }
    if target.len() > TARGET_MAX_LEN {
        return Err(SymlinkFault::TooLong);
    }
    if has_hidden_control(target) {
        return Err(SymlinkFault::ControlCharacter);
    }
    if is_absolute(target) {
        return Err(SymlinkFault::Absolute);
    }
    let depth = path.split(|byte| *byte == b'/').count() - 1;
    let slash = |byte: &u8| *byte == b'/';
    let either = |byte: &u8| matches!(byte, b'/' | b'\\');
    if is_outside(depth, target.split(slash)) || is_outside(depth, target.split(either)) {
        return Err(SymlinkFault::Outside);
    }
    if target.split(either).any(is_dot_git) {
        return Err(SymlinkFault::DotGit);
    }
    Ok(())
}

/// A slash or backslash at the start, or a drive letter, with which even `C:x` is elsewhere.
pub(super) fn is_absolute(path: &[u8]) -> bool {
    match path {
        [b'/' | b'\\', ..] => true,
        [drive, b':', ..] => drive.is_ascii_alphabetic(),
        _ => false,
    }
}

/// Whether a walk from `depth` directories below the root is ever above it.
fn is_outside<'a>(mut depth: usize, mut steps: impl Iterator<Item = &'a [u8]>) -> bool {
    steps.any(|step| match step {
        b"" | b"." => false,
        b".." if depth == 0 => true,
        b".." => {
            depth -= 1;
            false
        }
        _ => {
            depth += 1;
            false
        }
    })
}
