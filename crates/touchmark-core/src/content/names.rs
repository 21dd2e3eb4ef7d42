//! Names of tree entries: none that a file system, a terminal or git itself takes for something else.
//!
//! A name is what it is on every platform, so the spellings that HFS+ and NTFS take for `.git`
//! are refused on all of them, as git does where `core.protectHFS` and `core.protectNTFS` are set.

use super::ContentFault;
use crate::text;

/// Longest name, in bytes.
pub const NAME_MAX_LEN: usize = 255;

/// Longest path, in bytes.
pub const PATH_MAX_LEN: usize = 4096;

/// What bytes a name may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Any, as git allows.
    Any,
    /// UTF-8 only.
    Utf8,
}

/// What is wrong with a name or path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// No name at all.
    #[error("the name is empty")]
    Empty,
    /// A name that most file systems cannot hold.
    #[error("the name is longer than {NAME_MAX_LEN} bytes")]
    NameTooLong,
    /// A path that most systems cannot open.
    #[error("the path is longer than {PATH_MAX_LEN} bytes")]
    PathTooLong,
    /// A path in the place of a name.
    #[error("the name has a slash")]
    Slash,
    /// `.` or `..`, also between backslashes.
    #[error("the name is . or .. or has it between backslashes")]
    Dot,
    /// `.git`, however spelled.
    #[error("the name is a spelling of .git, which git or a file system takes for the repository")]
    DotGit,
    /// A character that acts on a terminal, a line-based tool or the text around it.
    #[error("the name has a control character, such as a line feed or one of text direction")]
    ControlCharacter,
    /// Other bytes than policy allows.
    #[error("the name is not UTF-8")]
    NotUtf8,
}

/// Checks the name of one entry.
///
/// # Errors
///
/// [`ContentFault::Name`] with the first thing that is wrong.
pub fn check_name(name: &[u8], encoding: Encoding) -> Result<(), ContentFault> {
    Ok(check(name, encoding)?)
}

/// Checks a path from the root of the tree: its length, and every name in it.
///
/// # Errors
///
/// [`ContentFault::Name`] with the first thing that is wrong.
pub fn check_path(path: &[u8], encoding: Encoding) -> Result<(), ContentFault> {
    if path.len() > PATH_MAX_LEN {
        return Err(NameFault::PathTooLong.into());
    }
    path.split(|byte| *byte == b'/')
        .try_for_each(|name| check_name(name, encoding))
}

fn check(name: &[u8], encoding: Encoding) -> Result<(), NameFault> {
    if name.is_empty() {
        return Err(NameFault::Empty);
    }
    if name.len() > NAME_MAX_LEN {
        return Err(NameFault::NameTooLong);
    }
    if name.contains(&b'/') {
        return Err(NameFault::Slash);
    }
    // Windows takes a backslash for a slash.
    for piece in name.split(|byte| *byte == b'\\') {
        if piece == b"." || piece == b".." {
            return Err(NameFault::Dot);
        }
        if is_dot_git(piece) {
            return Err(NameFault::DotGit);
        }
    }
    if has_hidden_control(name) {
        return Err(NameFault::ControlCharacter);
    }
    match encoding {
        Encoding::Utf8 if std::str::from_utf8(name).is_err() => Err(NameFault::NotUtf8),
        Encoding::Any | Encoding::Utf8 => Ok(()),
    }
}

/// Whether the bytes hold a control character: one of C0, C1 or text direction.
///
/// Bytes that are no character are none, whatever they would be in another encoding.
pub(super) fn has_hidden_control(bytes: &[u8]) -> bool {
    bytes
        .utf8_chunks()
        .any(|chunk| chunk.valid().contains(text::is_hidden_control))
}

/// Whether a name is `.git` in any spelling that git, HFS+ or NTFS takes for it.
pub fn is_dot_git(name: &[u8]) -> bool {
    let folded = name.to_ascii_lowercase();
    is_hfs_spelling(name, ".git")
        || is_ntfs_long_spelling(&folded, b".git")
        || is_ntfs_long_spelling(&folded, b"git~1")
}

/// Whether a name is `.gitmodules` in any spelling that git, HFS+ or NTFS takes for it.
pub fn is_dot_gitmodules(name: &[u8]) -> bool {
    let folded = name.to_ascii_lowercase();
    let numbered =
        |digit: u8| is_ntfs_long_spelling(&folded, &[b"gitmod~".as_slice(), &[digit]].concat());
    is_hfs_spelling(name, ".gitmodules")
        || is_ntfs_long_spelling(&folded, b".gitmodules")
        || (b'1'..=b'4').any(numbered)
        || is_ntfs_hashed_spelling(&folded, b"gi7eba")
}

/// HFS+ folds case and passes over some invisible characters; what git cannot decode ends the name.
fn is_hfs_spelling(name: &[u8], wanted: &str) -> bool {
    let Some(chunk) = name.utf8_chunks().next() else {
        return false;
    };
    let seen = chunk.valid().chars().filter(|char| !is_hfs_ignored(*char));
    seen.map(|char| char.to_ascii_lowercase())
        .eq(wanted.chars())
}

fn is_hfs_ignored(char: char) -> bool {
    matches!(
        char,
        '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}'
    )
}

/// NTFS drops dots and spaces at the end, and takes what follows a colon for a stream of the file.
fn is_ntfs_long_spelling(folded: &[u8], wanted: &[u8]) -> bool {
    folded.strip_prefix(wanted).is_some_and(is_ntfs_tail)
}

fn is_ntfs_tail(tail: &[u8]) -> bool {
    let name = tail.split(|byte| *byte == b':').next().unwrap_or(tail);
    name.iter().all(|byte| matches!(byte, b'.' | b' '))
}

/// A short name when there are more than four alike: the start of `hash`, a tilde and a number,
/// eight bytes together.
fn is_ntfs_hashed_spelling(folded: &[u8], hash: &[u8]) -> bool {
    let Some((short, tail)) = folded.split_first_chunk::<8>() else {
        return false;
    };
    let mut halves = short.splitn(2, |byte| *byte == b'~');
    let (Some(start), Some(number)) = (halves.next(), halves.next()) else {
        return false;
    };
    hash.starts_with(start)
        && number.first().is_some_and(|digit| *digit != b'0')
        && number.iter().all(u8::is_ascii_digit)
        && is_ntfs_tail(tail)
}
