//! The signature header of a commit: taking it off, putting it on.

use std::ops::Range;

use super::key::PublicKey;
use super::sshsig::{self, ARMOR_MAX_LEN, SignatureError};
use super::wire::excerpt;
use crate::id::HashKind;

/// Every header that starts so is left out of the payload by git.
const RESERVED_PREFIX: &[u8] = b"gpgsig";

/// Splits a commit into what was signed and the armor.
///
/// [`attach_signature`] gives the commit back, byte for byte.
///
/// # Errors
///
/// [`SignatureError`] unless the commit has exactly one signature header, the one of its hash kind, in last place,
/// and no other header that starts with `gpgsig`.
pub fn split_signature(raw: &[u8], kind: HashKind) -> Result<(Vec<u8>, String), SignatureError> {
    let (header, armor) = read_header(raw, kind)?;
    let (before, after) = around(raw, &header);
    Ok(([before, after].concat(), armor))
}

/// Puts an armor into a commit's payload, after the last header, as git does.
///
/// A payload without the blank line that ends the headers gets the signature at its end.
pub fn attach_signature(payload: &[u8], armor: &str, kind: HashKind) -> Vec<u8> {
    let headers_len = payload
        .windows(2)
        .position(|pair| pair == b"\n\n")
        .map_or(payload.len(), |end| end + 1);
    let (before, after) = payload.split_at(headers_len);
    let mut raw = Vec::with_capacity(payload.len() + armor.len() + 32);
    raw.extend_from_slice(before);
    raw.extend_from_slice(kind.signature_header().as_bytes());
    for line in armor.strip_suffix('\n').unwrap_or(armor).split('\n') {
        raw.push(b' ');
        raw.extend_from_slice(line.as_bytes());
        raw.push(b'\n');
    }
    raw.extend_from_slice(after);
    raw
}

/// Verifies a commit's signature and returns the key that made it.
///
/// As [`split_signature`] and [`sshsig::verify`], without copying the payload.
///
/// # Errors
///
/// [`SignatureError`] names the first deviation from what git writes, or that the signature is not the key's.
pub fn verify_commit(raw: &[u8], kind: HashKind) -> Result<PublicKey, SignatureError> {
    let (header, armor) = read_header(raw, kind)?;
    let signature = sshsig::parse(&armor)?;
    let (before, after) = around(raw, &header);
    signature.verify_parts(&[before, after])?;
    Ok(signature.into_signer())
}

/// The commit without the bytes of `header`.
fn around<'a>(raw: &'a [u8], header: &Range<usize>) -> (&'a [u8], &'a [u8]) {
    (
        raw.get(..header.start).unwrap_or_default(),
        raw.get(header.end..).unwrap_or_default(),
    )
}

/// The place of the signature header, newline included, and the armor in it.
fn read_header(raw: &[u8], kind: HashKind) -> Result<(Range<usize>, String), SignatureError> {
    let range = find_header(raw, kind)?;
    let name_len = kind.signature_header().len();
    // Starts with the space after the name, which thus looks like a continuation line.
    let lines = raw
        .get(range.start + name_len..range.end)
        .unwrap_or_default();
    if lines.len() > 2 * ARMOR_MAX_LEN {
        return Err(SignatureError::Form("it is longer than 1024 bytes"));
    }
    let lines = std::str::from_utf8(lines)
        .map_err(|_| SignatureError::Form("it has bytes that are not UTF-8"))?;
    let armor = lines
        .split_inclusive('\n')
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    Ok((range, armor))
}

/// Walks the headers; every one is looked at, because a later one can be refused.
fn find_header(raw: &[u8], kind: HashKind) -> Result<Range<usize>, SignatureError> {
    let expected = kind.signature_header();
    let mut found: Option<Range<usize>> = None;
    let mut follower = false;
    let mut in_signature = false;
    let mut offset = 0;
    loop {
        let rest = raw.get(offset..).unwrap_or_default();
        let len = rest
            .iter()
            .position(|byte| *byte == b'\n')
            .ok_or(SignatureError::Commit("no blank line ends its headers"))?;
        let line = rest.get(..len).unwrap_or_default();
        let next = offset + len + 1;
        if line.is_empty() {
            break;
        } else if line.starts_with(b" ") {
            if let Some(range) = found.as_mut().filter(|_| in_signature) {
                range.end = next;
            }
        } else if is_signature(line, expected)? {
            if found.is_some() {
                return Err(SignatureError::RepeatedHeader { header: expected });
            }
            found = Some(offset..next);
            in_signature = true;
        } else {
            follower |= found.is_some();
            in_signature = false;
        }
        offset = next;
    }
    match found {
        None => Err(SignatureError::Unsigned { expected }),
        Some(_) if follower => Err(SignatureError::HeaderNotLast { header: expected }),
        Some(range) if range.start == 0 => {
            Err(SignatureError::Commit("its first header is the signature"))
        }
        Some(range) => Ok(range),
    }
}

/// Whether a header line is the signature header; an error when it only starts like one.
fn is_signature(line: &[u8], expected: &'static str) -> Result<bool, SignatureError> {
    if !line.starts_with(RESERVED_PREFIX) {
        return Ok(false);
    }
    let name = line.split(|byte| *byte == b' ').next().unwrap_or(line);
    if name != expected.as_bytes() || name.len() == line.len() {
        let found = excerpt(name);
        return Err(SignatureError::ForeignHeader { found, expected });
    }
    Ok(true)
}
