//! Writes `docs/reference/attacks.md` from the comments on the tests that make the attacks.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

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

/// One attack, as its test describes it.
struct Attack {
    line: String,
    text: String,
    stock: Option<String>,
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
    for file in files {
        let path = file.path();
        let text = std::fs::read_to_string(&path)?;
        for attack in attacks_in(&text).with_context(|| path.display().to_string())? {
            for rule in &attack.refused {
                ensure!(
                    registry.rule.iter().any(|known| known.id == *rule),
                    "{}: there is no rule {rule}",
                    attack.test
                );
            }
            let key = place(&attack.line).context("a line is a letter and a number")?;
            attacks.entry(key).or_default().push(attack);
        }
    }
    write(&attacks)
}

/// `A12` as its section and its number.
fn place(line: &str) -> Option<(char, u32)> {
    let letter = line.chars().next()?;
    Some((letter, line.get(1..)?.parse().ok()?))
}

/// The attacks that a file of tests describes.
fn attacks_in(text: &str) -> Result<Vec<Attack>> {
    let mut attacks = Vec::new();
    let mut comment: Vec<&str> = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(said) = line.strip_prefix("///") {
            comment.push(said.trim());
        } else if line.starts_with("#[") {
            continue;
        } else {
            if let Some(name) = line.strip_prefix("fn ")
                && comment.first().is_some_and(|first| is_line(first))
            {
                let name = name.split('(').next().unwrap_or(name);
                let body: String = std::iter::from_fn(|| lines.next_if(|line| *line != "}"))
                    .map(|line| format!("{line}\n"))
                    .collect();
                attacks.push(attack(&comment, name, &body)?);
            }
            comment.clear();
        }
    }
    Ok(attacks)
}

/// Whether a comment starts as `A1: …`.
fn is_line(text: &str) -> bool {
    text.split_once(": ")
        .is_some_and(|(line, _)| place(line).is_some())
}

fn attack(comment: &[&str], test: &str, body: &str) -> Result<Attack> {
    let mut parts: Vec<(&str, String)> = Vec::new();
    for line in comment {
        match line.split_once(": ") {
            Some((key, rest)) if is_line(line) || key == "Stock" || key == "Refused" => {
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
    let refused: Vec<String> = find("Refused")
        .with_context(|| format!("{test} does not say what refuses"))?
        .split(", ")
        .map(|rule| rule.trim().trim_end_matches('.').to_owned())
        .collect();
    for rule in &refused {
        ensure!(
            body.contains(&format!("\"{rule}\"")),
            "{test} does not name the rule {rule} that its comment does"
        );
    }
    Ok(Attack {
        line: line.to_owned(),
        text,
        stock: find("Stock"),
        refused,
        test: test.to_owned(),
    })
}

fn write(attacks: &BTreeMap<(char, u32), Vec<Attack>>) -> Result<String> {
    let mut page = HEAD.to_owned();
    for (letter, title) in SECTIONS {
        writeln!(page, "\n## {letter}. {title}\n")?;
        page += "| line | what is tried | stock git | refused by | test |\n|---|---|---|---|---|\n";
        for (_, several) in attacks.range((letter, 0)..=(letter, u32::MAX)) {
            for attack in several {
                let rules: Vec<String> = attack
                    .refused
                    .iter()
                    .map(|rule| format!("`{rule}`"))
                    .collect();
                writeln!(
                    page,
                    "| {} | {} | {} | {} | `{}` |",
                    attack.line,
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
