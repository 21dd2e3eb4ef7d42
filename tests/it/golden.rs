//! Golden logs replay to the same bytes for ever: in Rust on this machine, in Rust on wasm32, and in Python.

use std::process::Command;

use touchmark_wasm_tests::golden;

use crate::wasm::Wasm;
use crate::workspace::{files, read, root};

/// How many logs there are at least.
const LOGS: usize = 40;

/// Name and text of every golden log.
fn logs() -> Vec<(&'static str, String)> {
    let in_folder = files()
        .iter()
        .filter_map(|file| file.strip_prefix("tests/golden/"));
    let names = in_folder.filter_map(|file| file.strip_suffix(".json"));
    names
        .filter(|name| !name.ends_with(".expected"))
        .map(|name| (name, read(&format!("tests/golden/{name}.json"))))
        .collect()
}

/// Compares every log's document with the expected one.
fn compare(mut document: impl FnMut(&str) -> String) {
    let mut differing = Vec::new();
    for (name, log) in logs() {
        let expected = read(&format!("tests/golden/{name}.expected.json"));
        let actual = document(&log);
        if actual != expected {
            differing.push(format!("{name}: {}", first_difference(&expected, &actual)));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

fn first_difference(expected: &str, actual: &str) -> String {
    let mut lines = expected.lines().zip(actual.lines()).enumerate();
    match lines.find(|(_, (expected, actual))| expected != actual) {
        Some((index, (expected, actual))) => {
            format!("line {}: expected {expected:?}, got {actual:?}", index + 1)
        }
        None => "one is longer than the other".to_owned(),
    }
}

#[test]
fn there_are_enough_of_both_hashes() {
    let logs = logs();
    assert!(logs.len() >= LOGS, "{} golden logs of {LOGS}", logs.len());
    for hash in ["sha1", "sha256"] {
        let named = logs
            .iter()
            .filter(|(_, log)| log.contains(&format!("\"hash\": \"{hash}\"")));
        assert!(named.count() >= 5, "too few golden logs are {hash}");
    }
}

#[test]
fn every_kind_is_accepted_in_one() {
    let registry: toml::Table = read("crates/touchmark-core/events.toml").parse().unwrap();
    let logs = logs();
    let mut missing = Vec::new();
    for kind in registry["kind"].as_array().unwrap() {
        let tag = format!(
            "Forge-Event: {}/{}",
            kind["name"].as_str().unwrap(),
            kind["version"].as_integer().unwrap()
        );
        if !logs.iter().any(|(_, log)| log.contains(&tag)) {
            missing.push(tag);
        }
    }
    assert!(missing.is_empty(), "no golden log has {missing:?}");
}

#[test]
fn every_rule_of_reading_is_broken_in_one() {
    let registry: toml::Table = read("crates/touchmark-core/events.toml").parse().unwrap();
    let expected: String = logs()
        .iter()
        .map(|(name, _)| read(&format!("tests/golden/{name}.expected.json")))
        .collect();
    let rules = registry["rule"].as_array().unwrap().iter();
    let missing: Vec<_> = rules
        .filter(|rule| rule["stage"].as_str() != Some("decide"))
        .filter_map(|rule| rule["id"].as_str())
        .filter(|id| !expected.contains(&format!("\"rule\": \"{id}\"")))
        .collect();
    assert!(
        missing.is_empty(),
        "no golden log is refused by {missing:?}"
    );
}

#[test]
fn rust_agrees() {
    compare(|log| golden::document(log).unwrap_or_else(|error| format!("error: {error}")));
}

#[test]
fn rust_on_wasm32_agrees() {
    let mut wasm = Wasm::start();
    compare(|log| wasm.document(log));
}

#[test]
fn python_agrees() {
    let output = Command::new("python3")
        .args(["tests/verifier/verify.py", "--check", "tests/golden"])
        .current_dir(root())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}{complaint}");
}

#[test]
fn a_changed_log_is_noticed() {
    let mut noticed = 0;
    for (name, log) in logs().iter().take(5) {
        let expected = read(&format!("tests/golden/{name}.expected.json"));
        let changed = log.replacen("Forge-Event: ", "Forge-event: ", 1);
        let document = golden::document(&changed).unwrap_or_default();
        noticed += usize::from(document != expected);
    }
    assert_eq!(noticed, logs().len().min(5));
}
