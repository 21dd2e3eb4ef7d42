//! The program's one writer: results to standard output, everything else to standard error.
//!
//! Colour is decoration and never carries meaning. Text from a repository that is part of a result
//! goes through [`crate::render::visible`] first; what goes to standard error does so here.

use std::fmt::Display;
use std::io::{IsTerminal as _, Write as _};

use anyhow::Context as _;
use serde::Serialize;
use touchmark_core::replay::canonical_json;
use touchmark_git::Repository;

use crate::env_vars;
use crate::globals::{Color, Globals};
use crate::pager;
use crate::progress;
use crate::render::{Paint, visible};

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
    /// A line that a change adds.
    Added,
    /// A line that a change removes.
    Removed,
}

impl Style {
    /// What sets it on a terminal.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Good | Self::Added => "32",
            Self::Bad | Self::Removed => "31",
            Self::Id => "33",
        }
    }
}

/// The writer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    json: bool,
    color: bool,
    color_errors: bool,
    color_forced: bool,
    pages: bool,
}

impl Output {
    /// A writer as the options and the terminal call for.
    pub(crate) fn new(globals: &Globals) -> Self {
        let is_dumb = env_vars::get(env_vars::TERM).is_some_and(|term| term == "dumb");
        let is_forced = env_vars::get(env_vars::CLICOLOR_FORCE).is_some_and(|value| value != "0");
        let is_unwanted = env_vars::get(env_vars::NO_COLOR).is_some();
        let color = |is_terminal: bool| match globals.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => !is_unwanted && (is_forced || (is_terminal && !is_dumb)),
        };
        let is_terminal = std::io::stdout().is_terminal();
        progress::allow(!globals.quiet && !is_dumb && std::io::stderr().is_terminal());
        Self {
            json: globals.json,
            color: color(is_terminal),
            color_errors: color(std::io::stderr().is_terminal()),
            color_forced: globals.color == Color::Always || is_forced,
            pages: is_terminal && !globals.no_pager && !globals.json,
        }
    }

    /// A writer of plain text, as for a hook: git passes on what it says.
    pub(crate) const fn plain() -> Self {
        Self {
            json: false,
            color: false,
            color_errors: false,
            color_forced: false,
            pages: false,
        }
    }

    /// Whether standard output has colour.
    pub(crate) const fn is_colored(&self) -> bool {
        self.color
    }

    /// Whether it has colour because it was asked for, whatever git's settings say.
    pub(crate) const fn is_color_forced(&self) -> bool {
        self.color_forced
    }

    /// How many columns standard output has; `None` when it is no terminal, and nothing needs to fit.
    pub(crate) fn width(&self) -> Option<usize> {
        let (width, _) = terminal_size::terminal_size_of(std::io::stdout())?;
        Some(usize::from(width.0)).filter(|width| *width > 0)
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

    /// Writes a result that may be long, as the last thing that a command does: at a terminal through the pager.
    pub(crate) fn page(&self, repository: &Repository, text: &str) -> anyhow::Result<()> {
        if self.pages
            && !text.is_empty()
            && let Some(pager) = pager::command(repository)
            && pager::show(&pager, text.as_bytes())
        {
            return Ok(());
        }
        self.text(text)
    }

    /// Writes bytes of the result as they are, such as git's own output.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> anyhow::Result<()> {
        progress::wipe();
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
        progress::wipe();
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
        self.painter().apply(style, text)
    }

    /// What colours text for standard output.
    pub(crate) const fn painter(&self) -> Paint {
        Paint::new(self.color)
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
