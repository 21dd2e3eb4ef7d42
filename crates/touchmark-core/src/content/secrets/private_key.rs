//! Private keys in PEM armor, of OpenSSL, OpenSSH and OpenPGP; encrypted ones too.

use super::is_random;

/// The format's name.
pub(super) const NAME: &str = "private-key";

const BEGIN: &[u8] = b"-----BEGIN ";
const DASHES: &[u8] = b"-----";

/// Longest label that is looked for, in bytes.
const LABEL_MAX_LEN: usize = 40;

/// How far behind the first line the key may start, in bytes: there may be headers.
const BODY_WINDOW: usize = 512;

/// Base 64 without interruption that makes a key of what else is an example or a program's constant.
const BASE64_MIN: usize = 40;

/// The length of the armor's first line if `rest` starts with one, and with a key below it.
pub(super) fn detect(rest: &[u8]) -> Option<usize> {
    let after = rest.strip_prefix(BEGIN)?;
    let label_len = find(after.get(..LABEL_MAX_LEN).unwrap_or(after), DASHES)?;
    let (label, body) = after.split_at_checked(label_len)?;
    let is_private = label.ends_with(b"PRIVATE KEY") || label == b"PGP PRIVATE KEY BLOCK";
    let body = body.strip_prefix(DASHES)?;
    let window = body.get(..BODY_WINDOW).unwrap_or(body);
    let window = window.get(..find(window, DASHES).unwrap_or(window.len()))?;
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let has_key = window
        .split(|byte| !is_base64(byte))
        .any(|run| run.len() >= BASE64_MIN && is_random(run));
    (is_private && has_key).then_some(BEGIN.len() + label_len + DASHES.len())
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}
