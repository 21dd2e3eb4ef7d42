//! Golden logs: whole repositories as text (`docs/reference/events.md`, "Golden logs").

use std::collections::BTreeMap;
use std::fmt;

use base64ct::{Base64, Encoding as _};
use serde::Deserialize;
use touchmark_core::id::{HashKind, ObjectId};
use touchmark_core::object::{ObjectType, Objects};

/// A repository that was loaded from a golden log.
pub type Repository = (HashKind, BTreeMap<String, ObjectId>, Objects);

/// Why a file is not a golden log.
#[derive(Debug)]
pub struct GoldenError(String);

impl fmt::Display for GoldenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl std::error::Error for GoldenError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: u32,
    hash: String,
    refs: BTreeMap<String, String>,
    objects: Vec<Stored>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    r#type: String,
    text: Option<String>,
    base64: Option<String>,
    entries: Option<Vec<(String, String, String)>>,
}

/// Reads a golden log. Ids are computed; those in refs and tree entries need not be among the objects.
///
/// # Errors
///
/// [`GoldenError`] names the first thing that is not as the reference says.
pub fn load(json: &str) -> Result<Repository, GoldenError> {
    let file: File = serde_json::from_str(json).map_err(|error| GoldenError(error.to_string()))?;
    if file.format != 1 {
        return Err(GoldenError(format!("format is {}, not 1", file.format)));
    }
    let kind = HashKind::from_name(&file.hash)
        .ok_or_else(|| GoldenError(format!("unknown hash {}", file.hash)))?;
    let mut refs = BTreeMap::new();
    for (name, hex) in file.refs {
        let id = read_id(kind, &hex)?;
        refs.insert(name, id);
    }
    let mut objects = Objects::new(kind);
    for (index, stored) in file.objects.iter().enumerate() {
        let located = |what: String| GoldenError(format!("object {index}: {what}"));
        let object_type = ObjectType::from_name(&stored.r#type)
            .ok_or_else(|| located(format!("unknown type {}", stored.r#type)))?;
        let data = content(kind, object_type, stored).map_err(|error| located(error.0))?;
        objects
            .insert(object_type, data)
            .map_err(|error| located(error.to_string()))?;
    }
    Ok((kind, refs, objects))
}

/// The state document of a golden log, as bytes that two implementations must agree on.
///
/// # Errors
///
/// As [`load`].
pub fn document(json: &str) -> Result<String, GoldenError> {
    let (_, refs, objects) = load(json)?;
    Ok(touchmark_core::replay::repository_document(&refs, &objects))
}

fn content(
    kind: HashKind,
    object_type: ObjectType,
    stored: &Stored,
) -> Result<Vec<u8>, GoldenError> {
    match (&stored.text, &stored.base64, &stored.entries) {
        (Some(text), None, None) => Ok(text.clone().into_bytes()),
        (None, Some(encoded), None) => {
            Base64::decode_vec(encoded).map_err(|error| GoldenError(error.to_string()))
        }
        // Written in the order given, so that a log can hold a tree that is out of order.
        (None, None, Some(entries)) if object_type == ObjectType::Tree => {
            let mut data = Vec::new();
            for (mode, name, hex) in entries {
                data.extend_from_slice(format!("{mode} {name}\0").as_bytes());
                data.extend_from_slice(read_id(kind, hex)?.as_bytes());
            }
            Ok(data)
        }
        _ => Err(GoldenError(
            "needs exactly one of text, base64 and (for a tree) entries".into(),
        )),
    }
}

fn read_id(kind: HashKind, hex: &str) -> Result<ObjectId, GoldenError> {
    ObjectId::from_hex(hex)
        .filter(|id| id.kind() == kind)
        .ok_or_else(|| GoldenError(format!("{hex} is not a {} id", kind.name())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_computed_and_bad_files_are_named() {
        let json = r#"{"format": 1, "hash": "sha1", "refs": {"refs/heads/main": "ce013625030ba8dba906f756967f9e9ca394464a"},
            "objects": [{"type": "blob", "text": "hello\n"}, {"type": "blob", "base64": "aGVsbG8K"},
            {"type": "tree", "entries": [["100644", "a", "ce013625030ba8dba906f756967f9e9ca394464a"]]}]}"#;
        let (kind, refs, objects) = load(json).expect("a golden log");
        assert_eq!(kind, HashKind::Sha1);
        assert_eq!(objects.len(), 2);
        assert!(objects.contains(&refs["refs/heads/main"]));
        for (broken, told) in [
            (
                json.replace("\"format\": 1", "\"format\": 2"),
                "format is 2",
            ),
            (json.replace("sha1", "sha256"), "is not a sha256 id"),
            (
                json.replace("\"blob\"", "\"blog\""),
                "object 0: unknown type blog",
            ),
            (
                json.replace("\"text\": \"hello\\n\"", "\"base64\": \"!\""),
                "object 0:",
            ),
        ] {
            let error = load(&broken).expect_err("broken").to_string();
            assert!(error.contains(told), "{error}");
        }
    }
}
