//! Synthetic logs: a pull request with as many events as asked for, in a packed repository of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use sha2::Digest as _;
use touchmark_core::id::{Digest, HashKind, ObjectId, hash_object};
use touchmark_core::object::{MODE_FILE, ObjectType, TreeEntry, write_tree};
use touchmark_core::sign::SecretKey;

use crate::pack::Pack;

/// The hash of the repositories.
pub(crate) const HASH: HashKind = HashKind::Sha1;

/// Seconds since 1970 at the beginning.
const BEGINNING: usize = 1_760_000_000;

/// A log in a repository of its own.
pub(crate) struct Log {
    /// How many events it has.
    pub(crate) events: usize,
    /// The repository.
    pub(crate) repository: PathBuf,
    /// The repository's id.
    pub(crate) repo: Digest,
    /// The policy's tip.
    pub(crate) policy: ObjectId,
    /// The log's ref.
    pub(crate) name: String,
    /// The log's tip.
    pub(crate) tip: ObjectId,
}

/// A person who signs.
pub(crate) struct Person {
    pub(crate) name: &'static str,
    pub(crate) email: &'static str,
    pub(crate) key: SecretKey,
}

/// The two who take turns.
pub(crate) fn people() -> [Person; 2] {
    [("Alice", "alice@example.com"), ("Bob", "bob@example.com")].map(|(name, email)| Person {
        name,
        email,
        key: SecretKey::from_seed(&seed(name)),
    })
}

/// The seed of somebody's key: the first half of the name's SHA-512.
pub(crate) fn seed(name: &str) -> [u8; 32] {
    let digest = sha2::Sha512::digest(name.as_bytes());
    let mut seed = [0; 32];
    seed.copy_from_slice(&digest[..32]);
    seed
}

impl Person {
    /// A signed commit: the headers, the message, the signature.
    fn commit(
        &self,
        tree: ObjectId,
        parent: Option<ObjectId>,
        time: usize,
        message: &str,
    ) -> Vec<u8> {
        let parent = parent
            .map(|id| format!("parent {id}\n"))
            .unwrap_or_default();
        let who = format!("{} <{}> {time} +0000", self.name, self.email);
        let payload = format!("tree {tree}\n{parent}author {who}\ncommitter {who}\n\n{message}");
        self.key.sign_commit(payload.as_bytes(), HASH)
    }
}

/// Makes a pull request of `events` events in a new bare repository at `path`.
///
/// # Errors
///
/// When git fails, or the disk is full.
pub(crate) fn make(path: &Path, events: usize) -> Result<Log> {
    let people = people();
    let [alice, _] = &people;
    let mut pack = Pack::default();
    let (tree, signers) = policy_tree(&mut pack, &people)?;
    let message = format!(
        "Policy version 1\n\nForge-Event: policy/1\nForge-Version: 1\nForge-Nonce: {}\n",
        "0123456789abcdef0123456789abcdef"
    );
    let first = alice.commit(tree, None, BEGINNING, &message);
    let (payload, _) = touchmark_core::sign::split_signature(&first, HASH)?;
    let repo = Digest::of(&payload);
    let policy = add(&mut pack, ObjectType::Commit, &first)?;
    let code = add(&mut pack, ObjectType::Commit, &code_commit())?;
    let empty = add(&mut pack, ObjectType::Tree, b"")?;
    let mut tip = None;
    let mut root = None;
    for number in 0..events {
        let person = &people[number % people.len()];
        let message = event_message(number, repo, policy, code);
        let commit = person.commit(empty, tip, BEGINNING + number, &message);
        tip = Some(add(&mut pack, ObjectType::Commit, &commit)?);
        root = root.or(tip);
    }
    let (Some(tip), Some(root)) = (tip, root) else {
        bail!("a log has at least one event");
    };
    let name = format!("refs/forge/pr/{root}/log");
    std::fs::create_dir_all(path)?;
    git(path, &["init", "-q", "--bare", "."])?;
    pack.write(path)?;
    std::fs::write(path.join("signers"), signers)?;
    git(
        path,
        &["update-ref", "refs/forge/policy", &policy.to_string()],
    )?;
    git(path, &["update-ref", "refs/heads/main", &code.to_string()])?;
    git(path, &["update-ref", &name, &tip.to_string()])?;
    git(path, &["repack", "-q", "-a", "-d", "-f"])?;
    Ok(Log {
        events,
        repository: path.to_owned(),
        repo,
        policy,
        name,
        tip,
    })
}

/// What the event says: the first opens, every fifth is a verdict, the others are comments.
fn event_message(number: usize, repo: Digest, policy: ObjectId, code: ObjectId) -> String {
    let range = format!("Forge-Base: {code}\nForge-Head: {code}\n");
    if number == 0 {
        return format!(
            "Make the lock order explicit\n\nForge-Event: pr/1\nForge-Repo: {repo}\nForge-Policy: {policy}\n\
             Forge-Target: refs/heads/main\n{range}"
        );
    }
    if number.is_multiple_of(5) {
        return format!(
            "Approve revision 1\n\nForge-Event: review/1\nForge-Policy: {policy}\nForge-Revision: 1\n\
             Forge-Verdict: approve\n{range}"
        );
    }
    format!(
        "Comment\n\nPoint {number}: the lock is taken in another order here than in the caller,\n\
         so two writers can wait for each other. Could this take the outer one first?\n\n\
         Forge-Event: comment/1\nForge-Policy: {policy}\n"
    )
}

/// Writes the policy's files; the id of its tree, and the text of `allowed_signers`.
fn policy_tree(pack: &mut Pack, people: &[Person]) -> Result<(ObjectId, String)> {
    let mut policy = "format = 1\nthreshold = 1\n\n[recovery]\ndeclined = true\n".to_owned();
    let mut signers = String::new();
    for person in people {
        let (name, email) = (person.name, person.email);
        policy += &format!(
            "\n[people.{}]\nname = \"{name}\"\nemails = [\"{email}\"]\nroles = [\"admin\"]\n",
            name.to_lowercase()
        );
        let key = person.key.public().to_openssh();
        signers += &format!("{email} namespaces=\"git\" {key}\n");
    }
    let files = [("allowed_signers", &signers), ("policy.toml", &policy)];
    let mut entries = Vec::new();
    for (name, text) in files {
        let id = add(pack, ObjectType::Blob, text.as_bytes())?;
        entries.push(TreeEntry {
            mode: MODE_FILE,
            name: name.as_bytes(),
            id,
        });
    }
    let tree = add(pack, ObjectType::Tree, &write_tree(entries))?;
    Ok((tree, signers))
}

/// The one commit of code, which the pull request is about.
fn code_commit() -> Vec<u8> {
    let who = format!("Alice <alice@example.com> {BEGINNING} +0000");
    format!(
        "tree {}\nauthor {who}\ncommitter {who}\n\nStart\n",
        HASH.empty_tree()
    )
    .into_bytes()
}

fn add(pack: &mut Pack, object_type: ObjectType, data: &[u8]) -> Result<ObjectId> {
    pack.add(object_type, data);
    Ok(hash_object(HASH, object_type.name(), data)?)
}

/// Runs git in the repository.
///
/// # Errors
///
/// When it fails.
pub(crate) fn git(repository: &Path, arguments: &[&str]) -> Result<Vec<u8>> {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(repository)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .context("cannot run git")?;
    let told = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "git {}: {told}",
        arguments.join(" ")
    );
    Ok(output.stdout)
}
