//! Keeps `policy.toml` to TOML 1.0: verifiers in other languages read that, and the parser here reads 1.1.
//!
//! TOML 1.1 added line breaks and trailing commas in inline tables, the escapes `\\e` and `\\x`,
//! and times without seconds, which no key of the policy takes.

use toml_parser::Source;
use toml_parser::lexer::{Token, TokenKind};

/// The first use of what TOML 1.0 does not have, in words; anything else that is wrong is left to the parser.
pub(super) fn check(text: &str) -> Result<(), String> {
    if text.starts_with('\u{feff}') {
        return Err("the file starts with a byte order mark".to_owned());
    }
    let tokens = Source::new(text).lex().into_vec();
    let mut open: Vec<TokenKind> = Vec::new();
    let mut comma = false;
    for token in &tokens {
        let in_table = open.last() == Some(&TokenKind::LeftCurlyBracket);
        match token.kind() {
            TokenKind::LeftCurlyBracket | TokenKind::LeftSquareBracket => open.push(token.kind()),
            TokenKind::RightSquareBracket => {
                open.pop();
            }
            TokenKind::RightCurlyBracket => {
                if comma && in_table {
                    return Err(at(text, token, "a comma ends an inline table"));
                }
                open.pop();
            }
            TokenKind::Newline | TokenKind::Comment if in_table => {
                return Err(at(
                    text,
                    token,
                    "an inline table goes over more than one line",
                ));
            }
            TokenKind::BasicString | TokenKind::MlBasicString if has_new_escape(text, token) => {
                return Err(at(text, token, "a string has the escape \\e or \\x"));
            }
            TokenKind::Whitespace => continue,
            _ => {}
        }
        comma = token.kind() == TokenKind::Comma;
    }
    Ok(())
}

fn at(text: &str, token: &Token, what: &str) -> String {
    let before = text.get(..token.span().start()).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    format!("line {line}: {what}, which TOML 1.0 does not have")
}

fn has_new_escape(text: &str, token: &Token) -> bool {
    let span = token.span();
    let mut letters = text
        .get(span.start()..span.end())
        .unwrap_or_default()
        .chars();
    while let Some(letter) = letters.next() {
        if letter == '\\' && matches!(letters.next(), Some('e' | 'x')) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_toml_1_0_passes() {
        for good in [
            "a = {b = 1, c = [1,\n 2,\n]}\n[x]\ny = \"\\\\x\" # {\n",
            "a = '\\x41'\n[[t]]\nb = {}\n",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in [
            "a = {b = 1,}\n",
            "a = {b = 1, }\n",
            "a = {\nb = 1}\n",
            "a = {b = 1 # c\n}\n",
            "a = \"\\x41\"\n",
            "a = \"\\e\"\n",
            "\u{feff}a = 1\n",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
