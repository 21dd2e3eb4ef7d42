//! The form of events, rule by rule: every rule has twins, two commits that differ only in one defect.

mod headers;
mod laws;
mod messages;
mod signatures;
mod trailers;
mod trees;
mod writing;

use std::collections::BTreeSet;

use sha2::Digest as _;

use super::{Event, Rule, Verify, decode};
use crate::id::{HashKind, ObjectId};
use crate::object::{MODE_FILE, MODE_TREE, ObjectType, Objects, TreeEntry, write_tree};
use crate::refusal::Refusal;
use crate::sign::SecretKey;

const HASHES: [HashKind; 2] = [HashKind::Sha1, HashKind::Sha256];

/// A commit with all that it needs.
#[derive(Clone)]
struct Commit {
    objects: Objects,
    raw: Vec<u8>,
}

/// Two commits that differ in one defect: the first is accepted, the second refused by `rule`.
struct Twins {
    rule: Rule,
    /// What the defect is.
    name: String,
    good: Commit,
    bad: Commit,
}

impl Commit {
    fn new(hash: HashKind, raw: impl Into<Vec<u8>>) -> Self {
        Self {
            objects: Objects::new(hash),
            raw: raw.into(),
        }
    }

    fn decode(&self, verify: Verify) -> Result<Event, Refusal> {
        let mut objects = self.objects.clone();
        let id = objects.insert(ObjectType::Commit, self.raw.clone());
        decode(&objects, &id.expect("no collision"), verify)
    }
}

/// The key of a test person: the seed is the first half of SHA-512 of the name.
fn secret(name: &str) -> SecretKey {
    SecretKey::from_seed(&seed(name))
}

fn seed(name: &str) -> [u8; 32] {
    let digest = sha2::Sha512::digest(name);
    std::array::from_fn(|index| digest[index])
}

/// The id that consists of one digit.
fn id(hash: HashKind, digit: char) -> ObjectId {
    let hex = String::from(digit).repeat(hash.hex_len());
    ObjectId::from_hex(&hex).expect("hexadecimal")
}

/// Fills in `{alice}`, `{empty}` (the empty tree), `{repo}` and the ids `{1}` to `{f}`.
fn fill(hash: HashKind, template: &str) -> String {
    let mut text = template
        .replace("{alice}", "Alice <alice@example.com> 1760000000 +0200")
        .replace("{empty}", &hash.empty_tree().to_string())
        .replace("{repo}", &"5".repeat(64));
    for digit in "123456789abcdef".chars() {
        text = text.replace(&format!("{{{digit}}}"), &id(hash, digit).to_string());
    }
    text
}

/// A commit from a template of what is signed, signed by Alice.
fn signed(hash: HashKind, template: &str) -> Commit {
    let payload = fill(hash, template);
    Commit::new(hash, secret("alice").sign_commit(payload.as_bytes(), hash))
}

/// Twins whose defect is signed: `from` is replaced by `to` in the template.
fn edited(hash: HashKind, rule: Rule, template: &str, from: &str, to: &str) -> Twins {
    assert!(template.contains(from), "{from:?} is not in the template");
    Twins {
        rule,
        name: format!("{from:?} to {to:?}"),
        good: signed(hash, template),
        bad: signed(hash, &template.replacen(from, to, 1)),
    }
}

/// Twins whose defect came after the signature.
fn tampered(hash: HashKind, rule: Rule, template: &str, from: &str, to: &str) -> Twins {
    let good = signed(hash, template);
    let (from, to) = (fill(hash, from), fill(hash, to));
    let text = String::from_utf8(good.raw.clone()).expect("a template is text");
    assert!(text.contains(&from), "{from:?} is not in the commit");
    Twins {
        rule,
        name: format!("{from:?} to {to:?} afterwards"),
        bad: Commit::new(hash, text.replacen(&from, &to, 1)),
        good,
    }
}

/// What a tree's entry is in a test.
#[derive(Clone)]
enum Entry {
    File(Vec<u8>),
    /// A file with another mode.
    Odd(u32),
    /// A file or directory that is not in the repository.
    Missing(u32),
    /// A directory without entries.
    EmptyDirectory,
}

fn file(content: impl Into<Vec<u8>>) -> Entry {
    Entry::File(content.into())
}

/// Stores a tree of these paths and returns its id.
fn store(objects: &mut Objects, entries: &[(String, Entry)]) -> ObjectId {
    let mut found: Vec<(u32, String, ObjectId)> = Vec::new();
    let mut done = BTreeSet::new();
    for (path, entry) in entries {
        if let Some((directory, _)) = path.split_once('/') {
            if !done.insert(directory.to_owned()) {
                continue;
            }
            let below: Vec<(String, Entry)> = entries
                .iter()
                .filter_map(|(path, entry)| {
                    let rest = path.strip_prefix(directory)?.strip_prefix('/')?;
                    Some((rest.to_owned(), entry.clone()))
                })
                .collect();
            found.push((MODE_TREE, directory.to_owned(), store(objects, &below)));
            continue;
        }
        let (mode, id) = match entry {
            Entry::File(content) => (MODE_FILE, insert(objects, ObjectType::Blob, content)),
            Entry::Odd(mode) => (*mode, insert(objects, ObjectType::Blob, b"odd\n")),
            Entry::Missing(mode) => (*mode, id(objects.kind(), 'd')),
            Entry::EmptyDirectory => (MODE_TREE, objects.kind().empty_tree()),
        };
        found.push((mode, path.clone(), id));
    }
    let entries = found.iter().map(|(mode, name, id)| TreeEntry {
        mode: *mode,
        name: name.as_bytes(),
        id: *id,
    });
    let tree = write_tree(entries);
    insert(objects, ObjectType::Tree, &tree)
}

fn insert(objects: &mut Objects, object_type: ObjectType, content: &[u8]) -> ObjectId {
    objects
        .insert(object_type, content.to_vec())
        .expect("no collision")
}

fn all_twins(hash: HashKind) -> Vec<Twins> {
    [
        headers::twins(hash),
        signatures::twins(hash),
        messages::twins(hash),
        trailers::twins(hash),
        trees::twins(hash),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What is wrong with these twins, if anything.
fn judge(twins: &Twins) -> Option<String> {
    if let Err(refusal) = twins.good.decode(Verify::Full) {
        return Some(format!("the good twin is refused: {refusal}"));
    }
    for verify in [Verify::Full, Verify::Trusted] {
        match twins.bad.decode(verify) {
            // Without verification, a bad signature need not show.
            Ok(_) if twins.rule == Rule::SignatureBad && verify == Verify::Trusted => {}
            Ok(_) => return Some(format!("{verify:?}: accepted")),
            Err(refusal) if refusal.rule == twins.rule => {}
            Err(refusal) => return Some(format!("{verify:?}: {refusal}")),
        }
    }
    None
}

#[test]
fn defects_are_refused_by_their_rule() {
    let mut failures = Vec::new();
    for hash in HASHES {
        for twins in all_twins(hash) {
            let context = format!("{}, {}, {}", hash.name(), twins.rule.id(), twins.name);
            failures.extend(judge(&twins).map(|found| format!("{context}: {found}")));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_rule_of_form_has_twins() {
    let needed: BTreeSet<&str> = Rule::ALL
        .iter()
        .filter(|rule| matches!(rule.stage(), "read" | "form"))
        .map(|rule| rule.id())
        .collect();
    for hash in HASHES {
        let covered: BTreeSet<&str> = all_twins(hash)
            .iter()
            .map(|twins| twins.rule.id())
            .collect();
        assert_eq!(covered, needed);
    }
}
