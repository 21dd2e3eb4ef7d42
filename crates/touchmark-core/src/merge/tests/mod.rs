//! Tests of the merge rule: tables, laws, and a second implementation written from the rule's words alone.

mod hostile;
mod laws;
mod text;
mod tree;

use std::collections::{BTreeMap, BTreeSet};

use super::tree::{Limits, Outcome, Refused, Step, Supply, start};
use crate::id::{HashKind, ObjectId};
use crate::object::{MODE_TREE, ObjectType, Objects, TreeEntry, parse_tree, write_tree};

const HASH: HashKind = HashKind::Sha1;

/// Files by path: a mode, a space, the content.
type Files = BTreeMap<String, String>;

fn files<'a>(list: impl IntoIterator<Item = (&'a str, &'a str)>) -> Files {
    let owned = |(path, file): (&str, &str)| (path.to_owned(), file.to_owned());
    list.into_iter().map(owned).collect()
}

/// Writes the files as trees.
fn store(objects: &mut Objects, files: &Files) -> ObjectId {
    let mut entries: BTreeMap<String, (u32, ObjectId)> = BTreeMap::new();
    let mut below: BTreeMap<String, Files> = BTreeMap::new();
    for (path, file) in files {
        if let Some((directory, rest)) = path.split_once('/') {
            let inner = below.entry(directory.to_owned()).or_default();
            inner.insert(rest.to_owned(), file.clone());
        } else {
            let (mode, content) = file.split_once(' ').unwrap();
            let mode = u32::from_str_radix(mode, 8).unwrap();
            let content = content.as_bytes().to_vec();
            let id = objects.insert(ObjectType::Blob, content).unwrap();
            entries.insert(path.clone(), (mode, id));
        }
    }
    for (name, files) in below {
        let tree = store(objects, &files);
        entries.insert(name, (MODE_TREE, tree));
    }
    let tree = write_tree(entries.iter().map(|(name, (mode, id))| TreeEntry {
        mode: *mode,
        name: name.as_bytes(),
        id: *id,
    }));
    objects.insert(ObjectType::Tree, tree).unwrap()
}

/// Reads trees back as files.
fn load(objects: &Objects, tree: ObjectId) -> Files {
    let mut files = Files::new();
    let data = objects.get(&tree, ObjectType::Tree).unwrap();
    for entry in parse_tree(HASH, data).unwrap() {
        let name = String::from_utf8(entry.name.to_vec()).unwrap();
        if entry.mode == MODE_TREE {
            let inner = load(objects, entry.id);
            files.extend(
                inner
                    .into_iter()
                    .map(|(path, file)| (format!("{name}/{path}"), file)),
            );
        } else {
            let content = objects.get(&entry.id, ObjectType::Blob).unwrap();
            let content = String::from_utf8_lossy(content);
            files.insert(name, format!("{:o} {content}", entry.mode));
        }
    }
    files
}

/// Merges trees that are in `objects`, and gives what was asked for beside the answer.
fn merge_in(
    objects: &Objects,
    trees: [ObjectId; 3],
    limits: Limits,
) -> (Result<Outcome, Refused>, BTreeSet<ObjectId>) {
    let [base, ours, theirs] = trees;
    let mut asked = BTreeSet::new();
    let mut step = start(base, ours, theirs, limits);
    loop {
        match step {
            Step::Done(outcome) => return (Ok(outcome), asked),
            Step::Needs(pending) => {
                let needs = pending.needs();
                let mut supply = Supply {
                    objects: Objects::new(objects.kind()),
                    too_large: BTreeSet::new(),
                };
                for need in &needs {
                    asked.insert(need.id);
                    if let Some(data) = objects.get(&need.id, need.object_type) {
                        let data = data.to_vec();
                        supply.objects.insert(need.object_type, data).unwrap();
                    }
                }
                match pending.resume(&supply) {
                    Ok(next) => step = next,
                    Err(refused) => return (Err(refused), asked),
                }
            }
        }
    }
}

/// The merged files, or the conflicts as `kind path`.
fn merge_files(base: &Files, ours: &Files, theirs: &Files) -> Result<Files, Vec<String>> {
    let mut objects = Objects::new(HASH);
    let trees = [base, ours, theirs].map(|files| store(&mut objects, files));
    let (outcome, _) = merge_in(&objects, trees, Limits::RULE_1);
    match outcome.unwrap() {
        Outcome::Clean {
            tree,
            objects: made,
        } => {
            for (_, object) in made.iter() {
                objects
                    .insert(object.object_type, object.data.clone())
                    .unwrap();
            }
            Ok(load(&objects, tree))
        }
        Outcome::Conflict(conflicts) => {
            assert_eq!(conflicts.total, conflicts.first.len() as u64);
            let line = |conflict: &super::conflict::Conflict| {
                let path = String::from_utf8_lossy(&conflict.path);
                format!("{} {path}", conflict.kind.name())
            };
            Err(conflicts.first.iter().map(line).collect())
        }
    }
}
