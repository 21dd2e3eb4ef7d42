//! House style as a test. Where a rule has exceptions they are listed, and a list may only shrink.

use std::collections::BTreeSet;

use crate::workspace::{files, files_with, read, root};

/// Lines a Rust file may have, itself excluded.
const FILE_LINES: usize = 600;

/// Generated tables, which are as long as the registry makes them.
const LONG_FILES: &[&str] = &[
    "crates/touchmark-core/src/event/codec.rs",
    "crates/touchmark-core/src/event/registry.rs",
    "crates/touchmark-core/src/event/rule.rs",
];

/// Tests that another test starts in a process of their own.
const STARTED_BY_OTHERS: &[&str] = &["crates/touchmark-git/tests/it/child.rs"];

/// Fails with all offences at once.
#[track_caller]
fn none(rule: &str, offences: Vec<String>) {
    assert!(offences.is_empty(), "{rule}:\n  {}", offences.join("\n  "));
}

/// Every line of every Rust file that breaks a rule, with its place.
fn offending_lines(breaks: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    // This file names what it forbids.
    for file in files_with("rs").filter(|file| *file != "tests/it/tidy.rs") {
        for (index, line) in read(file).lines().enumerate() {
            if breaks(line) {
                found.push(format!("{file}:{}: {}", index + 1, line.trim()));
            }
        }
    }
    found
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent = files_with("rs").filter(|file| !read(file).starts_with("//! "));
    none(
        "a file starts with `//!` and a sentence",
        silent.map(str::to_owned).collect(),
    );
}

#[test]
fn files_are_short() {
    let too_long = files_with("rs").filter(|file| read(file).lines().count() >= FILE_LINES);
    let unlisted = too_long.filter(|file| !LONG_FILES.contains(file));
    none(
        "a file has less than 600 lines",
        unlisted.map(str::to_owned).collect(),
    );
    let idle = LONG_FILES
        .iter()
        .filter(|file| !root().join(file).exists() || read(file).lines().count() < FILE_LINES);
    none(
        "an exception that is not needed any more is removed",
        idle.map(|file| (*file).to_owned()).collect(),
    );
}

#[test]
fn modules_have_a_subject() {
    let empty_words = ["util", "utils", "helper", "helpers", "common", "misc"];
    let named = |file: &&str| {
        file.split('/')
            .any(|part| empty_words.contains(&part.trim_end_matches(".rs")))
    };
    none(
        "a module is named for what it is about",
        files_with("rs").filter(named).map(str::to_owned).collect(),
    );
}

#[test]
fn nothing_is_left_for_later() {
    let marks = ["todo!", "unimplemented!", "FIXME", "XXX", "TODO"];
    let found = offending_lines(|line| marks.iter().any(|mark| line.contains(mark)));
    none("work is done or not begun", found);
}

#[test]
fn no_test_is_skipped() {
    let skipped = offending_lines(|line| line.contains("#[ignore"));
    let unlisted = skipped
        .into_iter()
        .filter(|place| !STARTED_BY_OTHERS.iter().any(|file| place.starts_with(file)));
    none("a test that is skipped tests nothing", unlisted.collect());
}

#[test]
fn lints_are_expected_not_allowed() {
    let found = offending_lines(|line| line.contains("#[allow(") || line.contains("#![allow("));
    none("`#[expect(…, reason = \"…\")]` instead of allow", found);
}

#[test]
fn no_file_knows_this_machine() {
    let mut found = Vec::new();
    for file in files().iter().filter(|file| *file != "tests/it/tidy.rs") {
        let bytes = std::fs::read(root().join(file)).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let mut homes = ["/work/", "/root/", "/home/"].iter();
        if let Some(path) = homes.find(|path| holds_path(&text, path)) {
            found.push(format!("{file}: {path}"));
        }
        if text.contains(&format!("{}/", root().display())) {
            found.push(format!("{file}: the checkout's own path"));
        }
    }
    none(
        "a tracked file names no folder of somebody's machine",
        found,
    );
}

/// Whether `path` stands in the text as the start of an absolute path, not inside a longer one.
fn holds_path(text: &str, path: &str) -> bool {
    text.match_indices(path).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        before.is_none_or(|before| !before.is_alphanumeric() && !"-._/*]}$".contains(before))
    })
}

#[test]
fn the_map_of_the_code_is_true() {
    let page = read("docs/architecture.md");
    let map = page
        .split("## Code map")
        .nth(1)
        .and_then(|rest| rest.split("\n## ").next())
        .unwrap();
    let named: BTreeSet<&str> = map
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    assert!(
        named.len() > 5,
        "the code map is a table of paths in backticks"
    );
    let missing = named.iter().filter(|path| !root().join(path).exists());
    none(
        "what the map names exists",
        missing.map(|path| (*path).to_owned()).collect(),
    );
    let crates = files_with("toml").filter_map(|file| file.strip_suffix("/Cargo.toml"));
    let unnamed = crates.filter(|path| !named.contains(path));
    none(
        "every crate is on the map",
        unnamed.map(str::to_owned).collect(),
    );
}

#[test]
fn folders_of_crates_are_their_names() {
    let manifests = files_with("toml").filter(|file| file.starts_with("crates/"));
    for manifest in manifests.filter(|file| file.ends_with("/Cargo.toml")) {
        let parsed: toml::Table = read(manifest).parse().unwrap();
        let name = parsed["package"]["name"].as_str().unwrap();
        assert_eq!(manifest, format!("crates/{name}/Cargo.toml"));
        assert_eq!(
            parsed["lints"]["workspace"].as_bool(),
            Some(true),
            "{manifest}"
        );
    }
}
