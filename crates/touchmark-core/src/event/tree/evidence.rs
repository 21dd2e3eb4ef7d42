//! A tree of evidence: any files, by plain names, within limits.

use super::walk::Walk;
use crate::event::Rule;
use crate::id::ObjectId;
use crate::object::{MODE_FILE, MODE_TREE};

const EVIDENCE_MAX_LEVELS: usize = 4;
const EVIDENCE_MAX_ENTRIES: usize = 1000;
const EVIDENCE_NAME_MAX_LEN: usize = 255;

/// The evidence found so far.
struct Evidence {
    /// How many entries may follow; `None` once a limit was passed.
    left: Option<usize>,
    paths: Vec<String>,
}

impl Walk<'_> {
    /// The paths of the files in a tree of evidence; their contents need not be there.
    pub(super) fn evidence(&mut self, tree: &ObjectId) -> Vec<String> {
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
