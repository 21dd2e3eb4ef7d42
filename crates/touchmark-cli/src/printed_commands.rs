//! Every command line of touchmark's that a message, hint or next step names is one that the program understands.
//!
//! The text is taken from the sources themselves: a hint that nobody has met yet is read all the same.

use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::{CommandFactory as _, FromArgMatches as _};

use crate::Cli;

/// What stands for something of the reader's, and a value that it may have; nothing else is written in capitals.
const PLACEHOLDERS: &[(&str, &str)] = &[
    ("BRANCH", "topic"),
    ("COMMAND", "sync"),
    ("COMMENT", "12ab34cd/1"),
    ("DIR", "folder"),
    ("EVENT", "12ab34cd"),
    ("FILE", "file"),
    ("HEAD", "HEAD"),
    ("ID", "12ab34cd"),
    ("KEY", "ssh-ed25519 AAAA"),
    ("LINE", "7"),
    ("METHOD", "squash"),
    ("N", "1"),
    ("NAME", "name"),
    ("NUMBER", "1"),
    ("OBJECT", "12ab34cd"),
    ("OWNER", "@alice"),
    ("PATH", "src/lock.rs"),
    ("PERSON", "alice"),
    ("RECEIPT", "12ab34cd"),
    ("ROLES", "maintainer"),
    ("TAG", "v1"),
    ("TEAM", "core"),
    ("TEXT", "text"),
    ("TITLE", "title"),
    ("WORDS", "words"),
    ("YOU", "bob"),
];

/// Words that end a command line in a sentence.
const AFTER: &[&str] = &[
    "adds", "again", "as", "before", "by", "does", "fetches", "first", "if", "is", "knows",
    "later", "makes", "names", "never", "or", "prints", "reads", "runs", "shows", "takes", "then",
];

/// Literals that name the program and no command of it.
const NO_COMMANDS: &[&str] = &[
    "exec touchmark hook ",
    "git asks touchmark before it pushes",
    "git log shows something else than what was signed; touchmark reads the object itself",
    "it has format {}, and this version of touchmark knows {FORMAT}",
    "they have format {}, and this version of touchmark knows {FORMAT}",
    "this is no hook that touchmark knows",
    "touchmark intent 1 ",
    "touchmark pre-push",
    "touchmark issue",
    "touchmark issue ",
    "touchmark pr",
    "touchmark pr ",
    "what it locks cannot be changed; make sure that no git or touchmark runs here",
];

/// The sources of the crates that print, without their tests.
fn sources() -> Vec<PathBuf> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut folders = ["touchmark-cli", "touchmark-core", "touchmark-git"]
        .map(|name| crates.join(name).join("src"))
        .to_vec();
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(".rs") && !name.starts_with("tests") {
                found.push(path);
            }
        }
    }
    found.retain(|path| !path.ends_with("printed_commands.rs"));
    found.sort();
    found
}

/// The string literals of a source, as the program has them; what stands after `mod tests` is left out.
fn literals(source: &str) -> Vec<String> {
    let end = source.find("\nmod tests {").unwrap_or(source.len());
    let mut rest = &source[..end];
    let mut found = Vec::new();
    while let Some(at) = rest.find(['"', '\'', '/']) {
        let before = &rest[..at];
        rest = &rest[at..];
        if rest.starts_with("//") {
            rest = rest.split_once('\n').map_or("", |(_, after)| after);
        } else if rest.starts_with('"') {
            let hashes = before.len() - before.trim_end_matches('#').len();
            let raw = before.trim_end_matches('#').ends_with('r');
            let (text, after) = if raw {
                let close = format!("\"{}", "#".repeat(hashes));
                let (text, after) = rest[1..].split_once(&close).unwrap();
                (text.to_owned(), after)
            } else {
                string(&rest[1..])
            };
            found.push(text);
            rest = after;
        } else if rest.starts_with('\'') {
            rest = &rest[character_len(rest)..];
        } else {
            rest = &rest[1..];
        }
    }
    found
}

/// A plain literal from behind its first quote on, and what follows it.
fn string(text: &str) -> (String, &str) {
    let (mut value, mut rest) = (String::new(), text.chars());
    while let Some(char) = rest.next() {
        match char {
            '"' => return (value, rest.as_str()),
            '\\' => match rest.next() {
                Some('n') => value.push('\n'),
                Some('\n') => rest = rest.as_str().trim_start().chars(),
                Some(escaped) => value.push(escaped),
                None => break,
            },
            char => value.push(char),
        }
    }
    panic!("a literal has no end: {text:.60}");
}

/// How long the character literal or the lifetime's quote is that a text starts with.
fn character_len(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => text[3..].find('\'').map_or(1, |end| end + 4),
        _ => match chars.next() {
            Some((end, '\'')) => end + 1,
            _ => 1,
        },
    }
}

