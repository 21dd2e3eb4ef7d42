//! The files of an event: what the tree of each kind may hold, read and checked.

use std::collections::{BTreeMap, BTreeSet};

use super::codec::Payload;
use super::files::{Content, Files, Policy, Review, Snapshot};
use super::message::{check_text, spaced_line};
use super::registry::Kind;
use super::rule::Rule;
use super::spec::TreeShape;
use super::value::{Anchor, Place, Side};
use crate::id::{Digest, HashKind, ObjectId};
use crate::object::{MODE_FILE, MODE_TREE, ObjectType, Objects, TreeEntry, parse_tree};
use crate::refusal::Refusal;

const COMMENT_MAX_LEN: usize = 65_536;
const SUGGESTION_MAX_LEN: usize = 1_048_576;
const POLICY_FILE_MAX_LEN: usize = 1_048_576;
const ENDORSEMENTS_MAX: usize = 100;
const ENDORSEMENT_MAX_LEN: usize = 131_072;
const SNAPSHOT_FILE_MAX_LEN: usize = 16_777_216;
const CERTIFICATE_MAX_LEN: usize = 65_536;
/// The files of a receipt beside its snapshot.
const RECEIPT_FILES: [&[u8]; 2] = [b"changes", b"denials"];
const EVIDENCE_MAX_LEVELS: usize = 4;
const EVIDENCE_MAX_ENTRIES: usize = 1000;
const EVIDENCE_NAME_MAX_LEN: usize = 255;
/// No shape allows as many entries as a tree object of this size holds, so longer ones are not read.
const TREE_MAX_LEN: usize = 524_288;

const EMPTY_SHA1: [u8; 20] = [
    0x4b, 0x82, 0x5d, 0xc6, 0x42, 0xcb, 0x6e, 0xb9, 0xa0, 0x60, 0xe5, 0x4b, 0xf8, 0xd6, 0x92, 0x88,
    0xfb, 0xee, 0x49, 0x04,
];
const EMPTY_SHA256: [u8; 32] = [
    0x6e, 0xf1, 0x9b, 0x41, 0x22, 0x5c, 0x53, 0x69, 0xf1, 0xc1, 0x04, 0xd4, 0x5d, 0x8d, 0x85, 0xef,
    0xa9, 0xb0, 0x57, 0xb5, 0x3b, 0x14, 0xb4, 0xb9, 0xb9, 0x39, 0xdd, 0x74, 0xde, 0xcc, 0x53, 0x21,
];

/// Whether `id` is the empty tree, which git knows without storing it.
fn is_empty(id: &ObjectId) -> bool {
    match id.kind() {
        HashKind::Sha1 => id.as_bytes() == EMPTY_SHA1,
        HashKind::Sha256 => id.as_bytes() == EMPTY_SHA256,
    }
}

/// Rule `object-missing` for an event's tree.
pub(super) fn expect_present(objects: &Objects, tree: &ObjectId) -> Result<(), Refusal> {
    if is_empty(tree) || objects.get(tree, ObjectType::Tree).is_some() {
        return Ok(());
    }
    Err(Refusal::new(
        Rule::ObjectMissing,
        format!("there is no tree {tree}"),
    ))
}

/// Reads the files of an event that says `payload`: rules `object-missing` and `object-size` for them,
/// and `tree-shape` to `tree-text`.
pub(super) fn read(
    objects: &Objects,
    tree: &ObjectId,
    payload: &Payload,
) -> Result<Files, Refusal> {
    let spec = payload.kind().spec();
    if is_empty(tree) && takes_empty(spec.tree, payload) {
        return Ok(Files::default());
    }
    let mut walk = Walk {
        objects,
        first: None,
        unusable: BTreeSet::new(),
    };
    let content = match spec.tree {
        TreeShape::Empty => {
            walk.note(Rule::TreeShape, format!("{} has no files", spec.kind.tag()));
            Content::Nothing
        }
        TreeShape::Review => {
            let review = payload.review();
            let anchors = review.map(|review| review.comments).unwrap_or_default();
            Content::Review(Box::new(walk.review(tree, &anchors)))
        }
        TreeShape::Evidence => Content::Evidence(walk.evidence(tree)),
        TreeShape::Policy => Content::Policy(Box::new(walk.policy(tree, spec.kind))),
        TreeShape::Snapshot => Content::Snapshot(Box::new(walk.snapshot(tree))),
        TreeShape::Receipt => walk.receipt(tree, &[]),
        TreeShape::Receipt2 => walk.receipt(tree, &RECEIPT_FILES),
        TreeShape::Certificate => Content::Certificate(walk.certificate(tree)),
        TreeShape::Archive => walk.archive(tree),
    };
    match walk.first {
        Some(refusal) => Err(refusal),
        None => Ok(Files(content)),
    }
}

