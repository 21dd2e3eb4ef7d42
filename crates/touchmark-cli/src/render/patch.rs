//! A patch in git's colours.

/// What sets the colour of each part of a patch on a terminal; empty for none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PatchColors {
    /// Headers of files.
    pub(crate) meta: String,
    /// Headers of hunks.
    pub(crate) frag: String,
    /// The function that a hunk is in.
    pub(crate) func: String,
    /// Lines that go.
    pub(crate) old: String,
    /// Lines that come.
    pub(crate) new: String,
}

const RESET: &str = "\u{1b}[m";

/// The patch with its colours. Its text must be harmless already.
pub(crate) fn patch(text: &str, colors: &PatchColors) -> String {
    let mut shown = String::with_capacity(text.len() + text.len() / 8);
    let mut place = Place::default();
    for line in text.split_inclusive('\n') {
        let (line, end) = match line.strip_suffix('\n') {
            Some(line) => (line, "\n"),
            None => (line, ""),
        };
        if let Some((header, function)) = place.hunk(line) {
            shown.push_str(&painted(&colors.frag, header));
            shown.push_str(&painted(&colors.func, function));
        } else {
            let color = match place.of(line) {
                Part::Meta => &colors.meta,
                Part::Old => &colors.old,
                Part::New => &colors.new,
                Part::Plain => "",
            };
            shown.push_str(&painted(color, line));
        }
        shown.push_str(end);
    }
    shown
}

fn painted(color: &str, text: &str) -> String {
    if color.is_empty() || text.is_empty() {
        text.to_owned()
    } else {
        format!("{color}{text}{RESET}")
    }
}

enum Part {
    Meta,
    Old,
    New,
    Plain,
}

/// Where in a patch a line is: within a hunk `--- a` is a line that goes, and not a file's header.
#[derive(Default)]
struct Place {
    in_header: bool,
    old_left: usize,
    new_left: usize,
}

impl Place {
    /// The header of a hunk, split before the function.
    fn hunk<'a>(&mut self, line: &'a str) -> Option<(&'a str, &'a str)> {
        if self.old_left > 0 || self.new_left > 0 {
            return None;
        }
        let (ranges, function) = line.strip_prefix("@@ -")?.split_once(" @@")?;
        let (old, new) = ranges.split_once(" +")?;
        self.old_left = length(old)?;
        self.new_left = length(new)?;
        self.in_header = false;
        Some(line.split_at(line.len() - function.len()))
    }

    fn of(&mut self, line: &str) -> Part {
        if self.old_left > 0 || self.new_left > 0 {
            let (part, old, new) = match line.as_bytes().first() {
                Some(b'-') => (Part::Old, 1, 0),
                Some(b'+') => (Part::New, 0, 1),
                Some(b'\\') => (Part::Plain, 0, 0),
                _ => (Part::Plain, 1, 1),
            };
            self.old_left = self.old_left.saturating_sub(old);
            self.new_left = self.new_left.saturating_sub(new);
            return part;
        }
        if line.starts_with("diff --") {
            self.in_header = true;
        }
        if self.in_header {
            Part::Meta
        } else {
            Part::Plain
        }
    }
}

/// How many lines a range has: `start,length`, or one.
fn length(range: &str) -> Option<usize> {
    match range.split_once(',') {
        Some((_, length)) => length.parse().ok(),
        None => Some(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_its_colour() {
        let mark = |word: &str| format!("<{word}>");
        let colors = PatchColors {
            meta: mark("meta"),
            frag: mark("frag"),
            func: mark("func"),
            old: mark("old"),
            new: mark("new"),
        };
        let text = " a | 2 +-\n\ndiff --git a/a b/a\nindex 1..2 100644\n--- a/a\n+++ b/a\n@@ -1,3 +1,2 @@ fn f\n same\n--- not a header\n-@@ -1 +1 @@\n+new\n\\ No newline at end of file\nend\n";
        let shown = patch(text, &colors).replace(RESET, "</>");
        insta::assert_snapshot!(shown, @r"
         a | 2 +-

        <meta>diff --git a/a b/a</>
        <meta>index 1..2 100644</>
        <meta>--- a/a</>
        <meta>+++ b/a</>
        <frag>@@ -1,3 +1,2 @@</><func> fn f</>
         same
        <old>--- not a header</>
        <old>-@@ -1 +1 @@</>
        <new>+new</>
        \ No newline at end of file
        end
        ");
        assert_eq!(patch(text, &PatchColors::default()), text);
    }
}
