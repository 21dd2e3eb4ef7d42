//! The policy's templates: what a description starts from.

use std::collections::BTreeMap;

use anyhow::Context as _;
use touchmark_core::event::LogType;
use touchmark_core::id::ObjectId;
use touchmark_core::object::{MODE_FILE, ObjectType, Objects, TreeEntry, write_tree};
use touchmark_core::text;

use super::Forge;
use crate::errors::Failure;
use crate::exit_codes::ExitCode;

/// A template is shorter than a description may be.
const MAX_BYTES: usize = 32 * 1024;

/// There are at most so many.
const MAX_COUNT: usize = 100;

/// A name is at most so long.
const NAME_MAX_LEN: usize = 64;

/// The names of all templates.
pub(crate) fn names(forge: &Forge) -> anyhow::Result<Vec<String>> {
    Ok(files(forge, forge.draft()?.templates)?
        .into_keys()
        .collect())
}

/// The text of a template; `None` when there is no such one.
pub(crate) fn read(forge: &Forge, name: &str) -> anyhow::Result<Option<String>> {
    let files = files(forge, forge.draft()?.templates)?;
    let Some(id) = files.get(name) else {
        return Ok(None);
    };
    let bytes = forge.repo.read_blob(*id, MAX_BYTES as u64)?;
    let text = String::from_utf8(bytes);
    Ok(Some(text.with_context(|| {
        format!("the template {name} is not UTF-8")
    })?))
}

/// What the description of a new object starts from: the template of this name, or without one the usual template, if
/// there is one.
pub(crate) fn start(
    forge: &Forge,
    log_type: LogType,
    name: Option<&str>,
) -> anyhow::Result<Option<String>> {
    let what = match log_type {
        LogType::Pr => "pull-request",
        other => other.name(),
    };
    let Some(name) = name else {
        return read(forge, &format!("{what}.md"));
    };
    let file = format!("{what}.{name}.md");
    match read(forge, &file)? {
        Some(text) => Ok(Some(text)),
        None => Err(Failure::new(format!("the policy has no template {file:?}"))
            .hint("touchmark policy template list")
            .exit(ExitCode::NotFound)
            .into()),
    }
}

/// The tree of templates with one set, or with `None` removed; `None` when no template is left.
pub(crate) fn with(
    forge: &Forge,
    tree: Option<ObjectId>,
    name: &str,
    text: Option<&[u8]>,
) -> anyhow::Result<Option<ObjectId>> {
    let mut files = files(forge, tree)?;
    match text {
        Some(bytes) => {
            check(name, bytes)?;
            files.insert(name.to_owned(), forge.repo.write(ObjectType::Blob, bytes)?);
        }
        None => {
            files.remove(name);
        }
    }
    if files.len() > MAX_COUNT {
        let message = format!("a policy has at most {MAX_COUNT} templates");
        return Err(Failure::new(message).exit(ExitCode::Usage).into());
    }
    if files.is_empty() {
        return Ok(None);
    }
    let entries = files.iter().map(|(name, id)| TreeEntry {
        mode: MODE_FILE,
        name: name.as_bytes(),
        id: *id,
    });
    Ok(Some(
        forge.repo.write(ObjectType::Tree, &write_tree(entries))?,
    ))
}

/// Adds the objects of a tree of templates, which a log that does not name it yet does not hold.
pub(super) fn load(
    forge: &Forge,
    tree: Option<ObjectId>,
    objects: &mut Objects,
) -> anyhow::Result<()> {
    let Some(tree) = tree else {
        return Ok(());
    };
    for id in files(forge, Some(tree))?.into_values().chain([tree]) {
        let found = forge
            .repo
            .read(id, touchmark_git::Budget::default().max_tree_bytes)?;
        let (object_type, data) = found.with_context(|| format!("the template {id} is missing"))?;
        objects.insert(object_type, data)?;
    }
    Ok(())
}

fn files(forge: &Forge, tree: Option<ObjectId>) -> anyhow::Result<BTreeMap<String, ObjectId>> {
    let Some(tree) = tree else {
        return Ok(BTreeMap::new());
    };
    let entries = forge.repo.tree_entries(tree)?.into_iter();
    Ok(entries
        .filter(|(_, entry)| entry.mode == MODE_FILE)
        .filter_map(|(name, entry)| Some((String::from_utf8(name).ok()?, entry.id)))
        .collect())
}

fn check(name: &str, bytes: &[u8]) -> anyhow::Result<()> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let fail = |message: String, hint: &str| {
        let failure = Failure::new(message).hint(hint).exit(ExitCode::Usage);
        Err(failure.into())
    };
    if name.is_empty()
        || name.len() > NAME_MAX_LEN
        || name.starts_with('.')
        || !name.bytes().all(plain)
    {
        return fail(
            format!("{name:?} is no name of a template"),
            "letters, digits, dots, dashes and underscores: issue.md, issue.bug.md, pull-request.md",
        );
    }
    if bytes.len() > MAX_BYTES {
        return fail(
            format!(
                "the template has {} bytes, more than {MAX_BYTES}",
                bytes.len()
            ),
            "make it shorter",
        );
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if text::is_clean(&text.replace(['\n', '\t'], " ")) => Ok(()),
        _ => fail(
            "the template is no plain text".to_owned(),
            "write it in UTF-8, form C, without control characters",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_and_texts_are_taken() {
        for name in ["issue.md", "issue.bug.md", "pull-request.md", "A_1"] {
            assert!(check(name, b"## Steps\n\n1. \n").is_ok(), "{name}");
        }
        for name in ["", ".git", "a/b", "a b", "..", "\u{e9}", &"x".repeat(65)] {
            assert!(check(name, b"x").is_err(), "{name}");
        }
        for text in [
            &b"\xff"[..],
            b"\x1b[2J",
            "\u{202e}".as_bytes(),
            &[b'x'; MAX_BYTES + 1],
        ] {
            assert!(check("issue.md", text).is_err(), "{text:?}");
        }
    }
}