/// A command line in a text: its words, and whether more of it is left to the reader (`…`).
#[derive(Default, PartialEq)]
struct Line {
    words: Vec<String>,
    is_part: bool,
}

/// The command lines that a text names; what stands in brackets is once there and once not.
fn command_lines(text: &str) -> Vec<Line> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("touchmark ") {
        let is_word = !text[..at].ends_with(|char: char| char.is_alphanumeric() || char == '/');
        let rest = &text[at + "touchmark ".len()..];
        if is_word && rest.starts_with(|char: char| char.is_ascii_lowercase() || char == '-') {
            for with_optional in [true, false] {
                let mut line = line(rest, with_optional);
                // In backticks it is a command's name.
                line.is_part |= text[..at].ends_with('`');
                found.push(line);
            }
        }
    }
    found.dedup();
    found
}

/// The words of a command line up to where the sentence goes on.
fn line(text: &str, with_optional: bool) -> Line {
    let (mut line, mut rest) = (Line::default(), text);
    line.words.push("touchmark".to_owned());
    while !rest.is_empty() && !rest.starts_with(['(', '`', '\n']) {
        let (is_quoted, word, after) = match rest.strip_prefix(['\'', '"']) {
            Some(inner) => {
                let end = inner.find(['\'', '"']).unwrap_or(inner.len());
                (true, &inner[..end], inner.get(end + 1..).unwrap_or(""))
            }
            None => {
                let end = rest.find([' ', '\n', '`']).unwrap_or(rest.len());
                (false, &rest[..end], &rest[end..])
            }
        };
        if AFTER.contains(&word) {
            break;
        }
        let bare = word.trim_end_matches([',', ';', ':', ')', '.']);
        let optional = bare
            .strip_prefix('[')
            .and_then(|word| word.strip_suffix(']'));
        if bare == "…" {
            line.is_part = true;
        } else if optional.is_none() || with_optional {
            line.words.push(filled(optional.unwrap_or(bare)));
        }
        if bare != word && !is_quoted || after.starts_with([',', ';', ':', ')']) {
            break;
        }
        rest = after.trim_start_matches(' ');
    }
    line
}

/// A word with its placeholders filled in: those of a format, and those of the reader's.
fn filled(word: &str) -> String {
    let (mut text, mut rest) = (String::new(), word);
    while let Some((before, after)) = rest.split_once('{') {
        let (_, behind) = after.split_once('}').expect("a format's placeholder ends");
        // One that follows a word at once brings its own space, or is empty.
        let gap = before.ends_with(|char: char| char.is_alphanumeric());
        text.push_str(before);
        text.push_str(if gap { "" } else { "1234" });
        rest = behind;
    }
    text.push_str(rest);
    let mut whole = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find(|char: char| char.is_ascii_uppercase()) {
        let name = &rest[at..];
        let end = name.find(|char: char| !char.is_ascii_uppercase());
        let (name, after) = name.split_at(end.unwrap_or(name.len()));
        let value = PLACEHOLDERS.iter().find(|(known, _)| *known == name);
        whole.push_str(&rest[..at]);
        whole.push_str(value.map_or("--no-such-placeholder", |(_, value)| value));
        rest = after;
    }
    whole + rest
}

/// What the program says against a command line.
fn complaint(line: &Line) -> Option<String> {
    let parsed = Cli::command()
        .try_get_matches_from(&line.words)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let error = parsed.err().filter(clap::Error::use_stderr)?;
    let is_unfinished = matches!(
        error.kind(),
        ErrorKind::MissingRequiredArgument
            | ErrorKind::MissingSubcommand
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    (!line.is_part || !is_unfinished).then(|| error.to_string())
}

#[test]
fn every_command_line_that_is_printed_is_understood() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for path in sources() {
        let source = std::fs::read_to_string(&path).unwrap();
        for literal in literals(&source) {
            if NO_COMMANDS.contains(&literal.as_str()) {
                continue;
            }
            for line in command_lines(&literal) {
                count += 1;
                if let Some(said) = complaint(&line) {
                    let (path, line) = (path.display(), line.words.join(" "));
                    let said = said.lines().next().unwrap_or_default();
                    wrong.push(format!("{path}: {line}\n  {literal:.120}\n  {said}"));
                }
            }
        }
    }
    assert!(count > 150, "only {count} command lines were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_command_line_that_is_wrong_is_found() {
    for text in [
        "touchmark pr shew OBJECT",
        "ask: touchmark pr show OBJECT --loud, or wait",
        "touchmark pr show",
        "touchmark pr show WHATEVER",
        "touchmark review drop MANY",
    ] {
        let lines = command_lines(text);
        assert!(!lines.is_empty(), "{text}");
        assert!(lines.iter().all(|line| complaint(line).is_some()), "{text}");
    }
    let literal = r#"a("touchmark pr \
        show"); b('"', "x"); // "no"
        c(r"y\z")"#;
    assert_eq!(literals(literal), ["touchmark pr show", "x", "y\\z"]);
}
