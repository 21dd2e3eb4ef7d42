//! A commit message's layout: subject, body and trailer block, whatever the kind of event.

use std::borrow::Cow;

use super::rule::Rule;
use crate::refusal::Refusal;
use crate::text;

/// Longest message in bytes.
pub const MESSAGE_MAX_LEN: usize = 65_536;

/// A message taken apart; nothing is known yet of what its trailers say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message<'a> {
    /// The first line.
    pub subject: &'a str,
    /// What stands between subject and trailers, unescaped and without its final line feed.
    pub body: Option<Cow<'a, str>>,
    /// Keys and values of the last paragraph, in order.
    pub trailers: Vec<(&'a str, &'a str)>,
}

/// Takes a message apart.
///
/// # Errors
///
/// The first broken rule of `message-encoding` to `message-divider` and `trailer-form`.
pub fn parse(message: &[u8]) -> Result<Message<'_>, Refusal> {
    let message = check_text(message, "the message")?;
    if message.len() > MESSAGE_MAX_LEN {
        let reason = format!(
            "the message has {} bytes; at most {MESSAGE_MAX_LEN} are allowed",
            message.len()
        );
        return Err(Refusal::new(Rule::MessageSize, reason));
    }
    if let Some(line) = spaced_line(message) {
        let reason = format!("line {line} of the message ends in a space or a tab");
        return Err(Refusal::new(Rule::MessageSpace, reason));
    }
    let (subject, body, block) =
        split(message).map_err(|reason| Refusal::new(Rule::MessageLayout, reason))?;
    let body = body
        .map(text::unescape_dividers)
        .transpose()
        .map_err(|rule| {
            let reason = "a line of the body could be taken for a divider; put a space before it";
            Refusal::new(rule, reason)
        })?;
    let trailers = block.split('\n').map(trailer).collect::<Result<_, _>>()?;
    Ok(Message {
        subject,
        body,
        trailers,
    })
}

/// Writes a message; the body's dividers are escaped, nothing else is looked at.
pub(super) fn write<'a>(
    subject: &str,
    body: Option<&str>,
    trailers: impl IntoIterator<Item = (&'a str, Cow<'a, str>)>,
) -> String {
    let mut message = String::with_capacity(1024);
    message.push_str(subject);
    message.push_str("\n\n");
    if let Some(body) = body {
        message.push_str(&text::escape_dividers(body));
        message.push_str("\n\n");
    }
    for (key, value) in trailers {
        message.push_str(key);
        message.push_str(": ");
        message.push_str(&value);
        message.push('\n');
    }
    message
}

/// The number, from 1, of the first line that ends in a space or a tab.
pub(super) fn spaced_line(text: &str) -> Option<usize> {
    text.split('\n')
        .position(|line| line.ends_with([' ', '\t']))
        .map(|index| index + 1)
}

/// Bytes as text that keeps the rules `message-encoding` to `message-nfc`; `what` names it in the refusal.
pub(super) fn check_text<'a>(bytes: &'a [u8], what: &str) -> Result<&'a str, Refusal> {
    let (rule, defect) = match std::str::from_utf8(bytes) {
        Err(_) => (Rule::MessageEncoding, "is not UTF-8"),
        Ok(text) => match text::check(text) {
            Ok(()) => return Ok(text),
            Err(rule @ Rule::MessageEncoding) => (rule, "has a byte order mark"),
            Err(rule @ Rule::MessageControl) => (rule, "has a control character"),
            Err(rule @ Rule::MessageBidi) => (rule, "has a bidirectional control"),
            Err(rule) => (rule, "is not in normalisation form C"),
        },
    };
    Err(Refusal::new(rule, format!("{what} {defect}")))
}

/// Subject, body and trailer block, or what is wrong with the layout.
fn split(message: &str) -> Result<(&str, Option<&str>, &str), &'static str> {
    let text = message
        .strip_suffix('\n')
        .ok_or("the message does not end in a line feed")?;
    if text.ends_with('\n') {
        return Err("the message ends in more than one line feed");
    }
    let (subject, rest) = text
        .split_once('\n')
        .ok_or("the message has no trailer block")?;
    if subject.is_empty() {
        return Err("the message does not start with a subject");
    }
    let rest = rest
        .strip_prefix('\n')
        .ok_or("the line after the subject is not empty")?;
    if rest.starts_with('\n') {
        return Err("more than one empty line follows the subject");
    }
    match rest.rsplit_once("\n\n") {
        None => Ok((subject, None, rest)),
        Some((body, _)) if body.ends_with('\n') => {
            Err("more than one empty line stands before the trailers")
        }
        Some((body, block)) => Ok((subject, Some(body), block)),
    }
}

/// `Key: value`.
fn trailer(line: &str) -> Result<(&str, &str), Refusal> {
    line.split_once(": ")
        .filter(|(key, value)| {
            key.starts_with(|first: char| first.is_ascii_alphabetic())
                && key
                    .bytes()
                    .all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
                && !value.is_empty()
                && !value.starts_with([' ', '\t'])
        })
        .ok_or_else(|| {
            let shown: String = line.chars().take(80).collect();
            let reason = format!("a line of the last paragraph is not \"Key: value\": {shown:?}");
            Refusal::new(Rule::TrailerForm, reason)
        })
}
