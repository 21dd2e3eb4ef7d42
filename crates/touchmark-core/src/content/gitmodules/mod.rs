//! `.gitmodules`: no submodule that runs a program, reads the machine's files, or is checked out elsewhere.
//!
//! The file is read more strictly than git does, and what is not read is refused:
//! two readers that disagree about it are how a harmless looking one does harm.

mod config;
mod url;

use super::ContentFault;
use super::names::{Encoding, check_path, is_dot_git, is_dot_gitmodules};
use super::symlinks::is_absolute;

pub use config::SyntaxFault;
pub use url::UrlFault;

/// Largest file, in bytes.
pub const FILE_MAX_LEN: usize = 512 * 1024;

/// Ways to update a submodule that run nothing but git.
const UPDATES: [&str; 4] = ["checkout", "merge", "none", "rebase"];

/// What is wrong with a `.gitmodules`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GitmodulesFault {
    /// A link, directory or submodule of that name, which git may follow to elsewhere.
    #[error("the name is a spelling of .gitmodules, which is always a regular file")]
    NotAFile,
    /// The file is too large.
    #[error(".gitmodules is larger than {FILE_MAX_LEN} bytes")]
    FileSize,
    /// A line that does not say what it must.
    #[error(".gitmodules line {line}: {defect}")]
    Line {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        defect: GitmodulesDefect,
    },
}

/// What is wrong with a line of a `.gitmodules`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GitmodulesDefect {
    /// It cannot be read.
    #[error(transparent)]
    Syntax(#[from] SyntaxFault),
    /// The name is empty or would be a directory elsewhere than below `.git/modules`.
    #[error("the submodule's name is empty, absolute, or has a component .., . or .git")]
    Name,
    /// The path is none of a file in the tree.
    #[error("the submodule's path is not one within the tree")]
    Path,
    /// A value that a program would take for an option.
    #[error("a value that starts with a dash would be taken for an option")]
    Option,
    /// A way to update that runs a command, or is not known.
    #[error("update is one of checkout, merge, none, rebase, and never a command")]
    Update,
    /// An address that is not one of another repository.
    #[error(transparent)]
    Url(#[from] UrlFault),
}

/// Checks the entry of a tree: what has a name that is taken for `.gitmodules` must be a regular file.
///
/// # Errors
///
/// [`ContentFault::Gitmodules`] when it is not.
pub fn check_entry(name: &[u8], mode: u32) -> Result<(), ContentFault> {
    const FILE_TYPE: u32 = 0o170_000;
    const REGULAR: u32 = 0o100_000;
    if is_dot_gitmodules(name) && mode & FILE_TYPE != REGULAR {
        return Err(GitmodulesFault::NotAFile.into());
    }
    Ok(())
}

/// Checks the content of a file that [`is_dot_gitmodules`] is true of.
///
/// # Errors
///
/// [`ContentFault::Gitmodules`] with the first line that is wrong.
pub fn check(file: &[u8]) -> Result<(), ContentFault> {
    if file.len() > FILE_MAX_LEN {
        return Err(GitmodulesFault::FileSize.into());
    }
    let mut reader = config::Reader::default();
    for (index, bytes) in file.split(|byte| *byte == b'\n').enumerate() {
        check_line(&mut reader, bytes).map_err(|defect| GitmodulesFault::Line {
            line: index + 1,
            defect,
        })?;
    }
    Ok(())
}

fn check_line(reader: &mut config::Reader, bytes: &[u8]) -> Result<(), GitmodulesDefect> {
    match reader.read(bytes)? {
        config::Line::Nothing => Ok(()),
        config::Line::Submodule(name) => check_name(&name),
        config::Line::Setting { key, value } => check_setting(&key, &value),
    }
}

/// The name is a directory below `.git/modules`, on Windows too.
fn check_name(name: &str) -> Result<(), GitmodulesDefect> {
    let mut components = name.as_bytes().split(|byte| matches!(byte, b'/' | b'\\'));
    let elsewhere =
        |part: &[u8]| part.is_empty() || part == b"." || part == b".." || is_dot_git(part);
    if is_absolute(name.as_bytes()) || components.any(elsewhere) {
        return Err(GitmodulesDefect::Name);
    }
    if name.starts_with('-') {
        return Err(GitmodulesDefect::Option);
    }
    Ok(())
}

/// Other keys than these, git and this function pass over.
fn check_setting(key: &str, value: &str) -> Result<(), GitmodulesDefect> {
    if matches!(key, "path" | "url" | "branch" | "update") && value.starts_with('-') {
        return Err(GitmodulesDefect::Option);
    }
    match key {
        "path" => {
            let path = value.strip_suffix('/').unwrap_or(value).as_bytes();
            if is_absolute(path) || check_path(path, Encoding::Any).is_err() {
                return Err(GitmodulesDefect::Path);
            }
        }
        "url" => url::check(value)?,
        "update" if !UPDATES.contains(&value) => return Err(GitmodulesDefect::Update),
        _ => {}
    }
    Ok(())
}
