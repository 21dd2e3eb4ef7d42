//! Who had a hand in a revision's commits: the facts that the gate needs and the record does not have.

use std::collections::BTreeSet;

use anyhow::Context as _;
use touchmark_core::gate::Facts;
use touchmark_core::id::{HashKind, ObjectId};
use touchmark_core::object::ObjectType;
use touchmark_core::policy::Policy;
use touchmark_core::replay::Revision;
use touchmark_core::sign;
use touchmark_git::Repository;

/// A commit's headers and message beyond this are not read; git itself has no limit.
const MAX_COMMIT_BYTES: u64 = 1024 * 1024;

/// What a commit message may call somebody who wrote part of it.
const CO_AUTHOR: &str = "co-authored-by:";

/// A person as a commit names them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Named {
    /// The name.
    pub(crate) name: String,
    /// The e-mail address.
    pub(crate) email: String,
}

/// Everyone who authored, committed, co-authored or signed a commit of the revision.
///
/// # Errors
///
/// When a commit of the range cannot be read: a gate must not be judged on half of the facts.
pub(crate) fn facts(
    repository: &Repository,
    policy: &Policy,
    revision: &Revision,
) -> anyhow::Result<Facts> {
    let mut facts = Facts::default();
    for commit in range(repository, revision)? {
        for named in [commit.author, commit.committer]
            .into_iter()
            .flatten()
            .chain(commit.co_authors)
        {
            facts.emails.insert(named.email);
        }
        let signer = commit.signer.and_then(|key| policy.key(&key));
        facts.people.extend(signer.map(|key| key.owner.clone()));
    }
    Ok(facts)
}

/// Everyone that the commits of the revision name as author or co-author, without doubles.
///
/// # Errors
///
/// When a commit of the range cannot be read.
pub(crate) fn authors(
    repository: &Repository,
    revision: &Revision,
) -> anyhow::Result<BTreeSet<Named>> {
    let commits = range(repository, revision)?;
    Ok(commits
        .into_iter()
        .flat_map(|commit| commit.author.into_iter().chain(commit.co_authors))
        .collect())
}

/// Who a commit says made it, and whose key signed it.
#[derive(Debug, Default)]
struct Makers {
    author: Option<Named>,
    committer: Option<Named>,
    co_authors: Vec<Named>,
    signer: Option<sign::PublicKey>,
}

fn range(repository: &Repository, revision: &Revision) -> anyhow::Result<Vec<Makers>> {
    let commits = repository
        .commits_between(revision.base, revision.head)
        .with_context(|| {
            format!(
                "cannot read the commits of revision {}; fetch them: touchmark sync",
                revision.number
            )
        })?;
    commits.into_iter().map(|id| read(repository, id)).collect()
}

fn read(repository: &Repository, id: ObjectId) -> anyhow::Result<Makers> {
    match repository.read(id, MAX_COMMIT_BYTES)? {
        Some((ObjectType::Commit, data)) => Ok(makers(&data, repository.hash_kind())),
        _ => anyhow::bail!("{id} is not a commit of this repository; fetch it: touchmark sync"),
    }
}

fn makers(commit: &[u8], kind: HashKind) -> Makers {
    let text = String::from_utf8_lossy(commit);
    let (headers, message) = text.split_once("\n\n").unwrap_or((&text, ""));
    let header = |name: &str| {
        headers
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
            .and_then(named)
    };
    // Not only in the last paragraph: whoever is named anywhere is not a stranger to the change.
    let co_authors = message
        .lines()
        .filter_map(|line| {
            let line = line.trim_start();
            let key = line.get(..CO_AUTHOR.len())?;
            key.eq_ignore_ascii_case(CO_AUTHOR)
                .then(|| line.get(CO_AUTHOR.len()..))
                .flatten()
                .and_then(named)
        })
        .collect();
    Makers {
        author: header("author"),
        committer: header("committer"),
        co_authors,
        signer: sign::verify_commit(commit, kind).ok(),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyone_a_commit_names_is_found() {
        let commit = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\
            author Ann <ann@example.org> 1 +0000\n\
            committer Bo <bo@example.org> 1 +0000\n\
            \n\
            Subject\n\nCo-Authored-By: Cy <cy@example.org>\nmore text\n\n\
            co-authored-by:Di <di@example.org>\nco-authored-by nobody\n";
        let makers = makers(commit.as_bytes(), HashKind::Sha1);
        let emails = |named: &[Named]| -> Vec<String> {
            named.iter().map(|named| named.email.clone()).collect()
        };
        assert_eq!(emails(makers.author.as_slice()), ["ann@example.org"]);
        assert_eq!(emails(makers.committer.as_slice()), ["bo@example.org"]);
        assert_eq!(
            emails(&makers.co_authors),
            ["cy@example.org", "di@example.org"]
        );
        assert_eq!(makers.signer, None);
    }

    #[test]
    fn a_message_cannot_pose_as_a_header() {
        let commit = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\n\
            author Eve <eve@example.org> 1 +0000\n";
        let makers = makers(commit.as_bytes(), HashKind::Sha1);
        assert_eq!(makers.author, None);
    }
}
