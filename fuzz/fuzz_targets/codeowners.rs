//! Code owners and patterns: any bytes are refused or understood, line by line, and matched in bounded time.
#![no_main]

use libfuzzer_sys::fuzz_target;
use touchmark_core::codeowners::{CodeOwners, ERRORS_MAX, Match};
use touchmark_core::pattern::Pattern;

/// Divides the input in a path and a file.
const BORDER: &[u8] = b"\n%%\n";

fuzz_target!(|data: &[u8]| {
    let border = data
        .windows(BORDER.len())
        .position(|window| window == BORDER);
    let (path, file) = match border {
        Some(at) => (&data[..at], &data[at + BORDER.len()..]),
        None => (b"a/b".as_slice(), data),
    };
    pattern(path, file);
    match CodeOwners::parse(file) {
        Ok(owners) => {
            assert_eq!(owners.owners(path), last_line(path, file, &owners));
        }
        Err(errors) => {
            assert!(!errors.is_empty() && errors.len() <= ERRORS_MAX);
            let lines: Vec<&[u8]> = file.split(|byte| *byte == b'\n').collect();
            for error in errors {
                let alone = CodeOwners::parse(lines[error.line - 1]).expect_err("wrong alone too");
                assert_eq!(alone[0].defect, error.defect);
            }
        }
    }
});

/// What the file says by its last line that matches; only for short files, as each line is read again.
fn last_line<'a>(path: &[u8], file: &[u8], owners: &'a CodeOwners) -> Match<'a> {
    let found = owners.owners(path);
    let lines: Vec<&[u8]> = file.split(|byte| *byte == b'\n').collect();
    if lines.len() > 50 {
        return found;
    }
    let last = lines.iter().rposition(|line| {
        let alone = CodeOwners::parse(line).expect("a line of a file that was read");
        alone.owners(path) != Match::NoRule
    });
    let line = match found {
        Match::NoRule => None,
        Match::NoOwners { line } | Match::Owners { line, .. } => Some(line - 1),
    };
    assert_eq!(line, last);
    found
}

fn pattern(path: &[u8], file: &[u8]) {
    let first = file.split(|byte| *byte == b'\n').next().unwrap_or(file);
    let Ok(text) = std::str::from_utf8(first) else {
        return;
    };
    let Ok(pattern) = Pattern::parse(text) else {
        return;
    };
    assert_eq!(pattern.to_string(), text);
    pattern.matches(path);
    if !text.contains(['*', '?']) && !text.ends_with('/') {
        assert!(
            pattern.matches(text.as_bytes()),
            "a path is its own pattern"
        );
        assert_eq!(pattern.matches(path), path == text.as_bytes());
    }
}
