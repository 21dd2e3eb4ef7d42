//! One line of a `CODEOWNERS` file.

use super::{CodeOwnersDefect, Owner};
use crate::pattern::{Component, Glob, PATTERN_MAX_LEN, Token};
use crate::text;

/// How much of an owner that is not understood is shown, in characters.
const EXCERPT_LEN: usize = 64;

/// What separates pattern and owners.
const SPACES: [char; 2] = [' ', '\t'];

/// The rule on a line without its line feed; `None` for a comment or an empty line.
pub(super) fn parse_line(bytes: &[u8]) -> Result<Option<(Glob, Vec<Owner>)>, CodeOwnersDefect> {
    let line = std::str::from_utf8(bytes).map_err(|_| CodeOwnersDefect::Encoding)?;
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.starts_with('\u{feff}') {
        return Err(CodeOwnersDefect::Encoding);
    }
    if line.contains(|char| char != '\t' && text::is_hidden_control(char)) {
        return Err(CodeOwnersDefect::ControlCharacter);
    }
    let line = line.trim_start_matches(SPACES);
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let (parts, rest) = split_pattern(line)?;
    let owners = rest
        .split(SPACES)
        .take_while(|word| !word.starts_with('#'))
        .filter(|word| !word.is_empty())
        .map(|word| {
            Owner::parse(word).ok_or_else(|| CodeOwnersDefect::Owner {
                found: word.chars().take(EXCERPT_LEN).collect(),
            })
        })
        .collect::<Result<_, _>>()?;
    Ok(Some((glob(parts)?, owners)))
}

/// The components of the pattern at the line's start, and what follows its end.
fn split_pattern(line: &str) -> Result<(Vec<Vec<Token>>, &str), CodeOwnersDefect> {
    let mut parts = Vec::new();
    let mut part = Vec::new();
    let mut chars = line.chars();
    let mut rest = line;
    while let Some(char) = chars.next() {
        match char {
            ' ' | '\t' => break,
            '!' if rest == line => return Err(CodeOwnersDefect::Negation),
            '#' => return Err(CodeOwnersDefect::Hash),
            '[' | ']' => return Err(CodeOwnersDefect::Bracket),
            '/' => parts.push(std::mem::take(&mut part)),
            '*' => part.push(Token::Many),
            '?' => part.push(Token::One),
            '\\' => part.push(escaped(chars.next())?),
            char => {
                let mut bytes = [0; 4];
                part.extend(char.encode_utf8(&mut bytes).bytes().map(Token::Byte));
            }
        }
        rest = chars.as_str();
    }
    parts.push(part);
    if line.len() - rest.len() > PATTERN_MAX_LEN {
        return Err(CodeOwnersDefect::PatternLength);
    }
    Ok((parts, rest))
}

/// What a character after a backslash stands for.
fn escaped(char: Option<char>) -> Result<Token, CodeOwnersDefect> {
    match char {
        Some(' ') => Ok(Token::Byte(b' ')),
        Some('*') => Ok(Token::Byte(b'*')),
        Some('?') => Ok(Token::Byte(b'?')),
        Some('\\') => Ok(Token::Byte(b'\\')),
        Some('#') => Err(CodeOwnersDefect::Hash),
        Some('[' | ']') => Err(CodeOwnersDefect::Bracket),
        _ => Err(CodeOwnersDefect::Escape),
    }
}

fn glob(mut parts: Vec<Vec<Token>>) -> Result<Glob, CodeOwnersDefect> {
    let mut rooted = false;
    if parts.len() > 1 && parts.first().is_some_and(Vec::is_empty) {
        parts.remove(0);
        rooted = true;
    }
    let below = parts.len() > 1 && parts.last().is_some_and(Vec::is_empty);
    if below {
        parts.pop();
    }
    // A pattern with a slash before its last character starts at the root, others anywhere.
    rooted |= parts.len() > 1;
    let direct = rooted && parts.last().is_some_and(|last| *last == [Token::Many]);
    let mut components = Vec::new();
    if !rooted {
        components.push(Component::Any);
    }
    for part in parts {
        components.push(component(part)?);
    }
    if below {
        components.push(Component::Any);
    }
    let glob = Glob::new(components);
    Ok(if direct { glob } else { glob.and_below() })
}

fn component(part: Vec<Token>) -> Result<Component, CodeOwnersDefect> {
    const DOT: Token = Token::Byte(b'.');
    match part.as_slice() {
        [] | [DOT] | [DOT, DOT] => Err(CodeOwnersDefect::EmptyComponent),
        [Token::Many, Token::Many] => Ok(Component::Any),
        tokens if tokens.windows(3).any(|three| three == [Token::Many; 3]) => {
            Err(CodeOwnersDefect::TripleStar)
        }
        _ => Ok(Component::name(part)),
    }
}
