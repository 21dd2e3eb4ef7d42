//! Secrets in pushed content: well-known formats, each exact enough that a finding is worth a refusal.
//!
//! A finding says which format and where, and never holds what was found.
//! The work is in proportion to the content's length. Content in other encodings than ASCII's
//! supersets, compressed or encoded once more is not looked into.

mod detectors;
mod private_key;

use detectors::{DETECTORS, Detector, Length, STARTS};

/// Most findings in one file; what follows is not looked at.
pub const FINDINGS_MAX: usize = 100;

/// Fewer distinct bytes than this make a placeholder, such as a row of `x`.
const DISTINCT_MIN: usize = 6;

/// How documentation ends keys that are none.
const EXAMPLE: &[u8] = b"EXAMPLE";

/// Something that looks like a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line} has what looks like a secret ({detector})")]
pub struct Finding {
    /// The format's name.
    pub detector: &'static str,
    /// Where it starts, in bytes.
    pub offset: usize,
    /// The line that it starts on, counted from 1.
    pub line: usize,
}

/// Checks that content holds no secret.
///
/// # Errors
///
/// [`ContentFault::Secret`](super::ContentFault::Secret) with the first finding.
pub fn check(content: &[u8]) -> Result<(), super::ContentFault> {
    scan(content, 1)
        .into_iter()
        .try_for_each(|finding| Err(finding.into()))
}

/// Everything in the content that looks like a secret, in its order, up to [`FINDINGS_MAX`].
pub fn find(content: &[u8]) -> Vec<Finding> {
    scan(content, FINDINGS_MAX)
}

/// Names of all formats that are known.
pub fn detector_names() -> impl Iterator<Item = &'static str> {
    std::iter::once(private_key::NAME).chain(DETECTORS.iter().map(|detector| detector.name))
}

fn scan(content: &[u8], most: usize) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (mut at, mut line) = (0, 1);
    while let Some(byte) = content.get(at) {
        if *byte == b'\n' {
            line += 1;
        }
        match detect(content, at) {
            None => at += 1,
            Some((detector, len)) => {
                findings.push(Finding {
                    detector,
                    offset: at,
                    line,
                });
                if findings.len() == most {
                    break;
                }
                // No format that is known goes on over a line feed here.
                at += len;
            }
        }
    }
    findings
}

/// The format of the secret that starts at `at`, and how much of it is certain.
fn detect(content: &[u8], at: usize) -> Option<(&'static str, usize)> {
    let (before, rest) = content.split_at_checked(at)?;
    let first = *rest.first()?;
    if first == b'-' {
        return private_key::detect(rest).map(|len| (private_key::NAME, len));
    }
    if !STARTS[usize::from(first)] || !is_boundary(before) {
        return None;
    }
    DETECTORS
        .iter()
        .find_map(|detector| Some((detector.name, detect_with(detector, rest)?)))
}

fn detect_with(detector: &Detector, rest: &[u8]) -> Option<usize> {
    let prefix = detector
        .prefixes
        .iter()
        .find(|prefix| rest.starts_with(prefix.as_bytes()))?;
    let after = rest.get(prefix.len()..)?;
    let (Length::Exactly(len) | Length::AtLeast(len)) = detector.length;
    let body = after.get(..len)?;
    let goes_on = after
        .get(len)
        .is_some_and(|byte| detector.charset.has(*byte));
    if matches!(detector.length, Length::Exactly(_)) && goes_on {
        return None;
    }
    let is_secret = body.iter().all(|byte| detector.charset.has(*byte))
        && is_random(body)
        && contains(body, detector.infix.as_bytes());
    is_secret.then_some(prefix.len() + len)
}

/// Whether a word may start after this: after no word, or after an escape as programs and addresses have.
fn is_boundary(before: &[u8]) -> bool {
    match before {
        [.., b'\\', b'n' | b'r' | b't'] => true,
        [.., b'%', high, low] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => true,
        [.., last] => !last.is_ascii_alphanumeric() && *last != b'_',
        [] => true,
    }
}

/// Whether this may have been drawn at random, and is not prose, a placeholder or an example.
fn is_random(body: &[u8]) -> bool {
    let mut seen = [false; 256];
    for byte in body {
        seen[usize::from(*byte)] = true;
    }
    seen.iter().filter(|seen| **seen).count() >= DISTINCT_MIN
        && body
            .iter()
            .any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        && !body.ends_with(EXAMPLE)
}

fn contains(body: &[u8], infix: &[u8]) -> bool {
    infix.is_empty() || body.windows(infix.len()).any(|window| window == infix)
}
