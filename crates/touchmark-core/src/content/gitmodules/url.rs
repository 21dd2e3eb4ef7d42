//! Addresses of submodules: another repository over the network, or one beside this.

use super::is_absolute;

/// Schemes that git speaks itself or over ssh, spelled as git compares them.
const SCHEMES: [&str; 6] = ["https", "http", "ssh", "git+ssh", "ssh+git", "git"];

/// What is wrong with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UrlFault {
    /// None.
    #[error("the url is empty")]
    Empty,
    /// A control character or a backslash, also percent-encoded, where git puts it back.
    #[error("the url has a control character or a backslash, or one percent-encoded")]
    Character,
    /// `helper::address`, which runs a program.
    #[error("the url names a transport helper, which runs a program")]
    Helper,
    /// A scheme that git asks a helper for, or `file`.
    #[error("the url's scheme is none of https, http, ssh and git")]
    Scheme,
    /// A host that is missing, or that ssh would take for an option.
    #[error("the url's user or host is empty or starts with a dash")]
    Host,
    /// A repository path that the other side would take for an option.
    #[error("the url's path is empty or starts with a dash")]
    Path,
    /// A place on the machine that it is checked out on.
    #[error("the url is a path on the machine; another repository beside this one is ../name")]
    Local,
}

/// Checks the value of `url`.
pub(super) fn check(url: &str) -> Result<(), UrlFault> {
    if url.is_empty() {
        return Err(UrlFault::Empty);
    }
    let acts = |byte: &u8| byte.is_ascii_control() || *byte == b'\\';
    if decode(url).iter().any(acts) {
        return Err(UrlFault::Character);
    }
    if is_relative(url) {
        return check_relative(url);
    }
    let scheme_end = url
        .find(|char: char| !char.is_ascii_alphanumeric() && !"+-.".contains(char))
        .unwrap_or(url.len());
    let (scheme, rest) = url.split_at(scheme_end);
    if rest.starts_with("::") {
        Err(UrlFault::Helper)
    } else if let Some(rest) = rest.strip_prefix("://") {
        if SCHEMES.contains(&scheme) {
            // Some transports decode the address before they divide it.
            check_authority(rest.as_bytes())?;
            check_authority(&decode(rest))
        } else {
            Err(UrlFault::Scheme)
        }
    } else if is_absolute(url.as_bytes()) {
        Err(UrlFault::Local)
    } else {
        check_remote_path(url)
    }
}

/// The bytes that a text stands for once it is percent-decoded.
fn decode(text: &str) -> Vec<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        let pair = after
            .split_first_chunk::<2>()
            .filter(|_| *byte == b'%')
            .and_then(|([high, low], after)| Some((digit(high)? * 16 + digit(low)?, after)));
        match pair.and_then(|(value, after)| Some((u8::try_from(value).ok()?, after))) {
            Some((value, after)) => {
                bytes.push(value);
                rest = after;
            }
            None => bytes.push(*byte),
        }
    }
    bytes
}

fn is_relative(url: &str) -> bool {
    url.starts_with("./") || url.starts_with("../")
}

/// What is left when the leading steps are taken away is put behind part of another address,
/// so it may not start what would be its host.
fn check_relative(url: &str) -> Result<(), UrlFault> {
    let mut rest = url;
    while let Some(after) = rest.strip_prefix("./").or_else(|| rest.strip_prefix("../")) {
        rest = after;
    }
    if rest.starts_with([':', '/', '-']) {
        return Err(UrlFault::Path);
    }
    Ok(())
}

/// `[user@]host[:port]`, and what follows a slash.
fn check_authority(rest: &[u8]) -> Result<(), UrlFault> {
    let authority = rest.split(|byte| *byte == b'/').next().unwrap_or(rest);
    let host = authority
        .rsplit(|byte| *byte == b'@')
        .next()
        .unwrap_or(authority);
    match (authority, host) {
        ([b'-', ..], _) | (_, [] | [b'-' | b':', ..]) => Err(UrlFault::Host),
        _ => Ok(()),
    }
}

/// `[user@]host:path`, as ssh has it.
fn check_remote_path(url: &str) -> Result<(), UrlFault> {
    // An address of IPv6 has its colons in brackets.
    let bracket = url.find(']').map_or(0, |end| end + 1);
    let in_host =
        url.find('[').is_some_and(|start| start < bracket) && !url[..bracket].contains('/');
    let host_end = if in_host { bracket } else { 0 };
    let Some(colon) = url[host_end..].find(':').map(|at| at + host_end) else {
        return Err(UrlFault::Local);
    };
    let (authority, path) = (&url[..colon], &url[colon + 1..]);
    if authority.contains('/') {
        return Err(UrlFault::Local);
    }
    check_authority(authority.as_bytes())?;
    if path.is_empty() || path.starts_with('-') {
        return Err(UrlFault::Path);
    }
    Ok(())
}
