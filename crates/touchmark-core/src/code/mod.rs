//! Commits of code: who made them, who signed them, and whether they are formed as git forms them.
//!
//! Events have a stricter form of their own, see [`crate::event`]. Code may be signed by anything; only SSH signatures
//! of the two key types that a policy can hold are read here.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::event::Rule;
use crate::id::{HashKind, ObjectId};
use crate::refusal::Refusal;
use crate::sign::{self, PublicKey};

/// What a commit message may call somebody who wrote part of it.
const CO_AUTHOR: &str = "co-authored-by:";

/// The line that starts the trailers of every event.
const EVENT: &str = "forge-event:";

/// A person as a commit names them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// The name.
    pub name: String,
    /// The e-mail address.
    pub email: String,
}

/// What is read of a commit of code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeCommit {
    /// The tree.
    pub tree: ObjectId,
    /// The parents.
    pub parents: Vec<ObjectId>,
    /// Who wrote it.
    pub author: Option<Named>,
    /// Who committed it.
    pub committer: Option<Named>,
    /// Everyone whom the message calls a co-author.
    pub co_authors: Vec<Named>,
    /// The key of its SSH signature, if it has a good one.
    pub signer: Option<PublicKey>,
    /// Whether its message has a line that starts an event's trailers.
    pub poses_as_event: bool,
}

impl CodeCommit {
    /// Reads a commit and refuses one that git itself would not write: rule `commit-form`.
    ///
    /// Stock `git fsck` lets several of these pass: two committers, headers out of order, a second signature.
    ///
    /// # Errors
    ///
    /// What is wrong with its headers.
    pub fn parse(hash: HashKind, raw: &[u8]) -> Result<Self, Refusal> {
        let malformed = |reason: String| Refusal::new(Rule::CommitForm, reason);
        let end = raw
            .windows(2)
            .position(|pair| pair == b"\n\n")
            .ok_or_else(|| malformed("no empty line ends the headers".to_owned()))?;
        let (head, message) = raw.split_at(end + 1);
        if raw.contains(&0) {
            return Err(malformed("there is a zero byte in it".to_owned()));
        }
        let head = String::from_utf8_lossy(head);
        check_headers(&head).map_err(malformed)?;
        Self::read(hash, raw, &head, &String::from_utf8_lossy(message))
            // Whoever cannot be read is nobody, and nobody has had no hand in the change.
            .filter(|read| read.author.is_some() && read.committer.is_some())
            .ok_or_else(|| {
                malformed("a tree, parent, author or committer cannot be read".to_owned())
            })
    }

    /// Reads a commit whatever its form, for what was accepted before these rules held.
    pub fn read_leniently(hash: HashKind, raw: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(raw);
        let (head, message) = text.split_once("\n\n").unwrap_or((&text, ""));
        Self::read(hash, raw, head, message)
    }

    fn read(hash: HashKind, raw: &[u8], head: &str, message: &str) -> Option<Self> {
        let id = |hex: &str| ObjectId::from_hex(hex).filter(|id| id.kind() == hash);
        let header = |name: &str| {
            head.lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
        };
        Some(Self {
            tree: id(header("tree")?)?,
            parents: head
                .lines()
                .filter_map(|line| line.strip_prefix("parent "))
                .map(id)
                .collect::<Option<_>>()?,
            author: header("author").and_then(named),
            committer: header("committer").and_then(named),
            co_authors: co_authors(message),
            signer: sign::verify_commit(raw, hash).ok(),
            poses_as_event: message.lines().any(|line| starts_with(line, EVENT)),
        })
    }

    /// Everyone that the commit names: author, committer and co-authors.
    pub fn people(&self) -> impl Iterator<Item = &Named> {
        self.author
            .iter()
            .chain(&self.committer)
            .chain(&self.co_authors)
    }
}

/// Each header that git writes once stands once, in git's order; what is unknown is let be.
fn check_headers(head: &str) -> Result<(), String> {
    const ORDER: [&str; 4] = ["tree", "parent", "author", "committer"];
    let mut place = 0;
    let mut counts = [0usize; ORDER.len()];
    let mut signatures = BTreeSet::new();
    for line in head.lines().filter(|line| !line.starts_with(' ')) {
        let name = line.split(' ').next().unwrap_or_default();
        match ORDER.iter().position(|known| *known == name) {
            Some(at) if at < place => return Err(format!("the header {name} stands too late")),
            Some(at) => {
                place = at;
                if let Some(count) = counts.get_mut(at) {
                    *count += 1;
                }
            }
            None if place + 1 < ORDER.len() => {
                return Err(format!("the header {name:?} stands before the committer"));
            }
            None if name == "gpgsig" || name == "gpgsig-sha256" => {
                // One for each hash that the repository may have.
                if !signatures.insert(name) {
                    return Err("there is a second signature".to_owned());
                }
            }
            None if name.to_ascii_lowercase().starts_with("gpgsig") => {
                return Err(format!(
                    "the header {name:?} is none of git's, and git would not sign it"
                ));
            }
            None => place = ORDER.len(),
        }
    }
    let [tree, _, author, committer] = counts;
    if (tree, author, committer) != (1, 1, 1) {
        return Err("tree, author and committer stand once each".to_owned());
    }
    Ok(())
}

fn co_authors(message: &str) -> Vec<Named> {
    // Not only in the last paragraph: whoever is named anywhere is not a stranger to the change.
    message
        .lines()
        .map(str::trim_start)
        .filter(|line| starts_with(line, CO_AUTHOR))
        .filter_map(|line| named(line.get(CO_AUTHOR.len()..)?))
        .collect()
}

fn starts_with(line: &str, prefix: &str) -> bool {
    line.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// `Name <email> …`; what stands after the address is not looked at.
fn named(value: &str) -> Option<Named> {
    let (name, rest) = value.split_once('<')?;
    let (email, _) = rest.split_once('>')?;
    Some(Named {
        name: name.trim().to_owned(),
        email: email.trim().to_owned(),
    })
}
