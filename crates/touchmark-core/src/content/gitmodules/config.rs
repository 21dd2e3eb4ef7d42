//! The part of git's configuration syntax that git itself writes into `.gitmodules`.
//!
//! Not read: other sections, sections with a dot, settings behind a section on its line,
//! keys without a value, lines continued on the next one, and escapes of control characters.

use crate::text;

/// Why a line cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SyntaxFault {
    /// Other bytes than UTF-8 without a byte order mark.
    #[error("the line is not UTF-8 without a byte order mark")]
    Encoding,
    /// A control character other than a tab.
    #[error("the line has a control character")]
    ControlCharacter,
    /// A section that is not `[submodule "name"]`.
    #[error("a section is [submodule \"name\"], on a line of its own")]
    Section,
    /// A line that is no section and no setting.
    #[error("a line is a section, a comment, or key = value")]
    Setting,
    /// A setting before the first section.
    #[error("a setting belongs to a section, and none is before it")]
    NoSection,
    /// A quote without its end.
    #[error("a quote does not end on its line")]
    Quote,
    /// A backslash before something else than a quote or a backslash.
    #[error("a backslash stands before a quote or another backslash, and before nothing else")]
    Escape,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// Nothing, or a comment.
    Nothing,
    /// The submodule of this name begins.
    Submodule(String),
    /// A setting of the submodule; the key is in lower case.
    Setting {
        /// The key, in lower case.
        key: String,
        /// The value, without quotes.
        value: String,
    },
}

/// Reads line by line.
#[derive(Debug, Default)]
pub(super) struct Reader {
    in_section: bool,
}

impl Reader {
    /// What a line without its line feed says.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Result<Line, SyntaxFault> {
        let line = std::str::from_utf8(bytes).map_err(|_| SyntaxFault::Encoding)?;
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.starts_with('\u{feff}') {
            return Err(SyntaxFault::Encoding);
        }
        if line.contains(|char| char != '\t' && text::is_hidden_control(char)) {
            return Err(SyntaxFault::ControlCharacter);
        }
        let line = line.trim_matches(is_space);
        if is_remark(line) {
            Ok(Line::Nothing)
        } else if let Some(section) = line.strip_prefix('[') {
            self.in_section = true;
            read_section(section).map(Line::Submodule)
        } else if self.in_section {
            read_setting(line)
        } else {
            Err(SyntaxFault::NoSection)
        }
    }
}

fn is_space(char: char) -> bool {
    matches!(char, ' ' | '\t')
}

fn is_remark(text: &str) -> bool {
    text.is_empty() || text.starts_with(['#', ';'])
}

/// `submodule "name"]`, and at most a comment.
fn read_section(section: &str) -> Result<String, SyntaxFault> {
    let quoted = section
        .strip_prefix("submodule")
        .filter(|rest| rest.starts_with(is_space))
        .and_then(|rest| rest.trim_start_matches(is_space).strip_prefix('"'))
        .ok_or(SyntaxFault::Section)?;
    let mut name = String::new();
    let mut chars = quoted.chars();
    loop {
        match chars.next().ok_or(SyntaxFault::Quote)? {
            '"' => break,
            '\\' => name.push(escaped(chars.next())?),
            char => name.push(char),
        }
    }
    chars
        .as_str()
        .strip_prefix(']')
        .filter(|rest| is_remark(rest.trim_start_matches(is_space)))
        .map(|_| name)
        .ok_or(SyntaxFault::Section)
}

/// `key = value`, and at most a comment.
fn read_setting(line: &str) -> Result<Line, SyntaxFault> {
    let (key, value) = line.split_once('=').ok_or(SyntaxFault::Setting)?;
    let key = key.trim_end_matches(is_space).to_ascii_lowercase();
    let inner = |char: char| char.is_ascii_alphanumeric() || char == '-';
    if !key.starts_with(|char: char| char.is_ascii_lowercase()) || !key.chars().all(inner) {
        return Err(SyntaxFault::Setting);
    }
    let value = read_value(value.trim_start_matches(is_space))?;
    Ok(Line::Setting { key, value })
}

/// A value, of which any part may be in quotes; spaces at the end count only before a closing quote.
fn read_value(text: &str) -> Result<String, SyntaxFault> {
    let mut value = String::new();
    let mut kept = 0;
    let mut quoted = false;
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            '"' => quoted = !quoted,
            '#' | ';' if !quoted => break,
            '\\' => value.push(escaped(chars.next())?),
            char => value.push(char),
        }
        if !is_space(char) {
            kept = value.len();
        }
    }
    if quoted {
        return Err(SyntaxFault::Quote);
    }
    value.truncate(kept);
    Ok(value)
}

fn escaped(char: Option<char>) -> Result<char, SyntaxFault> {
    char.filter(|char| matches!(char, '"' | '\\'))
        .ok_or(SyntaxFault::Escape)
}
