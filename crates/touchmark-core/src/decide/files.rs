//! The files of an event, as git objects.

use std::collections::BTreeMap;

use crate::event::Rule;
use crate::id::{HashKind, ObjectId};
use crate::object::{MODE_FILE, MODE_TREE, ObjectType, Objects, TreeEntry, write_tree};
use crate::refusal::Refusal;

/// The files that go with a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Files {
    /// None.
    None,
    /// A review's comments and suggestions.
    Review {
        /// The text of comment 1, 2 and so on.
        comments: Vec<String>,
        /// Replacement bytes by comment number.
        suggestions: BTreeMap<u32, Vec<u8>>,
    },
    /// A policy.
    Policy {
        /// `policy.toml`
        policy_toml: Vec<u8>,
        /// `allowed_signers`
        allowed_signers: Vec<u8>,
        /// The tree `templates`, which is there already.
        templates: Option<ObjectId>,
        /// The endorsements' commits by id.
        endorsements: Vec<(ObjectId, Vec<u8>)>,
    },
    /// The push certificate of an import.
    Certificate(Vec<u8>),
}

type Folder = Vec<(String, Vec<u8>)>;

impl Files {
    /// The objects, and the id of the tree that holds them all.
    pub(super) fn objects(&self, hash: HashKind) -> Result<(ObjectId, Objects), Refusal> {
        let mut objects = Objects::new(hash);
        let mut entries = Vec::new();
        let (top, folders): (Folder, Vec<(&str, Folder)>) = match self {
            Self::None => (Vec::new(), Vec::new()),
            Self::Certificate(certificate) => (
                vec![("certificate".to_owned(), certificate.clone())],
                Vec::new(),
            ),
            Self::Review {
                comments,
                suggestions,
            } => (Vec::new(), review(comments, suggestions)),
            Self::Policy {
                policy_toml,
                allowed_signers,
                templates,
                endorsements,
            } => {
                entries.extend(templates.map(|tree| ("templates".to_owned(), tree)));
                let top = vec![
                    ("policy.toml".to_owned(), policy_toml.clone()),
                    ("allowed_signers".to_owned(), allowed_signers.clone()),
                ];
                let endorsements = endorsements
                    .iter()
                    .map(|(id, content)| (id.to_string(), content.clone()));
                (top, vec![("endorsements", endorsements.collect())])
            }
        };
        for (name, files) in folders {
            if !files.is_empty() {
                let tree = tree(&mut objects, files, Vec::new())?;
                entries.push((name.to_owned(), tree));
            }
        }
        let root = tree(&mut objects, top, entries)?;
        Ok((root, objects))
    }
}

/// The folders of a review; their files are named after the comments' numbers.
fn review(
    comments: &[String],
    suggestions: &BTreeMap<u32, Vec<u8>>,
) -> Vec<(&'static str, Folder)> {
    let comments = comments.iter().zip(1..).map(|(text, number)| {
        let mut text = text.trim_end_matches('\n').to_owned();
        text.push('\n');
        (format!("{number:04}"), text.into_bytes())
    });
    let suggestions = suggestions
        .iter()
        .map(|(number, bytes)| (format!("{number:04}"), bytes.clone()));
    vec![
        ("comments", comments.collect()),
        ("suggestions", suggestions.collect()),
    ]
}

/// Adds a tree of files and folders.
fn tree(
    objects: &mut Objects,
    files: Folder,
    folders: Vec<(String, ObjectId)>,
) -> Result<ObjectId, Refusal> {
    let mut entries: Vec<(u32, String, ObjectId)> = folders
        .into_iter()
        .map(|(name, id)| (MODE_TREE, name, id))
        .collect();
    for (name, content) in files {
        let id = insert(objects, ObjectType::Blob, content)?;
        entries.push((MODE_FILE, name, id));
    }
    let data = write_tree(entries.iter().map(|(mode, name, id)| TreeEntry {
        mode: *mode,
        name: name.as_bytes(),
        id: *id,
    }));
    insert(objects, ObjectType::Tree, data)
}

pub(super) fn insert(
    objects: &mut Objects,
    object_type: ObjectType,
    data: Vec<u8>,
) -> Result<ObjectId, Refusal> {
    objects
        .insert(object_type, data)
        .map_err(|error| Refusal::new(Rule::ObjectMissing, error.to_string()))
}

/// The objects as a driver writes them.
pub(super) fn listed(objects: &Objects) -> Vec<(ObjectType, Vec<u8>)> {
    objects
        .iter()
        .map(|(_, object)| (object.object_type, object.data.clone()))
        .collect()
}
