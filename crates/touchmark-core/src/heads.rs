//! The commits that keep a pull request's revisions reachable (`refs/forge/pr/<id>/heads`).
//!
//! They are not signed: anyone can compute them from the revisions, so a wrong one is seen.

use crate::id::{ObjectId, hash_object};

const IDENT: &str = "Touchmark <touchmark@localhost> 0 +0000";

/// The content of the commit that adds a revision's `head` to what `previous` keeps.
pub fn content(previous: Option<ObjectId>, head: ObjectId) -> String {
    let mut text = format!("tree {}\n", head.kind().empty_tree());
    for parent in previous.into_iter().chain([head]) {
        text.push_str(&format!("parent {parent}\n"));
    }
    text.push_str(&format!(
        "author {IDENT}\ncommitter {IDENT}\n\nKeep a revision's head reachable\n"
    ));
    text
}

/// The id of that commit.
pub fn next(previous: Option<ObjectId>, head: ObjectId) -> ObjectId {
    // Finding ids that make this text a collision would take a preimage of SHA-1; zero matches no ref.
    hash_object(head.kind(), "commit", content(previous, head).as_bytes())
        .unwrap_or_else(|_| ObjectId::zero(head.kind()))
}

/// The commits of all revisions' heads in order, as contents to write; the last one's id is the ref's value.
pub fn chain(heads: impl IntoIterator<Item = ObjectId>) -> Vec<(ObjectId, String)> {
    let mut previous = None;
    let mut chain = Vec::new();
    for head in heads {
        let text = content(previous, head);
        let id = next(previous, head);
        previous = Some(id);
        chain.push((id, text));
    }
    chain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::HashKind;

    #[test]
    fn known_answer() {
        let head = HashKind::Sha1.empty_tree();
        let chain = chain([head, head]);
        assert_eq!(chain.len(), 2);
        assert!(
            chain[1]
                .1
                .contains(&format!("parent {}\nparent {head}\n", chain[0].0))
        );
    }
}
