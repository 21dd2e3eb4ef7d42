//! Writes `docs/reference/attacks.md` from the comments on the tests that make the attacks.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use super::schema::Registry;

/// Where the tests are.
const TESTS: &str = "tests/it/attacks";

/// The letters of the lines, with what they are about.
const SECTIONS: [(char, &str); 6] = [
    ('A', "Identity and signatures"),
    ('B', "Approvals"),
    ('C', "Policy"),
    ('D', "Refs and history"),
    ('E', "Concurrency and other doors"),
    ('F', "Content"),
];

/// What a line of a comment may start with, beside the attack's own lines.
const KEYS: [&str; 3] = ["Stock", "Refused", "Client"];

/// One attack, as its test describes it.
#[derive(Clone)]
struct Attack {
    line: String,
    text: String,
    stock: Option<String>,
    /// What a client does about it, where no server refuses.
    client: Option<String>,
    refused: Vec<String>,
    test: String,
}

/// The page.
///
/// # Errors
///
/// A comment that is not of the form, or a rule that the registry does not have or the test does not name.
pub(crate) fn page(root: &Path, registry: &Registry) -> Result<String> {
    let mut attacks: BTreeMap<(char, u32), Vec<Attack>> = BTreeMap::new();
    let folder = root.join(TESTS);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .with_context(|| format!("reading {}", folder.display()))?
        .collect::<Result<Vec<_>, _>>()?;
    files.sort_by_key(std::fs::DirEntry::file_name);
    let files: Vec<(PathBuf, String)> = files
        .iter()
        .map(|file| Ok((file.path(), std::fs::read_to_string(file.path())?)))
        .collect::<Result<_>>()?;
    // What a comment says of rules must be in the code too; some tests call helpers in other files for it.
    let code: String = files
        .iter()
        .map(|(_, text)| without_comments(text))
        .collect();
    for (path, text) in &files {
        for attack in attacks_in(text, &code).with_context(|| path.display().to_string())? {
            for rule in &attack.refused {
                ensure!(
                    registry.rule.iter().any(|known| known.id == *rule),
                    "{}: there is no rule {rule}",
                    attack.test
                );
            }
            for line in attack.line.split(", ") {
                let key = place(line).context("a line is a letter and a number")?;
                attacks.entry(key).or_default().push(attack.clone());
            }
        }
    }
    write(&attacks)
}

/// `A12` as its section and its number.
fn place(line: &str) -> Option<(char, u32)> {
    let letter = line.chars().next()?;
    Some((letter, line.get(1..)?.parse().ok()?))
}

/// The lines of a file that are not comments.
fn without_comments(text: &str) -> String {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect()
}

/// The attacks that a file of tests describes.
fn attacks_in(text: &str, code: &str) -> Result<Vec<Attack>> {
    let mut attacks = Vec::new();
    let mut comment: Vec<&str> = Vec::new();
    for line in text.lines() {
        if let Some(said) = line.strip_prefix("///") {
            comment.push(said.trim());
        } else if line.starts_with("#[") {
            continue;
        } else {
            if let Some(name) = line.strip_prefix("fn ")
                && comment.first().is_some_and(|first| is_line(first))
            {
                let name = name.split('(').next().unwrap_or(name);
                attacks.push(attack(&comment, name, code)?);
            }
            comment.clear();
        }
    }
    Ok(attacks)
}

/// Whether a comment starts as `A1: …` or `A1, A2: …`.
fn is_line(text: &str) -> bool {
    text.split_once(": ")
        .is_some_and(|(lines, _)| lines.split(", ").all(|line| place(line).is_some()))
}

fn attack(comment: &[&str], test: &str, code: &str) -> Result<Attack> {
    let mut parts: Vec<(&str, String)> = Vec::new();
    for line in comment {
        match line.split_once(": ") {
            Some((key, rest)) if is_line(line) || KEYS.contains(&key) => {
                parts.push((key, rest.to_owned()));
            }
            _ => {
                let (_, text) = parts.last_mut().context("a comment starts with its line")?;
                text.push(' ');
                text.push_str(line);
            }
        }
    }
    let find = |key: &str| {
        parts
            .iter()
            .find(|(found, _)| *found == key)
            .map(|(_, text)| text.clone())
    };
    let (line, text) = parts.first().cloned().context("a comment has lines")?;
    let (refused, client) = (find("Refused"), find("Client"));
    ensure!(
        refused.is_some() || client.is_some(),
        "{test} does not say what refuses"
    );
    let refused: Vec<String> = refused
        .unwrap_or_default()
        .split(", ")
        .map(|rule| rule.trim().trim_end_matches('.').to_owned())
        .filter(|rule| !rule.is_empty())
        .collect();
    for rule in &refused {
        ensure!(
            code.contains(rule.as_str()),
            "{test} does not name the rule {rule} that its comment does"
        );
    }
    Ok(Attack {
        line: line.to_owned(),
        text,
        stock: find("Stock"),
        client,
        refused,
        test: test.to_owned(),
    })
}

fn write(attacks: &BTreeMap<(char, u32), Vec<Attack>>) -> Result<String> {
    let mut page = HEAD.to_owned();
    for (letter, title) in SECTIONS {
        writeln!(page, "\n## {letter}. {title}\n")?;
        page += "| line | what is tried | stock git | refused by | test |\n|---|---|---|---|---|\n";
        for ((_, number), several) in attacks.range((letter, 0)..=(letter, u32::MAX)) {
            for attack in several {
                let mut rules: Vec<String> = attack
                    .refused
                    .iter()
                    .map(|rule| format!("`{rule}`"))
                    .collect();
                rules.extend(attack.client.as_deref().map(cell));
                writeln!(
                    page,
                    "| {letter}{number} | {} | {} | {} | `{}` |",
                    cell(&attack.text),
                    cell(attack.stock.as_deref().unwrap_or("")),
                    rules.join(", "),
                    attack.test
                )?;
            }
        }
    }
    Ok(page)
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

const HEAD: &str = "# Attacks

Generated by `cargo xtask generate` from the tests in `tests/it/attacks`; do not edit.

Each line was made with stock git or raw objects against a real bare repository with the hooks installed.
Its test shows what stock git does where that is said, is refused by the rule that is named, has an accepted twin that differs only in the defect, and sees that all refs and objects are as before.
What the rules say is in [the reference of events](events.md).
";
