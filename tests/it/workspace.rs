//! The checkout under test: its files, and what cargo builds from it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The top folder of the checkout.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The text of a file, named from the top.
pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file that is tracked or would be, from the top, sorted.
pub(crate) fn files() -> &'static [String] {
    static FILES: OnceLock<Vec<String>> = OnceLock::new();
    FILES.get_or_init(|| {
        let output = Command::new("git")
            .args([
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ])
            .current_dir(root())
            .output()
            .unwrap();
        assert!(output.status.success(), "git ls-files failed");
        let mut files: Vec<String> = String::from_utf8(output.stdout)
            .unwrap()
            .split_terminator('\0')
            .map(str::to_owned)
            // A file that was deleted but not yet from the index.
            .filter(|file| root().join(file).is_file())
            .collect();
        files.sort();
        files.dedup();
        files
    })
}

/// The files of a language, by their extension.
pub(crate) fn files_with(extension: &str) -> impl Iterator<Item = &'static str> {
    let suffix = format!(".{extension}");
    files()
        .iter()
        .map(String::as_str)
        .filter(move |file| file.ends_with(&suffix))
}

/// Runs cargo in the checkout and returns what it prints.
pub(crate) fn cargo(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(args)
        .current_dir(root())
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {args:?}:\n{stderr}");
    String::from_utf8(output.stdout).unwrap()
}

/// The program `name` of the workspace, built once.
///
/// The whole workspace is selected, because cargo would otherwise unify features differently and build much anew.
pub(crate) fn program(name: &str) -> &'static Path {
    static PROGRAMS: OnceLock<BTreeMap<String, PathBuf>> = OnceLock::new();
    let programs = PROGRAMS.get_or_init(|| {
        let args = ["build", "--workspace", "--bins", "--message-format=json"];
        artifacts(&cargo(&args), "executable")
    });
    programs
        .get(name)
        .unwrap_or_else(|| panic!("no program {name} among {:?}", programs.keys()))
}

/// The wasm32 build of the golden tests' interface to the core, built once.
pub(crate) fn wasm_module() -> &'static Path {
    static MODULE: OnceLock<PathBuf> = OnceLock::new();
    MODULE.get_or_init(|| {
        let target = ["--target", "wasm32-unknown-unknown", "--profile", "wasm"];
        let package = [
            "build",
            "-p",
            "touchmark-wasm-tests",
            "--message-format=json",
        ];
        let printed = cargo(&[package, [target[0], target[1], target[2], target[3]]].concat());
        let built = artifacts(&printed, "filenames");
        built["touchmark_wasm_tests"].clone()
    })
}

/// Paths by target name in cargo's messages: `executable`, or the first wasm file of `filenames`.
fn artifacts(messages: &str, field: &str) -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    for line in messages.lines() {
        let message: serde_json::Value = serde_json::from_str(line).unwrap();
        let path = match &message[field] {
            serde_json::Value::String(path) => Some(path.as_str()),
            serde_json::Value::Array(paths) => paths
                .iter()
                .filter_map(|path| path.as_str())
                .find(|path| path.ends_with(".wasm")),
            _ => None,
        };
        if let (Some(path), Some(name)) = (path, message["target"]["name"].as_str()) {
            found.insert(name.to_owned(), PathBuf::from(path));
        }
    }
    found
}
