//! The status of each requirement: `docs/requirements.toml` to its page, with every claim of it checked.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

/// Where functions that prove something are looked for.
const SOURCES: [&str; 3] = ["crates", "tests", "xtask"];

const NOTE: &str =
    "<!-- Generated from docs/requirements.toml by `cargo xtask generate`; do not edit. -->\n\n";

const INTRODUCTION: &str = "# Requirements and their status

What is required, whether it is there, where it is, and what proves it.
*done* means that the outcome can be seen and is tested; *partial* says what is missing.
The check fails when a file is gone, a test does not exist, or something is done without proof.

";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Requirements {
    requirement: Vec<Requirement>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Requirement {
    id: String,
    feature: String,
    /// What can be seen when it is there.
    outcome: String,
    status: Status,
    /// What a partial one lacks.
    #[serde(default)]
    missing: String,
    /// Files and folders of the code.
    code: Vec<String>,
    /// Test functions by their names.
    #[serde(default)]
    tests: Vec<String>,
    /// Commands that prove it, besides or instead of tests.
    #[serde(default)]
    commands: Vec<String>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Status {
    Done,
    Partial,
}

/// The page, if everything that it claims is there.
pub(crate) fn page(root: &Path, text: &str) -> Result<String> {
    let requirements: Requirements = toml::from_str(text)?;
    let functions = functions(root)?;
    let mut seen = BTreeSet::new();
    let mut faults = Vec::new();
    for one in &requirements.requirement {
        if !seen.insert(one.id.as_str()) {
            faults.push(format!("{} stands twice", one.id));
        }
        faults.extend(check(root, one, &functions));
    }
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(render(&requirements))
}

fn check(root: &Path, one: &Requirement, functions: &BTreeSet<String>) -> Vec<String> {
    let id = &one.id;
    let mut faults = Vec::new();
    for path in one.code.iter().filter(|path| !root.join(path).exists()) {
        faults.push(format!("{id}: {path} does not exist"));
    }
    for test in one.tests.iter().filter(|test| !functions.contains(*test)) {
        faults.push(format!("{id}: no test is called {test}"));
    }
    if one.code.is_empty() {
        faults.push(format!("{id} names no code"));
    }
    match one.status {
        Status::Done if one.tests.is_empty() && one.commands.is_empty() => {
            faults.push(format!("{id} is done and nothing proves it"));
        }
        Status::Done if !one.missing.is_empty() => {
            faults.push(format!("{id} is done and yet something is missing"));
        }
        Status::Partial if one.missing.is_empty() => {
            faults.push(format!("{id} is partial and does not say what is missing"));
        }
        _ => {}
    }
    faults
}

/// The names of all test functions of the sources, in Rust and Python.
fn functions(root: &Path) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for folder in SOURCES {
        collect(&root.join(folder), &mut names)?;
    }
    Ok(names)
}

fn collect(folder: &Path, names: &mut BTreeSet<String>) -> Result<()> {
    let failed = || format!("reading {}", folder.display());
    for entry in fs::read_dir(folder).with_context(failed)? {
        let path = entry.with_context(failed)?.path();
        if path.is_dir() {
            collect(&path, names)?;
            continue;
        }
        let extension = path.extension().and_then(|extension| extension.to_str());
        if !matches!(extension, Some("rs" | "py")) {
            continue;
        }
        let text =
            fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        let mut is_test = extension == Some("py");
        for line in text.lines().map(str::trim) {
            if line == "#[test]" {
                is_test = true;
            } else if let Some(name) = name_of(line) {
                if is_test {
                    names.insert(name.to_owned());
                }
                is_test = extension == Some("py");
            }
        }
    }
    Ok(())
}

/// The name in a line that starts a function.
fn name_of(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("fn ").or_else(|| {
        line.strip_prefix("def test")
            .map(|_| line.trim_start_matches("def "))
    })?;
    rest.split(['(', '<']).next()
}

fn render(requirements: &Requirements) -> String {
    let mut page = format!("{NOTE}{INTRODUCTION}| id | requirement | status |\n|---|---|---|\n");
    for one in &requirements.requirement {
        let anchor = one.id.to_lowercase();
        let _ = writeln!(
            page,
            "| [{}](#{anchor}) | {} | {} |",
            one.id,
            one.feature,
            word(one.status)
        );
    }
    for one in &requirements.requirement {
        let _ = write!(
            page,
            "\n## {}\n\n{}: *{}*.\n\n",
            one.id,
            one.feature,
            word(one.status)
        );
        let _ = writeln!(page, "{}\n", one.outcome.trim());
        if !one.missing.is_empty() {
            let _ = writeln!(page, "Missing: {}\n", one.missing.trim());
        }
        let _ = writeln!(page, "- Code: {}", list(&one.code));
        if !one.tests.is_empty() {
            let _ = writeln!(page, "- Tests: {}", list(&one.tests));
        }
        if !one.commands.is_empty() {
            let _ = writeln!(page, "- Commands: {}", list(&one.commands));
        }
    }
    page
}

const fn word(status: Status) -> &'static str {
    match status {
        Status::Done => "done",
        Status::Partial => "partial",
    }
}

fn list(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|item| format!("`{item}`")).collect();
    items.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: &str = r#"[[requirement]]
id = "X-01"
feature = "Something"
outcome = "It can be seen."
status = "done"
code = ["xtask/src"]
tests = ["an_untrue_claim_is_refused"]
"#;

    #[test]
    fn an_untrue_claim_is_refused() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let page = page(&root, SOUND).expect("it is sound");
        assert!(page.contains("| [X-01](#x-01) | Something | done |"));
        for (from, to, fault) in [
            ("xtask/src", "xtask/gone", "xtask/gone does not exist"),
            (
                "an_untrue_claim",
                "an_absent_claim",
                "no test is called an_absent_claim_is_refused",
            ),
            ("tests = [", "commands = [] #", "nothing proves it"),
            ("\"done\"", "\"partial\"", "does not say what is missing"),
            ("\"done\"", "\"nearly\"", "unknown variant"),
        ] {
            let error = super::page(&root, &SOUND.replace(from, to)).expect_err(to);
            assert!(format!("{error:#}").contains(fault), "{to}: {error:#}");
        }
        let twice = super::page(&root, &SOUND.repeat(2)).expect_err("twice");
        assert!(twice.to_string().contains("stands twice"));
    }
}
