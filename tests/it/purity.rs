//! The core is pure, and each crate stays within its borders.

use std::collections::BTreeSet;

use crate::workspace::{cargo, files_with, read};

/// What the sources of a pure crate may not name.
const IMPURE: &[&str] = &[
    "async ",
    ".await",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "thread::",
    "SystemTime",
    "Instant",
    "env!(",
    "HashMap",
    "HashSet",
    "println!",
    "eprintln!",
    "unsafe",
    "static mut",
];

/// Everything that the core depends on, itself included, on any platform: arithmetic, hashes, text.
/// (`libc` is how `cpufeatures` asks some processors what they can do; the code is not linked elsewhere.)
const CORE_DEPENDENCIES: &[&str] = &[
    "base64ct",
    "block-buffer",
    "cfg-if",
    "cpufeatures",
    "crypto-common",
    "curve25519-dalek",
    "curve25519-dalek-derive",
    "digest",
    "ed25519",
    "ed25519-dalek",
    "fiat-crypto",
    "generic-array",
    "hybrid-array",
    "itoa",
    "libc",
    "memchr",
    "proc-macro2",
    "quote",
    "serde",
    "serde_core",
    "serde_derive",
    "serde_json",
    "serde_spanned",
    "sha1",
    "sha1-checked",
    "sha2",
    "signature",
    "similar",
    "subtle",
    "syn",
    "thiserror",
    "thiserror-impl",
    "tinyvec",
    "toml",
    "toml_datetime",
    "toml_parser",
    "touchmark-core",
    "typenum",
    "unicode-ident",
    "unicode-normalization",
    "winnow",
    "zeroize",
    "zmij",
];

fn dependencies(package: &str) -> BTreeSet<String> {
    let args = [
        "tree", "-p", package, "-e", "normal", "--target", "all", "--prefix", "none", "--format",
        "{p}",
    ];
    cargo(&args)
        .lines()
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_core_s_sources_are_pure() {
    let mut found = Vec::new();
    let sources = files_with("rs").filter(|file| file.starts_with("crates/touchmark-core/src/"));
    for file in sources.filter(|file| !file.contains("/tests")) {
        let text = read(file);
        // What a unit test needs is the test's own affair.
        let code = text
            .split("#[cfg(test)]\nmod tests {")
            .next()
            .unwrap_or_default();
        for (index, line) in code.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if let Some(word) = IMPURE.iter().find(|word| code.contains(**word)) {
                found.push(format!("{file}:{}: {word}", index + 1));
            }
        }
    }
    assert!(
        found.is_empty(),
        "no I/O, clock, environment, thread or async:\n{}",
        found.join("\n")
    );
}

#[test]
fn the_core_depends_on_what_is_listed() {
    let listed: BTreeSet<String> = CORE_DEPENDENCIES
        .iter()
        .map(|name| (*name).to_owned())
        .collect();
    let actual = dependencies("touchmark-core");
    let new: Vec<_> = actual.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&actual).collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "new: {new:?}; not there any more: {gone:?}"
    );
}

#[test]
fn the_core_has_its_own_bans() {
    let bans = read("crates/touchmark-core/clippy.toml");
    for path in [
        "std::time::SystemTime",
        "std::time::Instant",
        "std::fs::File",
        "std::env::var",
        "std::process::Command",
    ] {
        assert!(bans.contains(path), "{path}");
    }
    // A crate's own file replaces the root's, so it repeats what the root says.
    for line in read("clippy.toml").lines() {
        assert!(bans.contains(line), "{line}");
    }
}

#[test]
fn only_touchmark_git_knows_gix() {
    for manifest in files_with("toml").filter(|file| file.ends_with("Cargo.toml")) {
        let own = manifest == "crates/touchmark-git/Cargo.toml";
        let direct = read(manifest).lines().any(|line| line.starts_with("gix"));
        assert_eq!(direct, own || manifest == "Cargo.toml", "{manifest}");
    }
    let leaked = files_with("rs").filter(|file| !file.starts_with("crates/touchmark-git/"));
    let named: Vec<_> = leaked
        .filter(|file| *file != "tests/it/purity.rs" && read(file).contains("gix::"))
        .collect();
    assert!(named.is_empty(), "{named:?}");
}

#[test]
fn the_workspace_forbids_unsafe_code() {
    let parsed: toml::Table = read("Cargo.toml").parse().unwrap();
    assert_eq!(
        parsed["workspace"]["lints"]["rust"]["unsafe_code"].as_str(),
        Some("forbid")
    );
    let members = files_with("toml").filter(|file| file.ends_with("/Cargo.toml"));
    for member in members.filter(|file| !file.starts_with("fuzz/")) {
        let inherits = read(member).contains("[lints]\nworkspace = true");
        assert_eq!(inherits, member != "tests/wasm/Cargo.toml", "{member}");
    }
}
