//! Values against their grammar in the registry, the prose beside it, and each other.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree as _;
use proptest::string::string_regex;
use regex::Regex;

use super::*;
use crate::text;

const SHA1: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
const SHA256: &str = "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321";
const REGISTRY: &str = include_str!("../../../events.toml");

mod grammar;
mod places;
mod tables;

/// The pattern of each value in the registry.
fn patterns() -> BTreeMap<String, String> {
    let registry: toml::Table = REGISTRY.parse().unwrap();
    let values = registry["value"].as_array().unwrap();
    let field = |value: &toml::Value, key: &str| value[key].as_str().unwrap().to_owned();
    values
        .iter()
        .map(|value| (field(value, "name"), field(value, "pattern")))
        .collect()
}

/// Reads `text` as a `T` in a repository of hash `kind`.
fn parse<T: Value>(kind: HashKind, text: &str) -> Option<T> {
    T::parse(kind, text)
}

/// What a type makes of a text: the text that it writes again, or nothing.
fn rewrite<T: Value>(kind: HashKind, text: &str) -> Option<String> {
    parse::<T>(kind, text).map(|value| value.write())
}

/// [`rewrite`] for the value that the registry calls `name`.
fn rewrite_as(name: &str, kind: HashKind, text: &str) -> Option<String> {
    match name {
        "oid" => rewrite::<ObjectId>(kind, text),
        "digest" => rewrite::<Digest>(kind, text),
        "nonce" => rewrite::<Nonce>(kind, text),
        "count" => rewrite::<u32>(kind, text),
        "time" => rewrite::<Time>(kind, text),
        "ref" => rewrite::<RefName>(kind, text),
        "person" => rewrite::<Person>(kind, text),
        "person-change" => rewrite::<PersonChange>(kind, text),
        "party" => rewrite::<Party>(kind, text),
        "label" => rewrite::<Label>(kind, text),
        "label-change" => rewrite::<LabelChange>(kind, text),
        "link-change" => rewrite::<LinkChange>(kind, text),
        "reaction-change" => rewrite::<ReactionChange>(kind, text),
        "name" => rewrite::<Name>(kind, text),
        "line" => rewrite::<Line>(kind, text),
        "url" => rewrite::<Url>(kind, text),
        "fingerprint" => rewrite::<Fingerprint>(kind, text),
        "comment-id" => rewrite::<CommentId>(kind, text),
        "anchor" => rewrite::<Anchor>(kind, text),
        "anchor-2" => rewrite::<Anchor2>(kind, text),
        "pusher" => rewrite::<Pusher>(kind, text),
        other => panic!("the registry has a value that no test knows: {other}"),
    }
}

/// Checks that the texts of `good` are accepted and those of `bad` are not, in a SHA-1 repository.
fn check(name: &str, good: &[&str], bad: &[&str]) {
    for text in good {
        let found = rewrite_as(name, HashKind::Sha1, text);
        assert_eq!(found.as_deref(), Some(*text), "{name}: {text:?}");
    }
    for text in bad {
        let found = rewrite_as(name, HashKind::Sha1, text);
        assert_eq!(found, None, "{name}: {text:?}");
    }
}
