//! Branches and tags by their full names.

use std::fmt;

use super::display_value;

/// Longest name, in bytes.
const MAX_LEN: usize = 255;

/// A branch or tag in full, such as `refs/heads/main`.
///
/// Stricter than git, so that a name is never taken for an option, `HEAD` or an object id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RefName(String);

impl RefName {
    /// The ref of this full name; `None` when it does not match the grammar.
    pub fn parse(text: &str) -> Option<Self> {
        is_ref_name(text).then(|| Self(text.to_owned()))
    }

    /// The full name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A branch's name without `refs/heads/`; `None` for a tag.
    pub fn branch(&self) -> Option<&str> {
        self.0.strip_prefix("refs/heads/")
    }

    /// A tag's name without `refs/tags/`; `None` for a branch.
    pub fn tag(&self) -> Option<&str> {
        self.0.strip_prefix("refs/tags/")
    }

    /// The name as subjects have it: a branch without `refs/heads/`, a tag in full.
    pub fn short(&self) -> &str {
        self.branch().unwrap_or(&self.0)
    }
}

impl fmt::Display for RefName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

display_value!(RefName);

fn is_ref_name(text: &str) -> bool {
    let short = text
        .strip_prefix("refs/heads/")
        .or_else(|| text.strip_prefix("refs/tags/"))
        .unwrap_or_default();
    text.len() <= MAX_LEN
        && short != "HEAD"
        && !is_object_id(short)
        && !short.contains("..")
        && !short.contains("@{")
        && !short.ends_with('.')
        && short.bytes().all(|byte| {
            byte.is_ascii_graphic()
                && !matches!(byte, b'~' | b'^' | b':' | b'?' | b'*' | b'[' | b'\\')
        })
        && short.split('/').all(is_component)
}

fn is_component(component: &str) -> bool {
    // `.lock` is git's own suffix for files that guard an update.
    !component.is_empty()
        && !component.starts_with(['-', '.'])
        && component.strip_suffix(".lock").is_none()
}

/// git reads hexadecimal digits in either case.
fn is_object_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
