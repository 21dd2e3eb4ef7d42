//! The objects of a release: the files' commit and the signed tags.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use touchmark_core::decide::Author;
use touchmark_core::id::{Digest, ObjectId};
use touchmark_core::object::ObjectType;
use touchmark_core::sign::attach_signature;
use touchmark_git::Entry;

use super::form::{ASSETS_MAX, Asset, Assets, SUMS, is_name};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::Forge;

/// A file's mode in a tree.
const MODE_FILE: u32 = 0o100_644;

/// Reads the files, within what the policy lets one push bring.
pub(super) fn read(forge: &Forge, paths: &[PathBuf]) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let limits = &forge.policy().rules.limits;
    if paths.len() > ASSETS_MAX {
        let text = format!(
            "a release has at most {ASSETS_MAX} files, not {}",
            paths.len()
        );
        return Err(usage(text, "pack several files into one archive").into());
    }
    let mut files = BTreeMap::new();
    let mut total = 0;
    for path in paths {
        let shown = path.display();
        let name = name_of(path)?;
        let file = path
            .metadata()
            .with_context(|| format!("cannot read {shown}"))?;
        total += file.len();
        for (bytes, limit, what) in [
            (file.len(), limits.file_bytes, "limits.file_bytes"),
            (total, limits.push_bytes, "limits.push_bytes"),
        ] {
            if bytes > limit {
                let text =
                    format!("with {shown} it is {bytes} bytes; the policy's {what} is {limit}");
                return Err(usage(text, TOO_LARGE).into());
            }
        }
        let content = std::fs::read(path).with_context(|| format!("cannot read {shown}"))?;
        if files.insert(name.clone(), content).is_some() {
            let text = format!("two files are called {name}");
            return Err(usage(text, "give one of them another name").into());
        }
    }
    Ok(files)
}

/// What to do about a file that the policy does not let in.
const TOO_LARGE: &str =
    "put it elsewhere and name it in the notes, or raise [limits] in the policy";

fn usage(text: String, hint: &str) -> Failure {
    Failure::new(text).hint(hint).exit(ExitCode::Usage)
}

/// The name that a file has in the release.
fn name_of(path: &Path) -> Result<String, Failure> {
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.filter(|name| is_name(name)).ok_or_else(|| {
        let text = format!(
            "{} has no name that a file of a release may have",
            path.display()
        );
        usage(
            text,
            "letters, digits and ._+-~, not first a dot or dash; SHA256SUMS is made by itself",
        )
    })?;
    Ok(name.to_owned())
}

/// The list of the files, without their commit.
pub(super) fn listed(files: &BTreeMap<String, Vec<u8>>) -> Assets {
    let files = files.iter().map(|(name, content)| Asset {
        name: name.clone(),
        size: content.len() as u64,
        digest: Digest::of(content),
    });
    Assets {
        commit: None,
        files: files.collect(),
    }
}

/// Writes the files as the tree of a signed commit without parents.
pub(super) fn commit(
    forge: &Forge,
    tag: &str,
    files: &BTreeMap<String, Vec<u8>>,
    assets: &Assets,
) -> anyhow::Result<ObjectId> {
    let sums = assets.sums().into_bytes();
    let mut changes = BTreeMap::new();
    for (name, content) in files
        .iter()
        .map(|(name, content)| (name.as_str(), content))
        .chain([(SUMS, &sums)])
    {
        let id = forge.repo.write(ObjectType::Blob, content)?;
        let entry = Entry {
            id,
            mode: MODE_FILE,
        };
        changes.insert(name.as_bytes().to_vec(), Some(entry));
    }
    let tree = forge
        .repo
        .edit_tree(None, &changes)?
        .context("a tree with files is not empty")?;
    let me = forge.me()?;
    let line = person(&me.author, forge.now());
    let payload = format!("tree {tree}\nauthor {line}\ncommitter {line}\n\nFiles of {tag}\n");
    let armor = me.signer.sign(payload.as_bytes())?;
    let content = attach_signature(payload.as_bytes(), &armor, forge.repo.hash_kind());
    Ok(forge.repo.write(ObjectType::Commit, &content)?)
}

/// Writes a signed annotated tag, as `git tag -s` with gpg.format=ssh makes it.
pub(super) fn tag(
    forge: &Forge,
    name: &str,
    target: ObjectId,
    message: &str,
) -> anyhow::Result<ObjectId> {
    let me = forge.me()?;
    let line = person(&me.author, forge.now());
    let payload = format!("object {target}\ntype commit\ntag {name}\ntagger {line}\n\n{message}");
    let armor = me.signer.sign(payload.as_bytes())?;
    let content = format!("{payload}{armor}");
    Ok(forge.repo.write(ObjectType::Tag, content.as_bytes())?)
}

fn person(author: &Author, now: i64) -> String {
    format!("{} <{}> {now} {}", author.name, author.email, author.zone)
}

/// A path as it was given, from where the program was started.
pub(super) fn from_directory(directory: &Path, paths: &[PathBuf]) -> Vec<PathBuf> {
    paths.iter().map(|path| directory.join(path)).collect()
}