/// Whether the empty tree is all that there need be: so for most events, and they cost nothing here.
fn takes_empty(shape: TreeShape, payload: &Payload) -> bool {
    match shape {
        TreeShape::Empty | TreeShape::Evidence | TreeShape::Archive => true,
        TreeShape::Review => payload
            .review()
            .is_some_and(|review| review.comments.is_empty()),
        TreeShape::Policy
        | TreeShape::Snapshot
        | TreeShape::Receipt
        | TreeShape::Receipt2
        | TreeShape::Certificate => false,
    }
}

/// A walk through an event's tree that goes on after a defect, because one of an earlier rule may follow.
struct Walk<'a> {
    objects: &'a Objects,
    /// Of the defects so far, the first of those whose rule comes first.
    first: Option<Refusal>,
    /// Trees that are not well formed: one that is named a thousand times is read once.
    unusable: BTreeSet<ObjectId>,
}

impl<'a> Walk<'a> {
    fn note(&mut self, rule: Rule, reason: impl Into<String>) {
        if self.first.as_ref().is_none_or(|first| rule < first.rule) {
            self.first = Some(Refusal::new(rule, reason));
        }
    }

    fn unexpected(&mut self, entry: &TreeEntry<'_>) {
        let reason = format!(
            "the tree has an entry that does not belong there: {:o} \"{}\"",
            entry.mode,
            entry.name.escape_ascii()
        );
        self.note(Rule::TreeShape, reason);
    }

