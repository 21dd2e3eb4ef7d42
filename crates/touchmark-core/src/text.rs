//! The rules that every text of the record keeps, and the escape for lines that would fool git.
//!
//! See "Text" and "Message" in `events.md`.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

use crate::event::{NFC_INERT, Rule};

/// Checks the rules of "Text": no byte order mark, control character or bidirectional control,
/// and normalisation form C as of Unicode 14.0.
///
/// Line feeds and tabs are text; what may not have them says so itself.
///
/// # Errors
///
/// The first rule that is broken, in the registry's order.
pub fn check(text: &str) -> Result<(), Rule> {
    if text.is_ascii() {
        // Nearly every message: nothing but control characters can be wrong, and bytes are enough.
        return if text.bytes().any(|byte| is_control(char::from(byte))) {
            Err(Rule::MessageControl)
        } else {
            Ok(())
        };
    }
    if text.contains('\u{feff}') {
        Err(Rule::MessageEncoding)
    } else if text.contains(is_control) {
        Err(Rule::MessageControl)
    } else if text.contains(is_bidi_control) {
        Err(Rule::MessageBidi)
    } else if !is_nfc(text) {
        Err(Rule::MessageNfc)
    } else {
        Ok(())
    }
}

/// Whether `text` keeps the rules of [`check`].
pub fn is_clean(text: &str) -> bool {
    check(text).is_ok()
}

fn is_control(char: char) -> bool {
    char.is_control() && char != '\n' && char != '\t'
}

/// Whether the character is invisible and acts on what is around it: a control character,
/// line feed and tab included, or a bidirectional control. Names and patterns have none of them.
pub fn is_hidden_control(char: char) -> bool {
    char.is_control() || is_bidi_control(char)
}

fn is_bidi_control(char: char) -> bool {
    matches!(
        char,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

/// Whether `text` is in form C by the tables of Unicode 14.0.
///
/// Characters assigned later were starters that nothing composes with, so what stands
/// between two of them is normalised on its own, by tables of any later version.
fn is_nfc(text: &str) -> bool {
    // All of U+0000 to U+02FF are starters in form C, and only they have lead bytes below 0xCC.
    text.bytes().all(|byte| byte < 0xcc) || text.split(is_inert).all(unicode_normalization::is_nfc)
}

/// `text` in form C by the tables of Unicode 14.0, as the record keeps it.
pub fn normalised(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(is_inert) {
        let last = piece.chars().next_back().filter(|char| is_inert(*char));
        let before = piece.get(..piece.len() - last.map_or(0, char::len_utf8));
        out.extend(before.unwrap_or_default().nfc());
        out.extend(last);
    }
    out
}

fn is_inert(char: char) -> bool {
    let code = u32::from(char);
    let after = NFC_INERT.partition_point(|(_, last)| *last < code);
    NFC_INERT
        .get(after)
        .is_some_and(|(first, _)| *first <= code)
}

/// Whether git's trailer parser may take `line` for a divider: `^ *(---|[^ \t\n]+ -+ >8 -+)`.
pub fn is_divider(line: &str) -> bool {
    let line = line.trim_start_matches(' ');
    line.starts_with("---") || is_scissors(line).is_some()
}

/// Matches `^[^ \t\n]+ -+ >8 -`; what follows does not matter.
fn is_scissors(line: &str) -> Option<()> {
    let (mark, rest) = line.split_once(' ')?;
    if mark.is_empty() || mark.contains(['\t', '\n']) {
        return None;
    }
    let rest = rest.strip_prefix('-')?.trim_start_matches('-');
    rest.strip_prefix(" >8 -").map(|_| ())
}

/// `body` with one space more before each line that is a divider, as messages hold it.
pub fn escape_dividers(body: &str) -> Cow<'_, str> {
    if !body.split('\n').any(is_divider) {
        return Cow::Borrowed(body);
    }
    let lines = body.split('\n').map(|line| {
        if is_divider(line) {
            format!(" {line}")
        } else {
            line.to_owned()
        }
    });
    Cow::Owned(lines.collect::<Vec<_>>().join("\n"))
}

/// Takes back [`escape_dividers`].
///
/// # Errors
///
/// [`Rule::MessageDivider`] when a divider has no space before it.
pub fn unescape_dividers(body: &str) -> Result<Cow<'_, str>, Rule> {
    if !body.split('\n').any(is_divider) {
        return Ok(Cow::Borrowed(body));
    }
    let lines = body.split('\n').map(|line| {
        if is_divider(line) {
            line.strip_prefix(' ').ok_or(Rule::MessageDivider)
        } else {
            Ok(line)
        }
    });
    Ok(Cow::Owned(lines.collect::<Result<Vec<_>, _>>()?.join("\n")))
}

#[cfg(test)]
mod tests;
