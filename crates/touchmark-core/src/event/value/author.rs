//! Names and e-mail addresses as author lines and the policy hold them.

use crate::text;

/// Longest name or address, in bytes.
const MAX_LEN: usize = 256;

/// Whether `name` may stand in an author line: see "Author lines" in `events.md`.
pub fn is_author_name(name: &str) -> bool {
    is_part(name) && !name.starts_with(' ') && !name.ends_with(' ')
}

/// Whether `email` may stand between the angle brackets of an author line.
///
/// This says nothing about whether mail would arrive there.
pub fn is_author_email(email: &str) -> bool {
    is_part(email) && !email.contains(' ')
}

fn is_part(part: &str) -> bool {
    (1..=MAX_LEN).contains(&part.len())
        && !part.contains(['\t', '\n', '<', '>'])
        && text::is_clean(part)
}
