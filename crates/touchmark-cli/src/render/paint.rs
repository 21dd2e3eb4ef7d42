//! Colour, where it is wanted. It never carries meaning that the text does not have.

use crate::output::Style;

/// Whether text is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Paint {
    is_on: bool,
}

impl Paint {
    /// Colours if `is_on`.
    pub(crate) const fn new(is_on: bool) -> Self {
        Self { is_on }
    }

    /// Text as it is.
    #[cfg(test)]
    pub(crate) const fn plain() -> Self {
        Self::new(false)
    }

    /// Colours.
    #[cfg(test)]
    pub(crate) const fn always() -> Self {
        Self::new(true)
    }

    /// The text in the colour of its meaning, which must be a piece of one line.
    pub(crate) fn apply(self, style: Style, text: &str) -> String {
        if !self.is_on || text.is_empty() {
            return text.to_owned();
        }
        format!("\u{1b}[{}m{text}\u{1b}[0m", style.code())
    }
}

/// What a page needs beside what it is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// The time, in seconds since 1970.
    pub(crate) now: i64,
    /// The colours.
    pub(crate) paint: Paint,
}
