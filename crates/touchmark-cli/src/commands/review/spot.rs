//! `PATH:LINE` and `PATH:FIRST-LAST` as people type them.

use std::str::FromStr;

/// A place in a file, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spot {
    /// The path from the top of the repository.
    pub(crate) path: String,
    /// First and last line, from 1; `None` for the whole file.
    pub(crate) lines: Option<(u32, u32)>,
}

impl FromStr for Spot {
    /// What is wrong with the text, for clap to print.
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // A colon may belong to the path: only digits after the last one make it a place.
        let split = text.rsplit_once(':').filter(|(_, lines)| {
            let is_lines = |c: char| c.is_ascii_digit() || c == '-';
            lines.starts_with(|c: char| c.is_ascii_digit()) && lines.chars().all(is_lines)
        });
        let Some((path, lines)) = split else {
            return Self::new(text, None);
        };
        let (first, last) = lines.split_once('-').unwrap_or((lines, lines));
        let wrong = || {
            format!(
                "the lines {lines} are not counted from 1 upwards; write PATH:LINE or PATH:FIRST-LAST"
            )
        };
        let number = |digits: &str| digits.parse::<u32>().map_err(|_| wrong());
        let (first, last) = (number(first)?, number(last)?);
        if first == 0 || last < first {
            return Err(wrong());
        }
        Self::new(path, Some((first, last)))
    }
}

impl Spot {
    fn new(path: &str, lines: Option<(u32, u32)>) -> Result<Self, String> {
        if path.is_empty() {
            return Err("there is no path; write PATH:LINE or PATH:FIRST-LAST".to_owned());
        }
        Ok(Self {
            path: path.to_owned(),
            lines,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, path: &str, lines: Option<(u32, u32)>) {
        let spot = text.parse::<Spot>().expect("a place");
        assert_eq!((spot.path.as_str(), spot.lines), (path, lines), "{text}");
    }

    #[test]
    fn places_are_read() {
        check("src/lock.rs:10", "src/lock.rs", Some((10, 10)));
        check("src/lock.rs:10-14", "src/lock.rs", Some((10, 14)));
        check("src/lock.rs", "src/lock.rs", None);
        check("a:b:3", "a:b", Some((3, 3)));
        check("a:b", "a:b", None);
        check("with space:1", "with space", Some((1, 1)));
    }

    #[test]
    fn what_is_no_place_is_refused() {
        for text in ["a:0", "a:9-3", "a:3-", "a:1-2-3", "a:99999999999"] {
            let error = text.parse::<Spot>().expect_err(text);
            assert!(error.contains("counted from 1"), "{text}: {error}");
        }
        for text in [":3", ""] {
            let error = text.parse::<Spot>().expect_err(text);
            assert!(error.contains("no path"), "{text}: {error}");
        }
    }
}
