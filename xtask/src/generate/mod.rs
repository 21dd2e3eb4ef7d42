//! `cargo xtask generate`: everything that is made from the registry, the program's own manual, and the requirements.

mod attacks;
mod page;
mod payload;
mod reference;
mod requirements;
mod rust;
mod schema;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};

use schema::Registry;

const CORE: &str = "crates/touchmark-core";

/// Every file that is made from the registry, with what it should hold.
fn registry_files(root: &Path) -> Result<Vec<(PathBuf, String)>> {
    let read = |path: &str| {
        let path = root.join(path);
        fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))
    };
    let registry =
        Registry::parse(&read(&format!("{CORE}/events.toml"))?).context("events.toml")?;
    let event = |name: &str| PathBuf::from(format!("{CORE}/src/event/{name}"));
    Ok(vec![
        (event("rule.rs"), format(root, &rust::rules(&registry))?),
        (
            event("registry.rs"),
            format(root, &rust::registry(&registry)?)?,
        ),
        (
            event("payload.rs"),
            format(root, &payload::structs(&registry)?)?,
        ),
        (
            event("codec.rs"),
            format(root, &payload::codec(&registry)?)?,
        ),
        (
            PathBuf::from("docs/reference/events.md"),
            page::page(&registry, &read(&format!("{CORE}/events.md"))?)?,
        ),
        (
            PathBuf::from("docs/reference/attacks.md"),
            attacks::page(root, &registry)?,
        ),
    ])
}

/// The page of requirements.
fn requirements_file(root: &Path) -> Result<(PathBuf, String)> {
    let source = "docs/requirements.toml";
    let text =
        fs::read_to_string(root.join(source)).with_context(|| format!("reading {source}"))?;
    let page = requirements::page(root, &text).context(source)?;
    Ok((PathBuf::from("docs/reference/requirements.md"), page))
}

/// Writes the generated files, or with `check` fails if one differs.
pub(crate) fn run(root: &Path, check: bool) -> Result<()> {
    // The program is built from the registry's files, so these are written before it prints its pages.
    let mut stale = settle(root, registry_files(root)?, check)?;
    stale.extend(settle(root, reference::files(root)?, check)?);
    stale.extend(settle(root, vec![requirements_file(root)?], check)?);
    ensure!(
        stale.is_empty(),
        "stale: {}\nrun `cargo xtask generate` and commit what changes",
        stale.join(", ")
    );
    Ok(())
}

/// Writes the files that differ, or with `check` only names them.
fn settle(root: &Path, files: Vec<(PathBuf, String)>, check: bool) -> Result<Vec<String>> {
    let mut stale = Vec::new();
    for (path, text) in files {
        let full = root.join(&path);
        if fs::read_to_string(&full).is_ok_and(|current| current == text) {
            continue;
        }
        if check {
            stale.push(path.display().to_string());
            continue;
        }
        let folder = full.parent().context("a generated file has a folder")?;
        fs::create_dir_all(folder)?;
        fs::write(&full, text).with_context(|| format!("writing {}", full.display()))?;
    }
    Ok(stale)
}

/// Formats Rust source as `cargo fmt` would.
fn format(root: &Path, source: &str) -> Result<String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout"])
        .current_dir(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("running rustfmt")?;
    child
        .stdin
        .take()
        .context("rustfmt has no input")?
        .write_all(source.as_bytes())?;
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("rustfmt refuses the generated code:\n{source}");
    }
    Ok(String::from_utf8(output.stdout)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_files_are_fresh() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        run(&root, true).expect("generated files match the registry");
    }
}