    fn directory(&mut self, id: &ObjectId) -> Vec<TreeEntry<'a>> {
        if is_empty(id) || self.unusable.contains(id) {
            return Vec::new();
        }
        let Some(data) = self.objects.get(id, ObjectType::Tree) else {
            self.note(Rule::ObjectMissing, format!("there is no tree {id}"));
            return Vec::new();
        };
        let entries = Some(data)
            .filter(|data| data.len() <= TREE_MAX_LEN)
            .and_then(|data| parse_tree(self.objects.kind(), data));
        entries.unwrap_or_else(|| {
            let reason = format!("the tree {id} is not well formed, or too large");
            self.note(Rule::TreeShape, reason);
            self.unusable.insert(*id);
            Vec::new()
        })
    }

    /// A file's content, empty if it is missing or larger than `max_len` bytes.
    fn file(&mut self, id: &ObjectId, max_len: usize) -> &'a [u8] {
        let Some(data) = self.objects.get(id, ObjectType::Blob) else {
            self.note(Rule::ObjectMissing, format!("there is no blob {id}"));
            return &[];
        };
        if data.len() > max_len {
            let reason = format!(
                "the file {id} has {} bytes; at most {max_len} are allowed",
                data.len()
            );
            self.note(Rule::ObjectSize, reason);
            return &[];
        }
        data
    }

    fn review(&mut self, tree: &ObjectId, anchors: &[Anchor]) -> Review {
        let mut review = Review::default();
        let root = self.directory(tree);
        for entry in &root {
            match (entry.name, entry.mode) {
                (b"comments", MODE_TREE) => review.comments = self.numbered(&entry.id),
                (b"suggestions", MODE_TREE) => review.suggestions = self.numbered(&entry.id),
                _ => self.unexpected(entry),
            }
        }
        if review.comments.is_empty() && !root.is_empty() {
            self.note(Rule::TreeShape, "the tree has entries but no comments");
        }
        self.pair(&review, anchors);
        for (number, id) in &review.comments {
            // Only comments have their text checked, and one blob only once.
            if !review.texts.contains_key(id) {
                let text = self.comment(*number, id);
                review.texts.insert(*id, text);
            }
        }
        for id in review.suggestions.values() {
            if !review.replacements.contains_key(id) {
                let bytes = self.file(id, SUGGESTION_MAX_LEN).to_vec();
                review.replacements.insert(*id, bytes);
            }
        }
        review
    }

    /// A directory of files that are named by four digits, from `0001` on.
    fn numbered(&mut self, id: &ObjectId) -> BTreeMap<u32, ObjectId> {
        let mut files = BTreeMap::new();
        let entries = self.directory(id);
        if entries.is_empty() {
            self.note(Rule::TreeShape, format!("the directory {id} is empty"));
        }
        for entry in &entries {
            let number = std::str::from_utf8(entry.name)
                .ok()
                .filter(|name| name.len() == 4 && name.bytes().all(|byte| byte.is_ascii_digit()))
                .and_then(|name| name.parse().ok())
                .filter(|number: &u32| *number > 0 && entry.mode == MODE_FILE);
            match number {
                Some(number) => {
                    files.insert(number, entry.id);
                }
                None => self.unexpected(entry),
            }
        }
        files
    }

    /// Rule `tree-pairing`.
    fn pair(&mut self, review: &Review, anchors: &[Anchor]) {
        let numbers = (1..).zip(anchors);
        if numbers
            .clone()
            .any(|(number, anchor)| anchor.number != number)
        {
            self.note(
                Rule::TreePairing,
                "the anchors are not numbered 1, 2, 3 and so on",
            );
        }
        if !review
            .comments
            .keys()
            .copied()
            .eq(numbers.clone().map(|(number, _)| number))
        {
            self.note(
                Rule::TreePairing,
                "anchors and comment files do not belong together",
            );
        }
        let places: BTreeMap<u32, &Place> = numbers
            .map(|(number, anchor)| (number, &anchor.place))
            .collect();
        for number in review.suggestions.keys() {
            let replaceable = matches!(
                places.get(number),
                Some(Place::Code {
                    side: Side::New,
                    lines: Some(_),
                    ..
                })
            );
            if !replaceable {
                let reason = format!("suggestion {number} has no anchor on lines of the new side");
                self.note(Rule::TreePairing, reason);
            }
        }
    }

    /// Rule `tree-text` for a comment.
    fn comment(&mut self, number: u32, id: &ObjectId) -> String {
        // What is missing or too large was noted under an earlier rule, so that it reads as empty does no harm.
        let bytes = self.file(id, COMMENT_MAX_LEN);
        let defect = match check_text(bytes, "it") {
            Err(refusal) => refusal.reason,
            Ok(text) if spaced_line(text).is_some() => {
                "a line of it ends in a space or a tab".to_owned()
            }
            Ok(text) if text.starts_with('\n') => "it starts with a line feed".to_owned(),
            Ok(text) if !text.ends_with('\n') || text.ends_with("\n\n") => {
                "it does not end in exactly one line feed".to_owned()
            }
            Ok(text) => return text.to_owned(),
        };
        self.note(Rule::TreeText, format!("comment {number}: {defect}"));
        String::new()
    }

    fn policy(&mut self, tree: &ObjectId, kind: Kind) -> Policy {
        let mut policy = Policy::default();
        let mut found = 0;
        for entry in &self.directory(tree) {
            match (entry.name, entry.mode) {
                (b"policy.toml", MODE_FILE) => {
                    found += 1;
                    policy.policy_toml = self.file(&entry.id, POLICY_FILE_MAX_LEN).to_vec();
                }
                (b"allowed_signers", MODE_FILE) => {
                    found += 1;
                    policy.allowed_signers = self.file(&entry.id, POLICY_FILE_MAX_LEN).to_vec();
                }
                // A proposal's endorsements are events of its log; they are embedded once it is a version.
                (b"endorsements", MODE_TREE) if kind == Kind::Policy => {
                    policy.endorsements = self.endorsements(&entry.id);
                }
                (b"templates", MODE_TREE) => {
                    if self.evidence(&entry.id).is_empty() {
                        self.note(Rule::TreeShape, "the directory templates holds no file");
                    }
                }
                _ => self.unexpected(entry),
            }
        }
        if found != 2 {
            let reason = "a policy's tree holds policy.toml and allowed_signers";
            self.note(Rule::TreeShape, reason);
        }
        policy
    }

    fn endorsements(&mut self, id: &ObjectId) -> Vec<(ObjectId, Vec<u8>)> {
        let entries = self.directory(id);
        if entries.is_empty() || entries.len() > ENDORSEMENTS_MAX {
            let reason =
                format!("endorsements holds 1 to {ENDORSEMENTS_MAX} files where it is there");
            self.note(Rule::TreeShape, reason);
            return Vec::new();
        }
        let kind = self.objects.kind();
        let mut files = Vec::with_capacity(entries.len());
        for entry in &entries {
            let name = std::str::from_utf8(entry.name)
                .ok()
                .and_then(ObjectId::from_hex)
                .filter(|name| name.kind() == kind && !name.is_zero() && entry.mode == MODE_FILE);
            match name {
                Some(name) => {
                    files.push((name, self.file(&entry.id, ENDORSEMENT_MAX_LEN).to_vec()));
                }
                None => self.unexpected(entry),
            }
        }
        files
    }

    /// The paths of the files in a tree of evidence; their contents need not be there.
    fn evidence(&mut self, tree: &ObjectId) -> Vec<String> {
        let mut evidence = Evidence {
            left: Some(EVIDENCE_MAX_ENTRIES),
            paths: Vec::new(),
        };
        self.evidence_below(tree, "", EVIDENCE_MAX_LEVELS, &mut evidence);
        evidence.paths.sort_unstable();
        evidence.paths
    }

    /// Trees can name one another over and over, so the walk ends with the first that passes a limit.
    fn evidence_below(
        &mut self,
        tree: &ObjectId,
        prefix: &str,
        levels: usize,
        evidence: &mut Evidence,
    ) {
        let Some(left) = evidence.left else {
            return;
        };
        let entries = self.directory(tree);
        evidence.left = left
            .checked_sub(entries.len())
            .filter(|_| levels > 0 || entries.is_empty());
        if evidence.left.is_none() {
            let reason = format!(
                "there are more than {EVIDENCE_MAX_LEVELS} levels or {EVIDENCE_MAX_ENTRIES} entries"
            );
            self.note(Rule::TreeShape, reason);
            return;
        }
        for entry in &entries {
            match (evidence_name(entry.name), entry.mode) {
                (Some(name), MODE_FILE) => evidence.paths.push(format!("{prefix}{name}")),
                (Some(name), MODE_TREE) => {
                    let prefix = format!("{prefix}{name}/");
                    self.evidence_below(&entry.id, &prefix, levels.saturating_sub(1), evidence);
                }
                _ => self.unexpected(entry),
            }
        }
    }

    fn snapshot(&mut self, tree: &ObjectId) -> Snapshot {
        let mut snapshot = Snapshot::default();
        let mut found = 0;
        for entry in &self.directory(tree) {
            match (entry.name, entry.mode) {
                (b"dropped", MODE_FILE) => {
                    found += 1;
                    let bytes = self.file(&entry.id, SNAPSHOT_FILE_MAX_LEN);
                    match digests(bytes) {
                        Some(digests) => snapshot.dropped = digests,
                        None => {
                            self.note(Rule::TreeText, "dropped does not hold one digest a line")
                        }
                    }
                }
                (b"state.json", MODE_FILE) => {
                    found += 1;
                    snapshot.state = self.file(&entry.id, SNAPSHOT_FILE_MAX_LEN).to_vec();
                }
                _ => self.unexpected(entry),
            }
        }
        if found != 2 {
            let reason = "a snapshot's tree holds dropped and state.json";
            self.note(Rule::TreeShape, reason);
        }
        snapshot
    }

    /// A receipt's tree, in which `files` may stand; their contents need not be there.
    fn receipt(&mut self, tree: &ObjectId, files: &[&[u8]]) -> Content {
        let mut refs = false;
        for entry in &self.directory(tree) {
            match (entry.name, entry.mode) {
                (b"refs", MODE_TREE) => refs = true,
                (b"numbers" | b"aliases", MODE_TREE) => {}
                (name, MODE_FILE) if files.contains(&name) => {}
                _ => self.unexpected(entry),
            }
        }
        if !refs {
            self.note(Rule::TreeShape, "a receipt's tree holds refs");
        }
        Content::Nothing
    }

    fn certificate(&mut self, tree: &ObjectId) -> Vec<u8> {
        let mut certificate = None;
        for entry in &self.directory(tree) {
            match (entry.name, entry.mode) {
                (b"certificate", MODE_FILE) => {
                    certificate = Some(self.file(&entry.id, CERTIFICATE_MAX_LEN).to_vec());
                }
                _ => self.unexpected(entry),
            }
        }
        certificate.unwrap_or_else(|| {
            self.note(Rule::TreeShape, "an import's tree holds certificate");
            Vec::new()
        })
    }

    fn archive(&mut self, tree: &ObjectId) -> Content {
        for entry in &self.directory(tree) {
            let hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
            if entry.mode != MODE_TREE || entry.name.len() != 2 || !entry.name.iter().all(hex) {
                self.unexpected(entry);
            }
        }
        Content::Nothing
    }
}

/// The evidence found so far.
struct Evidence {
    /// How many entries may follow; `None` once a limit was passed.
    left: Option<usize>,
    paths: Vec<String>,
}

/// The name of a file or directory of evidence, if it may be called so.
fn evidence_name(name: &[u8]) -> Option<&str> {
    let name = std::str::from_utf8(name).ok()?;
    let plain = (1..=EVIDENCE_NAME_MAX_LEN).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
    let reserved = matches!(name, "." | "..") || name.eq_ignore_ascii_case(".git");
    (plain && !reserved).then_some(name)
}

/// One digest a line, every line ended by a line feed.
fn digests(bytes: &[u8]) -> Option<Vec<Digest>> {
    let text = std::str::from_utf8(bytes).ok()?;
    if !text.is_empty() && !text.ends_with('\n') {
        return None;
    }
    text.split_terminator('\n').map(Digest::from_hex).collect()
}
