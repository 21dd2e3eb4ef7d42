//! Links between pages lead somewhere.

use std::path::{Component, Path, PathBuf};

use crate::workspace::{files_with, read, root};

/// The targets of a page's links, code blocks and spans aside.
fn targets(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut in_block = false;
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
            continue;
        }
        if in_block {
            continue;
        }
        let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("``");
        for rest in prose.split("](").skip(1) {
            if let Some((target, _)) = rest.split_once(')') {
                found.push(target.to_owned());
            }
        }
    }
    found
}

/// The name that a heading can be linked by, as the usual renderers make it.
fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    text.chars()
        .filter_map(|c| match c {
            ' ' => Some('-'),
            '-' | '_' => Some(c),
            c if c.is_alphanumeric() => Some(c),
            _ => None,
        })
        .collect()
}

/// Why a link of `page` leads nowhere, if it does not.
fn fault(page: &str, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (path, heading) = target.split_once('#').unwrap_or((target, ""));
    let file = if path.is_empty() {
        PathBuf::from(page)
    } else {
        normal(&Path::new(page).parent().unwrap().join(path))
    };
    let full = root().join(&file);
    if !full.exists() {
        return Some(format!("{page}: {target} does not exist"));
    }
    if heading.is_empty() {
        return None;
    }
    let text = std::fs::read_to_string(full).unwrap_or_default();
    let mut headings = text.lines().filter(|line| line.starts_with('#'));
    if headings.any(|line| anchor(line) == heading) {
        return None;
    }
    Some(format!("{page}: {target}: no heading is called so"))
}

/// A path without `..`.
fn normal(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                parts.pop();
            }
            Component::Normal(name) => parts.push(name),
            _ => {}
        }
    }
    parts
}

#[test]
fn links_lead_somewhere() {
    let mut faults = Vec::new();
    let mut count = 0;
    for page in files_with("md") {
        for target in targets(&read(page)) {
            count += 1;
            faults.extend(fault(page, &target));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(count > 10, "the links were found: {count}");
}

#[test]
fn a_broken_link_is_noticed() {
    let page = "a [b](gone.md) and `[c](no-link.md)`\n```\n[d](no-link.md)\n```\n[e](#x-y)[f](../README.md)\n";
    assert_eq!(targets(page), ["gone.md", "#x-y", "../README.md"]);
    assert!(fault("docs/architecture.md", "gone.md").is_some());
    assert!(fault("docs/architecture.md", "../README.md").is_none());
    assert!(fault("docs/architecture.md", "#invariants").is_none());
    assert!(fault("docs/architecture.md", "#variants").is_some());
    assert_eq!(anchor("## `touchmark pr open`"), "touchmark-pr-open");
}
