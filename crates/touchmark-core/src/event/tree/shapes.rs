//! The trees of policies, snapshots, receipts, imports and the archive: a few files by fixed names.

use super::walk::Walk;
use super::{Content, Policy, Snapshot};
use crate::event::{Kind, Rule};
use crate::id::{Digest, ObjectId};
use crate::object::{MODE_FILE, MODE_TREE};

const POLICY_FILE_MAX_LEN: usize = 1_048_576;
const ENDORSEMENTS_MAX: usize = 100;
const ENDORSEMENT_MAX_LEN: usize = 131_072;
const SNAPSHOT_FILE_MAX_LEN: usize = 16_777_216;
const CERTIFICATE_MAX_LEN: usize = 65_536;

impl Walk<'_> {
    pub(super) fn policy(&mut self, tree: &ObjectId, kind: Kind) -> Policy {
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

    pub(super) fn snapshot(&mut self, tree: &ObjectId) -> Snapshot {
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
    pub(super) fn receipt(&mut self, tree: &ObjectId, files: &[&[u8]]) -> Content {
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

    pub(super) fn certificate(&mut self, tree: &ObjectId) -> Vec<u8> {
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

    pub(super) fn archive(&mut self, tree: &ObjectId) -> Content {
        for entry in &self.directory(tree) {
            let hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
            if entry.mode != MODE_TREE || entry.name.len() != 2 || !entry.name.iter().all(hex) {
                self.unexpected(entry);
            }
        }
        Content::Nothing
    }
}

/// One digest a line, every line ended by a line feed.
fn digests(bytes: &[u8]) -> Option<Vec<Digest>> {
    let text = std::str::from_utf8(bytes).ok()?;
    if !text.is_empty() && !text.ends_with('\n') {
        return None;
    }
    text.split_terminator('\n').map(Digest::from_hex).collect()
}
