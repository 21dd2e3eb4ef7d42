//! The program's one writer: results to standard output, everything else to standard error.
//!
//! Colour is decoration and never carries meaning. Text from a repository that is part of a result
//! goes through [`crate::render::visible`] first; what goes to standard error does so here.

use std::fmt::Display;
use std::io::{IsTerminal as _, Write as _};

use anyhow::Context as _;
use serde::Serialize;
use touchmark_core::replay::canonical_json;

use crate::env_vars;
use crate::globals::{Color, Globals};
use crate::render::visible;

/// How a piece of text is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// A title.
    Bold,
    /// Of lesser interest.
    Dim,
    /// As it should be.
    Good,
    /// Not as it should be.
    Bad,
    /// An object id.
    Id,
}

/// The writer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    json: bool,
    color: bool,
    color_errors: bool,
}

impl Output {
    /// A writer as the options and the terminal call for.
    pub(crate) fn new(globals: &Globals) -> Self {
        let dumb = env_vars::get(env_vars::TERM).is_some_and(|term| term == "dumb");
        let plain = dumb || env_vars::get(env_vars::NO_COLOR).is_some();
        let color = |terminal: bool| match globals.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && !plain,
        };
        Self {
            json: globals.json,
            color: color(std::io::stdout().is_terminal()),
            color_errors: color(std::io::stderr().is_terminal()),
        }
    }

    /// A writer of plain text, for a hook: git passes on what it says.
    #[cfg(unix)]
    pub(crate) const fn plain() -> Self {
        Self {
            json: false,
            color: false,
            color_errors: false,
        }
    }

    /// How many columns the terminal has that the result goes to; `None` when it goes elsewhere.
    #[expect(
        clippy::unused_self,
        reason = "only the writer knows where a result goes"
    )]
    pub(crate) fn columns(&self) -> Option<usize> {
        let (columns, _) = terminal_size::terminal_size_of(std::io::stdout())?;
        Some(usize::from(columns.0)).filter(|columns| *columns > 0)
    }

    /// Whether data is wanted as JSON.
    pub(crate) const fn is_json(&self) -> bool {
        self.json
    }

    /// Writes a line of the result.
    pub(crate) fn line(&self, text: impl Display) -> anyhow::Result<()> {
        self.text(&format!("{text}\n"))
    }

    /// Writes text of the result as it is.
    pub(crate) fn text(&self, text: &str) -> anyhow::Result<()> {
        self.bytes(text.as_bytes())
    }

    /// Writes bytes of the result as they are, such as git's own output.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> anyhow::Result<()> {
        let mut stdout = std::io::stdout().lock();
        match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
            // Whoever reads has seen enough, as `head` has.
            Err(err) if err.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            written => written.context("cannot write to standard output"),
        }
    }

    /// Writes the result as JSON.
    pub(crate) fn json(&self, value: &impl Serialize) -> anyhow::Result<()> {
        self.text(&canonical_json(value))
    }

    /// Says something to the person at the terminal that is not part of the result.
    ///
    /// Whatever the words come from, a server or a file's name, nothing in them acts on the terminal.
    pub(crate) fn note(&self, text: impl Display) {
        Self::tell(&visible(&text.to_string()));
    }

    /// Writes data to standard error on a line of its own; its form escapes what must not act.
    pub(crate) fn note_json(&self, value: &serde_json::Value) {
        Self::tell(&ascii(&value.to_string()));
    }

    fn tell(text: &str) {
        // When standard error is closed nobody is there to be told.
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }

    /// Warns.
    pub(crate) fn warn(&self, text: impl Display) {
        self.labelled("33", "warning", text);
    }

    /// Says what failed.
    pub(crate) fn error(&self, text: impl Display) {
        self.labelled("31", "error", text);
    }

    /// Says what to do.
    pub(crate) fn hint(&self, text: impl Display) {
        self.labelled("36", "hint", text);
    }

    fn labelled(&self, color: &str, label: &str, text: impl Display) {
        let text = visible(&text.to_string());
        if self.color_errors {
            Self::tell(&format!("\u{1b}[1;{color}m{label}:\u{1b}[0m {text}"));
        } else {
            Self::tell(&format!("{label}: {text}"));
        }
    }

    /// Text for standard output in the colour of its meaning.
    pub(crate) fn paint(&self, style: Style, text: &str) -> String {
        if !self.color {
            return text.to_owned();
        }
        let code = match style {
            Style::Bold => "1",
            Style::Dim => "2",
            Style::Good => "32",
            Style::Bad => "31",
            Style::Id => "33",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

/// JSON with everything beyond ASCII written as escapes, so that no text in it acts on a terminal.
fn ascii(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() && c != '\u{7f}' {
            escaped.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_json_is_the_same_json() {
        let value = serde_json::json!({"a": "\u{1b}[2J \u{9b} \u{202e} é 漢 \u{e0041} \u{7f} 👩"});
        let escaped = ascii(&value.to_string());
        assert!(
            escaped.bytes().all(|byte| (0x20..0x7f).contains(&byte)),
            "{escaped}"
        );
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&escaped).unwrap(),
            value
        );
    }
}
