//! A repository made by stock git in a directory of its own, untouched by whoever runs the tests.

use std::path::{Path, PathBuf};
use std::process::Command;

use touchmark_core::id::{HashKind, ObjectId};
use touchmark_core::object::{ObjectType, TreeEntry, write_tree};
use touchmark_git::Repository;

/// Both hash kinds; whatever a test shows has to hold in both.
pub(crate) const KINDS: [HashKind; 2] = [HashKind::Sha1, HashKind::Sha256];

/// A temporary directory with a repository in `repo/`, a home directory and keys.
pub(crate) struct Fixture {
    pub(crate) root: tempfile::TempDir,
}

impl Fixture {
    /// A repository with a work tree and without commits.
    pub(crate) fn new(kind: HashKind) -> Self {
        Self::with(kind, &[])
    }

    /// A bare repository.
    pub(crate) fn bare(kind: HashKind) -> Self {
        Self::with(kind, &["--bare"])
    }

    pub(crate) fn with(kind: HashKind, options: &[&str]) -> Self {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("home")).unwrap();
        std::fs::create_dir(root.path().join("repo")).unwrap();
        let fixture = Self { root };
        let format = format!("--object-format={}", kind.name());
        let mut arguments = vec!["init", "-q", "-b", "main", &format];
        arguments.extend(options);
        fixture.git(&arguments);
        fixture
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.root.path().join("repo")
    }

    pub(crate) fn open(&self) -> Repository {
        Repository::open(self.path()).unwrap()
    }

    pub(crate) fn command(&self, program: &str, directory: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(directory)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.root.path().join("home"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_AUTHOR_NAME", "Ada")
            .env("GIT_AUTHOR_EMAIL", "ada@example.org")
            .env("GIT_COMMITTER_NAME", "Ada")
            .env("GIT_COMMITTER_EMAIL", "ada@example.org")
            .env("GIT_AUTHOR_DATE", "1700000000 +0000")
            .env("GIT_COMMITTER_DATE", "1700000000 +0000")
            .env("LC_ALL", "C");
        command
    }

    /// Runs stock git in the repository and returns its output; a failure fails the test.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        self.run(self.command("git", &self.path()).args(arguments))
    }

    pub(crate) fn run(&self, command: &mut Command) -> String {
        let output = command.output().unwrap();
        assert!(
            output.status.success(),
            "{command:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Runs stock git and tells whether it succeeded.
    pub(crate) fn succeeds(&self, arguments: &[&str]) -> bool {
        let mut command = self.command("git", &self.path());
        command.args(arguments).output().unwrap().status.success()
    }
}

pub(crate) fn id(hex: &str) -> ObjectId {
    ObjectId::from_hex(hex.trim()).unwrap()
}

/// A commit's content, unsigned; `text` makes it unique.
pub(crate) fn commit(tree: ObjectId, parents: &[ObjectId], time: i64, text: &str) -> Vec<u8> {
    let parents: String = parents
        .iter()
        .map(|parent| format!("parent {parent}\n"))
        .collect();
    let who = format!("Ada <ada@example.org> {time} +0000");
    format!("tree {tree}\n{parents}author {who}\ncommitter {who}\n\n{text}\n").into_bytes()
}

/// Writes such a commit.
pub(crate) fn write_commit(
    repository: &Repository,
    tree: ObjectId,
    parents: &[ObjectId],
    text: &str,
) -> ObjectId {
    let data = commit(tree, parents, 1_700_000_000, text);
    repository.write(ObjectType::Commit, &data).unwrap()
}

/// Writes a tree of `(mode, name, id)`.
pub(crate) fn tree(repository: &Repository, entries: &[(u32, &str, ObjectId)]) -> ObjectId {
    let entries = entries.iter().map(|(mode, name, id)| TreeEntry {
        mode: *mode,
        name: name.as_bytes(),
        id: *id,
    });
    repository
        .write(ObjectType::Tree, &write_tree(entries))
        .unwrap()
}

/// A log of `count` commits without files; returns them, oldest first.
pub(crate) fn chain(repository: &Repository, count: usize) -> Vec<ObjectId> {
    let empty = repository.write(ObjectType::Tree, b"").unwrap();
    let mut commits: Vec<ObjectId> = Vec::new();
    for number in 0..count {
        let parents: Vec<_> = commits.last().copied().into_iter().collect();
        commits.push(write_commit(
            repository,
            empty,
            &parents,
            &number.to_string(),
        ));
    }
    commits
}

/// A small generator, so that what is random is the same everywhere.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// A number from 0 to below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}
