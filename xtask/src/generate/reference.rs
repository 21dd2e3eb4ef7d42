//! The reference pages that the program prints of itself, so that they cannot say what it does not do.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

/// Pages as `touchmark reference` names them.
const PAGES: [&str; 5] = [
    "cli",
    "configuration",
    "environment",
    "errors",
    "exit-codes",
];

const NOTE: &str =
    "<!-- Printed by `touchmark reference PAGE` for `cargo xtask generate`; do not edit. -->\n\n";

/// Every such page with what it should hold; the program is built first.
pub(crate) fn files(root: &Path) -> Result<Vec<(PathBuf, String)>> {
    PAGES
        .iter()
        .map(|page| {
            let path = PathBuf::from(format!("docs/reference/{page}.md"));
            Ok((path, format!("{NOTE}{}", print(root, page)?)))
        })
        .collect()
}

fn print(root: &Path, page: &str) -> Result<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "run",
            "--quiet",
            "--bin",
            "touchmark",
            "--",
            "reference",
            page,
        ])
        .current_dir(root)
        .output()
        .context("running cargo")?;
    if !output.status.success() {
        bail!(
            "`touchmark reference {page}` failed:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(String::from_utf8(output.stdout)?)
}
