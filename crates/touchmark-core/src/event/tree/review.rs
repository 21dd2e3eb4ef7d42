//! The tree of a review: comments and suggestions, each with its anchor.

use std::collections::BTreeMap;

use super::Review;
use super::walk::Walk;
use crate::event::Rule;
use crate::event::message::{check_text, spaced_line};
use crate::event::value::{Anchor, Place, Side};
use crate::id::ObjectId;
use crate::object::{MODE_FILE, MODE_TREE};

const COMMENT_MAX_LEN: usize = 65_536;
const SUGGESTION_MAX_LEN: usize = 1_048_576;

impl Walk<'_> {
    pub(super) fn review(&mut self, tree: &ObjectId, anchors: &[Anchor]) -> Review {
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
}
